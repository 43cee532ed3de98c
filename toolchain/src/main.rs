//! `clew`: the one host program. It sets the machine up, builds tlibc's sysroot, the kernel and the
//! image, runs them in QEMU and runs every test.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use clew::recipe::Recipe;

mod apps;
mod bench;
mod bench_libc;
mod bench_wasm;
mod conformance;
mod cpio;
mod debian_binary;
mod debian_source;
mod image;
mod iso;
mod kernel_build;
mod libc_coverage;
mod panic_report;
mod plot;
mod project;
mod pypi_source;
mod qemu;
mod report;
mod run;
mod session;
mod setup;
mod signals;
mod stamp;
mod streams;
mod syscall_table;
mod sysroot;
mod terminal;
mod test;
mod ui;
mod unsafe_count;
mod wasi_errors;

use project::Project;
use setup::Level;

/// Exit status when the tool itself could not do what was asked.
const EXIT_FAILED: u8 = 121;

#[derive(Parser)]
#[command(
    name = "clew",
    version,
    about = "Builds, runs and tests Clew",
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Sub,
}

#[derive(Subcommand)]
enum Sub {
    /// Install what is missing on this machine and choose the kernel's Rust tool chain
    #[command(after_help = "Examples:\n  clew setup\n  clew setup --run")]
    Setup {
        /// Only what building and running need, not what the tests need
        #[arg(long)]
        run: bool,
    },
    /// Build tlibc's sysroot (headers, start files, libraries) and print where it is
    #[command(after_help = "Example:\n  clew sysroot")]
    Sysroot,
    /// Build kernel, programs and initramfs and print where they are
    #[command(after_help = "Example:\n  clew image")]
    Image,
    /// Build one program of c-apps/ and print where it is
    #[command(after_help = "CLEW_LIBC=musl builds it with musl.\n\nExample:\n  clew app lua")]
    App {
        /// The folder's name
        name: String,
    },
    Run(Box<run::RunArgs>),
    Test(test::TestArgs),
    /// Build a CD image that boots through GRUB and print where it is
    #[command(after_help = "Examples:\n  clew iso\n  clew iso --output /tmp/clew.iso")]
    Iso {
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    Conformance(conformance::ConformanceArgs),
    Bench(bench::BenchArgs),
    /// Write the tables in docs/ that are made from the sources
    #[command(after_help = "Example:\n  clew report")]
    Report,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(cli) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("clew: {error:#}");
            ExitCode::from(EXIT_FAILED)
        }
    }
}

fn dispatch(cli: Cli) -> Result<u8> {
    let project = Project::locate()?;
    if matches!(cli.command, Sub::Test(_) | Sub::Conformance(_)) {
        signals::ignore_alone()?;
    }
    match cli.command {
        Sub::Setup { run } => {
            setup::ensure(&project, if run { Level::Run } else { Level::Test })?;
            println!(
                "ready; the kernel's Rust is {:?}",
                setup::kernel_rust(&project)?
            );
        }
        Sub::Sysroot => {
            setup::ensure(&project, Level::Run)?;
            sysroot::build(&project)?;
            println!("{}", project.sysroot().display());
        }
        Sub::Image => {
            let image = image::build(&project)?;
            println!("{}\n{}", image.kernel.display(), image.initramfs.display());
        }
        Sub::App { name } => {
            setup::ensure(&project, Level::Run)?;
            let recipe = Recipe::load(&project.root().join("c-apps").join(name))?;
            let compiler = apps::Compiler::of_image(&project)?;
            for (inside, host) in apps::build(&project, &recipe, &compiler)?.files {
                println!("/{} {}", inside.display(), host.display());
            }
        }
        Sub::Run(args) => return run::run(&project, &args),
        Sub::Test(args) => return test::run(&project, &args),
        Sub::Conformance(args) => return conformance::run(&project, &args),
        Sub::Bench(args) => return bench::run(&project, &args),
        Sub::Iso { output } => {
            setup::ensure(&project, Level::Test)?;
            let image = image::build(&project)?;
            let output = output.unwrap_or_else(|| project.out().join("clew.iso"));
            let _step = ui::Step::start("Building the GRUB image");
            let log = project.out().join("logs/iso.log");
            println!(
                "{}",
                iso::build(&image, "log=warn", &output, &log)?.display()
            );
        }
        Sub::Report => report::write(&project)?,
    }
    Ok(0)
}
