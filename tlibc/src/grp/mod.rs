//! `grp.h`: groups, from `/etc/group`. Built like `pwd`.

use crate::errno::{CResult as _, Errno};
use crate::stdio::FILE;
use crate::textfile::database::{Database, Entry, Place, for_each};
use crate::textfile::{Line, Storage, decimal, is_field};
use crate::types::*;
use crate::unistd::users::setgroups;
use crate::vec::Vec;
use core::ffi::CStr;

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
pub struct Fields<'a> {
    name: &'a [u8],
    password: &'a [u8],
    gid: gid_t,
    members: &'a [u8],
}

impl Fields<'_> {
    fn members(&self) -> impl Iterator<Item = &[u8]> + Clone {
        self.members
            .split(|b| *b == b',')
            .map(<[u8]>::trim_ascii_start)
            .filter(|m| !m.is_empty())
    }
}

impl Entry for group {
    const PATH: &'static CStr = c"/etc/group";
    type Fields<'a> = Fields<'a>;

    fn parse(line: &[u8]) -> Option<Fields<'_>> {
        let mut parts = line.trim_ascii_start().split(|b| *b == b':');
        Some(Fields {
            name: parts.next().filter(|n| !n.is_empty() && n[0] != b'#')?,
            password: parts.next()?,
            gid: decimal(parts.next()?)?,
            members: parts.next().unwrap_or(b""),
        })
    }

    fn place(fields: &Fields, storage: &mut Storage) -> Result<group, Errno> {
        Ok(group {
            gr_name: storage.string(fields.name)?,
            gr_passwd: storage.string(fields.password)?,
            gr_gid: fields.gid,
            gr_mem: storage.strings(fields.members())?,
        })
    }
}

/// The groups.
static GROUPS: Database<group> = Database::closed();

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
        GROUPS.first_into(Place::new(entry, buf, size, result), |f| f.name == name)
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
    unsafe { GROUPS.first_into(Place::new(entry, buf, size, result), |f| f.gid == gid) }
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
    GROUPS.first(|f| f.name == name)
}

/// Finds a group by number; the entry is static. Null with `errno` untouched when there is none. POSIX
/// `getgrgid`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getgrgid(gid: gid_t) -> *mut group {
    GROUPS.first(|f| f.gid == gid)
}

/// The next group; the entry is static. POSIX `getgrent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getgrent() -> *mut group {
    GROUPS.next()
}

/// Starts `getgrent` over. POSIX `setgrent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setgrent() {
    GROUPS.rewind();
}

/// Ends `getgrent`. POSIX `endgrent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn endgrent() {
    GROUPS.rewind();
}

/// The next group of a file that has the form of `/etc/group`; the entry is static. Null at the end. fgetgrent(3).
///
/// # Safety
/// `file` is an open stream.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fgetgrent(file: *mut FILE) -> *mut group {
    // SAFETY: the caller's stream.
    unsafe { GROUPS.next_of(file) }
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
    unsafe { GROUPS.next_of_into(file, Place::new(entry, buf, size, result)) }
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
    unsafe { GROUPS.next_into(Place::new(entry, buf, size, result)) }
}

/// The groups that `user` is in, each once, `first` before the others.
fn groups_of(user: &[u8], first: gid_t) -> Result<Vec<gid_t>, Errno> {
    let mut groups = Vec::filled(first, 1)?;
    let mut full = Ok(());
    for_each::<group>(|fields| {
        if fields.members().any(|member| member == user) && !groups.contains(&fields.gid) {
            full = full.and(groups.push(fields.gid));
        }
    })?;
    full.map(|()| groups)
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
        let groups = match groups_of(CStr::from_ptr(user).to_bytes(), gid) {
            Ok(groups) => groups,
            Err(error) => return Err::<c_int, _>(error).or_minus_one(),
        };
        let room = usize::try_from(*count).unwrap_or(0);
        let fit = groups.len().min(room);
        list.copy_from_nonoverlapping(groups.as_ptr(), fit);
        let all = groups.len() as c_int;
        count.write(all);
        if fit < groups.len() { -1 } else { all }
    }
}

/// Most supplementary groups that a process can have (the kernel's limits.h).
const NGROUPS_MAX: usize = 65_536;

/// Gives the process, all its threads, the groups of a user: as many of them as it can have. initgroups(3).
///
/// # Safety
/// `user` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn initgroups(user: *const c_char, gid: gid_t) -> c_int {
    // SAFETY: the caller's string.
    let user = unsafe { CStr::from_ptr(user) }.to_bytes();
    match groups_of(user, gid) {
        // SAFETY: the list's numbers.
        Ok(list) => unsafe { setgroups(list.len().min(NGROUPS_MAX), list.as_ptr()) },
        Err(error) => Err::<c_int, _>(error).or_minus_one(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ptr;

    #[test]
    fn lines_become_entries() {
        let f = group::parse(b"wheel:x:10:ann,,bob").unwrap();
        assert_eq!((f.name, f.gid), (&b"wheel"[..], 10));
        assert_eq!(
            f.members().collect::<std::vec::Vec<_>>(),
            [&b"ann"[..], b"bob"]
        );
        assert!(group::parse(b"wheel:x").is_none());
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
