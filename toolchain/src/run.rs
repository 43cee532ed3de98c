//! `clew run`: boots the image, with a person at its terminal or to execute one command.
//!
//! Executing a command, COM1 carries its standard input (framed) and output, COM4 its standard error
//! and COM3 what init has to say: `ready`, then `exit STATUS`. `docs/src/exec-protocol.md` has the details.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::EXIT_FAILED;
use crate::cpio::Archive;
use crate::image;
use crate::panic_report;
use crate::project::Project;
use crate::qemu::{Accel, Boot, Config, EXIT_PANIC, EXIT_POWER_OFF, Machine, TempDir};
use crate::setup::{self, Level};
use crate::terminal::{self, RawMode};
use crate::ui;

/// The machine reset itself, or stopped without a word.
pub const EXIT_RESET: u8 = 122;
/// The kernel panicked.
pub const EXIT_KERNEL_PANIC: u8 = 123;
/// The guest did not finish in time.
pub const EXIT_TIMEOUT: u8 = 124;
/// The reader of our standard output went away, as for a program that SIGPIPE killed.
const EXIT_PIPE: u8 = 141;

/// How much of the end of the kernel's log is kept for reports.
const LOG_TAIL: usize = 256 * 1024;

const AFTER_HELP: &str = "\
Without a command, the terminal is the guest's; Ctrl-A X ends the machine, Ctrl-A A sends Ctrl-A.
With a command, its standard streams are the host's, byte for byte, and its exit status is clew's.

Exit status:
  STATUS of the command; 128+N if signal N killed it; 127 if there is no such program in the guest
  2    wrong usage of clew
  121  clew could not start the machine (QEMU missing, something does not build, a file is unreadable)
  122  the machine reset itself (a triple fault) or stopped without a report
  123  the kernel panicked; its message and backtrace are on standard error
  124  the guest did not finish within --timeout
  128+N  clew itself was ended by signal N (130 for Ctrl-C)
Messages of clew itself start with 'clew: '.

Examples:
  clew run
  clew run -- hello one two
  echo 'print(6 * 7)' | clew run -- lua -
  clew run --extra ./my_files --timeout 60 -- wasm /extra_files/app.wasm
  clew run --gdb";

/// Boot the image, interactively or to execute one command
#[derive(Args, Clone, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct RunArgs {
    /// Put the files of a folder under /extra_files (may be given several times)
    #[arg(long, value_name = "DIR")]
    pub extra: Vec<PathBuf>,
    /// RAM in MiB
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(16..=1_048_576))]
    pub memory: u32,
    /// Number of CPUs
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=255))]
    pub smp: u32,
    /// How instructions are run; auto takes KVM only where the CPU and /dev/kvm can do it
    #[arg(long, value_enum, default_value_t = Accel::Auto)]
    pub accel: Accel,
    /// End the machine after this many seconds
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub timeout: Option<Duration>,
    /// Wait for gdb on a TCP port of this host before the first instruction
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "1234")]
    pub gdb: Option<u16>,
    /// Write the kernel's log to a file
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// What the kernel logs: off, error, warn, info, debug, trace
    #[arg(long, value_name = "LEVEL", value_parser = ["off", "error", "warn", "info", "debug", "trace"])]
    pub log_level: Option<String>,
    /// Let instructions be the clock, so that two runs are identical
    #[arg(long)]
    pub deterministic: bool,
    /// Boot another kernel
    #[arg(long, value_name = "FILE")]
    pub kernel: Option<PathBuf>,
    /// Boot with another initramfs
    #[arg(long, value_name = "FILE")]
    pub initramfs: Option<PathBuf>,
    /// Add to the kernel's command line
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub append: Option<String>,
    /// The command to execute, with its arguments
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|limit| !limit.is_zero())
        .ok_or_else(|| "not a positive number of seconds".to_owned())
}

