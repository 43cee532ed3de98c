//! The programs of `libc-tests/`: the same source against three C libraries, on Linux and in the guest.
//!
//! On Linux all outputs must agree with glibc's (musl's, where a test says that glibc differs). In the
//! guest, each binary must do exactly what it did on Linux: the static musl program accuses the kernel,
//! the tlibc program on Linux accuses tlibc. `libc-tests/README.md` describes the notes in a test.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::guest::{self, End, Program, Ran};
use super::{Outcome, Report, difference};
use crate::apps::Compiler;
use crate::image;
use crate::project::Project;
use crate::qemu::TempDir;
use crate::stamp::Stamp;
use crate::ui::{self, Step};

/// Optimised a little, without the compiler's own knowledge of what library functions return. What a test forgets to
/// initialise holds the same bytes in every run, so it can't fail on one machine alone.
const FLAGS: [&str; 6] = [
    "-std=gnu11",
    "-O1",
    "-fno-builtin",
    "-ftrivial-auto-var-init=pattern",
    "-pthread",
    "-Werror=implicit-function-declaration",
];
const LIMIT: Duration = Duration::from_secs(30);
const ENVIRONMENT: [(&str, &str); 3] = [("PATH", "/bin"), ("HOME", "/root"), ("CLEW_TEST", "1")];

/// What a test's leading comment says about it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Notes {
    /// How it must end; exit status 0 if not said.
    end: Option<End>,
    /// Libraries that it is not built with, because they are known to differ.
    without: Vec<String>,
    /// glibc serves it only as a shared library, so it does not go into the guest with it.
    shared_glibc: bool,
}

struct Case {
    /// `HEADER/NAME`.
    name: String,
    source: PathBuf,
    notes: Notes,
}

/// One source built with one library.
struct Binary<'a> {
    case: &'a Case,
    library: &'static str,
    file: PathBuf,
    /// What it did on Linux, or why it could not be built.
    linux: Result<Ran>,
}

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    let cases = find(project)?;
    let wanted: Vec<&Case> = cases
        .iter()
        .filter(|case| {
            LIBRARIES
                .iter()
                .any(|library| wanted_anywhere(report, case, library))
        })
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let mut compilers = vec![Compiler::glibc(), Compiler::musl()];
    // Without tlibc the kernel can still be tested with musl.
    match Compiler::tlibc(project) {
        Ok(compiler) => compilers.push(compiler),
        Err(error) => report.add("libc/(tlibc)", None, Outcome::Failed(format!("{error:#}"))),
    }
    let step = Step::start("Building and running libc-tests on Linux");
    let binaries = on_linux(project, &wanted, &compilers)?;
    drop(step);

    for binary in &binaries {
        let name = test_name(binary, "linux");
        if !report.wants(&name) {
            continue;
        }
        let outcome = match &binary.linux {
            Ok(ran) => Outcome::of(check_linux(binary, ran, reference(&binaries, binary.case))),
            Err(error) => Outcome::Failed(format!("{error:#}")),
        };
        let took = binary.linux.as_ref().ok().map(|ran| ran.took);
        report.add(&name, took, outcome);
    }

    for machine in machines(report) {
        in_guest(project, report, &binaries, &machine)?;
    }
    Ok(())
}

/// A machine that tests run on.
struct Machine {
    /// What stands in the names of the tests.
    system: String,
    cpus: u32,
    /// It runs the tests of the kernel only.
    kernel_only: bool,
}

impl Machine {
    fn runs(&self, case: &Case) -> bool {
        !self.kernel_only || case.name.starts_with("kernel/")
    }
}

/// One machine with one CPU for all tests and others for those of the kernel, or the one that was asked for.
fn machines(report: &Report) -> Vec<Machine> {
    let all: &[u32] = match &report.cpus {
        Some(cpus) => std::slice::from_ref(cpus),
        None => &[1, 2, 4],
    };
    all.iter()
        .map(|&cpus| Machine {
            system: match cpus {
                1 => "clew".to_owned(),
                _ => format!("clew, {cpus} CPUs"),
            },
            cpus,
            kernel_only: report.cpus.is_none() && cpus > 1,
        })
        .collect()
}

/// The guest has no dynamic linker. The kernel's own tests make their calls with the other libraries, on several machines.
fn goes_into_guest(binary: &Binary) -> bool {
    let notes = &binary.case.notes;
    binary.library != "glibc" || !notes.shared_glibc && !binary.case.name.starts_with("kernel/")
}

