//! The headers beside the host's: glibc's are the oracle for prototypes and for what a strict mode shows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use super::{compiler_include, generated};

/// Headers of ISO C, which a strict mode without POSIX must keep clean.
const ISO: &[&str] = &[
    "assert.h",
    "complex.h",
    "ctype.h",
    "errno.h",
    "fenv.h",
    "inttypes.h",
    "limits.h",
    "locale.h",
    "math.h",
    "setjmp.h",
    "signal.h",
    "stdint.h",
    "stdio.h",
    "stdlib.h",
    "string.h",
    "tgmath.h",
    "threads.h",
    "time.h",
    "uchar.h",
    "wchar.h",
    "wctype.h",
];

/// The headers of POSIX, with their functions.
const POSIX: &str = include_str!("../../../share/posix-2024.txt");

/// Headers that need no comparison in POSIX mode.
const POSIX_EXTRA: &[(&str, &str)] = &[
    (
        "aio.h",
        "POSIX lets it show what <fcntl.h>, <signal.h> and <time.h> do",
    ),
    ("endian.h", "POSIX.1-2024 has added the header"),
    (
        "search.h",
        "the whole header is XSI's, and we do not split it",
    ),
    ("ftw.h", "the whole header is XSI's, and we do not split it"),
    (
        "utmpx.h",
        "the whole header is XSI's, and we do not split it",
    ),
];

/// The modes of 2001.
const OLD: &[&str] = &["-D_POSIX_C_SOURCE=200112L", "-D_XOPEN_SOURCE=600"];

/// Headers that need no comparison in the modes of 2001.
const OLD_EXTRA: &[(&str, &str)] = &[
    (
        "sys/stat.h",
        "times of files are structures since 2008; here always",
    ),
    ("sys/wait.h", "it may show what <signal.h> does"),
];

/// Functions whose type differs from glibc's: in C++ alone, where an enumeration or a structure's tag has another name; and
/// strerror_r, which is POSIX's whatever the macros say.
const OTHER_TAGS: &[&str] = &[
    "strerror_r",
    "hsearch",
    "hsearch_r",
    "twalk",
    "twalk_r",
    "prlimit",
    "prlimit64",
    "getrlimit64",
    "setrlimit64",
    "c16rtomb",
    "c32rtomb",
    "mbrtoc16",
    "mbrtoc32",
    "getutent",
    "getutid",
    "getutline",
    "getutent_r",
    "getutid_r",
    "getutline_r",
    "getutmp",
    "getutmpx",
    "pututline",
    "updwtmp",
    "__ctype_b_loc",
    "__ctype_tolower_loc",
    "__ctype_toupper_loc",
];

/// glibc's tag → ours, of types that C knows by a typedef.
const TAGS: &[(&str, &str)] = &[
    ("10__sigset_t", "8sigset_t"),
    ("11__mbstate_t", "9mbstate_t"),
    ("17re_pattern_buffer", "7regex_t"),
    ("9_G_fpos_t", "6fpos_t"),
    ("11_G_fpos64_t", "6fpos_t"),
    ("25_IO_cookie_io_functions_t", "21cookie_io_functions_t"),
    ("11__once_flag", "9once_flag"),
];

