//! `sys/sysinfo.h`: memory, load and uptime. The counters of processors and pages are in `unistd::limits`.

use crate::errno::{CResult, Errno};
use crate::platform::calls::process;
use crate::types::*;
use core::mem::MaybeUninit;

/// What the kernel reports about the machine.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct sysinfo {
    /// Seconds since boot.
    pub uptime: c_long,
    /// Load averages over 1, 5 and 15 minutes, times 65,536.
    pub loads: [c_ulong; 3],
    /// Memory in `mem_unit`s.
    pub totalram: c_ulong,
    /// Free memory.
    pub freeram: c_ulong,
    /// Shared memory.
    pub sharedram: c_ulong,
    /// Memory in buffers.
    pub bufferram: c_ulong,
    /// Swap space.
    pub totalswap: c_ulong,
    /// Free swap space.
    pub freeswap: c_ulong,
    /// Processes.
    pub procs: c_ushort,
    /// Padding.
    pub pad: c_ushort,
    /// High memory, none on 64-bit machines.
    pub totalhigh: c_ulong,
    /// Free high memory.
    pub freehigh: c_ulong,
    /// Bytes in a memory unit.
    pub mem_unit: c_uint,
}
check_layout!(
    sysinfo = libc::sysinfo {
        uptime,
        loads,
        totalram,
        procs,
        totalhigh,
        mem_unit
    }
);

/// Fills in what the kernel reports about the machine. sysinfo(2).
///
/// # Safety
/// `info` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sysinfo(info: *mut sysinfo) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { process::sysinfo(info.cast()) }.or_minus_one()
}

/// The first `n` (at most 3) load averages; returns how many. getloadavg(3).
///
/// # Safety
/// `loads` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getloadavg(loads: *mut c_double, n: c_int) -> c_int {
    if n < 0 {
        return Err::<c_int, _>(Errno::EINVAL).or_minus_one();
    }
    let n = n.min(3);
    let mut info = MaybeUninit::<sysinfo>::zeroed();
    // SAFETY: sysinfo fills the structure, and zeroes are a valid one; the caller's array has `n` entries.
    unsafe {
        if let Err(e) = process::sysinfo(info.as_mut_ptr().cast()) {
            return Err::<c_int, _>(e).or_minus_one();
        }
        for (i, load) in info.assume_init().loads.iter().take(n as usize).enumerate() {
            loads.add(i).write(*load as f64 / 65_536.0);
        }
    }
    n
}
