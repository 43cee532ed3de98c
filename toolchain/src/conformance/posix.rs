//! The Open POSIX test suite (Debian source package `posixtestsuite`): its conformance tests, each a program
//! that exits with 0 when it passed.
//!
//! Every program is built once with musl, statically, and run on this machine's Linux and in one boot of
//! the kernel, several at a time because most of them sleep. What passes on Linux has to pass here.

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
use crate::cpio::Archive;
use crate::debian_source;
use crate::image;
use crate::project::Project;
use crate::qemu::{self, Accel, Boot, Config, Machine, TempDir};
use crate::run;
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
/// How long the guest may say nothing.
const PATIENCE: Duration = Duration::from_secs(180);
/// Programs at a time: most sleep, but some measure time.
const WIDTH: &str = "8";

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
    let mut programs = build(&folder, &source)?;
    if let Some(text) = &args.only {
        programs.retain(|name, _| name.contains(text.as_str()));
    }
    let runner = folder.join("runner");
    let code = folder.join("runner.c");
    fs::write(&code, RUNNER)?;
    compile(&[], &code, &runner).context("the runner does not build")?;

    let linux = on_linux(&runner, &programs)?;
    programs.retain(|name, _| linux.get(name) == Some(&Some(0)));
    say(&format!(
        "{} programs, {} pass on Linux\n",
        linux.len(),
        programs.len()
    ));
    let mut clew = on_clew(project, &runner, &programs, WIDTH)?;
    // A test that measures time may have been disturbed by its neighbours.
    let again: Programs = programs
        .iter()
        .filter(|(name, _)| clew.get(*name) != Some(&Some(0)) && differences.reason(name).is_none())
        .map(|(name, program)| (name.clone(), program.clone()))
        .collect();
    if !again.is_empty() {
        clew.extend(on_clew(project, &runner, &again, "1")?);
    }

    let mut different = Vec::new();
    let mut wrong = 0;
    for name in programs.keys() {
        let result = clew.get(name).copied();
        if result == Some(Some(0)) {
            continue;
        }
        different.push(name.as_str());
        if differences.reason(name).is_none() {
            wrong += 1;
            let result = match result {
                Some(Some(signal @ ..0)) => format!("signal {}", -signal),
                Some(Some(status)) => format!("status {status}"),
                Some(None) => "took too long".to_owned(),
                None => "never ended".to_owned(),
            };
            say(&format!(
                "FAILED   posix/{name}: {result}, passes on Linux\n"
            ));
        }
    }
    if args.only.is_none() {
        for name in differences.untrue(&different) {
            wrong += 1;
            say(&format!(
                "FAILED   {LIST}: '{name}' passes, or fails on Linux too\n"
            ));
        }
    }
    say(&format!(
        "{} of {} pass here, {} differ as listed, {wrong} wrong\n",
        programs.len() - different.len(),
        programs.len(),
        different
            .iter()
            .filter(|name| differences.reason(name).is_some())
            .count()
    ));
    Ok(wrong)
}

fn compile(include: &[&Path], source: &Path, program: &Path) -> Result<()> {
    let mut command = Command::new("musl-gcc");
    command.args(FLAGS);
    for folder in include {
        command.arg("-I").arg(folder);
    }
    command.arg(source).arg("-o").arg(program).arg("-lm");
    let output = command.output().context("cannot start musl-gcc")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// Builds what is not built yet. A program that does not build needs something that musl does not have
/// (asynchronous lists, priority ceilings) and is left out, on both systems alike.
fn build(folder: &Path, source: &Path) -> Result<Programs> {
    let interfaces = source.join("conformance/interfaces");
    let mut sources = Vec::new();
    find(&interfaces, &mut sources)?;
    let into = folder.join("bin");
    fs::create_dir_all(&into)?;
    let _step = Step::start("Building the Open POSIX test suite");
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
                        && compile(&[&include, beside], source, &program).is_err()
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
    programs
        .into_inner()
        .map_err(|_| anyhow::anyhow!("a worker panicked"))
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
fn on_linux(runner: &Path, programs: &Programs) -> Result<Results> {
    let _step = Step::start("Running the Open POSIX test suite on Linux");
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
        .arg(WIDTH)
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

/// Boots with the runner as first process. What is missing in the results never ended.
fn on_clew(project: &Project, runner: &Path, programs: &Programs, width: &str) -> Result<Results> {
    let image = image::build(project)?;
    let step = Step::start("Running the Open POSIX test suite on Clew");
    let mut archive = Archive::new();
    archive.file("conformance/init", 0o755, runner)?;
    archive.bytes("conformance/width", 0o644, width)?;
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
            kernel: image.kernel,
            initramfs,
            command_line: "log=warn init=/conformance/init".to_owned(),
        },
        memory: 1024,
        cpus: 1,
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
            return Ok(results);
        }
        results.extend(parse(line.trim()));
        step.message(&format!("on Clew: {} of {}", results.len(), programs.len()));
    }
    machine.kill();
    let text = tail.text();
    let last: Vec<&str> = text.lines().rev().take(5).collect();
    say(&format!(
        "the machine ended or hung after {} tests: {last:?}\n",
        results.len()
    ));
    Ok(results)
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
