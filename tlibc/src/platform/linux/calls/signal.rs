//! Signals, as the kernel takes them: 8-byte sets, the kernel's own `sigaction`. Each entry is one kernel call,
//! named after its manual page in section 2; `crate::signal` converts from the C shapes.

use crate::types::*;
use core::ffi::{c_int, c_void};

syscalls! {
    rt_sigaction(sig: c_int, new: *const c_void, old: *mut c_void, set_size: usize) -> c_int = __NR_rt_sigaction;
    rt_sigprocmask(how: c_int, new: *const u64, old: *mut u64, set_size: usize) -> c_int = __NR_rt_sigprocmask;
    kill(pid: pid_t, sig: c_int) -> c_int = __NR_kill;
    rt_sigpending(set: *mut u64, set_size: usize) -> c_int = __NR_rt_sigpending;
    rt_sigtimedwait(set: *const u64, info: *mut c_void, timeout: *const c_void, set_size: usize) -> c_int = __NR_rt_sigtimedwait;
    rt_sigqueueinfo(pid: pid_t, sig: c_int, info: *mut c_void) -> c_int = __NR_rt_sigqueueinfo;
    rt_sigsuspend(set: *const u64, set_size: usize) -> c_int = __NR_rt_sigsuspend;
    sigaltstack(new: *const c_void, old: *mut c_void) -> c_int = __NR_sigaltstack;
    tgkill(tgid: pid_t, tid: pid_t, sig: c_int) -> c_int = __NR_tgkill;
    rt_tgsigqueueinfo(tgid: pid_t, tid: pid_t, sig: c_int, info: *mut c_void) -> c_int = __NR_rt_tgsigqueueinfo;
}
