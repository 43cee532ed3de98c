//! `sys/sem.h`: System V semaphores.

use crate::errno::CResult;
use crate::platform::calls::ipc;
use crate::sys_ipc::ipc_perm;
use crate::types::*;

/// A set of semaphores.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, missing_docs)]
pub struct semid_ds {
    pub sem_perm: ipc_perm,
    pub sem_otime: time_t,
    pub __sem_otime_high: c_ulong,
    pub sem_ctime: time_t,
    pub __sem_ctime_high: c_ulong,
    pub sem_nsems: c_ulong,
    pub __glibc_reserved3: c_ulong,
    pub __glibc_reserved4: c_ulong,
}
check_layout!(
    semid_ds = libc::semid_ds {
        sem_perm,
        sem_otime,
        sem_ctime,
        sem_nsems
    }
);

/// An operation.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct sembuf {
    /// Which semaphore.
    pub sem_num: c_ushort,
    /// What to add; 0 waits for 0.
    pub sem_op: c_short,
    /// `IPC_NOWAIT`, `SEM_UNDO`.
    pub sem_flg: c_short,
}
check_layout!(
    sembuf = libc::sembuf {
        sem_num,
        sem_op,
        sem_flg
    }
);

/// A set of semaphores. POSIX `semget`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn semget(key: key_t, n: c_int, flags: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { ipc::semget(key, n, flags) }.or_minus_one()
}

/// Does all operations at once. POSIX `semop`.
///
/// # Safety
/// `ops` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn semop(id: c_int, ops: *mut sembuf, n: size_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { ipc::semop(id, ops.cast(), n) }.or_minus_one()
}

/// `semop` with a limit of time. semtimedop(2).
///
/// # Safety
/// `timeout` is readable; `ops` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn semtimedop(
    id: c_int,
    ops: *mut sembuf,
    n: size_t,
    timeout: *const timespec,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { ipc::semtimedop(id, ops.cast(), n, timeout.cast()) }.or_minus_one()
}

/// Reads, sets or removes semaphores; `arg` is a `union semun`, variable in C. POSIX `semctl`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn semctl(id: c_int, num: c_int, cmd: c_int, arg: uintptr_t) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { ipc::semctl(id, num, cmd, arg) }.or_minus_one()
}
