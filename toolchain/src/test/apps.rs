//! The tests of every recipe in `c-apps/` and `wasm-apps/`, run in the guest.
//!
//! A test of WebAssembly is run twice: by the interpreter, and as compiled code, which comes from the image where the
//! recipe wants it compiled ahead of time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clew::recipe::{Kind, Recipe, Test};
use clew::wasm_apps;

use super::guest::{self, End, Program, Ran};
use super::{Outcome, Report, difference};
use crate::apps;
use crate::image;
use crate::project::Project;

/// How a program is run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// By the kernel.
    Native,
    /// `wasm --engine wasmi NAME.wasm`
    Wasmi,
    /// `wasm --engine wasmtime NAME.wasm`
    Wasmtime,
    /// `wasm NAME.cwasm`
    Ahead,
}

impl Way {
    /// What it adds to the name of a test.
    fn suffix(self) -> &'static str {
        match self {
            Self::Native => "",
            Self::Wasmi => " (wasmi)",
            Self::Wasmtime => " (wasmtime)",
            Self::Ahead => " (cwasm)",
        }
    }

    /// The ways to run the module of `recipe`.
    fn of_module(recipe: &Recipe) -> [Self; 2] {
        let compiled = if recipe.aot {
            Self::Ahead
        } else {
            Self::Wasmtime
        };
        [Self::Wasmi, compiled]
    }
}

/// The names of all tests of `recipe`, as the report has them.
pub fn names(group: &str, recipe: &Recipe) -> Vec<String> {
    let ways: &[Way] = match group {
        "app" => &[Way::Native],
        _ => &Way::of_module(recipe),
    };
    let mut names = Vec::new();
    for test in &recipe.tests {
        for way in ways {
            names.push(name(group, recipe, test, *way));
        }
    }
    names
}

fn name(group: &str, recipe: &Recipe, test: &Test, way: Way) -> String {
    format!("{group}/{}/{}{}", recipe.name, test.name, way.suffix())
}

pub fn run_native(project: &Project, report: &mut Report) -> Result<()> {
    let mut recipes = image::recipes(&project.root().join("c-apps"))?;
    // Those have a group of their own, and what the image does not have is tested with its suite.
    recipes.retain(|recipe| recipe.image && recipe.kind != Kind::DebianBinary);
    let mut wanted = Vec::new();
    for recipe in &recipes {
        for test in &recipe.tests {
            wanted.push((name("app", recipe, test, Way::Native), recipe, test));
        }
    }
    wanted.retain(|(name, ..)| report.wants(name));
    let programs = wanted.iter().map(|(_, recipe, test)| native(recipe, test));
    let programs = programs.collect::<Result<Vec<_>>>()?;
    let mut files = Vec::new();
    if !wanted.is_empty() {
        // A test may be about several programs: it has the files of all.
        for recipe in &recipes {
            match apps::test_files(project, recipe) {
                Ok(found) => files.extend(found),
                // Those that want them fail as well; the others still run.
                Err(error) => {
                    let name = format!("app/{}/(files for its tests)", recipe.name);
                    report.add(&name, None, Outcome::Failed(format!("{error:#}")));
                }
            }
        }
    }
    run(project, report, "c-apps", &wanted, &programs, &files)
}

pub fn run_wasm(project: &Project, report: &mut Report) -> Result<()> {
    let recipes = image::recipes(&project.root().join("wasm-apps"))?;
    let (mut wanted, mut programs) = (Vec::new(), Vec::new());
    for recipe in &recipes {
        let obstacle = wasm_apps::obstacle(recipe);
        for test in &recipe.tests {
            for way in Way::of_module(recipe) {
                let name = name("wasm-app", recipe, test, way);
                if !report.wants(&name) {
                    continue;
                }
                if let Some(why) = &obstacle {
                    report.add(&name, None, Outcome::Skipped(why.clone()));
                    continue;
                }
                programs.push(wasm(recipe, test, way, programs.len())?);
                wanted.push((name, recipe, test));
            }
        }
    }
    run(project, report, "wasm-apps", &wanted, &programs, &[])
}

