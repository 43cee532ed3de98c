//! A second kernel, inside the test process: files in memory, a clock that a test sets, and errors on demand.
//!
//! It shows that the contract is enough for stdio, malloc, the text files, directories, `popen` and the clock, and gives
//! tests what no real kernel gives at the right moment: a full disk, an interrupted or short write, a failed mapping, a shell
//! that cannot start. A thread without a [`World`] uses the host's kernel, so all other tests are as they were. Memory and
//! waiting are always the host's. `numbered` has the calls that the contract has no functions for, `child` processes.

mod child;
#[cfg(test)]
mod names_tests;
mod numbered;
#[cfg(test)]
mod tests;

use core::cell::RefCell;
use core::ffi::CStr;
use core::sync::atomic::AtomicU32;
use std::collections::{BTreeMap, BTreeSet};

use super::by_number;
use super::contract::Kernel;
use super::linux::{DeadlineClock, KernelMask, KernelSigaction, Linux, Scope, ThreadEntry};
use crate::errno::Errno;
use crate::fcntl::{
    AT_FDCWD, O_APPEND, O_CLOEXEC, O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY,
};
use crate::types::*;

/// A kind of call that can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// openat.
    Open,
    /// read.
    Read,
    /// write.
    Write,
    /// lseek.
    Seek,
    /// close; the descriptor is released all the same.
    Close,
    /// mmap, map_anonymous and mremap.
    Map,
    /// getdents64.
    Entries,
    /// pipe2.
    Pipe,
    /// clone_borrowing.
    Clone,
    /// dup2 and dup3.
    Duplicate,
}

/// What comes of a call instead of success.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// It fails.
    Error(Errno),
    /// It moves at most so many bytes.
    Short(usize),
}

/// Calls that go wrong.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Which calls.
    pub call: Call,
    /// How many calls of the kind go well first.
    pub after: usize,
    /// How many go wrong then.
    pub times: usize,
    /// What comes of them.
    pub outcome: Outcome,
}

/// An open file or directory, or an end of a pipe.
#[derive(Clone, Debug)]
struct Open {
    /// What is open: a key of [`World::files`], the path of a directory, or the name of a pipe.
    path: Vec<u8>,
    kind: Kind,
    /// Bytes, or in a directory names.
    offset: usize,
    flags: c_int,
    closes_on_exec: bool,
}

/// What a descriptor stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Directory,
    Pipe,
}

/// A program that was started.
#[derive(Clone, Debug)]
pub struct Process {
    /// The program's file, or none if the child ended before it had one.
    pub program: Option<Vec<u8>>,
    /// Its arguments.
    pub arguments: Vec<Vec<u8>>,
    /// Its descriptors: number → what is open.
    pub descriptors: BTreeMap<c_int, Vec<u8>>,
    /// What a wait for it yields.
    pub status: c_int,
}

/// All that the simulated kernel knows.
#[derive(Clone, Debug, Default)]
pub struct World {
    /// Path → contents.
    pub files: BTreeMap<Vec<u8>, Vec<u8>>,
    /// What goes wrong; the first that is due strikes.
    pub faults: Vec<Fault>,
    /// The time of every clock.
    pub now: timespec,
    /// The programs that were started, oldest first. Their numbers count from 100.
    pub processes: Vec<Process>,
    /// What the next programs do with the pipe that is their standard output: write this.
    pub output: Vec<u8>,
    mask: KernelMask,
    open: BTreeMap<c_int, Open>,
}

