//! The Open POSIX test suite (Debian source package `posixtestsuite`): its conformance tests, each a program
//! that exits with 0 when it passed.
//!
//! Every program is built with musl and with tlibc, statically, and run on this machine's Linux and on the
//! kernel, several at a time because most of them sleep. What passes with musl on Linux has to pass in the three other
//! squares; a line of the list names the square before the test, as `musl-clew/FUNCTION/NUMBER`. A test has a
//! limit of time, and a machine runs some of them only, so that one that hangs costs little.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::ConformanceArgs;
use super::differences::Differences;
use crate::apps::Compiler;
use crate::cpio::Archive;
use crate::debian_source;
use crate::image::{self, Image};
use crate::project::Project;
use crate::qemu::{self, Accel, Boot, Config, Machine, TempDir};
use crate::run;
use crate::stamp::Stamp;
use crate::streams::{self, LogTail};
use crate::test::say;
use crate::ui::Step;

/// The package; another version may have other tests.
const PACKAGE: &str = "posixtestsuite=1.5.2-8";
const FLAGS: [&str; 8] = [
    "-static",
    "-O1",
    "-s",
    "-w",
    "-std=gnu99",
    "-D_POSIX_C_SOURCE=200112L",
    "-D_XOPEN_SOURCE=600",
    "-pthread",
];
/// The program that runs the others, as first process in the guest and as a child on Linux.
const RUNNER: &str = include_str!("posix_runner.c");
const LIST: &str = "toolchain/src/conformance/posix.txt";
/// How long the guest may say nothing; more than the runner's limit for a test.
const PATIENCE: Duration = Duration::from_secs(120);
/// Programs at a time: most sleep, but some measure time.
const WIDTH: usize = 8;
/// Programs in one boot.
const CHUNK: usize = 200;

/// Name, as `FUNCTION/NUMBER`, and the program built from it.
type Programs = BTreeMap<String, PathBuf>;

/// What a test exited with: its status, minus the signal, or `None` for one that took too long.
type Results = BTreeMap<String, Option<i32>>;

pub fn run(project: &Project, args: &ConformanceArgs) -> Result<usize> {
    let list = fs::read_to_string(project.root().join(LIST))?;
    let differences = Differences::parse(&list)?;
    let folder = project.out().join("conformance/posix");
    let source = folder.join("source");
    if !source.join("conformance").exists() {
        if source.exists() {
            fs::remove_dir_all(&source)?;
        }
        debian_source::unpack(project, PACKAGE, &source)?;
    }
    let runner = folder.join("runner");
    let code = folder.join("runner.c");
    fs::write(&code, RUNNER)?;
    let musl = Compiler::musl();
    compile(&musl, &[], &code, &runner).context("the runner does not build")?;

    let mut programs = build(project, &musl, &folder, &source)?;
    if let Some(text) = &args.only {
        programs.retain(|name, _| name.contains(text.as_str()));
    }
    let reference = on_linux(&runner, &programs, "musl")?;
    programs.retain(|name, _| passed(&reference, name));
    say(&format!(
        "{} programs, {} pass with musl on Linux\n",
        reference.len(),
        programs.len()
    ));
    let mut judge = Judge {
        differences: &differences,
        different: Vec::new(),
        wrong: 0,
    };
    let clew = on_clew_twice(project, args, &runner, &programs, &judge, "musl-clew")?;
    judge.square("musl-clew", programs.keys(), &clew);

    // What does not build with tlibc has no result, so it is different there.
    let mut built = build(project, &Compiler::tlibc(project)?, &folder, &source)?;
    built.retain(|name, _| programs.contains_key(name));
    let linux = on_linux(&runner, &built, "tlibc")?;
    judge.square("tlibc-linux", programs.keys(), &linux);
    built.retain(|name, _| passed(&linux, name));
    let clew = on_clew_twice(project, args, &runner, &built, &judge, "tlibc-clew")?;
    judge.square("tlibc-clew", built.keys(), &clew);

    let different: Vec<&str> = judge.different.iter().map(String::as_str).collect();
    let mut wrong = judge.wrong;
    if args.only.is_none() {
        for name in differences.untrue(&different) {
            wrong += 1;
            say(&format!(
                "FAILED   {LIST}: '{name}' passes, or fails with musl on Linux too\n"
            ));
        }
    }
    say(&format!(
        "{} differ as listed, {wrong} wrong\n",
        different.len() - judge.wrong
    ));
    Ok(wrong)
}

fn passed(results: &Results, name: &str) -> bool {
    results.get(name) == Some(&Some(0))
}

/// Compares squares with the reference.
struct Judge<'a> {
    differences: &'a Differences,
    /// `SQUARE/NAME` of all tests that differ.
    different: Vec<String>,
    /// How many of them are not listed.
    wrong: usize,
}

