//! `/sys`: what programs ask about the machine (sysfs(5)).
//!
//! Mostly the processors, which C libraries and language run-times count here, and the places that tools expect to be
//! there, if empty. The tree is a constant ([`ROOT`]) but for one directory for each processor. As in
//! [`super::procfs`], nothing is stored.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::procfs::{Text, number_of};
use crate::errno::{Errno, Result};
use crate::fs::buf::Sink;
use crate::fs::inode::{
    DirectoryEntry, FileSystem, FileSystemStatistics, FileType, Inode, Metadata, NewNode,
};
use crate::time::Timespec;

/// `st_dev` of the file system.
const DEVICE: u64 = 0x17;

/// A text; some depend on the number of the processor.
type Make = fn(&mut Text, usize) -> Result<()>;

#[derive(Clone, Copy)]
enum Node {
    Directory(&'static [(&'static str, Node)]),
    /// Stands for a directory for each processor: `cpu0`, `cpu1`, …
    Processors(&'static [(&'static str, Node)]),
    Text(Make),
}

use Node::{Directory, Processors};

const EMPTY: Node = Directory(&[]);

static ROOT: &[(&str, Node)] = &[
    ("block", EMPTY),
    ("bus", EMPTY),
    ("class", EMPTY),
    ("dev", Directory(&[("block", EMPTY), ("char", EMPTY)])),
    ("devices", Directory(&[("system", Directory(SYSTEM))])),
    ("firmware", EMPTY),
    ("fs", Directory(&[("cgroup", EMPTY)])),
    ("kernel", Directory(&[("mm", Directory(MEMORY))])),
    ("module", EMPTY),
    ("power", EMPTY),
];

static SYSTEM: &[(&str, Node)] = &[("cpu", Directory(CPU)), ("node", Directory(NODES))];

static CPU: &[(&str, Node)] = &[
    ("cpu", Processors(ONE_CPU)),
    ("isolated", Node::Text(nothing)),
    (
        "kernel_max",
        Node::Text(|out, _| number(out, hal::cpu::MAX_CPUS - 1)),
    ),
    ("offline", Node::Text(nothing)),
    ("online", Node::Text(all)),
    ("possible", Node::Text(all)),
    ("present", Node::Text(all)),
    (
        "smt",
        Directory(&[
            ("active", Node::Text(|out, _| number(out, 0))),
            ("control", Node::Text(|out, _| out.push(b"notsupported\n"))),
        ]),
    ),
];

static ONE_CPU: &[(&str, Node)] = &[("topology", Directory(TOPOLOGY))];

/// Each processor is a core of one package, with one thread.
static TOPOLOGY: &[(&str, Node)] = &[
    ("core_cpus", Node::Text(own_mask)),
    ("core_cpus_list", Node::Text(number)),
    ("core_id", Node::Text(number)),
    ("core_siblings", Node::Text(all_mask)),
    ("core_siblings_list", Node::Text(all)),
    ("die_id", Node::Text(|out, _| number(out, 0))),
    ("package_cpus", Node::Text(all_mask)),
    ("package_cpus_list", Node::Text(all)),
    ("physical_package_id", Node::Text(|out, _| number(out, 0))),
    ("thread_siblings", Node::Text(own_mask)),
    ("thread_siblings_list", Node::Text(number)),
];

/// All memory is one node.
static NODES: &[(&str, Node)] = &[
    ("has_cpu", Node::Text(|out, _| number(out, 0))),
    ("has_memory", Node::Text(|out, _| number(out, 0))),
    ("has_normal_memory", Node::Text(|out, _| number(out, 0))),
    (
        "node0",
        Directory(&[
            ("cpulist", Node::Text(all)),
            ("cpumap", Node::Text(all_mask)),
            ("distance", Node::Text(|out, _| number(out, 10))),
            ("meminfo", Node::Text(node_memory)),
        ]),
    ),
    ("online", Node::Text(|out, _| number(out, 0))),
    ("possible", Node::Text(|out, _| number(out, 0))),
];

