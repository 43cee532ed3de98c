//! Programs that try to do harm to the machine, and modules changed at random, in the guest on each engine.
//!
//! On a host a program that takes all memory or never ends is one of many; here it has the whole machine to
//! itself, and the next program of the same boot must still find it in order.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::guest::{self, End, Program, Ran};
use super::{Outcome, Report};
use crate::image;
use crate::project::Project;

#[path = "../../../wasm/tests/mutants/mutate.rs"]
mod mutate;

/// The longest one run may take.
const LIMIT: Duration = Duration::from_secs(120);
/// Modules changed at random.
const MUTANTS: u64 = 16;

const ENGINES: [&str; 3] = ["wasmi", "winch", "wasmtime"];

/// What modules are changed.
const SEEDS: [&str; 3] = [
    include_str!("../../../wasm/tests/mutants/wasi.wat"),
    include_str!("../../../wasm/tests/mutants/numbers.wat"),
    include_str!("../../../wasm/tests/mutants/memories.wat"),
];

/// Grows its memory by a mebibyte at a time, until it is refused, and writes to all of it.
const MEMORY_BOMB: &str = r#"(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (local $old i32)
    (loop $again
      (local.set $old (memory.grow (i32.const 16)))
      (if (i32.eq (local.get $old) (i32.const -1)) (then (call $exit (i32.const 7))))
      (memory.fill (i32.mul (local.get $old) (i32.const 65536)) (i32.const 1) (i32.const 1048576))
      (br $again))))"#;

const TABLE_BOMB: &str = r#"(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (table 0 funcref) (memory (export "memory") 1)
  (func (export "_start")
    (loop $again
      (br_if $again (i32.ne (table.grow (ref.null func) (i32.const 100000)) (i32.const -1))))
    (call $exit (i32.const 7))))"#;

/// Asks the host for something before each deeper call.
const DEEP: &str = r#"(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $deep (export "_start")
    (drop (call $random (i32.const 72) (i32.const 8)))
    (call $deep)))"#;

/// Waits on the clock for an hour.
const HOUR: &str = r#"(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (i32.store (i32.const 272) (i32.const 1))
    (i64.store (i32.const 280) (i64.const 3600000000000))
    (drop (call $poll (i32.const 256) (i32.const 512) (i32.const 1) (i32.const 16)))))"#;

const SPIN: &str = r#"(module (func $s (loop (br 0))) (start $s) (func (export "_start")))"#;

/// Accesses beyond its memory, from near to as far as an address can be.
const OUTSIDE: &str = r#"(module (memory 1)
  (func (export "near") (i32.store (i32.const 65533) (i32.const 1)))
  (func (export "far") (i64.store offset=0xffffffff (i32.const -1) (i64.const 1)))
  (func (export "fill") (memory.fill (i32.const 65535) (i32.const 1) (i32.const -1))))"#;

/// What a case must come to.
enum Expected {
    /// This status and a piece of standard error.
    End(i32, &'static str),
    /// Anything but a crash, a panic or a hang.
    Order,
}

struct Case {
    name: String,
    arguments: Vec<String>,
    module: Vec<u8>,
    expected: Expected,
}

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    let cases: Vec<Case> = cases()?
        .into_iter()
        .filter(|case| report.wants(&format!("wasm-hostile/{}", case.name)))
        .collect();
    if cases.is_empty() {
        return Ok(());
    }
    let image = image::build(project)?;
    let programs: Vec<Program> = cases
        .iter()
        .map(|case| Program {
            argv: [vec!["/bin/wasm".to_owned()], case.arguments.clone()].concat(),
            files: vec![(PathBuf::from("m.wasm"), case.module.clone())],
            limit: LIMIT,
            ..Program::default()
        })
        .collect();
    let results = guest::run(
        &image,
        report.hardware(),
        "Letting wasm run hostile programs",
        &programs,
        |_| Ok(()),
    )?;
    for (case, ran) in cases.iter().zip(&results) {
        let outcome = Outcome::of(check(case, ran));
        report.add(
            &format!("wasm-hostile/{}", case.name),
            Some(ran.took),
            outcome,
        );
    }
    Ok(())
}

fn check(case: &Case, ran: &Ran) -> Result<()> {
    let stderr = String::from_utf8_lossy(&ran.stderr);
    let End::Exit(status) = ran.end else {
        bail!("{}; {}", ran.end, stderr.trim())
    };
    ensure!(!stderr.contains("panicked"), "a panic: {}", stderr.trim());
    // The status of a panic; no program here leaves with it unless it was changed to.
    ensure!(
        status != 101 || stderr.is_empty(),
        "status 101: {}",
        stderr.trim()
    );
    if let Expected::End(expected, piece) = case.expected {
        ensure!(
            status == expected,
            "exit status {status}; {}",
            stderr.trim()
        );
        ensure!(stderr.contains(piece), "no {piece:?} in {stderr:?}");
    }
    Ok(())
}

fn cases() -> Result<Vec<Case>> {
    let binary = |text: &str| wat::parse_str(text).context("a test module is wrong");
    let words = |line: &str| {
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let mut cases = Vec::new();
    for engine in ENGINES {
        let mut case = |name: &str, line: &str, text: &str, expected| -> Result<()> {
            cases.push(Case {
                name: format!("{engine} {name}"),
                arguments: words(&format!("--no-cache --engine {engine} {line}")),
                module: binary(text)?,
                expected,
            });
            Ok(())
        };
        use Expected::{End, Order};
        case(
            "takes all memory",
            "m.wasm",
            MEMORY_BOMB,
            End(7, "but the machine has only"),
        )?;
        case(
            "takes all it may",
            "--max-memory 64M m.wasm",
            MEMORY_BOMB,
            End(7, "--max-memory allows 64 MiB"),
        )?;
        case(
            "takes all tables",
            "m.wasm",
            TABLE_BOMB,
            End(7, "--max-table"),
        )?;
        case(
            "calls the host at the end of the stack",
            "m.wasm",
            DEEP,
            End(134, "call stack exhausted"),
        )?;
        case(
            "waits for an hour",
            "--timeout 1s m.wasm",
            HOUR,
            End(125, "--timeout 1s"),
        )?;
        case(
            "starts without end",
            "--timeout 1s m.wasm",
            SPIN,
            End(125, "--timeout 1s"),
        )?;
        for name in ["near", "far", "fill"] {
            let line = format!("--invoke {name} m.wasm");
            let expected = End(134, "out of bounds memory access");
            case(&format!("writes outside: {name}"), &line, OUTSIDE, expected)?;
        }
        let nested = format!(
            r#"(module (func (export "_start") {}{}))"#,
            "block ".repeat(5_000),
            "end ".repeat(5_000)
        );
        case("nests blocks", "--timeout 60s m.wasm", &nested, Order)?;
    }
    let seeds = SEEDS.map(binary);
    let seeds = seeds.into_iter().collect::<Result<Vec<_>>>()?;
    for (number, engine) in (0..MUTANTS).flat_map(|number| ENGINES.map(|engine| (number, engine))) {
        let line = format!("--no-cache --engine {engine} --fuel 200000 --max-memory 16M m.wasm");
        cases.push(Case {
            name: format!("{engine} mutant {number}"),
            arguments: words(&line),
            module: mutate::mutant(&seeds, number),
            expected: Expected::Order,
        });
    }
    Ok(cases)
}
