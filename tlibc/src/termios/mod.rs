//! `termios.h`: terminal attributes and line control.
//!
//! glibc's structure (60 bytes, 32 control characters, speeds of its own) is not the kernel's (36 bytes, 19
//! control characters, speeds in `c_cflag`): `kernel` converts. Neighbours: `pty`, `unistd::term`.

mod kernel;

use crate::errno::{CResult, Errno};
use crate::platform::calls::fs;
use crate::sys_ioctl::{
    TCFLSH, TCGETS, TCSBRK, TCSBRKP, TCSETS, TCXONC, TIOCGWINSZ, TIOCSWINSZ, winsize,
};
use crate::types::*;
use core::mem::MaybeUninit;
use kernel::KernelTermios;

/// A control character.
#[allow(non_camel_case_types)]
pub type cc_t = c_uchar;
/// A speed constant.
#[allow(non_camel_case_types)]
pub type speed_t = c_uint;
/// Flags.
#[allow(non_camel_case_types)]
pub type tcflag_t = c_uint;

/// Control characters in the C structure.
pub const NCCS: usize = 32;
/// `c_iflag`: ignore breaks.
pub const IGNBRK: tcflag_t = 0o1;
/// `c_iflag`: a break signals.
pub const BRKINT: tcflag_t = 0o2;
/// `c_iflag`: mark parity errors.
pub const PARMRK: tcflag_t = 0o10;
/// `c_iflag`: strip to 7 bits.
pub const ISTRIP: tcflag_t = 0o40;
/// `c_iflag`: newline to carriage return.
pub const INLCR: tcflag_t = 0o100;
/// `c_iflag`: ignore carriage returns.
pub const IGNCR: tcflag_t = 0o200;
/// `c_iflag`: carriage return to newline.
pub const ICRNL: tcflag_t = 0o400;
/// `c_iflag`: flow control of output.
pub const IXON: tcflag_t = 0o2000;
/// `c_oflag`: process output.
pub const OPOST: tcflag_t = 0o1;
/// `c_lflag`: signals from keys.
pub const ISIG: tcflag_t = 0o1;
/// `c_lflag`: lines.
pub const ICANON: tcflag_t = 0o2;
/// `c_lflag`: echo.
pub const ECHO: tcflag_t = 0o10;
/// `c_lflag`: echo newlines.
pub const ECHONL: tcflag_t = 0o100;
/// `c_lflag`: extensions.
pub const IEXTEN: tcflag_t = 0o100_000;
/// `c_cflag`: bits in a character.
pub const CSIZE: tcflag_t = 0o60;
/// `c_cflag`: 8 bits.
pub const CS8: tcflag_t = 0o60;
/// `c_cflag`: parity.
pub const PARENB: tcflag_t = 0o400;
/// `c_cflag`: the speed bits.
pub const CBAUD: tcflag_t = 0o10_017;
/// `c_iflag` as the library keeps it: the input speed is 0, "as the output speed".
const IBAUD0: tcflag_t = 0o20_000_000_000;
/// Index of the minimum of bytes.
pub const VMIN: usize = 6;
/// Index of the timeout in tenths of a second.
pub const VTIME: usize = 5;
/// `tcsetattr`: now.
pub const TCSANOW: c_int = 0;
/// `tcsetattr`: after output has been sent.
pub const TCSADRAIN: c_int = 1;
/// `tcsetattr`: the same, dropping input.
pub const TCSAFLUSH: c_int = 2;

/// Terminal attributes.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types)]
pub struct termios {
    /// Input modes.
    pub c_iflag: tcflag_t,
    /// Output modes.
    pub c_oflag: tcflag_t,
    /// Control modes.
    pub c_cflag: tcflag_t,
    /// Local modes.
    pub c_lflag: tcflag_t,
    /// Line discipline.
    pub c_line: cc_t,
    /// Control characters.
    pub c_cc: [cc_t; NCCS],
    /// Input speed constant.
    pub c_ispeed: speed_t,
    /// Output speed constant.
    pub c_ospeed: speed_t,
}
check_layout!(
    termios = libc::termios {
        c_iflag,
        c_oflag,
        c_cflag,
        c_lflag,
        c_line,
        c_cc,
        c_ispeed,
        c_ospeed
    }
);

/// Reads the terminal attributes. POSIX `tcgetattr`.
///
/// # Safety
/// `attributes` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tcgetattr(fd: c_int, attributes: *mut termios) -> c_int {
    let mut raw = MaybeUninit::<KernelTermios>::zeroed();
    // SAFETY: TCGETS fills the kernel's structure, and zeroes are a valid one; the caller's structure.
    unsafe {
        fs::ioctl(fd, TCGETS, raw.as_mut_ptr().cast())
            .map(|_| attributes.write(raw.assume_init().into()))
    }
    .or_minus_one()
}

