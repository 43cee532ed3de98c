//! `sys/mman.h`: mapping files and memory, and shared memory objects.

use crate::errno::{CResult, Errno, set_errno};
use crate::fcntl::{AT_FDCWD, O_CLOEXEC, O_NOFOLLOW, O_NONBLOCK};
use crate::platform::calls::{fs, memory};
use crate::pthread::points;
use crate::types::*;
use core::ffi::CStr;
use core::ptr;

/// What `mmap` returns on failure.
pub const MAP_FAILED: *mut c_void = ptr::without_provenance_mut(usize::MAX);

/// The mapping's address, or `MAP_FAILED` with `errno` set.
fn or_failed(result: Result<*mut c_void, Errno>) -> *mut c_void {
    result.unwrap_or_else(|e| {
        set_errno(e);
        MAP_FAILED
    })
}

/// Maps `len` bytes of a file from `offset` (a multiple of the page size), or fresh memory. POSIX `mmap`.
///
/// # Safety
/// `addr` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mmap(
    addr: *mut c_void,
    len: size_t,
    prot: c_int,
    flags: c_int,
    fd: c_int,
    offset: off_t,
) -> *mut c_void {
    // SAFETY: what is mapped over with MAP_FIXED is the caller's.
    or_failed(unsafe { memory::mmap(addr, len, prot, flags, fd, offset) })
}

/// Resizes or moves a mapping; `new` counts with `MREMAP_FIXED` and is a variable argument in C. mremap(2).
///
/// # Safety
/// `old` and `new` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mremap(
    old: *mut c_void,
    old_len: size_t,
    new_len: size_t,
    flags: c_int,
    new: *mut c_void,
) -> *mut c_void {
    // SAFETY: the mapping is the caller's.
    or_failed(unsafe { memory::mremap(old, old_len, new_len, flags, new) })
}

/// Removes mappings. POSIX `munmap`.
///
/// # Safety
/// `addr` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn munmap(addr: *mut c_void, len: size_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { memory::munmap(addr, len) }.or_minus_one()
}

/// Changes the protection of pages. POSIX `mprotect`.
///
/// # Safety
/// `addr` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mprotect(addr: *mut c_void, len: size_t, prot: c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { memory::mprotect(addr, len, prot) }.or_minus_one()
}

/// Writes a mapping back to its file. POSIX `msync`.
///
/// # Safety
/// `addr` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn msync(addr: *mut c_void, len: size_t, flags: c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::msync(addr, len, flags) }.or_minus_one()
}

/// Says how memory will be used. madvise(2).
///
/// # Safety
/// `addr` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn madvise(addr: *mut c_void, len: size_t, advice: c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { memory::madvise(addr, len, advice) }.or_minus_one()
}

/// Which pages are in memory. mincore(2).
///
/// # Safety
/// `addr` and `vec` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mincore(addr: *mut c_void, len: size_t, vec: *mut c_uchar) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { memory::mincore(addr, len, vec) }.or_minus_one()
}

/// Keeps pages in memory. POSIX `mlock`.
///
/// # Safety
/// `addr` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mlock(addr: *const c_void, len: size_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { memory::mlock(addr, len) }.or_minus_one()
}

/// `mlock` with flags. mlock2(2).
///
/// # Safety
/// `addr` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mlock2(addr: *const c_void, len: size_t, flags: c_uint) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { memory::mlock2(addr, len, flags) }.or_minus_one()
}

/// Undoes `mlock`. POSIX `munlock`.
///
/// # Safety
/// `addr` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn munlock(addr: *const c_void, len: size_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { memory::munlock(addr, len) }.or_minus_one()
}

/// Keeps the whole process in memory. POSIX `mlockall`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mlockall(flags: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { memory::mlockall(flags) }.or_minus_one()
}

/// Undoes `mlockall`. POSIX `munlockall`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn munlockall() -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { memory::munlockall() }.or_minus_one()
}

