//! The tests of `wasm-apps/` again, run by wasm3: an engine in C that links with tlibc.
//!
//! What wasm3 can't do is listed in `c-apps/wasm3/unable.toml`. Those tests have to fail, so that the list stays true.
//! The engine has other words than ours for what goes wrong, so of standard error only its presence counts.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clew::recipe::{Recipe, Test};
use clew::wasm_apps;
use serde::Deserialize;

use super::guest::{self, End, Program, Ran};
use super::{Outcome, Report, apps, difference};
use crate::image;
use crate::project::Project;

/// The group's name.
const GROUP: &str = "wasm3";
/// What it can't do.
const LIST: &str = "c-apps/wasm3/unable.toml";
/// The longest one run may take.
const LIMIT: Duration = Duration::from_secs(60);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    unable: Vec<Unable>,
}

/// Tests that wasm3 can't pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unable {
    /// `RECIPE/TEST`, or `RECIPE/*` for all of a recipe.
    tests: Vec<String>,
    /// Why not.
    why: String,
    /// What it then says on standard error.
    #[serde(default)]
    stderr: String,
}

impl List {
    fn load(project: &Project) -> Result<Self> {
        let path = project.root().join(LIST);
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("in {}", path.display()))
    }

    fn of(&self, recipe: &Recipe, test: &Test) -> Option<&Unable> {
        let (one, all) = (
            format!("{}/{}", recipe.name, test.name),
            format!("{}/*", recipe.name),
        );
        let has = |unable: &&Unable| unable.tests.iter().any(|name| *name == one || *name == all);
        self.unable.iter().find(has)
    }

    /// Checks that everything listed exists.
    fn check(&self, recipes: &[Recipe]) -> Result<()> {
        for name in self.unable.iter().flat_map(|unable| &unable.tests) {
            let found = recipes.iter().any(|recipe| {
                name.strip_prefix(&format!("{}/", recipe.name))
                    .is_some_and(|rest| {
                        rest == "*" || recipe.tests.iter().any(|test| test.name == rest)
                    })
            });
            ensure!(found, "there is no test '{name}'");
        }
        Ok(())
    }
}

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    let recipes = image::recipes(&project.root().join("wasm-apps"))?;
    let list = List::load(project)?;
    report.run(&format!("{GROUP}/the list of what it can't do"), || {
        list.check(&recipes)
    });
    let (mut wanted, mut programs) = (Vec::new(), Vec::new());
    for recipe in &recipes {
        let obstacle = wasm_apps::obstacle(recipe);
        for test in &recipe.tests {
            let name = format!("{GROUP}/{}/{}", recipe.name, test.name);
            if !report.wants(&name) {
                continue;
            }
            if let Some(why) = &obstacle {
                report.add(&name, None, Outcome::Skipped(why.clone()));
                continue;
            }
            programs.push(program(recipe, test)?);
            wanted.push((name, recipe, test));
        }
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let image = image::build(project)?;
    let results = guest::run(
        &image,
        report.hardware(),
        "Testing wasm3 in the guest",
        &programs,
        |_| Ok(()),
    )?;
    for ((name, recipe, test), ran) in wanted.iter().zip(&results) {
        let outcome = match (check(recipe, test, ran), list.of(recipe, test)) {
            (result, None) => result,
            (Ok(()), Some(_)) => Err(anyhow::anyhow!("it passes; take it off {LIST}")),
            (Err(wrong), Some(unable)) => expected(unable, ran, &wrong),
        };
        report.add(name, Some(ran.took), Outcome::of(outcome));
    }
    Ok(())
}

/// The run of one test. What a program takes for the root is the directory that the engine was started in, so that
/// the test's directories are where the program looks for them.
fn program(recipe: &Recipe, test: &Test) -> Result<Program> {
    let mut program = apps::base(recipe, test)?;
    program.argv = vec!["/bin/wasm3".to_owned()];
    let mut options = test.options.iter();
    while let Some(option) = options.next() {
        // It has this one option. Without the others, a test fails, as it should.
        if option == "--invoke" {
            let name = options.next().context("--invoke without a name")?;
            program.argv.extend(["--func".to_owned(), name.clone()]);
        }
    }
    program
        .argv
        .push(format!("/wasm-apps/{}.wasm", recipe.name));
    program.argv.extend(test.args.iter().cloned());
    program.env = test.env.clone().into_iter().collect();
    program.limit = LIMIT;
    Ok(program)
}

fn check(recipe: &Recipe, test: &Test, ran: &Ran) -> Result<()> {
    let stderr = String::from_utf8_lossy(&ran.stderr);
    ensure!(
        ran.end == End::Exit(test.expect_status),
        "wanted exit status {}, got: {}; standard error: {stderr}",
        test.expect_status,
        ran.end
    );
    if let Some(wanted) = recipe.expected_stdout(test)? {
        ensure!(
            wanted == ran.stdout,
            "standard output, {}",
            difference(&wanted, &ran.stdout)
        );
    }
    ensure!(
        stderr.is_empty() == test.expect_stderr_contains.is_empty(),
        "standard error: {stderr:?}"
    );
    Ok(())
}

/// Whether a test that has to fail did so for the reason that is listed.
fn expected(unable: &Unable, ran: &Ran, wrong: &anyhow::Error) -> Result<()> {
    let stderr = String::from_utf8_lossy(&ran.stderr);
    if !matches!(ran.end, End::Exit(_)) || !stderr.contains(&unable.stderr) {
        bail!("it should fail because {}, but: {wrong:#}", unable.why);
    }
    Ok(())
}
