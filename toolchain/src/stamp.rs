//! Decides whether a thing that was built before is still up to date.
//!
//! A stamp is a hash over the names, sizes and modification times of all inputs. It is saved after a
//! build that succeeded; a later build with the same stamp and all outputs in place is skipped.

use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::project::Project;

/// The state of a build's inputs.
pub struct Stamp {
    file: PathBuf,
    hasher: DefaultHasher,
}

impl Stamp {
    /// Starts the stamp of the build called `name`. The tool itself counts as an input: a new version
    /// may build differently.
    pub fn new(project: &Project, name: &str) -> Result<Self> {
        let file = project.out().join("stamps").join(name);
        let mut stamp = Self {
            file,
            hasher: DefaultHasher::new(),
        };
        if let Ok(tool) = std::env::current_exe() {
            stamp.path(&tool)?;
        }
        Ok(stamp)
    }

    /// Counts a text, such as a command line, as an input.
    pub fn text(&mut self, text: impl AsRef<OsStr>) -> &mut Self {
        text.as_ref().hash(&mut self.hasher);
        self
    }

    /// Counts a file, or everything below a folder, as an input. What does not exist counts as such.
    pub fn path(&mut self, path: &Path) -> Result<&mut Self> {
        path.hash(&mut self.hasher);
        let metadata = match fs::symlink_metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                0u8.hash(&mut self.hasher);
                return Ok(self);
            }
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", path.display()));
            }
        };
        if metadata.is_dir() {
            let mut entries: Vec<_> = fs::read_dir(path)
                .with_context(|| format!("cannot list {}", path.display()))?
                .collect::<io::Result<_>>()?;
            entries.sort_by_key(fs::DirEntry::file_name);
            entries.len().hash(&mut self.hasher);
            for entry in entries {
                self.path(&entry.path())?;
            }
        } else {
            metadata.len().hash(&mut self.hasher);
            let modified = metadata.modified()?.duration_since(SystemTime::UNIX_EPOCH);
            modified.unwrap_or_default().hash(&mut self.hasher);
        }
        Ok(self)
    }

    /// Whether the last successful build had the same inputs and all of `outputs` still exist.
    pub fn is_fresh(&self, outputs: &[&Path]) -> bool {
        outputs.iter().all(|output| output.exists())
            && fs::read_to_string(&self.file).is_ok_and(|saved| saved == self.value())
    }

    /// Records that a build with these inputs succeeded.
    pub fn save(&self) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&self.file, self.value())
            .with_context(|| format!("cannot write {}", self.file.display()))
    }

    fn value(&self) -> String {
        format!("{:016x}", self.hasher.finish())
    }
}
