//! The auxiliary vector: what the kernel tells a new program (getauxval(3)).

use crate::errno::{Errno, set_errno};
use crate::types::*;
use core::sync::atomic::{AtomicPtr, Ordering};

/// Address of the program headers.
pub const AT_PHDR: c_ulong = 3;
/// Number of program headers.
pub const AT_PHNUM: c_ulong = 5;
/// Whether the program runs with raised privileges.
pub const AT_SECURE: c_ulong = 23;
/// Address of 16 random bytes.
pub const AT_RANDOM: c_ulong = 25;
/// Address of the vDSO's ELF header.
pub const AT_SYSINFO_EHDR: c_ulong = 33;

/// One entry: type and value; type 0 ends the vector.
type Entry = [c_ulong; 2];

static VECTOR: AtomicPtr<Entry> = AtomicPtr::new(core::ptr::null_mut());

/// Remembers where the vector is.
///
/// # Safety
/// `vector` must be the kernel's vector and stay in place.
#[cfg(not(test))]
pub(super) unsafe fn init(vector: *mut Entry) {
    VECTOR.store(vector, Ordering::Relaxed);
}

/// The value of an entry, if the kernel gave one.
pub fn get(kind: c_ulong) -> Option<c_ulong> {
    let mut at = VECTOR.load(Ordering::Relaxed);
    if at.is_null() {
        return None;
    }
    // SAFETY: the vector ends with a type of 0.
    unsafe {
        while (*at)[0] != 0 {
            if (*at)[0] == kind {
                return Some((*at)[1]);
            }
            at = at.add(1);
        }
    }
    None
}

/// The value of an entry, or 0 with `errno` set to `ENOENT`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn getauxval(kind: c_ulong) -> c_ulong {
    get(kind).unwrap_or_else(|| {
        set_errno(Errno::ENOENT);
        0
    })
}

alias!(__getauxval = getauxval);
check_signature!(getauxval: fn(c_ulong) -> c_ulong;);
