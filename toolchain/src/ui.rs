//! What the user sees while something takes long: one line that says what is going on.
//!
//! Progress goes to standard error, and only when that is a terminal or progress is asked for by
//! [`verbose`]; `clew run -- CMD` promises that nothing but the guest's bytes is on its streams.

use std::fs;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

static PLAIN_LINES: AtomicBool = AtomicBool::new(true);

/// Suppresses the plain progress lines that are printed when standard error is not a terminal.
pub fn quiet() {
    PLAIN_LINES.store(false, Ordering::Relaxed);
}

/// Tells something on a line of its own, wherever steps are told.
pub fn notice(text: &str) {
    if std::io::stderr().is_terminal() || PLAIN_LINES.load(Ordering::Relaxed) {
        // A closed standard error must not stop the work.
        let _ = writeln!(std::io::stderr(), "clew: {text}");
    }
}

/// Tells how far a long step is, where no terminal shows it.
pub fn notice_without_terminal(text: &str) {
    if !std::io::stderr().is_terminal() && PLAIN_LINES.load(Ordering::Relaxed) {
        // A closed standard error must not stop the work.
        let _ = writeln!(std::io::stderr(), "clew: {text}");
    }
}

/// A long step in progress: a spinner on a terminal, one line elsewhere.
pub struct Step {
    bar: Option<ProgressBar>,
}

impl Step {
    /// Announces the step.
    pub fn start(message: &str) -> Self {
        if std::io::stderr().is_terminal() {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
                bar.set_style(style);
            }
            bar.set_message(message.to_owned());
            bar.enable_steady_tick(Duration::from_millis(120));
            Self { bar: Some(bar) }
        } else {
            if PLAIN_LINES.load(Ordering::Relaxed) {
                // A closed standard error must not stop the work.
                let _ = writeln!(std::io::stderr(), "clew: {message}");
            }
            Self { bar: None }
        }
    }

    /// Replaces the text of the step.
    pub fn message(&self, message: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(message.to_owned());
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Runs `command` with its output in the file `log`; when it fails, the error carries the last
/// lines of that output and names the file.
pub fn run_logged(command: &mut Command, log: &Path) -> Result<()> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder)?;
    }
    let file = fs::File::create(log).with_context(|| format!("cannot create {}", log.display()))?;
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    if !status.success() {
        let text = fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let tail = lines[lines.len().saturating_sub(30)..].join("\n");
        bail!(
            "{program} failed ({status}):\n{tail}\n(full output: {})",
            log.display()
        );
    }
    Ok(())
}