impl World {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a file in it.
    pub fn with_file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.into(), text.into());
        self
    }

    /// With a fault.
    pub fn with_fault(mut self, call: Call, after: usize, times: usize, outcome: Outcome) -> Self {
        self.faults.push(Fault {
            call,
            after,
            times,
            outcome,
        });
        self
    }

    /// How many descriptors are open.
    pub fn open_files(&self) -> usize {
        self.open.len()
    }

    /// Runs `body` on this kernel and returns what became of it.
    pub fn run<T>(self, body: impl FnOnce() -> T) -> (T, World) {
        WORLD.with(|world| assert!(world.replace(Some(self)).is_none(), "worlds do not nest"));
        let result = body();
        let world = WORLD.with(RefCell::take).expect("the world is still there");
        (result, world)
    }

    /// Gives a file or pipe the lowest free number from 3.
    fn install(&mut self, open: Open) -> Result<c_int, Errno> {
        let fd = (3..)
            .find(|fd| !self.open.contains_key(fd))
            .ok_or(Errno::EMFILE)?;
        self.open.insert(fd, open);
        Ok(fd)
    }

    /// A path as the files have it: without a slash at the end, behind that of an open directory.
    fn absolute(&self, dir: c_int, path: &CStr) -> Result<Vec<u8>, Errno> {
        let path = path.to_bytes();
        let path = match path {
            [] => return Err(Errno::ENOENT),
            [start @ .., b'/'] if !start.is_empty() => start,
            whole => whole,
        };
        if path.starts_with(b"/") || dir == AT_FDCWD {
            return Ok(path.to_vec());
        }
        let open = self.open.get(&dir).ok_or(Errno::EBADF)?;
        if open.kind != Kind::Directory {
            return Err(Errno::ENOTDIR);
        }
        let start = open.path.strip_suffix(b"/").unwrap_or(&open.path);
        Ok([start, b"/", path].concat())
    }

    /// The part of a file's path behind a directory's, if it is in there.
    fn below<'a>(directory: &[u8], file: &'a [u8]) -> Option<&'a [u8]> {
        let start = directory.strip_suffix(b"/").unwrap_or(directory);
        file.strip_prefix(start)?.strip_prefix(b"/")
    }

    /// Directories are what files are in; the root is always there.
    fn is_directory(&self, path: &[u8]) -> bool {
        path == b"/"
            || self
                .files
                .keys()
                .any(|file| Self::below(path, file).is_some())
    }

    /// The names in a directory, sorted.
    fn names(&self, directory: &[u8]) -> BTreeSet<Vec<u8>> {
        let below = self
            .files
            .keys()
            .filter_map(|file| Self::below(directory, file));
        below
            .filter_map(|rest| rest.split(|byte| *byte == b'/').next().map(<[u8]>::to_vec))
            .collect()
    }

    /// What the faults make of a call: how many bytes it may move.
    fn strike(&mut self, call: Call) -> Result<usize, Errno> {
        for fault in self.faults.iter_mut().filter(|fault| fault.call == call) {
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            if fault.times > 0 {
                fault.times -= 1;
                return match fault.outcome {
                    Outcome::Error(error) => Err(error),
                    Outcome::Short(most) => Ok(most),
                };
            }
        }
        Ok(usize::MAX)
    }
}

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// Does something in this thread's world, or else on the host.
fn either<T>(inside: impl FnOnce(&mut World) -> T, host: impl FnOnce() -> T) -> T {
    WORLD.with(|world| {
        // What the simulation does enters it no second time: it calls no function of the library. What the host does may:
        // a child that borrows this memory makes calls before its parent goes on.
        if let Some(world) = &mut *world.borrow_mut() {
            return inside(world);
        }
        host()
    })
}

/// Whether a fault hits a call that is otherwise the host's.
fn struck(call: Call) -> Result<(), Errno> {
    either(|world| world.strike(call).map(drop), || Ok(()))
}

/// The kernel of the tests.
#[derive(Clone, Copy, Debug)]
pub struct Simulated;

// SAFETY: files are vectors of bytes; memory is the host's.
unsafe impl Kernel for Simulated {
    fn openat(dir: c_int, path: &CStr, flags: c_int, mode: mode_t) -> Result<c_int, Errno> {
        let inside = |world: &mut World| {
            world.strike(Call::Open)?;
            let name = world.absolute(dir, path)?;
            if world.is_directory(&name) {
                if flags & 3 != O_RDONLY {
                    return Err(Errno::EISDIR);
                }
                return world.install(Open {
                    path: name,
                    kind: Kind::Directory,
                    offset: 0,
                    flags,
                    closes_on_exec: flags & O_CLOEXEC != 0,
                });
            }
            match world.files.get_mut(&name) {
                Some(_) if flags & O_DIRECTORY != 0 => return Err(Errno::ENOTDIR),
                None if flags & O_CREAT == 0 => return Err(Errno::ENOENT),
                None => drop(world.files.insert(name.clone(), Vec::new())),
                Some(_) if flags & O_CREAT != 0 && flags & O_EXCL != 0 => {
                    return Err(Errno::EEXIST);
                }
                Some(contents) if flags & O_TRUNC != 0 => contents.clear(),
                Some(_) => {}
            }
            world.install(Open {
                path: name,
                kind: Kind::File,
                offset: 0,
                flags,
                closes_on_exec: flags & O_CLOEXEC != 0,
            })
        };
        either(inside, || Linux::openat(dir, path, flags, mode))
    }

