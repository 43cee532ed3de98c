//! The commands that look at modules without running a program: good input, and every kind of bad one.

mod common;

use std::fs;

use common::{TempDir, wasm};

/// A module with something of each kind.
const MODULE: &str = r#"(module $demo
  (import "env" "log" (func $log (param i32 f64) (result i64)))
  (import "env" "\1b[2J" (global i32))
  (memory (export "memory") 1 16)
  (table 3 funcref)
  (func (export "_start") (drop (i32.extend8_s (i32.const 128))))
  (@producers (language "Rust" "2024") (processed-by "hand" "1")))"#;

/// Fails validation: a function without its result.
const INVALID: &str = "(module (func (result i32)))";

/// The path of a new file, as text.
fn file(temp: &TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
    temp.write(name, content).to_str().unwrap().to_owned()
}

#[test]
fn each_command_has_help_with_examples() {
    for command in [
        "inspect", "validate", "wat2wasm", "wasm2wat", "wast", "compile",
    ] {
        let help = wasm([command, "--help"]).run();
        assert_eq!((help.status, help.stderr().as_str()), (Some(0), ""));
        let usage = format!("Usage: wasm {command}");
        assert!(help.stdout().contains(&usage), "{}", help.stdout());
        if command != "compile" {
            assert!(help.stdout().contains("Examples:"), "{}", help.stdout());
        }
        let list = wasm(["--help"]).run().stdout();
        assert!(list.contains(&format!("\n  {command} ")), "{list}");
        wasm([command]).run().fails(2, &["no module named"]);
        wasm([command, "--outptu", "x", "m.wasm"])
            .run()
            .fails(2, &["--outptu"]);
        let missing = wasm([command, "/nowhere/m.wat"]).run();
        assert_eq!(missing.status, Some(1));
        assert_eq!(missing.stderr().lines().count(), 1, "{}", missing.stderr());
        assert!(
            missing
                .stderr()
                .contains("/nowhere/m.wat: can't read: No such file")
        );
    }
}

#[test]
fn inspect_shows_what_is_in_a_module() {
    let temp = TempDir::new();
    let shown = wasm(["inspect", &file(&temp, "m.wat", MODULE)]).run();
    assert_eq!((shown.status, shown.stderr().as_str()), (Some(0), ""));
    let text = shown.stdout();
    let rows: Vec<Vec<_>> = text
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    for row in [
        "function env.log (i32, f64) -> (i64)",
        "global env.\\u{1b}[2J i32, constant",
        "memory memory 1 to 16 pages of 64 KiB",
        "function _start () -> ()",
        "0 its own 1 to 16 pages of 64 KiB",
        "0 its own 3 or more of funcref",
        "sign-extension",
        "wasmi",
        "wasmtime",
        "winch",
        "language Rust 2024",
        "processed-by hand 1",
    ] {
        let cells: Vec<_> = row.split_whitespace().collect();
        assert!(rows.contains(&cells), "no row '{row}':\n{text}");
    }
    // Neither more nor less than what is needed.
    let needs = text.split("Needs these features\n").nth(1).unwrap();
    assert!(needs.starts_with("  sign-extension\n\n"), "{text}");
    // Nothing of the module's reaches the terminal as it is.
    assert!(!text.contains('\x1b'));
}

#[test]
fn inspect_agrees_with_the_bytes_of_the_sections() {
    let temp = TempDir::new();
    let binary = wat::parse_str(MODULE).unwrap();
    let shown = wasm(["inspect", &file(&temp, "m.wasm", &binary)])
        .run()
        .stdout();
    assert!(shown.starts_with(&format!("{} bytes\n", binary.len())));
    let sections = shown.split("\n\n").nth(1).unwrap();
    // The contents of all sections, and before each its number and length, which takes one byte here.
    let mut end = 8;
    for row in sections.lines().skip(2) {
        let cells: Vec<_> = row.split_whitespace().collect();
        let offset = usize::from_str_radix(&cells[1][2..], 16).unwrap();
        assert_eq!(offset, end + 2, "{sections}");
        assert_eq!(binary[end].to_string(), cells[0], "{sections}");
        end = offset + cells[2].parse::<usize>().unwrap();
    }
    assert_eq!(end, binary.len(), "{sections}");
}

