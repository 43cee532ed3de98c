//! `clew bench --libc`: what C functions cost with tlibc, glibc and musl, on this machine.
//!
//! `benches/libc.c` is built three times, statically. The three programs run in turn, several rounds, so that whatever
//! else the machine does hits all alike. It only ever adds to a time: a library's figure is the least of its rounds, a
//! ratio that of two such figures. The spread is the range of the ratios within a round.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

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

/// A function and what it cost, in nanoseconds.
type Row = (String, f64);

/// Measures, prints the table and, if asked to, writes it into the book.
pub fn run(project: &Project, args: &BenchArgs) -> Result<u8> {
    let step = Step::start("Building the measuring program with three libraries");
    let programs = [
        Compiler::glibc(),
        Compiler::musl(),
        Compiler::tlibc(project)?,
    ]
    .iter()
    .map(|compiler| build(project, compiler))
    .collect::<Result<Vec<_>>>()?;
    drop(step);
    let mut rounds = Vec::new();
    for round in 1..=ROUNDS {
        let _step = Step::start(&format!("Measuring, round {round} of {ROUNDS}"));
        rounds.push(
            programs
                .iter()
                .map(|program| measure(program))
                .collect::<Result<Vec<_>>>()?,
        );
    }
    let (table, ratios) = table(&rounds)?;
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

fn measure(program: &Path) -> Result<Vec<Row>> {
    let output = Command::new(program).output()?;
    ensure!(
        output.status.success(),
        "{} failed: {}",
        program.display(),
        output.status
    );
    String::from_utf8(output.stdout)?
        .lines()
        .map(|line| {
            let (name, cost) = line.split_once(' ').context("a line without a figure")?;
            Ok((name.to_owned(), cost.parse()?))
        })
        .collect()
}

/// The table, and for the plot tlibc's ratios to glibc. `rounds`: for each the rows of glibc, musl and tlibc.
fn table(rounds: &[Vec<Vec<Row>>]) -> Result<(String, Vec<Row>)> {
    let mut text = String::from(
        "| function | glibc, ns | musl ÷ glibc | tlibc ÷ glibc | spread |\n|---|---:|---:|---:|---:|\n",
    );
    let names: Vec<&String> = rounds[0][0].iter().map(|(name, _)| name).collect();
    let mut plotted = Vec::new();
    let (mut musl_sum, mut tlibc_sum, mut slowest) = (0.0, 0.0, Vec::new());
    for (index, name) in names.iter().enumerate() {
        let column = |library: usize| -> Result<Vec<f64>> {
            rounds
                .iter()
                .map(|round| {
                    let (found, cost) = round[library].get(index).context("a row is missing")?;
                    ensure!(&found == name, "the libraries' rows differ");
                    // No function is free: a row that measures nothing must not divide by nothing.
                    Ok(cost.max(0.01))
                })
                .collect()
        };
        let (glibc, musl, tlibc) = (column(0)?, column(1)?, column(2)?);
        let base = least(&glibc);
        let (musl, ratio) = (least(&musl) / base, least(&tlibc) / base);
        let in_rounds = || tlibc.iter().zip(&glibc).map(|(cost, base)| cost / base);
        writeln!(
            text,
            "| `{name}` | {base:.1} | {musl:.2} | {ratio:.2} | {:.2}–{:.2} |",
            in_rounds().fold(f64::INFINITY, f64::min),
            in_rounds().fold(0.0, f64::max)
        )?;
        musl_sum += musl.ln();
        tlibc_sum += ratio.ln();
        if ratio > TOLERANCE * musl.max(1.0) {
            slowest.push(format!("`{name}`"));
        }
        plotted.push(((*name).clone(), ratio));
    }
    let count = names.len() as f64;
    writeln!(
        text,
        "| **geometric mean of {}** | | **{:.2}** | **{:.2}** | |\n",
        names.len(),
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

fn least(costs: &[f64]) -> f64 {
    costs.iter().copied().fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_those_of_the_least_times() {
        let rows = |cost: f64| vec![("f".to_owned(), cost)];
        let rounds: Vec<Vec<Vec<Row>>> = [(2.0, 1.0), (4.0, 9.0), (3.0, 3.0)]
            .iter()
            .map(|(glibc, tlibc)| vec![rows(*glibc), rows(4.0), rows(*tlibc)])
            .collect();
        let (text, plotted) = table(&rounds).unwrap();
        assert!(
            text.contains("| `f` | 2.0 | 2.00 | 0.50 | 0.50–2.25 |"),
            "{text}"
        );
        assert!(text.contains("No function is slower"));
        assert_eq!(plotted, [("f".to_owned(), 0.5)]);
    }

    #[test]
    fn what_is_slower_than_both_is_named() {
        let rows = |costs: [f64; 2]| vec![("f".to_owned(), costs[0]), ("g".to_owned(), costs[1])];
        let rounds = [vec![rows([2.0, 2.0]), rows([1.0, 3.0]), rows([2.2, 3.1])]];
        let (text, _) = table(&rounds).unwrap();
        assert!(text.contains("by more than 5 %: `f`."), "{text}");
    }
}
