//! Every test of every recipe in `wasm-apps/`.
//!
//! `WASM_MODULES` names a directory with modules built elsewhere, for a system without a compiler;
//! `WASM_APPS` the recipes, where they are not at the place they were compiled from.

mod common;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clew::recipe::{Recipe, Test};
use clew::wasm_apps::{self, Built};
use common::{TempDir, wasm};

fn modules() -> Vec<(Recipe, PathBuf)> {
    let apps = std::env::var_os("WASM_APPS").map(PathBuf::from);
    let apps = apps.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm-apps"));
    if let Some(dir) = std::env::var_os("WASM_MODULES") {
        let mut recipes = Recipe::load_all(&apps).unwrap();
        recipes.retain(|recipe| wasm_apps::obstacle(recipe).is_none());
        let path = |recipe: &Recipe| Path::new(&dir).join(format!("{}.wasm", recipe.name));
        return recipes
            .into_iter()
            .map(|recipe| (path(&recipe), recipe))
            .map(|(path, recipe)| (recipe, path))
            .collect();
    }
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wasm-apps");
    let mut modules = Vec::new();
    for (recipe, built) in wasm_apps::build_all(&apps, &out).unwrap() {
        match built {
            Built::Module(module) => modules.push((recipe, module)),
            Built::Skipped(why) => println!("{} is skipped: {why}", recipe.name),
        }
    }
    modules
}

/// The engines to run a recipe on: the suite of WASI on each, others on one that interprets and one that compiles.
fn engines(recipe: &Recipe) -> &'static [&'static str] {
    match recipe.name.as_str() {
        "wasi" => &["wasmi", "wasmtime", "winch"],
        _ => &["wasmi", "wasmtime"],
    }
}

/// Compiles the module ahead of time, as the image builder does, and returns the code.
fn compile(module: &Path, dir: &TempDir) -> PathBuf {
    let code = dir
        .path()
        .join(module.with_extension("cwasm").file_name().unwrap());
    let args = ["compile", "--cpu", "baseline", "-o"].map(Path::new);
    let outcome = wasm(args.into_iter().chain([code.as_path(), module])).run();
    assert_eq!(outcome.status, Some(0), "{}", outcome.stderr());
    code
}

/// Runs one test and returns what is wrong.
fn check(recipe: &Recipe, module: &Path, test: &Test, engine: &str) -> Vec<String> {
    let temp = TempDir::new();
    let mut args: Vec<String> = test.options.clone();
    args.push(format!("--engine={engine}"));
    for (name, value) in &test.env {
        args.push(format!("--env={name}={value}"));
    }
    for (index, dir) in test.dirs.iter().enumerate() {
        let host = temp.path().join(format!("dir{index}"));
        fs::create_dir(&host).unwrap();
        for (name, content) in recipe.files(dir).unwrap() {
            temp.write(host.join(name), content);
        }
        for (name, target) in &dir.symlinks {
            symlink(target, host.join(name)).unwrap();
        }
        args.push(format!("--dir={}::{}", host.display(), dir.guest));
    }
    args.push(module.to_str().unwrap().to_owned());
    args.extend(test.args.iter().cloned());

    let outcome = wasm(&args)
        .stdin(recipe.stdin(test).unwrap())
        .timeout(Duration::from_secs(test.timeout))
        .run();
    let mut wrong = Vec::new();
    if outcome.status != Some(test.expect_status) {
        wrong.push(format!(
            "status {:?} instead of {}",
            outcome.status, test.expect_status
        ));
    }
    if let Some(expected) = recipe.expected_stdout(test).unwrap()
        && outcome.stdout != expected
    {
        wrong.push(format!(
            "stdout {:?} instead of {:?}",
            outcome.stdout(),
            String::from_utf8_lossy(&expected)
        ));
    }
    let stderr = outcome.stderr();
    if test.expect_stderr_contains.is_empty() && !stderr.is_empty() {
        wrong.push(format!("stderr {stderr:?} instead of nothing"));
    }
    for piece in &test.expect_stderr_contains {
        if !stderr.contains(piece) {
            wrong.push(format!("stderr {stderr:?} without {piece:?}"));
        }
    }
    wrong
}

#[test]
fn every_recipe() {
    let mut failures = Vec::new();
    let mut count = 0;
    let temp = TempDir::new();
    for (recipe, module) in modules() {
        assert!(!recipe.tests.is_empty(), "{} has no tests", recipe.name);
        let compiled = recipe.aot.then(|| compile(&module, &temp));
        for test in &recipe.tests {
            for engine in engines(&recipe) {
                count += 1;
                let code = compiled.as_ref().filter(|_| *engine == "wasmtime");
                for wrong in check(&recipe, code.unwrap_or(&module), test, engine) {
                    let (recipe, test) = (&recipe.name, &test.name);
                    failures.push(format!("{recipe}: {test}, on {engine}: {wrong}"));
                }
            }
        }
    }
    println!("{count} tests of programs");
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}
