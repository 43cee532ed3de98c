//! `docs/src/libc-coverage.md`: every function of POSIX.1-2024 by header, and the tests that use it.
//!
//! A function is there if the header, or one that it includes, declares it and the sources export it, or if the
//! header defines a macro of its name. A test is a program of `libc-tests/` or a unit test of tlibc that names the
//! function.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::project::Project;

/// Where the page is.
pub const PAGE: &str = "docs/src/libc-coverage.md";

/// The standard's list, compiled in: the tool reads no other file for it.
const STANDARD: &str = include_str!("../share/posix-2024.txt");

/// How many tests a row names.
const SHOWN: usize = 2;

/// The text of the page.
///
/// # Errors
///
/// Fails if the sources cannot be read or the headers not be generated.
pub fn text(project: &Project) -> Result<String> {
    let headers = generated_headers(project)?;
    let api = clew::headers::Api::collect(&project.root().join("tlibc/src"))?;
    let exports: BTreeSet<&str> = api.exports().collect();
    let tests = tests(project.root())?;
    let mut summary = String::new();
    let mut details = String::new();
    let (mut all, mut all_there, mut all_tested) = (0, 0, 0);
    for (header, functions) in standard()? {
        let mut words = Promises::default();
        promised(&headers, &header, &mut BTreeSet::new(), &mut words);
        let (mut there, mut tested) = (0, 0);
        writeln!(details, "\n## {header}\n\n| function | tests |\n|---|---|")?;
        for function in &functions {
            let name = function.as_str();
            let declared = words.declared.contains(name) && exports.contains(name);
            if !declared && !words.macros.contains(name) {
                writeln!(details, "| `{function}` | **missing** |")?;
                continue;
            }
            there += 1;
            let using = tests.get(name);
            match using {
                None => writeln!(details, "| `{function}` | not tested |")?,
                Some(using) => {
                    tested += 1;
                    let mut shown: Vec<&str> =
                        using.iter().take(SHOWN).map(String::as_str).collect();
                    let more = format!("{} more", using.len().saturating_sub(SHOWN));
                    if using.len() > SHOWN {
                        shown.push(&more);
                    }
                    writeln!(details, "| `{function}` | {} |", shown.join(", "))?;
                }
            }
        }
        let count = functions.len();
        let missing = match count - there {
            0 => String::new(),
            missing => missing.to_string(),
        };
        writeln!(
            summary,
            "| {header} | {count} | {there} | {tested} | {missing} |"
        )?;
        all += count;
        all_there += there;
        all_tested += tested;
    }
    Ok(format!(
        "# POSIX coverage of tlibc\n\n\
         Written by `make report` from the standard's list of functions, tlibc's sources and the tests. A function is \
         there if its header declares it and the library exports it, or if it is a macro. It is tested if a program of \
         `libc-tests/` or a unit test of tlibc (`unit/…`) uses it by name; what the programs of `c-apps/`, Rust's \
         standard library and the suites of `make conformance` exercise does not count.\n\n\
         POSIX.1-2024: {all} functions, {all_there} there, {all_tested} tested.\n\n\
         | header | functions | there | tested | missing |\n|---|---:|---:|---:|---:|\n\
         {summary}{details}"
    ))
}

/// Header and its functions, in the order of the list.
fn standard() -> Result<Vec<(String, Vec<String>)>> {
    let mut headers: Vec<(String, Vec<String>)> = Vec::new();
    for line in STANDARD.lines() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        let names = match line.split_once(':') {
            Some((header, names)) => {
                headers.push((header.to_owned(), Vec::new()));
                names
            }
            None => line,
        };
        let (_, functions) = headers.last_mut().context("the list begins with names")?;
        functions.extend(names.split_whitespace().map(str::to_owned));
    }
    ensure!(!headers.is_empty(), "the standard's list is empty");
    Ok(headers)
}

/// The headers as a program sees them: name and text.
fn generated_headers(project: &Project) -> Result<BTreeMap<String, String>> {
    let out = tempfile::tempdir()?;
    let report = clew::headers::generate_with_report(project.root(), out.path())?;
    report
        .written
        .into_iter()
        .map(|name| {
            let text = fs::read_to_string(out.path().join(&name))?;
            Ok((name, text))
        })
        .collect()
}

/// The names that a header gives a program.
#[derive(Debug, Default)]
struct Promises<'a> {
    macros: BTreeSet<&'a str>,
    declared: BTreeSet<&'a str>,
}

