//! Formatting, lints and the budget of unsafe lines.

use std::process::Command;

use anyhow::{Result, bail, ensure};

use super::{Outcome, Report, exports, named, say};
use crate::project::Project;
use crate::report;
use crate::ui::{self, Step};

/// The most lines of unsafe code that the hardware layer may have.
const HAL_BUDGET: usize = 1000;

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    cargo(project, report, "rustfmt", &["fmt", "--all", "--check"]);
    cargo(
        project,
        report,
        "clippy",
        &[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--",
            "-Dwarnings",
        ],
    );
    if report.wants("lint/unsafe lines") {
        for (part, count) in report::unsafe_counts(project)? {
            say(&format!(
                "         {part}: {} unsafe lines of {}\n",
                count.unsafe_lines, count.lines
            ));
        }
    }
    report.run("lint/unsafe lines", || {
        for (part, count) in report::unsafe_counts(project)? {
            match part {
                "kernel/hal" => ensure!(
                    count.unsafe_lines <= HAL_BUDGET,
                    "kernel/hal has {} unsafe lines; the budget is {HAL_BUDGET}",
                    count.unsafe_lines
                ),
                "kernel/src" => ensure!(count.unsafe_lines == 0, "kernel/src has unsafe lines"),
                _ => {}
            }
        }
        Ok(())
    });
    report.run("lint/generated docs", || {
        let stale = report::stale(project)?;
        if !stale.is_empty() {
            bail!("not up to date: {}; run 'make report'", stale.join(", "));
        }
        Ok(())
    });
    report.run("lint/tests that docs name", || named::check(project));
    report.run("lint/exports that tests name", || exports::check(project));
    Ok(())
}

/// One of cargo's own checks, skipped where the tool chain does not have it.
fn cargo(project: &Project, report: &mut Report, name: &str, arguments: &[&str]) {
    let test = format!("lint/{name}");
    if !report.wants(&test) {
        return;
    }
    let there = Command::new("cargo")
        .args([arguments[0], "--version"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !there {
        let why = format!("this Rust tool chain has no cargo {}", arguments[0]);
        report.add(&test, None, Outcome::Skipped(why));
        return;
    }
    let _step = Step::start(&format!("Checking with {name}"));
    let mut command = Command::new("cargo");
    command
        .args(arguments)
        .current_dir(project.root())
        .env("CARGO_TARGET_DIR", project.target());
    let log = project.out().join(format!("logs/{name}.log"));
    report.run(&test, || ui::run_logged(&mut command, &log));
}
