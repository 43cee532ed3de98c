//! The tests of every recipe in `c-apps/` and `wasm-apps/`, run in the guest.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clew::recipe::{Kind, Recipe, Test};

use super::guest::{self, End, Program, Ran};
use super::{Outcome, Report, difference};
use crate::image;
use crate::project::Project;

pub fn run_native(project: &Project, report: &mut Report) -> Result<()> {
    run(project, report, "c-apps", "app", |recipe, test, index| {
        native(recipe, test, index)
    })
}

pub fn run_wasm(project: &Project, report: &mut Report) -> Result<()> {
    run(project, report, "wasm-apps", "wasm-app", wasm)
}

fn run(
    project: &Project,
    report: &mut Report,
    folder: &str,
    group: &str,
    make: impl Fn(&Recipe, &Test, usize) -> Program,
) -> Result<()> {
    let mut recipes = image::recipes(&project.root().join(folder))?;
    // Those have a group of their own.
    recipes.retain(|recipe| recipe.kind != Kind::DebianBinary);
    let mut wanted: Vec<(String, &Recipe, &Test)> = Vec::new();
    for recipe in &recipes {
        for test in &recipe.tests {
            let name = format!("{group}/{}/{}", recipe.name, test.name);
            if report.wants(&name) {
                wanted.push((name, recipe, test));
            }
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let image = image::build(project)?;
    let numbered = wanted.iter().enumerate();
    let programs: Vec<Program> = numbered
        .map(|(index, (_, recipe, test))| make(recipe, test, index))
        .collect();
    let title = format!("Testing {folder} in the guest");
    let results = guest::run(&image, &title, &programs, |_| Ok(()))?;
    for ((name, recipe, test), ran) in wanted.iter().zip(&results) {
        report.add(name, Some(ran.took), Outcome::of(check(recipe, test, ran)));
    }
    Ok(())
}

/// What all kinds of program have in common.
fn base(test: &Test) -> Program {
    let mut program = Program {
        stdin: test.stdin.clone().into_bytes(),
        limit: Duration::from_secs(test.timeout),
        ..Program::default()
    };
    for dir in &test.dirs {
        let place = place(&dir.guest);
        program.dirs.push(place.clone());
        for (path, text) in &dir.files {
            program
                .files
                .push((place.join(path), text.clone().into_bytes()));
        }
        for (path, target) in &dir.symlinks {
            program.links.push((place.join(path), target.clone()));
        }
    }
    program
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

fn native(recipe: &Recipe, test: &Test, _index: usize) -> Program {
    let path = recipe
        .program
        .clone()
        .unwrap_or_else(|| Path::new("bin").join(&recipe.name));
    let mut program = base(test);
    program.argv = vec![format!("/{}", path.display())];
    program.argv.extend(test.args.iter().cloned());
    program.env = test.env.clone().into_iter().collect();
    program
}

fn wasm(recipe: &Recipe, test: &Test, index: usize) -> Program {
    let mut program = base(test);
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
    argv.push(format!("/wasm-apps/{}.wasm", recipe.name));
    argv.extend(test.args.iter().cloned());
    program.argv = argv;
    // A home is where compiled code is kept, so that the tests of a program compile it once.
    program.env = [("PATH", "/bin"), ("HOME", "/tmp/home")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    program
}

fn check(recipe: &Recipe, test: &Test, ran: &Ran) -> Result<()> {
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
