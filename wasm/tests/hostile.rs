//! Programs that try to do harm: to the memory of others, to the time and the memory of the machine.
//!
//! Each must end in an orderly way with the status that the manual names, on each engine.

mod common;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{ENGINES, Outcome, TempDir, binary, on_each_engine, wasm};

/// The longest that a module which is made to be slow may take beyond its `--timeout`.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs `text` with these options on each engine.
#[track_caller]
fn run(options: &[&str], text: &str) -> Outcome {
    let temp = TempDir::new();
    let module = temp.write("m.wat", text);
    let module = [module.to_str().unwrap()];
    on_each_engine(&[options, &module].concat(), b"")
}

#[test]
fn no_address_leads_out_of_the_memory() {
    // Each way to reach memory, with addresses at the end of a page, of 32 bits and, with the largest offset, beyond.
    let accesses = [
        "(drop (i32.load ADDRESS))",
        "(drop (i64.load OFFSET ADDRESS))",
        "(i32.store8 ADDRESS (i32.const 1))",
        "(i64.store OFFSET ADDRESS (i64.const 1))",
        "(drop (v128.load OFFSET ADDRESS))",
        "(v128.store ADDRESS (v128.const i64x2 1 1))",
        "(memory.fill ADDRESS (i32.const 1) (i32.const 16))",
        "(memory.copy ADDRESS (i32.const 0) (i32.const 16))",
        "(memory.copy (i32.const 0) ADDRESS (i32.const 16))",
        "(memory.init $data ADDRESS (i32.const 0) (i32.const 16))",
    ];
    for access in accesses {
        for address in ["65536", "-1", "0x7fffffff", "0x80000000", "-4096"] {
            let access = access
                .replace("OFFSET", "offset=0xffffffff")
                .replace("ADDRESS", &format!("(i32.const {address})"));
            let text = format!(
                r#"(module (memory 1) (data $data "sixteen bytes...") (func (export "_start") {access}))"#
            );
            run(&["--no-cache"], &text).fails(134, &["out of bounds memory access"]);
        }
    }
}

#[test]
fn no_address_of_64_bits_leads_out_either() {
    for address in [
        "65536",
        "-1",
        "-8",
        "0x100000000",
        "0x7fffffffffffffff",
        "0x800000000000",
    ] {
        for offset in ["0", "0xffffffff", "0xffffffffffffffff"] {
            let text = format!(
                r#"(module (memory i64 1) (func (export "_start")
                  (i64.store offset={offset} (i64.const {address}) (i64.const 1))))"#
            );
            run(&["--no-cache"], &text).fails(134, &["out of bounds memory access"]);
        }
    }
}

#[test]
fn no_index_leads_out_of_a_table() {
    for (code, piece) in [
        ("(call_indirect (i32.const 1))", "table access"),
        ("(call_indirect (i32.const -1))", "table access"),
        ("(call_indirect (i32.const 0))", "empty table element"),
        (
            "(drop (table.get 0 (i32.const 0x10000000)))",
            "table access",
        ),
        (
            "(table.set 0 (i32.const 1) (ref.null func))",
            "table access",
        ),
        (
            "(table.fill 0 (i32.const 1) (ref.null func) (i32.const -1))",
            "table access",
        ),
        (
            "(table.copy (i32.const 0) (i32.const 1) (i32.const -1))",
            "table access",
        ),
    ] {
        let text = format!(r#"(module (table 1 funcref) (func (export "_start") {code}))"#);
        run(&["--no-cache"], &text).fails(134, &[piece]);
    }
}

/// Grows its memory by steps until it is refused, and writes to each page that it was given.
const MEMORY_BOMB: &str = r#"(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $old i32)
    (loop $again
      (local.set $old (memory.grow (i32.const STEP)))
      (if (i32.eq (local.get $old) (i32.const -1)) (then (call $exit (i32.const 7))))
      (memory.fill (i32.mul (local.get $old) (i32.const 65536)) (i32.const 1) (i32.mul (i32.const STEP) (i32.const 65536)))
      (br $again))))"#;

#[test]
fn a_memory_that_grows_without_end_is_refused_in_time() {
    for step in ["1", "16", "400"] {
        let text = MEMORY_BOMB.replace("STEP", step);
        let outcome = run(&["--max-memory", "64M"], &text);
        assert_eq!(outcome.status, Some(7), "{outcome:?}");
        let stderr = outcome.stderr();
        assert!(
            stderr.starts_with("wasm: hint: the module asked for a memory of "),
            "{stderr}"
        );
        assert!(
            stderr.ends_with(" but --max-memory allows 64 MiB\n"),
            "{stderr}"
        );
    }
}