/// Runs a compiler on a source; its output and what it complained of.
fn run(
    compiler: &str,
    options: &[&str],
    ours: Option<&Path>,
    source: &str,
) -> (bool, String, String) {
    let file = tempfile::Builder::new()
        .suffix(".input")
        .tempfile()
        .expect("temporary file");
    std::fs::write(file.path(), source).expect("source written");
    let mut command = Command::new(compiler);
    command.args(options);
    if let Some(include) = ours {
        command.arg("-nostdinc").arg("-I").arg(include);
        command.arg("-isystem").arg(compiler_include());
    }
    let output = command
        .arg(file.path())
        .output()
        .expect("the compiler runs");
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The names before a parenthesis in preprocessed text; `None` if there is no such header.
fn called(header: &str, options: &[&str], ours: Option<&Path>) -> Option<BTreeSet<String>> {
    let (compiler, language) = match options.iter().any(|option| option.contains("++")) {
        true => ("g++", "c++"),
        false => ("gcc", "c"),
    };
    let all = [&["-x", language, "-E", "-P"], options].concat();
    let (ok, text, _) = run(compiler, &all, ours, &format!("#include <{header}>\n"));
    let words = text.match_indices('(').filter_map(|(at, _)| {
        let before = text[..at].trim_end();
        let word = &before[before.trim_end_matches(is_word).len()..];
        let starts = word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let keyword = ["if", "return", "int", "sizeof"].contains(&word);
        (starts && !keyword).then(|| word.to_owned())
    });
    ok.then(|| words.collect())
}

/// The macros a header defines, and the identifiers outside parentheses in it: its types, members, enumerators, objects.
fn shown(header: &str, options: &[&str], ours: Option<&Path>) -> Option<BTreeSet<String>> {
    let source = format!("#include <{header}>\n");
    let (ok, text, _) = run(
        "gcc",
        &[&["-x", "c", "-E", "-P"], options].concat(),
        ours,
        &source,
    );
    let (_, macros, _) = run(
        "gcc",
        &[&["-x", "c", "-E", "-dM"], options].concat(),
        ours,
        &source,
    );
    let mut names: BTreeSet<String> = macros
        .lines()
        .filter_map(|line| line.strip_prefix("#define "))
        .map(|line| line.chars().take_while(|c| is_word(*c)).collect())
        .collect();
    let mut depth = 0;
    let mut word = String::new();
    for c in text.chars().chain([' ']) {
        if depth == 0 && is_word(c) {
            word.push(c);
            continue;
        }
        let keyword = ["if", "return", "static", "struct", "typedef"].contains(&word.as_str());
        if word.starts_with(|c: char| c.is_ascii_alphabetic()) && !keyword {
            names.insert(word.clone());
        }
        word.clear();
        depth += i32::from(c == '(') - i32::from(c == ')');
    }
    ok.then_some(names)
}

/// Whether POSIX.1-2024 keeps a name for the implementation in the headers that have it (2.2.2, the tables of prefixes and
/// suffixes). ISO C keeps none of these.
fn is_reserved(name: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "AF_", "AI_", "AT_", "BUS_", "CLD_", "EAI_", "FPE_", "FTW_", "F_", "ILL_", "IPC_", "MAP_",
        "MSG_", "NI_", "O_", "PF_", "POLL_", "POSIX_", "SA_", "SEGV_", "SHM_", "SIG", "SI_", "SO_",
        "SS_", "ST_", "S_", "TRAP_", "fd_", "fds_", "s6_", "sigev_", "ss_", "uc_",
    ];
    name.ends_with("_t") || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Names that a strict mode shows although the host hides them, each with its reason.
const SHOWN: &[(&str, &str)] = &[
    (
        "FILE",
        "a parameter of wide functions; the host has a reserved name for the type",
    ),
    ("va_list", "the same for the functions that take one"),
    ("wchar_t", "the same for wide functions of inttypes.h"),
    ("MINSIGSTKSZ", "in POSIX.1-2024 without XSI"),
    (
        "sigstack",
        "the parameter of a function of the same name, which is hidden",
    ),
    (
        "SEM_VALUE_MAX",
        "the host has it in limits.h alone; POSIX asks for both",
    ),
    ("TRY_AGAIN", "as h_errno, up to 2008"),
];

/// The mangled types of those names that are functions.
fn types(header: &str, names: &BTreeSet<String>, ours: Option<&Path>) -> BTreeMap<String, String> {
    let mut names: Vec<&String> = names.iter().collect();
    // Names that are not functions make errors on lines of their own; they are left out the second time.
    for _ in 0..4 {
        let mut source = format!("#include <{header}>\n");
        for name in &names {
            source += &format!("#undef {name}\n");
        }
        source += "template<int N, class T> void probe() {}\n";
        let first = source.lines().count() + 1;
        for (index, name) in names.iter().enumerate() {
            source += &format!("template void probe<{index}, decltype(&::{name})>();\n");
        }
        let options = [
            "-x",
            "c++",
            "-std=c++14",
            "-D_GNU_SOURCE",
            "-w",
            "-S",
            "-o",
            "-",
        ];
        let (ok, text, errors) = run("g++", &options, ours, &source);
        if ok {
            return text
                .lines()
                .filter_map(|line| {
                    let rest = line.strip_prefix("_Z5probeILi")?.strip_suffix("Evv:")?;
                    let (index, kind) = rest.split_once('E')?;
                    let name = names.get(index.parse::<usize>().ok()?)?;
                    Some(((*name).clone(), kind.to_owned()))
                })
                .collect();
        }
        let wrong: BTreeSet<usize> = errors
            .lines()
            .filter(|line| line.contains(": error"))
            .filter_map(|line| {
                line.split(':')
                    .nth(1)?
                    .parse::<usize>()
                    .ok()?
                    .checked_sub(first)
            })
            .collect();
        let mut index = 0;
        names.retain(|_| {
            index += 1;
            !wrong.contains(&(index - 1))
        });
    }
    BTreeMap::new()
}

#[test]
fn prototypes_are_those_of_the_host() {
    let (out, report) = generated();
    let options = ["-std=c++14", "-D_GNU_SOURCE"];
    let mut compared = 0;
    let mut wrong = String::new();
    for header in &report.written {
        // These only include others.
        if [
            "wait.h",
            "sys/param.h",
            "sys/signal.h",
            "sys/poll.h",
            "stdio_ext.h",
        ]
        .contains(&header.as_str())
        {
            continue;
        }
        let Some(ours) = called(header, &options, Some(out.path())) else {
            panic!("{header} is broken");
        };
        let Some(theirs) = called(header, &options, None) else {
            continue;
        };
        let both: BTreeSet<String> = ours.intersection(&theirs).cloned().collect();
        let ours = types(header, &both, Some(out.path()));
        for (name, mut kind) in types(header, &both, None) {
            for (glibc, tlibc) in TAGS {
                kind = kind.replace(glibc, tlibc);
            }
            let Some(mine) = ours.get(&name) else {
                continue;
            };
            compared += 1;
            if *mine != kind && !OTHER_TAGS.contains(&name.as_str()) {
                wrong += &format!("{header}: {name} is {mine}, not {kind}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(compared > 1500, "only {compared} functions compared");
}

/// Headers that the standard lets show all that others define.
const MAY_INCLUDE: &[&str] = &["aio.h", "mqueue.h", "spawn.h", "ucontext.h"];

#[test]
fn strict_modes_show_no_other_names() {
    let (out, report) = generated();
    let mut wrong = String::new();
    for (options, headers) in [
        (&["-std=c99"][..], ISO),
        (&["-std=c11"], ISO),
        (&["-std=c99", "-D_POSIX_C_SOURCE=200809L"], &[]),
        (&["-std=c99", "-D_POSIX_C_SOURCE=200112L"], &[]),
        (&["-std=c99", "-D_XOPEN_SOURCE=600"], &[]),
        (&["-std=c99", "-D_XOPEN_SOURCE=700"], &[]),
    ] {
        for header in &report.written {
            let iso = !headers.is_empty();
            let old = options.iter().any(|option| OLD.contains(option));
            let extra_allowed = POSIX_EXTRA.iter().any(|(name, _)| name == header)
                || old && OLD_EXTRA.iter().any(|(name, _)| name == header);
            let posix = POSIX
                .lines()
                .any(|line| line.split(':').next() == Some(header));
            if (iso && !headers.contains(&header.as_str())) || (!iso && (extra_allowed || !posix)) {
                continue;
            }
            let Some(theirs) = called(header, options, None) else {
                continue;
            };
            let ours = called(header, options, Some(out.path())).expect("our header");
            let extra: Vec<&String> = ours
                .difference(&theirs)
                .filter(|name| !name.starts_with('_'))
                .collect();
            if !extra.is_empty() {
                wrong += &format!("{header} with {options:?}: {extra:?}\n");
            }
            // What a header may include besides is checked where it is defined.
            if MAY_INCLUDE.contains(&header.as_str()) {
                continue;
            }
            let theirs = shown(header, options, None).expect("the host's header");
            let ours = shown(header, options, Some(out.path())).expect("our header");
            let extra: Vec<&String> = ours
                .difference(&theirs)
                .filter(|name| !name.starts_with('_') && (iso || !is_reserved(name)))
                .filter(|name| !SHOWN.iter().any(|(shown, _)| shown == name))
                .collect();
            if !extra.is_empty() {
                wrong += &format!("{header} with {options:?} shows {extra:?}\n");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
