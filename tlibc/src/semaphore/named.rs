//! Semaphores with names: each is a file `/dev/shm/sem.NAME` that holds a `sem_t`, mapped once a process however often it is
//! opened, as POSIX asks.

use super::{SEM_VALUE_MAX, sem_t};
use crate::errno::{CResult, Errno};
use crate::platform::{self, constants::*};
use crate::sync::Mutex;
use crate::types::{c_char, c_int, c_uint, c_void, mode_t};
use core::ffi::CStr;
use core::ptr::null_mut;

const PREFIX: &[u8] = b"/dev/shm/sem.";
/// Longest name without its slash; longer ones are `ENAMETOOLONG`.
const NAME_MAX: usize = 255 - 4;
/// Most named semaphores open in a process.
const OPEN_MAX: usize = 256;

/// A mapped semaphore: the file it is and how often it was opened.
#[derive(Clone, Copy)]
struct Open {
    semaphore: *mut sem_t,
    device: u64,
    inode: u64,
    count: usize,
}

// SAFETY: the pointer is to a shared mapping.
unsafe impl Send for Open {}

static OPEN: Mutex<[Open; OPEN_MAX]> = Mutex::new(
    [Open {
        semaphore: null_mut(),
        device: 0,
        inode: 0,
        count: 0,
    }; OPEN_MAX],
);

/// Before a fork: nobody is changing the table.
pub fn fork_prepare() {
    OPEN.raw().lock();
}

/// After a fork, in the parent and in the child.
pub fn fork_done() {
    OPEN.raw().unlock();
}

type Path = [u8; PREFIX.len() + NAME_MAX + 1];

/// The file of a name, which may begin with one slash and must have no other.
fn path_of<'a>(name: &CStr, path: &'a mut Path) -> Result<&'a CStr, Errno> {
    let name = name.to_bytes();
    let name = name.strip_prefix(b"/").unwrap_or(name);
    if name.is_empty() || name.contains(&b'/') {
        return Err(Errno::EINVAL);
    }
    if name.len() > NAME_MAX {
        return Err(Errno::ENAMETOOLONG);
    }
    path[..PREFIX.len()].copy_from_slice(PREFIX);
    path[PREFIX.len()..PREFIX.len() + name.len()].copy_from_slice(name);
    CStr::from_bytes_until_nul(path).map_err(|_| Errno::EINVAL)
}

/// Opens a semaphore by name; with `O_CREAT` makes it, with the mode and the value, if there is none. Null, C's
/// `SEM_FAILED`, with `errno` on failure.
///
/// # Safety
/// `name` must be a string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sem_open(
    name: *const c_char,
    flags: c_int,
    mode: mode_t,
    value: c_uint,
) -> *mut sem_t {
    // SAFETY: the caller's promise.
    open(unsafe { CStr::from_ptr(name) }, flags, mode, value).or_null()
}

fn open(name: &CStr, flags: c_int, mode: mode_t, value: c_uint) -> Result<*mut sem_t, Errno> {
    const OPEN_FLAGS: c_int = (O_RDWR | O_NOFOLLOW | O_CLOEXEC) as c_int;
    let mut path = [0; _];
    let path = path_of(name, &mut path)?;
    let flags = flags & (O_CREAT | O_EXCL) as c_int;
    let exclusive = flags == (O_CREAT | O_EXCL) as c_int;
    loop {
        if !exclusive {
            match platform::openat(AT_FDCWD, path, OPEN_FLAGS, 0) {
                Ok(fd) => {
                    let result = map(fd);
                    platform::close(fd)?;
                    return result;
                }
                Err(Errno::ENOENT) if flags & O_CREAT as c_int != 0 => {}
                Err(errno) => return Err(errno),
            }
        }
        if value > SEM_VALUE_MAX {
            return Err(Errno::EINVAL);
        }
        match create(path, mode, value) {
            // Somebody else made it meanwhile: open theirs.
            Err(Errno::EEXIST) if !exclusive => continue,
            result => return result,
        }
    }
}

/// Makes the semaphore's file whole under another name, then gives it its own.
fn create(path: &CStr, mode: mode_t, value: c_uint) -> Result<*mut sem_t, Errno> {
    const FLAGS: c_int = (O_RDWR | O_TMPFILE | O_CLOEXEC) as c_int;
    let fd = platform::openat(AT_FDCWD, c"/dev/shm", FLAGS, mode)?;
    let semaphore = sem_t::new(value, true);
    // SAFETY: a plain structure without padding, read as bytes.
    let bytes = unsafe {
        core::slice::from_raw_parts((&raw const semaphore).cast::<u8>(), size_of::<sem_t>())
    };
    let result = platform::write(fd, bytes)
        .and_then(|written| {
            if written == bytes.len() {
                Ok(())
            } else {
                Err(Errno::ENOSPC)
            }
        })
        .and_then(|()| platform::link_descriptor(fd, path))
        .and_then(|()| map(fd));
    platform::close(fd)?;
    result
}

/// The semaphore in an open file, through the mapping there is or a new one.
fn map(fd: c_int) -> Result<*mut sem_t, Errno> {
    let (device, inode) = platform::file_identity(fd)?;
    let mut open = OPEN.lock();
    if let Some(known) = open
        .iter_mut()
        .find(|open| open.count > 0 && (open.device, open.inode) == (device, inode))
    {
        known.count += 1;
        return Ok(known.semaphore);
    }
    let place = open
        .iter_mut()
        .find(|open| open.count == 0)
        .ok_or(Errno::EMFILE)?;
    let protection = (PROT_READ | PROT_WRITE) as c_int;
    // SAFETY: fresh memory wherever the kernel likes.
    let semaphore = unsafe {
        platform::mmap(
            null_mut(),
            size_of::<sem_t>(),
            protection,
            MAP_SHARED as c_int,
            fd,
            0,
        )
    }?;
    *place = Open {
        semaphore: semaphore.cast(),
        device,
        inode,
        count: 1,
    };
    Ok(semaphore.cast())
}

/// Closes a semaphore that `sem_open` returned. 0, or −1 with `EINVAL`.
///
/// # Safety
/// The semaphore is gone when it was closed as often as it was opened.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sem_close(semaphore: *mut sem_t) -> c_int {
    let mut open = OPEN.lock();
    let Some(known) = open
        .iter_mut()
        .find(|open| open.count > 0 && open.semaphore == semaphore)
    else {
        return Err::<(), _>(Errno::EINVAL).or_minus_one();
    };
    known.count -= 1;
    if known.count > 0 {
        return 0;
    }
    // SAFETY: a mapping of ours that nobody has open any more.
    unsafe { platform::munmap(semaphore.cast::<c_void>(), size_of::<sem_t>()) }.or_minus_one()
}

/// Removes a semaphore's name; those who have it open go on using it. 0, or −1 with `errno`: `ENOENT` also for a name that no
/// semaphore can have.
///
/// # Safety
/// `name` must be a string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sem_unlink(name: *const c_char) -> c_int {
    let mut path = [0; _];
    // SAFETY: the caller's promise.
    path_of(unsafe { CStr::from_ptr(name) }, &mut path)
        .map_err(|errno| {
            if errno == Errno::EINVAL {
                Errno::ENOENT
            } else {
                errno
            }
        })
        .and_then(platform::unlink_file)
        .or_minus_one()
}
