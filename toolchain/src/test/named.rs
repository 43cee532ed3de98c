//! Whether a test that a page of docs/ names exists.
//!
//! The manual of `wasm` says for each feature which test shows it. A name is as the report prints it; what the
//! report adds in parentheses for the way a test is run may be left out.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use super::{apps, wasm_engines, wasm_spec};
use crate::image;
use crate::project::Project;

/// The page with the table.
const PAGE: &str = "docs/src/wasm.md";
/// The heading above the table.
const HEADING: &str = "## Beside other runtimes";
/// What the rows begin with that nobody has to prove: `wasm` lacks the feature.
const LACKING: &str = "–";

/// Checks the table of features.
///
/// # Errors
///
/// Names the row whose test does not exist, or that names none.
pub fn check(project: &Project) -> Result<()> {
    let path = project.root().join(PAGE);
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let known = names(project)?;
    let mut rows = 0;
    for row in rows_of(&text) {
        rows += 1;
        check_row(&row, |name| exists(project, &known, name))
            .with_context(|| format!("{PAGE}: '{}'", row.first().map_or("", String::as_str)))?;
    }
    ensure!(rows > 0, "{PAGE} has no table below '{HEADING}'");
    Ok(())
}

/// The cells of each row of the table.
fn rows_of(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().skip_while(|line| *line != HEADING).skip(1);
    let lines = lines
        .take_while(|line| !line.starts_with("## "))
        .filter(|line| line.starts_with('|'));
    // The first two are the head and the line below it.
    let cells = |line: &str| {
        let line = line.trim().trim_matches('|');
        line.split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    lines.skip(2).map(cells).collect()
}

/// A row is: feature, `wasm`, the others, tests.
fn check_row(cells: &[String], exists: impl Fn(&str) -> Result<bool>) -> Result<()> {
    let [_, ours, .., tests] = cells else {
        bail!("too few cells");
    };
    let names: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
    ensure!(
        ours == LACKING || !names.is_empty(),
        "no test is named that shows it"
    );
    for name in names {
        ensure!(exists(name)?, "there is no test '{name}'");
    }
    Ok(())
}

/// The names that need no reading of sources.
fn names(project: &Project) -> Result<Vec<String>> {
    let mut names = wasm_engines::names();
    names.extend(wasm_spec::names());
    for (folder, group) in [("c-apps", "app"), ("wasm-apps", "wasm-app")] {
        for recipe in image::recipes(&project.root().join(folder))? {
            names.extend(apps::names(group, &recipe));
        }
    }
    Ok(names)
}

fn exists(project: &Project, known: &[String], name: &str) -> Result<bool> {
    if let Some(rest) = name.strip_prefix("unit/wasm/") {
        let function = rest.rsplit("::").next().unwrap_or(rest);
        return mentions(
            &project.root().join("wasm"),
            &format!("#[test] fn {function}() "),
        );
    }
    for group in ["run", "wasm"] {
        if name.starts_with(&format!("{group}/")) {
            // These are written where they are run: with the group, or as a case of it.
            let short = &name[group.len() + 1..];
            let folder = project.root().join("toolchain/src/test");
            return Ok(mentions(&folder, &format!("\"{name}\""))?
                || mentions(&folder, &format!("case( \"{short}\""))?
                || mentions(&folder, &format!("case(\"{short}\""))?);
        }
    }
    let with_way = format!("{name} (");
    Ok(known
        .iter()
        .any(|test| test == name || test.starts_with(&with_way)))
}

/// Whether a source file below `folder` has `words`, where any white space stands for any other.
fn mentions(folder: &Path, words: &str) -> Result<bool> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let found = if path.is_dir() {
            mentions(&path, words)?
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let text: Vec<&str> = text.split_whitespace().collect();
            text.join(" ").contains(words)
        } else {
            false
        };
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Manual\n\n| not | this |\n|---|---|\n| one | two |\n\n## Beside other runtimes\n\n\
        | feature | `wasm` | other | shown by |\n|---|---|---|---|\n| fuel | ✓ | ✓ | `a/b`, `c/d e` |\n\
        | tea | – | – | |\n| coffee | ✓ | – | |\n\n## Next\n\n| a | b | c | `x` |\n";

    #[test]
    fn rows_name_tests_that_exist() {
        let rows = rows_of(TEXT);
        assert_eq!(rows.len(), 3);
        let exists = |name: &str| Ok(["a/b", "c/d e"].contains(&name));
        check_row(&rows[0], exists).unwrap();
        check_row(&rows[1], exists).unwrap();
        assert!(check_row(&rows[2], exists).is_err(), "no test");
        let other = |name: &str| Ok(name == "a/b");
        let error = check_row(&rows[0], other).unwrap_err();
        assert!(error.to_string().contains("'c/d e'"), "{error}");
    }
}
