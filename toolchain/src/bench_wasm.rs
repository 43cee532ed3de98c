//! `clew bench --wasm`: what the `wasm` command costs under our kernel, in guest instructions, beside Linux.
//!
//! Both kernels boot with the same initramfs: `benches/wasm.c` takes init's place and runs `wasm` as the table
//! [`ROWS`] says. The cost of one call from a module is the difference between two runs that make different
//! numbers of calls, so nothing of starting up and compiling is in it.

mod coremark;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clew::recipe::Recipe;
use clew::wasm_apps;

use crate::bench::{self, BenchArgs, Row};
use crate::cpio::Archive;
use crate::image;
use crate::kernel_build;
use crate::plot;
use crate::project::Project;
use crate::qemu::TempDir;
use crate::setup::{self, Level};
use crate::ui::{self, Step};

/// What a row measures.
enum Cost {
    /// A whole run of `wasm` with these arguments, once files and caches are warm.
    Run(&'static str),
    /// The same, but once only: it takes long, or warmth does not matter.
    Once(&'static str),
    /// One call of an operation of the module `calls`, between runs with the first and the second count.
    Call(&'static str, &'static str, u64, u64),
    /// The same work by a program of the machine.
    Native(&'static str, u64, u64),
    /// One iteration of CoreMark.
    Coremark(&'static str),
    /// One directive of a script, as [`script`] makes it.
    Directive(&'static str, Script),
    /// A thousand instances of one module, made by a script.
    Instances(&'static str),
}

/// The scripts of directives, by what is repeated in them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    /// A trap that a signal reports, because no instruction checks for it.
    Load,
    /// A trap by an instruction.
    Unreachable,
    /// An instance.
    Instance,
}

/// Directives in the shorter and in the longer script.
const FEW: u64 = 100;
const MANY: u64 = 1100;

/// Name and cost, in the table's order.
const ROWS: &[(&str, Cost)] = &[
    (
        "start hello, wasmi",
        Cost::Run("--engine wasmi /wasm-apps/hello.wasm"),
    ),
    (
        "start hello, wasmtime, compiling",
        Cost::Run("--engine wasmtime --no-cache /wasm-apps/hello.wasm"),
    ),
    (
        "start hello, wasmtime, cached",
        Cost::Run("--engine wasmtime /wasm-apps/hello.wasm"),
    ),
    (
        "start hello, winch, compiling",
        Cost::Run("--engine winch --no-cache /wasm-apps/hello.wasm"),
    ),
    (
        "start hello, winch, cached",
        Cost::Run("--engine winch /wasm-apps/hello.wasm"),
    ),
    ("start hello.cwasm", Cost::Run("/bench/hello.cwasm")),
    (
        "compile sqlite.wasm (1.2 MB), wasmtime",
        Cost::Once("compile /wasm-apps/sqlite.wasm -o /tmp/sqlite.cwasm"),
    ),
    (
        "compile sqlite.wasm (1.2 MB), winch",
        Cost::Once("compile --engine winch /wasm-apps/sqlite.wasm -o /tmp/sqlite.cwasm"),
    ),
    ("compute, native", Cost::Native("compute", 20, 120)),
    (
        "compute, wasmtime",
        Cost::Call("wasmtime", "compute", 20, 120),
    ),
    ("compute, winch", Cost::Call("winch", "compute", 20, 120)),
    ("compute, wasmi", Cost::Call("wasmi", "compute", 1, 11)),
    ("compute lists, native", Cost::Native("lists", 20, 120)),
    (
        "compute lists, wasmtime",
        Cost::Call("wasmtime", "lists", 20, 120),
    ),
    (
        "compute lists, winch",
        Cost::Call("winch", "lists", 20, 120),
    ),
    ("compute lists, wasmi", Cost::Call("wasmi", "lists", 1, 11)),
    (
        "compute matrices, native",
        Cost::Native("matrices", 20, 120),
    ),
    (
        "compute matrices, wasmtime",
        Cost::Call("wasmtime", "matrices", 20, 120),
    ),
    (
        "compute matrices, winch",
        Cost::Call("winch", "matrices", 20, 120),
    ),
    (
        "compute matrices, wasmi",
        Cost::Call("wasmi", "matrices", 1, 11),
    ),
    (
        "compute a state machine, native",
        Cost::Native("state-machine", 20, 120),
    ),
    (
        "compute a state machine, wasmtime",
        Cost::Call("wasmtime", "state-machine", 20, 120),
    ),
    (
        "compute a state machine, winch",
        Cost::Call("winch", "state-machine", 20, 120),
    ),
    (
        "compute a state machine, wasmi",
        Cost::Call("wasmi", "state-machine", 1, 11),
    ),
    (
        "compute checksums, native",
        Cost::Native("checksums", 20, 120),
    ),
    (
        "compute checksums, wasmtime",
        Cost::Call("wasmtime", "checksums", 20, 120),
    ),
    (
        "compute checksums, winch",
        Cost::Call("winch", "checksums", 20, 120),
    ),
    (
        "compute checksums, wasmi",
        Cost::Call("wasmi", "checksums", 1, 11),
    ),
    ("CoreMark iteration, wasmtime", Cost::Coremark("wasmtime")),
    ("CoreMark iteration, winch", Cost::Coremark("winch")),
    ("CoreMark iteration, wasmi", Cost::Coremark("wasmi")),
    (
        "memory.grow, wasmtime",
        Cost::Call("wasmtime", "grow", 100, 1100),
    ),
    (
        "memory.grow and touch, wasmtime",
        Cost::Call("wasmtime", "touch", 100, 600),
    ),
    ("memory.grow, wasmi", Cost::Call("wasmi", "grow", 100, 200)),
    (
        "clock_time_get monotonic, wasmtime",
        Cost::Call("wasmtime", "monotonic", 1000, 11_000),
    ),
    (
        "clock_time_get realtime, wasmtime",
        Cost::Call("wasmtime", "realtime", 1000, 11_000),
    ),
    (
        "clock_time_get monotonic, wasmi",
        Cost::Call("wasmi", "monotonic", 1000, 11_000),
    ),
    (
        "fd_write 1 B, wasmtime",
        Cost::Call("wasmtime", "write", 1000, 11_000),
    ),
    (
        "fd_write 1 B, wasmi",
        Cost::Call("wasmi", "write", 1000, 11_000),
    ),
    (
        "fd_read 1 B, wasmtime",
        Cost::Call("wasmtime", "read", 1000, 11_000),
    ),
    (
        "fd_pread 1 MiB, wasmtime",
        Cost::Call("wasmtime", "read-block", 10, 110),
    ),
    (
        "fd_pread 1 MiB, wasmi",
        Cost::Call("wasmi", "read-block", 10, 110),
    ),
    (
        "fd_seek, wasmtime",
        Cost::Call("wasmtime", "seek", 1000, 11_000),
    ),
    (
        "fd_filestat_get, wasmtime",
        Cost::Call("wasmtime", "filestat", 1000, 11_000),
    ),
    (
        "path_filestat_get, wasmtime",
        Cost::Call("wasmtime", "path-filestat", 100, 1100),
    ),
    (
        "path_open+fd_close, wasmtime",
        Cost::Call("wasmtime", "open", 100, 1100),
    ),
    (
        "create+close+unlink, wasmtime",
        Cost::Call("wasmtime", "create", 100, 1100),
    ),
    (
        "fd_readdir of 100 names, wasmtime",
        Cost::Call("wasmtime", "list", 10, 110),
    ),
    (
        "random_get 16 B, wasmtime",
        Cost::Call("wasmtime", "random", 1000, 11_000),
    ),
    (
        "sched_yield, wasmtime",
        Cost::Call("wasmtime", "yield", 1000, 11_000),
    ),
    (
        "poll_oneoff of a past time, wasmtime",
        Cost::Call("wasmtime", "poll", 1000, 11_000),
    ),
    (
        "trap by a guard page, wasmtime",
        Cost::Directive("wasmtime", Script::Load),
    ),
    (
        "trap by an instruction, wasmtime",
        Cost::Directive("wasmtime", Script::Unreachable),
    ),
    ("trap, wasmi", Cost::Directive("wasmi", Script::Load)),
    ("1,000 instances, wasmtime", Cost::Instances("wasmtime")),
    ("1,000 instances, wasmi", Cost::Instances("wasmi")),
];

/// The programs of wasm-apps/ that the rows name.
const MODULES: [&str; 2] = ["hello", "sqlite"];

const SCRIPTS: [(&str, Script); 3] = [
    ("load", Script::Load),
    ("unreachable", Script::Unreachable),
    ("instance", Script::Instance),
];

impl Script {
    fn name(self) -> &'static str {
        SCRIPTS
            .iter()
            .find(|(_, script)| *script == self)
            .map_or("", |(name, _)| name)
    }

    /// The text with `count` directives.
    fn text(self, count: u64) -> String {
        let (module, directive) = match self {
            Self::Load => (
                "(module (memory 1) (func (export \"f\") (result i32) (i32.load (i32.const 65536))))",
                "(assert_trap (invoke \"f\") \"out of bounds memory access\")\n",
            ),
            Self::Unreachable => (
                "(module (func (export \"f\") unreachable))",
                "(assert_trap (invoke \"f\") \"unreachable\")\n",
            ),
            Self::Instance => (
                "(module definition $m (memory 1) (table 4 funcref) (data (i32.const 0) \"x\") (func (export \"f\")))",
                "(module instance $m)\n",
            ),
        };
        format!("{module}\n{}", directive.repeat(count as usize))
    }
}

/// The line of the plan for a row, which `benches/wasm.c` describes.
fn line(name: &str, cost: &Cost) -> String {
    let between = |few: u64, many: u64, command: &dyn Fn(u64) -> String| {
        let count = many - few;
        format!(
            "row\t{name}\t2\t{count}\t0\t{}\t{}\n",
            command(many),
            command(few)
        )
    };
    match cost {
        Cost::Run(args) => format!("row\t{name}\t2\t1\t0\t/bin/wasm {args}\n"),
        Cost::Once(args) => format!("row\t{name}\t1\t1\t0\t/bin/wasm {args}\n"),
        Cost::Call(engine, operation, few, many) => between(*few, *many, &|count| {
            format!(
                "/bin/wasm --engine {engine} --dir /tmp/data::/data /bench/calls.wasm {operation} {count}"
            )
        }),
        Cost::Native(operation, few, many) => between(*few, *many, &|count| {
            format!("/bench/native {operation} {count}")
        }),
        Cost::Coremark(engine) => {
            let [many, few] = coremark::SCRIPTS
                .map(|script| format!("/bin/wasm wast --engine {engine} /bench/{script}"));
            format!(
                "row\t{name}\t1\t{}\t0\t{many}\t{few}\n",
                coremark::ITERATIONS
            )
        }
        Cost::Directive(engine, script) => between(FEW, MANY, &|count| {
            format!(
                "/bin/wasm wast --engine {engine} /bench/{}-{count}.wast",
                script.name()
            )
        }),
        // All of them, not one: the value is that of the thousand between the two counts.
        Cost::Instances(engine) => format!(
            "row\t{name}\t2\t1\t0\t/bin/wasm wast --engine {engine} /bench/instance-{MANY}.wast\t\
             /bin/wasm wast --engine {engine} /bench/instance-{FEW}.wast\n"
        ),
    }
}

/// What writes the table of the book.
const COMMAND: &str = "clew bench --wasm --linux --write";

/// Rows that [`check`] measures, in seconds; they differ enough from Linux's that changes of `wasm` itself don't matter.
const CHECKED: [&str; 3] = [
    "start hello, wasmi",
    "fd_write 1 B, wasmtime",
    "memory.grow, wasmtime",
];

/// What is measured, in files for the guest.
struct Plan {
    driver: PathBuf,
    module: PathBuf,
    native: PathBuf,
    rows: String,
    count: usize,
}

impl Plan {
    /// Builds what is needed for the rows whose names are `wanted`.
    fn new(project: &Project, wanted: impl Fn(&str) -> bool) -> Result<Self> {
        let chosen: Vec<_> = ROWS.iter().filter(|(name, _)| wanted(name)).collect();
        ensure!(!chosen.is_empty(), "no row has such a name");
        let mut rows = String::new();
        if chosen.iter().any(|(name, _)| name.contains("hello.cwasm")) {
            rows.push_str(
                "run\t0\t/bin/wasm compile /wasm-apps/hello.wasm -o /bench/hello.cwasm\n",
            );
        }
        rows.extend(chosen.iter().map(|(name, cost)| line(name, cost)));
        let recipe = Recipe::load(&project.root().join("benches/calls"))?;
        Ok(Self {
            driver: bench::build_program(project, "wasm")?,
            module: wasm_apps::build(&recipe, &project.out().join("bench-wasm"))?.module()?,
            native: build_native(project)?,
            rows,
            count: chosen.len(),
        })
    }

    /// What both kernels boot with.
    fn archive(&self, project: &Project) -> Result<Archive> {
        let mut archive = Archive::new();
        for folder in ["bench", "bin", "dev", "proc", "sbin", "wasm-apps"] {
            archive.directory(folder, 0o755)?;
        }
        archive.directory("tmp", 0o1777)?;
        archive.file("sbin/init", 0o755, &self.driver)?;
        archive.symlink("init", "sbin/init")?;
        archive.file("bin/wasm", 0o755, image::build_wasm(project)?)?;
        for (recipe, module) in image::build_modules(project)? {
            if MODULES.contains(&recipe.name.as_str()) {
                archive.file(format!("wasm-apps/{}.wasm", recipe.name), 0o644, module)?;
            }
        }
        archive.file("bench/calls.wasm", 0o644, &self.module)?;
        archive.file("bench/native", 0o755, &self.native)?;
        archive.bytes("bench/rows", 0o644, self.rows.as_bytes())?;
        for (name, script) in SCRIPTS {
            for count in [FEW, MANY] {
                archive.bytes(
                    format!("bench/{name}-{count}.wast"),
                    0o644,
                    script.text(count).into_bytes(),
                )?;
            }
        }
        if self.rows.contains(coremark::SCRIPTS[0]) {
            for (name, script) in coremark::scripts(project)? {
                archive.bytes(format!("bench/{name}"), 0o644, script.into_bytes())?;
            }
        }
        Ok(archive)
    }

    fn measure(&self, kernel: &Path, initramfs: &Path, command_line: &str) -> Result<Vec<Row>> {
        let limits = bench::Limits {
            memory: 512,
            time: Duration::from_secs(900),
            rows: self.count,
        };
        bench::measure(kernel, initramfs.to_owned(), command_line, &limits)
    }
}

/// Builds the work of `calls` for the machine itself, with the compiler that makes the module.
fn build_native(project: &Project) -> Result<PathBuf> {
    let folder = project.root().join("benches/calls");
    let out = project.out().join("benches");
    let (object, program) = (out.join("compute.o"), out.join("native"));
    let log = project.out().join("logs/bench.log");
    fs::create_dir_all(&out)?;
    let mut compile = Command::new(wasm_apps::COMPILER);
    compile.args(["-O2", "-Wall", "-Wextra", "-c", "-o"]);
    compile.arg(&object).arg(folder.join("compute.c"));
    ui::run_logged(&mut compile, &log)?;
    let mut link = Command::new("musl-gcc");
    link.args(["-static", "-O2", "-Wall", "-Wextra", "-o"]);
    link.arg(&program).arg(folder.join("native.c")).arg(&object);
    ui::run_logged(&mut link, &log)?;
    Ok(program)
}

/// Measures and prints a table.
pub fn run(project: &Project, args: &BenchArgs) -> Result<u8> {
    setup::ensure(project, Level::Test)?;
    let only = args.only.as_deref().unwrap_or("");
    let plan = Plan::new(project, |name| name.contains(only))?;
    let kernel = kernel_build::build(project)?;
    let scratch = TempDir::new()?;
    let initramfs = scratch.path().join("initramfs");
    image::write_archive(&plan.archive(project)?, &initramfs)?;

    let step = Step::start("Measuring wasm under our kernel");
    let ours = plan.measure(&kernel, &initramfs, "log=off")?;
    drop(step);
    let mut linux = Vec::new();
    if args.linux {
        let kernel = bench::linux_kernel(project)?;
        let _step = Step::start("Measuring wasm under Linux");
        linux = plan.measure(&kernel, &initramfs, bench::LINUX_COMMAND_LINE)?;
    }
    let mut table = table(&ours, &linux);
    if let Some(factors) = factors(&ours) {
        let _ = write!(table, "\n{factors}");
    }
    print!("{table}");
    if args.write {
        bench::write(project, COMMAND, &table)?;
        let picture = plot::ratios(
            "wasm: instructions under Clew / Linux",
            &ratios(&ours, &linux),
        );
        fs::write(project.root().join("docs/src/bench-wasm.svg"), picture)?;
    }
    Ok(0)
}

/// Measures a few rows under our kernel and compares them with what the book says of Linux.
///
/// # Errors
///
/// Fails if one costs more than under Linux, or if the book's table has no such row.
pub fn check(project: &Project) -> Result<()> {
    let path = project.root().join("docs/src/benchmarks.md");
    let book = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let (_, tables) = book
        .split_once(&format!("<!-- {COMMAND}: begin -->"))
        .context("the book has no table of wasm")?;
    let plan = Plan::new(project, |name| CHECKED.contains(&name))?;
    let kernel = kernel_build::build(project)?;
    let scratch = TempDir::new()?;
    let initramfs = scratch.path().join("initramfs");
    image::write_archive(&plan.archive(project)?, &initramfs)?;
    for (name, cost) in plan.measure(&kernel, &initramfs, "log=off")? {
        let linux = linux_column(tables, &name)
            .with_context(|| format!("the book has no figure of Linux for {name:?}"))?;
        ensure!(cost > 0, "{name} costs nothing");
        ensure!(
            cost <= linux,
            "{name} costs {cost} instructions, under Linux {linux}"
        );
    }
    Ok(())
}

/// The figure of Linux in the row `name` of a table.
fn linux_column(table: &str, name: &str) -> Option<u64> {
    table.lines().find_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        if cells.next()? != name {
            return None;
        }
        cells.nth(1)?.replace(',', "").parse().ok()
    })
}

fn value(rows: &[Row], wanted: &str) -> Option<u64> {
    let found = rows.iter().find(|(name, _)| name == wanted);
    found.map(|(_, value)| *value)
}

/// Ours by Linux's, where there are both.
fn ratios(ours: &[Row], linux: &[Row]) -> Vec<(String, f64)> {
    let both = ours.iter().filter_map(|(name, cost)| {
        let other = value(linux, name)?;
        Some((name.clone(), *cost as f64 / other.max(1) as f64))
    });
    both.collect()
}

fn table(ours: &[Row], linux: &[Row]) -> String {
    let ratios = ratios(ours, linux);
    let mut text = String::from(match linux {
        [] => "| run or call | Clew |\n|---|---:|\n",
        _ => "| run or call | Clew | Linux 6.1 | Clew / Linux |\n|---|---:|---:|---:|\n",
    });
    for (name, cost) in ours {
        let _ = write!(text, "| {name} | {} |", bench::grouped(*cost));
        let ratio = ratios.iter().find(|(other, _)| other == name);
        if let (Some(other), Some((_, ratio))) = (value(linux, name), ratio) {
            let _ = write!(text, " {} | {ratio:.3} |", bench::grouped(other));
        }
        text.push('\n');
    }
    text
}

/// How much more interpreted code takes than compiled code and than the machine's own, by kinds of work.
fn factors(ours: &[Row]) -> Option<String> {
    let mut text = String::from("| wasmi by | native | wasmtime | Winch |\n|---|---:|---:|---:|\n");
    for (name, _) in ROWS {
        let Some(work) = name
            .strip_suffix(", wasmi")
            .filter(|name| name.starts_with("compute") || name.starts_with("CoreMark"))
        else {
            continue;
        };
        let wasmi = value(ours, name)? as f64;
        let times = |other| {
            let other = value(ours, &format!("{work}, {other}"))?;
            Some(format!("{:.1}", wasmi / other.max(1) as f64))
        };
        // CoreMark is there as a module only.
        let native = times("native").unwrap_or_default();
        let (wasmtime, winch) = (times("wasmtime")?, times("winch")?);
        let _ = writeln!(text, "| {work} | {native} | {wasmtime} | {winch} |");
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_what_the_driver_reads() {
        for (name, cost) in ROWS {
            let line = line(name, cost);
            let fields: Vec<_> = line.trim_end().split('\t').collect();
            assert!(matches!(fields.len(), 6 | 7), "{line}");
            assert_eq!(fields[1], *name);
            assert!(fields[3].parse::<u64>().unwrap() > 0, "{line}");
            assert!(
                fields[5..]
                    .iter()
                    .all(|command| command.starts_with("/bin/wasm ")
                        || command.starts_with("/bench/native "))
            );
        }
    }

    #[test]
    fn names_are_told_apart() {
        for checked in CHECKED {
            assert!(ROWS.iter().any(|(name, _)| *name == checked), "{checked}");
        }
        for (index, (name, _)) in ROWS.iter().enumerate() {
            assert!(
                ROWS[..index].iter().all(|(other, _)| other != name),
                "{name}"
            );
        }
    }

    #[test]
    fn the_table_has_ratios_where_both_were_measured() {
        let ours = [("a".to_owned(), 50), ("b".to_owned(), 7)];
        let linux = [("a".to_owned(), 100)];
        let text = table(&ours, &linux);
        assert!(text.contains("| a | 50 | 100 | 0.500 |"));
        assert!(text.contains("| b | 7 |\n"));
        assert_eq!(linux_column(&text, "a"), Some(100));
        assert_eq!(linux_column(&text, "b"), None);
        assert!(factors(&ours).is_none());
    }
}
