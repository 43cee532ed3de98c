//! `clew`: the one host program. It sets the machine up, builds tlibc's sysroot, the kernel and the
//! image, runs them in QEMU and runs every test.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

mod headers;
mod project;
mod sysroot;
mod ui;

use project::Project;

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
    /// Build tlibc's sysroot (headers, start files, libraries)
    Sysroot,
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
    match cli.command {
        Sub::Sysroot => {
            sysroot::build(&project)?;
            println!("{}", project.sysroot().display());
        }
    }
    Ok(0)
}
