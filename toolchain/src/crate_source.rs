//! Finds the unpacked source of a crate in cargo's registry, fetching it if need be.
//!
//! Crates that bundle C sources are how recipes reach third-party programs without a copy of them in
//! the repository. Cargo itself does the download, so its mirrors, proxies and offline mode hold here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// As [`locate`], for a crate whose archive has the SHA-256 sum `checksum`, in hexadecimal digits.
///
/// # Errors
///
/// As [`locate`]; and if the registry has another archive under this version.
pub fn locate_exactly(
    name: &str,
    version: &str,
    checksum: &str,
    scratch: &Path,
) -> Result<PathBuf> {
    let root = locate(name, version, scratch)?;
    // Cargo has compared the archive with the sum that it keeps here.
    let lock = scratch.join(format!("{name}-{version}/Cargo.lock"));
    let text =
        fs::read_to_string(&lock).with_context(|| format!("can't read {}", lock.display()))?;
    let lock: Lock = toml::from_str(&text).context("can't read cargo's lock file")?;
    let locked = lock
        .package
        .iter()
        .find(|package| package.name == name && package.version == version);
    let sum = locked.and_then(|package| package.checksum.as_deref());
    ensure!(
        sum == Some(checksum),
        "the crate {name} {version} has the checksum {}, not {checksum}",
        sum.unwrap_or("(none)")
    );
    Ok(root)
}

/// What is read of cargo's lock file.
#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    manifest_path: PathBuf,
}

/// Returns the folder that holds the source of crate `name` in exactly `version`.
///
/// `scratch` is a folder for cargo's bookkeeping; it may be deleted at any time.
///
/// # Errors
///
/// Fails if cargo can't be started or can't get the crate; its own message is part of the error.
pub fn locate(name: &str, version: &str, scratch: &Path) -> Result<PathBuf> {
    let metadata = cargo(
        &["metadata", "--format-version", "1"],
        name,
        version,
        scratch,
    )?;
    let metadata: Metadata =
        serde_json::from_slice(&metadata).context("can't read cargo's metadata")?;
    let found = metadata
        .packages
        .into_iter()
        .find(|package| package.name == name && package.version == version)
        .with_context(|| format!("cargo's metadata does not list {name} {version}"))?;
    let dir = found
        .manifest_path
        .parent()
        .context("a manifest without a folder")?;
    ensure!(
        dir.is_dir(),
        "cargo names {}, which is not there",
        dir.display()
    );
    Ok(dir.to_owned())
}

/// As [`locate`], for a crate that may have programs only: cargo fetches those, but has no metadata of them.
///
/// # Errors
///
/// As [`locate`]; and if cargo keeps what it fetched elsewhere than in its registry.
pub fn locate_programs(name: &str, version: &str, scratch: &Path) -> Result<PathBuf> {
    cargo(&["fetch"], name, version, scratch)?;
    let home = match std::env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => PathBuf::from(std::env::var_os("HOME").context("no HOME is set")?).join(".cargo"),
    };
    let registries = home.join("registry/src");
    let folder = format!("{name}-{version}");
    for registry in
        fs::read_dir(&registries).with_context(|| format!("can't list {}", registries.display()))?
    {
        let found = registry?.path().join(&folder);
        if found.join("Cargo.toml").is_file() {
            return Ok(found);
        }
    }
    bail!(
        "cargo fetched {folder}, which is not in {}",
        registries.display()
    )
}

/// Runs cargo in a package in `scratch` that depends on the crate; what it printed.
fn cargo(arguments: &[&str], name: &str, version: &str, scratch: &Path) -> Result<Vec<u8>> {
    let package = scratch.join(format!("{name}-{version}"));
    fs::create_dir_all(package.join("src"))
        .with_context(|| format!("can't create {}", package.display()))?;
    fs::write(package.join("src/lib.rs"), "")?;
    let manifest = package.join("Cargo.toml");
    let text = format!(
        "[package]\nname = \"fetch\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n\
         [dependencies]\n{name} = \"={version}\"\n\n[workspace]\n"
    );
    fs::write(&manifest, text)?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(arguments)
        .arg("--manifest-path")
        .arg(&manifest)
        .output()
        .context("can't start cargo")?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!(
            "cargo can't get the crate {name} {version}:\n{}",
            stderr.trim_end()
        );
    }
    Ok(output.stdout)
}
