//! hcreate, hsearch, hdestroy: a table of fixed size with open addressing; the `_r` forms are GNU.

use core::ptr::null_mut;

use crate::errno::{Errno, set_errno};
use crate::malloc::{calloc, free};
use crate::string::compare::strcmp;
use crate::types::{c_char, c_int, c_uint, c_void, size_t};

/// A key and its value.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ENTRY {
    /// The key, a C string.
    pub key: *mut c_char,
    /// The value.
    pub data: *mut c_void,
}

/// What to do about a key that is not there.
pub type ACTION = c_uint;
/// Enter it.
pub const ENTER: ACTION = 1;

/// A table.
#[repr(C)]
#[derive(Debug)]
pub struct hsearch_data {
    table: *mut ENTRY,
    size: c_uint,
    filled: c_uint,
}

static mut GLOBAL: hsearch_data = hsearch_data {
    table: null_mut(),
    size: 0,
    filled: 0,
};

/// FNV-1a.
unsafe fn hash(key: *const c_char) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let mut at = key.cast::<u8>();
    // SAFETY: ends at the null.
    unsafe {
        while *at != 0 {
            hash = (hash ^ u32::from(*at)).wrapping_mul(0x0100_0193);
            at = at.add(1);
        }
    }
    hash
}

/// Makes a table for `count` keys; 0 and `ENOMEM` or `EINVAL` on failure.
///
/// # Safety
/// `table` is valid and zeroed.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hcreate_r(count: size_t, table: *mut hsearch_data) -> c_int {
    // A third stays free, so that searches stay short.
    let size = count
        .checked_add(count / 2 + 2)
        .and_then(size_t::checked_next_power_of_two);
    // SAFETY: the caller's table.
    unsafe {
        let Some(size) = size.filter(|&size| size <= 1 << 30 && !table.is_null()) else {
            set_errno(if table.is_null() {
                Errno::EINVAL
            } else {
                Errno::ENOMEM
            });
            return 0;
        };
        if !(*table).table.is_null() {
            return 0;
        }
        let entries = calloc(size, size_of::<ENTRY>()).cast::<ENTRY>();
        if entries.is_null() {
            return 0;
        }
        *table = hsearch_data {
            table: entries,
            size: size as c_uint,
            filled: 0,
        };
    }
    1
}

/// Frees a table, not the keys.
///
/// # Safety
/// `table` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hdestroy_r(table: *mut hsearch_data) {
    // SAFETY: the entries came from calloc in `hcreate_r`.
    unsafe {
        free((*table).table.cast());
        *table = hsearch_data {
            table: null_mut(),
            size: 0,
            filled: 0,
        };
    }
}

/// Finds or enters an item; 0 and null with `ESRCH` when it is not there, `ENOMEM` when the table is full.
///
/// # Safety
/// `table` was made by [`hcreate_r`]; the item's key is a C string that lives on; `result` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hsearch_r(
    item: ENTRY,
    action: ACTION,
    result: *mut *mut ENTRY,
    table: *mut hsearch_data,
) -> c_int {
    // SAFETY: indices are below the size, which is a power of two with a free place.
    unsafe {
        *result = null_mut();
        let table = &mut *table;
        if table.table.is_null() {
            set_errno(Errno::ESRCH);
            return 0;
        }
        let mask = table.size - 1;
        let mut at = hash(item.key) & mask;
        loop {
            let place = table.table.add(at as usize);
            if (*place).key.is_null() {
                if action != ENTER {
                    set_errno(Errno::ESRCH);
                    return 0;
                }
                if table.filled + 1 >= table.size {
                    set_errno(Errno::ENOMEM);
                    return 0;
                }
                table.filled += 1;
                *place = item;
            } else if strcmp((*place).key, item.key) != 0 {
                at = (at + 1) & mask;
                continue;
            }
            *result = place;
            return 1;
        }
    }
}

/// [`hcreate_r`] for the table of the process.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn hcreate(count: size_t) -> c_int {
    // SAFETY: POSIX lets these functions be unsafe between threads.
    unsafe { hcreate_r(count, &raw mut GLOBAL) }
}

/// [`hdestroy_r`] for the table of the process.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn hdestroy() {
    // SAFETY: as above.
    unsafe { hdestroy_r(&raw mut GLOBAL) }
}

/// [`hsearch_r`] in the table of the process; null on failure.
///
/// # Safety
/// The item's key is a C string that lives on.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hsearch(item: ENTRY, action: ACTION) -> *mut ENTRY {
    let mut found = null_mut();
    // SAFETY: as above.
    unsafe { hsearch_r(item, action, &mut found, &raw mut GLOBAL) };
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CString;

    #[test]
    fn keys_are_found_after_being_entered() {
        let mut table = hsearch_data {
            table: null_mut(),
            size: 0,
            filled: 0,
        };
        let keys: Vec<CString> = (0..500)
            .map(|i| CString::new(format!("key{i}")).unwrap())
            .collect();
        let mut found = null_mut();
        // SAFETY: a zeroed table; keys that live on.
        unsafe {
            assert_eq!(hcreate_r(500, &mut table), 1);
            for (i, key) in keys.iter().enumerate() {
                let item = ENTRY {
                    key: key.as_ptr().cast_mut(),
                    data: core::ptr::without_provenance_mut(i),
                };
                assert_eq!(hsearch_r(item, 0, &mut found, &mut table), 0);
                assert_eq!(hsearch_r(item, ENTER, &mut found, &mut table), 1);
            }
            for (i, key) in keys.iter().enumerate() {
                let item = ENTRY {
                    key: key.as_ptr().cast_mut(),
                    data: null_mut(),
                };
                assert_eq!(hsearch_r(item, 0, &mut found, &mut table), 1);
                assert_eq!((*found).data.addr(), i);
            }
            hdestroy_r(&mut table);
        }
    }
}
