//! Wide input and output: `fgetwc`, `fputwc`, `fgetws`, `ungetwc`, `fwide` and relatives (ISO C 7.29.3).
//!
//! A wide stream's bytes are in the locale's encoding; the buffer below is the same as for byte streams.

use super::file::{FILE, flag};
use super::multibyte::{Decoded, MB_LEN_MAX, decode, encode};
use super::standard::{standard_input, standard_output};
use crate::errno::Errno;
use crate::types::*;
use crate::wchar::multibyte::WEOF;

impl FILE {
    /// Chooses wide orientation; false when the stream is of bytes.
    pub(super) fn be_wide(&mut self) -> bool {
        if self.orientation == 0 {
            self.orientation = 1;
        }
        self.orientation > 0
    }

    /// The next character, or `WEOF` at the end or on an error (`EILSEQ` for bytes that are none), which is then noted.
    pub(super) fn get_wide(&mut self) -> wint_t {
        self.be_wide();
        loop {
            let mut state = self.read_state;
            let ready = self.readable();
            if ready.is_empty() {
                if !state.is_initial() && self.has(flag::EOF) {
                    self.read_state = Default::default();
                    self.fail(Errno::EILSEQ);
                }
                return WEOF;
            }
            let count = ready.len();
            let result = decode(ready, &mut state);
            self.read_state = state;
            match result {
                Ok(Decoded::Character(wide, length)) => {
                    self.consume(length);
                    return wide as wint_t;
                }
                Ok(Decoded::Incomplete) => self.consume(count),
                Err(errno) => {
                    self.read_state = Default::default();
                    self.fail(errno);
                    return WEOF;
                }
            }
        }
    }

    /// Reads up to `room` characters, none after a newline; fewer at the end or on an error, which is then noted.
    ///
    /// # Safety
    /// `to` is writable for `room` characters.
    unsafe fn get_wide_line(&mut self, to: *mut wchar_t, room: usize) -> usize {
        const NEWLINE: wint_t = b'\n' as wint_t;
        self.be_wide();
        let mut done = 0;
        while done < room {
            if self.read_state.is_initial() {
                // ASCII is the same in every encoding there is.
                let mut last = 0;
                let ready = self.readable();
                let most = ready.len().min(room - done);
                let mut count = 0;
                while count < most && last != b'\n' && ready[count] < 0x80 {
                    last = ready[count];
                    // SAFETY: done + count < room.
                    unsafe { to.add(done + count).write(last.into()) };
                    count += 1;
                }
                if count > 0 {
                    self.consume(count);
                    done += count;
                    if last == b'\n' {
                        break;
                    }
                    continue;
                }
            }
            let wide = self.get_wide();
            if wide == WEOF {
                break;
            }
            // SAFETY: done < room.
            unsafe { to.add(done).write(wide as wchar_t) };
            done += 1;
            if wide == NEWLINE {
                break;
            }
        }
        done
    }

    /// Writes a character; the character, or `WEOF` on an error, which is then noted.
    pub(super) fn put_wide(&mut self, wide: wchar_t) -> wint_t {
        self.be_wide();
        let mut bytes = [0; MB_LEN_MAX];
        match encode(wide, &mut bytes, &mut self.write_state) {
            Ok(length) if self.write_bytes(&bytes[..length]) == length => wide as wint_t,
            Ok(_) => WEOF,
            Err(errno) => {
                self.fail(errno);
                WEOF
            }
        }
    }

    /// Pushes a character back; false when that is impossible.
    pub(super) fn push_back_wide(&mut self, wide: wchar_t) -> bool {
        let mut bytes = [0; MB_LEN_MAX];
        match encode(wide, &mut bytes, &mut Default::default()) {
            Ok(length) => self.push_back(&bytes[..length]),
            Err(_) => false,
        }
    }
}

/// The next character, or `WEOF` at the end or on an error.
///
/// # Errors
/// `EILSEQ`, those of fgetc.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetwc(file: *mut FILE) -> wint_t {
    // SAFETY: the caller's duty.
    unsafe { FILE::lock(file) }.get_wide()
}
crate::alias!(getwc = fgetwc);
crate::alias!(fgetwc_unlocked = fgetwc);
crate::alias!(getwc_unlocked = fgetwc);

