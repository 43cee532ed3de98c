//! The Open POSIX test suite (Debian source package `posixtestsuite`): its conformance tests, each a program
//! that exits with 0 when it passed.
//!
//! Every program is built with musl and with tlibc, statically ([`build`]), and run on this machine's Linux and on the
//! kernel ([`runner`]), many at a time because most of them sleep. What passes with musl on Linux has to pass with musl on
//! the kernel; with tlibc everything has to pass on both. What does not stands in the list with its reason
//! ([`verdict`]), which every run checks.

mod build;
mod runner;
mod verdict;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;

use super::ConformanceArgs;
use super::differences::Differences;
use crate::apps::Compiler;
use crate::debian_source;
use crate::project::Project;
use crate::test::say;
use runner::Runner;
use verdict::{Judge, Outcome};

/// The package; another version may have other tests.
const PACKAGE: &str = "posixtestsuite=1.5.2-8";
const LIST: &str = "toolchain/src/conformance/posix.txt";

/// A library on a system, as lists name them, in the order of the run: the reference first.
const SQUARES: [&str; 4] = ["musl-linux", "musl-clew", "tlibc-linux", "tlibc-clew"];

/// Name, as `FUNCTION/NUMBER`, and the program built from it.
type Programs = BTreeMap<String, PathBuf>;

/// What became of each test.
type Results = BTreeMap<String, Outcome>;

pub fn run(project: &Project, args: &ConformanceArgs) -> Result<usize> {
    let start = Instant::now();
    let list = fs::read_to_string(project.root().join(LIST))?;
    let differences = Differences::parse(&list)?;
    let (squares, only) = selection(args.only.as_deref().unwrap_or_default());
    let folder = project.out().join("conformance/posix");
    let source = folder.join("source");
    if !source.join("conformance").exists() {
        if source.exists() {
            fs::remove_dir_all(&source)?;
        }
        debian_source::unpack(project, PACKAGE, &source)?;
    }
    let tests = build::Tests {
        project,
        folder: &folder,
        source: &source,
        only,
    };
    let musl = Compiler::musl();
    let runner = Runner::new(project, args, build::runner(&musl, &folder)?);
    let mut judge = Judge::new(&differences);
    let mut reference = None;
    for library in ["musl", "tlibc"] {
        let wanted = |square: &&&str| square.starts_with(library);
        if !squares.iter().any(|square| wanted(&square)) {
            continue;
        }
        let compiler = match library {
            "musl" => musl.clone(),
            _ => Compiler::tlibc(project)?,
        };
        let (programs, missing) = tests.build(&compiler)?;
        for square in squares.iter().filter(wanted) {
            let mut results = runner.run(square, &programs, |name| tests.sets_the_clock(name))?;
            results.extend(missing.iter().map(|name| (name.clone(), Outcome::NotBuilt)));
            // A test that measures time may have been disturbed by its neighbours: those that nobody expects to fail
            // get a second chance alone.
            let again: Programs = programs
                .iter()
                .filter(|(name, _)| judge.is_unexpected(square, name, &results, reference.as_ref()))
                .map(|(name, program)| (name.clone(), program.clone()))
                .collect();
            if *square != "musl-linux" && !again.is_empty() {
                results.extend(runner.run_alone(square, &again)?);
            }
            say(&judge.square(square, &results, reference.as_ref()));
            if *square == "musl-linux" {
                reference = Some(results);
            }
        }
    }
    if args.only.is_none() {
        say(&judge.check_list(LIST));
    }
    say(&judge.table());
    say(&format!(
        "{} as listed, {} wrong, {} seconds\n",
        judge.listed(),
        judge.wrong(),
        start.elapsed().as_secs()
    ));
    Ok(judge.wrong())
}

/// The squares and the part of a test's name that `--only` asks for: `tlibc-clew/aio_` or `aio_`.
fn selection(only: &str) -> (Vec<&'static str>, &str) {
    for square in SQUARES {
        if let Some(rest) = only.strip_prefix(square) {
            return (vec![square], rest.trim_start_matches('/'));
        }
    }
    (SQUARES.to_vec(), only)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_may_name_a_square() {
        assert_eq!(selection("aio_"), (SQUARES.to_vec(), "aio_"));
        assert_eq!(selection("musl-clew/fork/"), (vec!["musl-clew"], "fork/"));
        assert_eq!(selection("tlibc-linux"), (vec!["tlibc-linux"], ""));
    }
}