/// Boots as `args` say; returns the status to exit with.
pub fn run(project: &Project, args: &RunArgs) -> Result<u8> {
    let exec = !args.command.is_empty();
    if exec {
        ui::quiet();
    }
    check_readable(args)?;
    let (kernel, initramfs) = match (&args.kernel, &args.initramfs) {
        (Some(kernel), Some(initramfs)) => {
            setup::ensure(project, Level::Qemu)?;
            (kernel.clone(), initramfs.clone())
        }
        (kernel, initramfs) => {
            let image = image::build(project)?;
            (
                kernel.clone().unwrap_or(image.kernel),
                initramfs.clone().unwrap_or(image.initramfs),
            )
        }
    };

    let scratch = TempDir::new()?;
    let initramfs = with_overlay(&initramfs, &overlay(args)?, scratch.path(), "initramfs")?;
    let level =
        args.log_level
            .as_deref()
            .unwrap_or(if args.log.is_some() { "info" } else { "warn" });
    let mut command_line = format!("log={level}");
    if exec {
        command_line.push_str(" mode=exec");
    }
    if let Some(more) = &args.append {
        command_line.push(' ');
        command_line.push_str(more);
    }
    let config = Config {
        boot: Boot::Kernel {
            kernel: kernel.clone(),
            initramfs,
            command_line,
        },
        memory: args.memory,
        cpus: args.smp,
        accel: args.accel,
        deterministic: args.deterministic,
        gdb: args.gdb,
    };
    let log = args
        .log
        .as_ref()
        .map(|path| File::create(path).with_context(|| format!("cannot create {}", path.display())))
        .transpose()?;
    if let Some(port) = args.gdb {
        eprintln!(
            "clew: the machine waits for gdb: gdb {} -ex 'target remote 127.0.0.1:{port}'",
            kernel.display()
        );
    }
    let session = Session {
        config,
        log,
        timeout: args.timeout,
        symbols: kernel,
    };
    if exec {
        session.exec()
    } else {
        session.interact()
    }
}

fn check_readable(args: &RunArgs) -> Result<()> {
    for file in args.kernel.iter().chain(&args.initramfs) {
        let opened = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
        if !opened.metadata()?.is_file() {
            bail!("{} is not a file", file.display());
        }
    }
    for dir in &args.extra {
        fs::read_dir(dir).with_context(|| format!("--extra {}", dir.display()))?;
    }
    Ok(())
}

/// What this run adds to the image.
fn overlay(args: &RunArgs) -> Result<Archive> {
    let mut archive = Archive::new();
    for dir in &args.extra {
        archive
            .tree(Path::new("extra_files"), dir)
            .context("--extra")?;
    }
    if args.command.is_empty() {
        let (rows, columns) = terminal::size().unwrap_or((24, 80));
        let kind = std::env::var("TERM").unwrap_or_default();
        let plain = kind
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte));
        let kind = if kind.is_empty() || !plain {
            "vt100"
        } else {
            &kind
        };
        archive.bytes(
            "etc/clew/terminal",
            0o644,
            format!("{rows} {columns} {kind}\n"),
        )?;
    } else {
        let mut strings = Vec::new();
        for word in &args.command {
            strings.extend_from_slice(word.as_bytes());
            strings.push(0);
        }
        archive.bytes("etc/clew/exec", 0o644, strings)?;
    }
    Ok(archive)
}

