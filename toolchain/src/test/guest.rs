//! Runs many programs in one boot and collects what each did.
//!
//! The list of programs goes into the image as `/etc/clew/batch`; init runs them one after another and
//! reports each on the results port. A program that takes the machine down fails alone: the rest of
//! the list runs in a new boot.

use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::cpio::Archive;
use crate::image::Image;
use crate::qemu::{self, Accel, Boot, Config, Machine, TempDir};
use crate::run;
use crate::session::{self, Verdict};
use crate::streams::{self, LogTail};
use crate::ui::Step;

/// How much longer than a program's own limit the host waits for its report.
const GRACE: Duration = Duration::from_secs(20);
/// How long a boot may take until the first program starts.
const BOOT_LIMIT: Duration = Duration::from_secs(60);
/// After this many boots that ended early, the rest of a list is not tried any more.
const MOST_BOOTS: usize = 12;

/// The machine that programs run on.
#[derive(Clone, Copy, Debug)]
pub struct Hardware {
    /// How many CPUs it has.
    pub cpus: u32,
    /// RAM in MiB.
    pub memory: u32,
}

impl Hardware {
    /// A machine with that many CPUs and the memory that is enough for tests.
    pub fn with_cpus(cpus: u32) -> Self {
        Self { cpus, memory: 512 }
    }
}

/// One program to run in the guest.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// Absolute path in the guest and arguments.
    pub argv: Vec<String>,
    /// The whole environment.
    pub env: Vec<(String, String)>,
    /// Standard input.
    pub stdin: Vec<u8>,
    /// Files in its working directory before it starts: path, content.
    pub files: Vec<(PathBuf, Vec<u8>)>,
    /// Directories in its working directory.
    pub dirs: Vec<PathBuf>,
    /// Symbolic links in its working directory: path, target.
    pub links: Vec<(PathBuf, PathBuf)>,
    /// The longest it may take.
    pub limit: Duration,
}

/// The working directory of program `index` of a list.
pub fn directory(index: usize) -> String {
    format!("/tests/run/{index}")
}

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// With this status.
    Exit(i32),
    /// Killed by this signal.
    Signal(i32),
    /// Killed because it took too long.
    TimedOut,
    /// The machine ended or hung, or never got as far.
    NoReport(String),
}

impl fmt::Display for End {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(status) => write!(out, "exit status {status}"),
            Self::Signal(number) => write!(out, "signal {number}"),
            Self::TimedOut => out.write_str("took too long"),
            Self::NoReport(why) => out.write_str(why),
        }
    }
}

/// What a program did.
#[derive(Clone, Debug)]
pub struct Ran {
    /// How it ended.
    pub end: End,
    /// Its standard output (the first MiB).
    pub stdout: Vec<u8>,
    /// Its standard error (the first MiB).
    pub stderr: Vec<u8>,
    /// How long it took.
    pub took: Duration,
}

impl Ran {
    fn nothing(why: String) -> Self {
        Self {
            end: End::NoReport(why),
            stdout: Vec::new(),
            stderr: Vec::new(),
            took: Duration::ZERO,
        }
    }
}

/// Runs `programs` in the guest. `prepare` adds files that they all share.
///
/// # Errors
///
/// Fails if a machine can't even be started; what happens in it is in the results.
pub fn run(
    image: &Image,
    hardware: Hardware,
    title: &str,
    programs: &[Program],
    prepare: impl FnOnce(&mut Archive) -> Result<()>,
) -> Result<Vec<Ran>> {
    let scratch = TempDir::new()?;
    let mut shared = Archive::new();
    prepare(&mut shared)?;
    let base = run::with_overlay(&image.initramfs, &shared, scratch.path(), "shared")?;
    let mut results: Vec<Option<Ran>> = vec![None; programs.len()];
    let mut first = 0;
    for boot in 0.. {
        if first == programs.len() {
            break;
        }
        if boot == MOST_BOOTS {
            for result in &mut results[first..] {
                *result = Some(Ran::nothing(format!(
                    "not run: {MOST_BOOTS} machines ended early"
                )));
            }
            break;
        }
        let step = Step::start(title);
        let overlay = list(&programs[first..], first)?;
        let initramfs = run::with_overlay(&base, &overlay, scratch.path(), "list")?;
        first += boot_once(
            image,
            hardware,
            initramfs,
            &programs[first..],
            &mut results[first..],
            |done| {
                step.message(&format!("{title}: {} of {}", first + done, programs.len()));
            },
        )?;
    }
    results
        .into_iter()
        .map(|result| result.context("a program without a result"))
        .collect()
}

