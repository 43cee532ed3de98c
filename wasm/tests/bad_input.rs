//! Files that are no modules, or are broken: one clear line and an exit status, never a panic or a hang.

mod common;

use std::os::unix::fs::symlink;
use std::time::Duration;

use common::{Outcome, TempDir, wasm};

/// A program that uses most sections of the format, and ends by itself.
const PROGRAM: &str = r#"(module $program
  (type $op (func (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (table $ops 3 8 funcref)
  (memory (export "memory") 1 2)
  (global $count (mut i32) (i32.const 5))
  (global $limit i64 (i64.const 1000))
  (elem (table $ops) (i32.const 0) func $add $sub $div)
  (elem declare func $add)
  (data (i32.const 8) "\10\00\00\00\04\00\00\00run\0a")
  (data $spare "spare")
  (start $begin)
  (func $begin (memory.init $spare (i32.const 64) (i32.const 0) (i32.const 5)) (data.drop $spare))
  (func $add (type $op) (i32.add (local.get 0) (local.get 1)))
  (func $sub (type $op) (i32.sub (local.get 0) (local.get 1)))
  (func $div (type $op) (i32.div_s (local.get 0) (local.get 1)))
  (func $apply (param $which i32) (result i32)
    (call_indirect (type $op) (i32.const 12) (i32.const 4) (local.get $which)))
  (func $floats (param f64) (result f32) (f32.demote_f64 (f64.sqrt (local.get 0))))
  (func (export "_start") (local $i i32) (local $sum i64)
    (block $done
      (loop $again
        (br_if $done (i32.eqz (global.get $count)))
        (global.set $count (i32.sub (global.get $count) (i32.const 1)))
        (local.set $i (call $apply (i32.rem_u (global.get $count) (i32.const 3))))
        (local.set $sum (i64.add (local.get $sum) (i64.extend_i32_s (local.get $i))))
        (br_table $again $done (i64.gt_u (local.get $sum) (global.get $limit)))))
    (drop (call $floats (f64.const 2)))
    (drop (v128.any_true (i32x4.splat (local.get $i))))
    (drop (memory.grow (i32.const 1)))
    (memory.copy (i32.const 128) (i32.const 64) (i32.const 5))
    (drop (call $read (i32.const 0) (i32.const 32) (i32.const 0) (i32.const 40)))
    (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 20)))
    (call $exit (i32.const 3))))"#;

fn program() -> Vec<u8> {
    wat::parse_str(PROGRAM).unwrap()
}

/// Runs a file with this content, with enough fuel for the program but not for an endless loop.
fn run(content: &[u8]) -> Outcome {
    let temp = TempDir::new();
    let file = temp.write("m", content);
    let args = ["--fuel", "1000000", "--max-memory", "16M"];
    wasm(args.iter().map(AsRef::as_ref).chain([file.as_os_str()]))
        .timeout(Duration::from_secs(30))
        .run()
}

/// A sequence of numbers that is the same in every run (Marsaglia's xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

#[test]
fn the_program_itself_is_sound() {
    let outcome = run(&program());
    assert_eq!(
        (
            outcome.status,
            outcome.stdout().as_str(),
            outcome.stderr().as_str()
        ),
        (Some(3), "run\n", "")
    );
}

#[test]
fn files_that_can_not_be_read() {
    let temp = TempDir::new();
    wasm([temp.path().join("none.wasm")])
        .run()
        .fails(1, &["none.wasm", "No such file or directory"]);
    wasm([temp.path()]).run().fails(1, &["is a directory"]);
    let file = temp.write("file", "");
    wasm([file.join("below")])
        .run()
        .fails(1, &["Not a directory"]);
    wasm([""]).run().fails(1, &["No such file or directory"]);
    symlink("loop", temp.path().join("loop")).unwrap();
    wasm([temp.path().join("loop")]).run().fails(1, &["loop"]);
    wasm(["x".repeat(300)]).run().fails(1, &["name too long"]);
    wasm(["/dev/null"]).run().fails(1, &["empty"]);
    wasm(["/dev/zero"])
        .run()
        .fails(1, &["not a WebAssembly module"]);
    wasm(["-"]).run().fails(1, &["empty"]);
}

