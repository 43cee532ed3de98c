//! Directories that the program may use: what `--dir` means, and what to say when one was missing.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::Dir as HostDir;

use super::table::{Access, Dir};
use crate::error::{Error, plain};

/// A directory that the program may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The directory.
    pub host: PathBuf,
    /// What the program calls it.
    pub guest: String,
    /// Whether it may be changed.
    pub access: Access,
}

impl Grant {
    /// Reads `HOST[::GUEST][:ro]`. A directory whose name ends in `:ro` is given as `name:ro/`.
    ///
    /// # Errors
    ///
    /// Says that a name is empty.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (names, access) = match text.strip_suffix(":ro") {
            Some(names) => (names, Access::ReadOnly),
            None => (text, Access::ReadWrite),
        };
        let (host, guest) = names.split_once("::").unwrap_or((names, names));
        if host.is_empty() || guest.is_empty() {
            return Err("a directory's name is empty".to_owned());
        }
        Ok(Self {
            host: PathBuf::from(host),
            guest: guest.to_owned(),
            access,
        })
    }

    /// Opens the directory.
    ///
    /// # Errors
    ///
    /// [`Error::Usage`] if that fails.
    pub fn open(&self) -> Result<Dir, Error> {
        let host = HostDir::open_ambient_dir(&self.host, ambient_authority()).map_err(|error| {
            let (host, reason) = (self.host.display(), plain(&error));
            Error::Usage(format!("can't grant the directory '{host}': {reason}"))
        })?;
        let (access, preopen) = (self.access, Some(self.guest.clone()));
        Ok(Dir {
            host: Arc::new(host),
            access,
            preopen,
            names: Vec::new(),
        })
    }

    /// Whether the program reaches `path` through this grant, be it in its own words or in the host's.
    fn covers(&self, path: &Path) -> bool {
        let words = |path: &Path| -> Vec<String> {
            let names = path.components().filter(|part| *part != Component::CurDir);
            names
                .map(|name| name.as_os_str().to_string_lossy().into_owned())
                .collect()
        };
        let path = words(path);
        path.starts_with(&words(Path::new(&self.guest))) || path.starts_with(&words(&self.host))
    }
}

/// What to tell after a failure: names the path that was `refused` during the run or, as C libraries do not even
/// ask for what lies in no granted directory, an argument of the program that exists here and that no grant covers.
pub fn hint(grants: &[Grant], refused: Option<&str>, args: &[String]) -> Option<String> {
    if let Some(path) = refused {
        let dir = Path::new(path);
        return Some(if dir.is_absolute() {
            let dir = directory_of(dir);
            format!(
                "the module asked for {path}: grant it with --dir {}",
                dir.display()
            )
        } else {
            format!(
                "the module asked for '{path}', which leads out of the directory that it was granted"
            )
        });
    }
    let reachable = |path: &&Path| !grants.iter().any(|grant| grant.covers(path));
    let path = args
        .iter()
        .map(Path::new)
        .filter(|path| path.exists())
        .find(reachable)?;
    let (dir, path) = (directory_of(path), path.display());
    Some(format!(
        "the program may not use '{path}'; grant its directory with --dir {}",
        dir.display()
    ))
}

/// `path` itself if it is a directory, else the one it is in.
fn directory_of(path: &Path) -> PathBuf {
    let dir = if path.is_dir() {
        Some(path)
    } else {
        path.parent()
    };
    let dir = dir.filter(|dir| !dir.as_os_str().is_empty());
    dir.unwrap_or(Path::new(".")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_are_read() {
        let grant = |text| {
            Grant::parse(text)
                .map(|grant| (grant.host.display().to_string(), grant.guest, grant.access))
        };
        let is = |host: &str, guest: &str, access| Ok((host.to_owned(), guest.to_owned(), access));
        assert_eq!(grant("."), is(".", ".", Access::ReadWrite));
        assert_eq!(grant(".:ro"), is(".", ".", Access::ReadOnly));
        assert_eq!(grant("a::/b"), is("a", "/b", Access::ReadWrite));
        assert_eq!(grant("a::/b:ro"), is("a", "/b", Access::ReadOnly));
        assert_eq!(grant("a:ro/"), is("a:ro/", "a:ro/", Access::ReadWrite));
        assert_eq!(grant("a:ro::b"), is("a:ro", "b", Access::ReadWrite));
        for wrong in ["", ":ro", "::", "a::", "a:::ro", "::b"] {
            assert!(grant(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn hints_name_what_no_grant_covers() {
        let tmp = Grant::parse("/tmp::/t").unwrap();
        let args = ["/tmp".to_owned()];
        assert!(hint(&[], None, &args).unwrap().contains("--dir /tmp"));
        assert_eq!(hint(std::slice::from_ref(&tmp), None, &args), None);
        assert!(hint(std::slice::from_ref(&tmp), None, &["/".to_owned()]).is_some());
        assert_eq!(
            hint(&[tmp], None, &["/t/x".to_owned(), "/no/such".to_owned()]),
            None
        );
        assert!(
            hint(&[], Some("/data/x"), &[])
                .unwrap()
                .contains("grant it with --dir /data")
        );
        assert!(hint(&[], Some("../x"), &[]).unwrap().contains("leads out"));
    }
}