fn run(
    project: &Project,
    report: &mut Report,
    folder: &str,
    wanted: &[(String, &Recipe, &Test)],
    programs: &[Program],
    files: &[(PathBuf, PathBuf)],
) -> Result<()> {
    if wanted.is_empty() {
        return Ok(());
    }
    let image = image::build(project)?;
    let title = format!("Testing {folder} in the guest");
    let results = guest::run(&image, report.hardware(), &title, programs, |archive| {
        for (inside, host) in files {
            archive.file(inside, 0o644, host)?;
        }
        Ok(())
    })?;
    for ((name, recipe, test), ran) in wanted.iter().zip(&results) {
        report.add(name, Some(ran.took), Outcome::of(check(recipe, test, ran)));
    }
    Ok(())
}

/// What all kinds of program have in common.
pub fn base(recipe: &Recipe, test: &Test) -> Result<Program> {
    let mut program = Program {
        stdin: recipe.stdin(test)?,
        limit: Duration::from_secs(test.timeout),
        ..Program::default()
    };
    for dir in &test.dirs {
        let place = place(&dir.guest);
        program.dirs.push(place.clone());
        for (path, content) in recipe.files(dir)? {
            program.files.push((place.join(path), content));
        }
        for (path, target) in &dir.symlinks {
            program.links.push((place.join(path), target.clone()));
        }
    }
    Ok(program)
}

/// Where a directory that the program knows as `guest` is, inside its working directory.
fn place(guest: &str) -> PathBuf {
    let plain = guest
        .trim_matches(|letter| letter == '/' || letter == '.')
        .replace('/', "_");
    if plain.is_empty() {
        PathBuf::from("dir")
    } else {
        PathBuf::from(plain)
    }
}

/// A run of a native program.
pub fn native(recipe: &Recipe, test: &Test) -> Result<Program> {
    let path = test
        .program
        .clone()
        .or_else(|| recipe.program.clone())
        .unwrap_or_else(|| Path::new("bin").join(&recipe.name));
    let mut program = base(recipe, test)?;
    program.argv = vec![format!("/{}", path.display())];
    program.argv.extend(test.args.iter().cloned());
    program.env = test.env.clone().into_iter().collect();
    Ok(program)
}

/// Program number `index` of the list.
fn wasm(recipe: &Recipe, test: &Test, way: Way, index: usize) -> Result<Program> {
    let mut program = base(recipe, test)?;
    let mut argv = vec!["/bin/wasm".to_owned()];
    argv.extend(test.options.iter().cloned());
    for dir in &test.dirs {
        let host = format!(
            "{}/{}",
            guest::directory(index),
            place(&dir.guest).display()
        );
        argv.extend(["--dir".to_owned(), format!("{host}::{}", dir.guest)]);
    }
    for (key, value) in &test.env {
        argv.extend(["--env".to_owned(), format!("{key}={value}")]);
    }
    let suffix = match way {
        Way::Wasmi | Way::Wasmtime => {
            let engine = if way == Way::Wasmi {
                "wasmi"
            } else {
                "wasmtime"
            };
            argv.push(format!("--engine={engine}"));
            "wasm"
        }
        Way::Ahead | Way::Native => "cwasm",
    };
    argv.push(format!("/wasm-apps/{}.{suffix}", recipe.name));
    argv.extend(test.args.iter().cloned());
    program.argv = argv;
    // A home is where compiled code is kept, so that the tests of a program compile it once.
    program.env = [("PATH", "/bin"), ("HOME", "/tmp/home")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    Ok(program)
}

/// Compares what a program did with what its recipe says.
pub fn check(recipe: &Recipe, test: &Test, ran: &Ran) -> Result<()> {
    let mut wrong = Vec::new();
    if ran.end != End::Exit(test.expect_status) {
        wrong.push(format!(
            "wanted exit status {}, got: {}",
            test.expect_status, ran.end
        ));
    }
    if let Some(wanted) = recipe.expected_stdout(test)?
        && wanted != ran.stdout
    {
        wrong.push(format!(
            "standard output, {}",
            difference(&wanted, &ran.stdout)
        ));
    }
    let stderr = String::from_utf8_lossy(&ran.stderr);
    for piece in &test.expect_stderr_contains {
        if !stderr.contains(piece.as_str()) {
            wrong.push(format!("standard error lacks {piece:?}"));
        }
    }
    if test.expect_stderr_contains.is_empty() && !stderr.is_empty() {
        wrong.push("standard error should be empty".to_owned());
    }
    if wrong.is_empty() {
        return Ok(());
    }
    if !stderr.is_empty() {
        let start: String = stderr.chars().take(2000).collect();
        wrong.push(format!("standard error: {}", start.trim_end()));
    }
    anyhow::bail!("{}", wrong.join("\n"))
}