#[test]
fn a_trap_for_want_of_memory_has_a_hint() {
    let text = r#"(module (memory 1) (func (export "_start")
      (if (i32.eq (memory.grow (i32.const 47)) (i32.const -1)) (then unreachable))))"#;
    let outcome = run(&["--max-memory", "2M"], text);
    outcome.fails(134, &["unreachable"]);
    let hint = "hint: the module asked for a memory of 3 MiB, but --max-memory allows 2 MiB";
    assert!(outcome.stderr().contains(hint), "{}", outcome.stderr());
    run(&["--max-memory", "3M"], text).prints("");
}

#[test]
fn tables_that_grow_without_end_are_refused() {
    let text = r#"(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (table $a 0 funcref) (table $b 0 funcref) (memory (export "memory") 1)
      (func (export "_start")
        (loop $again
          (if (i32.and
                (i32.eq (table.grow $a (ref.null func) (i32.const 1000)) (i32.const -1))
                (i32.eq (table.grow $b (ref.null func) (i32.const 1000)) (i32.const -1)))
            (then (call $exit (i32.const 7))))
          (br $again))))"#;
    for limit in ["0", "1", "99999"] {
        let outcome = run(&["--max-table", limit], text);
        assert_eq!(outcome.status, Some(7), "{outcome:?}");
        let hint = format!("but --max-table allows {limit}\n");
        assert!(outcome.stderr().ends_with(&hint), "{outcome:?}");
    }
    assert_eq!(run(&[], text).status, Some(7));
}

#[test]
fn objects_without_end_are_refused() {
    // A list that is never let go; only Cranelift has objects.
    let text = r#"(module (type $node (struct (field (ref null $node)) (field i64)))
      (func (export "_start") (local $list (ref null $node))
        (loop $again
          (local.set $list (struct.new $node (local.get $list) (i64.const 1)))
          (br $again))))"#;
    let temp = TempDir::new();
    let module = temp.write("m.wat", text);
    let args = [
        "--engine",
        "wasmtime",
        "--max-memory",
        "4M",
        "--timeout",
        "60s",
    ];
    let outcome = wasm(args.iter().copied().chain([module.to_str().unwrap()])).run();
    assert!(matches!(outcome.status, Some(125 | 134)), "{outcome:?}");
    assert!(
        outcome.is_orderly() && outcome.stderr().contains("--max-memory"),
        "{outcome:?}"
    );
}

#[test]
fn ten_thousand_memories_and_tables() {
    for (what, count) in [
        ("(memory 0)", 100),
        ("(table 0 funcref)", 100),
        ("(memory 0)", 10_000),
    ] {
        let text = format!(
            r#"(module {} (func (export "_start")))"#,
            what.repeat(count)
        );
        let outcome = wasm_on_each(&["--max-instances", "10000"], &text);
        // More than an engine can have is an orderly refusal.
        for outcome in outcome {
            assert!(
                matches!(outcome.status, Some(0 | 1 | 125)),
                "{count} {what}: {outcome:?}"
            );
            assert!(outcome.is_orderly(), "{count} {what}: {outcome:?}");
        }
        if count == 100 {
            run(&["--max-instances", "99"], &text).fails(125, &["--max-instances"]);
        }
    }
}

/// Runs `text` with these options on each engine, which need not agree.
fn wasm_on_each(options: &[&str], text: &str) -> Vec<Outcome> {
    let temp = TempDir::new();
    let module = temp.write("m.wat", text);
    let run = |engine: &&str| {
        let args = ["--no-cache", "--engine", engine];
        let module = [module.to_str().unwrap()];
        wasm(args.iter().chain(options).chain(&module)).run()
    };
    ENGINES.iter().map(run).collect()
}

#[test]
fn calls_of_the_host_at_the_end_of_the_stack() {
    // Before each deeper call, the host is asked for the time, random bytes and to write nothing.
    let text = r#"(module
      (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func $deep (export "_start")
        (drop (call $time (i32.const 0) (i64.const 0) (i32.const 64)))
        (drop (call $random (i32.const 72) (i32.const 8)))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 80)))
        (call $deep)))"#;
    run(&[], text).fails(134, &["call stack exhausted"]);
    run(&["--max-stack", "64K"], text).fails(125, &["--max-stack"]);
    run(&["--max-stack", "256M", "--fuel", "1000000"], text);
}

