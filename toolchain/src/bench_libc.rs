//! `clew bench --libc`: what C functions cost with tlibc, glibc and musl, on this machine.
//!
//! `benches/libc.c` is built three times, statically. For each function the three programs run one after another, for some
//! ten milliseconds, and all that in several rounds, so that whatever else the machine does hits all alike. It only ever adds
//! to a time: a library's figure is the least of its rounds, a ratio that of two such figures. The spread is the range of the
//! ratios within a round.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

use crate::apps::Compiler;
use crate::bench::{self, BenchArgs};
use crate::plot;
use crate::project::Project;
use crate::ui::{self, Step};

/// How the book names the command.
const COMMAND: &str = "clew bench --libc --write";
const ROUNDS: usize = 20;
/// By how much the slower of the two others may be exceeded without a word: what the least of the rounds still varies by.
const TOLERANCE: f64 = 1.05;
/// `-fno-builtin`: the library's functions, not the compiler's.
const FLAGS: [&str; 6] = [
    "-std=gnu11",
    "-O2",
    "-fno-builtin",
    "-pthread",
    "-static",
    "-w",
];

/// A function and what it cost in each round with glibc, musl and tlibc, in nanoseconds.
struct Row {
    name: String,
    costs: Vec<[f64; 3]>,
}

/// Measures, prints the table and, if asked to, writes it into the book.
pub fn run(project: &Project, args: &BenchArgs) -> Result<u8> {
    let step = Step::start("Building the measuring program with three libraries");
    let compilers = [
        Compiler::glibc(),
        Compiler::musl(),
        Compiler::tlibc(project)?,
    ];
    let mut programs = Vec::new();
    for compiler in &compilers {
        programs.push(build(project, compiler)?);
    }
    let mut rows: Vec<Row> = ask(&programs[0], None)?
        .lines()
        .map(|name| Row {
            name: name.to_owned(),
            costs: Vec::new(),
        })
        .collect();
    drop(step);
    for round in 1..=ROUNDS {
        let _step = Step::start(&format!("Measuring, round {round} of {ROUNDS}"));
        for row in &mut rows {
            let mut costs = [0.0; 3];
            for (cost, program) in costs.iter_mut().zip(&programs) {
                let figure = ask(program, Some(&row.name))?;
                // No function is free: a row that measures nothing must not divide by nothing.
                *cost = figure.trim().parse::<f64>()?.max(0.01);
            }
            row.costs.push(costs);
        }
    }
    let (table, ratios) = table(&rows)?;
    print!("{table}");
    if args.write {
        bench::write(project, COMMAND, &table)?;
        let picture = plot::ratios("tlibc: time / glibc's", &ratios);
        fs::write(project.root().join("docs/src/bench-libc.svg"), picture)?;
    }
    Ok(0)
}

fn build(project: &Project, compiler: &Compiler) -> Result<PathBuf> {
    let folder = project.out().join("bench-libc");
    fs::create_dir_all(&folder)?;
    let program = folder.join(compiler.name);
    let mut command = Command::new(&compiler.command);
    command
        .args(compiler.flags)
        .args(FLAGS)
        .arg(project.root().join("benches/libc.c"))
        .arg("-o")
        .arg(&program)
        .arg("-lm");
    ui::run_logged(&mut command, &program.with_extension("log"))?;
    Ok(program)
}

/// What a program prints about a row, or its rows' names.
fn ask(program: &Path, row: Option<&str>) -> Result<String> {
    let output = Command::new(program).args(row).output()?;
    ensure!(
        output.status.success(),
        "{} failed: {}",
        program.display(),
        output.status
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// The table, and for the plot tlibc's ratios to glibc.
fn table(rows: &[Row]) -> Result<(String, Vec<(String, f64)>)> {
    let mut text = String::from(
        "| function | glibc, ns | musl ÷ glibc | tlibc ÷ glibc | spread |\n|---|---:|---:|---:|---:|\n",
    );
    let mut plotted = Vec::new();
    let (mut musl_sum, mut tlibc_sum, mut slowest) = (0.0, 0.0, Vec::new());
    for Row { name, costs } in rows {
        let least = |library: usize| least(costs.iter().map(|round| round[library]));
        let base = least(0);
        let (musl, tlibc) = (least(1) / base, least(2) / base);
        let ratios = costs.iter().map(|[glibc, _, tlibc]| tlibc / glibc);
        writeln!(
            text,
            "| `{name}` | {base:.1} | {musl:.2} | {tlibc:.2} | {:.2}–{:.2} |",
            self::least(ratios.clone()),
            ratios.fold(0.0, f64::max)
        )?;
        musl_sum += musl.ln();
        tlibc_sum += tlibc.ln();
        if tlibc > TOLERANCE * musl.max(1.0) {
            slowest.push(format!("`{name}`"));
        }
        plotted.push((name.clone(), tlibc));
    }
    let count = rows.len() as f64;
    writeln!(
        text,
        "| **geometric mean of {}** | | **{:.2}** | **{:.2}** | |\n",
        rows.len(),
        (musl_sum / count).exp(),
        (tlibc_sum / count).exp()
    )?;
    match slowest.as_slice() {
        [] => text += "No function is slower than the slower of the two others by more than 5 %.\n",
        names => writeln!(
            text,
            "Slower than the slower of the two others by more than 5 %: {}.",
            names.join(", ")
        )?,
    }
    Ok((text, plotted))
}

fn least(costs: impl Iterator<Item = f64>) -> f64 {
    costs.fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, costs: &[[f64; 3]]) -> Row {
        Row {
            name: name.to_owned(),
            costs: costs.to_vec(),
        }
    }

    #[test]
    fn ratios_are_those_of_the_least_times() {
        let costs = [[2.0, 4.0, 1.0], [4.0, 4.0, 9.0], [3.0, 4.0, 3.0]];
        let (text, plotted) = table(&[row("f", &costs)]).unwrap();
        assert!(
            text.contains("| `f` | 2.0 | 2.00 | 0.50 | 0.50–2.25 |"),
            "{text}"
        );
        assert!(text.contains("No function is slower"));
        assert_eq!(plotted, [("f".to_owned(), 0.5)]);
    }

    #[test]
    fn what_is_slower_than_both_is_named() {
        let rows = [row("f", &[[2.0, 1.0, 2.2]]), row("g", &[[2.0, 3.0, 3.1]])];
        let (text, _) = table(&rows).unwrap();
        assert!(text.contains("by more than 5 %: `f`."), "{text}");
    }
}
