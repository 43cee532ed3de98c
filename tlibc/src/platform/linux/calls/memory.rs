//! Address-space calls beyond what malloc and threads need, for `sys/mman.h`. Each entry is one kernel call,
//! named after its manual page in section 2.

use crate::types::*;
use core::ffi::{c_int, c_uint, c_void};

syscalls! {
    mmap(addr: *mut c_void, len: usize, prot: c_int, flags: c_int, fd: c_int, offset: off_t) -> *mut c_void = __NR_mmap;
    mprotect(addr: *mut c_void, len: usize, prot: c_int) -> c_int = __NR_mprotect;
    munmap(addr: *mut c_void, len: usize) -> c_int = __NR_munmap;
    brk(addr: *mut c_void) -> *mut c_void = __NR_brk;
    mremap(old: *mut c_void, old_len: usize, new_len: usize, flags: c_int, new: *mut c_void) -> *mut c_void = __NR_mremap;
    msync(addr: *mut c_void, len: usize, flags: c_int) -> c_int = __NR_msync;
    mincore(addr: *mut c_void, len: usize, vec: *mut u8) -> c_int = __NR_mincore;
    madvise(addr: *mut c_void, len: usize, advice: c_int) -> c_int = __NR_madvise;
    mlock(addr: *const c_void, len: usize) -> c_int = __NR_mlock;
    munlock(addr: *const c_void, len: usize) -> c_int = __NR_munlock;
    mlockall(flags: c_int) -> c_int = __NR_mlockall;
    munlockall() -> c_int = __NR_munlockall;
    remap_file_pages(addr: *mut c_void, size: usize, prot: c_int, pgoff: usize, flags: c_int) -> c_int = __NR_remap_file_pages;
    mlock2(addr: *const c_void, len: usize, flags: c_uint) -> c_int = __NR_mlock2;
    pkey_mprotect(addr: *mut c_void, len: usize, prot: c_int, pkey: c_int) -> c_int = __NR_pkey_mprotect;
    pkey_alloc(flags: c_uint, rights: c_uint) -> c_int = __NR_pkey_alloc;
    pkey_free(pkey: c_int) -> c_int = __NR_pkey_free;
}
