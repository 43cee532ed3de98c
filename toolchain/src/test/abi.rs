//! tlibc's binary interface: constants and layouts in its headers against glibc's, and the names in `libc.a`.
//!
//! The two sets of headers define thousands of macros and hundreds of types of the same names. Programs that print them all are
//! generated from what tlibc's headers hold, one line for each; lines that a compiler refuses (a macro that is no value, a member
//! that glibc calls otherwise) are taken out until the rest compiles.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail, ensure};
use goblin::archive::Archive;
use goblin::elf::Elf;
use goblin::elf::section_header::SHN_UNDEF;
use goblin::elf::sym::STB_LOCAL;

use super::Report;
use crate::apps::Compiler;
use crate::project::Project;
use crate::ui::Step;

/// The names that `libc.a` has, one a line, sorted.
const EXPORTS: &str = "tlibc/exports.txt";

/// Constants that differ on purpose, and why.
const DIFFERENT: [(&str, &str); 3] = [
    ("MINSIGSTKSZ", "glibc asks sysconf, which is no constant"),
    ("SIGSTKSZ", "glibc asks sysconf, which is no constant"),
    ("math_errhandling", "tlibc's functions leave errno alone"),
];

/// Types that are glibc's own inside: programs only point to them.
const OPAQUE: [&str; 2] = ["FILE", "DIR"];

/// Rounds of taking out what a compiler refuses.
const ROUNDS: usize = 12;

/// Prints values of any type.
const PRELUDE: &str = r#"
#include <stddef.h>
#include <stdio.h>
static void number(const char *n, long long v) { printf("%s\t%lld\n", n, v); }
static void text(const char *n, const char *v) { printf("%s\t\"%s\"\n", n, v); }
static void real(const char *n, long double v) { printf("%s\t%.21Lg\n", n, v); }
static void other(const char *n, const void *v) { printf("%s\tpointer\n", n); }
#define V(M) _Generic((M), char *: text, const char *: text, float: real, double: real, long double: real, int: number, \
  unsigned: number, long: number, unsigned long: number, long long: number, unsigned long long: number, default: other)(#M, (M))
#define S(T) printf(#T "\t%zu bytes, aligned to %zu\n", sizeof(T), _Alignof(T))
#define O(T, F) printf(#T "." #F "\t%zu bytes at %zu\n", sizeof(((T *)0)->F), offsetof(T, F))
int main(void) { return 0; }
"#;

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    report.run("abi/constants", || {
        let headers = Headers::new(project)?;
        let names = headers.common_macros()?;
        let lines: Vec<String> = names.iter().map(|name| format!("V({name})")).collect();
        headers.compare("constants", &lines, 2500)
    });
    report.run("abi/layouts", || {
        let headers = Headers::new(project)?;
        let text = headers.preprocess(&headers.tlibc, &["-E", "-P"])?;
        headers.compare("layouts", &type_lines(&text), 900)
    });
    report.run("abi/exports", || exports(project));
    Ok(())
}

/// The headers that both libraries have, and the compilers.
struct Headers {
    tlibc: Compiler,
    glibc: Compiler,
    includes: String,
    folder: std::path::PathBuf,
}

impl Headers {
    fn new(project: &Project) -> Result<Self> {
        let tlibc = Compiler::tlibc(project)?;
        let _step = Step::start("comparing headers");
        let mut headers = Self {
            tlibc,
            glibc: Compiler::glibc(),
            includes: String::new(),
            folder: project.out().join("abi"),
        };
        fs::create_dir_all(&headers.folder)?;
        let root = project.sysroot().join("include");
        let mut names = Vec::new();
        collect(&root, &root, &mut names)?;
        let mut includes = String::from("#define _GNU_SOURCE 1\n");
        for name in names {
            // What is in bits/ and gnu/ is either library's own business.
            if name.starts_with("bits/") || name.starts_with("gnu/") {
                continue;
            }
            headers.includes = format!("#include <{name}>\n");
            if headers.preprocess(&headers.glibc, &["-E"]).is_ok() {
                includes.push_str(&headers.includes);
            }
        }
        headers.includes = includes;
        Ok(headers)
    }

