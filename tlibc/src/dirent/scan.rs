//! `scandir` and the orders for it.

use super::{DIR, closedir, dirent, open_at, readdir};
use crate::errno::{CResult, Errno, errno, set_errno};
use crate::fcntl::AT_FDCWD;
use crate::malloc::{free, malloc, realloc};
use crate::types::*;
use core::ffi::CStr;
use core::ptr;

type Filter = Option<unsafe extern "C" fn(*const dirent) -> c_int>;
type Order = Option<unsafe extern "C" fn(*mut *const dirent, *mut *const dirent) -> c_int>;

/// Entries collected so far, each and the list itself from malloc; freed unless taken.
struct List {
    entries: *mut *mut dirent,
    used: usize,
    room: usize,
}

impl List {
    /// Adds a copy of `entry`.
    ///
    /// # Safety
    /// `entry` is a whole entry.
    unsafe fn push(&mut self, entry: *const dirent) -> Result<(), Errno> {
        // SAFETY: sizes as allocated.
        unsafe {
            if self.used == self.room {
                let room = (self.room * 2).max(16);
                let entries = realloc(self.entries.cast(), room * size_of::<*mut dirent>());
                if entries.is_null() {
                    return Err(Errno::ENOMEM);
                }
                (self.entries, self.room) = (entries.cast(), room);
            }
            let size = usize::from((*entry).d_reclen);
            let copy = malloc(size);
            if copy.is_null() {
                return Err(Errno::ENOMEM);
            }
            ptr::copy_nonoverlapping(entry.cast::<u8>(), copy.cast(), size);
            self.entries.add(self.used).write(copy.cast());
            self.used += 1;
            Ok(())
        }
    }

    /// The entries, to sort.
    fn as_mut_slice(&mut self) -> &mut [*mut dirent] {
        if self.entries.is_null() {
            return &mut [];
        }
        // SAFETY: `used` entries are initialised.
        unsafe { core::slice::from_raw_parts_mut(self.entries, self.used) }
    }

    /// Gives the list to the caller: never null, so that an empty one can be freed as well.
    fn take(mut self) -> Result<(*mut *mut dirent, usize), Errno> {
        if self.entries.is_null() {
            self.entries = malloc(size_of::<*mut dirent>()).cast();
            if self.entries.is_null() {
                return Err(Errno::ENOMEM);
            }
        }
        let taken = (self.entries, self.used);
        core::mem::forget(self);
        Ok(taken)
    }
}

impl Drop for List {
    fn drop(&mut self) {
        for entry in self.as_mut_slice() {
            // SAFETY: from malloc, not used again.
            unsafe { free(entry.cast()) };
        }
        // SAFETY: as above; null is allowed.
        unsafe { free(self.entries.cast()) };
    }
}

/// Sorts by `less`, which C wrote and may be inconsistent: heapsort never goes out of bounds or panics for that.
pub(crate) fn heap_sort<T>(items: &mut [T], less: &mut dyn FnMut(&T, &T) -> bool) {
    fn sift<T>(items: &mut [T], mut root: usize, less: &mut dyn FnMut(&T, &T) -> bool) {
        loop {
            let mut child = 2 * root + 1;
            if child >= items.len() {
                return;
            }
            if child + 1 < items.len() && less(&items[child], &items[child + 1]) {
                child += 1;
            }
            if !less(&items[root], &items[child]) {
                return;
            }
            items.swap(root, child);
            root = child;
        }
    }
    for root in (0..items.len() / 2).rev() {
        sift(items, root, less);
    }
    for end in (1..items.len()).rev() {
        items.swap(0, end);
        sift(&mut items[..end], 0, less);
    }
}

