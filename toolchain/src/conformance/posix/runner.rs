//! Runs programs on one of the two systems. The runner, a C program, starts them and prints a line for each; in the guest
//! it is the first process.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::{Outcome, Programs, Results};
use crate::conformance::ConformanceArgs;
use crate::image;
use crate::kernel_build;
use crate::project::Project;
use crate::qemu::{self, Accel, Boot, Config, Machine, TempDir};
use crate::streams::{self, LogTail};
use crate::test::say;
use crate::ui::{self, Step};

/// How long a test may take on Linux and, emulated, on our kernel.
const LIMIT_LINUX: Duration = Duration::from_secs(60);
const LIMIT_CLEW: Duration = Duration::from_secs(180);
/// How long a system may say nothing; more than a test may take.
const PATIENCE: Duration = Duration::from_secs(240);
/// How long all tests may take in one square.
const LIMIT: Duration = Duration::from_secs(900);
/// Programs at a time: most sleep, but some measure time.
const WIDTH: usize = 12;
/// Programs in one boot.
const CHUNK: usize = 600;
/// The longest ones: they start first, so that nobody waits for them at the end.
const LONGEST: [&str; 5] = [
    "pthread_cond_broadcast/1-2",
    "shm_open/23-1",
    "mmap/10-1",
    "clock/1-1",
    "clock_gettime/4-1",
];
/// Every so many tests a line tells how far it is, where no terminal shows it.
const NOTICE: usize = 250;

/// What it takes to run programs on both systems.
pub struct Runner<'a> {
    project: &'a Project,
    cpus: u32,
    program: PathBuf,
    /// Where the runner's lines are kept, a file for each square.
    logs: PathBuf,
}

impl<'a> Runner<'a> {
    /// `program` is the runner, built with musl.
    pub fn new(project: &'a Project, args: &ConformanceArgs, program: PathBuf) -> Self {
        let logs = program.with_file_name("logs");
        Self {
            project,
            cpus: args.cpus,
            program,
            logs,
        }
    }

    /// Runs programs in a square, several at a time, but those for which `is_lonely` holds one by one.
    pub fn run(
        &self,
        square: &str,
        programs: &Programs,
        is_lonely: impl Fn(&str) -> bool,
    ) -> Result<Results> {
        fs::create_dir_all(&self.logs)?;
        fs::write(self.log(square), "")?;
        let (lonely, many): (Programs, Programs) = programs
            .clone()
            .into_iter()
            .partition(|(name, _)| is_lonely(name));
        let mut results = self.run_width(square, &many, WIDTH)?;
        results.extend(self.run_width(square, &lonely, 1)?);
        Ok(results)
    }

    fn log(&self, square: &str) -> PathBuf {
        self.logs.join(format!("{square}.txt"))
    }

    /// Runs programs in a square, one at a time.
    pub fn run_alone(&self, square: &str, programs: &Programs) -> Result<Results> {
        self.run_width(square, programs, 1)
    }

    fn run_width(&self, square: &str, programs: &Programs, width: usize) -> Result<Results> {
        if programs.is_empty() {
            return Ok(Results::new());
        }
        let alone = if width == 1 { ", one by one" } else { "" };
        let step = Step::start(&format!(
            "Running {} tests of Open POSIX: {square}{alone}",
            programs.len()
        ));
        let mut progress = Progress {
            step: &step,
            square,
            all: programs.len(),
            told: 0,
            log: fs::OpenOptions::new().append(true).open(self.log(square))?,
        };
        if square.ends_with("linux") {
            self.on_linux(programs, width, &mut progress)
        } else {
            self.on_clew(square, programs, width, &mut progress)
        }
    }

