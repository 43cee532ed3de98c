//! The command line: every option, and every mistake that can be made with it.

mod common;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};

use common::{ENGINES, PANIC, TempDir, binary, on_each_engine, wasm};

/// Functions to be called by name.
const MATH: &str = r#"(module
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "wide") (param i64) (result i64) (local.get 0))
  (func (export "halve") (param f32 f64) (result f32 f64)
    (f32.div (local.get 0) (f32.const 2)) (f64.div (local.get 1) (f64.const 2)))
  (func (export "vector") (param v128) (result v128) (i8x16.neg (local.get 0)))
  (func (export "nothing"))
  (func (export "null") (result funcref) (ref.null func))
  (memory (export "memory") 1))"#;

/// A program that writes "ok".
const PROGRAM: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\03\00\00\00ok\0a")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))"#;

/// A program that leaves with the number of its directories, as far as their names can be asked for.
const DIRECTORIES: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $fd i32)
    (local.set $fd (i32.const 3))
    (loop $next
      (if (i32.eqz (call $prestat (local.get $fd) (i32.const 0)))
        (then (local.set $fd (i32.add (local.get $fd) (i32.const 1))) (br $next))))
    (call $exit (i32.sub (local.get $fd) (i32.const 3)))))"#;

/// Leaves with the status that is given in place of `STATUS`.
fn exits(status: &str) -> String {
    r#"(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (func (export "_start") (call $exit (i32.const STATUS)) unreachable))"#
        .replace("STATUS", status)
}

/// Writes `text` as a module of a temporary directory and runs `wasm OPTIONS MODULE ARGS`, on each engine.
#[track_caller]
fn run(options: &[&str], text: &str, args: &[&str]) -> common::Outcome {
    let temp = TempDir::new();
    let module = temp.write("m.wat", text);
    let module = module.to_str().unwrap();
    let args: Vec<_> = options.iter().chain([&module]).chain(args).collect();
    on_each_engine(&args, b"")
}