fn in_guest(
    project: &Project,
    report: &mut Report,
    binaries: &[Binary],
    machine: &Machine,
) -> Result<()> {
    let system = &machine.system;
    let guests: Vec<(&Binary, &Ran)> = binaries
        .iter()
        .filter(|binary| goes_into_guest(binary) && machine.runs(binary.case))
        .filter(|binary| report.wants(&test_name(binary, system)))
        .filter_map(|binary| binary.linux.as_ref().ok().map(|ran| (binary, ran)))
        .collect();
    if guests.is_empty() {
        return Ok(());
    }
    let image = image::build(project)?;
    let path = |index: usize| format!("/tests/bin/{index}/program");
    let programs: Vec<Program> = (0..guests.len())
        .map(|index| Program {
            argv: vec![path(index)],
            env: ENVIRONMENT
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .to_vec(),
            limit: LIMIT,
            ..Program::default()
        })
        .collect();
    let results = guest::run(
        &image,
        guest::Hardware::with_cpus(machine.cpus),
        "Running libc-tests in the guest",
        &programs,
        |archive| {
            for (index, (binary, _)) in guests.iter().enumerate() {
                archive.file(path(index), 0o755, &binary.file)?;
            }
            Ok(())
        },
    )?;
    for ((binary, linux), ran) in guests.iter().zip(&results) {
        let outcome = Outcome::of(same(linux, ran));
        report.add(&test_name(binary, system), Some(ran.took), outcome);
    }
    Ok(())
}

const LIBRARIES: [&str; 3] = ["glibc", "musl", "tlibc"];

fn wanted_anywhere(report: &Report, case: &Case, library: &str) -> bool {
    let guests = machines(report)
        .into_iter()
        .filter(|machine| machine.runs(case))
        .map(|machine| machine.system);
    core::iter::once("linux".to_owned())
        .chain(guests)
        .any(|system| report.wants(&format!("libc/{} ({library}, {system})", case.name)))
}

fn test_name(binary: &Binary, system: &str) -> String {
    format!("libc/{} ({}, {system})", binary.case.name, binary.library)
}

/// All tests: `libc-tests/HEADER/NAME.c`.
fn find(project: &Project) -> Result<Vec<Case>> {
    let root = project.root().join("libc-tests");
    let mut cases = Vec::new();
    for header in sorted(&root)? {
        if !header.is_dir() {
            continue;
        }
        for source in sorted(&header)? {
            if source.extension().is_none_or(|extension| extension != "c") {
                continue;
            }
            let text = fs::read_to_string(&source)
                .with_context(|| format!("cannot read {}", source.display()))?;
            let notes = notes(&text).with_context(|| format!("in {}", source.display()))?;
            let name = source
                .strip_prefix(&root)?
                .with_extension("")
                .display()
                .to_string();
            cases.push(Case {
                name,
                source,
                notes,
            });
        }
    }
    Ok(cases)
}

fn sorted(dir: &Path) -> Result<Vec<PathBuf>> {
    let Ok(entries) = fs::read_dir(dir) else {
        return Ok(Vec::new());
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// Reads `expect:` notes: `expect: status N`, `expect: signal N`, `expect: not-LIBRARY REASON`,
/// `expect: shared-glibc REASON`.
fn notes(text: &str) -> Result<Notes> {
    let mut notes = Notes::default();
    for line in text.lines() {
        let Some((_, note)) = line.split_once("expect: ") else {
            continue;
        };
        let note = note.trim().trim_end_matches("*/").trim();
        let (key, value) = note.split_once(' ').unwrap_or((note, ""));
        match key {
            "status" => notes.end = Some(End::Exit(value.parse().context("expect: status")?)),
            "signal" => notes.end = Some(End::Signal(value.parse().context("expect: signal")?)),
            "shared-glibc" if !value.is_empty() => notes.shared_glibc = true,
            "not-glibc" | "not-musl" if !value.is_empty() => {
                notes
                    .without
                    .push(key.trim_start_matches("not-").to_owned());
            }
            _ => bail!("unknown note 'expect: {note}'"),
        }
    }
    Ok(notes)
}

/// Builds every case with every compiler and runs it on this machine, several cases at a time.
fn on_linux<'a>(
    project: &Project,
    cases: &[&'a Case],
    compilers: &[Compiler],
) -> Result<Vec<Binary<'a>>> {
    let next = AtomicUsize::new(0);
    let done: Mutex<BTreeMap<(usize, usize), Binary<'a>>> = Mutex::new(BTreeMap::new());
    let workers = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(&case) = cases.get(index) else {
                        break;
                    };
                    // One after another: a test may use names that its other builds use as well.
                    for (number, compiler) in compilers.iter().enumerate() {
                        if case.notes.without.iter().any(|name| name == compiler.name) {
                            continue;
                        }
                        let folder = project.out().join("libc-tests").join(compiler.name);
                        let file = folder.join(&case.name);
                        let linux = build(project, case, compiler, &file)
                            .and_then(|()| run_on_linux(&file, index));
                        let binary = Binary {
                            case,
                            library: compiler.name,
                            file,
                            linux,
                        };
                        if let Ok(mut done) = done.lock() {
                            done.insert((index, number), binary);
                        }
                    }
                }
            });
        }
    });
    let done = done
        .into_inner()
        .map_err(|_| anyhow::anyhow!("a worker panicked"))?;
    Ok(done.into_values().collect())
}