#[test]
fn inspect_says_which_engines_can_run_a_module() {
    let temp = TempDir::new();
    let gc = "(module (type (struct (field i32))) (func (drop (struct.new_default 0))))";
    let shown = wasm(["inspect", &file(&temp, "gc.wat", gc)]).run().stdout();
    assert!(shown.contains("Can be run by\n  wasmtime\n\n"), "{shown}");
}

#[test]
fn inspect_survives_damaged_custom_sections() {
    let temp = TempDir::new();
    let mut binary = b"\0asm\x01\0\0\0".to_vec();
    // A section "producers" that promises a million fields, and one whose name is not ASCII.
    binary.extend(b"\0\x0d\x09producers\xc0\x84\x3d");
    binary.extend("\0\u{5}\u{4}\u{202e}x".bytes());
    let shown = wasm(["inspect", &file(&temp, "m.wasm", binary)]).run();
    assert_eq!((shown.status, shown.stderr().as_str()), (Some(0), ""));
    assert!(
        shown.stdout().contains("damaged section"),
        "{}",
        shown.stdout()
    );
    assert!(!shown.stdout().contains('\u{202e}'), "{}", shown.stdout());
}

#[test]
fn invalid_modules_are_refused() {
    let temp = TempDir::new();
    let invalid = file(&temp, "m.wat", INVALID);
    let truncated = wat::parse_str(MODULE).unwrap();
    let truncated = file(&temp, "m.wasm", &truncated[..truncated.len() - 1]);
    let garbage = file(&temp, "garbage", "what is this");
    for command in ["inspect", "validate"] {
        wasm([command, &invalid]).run().fails(
            1,
            &[&invalid, "invalid module", "type mismatch", "offset 0x"],
        );
        wasm([command, &truncated])
            .run()
            .fails(1, &[&truncated, "invalid module", "offset 0x"]);
    }
    for command in ["inspect", "validate", "wasm2wat"] {
        wasm([command, "-"]).run().fails(1, &["empty"]);
    }
    wasm(["wat2wasm", "-", "-o", "-"])
        .run()
        .fails(1, &["empty"]);
    for command in ["inspect", "validate", "wat2wasm", "wasm2wat"] {
        wasm([command, &garbage])
            .run()
            .fails(1, &[&garbage, "not a WebAssembly module"]);
    }
    wasm(["wasm2wat", &truncated])
        .run()
        .fails(1, &[&truncated, "malformed module"]);
}

#[test]
fn validate_checks_all_files() {
    let temp = TempDir::new();
    let good = file(&temp, "good.wat", MODULE);
    let bad = file(&temp, "bad.wat", INVALID);
    let worse = file(&temp, "worse.wat", "(module (func");
    wasm(["validate", &good, &good]).run().prints("");
    wasm(["validate", "-"]).stdin(MODULE).run().prints("");
    let mixed = wasm(["validate", &bad, &good, &worse]).run();
    assert_eq!((mixed.status, mixed.stdout().as_str()), (Some(1), ""));
    let lines: Vec<_> = mixed.stderr().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].contains(&bad) && lines[1].contains(&worse),
        "{lines:?}"
    );
}

#[test]
fn validate_has_all_proposals_on_until_told_otherwise() {
    let temp = TempDir::new();
    for (proposal, text) in [
        (
            "simd",
            "(module (func (result v128) (v128.const i64x2 0 0)))",
        ),
        ("memory64", "(module (memory i64 1))"),
        ("tail-call", "(module (func $f (return_call $f)))"),
        (
            "wide-arithmetic",
            "(module (func (param i64 i64) (result i64 i64) local.get 0 local.get 1 i64.mul_wide_s))",
        ),
    ] {
        let module = file(&temp, "m.wat", text);
        wasm(["validate", &module]).run().prints("");
        wasm(["validate", "-W", &format!("{proposal}=n"), &module])
            .run()
            .fails(1, &["invalid module"]);
    }
    wasm(["validate", "-W", "smid=n", "m.wasm"])
        .run()
        .fails(2, &["'simd'"]);
}