#[test]
fn help_and_version() {
    let help = wasm(["--help"]).run();
    assert_eq!((help.status, help.stderr().as_str()), (Some(0), ""));
    for piece in [
        "Usage: wasm [OPTIONS] FILE [ARGS]",
        "Examples:",
        "--dir",
        "--env",
        "--invoke",
        "--fuel",
        "Exit status:",
        "1 if the module can't be run",
        "2 if the command line is wrong",
        "125 if the program used up a limit",
        "134 if it trapped",
    ] {
        assert!(help.stdout().contains(piece), "no '{piece}' in the help");
    }
    assert_eq!(wasm(["-h"]).run().status, Some(0));
    wasm(["--version"])
        .run()
        .prints(concat!("wasm ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn mistakes_on_the_command_line() {
    for (args, piece) in [
        (&[][..], "no module named"),
        (&["--dir", "."], "no module named"),
        (&["--drr", ".", "m.wasm"], "did you mean '--dir'"),
        (&["--invok", "x", "m.wasm"], "did you mean '--invoke'"),
        (&["-x", "m.wasm"], "'-x'"),
        (
            &["--engine", "wasmtme", "m.wasm"],
            "did you mean 'wasmtime'",
        ),
        (&["--engine", "v8", "m.wasm"], "'v8'"),
        (&["-Wsmid", "m.wasm"], "did you mean 'simd'"),
        (&["help"], "did you mean 'wasm --help'"),
        (&["version"], "did you mean 'wasm --version'"),
        (&["-Wmax-memory-size=1", "m.wasm"], "--max-memory"),
        (&["--max-stack", "1K", "m.wasm"], "between 16K and 1G"),
        (&["--timeout", "1d", "m.wasm"], "ms, s, m or h"),
        (&["--env", "NAME", "m.wasm"], "NAME=VALUE"),
        (&["--env", "=value", "m.wasm"], "NAME=VALUE"),
        (&["--fuel", "many", "m.wasm"], "'many'"),
        (&["--fuel", "-1", "m.wasm"], "--fuel"),
        (&["--fuel", "18446744073709551616", "m.wasm"], "--fuel"),
        (&["--fuel", "1", "--fuel", "2", "m.wasm"], "--fuel"),
        (&["--fuel"], "--fuel"),
        (&["--dir", "", "m.wasm"], "empty"),
        (&["--dir", "/tmp::", "m.wasm"], "empty"),
        (&["--dir", "::/tmp", "m.wasm"], "empty"),
        (&["--max-memory", "1T", "m.wasm"], "'1T'"),
    ] {
        wasm(args).run().fails(2, &[piece]);
    }
}

#[test]
fn a_program_runs_from_text_and_binary_and_standard_input() {
    run(&[], PROGRAM, &[]).prints("ok\n");
    let temp = TempDir::new();
    let binary = wat::parse_str(PROGRAM).unwrap();
    wasm([temp.write("m.wasm", &binary)]).run().prints("ok\n");
    wasm([temp.write("no-extension", &binary)])
        .run()
        .prints("ok\n");
    wasm([temp.write("text.wasm", PROGRAM)])
        .run()
        .prints("ok\n");
    wasm(["-"]).stdin(binary).run().prints("ok\n");
    wasm(["-"]).stdin(PROGRAM).run().prints("ok\n");
}

#[test]
fn odd_names_of_modules() {
    let temp = TempDir::new();
    wasm([temp.write("with space.wat", PROGRAM)])
        .run()
        .prints("ok\n");
    wasm([temp.write(OsStr::from_bytes(b"\xff\xfe.wat"), PROGRAM)])
        .run()
        .prints("ok\n");
    wasm([OsStr::new("--"), temp.write("-m.wat", PROGRAM).as_os_str()])
        .run()
        .prints("ok\n");
}

#[test]
fn an_argument_must_be_utf_8() {
    let temp = TempDir::new();
    let module = temp.write("m.wat", PROGRAM);
    wasm([module.as_os_str(), OsStr::from_bytes(b"\xff")])
        .run()
        .fails(2, &["UTF-8"]);
}

#[test]
fn exit_statuses_are_the_programs() {
    for (given, seen) in [
        ("0", 0),
        ("1", 1),
        ("2", 2),
        ("101", 101),
        ("125", 125),
        ("126", 126),
        ("134", 134),
        ("255", 255),
    ] {
        let outcome = run(&[], &exits(given), &[]);
        assert_eq!(
            (outcome.status, outcome.stderr().as_str()),
            (Some(seen), ""),
            "exit {given}"
        );
    }
    // As wait(2) has it, eight bits remain.
    assert_eq!(run(&[], &exits("256"), &[]).status, Some(0));
    assert_eq!(run(&[], &exits("-1"), &[]).status, Some(255));
}

#[test]
fn invoke_reads_parameters_and_prints_results() {
    run(&["--invoke", "add"], MATH, &["40", "2"]).prints("42\n");
    run(&["--invoke", "add"], MATH, &["-1", "0xffffffff"]).prints("-2\n");
    run(&["--invoke", "wide"], MATH, &["-9223372036854775808"]).prints("-9223372036854775808\n");
    run(&["--invoke", "halve"], MATH, &["3", "1e-300"]).prints(&format!("1.5\n{}\n", 5e-301));
    run(&["--invoke", "halve"], MATH, &["-inf", "nan"]).prints("-inf\nNaN\n");
    run(&["--invoke", "vector"], MATH, &["0x01"]).prints("0x000000000000000000000000000000ff\n");
    run(&["--invoke", "nothing"], MATH, &[]).prints("");
    run(&["--invoke", "null"], MATH, &[]).prints("null\n");
    // A program's entry is a function like others.
    run(&["--invoke", "_start"], PROGRAM, &[]).prints("ok\n");
}

#[test]
fn invoke_refuses_what_does_not_fit() {
    for (name, args, pieces) in [
        ("sub", &[][..], &["no function 'sub'", "'add'"][..]),
        ("memory", &[], &["no function 'memory'"]),
        ("", &[], &["no function ''"]),
        ("add", &["1"], &["(i32, i32) -> (i32)", "1 given"]),
        ("add", &["1", "2", "3"], &["(i32, i32) -> (i32)", "3 given"]),
        (
            "add",
            &["1", "two"],
            &["parameter 2 of 'add'", "'two'", "i32"],
        ),
        (
            "add",
            &["1", "4294967296"],
            &["parameter 2 of 'add'", "i32"],
        ),
        ("halve", &["1", ""], &["parameter 2 of 'halve'", "f64"]),
        ("vector", &["1"], &["parameter 1 of 'vector'", "v128"]),
    ] {
        run(&["--invoke", name], MATH, args).fails(2, pieces);
    }
    let reference = r#"(module (func (export "reference") (param funcref)))"#;
    run(&["--invoke", "reference"], reference, &["0"])
        .fails(2, &["parameter 1 of 'reference'", "funcref"]);
    run(&[], MATH, &[]).fails(2, &["no '_start'", "--invoke", "'add'"]);
    run(&[], "(module)", &[]).fails(2, &["no '_start'", "it exports no functions"]);
}

#[test]
fn a_library_is_initialized_before_it_is_called() {
    let text = r#"(module (global $g (mut i32) (i32.const 0))
      (func (export "_initialize") (global.set $g (i32.const 7)))
      (func (export "get") (result i32) (global.get $g)))"#;
    run(&["--invoke", "get"], text, &[]).prints("7\n");
    let trap = text.replace("(global.set $g (i32.const 7))", "unreachable");
    run(&["--invoke", "get"], &trap, &[]).fails(134, &["unreachable", "_initialize"]);
}

#[test]
fn the_environment_is_only_what_is_given() {
    let text = r#"(module
      (import "wasi_snapshot_preview1" "environ_sizes_get" (func $sizes (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "environ_get" (func $get (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func (export "_start")
        (drop (call $sizes (i32.const 0) (i32.const 4)))
        (drop (call $get (i32.const 1024) (i32.const 4096)))
        (i32.store (i32.const 0) (i32.const 4096))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))"#;
    run(&[], text, &[]).prints("");
    run(&["--env", "A=1", "--env=B=", "--env", "C=x=y z"], text, &[]).prints("A=1\0B=\0C=x=y z\0");
}

#[test]
fn directories_are_granted_one_by_one() {
    let temp = TempDir::new();
    fs::create_dir(temp.path().join("a")).unwrap();
    let dir = temp.path().to_str().unwrap();
    for (grants, count) in [
        (vec![], 0),
        (vec![format!("--dir={dir}")], 1),
        (
            vec![format!("--dir={dir}::/x"), format!("--dir={dir}/a::y")],
            2,
        ),
        // The same directory under two names is no contradiction.
        (
            vec![format!("--dir={dir}::/x"), format!("--dir={dir}::/y")],
            2,
        ),
    ] {
        let options: Vec<&str> = grants.iter().map(String::as_str).collect();
        assert_eq!(
            run(&options, DIRECTORIES, &[]).status,
            Some(count),
            "{grants:?}"
        );
    }
}

#[test]
fn directories_that_can_not_be_granted() {
    let temp = TempDir::new();
    let file = temp.write("file", "");
    let (dir, file) = (temp.path().to_str().unwrap(), file.to_str().unwrap());
    let none = format!("--dir={dir}/none::/x");
    run(&[&none], PROGRAM, &[]).fails(2, &["can't grant", "/none'", "No such file or directory"]);
    let not_a_directory = format!("--dir={file}::/x");
    run(&[&not_a_directory], PROGRAM, &[]).fails(2, &["can't grant", "Not a directory"]);
    let twice = format!("--dir={dir}::/x");
    run(&[&twice, &twice], PROGRAM, &[]).fails(2, &["two directories", "'/x'"]);
}

#[test]
fn a_missing_grant_is_pointed_out() {
    let temp = TempDir::new();
    let file = temp.write("data/file", "");
    let (file, dir) = (file.to_str().unwrap(), temp.path().join("data"));
    let hint = format!("--dir {}", dir.display());
    run(&[], &exits("1"), &[file]).fails(1, &["hint", &hint]);
    // No such argument, success, or directories granted: nothing to point out.
    for (options, status, arg) in [
        (&[][..], "1", "/no/such/file"),
        (&[], "0", file),
        (&["--dir", "/tmp::/t"], "1", file),
    ] {
        assert_eq!(run(options, &exits(status), &[arg]).stderr(), "");
    }
}

#[test]
fn fuel_ends_a_loop() {
    let forever = r#"(module (func (export "_start") (loop (br 0))))"#;
    run(&["--fuel", "100000"], forever, &[]).fails(125, &["out of fuel", "--fuel 100000"]);
    run(&["--fuel", "0"], PROGRAM, &[]).fails(125, &["out of fuel"]);
    run(&["--fuel", "100000"], PROGRAM, &[]).prints("ok\n");
    run(&["--fuel", "18446744073709551615"], PROGRAM, &[]).prints("ok\n");
    let start = r#"(module (func $s (loop (br 0))) (start $s) (func (export "_start")))"#;
    run(&["--fuel", "1000"], start, &[]).fails(125, &["out of fuel"]);
}

#[test]
fn memory_is_limited() {
    let program = |memory: &str| format!(r#"(module (memory {memory}) (func (export "_start")))"#);
    run(&["--max-memory", "128K"], &program("2"), &[]).prints("");
    run(&["--max-memory", "128K"], &program("3"), &[])
        .fails(125, &["192 KiB", "128 KiB", "--max-memory"]);
    run(&[], &program("65536"), &[]).fails(125, &["4096 MiB", "--max-memory"]);
    // More than there are addresses; the engines put that differently.
    let temp = TempDir::new();
    let module = temp.write("m.wat", program("i64 0x1000000000000"));
    for engine in ENGINES {
        let args = [
            OsStr::new("--engine"),
            OsStr::new(engine),
            module.as_os_str(),
        ];
        wasm(args).run().fails(125, &["m.wat", "memory"]);
    }
    run(&[], &program("i64 0x100000000"), &[]).fails(125, &["m.wat"]);
    run(
        &["--max-memory", "16777215G"],
        &program("i64 0x10000000000"),
        &[],
    )
    .fails(125, &["m.wat"]);
    // What is refused while the program runs, it sees as -1.
    let grow = r#"(module (memory 1) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;
    run(&["--max-memory", "128K", "--invoke", "grow"], grow, &["1"]).prints("1\n");
    run(&["--max-memory", "128K", "--invoke", "grow"], grow, &["2"]).prints("-1\n");
    run(&["--invoke", "grow"], grow, &["65535"]).prints("-1\n");
    run(&["--invoke", "grow"], grow, &["-1"]).prints("-1\n");
}

#[test]
fn tables_are_limited() {
    let program = |tables: &str| format!(r#"(module {tables} (func (export "_start")))"#);
    run(&[], &program("(table 100000 funcref)"), &[]).prints("");
    run(
        &["--max-table", "99999"],
        &program("(table 100000 funcref)"),
        &[],
    )
    .fails(125, &["100000", "99999", "--max-table"]);
    run(&[], &program("(table 0xffffffff funcref)"), &[]).fails(125, &["m.wat", "table"]);
    run(&[], &program(&"(table 4000000 funcref)".repeat(3)), &[]).fails(125, &["m.wat", "table"]);
}

#[test]
fn traps_say_what_and_where() {
    let text =
        r#"(module (memory 1) (func (export "_start") (drop (i32.load (i32.const 65536)))))"#;
    run(&[], text, &[]).fails(
        134,
        &["m.wat", "trap: out of bounds memory access", "_start"],
    );
    let start = r#"(module (func $s unreachable) (start $s) (func (export "_start")))"#;
    run(&[], start, &[]).fails(134, &["trap: unreachable executed", "start function"]);
    let data = r#"(module (memory 1) (data (i32.const 65536) "x") (func (export "_start")))"#;
    run(&[], data, &[]).fails(134, &["trap: out of bounds memory access"]);
}

#[test]
fn deep_recursion_is_allowed_and_endless_recursion_traps() {
    let text = r#"(module (func $f (export "f") (param i32) (result i32)
      (if (result i32) (local.get 0)
        (then (i32.add (i32.const 1) (call $f (i32.sub (local.get 0) (i32.const 1)))))
        (else (i32.const 0)))))"#;
    run(&["--invoke", "f"], text, &["50000"]).prints("50000\n");
    run(&["--invoke", "f"], text, &["-1"]).fails(134, &["call stack exhausted"]);
}

#[test]
fn imports_that_nobody_offers() {
    let program = |import: &str| format!(r#"(module {import} (func (export "_start")))"#);
    for (import, pieces) in [
        (
            r#"(import "env" "puts" (func (param i32) (result i32)))"#,
            &["unknown import 'env.puts'", "(i32) -> (i32)"][..],
        ),
        (
            r#"(import "env" "memory" (memory 1))"#,
            &["unknown import 'env.memory'", "a memory"],
        ),
        (
            r#"(import "env" "t" (table 1 funcref))"#,
            &["unknown import 'env.t'", "a table"],
        ),
        (
            r#"(import "env" "g" (global i64))"#,
            &["unknown import 'env.g'", "a global of type i64"],
        ),
        (
            r#"(import "a\n" "\1b[31m" (func))"#,
            &["unknown import 'a\\n.\\u{1b}[31m'"],
        ),
        (
            r#"(import "wasi_snapshot_preview1" "fork" (func))"#,
            &["wasi_snapshot_preview1.fork", "not part of WASI"],
        ),
        (
            r#"(import "wasi" "thread-spawn" (func (param i32) (result i32)))"#,
            &["wasi.thread-spawn", "starts threads"],
        ),
        (
            r#"(import "wasi_unstable" "fd_write" (func))"#,
            &["wasi_unstable.fd_write", "before preview 1"],
        ),
        (
            r#"(import "wasi_snapshot_preview1" "fd_close" (func (param i64) (result i32)))"#,
            &[
                "wasi_snapshot_preview1.fd_close",
                "(i64) -> (i32)",
                "(i32) -> (i32)",
            ],
        ),
    ] {
        run(&[], &program(import), &[]).fails(1, pieces);
    }
}

#[test]
fn a_program_without_memory_can_not_use_wasi() {
    let text = r#"(module
      (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
      (func (export "_start") (drop (call $yield))))"#;
    run(&[], text, &[]).fails(134, &["memory"]);
}

#[test]
fn a_start_function_may_leave() {
    let text = r#"(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (start $main)
      (func $main (call $exit (i32.const 5)))
      (func (export "_start") unreachable))"#;
    let outcome = run(&[], text, &[]);
    assert_eq!((outcome.status, outcome.stderr().as_str()), (Some(5), ""));
}

#[test]
fn a_start_of_the_wrong_type() {
    let text = r#"(module (func (export "_start") (param i32)))"#;
    run(&[], text, &[]).fails(1, &["'_start'", "(i32) -> ()"]);
}

/// Reads a byte, then waits for more or five seconds; leaves with 0 if there is more and 1 if not.
const POLLS: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\04\00\00\01\00\00\00")
  (func (export "_start")
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
    ;; Subscription 0: descriptor 0 is readable. Subscription 1: five seconds of the monotonic clock.
    (i32.store8 (i32.const 264) (i32.const 1))
    (i64.store (i32.const 304) (i64.const 1))
    (i32.store (i32.const 320) (i32.const 1))
    (i64.store (i32.const 328) (i64.const 5000000000))
    (drop (call $poll (i32.const 256) (i32.const 512) (i32.const 2) (i32.const 16)))
    (call $exit (i32.load (i32.const 512)))))"#;

#[test]
fn input_that_is_there_is_seen_by_poll() {
    let temp = TempDir::new();
    let module = temp.write("m.wat", POLLS);
    for (input, status) in [(&b"ab"[..], 0), (b"a", 1)] {
        let mut child = Command::new(binary())
            .arg(&module)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(status), "{input:?}");
        drop(stdin);
    }
}

#[test]
fn standard_input_may_be_a_file_with_a_position() {
    let text = r#"(module
      (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "\00\04\00\00\01\00\00\00")
      (func (export "_start")
        (if (call $seek (i32.const 0) (i64.const 2) (i32.const 0) (i32.const 16))
          (then (call $exit (i32.const 1))))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
        (call $exit (i32.load8_u (i32.const 1024)))))"#;
    let temp = TempDir::new();
    let module = temp.write("m.wat", text);
    assert_eq!(
        wasm([&module]).stdin("abcd").run().status,
        Some(i32::from(b'c'))
    );
    let mut child = Command::new(binary())
        .arg(&module)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdin.take());
    assert_eq!(
        child.wait().unwrap().code(),
        Some(1),
        "a pipe has no position"
    );
}

