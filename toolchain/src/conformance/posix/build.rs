//! Builds the suite's programs, each anew only when the library, the flags or the source have changed: relinking all
//! takes minutes.

use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result, bail};

use super::Programs;
use crate::apps::Compiler;
use crate::project::Project;
use crate::ui::Step;

const FLAGS: [&str; 8] = [
    "-static",
    "-O1",
    "-s",
    "-w",
    "-std=gnu99",
    "-D_POSIX_C_SOURCE=200112L",
    "-D_XOPEN_SOURCE=600",
    "-pthread",
];

/// The program that runs the others, as first process in the guest and as a child on Linux.
const RUNNER: &str = include_str!("../posix_runner.c");

/// The suite's sources, and where their programs go.
pub struct Tests<'a> {
    pub project: &'a Project,
    pub folder: &'a Path,
    pub source: &'a Path,
    /// Part of the names of those that are wanted.
    pub only: &'a str,
}

impl Tests<'_> {
    /// The programs, and the names of those that do not build.
    pub fn build(&self, compiler: &Compiler) -> Result<(Programs, BTreeSet<String>)> {
        let interfaces = self.source.join("conformance/interfaces");
        let mut sources = Vec::new();
        find(&interfaces, &interfaces, &mut sources)?;
        sources.retain(|(name, _)| name.contains(self.only));
        if sources.is_empty() {
            bail!(
                "no test has {:?} in its name; --only takes a part of FUNCTION/NUMBER, like fork/ or aio_read/3, with one of {} and a slash before it or alone",
                self.only,
                super::SQUARES.join(", ")
            );
        }
        let into = self.folder.join(compiler.name);
        fs::create_dir_all(&into)?;
        let library = self.fingerprint(compiler)?;
        let _step = Step::start(&format!(
            "Building the Open POSIX test suite with {}",
            compiler.name
        ));
        let next = AtomicUsize::new(0);
        let found = Mutex::new((Programs::new(), BTreeSet::new()));
        thread::scope(|scope| {
            for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
                scope.spawn(|| {
                    while let Some((name, source)) =
                        sources.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let program = into.join(name.replace('/', "__"));
                        let is_there = self.bring_up_to_date(compiler, library, source, &program);
                        let Ok(mut found) = found.lock() else { return };
                        if is_there {
                            found.0.insert(name.clone(), program);
                        } else {
                            found.1.insert(name.clone());
                        }
                    }
                });
            }
        });
        found
            .into_inner()
            .map_err(|_| anyhow::anyhow!("a worker panicked"))
    }

    /// Whether a test sets the system's clock, which others measure by.
    pub fn sets_the_clock(&self, name: &str) -> bool {
        let source = self
            .source
            .join("conformance/interfaces")
            .join(name)
            .with_extension("c");
        fs::read_to_string(source).is_ok_and(|text| text.contains("clock_settime("))
    }

    /// Builds one program, unless it was built, or did not build, from the same inputs before. Whether it is there.
    fn bring_up_to_date(
        &self,
        compiler: &Compiler,
        library: u64,
        source: &Path,
        program: &Path,
    ) -> bool {
        let record = program.with_extension("inputs");
        let inputs = format!("{library:x}");
        if fs::read_to_string(&record).is_ok_and(|old| old == inputs) {
            return program.exists();
        }
        // What is not there yet needs no removing.
        let _ = fs::remove_file(program);
        let include = self.source.join("include");
        let beside = source.parent().unwrap_or(source);
        let built = compile(compiler, &[&include, beside], source, program).is_ok();
        // Without the record it is built again the next time.
        let _ = fs::write(&record, inputs);
        built
    }

    /// A hash of what every program is made with.
    fn fingerprint(&self, compiler: &Compiler) -> Result<u64> {
        let mut hasher = DefaultHasher::new();
        FLAGS.hash(&mut hasher);
        compiler.command.hash(&mut hasher);
        match compiler.name {
            "tlibc" => {
                for part in ["include", "lib"] {
                    hash_tree(&self.project.sysroot().join(part), &mut hasher)?;
                }
                fs::read(&compiler.command)?.hash(&mut hasher);
            }
            _ => {
                let output = Command::new(&compiler.command)
                    .arg("-print-file-name=libc.a")
                    .output()
                    .with_context(|| format!("cannot start {}", compiler.command.display()))?;
                let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
                fs::read(&path)
                    .with_context(|| format!("cannot read {path}"))?
                    .hash(&mut hasher);
            }
        }
        Ok(hasher.finish())
    }
}

/// Builds the runner; it is always musl's, so that it does not depend on what is tested.
pub fn runner(musl: &Compiler, folder: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let (program, code) = (folder.join("runner"), folder.join("runner.c"));
    fs::write(&code, RUNNER)?;
    compile(musl, &[], &code, &program).context("the runner does not build")?;
    Ok(program)
}

fn compile(compiler: &Compiler, include: &[&Path], source: &Path, program: &Path) -> Result<()> {
    let mut command = Command::new(&compiler.command);
    command.args(FLAGS);
    for folder in include {
        command.arg("-I").arg(folder);
    }
    command.arg(source).arg("-o").arg(program).arg("-lm");
    let output = command
        .output()
        .with_context(|| format!("cannot start {}", compiler.command.display()))?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}

/// All tests below a folder, `FUNCTION/NUMBER-NUMBER.c`; other sources there are parts of tests.
fn find(top: &Path, folder: &Path, sources: &mut Vec<(String, PathBuf)>) -> Result<()> {
    for entry in fs::read_dir(folder)?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(top, &path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "c")
            && path.file_stem().is_some_and(|stem| {
                stem.to_string_lossy()
                    .chars()
                    .all(|c| c.is_ascii_digit() || c == '-')
            })
        {
            let name = path.with_extension("");
            let name = name.strip_prefix(top)?.display().to_string();
            sources.push((name, path));
        }
    }
    sources.sort();
    Ok(())
}

fn hash_tree(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    if path.is_dir() {
        let mut entries: Vec<PathBuf> = fs::read_dir(path)?
            .flatten()
            .map(|entry| entry.path())
            .collect();
        entries.sort();
        return entries
            .iter()
            .try_for_each(|entry| hash_tree(entry, hasher));
    }
    path.hash(hasher);
    fs::read(path)
        .with_context(|| format!("cannot read {}", path.display()))?
        .hash(hasher);
    Ok(())
}