    fn preprocess(&self, compiler: &Compiler, flags: &[&str]) -> Result<String> {
        let output = compile(compiler, flags, &self.includes)?;
        ensure!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn macros(&self, compiler: &Compiler) -> Result<BTreeSet<String>> {
        let text = self.preprocess(compiler, &["-E", "-dM"])?;
        let words = text
            .lines()
            .filter_map(|line| line.strip_prefix("#define ")?.split_once(' '))
            .filter(|(name, value)| {
                !name.contains('(') && !name.starts_with("__") && !value.is_empty()
            });
        Ok(words.map(|(name, _)| name.to_owned()).collect())
    }

    fn common_macros(&self) -> Result<Vec<String>> {
        let (ours, theirs) = (self.macros(&self.tlibc)?, self.macros(&self.glibc)?);
        Ok(ours.intersection(&theirs).cloned().collect())
    }

    /// Runs the lines with both libraries and compares what they print; at least `least` of them must say the same.
    fn compare(&self, name: &str, lines: &[String], least: usize) -> Result<()> {
        let ours = self.evaluate(&self.tlibc, name, lines)?;
        let theirs = self.evaluate(&self.glibc, name, lines)?;
        let mut same = 0;
        let mut differences = String::new();
        for (key, value) in &ours {
            match theirs.get(key) {
                Some(other) if other == value => same += 1,
                Some(other) if !DIFFERENT.iter().any(|(known, _)| known == key) => {
                    writeln!(differences, "{key}: {value}; glibc's is {other}")?;
                }
                _ => {}
            }
        }
        ensure!(differences.is_empty(), "{differences}");
        ensure!(same >= least, "only {same} {name} are in both");
        Ok(())
    }

    /// Name → value, of the lines that compile.
    fn evaluate(
        &self,
        compiler: &Compiler,
        name: &str,
        lines: &[String],
    ) -> Result<BTreeMap<String, String>> {
        let mut lines: Vec<&String> = lines.iter().collect();
        let program = self.folder.join(format!("{name}-{}", compiler.name));
        for _ in 0..ROUNDS {
            let mut source = format!("{}{PRELUDE}", self.includes);
            let first = source.lines().count() + 1;
            for (number, line) in lines.iter().enumerate() {
                writeln!(
                    source,
                    "__attribute__((constructor)) static void f{number}(void) {{ {line}; }}"
                )?;
            }
            let out = format!("-o{}", program.display());
            // Macros may name functions that tlibc does not have.
            let flags = [
                "-std=gnu11",
                "-w",
                "-fmax-errors=0",
                "-Wl,--unresolved-symbols=ignore-all",
                &out,
            ];
            let output = compile(compiler, &flags, &source)?;
            if output.status.success() {
                let ran = Command::new(&program).output()?;
                ensure!(ran.status.success(), "{} does not run", program.display());
                let text = String::from_utf8_lossy(&ran.stdout).into_owned();
                let words = text.lines().filter_map(|line| line.split_once('\t'));
                return Ok(words
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect());
            }
            let refused = refused(&String::from_utf8_lossy(&output.stderr), first);
            let before = lines.len();
            let mut number = 0;
            lines.retain(|_| {
                number += 1;
                !refused.contains(&(number - 1))
            });
            if lines.len() == before {
                bail!("{}", String::from_utf8_lossy(&output.stderr));
            }
        }
        bail!("{name} do not compile with {}", compiler.name)
    }
}

/// The generated lines that a compiler's messages are about, counted from 0.
fn refused(messages: &str, first: usize) -> BTreeSet<usize> {
    messages
        .lines()
        .filter(|line| line.contains(" error: ") || line.contains("in expansion of macro"))
        .filter_map(|line| {
            line.strip_prefix("<stdin>:")?
                .split(':')
                .next()?
                .parse::<usize>()
                .ok()
        })
        .filter_map(|line| line.checked_sub(first))
        .collect()
}

fn compile(compiler: &Compiler, flags: &[&str], source: &str) -> Result<Output> {
    use std::io::Write as _;
    let mut child = Command::new(&compiler.command)
        .env("LC_ALL", "C")
        .args(flags)
        .args(["-x", "c", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", compiler.command.display()))?;
    let mut stdin = child.stdin.take().context("no standard input")?;
    let source = source.to_owned();
    // A compiler that ends early closes the pipe; its messages say why.
    let writer = std::thread::spawn(move || drop(stdin.write_all(source.as_bytes())));
    let output = child.wait_with_output()?;
    drop(writer.join());
    Ok(output)
}

/// All headers below `folder`, relative to `root`, sorted.
fn collect(root: &Path, folder: &Path, names: &mut Vec<String>) -> Result<()> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(root, &path, names)?;
        } else {
            names.push(path.strip_prefix(root)?.display().to_string());
        }
    }
    Ok(())
}