#[test]
fn only_a_terminal_is_a_character_device() {
    let text = r#"(module
      (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $stat (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1)
      (func (export "_start")
        (drop (call $stat (i32.const 0) (i32.const 0)))
        (call $exit (i32.load8_u (i32.const 0)))))"#;
    let temp = TempDir::new();
    let module = temp.write("m.wat", text);
    let file_type = |stdin: Stdio| {
        Command::new(binary())
            .arg(&module)
            .stdin(stdin)
            .status()
            .unwrap()
            .code()
    };
    assert_eq!(file_type(Stdio::null()), Some(0), "/dev/null");
    assert_eq!(
        file_type(fs::File::open(&module).unwrap().into()),
        Some(4),
        "a regular file"
    );
}

#[test]
fn options_after_the_module_are_the_programs() {
    run(&[], PROGRAM, &["--help", "--fuel", "0", "--nonsense"]).prints("ok\n");
}

#[test]
fn results_that_nobody_reads() {
    let temp = TempDir::new();
    let module = temp.write("m.wat", MATH);
    let mut child = Command::new(binary())
        .args(["--invoke", "add"])
        .arg(module)
        .args(["1", "2"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    // The pipe may be closed before or after the result is written.
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");

    if Path::new("/dev/full").exists() {
        let full = fs::File::create("/dev/full").unwrap();
        let output = Command::new(binary())
            .arg("--version")
            .stdout(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains("can't write to standard output"));
        let full = fs::File::create("/dev/full").unwrap();
        let output = Command::new(binary())
            .arg("--nonsense")
            .stderr(full)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2), "a panic is {PANIC}");
    }
}
