//! Terminals: the console, pseudo-terminals, and what makes a line of bytes one.
//!
//! [`line_discipline`] turns bytes into lines, echo and signals, without any
//! input or output of its own; [`terminal`] joins it with a port, job control
//! and the ioctls of ioctl_tty(2); [`pty`] is the other end of a pseudo-terminal.

pub mod line_discipline;
pub mod pty;
mod speed;
mod terminal;

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use hal::sync::Once;

pub use terminal::Terminal;

use crate::process::Process;

static CONSOLE: Once<Arc<Terminal>> = Once::new();

/// The console.
pub fn console() -> Arc<Terminal> {
    CONSOLE.call_once(|| Arc::new(Terminal::console())).clone()
}

/// Prepares the console. `terminal=ROWSxCOLUMNS` on the command line tells its
/// size.
pub fn init(command_line: &str) {
    let size = command_line
        .split_ascii_whitespace()
        .filter_map(|word| word.strip_prefix("terminal="))
        .filter_map(|size| size.split_once('x'))
        .filter_map(|(rows, columns)| Some((rows.parse().ok()?, columns.parse().ok()?)))
        .next_back();
    if let Some((rows, columns)) = size {
        console().set_size(rows, columns);
    }
}

/// The controlling terminal of a process's session.
pub fn controlling(process: &Process) -> Option<Arc<Terminal>> {
    if process.left_terminal.load(Ordering::Relaxed) {
        return None;
    }
    let session = process.session();
    let console = console();
    if console.session() == Some(session) {
        return Some(console);
    }
    pty::of_session(session)
}

/// A process exits: when it leads the session of a terminal, the foreground
/// group is hung up and the terminal is free (POSIX, 11.1.3).
pub fn session_member_exited(process: &Arc<Process>) {
    if process.session() == process.pid
        && let Some(terminal) = controlling(process)
    {
        terminal.hang_up();
    }
}
