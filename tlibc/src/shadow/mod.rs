//! `shadow.h`: passwords and their ages, from `/etc/shadow`. Built like `pwd`; shadow(3), shadow(5).

use crate::errno::{CResult as _, Errno, set_errno};
use crate::fcntl::{AT_FDCWD, O_CLOEXEC, O_CREAT, O_WRONLY};
use crate::platform::{
    self,
    calls::{fs, time},
};
use crate::stdio::FILE;
use crate::sync::Mutex;
use crate::textfile::{Line, Lines, Storage, is_field, next_of_stream};
use crate::types::*;
use crate::unistd::term::StaticBuffer;
use core::cell::UnsafeCell;
use core::ffi::CStr;
use core::ptr;

/// A user's password and its age. A number that the file does not have is -1.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct spwd {
    /// Login name.
    pub sp_namp: *mut c_char,
    /// Hashed password.
    pub sp_pwdp: *mut c_char,
    /// Day of the last change, since 1970-01-01.
    pub sp_lstchg: c_long,
    /// Days between changes at least.
    pub sp_min: c_long,
    /// Days between changes at most.
    pub sp_max: c_long,
    /// Days of warning before the password expires.
    pub sp_warn: c_long,
    /// Days after that until the account is closed.
    pub sp_inact: c_long,
    /// Day when the account expires, since 1970-01-01.
    pub sp_expire: c_long,
    /// Reserved.
    pub sp_flag: c_ulong,
}
check_layout!(
    spwd = libc::spwd {
        sp_namp,
        sp_pwdp,
        sp_lstchg,
        sp_min,
        sp_max,
        sp_warn,
        sp_inact,
        sp_expire,
        sp_flag
    }
);

const PATH: &CStr = c"/etc/shadow";

/// A number of days; -1 for an empty field, `None` for what is no number.
fn days(field: &[u8]) -> Option<c_long> {
    if field.is_empty() {
        return Some(-1);
    }
    let (negative, digits) = match field.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, field),
    };
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().try_fold(0, |value: c_long, byte| {
        byte.is_ascii_digit()
            .then(|| value.checked_mul(10)?.checked_add((byte - b'0').into()))?
    })?;
    Some(if negative { -value } else { value })
}

/// The entry that a line holds, if it holds one, with its strings in `storage`. Lines with two fields alone are as old
/// systems write them.
fn placed(line: &[u8], storage: &mut Storage) -> Result<Option<spwd>, Errno> {
    let mut parts = line.split(|byte| *byte == b':');
    let name = parts.next().unwrap_or(b"");
    let (Some(password), false) = (parts.next(), name.is_empty() || name[0] == b'#') else {
        return Ok(None);
    };
    let mut numbers = [-1; 7];
    for number in &mut numbers {
        let Some(part) = parts.next() else { break };
        let Some(value) = days(part) else {
            return Ok(None);
        };
        *number = value;
    }
    if parts.next().is_some() {
        return Ok(None);
    }
    let [last, min, max, warn, inactive, expire, flag] = numbers;
    Ok(Some(spwd {
        sp_namp: storage.string(name)?,
        sp_pwdp: storage.string(password)?,
        sp_lstchg: last,
        sp_min: min,
        sp_max: max,
        sp_warn: warn,
        sp_inact: inactive,
        sp_expire: expire,
        sp_flag: flag as c_ulong,
    }))
}

