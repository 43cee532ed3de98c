//! POSIX timers: making, setting, reading, deleting.

use alloc::sync::Arc;

use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::Context;
use super::time::{RawTime, timer_clock};
use crate::errno::{Errno, Result};
use crate::mm::user::{read_struct, write_struct};
use crate::process;
use crate::signal::Signal;
use crate::time::Timespec;
use crate::time::itimer::Setting;
use crate::time::posix_timer::{Notify, PosixTimers};

/// `struct sigevent`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct RawEvent {
    value: u64,
    signo: i32,
    notify: i32,
    tid: i32,
    rest: [u32; 11],
}

fn notification(cx: &Context, event: &RawEvent) -> Result<Notify> {
    let signal = || Signal::from_number(event.signo as usize);
    match event.notify as u32 {
        raw::SIGEV_NONE => Ok(Notify::Nothing),
        // The C library makes the thread; for the kernel it is a signal.
        raw::SIGEV_SIGNAL | raw::SIGEV_THREAD => Ok(Notify::Process(signal()?)),
        raw::SIGEV_THREAD_ID => {
            let thread = process::find_thread(event.tid as u32)
                .filter(|thread| Arc::ptr_eq(&thread.process, cx.process))
                .ok_or(Errno::EINVAL)?;
            Ok(Notify::Thread(signal()?, Arc::downgrade(&thread)))
        }
        _ => Err(Errno::EINVAL),
    }
}

/// timer_create(2).
pub fn timer_create(cx: &Context, [clock, event, id_out, ..]: [usize; 6]) -> Result<usize> {
    let event: Option<RawEvent> = match event {
        0 => None,
        address => Some(read_struct(address)?),
    };
    let clock = timer_clock(cx, clock as i32)?;
    let (notify, value) = match event {
        None => (Notify::Process(Signal::ALRM), None),
        Some(event) => (notification(cx, &event)?, Some(event.value)),
    };
    let id = PosixTimers::create(cx.process, clock, notify, value)?;
    if let Err(fault) = hal::user::store_u32(id_out, id as u32) {
        cx.process.posix_timers.delete(id)?;
        return Err(fault.into());
    }
    Ok(0)
}

/// `struct itimerspec`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct RawSetting {
    interval: RawTime,
    value: RawTime,
}

impl RawSetting {
    fn encode(setting: Setting) -> Self {
        Self {
            interval: RawTime::timespec(setting.interval),
            value: RawTime::timespec(setting.value),
        }
    }

    fn decode(self) -> Result<Setting> {
        let nanoseconds =
            |time: RawTime| Timespec::nanoseconds_from_raw(time.seconds, time.fraction);
        Ok(Setting {
            value: nanoseconds(self.value)?,
            interval: nanoseconds(self.interval)?,
        })
    }
}

/// timer_settime(2).
pub fn timer_settime(cx: &Context, [id, flags, new, old, ..]: [usize; 6]) -> Result<usize> {
    let absolute = match flags as u32 {
        0 => false,
        raw::TIMER_ABSTIME => true,
        _ => return Err(Errno::EINVAL),
    };
    if new == 0 {
        return Err(Errno::EINVAL);
    }
    let new = read_struct::<RawSetting>(new)?.decode()?;
    let previous = cx.process.posix_timers.set(id as i32, new, absolute)?;
    if old != 0 {
        write_struct(old, &RawSetting::encode(previous))?;
    }
    Ok(0)
}

/// timer_gettime(2).
pub fn timer_gettime(cx: &Context, [id, out, ..]: [usize; 6]) -> Result<usize> {
    let setting = cx.process.posix_timers.get(id as i32)?;
    write_struct(out, &RawSetting::encode(setting))?;
    Ok(0)
}

/// timer_getoverrun(2).
pub fn timer_getoverrun(cx: &Context, [id, ..]: [usize; 6]) -> Result<usize> {
    Ok(cx.process.posix_timers.overruns(id as i32)? as usize)
}

/// timer_delete(2).
pub fn timer_delete(cx: &Context, [id, ..]: [usize; 6]) -> Result<usize> {
    cx.process.posix_timers.delete(id as i32)?;
    Ok(0)
}
