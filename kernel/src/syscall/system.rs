//! The system as a whole: names, memory, limits, randomness, power.

use hal::mem::PAGE_SIZE;
use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::Context;
use crate::drivers;
use crate::errno::{Errno, Result};
use crate::mm::user::{read_bytes, read_struct, write_struct};
use crate::process::{self, Capability};
use crate::sched;
use crate::sync::{Interrupt, LongWork, SpinLock};
use crate::time;

/// The longest host or domain name.
const NAME_MAX: usize = 64;

static HOST_NAME: SpinLock<[u8; NAME_MAX + 1]> = SpinLock::new(*b"clew\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");

static DOMAIN_NAME: SpinLock<[u8; NAME_MAX + 1]> = SpinLock::new({
    let mut name = [0; NAME_MAX + 1];
    let mut index = 0;
    while index < 6 {
        name[index] = b"(none)"[index];
        index += 1;
    }
    name
});

/// The release that `uname` shows. Programs compare it with versions of Linux
/// to know which calls to expect, so it names one whose calls are here.
pub const RELEASE: &str = concat!("6.1.0-clew-", env!("CARGO_PKG_VERSION"));

/// The version that `uname` shows.
pub const VERSION: &str = "#1 SMP";

fn field(text: &[u8]) -> [u8; NAME_MAX + 1] {
    let mut field = [0; NAME_MAX + 1];
    let length = text.len().min(NAME_MAX);
    field[..length].copy_from_slice(&text[..length]);
    field
}

/// The host's name, padded with NULs.
pub fn host_name() -> [u8; NAME_MAX + 1] {
    *HOST_NAME.lock()
}

/// uname(2).
pub fn uname(_: &Context, [out, ..]: [usize; 6]) -> Result<usize> {
    let names: [[u8; NAME_MAX + 1]; 6] = [
        field(b"Linux"),
        host_name(),
        field(RELEASE.as_bytes()),
        field(VERSION.as_bytes()),
        field(b"x86_64"),
        *DOMAIN_NAME.lock(),
    ];
    write_struct(out, &names)?;
    Ok(0)
}

/// sethostname(2).
pub fn sethostname(cx: &Context, [name, length, ..]: [usize; 6]) -> Result<usize> {
    if !cx.thread.credentials().has(Capability::SysAdmin) {
        return Err(Errno::EPERM);
    }
    if length > NAME_MAX {
        return Err(Errno::EINVAL);
    }
    *HOST_NAME.lock() = field(&read_bytes(name, length)?);
    Ok(0)
}

/// setdomainname(2).
pub fn setdomainname(cx: &Context, [name, length, ..]: [usize; 6]) -> Result<usize> {
    if !cx.thread.credentials().has(Capability::SysAdmin) {
        return Err(Errno::EPERM);
    }
    if length > NAME_MAX {
        return Err(Errno::EINVAL);
    }
    *DOMAIN_NAME.lock() = field(&read_bytes(name, length)?);
    Ok(0)
}

/// `struct sysinfo`.
#[derive(Clone, Copy, IntoBytes, Immutable)]
#[repr(C)]
struct SystemInfo {
    uptime: i64,
    loads: [u64; 3],
    total_memory: u64,
    free_memory: u64,
    shared_memory: u64,
    buffer_memory: u64,
    total_swap: u64,
    free_swap: u64,
    processes: u16,
    padding: [u16; 3],
    total_high: u64,
    free_high: u64,
    unit: u32,
    tail: u32,
}

/// sysinfo(2).
pub fn sysinfo(_: &Context, [out, ..]: [usize; 6]) -> Result<usize> {
    let memory = hal::mem::stats();
    let info = SystemInfo {
        uptime: (time::monotonic() / time::NANOSECONDS) as i64,
        // With 16 bits behind the binary point.
        loads: sched::load::averages().map(|load| load << (16 - sched::load::FRACTION_BITS)),
        total_memory: memory.total as u64,
        free_memory: memory.free as u64,
        shared_memory: 0,
        buffer_memory: 0,
        total_swap: 0,
        free_swap: 0,
        processes: process::thread_count().min(u16::MAX.into()) as u16,
        padding: [0; 3],
        total_high: 0,
        free_high: 0,
        unit: 1,
        tail: 0,
    };
    write_struct(out, &info)?;
    Ok(0)
}

