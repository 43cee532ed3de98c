//! `mntent.h`: tables of mounted file systems, such as `/proc/mounts` and `/etc/fstab`, on stdio streams.

use crate::errno::{CResult as _, Errno};
use crate::stdio::FILE;
use crate::stdio::flush::fflush;
use crate::stdio::get::fgetc_unlocked;
use crate::stdio::open::{fclose, fopen};
use crate::stdio::seek::fseeko;
use crate::textfile::{Line, line_of_stream};
use crate::types::*;
use crate::vec::Vec;
use core::cell::UnsafeCell;
use core::ffi::CStr;
use core::ptr;

const SEEK_END: c_int = 2;

/// A line of the table.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct mntent {
    /// Device or server.
    pub mnt_fsname: *mut c_char,
    /// Mount point.
    pub mnt_dir: *mut c_char,
    /// Kind of file system.
    pub mnt_type: *mut c_char,
    /// Options, with commas between them.
    pub mnt_opts: *mut c_char,
    /// Days between dumps.
    pub mnt_freq: c_int,
    /// Pass of the check.
    pub mnt_passno: c_int,
}
check_layout!(
    mntent = libc::mntent {
        mnt_fsname,
        mnt_dir,
        mnt_type,
        mnt_opts,
        mnt_freq,
        mnt_passno
    }
);

/// Opens a table. getmntent(3).
///
/// # Safety
/// `path` and `mode` point to NUL-terminated strings; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setmntent(path: *const c_char, mode: *const c_char) -> *mut FILE {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fopen(path, mode) }
}

/// Closes a table; always 1. getmntent(3).
///
/// # Safety
/// `table` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn endmntent(table: *mut FILE) -> c_int {
    if !table.is_null() {
        // SAFETY: the caller's table. The interface has no way to report a failure.
        unsafe { fclose(table) };
    }
    1
}

/// Writes an entry at the end of a table, with what separates fields written as `\\040` and its like; 1 if it could not.
/// getmntent(3).
///
/// # Safety
/// `table` is an open stream, `entry` an entry with strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn addmntent(table: *mut FILE, entry: *const mntent) -> c_int {
    // SAFETY: the caller's stream and entry.
    match unsafe { add(table, entry) } {
        Ok(()) => 0,
        Err(error) => {
            crate::errno::set_errno(error);
            1
        }
    }
}

/// # Safety
/// As for [`addmntent`].
unsafe fn add(table: *mut FILE, entry: *const mntent) -> Result<(), Errno> {
    // SAFETY: the caller's stream and entry.
    unsafe {
        let entry = &*entry;
        let mut line = Line::default();
        for field in [
            entry.mnt_fsname,
            entry.mnt_dir,
            entry.mnt_type,
            entry.mnt_opts,
        ] {
            for &byte in CStr::from_ptr(field).to_bytes() {
                match byte {
                    b' ' => line.bytes(b"\\040")?,
                    b'\t' => line.bytes(b"\\011")?,
                    b'\n' => line.bytes(b"\\012")?,
                    b'\\' => line.bytes(b"\\134")?,
                    byte => line.bytes(&[byte])?,
                }
            }
            line.bytes(b" ")?;
        }
        line.number(entry.mnt_freq.into())?;
        line.bytes(b" ")?;
        line.number(entry.mnt_passno.into())?;
        line.bytes(b"\n")?;
        if fseeko(table, 0, SEEK_END) != 0 {
            return Err(crate::errno::errno());
        }
        line.write(table)?;
        // Other processes read the table too.
        match fflush(table) {
            0 => Ok(()),
            _ => Err(crate::errno::errno()),
        }
    }
}

/// The next word of a line: cut off with a NUL in place, with `\040` and its like undone. `None` at the end.
fn word(line: &mut [u8], at: &mut usize) -> Option<usize> {
    let blank = |b: u8| b == b' ' || b == b'\t' || b == b'\n';
    while *at < line.len() && blank(line[*at]) {
        *at += 1;
    }
    let start = *at;
    let (mut from, mut to) = (start, start);
    while from < line.len() && line[from] != 0 && !blank(line[from]) {
        let octal = |b: u8| (b'0'..=b'7').contains(&b).then(|| u32::from(b - b'0'));
        let escaped = match line.get(from..from + 4) {
            Some([b'\\', a, b, c]) => octal(*a)
                .zip(octal(*b))
                .zip(octal(*c))
                .map(|((a, b), c)| a << 6 | b << 3 | c),
            _ => None,
        };
        (line[to], from) = match escaped {
            Some(byte @ 0..=255) => (byte as u8, from + 4),
            _ => (line[from], from + 1),
        };
        to += 1;
    }
    if from == start {
        return None;
    }
    *at = (from + 1).min(line.len());
    if to < line.len() {
        line[to] = 0;
    }
    Some(start)
}

/// The entry in a line that ends with NUL, which is cut into its fields; `None` for an empty line and a comment.
fn parsed(line: &mut [u8]) -> Option<mntent> {
    let last = line.len() - 1;
    let mut at = 0;
    let mut fields = [last; 6];
    let mut n = 0;
    while n < 6
        && let Some(start) = word(line, &mut at)
    {
        fields[n] = start;
        n += 1;
    }
    if n == 0 || line[fields[0]] == b'#' {
        return None;
    }
    line[last] = 0;
    let text = |i: usize| line[fields[i]..].as_ptr().cast_mut().cast::<c_char>();
    let number = |i: usize| {
        let digits = line[fields[i]..].iter().take_while(|b| b.is_ascii_digit());
        digits.fold(0, |n: c_int, b| {
            n.saturating_mul(10).saturating_add(c_int::from(b - b'0'))
        })
    };
    Some(mntent {
        mnt_fsname: text(0),
        mnt_dir: text(1),
        mnt_type: text(2),
        mnt_opts: text(3),
        mnt_freq: number(4),
        mnt_passno: number(5),
    })
}

