//! Each engine of the `wasm` command in the guest: calculations, traps, limits, compiled files and the cache.
//!
//! What the engines ask of the kernel shows here: code that is written and then executed, faults that become
//! traps in signal handlers, reservations of gigabytes, files mapped executable, threads that compile.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::guest::{self, End, Program, Ran};
use super::{Outcome, Report};
use crate::image;
use crate::project::Project;

/// The longest one run may take.
const LIMIT: Duration = Duration::from_secs(120);

/// Functions that calculate, trap and never end.
const MODULE: &str = r#"(module $module
  (memory (export "memory") 1)
  (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add
        (call $fib (i32.sub (local.get 0) (i32.const 1)))
        (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  (func (export "grow") (result i32) (drop (memory.grow (i32.const 1000))) (memory.size))
  (func (export "vector") (result i32)
    (i32x4.extract_lane 2 (i32x4.add (v128.const i32x4 1 2 3 4) (v128.const i32x4 10 20 30 40))))
  (func $divide (export "divide") (result i32) (i32.div_s (i32.const 1) (i32.const 0)))
  (func (export "unreachable") unreachable)
  (func (export "outside") (result i32) (i32.load (i32.const -4)))
  (func $deep (export "deep") (call $deep))
  (func (export "spin") (loop (br 0))))"#;

const ENGINES: [&str; 3] = ["wasmi", "winch", "wasmtime"];

/// A program that is compiled in the guest, the same compiled when the image was built, and how the two compare.
const COMPILING: &str = "a program compiled here";
const MAPPING: &str = "a program compiled with the image";
const SOONER: &str = "code of the image starts in a third of the time";

struct Step {
    name: String,
    argv: Vec<String>,
    status: i32,
    stdout: &'static str,
    /// Pieces of standard error.
    stderr: &'static [&'static str],
    /// What must not be in it.
    absent: &'static str,
}

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    let steps = steps();
    if !names().iter().any(|name| report.wants(name)) {
        return Ok(());
    }
    let image = image::build(project)?;
    // Later steps use what earlier ones leave, so all are run, in this order.
    let programs: Vec<Program> = steps
        .iter()
        .map(|step| Program {
            argv: step.argv.clone(),
            env: vec![("HOME".to_owned(), "/tmp/engines".to_owned())],
            files: vec![
                (PathBuf::from("m.wat"), MODULE.as_bytes().to_vec()),
                (
                    PathBuf::from("bad.cwasm"),
                    b"\x7fELF\x02\x01\x01\0no code".to_vec(),
                ),
            ],
            limit: LIMIT,
            ..Program::default()
        })
        .collect();
    let results = guest::run(
        &image,
        report.hardware(),
        "Trying the engines of wasm",
        &programs,
        |_| Ok(()),
    )?;
    for (step, ran) in steps.iter().zip(&results) {
        let name = format!("wasm-engine/{}", step.name);
        if report.wants(&name) {
            report.add(&name, Some(ran.took), Outcome::of(check(step, ran)));
        }
    }
    report.run(&format!("wasm-engine/{SOONER}"), || {
        let took = |name: &str| {
            let step = steps.iter().position(|step| step.name == name);
            step.map(|at| results[at].took).context("no such step")
        };
        let (compiling, mapping) = (took(COMPILING)?, took(MAPPING)?);
        ensure!(
            mapping * 3 < compiling,
            "{mapping:?} instead of {compiling:?}"
        );
        Ok(())
    });
    Ok(())
}

/// The names of this group's tests.
pub fn names() -> Vec<String> {
    let names = steps().into_iter().map(|step| step.name);
    let names = names.chain([SOONER.to_owned()]);
    names.map(|name| format!("wasm-engine/{name}")).collect()
}

fn check(step: &Step, ran: &Ran) -> Result<()> {
    let (stdout, stderr) = (
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr),
    );
    ensure!(
        ran.end == End::Exit(step.status),
        "{} instead of status {}: {stderr}",
        ran.end,
        step.status
    );
    ensure!(stdout == step.stdout, "standard output: {stdout:?}");
    for piece in step.stderr {
        ensure!(stderr.contains(piece), "no {piece:?} in {stderr:?}");
    }
    ensure!(
        step.absent.is_empty() || !stderr.contains(step.absent),
        "{:?} in {stderr:?}",
        step.absent
    );
    Ok(())
}

