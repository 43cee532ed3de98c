//! Files that are no modules, or are broken: one clear line and an exit status, never a panic or a hang.

mod common;
#[path = "mutants/mutate.rs"]
#[allow(dead_code, reason = "only its numbers are of use here")]
mod mutate;

use std::os::unix::fs::symlink;
use std::time::Duration;

use common::{Outcome, TempDir, wasm};
use mutate::Numbers;

/// A program that uses most sections of the format, and ends by itself.
const PROGRAM: &str = include_str!("mutants/wasi.wat");

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

#[test]
fn the_program_itself_is_sound() {
    let outcome = run(&program());
    assert_eq!(
        (
            outcome.status,
            outcome.stdout().as_str(),
            outcome.stderr().as_str()
        ),
        (Some(0), "run\n", "")
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
                (Some(0), ""),
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
    // The first is a comment.
    for count in 2..lines.len() {
        run(lines[..count].join("\n").as_bytes()).fails(1, &["syntax error"]);
    }
}

#[test]
fn garbage_behind_a_header() {
    let mut numbers = Numbers::of(42);
    for round in 0..100 {
        let mut content = b"\0asm\x01\0\0\0".to_vec();
        let length = 1 + numbers.below(300);
        content.extend((0..length).map(|_| numbers.next() as u8));
        let outcome = run(&content);
        assert_eq!(outcome.status, Some(1), "round {round}: {outcome:?}");
        assert!(outcome.is_orderly(), "round {round}: {outcome:?}");
    }
}
