//! The System V and BSD functions that POSIX.1-2008 still had or programs still call.

use super::action::{address, change as change_action, from_address, set_handler};
use super::mask::change as change_mask;
use super::{
    SA_NODEFER, SA_RESETHAND, SIG_BLOCK, SIG_ERR, SIG_HOLD, SIG_IGN, SIG_SETMASK, SIG_UNBLOCK,
    usable,
};
use crate::errno::{CResult, Errno, set_errno};
use crate::types::*;

/// A set with one signal.
fn only(sig: c_int) -> Result<sigset_t, Errno> {
    if !usable(sig) {
        return Err(Errno::EINVAL);
    }
    Ok(word(1 << (sig - 1)))
}

fn word(word: u64) -> sigset_t {
    let mut bits = [0; 16];
    bits[0] = word;
    sigset_t { bits }
}

/// Sets a handler that blocks its own signal and unblocks it now, or with `SIG_HOLD` only blocks it;
/// returns the one before. sigset(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigset(
    sig: c_int,
    handler: Option<unsafe extern "C" fn(c_int)>,
) -> Option<unsafe extern "C" fn(c_int)> {
    let handler = address(handler);
    let result = only(sig).and_then(|set| {
        if handler == SIG_HOLD {
            let was = change_mask(SIG_BLOCK, Some(&set))?.bits[0] & set.bits[0] != 0;
            return Ok(if was {
                SIG_HOLD
            } else {
                change_action(sig, None)?.sa_sigaction
            });
        }
        let action = super::sigaction {
            sa_sigaction: handler,
            sa_mask: word(0),
            sa_flags: 0,
            sa_restorer: 0,
        };
        let before = change_action(sig, Some(&action))?.sa_sigaction;
        let was = change_mask(SIG_UNBLOCK, Some(&set))?.bits[0] & set.bits[0] != 0;
        Ok(if was { SIG_HOLD } else { before })
    });
    from_address(result.unwrap_or_else(|e| {
        set_errno(e);
        SIG_ERR
    }))
}

/// Blocks one signal. sighold(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sighold(sig: c_int) -> c_int {
    only(sig)
        .and_then(|set| change_mask(SIG_BLOCK, Some(&set)))
        .map(drop)
        .or_minus_one()
}

/// Unblocks one signal. sigrelse(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigrelse(sig: c_int) -> c_int {
    only(sig)
        .and_then(|set| change_mask(SIG_UNBLOCK, Some(&set)))
        .map(drop)
        .or_minus_one()
}

/// Ignores one signal. sigignore(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigignore(sig: c_int) -> c_int {
    let action = super::sigaction {
        sa_sigaction: SIG_IGN,
        sa_mask: word(0),
        sa_flags: 0,
        sa_restorer: 0,
    };
    change_action(sig, Some(&action)).map(drop).or_minus_one()
}

/// Waits with the signals of a mask blocked and no others: `sigpause` of BSD. That of POSIX, which the header declares, is
/// [`__xpg_sigpause`]. sigpause(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigpause(mask: c_int) -> c_int {
    let set = word(mask.cast_unsigned().into());
    // SAFETY: a live set.
    unsafe { super::wait::sigsuspend(&raw const set) }
}

/// [`__xpg_sigpause`] for a signal, [`sigpause`] for a mask (GNU).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __sigpause(sig_or_mask: c_int, is_sig: c_int) -> c_int {
    // SAFETY: any values will do.
    unsafe {
        if is_sig != 0 {
            __xpg_sigpause(sig_or_mask)
        } else {
            sigpause(sig_or_mask)
        }
    }
}

/// Waits with one signal unblocked. POSIX.1-2008 `sigpause`, under the name that glibc has for it.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __xpg_sigpause(sig: c_int) -> c_int {
    let result =
        only(sig).and_then(|set| Ok(word(change_mask(SIG_BLOCK, None)?.bits[0] & !set.bits[0])));
    match result {
        // SAFETY: a live set.
        Ok(set) => unsafe { super::wait::sigsuspend(&raw const set) },
        Err(e) => Err::<c_int, _>(e).or_minus_one(),
    }
}

/// `signal` as System V has it: the handler runs once and its signal is not blocked. sysv_signal(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sysv_signal(
    sig: c_int,
    handler: Option<unsafe extern "C" fn(c_int)>,
) -> Option<unsafe extern "C" fn(c_int)> {
    from_address(set_handler(
        sig,
        address(handler),
        SA_RESETHAND | SA_NODEFER,
    ))
}

/// Blocks the first 32 signals by bits; returns those blocked before. sigblock(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigblock(mask: c_int) -> c_int {
    change_mask(SIG_BLOCK, Some(&word(u64::from(mask as u32))))
        .map(|old| old.bits[0] as c_int)
        .or_minus_one()
}

/// Sets the mask of the first 32 signals by bits; returns the one before. sigsetmask(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigsetmask(mask: c_int) -> c_int {
    change_mask(SIG_SETMASK, Some(&word(u64::from(mask as u32))))
        .map(|old| old.bits[0] as c_int)
        .or_minus_one()
}

/// The mask of the first 32 signals. siggetmask(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn siggetmask() -> c_int {
    change_mask(SIG_BLOCK, None)
        .map(|old| old.bits[0] as c_int)
        .or_minus_one()
}

crate::alias!(__sysv_signal = sysv_signal);
