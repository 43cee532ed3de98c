//! Miri, the interpreter that knows the rules of Rust's unsafe code: the host tests of the hardware layer's mock,
//! the kernel above it, and the parts of tlibc that neither ask the system nor contain assembly.
//!
//! It interprets each step, so the tests have fewer rounds there (`cfg(miri)`), and what runs under `loom` is left
//! out. It comes with nightly Rust only, which rustup gets on the first run; nothing else here needs that.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::ConformanceArgs;
use crate::project::Project;
use crate::setup;
use crate::test::say;
use crate::ui::{self, Step};

/// A package, and which of its tests: those whose names contain one of the words, or all. Left out is what takes
/// minutes there, and what calls the host's C library or assembly.
const PARTS: [(&str, &[&str]); 3] = [
    ("clew-hal", &[]),
    ("clew-kernel", &[]),
    (
        "tlibc",
        &[
            "unistd::exec",
            "libintl",
            "mntent",
            "ndbm",
            "wordexp::arithmetic",
        ],
    ),
];

/// What the tests need: the clock and files of the host, and blocks that stay for ever, as the machine's do.
const FLAGS: &str = "-Zmiri-disable-isolation -Zmiri-ignore-leaks";

/// Cases of each property: a few seconds.
const CASES: &str = "3";

pub fn run(project: &Project, args: &ConformanceArgs) -> Result<usize> {
    install(project)?;
    let mut wrong = 0;
    for (package, words) in PARTS {
        let step = Step::start(&format!("Interpreting the tests of {package}"));
        let mut cargo = Command::new("cargo");
        cargo
            .args(["+nightly", "miri", "test", "--quiet", "--no-fail-fast"])
            .args(["--lib", "--package", package])
            // Apart: this cargo would keep others from building meanwhile.
            .arg("--target-dir")
            .arg(project.target().join("miri"))
            .arg("--")
            .args(match &args.only {
                Some(only) => vec![only.as_str()],
                None => words.to_vec(),
            })
            .current_dir(project.root())
            .env("CARGO_TERM_COLOR", "never")
            .env("MIRIFLAGS", FLAGS)
            .env("PROPTEST_CASES", CASES);
        let log = project.out().join(format!("logs/miri-{package}.log"));
        let result = ui::run_logged(&mut cargo, &log);
        drop(step);
        match result {
            Ok(()) => say(&format!("ok       {package}\n")),
            Err(error) => {
                say(&format!("FAILED   {package}\n{error:#}\n"));
                wrong += 1;
            }
        }
    }
    Ok(wrong)
}

/// Gets nightly Rust with Miri, unless it is there.
fn install(project: &Project) -> Result<()> {
    let there = || {
        Command::new("cargo")
            .args(["+nightly", "miri", "--version"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    if there() {
        return Ok(());
    }
    if setup::find_command("rustup").is_none() {
        bail!("Miri comes with nightly Rust, which rustup installs; there is no rustup here");
    }
    let step = Step::start("Getting nightly Rust with Miri");
    let mut rustup = Command::new("rustup");
    rustup.args([
        "toolchain",
        "install",
        "nightly",
        "--profile",
        "minimal",
        "-c",
        "miri",
        "-c",
        "rust-src",
    ]);
    let log = project.out().join("logs/nightly.log");
    ui::run_logged(&mut rustup, &log).context("rustup cannot install nightly Rust with Miri")?;
    drop(step);
    if !there() {
        bail!("this nightly Rust has no Miri; 'rustup update nightly' gets a newer one");
    }
    Ok(())
}
