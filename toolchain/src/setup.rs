//! Brings a fresh machine to where everything builds and runs.
//!
//! The check only looks for files, so it costs nothing when all is there. What is missing comes from
//! Debian's packages, in one transaction that is simulated first: either all of it can be installed
//! or nothing is touched. The kernel's Rust tool chain is chosen here and recorded for every build.

use std::env;
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::ui::{self, Step};

/// What a command needs; each level includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// QEMU alone: kernel and image are given.
    Qemu,
    /// Building the image and running it.
    Run,
    /// The tests: musl, glibc's static library, and the GRUB image.
    Test,
}

/// How to see whether something is installed.
enum Probe {
    Command(&'static str),
    File(&'static str),
}

struct Need {
    level: Level,
    what: &'static str,
    probe: Probe,
    package: &'static str,
}

const fn need(level: Level, what: &'static str, probe: Probe, package: &'static str) -> Need {
    Need {
        level,
        what,
        probe,
        package,
    }
}

const NEEDS: &[Need] = &[
    need(
        Level::Qemu,
        "QEMU",
        Probe::Command("qemu-system-x86_64"),
        "qemu-system-x86",
    ),
    need(
        Level::Run,
        "the C compiler gcc",
        Probe::Command("gcc"),
        "gcc",
    ),
    need(
        Level::Run,
        "binutils",
        Probe::Command("objcopy"),
        "binutils",
    ),
    need(Level::Run, "make", Probe::Command("make"), "make"),
    need(
        Level::Run,
        "the kernel's C headers",
        Probe::File("/usr/include/linux/limits.h"),
        "linux-libc-dev",
    ),
    need(
        Level::Run,
        "glibc's headers",
        Probe::File("/usr/include/stdio.h"),
        "libc6-dev",
    ),
    need(Level::Run, "xz", Probe::Command("xz"), "xz-utils"),
    need(
        Level::Run,
        "dpkg-source",
        Probe::Command("dpkg-source"),
        "dpkg-dev",
    ),
    need(
        Level::Run,
        "clang 19",
        Probe::Command("clang-19"),
        "clang-19",
    ),
    need(
        Level::Run,
        "the linker lld 19",
        Probe::Command("wasm-ld-19"),
        "lld-19",
    ),
    need(
        Level::Run,
        "the C library for WASI",
        Probe::File("/usr/lib/wasm32-wasi/libc.a"),
        "wasi-libc",
    ),
    need(
        Level::Run,
        "clang's run-time library for WASI",
        Probe::File("/usr/lib/llvm-19/lib/clang/19/lib/wasi/libclang_rt.builtins-wasm32.a"),
        "libclang-rt-19-dev-wasm32",
    ),
    need(
        Level::Test,
        "musl",
        Probe::Command("musl-gcc"),
        "musl-tools",
    ),
    need(
        Level::Test,
        "the C++ compiler g++",
        Probe::Command("g++"),
        "g++",
    ),
    need(
        Level::Test,
        "grub-mkrescue",
        Probe::Command("grub-mkrescue"),
        "grub-common",
    ),
    need(
        Level::Test,
        "GRUB for BIOS",
        Probe::File("/usr/lib/grub/i386-pc/modinfo.sh"),
        "grub-pc-bin",
    ),
    need(Level::Test, "xorriso", Probe::Command("xorriso"), "xorriso"),
    need(Level::Test, "mtools", Probe::Command("mformat"), "mtools"),
    need(Level::Test, "pip", Probe::Command("pip3"), "python3-pip"),
];

/// Which Rust tool chain builds the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KernelRust {
    /// The `cargo` on the path has a prebuilt `core` for `x86_64-unknown-none`.
    Prebuilt,
    /// Debian's `rustc-web`, which builds `core` from `rust-web-src`.
    Debian,
}

const KERNEL_TARGET: &str = "x86_64-unknown-none";
const WASM_TARGET: &str = "wasm32-wasip1";
const MINIMUM_RUST: (u32, u32) = (1, 95);
const DEBIAN_RUST: [&str; 3] = ["cargo-web", "rust-web-src", "rustc-web"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Makes sure that all that `level` asks for is there, installing what is not.
///
/// # Errors
///
/// Fails with one message that names what is missing and how to get it.
pub fn ensure(project: &Project, level: Level) -> Result<()> {
    let missing: Vec<&Need> = NEEDS
        .iter()
        .filter(|need| need.level <= level && !is_there(&need.probe))
        .collect();
    if !missing.is_empty() {
        install(project, &missing)?;
    }
    if level > Level::Qemu {
        kernel_rust(project)?;
    }
    Ok(())
}

/// The tool chain that builds the kernel: the recorded choice if it still stands, else a new one.
///
/// # Errors
///
/// Fails if no way leads to a Rust tool chain that can build for the kernel's target.
pub fn kernel_rust(project: &Project) -> Result<KernelRust> {
    let record = project.out().join("kernel-rust");
    match fs::read_to_string(&record).as_deref().map(str::trim) {
        Ok("prebuilt") if recorded_prebuilt_stands(project) => return Ok(KernelRust::Prebuilt),
        Ok("debian") if debian_rust_is_there() => return Ok(KernelRust::Debian),
        _ => {}
    }
    let (choice, name) = choose_kernel_rust(project)?;
    fs::create_dir_all(project.out())?;
    fs::write(&record, name).with_context(|| format!("cannot write {}", record.display()))?;
    Ok(choice)
}

/// Where `rustc` keeps its prebuilt libraries for the kernel; recorded so that checking it again
/// needs no start of `rustc`.
fn prebuilt_record(project: &Project) -> PathBuf {
    project.out().join("kernel-rust-libdir")
}

fn recorded_prebuilt_stands(project: &Project) -> bool {
    fs::read_to_string(prebuilt_record(project)).is_ok_and(|dir| Path::new(dir.trim()).is_dir())
}

fn choose_kernel_rust(project: &Project) -> Result<(KernelRust, &'static str)> {
    let forced = env::var("CLEW_KERNEL_RUST").unwrap_or_default();
    if !matches!(forced.as_str(), "" | "prebuilt" | "debian") {
        bail!("CLEW_KERNEL_RUST is '{forced}': it may be 'prebuilt' or 'debian'");
    }
    let mut reason = String::new();
    if forced != "debian" {
        match prebuilt_rust(project) {
            Ok(()) => return Ok((KernelRust::Prebuilt, "prebuilt\n")),
            Err(error) => reason = format!("{error:#}"),
        }
    }
    if forced != "prebuilt" {
        if debian_rust_is_there() {
            return Ok((KernelRust::Debian, "debian\n"));
        }
        let needs: Vec<Need> = DEBIAN_RUST
            .iter()
            .map(|package| {
                need(
                    Level::Run,
                    "Debian's Rust",
                    Probe::File(DEBIAN_RUSTC),
                    package,
                )
            })
            .collect();
        match install(project, &needs.iter().collect::<Vec<_>>()) {
            Ok(()) if debian_rust_is_there() => return Ok((KernelRust::Debian, "debian\n")),
            Ok(()) => reason.push_str("; Debian's rustc-web is older than Rust 1.95"),
            Err(error) => reason = format!("{reason}; {error:#}"),
        }
    }
    bail!(
        "no Rust tool chain for the kernel: {reason}. Install Rust 1.95 or newer with rustup and run \
         'rustup target add {KERNEL_TARGET} {WASM_TARGET}', or on Debian 12 'apt-get install {}'",
        DEBIAN_RUST.join(" ")
    )
}

/// Checks that the `rustc` on the path is new enough and has the kernel's target, adding it if rustup can.
fn prebuilt_rust(project: &Project) -> Result<()> {
    let version = output(Command::new("rustc").arg("--version"))?;
    let Some(number) = parse_version(&version) else {
        bail!("cannot understand rustc's version '{}'", version.trim());
    };
    if number < MINIMUM_RUST {
        bail!(
            "{} is older than 1.95 ('rustup update' brings a newer one)",
            version.trim()
        );
    }
    if let Some(dir) = target_libdir(KERNEL_TARGET) {
        if target_libdir(WASM_TARGET).is_none() && is_there(&Probe::Command("rustup")) {
            add_targets(project)?;
        }
        return record_libdir(project, &dir);
    }
    if !is_there(&Probe::Command("rustup")) {
        bail!("rustc has no {KERNEL_TARGET} and there is no rustup to add it");
    }
    add_targets(project)?;
    match target_libdir(KERNEL_TARGET) {
        Some(dir) => record_libdir(project, &dir),
        None => bail!("rustup added {KERNEL_TARGET}, but rustc does not see it"),
    }
}

fn add_targets(project: &Project) -> Result<()> {
    let _step = Step::start("Adding Rust's targets for the kernel and WebAssembly");
    ui::run_logged(
        Command::new("rustup").args(["target", "add", KERNEL_TARGET, WASM_TARGET]),
        &project.out().join("logs/rustup.log"),
    )
}

fn record_libdir(project: &Project, dir: &Path) -> Result<()> {
    fs::create_dir_all(project.out())?;
    fs::write(prebuilt_record(project), dir.as_os_str().as_encoded_bytes())?;
    Ok(())
}

/// The folder of `target`'s prebuilt libraries, if `core` is in it.
fn target_libdir(target: &str) -> Option<PathBuf> {
    let text = output(Command::new("rustc").args(["--print", "target-libdir", "--target", target]))
        .ok()?;
    let dir = PathBuf::from(text.trim());
    let has_core = fs::read_dir(&dir)
        .ok()?
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"));
    has_core.then_some(dir)
}

fn debian_rust_is_there() -> bool {
    Path::new("/usr/bin/cargo").exists()
        && output(Command::new(DEBIAN_RUSTC).arg("--version"))
            .ok()
            .and_then(|version| parse_version(&version))
            .is_some_and(|number| number >= MINIMUM_RUST)
        && output(Command::new(DEBIAN_RUSTC).args(["--print", "sysroot"])).is_ok_and(|sysroot| {
            Path::new(sysroot.trim())
                .join("lib/rustlib/src/rust/library/core")
                .is_dir()
        })
}

/// Major and minor number of `rustc --version`'s answer.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.split_whitespace().nth(1)?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {program}"))?;
    if !output.status.success() {
        bail!(
            "{program}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn is_there(probe: &Probe) -> bool {
    match probe {
        Probe::File(path) => Path::new(path).exists(),
        Probe::Command(name) => find_command(name).is_some(),
    }
}

/// Finds a program the way the shell does, looking in the administrator's folders as well.
pub fn find_command(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin", "/sbin"].map(PathBuf::from))
        .map(|dir| dir.join(name))
        .find(|candidate| candidate.is_file())
}

fn install(project: &Project, missing: &[&Need]) -> Result<()> {
    let mut packages: Vec<&str> = missing.iter().map(|need| need.package).collect();
    packages.sort_unstable();
    packages.dedup();
    let list = packages.join(" ");
    let mut what: Vec<&str> = missing.iter().map(|need| need.what).collect();
    what.dedup();
    let what = what.join(", ");

    if find_command("apt-get").is_none() {
        bail!(
            "this machine lacks {what}. It is not a Debian machine, so install them with its own \
             package manager; Debian's names are: {list}"
        );
    }
    let by_hand = format!("install by hand: apt-get install {list}");
    let log = project.out().join("logs/apt.log");
    if simulate(&packages, &log).is_err() {
        become_root(&by_hand)?;
        let _step = Step::start("Updating Debian's package lists");
        ui::run_logged(as_root("apt-get").args(["--quiet", "update"]), &log)
            .with_context(|| format!("this machine lacks {what}; {by_hand}"))?;
        simulate(&packages, &log)
            .with_context(|| format!("this machine lacks {what}, and Debian's archive as set up here cannot give it: {list}"))?;
    }
    become_root(&by_hand)?;
    let _step = Step::start(&format!("Installing {list}"));
    ui::run_logged(as_root("apt-get").args(INSTALL).args(&packages), &log)
        .with_context(|| format!("this machine lacks {what}; {by_hand}"))?;
    for need in missing {
        if !is_there(&need.probe) {
            bail!(
                "the package {} was installed, but {} is still not there",
                need.package,
                need.what
            );
        }
    }
    Ok(())
}

const INSTALL: [&str; 5] = [
    "install",
    "--quiet",
    "--yes",
    "--no-install-recommends",
    "-oDpkg::Use-Pty=0",
];

fn simulate(packages: &[&str], log: &Path) -> Result<()> {
    ui::run_logged(
        Command::new("apt-get")
            .arg("--simulate")
            .args(INSTALL)
            .args(packages),
        log,
    )
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// A command that will run as root.
fn as_root(program: &str) -> Command {
    let mut command;
    if is_root() {
        command = Command::new(program);
    } else {
        command = Command::new("sudo");
        command.args(["-n", "DEBIAN_FRONTEND=noninteractive", program]);
    }
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Makes sure that [`as_root`] will work, asking for the user's password on a terminal.
fn become_root(by_hand: &str) -> Result<()> {
    if is_root() {
        return Ok(());
    }
    if find_command("sudo").is_none() {
        bail!(
            "packages are missing, and there is neither root nor sudo here to install them; {by_hand}"
        );
    }
    let mut sudo = Command::new("sudo");
    if std::io::stdin().is_terminal() {
        eprintln!("clew: packages are missing; sudo may ask for your password to install them");
        sudo.arg("-v");
    } else {
        sudo.args(["-n", "true"]).stderr(Stdio::null());
    }
    if !sudo.status().is_ok_and(|status| status.success()) {
        bail!("packages are missing, and sudo refused; {by_hand}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions_of_all_channels() {
        assert_eq!(
            parse_version("rustc 1.95.0 (59807616e 2026-04-14)\n"),
            Some((1, 95))
        );
        assert_eq!(parse_version("rustc 1.97.0-nightly (x)\n"), Some((1, 97)));
        assert_eq!(parse_version("rustc 1.96.0 (Debian)\n"), Some((1, 96)));
        assert_eq!(parse_version("rustc"), None);
    }

    #[test]
    fn every_need_names_a_package() {
        for need in NEEDS {
            assert!(!need.package.contains(' ') && !need.what.is_empty());
        }
    }
}