#[test]
fn text_becomes_a_binary_and_text_again() {
    let temp = TempDir::new();
    let text = file(&temp, "m.wat", MODULE);
    let expected = wat::parse_str(MODULE).unwrap();
    wasm(["wat2wasm", &text]).run().prints("");
    assert_eq!(fs::read(temp.path().join("m.wasm")).unwrap(), expected);
    let other = temp.path().join("other");
    let other = other.to_str().unwrap();
    wasm(["wat2wasm", &text, "-o", other]).run().prints("");
    assert_eq!(fs::read(other).unwrap(), expected);
    let piped = wasm(["wat2wasm", "-", "-o", "-"]).stdin(MODULE).run();
    assert_eq!((piped.status, piped.stderr().as_str()), (Some(0), ""));
    assert_eq!(piped.stdout, expected);

    let printed = wasm(["wasm2wat", other]).run();
    assert_eq!((printed.status, printed.stderr().as_str()), (Some(0), ""));
    assert_eq!(wat::parse_str(printed.stdout()).unwrap(), expected);
    let piped = wasm(["wasm2wat", "-"]).stdin(&expected).run();
    assert_eq!(piped.stdout(), printed.stdout());
    wasm(["wasm2wat", "-o", other, &text]).run().prints("");
    assert_eq!(fs::read_to_string(other).unwrap(), printed.stdout());
    let folded = wasm(["wasm2wat", "--fold", "-"]).stdin(&expected).run();
    assert_ne!(folded.stdout(), printed.stdout());
    assert_eq!(wat::parse_str(folded.stdout()).unwrap(), expected);
    let skeleton = wasm(["wasm2wat", "--skeleton", "-"]).stdin(&expected).run();
    assert!(
        !skeleton.stdout().contains("i32.const"),
        "{}",
        skeleton.stdout()
    );
}

#[test]
fn wat2wasm_says_where_the_mistake_is() {
    let temp = TempDir::new();
    let text = file(&temp, "m.wat", "(module\n  (func i33.add))");
    wasm(["wat2wasm", &text])
        .run()
        .fails(1, &[&text, "syntax error at 2:9"]);
    assert!(!temp.path().join("m.wasm").exists());
}

#[test]
fn outputs_that_can_not_be_written() {
    let temp = TempDir::new();
    let text = file(&temp, "m.wat", MODULE);
    for command in ["wat2wasm", "wasm2wat"] {
        wasm([command, &text, "-o", "/nowhere/m"])
            .run()
            .fails(1, &["/nowhere/m", "can't write", "No such file"]);
        wasm([command, &text, "-o", temp.path().to_str().unwrap()])
            .run()
            .fails(1, &["can't write", "directory"]);
    }
    wasm(["wat2wasm", "-"])
        .stdin(MODULE)
        .run()
        .fails(2, &["name the output with -o"]);
    let binary = file(&temp, "m.wasm", wat::parse_str(MODULE).unwrap());
    wasm(["wat2wasm", &binary])
        .run()
        .fails(2, &["would be overwritten"]);
}

