//! `sysconf`: what the system allows and offers.
//!
//! The `_SC_*` numbers are glibc's. A name that is known and has no limit answers -1 and leaves `errno`; an
//! unknown one is `EINVAL`. Options answer the POSIX.1-2008 version where they are provided, as glibc does.

use crate::errno::{CResult, Errno};
use crate::platform::calls::process;
use crate::sys_resource::{
    RLIM_INFINITY, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_SIGPENDING, RLIMIT_STACK, rlimit,
};
use crate::sys_sysinfo::sysinfo as SysInfo;
use crate::textfile::{decimal, read_start};
use core::ffi::{CStr, c_int, c_long};
use core::mem::MaybeUninit;

/// Bytes in a page.
pub const PAGE_SIZE: usize = 4096;
/// What an option that is provided answers: POSIX.1-2008.
const POSIX: c_long = 200_809;
/// Known, and no limit.
const NO_LIMIT: c_long = -1;

/// The soft limit of a resource, `NO_LIMIT` for none.
fn soft_limit(resource: c_int) -> c_long {
    let mut limit = rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: the kernel writes one rlimit.
    match unsafe { process::prlimit64(0, resource, core::ptr::null(), (&raw mut limit).cast()) } {
        Ok(_) if limit.rlim_cur != RLIM_INFINITY => limit.rlim_cur as c_long,
        _ => NO_LIMIT,
    }
}

/// `_SC_OPEN_MAX`.
pub(crate) fn open_max() -> c_long {
    match soft_limit(RLIMIT_NOFILE) {
        NO_LIMIT => 1 << 20,
        n => n,
    }
}

/// Bytes for the arguments and environment of exec: a quarter of the stack limit, at least what Linux grants.
fn arg_max() -> c_long {
    match soft_limit(RLIMIT_STACK) {
        NO_LIMIT => 131_072,
        n => (n / 4).max(131_072),
    }
}

/// How many numbers a list such as `0-3,8` has; `None` for what is no list.
fn count_listed(text: &[u8]) -> Option<c_long> {
    let mut count = 0;
    for part in text.trim_ascii_end().split(|byte| *byte == b',') {
        let mut ends = part.splitn(2, |byte| *byte == b'-').map(decimal);
        let first = ends.next()??;
        let last = ends.next().unwrap_or(Some(first))?;
        count += c_long::from(last.checked_sub(first)?) + 1;
    }
    Some(count)
}

/// Processors in one of the kernel's lists; where there is none, those that the process may run on.
fn processors(list: &CStr) -> c_long {
    let mut text = [0; 1024];
    read_start(list, &mut text)
        .ok()
        .and_then(|length| count_listed(&text[..length]))
        .unwrap_or_else(processors_allowed)
}

/// Processors that run.
fn processors_online() -> c_long {
    processors(c"/sys/devices/system/cpu/online")
}

/// Processors that the system has or may get.
fn processors_configured() -> c_long {
    processors(c"/sys/devices/system/cpu/possible")
}

/// Processors the process may run on.
fn processors_allowed() -> c_long {
    let mut mask = [0_u64; 128];
    // SAFETY: the buffer has the stated size; the kernel returns how many bytes it wrote.
    match unsafe { process::sched_getaffinity(0, size_of_val(&mask), mask.as_mut_ptr().cast()) } {
        Ok(n) => mask[..(n as usize / 8).min(mask.len())]
            .iter()
            .map(|w| w.count_ones())
            .sum::<u32>()
            .max(1)
            .into(),
        Err(_) => 1,
    }
}

/// Pages of memory: all of it, or what is free.
fn memory_pages(pick: fn(&SysInfo) -> u64) -> c_long {
    let mut info = MaybeUninit::<SysInfo>::zeroed();
    // SAFETY: sysinfo fills the structure; zeroes are a valid one.
    let info = unsafe {
        if process::sysinfo(info.as_mut_ptr().cast()).is_err() {
            return NO_LIMIT;
        }
        info.assume_init()
    };
    (u128::from(pick(&info)) * u128::from(info.mem_unit.max(1)) / PAGE_SIZE as u128) as c_long
}