/// getrandom(2): the generator is seeded at boot, so it never blocks.
pub fn getrandom(_: &Context, [out, length, flags, ..]: [usize; 6]) -> Result<usize> {
    let known = raw::GRND_NONBLOCK | raw::GRND_RANDOM | raw::GRND_INSECURE;
    let flags = flags as u32;
    let both = raw::GRND_RANDOM | raw::GRND_INSECURE;
    if flags & !known != 0 || flags & both == both {
        return Err(Errno::EINVAL);
    }
    let length = length.min(crate::fs::buf::MAX_TRANSFER);
    let mut chunk = [0; 256];
    let mut done = 0;
    // What is more than 256 bytes may be cut short by a signal.
    let mut work = LongWork::ended(Interrupt::BySignals);
    while done < length {
        let part = chunk.len().min(length - done);
        drivers::random::fill(&mut chunk[..part]);
        if let Err(fault) = hal::user::copy_out(out.wrapping_add(done), &chunk[..part]) {
            return match done + fault.done {
                0 => Err(fault.into()),
                done => Ok(done),
            };
        }
        done += part;
        if !work.goes_on(part * drivers::random::COST) {
            break;
        }
    }
    Ok(done)
}

/// `struct rlimit`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct RawLimit {
    soft: u64,
    hard: u64,
}

/// getrlimit(2).
pub fn getrlimit(cx: &Context, [resource, out, ..]: [usize; 6]) -> Result<usize> {
    let (soft, hard) = cx.process.limits.lock().get(resource as u32 as usize)?;
    write_struct(out, &RawLimit { soft, hard })?;
    Ok(0)
}

/// setrlimit(2).
pub fn setrlimit(cx: &Context, [resource, new, ..]: [usize; 6]) -> Result<usize> {
    let new: RawLimit = read_struct(new)?;
    let resource = resource as u32 as usize;
    let privileged = cx.thread.credentials().has(Capability::SysResource);
    cx.process
        .limits
        .lock()
        .set(resource, new.soft, new.hard, privileged)?;
    Ok(0)
}

/// prlimit(2).
pub fn prlimit64(cx: &Context, [pid, resource, new, old, ..]: [usize; 6]) -> Result<usize> {
    let resource = resource as u32 as usize;
    let new: Option<RawLimit> = if new == 0 {
        None
    } else {
        Some(read_struct(new)?)
    };
    let target = match pid as i32 {
        0 => cx.process.clone(),
        pid => process::find_by_thread(pid as u32).ok_or(Errno::ESRCH)?,
    };
    let credentials = cx.thread.credentials();
    if target.pid != cx.process.pid && !credentials.may_limit(&target.credentials()) {
        return Err(Errno::EPERM);
    }
    let (soft, hard) = target.limits.lock().get(resource)?;
    if let Some(new) = new {
        let privileged = credentials.has(Capability::SysResource);
        target
            .limits
            .lock()
            .set(resource, new.soft, new.hard, privileged)?;
    }
    if old != 0 {
        write_struct(old, &RawLimit { soft, hard })?;
    }
    Ok(0)
}

const REBOOT_MAGIC1: u32 = 0xfee1_dead;
const REBOOT_MAGIC2: [u32; 4] = [672_274_793, 85_072_278, 369_367_448, 537_993_216];
const RESTART: u32 = 0x0123_4567;
const HALT: u32 = 0xcdef_0123;
const POWER_OFF: u32 = 0x4321_fedc;
const CAD_ON: u32 = 0x89ab_cdef;
const CAD_OFF: u32 = 0;

/// reboot(2).
pub fn reboot(cx: &Context, [magic1, magic2, command, ..]: [usize; 6]) -> Result<usize> {
    if !cx.thread.credentials().has(Capability::SysBoot) {
        return Err(Errno::EPERM);
    }
    if magic1 as u32 != REBOOT_MAGIC1 || !REBOOT_MAGIC2.contains(&(magic2 as u32)) {
        return Err(Errno::EINVAL);
    }
    match command as u32 {
        RESTART => hal::power::reboot(),
        HALT => hal::power::halt(),
        // The test device ends QEMU with a status; real machines take ACPI.
        POWER_OFF => hal::power::exit(hal::power::EXIT_OK),
        // There is no Ctrl-Alt-Delete key to switch.
        CAD_ON | CAD_OFF => Ok(0),
        _ => Err(Errno::EINVAL),
    }
}

/// Bytes of the machine's memory, for checks of sizes that programs give.
pub fn memory_pages() -> usize {
    hal::mem::stats().total as usize / PAGE_SIZE
}