/// Adds the functions and macros that a header and those it includes promise.
fn promised<'a>(
    headers: &'a BTreeMap<String, String>,
    header: &str,
    done: &mut BTreeSet<String>,
    words: &mut Promises<'a>,
) {
    let Some(text) = headers.get(header) else {
        return;
    };
    if !done.insert(header.to_owned()) {
        return;
    }
    for line in text.lines() {
        if let Some(included) = line.strip_prefix("#include <") {
            promised(headers, included.trim_end_matches('>'), done, words);
        } else if let Some(rest) = line.strip_prefix("#define ") {
            words.macros.extend(rest.split(|c| !is_word(c)).next());
        } else if !line.trim_start().starts_with("/*") {
            words.declared.extend(called(line));
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The words right before a parenthesis.
fn called(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices('(').filter_map(|(at, _)| {
        let before = &line[..at];
        let word = &before[before.trim_end_matches(is_word).len()..];
        (!word.is_empty()).then_some(word)
    })
}

/// Function → the tests that use it.
fn tests(root: &Path) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut tests: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut add = |name: &str, words: Vec<String>| {
        for word in words {
            tests.entry(word).or_default().insert(name.to_owned());
        }
    };
    for path in files(&root.join("libc-tests"), "c")? {
        let text = fs::read_to_string(&path)?;
        let name = path
            .strip_prefix(root.join("libc-tests"))?
            .with_extension("");
        add(&name.display().to_string(), c_words(&text));
    }
    for path in files(&root.join("tlibc/src"), "rs")? {
        let text = fs::read_to_string(&path)?;
        let name = path
            .strip_prefix(root.join("tlibc/src"))?
            .with_extension("");
        let name = name.display().to_string();
        let is_tests = name.ends_with("/tests") || name.contains("/tests/");
        let body = match text.split_once("\nmod tests {\n") {
            _ if is_tests => text.as_str(),
            Some((_, body)) => body,
            None => continue,
        };
        let name = name.split("/tests").next().unwrap_or_default();
        add(
            &format!("unit/{}", name.trim_end_matches("/mod")),
            rust_calls(body),
        );
    }
    Ok(tests)
}

/// All files below `dir` with the extension, in order.
fn files(dir: &Path, extension: &str) -> Result<Vec<std::path::PathBuf>> {
    let mut found = Vec::new();
    let entries = fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The words of a C source, without those in comments, string literals and `#include` lines.
fn c_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("#include"))
        .flat_map(|line| line.chars().chain(['\n']))
        .peekable();
    while let Some(c) = chars.next() {
        if is_word(c) {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        match (c, chars.peek()) {
            ('/', Some('/')) => while chars.next().is_some_and(|c| c != '\n') {},
            ('/', Some('*')) => {
                chars.next();
                let mut last = ' ';
                for c in chars.by_ref() {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
            }
            ('"' | '\'', _) => {
                while let Some(next) = chars.next() {
                    if next == '\\' {
                        chars.next();
                    } else if next == c {
                        break;
                    }
                }
            }
            _ => {}
        }
    }
    words
}

/// The functions that Rust test code calls, without methods and those of the host's C library.
fn rust_calls(text: &str) -> Vec<String> {
    text.lines()
        .flat_map(|line| called(line).map(move |word| (line, word)))
        .filter(|(line, word)| {
            let before = &line[..word.as_ptr() as usize - line.as_ptr() as usize];
            !before.ends_with('.') && !before.ends_with("libc::") && !before.ends_with("fn ")
        })
        .map(|(_, word)| word.to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read() {
        let headers = standard().unwrap();
        let all: usize = headers.iter().map(|(_, functions)| functions.len()).sum();
        assert!(all > 1150, "{all}");
        let (_, functions) = headers.iter().find(|(name, _)| name == "glob.h").unwrap();
        assert_eq!(functions, &["glob", "globfree"]);
    }

    #[test]
    fn a_header_promises_what_it_declares_defines_or_includes() {
        let headers = BTreeMap::from([
            (
                "a.h".to_owned(),
                "#include <b.h>\n#define one(x) x\nint two(int);\n/* three */".to_owned(),
            ),
            (
                "b.h".to_owned(),
                "#include <a.h>\nvoid *four(void);".to_owned(),
            ),
        ]);
        let mut words = Promises::default();
        promised(&headers, "a.h", &mut BTreeSet::new(), &mut words);
        assert_eq!(words.declared, BTreeSet::from(["four", "two"]));
        assert_eq!(words.macros, BTreeSet::from(["one"]));
    }

    #[test]
    fn comments_and_texts_use_nothing() {
        let words = c_words("#include <x.h>\na(b); /* c */ \"d\\\"e\" // f\n'g' h");
        assert_eq!(words, ["a", "b", "h"]);
        let calls = rust_calls("    x.read(1); libc::write(2); close(3);\nfn open() {}");
        assert_eq!(calls, ["close"]);
    }
}
