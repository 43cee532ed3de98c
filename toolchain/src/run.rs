//! `clew run`: boots the image, with a person at its terminal or to execute one command.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::cpio::Archive;
use crate::image;
use crate::project::Project;
use crate::qemu::{self, Accel, Boot, Config, TempDir};
use crate::session::Session;
use crate::setup::{self, Level};
use crate::streams;
use crate::terminal;
use crate::ui;

const AFTER_HELP: &str = "\
Without a command, the terminal is the guest's; Ctrl-A X ends the machine, Ctrl-A A sends Ctrl-A.
With a command, its standard streams are the host's, byte for byte, and its exit status is clew's.

Exit status:
  STATUS of the command; 128+N if signal N killed it; 127 if there is no such program in the guest
  2    wrong usage of clew
  121  clew could not start the machine (QEMU missing, something does not build, a file is unreadable)
  122  the machine reset itself (a triple fault) or stopped without a report
  123  the kernel panicked; its message and backtrace are on standard error
  124  the guest did not finish within --timeout
  128+N  clew itself was ended by signal N (130 for Ctrl-C)
Messages of clew itself start with 'clew: '.

Examples:
  clew run
  clew run -- hello one two
  echo 'print(6 * 7)' | clew run -- lua -
  clew run --extra ./my_files --timeout 60 -- wasm /extra_files/app.wasm
  clew run --strace=lua -- lua -e 'print(1)'
  clew run --gdb";

/// Boot the image, interactively or to execute one command
#[derive(Args, Clone, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct RunArgs {
    /// Put the files of a folder under /extra_files (may be given several times)
    #[arg(long, value_name = "DIR")]
    pub extra: Vec<PathBuf>,
    /// RAM in MiB
    #[arg(long, value_name = "MIB", default_value_t = 256, value_parser = clap::value_parser!(u32).range(16..=1_048_576))]
    pub memory: u32,
    /// Number of CPUs
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=255))]
    pub smp: u32,
    /// Which CPU, as QEMU calls it; 'max,avx2=off' lacks one feature
    #[arg(long, value_name = "CPU", default_value = qemu::BEST_CPU)]
    pub cpu: String,
    /// How instructions are run; auto takes KVM only where the CPU and /dev/kvm can do it
    #[arg(long, value_enum, default_value_t = Accel::Auto)]
    pub accel: Accel,
    /// End the machine after this many seconds
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    pub timeout: Option<Duration>,
    /// Wait for gdb on a TCP port of this host before the first instruction
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "1234")]
    pub gdb: Option<u16>,
    /// Write the kernel's log to a file
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// What the kernel logs: off, error, warn, info, debug, trace
    #[arg(long, value_name = "LEVEL", value_parser = ["off", "error", "warn", "info", "debug", "trace"])]
    pub log_level: Option<String>,
    /// Write system calls to the kernel's log: those of all programs, or of programs with these names
    /// and their children. Without --log, the log goes to standard error
    #[arg(long, value_name = "NAME,...", num_args = 0..=1, default_missing_value = "", require_equals = true)]
    pub strace: Option<String>,
    /// Let instructions be the clock, so that two runs are identical
    #[arg(long)]
    pub deterministic: bool,
    /// Boot another kernel
    #[arg(long, value_name = "FILE")]
    pub kernel: Option<PathBuf>,
    /// Boot with another initramfs
    #[arg(long, value_name = "FILE")]
    pub initramfs: Option<PathBuf>,
    /// Add to the kernel's command line
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub append: Option<String>,
    /// The command to execute, with its arguments
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|limit| !limit.is_zero())
        .ok_or_else(|| "not a positive number of seconds".to_owned())
}

