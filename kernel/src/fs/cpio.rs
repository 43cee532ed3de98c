//! The initramfs: cpio archives of the "newc" format (cpio(5)), unpacked into a directory.
//!
//! Several archives may follow each other, with NULs between; later entries replace earlier files. Reading ([`Entries`])
//! is apart from making files. An archive that is cut off or makes no sense is an error at that point, never a panic.
//!
//! Contents that begin at a page of memory, as the host tool aligns those of large files, are not copied: the archive's
//! pages become the file's.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use hal::boot::Initramfs;
use hal::mem::PAGE_SIZE;

use crate::errno::Errno;
use crate::fs::buf::Source;
use crate::fs::dentry::Dentry;
use crate::fs::inode::{AttributeChanges, FileType, Inode, NewNode, Ownership, WriteAt};
use crate::time::Timespec;

const HEADER_LEN: usize = 110;
const TRAILER: &[u8] = b"TRAILER!!!";

/// What is wrong with an archive, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Offset of the entry in the archive.
    pub offset: usize,
    /// The fault.
    pub fault: Fault,
}

/// What is wrong with an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No entry begins there.
    BadHeader,
    /// It ends within an entry.
    CutOff,
    /// The name leads out of the directory, or is no name.
    BadName,
    /// The type of the entry is unknown.
    BadType,
    /// The file can't be made.
    File(Errno),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offset = self.offset;
        match self.fault {
            Fault::BadHeader => write!(f, "no cpio entry at offset {offset}"),
            Fault::CutOff => write!(f, "the archive is cut off in the entry at offset {offset}"),
            Fault::BadName => write!(f, "bad file name in the entry at offset {offset}"),
            Fault::BadType => write!(f, "unknown file type in the entry at offset {offset}"),
            Fault::File(error) => write!(
                f,
                "can't make the file of the entry at offset {offset}: {error:?}"
            ),
        }
    }
}

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Offset of its header.
    pub offset: usize,
    /// Name, relative to the directory that is filled.
    pub name: &'a [u8],
    /// Contents, or what a symbolic link holds.
    pub data: &'a [u8],
    /// Offset of `data`.
    pub data_offset: usize,
    /// `st_mode`.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
    /// Names of the node.
    pub links: u32,
    /// Modification time in seconds.
    pub modified: u32,
    /// The node's number and device numbers: names with the same are one file.
    pub identity: (u32, u32, u32),
    /// Major and minor number of a device node.
    pub device: (u32, u32),
}

/// The entries of an archive (or several), without the trailers.
pub struct Entries<'a> {
    archive: &'a [u8],
    at: usize,
    failed: bool,
}

impl<'a> Entries<'a> {
    /// Reads `archive` from its start.
    pub fn new(archive: &'a [u8]) -> Self {
        Self {
            archive,
            at: 0,
            failed: false,
        }
    }

    fn entry(&mut self) -> Result<Entry<'a>, Fault> {
        let offset = self.at;
        let rest = self.archive.get(offset..).ok_or(Fault::CutOff)?;
        let header = rest.get(..HEADER_LEN).ok_or(Fault::CutOff)?;
        if !matches!(header.get(..6), Some(b"070701" | b"070702")) {
            return Err(Fault::BadHeader);
        }
        let mut fields = [0u32; 13];
        for (field, digits) in fields
            .iter_mut()
            .zip(header.get(6..).unwrap_or(&[]).chunks(8))
        {
            let digits = core::str::from_utf8(digits).map_err(|_| Fault::BadHeader)?;
            *field = u32::from_str_radix(digits, 16).map_err(|_| Fault::BadHeader)?;
        }
        let [
            number,
            mode,
            uid,
            gid,
            links,
            modified,
            size,
            major,
            minor,
            rmajor,
            rminor,
            name_size,
            _,
        ] = fields;
        let name_end = HEADER_LEN
            .checked_add(name_size as usize)
            .ok_or(Fault::CutOff)?;
        let name = rest.get(HEADER_LEN..name_end).ok_or(Fault::CutOff)?;
        let name = name.strip_suffix(b"\0").ok_or(Fault::BadName)?;
        // More of them are there to move the contents to the start of a page.
        let padding = name.iter().rev().take_while(|&&byte| byte == 0).count();
        let name = name.get(..name.len() - padding).unwrap_or(name);
        let data_start = name_end.checked_next_multiple_of(4).ok_or(Fault::CutOff)?;
        let data_end = data_start.checked_add(size as usize).ok_or(Fault::CutOff)?;
        let data = rest.get(data_start..data_end).ok_or(Fault::CutOff)?;
        // The last entry's padding may be missing.
        let next = data_end
            .checked_next_multiple_of(4)
            .ok_or(Fault::CutOff)?
            .min(rest.len());
        self.at = offset + next;
        let (identity, device) = ((number, major, minor), (rmajor, rminor));
        Ok(Entry {
            offset,
            name,
            data,
            data_offset: offset + data_start,
            mode,
            uid,
            gid,
            links,
            modified,
            identity,
            device,
        })
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.archive.get(self.at..)?;
            self.at += rest.iter().take_while(|&&byte| byte == 0).count();
            if self.failed || self.at >= self.archive.len() {
                return None;
            }
            let offset = self.at;
            match self.entry() {
                Ok(entry) if entry.name == TRAILER => {}
                Ok(entry) => return Some(Ok(entry)),
                Err(fault) => {
                    self.failed = true;
                    return Some(Err(Error { offset, fault }));
                }
            }
        }
    }
}

