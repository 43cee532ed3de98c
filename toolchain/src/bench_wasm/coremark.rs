//! CoreMark itself, beside our own loop of the same kinds of work: the module that the crate of wasm3 brings along.
//!
//! It imports a clock and chooses by it how often to do its work: ten times to see how long that takes, and then as
//! often as should fill ten seconds. A script gives it a clock that says what leads to a known number, so the cost
//! of one iteration is the difference between two runs. Its score shows that it found its checksums right.

use std::fs;

use anyhow::{Context, Result, ensure};
use clew::crate_source;
use clew::recipe::Recipe;

use crate::project::Project;

/// The iterations of the shorter and of the longer run, and the milliseconds that the first ten have to take for it.
const RUNS: [(u64, u32); 2] = [(20, 10_000), (110, 1000)];

/// What the two runs differ in.
pub const ITERATIONS: u64 = RUNS[1].0 - RUNS[0].0;

/// The names of the scripts of the longer and of the shorter run.
pub const SCRIPTS: [&str; 2] = ["coremark-110.wast", "coremark-20.wast"];

/// Where the crate has the module, as an array of C.
const HEADER: &str = "wasm3/source/extra/coremark_minimal.wasm.h";

/// The scripts, by their names.
///
/// # Errors
///
/// Fails if the crate can't be had or does not hold the module.
pub fn scripts(project: &Project) -> Result<Vec<(String, String)>> {
    let recipe = Recipe::load(&project.root().join("c-apps/wasm3"))?;
    let wasm3 = recipe.krate.context("wasm3 does not come from a crate")?;
    let scratch = project.out().join("crates");
    let root =
        crate_source::locate_exactly(&wasm3.name, &wasm3.version, &wasm3.checksum, &scratch)?;
    let header = root.join(HEADER);
    let text = fs::read_to_string(&header).with_context(|| header.display().to_string())?;
    let module = bytes(&text);
    ensure!(
        module.starts_with(b"\0asm"),
        "{} holds no module",
        header.display()
    );
    Ok(RUNS
        .iter()
        .map(|&(count, time)| {
            (
                format!("coremark-{count}.wast"),
                script(&module, count, time),
            )
        })
        .collect())
}

/// The numbers of an array of bytes in C.
fn bytes(text: &str) -> Vec<u8> {
    let words = text.split([',', ' ', '\n', '{', '}', ';']);
    let numbers = words.filter_map(|word| word.strip_prefix("0x"));
    numbers
        .filter_map(|number| u8::from_str_radix(number, 16).ok())
        .collect()
}

/// A run of `count` iterations, besides the ten before them.
fn script(module: &[u8], count: u64, time: u32) -> String {
    let module: String = module.iter().map(|byte| format!("\\{byte:02x}")).collect();
    format!(
        r#"(module $clock
  (global $calls (mut i32) (i32.const 0))
  (func (export "clock_ms") (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (if (i32.eq (global.get $calls) (i32.const 2)) (then (return (i32.const {time}))))
    (if (i32.eq (global.get $calls) (i32.const 4)) (then (return (i32.const 10000))))
    (i32.const 0)))
(register "env" $clock)
(module binary "{module}")
(assert_return (invoke "run") (f32.const {score}))
"#,
        score = count as f64 / 10.0
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_array_of_c_is_read() {
        let text = "unsigned char a_wasm[] = {\n  0x00, 0x61, 0x73,\n  0xff\n};\nunsigned int a_len = 4;\n";
        assert_eq!(bytes(text), [0, 0x61, 0x73, 0xff]);
    }

    #[test]
    fn scripts_have_the_names_that_are_run() {
        let names = RUNS.map(|(count, _)| format!("coremark-{count}.wast"));
        assert_eq!([&*names[1], &*names[0]], SCRIPTS);
        assert!(script(b"\0", 110, 1000).contains("(f32.const 11)"));
    }
}