/// Sets the terminal attributes now, after output, or after output and dropping input. POSIX `tcsetattr`.
///
/// # Safety
/// `attributes` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tcsetattr(fd: c_int, when: c_int, attributes: *const termios) -> c_int {
    if !(TCSANOW..=TCSAFLUSH).contains(&when) {
        return Err::<c_int, _>(Errno::EINVAL).or_minus_one();
    }
    // SAFETY: the caller's structure; TCSETS reads the kernel's.
    unsafe {
        let mut raw = KernelTermios::from(&*attributes);
        fs::ioctl(fd, TCSETS + when as c_ulong, (&raw mut raw).cast()).or_minus_one()
    }
}

/// An ioctl whose argument is a number.
fn command(fd: c_int, request: c_ulong, argument: c_int) -> c_int {
    // SAFETY: the requests used here take a number.
    unsafe {
        fs::ioctl(
            fd,
            request,
            core::ptr::without_provenance_mut(argument as usize),
        )
    }
    .or_minus_one()
}

/// Waits until output has been sent. POSIX `tcdrain`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tcdrain(fd: c_int) -> c_int {
    // SAFETY: the request takes a number.
    unsafe { crate::pthread::points::ioctl(fd, TCSBRK, 1) }.or_minus_one()
}

/// Stops or starts output or input. POSIX `tcflow`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tcflow(fd: c_int, action: c_int) -> c_int {
    command(fd, TCXONC, action)
}

/// Drops input, output or both. POSIX `tcflush`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tcflush(fd: c_int, queue: c_int) -> c_int {
    command(fd, TCFLSH, queue)
}

/// Milliseconds in tenths of a second, which the kernel counts in.
fn tenths(milliseconds: c_int) -> c_int {
    milliseconds.saturating_add(99) / 100
}

/// Sends a break: a quarter to half a second for 0, else `duration` milliseconds, as glibc, in whole tenths of a second.
/// POSIX `tcsendbreak`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tcsendbreak(fd: c_int, duration: c_int) -> c_int {
    if duration <= 0 {
        command(fd, TCSBRK, 0)
    } else {
        command(fd, TCSBRKP, tenths(duration))
    }
}

/// Reads the window size. POSIX.1-2024 `tcgetwinsize`.
///
/// # Safety
/// `size` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tcgetwinsize(fd: c_int, size: *mut winsize) -> c_int {
    // SAFETY: the caller's structure.
    unsafe { fs::ioctl(fd, TIOCGWINSZ, size.cast()) }.or_minus_one()
}

/// Sets the window size. POSIX.1-2024 `tcsetwinsize`.
///
/// # Safety
/// `size` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn tcsetwinsize(fd: c_int, size: *const winsize) -> c_int {
    // SAFETY: the caller's structure, which TIOCSWINSZ only reads.
    unsafe { fs::ioctl(fd, TIOCSWINSZ, size.cast_mut().cast()) }.or_minus_one()
}

/// Whether a number may be a speed constant: anything that fits the speed bits, as in glibc.
fn is_speed(speed: speed_t) -> bool {
    speed & !CBAUD == 0
}

/// The output speed constant. POSIX `cfgetospeed`.
///
/// # Safety
/// `attributes` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn cfgetospeed(attributes: *const termios) -> speed_t {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { (*attributes).c_cflag & CBAUD }
}

/// The input speed constant; 0 is "as the output speed". POSIX `cfgetispeed`.
///
/// # Safety
/// `attributes` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn cfgetispeed(attributes: *const termios) -> speed_t {
    // SAFETY: the caller's structure.
    unsafe {
        if (*attributes).c_iflag & IBAUD0 != 0 {
            0
        } else {
            (*attributes).c_cflag & CBAUD
        }
    }
}

/// Sets the output speed constant. POSIX `cfsetospeed`.
///
/// # Safety
/// `attributes` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn cfsetospeed(attributes: *mut termios, speed: speed_t) -> c_int {
    if !is_speed(speed) {
        return Err::<c_int, _>(Errno::EINVAL).or_minus_one();
    }
    // SAFETY: the caller's structure.
    unsafe {
        (*attributes).c_ospeed = speed;
        (*attributes).c_cflag = (*attributes).c_cflag & !CBAUD | speed;
    }
    0
}

/// Sets the input speed constant; one speed serves both directions, 0 keeps it. POSIX `cfsetispeed`.
///
/// # Safety
/// `attributes` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn cfsetispeed(attributes: *mut termios, speed: speed_t) -> c_int {
    if !is_speed(speed) {
        return Err::<c_int, _>(Errno::EINVAL).or_minus_one();
    }
    // SAFETY: the caller's structure.
    unsafe {
        (*attributes).c_ispeed = speed;
        if speed == 0 {
            (*attributes).c_iflag |= IBAUD0;
        } else {
            (*attributes).c_iflag &= !IBAUD0;
            (*attributes).c_cflag = (*attributes).c_cflag & !CBAUD | speed;
        }
    }
    0
}

