//! Where things are: the repository's root and the folders of everything that is built.
//!
//! Nothing is ever written outside the target directory. `clew/` inside it holds the sysroot, the
//! unpacked sources, the built programs and the image.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// The repository the tool works on.
#[derive(Clone, Debug)]
pub struct Project {
    root: PathBuf,
    target: PathBuf,
}

impl Project {
    /// Finds the repository: `CLEW_ROOT` (set by `toolchain/bin/clew`), else the nearest parent of
    /// the current folder that holds `toolchain/Cargo.toml`.
    pub fn locate() -> Result<Self> {
        let root = match env::var_os("CLEW_ROOT") {
            Some(root) => PathBuf::from(root),
            None => {
                let start = env::current_dir()?;
                match start
                    .ancestors()
                    .find(|dir| dir.join("toolchain/Cargo.toml").is_file())
                {
                    Some(dir) => dir.to_path_buf(),
                    None => bail!("not inside the Clew repository: start toolchain/bin/clew"),
                }
            }
        };
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) if Path::new(&dir).is_absolute() => PathBuf::from(dir),
            Some(dir) => env::current_dir()?.join(dir),
            None => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The repository's root folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target directory.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Everything this tool builds.
    pub fn out(&self) -> PathBuf {
        self.target.join("clew")
    }

    /// tlibc's headers, start files and libraries.
    pub fn sysroot(&self) -> PathBuf {
        self.out().join("sysroot")
    }

    /// A wrapper or script of the tool chain, such as `tlibc-cc`.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.root.join("toolchain/bin").join(name)
    }
}