/// The next line of a stream in `room`, with a NUL in place of its newline; what there is no room for is passed over. How
/// many bytes it has with the NUL, `None` at the end.
///
/// # Safety
/// `table` is an open stream, and this thread has its lock; `room` has a place for the NUL.
unsafe fn cut_line(table: *mut FILE, room: &mut [u8]) -> Option<usize> {
    let mut n = 0;
    let mut any = false;
    // SAFETY: the caller's stream.
    while let Ok(byte) = u8::try_from(unsafe { fgetc_unlocked(table) }) {
        any = true;
        if byte == b'\n' {
            break;
        }
        if n < room.len() - 1 {
            room[n] = byte;
            n += 1;
        }
    }
    room[n] = 0;
    any.then_some(n + 1)
}

/// The next line of a table in the caller's buffer; null at the end. Lines longer than the buffer are cut.
/// getmntent_r(3).
///
/// # Safety
/// `table`, `entry` and `buf` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getmntent_r(
    table: *mut FILE,
    entry: *mut mntent,
    buf: *mut c_char,
    size: c_int,
) -> *mut mntent {
    if size < 2 {
        crate::errno::set_errno(Errno::EINVAL);
        return ptr::null_mut();
    }
    // SAFETY: the caller's table, entry and buffer of `size` bytes.
    unsafe {
        let room = buf.cast::<u8>();
        room.write_bytes(0, size as usize);
        let room = core::slice::from_raw_parts_mut(room, size as usize);
        let _lock = FILE::lock(table);
        while let Some(n) = cut_line(table, room) {
            if let Some(found) = parsed(&mut room[..n]) {
                entry.write(found);
                return entry;
            }
        }
    }
    ptr::null_mut()
}

/// What getmntent returns, and its line.
struct StaticEntry(UnsafeCell<(mntent, Vec<u8>)>);
// SAFETY: the manual page says getmntent is not thread-safe; a C program serialises its calls.
unsafe impl Sync for StaticEntry {}
static ENTRY: StaticEntry = StaticEntry(UnsafeCell::new((
    mntent {
        mnt_fsname: ptr::null_mut(),
        mnt_dir: ptr::null_mut(),
        mnt_type: ptr::null_mut(),
        mnt_opts: ptr::null_mut(),
        mnt_freq: 0,
        mnt_passno: 0,
    },
    Vec::new(),
)));

/// The next line of a table, as long as it may be; the entry is static. Null at the end, and with `ENOMEM`. getmntent(3).
///
/// # Safety
/// `table` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getmntent(table: *mut FILE) -> *mut mntent {
    // SAFETY: the caller's table; see StaticEntry.
    unsafe {
        let (entry, line) = &mut *ENTRY.0.get();
        let _lock = FILE::lock(table);
        let before = crate::errno::errno();
        let result = loop {
            match line_of_stream(table, line).and_then(|any| line.push(0).map(|()| any)) {
                Ok(true) => {
                    if let Some(found) = parsed(line) {
                        *entry = found;
                        break Ok(entry as *mut mntent);
                    }
                }
                Ok(false) => break Ok(ptr::null_mut()),
                Err(error) => break Err(error),
            }
        };
        crate::errno::set_errno(before);
        result.or_null()
    }
}

/// Where in the options `option` stands, or null. hasmntopt(3).
///
/// # Safety
/// `option` points to a NUL-terminated string; `entry` is readable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hasmntopt(entry: *const mntent, option: *const c_char) -> *mut c_char {
    // SAFETY: the caller's entry, of which the options are a string, and string.
    unsafe {
        let options = CStr::from_ptr((*entry).mnt_opts).to_bytes();
        let option = CStr::from_ptr(option).to_bytes();
        let mut at = 0;
        for part in options.split(|b| *b == b',') {
            // With its value or without.
            if matches!(part.strip_prefix(option), Some([] | [b'=', ..])) {
                return (*entry).mnt_opts.add(at);
            }
            at += part.len() + 1;
        }
    }
    ptr::null_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_and_unescaped() {
        let mut line = *b"/dev/a\\040b\t/m ext4\n\0";
        let mut at = 0;
        let mut seen = std::vec::Vec::new();
        while let Some(start) = word(&mut line, &mut at) {
            seen.push(
                CStr::from_bytes_until_nul(&line[start..])
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_string(),
            );
        }
        assert_eq!(seen, ["/dev/a b", "/m", "ext4"]);
    }

    #[test]
    fn options_are_found_whole() {
        let options = c"rw,nosuid,size=5";
        // SAFETY: null pointers and zeroes are valid.
        let mut entry: mntent = unsafe { core::mem::zeroed() };
        entry.mnt_opts = options.as_ptr().cast_mut();
        // SAFETY: strings.
        unsafe {
            assert_eq!(
                hasmntopt(&raw const entry, c"nosuid".as_ptr()),
                entry.mnt_opts.add(3)
            );
            assert_eq!(
                hasmntopt(&raw const entry, c"size".as_ptr()),
                entry.mnt_opts.add(10)
            );
            assert!(hasmntopt(&raw const entry, c"suid".as_ptr()).is_null());
        }
    }
}
