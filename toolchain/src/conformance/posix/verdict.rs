//! Compares what became of the tests with what has to: the reference for musl, a pass for tlibc, or the list.

use std::fmt;

use super::{Results, SQUARES};
use crate::conformance::differences::Differences;

/// What became of a test.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    Pass,
    /// An exit status of the suite's, and what the test said.
    Status(i32, String),
    Signal(i32),
    /// It took too long, or the machine ended.
    NoEnd,
    NotBuilt,
}

/// The suite's exit statuses.
const FAIL: i32 = 1;
const UNRESOLVED: i32 = 2;
const UNSUPPORTED: i32 = 4;
/// The test says that it tests nothing.
const UNTESTED: i32 = 5;

impl Outcome {
    /// Whether there is nothing to explain.
    fn is_fine(&self) -> bool {
        matches!(self, Self::Pass | Self::Status(UNTESTED, _))
    }

    /// The column of the table.
    fn column(&self) -> usize {
        match self {
            Self::Pass => 0,
            Self::Status(FAIL, _) => 1,
            Self::Status(UNRESOLVED, _) => 2,
            Self::Status(UNSUPPORTED, _) => 3,
            Self::Status(UNTESTED, _) => 4,
            Self::Signal(_) | Self::Status(..) => 5,
            Self::NoEnd => 6,
            Self::NotBuilt => 7,
        }
    }
}

const COLUMNS: [&str; 8] = [
    "pass",
    "fail",
    "unresolved",
    "unsupported",
    "untested",
    "crash",
    "no end",
    "not built",
];

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Pass => f.write_str("passes"),
            Self::Status(status, words) => {
                let name = match *status {
                    FAIL => "failed",
                    UNRESOLVED => "unresolved",
                    UNSUPPORTED => "unsupported",
                    UNTESTED => "untested",
                    _ => "odd status",
                };
                write!(f, "{name} ({status}): {words}")
            }
            Self::Signal(signal) => write!(f, "signal {signal}"),
            Self::NoEnd => f.write_str("took too long"),
            Self::NotBuilt => f.write_str("does not build"),
        }
    }
}

/// Judges the squares one after the other.
pub struct Judge<'a> {
    differences: &'a Differences,
    /// `SQUARE/NAME` and `LIBRARY/NAME` of all tests that are not as they should be.
    different: Vec<String>,
    listed: usize,
    wrong: usize,
    /// A row for each square.
    rows: Vec<(String, [usize; COLUMNS.len()])>,
}

impl<'a> Judge<'a> {
    pub fn new(differences: &'a Differences) -> Self {
        Self {
            differences,
            different: Vec::new(),
            listed: 0,
            wrong: 0,
            rows: Vec::new(),
        }
    }

    /// Tests that differ, as listed.
    pub fn listed(&self) -> usize {
        self.listed
    }

    /// Differences that are not listed, and lines that are not true.
    pub fn wrong(&self) -> usize {
        self.wrong
    }

    /// Whether a test is as it should be in a square. With musl what the reference does is right.
    fn is_right(square: &str, name: &str, outcome: &Outcome, reference: Option<&Results>) -> bool {
        outcome.is_fine()
            || square == SQUARES[0]
            || square.starts_with("musl")
                && reference.is_some_and(|results| results.get(name) != Some(&Outcome::Pass))
    }

    /// Why a test may be different in a square: a line names it, or the library if it is so on both systems.
    fn reason(&self, square: &str, name: &str) -> Option<&str> {
        let library = square.split('-').next().unwrap_or(square);
        [square, library]
            .iter()
            .find_map(|place| self.differences.reason(&format!("{place}/{name}")))
    }

    /// Whether a test did not pass although it should have, and nothing is known about it.
    pub fn is_unexpected(
        &self,
        square: &str,
        name: &str,
        results: &Results,
        reference: Option<&Results>,
    ) -> bool {
        results.get(name).is_some_and(|outcome| {
            !Self::is_right(square, name, outcome, reference) && self.reason(square, name).is_none()
        })
    }

