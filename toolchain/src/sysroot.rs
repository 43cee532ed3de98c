//! Builds tlibc's sysroot: headers, start files and static libraries.
//!
//! `lib/libc.a` has a member of its own for what needs the compiler's unwinder, and one for all else: tlibc with the parts of `core` it uses, linked into one relocatable object in which
//! only the C library's own names are visible (see [`isolate`]), so that it meets a program's Rust std, or a program that
//! defines a C library name itself, without a clash. Everything is built in a folder beside the
//! sysroot, which then takes its place: a failed build leaves the old one.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, bail};

use crate::project::Project;
use crate::ui::{Step, run_logged};

mod isolate;

/// The target whose prebuilt `core` tlibc is built with and whose programs it serves.
pub const TARGET: &str = "x86_64-unknown-linux-gnu";

/// Libraries that glibc once had apart from libc; a linker asks for them by name.
const EMPTY_LIBRARIES: [&str; 8] = [
    "libm.a",
    "libpthread.a",
    "librt.a",
    "libdl.a",
    "libutil.a",
    "libcrypt.a",
    "libresolv.a",
    "libxnet.a",
];

/// Start files: source under `tlibc/crt` and object under `lib`.
const START_FILES: [(&str, &str); 5] = [
    ("crt1.rs", "crt1.o"),
    ("rcrt1.rs", "rcrt1.o"),
    ("rcrt1.rs", "Scrt1.o"),
    ("empty.rs", "crti.o"),
    ("empty.rs", "crtn.o"),
];

/// Members of libc.a beside tlibc itself: source under `tlibc/crt` and object.
const MEMBERS: [(&str, &str); 1] = [("backtrace.rs", "backtrace.o")];

/// Brings the sysroot up to date; does nothing when its inputs have not changed.
pub fn build(project: &Project) -> Result<()> {
    let sysroot = project.sysroot();
    let stamp = sysroot.join(".inputs");
    let inputs = describe_inputs(project)?;
    if fs::read_to_string(&stamp).is_ok_and(|old| old == inputs) {
        return Ok(());
    }
    let _step = Step::start("building tlibc");
    let new = project.out().join("sysroot.new");
    if new.exists() {
        fs::remove_dir_all(&new)?;
    }
    let lib = new.join("lib");
    let include = new.join("include");
    fs::create_dir_all(&lib)?;
    fs::create_dir_all(&include)?;
    clew::headers::generate(project.root(), &include)?;
    build_start_files(project, &lib)?;
    build_libc(project, &lib)?;
    for name in EMPTY_LIBRARIES {
        fs::write(lib.join(name), "!<arch>\n")?;
    }
    fs::write(new.join(".inputs"), inputs)?;
    keep_if_equal(&sysroot.join("lib/libc.a"), &new.join("lib/libc.a"))?;
    let old = project.out().join("sysroot.old");
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    if sysroot.exists() {
        fs::rename(&sysroot, &old)?;
    }
    fs::rename(&new, &sysroot)?;
    if old.exists() {
        fs::remove_dir_all(&old)?;
    }
    Ok(())
}

/// Puts the old file in the new one's place when they are equal: programs older than libc.a are linked again.
fn keep_if_equal(old: &Path, new: &Path) -> Result<()> {
    if old.exists() && fs::read(old)? == fs::read(new)? {
        fs::rename(old, new)?;
    }
    Ok(())
}

/// One line per input file with its size and time of change, and the compiler's version.
fn describe_inputs(project: &Project) -> Result<String> {
    let version = Command::new("rustc")
        .arg("-vV")
        .output()
        .context("cannot start rustc")?;
    let mut text = String::from_utf8_lossy(&version.stdout).into_owned();
    let tool = std::env::current_exe()?;
    let root = project.root();
    for path in [
        root.join("tlibc"),
        root.join("Cargo.lock"),
        root.join("Cargo.toml"),
        tool,
    ] {
        describe(&path, &mut text)?;
    }
    Ok(text)
}