/// The next entry of the file.
fn next_of(lines: &mut Lines, storage: &mut Storage) -> Result<Option<spwd>, Errno> {
    while let Some(line) = lines.next_line()? {
        if let Some(entry) = placed(line, storage)? {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

/// A search of the whole file.
fn search(name: &[u8], storage: &mut Storage) -> Result<Option<spwd>, Errno> {
    let mut lines = match Lines::open(PATH) {
        Ok(lines) => lines,
        Err(Errno::ENOENT) => return Ok(None),
        Err(error) => return Err(error),
    };
    while let Some(line) = lines.next_line()? {
        if line
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with(b":"))
            && let Some(entry) = placed(line, storage)?
        {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

struct StaticEntry(UnsafeCell<spwd>);
// SAFETY: the manual says that the functions that use it are not thread-safe; a C program serialises them.
unsafe impl Sync for StaticEntry {}
static ENTRY: StaticEntry = StaticEntry(UnsafeCell::new(spwd {
    sp_namp: ptr::null_mut(),
    sp_pwdp: ptr::null_mut(),
    sp_lstchg: 0,
    sp_min: 0,
    sp_max: 0,
    sp_warn: 0,
    sp_inact: 0,
    sp_expire: 0,
    sp_flag: 0,
}));
/// Room for any line that `textfile` gives.
const STRINGS: usize = 8192;
static BUFFER: StaticBuffer<STRINGS> = StaticBuffer::new();

fn storage() -> Storage {
    // SAFETY: the static buffer lives for ever.
    unsafe { Storage::new(BUFFER.get(), STRINGS) }
}

/// What the functions with a static entry do with a result.
fn deliver_static(found: Result<Option<spwd>, Errno>) -> *mut spwd {
    match found {
        Ok(Some(entry)) => {
            // SAFETY: see StaticEntry.
            unsafe { ENTRY.0.get().write(entry) };
            ENTRY.0.get()
        }
        Ok(None) => ptr::null_mut(),
        Err(error) => {
            set_errno(error);
            ptr::null_mut()
        }
    }
}

/// What the `_r` functions do with a result; `none` is the error for no entry.
///
/// # Safety
/// `entry` and `result` are writable.
unsafe fn deliver(
    found: Result<Option<spwd>, Errno>,
    entry: *mut spwd,
    result: *mut *mut spwd,
    none: c_int,
) -> c_int {
    // SAFETY: the caller's pointers.
    unsafe {
        result.write(ptr::null_mut());
        match found {
            Ok(Some(user)) => {
                entry.write(user);
                result.write(entry);
                0
            }
            Ok(None) => none,
            Err(error) => error.0,
        }
    }
}

/// Finds a user; the entry is static. Null with `errno` untouched when there is none, `EACCES` for who may not read the
/// file. getspnam(3).
///
/// # Safety
/// `name` points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getspnam(name: *const c_char) -> *mut spwd {
    // SAFETY: the caller's string.
    deliver_static(search(
        unsafe { CStr::from_ptr(name) }.to_bytes(),
        &mut storage(),
    ))
}

/// [`getspnam`] with the caller's buffer; returns an error number. getspnam_r(3).
///
/// # Safety
/// `name` points to a NUL-terminated string; `entry`, `buf` of `size` bytes and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getspnam_r(
    name: *const c_char,
    entry: *mut spwd,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut spwd,
) -> c_int {
    // SAFETY: the caller's string, buffer and pointers.
    unsafe {
        let found = search(
            CStr::from_ptr(name).to_bytes(),
            &mut Storage::new(buf.cast(), size),
        );
        deliver(found, entry, result, 0)
    }
}

/// The file that `getspent` goes through.
static OPEN: Mutex<Option<Lines>> = Mutex::new(None);

fn next(storage: &mut Storage) -> Result<Option<spwd>, Errno> {
    let mut open = OPEN.lock();
    if open.is_none() {
        *open = Some(Lines::open(PATH)?);
    }
    match open.as_mut() {
        Some(lines) => next_of(lines, storage),
        None => Ok(None),
    }
}

/// The next user; the entry is static. getspent(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getspent() -> *mut spwd {
    deliver_static(next(&mut storage()))
}

/// [`getspent`] with the caller's buffer; `ENOENT` at the end. getspent_r(3).
///
/// # Safety
/// `entry`, `buf` of `size` bytes and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getspent_r(
    entry: *mut spwd,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut spwd,
) -> c_int {
    // SAFETY: the caller's buffer and pointers.
    unsafe {
        let found = next(&mut Storage::new(buf.cast(), size));
        deliver(found, entry, result, Errno::ENOENT.0)
    }
}

/// Starts `getspent` over. setspent(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setspent() {
    *OPEN.lock() = None;
}

/// Ends `getspent`. endspent(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn endspent() {
    *OPEN.lock() = None;
}

/// The next user of a file that has the form of `/etc/shadow`; the entry is static. fgetspent(3).
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetspent(file: *mut FILE) -> *mut spwd {
    // SAFETY: the caller's stream.
    deliver_static(unsafe { next_of_stream(file, |line| placed(line, &mut storage())) })
}

/// [`fgetspent`] with the caller's buffer; `ENOENT` at the end. fgetspent_r(3).
///
/// # Safety
/// `file` is an open stream; `entry`, `buf` of `size` bytes and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetspent_r(
    file: *mut FILE,
    entry: *mut spwd,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut spwd,
) -> c_int {
    // SAFETY: the caller's stream, buffer and pointers.
    unsafe {
        let found = next_of_stream(file, |line| {
            placed(line, &mut Storage::new(buf.cast(), size))
        });
        deliver(found, entry, result, Errno::ENOENT.0)
    }
}

/// The entry that a line of text holds; static. sgetspent(3).
///
/// # Safety
/// `line` points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sgetspent(line: *const c_char) -> *mut spwd {
    // SAFETY: the caller's string.
    let line = unsafe { CStr::from_ptr(line) }.to_bytes();
    deliver_static(placed(
        line.strip_suffix(b"\n").unwrap_or(line),
        &mut storage(),
    ))
}