    /// Judges one square and adds its row to the table; what is wrong is told by a line each.
    #[must_use]
    pub fn square(
        &mut self,
        square: &str,
        results: &Results,
        reference: Option<&Results>,
    ) -> String {
        let mut lines = String::new();
        let mut row = [0; COLUMNS.len()];
        for (name, outcome) in results {
            row[outcome.column()] += 1;
            if Self::is_right(square, name, outcome, reference) {
                continue;
            }
            if self.reason(square, name).is_some() {
                self.listed += 1;
            } else {
                self.wrong += 1;
                lines.push_str(&format!("FAILED   posix/{square}/{name}: {outcome}\n"));
            }
            let library = square.split('-').next().unwrap_or(square);
            self.different.push(format!("{square}/{name}"));
            self.different.push(format!("{library}/{name}"));
        }
        self.rows.push((square.to_owned(), row));
        lines
    }

    /// Counts the lines of the list that nothing bears out, and tells them by a line each; all squares must have been
    /// judged.
    #[must_use]
    pub fn check_list(&mut self, list: &str) -> String {
        let mut lines = String::new();
        let different: Vec<&str> = self.different.iter().map(String::as_str).collect();
        for name in self.differences.untrue(&different) {
            self.wrong += 1;
            lines.push_str(&format!("FAILED   {list}: '{name}' is no longer true\n"));
        }
        lines
    }

    /// What became of how many tests, by square.
    pub fn table(&self) -> String {
        let mut text = format!("{:12}", "");
        for column in COLUMNS {
            text.push_str(&format!(" {column:>11}"));
        }
        text.push('\n');
        for (square, row) in &self.rows {
            text.push_str(&format!("{square:12}"));
            for count in row {
                text.push_str(&format!(" {count:>11}"));
            }
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(of: &[(&str, Outcome)]) -> Results {
        of.iter()
            .map(|(name, outcome)| ((*name).to_owned(), outcome.clone()))
            .collect()
    }

    fn failed() -> Outcome {
        Outcome::Status(FAIL, String::new())
    }

    #[test]
    fn musl_has_to_do_what_it_did_on_linux() {
        let list = Differences::parse("musl-clew/c/1 a reason\n").unwrap();
        let mut judge = Judge::new(&list);
        let linux = results(&[
            ("a/1", Outcome::Pass),
            ("b/1", failed()),
            ("c/1", Outcome::Pass),
        ]);
        let clew = results(&[("a/1", failed()), ("b/1", failed()), ("c/1", failed())]);
        assert!(judge.is_unexpected("musl-clew", "a/1", &clew, Some(&linux)));
        assert!(!judge.is_unexpected("musl-clew", "b/1", &clew, Some(&linux)));
        assert!(!judge.is_unexpected("musl-clew", "c/1", &clew, Some(&linux)));
        let lines = judge.square("musl-clew", &clew, Some(&linux));
        assert_eq!(lines, "FAILED   posix/musl-clew/a/1: failed (1): \n");
        assert_eq!((judge.listed(), judge.wrong()), (1, 1));
        assert_eq!(judge.check_list("list"), "");
        assert_eq!(judge.wrong(), 1);
    }

    #[test]
    fn tlibc_has_to_pass_or_be_listed() {
        let list = Differences::parse("tlibc/a/* on both\ntlibc-clew/b/1 here\ntlibc/z/1 untrue\n")
            .unwrap();
        let mut judge = Judge::new(&list);
        let linux = results(&[("b/1", failed())]);
        let outcomes = results(&[
            ("a/2", Outcome::NotBuilt),
            ("b/1", failed()),
            ("u/1", Outcome::Status(UNTESTED, String::new())),
        ]);
        let lines = judge.square("tlibc-linux", &outcomes, Some(&linux));
        assert_eq!(lines, "FAILED   posix/tlibc-linux/b/1: failed (1): \n");
        assert_eq!((judge.listed(), judge.wrong()), (1, 1));
        assert_eq!(judge.square("tlibc-clew", &outcomes, Some(&linux)), "");
        assert_eq!((judge.listed(), judge.wrong()), (3, 1));
        assert_eq!(
            judge.check_list("list"),
            "FAILED   list: 'tlibc/z/1' is no longer true\n"
        );
        assert_eq!(judge.wrong(), 2);
        let table = judge.table();
        assert!(
            table
                .lines()
                .nth(1)
                .is_some_and(|row| row.starts_with("tlibc-linux"))
        );
    }
}
