//! Rust's std over tlibc: `libc-tests/rust-std`, built with cargo and with tlibc-cargo, must print the same.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::{Report, difference};
use crate::project::Project;
use crate::sysroot;
use crate::ui::{self, Step};

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    if !report.wants("std/tlibc on Linux") {
        return Ok(());
    }
    let step = Step::start("Building a std program over two C libraries");
    sysroot::build(project)?;
    let out = project.out().join("rust-std");
    build(project, Command::new("cargo"), &out.join("host"))?;
    build(
        project,
        Command::new(project.tool("tlibc-cargo")),
        &out.join("tlibc"),
    )?;
    drop(step);
    report.run("std/tlibc on Linux", || {
        let wanted = output(&out.join("host/release/rust-std"))?;
        let got = output(
            &out.join("tlibc")
                .join(sysroot::TARGET)
                .join("release/rust-std"),
        )?;
        ensure!(wanted == got, "{}", difference(&wanted, &got));
        Ok(())
    });
    Ok(())
}

/// Builds the program into a target directory of its own.
fn build(project: &Project, mut cargo: Command, target: &Path) -> Result<()> {
    cargo
        .args(["build", "--release", "--manifest-path"])
        .arg(project.root().join("libc-tests/rust-std/Cargo.toml"))
        .env("CARGO_TARGET_DIR", target)
        .env("CLEW_SYSROOT", project.sysroot());
    ui::run_logged(&mut cargo, &project.out().join("logs/rust-std.log"))
}

/// What the program prints, which must end well.
fn output(program: &Path) -> Result<Vec<u8>> {
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    if let Some(mut input) = child.stdin.take() {
        input.write_all(b"first line\nsecond line\n")?;
    }
    let output = child.wait_with_output()?;
    ensure!(
        output.status.success(),
        "{}: {}\n{}",
        program.display(),
        output.status,
        String::from_utf8_lossy(&output.stdout)
    );
    Ok(output.stdout)
}