impl Judge<'_> {
    /// Judges one square, in which all of `names` have to pass.
    fn square<'b>(
        &mut self,
        square: &str,
        names: impl ExactSizeIterator<Item = &'b String>,
        results: &Results,
    ) {
        let (all, before) = (names.len(), self.different.len());
        for name in names {
            if passed(results, name) {
                continue;
            }
            let full = format!("{square}/{name}");
            if self.differences.reason(&full).is_none() {
                self.wrong += 1;
                let result = match results.get(name) {
                    Some(Some(signal @ ..0)) => format!("signal {}", -signal),
                    Some(Some(status)) => format!("status {status}"),
                    Some(None) => "took too long".to_owned(),
                    None => "did not build or never ended".to_owned(),
                };
                say(&format!(
                    "FAILED   posix/{full}: {result}, passes with musl on Linux\n"
                ));
            }
            self.different.push(full);
        }
        let passing = all - (self.different.len() - before);
        say(&format!("{square}: {passing} of {all} pass\n"));
    }
}

/// Runs them in the guest, and once more, alone, those that failed and are not listed: a test that measures time may have
/// been disturbed by its neighbours.
fn on_clew_twice(
    project: &Project,
    args: &ConformanceArgs,
    runner: &Path,
    programs: &Programs,
    judge: &Judge,
    square: &str,
) -> Result<Results> {
    let mut results = on_clew(project, args, runner, programs, WIDTH, square)?;
    let listed = |name: &str| {
        judge
            .differences
            .reason(&format!("{square}/{name}"))
            .is_some()
    };
    let again: Programs = programs
        .iter()
        .filter(|(name, _)| !passed(&results, name) && !listed(name))
        .map(|(name, program)| (name.clone(), program.clone()))
        .collect();
    if !again.is_empty() {
        results.extend(on_clew(project, args, runner, &again, 1, square)?);
    }
    Ok(results)
}

fn compile(compiler: &Compiler, include: &[&Path], source: &Path, program: &Path) -> Result<()> {
    let mut command = Command::new(&compiler.command);
    command.args(FLAGS);
    for folder in include {
        command.arg("-I").arg(folder);
    }
    command.arg(source).arg("-o").arg(program).arg("-lm");
    let output = command
        .output()
        .with_context(|| format!("cannot start {}", compiler.command.display()))?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Builds what is not built yet. A program that does not build needs something that the library does not
/// have (musl: asynchronous lists, priority ceilings); without musl's there is no reference.
fn build(project: &Project, compiler: &Compiler, folder: &Path, source: &Path) -> Result<Programs> {
    let interfaces = source.join("conformance/interfaces");
    let mut sources = Vec::new();
    find(&interfaces, &mut sources)?;
    let into = folder.join(compiler.name);
    let mut stamp = Stamp::new(project, &format!("posix-{}", compiler.name))?;
    compiler.add_to(project, &mut stamp)?;
    if into.exists() && !stamp.is_fresh(&[&into]) {
        fs::remove_dir_all(&into)?;
    }
    fs::create_dir_all(&into)?;
    let _step = Step::start(&format!(
        "Building the Open POSIX test suite with {}",
        compiler.name
    ));
    let include = source.join("include");
    let next = AtomicUsize::new(0);
    let programs = Mutex::new(Programs::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(source) = sources.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Ok(name) = source
                        .with_extension("")
                        .strip_prefix(&interfaces)
                        .map(|name| name.display().to_string())
                    else {
                        continue;
                    };
                    let program = into.join(name.replace('/', "__"));
                    let missing = program.with_extension("none");
                    let beside = source.parent().unwrap_or(source);
                    if !program.exists()
                        && !missing.exists()
                        && compile(compiler, &[&include, beside], source, &program).is_err()
                    {
                        // Remembered, so that it is not tried each time.
                        let _ = fs::write(&missing, "");
                    }
                    if program.exists()
                        && let Ok(mut programs) = programs.lock()
                    {
                        programs.insert(name, program);
                    }
                }
            });
        }
    });
    let programs = programs
        .into_inner()
        .map_err(|_| anyhow::anyhow!("a worker panicked"))?;
    stamp.save()?;
    Ok(programs)
}

/// All `*.c` below a folder; those without `main` do not link and drop out.
fn find(folder: &Path, sources: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "c") {
            sources.push(path);
        }
    }
    sources.sort();
    Ok(())
}

