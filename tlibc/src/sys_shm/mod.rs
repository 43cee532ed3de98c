//! `sys/shm.h`: System V shared memory.

use crate::errno::{CResult, set_errno};
use crate::platform::calls::ipc;
use crate::sys_ipc::ipc_perm;
use crate::types::*;

/// A segment.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, missing_docs)]
pub struct shmid_ds {
    pub shm_perm: ipc_perm,
    pub shm_segsz: size_t,
    pub shm_atime: time_t,
    pub shm_dtime: time_t,
    pub shm_ctime: time_t,
    pub shm_cpid: pid_t,
    pub shm_lpid: pid_t,
    pub shm_nattch: c_ulong,
    pub __glibc_reserved5: c_ulong,
    pub __glibc_reserved6: c_ulong,
}
check_layout!(
    shmid_ds = libc::shmid_ds {
        shm_perm,
        shm_segsz,
        shm_atime,
        shm_cpid,
        shm_nattch
    }
);

/// A segment of shared memory. POSIX `shmget`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn shmget(key: key_t, size: size_t, flags: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { ipc::shmget(key, size, flags) }.or_minus_one()
}

/// Detaches a segment. POSIX `shmdt`.
///
/// # Safety
/// `addr` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn shmdt(addr: *const c_void) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { ipc::shmdt(addr) }.or_minus_one()
}

/// Reads, sets or removes a segment. POSIX `shmctl`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn shmctl(id: c_int, cmd: c_int, buf: *mut shmid_ds) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { ipc::shmctl(id, cmd, buf.cast()) }.or_minus_one()
}

/// Attaches a segment; `(void *) -1` on failure. POSIX `shmat`.
///
/// # Safety
/// `addr` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn shmat(id: c_int, addr: *const c_void, flags: c_int) -> *mut c_void {
    // SAFETY: what is attached over is the caller's.
    unsafe { ipc::shmat(id, addr, flags) }.unwrap_or_else(|e| {
        set_errno(e);
        core::ptr::without_provenance_mut(usize::MAX)
    })
}
