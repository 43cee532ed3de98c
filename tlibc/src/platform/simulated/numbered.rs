//! The calls of the simulation that the contract has no functions for: what directories, `popen` and `posix_spawn` ask for.
#![allow(non_upper_case_globals, reason = "the names of system calls")]

use super::{Call, Kind, Open, WORLD, World, child};
use crate::errno::Errno;
use crate::fcntl::{
    F_DUPFD_CLOEXEC, F_GETFD, F_GETFL, F_SETFD, FD_CLOEXEC, O_CLOEXEC, O_RDONLY, O_WRONLY,
};
use crate::platform::constants::*;
use crate::sys_stat::{S_IFDIR, S_IFIFO, S_IFREG, stat};
use crate::types::*;
use core::ffi::CStr;

/// Makes a call; `None` for one that is not simulated.
///
/// # Safety
/// As for `Kernel::call`; the thread has a world.
pub(super) unsafe fn call(number: u32, arguments: &[usize]) -> Option<Result<usize, Errno>> {
    let [a, b, c] = core::array::from_fn(|index| arguments.get(index).copied().unwrap_or(0));
    let fd = a as c_int;
    if number == __NR_execve {
        // It leaves with the world, which must not be borrowed then.
        // SAFETY: strings of the caller's.
        return Some(unsafe { execve(a, b) });
    }
    WORLD.with(|world| {
        let mut world = world.borrow_mut();
        let world = world.as_mut()?;
        // SAFETY: the arguments are what the call of that number asks for.
        Some(unsafe {
            match number {
                __NR_fstat => world.status_of(fd, b as *mut stat),
                __NR_newfstatat => world.status(fd, text(b), c as *mut stat),
                __NR_getdents64 => world.entries(fd, b as *mut u8, c),
                __NR_fcntl => world.control(fd, b as c_int, c),
                __NR_pipe2 => world.pipe(a as *mut [c_int; 2], b as c_int),
                __NR_dup2 => world.duplicate(fd, b as c_int, false),
                __NR_dup3 => world.duplicate(fd, b as c_int, c as c_int & O_CLOEXEC != 0),
                __NR_wait4 => world.wait(a as pid_t, b as *mut c_int),
                __NR_unlink => world.unlink(AT_FDCWD, text(a)),
                __NR_unlinkat if c == 0 => world.unlink(fd, text(b)),
                __NR_faccessat | __NR_faccessat2 => world.exists(fd, text(b)),
                // Nothing is a symbolic link.
                __NR_readlinkat => world.exists(fd, text(b)).and(Err(Errno::EINVAL)),
                _ => return None,
            }
        })
    })
}

/// A string of the caller's.
///
/// # Safety
/// It is one, and stays.
unsafe fn text<'a>(address: usize) -> &'a CStr {
    // SAFETY: the caller's promise.
    unsafe { CStr::from_ptr(address as *const c_char) }
}

/// Starts a program that there is a file of: the child leaves.
///
/// # Safety
/// A string and a null-terminated vector of strings.
unsafe fn execve(path: usize, arguments: usize) -> Result<usize, Errno> {
    // SAFETY: the caller's strings.
    let (path, list) = unsafe {
        let mut list = Vec::new();
        let mut at = arguments as *const *const c_char;
        while !(*at).is_null() {
            list.push(CStr::from_ptr(*at).to_bytes().to_vec());
            at = at.add(1);
        }
        (text(path).to_bytes().to_vec(), list)
    };
    let there = WORLD.with(|world| {
        let world = world.borrow();
        world
            .as_ref()
            .is_some_and(|world| world.files.contains_key(&path))
    });
    if !there {
        return Err(Errno::ENOENT);
    }
    child::leave(Some((path, list)), 0);
    // Only children start programs.
    Err(Errno::ENOSYS)
}

impl World {
    fn exists(&self, dir: c_int, path: &CStr) -> Result<usize, Errno> {
        let path = self.absolute(dir, path)?;
        match self.files.contains_key(&path) || self.is_directory(&path) {
            true => Ok(0),
            false => Err(Errno::ENOENT),
        }
    }

    /// # Safety
    /// `place` is writable.
    unsafe fn fill(&self, path: &[u8], kind: Kind, place: *mut stat) -> Result<usize, Errno> {
        let file = self.files.get(path);
        // SAFETY: the caller's place; zeroes are a valid structure.
        unsafe {
            place.write(core::mem::zeroed());
            (*place).st_mode = match kind {
                Kind::File => S_IFREG | 0o644,
                Kind::Directory => S_IFDIR | 0o755,
                Kind::Pipe => S_IFIFO | 0o600,
            };
            (*place).st_size = file.map_or(0, |bytes| bytes.len() as off_t);
            (*place).st_nlink = 1;
        }
        Ok(0)
    }

    /// # Safety
    /// `place` is writable.
    unsafe fn status_of(&self, fd: c_int, place: *mut stat) -> Result<usize, Errno> {
        let open = self.open.get(&fd).ok_or(Errno::EBADF)?;
        // SAFETY: the caller's place.
        unsafe { self.fill(&open.path, open.kind, place) }
    }

