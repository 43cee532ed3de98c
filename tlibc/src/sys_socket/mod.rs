//! `sys/socket.h`: sockets. glibc's `msghdr` and `cmsghdr` are the kernel's, so nothing is converted.

use crate::errno::CResult;
use crate::platform::calls::{fs, net};
use crate::pthread::points;
use crate::sys_ioctl::SIOCATMARK;
use crate::types::*;
use core::ptr;

/// IPv4 and its relatives.
pub const AF_INET: c_int = 2;
/// IPv6.
pub const AF_INET6: c_int = 10;
/// Local sockets.
pub const AF_UNIX: c_int = 1;
/// Any family.
pub const AF_UNSPEC: c_int = 0;
/// A stream of bytes.
pub const SOCK_STREAM: c_int = 1;
/// Messages.
pub const SOCK_DGRAM: c_int = 2;
/// Raw packets.
pub const SOCK_RAW: c_int = 3;
/// Close on exec.
pub const SOCK_CLOEXEC: c_int = 0o2_000_000;

/// An address of any family.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct sockaddr {
    /// `AF_*`.
    pub sa_family: sa_family_t,
    /// The family's own bytes.
    pub sa_data: [c_char; 14],
}
check_layout!(sockaddr = libc::sockaddr { sa_family, sa_data });

/// Room for an address of any family.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct sockaddr_storage {
    /// `AF_*`.
    pub ss_family: sa_family_t,
    /// Padding.
    pub __ss_padding: [c_char; 118],
    /// Alignment.
    pub __ss_align: c_ulong,
}
check_layout!(sockaddr_storage = libc::sockaddr_storage { ss_family });

/// A message in pieces, with an address and control data.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct msghdr {
    /// The address.
    pub msg_name: *mut c_void,
    /// Its length in bytes.
    pub msg_namelen: socklen_t,
    /// The pieces.
    pub msg_iov: *mut iovec,
    /// How many.
    pub msg_iovlen: size_t,
    /// Control data.
    pub msg_control: *mut c_void,
    /// Its length in bytes.
    pub msg_controllen: size_t,
    /// `MSG_*` on receipt.
    pub msg_flags: c_int,
}
check_layout!(
    msghdr = libc::msghdr {
        msg_name,
        msg_namelen,
        msg_iov,
        msg_iovlen,
        msg_control,
        msg_controllen,
        msg_flags
    }
);

/// Head of an item of control data.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct cmsghdr {
    /// Bytes, with this head.
    pub cmsg_len: size_t,
    /// The protocol.
    pub cmsg_level: c_int,
    /// The protocol's own type.
    pub cmsg_type: c_int,
}
check_layout!(
    cmsghdr = libc::cmsghdr {
        cmsg_len,
        cmsg_level,
        cmsg_type
    }
);

/// A message of a batch.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct mmsghdr {
    /// The message.
    pub msg_hdr: msghdr,
    /// Bytes sent or received.
    pub msg_len: c_uint,
}
check_layout!(mmsghdr = libc::mmsghdr { msg_hdr, msg_len });

/// A socket. POSIX `socket`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn socket(domain: c_int, kind: c_int, protocol: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { net::socket(domain, kind, protocol) }.or_minus_one()
}

/// Two connected sockets. POSIX `socketpair`.
///
/// # Safety
/// `fds` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn socketpair(
    domain: c_int,
    kind: c_int,
    protocol: c_int,
    fds: *mut c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { net::socketpair(domain, kind, protocol, fds) }.or_minus_one()
}

/// Gives a socket its address. POSIX `bind`.
///
/// # Safety
/// `addr` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn bind(fd: c_int, addr: *const sockaddr, len: socklen_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { net::bind(fd, addr.cast(), len) }.or_minus_one()
}

/// Connects to an address. POSIX `connect`.
///
/// # Safety
/// `addr` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn connect(fd: c_int, addr: *const sockaddr, len: socklen_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::connect(fd, addr.cast(), len) }.or_minus_one()
}

/// Lets others connect. POSIX `listen`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn listen(fd: c_int, backlog: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { net::listen(fd, backlog) }.or_minus_one()
}

/// Takes a connection. POSIX `accept`.
///
/// # Safety
/// `addr` and `len` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn accept(fd: c_int, addr: *mut sockaddr, len: *mut socklen_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::accept4(fd, addr.cast(), len, 0) }.or_minus_one()
}

/// `accept` with `SOCK_CLOEXEC` and `SOCK_NONBLOCK`. POSIX.1-2024 `accept4`.
///
/// # Safety
/// `addr` and `len` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn accept4(
    fd: c_int,
    addr: *mut sockaddr,
    len: *mut socklen_t,
    flags: c_int,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::accept4(fd, addr.cast(), len, flags) }.or_minus_one()
}

/// The socket's own address. POSIX `getsockname`.
///
/// # Safety
/// `addr` and `len` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getsockname(fd: c_int, addr: *mut sockaddr, len: *mut socklen_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { net::getsockname(fd, addr.cast(), len) }.or_minus_one()
}

/// The address of the other end. POSIX `getpeername`.
///
/// # Safety
/// `addr` and `len` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpeername(fd: c_int, addr: *mut sockaddr, len: *mut socklen_t) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { net::getpeername(fd, addr.cast(), len) }.or_minus_one()
}

