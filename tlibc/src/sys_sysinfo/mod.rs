//! `sys/sysinfo.h`: memory, load and uptime. The counters of processors and pages are in `unistd::limits`.

use crate::errno::CResult;
use crate::platform::calls::process;
use crate::types::*;

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
