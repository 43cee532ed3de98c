//! `clew iso`: a CD image that boots the same kernel and initramfs through GRUB.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::image::Image;
use crate::qemu::TempDir;
use crate::ui;

const GRUB_CONFIG: &str = "\
set timeout=0
set default=0
menuentry \"Clew\" {
    multiboot2 /boot/clew COMMAND_LINE
    module2 /boot/initramfs
    boot
}
";

/// Writes a bootable image to `output`.
///
/// # Errors
///
/// Fails if the kernel has no multiboot2 header or GRUB's tools refuse.
pub fn build(image: &Image, command_line: &str, output: &Path, log: &Path) -> Result<PathBuf> {
    let scratch = TempDir::new()?;
    let boot = scratch.path().join("boot");
    fs::create_dir_all(boot.join("grub"))?;
    let kernel = boot.join("clew");
    // GRUB would load the symbols too.
    ui::run_logged(
        Command::new("objcopy")
            .arg("--strip-all")
            .arg(&image.kernel)
            .arg(&kernel),
        log,
    )?;
    let is_multiboot = Command::new("grub-file")
        .arg("--is-x86-multiboot2")
        .arg(&kernel)
        .status()
        .context("cannot start grub-file")?;
    if !is_multiboot.success() {
        bail!(
            "{} has no multiboot2 header that GRUB accepts",
            image.kernel.display()
        );
    }
    fs::copy(&image.initramfs, boot.join("initramfs"))?;
    fs::write(
        boot.join("grub/grub.cfg"),
        GRUB_CONFIG.replace("COMMAND_LINE", command_line),
    )?;
    let partial = output.with_extension("partial");
    ui::run_logged(
        Command::new("grub-mkrescue")
            .arg("--directory=/usr/lib/grub/i386-pc")
            .arg("-o")
            .arg(&partial)
            .arg(scratch.path()),
        log,
    )?;
    fs::rename(&partial, output)?;
    Ok(output.to_owned())
}
