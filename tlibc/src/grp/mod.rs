//! `grp.h`: groups, from `/etc/group`. Built like `pwd`.

use crate::errno::{CResult, Errno, set_errno};
use crate::platform::calls::process;
use crate::stdio::FILE;
use crate::sync::Mutex;
use crate::textfile::{Line, Lines, Storage, decimal, is_field, next_of_stream};
use crate::types::*;
use crate::unistd::term::StaticBuffer;
use core::cell::UnsafeCell;
use core::ffi::CStr;
use core::ptr;

/// A group.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct group {
    /// Name.
    pub gr_name: *mut c_char,
    /// Password field.
    pub gr_passwd: *mut c_char,
    /// Number.
    pub gr_gid: gid_t,
    /// Names of the members, and a null.
    pub gr_mem: *mut *mut c_char,
}
check_layout!(
    group = libc::group {
        gr_name,
        gr_passwd,
        gr_gid,
        gr_mem
    }
);

/// One line of the file.
struct Fields<'a> {
    name: &'a [u8],
    password: &'a [u8],
    gid: gid_t,
    members: &'a [u8],
}

impl Fields<'_> {
    fn members(&self) -> impl Iterator<Item = &[u8]> + Clone {
        self.members.split(|b| *b == b',').filter(|m| !m.is_empty())
    }
}

/// Takes a line apart; `None` for one that is no entry.
fn parse(line: &[u8]) -> Option<Fields<'_>> {
    let mut parts = line.split(|b| *b == b':');
    Some(Fields {
        name: parts.next().filter(|n| !n.is_empty() && n[0] != b'#')?,
        password: parts.next()?,
        gid: decimal(parts.next()?)?,
        members: parts.next().unwrap_or(b""),
    })
}

/// Places an entry's strings in `storage`.
fn place(fields: &Fields, storage: &mut Storage) -> Result<group, Errno> {
    Ok(group {
        gr_name: storage.string(fields.name)?,
        gr_passwd: storage.string(fields.password)?,
        gr_gid: fields.gid,
        gr_mem: storage.strings(fields.members())?,
    })
}

/// The entry that a line holds, if it holds one.
fn placed(line: &[u8], storage: &mut Storage) -> Result<Option<group>, Errno> {
    parse(line)
        .map(|fields| place(&fields, storage))
        .transpose()
}

/// The first entry that `wanted` accepts, placed in `storage`.
fn find(
    lines: &mut Lines,
    mut wanted: impl FnMut(&Fields) -> bool,
    storage: &mut Storage,
) -> Result<Option<group>, Errno> {
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
) -> Result<Option<group>, Errno> {
    match Lines::open(c"/etc/group") {
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
    found: Result<Option<group>, Errno>,
    entry: *mut group,
    result: *mut *mut group,
) -> c_int {
    // SAFETY: the caller's pointers.
    unsafe {
        result.write(ptr::null_mut());
        match found {
            Ok(Some(found)) => {
                entry.write(found);
                result.write(entry);
                0
            }
            Ok(None) => 0,
            Err(e) => e.0,
        }
    }
}

/// Finds a group by name; `result` is `entry` or null; returns an error number. POSIX `getgrnam_r`.
///
/// # Safety
/// `name` points to a NUL-terminated string; `entry`, `buf` and `result` are writable; null only where the
/// manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getgrnam_r(
    name: *const c_char,
    entry: *mut group,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut group,
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

/// Finds a group by number; `result` is `entry` or null; returns an error number. POSIX `getgrgid_r`.
///
/// # Safety
/// `entry`, `buf` and `result` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getgrgid_r(
    gid: gid_t,
    entry: *mut group,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut group,
) -> c_int {
    // SAFETY: the caller's buffer and pointers.
    unsafe {
        deliver(
            search(|f| f.gid == gid, &mut Storage::new(buf.cast(), size)),
            entry,
            result,
        )
    }
}

