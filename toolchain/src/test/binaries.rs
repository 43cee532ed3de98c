//! Programs that Debian built, unmodified: the same binary does the same thing on this machine's Linux and in the
//! guest, and must print the same.
//!
//! Both systems have a folder with what the recipe installs and the recipe's own files, which a test knows
//! as `$TOP` (also written so in its arguments). `PATH` leads to busybox's applets on both. Where a recipe says what
//! is typed, `typist.c` gives the program a terminal.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clew::recipe::{Kind, Recipe, Test};

use super::guest::{self, Program, Ran};
use super::{Outcome, Report, difference, libc};
use crate::apps;
use crate::debian_binary;
use crate::image;
use crate::project::Project;
use crate::qemu::TempDir;
use crate::ui;

/// The recipe whose program stands in for the usual tools.
const TOOLS: &str = "busybox-static";
const TYPIST: &str = include_str!("typist.c");

/// One test and the folder with its files on this machine.
struct Case<'a> {
    name: String,
    recipe: &'a Recipe,
    test: &'a Test,
    top: PathBuf,
}

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    let mut recipes = image::recipes(&project.root().join("c-apps"))?;
    recipes.retain(|recipe| recipe.kind == Kind::DebianBinary);
    let mut cases = Vec::new();
    for recipe in &recipes {
        for test in &recipe.tests {
            let name = format!("binary/{}/{}", recipe.name, test.name);
            if report.wants(&name) {
                let top = folder(project, recipe);
                cases.push(Case {
                    name,
                    recipe,
                    test,
                    top,
                });
            }
        }
    }
    if cases.is_empty() {
        return Ok(());
    }
    let typist = build_typist(project)?;
    for recipe in &recipes {
        if is_needed(recipe, &cases) {
            lay_out(project, recipe, &typist)?;
        }
    }
    link_tools(project)?;
    let image = image::build(project)?;
    let programs: Vec<Program> = cases.iter().map(in_guest).collect::<Result<_>>()?;
    let results = guest::run(
        &image,
        report.hardware(),
        "Testing Debian's programs in the guest",
        &programs,
        |archive| {
            for recipe in &recipes {
                if is_needed(recipe, &cases) {
                    let place = PathBuf::from("opt").join(&recipe.name);
                    archive.directory(&place, 0o755)?;
                    archive.tree(&place, &folder(project, recipe))?;
                }
            }
            archive.directory("opt/tools", 0o755)?;
            archive.tree(Path::new("opt/tools"), &tools(project))
        },
    )?;
    for (case, ran) in cases.iter().zip(&results) {
        let outcome = Outcome::of(check(case, ran));
        report.add(&case.name, Some(ran.took), outcome);
    }
    Ok(())
}

fn is_needed(recipe: &Recipe, cases: &[Case]) -> bool {
    recipe.name == TOOLS || cases.iter().any(|case| case.recipe.name == recipe.name)
}

fn tools(project: &Project) -> PathBuf {
    project.out().join("binaries/tools")
}

/// Makes a folder with a link to busybox for each of its applets.
fn link_tools(project: &Project) -> Result<()> {
    let folder = tools(project);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let program = project.out().join("binaries").join(TOOLS).join("busybox");
    let output = Command::new(&program)
        .arg("--list")
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    for applet in String::from_utf8_lossy(&output.stdout).lines() {
        std::os::unix::fs::symlink(format!("../{TOOLS}/busybox"), folder.join(applet))?;
    }
    Ok(())
}

fn folder(project: &Project, recipe: &Recipe) -> PathBuf {
    project.out().join("binaries").join(&recipe.name)
}

fn build_typist(project: &Project) -> Result<PathBuf> {
    let (source, program) = (project.out().join("typist.c"), project.out().join("typist"));
    fs::write(&source, TYPIST)?;
    ui::run_logged(
        Command::new("musl-gcc")
            .args(["-static", "-O1", "-Wall", "-Wextra", "-o"])
            .arg(&program)
            .arg(&source),
        &project.out().join("logs/typist.log"),
    )?;
    Ok(program)
}

