//! `pwd.h`: users, from `/etc/passwd`.
//!
//! The `_r` functions read the file anew and place the strings in the caller's buffer; the others share one static
//! entry, as POSIX allows. What is the same for groups and shadow passwords is in `textfile::database`.

use crate::errno::{CResult as _, Errno};
use crate::stdio::FILE;
use crate::textfile::database::{Database, Entry, Place};
use crate::textfile::{Line, Storage, decimal, is_field};
use crate::types::*;
use core::ffi::CStr;

/// A user.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct passwd {
    /// Login name.
    pub pw_name: *mut c_char,
    /// Password field.
    pub pw_passwd: *mut c_char,
    /// User number.
    pub pw_uid: uid_t,
    /// Group number.
    pub pw_gid: gid_t,
    /// Comment, usually the full name.
    pub pw_gecos: *mut c_char,
    /// Home directory.
    pub pw_dir: *mut c_char,
    /// Shell.
    pub pw_shell: *mut c_char,
}
check_layout!(
    passwd = libc::passwd {
        pw_name,
        pw_passwd,
        pw_uid,
        pw_gid,
        pw_gecos,
        pw_dir,
        pw_shell
    }
);

/// One line of the file.
pub struct Fields<'a> {
    name: &'a [u8],
    password: &'a [u8],
    uid: uid_t,
    gid: gid_t,
    gecos: &'a [u8],
    dir: &'a [u8],
    shell: &'a [u8],
}

impl Entry for passwd {
    const PATH: &'static CStr = c"/etc/passwd";
    type Fields<'a> = Fields<'a>;

    fn parse(line: &[u8]) -> Option<Fields<'_>> {
        let mut parts = line.trim_ascii_start().split(|b| *b == b':');
        Some(Fields {
            name: parts.next().filter(|n| !n.is_empty() && n[0] != b'#')?,
            password: parts.next()?,
            uid: decimal(parts.next()?)?,
            gid: decimal(parts.next()?)?,
            gecos: parts.next().unwrap_or(b""),
            dir: parts.next().unwrap_or(b""),
            shell: parts.next().unwrap_or(b""),
        })
    }

    fn place(fields: &Fields, storage: &mut Storage) -> Result<passwd, Errno> {
        Ok(passwd {
            pw_name: storage.string(fields.name)?,
            pw_passwd: storage.string(fields.password)?,
            pw_uid: fields.uid,
            pw_gid: fields.gid,
            pw_gecos: storage.string(fields.gecos)?,
            pw_dir: storage.string(fields.dir)?,
            pw_shell: storage.string(fields.shell)?,
        })
    }
}

/// The users.
static USERS: Database<passwd> = Database::closed();

/// Finds a user by name; `result` is `entry` or null; returns an error number. POSIX `getpwnam_r`.
///
/// # Safety
/// `name` points to a NUL-terminated string; `entry`, `buf` and `result` are writable; null only where the
/// manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpwnam_r(
    name: *const c_char,
    entry: *mut passwd,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut passwd,
) -> c_int {
    // SAFETY: the caller's string, buffer and pointers.
    unsafe {
        let name = CStr::from_ptr(name).to_bytes();
        USERS.first_into(Place::new(entry, buf, size, result), |f| f.name == name)
    }
}

/// Finds a user by number; `result` is `entry` or null; returns an error number. POSIX `getpwuid_r`.
///
/// # Safety
/// `entry`, `buf` and `result` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpwuid_r(
    uid: uid_t,
    entry: *mut passwd,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut passwd,
) -> c_int {
    // SAFETY: the caller's buffer and pointers.
    unsafe { USERS.first_into(Place::new(entry, buf, size, result), |f| f.uid == uid) }
}

/// Finds a user by name; the entry is static. Null with `errno` untouched when there is none. POSIX
/// `getpwnam`.
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpwnam(name: *const c_char) -> *mut passwd {
    // SAFETY: the caller's string.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    USERS.first(|f| f.name == name)
}

/// Finds a user by number; the entry is static. Null with `errno` untouched when there is none. POSIX
/// `getpwuid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpwuid(uid: uid_t) -> *mut passwd {
    USERS.first(|f| f.uid == uid)
}

/// The next user; the entry is static. POSIX `getpwent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpwent() -> *mut passwd {
    USERS.next()
}

/// Starts `getpwent` over. POSIX `setpwent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setpwent() {
    USERS.rewind();
}

/// Ends `getpwent`. POSIX `endpwent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn endpwent() {
    USERS.rewind();
}

/// The next user of a file that has the form of `/etc/passwd`; the entry is static. Null at the end. fgetpwent(3).
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetpwent(file: *mut FILE) -> *mut passwd {
    // SAFETY: the caller's stream.
    unsafe { USERS.next_of(file) }
}

/// [`fgetpwent`] with the caller's buffer: `ENOENT` at the end, `ERANGE` if the buffer is too small; the entry then comes
/// again. fgetpwent_r(3).
///
/// # Safety
/// `file` is an open stream; `entry`, `buf` of `size` bytes and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetpwent_r(
    file: *mut FILE,
    entry: *mut passwd,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut passwd,
) -> c_int {
    // SAFETY: the caller's stream, buffer and pointers.
    unsafe { USERS.next_of_into(file, Place::new(entry, buf, size, result)) }
}

