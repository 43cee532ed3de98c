//! What `-v` tells, and the sign of life during a long compilation.

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::complain;

/// How long a compilation may take before it is mentioned, and how often that is renewed.
const PATIENCE: Duration = Duration::from_secs(1);

/// Notes on what is done and how long it takes, if the user wants them.
#[derive(Clone, Copy, Debug)]
pub struct Trace {
    wanted: bool,
}

impl Trace {
    /// Tells everything or nothing.
    pub fn new(wanted: bool) -> Self {
        Self { wanted }
    }

    /// Mentions something.
    pub fn note(&self, what: impl Display) {
        if self.wanted {
            complain(&format!("[{what}]"));
        }
    }

    /// Does `work` and mentions how long it took.
    pub fn timed<T>(&self, what: impl Display, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        let took = start.elapsed();
        self.note(format_args!("{what}: {:.2} ms", took.as_secs_f64() * 1e3));
        result
    }
}

/// A line on the terminal that says what takes so long; gone when this is dropped.
pub struct Progress {
    thread: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts to wait. Nothing happens if standard error is not a terminal.
    pub fn compiling(file: &Path) -> Self {
        if !io::stderr().is_terminal() {
            return Self { thread: None };
        }
        let name = file.display().to_string();
        let (sender, end) = mpsc::channel();
        let thread = thread::Builder::new().spawn(move || {
            let start = Instant::now();
            let mut shown = false;
            // Nothing but decoration: a terminal that can't be written to is no reason to stop.
            while end.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let seconds = start.elapsed().as_secs();
                let _ = write!(io::stderr(), "\rwasm: compiling {name}, {seconds} s");
                shown = true;
            }
            if shown {
                let _ = write!(io::stderr(), "\r\x1b[K");
            }
        });
        Self {
            thread: thread.ok().map(|thread| (sender, thread)),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.thread.take() {
            drop(sender);
            let _ = thread.join();
        }
    }
}
