//! One boot from start to end: passes the streams on, waits for what happens first and judges it.
//!
//! Executing a command, COM1 carries its standard input (framed) and output, COM4 its standard error
//! and COM3 what init has to say: `ready`, then `exit STATUS`. `docs/src/exec-protocol.md` has the details.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::EXIT_FAILED;
use crate::panic_report;
use crate::qemu::{Config, EXIT_PANIC, EXIT_POWER_OFF, Machine};
use crate::streams::{LogTail, follow_log, own, pump, send_input, send_keys};
use crate::terminal::RawMode;

/// The machine reset itself, or stopped without a word.
pub const EXIT_RESET: u8 = 122;
/// The kernel panicked.
pub const EXIT_KERNEL_PANIC: u8 = 123;
/// The guest did not finish in time.
pub const EXIT_TIMEOUT: u8 = 124;
/// The reader of our standard output went away, as for a program that SIGPIPE killed.
const EXIT_PIPE: u8 = 141;

/// What the threads around a machine tell the one that decides.
pub enum Event {
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
pub struct Session {
    /// The machine.
    pub config: Config,
    /// Where the kernel's log goes.
    pub log: Option<File>,
    /// How long it may take.
    pub timeout: Option<Duration>,
    /// The kernel's ELF file, for backtraces.
    pub symbols: PathBuf,
}

impl Session {
    /// Executes the command that the image holds.
    pub fn exec(self) -> Result<u8> {
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
    pub fn interact(self) -> Result<u8> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read_strictly() {
        assert!(matches!(parse_result(b"ready"), Event::Ready));
        assert!(matches!(parse_result(b"exit 255"), Event::Exit(255)));
        assert!(matches!(parse_result(b"exit 256"), Event::Said(_)));
        assert!(matches!(parse_result(b"exit"), Event::Said(_)));
    }
}
