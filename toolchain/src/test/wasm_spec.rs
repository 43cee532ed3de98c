//! A few scripts of the WebAssembly test suite in the guest, one or more for each thing that an engine needs of
//! the system and each large part of the language; `clew conformance spec` runs all.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::guest::{self, End, Program, Ran};
use super::{Outcome, Report};
use crate::conformance::spec;
use crate::image;
use crate::project::Project;

/// The longest that one engine may take.
const LIMIT: Duration = Duration::from_secs(120);
/// Where the scripts are in the guest.
const PLACE: &str = "/spec";

/// Engine, switches and scripts.
const RUNS: [(&str, &str, &[&str]); 2] = [
    (
        "wasmi",
        "",
        &[
            "proposals/memory64/memory_grow64.wast",
            "proposals/multi-memory/memory_copy1.wast",
            "proposals/simd/simd_lane.wast",
            "proposals/tail-call/return_call.wast",
            "wasm-v2/call_indirect.wast",
            "wasm-v2/linking.wast",
            "wasm-v2/memory_grow.wast",
            "wasm-v2/memory_trap.wast",
            "wasm-v2/table_init.wast",
            "wasm-v2/traps.wast",
        ],
    ),
    (
        "wasmtime",
        "",
        &[
            "proposals/exceptions/throw_ref.wast",
            "proposals/exceptions/try_table.wast",
            "proposals/gc/array.wast",
            "proposals/gc/br_on_cast.wast",
            "proposals/gc/i31.wast",
            "proposals/gc/struct.wast",
            "proposals/memory64/memory_grow64.wast",
            "proposals/relaxed-simd/i32x4_relaxed_trunc.wast",
            "proposals/simd/simd_lane.wast",
            "proposals/threads/atomic.wast",
            "wasm-latest/call_indirect.wast",
            "wasm-latest/call_ref.wast",
            "wasm-latest/linking.wast",
            "wasm-latest/memory_grow.wast",
            "wasm-latest/memory_trap.wast",
            "wasm-latest/return_call.wast",
            "wasm-latest/skip-stack-guard-page.wast",
            "wasm-latest/traps.wast",
        ],
    ),
];

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    let wanted: Vec<_> = RUNS
        .iter()
        .filter(|(engine, ..)| report.wants(&name(engine)))
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let scripts = spec::scripts(project)?;
    let image = image::build(project)?;
    let programs: Vec<Program> = wanted
        .iter()
        .map(|(engine, switches, paths)| Program {
            argv: [
                vec!["/bin/wasm".to_owned()],
                spec::arguments(engine, switches, Path::new(PLACE), paths),
            ]
            .concat(),
            env: vec![("PATH".to_owned(), "/bin".to_owned())],
            limit: LIMIT,
            ..Program::default()
        })
        .collect();
    let title = "Running scripts of the WebAssembly test suite";
    let results = guest::run(&image, report.hardware(), title, &programs, |archive| {
        let mut paths: Vec<&str> = wanted
            .iter()
            .flat_map(|(.., paths)| *paths)
            .copied()
            .collect();
        paths.sort_unstable();
        paths.dedup();
        for path in paths {
            archive.file(Path::new(PLACE).join(path), 0o644, scripts.join(path))?;
        }
        Ok(())
    })?;
    for ((engine, _, paths), ran) in wanted.iter().zip(&results) {
        let outcome = Outcome::of(check(paths, ran));
        report.add(&name(engine), Some(ran.took), outcome);
    }
    Ok(())
}

/// The names of this group's tests.
pub fn names() -> Vec<String> {
    RUNS.iter().map(|(engine, ..)| name(engine)).collect()
}

fn name(engine: &str) -> String {
    format!("wasm-spec/{engine}")
}

/// All scripts ran, and nothing in them failed.
fn check(paths: &[&str], ran: &Ran) -> Result<()> {
    let (stdout, stderr) = (
        String::from_utf8_lossy(&ran.stdout),
        String::from_utf8_lossy(&ran.stderr),
    );
    ensure!(
        ran.end == End::Exit(0) && stderr.is_empty(),
        "{}: {stderr}\n{stdout}",
        ran.end
    );
    let total = stdout.lines().last().unwrap_or_default();
    let files = format!(" passed, 0 failed, in {} files", paths.len());
    ensure!(total.ends_with(&files), "{total}");
    Ok(())
}
