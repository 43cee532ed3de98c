//! Every header compiles alone, in C and C++, and its types have the layout of the GNU ABI.

use std::path::PathBuf;
use std::process::Command;

use super::api::replace_word;
use super::{Report, generate_with_report};

mod host;

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn generated() -> (tempfile::TempDir, Report) {
    let out = tempfile::tempdir().expect("temporary folder");
    let report = generate_with_report(&repository(), out.path()).expect("headers");
    (out, report)
}

/// The include folder of clang's own headers; `None` where there is no clang.
fn clang_include(clang: &str) -> Option<String> {
    let output = Command::new(clang)
        .arg("-print-resource-dir")
        .output()
        .ok()?;
    let folder = String::from_utf8(output.stdout).ok()?;
    Some(format!("{}/include", folder.trim()))
}

/// The include folder of gcc's own headers (stddef.h, stdarg.h, float.h…).
fn compiler_include() -> String {
    let output = Command::new("gcc")
        .arg("-print-file-name=include")
        .output()
        .expect("gcc runs");
    String::from_utf8(output.stdout)
        .expect("a path")
        .trim()
        .to_owned()
}

fn compile(compiler: &str, standard: &str, out: &std::path::Path, source: &str) -> String {
    let language = if standard.contains("++") { "c++" } else { "c" };
    let file = out.join(format!("probe-{compiler}-{standard}.{language}"));
    std::fs::write(&file, source).expect("probe written");
    // -I rather than -isystem, so that warnings inside the headers count.
    let output = Command::new(compiler)
        .args([
            "-x",
            language,
            &format!("-std={standard}"),
            "-nostdinc",
            "-fsyntax-only",
        ])
        .args(["-Wall", "-Wextra", "-pedantic", "-Werror"])
        .arg("-I")
        .arg(out)
        .arg("-isystem")
        .arg(
            clang_include(compiler)
                .filter(|_| compiler.starts_with("clang"))
                .unwrap_or_else(compiler_include),
        )
        .arg(&file)
        .output()
        .expect("the compiler runs");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn each_header_compiles_alone() {
    let (out, report) = generated();
    let mut failures = String::new();
    let clang = [
        "clang", "clang-19", "clang-18", "clang-17", "clang-16", "clang-15", "clang-14",
    ]
    .into_iter()
    .find(|name| clang_include(name).is_some());
    let mut modes = vec![
        ("gcc", "c99"),
        ("gcc", "c11"),
        ("gcc", "gnu17"),
        ("gcc", "c2x"),
        ("g++", "c++17"),
    ];
    // `clang -x c++` is a C++ compiler.
    modes.extend(
        clang
            .iter()
            .flat_map(|clang| [(*clang, "c99"), (*clang, "c++17")]),
    );
    for (compiler, standard) in modes {
        for header in &report.written {
            for macros in [
                "",
                "#define _GNU_SOURCE 1\n",
                "#define _POSIX_C_SOURCE 200809L\n",
            ] {
                if !macros.is_empty() && !["c99", "c11", "gnu17"].contains(&standard) {
                    continue; // C++ compilers define _GNU_SOURCE themselves
                }
                // Twice: the guard must hold.
                let source = format!(
                    "{macros}#include <{header}>\n#include <{header}>\nextern int probe;\n"
                );
                let errors = compile(compiler, standard, out.path(), &source);
                if !errors.is_empty() {
                    failures.push_str(&format!("{header} ({standard}, {macros:?}):\n{errors}\n"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn all_headers_compile_together() {
    let (out, report) = generated();
    let mut source = String::from("#define _GNU_SOURCE 1\n");
    for header in &report.written {
        // It is an error in C++ and a different `complex` in C++ headers; alone it is covered.
        if header != "tgmath.h" {
            source.push_str(&format!("#include <{header}>\n"));
        }
    }
    source.push_str("extern int probe;\n");
    assert_eq!(compile("gcc", "gnu17", out.path(), &source), "");
}

#[test]
fn a_word_is_replaced_whole() {
    assert_eq!(
        replace_word("int reopen(int open);", "open", "open64"),
        "int reopen(int open64);"
    );
}
