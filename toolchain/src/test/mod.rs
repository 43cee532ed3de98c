//! `clew test`: every test of the project, one line each, and a summary alone on the last line.
//!
//! | group | what |
//! |---|---|
//! | `lint` | rustfmt, clippy, the budget of unsafe lines |
//! | `unit` | `cargo test` of every package on this machine |
//! | `hal` | the hardware layer's self-test, in the kernel's place on the machine |
//! | `libc` | the programs of `libc-tests/`, three libraries × two systems |
//! | `abi` | tlibc's constants and layouts against glibc's, and its list of names |
//! | `size` | how large static programs with tlibc are |
//! | `std` | a program over Rust's std, with tlibc and with the machine's own C library |
//! | `app`, `wasm-app` | the tests of every recipe, in the guest |
//! | `binary` | static programs that Debian built, with Linux as the oracle |
//! | `wasm3` | the tests of `wasm-apps/` again, by an engine in C |
//! | `elf`, `wasm`, `run` | bad input: for the ELF loader, the `wasm` command and `clew run` |
//! | `wasm-engine` | each engine of the `wasm` command, in the guest |
//! | `wasm-hostile` | programs that try to do harm, and modules changed at random, in the guest |
//! | `wasm-spec` | scripts of the WebAssembly test suite, in the guest |
//! | `bench` | `wasm` costs no more than under Linux, for a few rows of the book's table |
//! | `iso` | the GRUB image boots |

use std::fs;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use signal_hook::consts::{FORBIDDEN, SIGPIPE};

use crate::bench_wasm;
use crate::project::Project;
use crate::setup::{self, Level};
use crate::test::guest::Hardware;

mod abi;
pub mod apps;
mod bad_wasm;
mod binaries;
mod clew_run;
mod elf;
mod exports;
pub mod guest;
mod hal;
mod iso;
mod libc;
mod lint;
mod named;
mod rust_std;
mod size;
mod unit;
mod wasm3;
mod wasm_engines;
mod wasm_hostile;
mod wasm_spec;

const AFTER_HELP: &str = "\
Exit status: 0 if all tests passed, 1 if any failed or none has such a name.

Examples:
  clew test
  clew test libc/stdio
  clew test app/lua wasm-app
  clew test --skip unit --skip lint
  clew test --cpus 4 libc/ app/
  clew test --list";

/// Run the tests, or those whose names contain one of the given texts
#[derive(Args, Clone, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct TestArgs {
    /// Only tests whose names contain one of these
    pub filter: Vec<String>,
    /// Not the tests whose names contain this (may be given several times)
    #[arg(long, value_name = "TEXT")]
    pub skip: Vec<String>,
    /// How many CPUs the guests have, 1 to 255; without it 1, and for the kernel's own tests 1, 2 and 4
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=255))]
    pub cpus: Option<u32>,
    /// Print the groups of tests and end
    #[arg(long)]
    pub list: bool,
}

/// What came of one test.
pub enum Outcome {
    /// As it should be.
    Passed,
    /// Not as it should be, and how.
    Failed(String),
    /// It can't run on this machine, and why.
    Skipped(String),
}

impl Outcome {
    /// Passed if `result` is Ok, else failed with its error.
    pub fn of(result: Result<()>) -> Self {
        match result {
            Ok(()) => Self::Passed,
            Err(error) => Self::Failed(format!("{error:#}")),
        }
    }
}

/// Prints results as they come and counts them.
pub struct Report {
    filter: Vec<String>,
    skip: Vec<String>,
    /// How many CPUs the guests have, where that was asked for.
    pub cpus: Option<u32>,
    passed: usize,
    failed: Vec<String>,
    skipped: usize,
}

impl Report {
    /// The machine that programs are tested on.
    pub fn hardware(&self) -> Hardware {
        Hardware::with_cpus(self.cpus.unwrap_or(1))
    }

    /// Whether the test `name` was asked for.
    pub fn wants(&self, name: &str) -> bool {
        (self.filter.is_empty() || self.filter.iter().any(|text| name.contains(text.as_str())))
            && !self.skip.iter().any(|text| name.contains(text.as_str()))
    }

    /// Whether a group, whose tests are not known yet, may hold one that was asked for.
    pub fn wants_group(&self, group: &str) -> bool {
        let prefix = format!("{group}/");
        (self.filter.is_empty()
            || self.filter.iter().any(|text| {
                prefix.contains(text.as_str()) || text.starts_with(&prefix) || !text.contains('/')
            }))
            && !self.skip.iter().any(|text| prefix.contains(text.as_str()))
    }

    /// Prints the line of one test.
    pub fn add(&mut self, name: &str, took: Option<Duration>, outcome: Outcome) {
        let took = took
            .map(|took| format!(" ({:.2} s)", took.as_secs_f64()))
            .unwrap_or_default();
        let line = match outcome {
            Outcome::Passed => {
                self.passed += 1;
                format!("ok       {name}{took}\n")
            }
            Outcome::Skipped(why) => {
                self.skipped += 1;
                format!("skipped  {name}: {why}\n")
            }
            Outcome::Failed(why) => {
                self.failed.push(name.to_owned());
                let why: Vec<String> = why
                    .lines()
                    .map(|line| format!("         | {line}\n"))
                    .collect();
                format!("FAILED   {name}{took}\n{}", why.concat())
            }
        };
        say(&line);
    }

    /// Runs one test if it was asked for.
    pub fn run(&mut self, name: &str, test: impl FnOnce() -> Result<()>) {
        if self.wants(name) {
            let start = Instant::now();
            let outcome = Outcome::of(test());
            self.add(name, Some(start.elapsed()), outcome);
        }
    }
}