fn steps() -> Vec<Step> {
    let mut steps = Vec::new();
    let mut step = |name: &str,
                    line: &str,
                    status: i32,
                    stdout: &'static str,
                    stderr: &'static [&'static str],
                    absent: &'static str| {
        let words = std::iter::once("/bin/wasm").chain(line.split_whitespace());
        steps.push(Step {
            name: name.to_owned(),
            argv: words.map(str::to_owned).collect(),
            status,
            stdout,
            stderr,
            absent,
        });
    };
    for engine in ENGINES {
        let mut on = |name: &str, line: &str, status, stdout, stderr| {
            let line = format!("--no-cache --engine {engine} {line}");
            step(
                &format!("{engine} {name}"),
                &line,
                status,
                stdout,
                stderr,
                "panicked",
            );
        };
        on("calculates", "--invoke fib m.wat 20", 0, "6765\n", &[]);
        on("grows a memory", "--invoke grow m.wat", 0, "1001\n", &[]);
        on("adds vectors", "--invoke vector m.wat", 0, "33\n", &[]);
        on(
            "division by zero",
            "--invoke divide m.wat",
            134,
            "",
            &["integer divide by zero"],
        );
        on(
            "unreachable",
            "--invoke unreachable m.wat",
            134,
            "",
            &["unreachable executed"],
        );
        on(
            "outside of memory",
            "--invoke outside m.wat",
            134,
            "",
            &["out of bounds memory access"],
        );
        on(
            "endless recursion",
            "--invoke deep m.wat",
            134,
            "",
            &["call stack exhausted"],
        );
        on(
            "fuel",
            "--fuel 10000 --invoke spin m.wat",
            125,
            "",
            &["--fuel 10000"],
        );
        on(
            "timeout",
            "--timeout 2s --invoke spin m.wat",
            125,
            "",
            &["--timeout 2s"],
        );
        on(
            "stack",
            "--max-stack 64K --invoke deep m.wat",
            125,
            "",
            &["--max-stack"],
        );
        on(
            "memory",
            "--max-memory 1K --invoke grow m.wat",
            125,
            "",
            &["--max-memory"],
        );
    }
    step(
        "backtrace",
        "--engine wasmtime --invoke divide m.wat",
        134,
        "",
        &["  0: ", "divide"],
        "",
    );
    // Compiled by optimising compilers both, so which lines are left is for them to choose: these two calls are.
    const LINES: &[&str] = &[
        "integer divide by zero",
        "divide at ",
        "average.c:8\n",
        "average at ",
        "average.c:16\n",
    ];
    for engine in ["wasmtime", "winch"] {
        step(
            &format!("{engine} tells the lines of C"),
            &format!("--no-cache --engine {engine} /wasm-apps/average.wasm"),
            134,
            "",
            LINES,
            "panicked",
        );
    }
    step(
        "compile, with the lines of C",
        "compile /wasm-apps/average.wasm -o /tmp/average.cwasm",
        0,
        "",
        &[],
        "wasm:",
    );
    step(
        "code compiled here tells the lines of C",
        "/tmp/average.cwasm",
        134,
        "",
        LINES,
        "panicked",
    );
    step(
        "code compiled with the image tells the lines of C",
        "/wasm-apps/average.cwasm",
        134,
        "",
        LINES,
        "panicked",
    );
    let first = "-v --engine wasmtime --cache-dir /tmp/engines-cache --invoke fib m.wat 10";
    step(
        "a first start compiles",
        first,
        0,
        "55\n",
        &["compiling", "kept"],
        "",
    );
    step(
        "a second start does not",
        first,
        0,
        "55\n",
        &["looking for cached"],
        "compiling",
    );
    let auto = "-v --cache-dir /tmp/engines-cache --invoke fib m.wat 10";
    step(
        "auto sees the cache",
        auto,
        0,
        "55\n",
        &["wasmtime, because", "in the cache"],
        "compiling",
    );
    step(
        "compile",
        "compile m.wat -o /tmp/engines.cwasm",
        0,
        "",
        &[],
        "wasm:",
    );
    let compiled = "-v --invoke fib /tmp/engines.cwasm 10";
    step(
        "a compiled file runs",
        compiled,
        0,
        "55\n",
        &["mapping"],
        "compiling",
    );
    step(
        COMPILING,
        "-v --no-cache --engine wasmtime /wasm-apps/bzip2.wasm --help",
        0,
        "",
        &["compiling", "usage: bzip2.wasm"],
        "mapping",
    );
    step(
        MAPPING,
        "-v /wasm-apps/bzip2.cwasm --help",
        0,
        "",
        &["mapping", "usage: bzip2.cwasm"],
        "compiling",
    );
    step(
        "an interpreter compiled with the image",
        "-v /wasm-apps/quickjs.cwasm -e print(6*7)",
        0,
        "42\n",
        &["mapping"],
        "compiling",
    );
    step(
        "a file of no code",
        "bad.cwasm",
        1,
        "",
        &["bad.cwasm: not compiled code"],
        "panicked",
    );
    steps
}
