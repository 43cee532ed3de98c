//! `sys/timex.h`: the clock discipline of the kernel, as NTP describes it. `adjtime` and `clock_adjtime`, which other headers
//! declare, are here too.

use crate::errno::{CResult as _, Errno};
use crate::platform::calls::time as calls;
use crate::types::*;
use core::ptr;

/// The state of the discipline, and what is to change in it (adjtimex(2)).
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
#[allow(non_camel_case_types)]
pub struct timex {
    /// What to change: `ADJ_*`.
    pub modes: c_uint,
    /// Time still to be added slowly, in µs or ns.
    pub offset: c_long,
    /// Frequency correction, in 2⁻¹⁶ ppm.
    pub freq: c_long,
    /// Largest error, in µs.
    pub maxerror: c_long,
    /// Estimated error, in µs.
    pub esterror: c_long,
    /// `STA_*`.
    pub status: c_int,
    /// Time constant of the loop.
    pub constant: c_long,
    /// Precision of the clock, in µs.
    pub precision: c_long,
    /// Largest frequency correction, in 2⁻¹⁶ ppm.
    pub tolerance: c_long,
    /// The time.
    pub time: timeval,
    /// µs between ticks.
    pub tick: c_long,
    /// Frequency of the pulse per second, in 2⁻¹⁶ ppm.
    pub ppsfreq: c_long,
    /// Its jitter.
    pub jitter: c_long,
    /// Its interval, as a power of 2 in seconds.
    pub shift: c_int,
    /// Its stability, in 2⁻¹⁶ ppm.
    pub stabil: c_long,
    /// How often the jitter was too large.
    pub jitcnt: c_long,
    /// Calibration intervals.
    pub calcnt: c_long,
    /// Calibration errors.
    pub errcnt: c_long,
    /// How often the stability was exceeded.
    pub stbcnt: c_long,
    /// TAI - UTC, in seconds.
    pub tai: c_int,
    /// For the future.
    pub __reserved: [c_int; 11],
}
check_layout!(
    timex = libc::timex {
        modes,
        offset,
        status,
        time,
        tick,
        shift,
        stbcnt,
        tai
    }
);

/// What [`ntp_gettimex`] tells.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
#[allow(non_camel_case_types)]
pub struct ntptimeval {
    /// The time.
    pub time: timeval,
    /// Largest error, in µs.
    pub maxerror: c_long,
    /// Estimated error, in µs.
    pub esterror: c_long,
    /// TAI - UTC, in seconds.
    pub tai: c_long,
    /// For the future.
    pub __reserved: [c_long; 4],
}
check_layout!(
    ntptimeval = libc::ntptimeval {
        time,
        maxerror,
        esterror,
        tai
    }
);

/// Reads the clock discipline, and changes what `modes` names: the state of the clock, `TIME_*`. adjtimex(2).
///
/// # Safety
/// `state` is null (`EFAULT`) or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn adjtimex(state: *mut timex) -> c_int {
    // SAFETY: the caller's structure.
    unsafe { calls::adjtimex(state.cast()) }.or_minus_one()
}

/// [`adjtimex`] by its name in NTP. ntp_adjtime(3).
///
/// # Safety
/// As for [`adjtimex`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ntp_adjtime(state: *mut timex) -> c_int {
    // SAFETY: the caller's structure.
    unsafe { adjtimex(state) }
}

/// [`adjtimex`] of any clock. clock_adjtime(2).
///
/// # Safety
/// As for [`adjtimex`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn clock_adjtime(clock: clockid_t, state: *mut timex) -> c_int {
    // SAFETY: the caller's structure.
    unsafe { calls::clock_adjtime(clock, state.cast()) }.or_minus_one()
}

/// The time and how far it can be trusted; the state of the clock, `TIME_*`. ntp_gettime(3).
///
/// # Safety
/// `now` is writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ntp_gettimex(now: *mut ntptimeval) -> c_int {
    let mut state = timex::default();
    // SAFETY: a live structure; the caller's.
    unsafe {
        calls::adjtimex((&raw mut state).cast())
            .inspect(|_| {
                now.write(ntptimeval {
                    time: state.time,
                    maxerror: state.maxerror,
                    esterror: state.esterror,
                    tai: state.tai.into(),
                    __reserved: [0; 4],
                });
            })
            .or_minus_one()
    }
}

/// Adds a time to the clock slowly; what an earlier call has still to add goes to `old`. `EINVAL` for more than 2,145 seconds. With
/// a null `delta` only reads. adjtime(3).
///
/// # Safety
/// `delta` is null or readable, `old` null or writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn adjtime(delta: *const timeval, old: *mut timeval) -> c_int {
    // SAFETY: the caller's times.
    unsafe { slew(delta.as_ref(), old) }.or_minus_one()
}

/// # Safety
/// `old` is null or writable.
unsafe fn slew(delta: Option<&timeval>, old: *mut timeval) -> Result<c_int, Errno> {
    const ADJ_OFFSET_SINGLESHOT: c_uint = 0x8001;
    const ADJ_OFFSET_SS_READ: c_uint = 0xa001;
    const SECOND: c_long = 1_000_000;
    /// The kernel counts microseconds in 32 bits.
    const MOST: c_long = (i32::MAX as c_long) / SECOND - 2;
    let mut state = timex {
        modes: ADJ_OFFSET_SS_READ,
        ..timex::default()
    };
    if let Some(delta) = delta {
        let seconds = delta.tv_sec.saturating_add(delta.tv_usec / SECOND);
        if !(-MOST..=MOST).contains(&seconds) {
            return Err(Errno::EINVAL);
        }
        state.offset = seconds * SECOND + delta.tv_usec % SECOND;
        state.modes = ADJ_OFFSET_SINGLESHOT;
    }
    // SAFETY: a live structure; the caller's time.
    unsafe {
        calls::adjtimex(ptr::from_mut(&mut state).cast())?;
        if !old.is_null() {
            old.write(timeval {
                tv_sec: state.offset / SECOND,
                tv_usec: state.offset % SECOND,
            });
        }
    }
    Ok(0)
}
