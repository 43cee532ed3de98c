//! The list of a suite's known differences: `NAME REASON` in each line, `#` before a remark. A name that ends
//! in `*` stands for all tests that begin so. A line that begins with `?` is about tests that may do either, because
//! they depend on time; it is never untrue.

use anyhow::{Result, bail};

/// A line of the list.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    name: String,
    reason: String,
    /// The line stands for a test that sometimes passes.
    sometimes: bool,
}

/// The list of a suite.
#[derive(Debug, Default)]
pub struct Differences(Vec<Line>);

impl Differences {
    /// Reads a list.
    ///
    /// # Errors
    ///
    /// Fails for a line without a reason.
    pub fn parse(text: &str) -> Result<Self> {
        let mut lines = Vec::new();
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (line, sometimes) = match line.strip_prefix('?') {
                Some(rest) => (rest.trim_start(), true),
                None => (line, false),
            };
            match line.split_once(char::is_whitespace) {
                Some((name, reason)) => lines.push(Line {
                    name: name.to_owned(),
                    reason: reason.trim().to_owned(),
                    sometimes,
                }),
                None => bail!("no reason is given for '{line}'"),
            }
        }
        Ok(Self(lines))
    }

    /// Why a test may differ, if it may.
    pub fn reason(&self, name: &str) -> Option<&str> {
        let line = self.0.iter().find(|line| covers(&line.name, name))?;
        Some(&line.reason)
    }

    /// The lines that none of `different` bears out.
    pub fn untrue<'a>(&'a self, different: &[&str]) -> Vec<&'a str> {
        self.0
            .iter()
            .filter(|line| {
                !line.sometimes && !different.iter().any(|name| covers(&line.name, name))
            })
            .map(|line| line.name.as_str())
            .collect()
    }
}

fn covers(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_cover_names_and_must_be_true() {
        let list =
            Differences::parse("# remark\na/1 has a reason\nb/* another\n? c/1 races\n").unwrap();
        assert_eq!(list.reason("a/1"), Some("has a reason"));
        assert_eq!(list.reason("a/10"), None);
        assert_eq!(list.reason("b/7"), Some("another"));
        assert_eq!(list.reason("c/1"), Some("races"));
        assert_eq!(list.untrue(&["b/2"]), ["a/1"]);
        assert!(Differences::parse("lonely\n").is_err());
    }
}
