//! `sys/msg.h`: System V message queues.

use crate::errno::CResult;
use crate::platform::calls::ipc;
use crate::pthread::points;
use crate::sys_ipc::ipc_perm;
use crate::types::*;

/// A queue.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types, missing_docs)]
pub struct msqid_ds {
    pub msg_perm: ipc_perm,
    pub msg_stime: time_t,
    pub msg_rtime: time_t,
    pub msg_ctime: time_t,
    pub __msg_cbytes: c_ulong,
    pub msg_qnum: c_ulong,
    pub msg_qbytes: c_ulong,
    pub msg_lspid: pid_t,
    pub msg_lrpid: pid_t,
    pub __glibc_reserved4: c_ulong,
    pub __glibc_reserved5: c_ulong,
}
check_layout!(
    msqid_ds = libc::msqid_ds {
        msg_perm,
        msg_stime,
        msg_qnum,
        msg_qbytes,
        msg_lspid,
        msg_lrpid
    }
);

/// A message queue. POSIX `msgget`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn msgget(key: key_t, flags: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { ipc::msgget(key, flags) }.or_minus_one()
}

/// Sends a message of a type (a long) and `size` bytes. POSIX `msgsnd`.
///
/// # Safety
/// `message` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn msgsnd(
    id: c_int,
    message: *const c_void,
    size: size_t,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::msgsnd(id, message, size, flags) }.or_minus_one()
}

/// Receives a message of a type. POSIX `msgrcv`.
///
/// # Safety
/// `message` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn msgrcv(
    id: c_int,
    message: *mut c_void,
    size: size_t,
    kind: c_long,
    flags: c_int,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::msgrcv(id, message, size, kind as isize, flags) }.or_minus_one()
}

/// Reads, sets or removes a queue. POSIX `msgctl`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn msgctl(id: c_int, cmd: c_int, buf: *mut msqid_ds) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { ipc::msgctl(id, cmd, buf.cast()) }.or_minus_one()
}