    /// Runs them on this machine, where the tests neither see other processes nor set the clock.
    fn on_linux(
        &self,
        programs: &Programs,
        width: usize,
        progress: &mut Progress,
    ) -> Result<Results> {
        let scratch = TempDir::new()?;
        let tests = scratch.path().join("tests");
        fs::create_dir(&tests)?;
        for (name, program) in programs {
            std::os::unix::fs::symlink(program, tests.join(file_name(name)))?;
        }
        let mut command = Command::new("unshare");
        command.args(["--fork", "--kill-child", "--ipc", "--pid"]);
        if rustix::process::geteuid().is_root() {
            command.args(["setpriv", "--bounding-set=-sys_time,-sys_boot,-sys_nice"]);
        } else {
            command.args(["--map-root-user"]);
        }
        let mut child = command
            .arg(&self.program)
            .arg(&tests)
            .arg(width.to_string())
            .arg(LIMIT_LINUX.as_secs().to_string())
            .current_dir(scratch.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start unshare (package util-linux)")?;
        let mut results = Results::new();
        let ended = match child.stdout.take() {
            Some(output) => collect(output, &mut results, progress),
            None => End::Silent,
        };
        // It has ended, or has to.
        let _ = child.kill();
        let status = child.wait()?;
        if ended != End::Done {
            bail!(
                "{} of {} programs ran on Linux: {ended:?}, {status}",
                results.len(),
                programs.len()
            );
        }
        Ok(results)
    }

    /// Runs them on our kernel, many in each boot. What is missing in the results never ended.
    fn on_clew(
        &self,
        square: &str,
        programs: &Programs,
        width: usize,
        progress: &mut Progress,
    ) -> Result<Results> {
        let kernel = kernel_build::build(self.project)?;
        let mut results = Results::new();
        let mut left = programs.clone();
        let start = Instant::now();
        while !left.is_empty() && start.elapsed() < LIMIT {
            let mut order: Vec<(&String, &PathBuf)> = left.iter().collect();
            order.sort_by_key(|(name, _)| file_name(name));
            let chunk: Programs = order
                .into_iter()
                .take(CHUNK)
                .map(|(name, program)| (name.clone(), program.clone()))
                .collect();
            let before = results.len();
            let ended = self.boot(&kernel, &chunk, width, &mut results, progress)?;
            left.retain(|name, _| !results.contains_key(name));
            if ended != End::Done {
                // They start in the order of their file names: one of the first that are missing ended the machine.
                let mut culprits: Vec<String> = chunk
                    .into_keys()
                    .filter(|name| left.contains_key(name))
                    .collect();
                culprits.sort_by_key(|name| file_name(name));
                culprits.truncate(width);
                say(&format!(
                    "{square}: the machine ended or hung after {} tests, while these ran: {}\n",
                    results.len() - before,
                    culprits.join(" ")
                ));
                left.retain(|name, _| !culprits.contains(name));
                results.extend(culprits.into_iter().map(|name| (name, Outcome::NoEnd)));
            }
        }
        results.extend(left.into_keys().map(|name| (name, Outcome::NoEnd)));
        Ok(results)
    }

    /// Boots with the runner as first process.
    fn boot(
        &self,
        kernel: &Path,
        programs: &Programs,
        width: usize,
        results: &mut Results,
        progress: &mut Progress,
    ) -> Result<End> {
        let mut archive = image::skeleton()?;
        archive.file("conformance/init", 0o755, &self.program)?;
        archive.symlink("bin/sleep", "/conformance/init")?;
        archive.bytes("conformance/width", 0o644, width.to_string())?;
        archive.bytes("conformance/limit", 0o644, LIMIT_CLEW.as_secs().to_string())?;
        for (name, program) in programs {
            let inside = PathBuf::from("conformance/tests").join(file_name(name));
            archive.file(inside, 0o755, program)?;
        }
        let scratch = TempDir::new()?;
        let initramfs = scratch.path().join("initramfs");
        image::write_archive(&archive, &initramfs)?;
        let mut machine = Machine::start(&Config {
            boot: Boot::Kernel {
                kernel: kernel.to_path_buf(),
                initramfs,
                command_line: "log=warn init=/conformance/init".to_owned(),
            },
            memory: 2048,
            cpus: self.cpus,
            cpu: qemu::BEST_CPU.to_owned(),
            accel: Accel::Auto,
            deterministic: false,
            gdb: None,
        })?;
        let tail = LogTail::default();
        let _follower = streams::follow_log(machine.log.try_clone()?, tail.clone(), None);
        let ended = collect(machine.console.try_clone()?, results, progress);
        machine.kill();
        if ended != End::Done {
            let text = tail.text();
            let last: Vec<&str> = text.lines().rev().take(5).collect();
            say(&format!("{ended:?}; the kernel's last words: {last:?}\n"));
        }
        Ok(ended)
    }
}

/// The name of a test's program where it runs: the runner starts them in this order.
fn file_name(name: &str) -> String {
    let first = if LONGEST.contains(&name) { "!" } else { "" };
    format!("{first}{}", name.replace('/', "__"))
}

/// How the runner's output came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// All tests have run.
    Done,
    /// Nothing was said for too long.
    Silent,
    /// It broke off.
    Broken,
}