/// A line for each structure, union and member of preprocessed text, and for each other type with a name. Members whose
/// names begin with two underscores are either library's own.
fn type_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (item, after) = next_item(rest);
        rest = after;
        let item = item.trim();
        let is_typedef = item.starts_with("typedef ");
        let item = item.trim_start_matches("typedef ").trim_start();
        let (head, body) = match (item.find('{'), item.rfind('}')) {
            (Some(open), Some(close)) if open < close => (
                &item[..open],
                Some((&item[open + 1..close], &item[close + 1..])),
            ),
            _ => (item, None),
        };
        let head: Vec<&str> = head.split_whitespace().collect();
        let name = match (&head[..], body) {
            (["struct" | "union", tag], Some(_)) if is_word(tag) => head.join(" "),
            (["struct" | "union"], Some((_, tail))) if is_typedef => last_word(tail),
            (_, None) if is_typedef && !item.contains('(') => last_word(item),
            _ => continue,
        };
        if name.is_empty() || OPAQUE.contains(&name.as_str()) || name.contains("__") {
            continue;
        }
        lines.push(format!("S({name})"));
        if let Some((body, _)) = body {
            lines.extend(
                members(body)
                    .into_iter()
                    .filter(|member| !member.starts_with("__"))
                    .map(|member| format!("O({name}, {member})")),
            );
        }
    }
    lines.sort();
    lines.dedup();
    lines
}

/// The text up to the semicolon that is outside of all braces, and what follows.
fn next_item(text: &str) -> (&str, &str) {
    let mut depth = 0_i32;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return (&text[..at], &text[at + 1..]),
            _ => {}
        }
    }
    (text, "")
}

/// The names of members, those of nested structures without a name included; not bit-fields.
fn members(body: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = body;
    while !rest.is_empty() {
        let (item, after) = next_item(rest);
        rest = after;
        if let (Some(open), Some(close)) = (item.find('{'), item.rfind('}')) {
            let tail = item[close + 1..].trim();
            match tail.is_empty() {
                true => names.extend(members(&item[open + 1..close])),
                false => names.push(last_word(tail)),
            }
            continue;
        }
        if item.contains(':') {
            continue;
        }
        let item = item.split("__attribute__").next().unwrap_or(item);
        if let Some((_, pointer)) = item.split_once("(*") {
            names.push(
                pointer
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect(),
            );
            continue;
        }
        for part in item.split(',') {
            names.push(last_word(part));
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn is_word(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// The name that a declarator declares: its last word, before the sizes of an array.
fn last_word(text: &str) -> String {
    let text = text.split("__attribute__").next().unwrap_or(text);
    let text = text.split('[').next().unwrap_or(text).trim();
    let start = text
        .rfind(|c: char| !c.is_alphanumeric() && c != '_')
        .map_or(0, |at| at + 1);
    text[start..].to_owned()
}

/// Compares the global names of `libc.a` with the list.
fn exports(project: &Project) -> Result<()> {
    Compiler::tlibc(project)?;
    let archive = project.sysroot().join("lib/libc.a");
    let bytes = fs::read(&archive)?;
    let index = Archive::parse(&bytes)?;
    let mut names = BTreeSet::new();
    for member in index.members() {
        let elf = Elf::parse(index.extract(member, &bytes)?)?;
        for symbol in &elf.syms {
            if symbol.st_bind() != STB_LOCAL && symbol.st_shndx != SHN_UNDEF as usize {
                let name = elf
                    .strtab
                    .get_at(symbol.st_name)
                    .context("a symbol without name")?;
                names.insert(name.to_owned());
            }
        }
    }
    let list = fs::read_to_string(project.root().join(EXPORTS))?;
    let wanted: BTreeSet<String> = list.lines().map(str::to_owned).collect();
    let missing: Vec<&String> = wanted.difference(&names).collect();
    let new: Vec<&String> = names.difference(&wanted).collect();
    ensure!(
        missing.is_empty() && new.is_empty(),
        "{EXPORTS} is not what libc.a exports. Gone: {missing:?}. New: {new:?}"
    );
    let foreign = names
        .iter()
        .find(|name| name.starts_with("_R") || name.starts_with("_ZN") || name.contains("rust"));
    ensure!(foreign.is_none(), "{foreign:?} is a name of Rust's");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_members_are_found() {
        let text = "typedef unsigned long size_t; struct a { int x, *y; struct { char in; }; int bits : 3; long z[4]; void (*f)(int); };\n\
            typedef struct { int q; } named_t; int function(int); struct a; typedef int (*pointer)(void); extern struct a object;";
        assert_eq!(
            type_lines(text),
            [
                "O(named_t, q)",
                "O(struct a, f)",
                "O(struct a, in)",
                "O(struct a, x)",
                "O(struct a, y)",
                "O(struct a, z)",
                "S(named_t)",
                "S(size_t)",
                "S(struct a)"
            ]
        );
    }

    #[test]
    fn refused_lines_are_counted_from_the_first() {
        let messages = "<stdin>:12:3: error: 'x' undeclared\n<stdin>:5:1: error: ...\n<stdin>:14:1: note: in expansion of macro 'V'\n";
        assert_eq!(refused(messages, 10), BTreeSet::from([2, 4]));
    }
}
