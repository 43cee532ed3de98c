//! `/dev`: device nodes, and the objects behind their numbers.
//!
//! The tree is a file system in memory with nodes made at boot, as devtmpfs is on Linux; a node made elsewhere with
//! mknod(2) opens the same device. Numbers are Linux's (its devices.txt); the host's streams have a major number from
//! the range for local use.

use alloc::sync::Arc;

use crate::drivers::{host, random};
use crate::errno::{Errno, Result};
use crate::fs::buf::{Sink, Source};
use crate::fs::dentry::Dentry;
use crate::fs::file::{FileObject, Seeking};
use crate::fs::inode::{FileSystem, FileType, NewNode, OpenRequest, Ownership};
use crate::fs::poll::PollEvents;
use crate::fs::ramfs::RamFs;
use crate::sync::{Interrupt, LongWork};
use crate::tty;

const MEMORY: u64 = 1;
const TERMINALS: u64 = 5;
const HOST: u64 = 240;

/// A device number from its parts, as makedev(3).
pub const fn device_number(major: u64, minor: u64) -> u64 {
    (major & 0xfff) << 8 | minor & 0xff | (minor & !0xff) << 12 | (major & !0xfff) << 32
}

const fn major(number: u64) -> u64 {
    number >> 8 & 0xfff | number >> 32 & !0xfff
}

const fn minor(number: u64) -> u64 {
    number & 0xff | number >> 12 & 0xffff_ff00
}

const DEVICES: [(&[u8], u64, u64, u32); 10] = [
    (b"null", MEMORY, 3, 0o666),
    (b"zero", MEMORY, 5, 0o666),
    (b"full", MEMORY, 7, 0o666),
    (b"random", MEMORY, 8, 0o666),
    (b"urandom", MEMORY, 9, 0o666),
    (b"tty", TERMINALS, 0, 0o666),
    (b"console", TERMINALS, 1, 0o600),
    (b"ptmx", TERMINALS, 2, 0o666),
    (b"ttyS0", 4, 64, 0o660),
    (b"kmsg", MEMORY, 11, 0o644),
];

const HOST_STREAMS: [&str; 4] = ["stdin", "stdout", "stderr", "results"];

const LINKS: [(&[u8], &[u8]); 4] = [
    (b"fd", b"/proc/self/fd"),
    (b"stdin", b"/proc/self/fd/0"),
    (b"stdout", b"/proc/self/fd/1"),
    (b"stderr", b"/proc/self/fd/2"),
];

/// Makes the file system of `/dev`.
///
/// # Errors
/// `ENOMEM`, `ENOSPC`.
pub fn new() -> Result<Arc<dyn FileSystem>> {
    let owned = |mode| Ownership {
        mode,
        uid: 0,
        gid: 0,
    };
    let file_system = RamFs::with_default_limits("devtmpfs", owned(0o755));
    let root = Dentry::new_root(file_system.root(), true);
    let make = |at: &Arc<Dentry>, name: &[u8], kind, mode, device_number, target: &[u8]| {
        at.create(
            name,
            &NewNode {
                kind,
                ownership: owned(mode),
                device_number,
                target,
            },
        )
    };
    for (name, major, minor, mode) in DEVICES {
        make(
            &root,
            name,
            FileType::CharacterDevice,
            mode,
            device_number(major, minor),
            b"",
        )?;
    }
    for (name, target) in LINKS {
        make(&root, name, FileType::SymbolicLink, 0o777, 0, target)?;
    }
    make(&root, b"shm", FileType::Directory, 0o1777, 0, b"")?;
    make(&root, b"pts", FileType::Directory, 0o755, 0, b"")?;
    let streams = make(&root, b"host", FileType::Directory, 0o755, 0, b"")?;
    for (number, name) in (0..).zip(HOST_STREAMS) {
        make(
            &streams,
            name.as_bytes(),
            FileType::CharacterDevice,
            0o600,
            device_number(HOST, number),
            b"",
        )?;
    }
    root.forget_tree();
    Ok(Arc::new(file_system))
}

/// Opens a device by its number.
///
/// # Errors
/// `ENXIO` when there is no such device.
pub fn open_device(
    kind: FileType,
    number: u64,
    request: &OpenRequest,
) -> Result<Arc<dyn FileObject>> {
    if kind != FileType::CharacterDevice {
        return Err(Errno::ENXIO);
    }
    Ok(match (major(number), minor(number)) {
        (MEMORY, 3) => Arc::new(Null),
        (MEMORY, 5) => Arc::new(Zero),
        (MEMORY, 7) => Arc::new(Full),
        (MEMORY, 8 | 9) => Arc::new(Random),
        (MEMORY, 11) => Arc::new(KernelLog),
        (TERMINALS, 0) => {
            let process = crate::process::current();
            let terminal = tty::controlling(&process).ok_or(Errno::ENXIO)?;
            if terminal.wire().is_some() {
                tty::pty::Slave::open(&terminal)?
            } else {
                terminal
            }
        }
        (TERMINALS, 2) => super::devpts::open_master()?,
        (super::devpts::SLAVES, number) => {
            let number = u32::try_from(number).map_err(|_| Errno::ENXIO)?;
            super::devpts::open_number(number, request)?
        }
        (TERMINALS, 1) | (4, 64) => {
            let console = tty::console();
            console.check_open()?;
            // At boot there is no process yet to get a controlling terminal.
            if !request.no_controlling_terminal
                && let Some(thread) = crate::sched::try_current()
            {
                console.opened_by(&thread.process);
            }
            console
        }
        (HOST, minor) => {
            let name = usize::try_from(minor)
                .ok()
                .and_then(|minor| HOST_STREAMS.get(minor));
            name.and_then(|name| host::open(name)).ok_or(Errno::ENXIO)?
        }
        _ => return Err(Errno::ENXIO),
    })
}