/// [`fgetwc`] of `stdin`.
///
/// # Safety
/// `stdin` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getwchar() -> wint_t {
    // SAFETY: the caller's duty.
    unsafe { fgetwc(standard_input()) }
}
crate::alias!(getwchar_unlocked = getwchar);

/// Writes a character; the character, or `WEOF` on an error.
///
/// # Errors
/// `EILSEQ`, those of fputc.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fputwc(wide: wchar_t, file: *mut FILE) -> wint_t {
    // SAFETY: the caller's duty.
    unsafe { FILE::lock(file) }.put_wide(wide)
}
crate::alias!(putwc = fputwc);
crate::alias!(fputwc_unlocked = fputwc);
crate::alias!(putwc_unlocked = fputwc);

/// [`fputwc`] to `stdout`.
///
/// # Safety
/// `stdout` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn putwchar(wide: wchar_t) -> wint_t {
    // SAFETY: the caller's duty.
    unsafe { fputwc(wide, standard_output()) }
}
crate::alias!(putwchar_unlocked = putwchar);

/// Reads a line, newline included, but at most `size - 1` characters, and terminates it. Null at the end or on an error.
///
/// # Safety
/// `to` is writable for `size` characters, `file` an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetws(to: *mut wchar_t, size: c_int, file: *mut FILE) -> *mut wchar_t {
    // SAFETY: the caller's duty.
    let mut file = unsafe { FILE::lock(file) };
    let Some(room) = usize::try_from(size).ok().and_then(|n| n.checked_sub(1)) else {
        return core::ptr::null_mut();
    };
    // An error that an earlier operation noted doesn't spoil this one.
    let old_error = file.flags & flag::ERROR;
    file.flags &= !flag::ERROR;
    // SAFETY: the caller's duty; the terminator has its place behind `room`.
    let done = unsafe { file.get_wide_line(to, room) };
    let failed = file.has(flag::ERROR);
    file.flags |= old_error;
    if room > 0 && (done == 0 || failed) {
        return core::ptr::null_mut();
    }
    // SAFETY: done ≤ room < size.
    unsafe { to.add(done).write(0) };
    to
}
crate::alias!(fgetws_unlocked = fgetws);

/// Writes a wide string without its terminator; a non-negative number, or −1 on an error.
///
/// # Safety
/// `s` is a wide string, `file` an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fputws(mut s: *const wchar_t, file: *mut FILE) -> c_int {
    const ROOM: usize = 512;
    let mut bytes = [0_u8; ROOM];
    // SAFETY: the caller's duty; the position stops at the terminator.
    unsafe {
        let mut file = FILE::lock(file);
        file.be_wide();
        let mut count = 0;
        loop {
            let wide = *s;
            if wide == 0 || count + MB_LEN_MAX > ROOM {
                if file.write_bytes(&bytes[..count]) != count {
                    return -1;
                }
                if wide == 0 {
                    return 1;
                }
                count = 0;
            }
            s = s.add(1);
            if (1..0x80).contains(&wide) {
                // ASCII is the same in every encoding there is, and none has states.
                bytes[count] = wide as u8;
                count += 1;
                continue;
            }
            let mut character = [0; MB_LEN_MAX];
            match encode(wide, &mut character, &mut file.write_state) {
                Ok(length) => {
                    bytes[count..count + length].copy_from_slice(&character[..length]);
                    count += length;
                }
                Err(errno) => {
                    // What stands before it is written.
                    file.write_bytes(&bytes[..count]);
                    file.fail(errno);
                    return -1;
                }
            }
        }
    }
}
crate::alias!(fputws_unlocked = fputws);

/// Pushes a character back; the character, or `WEOF` when it is `WEOF` or there is no room.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ungetwc(wide: wint_t, file: *mut FILE) -> wint_t {
    if wide == WEOF {
        return WEOF;
    }
    // SAFETY: the caller's duty.
    let mut file = unsafe { FILE::lock(file) };
    file.be_wide();
    if file.push_back_wide(wide as wchar_t) {
        wide
    } else {
        WEOF
    }
}

/// Chooses the orientation of a stream that has none, wide for a positive `mode` and bytes for a negative one; the
/// orientation afterwards in the same way.
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fwide(file: *mut FILE, mode: c_int) -> c_int {
    // SAFETY: the caller's duty.
    let mut file = unsafe { FILE::lock(file) };
    if file.orientation == 0 {
        file.orientation = mode.signum() as i8;
    }
    c_int::from(file.orientation)
}
