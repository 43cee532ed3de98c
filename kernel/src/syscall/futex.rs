//! `futex`, robust lists.

use core::sync::atomic::Ordering;

use linux_raw_sys::general as raw;

use super::time::{ClockMode, deadline_at, read_timespec};
use super::{Context, restart};
use crate::errno::{Errno, Result};
use crate::process;
use crate::sync::futex::{self, ALL_BITS, Scope, Wanted};
use crate::sync::pi;
use crate::time::Deadline;

/// futex(2).
pub fn futex(
    cx: &Context,
    [address, operation, value, timeout, address2, value3]: [usize; 6],
) -> Result<usize> {
    let operation = operation as u32;
    let command = operation & !(raw::FUTEX_PRIVATE_FLAG | raw::FUTEX_CLOCK_REALTIME);
    let scope = if operation & raw::FUTEX_PRIVATE_FLAG != 0 {
        Scope::Private
    } else {
        Scope::Shared
    };
    let realtime = operation & raw::FUTEX_CLOCK_REALTIME != 0;
    let takes_clock = matches!(
        command,
        raw::FUTEX_WAIT_BITSET | raw::FUTEX_WAIT_REQUEUE_PI | raw::FUTEX_LOCK_PI2
    );
    if realtime && !takes_clock {
        return Err(Errno::ENOSYS);
    }
    // A moment of the realtime or of the monotonic clock.
    let moment = |realtime: bool| match timeout {
        0 => Ok(None),
        address => {
            let nanoseconds = read_timespec(address)?;
            let clock = if realtime {
                raw::CLOCK_REALTIME
            } else {
                raw::CLOCK_MONOTONIC
            };
            deadline_at(clock, ClockMode::Absolute, nanoseconds).map(Some)
        }
    };
    let count = |value: usize| usize::try_from((value as i32).max(0)).unwrap_or(0);
    match command {
        raw::FUTEX_WAIT | raw::FUTEX_WAIT_BITSET => {
            let bits = if command == raw::FUTEX_WAIT_BITSET {
                value3 as u32
            } else {
                ALL_BITS
            };
            let wait = |deadline| {
                let outcome = futex::wait(cx.thread, address, scope, value as u32, bits, deadline);
                outcome.map(|()| 0)
            };
            if timeout == 0 {
                return wait(None);
            }
            // With a time-out it is not begun anew after a handler, and goes on to the same
            // moment after a stop (signal(7)).
            let timed = |deadline| match wait(Some(deadline)) {
                Err(Errno::RESTART) => Err(Errno::RESTART_UNLESS_HANDLED),
                outcome => outcome,
            };
            match moment(realtime)? {
                Some(deadline) if command == raw::FUTEX_WAIT_BITSET => timed(deadline),
                _ => restart::with_deadline(
                    cx.thread,
                    || Ok(Deadline::after(read_timespec(timeout)?)),
                    timed,
                ),
            }
        }
        raw::FUTEX_WAKE => futex::wake(cx.process, address, scope, count(value).max(1), ALL_BITS),
        raw::FUTEX_WAKE_BITSET => futex::wake(
            cx.process,
            address,
            scope,
            count(value).max(1),
            value3 as u32,
        ),
        raw::FUTEX_REQUEUE | raw::FUTEX_CMP_REQUEUE => {
            if (value as i32) < 0 || (timeout as i32) < 0 {
                return Err(Errno::EINVAL);
            }
            let expected = (command == raw::FUTEX_CMP_REQUEUE).then_some(value3 as u32);
            let counts = (count(value), count(timeout));
            let (woken, moved) =
                futex::requeue(cx.process, (address, address2), scope, counts, expected)?;
            // Both, also where futex(2) says that only those woken count.
            Ok(woken + moved)
        }
        raw::FUTEX_WAKE_OP => {
            let counts = (count(value).max(1), count(timeout).max(1));
            futex::wake_op(
                cx.process,
                (address, address2),
                scope,
                counts,
                value3 as u32,
            )
        }
        raw::FUTEX_LOCK_PI | raw::FUTEX_LOCK_PI2 => {
            // The older of the two has always meant the realtime clock.
            let deadline = moment(realtime || command == raw::FUTEX_LOCK_PI)?;
            pi::lock(cx.thread, address, scope, deadline)?;
            Ok(0)
        }
        raw::FUTEX_TRYLOCK_PI => {
            pi::try_lock(cx.thread, address, scope)?;
            Ok(0)
        }
        raw::FUTEX_UNLOCK_PI => {
            pi::unlock(cx.thread, address, scope)?;
            Ok(0)
        }
        raw::FUTEX_WAIT_REQUEUE_PI => {
            let deadline = moment(realtime)?;
            let both = (address, address2);
            futex::wait_requeue_pi(cx.thread, both, scope, value as u32, deadline)?;
            Ok(0)
        }
        raw::FUTEX_CMP_REQUEUE_PI => {
            if value as u32 != 1 || (timeout as i32) < 0 {
                return Err(Errno::EINVAL);
            }
            let both = (address, address2);
            futex::requeue_pi(cx.process, both, scope, count(timeout), value3 as u32)
        }
        _ => Err(Errno::ENOSYS),
    }
}