/// Makes the folder that a recipe's tests know as `$TOP`.
fn lay_out(project: &Project, recipe: &Recipe, typist: &Path) -> Result<()> {
    let binary = recipe
        .binary
        .as_ref()
        .context("a debian-binary recipe without [binary]")?;
    let unpacked = debian_binary::unpack(project, binary)?;
    let top = folder(project, recipe);
    if top.exists() {
        fs::remove_dir_all(&top)?;
    }
    let mut files = Vec::new();
    for (from, to) in &binary.install {
        apps::add_files(to.clone(), unpacked.join(from), &mut files)?;
    }
    for (from, to) in &recipe.files {
        apps::add_files(to.clone(), recipe.dir.join(from), &mut files)?;
    }
    for (to, from) in files {
        let to = top.join(to);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(&from, &to).with_context(|| format!("cannot copy {}", from.display()))?;
    }
    fs::copy(typist, top.join("typist"))?;
    Ok(())
}

/// The command line of a test whose files are in `top`.
fn command_line(test: &Test, top: &str) -> Vec<String> {
    let mut argv = Vec::new();
    if let Some(script) = &test.typist {
        argv.extend([
            format!("{top}/typist"),
            format!("{top}/{}", script.display()),
        ]);
    }
    let program = test.program.clone().unwrap_or_default();
    argv.push(format!("{top}/{}", program.display()));
    argv.extend(test.args.iter().map(|word| word.replace("$TOP", top)));
    argv
}

fn environment(test: &Test, top: &str) -> Vec<(String, String)> {
    let path = format!("{top}/../tools");
    let fixed = [
        ("PATH", path.as_str()),
        ("HOME", "/"),
        ("TERM", "vt100"),
        ("TOP", top),
    ];
    let mut all: BTreeMap<String, String> = fixed
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    all.extend(test.env.clone());
    all.into_iter().collect()
}

fn in_guest(case: &Case) -> Result<Program> {
    let top = format!("/opt/{}", case.recipe.name);
    Ok(Program {
        argv: command_line(case.test, &top),
        env: environment(case.test, &top),
        stdin: case.recipe.stdin(case.test)?,
        limit: limit(case.test),
        ..Program::default()
    })
}

fn limit(test: &Test) -> Duration {
    Duration::from_secs(test.timeout)
}

fn on_linux(case: &Case) -> Result<Ran> {
    let scratch = TempDir::new()?;
    let inside = scratch.path().join("work");
    fs::create_dir(&inside)?;
    let (out, err) = (scratch.path().join("stdout"), scratch.path().join("stderr"));
    let input = scratch.path().join("stdin");
    fs::write(&input, case.recipe.stdin(case.test)?)?;
    let top = case.top.display().to_string();
    let argv = command_line(case.test, &top);
    let (program, arguments) = argv.split_first().context("no program")?;
    let start = Instant::now();
    let child = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(environment(case.test, &top))
        .current_dir(&inside)
        .stdin(fs::File::open(&input)?)
        .stdout(Stdio::from(fs::File::create(&out)?))
        .stderr(Stdio::from(fs::File::create(&err)?))
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {program}"))?;
    let end = libc::wait(child, limit(case.test))?;
    Ok(Ran {
        end,
        stdout: fs::read(&out)?,
        stderr: fs::read(&err)?,
        took: start.elapsed(),
    })
}

fn check(case: &Case, ran: &Ran) -> Result<()> {
    let linux = on_linux(case)?;
    let status = guest::End::Exit(case.test.expect_status);
    if linux.end != status {
        bail!(
            "on Linux: {}, wanted {status}\n{}",
            linux.end,
            String::from_utf8_lossy(&linux.stderr).trim_end()
        );
    }
    if let Some(wanted) = case.recipe.expected_stdout(case.test)?
        && wanted != linux.stdout
    {
        bail!("on Linux, {}", difference(&wanted, &linux.stdout));
    }
    libc::same(&linux, ran)
}