/// Makes one initramfs file of `main` and `overlay`, `name` in `folder`.
pub fn with_overlay(main: &Path, overlay: &Archive, folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    fs::copy(main, &path).with_context(|| format!("cannot copy {}", main.display()))?;
    let mut file = fs::OpenOptions::new().append(true).open(&path)?;
    let length = file.metadata()?.len();
    let padding = length.next_multiple_of(512) - length;
    let mut bytes = vec![0; usize::try_from(padding)?];
    overlay.write(&mut bytes)?;
    file.write_all(&bytes)
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// The end of the kernel's log.
#[derive(Clone, Default)]
pub struct LogTail(Arc<Mutex<VecDeque<u8>>>);

impl LogTail {
    fn push(&self, bytes: &[u8]) {
        let mut tail = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend(bytes);
        let excess = tail.len().saturating_sub(LOG_TAIL);
        tail.drain(..excess);
    }

    /// The text so far.
    pub fn text(&self) -> String {
        let tail = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = tail.iter().copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Keeps reading the log port, into `file` as well if there is one.
pub fn follow_log(mut port: UnixStream, tail: LogTail, mut file: Option<File>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = port.read(&mut buffer) {
            tail.push(&buffer[..count]);
            if let Some(out) = &mut file
                && let Err(error) = out.write_all(&buffer[..count])
            {
                eprintln!("clew: the kernel's log is cut short: {error}");
                file = None;
            }
        }
    })
}

/// What the threads around a machine tell the one that decides.
enum Event {
    /// init is about to start the command.
    Ready,
    /// The command ended with this status.
    Exit(u8),
    /// Some other line on the results port.
    Said(String),
    /// QEMU closed the results port: it has ended.
    Closed,
    /// The user asks to end the machine.
    Quit,
    /// Nobody reads our standard output or error any more.
    OutputClosed,
    /// A signal for this process.
    Signal(i32),
}

/// One boot with its streams.
struct Session {
    config: Config,
    log: Option<File>,
    timeout: Option<Duration>,
    symbols: PathBuf,
}

impl Session {
    /// Executes the command that the image holds.
    fn exec(self) -> Result<u8> {
        let (events, inbox) = mpsc::channel();
        watch_signals(&events)?;
        let mut machine = Machine::start(&self.config)?;
        let tail = LogTail::default();
        let log = follow_log(machine.log.try_clone()?, tail.clone(), self.log);
        let output = pump(
            machine.console.try_clone()?,
            own(io::stdout())?,
            events.clone(),
        );
        let errors = pump(machine.aux.try_clone()?, own(io::stderr())?, events.clone());
        watch_results(machine.results.try_clone()?, events);

        let mut input = Some(machine.console.try_clone()?);
        let mut status = None;
        let mut deadline = self.timeout.map(|limit| Instant::now() + limit);
        let ended = loop {
            match next_event(&inbox, deadline) {
                Some(Event::Ready) => {
                    if let Some(console) = input.take() {
                        thread::spawn(move || send_input(console));
                    }
                }
                Some(Event::Exit(code)) => {
                    status = Some(code);
                    // Powering off takes no time; a machine that hangs in it is not the command's fault.
                    deadline = Some(Instant::now() + Duration::from_secs(10));
                }
                Some(Event::Said(line)) => {
                    eprintln!("clew: unexpected result from the guest: {line}")
                }
                Some(Event::Quit) => {}
                Some(Event::Closed) => break machine.wait()?,
                Some(Event::OutputClosed) => return Ok(EXIT_PIPE),
                Some(Event::Signal(signal)) => return Ok(signal_status(signal)),
                None => {
                    machine.kill();
                    if let Some(code) = status {
                        return Ok(code);
                    }
                    return Ok(report_timeout(self.timeout.unwrap_or_default()));
                }
            }
        };
        // All ports are closed now, so these end as soon as everything has been passed on.
        let _ = machine.console.shutdown(Shutdown::Write);
        for reader in [output, errors, log] {
            let _ = reader.join();
        }
        match status {
            Some(code) if ended.code() == Some(EXIT_POWER_OFF) => Ok(code),
            _ => match judge_with(ended, &tail, &self.symbols, &machine.words()) {
                Verdict::PoweredOff => {
                    eprintln!("clew: the machine was switched off before the command had ended");
                    Ok(EXIT_RESET)
                }
                Verdict::Failed { status, message } => {
                    eprintln!("clew: {message}");
                    Ok(status)
                }
            },
        }
    }

    /// Gives the machine's terminal to the user.
    fn interact(self) -> Result<u8> {
        let (events, inbox) = mpsc::channel();
        watch_signals(&events)?;
        let mut machine = Machine::start(&self.config)?;
        let tail = LogTail::default();
        let log = follow_log(machine.log.try_clone()?, tail.clone(), self.log);
        let raw = RawMode::enter()?;
        let output = pump(
            machine.console.try_clone()?,
            own(io::stdout())?,
            events.clone(),
        );
        // Nothing is written there in this mode, but a full socket would stop the guest.
        let aux = pump(machine.aux.try_clone()?, own(io::stderr())?, events.clone());
        let console = machine.console.try_clone()?;
        let keys = events.clone();
        let is_terminal = raw.is_some();
        thread::spawn(move || send_keys(console, &keys, is_terminal));
        watch_results(machine.results.try_clone()?, events);

        let deadline = self.timeout.map(|limit| Instant::now() + limit);
        let mut reboot = false;
        let ended = loop {
            match next_event(&inbox, deadline) {
                Some(Event::Closed) => break machine.wait()?,
                Some(Event::Said(line)) if line == "reboot" => reboot = true,
                Some(Event::Ready | Event::Exit(_) | Event::Said(_)) => {}
                Some(Event::Quit) => {
                    machine.kill();
                    drop(raw);
                    println!();
                    return Ok(0);
                }
                Some(Event::OutputClosed) => return Ok(EXIT_PIPE),
                Some(Event::Signal(signal)) => return Ok(signal_status(signal)),
                None => {
                    machine.kill();
                    drop(raw);
                    return Ok(report_timeout(self.timeout.unwrap_or_default()));
                }
            }
        };
        for reader in [output, aux, log] {
            let _ = reader.join();
        }
        drop(raw);
        if reboot && ended.success() {
            return Ok(0);
        }
        match judge_with(ended, &tail, &self.symbols, &machine.words()) {
            Verdict::PoweredOff => Ok(0),
            Verdict::Failed { status, message } => {
                eprintln!("clew: {message}");
                Ok(status)
            }
        }
    }
}

/// How a machine ended.
pub enum Verdict {
    /// The guest switched itself off.
    PoweredOff,
    /// It ended in any other way.
    Failed {
        /// The status for clew to exit with.
        status: u8,
        /// What happened, for the user.
        message: String,
    },
}

/// Reads QEMU's exit status and the kernel's log.
pub fn judge(ended: ExitStatus, log: &LogTail, symbols: &Path) -> Verdict {
    judge_with(ended, log, symbols, "")
}

/// As [`judge`], with what QEMU itself printed.
fn judge_with(ended: ExitStatus, log: &LogTail, symbols: &Path, words: &str) -> Verdict {
    let failed = |status, message| Verdict::Failed { status, message };
    let panic = panic_report::describe(&log.text(), symbols);
    match (ended.code(), panic) {
        (_, Some(report)) => failed(EXIT_KERNEL_PANIC, format!("the kernel panicked\n{report}")),
        (Some(EXIT_POWER_OFF), None) => Verdict::PoweredOff,
        (Some(EXIT_PANIC), None) => failed(
            EXIT_KERNEL_PANIC,
            "the kernel panicked without a message".to_owned(),
        ),
        (Some(0), None) => failed(
            EXIT_RESET,
            "the machine reset itself: a triple fault (or the guest asked for a reboot)".to_owned(),
        ),
        (Some(1), None) => failed(EXIT_FAILED, format!("QEMU gave up: {}", words.trim())),
        _ => failed(EXIT_RESET, format!("QEMU ended unexpectedly ({ended})")),
    }
}

fn report_timeout(limit: Duration) -> u8 {
    eprintln!(
        "clew: the guest did not finish within {} s (--timeout)",
        limit.as_secs_f64()
    );
    EXIT_TIMEOUT
}

fn signal_status(signal: i32) -> u8 {
    u8::try_from(128 + signal).unwrap_or(u8::MAX)
}

/// The next event, or `None` when the deadline has passed.
fn next_event(inbox: &mpsc::Receiver<Event>, deadline: Option<Instant>) -> Option<Event> {
    match deadline {
        Some(deadline) => {
            let left = deadline.saturating_duration_since(Instant::now());
            inbox.recv_timeout(left).ok()
        }
        // The thread that watches signals never drops its sender.
        None => Some(inbox.recv().unwrap_or(Event::Closed)),
    }
}

fn watch_signals(events: &mpsc::Sender<Event>) -> Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP, SIGQUIT])?;
    let events = events.clone();
    thread::spawn(move || {
        for signal in signals.forever() {
            if events.send(Event::Signal(signal)).is_err() {
                break;
            }
        }
    });
    Ok(())
}

