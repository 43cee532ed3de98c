//! `clew bench`: what the kernel's operations cost, in guest instructions, beside Linux if wanted.
//!
//! The measuring program (`benches/bench.c`, static, musl) takes init's place in the image, on both kernels with the
//! same flags of QEMU.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::bench_libc;
use crate::bench_wasm;
use crate::cpio::Archive;
use crate::image;
use crate::plot;
use crate::project::Project;
use crate::qemu::{self, Accel, Boot, Config, Machine, TempDir};
use crate::run;
use crate::setup::{self, Level};
use crate::streams::{self, LogTail};
use crate::ui::{self, Step};

const AFTER_HELP: &str = "\
The figures are guest instructions, the same on every machine and from run to run.

Examples:
  clew bench
  clew bench --linux --write
  clew bench --wasm --linux --only hello
  clew bench --libc";

/// Measure the kernel's operations in guest instructions
#[derive(Args, Clone, Debug)]
#[command(after_help = AFTER_HELP)]
pub struct BenchArgs {
    /// Measure Debian's cloud kernel as well (downloaded as a package, not installed)
    #[arg(long)]
    pub linux: bool,
    /// Put the table into docs/src/benchmarks.md
    #[arg(long)]
    pub write: bool,
    /// Measure the wasm command instead
    #[arg(long)]
    pub wasm: bool,
    /// Measure the C library instead: tlibc beside glibc and musl, on this machine
    #[arg(long, conflicts_with_all = ["wasm", "linux"])]
    pub libc: bool,
    /// With --wasm: only rows whose names contain TEXT
    #[arg(long, value_name = "TEXT", requires = "wasm", conflicts_with = "write")]
    pub only: Option<String>,
}

/// What was measured and how many instructions it took.
pub type Row = (String, u64);

/// How Linux is booted for measurements.
pub const LINUX_COMMAND_LINE: &str =
    "quiet nokaslr norandmaps rdinit=/sbin/init 8250.nr_uarts=4 console=ttyS1";

/// What the measuring machine has, and what is expected of it.
pub struct Limits {
    /// RAM in MiB.
    pub memory: u32,
    /// How long it may take on the host.
    pub time: Duration,
    /// Rows that it reports at least.
    pub rows: usize,
}

const LIMITS: Limits = Limits {
    memory: 256,
    time: Duration::from_secs(300),
    rows: 10,
};

const GROWTH: Limits = Limits {
    memory: 768,
    time: Duration::from_secs(600),
    rows: 50,
};

/// Measures and prints the tables.
pub fn run(project: &Project, args: &BenchArgs) -> Result<u8> {
    if args.libc {
        setup::ensure(project, Level::Test)?;
        return bench_libc::run(project, args);
    }
    if args.wasm {
        return bench_wasm::run(project, args);
    }
    setup::ensure(project, Level::Test)?;
    let image = image::build(project)?;
    let program = build_program(project, "bench")?;
    let scratch = TempDir::new()?;

    let mut overlay = Archive::new();
    overlay.file("sbin/init", 0o755, &program)?;
    let initramfs = run::with_overlay(&image.initramfs, &overlay, scratch.path(), "ours")?;
    let step = Step::start("Measuring our kernel");
    let mut ours = measure(&image.kernel, initramfs, "log=off", &LIMITS)?;
    drop(step);
    ours.push((
        "kernel, bytes stripped".to_owned(),
        stripped_size(&image.kernel, scratch.path())?,
    ));

    let mut linux = Vec::new();
    if args.linux {
        let kernel = linux_kernel(project)?;
        let mut small = Archive::new();
        small.directory("dev", 0o755)?;
        small.directory("tmp", 0o1777)?;
        small.file("sbin/init", 0o755, &program)?;
        small.symlink("init", "sbin/init")?;
        if let Ok(wasm) = image::build_wasm(project) {
            small.file("bin/wasm", 0o755, wasm)?;
            for (recipe, module) in image::build_modules(project)? {
                small.file(format!("wasm-apps/{}.wasm", recipe.name), 0o644, module)?;
            }
        }
        let initramfs = scratch.path().join("linux");
        image::write_archive(&small, &initramfs)?;
        let _step = Step::start("Measuring Linux");
        linux = measure(&kernel, initramfs, LINUX_COMMAND_LINE, &LIMITS)?;
    }

    let table = table(&ours, &linux);
    print!("{table}");
    if args.write {
        write(project, "clew bench --linux --write", &table)?;
    }
    growth(project, args, &image.kernel, scratch.path())
}

