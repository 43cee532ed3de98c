//! Ends a program that takes longer than `--timeout`.
//!
//! A thread that sleeps and then ends the process. No engine needs to look at a clock for it, and it ends what
//! no engine could: a call of the host that waits for input, or a compilation.

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use crate::complain;
use crate::error::{Error, plain};

/// Ends the process some time after it was made, unless it is dropped before.
pub struct Watchdog {
    _alive: Sender<()>,
}

impl Watchdog {
    /// Lets the run of `file` take `limit`.
    ///
    /// # Errors
    ///
    /// [`Error::Module`] if there can be no thread for it.
    pub fn start(file: &Path, limit: Duration) -> Result<Self, Error> {
        let error = Error::limit(
            file,
            format!("out of time: the program needs more than --timeout {limit:?}"),
        );
        let (alive, end) = mpsc::channel();
        let watch = move || {
            if end.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                complain(&error.to_string());
                std::process::exit(error.exit_code());
            }
        };
        match thread::Builder::new().spawn(watch) {
            Ok(_) => Ok(Self { _alive: alive }),
            Err(error) => Err(Error::module(
                file,
                format!("can't watch the time: {}", plain(&error)),
            )),
        }
    }
}
