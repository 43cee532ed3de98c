//! The user's terminal: raw while the guest has it, and back as it was whatever happens.

use std::io::{self, IsTerminal};

use anyhow::{Context, Result};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};

/// Standard input in raw mode; dropping it restores the terminal.
pub struct RawMode {
    saved: Termios,
}

impl RawMode {
    /// Puts standard input into raw mode, or returns `None` if it is not a terminal.
    pub fn enter() -> Result<Option<Self>> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return Ok(None);
        }
        let saved = tcgetattr(&stdin).context("cannot read the terminal's settings")?;
        let mut raw = saved.clone();
        raw.make_raw();
        tcsetattr(&stdin, OptionalActions::Flush, &raw)
            .context("cannot put the terminal into raw mode")?;
        Ok(Some(Self { saved }))
    }
}

impl Drop for RawMode {
    fn drop(&mut self) {
        // Nothing can be done if the terminal has gone away.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.saved);
    }
}

/// Rows and columns of the terminal, if there is one that knows.
pub fn size() -> Option<(u16, u16)> {
    let size = tcgetwinsize(io::stdout()).ok()?;
    (size.ws_row > 0 && size.ws_col > 0).then_some((size.ws_row, size.ws_col))
}
