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
    for command in ["inspect", "validate", "wat2wasm", "wasm2wat", "compile"] {
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
        wasm([command, "/nowhere/m.wat"])
            .run()
            .fails(1, &["/nowhere/m.wat", "No such file"]);
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