/// Writes a user's line. Fields with a colon or a newline are `EINVAL`, in the comment these become spaces, as glibc has
/// it. putpwent(3).
///
/// # Safety
/// `entry` is null or an entry whose strings are null or strings; `file` is null or an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn putpwent(entry: *const passwd, file: *mut FILE) -> c_int {
    // SAFETY: the caller's entry and stream.
    unsafe { put(entry, file) }.or_minus_one()
}

/// # Safety
/// As for [`putpwent`].
unsafe fn put(entry: *const passwd, file: *mut FILE) -> Result<c_int, Errno> {
    // SAFETY: the caller's entry and stream.
    unsafe {
        let user = entry.as_ref().ok_or(Errno::EINVAL)?;
        let fields = [user.pw_name, user.pw_passwd, user.pw_dir, user.pw_shell];
        if file.is_null() || user.pw_name.is_null() || !fields.iter().all(|field| is_field(*field))
        {
            return Err(Errno::EINVAL);
        }
        let mut line = Line::default();
        line.string(user.pw_name)?;
        line.bytes(b":")?;
        line.string(user.pw_passwd)?;
        // Entries that include others' have no numbers.
        if matches!(*user.pw_name as u8, b'+' | b'-') {
            line.bytes(b":::")?;
        } else {
            line.bytes(b":")?;
            line.number(user.pw_uid.into())?;
            line.bytes(b":")?;
            line.number(user.pw_gid.into())?;
            line.bytes(b":")?;
        }
        if !user.pw_gecos.is_null() {
            for &byte in CStr::from_ptr(user.pw_gecos).to_bytes() {
                line.bytes(&[if matches!(byte, b':' | b'\n') {
                    b' '
                } else {
                    byte
                }])?;
            }
        }
        for field in [user.pw_dir, user.pw_shell] {
            line.bytes(b":")?;
            line.string(field)?;
        }
        line.bytes(b"\n")?;
        line.write(file).map(|()| 0)
    }
}

/// The next user in the caller's buffer; `ENOENT` at the end. getpwent_r(3).
///
/// # Safety
/// `entry`, `buf` and `result` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpwent_r(
    entry: *mut passwd,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut passwd,
) -> c_int {
    // SAFETY: the caller's buffer and pointers.
    unsafe { USERS.next_into(Place::new(entry, buf, size, result)) }
}

/// Copies the line of a user from the file, without its newline: 0, or -1 with `ENOENT` if there is none. getpw(3): obsolete, for
/// it can't know how much room there is.
///
/// # Safety
/// `buffer` has room for the line; 4,096 bytes are enough.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpw(uid: uid_t, buffer: *mut c_char) -> c_int {
    if buffer.is_null() {
        return Err::<c_int, _>(Errno::EINVAL).or_minus_one();
    }
    let copied = crate::textfile::Lines::open(passwd::PATH).and_then(|mut lines| {
        while let Some(line) = lines.next_line()? {
            if passwd::parse(line).is_some_and(|fields| fields.uid == uid) {
                // SAFETY: the caller's room.
                unsafe {
                    buffer.copy_from_nonoverlapping(line.as_ptr().cast(), line.len());
                    buffer.add(line.len()).write(0);
                }
                return Ok(0);
            }
        }
        Err(Errno::ENOENT)
    });
    copied.or_minus_one()
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ptr;

    #[test]
    fn lines_become_entries() {
        let f = passwd::parse(b"root:x:0:7:super user:/root:/bin/sh").unwrap();
        assert_eq!(
            (f.name, f.uid, f.gid, f.gecos, f.dir, f.shell),
            (
                &b"root"[..],
                0,
                7,
                &b"super user"[..],
                &b"/root"[..],
                &b"/bin/sh"[..]
            )
        );
        for bad in [
            &b""[..],
            b"#x:x:0:0:::",
            b"a:b",
            b"a:b:c:d:::",
            b":x:0:0:::",
        ] {
            assert!(passwd::parse(bad).is_none());
        }
    }

    #[test]
    fn root_is_as_the_host_says() {
        let mut entry = core::mem::MaybeUninit::uninit();
        let mut buf = [0; 256];
        let mut result = ptr::null_mut();
        // SAFETY: live buffers.
        unsafe {
            assert_eq!(
                getpwuid_r(
                    0,
                    entry.as_mut_ptr(),
                    buf.as_mut_ptr(),
                    buf.len(),
                    &raw mut result
                ),
                0
            );
            assert_eq!(CStr::from_ptr((*result).pw_name), c"root");
            assert_eq!(
                CStr::from_ptr((*result).pw_dir),
                CStr::from_ptr((*libc::getpwuid(0)).pw_dir)
            );
            assert_eq!(
                getpwuid_r(0, entry.as_mut_ptr(), buf.as_mut_ptr(), 3, &raw mut result),
                Errno::ERANGE.0
            );
            assert!(result.is_null());
            assert_eq!(
                getpwnam_r(
                    c"no such user".as_ptr(),
                    entry.as_mut_ptr(),
                    buf.as_mut_ptr(),
                    buf.len(),
                    &raw mut result
                ),
                0
            );
            assert!(result.is_null());
        }
    }
}
