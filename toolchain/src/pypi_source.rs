//! Gets source distributions of the Python package index, of which tests use files.
//!
//! pip itself does the download, so its index, mirrors, proxies and certificates hold here, and it checks the
//! recipe's sum. What it keeps and unpacks stays below the target directory.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clew::recipe::PypiSource;

use crate::project::Project;
use crate::ui::{self, Step};

/// The folder with the unpacked source, downloaded unless a former run already has.
///
/// # Errors
///
/// Fails if pip can't get the archive (with its own words), its sum is another, or it can't be unpacked.
pub fn unpack(project: &Project, source: &PypiSource) -> Result<PathBuf> {
    let folder = project
        .out()
        .join("pypi")
        .join(format!("{}-{}", source.name, source.version));
    if folder.exists() {
        return Ok(folder);
    }
    let _step = Step::start(&format!("Getting the Python package {}", source.name));
    let partial = folder.with_file_name(format!(".{}.partial", source.name));
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    let unpacked = partial.join("unpacked");
    fs::create_dir_all(&unpacked)?;
    let wanted = partial.join("requirements.txt");
    fs::write(&wanted, requirement(source)?)?;
    let downloads = partial.join("downloads");
    let mut pip = Command::new("pip3");
    pip.args([
        "download",
        "--no-deps",
        "--no-cache-dir",
        "--require-hashes",
    ])
    .args(["--no-binary", &source.name])
    .arg("--dest")
    .arg(&downloads)
    .arg("--requirement")
    .arg(&wanted);
    ui::run_logged(&mut pip, &project.out().join("logs/pypi-download.log"))
        .with_context(|| format!("cannot get the Python package {}", source.name))?;
    let archives = fs::read_dir(&downloads)?.collect::<std::io::Result<Vec<_>>>()?;
    let [archive] = archives.as_slice() else {
        bail!(
            "the Python package {} came in {} archives, not in one",
            source.name,
            archives.len()
        );
    };
    let mut tar = Command::new("tar");
    tar.arg("-xf")
        .arg(archive.path())
        .args(["--no-same-owner", "--strip-components=1", "-C"])
        .arg(&unpacked);
    ui::run_logged(&mut tar, &project.out().join("logs/unpack.log"))
        .with_context(|| format!("cannot unpack {}", archive.path().display()))?;
    fs::rename(&unpacked, &folder)?;
    fs::remove_dir_all(&partial)?;
    Ok(folder)
}

/// The line of a requirements file that stands for `source` and no other.
fn requirement(source: &PypiSource) -> Result<String> {
    let plain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
    };
    ensure!(
        plain(&source.name) && plain(&source.version),
        "'{}=={}' is not a Python package",
        source.name,
        source.version
    );
    Ok(format!(
        "{}=={} --hash=sha256:{}\n",
        source.name, source.version, source.sha256
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str) -> PypiSource {
        PypiSource {
            name: name.to_owned(),
            version: "2.0".to_owned(),
            sha256: "ab".repeat(32),
            install: Default::default(),
        }
    }

    #[test]
    fn one_archive_is_asked_for() {
        let line = requirement(&source("lupa")).unwrap();
        let sum = "ab".repeat(32);
        assert_eq!(line, format!("lupa==2.0 --hash=sha256:{sum}\n"));
    }

    #[test]
    fn options_of_pip_are_no_names() {
        for name in ["", "a b", "a\n--index-url=x", "a;b"] {
            assert!(requirement(&source(name)).is_err(), "{name:?}");
        }
    }
}