/// The overlay with the list for init and every program's own files.
fn list(programs: &[Program], first: usize) -> Result<Archive> {
    let mut archive = Archive::new();
    let mut strings: Vec<Vec<u8>> = Vec::new();
    for (index, program) in (first..).zip(programs) {
        let dir = directory(index);
        archive.directory(&dir, 0o755)?;
        for sub in &program.dirs {
            archive.directory(PathBuf::from(&dir).join(sub), 0o755)?;
        }
        for (path, bytes) in &program.files {
            archive.bytes(PathBuf::from(&dir).join(path), 0o644, bytes.clone())?;
        }
        for (path, target) in &program.links {
            archive.symlink(PathBuf::from(&dir).join(path), target)?;
        }
        let stdin = format!("/tests/in/{index}");
        archive.bytes(&stdin, 0o644, program.stdin.clone())?;
        strings.extend([program.limit.as_millis().to_string(), dir, stdin].map(String::into_bytes));
        strings.push(program.argv.len().to_string().into_bytes());
        strings.extend(program.argv.iter().map(|word| word.clone().into_bytes()));
        strings.push(program.env.len().to_string().into_bytes());
        strings.extend(
            program
                .env
                .iter()
                .map(|(key, value)| format!("{key}={value}").into_bytes()),
        );
    }
    if strings.iter().any(|string| string.contains(&0)) {
        bail!("an argument or variable of a test holds a NUL");
    }
    let mut bytes = strings.join(&0);
    bytes.push(0);
    archive.bytes("etc/clew/batch", 0o644, bytes)?;
    Ok(archive)
}

/// Boots once and fills in results; returns how many programs are done with, at least one.
fn boot_once(
    image: &Image,
    hardware: Hardware,
    initramfs: PathBuf,
    programs: &[Program],
    results: &mut [Option<Ran>],
    progress: impl Fn(usize),
) -> Result<usize> {
    let config = Config {
        boot: Boot::Kernel {
            kernel: image.kernel.clone(),
            initramfs,
            command_line: "log=warn mode=exec".to_owned(),
        },
        memory: hardware.memory,
        cpus: hardware.cpus,
        cpu: qemu::BEST_CPU.to_owned(),
        accel: Accel::Auto,
        deterministic: false,
        gdb: None,
    };
    let mut machine = Machine::start(&config)?;
    let tail = LogTail::default();
    let log = streams::follow_log(machine.log.try_clone()?, tail.clone(), None);
    let drains = [
        drain(machine.console.try_clone()?),
        drain(machine.aux.try_clone()?),
    ];
    let (sender, inbox) = mpsc::channel();
    let port = machine.results.try_clone()?;
    thread::spawn(move || {
        // The receiver sees a port that fails like one that closes.
        let _ = read_reports(port, &sender);
    });

    let mut done = 0;
    let mut wait = BOOT_LIMIT;
    let (complete, hung) = loop {
        match inbox.recv_timeout(wait) {
            Ok(Message::Started(index)) if index == done && done < programs.len() => {
                progress(done);
                wait = programs[done].limit + GRACE;
            }
            Ok(Message::Ended(index, ran)) if index == done && done < programs.len() => {
                results[done] = Some(ran);
                done += 1;
                wait = GRACE;
            }
            Ok(Message::Done) if done == programs.len() => break (true, false),
            Ok(_) => bail!("the guest's reports do not match the list of programs"),
            Err(mpsc::RecvTimeoutError::Timeout) => break (false, true),
            Err(mpsc::RecvTimeoutError::Disconnected) => break (false, false),
        }
    };
    if complete {
        // All is known; how the machine powers off is another test's business.
        return Ok(done);
    }
    let why = if hung {
        machine.kill();
        "the machine hung".to_owned()
    } else {
        let ended = machine.wait()?;
        let _ = log.join();
        match session::judge(ended, &tail, &image.kernel) {
            Verdict::PoweredOff => "the machine was switched off".to_owned(),
            Verdict::Failed { message, .. } => message,
        }
    };
    drop(machine);
    let said: Vec<String> = drains
        .into_iter()
        .filter_map(|drain| drain.join().ok())
        .filter(|text| !text.is_empty())
        .collect();
    if done < programs.len() {
        results[done] = Some(Ran::nothing(format!(
            "{why}\n{}{}",
            said.concat(),
            last_lines(&tail)
        )));
        done += 1;
    }
    Ok(done)
}