struct StaticEntry(UnsafeCell<group>);
// SAFETY: POSIX says the functions that use it need not be thread-safe; a C program serialises them.
unsafe impl Sync for StaticEntry {}
static ENTRY: StaticEntry = StaticEntry(UnsafeCell::new(group {
    gr_name: ptr::null_mut(),
    gr_passwd: ptr::null_mut(),
    gr_gid: 0,
    gr_mem: ptr::null_mut(),
}));
/// Room for any line that `textfile` gives: its text, and a pointer for each two bytes of it.
const STRINGS: usize = 32 * 1024;
static BUFFER: StaticBuffer<STRINGS> = StaticBuffer::new();

fn storage() -> Storage {
    // SAFETY: the static buffer lives for ever.
    unsafe { Storage::new(BUFFER.get(), STRINGS) }
}

/// What the functions with a static entry do with a result.
fn deliver_static(found: Result<Option<group>, Errno>) -> *mut group {
    match found {
        Ok(Some(found)) => {
            // SAFETY: see StaticEntry.
            unsafe { ENTRY.0.get().write(found) };
            ENTRY.0.get()
        }
        Ok(None) => ptr::null_mut(),
        Err(e) => {
            set_errno(e);
            ptr::null_mut()
        }
    }
}

/// Finds a group by name; the entry is static. Null with `errno` untouched when there is none. POSIX
/// `getgrnam`.
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getgrnam(name: *const c_char) -> *mut group {
    // SAFETY: the caller's string.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    deliver_static(search(|f| f.name == name, &mut storage()))
}

/// Finds a group by number; the entry is static. Null with `errno` untouched when there is none. POSIX
/// `getgrgid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getgrgid(gid: gid_t) -> *mut group {
    deliver_static(search(|f| f.gid == gid, &mut storage()))
}

/// The file that `getgrent` goes through.
static OPEN: Mutex<Option<Lines>> = Mutex::new(None);

/// The next entry, placed in `storage`.
fn next(storage: &mut Storage) -> Result<Option<group>, Errno> {
    let mut open = OPEN.lock();
    if open.is_none() {
        *open = Some(Lines::open(c"/etc/group")?);
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

/// The next group; the entry is static. POSIX `getgrent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getgrent() -> *mut group {
    deliver_static(next(&mut storage()))
}

/// Starts `getgrent` over. POSIX `setgrent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setgrent() {
    *OPEN.lock() = None;
}

/// Ends `getgrent`. POSIX `endgrent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn endgrent() {
    *OPEN.lock() = None;
}

/// The next group of a file that has the form of `/etc/group`; the entry is static. Null at the end. fgetgrent(3).
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetgrent(file: *mut FILE) -> *mut group {
    // SAFETY: the caller's stream.
    deliver_static(unsafe { next_of_stream(file, |line| placed(line, &mut storage())) })
}

/// [`fgetgrent`] with the caller's buffer: `ENOENT` at the end, `ERANGE` if the buffer is too small; the entry then comes
/// again. fgetgrent_r(3).
///
/// # Safety
/// `file` is an open stream; `entry`, `buf` of `size` bytes and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetgrent_r(
    file: *mut FILE,
    entry: *mut group,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut group,
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

/// Writes a group's line. Names with a colon, a newline or, of members, a comma are `EINVAL`. putgrent(3).
///
/// # Safety
/// `entry` is null or an entry whose strings are null or strings; `file` is null or an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn putgrent(entry: *const group, file: *mut FILE) -> c_int {
    // SAFETY: the caller's entry and stream.
    unsafe { put(entry, file) }.or_minus_one()
}

/// # Safety
/// As for [`putgrent`].
unsafe fn put(entry: *const group, file: *mut FILE) -> Result<c_int, Errno> {
    // SAFETY: the caller's entry and stream; the members end with a null.
    unsafe {
        let group = entry.as_ref().ok_or(Errno::EINVAL)?;
        if file.is_null()
            || group.gr_name.is_null()
            || !is_field(group.gr_name)
            || !is_field(group.gr_passwd)
        {
            return Err(Errno::EINVAL);
        }
        let mut line = Line::default();
        line.string(group.gr_name)?;
        line.bytes(b":")?;
        line.string(group.gr_passwd)?;
        // Entries that include others' have no number.
        if matches!(*group.gr_name as u8, b'+' | b'-') {
            line.bytes(b"::")?;
        } else {
            line.bytes(b":")?;
            line.number(group.gr_gid.into())?;
            line.bytes(b":")?;
        }
        let mut member = group.gr_mem;
        while !member.is_null() && !(*member).is_null() {
            if !is_field(*member) || CStr::from_ptr(*member).to_bytes().contains(&b',') {
                return Err(Errno::EINVAL);
            }
            if member != group.gr_mem {
                line.bytes(b",")?;
            }
            line.string(*member)?;
            member = member.add(1);
        }
        line.bytes(b"\n")?;
        line.write(file).map(|()| 0)
    }
}

