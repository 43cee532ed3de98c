//! The kernel's log: lines on the second serial port.
//!
//! `log=off|error|warn|info|debug|trace` on the command line sets the level.

use alloc::string::String;
use core::fmt::{self, Write as _};

use hal::serial::{self, Port};
use log::{LevelFilter, Log, Metadata, Record};

use crate::time;

struct SerialLog;

impl Log for SerialLog {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record) {
        if !self.enabled(record.metadata()) {
            return;
        }
        write_line(
            format_args!("{:5} {}", record.level(), record.target()),
            record.args(),
        );
    }

    fn flush(&self) {}
}

/// Writes a line to the log whatever its level: for what was asked for by name.
pub fn write_line(target: fmt::Arguments, text: &fmt::Arguments) {
    let now = time::monotonic() / 1000;
    let mut line = String::new();
    // Writing to a string fails only when memory does; then the line is lost.
    let _ = writeln!(
        line,
        "[{:5}.{:06}] {target}: {text}",
        now / 1_000_000,
        now % 1_000_000,
    );
    serial::write(Port::Log, line.as_bytes());
}

/// Starts logging at the level that the command line asks for.
pub fn init(command_line: &str) {
    let level = command_line
        .split_ascii_whitespace()
        .filter_map(|word| word.strip_prefix("log="))
        .next_back()
        .and_then(|level| level.parse().ok())
        .unwrap_or(LevelFilter::Info);
    // Only the first call can set it, and this is the only call.
    if log::set_logger(&SerialLog).is_ok() {
        log::set_max_level(level);
    }
}
