//! `shadow.h`: passwords and their ages, from `/etc/shadow`. Built like `pwd`; shadow(3), shadow(5).

use crate::errno::{CResult as _, Errno};
use crate::fcntl::{AT_FDCWD, O_CLOEXEC, O_CREAT, O_WRONLY};
use crate::platform::{
    self,
    calls::{fs, time},
};
use crate::stdio::FILE;
use crate::sync::Mutex;
use crate::textfile::database::{Database, Entry, Place};
use crate::textfile::{Line, Storage, is_field};
use crate::types::*;
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

/// One line of the file.
pub struct Fields<'a> {
    name: &'a [u8],
    password: &'a [u8],
    numbers: [c_long; 7],
}

impl Entry for spwd {
    const PATH: &'static CStr = c"/etc/shadow";
    type Fields<'a> = Fields<'a>;

    /// As glibc: nine fields, or eight without the flags, or five as old systems write them, with a colon behind or without.
    fn parse(line: &[u8]) -> Option<Fields<'_>> {
        let mut parts = line.trim_ascii_start().split(|byte| *byte == b':');
        let name = parts.next().filter(|n| !n.is_empty() && n[0] != b'#')?;
        let password = parts.next()?;
        let mut numbers = [-1; 7];
        let mut count = 0;
        let mut last: &[u8] = b"";
        for (number, part) in numbers.iter_mut().zip(&mut parts) {
            last = part.trim_ascii_start();
            *number = days(last)?;
            count += 1;
        }
        let whole = matches!((count, last), (3 | 6 | 7, _) | (4, []));
        (whole && parts.next().is_none()).then_some(Fields {
            name,
            password,
            numbers,
        })
    }

    fn place(fields: &Fields, storage: &mut Storage) -> Result<spwd, Errno> {
        let [last, min, max, warn, inactive, expire, flag] = fields.numbers;
        Ok(spwd {
            sp_namp: storage.string(fields.name)?,
            sp_pwdp: storage.string(fields.password)?,
            sp_lstchg: last,
            sp_min: min,
            sp_max: max,
            sp_warn: warn,
            sp_inact: inactive,
            sp_expire: expire,
            sp_flag: flag as c_ulong,
        })
    }
}

/// The users.
static USERS: Database<spwd> = Database::closed();

/// Finds a user; the entry is static. Null with `errno` untouched when there is none, `EACCES` for who may not read the
/// file. getspnam(3).
///
/// # Safety
/// `name` points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getspnam(name: *const c_char) -> *mut spwd {
    // SAFETY: the caller's string.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    USERS.first(|f| f.name == name)
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
        let name = CStr::from_ptr(name).to_bytes();
        USERS.first_into(Place::new(entry, buf, size, result), |f| f.name == name)
    }
}

/// The next user; the entry is static. getspent(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getspent() -> *mut spwd {
    USERS.next()
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
    unsafe { USERS.next_into(Place::new(entry, buf, size, result)) }
}

/// Starts `getspent` over. setspent(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setspent() {
    USERS.rewind();
}

/// Ends `getspent`. endspent(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn endspent() {
    USERS.rewind();
}

/// The next user of a file that has the form of `/etc/shadow`; the entry is static. fgetspent(3).
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetspent(file: *mut FILE) -> *mut spwd {
    // SAFETY: the caller's stream.
    unsafe { USERS.next_of(file) }
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
    unsafe { USERS.next_of_into(file, Place::new(entry, buf, size, result)) }
}

/// The entry that a line of text holds; static. sgetspent(3).
///
/// # Safety
/// `line` points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sgetspent(line: *const c_char) -> *mut spwd {
    // SAFETY: the caller's string.
    USERS.of_line(unsafe { CStr::from_ptr(line) }.to_bytes())
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
        USERS.of_line_into(line, Place::new(entry, buf, size, result))
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
            spwd::parse(line).map(|fields| spwd::place(&fields, &mut storage).unwrap())
        };
        let user = read(b"root:*:19000:0:99999:7:::").unwrap();
        assert_eq!(
            (user.sp_lstchg, user.sp_max, user.sp_inact, user.sp_flag),
            (19_000, 99_999, -1, c_ulong::MAX)
        );
        assert_eq!(read(b" a::1:2:3").unwrap().sp_warn, -1);
        assert_eq!(read(b"a::1: 2:3:").unwrap().sp_min, 2);
        assert_eq!(read(b"a::1:2:3:4:5:6").unwrap().sp_expire, 6);
        for bad in [
            &b""[..],
            b"a",
            b":x:1",
            b"#a:x",
            b"a:",
            b"a:x:1",
            b"a:x:1:2:3:4",
            b"a:x:1:2:3:4:5",
            b"a:x:y:2:3:4:5:6:7",
            b"a:x:1:2:3:4:5:6:7:8",
        ] {
            assert!(read(bad).is_none(), "{bad:?}");
        }
    }
}
