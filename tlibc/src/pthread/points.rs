//! The kernel calls of the C functions that are cancellation points (POSIX.1-2024, 2.9.5.2, and those of GNU): as in
//! `platform::calls`, but a thread that is to be cancelled ends here. What the library does for its own purposes
//! stays with `platform::calls` and `platform`.

use super::cancel;
use crate::errno::Errno;
use crate::platform::constants::*;
use crate::types::*;

/// Makes one function for each entry, as in `platform::calls`.
macro_rules! points {
    ($($name:ident($($arg:ident: $type:ty),*) -> $ret:ty = $number:ident;)*) => {$(
        #[doc = concat!("`", stringify!($name), "(2)` as a cancellation point.")]
        ///
        /// # Safety
        /// Pointer arguments satisfy what the manual page asks; no resource of the library is held.
        #[inline]
        pub unsafe fn $name($($arg: $type),*) -> Result<$ret, Errno> {
            let given: &[usize] = &[$($arg as usize),*];
            let arguments = core::array::from_fn(|i| given.get(i).copied().unwrap_or(0));
            // SAFETY: the caller vouches for the arguments.
            unsafe { cancel::syscall($number, arguments) }.map(|value| value as $ret)
        }
    )*};
}

points! {
    epoll_pwait(epfd: c_int, events: *mut c_void, max: c_int, timeout_ms: c_int, mask: *const c_void, mask_size: usize) -> c_int = __NR_epoll_pwait;
    epoll_pwait2(epfd: c_int, events: *mut c_void, max: c_int, timeout: *const c_void, mask: *const c_void, mask_size: usize) -> c_int = __NR_epoll_pwait2;
    poll(fds: *mut c_void, n: usize, timeout_ms: c_int) -> c_int = __NR_poll;
    ppoll(fds: *mut c_void, n: usize, timeout: *mut c_void, mask: *const c_void, mask_size: usize) -> c_int = __NR_ppoll;
    pselect6(n: c_int, read: *mut c_void, write: *mut c_void, except: *mut c_void, timeout: *mut c_void, mask: *const c_void) -> c_int = __NR_pselect6;
    select(n: c_int, read: *mut c_void, write: *mut c_void, except: *mut c_void, timeout: *mut c_void) -> c_int = __NR_select;
    clock_nanosleep(clock: clockid_t, flags: c_int, request: *const c_void, left: *mut c_void) -> c_int = __NR_clock_nanosleep;
    close(fd: c_int) -> c_int = __NR_close;
    copy_file_range(input: c_int, off_in: *mut off_t, out: c_int, off_out: *mut off_t, len: usize, flags: c_uint) -> isize = __NR_copy_file_range;
    fallocate(fd: c_int, mode: c_int, offset: off_t, len: off_t) -> c_int = __NR_fallocate;
    fcntl(fd: c_int, cmd: c_int, arg: usize) -> c_int = __NR_fcntl;
    fdatasync(fd: c_int) -> c_int = __NR_fdatasync;
    fsync(fd: c_int) -> c_int = __NR_fsync;
    open_by_handle_at(mount: c_int, handle: *mut c_void, flags: c_int) -> c_int = __NR_open_by_handle_at;
    openat(dir: c_int, path: *const c_char, flags: c_int, mode: mode_t) -> c_int = __NR_openat;
    pread64(fd: c_int, buf: *mut c_void, count: usize, offset: off_t) -> isize = __NR_pread64;
    preadv(fd: c_int, iov: *const c_void, n: c_int, low: off_t, high: c_long) -> isize = __NR_preadv;
    preadv2(fd: c_int, iov: *const c_void, n: c_int, low: off_t, high: c_long, flags: c_int) -> isize = __NR_preadv2;
    pwrite64(fd: c_int, buf: *const c_void, count: usize, offset: off_t) -> isize = __NR_pwrite64;
    pwritev(fd: c_int, iov: *const c_void, n: c_int, low: off_t, high: c_long) -> isize = __NR_pwritev;
    pwritev2(fd: c_int, iov: *const c_void, n: c_int, low: off_t, high: c_long, flags: c_int) -> isize = __NR_pwritev2;
    read(fd: c_int, buf: *mut c_void, count: usize) -> isize = __NR_read;
    readv(fd: c_int, iov: *const c_void, n: c_int) -> isize = __NR_readv;
    splice(input: c_int, off_in: *mut off_t, out: c_int, off_out: *mut off_t, len: usize, flags: c_uint) -> isize = __NR_splice;
    sync_file_range(fd: c_int, offset: off_t, len: off_t, flags: c_uint) -> c_int = __NR_sync_file_range;
    tee(input: c_int, out: c_int, len: usize, flags: c_uint) -> isize = __NR_tee;
    vmsplice(fd: c_int, iov: *const c_void, n: usize, flags: c_uint) -> isize = __NR_vmsplice;
    write(fd: c_int, buf: *const c_void, count: usize) -> isize = __NR_write;
    writev(fd: c_int, iov: *const c_void, n: c_int) -> isize = __NR_writev;
    mq_timedsend(q: c_int, msg: *const c_char, len: usize, prio: c_uint, timeout: *const c_void) -> c_int = __NR_mq_timedsend;
    mq_timedreceive(q: c_int, msg: *mut c_char, len: usize, prio: *mut c_uint, timeout: *const c_void) -> isize = __NR_mq_timedreceive;
    msgrcv(id: c_int, msg: *mut c_void, size: usize, kind: isize, flags: c_int) -> isize = __NR_msgrcv;
    msgsnd(id: c_int, msg: *const c_void, size: usize, flags: c_int) -> c_int = __NR_msgsnd;
    ioctl(fd: c_int, request: c_ulong, argument: usize) -> c_int = __NR_ioctl;
    msync(addr: *mut c_void, len: usize, flags: c_int) -> c_int = __NR_msync;
    accept4(fd: c_int, addr: *mut c_void, len: *mut u32, flags: c_int) -> c_int = __NR_accept4;
    connect(fd: c_int, addr: *const c_void, len: u32) -> c_int = __NR_connect;
    recvfrom(fd: c_int, buf: *mut c_void, len: usize, flags: c_int, addr: *mut c_void, addr_len: *mut u32) -> isize = __NR_recvfrom;
    recvmmsg(fd: c_int, msgs: *mut c_void, n: c_uint, flags: c_int, timeout: *mut c_void) -> c_int = __NR_recvmmsg;
    recvmsg(fd: c_int, msg: *mut c_void, flags: c_int) -> isize = __NR_recvmsg;
    sendmmsg(fd: c_int, msgs: *mut c_void, n: c_uint, flags: c_int) -> c_int = __NR_sendmmsg;
    sendmsg(fd: c_int, msg: *const c_void, flags: c_int) -> isize = __NR_sendmsg;
    sendto(fd: c_int, buf: *const c_void, len: usize, flags: c_int, addr: *const c_void, addr_len: u32) -> isize = __NR_sendto;
    nanosleep(time: *const c_void, left: *mut c_void) -> c_int = __NR_nanosleep;
    pause() -> c_int = __NR_pause;
    wait4(pid: pid_t, status: *mut c_int, options: c_int, usage: *mut c_void) -> pid_t = __NR_wait4;
    waitid(kind: c_int, id: id_t, info: *mut c_void, options: c_int, usage: *mut c_void) -> c_int = __NR_waitid;
    rt_sigsuspend(set: *const u64, set_size: usize) -> c_int = __NR_rt_sigsuspend;
    rt_sigtimedwait(set: *const u64, info: *mut c_void, timeout: *const c_void, set_size: usize) -> c_int = __NR_rt_sigtimedwait;
}