#[test]
fn files_of_other_kinds() {
    for (content, piece) in [
        (&b""[..], "empty"),
        (b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", "ELF"),
        (b"#!/bin/sh\necho\n", "script"),
        (b"!<arch>\n", "static library"),
        (b"BC\xc0\xde\x35\x14\0\0", "bitcode"),
        (b"\x1f\x8b\x08\0\0\0\0\0\0", "gzip"),
        (b"\0asm\x0d\0\x01\0", "component"),
        (b"\0asm\x02\0\0\0", "version 2"),
        (b"\0asm\xff\xff\xff\xff", "unknown"),
        (b"MZ\x90\0 and so on", "not a WebAssembly module"),
        (b"Hello, world", "not a WebAssembly module"),
        (b"\n\n\n", "not a WebAssembly module"),
    ] {
        run(content).fails(1, &[piece]);
    }
}

#[test]
fn broken_text() {
    for (content, pieces) in [
        ("(", &["syntax error at 1:2"][..]),
        ("(module", &["syntax error at 1:8"]),
        ("(module\n  (func (i32.add", &["syntax error at 2:"]),
        (
            "(module (func (export \"_start\") i32.nix))",
            &["syntax error at 1:33", "unknown operator"],
        ),
        (
            "(module (func $f (call $g)))",
            &["syntax error at 1:", "$g"],
        ),
        ("(module (func (result i32)))", &["invalid module"]),
        ("(modul)", &["syntax error at 1:2"]),
        ("(module \"\u{202e}\")", &["m"]),
    ] {
        run(content.as_bytes()).fails(1, pieces);
    }
    // Neither nesting nor length may exhaust the stack or the patience.
    for content in [
        "(".repeat(100_000),
        "(;".repeat(100_000),
        format!("(module (func {}))", "block ".repeat(50_000)),
        format!(
            "(module (func {}{}))",
            "(block ".repeat(50_000),
            ")".repeat(50_000)
        ),
    ] {
        let outcome = run(content.as_bytes());
        assert!(matches!(outcome.status, Some(1 | 2)), "{outcome:?}");
        assert!(outcome.is_orderly(), "{outcome:?}");
    }
}

#[test]
fn declarations_beyond_all_measure() {
    // A section that claims four gigabytes, a vector that claims as many elements, a name that does.
    for tail in [
        &b"\x01\xff\xff\xff\xff\x0f"[..],
        b"\x01\x05\xff\xff\xff\xff\x0f",
        b"\x03\x05\xff\xff\xff\xff\x0f",
        b"\x00\x06\xff\xff\xff\xff\x0fx",
        b"\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x0a\x0a\x01\x08\x01\xff\xff\xff\xff\x0f\x7f\x0b",
        b"\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x7f\x00",
    ] {
        run(&[b"\0asm\x01\0\0\0", tail].concat()).fails(1, &["invalid module"]);
    }
}

#[test]
fn truncated_at_every_length() {
    let program = program();
    // All but the names of functions, which are the last section, is a program still.
    let name = program
        .windows(5)
        .rposition(|window| window == b"\x04name")
        .unwrap();
    let whole = program[..name].iter().rposition(|&byte| byte == 0).unwrap();
    for length in 0..program.len() {
        let outcome = run(&program[..length]);
        if length == whole {
            assert_eq!(
                (outcome.status, outcome.stderr().as_str()),
                (Some(3), ""),
                "at {length}"
            );
            continue;
        }
        // A cut between sections may leave a module that is whole, though without the program's entry.
        assert!(
            matches!(outcome.status, Some(1 | 2)),
            "at {length}: {outcome:?}"
        );
        assert!(outcome.is_orderly(), "at {length}: {outcome:?}");
        assert_eq!(
            outcome.stderr().lines().count(),
            1,
            "at {length}: {outcome:?}"
        );
    }
}

#[test]
fn text_truncated_at_every_line() {
    let lines: Vec<&str> = PROGRAM.lines().collect();
    for count in 1..lines.len() {
        run(lines[..count].join("\n").as_bytes()).fails(1, &["syntax error"]);
    }
}

#[test]
fn mutated_modules() {
    const COUNT: usize = 1000;
    let program = program();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut refused = 0;
    for round in 0..COUNT {
        let mut mutant = program.clone();
        for _ in 0..=numbers.below(4) {
            // The header stays: what comes of other ones, other tests tell.
            let at = 8 + numbers.below(mutant.len() - 8);
            match numbers.below(5) {
                0 => mutant[at] ^= 1 << numbers.below(8),
                1 => mutant[at] = numbers.next() as u8,
                2 => mutant[at] = [0, 1, 0x7f, 0x80, 0xff][numbers.below(5)],
                3 => mutant.insert(at, numbers.next() as u8),
                _ => drop(mutant.remove(at)),
            }
        }
        let outcome = run(&mutant);
        assert!(
            outcome.is_orderly(),
            "round {round}: {outcome:?}\nmodule: {mutant:02x?}"
        );
        refused += usize::from(outcome.status == Some(1));
    }
    // Mutations that nothing notices would be a test of nothing.
    assert!(
        refused > COUNT / 4,
        "only {refused} of {COUNT} were refused"
    );
}

#[test]
fn garbage_behind_a_header() {
    let mut numbers = Numbers(42);
    for round in 0..100 {
        let mut content = b"\0asm\x01\0\0\0".to_vec();
        let length = 1 + numbers.below(300);
        content.extend((0..length).map(|_| numbers.next() as u8));
        let outcome = run(&content);
        assert_eq!(outcome.status, Some(1), "round {round}: {outcome:?}");
        assert!(outcome.is_orderly(), "round {round}: {outcome:?}");
    }
}
