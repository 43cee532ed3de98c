//! getloadavg.

use crate::platform::linux::calls::process as calls;
use crate::types::{c_double, c_int};

/// The start of the kernel's `struct sysinfo`, whose load averages are fixed-point numbers with 16 bits of fraction.
#[repr(C)]
struct Statistics {
    uptime: i64,
    loads: [u64; 3],
    rest: [u64; 10],
}

/// The load averages of 1, 5 and 15 minutes; returns how many were stored, or −1 (BSD).
///
/// # Safety
/// `loads` has room for `count` values.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getloadavg(loads: *mut c_double, count: c_int) -> c_int {
    let mut statistics = Statistics {
        uptime: 0,
        loads: [0; 3],
        rest: [0; 10],
    };
    // SAFETY: the structure is at least as large as the kernel's (112 bytes).
    if unsafe { calls::sysinfo((&raw mut statistics).cast()) }.is_err() {
        return -1;
    }
    let stored = count.clamp(0, 3);
    for (index, &load) in statistics.loads.iter().enumerate().take(stored as usize) {
        // SAFETY: below `count`.
        unsafe { *loads.add(index) = load as c_double / 65536.0 };
    }
    stored
}

const _: () = assert!(size_of::<Statistics>() == 112);