/// Reads the runner's lines.
fn collect(
    output: impl Read + Send + 'static,
    results: &mut Results,
    progress: &mut Progress,
) -> End {
    let (sender, inbox) = mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(output);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&line).trim().to_owned();
            line.clear();
            if sender.send(text).is_err() {
                return;
            }
        }
    });
    loop {
        match inbox.recv_timeout(PATIENCE) {
            Ok(line) if line == "DONE" => return End::Done,
            Ok(line) => {
                if let Some((name, outcome)) = parse(&line) {
                    // Only for those who want to know more.
                    let _ = writeln!(progress.log, "{line}");
                    results.insert(name, outcome);
                    progress.tell(results.len());
                }
            }
            Err(RecvTimeoutError::Timeout) => return End::Silent,
            Err(RecvTimeoutError::Disconnected) => return End::Broken,
        }
    }
}

/// A line `R PROGRAM RESULT SECONDS WORDS`.
fn parse(line: &str) -> Option<(String, Outcome)> {
    let mut words = line.strip_prefix("R ")?.splitn(4, ' ');
    let name = words.next()?.trim_start_matches('!').replace("__", "/");
    let result = words.next()?;
    let _seconds: u32 = words.next()?.parse().ok()?;
    let words = words.next().unwrap_or_default().to_owned();
    let outcome = match result {
        "timeout" => Outcome::NoEnd,
        status => match status.parse().ok()? {
            0 => Outcome::Pass,
            signal @ ..0 => Outcome::Signal(-signal),
            status => Outcome::Status(status, words),
        },
    };
    Some((name, outcome))
}

/// Says how far it is.
struct Progress<'a> {
    step: &'a Step,
    square: &'a str,
    all: usize,
    told: usize,
    log: fs::File,
}

impl Progress<'_> {
    fn tell(&mut self, done: usize) {
        let text = format!("Open POSIX, {}: {done} of {}", self.square, self.all);
        self.step.message(&text);
        if done / NOTICE > self.told {
            self.told = done / NOTICE;
            ui::notice_without_terminal(&text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_runner_are_read() {
        assert_eq!(
            parse("R !fork__1-1 0 3"),
            Some(("fork/1-1".to_owned(), Outcome::Pass))
        );
        assert_eq!(
            parse("R a__b__2 -11 0"),
            Some(("a/b/2".to_owned(), Outcome::Signal(11)))
        );
        assert_eq!(
            parse("R x__1 timeout 60"),
            Some(("x/1".to_owned(), Outcome::NoEnd))
        );
        assert_eq!(
            parse("R x__1 2 1 no such thing"),
            Some((
                "x/1".to_owned(),
                Outcome::Status(2, "no such thing".to_owned())
            ))
        );
        assert_eq!(parse("DONE"), None);
    }
}
