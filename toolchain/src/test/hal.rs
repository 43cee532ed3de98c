//! The hardware layer's self-test: boots in the kernel's place and exercises each part of the layer.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Report;
use crate::kernel_build;
use crate::project::Project;
use crate::qemu::{self, Accel, Boot, Config, Machine, TempDir};
use crate::session::{self, Verdict};
use crate::streams::{self, LogTail};

/// What it says when it has passed.
const PASSED: &str = "all passed";

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    let name = "hal/self-test";
    if !report.wants(name) {
        return Ok(());
    }
    let kernel = kernel_build::self_test(project)?;
    report.run(name, || {
        let scratch = TempDir::new()?;
        let initramfs = scratch.path().join("initramfs");
        fs::write(&initramfs, [7; 5000]).context("cannot write an initramfs")?;
        let config = Config {
            boot: Boot::Kernel {
                kernel: kernel.clone(),
                initramfs,
                command_line: String::new(),
            },
            memory: 64,
            cpus: 1,
            cpu: qemu::BEST_CPU.to_owned(),
            accel: Accel::Tcg,
            deterministic: true,
            gdb: None,
        };
        let mut machine = Machine::start(&config)?;
        let tail = LogTail::default();
        let follower = streams::follow_log(machine.log.try_clone()?, tail.clone(), None);
        let Some(ended) = machine.wait_for(Duration::from_secs(120))? else {
            machine.kill();
            bail!("it did not finish within 120 s; its log:\n{}", tail.text());
        };
        // What the log has by now is what it will have.
        let _ = follower.join();
        match session::judge(ended, &tail, &kernel) {
            Verdict::PoweredOff if tail.text().contains(PASSED) => Ok(()),
            Verdict::PoweredOff => bail!("it ended early; its log:\n{}", tail.text()),
            Verdict::Failed { message, .. } => bail!("{message}"),
        }
    });
    Ok(())
}
