//! The packages' own tests, run by cargo on this machine.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::{Outcome, Report};
use crate::image;
use crate::project::Project;
use crate::sysroot;
use crate::ui::Step;

/// Packages with tests, and the folders they are in.
const PACKAGES: [(&str, &str); 5] = [
    ("clew-hal", "kernel/hal"),
    ("clew-kernel", "kernel"),
    ("tlibc", "tlibc"),
    ("clew", "toolchain"),
    ("wasm", "wasm"),
];

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    for (package, folder) in PACKAGES {
        if report.wants_group(&format!("unit/{package}")) && project.root().join(folder).is_dir() {
            run_package(project, report, package)?;
        }
    }
    Ok(())
}

fn run_package(project: &Project, report: &mut Report, package: &str) -> Result<()> {
    let mut cargo = if package == "wasm" {
        // Two engines take long to build: the tests run what was built for the image, which is linked with tlibc.
        sysroot::build(project)?;
        let mut cargo = Command::new(project.tool("tlibc-cargo"));
        cargo.args(["test", "--profile", "wasm"]);
        // The modules of the image do; they take long to build, too.
        image::build_modules(project)?;
        cargo.env("WASM_MODULES", project.out().join("wasm-apps"));
        cargo
    } else {
        let mut cargo = Command::new("cargo");
        cargo.arg("test");
        cargo
    };
    let step = Step::start(&format!("Testing the package {package}"));
    let output = cargo
        .args(["--quiet", "--no-fail-fast", "--package", package])
        .args(["--", "--format", "pretty"])
        .current_dir(project.root())
        .env("CARGO_TARGET_DIR", project.target())
        .env("CARGO_TERM_COLOR", "never")
        .stdin(Stdio::null())
        .output()
        .context("cannot start cargo")?;
    drop(step);
    let text = String::from_utf8_lossy(&output.stdout);
    let results = parse(&text);
    let failed = results
        .iter()
        .filter(|(_, result)| *result == Found::Failed)
        .count();
    for (name, result) in &results {
        let name = format!("unit/{package}/{name}");
        if !report.wants(&name) {
            continue;
        }
        let outcome = match result {
            Found::Passed => Outcome::Passed,
            Found::Ignored => Outcome::Skipped("marked #[ignore]".to_owned()),
            Found::Failed => Outcome::Failed(details(&text, &name)),
        };
        report.add(&name, None, outcome);
    }
    // A package that does not build, or a test that ended its process, has no line of its own; nor has one whose line
    // was torn by something else that went to standard output.
    if !output.status.success() && failed == 0 || results.len() != announced(&text) {
        let errors = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = text.lines().chain(errors.lines()).collect();
        let tail = lines[lines.len().saturating_sub(40)..].join("\n");
        report.add(
            &format!("unit/{package}/(cargo test)"),
            None,
            Outcome::Failed(tail),
        );
    }
    Ok(())
}

#[derive(Debug, PartialEq, Eq)]
enum Found {
    Passed,
    Failed,
    Ignored,
}

/// How many tests there are, by the lines `running N tests`.
fn announced(text: &str) -> usize {
    text.lines()
        .filter_map(|line| {
            let (count, what) = line.strip_prefix("running ")?.split_once(' ')?;
            matches!(what, "test" | "tests").then_some(count)
        })
        .filter_map(|count| count.parse::<usize>().ok())
        .sum()
}

/// The lines `test NAME ... RESULT`.
fn parse(text: &str) -> Vec<(String, Found)> {
    let mut found = Vec::new();
    for line in text.lines() {
        let Some(rest) = line.strip_prefix("test ") else {
            continue;
        };
        let Some((name, result)) = rest.rsplit_once(" ... ") else {
            continue;
        };
        let result = match result.split_once(", ").map_or(result, |(word, _why)| word) {
            "ok" => Found::Passed,
            "FAILED" => Found::Failed,
            "ignored" => Found::Ignored,
            _ => continue,
        };
        found.push((name.trim_end_matches(" - should panic").to_owned(), result));
    }
    found
}

/// What a failed test printed.
fn details(text: &str, name: &str) -> String {
    let short = name.splitn(3, '/').nth(2).unwrap_or(name);
    let heading = format!("---- {short} stdout ----");
    let lines = text.lines().skip_while(|line| *line != heading).skip(1);
    let lines: Vec<&str> = lines
        .take_while(|line| !line.starts_with("---- "))
        .take(20)
        .collect();
    lines.join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_lines_of_the_test_harness() {
        let text = "\nrunning 4 tests\ntest a::b ... ok\ntest a::c ... FAILED\ntest d ... ignored, slow\n\
            test e - should panic ... ok\n\nfailures:\n\n---- a::c stdout ----\nassertion failed\n\n\
            test result: FAILED. 2 passed; 1 failed; 1 ignored\n";
        assert_eq!(
            parse(text),
            [
                ("a::b".to_owned(), Found::Passed),
                ("a::c".to_owned(), Found::Failed),
                ("d".to_owned(), Found::Ignored),
                ("e".to_owned(), Found::Passed),
            ]
        );
        assert_eq!(announced(text), 4);
        assert!(details(text, "unit/clew/a::c").starts_with("assertion failed"));
    }

    #[test]
    fn a_torn_line_is_no_result() {
        let text = "running 1 test\ntest a::b ... FAILED   of something else\nok\n";
        assert_eq!(parse(text), []);
        assert_eq!(announced(text), 1);
    }
}
