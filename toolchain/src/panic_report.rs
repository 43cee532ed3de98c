//! Finds a kernel panic in the kernel's log and turns its addresses into names and source lines.
//!
//! The kernel writes `KERNEL PANIC cpu=0: MESSAGE`, lines `  bt 0xADDRESS` and `KERNEL PANIC END`.

use std::fmt::Write;
use std::path::Path;

use addr2line::Loader;

/// The panic in `log`, with a backtrace symbolised from the kernel's ELF file; `None` without a panic.
pub fn describe(log: &str, kernel: &Path) -> Option<String> {
    let start = log.find("KERNEL PANIC cpu=")?;
    let mut report = String::new();
    let loader = Loader::new(kernel).ok();
    let mut frames = 0;
    for line in log[start..].lines() {
        if line.contains("KERNEL PANIC END") {
            break;
        }
        match line.trim().strip_prefix("bt ").and_then(parse_address) {
            Some(address) => {
                // All addresses but the first are those of the instruction after a call.
                let lookup = if frames == 0 {
                    address
                } else {
                    address.wrapping_sub(1)
                };
                let place = loader.as_ref().map(|loader| symbolise(loader, lookup));
                let place = place.unwrap_or_else(|| String::from("(no symbols)"));
                let _ = writeln!(report, "{frames:4}: {address:#018x} {place}");
                frames += 1;
            }
            None => {
                if line.starts_with("cpu=") {
                    // Another processor's trace begins.
                    frames = 0;
                }
                let _ = writeln!(report, "{}", line.trim_end());
            }
        }
    }
    Some(report.trim_end().to_owned())
}

fn parse_address(text: &str) -> Option<u64> {
    u64::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok()
}

/// Function and source line of an address, innermost inlined function first.
fn symbolise(loader: &Loader, address: u64) -> String {
    let mut text = String::new();
    if let Ok(mut frames) = loader.find_frames(address) {
        while let Ok(Some(frame)) = frames.next() {
            if !text.is_empty() {
                text.push_str("\n        inlined into ");
            }
            match frame
                .function
                .as_ref()
                .and_then(|function| function.demangle().ok().map(std::borrow::Cow::into_owned))
            {
                Some(name) => text.push_str(&name),
                None => text.push_str("(unknown function)"),
            }
            if let Some(location) = frame.location
                && let (Some(file), Some(line)) = (location.file, location.line)
            {
                let _ = write!(text, " at {file}:{line}");
            }
        }
    }
    if text.is_empty() {
        text = loader
            .find_symbol(address)
            .unwrap_or("(unknown)")
            .to_owned();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_message_and_addresses_without_symbols() {
        let log = "[    0.1] INFO x: y\nKERNEL PANIC cpu=0: index out of bounds at a.rs:3\n  \
                   bt 0xffffffff80001000\n  bt 0xffffffff80002000\nKERNEL PANIC END\nmore\n";
        let report = describe(log, Path::new("/nonexistent")).unwrap();
        assert_eq!(
            report,
            "KERNEL PANIC cpu=0: index out of bounds at a.rs:3\n   \
             0: 0xffffffff80001000 (no symbols)\n   1: 0xffffffff80002000 (no symbols)"
        );
    }

    #[test]
    fn each_processor_counts_its_own_frames() {
        let log = "KERNEL PANIC cpu=1: x at a.rs:3\n  bt 0xffffffff80001000\ncpu=0:\n  \
                   bt 0xffffffff80002000\ncpu=2 in user mode\nKERNEL PANIC END\n";
        let report = describe(log, Path::new("/nonexistent")).unwrap();
        assert_eq!(
            report,
            "KERNEL PANIC cpu=1: x at a.rs:3\n   0: 0xffffffff80001000 (no symbols)\ncpu=0:\n   \
             0: 0xffffffff80002000 (no symbols)\ncpu=2 in user mode"
        );
    }

    #[test]
    fn no_panic_no_report() {
        assert!(describe("all is well\n", Path::new("/nonexistent")).is_none());
    }
}
