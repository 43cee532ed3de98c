//! Writes initramfs archives in cpio's "newc" format.
//!
//! The same tree always gives the same bytes: entries are sorted, owners and times are fixed, inode
//! numbers count up. The kernel unpacks one or more such archives, each padded with NULs. Contents of
//! a page and more begin at a page, so that the kernel can use them where they are.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

/// Modification time of every entry: 2026-01-01 00:00:00 UTC.
const MTIME: u32 = 1_767_225_600;

const S_IFDIR: u32 = 0o040_000;
const S_IFREG: u32 = 0o100_000;
const S_IFLNK: u32 = 0o120_000;

enum Node {
    Directory { mode: u32 },
    File { mode: u32, data: Data },
    Symlink { target: Vec<u8> },
}

enum Data {
    Bytes(Vec<u8>),
    HostFile(PathBuf),
}

/// A tree of files on its way into an image.
#[derive(Default)]
pub struct Archive {
    nodes: BTreeMap<Vec<u8>, Node>,
}

impl Archive {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a directory, and those above it, with the permission bits `mode`.
    pub fn directory(&mut self, path: impl AsRef<Path>, mode: u32) -> Result<()> {
        let path = self.prepare(path.as_ref())?;
        self.nodes.insert(path, Node::Directory { mode });
        Ok(())
    }

    /// Adds a file whose content is at hand.
    pub fn bytes(
        &mut self,
        path: impl AsRef<Path>,
        mode: u32,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<()> {
        let path = self.prepare(path.as_ref())?;
        self.nodes.insert(
            path,
            Node::File {
                mode,
                data: Data::Bytes(bytes.into()),
            },
        );
        Ok(())
    }

    /// Adds a file with the content of `host`, read when the archive is written.
    pub fn file(
        &mut self,
        path: impl AsRef<Path>,
        mode: u32,
        host: impl Into<PathBuf>,
    ) -> Result<()> {
        let path = self.prepare(path.as_ref())?;
        self.nodes.insert(
            path,
            Node::File {
                mode,
                data: Data::HostFile(host.into()),
            },
        );
        Ok(())
    }

    /// Adds a symbolic link.
    pub fn symlink(&mut self, path: impl AsRef<Path>, target: impl AsRef<OsStr>) -> Result<()> {
        let path = self.prepare(path.as_ref())?;
        let target = target.as_ref().as_bytes().to_vec();
        self.nodes.insert(path, Node::Symlink { target });
        Ok(())
    }

    /// Adds everything below the host's folder `host` under `path`. Links stay links; what is neither
    /// a file, a folder nor a link is an error.
    pub fn tree(&mut self, path: &Path, host: &Path) -> Result<()> {
        let mut entries = fs::read_dir(host)
            .with_context(|| format!("cannot list {}", host.display()))?
            .collect::<io::Result<Vec<_>>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (inside, outside) = (path.join(entry.file_name()), entry.path());
            let metadata = fs::symlink_metadata(&outside)
                .with_context(|| format!("cannot read {}", outside.display()))?;
            let mode = metadata.permissions().mode() & 0o777;
            let kind = metadata.file_type();
            if kind.is_dir() {
                self.directory(&inside, mode)?;
                self.tree(&inside, &outside)?;
            } else if kind.is_file() {
                self.file(&inside, mode, &outside)?;
            } else if kind.is_symlink() {
                self.symlink(&inside, fs::read_link(&outside)?)?;
            } else {
                bail!(
                    "{} is neither a file, a folder nor a link",
                    outside.display()
                );
            }
        }
        Ok(())
    }

    /// Checks `path`, makes the directories above it and returns the name used in the archive.
    fn prepare(&mut self, path: &Path) -> Result<Vec<u8>> {
        let path = path.strip_prefix("/").unwrap_or(path);
        let mut name = Vec::new();
        for part in path.components() {
            let std::path::Component::Normal(part) = part else {
                bail!("'{}' is not a plain path", path.display());
            };
            if !name.is_empty() {
                if let Some(Node::File { .. } | Node::Symlink { .. }) = self.nodes.get(&name) {
                    bail!("'{}' passes through a file", path.display());
                }
                self.nodes
                    .entry(name.clone())
                    .or_insert(Node::Directory { mode: 0o755 });
                name.push(b'/');
            }
            name.extend_from_slice(part.as_bytes());
        }
        ensure!(!name.is_empty(), "an entry needs a name");
        Ok(name)
    }

    /// Writes the archive, its trailer, and NULs up to the end of a page.
    pub fn write(&self, out: &mut impl Write) -> Result<()> {
        let mut written = 0;
        for (inode, (name, node)) in (1u32..).zip(&self.nodes) {
            written += match node {
                Node::Directory { mode } => entry(out, inode, name, S_IFDIR | mode, &[], written)?,
                Node::Symlink { target } => {
                    entry(out, inode, name, S_IFLNK | 0o777, target, written)?
                }
                Node::File {
                    mode,
                    data: Data::Bytes(bytes),
                } => entry(out, inode, name, S_IFREG | mode, bytes, written)?,
                Node::File {
                    mode,
                    data: Data::HostFile(host),
                } => {
                    let bytes = fs::read(host)
                        .with_context(|| format!("cannot read {}", host.display()))?;
                    entry(out, inode, name, S_IFREG | mode, &bytes, written)?
                }
            };
        }
        written += entry(out, 0, b"TRAILER!!!", 0, &[], written)?;
        out.write_all(&vec![0; written.next_multiple_of(PAGE) - written])?;
        Ok(())
    }
}