/// The second table: how costs grow, measured by `benches/scale.c`, alone in an image of its own.
fn growth(project: &Project, args: &BenchArgs, kernel: &Path, scratch: &Path) -> Result<u8> {
    let mut archive = Archive::new();
    archive.directory("dev", 0o755)?;
    archive.directory("tmp", 0o1777)?;
    archive.file("sbin/init", 0o755, build_program(project, "scale")?)?;
    archive.symlink("init", "sbin/init")?;
    let initramfs = scratch.join("growth");
    image::write_archive(&archive, &initramfs)?;
    let step = Step::start("Measuring how our kernel's costs grow");
    let ours = measure(kernel, initramfs.clone(), "log=off", &GROWTH)?;
    drop(step);
    let mut linux = Vec::new();
    if args.linux {
        let _step = Step::start("Measuring how Linux's costs grow");
        linux = measure(
            &linux_kernel(project)?,
            initramfs,
            LINUX_COMMAND_LINE,
            &GROWTH,
        )?;
    }
    let table = table(&ours, &linux);
    print!("\n{table}");
    if args.write {
        write(project, "clew bench --linux --write, growth", &table)?;
        let ratios: Vec<(String, f64)> = ours
            .iter()
            .filter_map(|(name, cost)| {
                let (_, other) = linux.iter().find(|(other, _)| other == name)?;
                Some((name.clone(), *cost as f64 / (*other).max(1) as f64))
            })
            .collect();
        if !ratios.is_empty() {
            let picture = plot::ratios("kernel: instructions under Clew / Linux", &ratios);
            fs::write(project.root().join("docs/src/bench-kernel.svg"), picture)?;
        }
    }
    Ok(0)
}

/// Builds `benches/NAME.c`.
pub fn build_program(project: &Project, name: &str) -> Result<PathBuf> {
    let program = project.out().join("benches").join(name);
    fs::create_dir_all(project.out().join("benches"))?;
    ui::run_logged(
        Command::new("musl-gcc")
            .args(["-static", "-O2", "-Wall", "-Wextra", "-o"])
            .arg(&program)
            .arg(project.root().join("benches").join(format!("{name}.c"))),
        &project.out().join("logs/bench.log"),
    )?;
    Ok(program)
}

fn stripped_size(kernel: &Path, scratch: &Path) -> Result<u64> {
    let stripped = scratch.join("stripped");
    ui::run_logged(
        Command::new("objcopy")
            .arg("--strip-all")
            .arg(kernel)
            .arg(&stripped),
        &scratch.join("log"),
    )?;
    Ok(fs::metadata(&stripped)?.len())
}