/// Boots as `args` say; returns the status to exit with.
pub fn run(project: &Project, args: &RunArgs) -> Result<u8> {
    let exec = !args.command.is_empty();
    if exec {
        ui::quiet();
    }
    check_readable(args)?;
    let (kernel, initramfs) = match (&args.kernel, &args.initramfs) {
        (Some(kernel), Some(initramfs)) => {
            setup::ensure(project, Level::Qemu)?;
            (kernel.clone(), initramfs.clone())
        }
        (kernel, initramfs) => {
            let image = image::build(project)?;
            (
                kernel.clone().unwrap_or(image.kernel),
                initramfs.clone().unwrap_or(image.initramfs),
            )
        }
    };

    let scratch = TempDir::new()?;
    let initramfs = with_overlay(&initramfs, &overlay(args)?, scratch.path(), "initramfs")?;
    let level =
        args.log_level
            .as_deref()
            .unwrap_or(if args.log.is_some() { "info" } else { "warn" });
    let mut command_line = format!("log={level}");
    if exec {
        command_line.push_str(" mode=exec");
    }
    match args.strace.as_deref() {
        None => {}
        Some("") => command_line.push_str(" strace"),
        Some(names) if names.contains(char::is_whitespace) => {
            bail!("--strace={names}: program names are separated by commas")
        }
        Some(names) => {
            command_line.push_str(" strace=");
            command_line.push_str(names);
        }
    }
    if let Some(more) = &args.append {
        command_line.push(' ');
        command_line.push_str(more);
    }
    let config = Config {
        boot: Boot::Kernel {
            kernel: kernel.clone(),
            initramfs,
            command_line,
        },
        memory: args.memory,
        cpus: args.smp,
        cpu: args.cpu.clone(),
        accel: args.accel,
        deterministic: args.deterministic,
        gdb: args.gdb,
    };
    let log = args
        .log
        .as_ref()
        .map(|path| File::create(path).with_context(|| format!("cannot create {}", path.display())))
        .transpose()?;
    let log = match (log, &args.strace) {
        (None, Some(_)) => Some(streams::own(std::io::stderr())?),
        (log, _) => log,
    };
    if let Some(port) = args.gdb {
        eprintln!(
            "clew: the machine waits for gdb: gdb {} -ex 'target remote 127.0.0.1:{port}'",
            kernel.display()
        );
    }
    let session = Session {
        config,
        log,
        timeout: args.timeout,
        symbols: kernel,
    };
    if exec {
        session.exec()
    } else {
        session.interact()
    }
}

fn check_readable(args: &RunArgs) -> Result<()> {
    for file in args.kernel.iter().chain(&args.initramfs) {
        let opened = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
        if !opened.metadata()?.is_file() {
            bail!("{} is not a file", file.display());
        }
    }
    for dir in &args.extra {
        fs::read_dir(dir).with_context(|| format!("--extra {}", dir.display()))?;
    }
    Ok(())
}

/// What this run adds to the image.
fn overlay(args: &RunArgs) -> Result<Archive> {
    let mut archive = Archive::new();
    for dir in &args.extra {
        archive
            .tree(Path::new("extra_files"), dir)
            .context("--extra")?;
    }
    if args.command.is_empty() {
        let (rows, columns) = terminal::size().unwrap_or((24, 80));
        let kind = std::env::var("TERM").unwrap_or_default();
        let plain = kind
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte));
        let kind = if kind.is_empty() || !plain {
            "vt100"
        } else {
            &kind
        };
        archive.bytes(
            "etc/clew/terminal",
            0o644,
            format!("{rows} {columns} {kind}\n"),
        )?;
    } else {
        let mut strings = Vec::new();
        for word in &args.command {
            strings.extend_from_slice(word.as_bytes());
            strings.push(0);
        }
        archive.bytes("etc/clew/exec", 0o644, strings)?;
    }
    Ok(archive)
}

/// Makes one initramfs file of `main` and `overlay`, `name` in `folder`.
pub fn with_overlay(main: &Path, overlay: &Archive, folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    fs::copy(main, &path).with_context(|| format!("cannot copy {}", main.display()))?;
    let mut file = fs::OpenOptions::new().append(true).open(&path)?;
    let length = file.metadata()?.len();
    let padding = length.next_multiple_of(512) - length;
    let mut bytes = vec![0; usize::try_from(padding)?];
    overlay.write(&mut bytes)?;
    file.write_all(&bytes)
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_limits_are_positive_numbers() {
        assert_eq!(parse_seconds("0.5"), Ok(Duration::from_millis(500)));
        for wrong in ["", "0", "-1", "nan", "inf", "x"] {
            assert!(parse_seconds(wrong).is_err(), "{wrong}");
        }
    }
}