/// Runs them on this machine, where the tests neither see other processes nor set the clock.
fn on_linux(runner: &Path, programs: &Programs, library: &str) -> Result<Results> {
    let _step = Step::start(&format!(
        "Running {} tests of Open POSIX on Linux, with {library}",
        programs.len()
    ));
    let scratch = TempDir::new()?;
    let tests = scratch.path().join("tests");
    fs::create_dir(&tests)?;
    for program in programs.values() {
        if let Some(name) = program.file_name() {
            std::os::unix::fs::symlink(program, tests.join(name))?;
        }
    }
    let mut command = Command::new("unshare");
    command.args(["--fork", "--kill-child", "--ipc", "--pid"]);
    if rustix::process::geteuid().is_root() {
        command.args(["setpriv", "--bounding-set=-sys_time,-sys_boot,-sys_nice"]);
    } else {
        command.args(["--map-root-user"]);
    }
    let output = command
        .arg(runner)
        .arg(&tests)
        .arg(WIDTH.to_string())
        .current_dir(scratch.path())
        .output()
        .context("cannot start unshare (package util-linux)")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let results: Results = text.lines().filter_map(parse).collect();
    if results.len() != programs.len() {
        bail!(
            "{} of {} programs ran on Linux: {}",
            results.len(),
            programs.len(),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(results)
}

/// Runs them on our kernel, some in each boot. What is missing in the results never ended.
fn on_clew(
    project: &Project,
    args: &ConformanceArgs,
    runner: &Path,
    programs: &Programs,
    width: usize,
    square: &str,
) -> Result<Results> {
    let image = image::build(project)?;
    let mut results = Results::new();
    let mut left = programs.clone();
    while !left.is_empty() {
        let chunk: Programs = left
            .iter()
            .take(CHUNK)
            .map(|(name, program)| (name.clone(), program.clone()))
            .collect();
        let done = programs.len() - left.len();
        let title = format!("Running Open POSIX, {square}: {done} of {}", programs.len());
        let step = Step::start(&title);
        let (found, complete) = boot(&image, args.cpus, runner, &chunk, width, &step)?;
        left.retain(|name, _| !found.contains_key(name));
        results.extend(found);
        if !complete {
            // They start in the order of their names: one of the first that are missing ended the machine.
            let culprits: Vec<String> = chunk
                .keys()
                .filter(|name| left.contains_key(*name))
                .take(width)
                .cloned()
                .collect();
            say(&format!(
                "{square}: the machine ended or hung while these ran: {}\n",
                culprits.join(" ")
            ));
            left.retain(|name, _| !culprits.contains(name));
        }
    }
    Ok(results)
}

/// Boots with the runner as first process; the results, and whether the runner came to its end.
fn boot(
    image: &Image,
    cpus: u32,
    runner: &Path,
    programs: &Programs,
    width: usize,
    step: &Step,
) -> Result<(Results, bool)> {
    let mut archive = Archive::new();
    archive.file("conformance/init", 0o755, runner)?;
    archive.bytes("conformance/width", 0o644, width.to_string())?;
    for program in programs.values() {
        if let Some(name) = program.file_name() {
            archive.file(
                PathBuf::from("conformance/tests").join(name),
                0o755,
                program,
            )?;
        }
    }
    let scratch = TempDir::new()?;
    let initramfs = run::with_overlay(&image.initramfs, &archive, scratch.path(), "initramfs")?;
    let mut machine = Machine::start(&Config {
        boot: Boot::Kernel {
            kernel: image.kernel.clone(),
            initramfs,
            command_line: "log=warn init=/conformance/init".to_owned(),
        },
        memory: 1024,
        cpus,
        cpu: qemu::BEST_CPU.to_owned(),
        accel: Accel::Auto,
        deterministic: false,
        gdb: None,
    })?;
    let tail = LogTail::default();
    let _follower = streams::follow_log(machine.log.try_clone()?, tail.clone(), None);
    let (sender, inbox) = mpsc::channel();
    let console = BufReader::new(machine.console.try_clone()?);
    thread::spawn(move || {
        for line in console.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    let mut results = Results::new();
    while let Ok(line) = inbox.recv_timeout(PATIENCE) {
        if line.trim() == "DONE" {
            return Ok((results, true));
        }
        results.extend(parse(line.trim()));
        step.message(&format!("on Clew: {} of {}", results.len(), programs.len()));
    }
    machine.kill();
    let text = tail.text();
    let last: Vec<&str> = text.lines().rev().take(5).collect();
    say(&format!(
        "the machine's last words after {} tests: {last:?}\n",
        results.len()
    ));
    let complete = results.len() == programs.len();
    Ok((results, complete))
}

/// A line `R PROGRAM RESULT`.
fn parse(line: &str) -> Option<(String, Option<i32>)> {
    let mut words = line.strip_prefix("R ")?.split(' ');
    let name = words.next()?.replace("__", "/");
    let result = match words.next()? {
        "timeout" => None,
        status => Some(status.parse().ok()?),
    };
    Some((name, result))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_runner_are_read() {
        assert_eq!(
            parse("R fork__1-1 0"),
            Some(("fork/1-1".to_owned(), Some(0)))
        );
        assert_eq!(
            parse("R a__b__2 -11"),
            Some(("a/b/2".to_owned(), Some(-11)))
        );
        assert_eq!(parse("R x__1 timeout"), Some(("x/1".to_owned(), None)));
        assert_eq!(parse("DONE"), None);
    }
}
