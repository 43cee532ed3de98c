//! `<ulimit.h>`: the limit on the size of files in units of 512 bytes (POSIX `ulimit`). Neighbour: `sys_resource`.

use crate::errno::{Errno, set_errno};
use crate::stdarg::VaList;
use crate::sys_resource::{RLIM_INFINITY, getrlimit, rlimit, setrlimit};
use crate::types::{c_int, c_long};
use crate::unistd::limits::sysconf;
use linux_raw_sys::general::RLIMIT_FSIZE;

const UL_GETFSIZE: c_int = 1;
const UL_SETFSIZE: c_int = 2;
/// How many files the process may have open (GNU, without a name in the header).
const UL_GETOPENMAX: c_int = 4;
const SC_OPEN_MAX: c_int = 4;
const UNIT: u64 = 512;

/// [`ulimit`] with its argument in a list.
///
/// # Safety
/// The list holds a long for `UL_SETFSIZE`.
unsafe extern "C" fn list_ulimit(command: c_int, list: *mut VaList) -> c_long {
    let resource = RLIMIT_FSIZE.cast_signed();
    let mut limit = rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    match command {
        UL_GETFSIZE => {
            // SAFETY: a place of its own.
            if unsafe { getrlimit(resource, &raw mut limit) } != 0 {
                return -1;
            }
            match limit.rlim_cur {
                RLIM_INFINITY => c_long::MAX,
                bytes => (bytes / UNIT).cast_signed(),
            }
        }
        UL_SETFSIZE => {
            // SAFETY: the caller's list.
            let units = unsafe { (*list).arg_i64() };
            let bytes = units.cast_unsigned().checked_mul(UNIT);
            let bytes = bytes.unwrap_or(RLIM_INFINITY);
            limit.rlim_cur = bytes;
            limit.rlim_max = bytes;
            // SAFETY: a place of its own.
            if unsafe { setrlimit(resource, &raw const limit) } != 0 {
                return -1;
            }
            if bytes == RLIM_INFINITY {
                c_long::MAX
            } else {
                units
            }
        }
        // SAFETY: any name will do.
        UL_GETOPENMAX => unsafe { sysconf(SC_OPEN_MAX) },
        _ => {
            set_errno(Errno::EINVAL);
            -1
        }
    }
}

crate::variadic! {
    /// Reads or sets a limit of the process. POSIX `ulimit`.
    pub fn ulimit(command: c_int, ...) -> c_long => list_ulimit
}
