//! `docs/src/wasi-errors.md`: which error numbers of each function of WASI the tests see, read from what they
//! expect: the outputs of `wasm-apps/wasi` and the cases of `wasm/tests/wasi_errors.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::project::Project;

/// Where the page is.
pub const PAGE: &str = "docs/src/wasi-errors.md";

const FUNCTIONS: &str = "wasm/src/wasi/link.rs";
const OUTPUTS: &str = "wasm-apps/wasi";
const CASES: &str = "wasm/tests/wasi_errors.rs";

/// What the outputs call a function, where that is not its name.
const WORDS: [(&str, &str); 17] = [
    ("open", "path_open"),
    ("opendir", "path_open"),
    ("create", "path_open"),
    ("truncate", "path_open"),
    ("stat", "path_filestat_get"),
    ("times", "path_filestat_set_times"),
    ("mkdir", "path_create_directory"),
    ("rmdir", "path_remove_directory"),
    ("unlink", "path_unlink_file"),
    ("link to", "path_link"),
    ("link from", "path_link"),
    ("rename to", "path_rename"),
    ("rename from", "path_rename"),
    ("symlink", "path_symlink"),
    ("readlink", "path_readlink"),
    ("raise_signal", "proc_raise"),
    ("readdir", "fd_readdir"),
];

/// Names of functions, each with the numbers seen.
type Seen = BTreeMap<String, BTreeSet<String>>;

/// The text of the page.
///
/// # Errors
///
/// Fails if a source cannot be read or names none of the functions.
pub fn text(project: &Project) -> Result<String> {
    let read = |path: &str| {
        fs::read_to_string(project.root().join(path)).with_context(|| format!("cannot read {path}"))
    };
    let names = functions(&read(FUNCTIONS)?);
    if names.len() < 40 {
        bail!("{FUNCTIONS} does not look as expected");
    }
    let mut seen = Seen::new();
    for entry in fs::read_dir(project.root().join(OUTPUTS))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "txt") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            from_output(&name, &fs::read_to_string(&path)?, &mut seen);
        }
    }
    from_cases(&read(CASES)?, &mut seen);
    let mut text = format!(
        "# Errors of WASI\n\n\
         Written by `make report` from what the tests expect: `{OUTPUTS}` and `{CASES}`, which run on each engine.\n\n\
         | function | answers that a test sees |\n|---|---|\n"
    );
    for name in names {
        let answers = seen.get(&name).map(|answers| {
            let answers: Vec<&str> = answers.iter().map(String::as_str).collect();
            answers.join(", ")
        });
        let answers = answers.unwrap_or_else(|| "does not return".to_owned());
        writeln!(text, "| `{name}` | {answers} |")?;
    }
    Ok(text)
}

/// The functions that modules are offered, from the table `NAME(ARGUMENTS);`.
fn functions(source: &str) -> Vec<String> {
    let rows = source.lines().map(str::trim).filter(|line| is_row(line));
    let mut names: Vec<String> = rows
        .filter_map(|line| Some(line.split_once('(')?.0.to_owned()))
        .collect();
    names.push("proc_exit".to_owned());
    names.sort();
    names.dedup();
    names
}

/// Whether this is a row of the table of functions.
fn is_row(line: &str) -> bool {
    const KINDS: [&str; 10] = [
        "args_", "environ_", "clock_", "fd_", "path_", "poll_", "proc_", "sched_", "random_",
        "sock_",
    ];
    KINDS.iter().any(|kind| line.starts_with(kind)) && line.ends_with(");")
}

/// An error number's name.
fn is_errno(word: &str) -> bool {
    word.len() > 1
        && word != "NO"
        && word
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_uppercase())
}

fn note(seen: &mut Seen, word: &str, errno: &str) {
    let known = WORDS.iter().find(|(short, _)| *short == word);
    let name = known.map_or(word, |(_, name)| name);
    let answers = seen.entry(name.to_owned()).or_default();
    answers.insert(errno.to_owned());
}

/// Reads the output of one part of the suite.
fn from_output(part: &str, text: &str, seen: &mut Seen) {
    for line in text.lines() {
        // `poll_oneoff` has lines of its own: the answer, then what happened to each subscription.
        if part == "poll" {
            let words = line.split([' ', ':', ';']).filter(|word| is_errno(word));
            words.for_each(|errno| note(seen, "poll_oneoff", errno));
            continue;
        }
        // `CALL(ARGUMENTS): ERRNO`, perhaps with a condition behind it.
        let line = line.strip_prefix("__wasi_").unwrap_or(line);
        if let Some((call, rest)) = line.split_once("): ")
            && let Some((name, _)) = call.split_once('(')
            && !name.contains([' ', ':'])
        {
            let errno = rest.split([',', ' ']).next().unwrap_or_default();
            if is_errno(errno) {
                note(seen, name, errno);
            }
            continue;
        }
        // `TITLE: WHAT ERRNO, WHAT ERRNO…`, where the title may hold anything.
        for piece in line.split(", ") {
            let piece = piece.rsplit_once(": ").map_or(piece, |(_, last)| last);
            let Some((what, errno)) = piece.rsplit_once(' ') else {
                continue;
            };
            let word = match WORDS.iter().any(|(short, _)| *short == what) {
                true => what,
                false => what.split(' ').next().unwrap_or_default(),
            };
            if is_errno(errno) && (word.contains('_') || word == what) {
                note(seen, word, errno);
            }
        }
    }
}

/// Reads `("FUNCTION", "ERRNO"` wherever it stands.
fn from_cases(text: &str, seen: &mut Seen) {
    for piece in text.split("(\"").skip(1) {
        let mut strings = piece.split('"');
        if let (Some(name), Some(", "), Some(errno)) =
            (strings.next(), strings.next(), strings.next())
            && is_row(&format!("{name}();"))
            && is_errno(errno)
        {
            note(seen, name, errno);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_found_in_all_forms() {
        let mut seen = Seen::new();
        from_output(
            "fd",
            "__wasi_fd_tell(fd, &at): SUCCESS, at == 6 && f(1): yes\nopen(\"a: b\", 1): PERM\n\
             raise_signal(31): INVAL\nbuffer of 27: 50 names once, 2 dots\n",
            &mut seen,
        );
        from_output(
            "escape",
            "up/..: open PERM, times PERM\n../x: mkdir EXIST, link from LOOP\nempty: path_open to create NOENT\n",
            &mut seen,
        );
        from_output("poll", "not open: SUCCESS; 100 type 1 BADF\n", &mut seen);
        from_cases("x (\"fd_read\", \"AGAIN\", I::Pipe, \"(call)\")", &mut seen);
        let found: Vec<String> = seen
            .iter()
            .map(|(name, answers)| {
                format!("{name} {}", answers.iter().cloned().collect::<String>())
            })
            .collect();
        assert_eq!(
            found,
            [
                "fd_read AGAIN",
                "fd_tell SUCCESS",
                "path_create_directory EXIST",
                "path_filestat_set_times PERM",
                "path_link LOOP",
                "path_open NOENTPERM",
                "poll_oneoff BADFSUCCESS",
                "proc_raise INVAL",
            ]
        );
    }

    #[test]
    fn functions_are_rows_of_the_table() {
        let source = "            args_get(table: u32);\n    preview1!(define);\n    sched_yield();\n    )?;\n";
        assert_eq!(functions(source), ["args_get", "proc_exit", "sched_yield"]);
    }
}