/// Boots with the measuring program as init and reads its lines.
///
/// # Errors
///
/// Fails if something failed in the guest, if there are too few rows, or if it takes too long.
pub fn measure(
    kernel: &Path,
    initramfs: PathBuf,
    command_line: &str,
    limits: &Limits,
) -> Result<Vec<Row>> {
    let config = Config {
        boot: Boot::Kernel {
            kernel: kernel.to_owned(),
            initramfs,
            command_line: command_line.to_owned(),
        },
        memory: limits.memory,
        cpus: 1,
        cpu: qemu::BEST_CPU.to_owned(),
        accel: Accel::Tcg,
        deterministic: true,
        gdb: None,
    };
    let mut machine = Machine::start(&config)?;
    let tail = LogTail::default();
    let log = streams::follow_log(machine.log.try_clone()?, tail.clone(), None);
    let (sender, lines) = mpsc::channel();
    let port = machine.results.try_clone()?;
    thread::spawn(move || {
        for line in BufReader::new(port).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    let deadline = Instant::now() + limits.time;
    let mut rows = Vec::new();
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                ensure!(!line.starts_with("failed"), "in the guest, {line}");
                let (name, value) = line
                    .trim_end()
                    .rsplit_once(' ')
                    .with_context(|| format!("odd line {line:?}"))?;
                rows.push((name.to_owned(), value.parse()?));
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                machine.kill();
                bail!(
                    "no result within {} s; log: {}",
                    limits.time.as_secs(),
                    tail.text()
                );
            }
        }
    }
    let ended = machine.wait()?;
    let _ = log.join();
    if rows.len() < limits.rows {
        bail!("the measurements did not finish ({ended}); {}", tail.text());
    }
    Ok(rows)
}

/// Debian's cloud kernel, downloaded but not installed.
pub fn linux_kernel(project: &Project) -> Result<PathBuf> {
    let folder = project.out().join("linux");
    let find = || {
        fs::read_dir(folder.join("boot"))
            .ok()?
            .flatten()
            .map(|entry| entry.path())
            .find(|path| {
                path.file_name()
                    .is_some_and(|name| name.to_string_lossy().starts_with("vmlinuz"))
            })
    };
    if let Some(kernel) = find() {
        return Ok(kernel);
    }
    let _step = Step::start("Getting Debian's cloud kernel");
    fs::create_dir_all(&folder)?;
    let script = "set -eu
package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \\(linux-image-[^ ]*\\).*/\\1/p' | head -n 1)
apt-get download -oAPT::Sandbox::User=root \"$package\"
dpkg-deb -x \"$package\"_*.deb .";
    ui::run_logged(
        Command::new("sh").args(["-c", script]).current_dir(&folder),
        &project.out().join("logs/linux.log"),
    )?;
    find().context("the package brought no kernel")
}

fn table(ours: &[Row], linux: &[Row]) -> String {
    let mut text = String::new();
    if linux.is_empty() {
        text.push_str("| operation | Clew |\n|---|---:|\n");
    } else {
        text.push_str("| operation | Clew | Linux 6.1 | Clew / Linux |\n|---|---:|---:|---:|\n");
    }
    for (name, value) in ours {
        let _ = write!(text, "| {name} | {} |", grouped(*value));
        if !linux.is_empty() {
            match linux.iter().find(|(other, _)| other == name) {
                Some((_, other)) => {
                    let ratio = *value as f64 / (*other).max(1) as f64;
                    let _ = write!(text, " {} | {ratio:.2} |", grouped(*other));
                }
                None => text.push_str(" | |"),
            }
        }
        text.push('\n');
    }
    text
}

/// The number with commas between thousands.
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

const END: &str = "<!-- end -->\n";

/// Puts `table` into docs/src/benchmarks.md, where `command` stands that makes it.
pub fn write(project: &Project, command: &str, table: &str) -> Result<()> {
    let begin = format!("<!-- {command}: begin -->\n");
    let path = project.root().join("docs/src/benchmarks.md");
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let (before, rest) = text
        .split_once(&begin)
        .context("docs/src/benchmarks.md has no place for it")?;
    let (_, after) = rest
        .split_once(END)
        .context("docs/src/benchmarks.md has no end mark")?;
    fs::write(&path, format!("{before}{begin}{table}{END}{after}"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }

    #[test]
    fn rows_are_matched_by_name() {
        let ours = [("a".to_owned(), 50), ("b".to_owned(), 7)];
        let linux = [("a".to_owned(), 100)];
        let text = table(&ours, &linux);
        assert!(text.contains("| a | 50 | 100 | 0.50 |"));
        assert!(text.contains("| b | 7 | | |"));
    }
}
