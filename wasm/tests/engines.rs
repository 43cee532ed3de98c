//! What differs between the engines: which is chosen, compiled files, the cache, proposals, backtraces.

mod common;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use common::{Outcome, TempDir, on_each_engine, wasm};

/// A program that writes "ok", and functions to call by name.
const PROGRAM: &str = r#"(module $program
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\03\00\00\00ok\0a")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))
  (func (export "fib") (param i32) (result i32) (call $fib (local.get 0)))
  (func $fib (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add
        (call $fib (i32.sub (local.get 0) (i32.const 1)))
        (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  (func $_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE (result i32)
    (i32.div_s (i32.const 1) (i32.const 0)))
  (func $outer (export "trap") (result i32) (call $_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE))
  (func $deep (export "deep") (call $deep))
  (func (export "spin") (loop (br 0))))"#;

/// Runs `wasm OPTIONS FILE ARGS`.
fn run(options: &[&str], file: &Path, args: &[&str]) -> Outcome {
    let options = options.iter().map(OsStr::new).chain([file.as_os_str()]);
    wasm(options.chain(args.iter().map(OsStr::new))).run()
}

/// Compiles `text` into `name` of `temp`.
fn compile(temp: &TempDir, options: &[&str], text: &str, name: &str) -> std::path::PathBuf {
    let module = temp.write("m.wat", text);
    let output = temp.path().join(name);
    let mut args = vec!["compile", "-o", output.to_str().unwrap()];
    args.extend(options);
    run(&args, &module, &[]).prints("");
    output
}

#[test]
fn every_engine_calculates_alike() {
    let temp = TempDir::new();
    let module = temp.write("m.wat", PROGRAM);
    let module = module.to_str().unwrap();
    on_each_engine(&["--invoke", "fib", module, "20"], b"").prints("6765\n");
    on_each_engine(&[module], b"").prints("ok\n");
}

#[test]
fn a_trap_has_a_backtrace() {
    let temp = TempDir::new();
    let module = temp.write("m.wasm", wat::parse_str(PROGRAM).unwrap());
    for engine in ["winch", "wasmtime"] {
        let outcome = run(&["--engine", engine, "--invoke", "trap"], &module, &[]);
        outcome.fails(134, &["integer divide by zero"]);
        let stderr = outcome.stderr();
        let lines: Vec<_> = stderr.lines().collect();
        assert_eq!(lines.len(), 3, "{stderr}");
        assert!(
            lines[1].ends_with("core::fmt::Write::write_fmt"),
            "{stderr}"
        );
        assert!(lines[2].ends_with("outer"), "{stderr}");
    }
}

#[test]
fn a_long_backtrace_is_cut_off() {
    let temp = TempDir::new();
    let module = temp.write("m.wasm", wat::parse_str(PROGRAM).unwrap());
    for engine in ["winch", "wasmtime"] {
        let outcome = run(&["--engine", engine, "--invoke", "deep"], &module, &[]);
        outcome.fails(134, &["call stack exhausted"]);
        let stderr = outcome.stderr();
        let lines: Vec<_> = stderr.lines().skip(1).collect();
        assert_eq!(lines.len(), 33, "{stderr}");
        assert!(lines[31].ends_with("deep"), "{stderr}");
        assert!(lines[32].ends_with(": … and more"), "{stderr}");
    }
}

#[test]
fn a_backtrace_tells_the_lines_where_they_are_known() {
    let temp = TempDir::new();
    let text = "(module\n  (func $inner\n    nop\n    unreachable)\n  (func (export \"trap\")\n    call $inner))\n";
    let module = temp.write("lines.wat", text);
    let binary = temp.path().join("lines.wasm");
    let binary = binary.to_str().unwrap();
    run(&["wat2wasm", "-g", "-o", binary], &module, &[]).prints("");
    let code = temp.path().join("lines.cwasm");
    let code = code.to_str().unwrap();
    run(&["compile", "-o", code], &module, &[]).prints("");
    for (engine, file) in [
        ("winch", module.to_str().unwrap()),
        ("wasmtime", module.to_str().unwrap()),
        ("wasmtime", binary),
        ("auto", code),
    ] {
        let outcome = run(
            &["--engine", engine, "--invoke", "trap"],
            Path::new(file),
            &[],
        );
        outcome.fails(134, &["unreachable"]);
        let stderr = outcome.stderr();
        let lines: Vec<_> = stderr.lines().skip(1).collect();
        assert_eq!(lines.len(), 2, "{engine} {file}: {stderr}");
        for (line, place) in lines.iter().zip(["lines.wat:4", "lines.wat:6"]) {
            assert!(
                line.contains(" at ") && line.ends_with(place),
                "{engine} {file}: {stderr}"
            );
        }
    }
    // The plain binary has no lines, nor does what is made of it.
    run(&["wat2wasm", "-o", binary], &module, &[]).prints("");
    assert_eq!(fs::read(binary).unwrap(), wat::parse_str(text).unwrap());
    let plain = run(
        &["--engine", "wasmtime", "--invoke", "trap"],
        Path::new(binary),
        &[],
    );
    assert!(!plain.stderr().contains(" at "), "{}", plain.stderr());
}

#[test]
fn who_has_no_backtrace_says_who_has() {
    let temp = TempDir::new();
    let module = temp.write("m.wat", PROGRAM);
    let outcome = run(&["--engine", "wasmi", "--invoke", "trap"], &module, &[]);
    let stderr = outcome.stderr();
    let lines: Vec<_> = stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{stderr}");
    assert!(
        lines[1].starts_with("wasm: hint: ") && lines[1].contains("--engine wasmtime"),
        "{stderr}"
    );
}

#[test]
fn a_core_dump_is_a_module() {
    let temp = TempDir::new();
    let module = temp.write("m.wat", PROGRAM);
    let dump = temp.path().join("core");
    let options = ["--invoke", "trap", "--coredump", dump.to_str().unwrap()];
    run(&options, &module, &[]).fails(134, &["integer divide by zero"]);
    assert!(fs::read(&dump).unwrap().starts_with(b"\0asm"));
    let options = [&options[..], &["--engine", "wasmi"]].concat();
    run(&options, &module, &[]).fails(2, &["wasmi", "--engine wasmtime"]);
    let nowhere = ["--invoke", "trap", "--coredump", "/nowhere/core"];
    run(&nowhere, &module, &[]).fails(1, &["divide by zero", "/nowhere/core"]);
}

#[test]
fn limits_end_a_program_on_each_engine() {
    let temp = TempDir::new();
    let module = temp.write("m.wat", PROGRAM);
    let module = module.to_str().unwrap();
    for (args, piece) in [
        (
            &["--fuel", "1000", "--invoke", "spin", module][..],
            "--fuel 1000",
        ),
        (
            &["--timeout", "200ms", "--invoke", "spin", module],
            "--timeout 200ms",
        ),
        (
            &["--max-stack", "64K", "--invoke", "deep", module],
            "--max-stack",
        ),
        (&["--max-memory", "1K", module], "--max-memory"),
    ] {
        on_each_engine(args, b"").fails(125, &[piece]);
    }
    for (count, piece) in [("0", "more instances (1)"), ("1", "more memories (2)")] {
        let two = temp.write(
            "two.wat",
            r#"(module (memory 1) (memory 1) (func (export "_start")))"#,
        );
        let args = ["--max-instances", count, two.to_str().unwrap()];
        on_each_engine(&args, b"").fails(125, &[piece, "--max-instances"]);
    }
    on_each_engine(&["--invoke", "deep", module], b"").fails(134, &["call stack exhausted"]);
    for wrong in ["0", "1d", ""] {
        wasm(["--timeout", wrong, module])
            .run()
            .fails(2, &["--timeout"]);
    }
    wasm(["--max-stack", "1K", module]).run().fails(2, &["16K"]);
}

#[test]
fn a_proposal_is_switched() {
    let temp = TempDir::new();
    let simd = r#"(module (func (export "_start") (drop (v128.any_true (v128.const i64x2 0 0)))))"#;
    let module = temp.write("simd.wat", simd);
    let module = module.to_str().unwrap();
    on_each_engine(&[module], b"").prints("");
    on_each_engine(&["-W", "simd=n", module], b"").fails(1, &["the proposal simd", "-W"]);
    wasm(["-W", "smid=n", module])
        .run()
        .fails(2, &["'smid'", "'simd'"]);
    wasm(["-W", "simd=perhaps", module])
        .run()
        .fails(2, &["'perhaps'"]);
    let help = wasm(["-W", "help"]).run();
    assert_eq!(help.status, Some(0));
    assert!(help.stdout().contains("memory64"), "{}", help.stdout());
}

#[test]
fn a_compiled_file_runs() {
    let temp = TempDir::new();
    for options in [
        &[][..],
        &["--engine", "winch"],
        &["--cpu", "baseline"],
        &["-W", "simd=n"],
    ] {
        let code = compile(&temp, options, PROGRAM, "m.cwasm");
        run(&[], &code, &[]).prints("ok\n");
        run(&["--invoke", "fib"], &code, &["20"]).prints("6765\n");
        run(&["--invoke", "trap"], &code, &[]).fails(134, &["integer divide by zero"]);
        run(&["--fuel", "10"], &code, &[]).fails(1, &["fuel", "wasm compile --fuel"]);
        run(&["--engine", "wasmi"], &code, &[]).fails(1, &["wasmi"]);
    }
    let code = compile(&temp, &["--fuel"], PROGRAM, "fuel.cwasm");
    run(&[], &code, &[]).prints("ok\n");
    run(&["--fuel", "1000", "--invoke", "spin"], &code, &[]).fails(125, &["--fuel 1000"]);
    // Beside the module if no other name is given.
    let module = temp.write("beside.wat", PROGRAM);
    run(&["compile"], &module, &[]).prints("");
    run(&[], &temp.path().join("beside.cwasm"), &[]).prints("ok\n");
}

#[test]
fn compiled_code_is_only_run_where_it_is_asked_for() {
    let temp = TempDir::new();
    for name in ["code.wasm", "code", "code.cwasm.wasm"] {
        let code = compile(&temp, &[], PROGRAM, name);
        run(&[], &code, &[]).fails(1, &["--allow-precompiled"]);
        run(&["--allow-precompiled"], &code, &[]).prints("ok\n");
    }
    // A module of that name is a module all the same; what is neither is refused.
    run(&[], &temp.write("text.cwasm", PROGRAM), &[]).prints("ok\n");
    run(
        &[],
        &temp.write("elf.cwasm", b"\x7fELF\x02\x01\x01\0 and so on"),
        &[],
    )
    .fails(1, &["elf.cwasm"]);
    run(
        &[],
        &temp.write("elf.wasm", b"\x7fELF\x02\x01\x01\0 and so on"),
        &[],
    )
    .fails(1, &["ELF"]);
}

#[test]
fn a_damaged_compiled_file_is_refused() {
    let temp = TempDir::new();
    let code = fs::read(compile(&temp, &[], PROGRAM, "good.cwasm")).unwrap();
    let check =
        |bytes: &[u8]| run(&[], &temp.write("bad.cwasm", bytes), &[]).fails(1, &["bad.cwasm"]);
    for part in 0..16 {
        check(&code[..code.len() * part / 16]);
        let mut flipped = code.clone();
        flipped[code.len() * part / 16] ^= 0x40;
        check(&flipped);
    }
    for end in 1..130 {
        let mut flipped = code.clone();
        flipped[code.len() - end] ^= 0x01;
        check(&flipped);
    }
    check(&[&code[..], &code[..]].concat());
}

#[test]
fn compile_refuses_what_it_can_not_do() {
    let temp = TempDir::new();
    let module = temp.write("m.wat", PROGRAM);
    let module = module.to_str().unwrap();
    wasm(["compile"]).run().fails(2, &["wasm compile --help"]);
    wasm(["compile", "-"]).run().fails(2, &["-o"]);
    wasm(["compile", module, "-o", module])
        .run()
        .fails(2, &["overwritten"]);
    wasm(["compile", module, "-o", "/nowhere/m.cwasm"])
        .run()
        .fails(1, &["/nowhere"]);
    wasm(["compile", "--engine", "winch", "-W", "gc", module])
        .run()
        .fails(2, &["winch", "gc"]);
    let broken = temp.write("broken.wasm", b"\0asm\x01\0\0\0\x01\x7f");
    run(&["compile"], &broken, &[]).fails(1, &["invalid module"]);
    assert!(!temp.path().join("broken.cwasm").exists());
    wasm(["comple", module])
        .run()
        .fails(2, &["did you mean 'wasm compile'"]);
}

#[test]
fn the_second_start_is_from_the_cache() {
    let temp = TempDir::new();
    let module = temp.write("m.wat", PROGRAM);
    let cache = temp.path().join("cache");
    let options = ["-v", "--cache-dir", cache.to_str().unwrap()];
    let first = run(&options, &module, &[]);
    assert!(first.stderr().contains("compiling"), "{}", first.stderr());
    let second = run(&options, &module, &[]);
    assert_eq!(second.stdout(), "ok\n");
    assert!(
        !second.stderr().contains("compiling"),
        "{}",
        second.stderr()
    );
    assert!(
        second.stderr().contains("in the cache"),
        "{}",
        second.stderr()
    );
    let entry = fs::read_dir(&cache)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let entry = entry
        .into_iter()
        .find(|path| path.extension() == Some("cwasm".as_ref()))
        .unwrap();
    // Damage, or code of somebody else's, is replaced.
    let good = fs::read(&entry).unwrap();
    let foreign = fs::read(compile(&temp, &[], PROGRAM, "foreign.cwasm")).unwrap();
    for bad in [&good[..good.len() - 1], &foreign, b""] {
        fs::write(&entry, bad).unwrap();
        let again = run(&options, &module, &[]);
        assert_eq!(again.stdout(), "ok\n");
        assert!(again.stderr().contains("thrown away"), "{}", again.stderr());
        assert!(
            run(&options, &module, &[])
                .stderr()
                .contains("in the cache")
        );
    }
    // An entry is no file to run by name without being asked to either, even then: its seal is of another kind.
    run(&[], &entry, &[]).fails(1, &["damaged"]);
    fs::set_permissions(&cache, fs::Permissions::from_mode(0o777)).unwrap();
    run(&options[1..], &module, &[]).fails(2, &["others can write"]);
    run(&["--no-cache"], &module, &[]).prints("ok\n");
}

#[test]
fn verbose_tells_phases_and_engine() {
    let temp = TempDir::new();
    let outcome = run(&["-v"], &temp.write("m.wat", PROGRAM), &[]);
    assert_eq!(
        (outcome.status, outcome.stdout().as_str()),
        (Some(0), "ok\n")
    );
    for piece in [
        "reading",
        "engine wasmtime, because",
        "compiling",
        "running",
        " ms]",
    ] {
        assert!(
            outcome.stderr().contains(piece),
            "lacks '{piece}': {}",
            outcome.stderr()
        );
    }
}

#[test]
fn the_environment_can_be_inherited() {
    let text = r#"(module
      (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "environ_get" (func $get (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 16)
      (func (export "_start")
        (drop (call $sizes (i32.const 0) (i32.const 4)))
        (drop (call $get (i32.const 1024) (i32.const 65536)))
        (i32.store (i32.const 0) (i32.const 65536))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))"#;
    let temp = TempDir::new();
    let module = temp.write("m.wat", text);
    assert_eq!(run(&[], &module, &[]).stdout(), "");
    let inherited = run(&["--inherit-env"], &module, &[]).stdout();
    assert!(inherited.contains("SECRET_OF_THE_HOST=1\0"), "{inherited}");
    let replaced = run(
        &["--inherit-env", "--env", "SECRET_OF_THE_HOST=2"],
        &module,
        &[],
    )
    .stdout();
    assert!(replaced.contains("SECRET_OF_THE_HOST=2\0") && !replaced.contains("HOST=1"));
}