/// The end of the kernel's log, for a report.
fn last_lines(tail: &LogTail) -> String {
    let text = tail.text();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

/// Reads a port to its end and keeps the first few thousand bytes as text.
fn drain(mut port: UnixStream) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut kept = Vec::new();
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = port.read(&mut buffer) {
            if kept.len() < 8192 {
                kept.extend_from_slice(&buffer[..count]);
            }
        }
        String::from_utf8_lossy(&kept).into_owned()
    })
}

#[derive(Debug)]
enum Message {
    Started(usize),
    Ended(usize, Ran),
    Done,
}

/// Reads `start I`, `end I KIND CODE MS OUT ERR` with two blocks of bytes, and `done`.
fn read_reports(port: impl Read, sender: &mpsc::Sender<Message>) -> Result<()> {
    let mut port = BufReader::new(port);
    let mut line = String::new();
    loop {
        line.clear();
        if port.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let message = match words[..] {
            ["start", index] => Message::Started(index.parse()?),
            ["done"] => Message::Done,
            ["end", index, kind, code, ms, out, err] => {
                let code = code.parse()?;
                let end = match kind {
                    "exit" => End::Exit(code),
                    "signal" => End::Signal(code),
                    "timeout" => End::TimedOut,
                    _ => bail!("unknown end of a program: {line:?}"),
                };
                let mut stdout = vec![0; out.parse()?];
                port.read_exact(&mut stdout)?;
                let mut stderr = vec![0; err.parse()?];
                port.read_exact(&mut stderr)?;
                let took = Duration::from_millis(ms.parse()?);
                Message::Ended(
                    index.parse()?,
                    Ran {
                        end,
                        stdout,
                        stderr,
                        took,
                    },
                )
            }
            _ => bail!("unknown report: {line:?}"),
        };
        if sender.send(message).is_err() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_carry_bytes_that_look_like_reports() {
        let (sender, inbox) = mpsc::channel();
        let text = b"start 0\nend 0 exit 3 12 7 6\ndone\n\xff\nend 1\nstart 1\nend 1 signal 11 5 0 0\ndone\n";
        read_reports(&text[..], &sender).unwrap();
        assert!(matches!(inbox.recv().unwrap(), Message::Started(0)));
        let Message::Ended(0, ran) = inbox.recv().unwrap() else {
            panic!("no end")
        };
        assert_eq!(
            (ran.end, &ran.stdout[..], &ran.stderr[..]),
            (End::Exit(3), &b"done\n\xff\n"[..], &b"end 1\n"[..])
        );
        assert!(matches!(inbox.recv().unwrap(), Message::Started(1)));
        let Message::Ended(1, ran) = inbox.recv().unwrap() else {
            panic!("no end")
        };
        assert_eq!(ran.end, End::Signal(11));
        assert!(matches!(inbox.recv().unwrap(), Message::Done));
    }

    #[test]
    fn a_report_that_is_cut_short_is_an_error() {
        let (sender, _inbox) = mpsc::channel();
        assert!(read_reports(&b"end 0 exit 3 12 7 6\nabc"[..], &sender).is_err());
        assert!(read_reports(&b"nonsense\n"[..], &sender).is_err());
    }
}
