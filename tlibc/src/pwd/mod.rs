//! `pwd.h`: users, from `/etc/passwd`.
//!
//! The `_r` functions read the file anew and place the strings in the caller's buffer; the others share one static
//! entry, as POSIX allows.

use crate::errno::{CResult as _, Errno, set_errno};
use crate::stdio::FILE;
use crate::sync::Mutex;
use crate::textfile::{Line, Lines, Storage, decimal, is_field, next_of_stream};
use crate::types::*;
use crate::unistd::term::StaticBuffer;
use core::cell::UnsafeCell;
use core::ffi::CStr;
use core::ptr;

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
struct Fields<'a> {
    name: &'a [u8],
    password: &'a [u8],
    uid: uid_t,
    gid: gid_t,
    gecos: &'a [u8],
    dir: &'a [u8],
    shell: &'a [u8],
}

/// Takes a line apart; `None` for one that is no entry.
fn parse(line: &[u8]) -> Option<Fields<'_>> {
    let mut parts = line.split(|b| *b == b':');
    let fields = Fields {
        name: parts.next().filter(|n| !n.is_empty() && n[0] != b'#')?,
        password: parts.next()?,
        uid: decimal(parts.next()?)?,
        gid: decimal(parts.next()?)?,
        gecos: parts.next().unwrap_or(b""),
        dir: parts.next().unwrap_or(b""),
        shell: parts.next().unwrap_or(b""),
    };
    Some(fields)
}

/// Places an entry's strings in `storage`.
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

/// The entry that a line holds, if it holds one.
fn placed(line: &[u8], storage: &mut Storage) -> Result<Option<passwd>, Errno> {
    parse(line)
        .map(|fields| place(&fields, storage))
        .transpose()
}

/// The first entry that `wanted` accepts, from `lines`.
fn find(
    lines: &mut Lines,
    mut wanted: impl FnMut(&Fields) -> bool,
    storage: &mut Storage,
) -> Result<Option<passwd>, Errno> {
    while let Some(line) = lines.next_line()? {
        if let Some(fields) = parse(line).filter(&mut wanted) {
            return place(&fields, storage).map(Some);
        }
    }
    Ok(None)
}

/// A search of the whole file; a file that does not exist has no entries.
fn search(
    wanted: impl FnMut(&Fields) -> bool,
    storage: &mut Storage,
) -> Result<Option<passwd>, Errno> {
    match Lines::open(c"/etc/passwd") {
        Ok(mut lines) => find(&mut lines, wanted, storage),
        Err(Errno::ENOENT) => Ok(None),
        Err(e) => Err(e),
    }
}

/// What the `_r` functions do with a search's result.
///
/// # Safety
/// `entry` and `result` are writable.
unsafe fn deliver(
    found: Result<Option<passwd>, Errno>,
    entry: *mut passwd,
    result: *mut *mut passwd,
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
            Ok(None) => 0,
            Err(e) => e.0,
        }
    }
}

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
        deliver(
            search(|f| f.name == name, &mut Storage::new(buf.cast(), size)),
            entry,
            result,
        )
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
    unsafe {
        deliver(
            search(|f| f.uid == uid, &mut Storage::new(buf.cast(), size)),
            entry,
            result,
        )
    }
}

struct StaticEntry(UnsafeCell<passwd>);
// SAFETY: POSIX says the functions that use it need not be thread-safe; a C program serialises them.
unsafe impl Sync for StaticEntry {}
static ENTRY: StaticEntry = StaticEntry(UnsafeCell::new(passwd {
    pw_name: ptr::null_mut(),
    pw_passwd: ptr::null_mut(),
    pw_uid: 0,
    pw_gid: 0,
    pw_gecos: ptr::null_mut(),
    pw_dir: ptr::null_mut(),
    pw_shell: ptr::null_mut(),
}));
/// Room for any line that `textfile` gives.
const STRINGS: usize = 8192;
static BUFFER: StaticBuffer<STRINGS> = StaticBuffer::new();

fn storage() -> Storage {
    // SAFETY: the static buffer lives for ever.
    unsafe { Storage::new(BUFFER.get(), STRINGS) }
}

/// What the functions with a static entry do with a result.
fn deliver_static(found: Result<Option<passwd>, Errno>) -> *mut passwd {
    match found {
        Ok(Some(user)) => {
            // SAFETY: see StaticEntry.
            unsafe { ENTRY.0.get().write(user) };
            ENTRY.0.get()
        }
        Ok(None) => ptr::null_mut(),
        Err(e) => {
            set_errno(e);
            ptr::null_mut()
        }
    }
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
    deliver_static(search(|f| f.name == name, &mut storage()))
}

/// Finds a user by number; the entry is static. Null with `errno` untouched when there is none. POSIX
/// `getpwuid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpwuid(uid: uid_t) -> *mut passwd {
    deliver_static(search(|f| f.uid == uid, &mut storage()))
}

/// The file that `getpwent` goes through.
static OPEN: Mutex<Option<Lines>> = Mutex::new(None);

/// The next entry, placed in `storage`.
fn next(storage: &mut Storage) -> Result<Option<passwd>, Errno> {
    let mut open = OPEN.lock();
    if open.is_none() {
        *open = Some(Lines::open(c"/etc/passwd")?);
    }
    match open.as_mut() {
        Some(lines) => {
            let found = find(lines, |_| true, storage);
            if matches!(found, Err(Errno::ERANGE)) {
                // It waits for a larger buffer.
                lines.again();
            }
            found
        }
        None => Ok(None),
    }
}

/// The next user; the entry is static. POSIX `getpwent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpwent() -> *mut passwd {
    deliver_static(next(&mut storage()))
}

/// Starts `getpwent` over. POSIX `setpwent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setpwent() {
    *OPEN.lock() = None;
}

/// Ends `getpwent`. POSIX `endpwent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn endpwent() {
    *OPEN.lock() = None;
}

/// The next user of a file that has the form of `/etc/passwd`; the entry is static. Null at the end. fgetpwent(3).
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetpwent(file: *mut FILE) -> *mut passwd {
    // SAFETY: the caller's stream.
    deliver_static(unsafe { next_of_stream(file, |line| placed(line, &mut storage())) })
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
    unsafe {
        let found = next_of_stream(file, |line| {
            placed(line, &mut Storage::new(buf.cast(), size))
        });
        match deliver(found, entry, result) {
            0 if (*result).is_null() => Errno::ENOENT.0,
            error => error,
        }
    }
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
    unsafe {
        match deliver(next(&mut Storage::new(buf.cast(), size)), entry, result) {
            0 if (*result).is_null() => Errno::ENOENT.0,
            error => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_entries() {
        let f = parse(b"root:x:0:7:super user:/root:/bin/sh").unwrap();
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
            assert!(parse(bad).is_none());
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