fn describe(path: &Path, text: &mut String) -> Result<()> {
    let data = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    if data.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path)?
            .map(|entry| Ok(entry?.path()))
            .collect::<Result<_>>()?;
        entries.sort();
        return entries.iter().try_for_each(|entry| describe(entry, text));
    }
    let changed = data
        .modified()?
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    text.push_str(&format!(
        "{} {} {}\n",
        path.display(),
        data.len(),
        changed.as_nanos()
    ));
    Ok(())
}

/// Where objects are made.
fn work(project: &Project) -> std::path::PathBuf {
    project.out().join("work")
}

fn build_start_files(project: &Project, lib: &Path) -> Result<()> {
    let log = project.out().join("logs/crt.log");
    let members = MEMBERS.map(|(source, object)| (source, work(project).join(object)));
    let start_files = START_FILES.map(|(source, object)| (source, lib.join(object)));
    fs::create_dir_all(work(project))?;
    for (source, object) in start_files.into_iter().chain(members) {
        let mut rustc = Command::new("rustc");
        rustc
            .args([
                "--edition",
                "2024",
                "--crate-type",
                "lib",
                "--crate-name",
                "crt",
            ])
            .args(["--target", TARGET, "-C", "panic=abort", "-C", "opt-level=2"])
            .arg(format!("--emit=obj={}", object.display()))
            .arg(project.root().join("tlibc/crt").join(source));
        run_logged(&mut rustc, &log)?;
    }
    Ok(())
}

fn build_libc(project: &Project, lib: &Path) -> Result<()> {
    let logs = project.out().join("logs");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(project.root())
        .env("CARGO_TARGET_DIR", project.target())
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .args([
            "rustc",
            "--package",
            "tlibc",
            "--lib",
            "--profile",
            "tlibc",
            "--target",
            TARGET,
        ])
        .args(["--crate-type", "staticlib"]);
    run_logged(&mut cargo, &logs.join("tlibc.log"))?;

    let archive = project.target().join(TARGET).join("tlibc/libtlibc.a");
    let exports = isolate::exports(&archive)?;
    if exports.is_empty() {
        bail!("{} exports nothing", archive.display());
    }
    fs::write(lib.join("exports.txt"), exports.join("\n") + "\n")?;

    // One relocatable object of everything that an export reaches.
    let work = work(project);
    let keep = work.join("tlibc.keep");
    let keep_lines: Vec<String> = exports.iter().map(|name| format!("-u{name}")).collect();
    fs::write(&keep, keep_lines.join("\n"))?;
    let linked = work.join("tlibc.o");
    let mut ld = Command::new("ld");
    ld.args(["-r", "--force-group-allocation", "--gc-sections"])
        .arg(format!("@{}", keep.display()))
        .arg("--whole-archive")
        .arg(&archive)
        .arg("-o")
        .arg(&linked);
    run_logged(&mut ld, &logs.join("tlibc-ld.log"))?;

    // The debug information is that of the prebuilt `core`; its embedded bit code confuses `ar` and `nm` of older binutils.
    let mut objcopy = Command::new("objcopy");
    objcopy
        .args([
            "--strip-debug",
            "-R",
            ".llvmbc",
            "-R",
            ".llvmcmd",
            "-R",
            ".comment",
        ])
        .arg(&linked);
    run_logged(&mut objcopy, &logs.join("tlibc-objcopy.log"))?;

    let object = work.join("libc.o");
    let image = fs::read(&linked)?;
    let image = isolate::isolate(image, &exports).context("cannot isolate tlibc's symbols")?;
    fs::write(&object, image)?;
    let mut ar = Command::new("ar");
    ar.arg("rcs").arg(lib.join("libc.a")).arg(&object);
    ar.args(MEMBERS.map(|(_, object)| work.join(object)));
    run_logged(&mut ar, &logs.join("tlibc-ar.log"))
}
