//! `sys/ioctl.h`: device control, and the terminal requests that the library uses itself.

use crate::errno::CResult;
use crate::platform::calls::fs;
use crate::types::*;

/// Read the terminal attributes.
pub const TCGETS: c_ulong = 0x5401;
/// Set the terminal attributes now; the next two numbers wait for output, and drop input as well.
pub const TCSETS: c_ulong = 0x5402;
/// Send a break, or with a nonzero argument wait for output.
pub const TCSBRK: c_ulong = 0x5409;
/// Stop and start the flow.
pub const TCXONC: c_ulong = 0x540a;
/// Drop queued data.
pub const TCFLSH: c_ulong = 0x540b;
/// Make a terminal the controlling one.
pub const TIOCSCTTY: c_ulong = 0x540e;
/// Read the foreground process group.
pub const TIOCGPGRP: c_ulong = 0x540f;
/// Set the foreground process group.
pub const TIOCSPGRP: c_ulong = 0x5410;
/// Read the window size.
pub const TIOCGWINSZ: c_ulong = 0x5413;
/// Set the window size.
pub const TIOCSWINSZ: c_ulong = 0x5414;
/// Send a break of a given length.
pub const TCSBRKP: c_ulong = 0x5425;
/// Read the session.
pub const TIOCGSID: c_ulong = 0x5429;
/// Read the number of a pseudo-terminal.
pub const TIOCGPTN: c_ulong = 0x8004_5430;
/// Lock or unlock a pseudo-terminal.
pub const TIOCSPTLCK: c_ulong = 0x4004_5431;
/// Whether the read position is at the out-of-band mark.
pub const SIOCATMARK: c_ulong = 0x8905;

/// A terminal's size.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
#[allow(non_camel_case_types)]
pub struct winsize {
    /// Rows of characters.
    pub ws_row: c_ushort,
    /// Columns of characters.
    pub ws_col: c_ushort,
    /// Width in pixels, unused.
    pub ws_xpixel: c_ushort,
    /// Height in pixels, unused.
    pub ws_ypixel: c_ushort,
}
check_layout!(
    winsize = libc::winsize {
        ws_row,
        ws_col,
        ws_xpixel,
        ws_ypixel
    }
);

/// Asks a device for `request`; `arg` is a pointer, an int or absent, as the request says. ioctl(2).
///
/// # Safety
/// `arg` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ioctl(fd: c_int, request: c_ulong, arg: *mut c_void) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::ioctl(fd, request, arg) }.or_minus_one()
}