/// Reads an option. POSIX `getsockopt`.
///
/// # Safety
/// `value` and `len` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getsockopt(
    fd: c_int,
    level: c_int,
    name: c_int,
    value: *mut c_void,
    len: *mut socklen_t,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { net::getsockopt(fd, level, name, value, len) }.or_minus_one()
}

/// Sets an option. POSIX `setsockopt`.
///
/// # Safety
/// `value` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setsockopt(
    fd: c_int,
    level: c_int,
    name: c_int,
    value: *const c_void,
    len: socklen_t,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { net::setsockopt(fd, level, name, value, len) }.or_minus_one()
}

/// Ends one or both directions. POSIX `shutdown`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn shutdown(fd: c_int, how: c_int) -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { net::shutdown(fd, how) }.or_minus_one()
}

/// Sends on a connected socket. POSIX `send`.
///
/// # Safety
/// `buf` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn send(fd: c_int, buf: *const c_void, len: size_t, flags: c_int) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::sendto(fd, buf, len, flags, ptr::null(), 0) }.or_minus_one()
}

/// Sends to an address. POSIX `sendto`.
///
/// # Safety
/// `buf` and `addr` are readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sendto(
    fd: c_int,
    buf: *const c_void,
    len: size_t,
    flags: c_int,
    addr: *const sockaddr,
    addr_len: socklen_t,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::sendto(fd, buf, len, flags, addr.cast(), addr_len) }.or_minus_one()
}

/// Sends a message. POSIX `sendmsg`.
///
/// # Safety
/// `msg` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sendmsg(fd: c_int, msg: *const msghdr, flags: c_int) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::sendmsg(fd, msg.cast(), flags) }.or_minus_one()
}

/// Sends several messages. sendmmsg(2).
///
/// # Safety
/// `msgs` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sendmmsg(fd: c_int, msgs: *mut mmsghdr, n: c_uint, flags: c_int) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::sendmmsg(fd, msgs.cast(), n, flags) }.or_minus_one()
}

/// Receives. POSIX `recv`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn recv(fd: c_int, buf: *mut c_void, len: size_t, flags: c_int) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::recvfrom(fd, buf, len, flags, ptr::null_mut(), ptr::null_mut()) }
        .or_minus_one()
}

/// Receives and says from whom. POSIX `recvfrom`.
///
/// # Safety
/// `buf`, `addr` and `addr_len` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn recvfrom(
    fd: c_int,
    buf: *mut c_void,
    len: size_t,
    flags: c_int,
    addr: *mut sockaddr,
    addr_len: *mut socklen_t,
) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::recvfrom(fd, buf, len, flags, addr.cast(), addr_len) }.or_minus_one()
}

/// Receives a message. POSIX `recvmsg`.
///
/// # Safety
/// `msg` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn recvmsg(fd: c_int, msg: *mut msghdr, flags: c_int) -> ssize_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::recvmsg(fd, msg.cast(), flags) }.or_minus_one()
}

/// Receives several messages. recvmmsg(2).
///
/// # Safety
/// `msgs` and `timeout` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn recvmmsg(
    fd: c_int,
    msgs: *mut mmsghdr,
    n: c_uint,
    flags: c_int,
    timeout: *mut timespec,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { points::recvmmsg(fd, msgs.cast(), n, flags, timeout.cast()) }.or_minus_one()
}

/// Whether the next byte is at the out-of-band mark. POSIX `sockatmark`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sockatmark(fd: c_int) -> c_int {
    let mut at: c_int = 0;
    // SAFETY: SIOCATMARK writes one int.
    unsafe { fs::ioctl(fd, SIOCATMARK, (&raw mut at).cast()) }
        .map(|_| at)
        .or_minus_one()
}

/// Whether the descriptor's type is `kind` (`S_IF*`). isfdtype(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn isfdtype(fd: c_int, kind: c_int) -> c_int {
    let mut status = core::mem::MaybeUninit::<crate::sys_stat::stat>::zeroed();
    // SAFETY: fstat fills the structure, and zeroes are a valid one.
    unsafe {
        fs::fstat(fd, status.as_mut_ptr().cast()).map(|_| {
            c_int::from(status.assume_init().st_mode & crate::sys_stat::S_IFMT == kind as mode_t)
        })
    }
    .or_minus_one()
}

/// The next item of control data, or null: what `CMSG_NXTHDR` calls.
///
/// # Safety
/// `msg` and `item` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __cmsg_nxthdr(msg: *mut msghdr, item: *mut cmsghdr) -> *mut cmsghdr {
    let round = |n: usize| n.checked_next_multiple_of(size_of::<size_t>());
    // SAFETY: the caller's message and an item in it.
    unsafe {
        let offset = item.addr() - (*msg).msg_control.addr();
        let next = (|| {
            if (*item).cmsg_len < size_of::<cmsghdr>() {
                return None;
            }
            let next = offset.checked_add(round((*item).cmsg_len)?)?;
            let head_end = next.checked_add(size_of::<cmsghdr>())?;
            if head_end > (*msg).msg_controllen {
                return None;
            }
            let head = (*msg).msg_control.cast::<u8>().add(next).cast::<cmsghdr>();
            let end = next.checked_add(round((*head).cmsg_len)?)?;
            (end <= (*msg).msg_controllen).then_some(head)
        })();
        next.unwrap_or(ptr::null_mut())
    }
}
