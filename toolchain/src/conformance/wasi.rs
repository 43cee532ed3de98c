//! WASI: every test of `wasm-apps/`, which holds our suite by function, on each engine.
//!
//! The reference is the stock build of the `wasm` command with this machine's own C library. The program of the
//! image, linked with tlibc, has to do the same on this machine's Linux and in the guest: exit status, standard
//! output and standard error, to the letter.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clew::recipe::{Recipe, Test};

use super::ConformanceArgs;
use crate::image;
use crate::project::Project;
use crate::qemu::TempDir;
use crate::test::guest::{self, End, Program};
use crate::test::{difference, say};
use crate::ui::{self, Step};

const ENGINES: [&str; 3] = ["wasmi", "wasmtime", "winch"];
/// How much longer than a test allows it may take, with a compiler that is not optimised or in the guest.
const PATIENCE: u32 = 5;

/// A test on an engine.
struct Case<'a> {
    name: String,
    recipe: &'a Recipe,
    module: &'a Path,
    test: &'a Test,
    /// Options and arguments of the command; all names are relative.
    args: Vec<String>,
}

/// What came of it.
struct Ran {
    end: End,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

pub fn run(project: &Project, args: &ConformanceArgs) -> Result<usize> {
    let modules = image::build_modules(project)?;
    let only = args.only.as_deref().unwrap_or_default();
    let mut cases = Vec::new();
    for (recipe, module) in &modules {
        for test in &recipe.tests {
            for engine in ENGINES {
                let name = format!("{}/{} ({engine})", recipe.name, test.name);
                if name.contains(only) {
                    let args = arguments(recipe, test, engine);
                    cases.push(Case {
                        name,
                        recipe,
                        module,
                        test,
                        args,
                    });
                }
            }
        }
    }
    if cases.is_empty() {
        bail!("no test is called '{only}'");
    }
    let reference = on_linux("the stock build", &build_stock(project)?, &cases)?;
    let tlibc = on_linux("tlibc on Linux", &image::build_wasm(project)?, &cases)?;
    let clew = on_clew(project, args.cpus, &cases)?;

    let mut wrong = [0, 0];
    for (index, case) in cases.iter().enumerate() {
        let others = [("tlibc on Linux", &tlibc), ("Clew", &clew)];
        for (count, (system, other)) in wrong.iter_mut().zip(others) {
            for difference in differences(&reference[index], &other[index]) {
                *count += 1;
                say(&format!(
                    "FAILED   {} on {system}: {difference}\n",
                    case.name
                ));
            }
        }
    }
    let runs = cases.len();
    say(&format!(
        "{runs} runs as with the stock build: {} differences with tlibc on Linux, {} on Clew\n",
        wrong[0], wrong[1]
    ));
    Ok(wrong.iter().sum())
}

fn arguments(recipe: &Recipe, test: &Test, engine: &str) -> Vec<String> {
    let mut all = test.options.clone();
    all.extend(["--engine".to_owned(), engine.to_owned()]);
    for (index, dir) in test.dirs.iter().enumerate() {
        all.extend(["--dir".to_owned(), format!("dir{index}::{}", dir.guest)]);
    }
    for (key, value) in &test.env {
        all.extend(["--env".to_owned(), format!("{key}={value}")]);
    }
    all.push(format!("{}.wasm", recipe.name));
    all.extend(test.args.iter().cloned());
    all
}

impl Case<'_> {
    fn limit(&self) -> Duration {
        Duration::from_secs(self.test.timeout) * PATIENCE
    }
}

/// The command as anybody else would build it; `cargo test` has most of it already.
fn build_stock(project: &Project) -> Result<PathBuf> {
    let _step = Step::start("Building the wasm command with the machine's C library");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--package", "wasm", "--bin", "wasm"])
        .current_dir(project.root())
        .env("CARGO_TARGET_DIR", project.target());
    ui::run_logged(&mut command, &project.out().join("logs/wasm-stock.log"))
        .context("the wasm command does not build")?;
    Ok(project.target().join("debug/wasm"))
}