/// Sets both speeds, by constant or in bits per second. cfsetspeed(3).
///
/// # Safety
/// `attributes` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn cfsetspeed(attributes: *mut termios, speed: speed_t) -> c_int {
    const SPEEDS: [(speed_t, speed_t); 31] = [
        (0, 0),
        (50, 1),
        (75, 2),
        (110, 3),
        (134, 4),
        (150, 5),
        (200, 6),
        (300, 7),
        (600, 0o10),
        (1200, 0o11),
        (1800, 0o12),
        (2400, 0o13),
        (4800, 0o14),
        (9600, 0o15),
        (19_200, 0o16),
        (38_400, 0o17),
        (57_600, 0o10_001),
        (115_200, 0o10_002),
        (230_400, 0o10_003),
        (460_800, 0o10_004),
        (500_000, 0o10_005),
        (576_000, 0o10_006),
        (921_600, 0o10_007),
        (1_000_000, 0o10_010),
        (1_152_000, 0o10_011),
        (1_500_000, 0o10_012),
        (2_000_000, 0o10_013),
        (2_500_000, 0o10_014),
        (3_000_000, 0o10_015),
        (3_500_000, 0o10_016),
        (4_000_000, 0o10_017),
    ];
    let Some((_, constant)) = SPEEDS
        .iter()
        .find(|(bps, constant)| *constant == speed || *bps == speed)
    else {
        return Err::<c_int, _>(Errno::EINVAL).or_minus_one();
    };
    // SAFETY: the caller's structure.
    unsafe {
        cfsetispeed(attributes, *constant);
        cfsetospeed(attributes, *constant)
    }
}

/// Sets the attributes to plain bytes both ways. cfmakeraw(3).
///
/// # Safety
/// `attributes` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn cfmakeraw(attributes: *mut termios) {
    // SAFETY: the caller's structure.
    let t = unsafe { &mut *attributes };
    t.c_iflag &= !(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    t.c_oflag &= !OPOST;
    t.c_lflag &= !(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    t.c_cflag = t.c_cflag & !(CSIZE | PARENB) | CS8;
    t.c_cc[VMIN] = 1;
    t.c_cc[VTIME] = 0;
}

// Newer versions take a number of bits per second in place of a constant.
crate::version!(cfgetospeed @ "GLIBC_2.2.5");
crate::version!(cfgetispeed @ "GLIBC_2.2.5");
crate::version!(cfsetospeed @ "GLIBC_2.2.5");
crate::version!(cfsetispeed @ "GLIBC_2.2.5");
crate::version!(cfsetspeed @ "GLIBC_2.2.5");

#[cfg(test)]
mod tests {
    use super::*;

    fn blank() -> termios {
        termios {
            c_iflag: 0,
            c_oflag: 0,
            c_cflag: 0,
            c_lflag: 0,
            c_line: 0,
            c_cc: [0; NCCS],
            c_ispeed: 0,
            c_ospeed: 0,
        }
    }

    #[test]
    fn breaks_are_as_long_as_they_are_told() {
        let times = [1, 100, 101, 500, c_int::MAX].map(tenths);
        assert_eq!(times, [1, 1, 2, 5, c_int::MAX / 100]);
    }

    #[test]
    fn speeds_are_glibcs() {
        for speed in 0..0o10_030 {
            let mut ours = blank();
            // SAFETY: live structures of one layout.
            unsafe {
                let mut theirs: libc::termios = core::mem::zeroed();
                let t = (
                    cfsetospeed(&raw mut ours, speed),
                    cfsetispeed(&raw mut ours, speed),
                );
                let l = (
                    libc::cfsetospeed(&raw mut theirs, speed),
                    libc::cfsetispeed(&raw mut theirs, speed),
                );
                assert_eq!(t, l, "{speed:o}");
                assert_eq!(
                    (ours.c_cflag, ours.c_iflag),
                    (theirs.c_cflag, theirs.c_iflag),
                    "{speed:o}"
                );
                assert_eq!(
                    cfgetospeed(&raw const ours),
                    libc::cfgetospeed(&raw const theirs)
                );
                assert_eq!(
                    cfgetispeed(&raw const ours),
                    libc::cfgetispeed(&raw const theirs)
                );
            }
        }
    }

    #[test]
    fn the_kernel_shape_round_trips() {
        let mut t = blank();
        t.c_iflag = ICRNL;
        t.c_lflag = ICANON | ECHO;
        t.c_cflag = CS8 | 0o15;
        t.c_cc[..19].copy_from_slice(&[7; 19]);
        let back = termios::from(KernelTermios::from(&t));
        assert_eq!(
            (back.c_iflag, back.c_lflag, back.c_cflag, back.c_ospeed),
            (t.c_iflag, t.c_lflag, t.c_cflag, 0o15)
        );
        assert_eq!(back.c_cc, t.c_cc);
    }
}