static MEMORY: &[(&str, Node)] = &[
    ("hugepages", EMPTY),
    (
        "transparent_hugepage",
        Directory(&[
            (
                "defrag",
                Node::Text(|out, _| out.push(b"always defer defer+madvise madvise [never]\n")),
            ),
            (
                "enabled",
                Node::Text(|out, _| out.push(b"always madvise [never]\n")),
            ),
        ]),
    ),
];

fn nothing(out: &mut Text, _: usize) -> Result<()> {
    out.push(b"\n")
}

fn number(out: &mut Text, number: usize) -> Result<()> {
    Ok(writeln!(out, "{number}")?)
}

/// All processors as a list: `0`, `0-3`.
fn all(out: &mut Text, _: usize) -> Result<()> {
    match hal::cpu::count() {
        1 => number(out, 0),
        count => Ok(writeln!(out, "0-{}", count - 1)?),
    }
}

fn all_mask(out: &mut Text, _: usize) -> Result<()> {
    Ok(writeln!(out, "{:x}", (1u64 << hal::cpu::count()) - 1)?)
}

fn own_mask(out: &mut Text, cpu: usize) -> Result<()> {
    Ok(writeln!(out, "{:x}", 1u64 << cpu)?)
}

fn node_memory(out: &mut Text, _: usize) -> Result<()> {
    let memory = hal::mem::stats();
    for (name, bytes) in [
        ("MemTotal", memory.total),
        ("MemFree", memory.free),
        ("MemUsed", memory.total.saturating_sub(memory.free)),
    ] {
        writeln!(out, "Node 0 {name}: {:>14} kB", bytes / 1024)?;
    }
    Ok(())
}

/// The file system.
pub struct SysFs;

impl FileSystem for SysFs {
    fn name(&self) -> &'static str {
        "sysfs"
    }

    fn root(&self) -> Arc<dyn Inode> {
        Arc::new(SysInode {
            number: 1,
            node: Directory(ROOT),
            cpu: 0,
        })
    }

    fn statistics(&self) -> FileSystemStatistics {
        FileSystemStatistics {
            magic: 0x6265_6572,
            ..FileSystemStatistics::default()
        }
    }

    fn stable_names(&self) -> bool {
        false
    }
}

struct SysInode {
    number: u64,
    node: Node,
    /// The processor whose directory it is below.
    cpu: usize,
}

