//! `sys/ipc.h`: keys and permissions of System V IPC.

use crate::platform::calls::fs;
use crate::sys_stat::stat;
use crate::types::*;
use core::mem::MaybeUninit;

/// Who may use an object.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct ipc_perm {
    /// The key.
    pub __key: key_t,
    /// Owner.
    pub uid: uid_t,
    /// Group.
    pub gid: gid_t,
    /// Creator.
    pub cuid: uid_t,
    /// Creator's group.
    pub cgid: gid_t,
    /// Permissions.
    pub mode: mode_t,
    /// Generation.
    pub __seq: c_ushort,
    /// Padding.
    pub __pad2: c_ushort,
    /// Unused.
    pub __glibc_reserved1: c_ulong,
    /// Unused.
    pub __glibc_reserved2: c_ulong,
}
check_layout!(
    ipc_perm = libc::ipc_perm {
        __key,
        uid,
        gid,
        cuid,
        cgid,
        __seq
    }
);

/// A key from a file and a number. POSIX `ftok`.
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ftok(path: *const c_char, project: c_int) -> key_t {
    use crate::errno::CResult;
    let mut status = MaybeUninit::<stat>::zeroed();
    // SAFETY: the caller's string; stat fills the structure, and zeroes are a valid one.
    unsafe {
        fs::newfstatat(crate::fcntl::AT_FDCWD, path, status.as_mut_ptr().cast(), 0)
            .map(|_| {
                let status = status.assume_init();
                (status.st_ino as c_int & 0xffff)
                    | (status.st_dev as c_int & 0xff) << 16
                    | (project & 0xff) << 24
            })
            .or_minus_one()
    }
}
