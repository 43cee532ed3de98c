//! Bad input for the `wasm` command in the guest: one clear line and no panic.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail, ensure};

use super::guest::{self, End, Program, Ran};
use super::{Outcome, Report};
use crate::image;
use crate::project::Project;

/// The longest one run may take.
const LIMIT: Duration = Duration::from_secs(60);

struct BadModule {
    name: &'static str,
    arguments: Vec<String>,
    /// The module's file in the working directory, if there is one.
    module: Option<Vec<u8>>,
    statuses: &'static [i32],
}

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    let cases: Vec<BadModule> = bad_modules()
        .into_iter()
        .filter(|case| report.wants(&format!("wasm/{}", case.name)))
        .collect();
    if cases.is_empty() {
        return Ok(());
    }
    let image = image::build(project)?;
    let programs: Vec<Program> = cases
        .iter()
        .map(|case| Program {
            argv: [vec!["/bin/wasm".to_owned()], case.arguments.clone()].concat(),
            files: case
                .module
                .iter()
                .map(|bytes| (PathBuf::from("m.wasm"), bytes.clone()))
                .collect(),
            limit: LIMIT,
            ..Program::default()
        })
        .collect();
    let results = guest::run(
        &image,
        report.hardware(),
        "Giving bad input to wasm",
        &programs,
        |_| Ok(()),
    )?;
    for (case, ran) in cases.iter().zip(&results) {
        let outcome = Outcome::of(check(case, ran));
        report.add(&format!("wasm/{}", case.name), Some(ran.took), outcome);
    }
    Ok(())
}

fn check(case: &BadModule, ran: &Ran) -> Result<()> {
    let stderr = String::from_utf8_lossy(&ran.stderr);
    let End::Exit(status) = ran.end else {
        bail!("{}; {}", ran.end, stderr.trim())
    };
    ensure!(
        case.statuses.contains(&status),
        "exit status {status}; {}",
        stderr.trim()
    );
    ensure!(!stderr.trim().is_empty(), "it says nothing");
    ensure!(!stderr.contains("panicked"), "a panic: {}", stderr.trim());
    ensure!(ran.stdout.is_empty(), "something on standard output");
    if status <= 1 {
        ensure!(
            stderr.lines().count() == 1,
            "more than one line: {}",
            stderr.trim()
        );
    }
    Ok(())
}

fn bad_modules() -> Vec<BadModule> {
    let words = |text: &[&str]| {
        text.iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    let wat = |text: &str| Some(text.as_bytes().to_vec());
    // Magic, version, and a type section that promises more than there is.
    let header = b"\0asm\x01\0\0\0";
    let truncated = [&header[..], &[1, 100, 20, 0x60]].concat();
    let huge = [&header[..], &[1, 0xff, 0xff, 0xff, 0xff, 0x0f]].concat();
    let trap = r#"(module (func (export "_start") unreachable))"#;
    let recursion = r#"(module (func $f (export "_start") (call $f) (call $f)))"#;
    let import = r#"(module (import "nowhere" "nothing" (func)) (func (export "_start")))"#;
    let plain = r#"(module (memory (export "memory") 1) (func (export "_start")))"#;
    let case = |name, arguments: &[&str], module, statuses| BadModule {
        name,
        arguments: words(arguments),
        module,
        statuses,
    };
    vec![
        case("no file given", &[], None, &[2]),
        case("a missing file", &["nowhere.wasm"], None, &[1, 2]),
        case("a folder", &["/tmp"], None, &[1, 2]),
        case("an empty file", &["m.wasm"], Some(Vec::new()), &[1, 2]),
        case("garbage", &["m.wasm"], Some(vec![0xee; 5000]), &[1, 2]),
        case("magic alone", &["m.wasm"], Some(b"\0asm".to_vec()), &[1, 2]),
        case(
            "an unknown version",
            &["m.wasm"],
            Some(b"\0asm\x63\0\0\0".to_vec()),
            &[1, 2],
        ),
        case("a truncated module", &["m.wasm"], Some(truncated), &[1, 2]),
        case("a section of 4 GiB", &["m.wasm"], Some(huge), &[1, 2]),
        case(
            "text that does not parse",
            &["m.wasm"],
            wat("(module (func"),
            &[1, 2],
        ),
        case("an unknown import", &["m.wasm"], wat(import), &[1, 2]),
        case(
            "a refused preopen",
            &["--dir", "/nowhere", "m.wasm"],
            wat(plain),
            &[1, 2],
        ),
        case(
            "an unknown option",
            &["--colour", "m.wasm"],
            wat(plain),
            &[2],
        ),
        case(
            "an unknown function",
            &["--invoke", "nothing", "m.wasm"],
            wat(plain),
            &[1, 2],
        ),
        case("a trap", &["m.wasm"], wat(trap), &[134]),
        case("endless recursion", &["m.wasm"], wat(recursion), &[134]),
    ]
}
