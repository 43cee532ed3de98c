//! The GRUB image boots and runs a program.

use std::io::Read;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use super::Report;
use crate::cpio::Archive;
use crate::image::{self, Image};
use crate::iso;
use crate::project::Project;
use crate::qemu::{self, Accel, Boot, Config, Machine, TempDir};
use crate::run;
use crate::streams::{self, LogTail};
use crate::ui::Step;

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    let name = "iso/boots and runs a program";
    if !report.wants(name) {
        return Ok(());
    }
    let image = image::build(project)?;
    let _step = Step::start("Building and booting the GRUB image");
    report.run(name, || boots(project, &image));
    Ok(())
}

fn boots(project: &Project, image: &Image) -> Result<()> {
    let scratch = TempDir::new()?;
    let mut overlay = Archive::new();
    overlay.bytes("etc/clew/exec", 0o644, *b"hello\0from a disc\0")?;
    let initramfs = run::with_overlay(&image.initramfs, &overlay, scratch.path(), "initramfs")?;
    let image = Image {
        kernel: image.kernel.clone(),
        initramfs,
    };
    let log = project.out().join("logs/iso.log");
    let disc = iso::build(
        &image,
        "log=warn mode=exec",
        &scratch.path().join("test.iso"),
        &log,
    )?;
    let config = Config {
        boot: Boot::Cdrom(disc),
        memory: 512,
        cpus: 1,
        cpu: qemu::BEST_CPU.to_owned(),
        accel: Accel::Auto,
        deterministic: false,
        gdb: None,
    };
    let mut machine = Machine::start(&config)?;
    let tail = LogTail::default();
    let follower = streams::follow_log(machine.log.try_clone()?, tail.clone(), None);
    let read = |mut port: std::os::unix::net::UnixStream| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            // What has come until an error is what counts.
            let _ = port.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    };
    let console = read(machine.console.try_clone()?);
    let results = read(machine.results.try_clone()?);
    if machine.wait_for(Duration::from_secs(90))?.is_none() {
        machine.kill();
        bail!(
            "it did not finish within 90 s; the kernel's log:\n{}",
            tail.text()
        );
    }
    let _ = follower.join();
    let console = console
        .join()
        .ok()
        .context("the console's reader panicked")?;
    let results = results
        .join()
        .ok()
        .context("the results' reader panicked")?;
    ensure!(
        results.ends_with("exit 0\n"),
        "results: {results:?}\nconsole: {console}\nlog: {}",
        tail.text()
    );
    ensure!(
        console.contains("argument 1: 'from a disc'"),
        "console: {console}"
    );
    Ok(())
}
