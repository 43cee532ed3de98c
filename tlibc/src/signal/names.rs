//! Names of signals: `sig2str` and `str2sig`. Their descriptions are in `psignal` and `string`.

use super::{NSIG, SIGRTMAX, SIGRTMIN};
use crate::types::*;
use core::ffi::CStr;

/// Names without "SIG", by number.
const NAMES: [&[u8]; 32] = [
    b"EXIT", b"HUP", b"INT", b"QUIT", b"ILL", b"TRAP", b"ABRT", b"BUS", b"FPE", b"KILL", b"USR1",
    b"SEGV", b"USR2", b"PIPE", b"ALRM", b"TERM", b"STKFLT", b"CHLD", b"CONT", b"STOP", b"TSTP",
    b"TTIN", b"TTOU", b"URG", b"XCPU", b"XFSZ", b"VTALRM", b"PROF", b"WINCH", b"POLL", b"PWR",
    b"SYS",
];
/// Longest name with its NUL, `SIG2STR_MAX`.
const SIG2STR_MAX: usize = 17;

/// Writes the name and returns its length; `None` for no signal.
fn name(sig: c_int, out: &mut [u8; SIG2STR_MAX]) -> Option<usize> {
    let mut n = 0;
    let mut put = |text: &[u8]| {
        out[n..n + text.len()].copy_from_slice(text);
        n += text.len();
    };
    match sig {
        0..=31 => put(NAMES[sig as usize]),
        SIGRTMIN => put(b"RTMIN"),
        SIGRTMAX => put(b"RTMAX"),
        _ if sig > SIGRTMIN && sig < SIGRTMAX => {
            // The nearer end is the base.
            let middle = (SIGRTMIN + SIGRTMAX) / 2;
            let (stem, distance): (&[u8], c_int) = if sig <= middle {
                (b"RTMIN+", sig - SIGRTMIN)
            } else {
                (b"RTMAX-", SIGRTMAX - sig)
            };
            put(stem);
            if distance >= 10 {
                put(&[b'0' + (distance / 10) as u8]);
            }
            put(&[b'0' + (distance % 10) as u8]);
        }
        _ => return None,
    }
    Some(n)
}

/// The name of a signal without "SIG", in `SIG2STR_MAX` bytes; -1 for no signal. POSIX.1-2024 `sig2str`.
///
/// # Safety
/// `out` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sig2str(sig: c_int, out: *mut c_char) -> c_int {
    let mut buf = [0; SIG2STR_MAX];
    match name(sig, &mut buf) {
        Some(n) => {
            // SAFETY: the caller's buffer has SIG2STR_MAX bytes, and the name ends before.
            unsafe { core::ptr::copy_nonoverlapping(buf.as_ptr().cast(), out, n + 1) };
            0
        }
        None => -1,
    }
}

/// The signal of a name or decimal number.
fn number(text: &[u8]) -> Option<c_int> {
    if text.is_empty() || text.len() >= SIG2STR_MAX {
        return None;
    }
    if text.iter().all(u8::is_ascii_digit) {
        let n = text
            .iter()
            .fold(0, |n: c_int, b| (n * 10 + c_int::from(b - b'0')).min(NSIG));
        return (n < NSIG).then_some(n);
    }
    (0..NSIG)
        .find(|sig| {
            let mut buf = [0; SIG2STR_MAX];
            name(*sig, &mut buf).is_some_and(|n| &buf[..n] == text)
        })
        .or_else(|| {
            let (base, rest) = if let Some(rest) = text.strip_prefix(b"RTMIN+") {
                (SIGRTMIN, rest)
            } else {
                (SIGRTMAX, text.strip_prefix(b"RTMAX-")?)
            };
            if rest.is_empty() || rest.len() > 2 || !rest.iter().all(u8::is_ascii_digit) {
                return None;
            }
            let n = rest.iter().fold(0, |n, b| n * 10 + c_int::from(b - b'0'));
            let sig = if base == SIGRTMIN { base + n } else { base - n };
            (SIGRTMIN..=SIGRTMAX).contains(&sig).then_some(sig)
        })
}

/// The signal of a name without "SIG" or of a decimal number; -1 for none. POSIX.1-2024 `str2sig`.
///
/// # Safety
/// `text` points to a NUL-terminated string; `sig` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn str2sig(text: *const c_char, sig: *mut c_int) -> c_int {
    // SAFETY: the caller's string and number.
    unsafe {
        match number(CStr::from_ptr(text).to_bytes()) {
            Some(n) => {
                sig.write(n);
                0
            }
            None => -1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_numbers_round_trip() {
        for sig in (0..=31).chain(SIGRTMIN..=SIGRTMAX) {
            let mut buf = [0; SIG2STR_MAX];
            let n = name(sig, &mut buf).unwrap();
            assert_eq!(number(&buf[..n]), Some(sig));
        }
        assert_eq!(number(b"9"), Some(9));
        assert_eq!(number(b"RTMIN+30"), Some(64));
        for bad in [&b""[..], b"SIGINT", b"65", b"RTMIN+31", b"RTMAX-x"] {
            assert_eq!(number(bad), None);
        }
    }
}