/// Passes on every engine; one directive in each line but the first.
const SCRIPT: &str = r#"(module $M (import "spectest" "global_i32" (global i32)) (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))) (func (export "div") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1))) (func (export "nan") (result f32) (f32.div (f32.const 0) (f32.const 0))) (func $deep (export "deep") (call $deep)) (global (export "g") i64 (i64.const 7)))
(assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 3))
(assert_return (invoke "nan") (f32.const nan:canonical))
(assert_return (invoke "nan") (f32.const nan:arithmetic))
(assert_return (get "g") (i64.const 7))
(assert_trap (invoke "div" (i32.const 1) (i32.const 0)) "integer divide by zero")
(assert_exhaustion (invoke "deep") "call stack exhausted")
(register "M" $M)
(module (import "M" "add" (func (param i32 i32) (result i32))))
(assert_unlinkable (module (import "M" "sub" (func))) "unknown import")
(assert_unlinkable (module (import "M" "add" (func))) "incompatible import type")
(assert_invalid (module (func (result i32))) "type mismatch")
(assert_malformed (module quote "(func i33.add)") "unknown operator")
(assert_malformed (module binary "\00asm\02\00\00\00") "unknown binary version")
(assert_trap (module (func $f unreachable) (start $f)) "unreachable")
(assert_return (invoke $M "add" (i32.const -1) (i32.const 1)) (i32.const 0))
"#;

/// Fails in every line but the first.
const FAILURES: &str = r#"(module $M (func (export "one") (result i32) (i32.const 1)) (func (export "trap") unreachable) (func (export "snan") (result f32) (f32.const nan:0x200000)))
(assert_return (invoke "one") (i32.const 2))
(assert_return (invoke "one") (i64.const 1))
(assert_return (invoke "one"))
(assert_return (invoke "two"))
(assert_return (invoke "trap"))
(assert_return (invoke "snan") (f32.const nan:arithmetic))
(assert_trap (invoke "one") "unreachable")
(assert_trap (invoke "trap") "integer overflow")
(assert_exhaustion (invoke "trap") "call stack exhausted")
(assert_exception (invoke "trap"))
(assert_invalid (module) "type mismatch")
(assert_malformed (module quote "(func)") "unexpected token")
(assert_unlinkable (module) "unknown import")
(assert_unlinkable (module (func $f unreachable) (start $f)) "unknown import")
(assert_return (invoke $N "one") (i32.const 1))
(register "M" $N)
(module (func (result i32)))
(assert_return (invoke "one") (i32.const 1))
"#;

#[test]
fn wast_passes_what_is_as_expected() {
    let temp = TempDir::new();
    let script = file(&temp, "s.wast", SCRIPT);
    let count = SCRIPT.lines().count();
    for engine in ["wasmi", "wasmtime", "winch"] {
        wasm(["wast", "--engine", engine, &script])
            .run()
            .prints(&format!(
                "{script}: {count} passed, 0 failed\ntotal: {count} passed, 0 failed, in 1 file\n"
            ));
    }
}

#[test]
fn wast_reports_each_failure_with_its_line() {
    let temp = TempDir::new();
    let script = file(&temp, "s.wast", FAILURES);
    let good = file(&temp, "good.wast", SCRIPT);
    for engine in ["wasmi", "wasmtime", "winch"] {
        let run = wasm(["wast", "--engine", engine, &script, &good]).run();
        assert_eq!((run.status, run.stderr().as_str()), (Some(1), ""));
        let text = run.stdout();
        let lines: Vec<_> = text.lines().collect();
        let count = FAILURES.lines().count() - 1;
        assert_eq!(lines.len(), count + 3, "{engine}: {text}");
        for (line, number) in lines.iter().zip(2..).take(count) {
            let place = format!("{script}:{number}: ");
            assert!(line.starts_with(&place), "{engine}: {place}: {text}");
        }
        assert!(lines[0].ends_with("expected i32 2, got i32 1"), "{text}");
        assert_eq!(lines[count], format!("{script}: 1 passed, {count} failed"));
        let passed = 1 + SCRIPT.lines().count();
        let total = format!("total: {passed} passed, {count} failed, in 2 files");
        assert_eq!(lines[count + 2], total);
    }
}

#[test]
fn wast_knows_the_younger_references_and_exceptions() {
    let temp = TempDir::new();
    let script = r#"(module
  (type $s (struct (field i32))) (type $a (array i8)) (tag $t)
  (func (export "struct") (result anyref) (struct.new_default $s))
  (func (export "array") (result anyref) (array.new_default $a (i32.const 1)))
  (func (export "i31") (result anyref) (ref.i31 (i32.const 1)))
  (func (export "any") (param anyref) (result anyref) (local.get 0))
  (func (export "throw") (throw $t))
  (func (export "null") (drop (struct.get $s 0 (ref.null $s)))))