fn watch_results(port: UnixStream, events: mpsc::Sender<Event>) {
    thread::spawn(move || {
        let mut lines = BufReader::new(port).split(b'\n');
        while let Some(Ok(line)) = lines.next() {
            let event = parse_result(&line);
            if events.send(event).is_err() {
                return;
            }
        }
        let _ = events.send(Event::Closed);
    });
}

fn parse_result(line: &[u8]) -> Event {
    let line = String::from_utf8_lossy(line);
    match line.split_once(' ') {
        None if line == "ready" => Event::Ready,
        Some(("exit", status)) => match status.parse() {
            Ok(status) => Event::Exit(status),
            Err(_) => Event::Said(line.into_owned()),
        },
        _ => Event::Said(line.into_owned()),
    }
}

/// An unbuffered file of our own for a standard stream.
fn own(stream: impl AsFd) -> Result<File> {
    Ok(File::from(stream.as_fd().try_clone_to_owned()?))
}

/// Passes bytes on until the machine ends or nobody reads them any more.
fn pump(mut from: UnixStream, mut to: File, events: mpsc::Sender<Event>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            if write_all(&mut to, &buffer[..count]).is_err() {
                let _ = events.send(Event::OutputClosed);
                return;
            }
        }
    })
}

/// As `write_all`, also for a stream that whoever started us has made non-blocking.
fn write_all(to: &mut File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match to.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(1));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Sends our standard input to the guest in frames, then the empty frame that is its end.
fn send_input(mut console: UnixStream) {
    let mut stdin = io::stdin().lock();
    let mut buffer = [0; 4096];
    loop {
        let count = match stdin.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(5));
                continue;
            }
            // A standard input that can't be read (closed, a directory) is an empty one.
            Err(_) => 0,
        };
        // The machine may end before it has read all of its input.
        if console.write_all(&frame(&buffer[..count])).is_err() || count == 0 {
            return;
        }
    }
}