impl SysInode {
    /// Every entry: name, node, processor.
    fn each(&self, visit: &mut dyn FnMut(&str, Node, usize) -> bool) -> Result<()> {
        let Directory(entries) = self.node else {
            return Err(Errno::ENOTDIR);
        };
        for (name, node) in entries {
            match node {
                Processors(below) => {
                    for cpu in 0..hal::cpu::count() {
                        let mut own = Text::default();
                        write!(own, "{name}{cpu}")?;
                        let own = own.into_bytes();
                        let own = core::str::from_utf8(&own).unwrap_or(name);
                        if !visit(own, Directory(below), cpu) {
                            return Ok(());
                        }
                    }
                }
                node => {
                    if !visit(name, *node, self.cpu) {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    fn text(&self) -> Result<Vec<u8>> {
        let Node::Text(make) = self.node else {
            return Err(Errno::EISDIR);
        };
        let mut text = Text::default();
        make(&mut text, self.cpu)?;
        Ok(text.into_bytes())
    }
}

fn kind_of(node: &Node) -> FileType {
    match node {
        Node::Text(_) => FileType::Regular,
        _ => FileType::Directory,
    }
}

impl Inode for SysInode {
    fn kind(&self) -> FileType {
        kind_of(&self.node)
    }

    fn metadata(&self) -> Metadata {
        let boot = Timespec::default();
        let kind = self.kind();
        let (mode, links, size) = match kind {
            FileType::Directory => (0o555, 2, 0),
            _ => (0o444, 1, hal::mem::PAGE_SIZE as u64),
        };
        Metadata {
            device: DEVICE,
            inode: self.number,
            kind,
            mode,
            links,
            uid: 0,
            gid: 0,
            device_number: 0,
            size,
            blocks: 0,
            accessed: boot,
            modified: boot,
            changed: boot,
            created: boot,
        }
    }

    fn lookup(&self, name: &[u8]) -> Result<Arc<dyn Inode>> {
        let mut found = Err(Errno::ENOENT);
        self.each(&mut |entry, node, cpu| {
            if entry.as_bytes() != name {
                return true;
            }
            let number = number_of(self.number, name);
            found = Ok(SysInode { number, node, cpu });
            false
        })?;
        found.map(|inode| Arc::new(inode) as Arc<dyn Inode>)
    }

    /// Names follow from what the machine has: a program can't make one.
    fn create(&self, _name: &[u8], _node: &NewNode<'_>) -> Result<Arc<dyn Inode>> {
        Err(Errno::EPERM)
    }

    fn read_directory(
        &self,
        cursor: u64,
        emit: &mut dyn FnMut(DirectoryEntry<'_>) -> bool,
    ) -> Result<()> {
        let mut at = 0;
        let mut report = |name: &[u8], kind| {
            at += 1;
            let number = match name {
                b"." | b".." => self.number,
                name => number_of(self.number, name),
            };
            at <= cursor
                || emit(DirectoryEntry {
                    number,
                    kind,
                    name,
                    next: at,
                })
        };
        if report(b".", FileType::Directory) && report(b"..", FileType::Directory) {
            self.each(&mut |name, node, _| report(name.as_bytes(), kind_of(&node)))?;
        }
        Ok(())
    }

    fn read_at(&self, offset: u64, sink: &mut Sink<'_>) -> Result<usize> {
        let text = self.text()?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        Ok(sink.put(text.get(start..).unwrap_or(&[])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::dentry::Dentry;
    use std::string::String;

    #[test]
    fn processors_are_counted() {
        let root = Dentry::new_root(SysFs.root(), false);
        let find = |path: &str| {
            path.split('/')
                .try_fold(root.clone(), |at, name| at.child(name.as_bytes()))
        };
        let read = |path: &str| {
            let mut bytes = [0; 200];
            let node = find(path).unwrap();
            let count = node.inode().read_at(0, &mut Sink::kernel(&mut bytes));
            String::from_utf8(bytes[..count.unwrap()].to_vec()).unwrap()
        };
        let cpu = "devices/system/cpu";
        let expected = match hal::cpu::count() {
            1 => "0\n".into(),
            count => std::format!("0-{}\n", count - 1),
        };
        assert_eq!(read(&std::format!("{cpu}/online")), expected);
        assert_eq!(read(&std::format!("{cpu}/cpu0/topology/core_id")), "0\n");
        assert!(find(&std::format!("{cpu}/cpu{}", hal::cpu::count())).is_err());
        assert!(find(&std::format!("{cpu}/cpu00")).is_err());
        let mut names = std::vec::Vec::new();
        let directory = find(cpu).unwrap();
        let mut from = 0;
        // One entry at a time: the cursor continues where it stopped.
        loop {
            let (before, cursor) = (names.len(), from);
            let mut emit = |entry: DirectoryEntry<'_>| {
                if names.len() > before {
                    return false;
                }
                from = entry.next;
                names.push(String::from_utf8(entry.name.to_vec()).unwrap());
                true
            };
            directory.inode().read_directory(cursor, &mut emit).unwrap();
            if names.len() == before {
                break;
            }
        }
        assert_eq!(names[..3], [".", "..", "cpu0"]);
        assert!(names.contains(&"online".into()) && names.len() == 9 + hal::cpu::count());
    }
}