(assert_return (invoke "struct") (ref.struct))
(assert_return (invoke "array") (ref.array))
(assert_return (invoke "i31") (ref.i31))
(assert_return (invoke "i31") (ref.eq))
(assert_return (invoke "any" (ref.host 3)) (ref.host 3))
(assert_return (invoke "any" (ref.null any)) (ref.null none))
(assert_exception (invoke "throw"))
(assert_trap (invoke "null") "null structure reference")
(assert_return (invoke "struct") (ref.array))
(assert_return (invoke "any" (ref.host 3)) (ref.host 4))
"#;
    let script = file(&temp, "s.wast", script);
    let run = wasm(["wast", &script]).run();
    let text = run.stdout();
    assert_eq!((run.status, run.stderr().as_str()), (Some(1), ""), "{text}");
    assert!(text.contains("s.wast: 9 passed, 2 failed"), "{text}");
}

#[test]
fn wast_knows_references_of_the_host() {
    let temp = TempDir::new();
    let script = r#"(module
  (func (export "id") (param externref) (result externref) (local.get 0))
  (func (export "func") (result funcref) (ref.func 0)) (elem declare func 0))
(assert_return (invoke "id" (ref.extern 5)) (ref.extern 5))
(assert_return (invoke "id" (ref.extern 5)) (ref.extern))
(assert_return (invoke "id" (ref.null extern)) (ref.null extern))
(assert_return (invoke "func") (ref.func))
(assert_return (invoke "id" (ref.extern 5)) (ref.extern 6))
(assert_return (invoke "id" (ref.null extern)) (ref.null func))
(assert_return (invoke "func") (ref.null func))
"#;
    let script = file(&temp, "s.wast", script);
    for engine in ["wasmi", "wasmtime"] {
        let run = wasm(["wast", "--engine", engine, &script]).run();
        let text = run.stdout();
        assert_eq!((run.status, run.stderr().as_str()), (Some(1), ""), "{text}");
        assert!(text.contains("s.wast: 5 passed, 3 failed"), "{text}");
        assert!(text.contains(":8: expected"), "{text}");
    }
}

#[test]
fn wast_refuses_what_is_no_script() {
    let temp = TempDir::new();
    let broken = file(&temp, "broken.wast", "(module)\n(assert_return (invoke");
    let binary = file(&temp, "binary.wast", b"\xff\xfe");
    let good = file(&temp, "good.wast", SCRIPT);
    let missing = temp.path().join("missing");
    for (path, piece) in [
        (broken.as_str(), "syntax error at 2:23"),
        (&binary, "not a test script"),
        (missing.to_str().unwrap(), "No such file"),
    ] {
        let run = wasm(["wast", path, &good]).run();
        let error = run.stderr();
        assert_eq!((run.status, error.lines().count()), (Some(1), 1), "{error}");
        assert!(error.starts_with(&format!("wasm: {path}: ")), "{error}");
        assert!(error.contains(piece), "{error}");
        assert!(run.stdout().contains("in 1 file"), "{}", run.stdout());
    }
    wasm(["wast", "--engine", "wasm3", &good])
        .run()
        .fails(2, &["'wasm3'"]);
    wasm(["wast", "--engine", "wasmi", "-W", "gc", &good])
        .run()
        .fails(2, &["wasmi lacks the proposal gc"]);
}

#[test]
fn wast_ends_a_script_that_takes_too_long() {
    let temp = TempDir::new();
    let script = file(
        &temp,
        "s.wast",
        "(module (func (export \"f\") (loop (br 0))))\n(invoke \"f\")",
    );
    for engine in ["wasmi", "wasmtime", "winch"] {
        wasm(["wast", "--engine", engine, "--timeout", "300ms", &script])
            .run()
            .fails(125, &[&script, "--timeout 300ms"]);
    }
}