/// One frame: the length in two bytes, the low one first, then the bytes.
fn frame(bytes: &[u8]) -> Vec<u8> {
    debug_assert!(bytes.len() <= usize::from(u16::MAX));
    let mut frame = (bytes.len() as u16).to_le_bytes().to_vec();
    frame.extend_from_slice(bytes);
    frame
}

/// Sends keys to the guest's terminal. On a terminal, Ctrl-A X asks to quit; a file or pipe ends with
/// the guest's end-of-file character.
fn send_keys(mut console: UnixStream, events: &mpsc::Sender<Event>, is_terminal: bool) {
    const CONTROL_A: u8 = 1;
    const CONTROL_D: u8 = 4;
    let mut stdin = io::stdin().lock();
    let mut buffer = [0; 1024];
    let mut escaped = false;
    loop {
        let count = match stdin.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Ok(0) | Err(_) => {
                if is_terminal {
                    let _ = events.send(Event::Signal(SIGHUP));
                } else {
                    let _ = console.write_all(&[CONTROL_D]);
                }
                return;
            }
            Ok(count) => count,
        };
        if !is_terminal {
            if console.write_all(&buffer[..count]).is_err() {
                return;
            }
            continue;
        }
        let mut keys = Vec::with_capacity(count);
        for &key in &buffer[..count] {
            match (escaped, key) {
                (false, CONTROL_A) => {
                    escaped = true;
                    continue;
                }
                (true, b'x' | b'X') => {
                    let _ = events.send(Event::Quit);
                    return;
                }
                (true, b'a' | b'A' | CONTROL_A) => keys.push(CONTROL_A),
                (true, other) => keys.extend([CONTROL_A, other]),
                (false, other) => keys.push(other),
            }
            escaped = false;
        }
        if console.write_all(&keys).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_a_little_endian_length() {
        assert_eq!(frame(b"abc"), [3, 0, b'a', b'b', b'c']);
        assert_eq!(frame(b""), [0, 0]);
        assert_eq!(frame(&[9; 0x102])[..2], [2, 1]);
    }

    #[test]
    fn results_are_read_strictly() {
        assert!(matches!(parse_result(b"ready"), Event::Ready));
        assert!(matches!(parse_result(b"exit 255"), Event::Exit(255)));
        assert!(matches!(parse_result(b"exit 256"), Event::Said(_)));
        assert!(matches!(parse_result(b"exit"), Event::Said(_)));
    }

    #[test]
    fn time_limits_are_positive_numbers() {
        assert_eq!(parse_seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["", "0", "-1", "nan", "inf", "x"] {
            assert!(parse_seconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_log_keeps_its_end() {
        let tail = LogTail::default();
        tail.push(&vec![b'a'; LOG_TAIL]);
        tail.push(b"end");
        let text = tail.text();
        assert_eq!(text.len(), LOG_TAIL);
        assert!(text.ends_with("aend"));
    }
}
