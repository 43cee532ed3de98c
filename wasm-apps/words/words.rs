//! Tells the most frequent words of files, of all files below directories, or of standard input.
//!
//!     words [-n COUNT] [PATH]...

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

type Counts = HashMap<String, u64>;

fn count(text: &str, counts: &mut Counts) {
    let words = text.split(|letter: char| !letter.is_alphanumeric() && letter != '\'');
    for word in words.map(|word| word.trim_matches('\'')) {
        if !word.is_empty() {
            *counts.entry(word.to_lowercase()).or_default() += 1;
        }
    }
}

/// Counts the words of a file, or of all files below a directory.
fn visit(path: &Path, counts: &mut Counts) -> io::Result<()> {
    if fs::metadata(path)?.is_dir() {
        for entry in fs::read_dir(path)? {
            visit(&entry?.path(), counts)?;
        }
    } else {
        count(&fs::read_to_string(path)?, counts);
    }
    Ok(())
}

/// Prints the `most` most frequent words, the alphabet deciding between equals.
fn print(counts: &Counts, most: usize) -> io::Result<()> {
    let mut ranking: Vec<_> = counts.iter().collect();
    ranking.sort_by(|(one, few), (other, many)| many.cmp(few).then(one.cmp(other)));
    let mut out = io::stdout().lock();
    for (word, count) in ranking.iter().take(most) {
        writeln!(out, "{count:6} {word}")?;
    }
    out.flush()
}

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1).peekable();
    let mut most = 10;
    if arguments.next_if(|argument| argument == "-n").is_some() {
        let Some(number) = arguments.next().and_then(|number| number.parse().ok()) else {
            eprintln!("usage: words [-n COUNT] [PATH]...");
            return ExitCode::from(2);
        };
        most = number;
    }
    let mut counts = Counts::new();
    let mut status = ExitCode::SUCCESS;
    let mut paths = arguments.peekable();
    if paths.peek().is_none() {
        let mut text = String::new();
        match io::stdin().read_to_string(&mut text) {
            Ok(_) => count(&text, &mut counts),
            Err(error) => {
                eprintln!("words: standard input: {error}");
                status = ExitCode::FAILURE;
            }
        }
    }
    for path in paths {
        if let Err(error) = visit(Path::new(&path), &mut counts) {
            eprintln!("words: {path}: {error}");
            status = ExitCode::FAILURE;
        }
    }
    if let Err(error) = print(&counts, most) {
        eprintln!("words: can't write: {error}");
        status = ExitCode::FAILURE;
    }
    status
}
