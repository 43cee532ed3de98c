//! Counts the lines of `unsafe` code, which `make test` prints and holds to a budget.
//!
//! A line counts if it has code on it and lies in an `unsafe` block, the body of an `unsafe fn`, or an
//! `unsafe impl`, `trait` or `extern` block. Tests do not count.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Unsafe and all lines of code of some files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Lines of code inside `unsafe`.
    pub unsafe_lines: usize,
    /// All lines of code.
    pub lines: usize,
}

/// Counts every Rust file below `dir`, without files and folders named in `skip`.
pub fn tree(dir: &Path, skip: &[&str]) -> Result<Count> {
    let mut total = Count::default();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot list {}", dir.display()))? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let name = name.to_string_lossy();
        if skip.contains(&name.as_ref()) {
            continue;
        }
        let count = if path.is_dir() {
            tree(&path, skip)?
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            file(&text)
        } else {
            continue;
        };
        total.unsafe_lines += count.unsafe_lines;
        total.lines += count.lines;
    }
    Ok(total)
}

/// Counts one file's text.
pub fn file(text: &str) -> Count {
    let tokens = tokens(text);
    let mut tests = BTreeSet::new();
    let mut guarded = BTreeSet::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_test_module(&tokens[at..]) {
            let end = end_of_item(&tokens, at);
            tests.extend(tokens[at].line..=tokens[end].line);
            at = end + 1;
            continue;
        }
        let follows = tokens.get(at + 1).map(|token| token.text.as_str());
        // `unsafe(no_mangle)` is an attribute, `unsafe fn(` without a name a pointer type.
        let pointer_type = matches!(follows, Some("fn" | "extern"))
            && tokens[at + 1..]
                .iter()
                .find(|token| token.text != "fn" && token.text != "extern" && token.text != "\"")
                .is_some_and(|token| token.text == "(");
        if tokens[at].text == "unsafe" && follows != Some("(") && !pointer_type {
            let end = end_of_item(&tokens, at);
            if tokens[end].text == "}" {
                guarded.extend(tokens[at].line..=tokens[end].line);
            }
        }
        at += 1;
    }
    let code: BTreeSet<usize> = tokens
        .iter()
        .map(|token| token.line)
        .filter(|line| !tests.contains(line))
        .collect();
    Count {
        unsafe_lines: guarded.intersection(&code).count(),
        lines: code.len(),
    }
}

struct Token {
    text: String,
    line: usize,
}

fn is_test_module(tokens: &[Token]) -> bool {
    let wanted = ["#", "[", "cfg", "(", "test", ")", "]"];
    tokens.len() > wanted.len()
        && wanted
            .iter()
            .zip(tokens)
            .all(|(wanted, token)| token.text == *wanted)
}

/// The token that ends what starts at `start`: the brace that closes its first one, or a semicolon before any.
fn end_of_item(tokens: &[Token], start: usize) -> usize {
    let mut depth = 0usize;
    let mut parentheses = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(start) {
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index;
                }
            }
            "(" | "[" => parentheses += 1,
            ")" | "]" => parentheses = parentheses.saturating_sub(1),
            ";" if depth == 0 && parentheses == 0 => return index,
            _ => {}
        }
    }
    tokens.len() - 1
}

/// Splits Rust text into words and single characters; comments vanish, a string literal becomes one
/// quote on every line that it covers.
fn tokens(text: &str) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let length = match rest[0] {
            b'\n' | b' ' | b'\t' | b'\r' => 1,
            b'/' if rest.starts_with(b"//") => line_length(rest),
            b'/' if rest.starts_with(b"/*") => block_comment_length(rest),
            b'"' => string_length(rest),
            b'r' | b'b' | b'c' if raw_string_length(rest).is_some() => {
                raw_string_length(rest).unwrap_or(1)
            }
            b'\'' => character_length(rest),
            byte if is_word(byte) => rest.iter().take_while(|byte| is_word(**byte)).count(),
            _ => 1,
        };
        let piece = &rest[..length.min(rest.len())];
        let comment = piece.starts_with(b"//") || piece.starts_with(b"/*");
        let literal = piece.contains(&b'"') && piece.len() > 1;
        if literal {
            for part in 0..=piece.iter().filter(|byte| **byte == b'\n').count() {
                tokens.push(Token {
                    text: String::from("\""),
                    line: line + part,
                });
            }
        } else if !comment && !piece[0].is_ascii_whitespace() {
            tokens.push(Token {
                text: String::from_utf8_lossy(piece).into_owned(),
                line,
            });
        }
        line += piece.iter().filter(|byte| **byte == b'\n').count();
        at += piece.len();
    }
    tokens
}