    fn read(fd: c_int, buffer: &mut [u8]) -> Result<usize, Errno> {
        // The buffer goes to one of two closures.
        let buffer = RefCell::new(buffer);
        let inside = |world: &mut World| {
            let most = world.strike(Call::Read)?;
            let open = world.open.get_mut(&fd).ok_or(Errno::EBADF)?;
            if open.flags & 3 == O_WRONLY {
                return Err(Errno::EBADF);
            }
            if open.kind == Kind::Directory {
                return Err(Errno::EISDIR);
            }
            let contents = world.files.get(&open.path).ok_or(Errno::EIO)?;
            let rest = contents.get(open.offset..).unwrap_or_default();
            let mut buffer = buffer.borrow_mut();
            let length = rest.len().min(buffer.len()).min(most);
            buffer[..length].copy_from_slice(&rest[..length]);
            open.offset += length;
            Ok(length)
        };
        either(inside, || Linux::read(fd, &mut buffer.borrow_mut()))
    }

    fn write(fd: c_int, data: &[u8]) -> Result<usize, Errno> {
        let inside = |world: &mut World| {
            let most = world.strike(Call::Write)?;
            let open = world.open.get_mut(&fd).ok_or(Errno::EBADF)?;
            if open.flags & 3 == O_RDONLY {
                return Err(Errno::EBADF);
            }
            let contents = world.files.get_mut(&open.path).ok_or(Errno::EIO)?;
            if open.flags & O_APPEND != 0 {
                open.offset = contents.len();
            }
            let length = data.len().min(most);
            let end = open.offset + length;
            if contents.len() < end {
                contents.resize(end, 0);
            }
            contents[open.offset..end].copy_from_slice(&data[..length]);
            open.offset = end;
            Ok(length)
        };
        either(inside, || Linux::write(fd, data))
    }

    fn lseek(fd: c_int, offset: off_t, whence: c_int) -> Result<off_t, Errno> {
        let inside = |world: &mut World| {
            world.strike(Call::Seek)?;
            let open = world.open.get_mut(&fd).ok_or(Errno::EBADF)?;
            match open.kind {
                Kind::Pipe => return Err(Errno::ESPIPE),
                Kind::Directory => {
                    // Only back to what was told before.
                    open.offset = usize::try_from(offset).map_err(|_| Errno::EINVAL)?;
                    return Ok(offset);
                }
                Kind::File => {}
            }
            let size = world.files.get(&open.path).ok_or(Errno::EIO)?.len();
            let base = match whence {
                0 => 0,
                1 => open.offset,
                2 => size,
                _ => return Err(Errno::EINVAL),
            };
            let place = (base as off_t)
                .checked_add(offset)
                .ok_or(Errno::EOVERFLOW)?;
            open.offset = usize::try_from(place).map_err(|_| Errno::EINVAL)?;
            Ok(place)
        };
        either(inside, || Linux::lseek(fd, offset, whence))
    }

    fn close(fd: c_int) -> Result<(), Errno> {
        let inside = |world: &mut World| {
            world.open.remove(&fd).ok_or(Errno::EBADF)?;
            world.strike(Call::Close).map(drop)
        };
        either(inside, || Linux::close(fd))
    }

    unsafe fn ioctl(fd: c_int, request: c_ulong, argument: usize) -> Result<c_int, Errno> {
        either(
            |_| Err(Errno::ENOTTY),
            // SAFETY: the caller's promise.
            || unsafe { Linux::ioctl(fd, request, argument) },
        )
    }

    fn map_anonymous(length: usize) -> Result<*mut u8, Errno> {
        struck(Call::Map)?;
        Linux::map_anonymous(length)
    }

    unsafe fn mmap(
        address: *mut c_void,
        length: usize,
        protection: c_int,
        flags: c_int,
        fd: c_int,
        offset: off_t,
    ) -> Result<*mut c_void, Errno> {
        struck(Call::Map)?;
        // SAFETY: the caller's promise.
        unsafe { Linux::mmap(address, length, protection, flags, fd, offset) }
    }

    unsafe fn mremap(
        address: *mut c_void,
        old_length: usize,
        new_length: usize,
        flags: c_int,
        new_address: *mut c_void,
    ) -> Result<*mut c_void, Errno> {
        struck(Call::Map)?;
        // SAFETY: the caller's promise.
        unsafe { Linux::mremap(address, old_length, new_length, flags, new_address) }
    }