fn on_linux(system: &str, program: &Path, cases: &[Case<'_>]) -> Result<Vec<Ran>> {
    let step = Step::start("Running the WASI suite");
    let home = TempDir::new()?;
    let mut results = Vec::new();
    for case in cases {
        step.message(&format!("{system}: {} of {}", results.len(), cases.len()));
        results.push(one_on_linux(program, home.path(), case)?);
    }
    Ok(results)
}

fn one_on_linux(program: &Path, home: &Path, case: &Case<'_>) -> Result<Ran> {
    let scratch = TempDir::new()?;
    let (cwd, io) = (scratch.path().join("cwd"), scratch.path().join("io"));
    fs::create_dir(&cwd)?;
    fs::create_dir(&io)?;
    symlink(
        fs::canonicalize(case.module)?,
        cwd.join(format!("{}.wasm", case.recipe.name)),
    )?;
    for (index, dir) in case.test.dirs.iter().enumerate() {
        let place = cwd.join(format!("dir{index}"));
        fs::create_dir(&place)?;
        for (path, text) in &dir.files {
            let path = place.join(path);
            fs::create_dir_all(path.parent().unwrap_or(&place))?;
            fs::write(path, text)?;
        }
        for (path, target) in &dir.symlinks {
            let path = place.join(path);
            fs::create_dir_all(path.parent().unwrap_or(&place))?;
            symlink(target, path)?;
        }
    }
    fs::write(io.join("in"), &case.test.stdin)?;
    let mut child = Command::new(program)
        .args(&case.args)
        .current_dir(&cwd)
        .env_clear()
        .env("PATH", "/bin")
        .env("HOME", home)
        .stdin(File::open(io.join("in"))?)
        .stdout(Stdio::from(File::create(io.join("out"))?))
        .stderr(Stdio::from(File::create(io.join("err"))?))
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let start = Instant::now();
    let end = loop {
        if let Some(status) = child.try_wait()? {
            break match (status.code(), status.signal()) {
                (Some(code), _) => End::Exit(code),
                (None, signal) => End::Signal(signal.unwrap_or_default()),
            };
        }
        if start.elapsed() > case.limit() {
            child.kill()?;
            child.wait()?;
            break End::TimedOut;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    Ok(Ran {
        end,
        stdout: fs::read(io.join("out"))?,
        stderr: fs::read(io.join("err"))?,
    })
}

fn on_clew(project: &Project, cpus: u32, cases: &[Case<'_>]) -> Result<Vec<Ran>> {
    let image = image::build(project)?;
    let programs: Vec<Program> = cases.iter().map(program).collect();
    let title = "Running the WASI suite on Clew";
    let results = guest::run(
        &image,
        guest::Hardware::with_cpus(cpus),
        title,
        &programs,
        |_| Ok(()),
    )?;
    Ok(results
        .into_iter()
        .map(|ran| Ran {
            end: ran.end,
            stdout: ran.stdout,
            stderr: ran.stderr,
        })
        .collect())
}

fn program(case: &Case<'_>) -> Program {
    let module = format!("{}.wasm", case.recipe.name);
    let mut program = Program {
        argv: [vec!["/bin/wasm".to_owned()], case.args.clone()].concat(),
        env: [("PATH", "/bin"), ("HOME", "/tmp/home")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        stdin: case.test.stdin.clone().into_bytes(),
        links: vec![(
            PathBuf::from(&module),
            Path::new("/wasm-apps").join(&module),
        )],
        limit: case.limit(),
        ..Program::default()
    };
    for (index, dir) in case.test.dirs.iter().enumerate() {
        let place = PathBuf::from(format!("dir{index}"));
        program.dirs.push(place.clone());
        let files = dir.files.iter();
        let files = files.map(|(path, text)| (place.join(path), text.clone().into_bytes()));
        program.files.extend(files);
        let links = dir.symlinks.iter();
        let links = links.map(|(path, target)| (place.join(path), target.clone()));
        program.links.extend(links);
    }
    program
}

/// How `other` differs from the reference.
fn differences(reference: &Ran, other: &Ran) -> Vec<String> {
    let mut all = Vec::new();
    if reference.end != other.end {
        all.push(format!("{} instead of {}", other.end, reference.end));
    }
    for (what, wanted, got) in [
        ("standard output", &reference.stdout, &other.stdout),
        ("standard error", &reference.stderr, &other.stderr),
    ] {
        if wanted != got {
            all.push(format!("{what}, {}", difference(wanted, got)));
        }
    }
    all
}