/// The next group in the caller's buffer; `ENOENT` at the end. getgrent_r(3).
///
/// # Safety
/// `entry`, `buf` and `result` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getgrent_r(
    entry: *mut group,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut group,
) -> c_int {
    // SAFETY: the caller's buffer and pointers.
    unsafe {
        match deliver(next(&mut Storage::new(buf.cast(), size)), entry, result) {
            0 if (*result).is_null() => Errno::ENOENT.0,
            error => error,
        }
    }
}

/// Calls `each` with every group that `user` is in, `first` before the others.
fn groups_of(user: &[u8], first: gid_t, mut each: impl FnMut(gid_t)) -> Result<(), Errno> {
    each(first);
    let mut lines = match Lines::open(c"/etc/group") {
        Ok(lines) => lines,
        Err(Errno::ENOENT) => return Ok(()),
        Err(e) => return Err(e),
    };
    while let Some(line) = lines.next_line()? {
        if let Some(fields) = parse(line)
            && fields.gid != first
            && fields.members().any(|m| m == user)
        {
            each(fields.gid);
        }
    }
    Ok(())
}

/// The groups of a user, `gid` first: as many as fit, -1 when there are more; `count` becomes how many
/// there are. getgrouplist(3).
///
/// # Safety
/// `user` points to a NUL-terminated string; `list` and `count` are writable; null only where the manual
/// page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getgrouplist(
    user: *const c_char,
    gid: gid_t,
    list: *mut gid_t,
    count: *mut c_int,
) -> c_int {
    // SAFETY: the caller's string, list and count.
    unsafe {
        let room = (*count).max(0) as usize;
        let mut n = 0_usize;
        let result = groups_of(CStr::from_ptr(user).to_bytes(), gid, |gid| {
            if n < room {
                list.add(n).write(gid);
            }
            n += 1;
        });
        if let Err(e) = result {
            return Err::<c_int, _>(e).or_minus_one();
        }
        count.write(n as c_int);
        if n > room { -1 } else { n as c_int }
    }
}

/// Gives the process the groups of a user. initgroups(3).
///
/// # Safety
/// `user` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn initgroups(user: *const c_char, gid: gid_t) -> c_int {
    let mut list = [0; 1024];
    let mut n = 0;
    // SAFETY: the caller's string; `n` entries of the list are set.
    unsafe {
        groups_of(CStr::from_ptr(user).to_bytes(), gid, |gid| {
            if n < list.len() {
                list[n] = gid;
                n += 1;
            }
        })
        .and_then(|()| process::setgroups(n, list.as_ptr()))
        .or_minus_one()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_entries() {
        let f = parse(b"wheel:x:10:ann,,bob").unwrap();
        assert_eq!((f.name, f.gid), (&b"wheel"[..], 10));
        assert_eq!(
            f.members().collect::<std::vec::Vec<_>>(),
            [&b"ann"[..], b"bob"]
        );
        assert!(parse(b"wheel:x").is_none());
    }

    #[test]
    fn a_small_buffer_is_erange() {
        let mut entry = core::mem::MaybeUninit::uninit();
        let mut buf = [0; 128];
        let mut result = ptr::null_mut();
        // SAFETY: live buffers.
        unsafe {
            assert_eq!(
                getgrgid_r(0, entry.as_mut_ptr(), buf.as_mut_ptr(), 8, &raw mut result),
                Errno::ERANGE.0
            );
            assert_eq!(
                getgrgid_r(
                    0,
                    entry.as_mut_ptr(),
                    buf.as_mut_ptr(),
                    buf.len(),
                    &raw mut result
                ),
                0
            );
            assert_eq!(CStr::from_ptr((*result).gr_name), c"root");
            assert!((*(*result).gr_mem).is_null());
        }
    }
}