/// Reads a directory into a list.
///
/// # Safety
/// `dir` is an open stream; the callbacks obey their C contract.
unsafe fn collect(
    dir: *mut DIR,
    filter: Filter,
    order: Order,
) -> Result<(*mut *mut dirent, usize), Errno> {
    let mut list = List {
        entries: ptr::null_mut(),
        used: 0,
        room: 0,
    };
    // SAFETY: the caller's stream and functions.
    unsafe {
        loop {
            set_errno(Errno(0));
            let entry = readdir(dir);
            if entry.is_null() {
                break;
            }
            if filter.is_none_or(|f| f(entry) != 0) {
                list.push(entry)?;
            }
        }
        if errno() != Errno(0) {
            return Err(errno());
        }
        if let Some(order) = order {
            heap_sort(list.as_mut_slice(), &mut |a, b| {
                let (mut a, mut b) = (a.cast_const(), b.cast_const());
                order(&raw mut a, &raw mut b) < 0
            });
        }
    }
    list.take()
}

/// `scandirat`.
///
/// # Safety
/// `path` is a string, `names` writable, the callbacks obey their C contract.
unsafe fn scan(
    at: c_int,
    path: *const c_char,
    names: *mut *mut *mut dirent,
    filter: Filter,
    order: Order,
) -> Result<c_int, Errno> {
    let before = errno();
    // SAFETY: the caller's string, pointer and functions; the stream is ours.
    unsafe {
        let dir = open_at(at, path)?;
        let result = collect(dir, filter, order);
        closedir(dir);
        let (entries, n) = result?;
        names.write(entries);
        set_errno(before);
        Ok(n as c_int)
    }
}

/// Reads the entries that `filter` accepts, sorted by `order`, into memory from `malloc`; returns how many.
/// POSIX `scandir`.
///
/// # Safety
/// `path` points to a NUL-terminated string; `names` is writable; `filter` obeys the C contract of the
/// callback; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn scandir(
    path: *const c_char,
    names: *mut *mut *mut dirent,
    filter: Option<unsafe extern "C" fn(*const dirent) -> c_int>,
    order: Option<unsafe extern "C" fn(*mut *const dirent, *mut *const dirent) -> c_int>,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { scan(AT_FDCWD, path, names, filter, order) }.or_minus_one()
}

/// `scandir` relative to an open directory. scandirat(3).
///
/// # Safety
/// `path` points to a NUL-terminated string; `names` is writable; `filter` obeys the C contract of the
/// callback; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn scandirat(
    at: c_int,
    path: *const c_char,
    names: *mut *mut *mut dirent,
    filter: Option<unsafe extern "C" fn(*const dirent) -> c_int>,
    order: Option<unsafe extern "C" fn(*mut *const dirent, *mut *const dirent) -> c_int>,
) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { scan(at, path, names, filter, order) }.or_minus_one()
}

/// The order of names, byte by byte. POSIX `alphasort`.
///
/// # Safety
/// `a` and `b` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn alphasort(a: *mut *const dirent, b: *mut *const dirent) -> c_int {
    // SAFETY: the caller's entries, whose names are strings.
    unsafe {
        CStr::from_ptr((&raw const (**a).d_name).cast())
            .cmp(CStr::from_ptr((&raw const (**b).d_name).cast())) as c_int
    }
}

/// The order of names with numbers in them by value. versionsort(3).
///
/// # Safety
/// `a` and `b` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn versionsort(a: *mut *const dirent, b: *mut *const dirent) -> c_int {
    // SAFETY: the caller's entries, whose names are strings.
    unsafe {
        crate::string::version::strverscmp(
            (&raw const (**a).d_name).cast(),
            (&raw const (**b).d_name).cast(),
        )
    }
}

crate::alias!(versionsort64 = versionsort);
crate::alias!(scandir64 = scandir);
crate::alias!(scandirat64 = scandirat);
crate::alias!(alphasort64 = alphasort);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heap_sort_sorts_and_survives_bad_orders() {
        let mut items: std::vec::Vec<u32> = (0..1000).map(|i| i * 7919 % 1000).collect();
        heap_sort(&mut items, &mut |a, b| a < b);
        assert!(items.is_sorted());
        let mut turn = 0;
        heap_sort(&mut items, &mut |_, _| {
            turn += 1;
            turn % 3 == 0
        });
        items.sort_unstable();
        assert_eq!(items, (0..1000).collect::<std::vec::Vec<_>>());
    }
}
