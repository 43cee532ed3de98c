//! Gets programs that Debian built: fetches a binary package by name and version, checks its sum and unpacks
//! what a recipe installs.
//!
//! Debian's archive keeps one version of a package for each release. When a recipe's version is gone from
//! it, the one that took its place is used, whose sum apt has checked with the archive's signature, and that is said.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clew::recipe::BinaryPackage;

use crate::debian_source::Apt;
use crate::project::Project;
use crate::ui::{self, Step};

/// A folder that holds what `package` unpacks to, as Debian laid it out.
///
/// # Errors
///
/// Fails if apt can't get the package (with its own words), the sum is wrong, or it can't be unpacked.
pub fn unpack(project: &Project, package: &BinaryPackage) -> Result<PathBuf> {
    ensure!(
        [&package.package, &package.version].iter().all(|text| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+-.~:".contains(&byte))
        }),
        "'{}={}' is not a package",
        package.package,
        package.version
    );
    let folder = project
        .out()
        .join("debian-binary")
        .join(format!("{}={}", package.package, package.version));
    if folder.exists() {
        return Ok(folder);
    }
    let _step = Step::start(&format!("Getting Debian's package {}", package.package));
    let partial = folder.with_file_name(format!(".{}.partial", package.package));
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir_all(&partial)?;
    let log = project.out().join("logs/apt-download.log");
    let archive = download(project, package, &partial, &log)?;
    ui::run_logged(
        Command::new("dpkg-deb")
            .arg("-x")
            .arg(&archive)
            .arg(&partial),
        &log,
    )
    .with_context(|| format!("cannot unpack {}", archive.display()))?;
    fs::rename(&partial, &folder)?;
    Ok(folder)
}

/// Downloads the package into `folder`.
fn download(
    project: &Project,
    package: &BinaryPackage,
    folder: &Path,
    log: &Path,
) -> Result<PathBuf> {
    let pinned = format!("{}={}", package.package, package.version);
    // The machine's own lists usually do; old ones may name files that are gone.
    let by_the_machine = ui::run_logged(
        Command::new("apt-get")
            .args(["download", "-oAPT::Sandbox::User=root", &pinned])
            .current_dir(folder),
        log,
    );
    if by_the_machine.is_err() {
        let apt = Apt::new(&project.out().join("apt-binary"), "deb")?;
        apt.get(&["update"], folder, log)
            .context("cannot get Debian's list of packages")?;
        if apt.get(&["download", &pinned], folder, log).is_err() {
            apt.get(&["download", &package.package], folder, log)
                .with_context(|| format!("cannot get the Debian package {}", package.package))?;
            let archive = find(folder)?;
            let file = archive.file_name().unwrap_or_default().to_string_lossy();
            eprintln!("clew: {pinned} is gone from Debian's archive; {file} takes its place");
            return Ok(archive);
        }
    }
    let archive = find(folder)?;
    let output = Command::new("sha256sum")
        .arg("--")
        .arg(&archive)
        .output()
        .context("cannot start sha256sum")?;
    let sum = String::from_utf8_lossy(&output.stdout);
    // A file name with odd characters makes sha256sum put a backslash before the sum.
    let sum = sum
        .trim_start_matches('\\')
        .split(' ')
        .next()
        .unwrap_or_default();
    if !sum.eq_ignore_ascii_case(&package.sha256) {
        bail!("{pinned} has the SHA-256 {sum}, not {}", package.sha256);
    }
    Ok(archive)
}

fn find(folder: &Path) -> Result<PathBuf> {
    fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .context("apt brought no package")
}
