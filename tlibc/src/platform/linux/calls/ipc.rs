//! System V IPC and POSIX message queues. Each entry is one kernel call, named after its manual page in section 2.

use crate::types::*;
use core::ffi::{c_char, c_int, c_uint, c_void};

syscalls! {
    shmget(key: key_t, size: usize, flags: c_int) -> c_int = __NR_shmget;
    shmat(id: c_int, addr: *const c_void, flags: c_int) -> *mut c_void = __NR_shmat;
    shmctl(id: c_int, cmd: c_int, buf: *mut c_void) -> c_int = __NR_shmctl;
    semget(key: key_t, n: c_int, flags: c_int) -> c_int = __NR_semget;
    semop(id: c_int, ops: *mut c_void, n: usize) -> c_int = __NR_semop;
    semctl(id: c_int, num: c_int, cmd: c_int, arg: usize) -> c_int = __NR_semctl;
    shmdt(addr: *const c_void) -> c_int = __NR_shmdt;
    msgget(key: key_t, flags: c_int) -> c_int = __NR_msgget;
    msgsnd(id: c_int, msg: *const c_void, size: usize, flags: c_int) -> c_int = __NR_msgsnd;
    msgrcv(id: c_int, msg: *mut c_void, size: usize, kind: isize, flags: c_int) -> isize = __NR_msgrcv;
    msgctl(id: c_int, cmd: c_int, buf: *mut c_void) -> c_int = __NR_msgctl;
    semtimedop(id: c_int, ops: *mut c_void, n: usize, timeout: *const c_void) -> c_int = __NR_semtimedop;
    mq_open(name: *const c_char, flags: c_int, mode: mode_t, attr: *const c_void) -> c_int = __NR_mq_open;
    mq_unlink(name: *const c_char) -> c_int = __NR_mq_unlink;
    mq_timedsend(q: c_int, msg: *const c_char, len: usize, prio: c_uint, timeout: *const c_void) -> c_int = __NR_mq_timedsend;
    mq_timedreceive(q: c_int, msg: *mut c_char, len: usize, prio: *mut c_uint, timeout: *const c_void) -> isize = __NR_mq_timedreceive;
    mq_notify(q: c_int, event: *const c_void) -> c_int = __NR_mq_notify;
    mq_getsetattr(q: c_int, new: *const c_void, old: *mut c_void) -> c_int = __NR_mq_getsetattr;
}