/// Bytes in a page.
const PAGE: usize = 4096;

/// Bytes of the header before a name.
const HEADER: usize = 110;

/// The longest name that readers take, with its NULs.
const MAX_NAME: usize = 4096;

/// Writes one header, name and content to the offset `at`; returns how many bytes that were.
fn entry(
    out: &mut impl Write,
    inode: u32,
    name: &[u8],
    mode: u32,
    data: &[u8],
    at: usize,
) -> Result<usize> {
    let mut filler = 0;
    let mut name_size = name.len() + 1;
    if data.len() >= PAGE {
        // More NULs behind the name move the content.
        let to_page =
            |at: usize| (at + HEADER + name.len() + 1).next_multiple_of(PAGE) - at - HEADER;
        name_size = to_page(at);
        if name_size > MAX_NAME {
            // They are too many for one name: an entry that changes nothing takes some of them.
            filler = entry(out, 0, b".", S_IFDIR | 0o755, &[], at)?;
            name_size = to_page(at + filler);
        }
    }
    let size = u32::try_from(data.len())
        .with_context(|| format!("{} is larger than 4 GiB", String::from_utf8_lossy(name)))?;
    let links = if mode & 0o170_000 == S_IFDIR { 2 } else { 1 };
    // Fields: inode, mode, uid, gid, links, mtime, size, device (4), name size, checksum.
    let mut header = String::from("070701");
    for field in [
        inode,
        mode,
        0,
        0,
        links,
        MTIME,
        size,
        0,
        0,
        0,
        0,
        u32::try_from(name_size)?,
        0,
    ] {
        header.push_str(&format!("{field:08x}"));
    }
    let head = header.len() + name_size;
    let head_padding = head.next_multiple_of(4) - head;
    let data_padding = data.len().next_multiple_of(4) - data.len();
    out.write_all(header.as_bytes())?;
    out.write_all(name)?;
    out.write_all(&vec![0; name_size - name.len() + head_padding])?;
    out.write_all(data)?;
    out.write_all(&[0; 3][..data_padding])?;
    Ok(filler + head + head_padding + data.len() + data_padding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(archive: &Archive) -> Vec<u8> {
        let mut out = Vec::new();
        archive.write(&mut out).unwrap();
        out
    }

    #[test]
    fn same_tree_in_any_order_gives_the_same_bytes() {
        let mut one = Archive::new();
        one.bytes("/etc/a", 0o644, *b"x").unwrap();
        one.symlink("/bin/sh", "dash").unwrap();
        let mut two = Archive::new();
        two.symlink("bin/sh", "dash").unwrap();
        two.bytes("etc/a", 0o644, *b"x").unwrap();
        assert_eq!(bytes(&one), bytes(&two));
        assert_eq!(bytes(&one).len() % PAGE, 0);
    }

    #[test]
    fn large_contents_begin_at_a_page() {
        // The offset of the second file takes all values that matter.
        for length in (3..PAGE).step_by(4) {
            let mut archive = Archive::new();
            archive.bytes("a", 0o644, vec![b'a'; length]).unwrap();
            archive.bytes("b", 0o644, vec![b'b'; PAGE]).unwrap();
            let bytes = bytes(&archive);
            let start = bytes.windows(8).position(|piece| piece == b"bbbbbbbb");
            assert_eq!(start.unwrap() % PAGE, 0, "{length}");
        }
    }

    #[test]
    fn the_hosts_cpio_reads_it() {
        let Ok(mut child) = std::process::Command::new("cpio")
            .arg("-t")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
        else {
            eprintln!("cpio is not installed: nothing to compare with");
            return;
        };
        let mut archive = Archive::new();
        archive.bytes("/a/b/file", 0o755, vec![7; 1001]).unwrap();
        archive
            .bytes("/a/b/large", 0o755, vec![7; PAGE + 1])
            .unwrap();
        archive.directory("/tmp", 0o1777).unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(&bytes(&archive))
            .unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        assert_eq!(
            String::from_utf8(output.stdout).unwrap(),
            "a\na/b\na/b/file\na/b/large\ntmp\n"
        );
    }

    #[test]
    fn refuses_paths_that_are_not_plain() {
        let mut archive = Archive::new();
        assert!(archive.bytes("/a/../b", 0o644, *b"").is_err());
        assert!(archive.bytes("/", 0o644, *b"").is_err());
        archive.bytes("/a", 0o644, *b"").unwrap();
        assert!(archive.bytes("/a/b", 0o644, *b"").is_err());
    }
}