/// [`sgetspent`] with the caller's buffer; `EINVAL` for a line that is no entry. sgetspent_r(3).
///
/// # Safety
/// `line` points to a NUL-terminated string; `entry`, `buf` of `size` bytes and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sgetspent_r(
    line: *const c_char,
    entry: *mut spwd,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut spwd,
) -> c_int {
    // SAFETY: the caller's string, buffer and pointers.
    unsafe {
        let line = CStr::from_ptr(line).to_bytes();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let found = placed(line, &mut Storage::new(buf.cast(), size));
        deliver(found, entry, result, Errno::EINVAL.0)
    }
}

/// Writes a user's line; `EINVAL` for names and passwords with a colon or a newline. putspent(3).
///
/// # Safety
/// `entry` is an entry whose strings are null or strings; `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn putspent(entry: *const spwd, file: *mut FILE) -> c_int {
    // SAFETY: the caller's entry and stream.
    unsafe { put(&*entry, file) }.or_minus_one()
}

/// # Safety
/// As for [`putspent`].
unsafe fn put(entry: &spwd, file: *mut FILE) -> Result<c_int, Errno> {
    // SAFETY: the caller's entry and stream.
    unsafe {
        if entry.sp_namp.is_null() || !is_field(entry.sp_namp) || !is_field(entry.sp_pwdp) {
            return Err(Errno::EINVAL);
        }
        let mut line = Line::default();
        line.string(entry.sp_namp)?;
        line.bytes(b":")?;
        line.string(entry.sp_pwdp)?;
        for number in [
            entry.sp_lstchg,
            entry.sp_min,
            entry.sp_max,
            entry.sp_warn,
            entry.sp_inact,
            entry.sp_expire,
            entry.sp_flag as c_long,
        ] {
            line.bytes(b":")?;
            if number != -1 {
                line.number(number)?;
            }
        }
        line.bytes(b"\n")?;
        line.write(file).map(|()| 0)
    }
}

/// The lock that programs which change the file hold: a descriptor.
static LOCK: Mutex<Option<c_int>> = Mutex::new(None);

/// What fcntl(2) takes to lock a file.
#[repr(C)]
struct FileLock {
    kind: c_short,
    whence: c_short,
    start: off_t,
    len: off_t,
    pid: pid_t,
}

fn lock_file() -> Result<c_int, Errno> {
    const F_SETLK: c_int = 6;
    const F_WRLCK: c_short = 1;
    // The manual's patience: 15 seconds.
    const TRIES: usize = 150;
    let mut held = LOCK.lock();
    if held.is_some() {
        return Err(Errno::EINVAL);
    }
    let fd = platform::openat(
        AT_FDCWD,
        c"/etc/.pwd.lock",
        O_WRONLY | O_CREAT | O_CLOEXEC,
        0o600,
    )?;
    let lock = FileLock {
        kind: F_WRLCK,
        whence: 0,
        start: 0,
        len: 0,
        pid: 0,
    };
    let mut result = Err(Errno::EAGAIN);
    for _ in 0..TRIES {
        // SAFETY: the kernel reads one structure.
        result = unsafe { fs::fcntl(fd, F_SETLK, ptr::from_ref(&lock).addr()) };
        if !matches!(result, Err(Errno::EAGAIN | Errno::EACCES)) {
            break;
        }
        let pause = timespec {
            tv_sec: 0,
            tv_nsec: 100_000_000,
        };
        // SAFETY: the kernel reads one structure. Interrupted, it is tried again a little early.
        let _ = unsafe { time::nanosleep(&pause, ptr::null_mut()) };
    }
    match result {
        Ok(_) => {
            *held = Some(fd);
            Ok(0)
        }
        Err(error) => {
            // Nothing was written: nothing is lost when close fails.
            let _ = platform::close(fd);
            Err(error)
        }
    }
}

/// Locks the user files against other programs; waits for 15 seconds at most. lckpwdf(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn lckpwdf() -> c_int {
    lock_file().or_minus_one()
}

/// Unlocks what [`lckpwdf`] has locked. ulckpwdf(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ulckpwdf() -> c_int {
    LOCK.lock()
        .take()
        .ok_or(Errno::EINVAL)
        .and_then(platform::close)
        .map(|_| 0)
        .or_minus_one()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_entries() {
        let mut room = [0_u8; 200];
        let mut read = |line: &[u8]| {
            // SAFETY: the array's bytes.
            let mut storage = unsafe { Storage::new(room.as_mut_ptr(), room.len()) };
            placed(line, &mut storage).unwrap()
        };
        let user = read(b"root:*:19000:0:99999:7:::").unwrap();
        assert_eq!(
            (user.sp_lstchg, user.sp_max, user.sp_inact, user.sp_flag),
            (19_000, 99_999, -1, c_ulong::MAX)
        );
        assert_eq!(read(b"a:").unwrap().sp_min, -1);
        for bad in [
            &b""[..],
            b"a",
            b":x:1",
            b"#a:x",
            b"a:x:y",
            b"a:x:1:2:3:4:5:6:7:8",
        ] {
            assert!(read(bad).is_none(), "{bad:?}");
        }
    }
}
