//! Sockets: the calls behind `sys/socket.h`. Each entry is one kernel call, named after its manual page in
//! section 2. glibc's `msghdr` is the kernel's, so nothing is converted.

use core::ffi::{c_int, c_uint, c_void};

syscalls! {
    socket(domain: c_int, kind: c_int, protocol: c_int) -> c_int = __NR_socket;
    connect(fd: c_int, addr: *const c_void, len: u32) -> c_int = __NR_connect;
    sendto(fd: c_int, buf: *const c_void, len: usize, flags: c_int, addr: *const c_void, addr_len: u32) -> isize = __NR_sendto;
    recvfrom(fd: c_int, buf: *mut c_void, len: usize, flags: c_int, addr: *mut c_void, addr_len: *mut u32) -> isize = __NR_recvfrom;
    sendmsg(fd: c_int, msg: *const c_void, flags: c_int) -> isize = __NR_sendmsg;
    recvmsg(fd: c_int, msg: *mut c_void, flags: c_int) -> isize = __NR_recvmsg;
    shutdown(fd: c_int, how: c_int) -> c_int = __NR_shutdown;
    bind(fd: c_int, addr: *const c_void, len: u32) -> c_int = __NR_bind;
    listen(fd: c_int, backlog: c_int) -> c_int = __NR_listen;
    getsockname(fd: c_int, addr: *mut c_void, len: *mut u32) -> c_int = __NR_getsockname;
    getpeername(fd: c_int, addr: *mut c_void, len: *mut u32) -> c_int = __NR_getpeername;
    socketpair(domain: c_int, kind: c_int, protocol: c_int, fds: *mut c_int) -> c_int = __NR_socketpair;
    setsockopt(fd: c_int, level: c_int, name: c_int, value: *const c_void, len: u32) -> c_int = __NR_setsockopt;
    getsockopt(fd: c_int, level: c_int, name: c_int, value: *mut c_void, len: *mut u32) -> c_int = __NR_getsockopt;
    accept4(fd: c_int, addr: *mut c_void, len: *mut u32, flags: c_int) -> c_int = __NR_accept4;
    recvmmsg(fd: c_int, msgs: *mut c_void, n: c_uint, flags: c_int, timeout: *mut c_void) -> c_int = __NR_recvmmsg;
    sendmmsg(fd: c_int, msgs: *mut c_void, n: c_uint, flags: c_int) -> c_int = __NR_sendmmsg;
}