    /// # Safety
    /// `place` is writable.
    unsafe fn status(&self, dir: c_int, path: &CStr, place: *mut stat) -> Result<usize, Errno> {
        if path.is_empty() {
            // SAFETY: the caller's place.
            return unsafe { self.status_of(dir, place) };
        }
        let path = self.absolute(dir, path)?;
        let kind = match self.is_directory(&path) {
            true => Kind::Directory,
            false if self.files.contains_key(&path) => Kind::File,
            false => return Err(Errno::ENOENT),
        };
        // SAFETY: the caller's place.
        unsafe { self.fill(&path, kind, place) }
    }

    /// Writes `struct linux_dirent64`s, whose offset is how many names come before the next.
    ///
    /// # Safety
    /// `size` bytes at `place` are writable.
    unsafe fn entries(&mut self, fd: c_int, place: *mut u8, size: usize) -> Result<usize, Errno> {
        const HEAD: usize = 19;
        let most = self.strike(Call::Entries)?;
        let open = self.open.get(&fd).ok_or(Errno::EBADF)?.clone();
        if open.kind != Kind::Directory {
            return Err(Errno::ENOTDIR);
        }
        let mut used = 0;
        let mut at = open.offset;
        for name in self.names(&open.path).into_iter().skip(open.offset) {
            let length = (HEAD + name.len() + 1).next_multiple_of(8);
            if used + length > size.min(most) {
                break;
            }
            at += 1;
            let full = [
                open.path.strip_suffix(b"/").unwrap_or(&open.path),
                b"/",
                &name,
            ]
            .concat();
            let kind = if self.is_directory(&full) { 4 } else { 8 };
            let mut record = vec![0; length];
            record[..8].copy_from_slice(&(at as u64).to_ne_bytes());
            record[8..16].copy_from_slice(&(at as u64).to_ne_bytes());
            record[16..18].copy_from_slice(&(length as u16).to_ne_bytes());
            record[18] = kind;
            record[HEAD..HEAD + name.len()].copy_from_slice(&name);
            // SAFETY: checked to be inside the caller's buffer.
            unsafe {
                place
                    .add(used)
                    .copy_from_nonoverlapping(record.as_ptr(), length);
            }
            used += length;
        }
        if let Some(open) = self.open.get_mut(&fd) {
            open.offset = at;
        }
        Ok(used)
    }

    fn control(&mut self, fd: c_int, command: c_int, argument: usize) -> Result<usize, Errno> {
        let open = self.open.get_mut(&fd).ok_or(Errno::EBADF)?;
        match command {
            F_GETFD => Ok(usize::from(open.closes_on_exec)),
            F_SETFD => {
                open.closes_on_exec = argument as c_int & FD_CLOEXEC != 0;
                Ok(0)
            }
            F_GETFL => Ok((open.flags & !O_CLOEXEC) as usize),
            F_DUPFD_CLOEXEC => {
                let copy = Open {
                    closes_on_exec: true,
                    ..open.clone()
                };
                self.install(copy).map(|fd| fd as usize)
            }
            _ => Err(Errno::EINVAL),
        }
    }

    /// # Safety
    /// `ends` is writable.
    unsafe fn pipe(&mut self, ends: *mut [c_int; 2], flags: c_int) -> Result<usize, Errno> {
        self.strike(Call::Pipe)?;
        let name = format!("pipe {}", self.files.len()).into_bytes();
        self.files.insert(name.clone(), Vec::new());
        let mut end = |flags_of_end| {
            self.install(Open {
                path: name.clone(),
                kind: Kind::Pipe,
                offset: 0,
                flags: flags_of_end,
                closes_on_exec: flags & O_CLOEXEC != 0,
            })
        };
        let both = [end(O_RDONLY)?, end(O_WRONLY)?];
        // SAFETY: the caller's place.
        unsafe { ends.write(both) };
        Ok(0)
    }

    fn duplicate(&mut self, from: c_int, to: c_int, closes_on_exec: bool) -> Result<usize, Errno> {
        self.strike(Call::Duplicate)?;
        let open = self.open.get(&from).ok_or(Errno::EBADF)?.clone();
        self.open.insert(
            to,
            Open {
                closes_on_exec,
                ..open
            },
        );
        Ok(to as usize)
    }

    /// # Safety
    /// `status` is null or writable.
    unsafe fn wait(&self, pid: pid_t, status: *mut c_int) -> Result<usize, Errno> {
        let process = child::find(self, pid).ok_or(Errno::ECHILD)?;
        if !status.is_null() {
            // SAFETY: the caller's place.
            unsafe { status.write(process.status) };
        }
        Ok(pid as usize)
    }

    fn unlink(&mut self, dir: c_int, path: &CStr) -> Result<usize, Errno> {
        let path = self.absolute(dir, path)?;
        self.files.remove(&path).map(|_| 0).ok_or(Errno::ENOENT)
    }
}
