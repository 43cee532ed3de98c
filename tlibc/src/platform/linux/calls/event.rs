//! Waiting for descriptors: the calls behind `poll.h`, `sys/select.h` and Linux's epoll, eventfd, timerfd,
//! signalfd and inotify. Each entry is one kernel call, named after its manual page in section 2.

use core::ffi::{c_char, c_int, c_uint, c_void};

syscalls! {
    poll(fds: *mut c_void, n: usize, timeout_ms: c_int) -> c_int = __NR_poll;
    select(n: c_int, read: *mut c_void, write: *mut c_void, except: *mut c_void, timeout: *mut c_void) -> c_int = __NR_select;
    epoll_ctl(epfd: c_int, op: c_int, fd: c_int, event: *mut c_void) -> c_int = __NR_epoll_ctl;
    inotify_add_watch(fd: c_int, path: *const c_char, mask: u32) -> c_int = __NR_inotify_add_watch;
    inotify_rm_watch(fd: c_int, wd: c_int) -> c_int = __NR_inotify_rm_watch;
    pselect6(n: c_int, read: *mut c_void, write: *mut c_void, except: *mut c_void, timeout: *mut c_void, mask: *const c_void) -> c_int = __NR_pselect6;
    ppoll(fds: *mut c_void, n: usize, timeout: *mut c_void, mask: *const c_void, mask_size: usize) -> c_int = __NR_ppoll;
    epoll_pwait(epfd: c_int, events: *mut c_void, max: c_int, timeout_ms: c_int, mask: *const c_void, mask_size: usize) -> c_int = __NR_epoll_pwait;
    timerfd_create(clock: c_int, flags: c_int) -> c_int = __NR_timerfd_create;
    timerfd_settime(fd: c_int, flags: c_int, new: *const c_void, old: *mut c_void) -> c_int = __NR_timerfd_settime;
    timerfd_gettime(fd: c_int, value: *mut c_void) -> c_int = __NR_timerfd_gettime;
    signalfd4(fd: c_int, mask: *const c_void, mask_size: usize, flags: c_int) -> c_int = __NR_signalfd4;
    eventfd2(initial: c_uint, flags: c_int) -> c_int = __NR_eventfd2;
    epoll_create1(flags: c_int) -> c_int = __NR_epoll_create1;
    inotify_init1(flags: c_int) -> c_int = __NR_inotify_init1;
    epoll_pwait2(epfd: c_int, events: *mut c_void, max: c_int, timeout: *const c_void, mask: *const c_void, mask_size: usize) -> c_int = __NR_epoll_pwait2;
}