fn line_length(text: &[u8]) -> usize {
    text.iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(text.len())
}

fn block_comment_length(text: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// Length of a string literal that starts at its quote.
fn string_length(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() && text[at] != b'"' {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

/// Length of a literal with a prefix (`b"`, `c"`, `r#"`…), if one starts here.
fn raw_string_length(text: &[u8]) -> Option<usize> {
    let letters = text.iter().take_while(|byte| b"rbc".contains(byte)).count();
    let raw = text[..letters].contains(&b'r');
    let hashes = text[letters..]
        .iter()
        .take_while(|byte| **byte == b'#')
        .count();
    let start = letters + hashes;
    if letters > 2 || text.get(start) != Some(&b'"') || (hashes > 0 && !raw) {
        return None;
    }
    if !raw {
        return Some(start + string_length(&text[start..]));
    }
    let mut end = vec![b'"'];
    end.extend(std::iter::repeat_n(b'#', hashes));
    let body = &text[start + 1..];
    let close = body.windows(end.len()).position(|window| window == end);
    Some(start + 1 + close.map_or(body.len(), |close| close + end.len()))
}

/// Length of a character literal or a lifetime that starts at its apostrophe.
fn character_length(text: &[u8]) -> usize {
    if text.get(1) == Some(&b'\\') {
        return text
            .iter()
            .skip(3)
            .position(|byte| *byte == b'\'')
            .map_or(text.len(), |end| end + 4);
    }
    // A character takes up to four bytes of UTF-8; anything longer is a lifetime.
    match text.iter().skip(2).take(4).position(|byte| *byte == b'\'') {
        Some(end) if end == 0 || text[1] >= 0x80 => end + 3,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsafe_lines(text: &str) -> usize {
        file(text).unsafe_lines
    }

    #[test]
    fn counts_blocks_functions_and_impls() {
        assert_eq!(unsafe_lines("fn f() {\n    unsafe { g() }\n}\n"), 1);
        assert_eq!(
            unsafe_lines("unsafe fn f()\nwhere A: B,\n{\n    g();\n\n    // why\n}\n"),
            5 - 1 + 1
        );
        assert_eq!(unsafe_lines("unsafe impl Send for X {}\n"), 1);
        assert_eq!(unsafe_lines("unsafe extern \"C\" {\n    fn f();\n}\n"), 3);
    }

    #[test]
    fn does_not_count_what_only_says_unsafe() {
        assert_eq!(
            unsafe_lines("#[unsafe(no_mangle)]\nextern \"C\" fn f() {\n}\n"),
            0
        );
        assert_eq!(
            unsafe_lines("type F = unsafe extern \"C\" fn(i32);\nfn g() {}\n"),
            0
        );
        assert_eq!(
            unsafe_lines("// unsafe { }\nconst S: &str = \"unsafe {\";\nfn f() {}\n"),
            0
        );
        assert_eq!(
            unsafe_lines("const R: &str = r#\"unsafe { \" \"#;\nfn f() {}\n"),
            0
        );
        assert_eq!(
            unsafe_lines("#[cfg(test)]\nmod tests {\n    fn f() { unsafe {} }\n}\n"),
            0
        );
    }

    #[test]
    fn nested_blocks_count_once() {
        assert_eq!(
            unsafe_lines("unsafe fn f() {\n    unsafe {\n        g()\n    }\n}\n"),
            5
        );
    }

    #[test]
    fn lines_are_those_with_code() {
        let text = "//! Doc.\n\nfn f<'a>(c: char) -> bool {\n    /* no */\n    c == '\\'' || c == 'x'\n}\n";
        assert_eq!(
            file(text),
            Count {
                unsafe_lines: 0,
                lines: 3
            }
        );
    }
}