/// Unpacks `archive` below `root`.
///
/// # Errors
/// The first fault; what came before it has been unpacked.
pub fn unpack(archive: Initramfs, root: &Arc<Dentry>) -> Result<(), Error> {
    let mut unpacking = Unpacking {
        root,
        start_in_page: archive.start_in_page(),
        linked: BTreeMap::new(),
        whole: Vec::new(),
    };
    let made = Entries::new(&archive).try_for_each(|entry| {
        let entry = entry?;
        unpacking.make(&entry).map_err(|fault| Error {
            offset: entry.offset,
            fault,
        })
    });
    let whole = unpacking.whole;
    let mut frames = archive.into_frames();
    let mut taken = 0;
    for file in whole {
        let skipped = file.first_page.saturating_sub(taken);
        frames.by_ref().take(skipped).for_each(drop);
        file.inode
            .adopt(file.size as u64, &mut frames)
            .map_err(|error| Error {
                offset: file.offset,
                fault: Fault::File(error),
            })?;
        taken += skipped + file.size.div_ceil(PAGE_SIZE);
    }
    made
}

/// A file whose contents are whole pages of the archive, up to the last.
struct WholePages {
    inode: Arc<dyn Inode>,
    /// Offset of its entry in the archive.
    offset: usize,
    /// Pages of the archive's memory before its contents.
    first_page: usize,
    /// Length in bytes.
    size: usize,
}

/// What is kept from entry to entry.
struct Unpacking<'a> {
    root: &'a Arc<Dentry>,
    start_in_page: usize,
    /// The files with several names.
    linked: BTreeMap<(u32, u32, u32), Arc<dyn Inode>>,
    /// The files that have no contents yet, by their places in the archive.
    whole: Vec<WholePages>,
}

impl Unpacking<'_> {
    fn make(&mut self, entry: &Entry<'_>) -> Result<(), Fault> {
        let mut parts = entry
            .name
            .split(|&byte| byte == b'/')
            .filter(|part| !part.is_empty() && *part != b".");
        let Some(mut name) = parts.next() else {
            return Ok(());
        };
        let mut directory = self.root.clone();
        for next in parts {
            directory = subdirectory(&directory, name)?;
            name = next;
        }
        if name == b".." || name.contains(&0) || name.len() > super::inode::NAME_MAX {
            return Err(Fault::BadName);
        }
        let kind = FileType::from_mode(entry.mode).ok_or(Fault::BadType)?;
        let ownership = Ownership {
            mode: entry.mode & super::permission::MODE_BITS,
            uid: entry.uid,
            gid: entry.gid,
        };
        let is_linked = entry.links > 1 && kind != FileType::Directory;
        let inode = match existing(&directory, name, kind)? {
            Some(inode) => {
                let Ownership { mode, uid, gid } = ownership;
                let changes = AttributeChanges {
                    mode: Some(mode),
                    uid: Some(uid),
                    gid: Some(gid),
                    ..AttributeChanges::default()
                };
                inode.set_attributes(&changes).map_err(Fault::File)?;
                inode
            }
            None => {
                if is_linked && let Some(inode) = self.linked.get(&entry.identity) {
                    directory.link(name, inode).map_err(Fault::File)?;
                    inode.clone()
                } else {
                    let (major, minor) = entry.device;
                    let device_number = super::devfs::device_number(major.into(), minor.into());
                    let node = NewNode {
                        kind,
                        ownership,
                        device_number,
                        target: entry.data,
                    };
                    let inode = directory
                        .create(name, &node)
                        .map_err(Fault::File)?
                        .inode()
                        .clone();
                    if is_linked {
                        self.linked.insert(entry.identity, inode.clone());
                    }
                    inode
                }
            }
        };
        let start = self.start_in_page + entry.data_offset;
        // Of several names of one file the last carries the contents.
        if kind == FileType::Regular
            && entry.data.len() >= PAGE_SIZE
            && !is_linked
            && start.is_multiple_of(PAGE_SIZE)
        {
            self.whole.push(WholePages {
                inode: inode.clone(),
                offset: entry.offset,
                first_page: start / PAGE_SIZE,
                size: entry.data.len(),
            });
        } else if kind == FileType::Regular && !entry.data.is_empty() {
            let mut source = Source::kernel(entry.data);
            let written = inode
                .write_at(WriteAt::Offset(0), &mut source)
                .map_err(Fault::File)?;
            if written.count < entry.data.len() {
                return Err(Fault::File(Errno::ENOSPC));
            }
        }
        let modified = Some(Timespec {
            seconds: entry.modified.into(),
            nanoseconds: 0,
        });
        let changes = AttributeChanges {
            modified,
            ..AttributeChanges::default()
        };
        inode.set_attributes(&changes).map_err(Fault::File)
    }
}