    unsafe fn munmap(address: *mut c_void, length: usize) -> Result<(), Errno> {
        // SAFETY: the caller's promise.
        unsafe { Linux::munmap(address, length) }
    }

    unsafe fn mprotect(
        address: *mut c_void,
        length: usize,
        protection: c_int,
    ) -> Result<(), Errno> {
        // SAFETY: the caller's promise.
        unsafe { Linux::mprotect(address, length, protection) }
    }

    unsafe fn madvise(address: *mut c_void, length: usize, advice: c_int) -> Result<(), Errno> {
        // SAFETY: the caller's promise.
        unsafe { Linux::madvise(address, length, advice) }
    }

    fn futex_wait(
        word: &AtomicU32,
        expected: u32,
        deadline: Option<(DeadlineClock, &timespec)>,
        scope: Scope,
    ) -> Result<(), Errno> {
        Linux::futex_wait(word, expected, deadline, scope)
    }

    fn futex_wake(word: *const AtomicU32, count: c_int, scope: Scope) -> usize {
        Linux::futex_wake(word, count, scope)
    }

    fn clock_gettime(clock: clockid_t) -> Result<timespec, Errno> {
        either(|world| Ok(world.now), || Linux::clock_gettime(clock))
    }

    fn exit_group(status: c_int) -> ! {
        child::leave(None, status);
        Linux::exit_group(status)
    }

    unsafe fn set_thread_pointer(base: *mut c_void) -> Result<(), Errno> {
        // SAFETY: the caller's promise.
        unsafe { Linux::set_thread_pointer(base) }
    }

    fn getpid() -> pid_t {
        Linux::getpid()
    }

    fn getrandom(buffer: &mut [u8], flags: c_uint) -> Result<usize, Errno> {
        Linux::getrandom(buffer, flags)
    }

    fn gettid() -> pid_t {
        Linux::gettid()
    }

    fn sigprocmask(how: c_int, set: Option<KernelMask>) -> Result<KernelMask, Errno> {
        const SIG_BLOCK: c_int = 0;
        const SIG_UNBLOCK: c_int = 1;
        let inside = |world: &mut World| {
            let old = world.mask;
            if let Some(set) = set {
                world.mask = match how {
                    SIG_BLOCK => old | set,
                    SIG_UNBLOCK => old & !set,
                    _ => set,
                };
            }
            Ok(old)
        };
        either(inside, || Linux::sigprocmask(how, set))
    }

    unsafe fn sigaction(
        signal: c_int,
        new: Option<&KernelSigaction>,
    ) -> Result<KernelSigaction, Errno> {
        // SAFETY: the caller's promise.
        either(
            |_| Err(Errno::ENOSYS),
            || unsafe { Linux::sigaction(signal, new) },
        )
    }

    fn tgkill(process: pid_t, thread: pid_t, signal: c_int) -> Result<(), Errno> {
        either(
            |_| Err(Errno::ENOSYS),
            || Linux::tgkill(process, thread, signal),
        )
    }

    unsafe fn clone_process(thread_number: *mut c_int) -> Result<pid_t, Errno> {
        // SAFETY: the caller's promise.
        either(
            |_| Err(Errno::ENOSYS),
            || unsafe { Linux::clone_process(thread_number) },
        )
    }

    unsafe fn clone_borrowing(
        stack_top: *mut c_void,
        entry: ThreadEntry,
        argument: *mut c_void,
    ) -> Result<pid_t, Errno> {
        // SAFETY: the caller's promise.
        unsafe {
            match WORLD.with(RefCell::take) {
                Some(world) => child::start(world, entry, argument),
                None => Linux::clone_borrowing(stack_top, entry, argument),
            }
        }
    }

    unsafe fn call<const N: usize>(number: u32, arguments: [usize; N]) -> Result<usize, Errno> {
        if WORLD.with(|world| world.borrow().is_none()) {
            // SAFETY: the caller's promise.
            return unsafe { Linux::call(number, arguments) };
        }
        // SAFETY: the caller's promise.
        match unsafe { numbered::call(number, &arguments) } {
            // SAFETY: the caller's promise.
            None => unsafe { by_number::call::<Self>(number, &arguments) },
            Some(result) => result,
        }
    }
}
