//! Terminals: the console, and what makes a serial line one.
//!
//! [`line_discipline`] turns bytes into lines, echo and signals, without any
//! input or output of its own; [`terminal`] joins it with a port, job control
//! and the ioctls of ioctl_tty(2).

pub mod line_discipline;
mod terminal;

use alloc::sync::Arc;

use hal::sync::Once;

pub use terminal::Terminal;

use crate::process::Process;

static CONSOLE: Once<Arc<Terminal>> = Once::new();

/// The console.
pub fn console() -> Arc<Terminal> {
    CONSOLE.call_once(|| Arc::new(Terminal::new())).clone()
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
    let console = console();
    (console.session() == Some(process.session())).then_some(console)
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