/// The most words that futex_waitv(2) waits for.
const FUTEX_WAITV_MAX: usize = 128;
/// `struct futex_waitv`: value, address, flags.
const WAIT_VECTOR_SIZE: usize = 24;

/// futex_waitv(2): waits for one of several words; gives the index of one that was woken.
pub fn futex_waitv(
    cx: &Context,
    [words, count, flags, timeout, clock, _]: [usize; 6],
) -> Result<usize> {
    if flags != 0 || words == 0 || !(1..=FUTEX_WAITV_MAX).contains(&count) {
        return Err(Errno::EINVAL);
    }
    let deadline = match timeout {
        0 => None,
        address => {
            let clock = clock as u32;
            if !matches!(clock, raw::CLOCK_MONOTONIC | raw::CLOCK_REALTIME) {
                return Err(Errno::EINVAL);
            }
            let nanoseconds = read_timespec(address)?;
            Some(deadline_at(clock, ClockMode::Absolute, nanoseconds)?)
        }
    };
    let mut wanted = [Wanted::default(); FUTEX_WAITV_MAX];
    let wanted = &mut wanted[..count];
    for (index, wanted) in wanted.iter_mut().enumerate() {
        let mut fields = [0; WAIT_VECTOR_SIZE];
        let at = index
            .checked_mul(WAIT_VECTOR_SIZE)
            .and_then(|offset| words.checked_add(offset));
        hal::user::copy_in(&mut fields, at.ok_or(Errno::EFAULT)?)?;
        *wanted = Wanted::parse(&fields)?;
    }
    futex::wait_any(cx.thread, wanted, deadline)
}

impl Wanted {
    fn parse(fields: &[u8; WAIT_VECTOR_SIZE]) -> Result<Wanted> {
        let word = |index: usize| {
            let mut word = [0; 8];
            word.copy_from_slice(&fields[index * 8..index * 8 + 8]);
            u64::from_le_bytes(word)
        };
        // The upper half of the last word is reserved.
        let scope = match word(2) {
            flags if flags == FUTEX2_SIZE_U32 => Scope::Shared,
            flags if flags == FUTEX2_SIZE_U32 | FUTEX2_PRIVATE => Scope::Private,
            _ => return Err(Errno::EINVAL),
        };
        Ok(Wanted {
            address: word(1) as usize,
            scope,
            expected: u32::try_from(word(0)).map_err(|_| Errno::EINVAL)?,
        })
    }
}

const FUTEX2_SIZE_U32: u64 = 2;
const FUTEX2_PRIVATE: u64 = 128;

/// Size of `struct robust_list_head`.
const ROBUST_LIST_HEAD: usize = 24;

/// set_robust_list(2).
pub fn set_robust_list(cx: &Context, [head, length, ..]: [usize; 6]) -> Result<usize> {
    if length != ROBUST_LIST_HEAD {
        return Err(Errno::EINVAL);
    }
    cx.thread.robust_list.store(head, Ordering::Relaxed);
    Ok(0)
}

/// get_robust_list(2).
pub fn get_robust_list(cx: &Context, [tid, head, length, ..]: [usize; 6]) -> Result<usize> {
    let thread = match tid as i32 {
        0 => cx.thread.clone(),
        tid => process::find_thread(tid as u32).ok_or(Errno::ESRCH)?,
    };
    if !cx.thread.may_inspect(&thread.process) {
        return Err(Errno::EPERM);
    }
    hal::user::store_u64(head, thread.robust_list.load(Ordering::Relaxed) as u64)?;
    hal::user::store_u64(length, ROBUST_LIST_HEAD as u64)?;
    Ok(0)
}