#[test]
fn a_start_function_without_end() {
    let text = r#"(module (func $s (loop (br 0))) (start $s) (func (export "_start")))"#;
    run(&["--timeout", "200ms"], text).fails(125, &["--timeout 200ms"]);
    run(&["--fuel", "10000"], text).fails(125, &["--fuel 10000"]);
}

/// Waits for what its name says, for an hour or for ever.
const WAITS: &str = r#"(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\04\00\00\01\00\00\00")
  (func (export "clock")
    (i32.store (i32.const 272) (i32.const 1))
    (i64.store (i32.const 280) (i64.const 3600000000000))
    (drop (call $poll (i32.const 256) (i32.const 512) (i32.const 1) (i32.const 16))))
  (func (export "input")
    (i32.store8 (i32.const 264) (i32.const 1))
    (drop (call $poll (i32.const 256) (i32.const 512) (i32.const 1) (i32.const 16))))
  (func (export "read")
    (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))))"#;

#[test]
fn the_time_limit_ends_each_wait() {
    let temp = TempDir::new();
    let module = temp.write("m.wat", WAITS);
    for name in ["clock", "input", "read"] {
        for engine in ENGINES {
            let start = Instant::now();
            let mut child = Command::new(binary())
                .args([
                    "--no-cache",
                    "--timeout",
                    "300ms",
                    "--engine",
                    engine,
                    "--invoke",
                    name,
                ])
                .arg(&module)
                .stdin(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // Standard input stays open and empty while this waits.
            let stdin = child.stdin.take();
            assert_eq!(child.wait().unwrap().code(), Some(125), "{name} {engine}");
            assert!(
                start.elapsed() > Duration::from_millis(300),
                "{name} {engine}"
            );
            assert!(start.elapsed() < PATIENCE, "{name} {engine}");
            drop(stdin);
        }
    }
}

/// A module of one function with this body, and no more sections than it takes.
fn function(locals: &[u8], code: &[u8]) -> Vec<u8> {
    fn number(mut value: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value > 0x7f {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }
    let sized = |content: Vec<u8>| [number(content.len()), content].concat();
    let body = sized([locals, code, &[0x0b]].concat());
    let section = |id: u8, content: Vec<u8>| [vec![id], sized(content)].concat();
    [
        b"\0asm\x01\0\0\0".to_vec(),
        section(1, b"\x01\x60\0\0".to_vec()),
        section(3, b"\x01\0".to_vec()),
        section(7, b"\x01\x06_start\0\0".to_vec()),
        section(10, [vec![1], body].concat()),
    ]
    .concat()
}

#[test]
fn bodies_that_are_a_burden_on_a_compiler() {
    let temp = TempDir::new();
    let nested = |count: usize| {
        let (open, close) = ([0x02, 0x40].repeat(count), [0x0b].repeat(count));
        function(&[0], &[open, close].concat())
    };
    let loops = |count: usize| {
        let (open, close) = ([0x03, 0x40].repeat(count), [0x0b].repeat(count));
        function(&[0], &[open, close].concat())
    };
    // A jump table of many targets; `i32.const 0, br_table N, 0 …`.
    let table = |count: usize| {
        let length = [
            count as u8 | 0x80,
            (count >> 7) as u8 | 0x80,
            (count >> 14) as u8,
        ];
        let code = [&[0x41, 0, 0x0e][..], &length, &[0].repeat(count + 1)].concat();
        function(&[0], &code)
    };
    let modules = [
        ("nested", nested(100_000)),
        ("loops", loops(20_000)),
        ("table", table(100_000)),
        // 50,000 locals are the most that an engine takes; one more is too many.
        ("locals", function(b"\x01\xd0\x86\x03\x7f", b"")),
        ("more locals", function(b"\x01\xd1\x86\x03\x7f", b"")),
        (
            "locals of 4 GiB",
            function(b"\x02\xff\xff\xff\xff\x0f\x7f\xff\xff\xff\xff\x0f\x7b", b""),
        ),
        ("nops", function(&[0], &[0x01].repeat(7_000_000))),
        ("more nops", function(&[0], &[0x01].repeat(8_000_000))),
        ("calls", function(&[0], &[0x10, 0].repeat(100_000))),
        (
            "constants",
            function(&[0], &[0x41, 1, 0x1a].repeat(300_000)),
        ),
    ];
    for (name, module) in modules {
        let file = temp.write("m.wasm", module);
        for engine in ENGINES {
            let args = [
                "--no-cache",
                "--timeout",
                "3s",
                "--engine",
                engine,
                "--fuel",
                "1000",
            ];
            let outcome = wasm(args.iter().copied().chain([file.to_str().unwrap()]))
                .timeout(PATIENCE)
                .run();
            assert!(
                matches!(outcome.status, Some(0 | 1 | 125 | 134)),
                "{name} {engine}: {outcome:?}"
            );
            assert!(outcome.is_orderly(), "{name} {engine}: {outcome:?}");
            if ["more locals", "locals of 4 GiB"].contains(&name) {
                assert_eq!(outcome.status, Some(1), "{name} {engine}: {outcome:?}");
            }
        }
    }
}

#[test]
fn text_that_is_a_burden_on_those_who_read_it() {
    let temp = TempDir::new();
    let nested = |count: usize| {
        let (open, close) = ([0x02, 0x40].repeat(count), [0x0b].repeat(count));
        temp.write("nested.wasm", function(&[0], &[open, close].concat()))
    };
    let output = temp.path().join("out.wat");
    for options in [&[][..], &["--fold"], &["--offsets"], &["--skeleton"]] {
        let file = nested(20_000);
        let files = ["-o", output.to_str().unwrap(), file.to_str().unwrap()];
        let outcome = wasm(["wasm2wat"].iter().chain(options).chain(&files))
            .timeout(PATIENCE)
            .run();
        assert!(
            matches!(outcome.status, Some(0 | 1)),
            "{options:?}: {outcome:?}"
        );
        assert!(outcome.is_orderly(), "{options:?}: {outcome:?}");
        let size = fs::metadata(&output).map_or(0, |metadata| metadata.len());
        assert!(size < 200 << 20, "{options:?}: {size} bytes");
    }
    // One line, on which every place is far from the beginning.
    let line = format!(
        r#"(module (func (export "_start") {}))"#,
        "nop ".repeat(1_000_000)
    );
    let file = temp.write("line.wat", line);
    wasm(["--no-cache", "--engine", "wasmi", file.to_str().unwrap()])
        .timeout(PATIENCE)
        .run()
        .prints("");
    let file = nested(100_000);
    for command in ["inspect", "validate"] {
        let outcome = wasm([command, file.to_str().unwrap()])
            .timeout(PATIENCE)
            .run();
        assert_eq!(outcome.status, Some(0), "{command}: {outcome:?}");
    }
}

#[test]
fn a_run_changes_nothing_for_the_next() {
    // One that scribbles over all that it has, then one that looks for what is left of it.
    let temp = TempDir::new();
    let scribble = r#"(module (memory 1) (global $g (mut i32) (i32.const 0)) (func (export "_start")
      (memory.fill (i32.const 0) (i32.const 255) (i32.const 65536)) (global.set $g (i32.const 1)) unreachable))"#;
    let look = r#"(module (memory 1) (global $g (mut i32) (i32.const 0))
      (func (export "sum") (result i32) (local $at i32) (local $sum i32)
        (loop $next
          (local.set $sum (i32.or (local.get $sum) (i32.load (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br_if $next (i32.lt_u (local.get $at) (i32.const 65536))))
        (i32.or (local.get $sum) (global.get $g))))"#;
    let (scribble, look) = (temp.write("a.wat", scribble), temp.write("b.wat", look));
    let cache = temp.path().join("cache");
    for engine in ENGINES {
        let with = |module: &Path, invoke: &[&str]| {
            let options = ["--engine", engine, "--cache-dir", cache.to_str().unwrap()];
            wasm(
                options
                    .iter()
                    .chain(invoke)
                    .chain(&[module.to_str().unwrap()]),
            )
            .run()
        };
        for _ in 0..2 {
            with(&scribble, &[]).fails(134, &["unreachable"]);
            with(&look, &["--invoke", "sum"]).prints("0\n");
        }
    }
}

#[test]
fn a_module_that_never_arrives() {
    // The file is a pipe whose other end says nothing.
    let mut child = Command::new(binary())
        .args(["--timeout", "300ms", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"\0asm\x01\0\0\0").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(125));
    drop(stdin);
}
