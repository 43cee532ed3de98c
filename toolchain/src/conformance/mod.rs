//! `clew conformance`: suites that others wrote, and a long one of our own, run here against what they say of a
//! system that is known to be good.
//!
//! A suite is one row of [`SUITES`] and one file beside this one. It fetches and builds what it needs, and
//! says of each of its tests whether it did as it should. Where that differs from the reference, the
//! difference and its reason stand in a list in the repository ([`differences`]), which every run
//! checks: a difference that is not listed fails, and so does a line that no longer tells the truth.

use anyhow::{Result, bail};
use clap::Args;

use crate::project::Project;
use crate::setup::{self, Level};
use crate::test::say;

mod differences;
mod miri;
mod posix;
mod programs;
pub mod spec;
mod wasi;

/// Run suites that others wrote; without a name, all of them
#[derive(Args, Clone, Debug)]
#[command(after_help = "\
Exit status: 0 if every difference from the reference is listed with its reason, else 1.

Examples:
  clew conformance
  clew conformance posix
  clew conformance posix --only timer_
  clew conformance programs --only gawk
  clew conformance spec --only wasmi")]
pub struct ConformanceArgs {
    /// The suites
    pub suite: Vec<String>,
    /// Only tests whose names contain this; of programs, those so named (as PROGRAM/TEXT: only tests that contain TEXT)
    #[arg(long, value_name = "TEXT")]
    pub only: Option<String>,
    /// CPUs of the guest, where a suite can use them
    #[arg(long, value_name = "NUMBER", default_value_t = 2)]
    pub cpus: u32,
}

/// Runs a suite; the number of differences that are not listed and of lines that are not true.
type Suite = fn(&Project, &ConformanceArgs) -> Result<usize>;

const SUITES: &[(&str, Suite)] = &[
    ("miri", miri::run),
    ("posix", posix::run),
    ("programs", programs::run),
    ("spec", spec::run),
    ("wasi", wasi::run),
];

/// Runs the suites that were asked for; 0 if all went well.
///
/// # Errors
///
/// Fails for an unknown name, and if a suite cannot be fetched, built or started.
pub fn run(project: &Project, args: &ConformanceArgs) -> Result<u8> {
    for name in &args.suite {
        if !SUITES.iter().any(|(known, _)| known == name) {
            let known: Vec<&str> = SUITES.iter().map(|(name, _)| *name).collect();
            bail!(
                "no suite is called '{name}'; there are: {}",
                known.join(", ")
            );
        }
    }
    setup::ensure(project, Level::Test)?;
    let mut wrong = 0;
    for (name, suite) in SUITES {
        if args.suite.is_empty() || args.suite.iter().any(|wanted| wanted == name) {
            say(&format!("== {name}\n"));
            wrong += suite(project, args)?;
        }
    }
    Ok(u8::from(wrong != 0))
}