/// The answer to one name, `None` where the name is unknown. The numbers are those of `<bits/confname.h>`; a
/// comment names what a range is about where its values do not say it.
fn value(name: c_int) -> Option<c_long> {
    Some(match name {
        0 => arg_max(),
        1 => soft_limit(RLIMIT_NPROC),
        2 => 100,    // clock ticks a second, for times()
        3 => 65_536, // NGROUPS_MAX
        4 => open_max(),
        5 => 16,                      // STREAM_MAX
        6 => NO_LIMIT,                // TZNAME_MAX
        7 | 8 => 1,                   // job control, saved ids
        9..=22 => POSIX,              // real-time signals to shared memory objects
        23 | 24 | 27 => NO_LIMIT,     // AIO_LISTIO_MAX, AIO_MAX, MQ_OPEN_MAX
        25 => 20,                     // AIO_PRIO_DELTA_MAX
        26 | 33 => c_int::MAX.into(), // DELAYTIMER_MAX, SEM_VALUE_MAX
        28 => 32_768,                 // MQ_PRIO_MAX
        29 => POSIX,
        30 => PAGE_SIZE as c_long,
        31 => 32,            // RTSIG_MAX
        32 | 35 => NO_LIMIT, // SEM_NSEMS_MAX, TIMER_MAX
        34 => soft_limit(RLIMIT_SIGPENDING),
        36 | 38 => 99, // bc
        37 => 2048,
        39 => 1000,
        40 => 255,                     // COLL_WEIGHTS_MAX
        42 => 32,                      // EXPR_NEST_MAX
        43 | 45 => 2048,               // LINE_MAX, CHARCLASS_NAME_MAX
        44 => 32_767,                  // RE_DUP_MAX
        46..=48 | 51 | 52 => POSIX,    // POSIX.2 and its C and localedef options
        60 => 1024,                    // IOV_MAX
        49 | 50 | 53..=66 => NO_LIMIT, // FORTRAN, the XTI options
        67 | 68 => POSIX,              // threads
        69 | 70 => 1024,               // getgr_r, getpw_r buffers
        71 => 256,                     // LOGIN_NAME_MAX
        72 => 32,                      // TTY_NAME_MAX
        73 => 4,                       // destructor iterations
        74 => 1024,                    // thread keys
        75 => 16_384,                  // PTHREAD_STACK_MIN
        76 => NO_LIMIT,
        77..=82 => POSIX, // thread attributes, priorities, process sharing
        83 => processors_configured(),
        84 => processors_online(),
        85 => memory_pages(|info| info.totalram),
        86 => memory_pages(|info| info.freeram),
        87 => c_int::MAX.into(), // ATEXIT_MAX
        88 => 128,               // PASS_MAX, what getpass holds
        89 => 700,
        90 => 4,
        91 | 93 | 94 => 1,   // XSI, internationalisation, shared memory
        92 | 97 => NO_LIMIT, // crypt, POSIX.2 user portability
        95 | 96 => POSIX,    // POSIX.2 terminal and C versions
        98..=100 => 1,       // XPG2 to XPG4
        101 => 8,            // the C limits
        102 | 111 => 127,
        103 | 112 => -128,
        104 => i32::MAX.into(),
        105 => i32::MIN.into(),
        106 => 64,
        107 => 32,
        108 => 16,
        109 => 20,
        110 | 113 => 32_767,
        114 => -32_768,
        115 => 255,
        116 => u32::MAX.into(),
        117 => -1, // ULONG_MAX, as far as a long can say it
        118 => 65_535,
        119 => 4096, // NL_*
        120 => 2048,
        121..=124 => c_int::MAX.into(),
        127 | 178 | 239 => 1, // the LP64 programming models; the others are not offered:
        125 | 126 | 128 | 176 | 177 | 179 | 237 | 238 | 240 => NO_LIMIT,
        129..=131 => 1, // XOPEN_LEGACY, REALTIME, REALTIME_THREADS
        132 | 133 | 137..=139 | 149 | 153 | 154 | 159 | 164 => POSIX,
        155 | 157 => 1,        // regular expressions, a shell
        134..=175 => NO_LIMIT, // POSIX.1a subsetting, tracing, batch
        180 => 64,             // HOST_NAME_MAX
        181..=184 => NO_LIMIT,
        185..=199 => 0,     // cache geometry is not reported
        235 | 236 => POSIX, // IPv6, raw sockets
        242..=246 => NO_LIMIT,
        249 => crate::signal::minimum_stack(),
        250 => crate::signal::minimum_stack() * 4,
        _ => return None,
    })
}

/// The value of a configurable limit or option. POSIX `sysconf`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sysconf(name: c_int) -> c_long {
    value(name).ok_or(Errno::EINVAL).or_minus_one()
}

crate::alias!(__sysconf = sysconf);

/// Processors that run, whether the process may use them or not. get_nprocs(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn get_nprocs() -> c_int {
    processors_online() as c_int
}

/// Processors that the system has or may get. get_nprocs_conf(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn get_nprocs_conf() -> c_int {
    processors_configured() as c_int
}

/// Pages of memory. get_phys_pages(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn get_phys_pages() -> c_long {
    memory_pages(|i| i.totalram)
}

/// Pages of memory that are free. get_avphys_pages(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn get_avphys_pages() -> c_long {
    memory_pages(|i| i.freeram)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that are the machine's, the unit's limits or glibc's own taste: arguments, processes, memory, caches, PASS_MAX,
    /// stack for signals, ulimits.
    const OWN: [c_int; 11] = [0, 1, 4, 34, 83, 84, 85, 86, 88, 249, 250];

    #[test]
    fn lists_of_processors_are_counted() {
        for (text, count) in [
            (&b"0\n"[..], Some(1)),
            (b"0-3\n", Some(4)),
            (b"0-3,8,10-11", Some(7)),
            (b"", None),
            (b"3-0", None),
            (b"0-", None),
            (b"x", None),
        ] {
            assert_eq!(count_listed(text), count);
        }
    }

    #[test]
    fn names_and_values_are_glibcs() {
        for name in (-1..300).filter(|n| !OWN.contains(n) && !(185..=199).contains(n)) {
            // SAFETY: any number is a valid argument.
            let (theirs, unknown) = unsafe {
                *libc::__errno_location() = 0;
                let v = libc::sysconf(name);
                (v, v == -1 && *libc::__errno_location() == libc::EINVAL)
            };
            assert_eq!(value(name), (!unknown).then_some(theirs), "name {name}");
        }
    }

    #[test]
    fn machine_values_agree_with_the_host() {
        for name in [4, 34, 83, 85] {
            // SAFETY: any number is a valid argument.
            assert_eq!(
                value(name),
                // SAFETY: takes no pointers.
                Some(unsafe { libc::sysconf(name) }),
                "name {name}"
            );
        }
    }
}