/// `/dev/null`: nothing to read, writes vanish (null(4)).
struct Null;

impl FileObject for Null {
    fn read(&self, _sink: &mut Sink<'_>) -> Result<usize> {
        Ok(0)
    }

    fn write(&self, source: &mut Source<'_>) -> Result<usize> {
        Ok(source.skip(source.remaining()))
    }

    fn seeking(&self) -> Seeking {
        Seeking::Ignored
    }
}

/// Fills what is to be read with zeros, unless the thread must end meanwhile.
fn put_zeros(sink: &mut Sink<'_>) -> usize {
    let before = sink.done();
    let mut work = LongWork::ended(Interrupt::ByDeathOnly);
    while sink.remaining() > 0 {
        let moved = sink.put_zeros(work.stretch(sink.remaining()));
        if !work.goes_on(moved) {
            break;
        }
    }
    sink.done() - before
}

/// `/dev/zero`: zeros to read, writes vanish.
pub struct Zero;

impl FileObject for Zero {
    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        Ok(put_zeros(sink))
    }

    fn write(&self, source: &mut Source<'_>) -> Result<usize> {
        Ok(source.skip(source.remaining()))
    }

    fn seeking(&self) -> Seeking {
        Seeking::Ignored
    }
}

/// `/dev/full`: zeros to read, no room to write (full(4)).
struct Full;

impl FileObject for Full {
    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        Ok(put_zeros(sink))
    }

    fn write(&self, _source: &mut Source<'_>) -> Result<usize> {
        Err(Errno::ENOSPC)
    }

    fn seeking(&self) -> Seeking {
        Seeking::Ignored
    }
}

/// `/dev/random` and `/dev/urandom`: the generator is seeded at boot, so both never block (random(4)).
struct Random;

impl FileObject for Random {
    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        let before = sink.done();
        let mut chunk = [0; 256];
        let mut work = LongWork::ended(Interrupt::BySignals);
        while sink.remaining() > 0 {
            let len = chunk.len().min(sink.remaining());
            random::fill(&mut chunk[..len]);
            if sink.put(&chunk[..len]) < len || !work.goes_on(len * random::COST) {
                break;
            }
        }
        Ok(sink.done() - before)
    }

    fn write(&self, source: &mut Source<'_>) -> Result<usize> {
        let before = source.done();
        let mut chunk = [0; 256];
        let mut work = LongWork::ended(Interrupt::BySignals);
        loop {
            let len = source.take(&mut chunk);
            random::stir(&chunk[..len]);
            if len == 0 || !work.goes_on(len * random::COST) {
                return Ok(source.done() - before);
            }
        }
    }

    fn seeking(&self) -> Seeking {
        Seeking::Ignored
    }
}

/// `/dev/kmsg`, the writing half: lines for the kernel's log.
struct KernelLog;

impl FileObject for KernelLog {
    fn write(&self, source: &mut Source<'_>) -> Result<usize> {
        let mut line = [0; 256];
        let len = source.take(&mut line);
        let rest = source.skip(source.remaining());
        log::info!(target: "user", "{}", line[..len].trim_ascii_end().escape_ascii());
        Ok(len + rest)
    }

    fn poll(&self) -> PollEvents {
        PollEvents::WRITABLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_numbers_come_apart_again() {
        for (ma, mi) in [
            (1, 3),
            (4, 64),
            (240, 3),
            (0xfff, 0xf_ffff),
            (0x1_2345, 0x1ff),
        ] {
            let number = device_number(ma, mi);
            assert_eq!((major(number), minor(number)), (ma, mi));
        }
        assert_eq!(device_number(5, 1), 0x501);
    }

    #[test]
    fn every_node_opens_its_device() {
        let file_system = new().unwrap();
        let root = Dentry::new_root(file_system.root(), true);
        let request = OpenRequest {
            read: true,
            write: true,
            nonblocking: false,
            no_controlling_terminal: true,
        };
        let open = |name: &[u8]| {
            root.child(name)
                .unwrap()
                .inode()
                .open(&request)
                .unwrap()
                .unwrap()
        };
        let mut bytes = [1u8; 8];
        assert_eq!(open(b"zero").read(&mut Sink::kernel(&mut bytes)), Ok(8));
        assert_eq!(bytes, [0; 8]);
        assert_eq!(open(b"null").read(&mut Sink::kernel(&mut bytes)), Ok(0));
        assert_eq!(open(b"null").write(&mut Source::kernel(b"abc")), Ok(3));
        assert_eq!(
            open(b"full").write(&mut Source::kernel(b"abc")),
            Err(Errno::ENOSPC)
        );
        assert_eq!(open(b"urandom").read(&mut Sink::kernel(&mut bytes)), Ok(8));
        assert!(root.child(b"host").unwrap().child(b"results").is_ok());
    }
}
