//! Builds the kernel with the Rust tool chain that the set-up chose.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::setup::{self, KernelRust};
use crate::stamp::Stamp;
use crate::ui::{self, Step};

const TARGET: &str = "x86_64-unknown-none";
const PROFILE: &str = "kernel";

/// Where the kernel's ELF file is, once built.
pub fn path(project: &Project) -> PathBuf {
    project
        .target()
        .join(TARGET)
        .join(PROFILE)
        .join("clew-kernel")
}

/// Brings the kernel up to date and returns its ELF file (with symbols).
///
/// # Errors
///
/// Fails with the compiler's messages if the kernel does not build.
pub fn build(project: &Project) -> Result<PathBuf> {
    let kernel = path(project);
    let rust = setup::kernel_rust(project)?;
    let mut stamp = Stamp::new(project, "kernel")?;
    for input in ["kernel", "Cargo.toml", "Cargo.lock", ".cargo"] {
        stamp.path(&project.root().join(input))?;
    }
    stamp.text(format!("{rust:?}"));
    if stamp.is_fresh(&[&kernel]) {
        return Ok(kernel);
    }
    let _step = Step::start("Building the kernel");
    ui::run_logged(
        &mut command(project, rust, &["--package", "clew-kernel"]),
        &project.out().join("logs/kernel.log"),
    )
    .context("the kernel does not build")?;
    stamp.save()?;
    Ok(kernel)
}

/// Builds the hardware layer's self-test, which boots in the kernel's place, and returns its ELF file.
///
/// # Errors
///
/// Fails with the compiler's messages if it does not build.
pub fn self_test(project: &Project) -> Result<PathBuf> {
    let rust = setup::kernel_rust(project)?;
    let _step = Step::start("Building the hardware layer's self-test");
    ui::run_logged(
        &mut command(
            project,
            rust,
            &["--package", "clew-hal", "--example", "selftest"],
        ),
        &project.out().join("logs/selftest.log"),
    )
    .context("the self-test does not build")?;
    Ok(project
        .target()
        .join(TARGET)
        .join(PROFILE)
        .join("examples/selftest"))
}

/// The build of `what` with the kernel's tool chain and profile.
fn command(project: &Project, rust: KernelRust, what: &[&str]) -> Command {
    let mut command = match rust {
        KernelRust::Prebuilt => Command::new("cargo"),
        KernelRust::Debian => {
            let mut command = Command::new("/usr/bin/cargo");
            command
                .env("RUSTC", "/usr/bin/rustc")
                .env("RUSTC_BOOTSTRAP", "1")
                .env("CARGO_TARGET_X86_64_UNKNOWN_NONE_LINKER", "ld.lld-19");
            command
        }
    };
    command
        .current_dir(project.root())
        .env("CARGO_TARGET_DIR", project.target());
    command
        .arg("build")
        .args(what)
        .args(["--profile", PROFILE, "--target", TARGET]);
    if rust == KernelRust::Debian {
        command.args([
            "-Zbuild-std=core,alloc,compiler_builtins",
            "-Zbuild-std-features=compiler-builtins-mem",
        ]);
    }
    command
}
