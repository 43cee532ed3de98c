//! Whether every function that tlibc exports is named by a program of libc-tests/.
//!
//! What no program names stands in `libc-tests/unnamed.txt`, under the reason. The list can only become shorter: a name in
//! it that a program names, or that is not exported, is an error as well. Neighbour: `libc`, which runs the programs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::project::Project;

/// The list of what no program names.
const UNNAMED: &str = "libc-tests/unnamed.txt";
/// The list of what tlibc exports.
const EXPORTS: &str = "tlibc/exports.txt";

/// Checks both lists against the programs.
///
/// # Errors
///
/// Names the symbols that stand in the wrong list.
pub fn check(project: &Project) -> Result<()> {
    let mut named = BTreeSet::new();
    collect(&project.root().join("libc-tests"), &mut named)?;
    let exports = names(&project.root().join(EXPORTS))?;
    let unnamed = names(&project.root().join(UNNAMED))?;
    let (missing, stale) = differences(&exports, &named, &unnamed);
    ensure!(
        missing.is_empty(),
        "no program of libc-tests/ names {}",
        missing.join(", ")
    );
    ensure!(
        stale.is_empty(),
        "{UNNAMED} need not have {}",
        stale.join(", ")
    );
    Ok(())
}

/// What is neither named nor listed, and what is listed without need.
fn differences<'a>(
    exports: &'a BTreeSet<String>,
    named: &BTreeSet<String>,
    unnamed: &'a BTreeSet<String>,
) -> (Vec<&'a str>, Vec<&'a str>) {
    let missing = exports
        .iter()
        .filter(|name| !named.contains(*name) && !unnamed.contains(*name));
    let stale = unnamed
        .iter()
        .filter(|name| named.contains(*name) || !exports.contains(*name));
    (
        missing.map(String::as_str).collect(),
        stale.map(String::as_str).collect(),
    )
}

/// The names of a list, which `#` begins a comment in.
fn names(path: &Path) -> Result<BTreeSet<String>> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let words = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or(line));
    Ok(words
        .flat_map(str::split_whitespace)
        .map(str::to_owned)
        .collect())
}

/// The identifiers in the C programs and headers below `folder`.
fn collect(folder: &Path, names: &mut BTreeSet<String>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, names)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "c" || extension == "h")
        {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            names.extend(identifiers(&without_comments(&text)));
        }
    }
    Ok(())
}

/// C without its block comments.
fn without_comments(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("/*") {
        code.push_str(before);
        code.push(' ');
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    code + rest
}

fn identifiers(code: &str) -> impl Iterator<Item = String> {
    code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn comments_name_nothing() {
        let code = without_comments("/* qsort */ int x = bsearch(); /* memchr");
        let found: BTreeSet<String> = identifiers(&code).collect();
        assert_eq!(found, set(&["int", "x", "bsearch"]));
    }

    #[test]
    fn both_lists_must_be_right() {
        let exports = set(&["a", "b", "c", "d"]);
        let named = set(&["a", "b"]);
        let unnamed = set(&["b", "c", "gone"]);
        let (missing, stale) = differences(&exports, &named, &unnamed);
        assert_eq!((missing, stale), (vec!["d"], vec!["b", "gone"]));
    }
}
