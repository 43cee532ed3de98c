//! The POSIX type names (`<sys/types.h>`) with their x86-64 widths; every header module uses them from here.
#![allow(non_camel_case_types)]

pub use core::ffi::{
    c_char, c_double, c_float, c_int, c_long, c_longlong, c_schar, c_short, c_uchar, c_uint,
    c_ulong, c_ulonglong, c_ushort, c_void,
};

/// Size of an object in bytes.
pub type size_t = usize;
/// A size or -1.
pub type ssize_t = isize;
/// Difference of two pointers.
pub type ptrdiff_t = isize;
/// Signed integer as wide as a pointer.
pub type intptr_t = isize;
/// Unsigned integer as wide as a pointer.
pub type uintptr_t = usize;
/// Widest signed integer.
pub type intmax_t = i64;
/// Widest unsigned integer.
pub type uintmax_t = u64;
/// Wide character (UTF-32 code point).
pub type wchar_t = i32;
/// Wide character or `WEOF`.
pub type wint_t = u32;
/// Character class handle of `<wctype.h>`.
pub type wctype_t = c_ulong;
/// Character mapping handle of `<wctype.h>`.
pub type wctrans_t = *const i32;

/// File offset in bytes.
pub type off_t = i64;
/// The same as [`off_t`]: the name of the LFS interfaces.
pub type off64_t = i64;
/// File mode: type and permission bits.
pub type mode_t = u32;
/// Device number.
pub type dev_t = u64;
/// File serial number.
pub type ino_t = u64;
/// The same as [`ino_t`].
pub type ino64_t = u64;
/// Number of hard links.
pub type nlink_t = u64;
/// I/O block size in bytes.
pub type blksize_t = i64;
/// Number of 512-byte blocks.
pub type blkcnt_t = i64;
/// File system block count.
pub type fsblkcnt_t = u64;
/// File system file count.
pub type fsfilcnt_t = u64;

/// Process, process group or session id.
pub type pid_t = i32;
/// User id.
pub type uid_t = u32;
/// Group id.
pub type gid_t = u32;
/// Any of the ids `waitid` takes.
pub type id_t = u32;
/// System V IPC key.
pub type key_t = c_int;

/// Seconds since the Epoch.
pub type time_t = i64;
/// Microseconds, signed.
pub type suseconds_t = i64;
/// Microseconds, unsigned.
pub type useconds_t = u32;
/// Processor time in `CLOCKS_PER_SEC` units.
pub type clock_t = c_long;
/// Clock identifier.
pub type clockid_t = c_int;
/// POSIX timer identifier.
pub type timer_t = *mut c_void;

/// Length of a socket address in bytes.
pub type socklen_t = u32;
/// Socket address family.
pub type sa_family_t = u16;
/// Port number in network byte order.
pub type in_port_t = u16;
/// IPv4 address in network byte order.
pub type in_addr_t = u32;
/// Count of `pollfd` entries.
pub type nfds_t = c_ulong;
/// Resource limit value.
pub type rlim_t = u64;

/// A point in time or a duration with nanoseconds (`<time.h>`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct timespec {
    /// Whole seconds.
    pub tv_sec: time_t,
    /// Nanoseconds, 0 to 999,999,999.
    pub tv_nsec: c_long,
}

/// A point in time or a duration with microseconds (`<sys/time.h>`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct timeval {
    /// Whole seconds.
    pub tv_sec: time_t,
    /// Microseconds, 0 to 999,999.
    pub tv_usec: suseconds_t,
}

/// A timer's setting (`<time.h>`).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct itimerspec {
    /// Time between expiries; zero is once.
    pub it_interval: timespec,
    /// Time to the next expiry; zero is off.
    pub it_value: timespec,
}

/// Scheduling parameters (`<sched.h>`).
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct sched_param {
    /// The priority.
    pub sched_priority: c_int,
}

/// One piece of a scattered buffer (`<sys/uio.h>`).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct iovec {
    /// Start of the piece.
    pub iov_base: *mut c_void,
    /// Its length in bytes.
    pub iov_len: size_t,
}

/// A set of signals (`<signal.h>`): 1,024 bits in the C interface, of which the kernel knows the first 64.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct sigset_t {
    /// Bit `n - 1` of the first word stands for signal `n`.
    pub bits: [u64; 16],
}

check_layout!(timespec = libc::timespec { tv_sec, tv_nsec });
check_layout!(timeval = libc::timeval { tv_sec, tv_usec });
check_layout!(
    itimerspec = libc::itimerspec {
        it_interval,
        it_value
    }
);
check_layout!(sched_param = libc::sched_param { sched_priority });
check_layout!(iovec = libc::iovec { iov_base, iov_len });
check_layout!(sigset_t = libc::sigset_t);
check_layout!(mode_t = libc::mode_t);
check_layout!(dev_t = libc::dev_t);
check_layout!(nlink_t = libc::nlink_t);
check_layout!(blksize_t = libc::blksize_t);
check_layout!(clock_t = libc::clock_t);
check_layout!(useconds_t = libc::useconds_t);
check_layout!(timer_t = libc::timer_t);
check_layout!(nfds_t = libc::nfds_t);
