//! Operations on sets of signals.

use super::{NSIG, RESERVED, usable};
use crate::errno::{CResult, Errno};
use crate::types::*;

/// Word and bit of a signal.
fn place(sig: c_int) -> Result<(usize, u64), Errno> {
    if !usable(sig) {
        return Err(Errno::EINVAL);
    }
    let bit = (sig - 1) as usize;
    Ok((bit / 64, 1 << (bit % 64)))
}

/// Makes the set empty. POSIX `sigemptyset`.
///
/// # Safety
/// `set` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigemptyset(set: *mut sigset_t) -> c_int {
    // SAFETY: the caller's set.
    unsafe { set.write(sigset_t { bits: [0; 16] }) };
    0
}

/// Puts every signal in the set, except the library's own. POSIX `sigfillset`.
///
/// # Safety
/// `set` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigfillset(set: *mut sigset_t) -> c_int {
    let mut bits = [u64::MAX; 16];
    bits[0] &= !RESERVED;
    // SAFETY: the caller's set.
    unsafe { set.write(sigset_t { bits }) };
    0
}

/// Adds a signal. POSIX `sigaddset`.
///
/// # Safety
/// `set` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigaddset(set: *mut sigset_t, sig: c_int) -> c_int {
    // SAFETY: the caller's set.
    place(sig)
        .map(|(word, bit)| unsafe { (*set).bits[word] |= bit })
        .or_minus_one()
}

/// Removes a signal. POSIX `sigdelset`.
///
/// # Safety
/// `set` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigdelset(set: *mut sigset_t, sig: c_int) -> c_int {
    // SAFETY: the caller's set.
    place(sig)
        .map(|(word, bit)| unsafe { (*set).bits[word] &= !bit })
        .or_minus_one()
}

/// 1 when the signal is in the set, else 0. POSIX `sigismember`.
///
/// # Safety
/// `set` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigismember(set: *const sigset_t, sig: c_int) -> c_int {
    if !(1..NSIG).contains(&sig) {
        return Err::<c_int, _>(Errno::EINVAL).or_minus_one();
    }
    let bit = (sig - 1) as usize;
    // SAFETY: the caller's set.
    c_int::from(unsafe { (*set).bits[bit / 64] } >> (bit % 64) & 1 == 1)
}

/// 1 when no signal is in the set. sigisemptyset(3).
///
/// # Safety
/// `set` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigisemptyset(set: *const sigset_t) -> c_int {
    // SAFETY: the caller's set. Only the kernel's word counts.
    c_int::from(unsafe { (*set).bits[0] } == 0)
}

/// The union of two sets. sigorset(3).
///
/// # Safety
/// `a` and `b` are readable; `to` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigorset(
    to: *mut sigset_t,
    a: *const sigset_t,
    b: *const sigset_t,
) -> c_int {
    // SAFETY: the caller's sets.
    unsafe {
        let (a, b) = (*a, *b);
        to.write(sigset_t {
            bits: core::array::from_fn(|i| a.bits[i] | b.bits[i]),
        });
    }
    0
}

/// The intersection of two sets. sigandset(3).
///
/// # Safety
/// `a` and `b` are readable; `to` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sigandset(
    to: *mut sigset_t,
    a: *const sigset_t,
    b: *const sigset_t,
) -> c_int {
    // SAFETY: the caller's sets.
    unsafe {
        let (a, b) = (*a, *b);
        to.write(sigset_t {
            bits: core::array::from_fn(|i| a.bits[i] & b.bits[i]),
        });
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_signals_stay_out() {
        let mut set = sigset_t { bits: [0; 16] };
        // SAFETY: a live set.
        unsafe {
            assert_eq!(sigfillset(&raw mut set), 0);
            for sig in [-1, 0, 32, 33, 65] {
                assert_eq!(sigaddset(&raw mut set, sig), -1, "{sig}");
            }
            let member = |sig| sigismember(&raw const set, sig);
            assert_eq!(
                (
                    member(31),
                    member(32),
                    member(33),
                    member(34),
                    member(64),
                    member(65)
                ),
                (1, 0, 0, 1, 1, -1)
            );
            assert_eq!(sigdelset(&raw mut set, 64), 0);
            assert_eq!(sigismember(&raw const set, 64), 0);
        }
    }
}