/// Rearranges a file mapping. remap_file_pages(2).
///
/// # Safety
/// `addr` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn remap_file_pages(
    addr: *mut c_void,
    size: size_t,
    prot: c_int,
    pgoff: size_t,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { memory::remap_file_pages(addr, size, prot, pgoff, flags) }.or_minus_one()
}

/// A file in memory without a place in the file system. memfd_create(2).
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn memfd_create(name: *const c_char, flags: c_uint) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::memfd_create(name, flags) }.or_minus_one()
}

/// A memory protection key. pkey_alloc(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pkey_alloc(flags: c_uint, rights: c_uint) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { memory::pkey_alloc(flags, rights) }.or_minus_one()
}

/// Gives a protection key back. pkey_free(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pkey_free(key: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { memory::pkey_free(key) }.or_minus_one()
}

/// `mprotect` with a protection key. pkey_mprotect(2).
///
/// # Safety
/// `addr` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pkey_mprotect(
    addr: *mut c_void,
    len: size_t,
    prot: c_int,
    key: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { memory::pkey_mprotect(addr, len, prot, key) }.or_minus_one()
}

/// Advice that never changes what memory holds; returns an error number. POSIX `posix_madvise`.
///
/// # Safety
/// `addr` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn posix_madvise(addr: *mut c_void, len: size_t, advice: c_int) -> c_int {
    // POSIX_MADV_DONTNEED may not drop data, as Linux's MADV_DONTNEED does.
    if advice == 4 {
        return 0;
    }
    // SAFETY: the remaining kinds of advice keep the contents.
    unsafe { memory::madvise(addr, len, advice) }.error_number()
}

/// Where shared memory objects and named semaphores live: `/dev/shm/NAME`, with `prefix` before the name.
pub(crate) fn shm_path<'a>(
    prefix: &[u8],
    name: &CStr,
    buf: &'a mut [u8; 300],
) -> Result<&'a CStr, Errno> {
    const DIR: &[u8] = b"/dev/shm/";
    let mut name = name.to_bytes();
    while let [b'/', rest @ ..] = name {
        name = rest;
    }
    if name.is_empty() || name == b"." || name == b".." || name.contains(&b'/') {
        return Err(Errno::EINVAL);
    }
    if prefix.len() + name.len() > 255 {
        return Err(Errno::ENAMETOOLONG);
    }
    let mut n = 0;
    for part in [DIR, prefix, name, b"\0"] {
        buf[n..n + part.len()].copy_from_slice(part);
        n += part.len();
    }
    CStr::from_bytes_until_nul(&buf[..]).map_err(|_| Errno::EINVAL)
}

/// Opens a shared memory object, `/dev/shm/NAME`. POSIX `shm_open`.
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn shm_open(name: *const c_char, flags: c_int, mode: mode_t) -> c_int {
    let mut buf = [0; 300];
    // SAFETY: the caller's string; the path is a string in `buf`.
    shm_path(b"", unsafe { CStr::from_ptr(name) }, &mut buf)
        .and_then(|path| unsafe {
            fs::openat(
                AT_FDCWD,
                path.as_ptr(),
                flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
                mode,
            )
        })
        .or_minus_one()
}

/// Removes a shared memory object's name. POSIX `shm_unlink`.
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn shm_unlink(name: *const c_char) -> c_int {
    let mut buf = [0; 300];
    // SAFETY: the caller's string; the path is a string in `buf`.
    shm_path(b"", unsafe { CStr::from_ptr(name) }, &mut buf)
        .and_then(|path| unsafe { fs::unlinkat(AT_FDCWD, path.as_ptr(), 0) })
        .or_minus_one()
}

crate::alias!(mmap64 = mmap);
crate::alias!(__mmap = mmap);
crate::alias!(__munmap = munmap);
crate::alias!(__mprotect = mprotect);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside_the_directory() {
        let mut buf = [0; 300];
        assert_eq!(
            shm_path(b"sem.", c"/a", &mut buf).unwrap(),
            c"/dev/shm/sem.a"
        );
        for bad in [c"", c"/", c"..", c"/a/b", c"/../x"] {
            assert_eq!(shm_path(b"", bad, &mut buf), Err(Errno::EINVAL));
        }
    }
}