/// The directory of that name, made if there is none: archives may leave directories out.
fn subdirectory(directory: &Arc<Dentry>, name: &[u8]) -> Result<Arc<Dentry>, Fault> {
    if name == b".." || name.contains(&0) || name.len() > super::inode::NAME_MAX {
        return Err(Fault::BadName);
    }
    let child = match directory.child(name) {
        Err(Errno::ENOENT) => {
            let ownership = Ownership {
                mode: 0o755,
                uid: 0,
                gid: 0,
            };
            directory.create(
                name,
                &NewNode {
                    kind: FileType::Directory,
                    ownership,
                    device_number: 0,
                    target: b"",
                },
            )
        }
        child => child,
    };
    match child {
        Ok(child) if child.is_directory() => Ok(child),
        Ok(_) => Err(Fault::File(Errno::ENOTDIR)),
        Err(error) => Err(Fault::File(error)),
    }
}

/// What an entry is unpacked onto: a directory stays, anything else makes room.
fn existing(
    directory: &Arc<Dentry>,
    name: &[u8],
    kind: FileType,
) -> Result<Option<Arc<dyn Inode>>, Fault> {
    let child = match directory.child(name) {
        Ok(child) => child,
        Err(Errno::ENOENT) => return Ok(None),
        Err(error) => return Err(Fault::File(error)),
    };
    if child.is_directory() {
        return if kind == FileType::Directory {
            Ok(Some(child.inode().clone()))
        } else {
            Err(Fault::File(Errno::EISDIR))
        };
    }
    directory.unlink(name, |_| Ok(())).map_err(Fault::File)?;
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::buf::Sink;
    use crate::fs::inode::{FileSystem, LinkTarget};
    use crate::fs::ramfs::RamFs;
    use proptest::prelude::*;

    fn unpack(archive: &[u8], root: &Arc<Dentry>) -> Result<(), Error> {
        hal::mock::set_initramfs(archive.into());
        super::unpack(hal::boot::take_initramfs().unwrap(), root)
    }

    fn add(archive: &mut Vec<u8>, name: &str, mode: u32, number: u32, links: u32, data: &[u8]) {
        let fields = [
            number,
            mode,
            5,
            6,
            links,
            1234,
            data.len() as u32,
            0,
            0,
            1,
            3,
            name.len() as u32 + 1,
            0,
        ];
        archive.extend_from_slice(b"070701");
        for field in fields {
            archive.extend_from_slice(std::format!("{field:08X}").as_bytes());
        }
        archive.extend_from_slice(name.as_bytes());
        archive.push(0);
        archive.resize(archive.len().next_multiple_of(4), 0);
        archive.extend_from_slice(data);
        archive.resize(archive.len().next_multiple_of(4), 0);
    }

    fn sample() -> Vec<u8> {
        let mut archive = Vec::new();
        add(&mut archive, ".", 0o040_755, 1, 2, b"");
        add(&mut archive, "bin", 0o040_755, 2, 2, b"");
        add(&mut archive, "bin/a", 0o100_755, 3, 2, b"");
        add(&mut archive, "bin/b", 0o100_755, 3, 2, b"contents");
        add(&mut archive, "lib/deep/link", 0o120_777, 4, 1, b"../x");
        add(&mut archive, "TRAILER!!!", 0, 0, 1, b"");
        archive.resize(archive.len().next_multiple_of(512), 0);
        add(&mut archive, "./bin/c", 0o100_644, 3, 1, b"second archive");
        add(&mut archive, "TRAILER!!!", 0, 0, 1, b"");
        archive
    }

    fn file_system() -> RamFs {
        RamFs::new(
            "test",
            100,
            100,
            Ownership {
                mode: 0o755,
                uid: 0,
                gid: 0,
            },
        )
    }

    fn root() -> Arc<Dentry> {
        Dentry::new_root(file_system().root(), true)
    }

    fn contents(dentry: &Dentry) -> Vec<u8> {
        let mut bytes = std::vec![0; 100];
        let count = dentry
            .inode()
            .read_at(0, &mut Sink::kernel(&mut bytes))
            .unwrap();
        bytes.truncate(count);
        bytes
    }

    #[test]
    fn archives_become_a_tree() {
        let root = root();
        unpack(&sample(), &root).unwrap();
        let bin = root.child(b"bin").unwrap();
        let (a, b) = (bin.child(b"a").unwrap(), bin.child(b"b").unwrap());
        assert_eq!(contents(&a), b"contents");
        let metadata = b.inode().metadata();
        assert_eq!(
            (metadata.links, metadata.mode, metadata.uid, metadata.gid),
            (2, 0o755, 5, 6)
        );
        assert_eq!(a.inode().metadata().inode, metadata.inode);
        assert_eq!(metadata.modified.seconds, 1234);
        assert_eq!(contents(&bin.child(b"c").unwrap()), b"second archive");
        let link = root
            .child(b"lib")
            .unwrap()
            .child(b"deep")
            .unwrap()
            .child(b"link")
            .unwrap();
        assert!(
            matches!(link.inode().link_target(), Ok(LinkTarget::Path(path)) if path == b"../x")
        );
    }

    /// Fills up to a page's boundary, less the header of a file of this name.
    fn align(archive: &[u8], name: &str) -> std::string::String {
        let used = archive.len() + HEADER_LEN;
        let room = (used + name.len() + 1).next_multiple_of(PAGE_SIZE) - used - 1;
        let mut padded = std::string::String::from(name);
        padded.extend(std::iter::repeat_n('\0', room - name.len()));
        padded
    }

    #[test]
    fn contents_at_a_page_are_not_copied() {
        let mut archive = Vec::new();
        let large: Vec<u8> = (0..PAGE_SIZE * 2 + 5).map(|at| at as u8 | 1).collect();
        add(&mut archive, "small", 0o100_644, 1, 1, b"x");
        for name in ["gone", "kept"] {
            let padded = align(&archive, name);
            add(&mut archive, &padded, 0o100_644, 2, 1, &large);
            assert_eq!(archive.len() % PAGE_SIZE, 8);
        }
        add(&mut archive, "gone", 0o100_600, 3, 1, b"replaced");
        let file_system = file_system();
        let root = Dentry::new_root(file_system.root(), true);
        unpack(&archive, &root).unwrap();
        assert_eq!(contents(&root.child(b"small").unwrap()), b"x");
        assert_eq!(contents(&root.child(b"gone").unwrap()), b"replaced");
        let kept = root.child(b"kept").unwrap();
        assert_eq!(kept.inode().metadata().size, large.len() as u64);
        let mut bytes = std::vec![0; large.len() + 10];
        let count = kept.inode().read_at(0, &mut Sink::kernel(&mut bytes));
        assert_eq!(count, Ok(large.len()));
        assert!(bytes.starts_with(&large));
        // The limit of 100 pages rose by those of both files; one of them and two small ones are left.
        let statistics = file_system.statistics();
        assert_eq!(statistics.total_pages, 106);
        assert_eq!(statistics.total_pages - statistics.free_pages, 5);
        // The rest of the last page is not the next entry's header.
        let mut rest = [1; 100];
        kept.inode().page(2).unwrap().read(5, &mut rest);
        assert_eq!(rest, [0; 100]);
    }

    #[test]
    fn faults_are_named() {
        let fault = |archive: &[u8]| unpack(archive, &root()).map_err(|error| error.fault);
        assert_eq!(
            fault(b"garbage that is no archive at all"),
            Err(Fault::CutOff)
        );
        assert_eq!(fault(&[b'x'; 200]), Err(Fault::BadHeader));
        assert_eq!(fault(&sample()[..130]), Err(Fault::CutOff));
        assert_eq!(fault(b""), Ok(()));
        assert_eq!(fault(&[0; 64]), Ok(()));
        let mut archive = Vec::new();
        add(&mut archive, "../escape", 0o100_644, 1, 1, b"x");
        assert_eq!(fault(&archive), Err(Fault::BadName));
        archive.clear();
        add(
            &mut archive,
            "big",
            0o100_644,
            1,
            1,
            &std::vec![1; 101 * 4096],
        );
        assert_eq!(fault(&archive), Err(Fault::File(Errno::ENOSPC)));
    }

    proptest! {
        #[test]
        fn damaged_archives_never_panic(cut in 0usize..2000, damage in prop::collection::vec((0usize..2000, any::<u8>()), 0..6)) {
            let mut archive = sample();
            for (at, byte) in damage {
                if let Some(place) = archive.get_mut(at) {
                    *place = byte;
                }
            }
            archive.truncate(cut);
            let _ = unpack(&archive, &root());
        }
    }
}
