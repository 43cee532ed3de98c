//! What the programs that are tested inherit: signals that were ignored when `clew` started, as `nohup` and a shell's
//! background leave them, stay ignored over exec (execve(2)), and a program would be found wrong for it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result};
use signal_hook::consts::{FORBIDDEN, SIGPIPE};

/// Keeps ignoring what is ignored, but by handlers that do nothing: exec makes these the default action.
///
/// # Errors
///
/// Fails if /proc doesn't say what is ignored, or a handler can't be installed.
pub fn ignore_alone() -> Result<()> {
    let status =
        std::fs::read_to_string("/proc/self/status").context("cannot read /proc/self/status")?;
    for signal in ignored(&status).context("/proc/self/status has no line SigIgn")? {
        // Rust's library ignores SIGPIPE and gives children the default action by itself.
        if signal != SIGPIPE && !FORBIDDEN.contains(&signal) {
            signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))
                .with_context(|| format!("cannot handle signal {signal}"))?;
        }
    }
    Ok(())
}

/// The standard signals that a /proc/PID/status says are ignored (proc(5): SigIgn).
fn ignored(status: &str) -> Option<Vec<i32>> {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?
        .trim();
    let mask = u64::from_str_radix(mask, 16).ok()?;
    Some((1..32).filter(|n| mask & 1 << (n - 1) != 0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ignored_signals_are_read() {
        let status = "Name:\tcat\nSigBlk:\t0000000000000002\nSigIgn:\t0000000000001007\n";
        assert_eq!(ignored(status), Some(vec![1, 2, 3, 13]));
        assert_eq!(ignored("SigIgn:\tx\n"), None);
        assert_eq!(ignored("Name:\tcat\n"), None);
    }
}