/// Prints on standard output; a reader that went away ends the run.
pub fn say(text: &str) {
    let mut out = io::stdout().lock();
    if out
        .write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .is_err()
    {
        std::process::exit(141);
    }
}

type Group = fn(&Project, &mut Report) -> Result<()>;

/// A name, and what runs its tests.
const GROUPS: &[(&str, Group)] = &[
    ("lint", lint::run),
    ("unit", unit::run),
    ("hal", hal::run),
    ("libc", libc::run),
    ("abi", abi::run),
    ("size", size::run),
    ("std", rust_std::run),
    ("app", apps::run_native),
    ("binary", binaries::run),
    ("wasm-app", apps::run_wasm),
    ("wasm3", wasm3::run),
    ("elf", elf::run),
    ("wasm", bad_wasm::run),
    ("wasm-engine", wasm_engines::run),
    ("wasm-hostile", wasm_hostile::run),
    ("wasm-spec", wasm_spec::run),
    ("run", clew_run::run),
    ("bench", bench),
    ("iso", iso::run),
];

fn bench(project: &Project, report: &mut Report) -> Result<()> {
    report.run("bench/wasm", || bench_wasm::check(project));
    Ok(())
}

/// Runs the tests; 0 if none failed.
pub fn run(project: &Project, args: &TestArgs) -> Result<u8> {
    if args.list {
        for (name, _) in GROUPS {
            say(&format!("{name}\n"));
        }
        return Ok(0);
    }
    setup::ensure(project, Level::Test)?;
    hear_ignored_signals()?;
    let start = Instant::now();
    let mut report = Report {
        filter: args.filter.clone(),
        skip: args.skip.clone(),
        cpus: args.cpus,
        passed: 0,
        failed: Vec::new(),
        skipped: 0,
    };
    for (name, group) in GROUPS {
        if !report.wants_group(name) {
            continue;
        }
        // A group that can't even start is one failed test; the others still run.
        if let Err(error) = group(project, &mut report) {
            report.add(
                &format!("{name}/(start)"),
                None,
                Outcome::Failed(format!("{error:#}")),
            );
        }
    }
    let mut closing = String::new();
    if !report.failed.is_empty() {
        closing.push_str("\nFailed:\n");
        for name in &report.failed {
            closing.push_str(&format!("  {name}\n"));
        }
    }
    let seconds = start.elapsed().as_secs();
    closing.push_str(&format!("\n{seconds} s, {} skipped\n", report.skipped));
    closing.push_str(&format!(
        "{} passed, {} failed\n",
        report.passed,
        report.failed.len()
    ));
    say(&closing);
    if report.passed + report.failed.len() + report.skipped == 0 {
        bail!("no test has such a name; `clew test --list` prints the groups");
    }
    Ok(u8::from(!report.failed.is_empty()))
}

/// Gives each signal that we were started to ignore, as a job in the background or under `nohup` is, a handler that does
/// nothing. A program would inherit that a signal is ignored; as it is caught here, the program has the default action, as
/// in the guest.
fn hear_ignored_signals() -> Result<()> {
    let status = fs::read_to_string("/proc/self/status").context("cannot read our own state")?;
    let ignored = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|set| u64::from_str_radix(set.trim(), 16).ok())
        .context("/proc/self/status does not say which signals are ignored")?;
    for signal in 1..32 {
        // Rust's library ignores SIGPIPE, and gives it back its default action in the programs that it starts.
        let left_alone = signal == SIGPIPE || FORBIDDEN.contains(&signal);
        if ignored >> (signal - 1) & 1 != 0 && !left_alone {
            signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))
                .with_context(|| format!("cannot catch signal {signal}"))?;
        }
    }
    Ok(())
}

/// A readable account of how `got` differs from `wanted`: the first line that does.
pub fn difference(wanted: &[u8], got: &[u8]) -> String {
    let wanted: Vec<&[u8]> = wanted.split_inclusive(|byte| *byte == b'\n').collect();
    let got: Vec<&[u8]> = got.split_inclusive(|byte| *byte == b'\n').collect();
    let first = wanted.iter().zip(&got).position(|(one, two)| one != two);
    let first = first.unwrap_or(wanted.len().min(got.len()));
    let show = |lines: &[&[u8]]| {
        lines.get(first).map_or("(nothing)".to_owned(), |line| {
            line.escape_ascii().to_string()
        })
    };
    format!(
        "line {}: wanted {}\n        got    {}",
        first + 1,
        show(&wanted),
        show(&got)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_shown() {
        assert_eq!(
            difference(b"a\nb\n", b"a\nc\n"),
            "line 2: wanted b\\n\n        got    c\\n"
        );
        assert_eq!(
            difference(b"a\n", b"a\nb"),
            "line 2: wanted (nothing)\n        got    b"
        );
    }

    #[test]
    fn filters_choose_by_name() {
        let report = Report {
            filter: vec!["libc/stdio".to_owned()],
            skip: vec!["musl".to_owned()],
            cpus: None,
            passed: 0,
            failed: Vec::new(),
            skipped: 0,
        };
        assert!(report.wants("libc/stdio/printf (tlibc, linux)"));
        assert!(!report.wants("libc/stdio/printf (musl, linux)"));
        assert!(!report.wants("libc/string/strlen (tlibc, linux)"));
        assert!(report.wants_group("libc"));
        assert!(!report.wants_group("app"));
    }
}