fn build(project: &Project, case: &Case, compiler: &Compiler, file: &Path) -> Result<()> {
    let mut stamp = Stamp::new(
        project,
        &format!(
            "libc-test-{}-{}",
            compiler.name,
            case.name.replace('/', "-")
        ),
    )?;
    // What tests of one folder share.
    for shared in sorted(case.source.parent().unwrap_or(Path::new("")))? {
        if shared.extension().is_some_and(|extension| extension == "h") {
            stamp.path(&shared)?;
        }
    }
    stamp
        .path(&case.source)?
        .text(case.notes.shared_glibc.to_string());
    // What tests of one folder have in common.
    for path in case
        .source
        .parent()
        .map(sorted)
        .transpose()?
        .unwrap_or_default()
    {
        if path.extension().is_some_and(|extension| extension == "h") {
            stamp.path(&path)?;
        }
    }
    compiler.add_to(project, &mut stamp)?;
    if stamp.is_fresh(&[file]) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut command = Command::new(&compiler.command);
    command
        .args(compiler.flags)
        .args((compiler.name == "glibc" && !case.notes.shared_glibc).then_some("-static"))
        .args(FLAGS)
        .arg(&case.source)
        .arg("-o")
        .arg(file)
        .arg("-lm");
    ui::run_logged(&mut command, &file.with_extension("log")).context("it does not build")?;
    stamp.save()
}

/// Runs a program on this machine as the guest's runner does.
fn run_on_linux(file: &Path, index: usize) -> Result<Ran> {
    let scratch = TempDir::new()?;
    let dir = scratch.path().join(index.to_string());
    fs::create_dir(&dir)?;
    let (out, err) = (scratch.path().join("stdout"), scratch.path().join("stderr"));
    let start = Instant::now();
    let child = Command::new(file)
        .arg0("/tests/bin/program")
        .env_clear()
        .envs(ENVIRONMENT)
        .current_dir(&dir)
        .stdin(Stdio::null())
        .stdout(fs::File::create(&out)?)
        .stderr(fs::File::create(&err)?)
        .process_group(0)
        .spawn()
        .with_context(|| format!("cannot start {}", file.display()))?;
    let end = wait(child, LIMIT)?;
    Ok(Ran {
        end,
        stdout: fs::read(&out)?,
        stderr: fs::read(&err)?,
        took: start.elapsed(),
    })
}

/// Waits for a program on this machine, at most `limit`.
pub(super) fn wait(mut child: Child, limit: Duration) -> Result<End> {
    let start = Instant::now();
    let mut nap = Duration::from_micros(200);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(match (status.code(), status.signal()) {
                (Some(code), _) => End::Exit(code),
                (None, Some(signal)) => End::Signal(signal),
                (None, None) => bail!("it ended in an unknown way ({status})"),
            });
        }
        if start.elapsed() > limit {
            if let Some(group) = rustix::process::Pid::from_raw(child.id().cast_signed()) {
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            child.wait()?;
            return Ok(End::TimedOut);
        }
        thread::sleep(nap);
        nap = (nap * 2).min(Duration::from_millis(10));
    }
}

/// What the other libraries must agree with: the first library's result on Linux.
fn reference<'a>(binaries: &'a [Binary], case: &Case) -> Option<(&'static str, &'a Ran)> {
    binaries
        .iter()
        .filter(|binary| binary.case.name == case.name && binary.library != "tlibc")
        .find_map(|binary| binary.linux.as_ref().ok().map(|ran| (binary.library, ran)))
}

fn check_linux(binary: &Binary, ran: &Ran, reference: Option<(&str, &Ran)>) -> Result<()> {
    let wanted = binary.case.notes.end.clone().unwrap_or(End::Exit(0));
    if ran.end != wanted {
        bail!("wanted {wanted}, got: {}\n{}", ran.end, said(ran));
    }
    if let Some((library, other)) = reference
        && library != binary.library
        && other.stdout != ran.stdout
    {
        bail!(
            "standard output is not {library}'s, {}",
            difference(&other.stdout, &ran.stdout)
        );
    }
    Ok(())
}

/// Whether a program did in the guest what it did on Linux.
pub(super) fn same(linux: &Ran, guest: &Ran) -> Result<()> {
    if linux.end != guest.end {
        bail!(
            "on Linux: {}; in the guest: {}\n{}",
            linux.end,
            guest.end,
            said(guest)
        );
    }
    if linux.stdout != guest.stdout {
        bail!(
            "standard output is not Linux's, {}",
            difference(&linux.stdout, &guest.stdout)
        );
    }
    Ok(())
}

/// The end of what a program printed.
fn said(ran: &Ran) -> String {
    let text = [&ran.stdout[..], &ran.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(8)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_say_how_a_test_ends() {
        let found =
            notes("/* expect: signal 11 */\n// expect: not-musl prints another digit\n").unwrap();
        assert_eq!(found.end, Some(End::Signal(11)));
        assert_eq!(found.without, ["musl"]);
        assert_eq!(notes("int main(void) {}\n").unwrap(), Notes::default());
    }

    #[test]
    fn notes_that_are_not_understood_are_errors() {
        assert!(notes("/* expect: success */").is_err());
        assert!(notes("/* expect: status zero */").is_err());
        assert!(
            notes("/* expect: not-musl */").is_err(),
            "a reason is needed"
        );
        assert!(notes("/* expect: not-tlibc broken */").is_err());
        assert!(notes("/* expect: shared-glibc */").is_err());
    }
}
