//! strsignal, sigabbrev_np, sigdescr_np: what a signal is called.

use crate::types::{c_char, c_int};

/// Abbreviation and description by signal number.
const SIGNALS: [(&str, &str); 32] = [
    ("", ""),
    ("HUP", "Hangup"),
    ("INT", "Interrupt"),
    ("QUIT", "Quit"),
    ("ILL", "Illegal instruction"),
    ("TRAP", "Trace/breakpoint trap"),
    ("ABRT", "Aborted"),
    ("BUS", "Bus error"),
    ("FPE", "Floating point exception"),
    ("KILL", "Killed"),
    ("USR1", "User defined signal 1"),
    ("SEGV", "Segmentation fault"),
    ("USR2", "User defined signal 2"),
    ("PIPE", "Broken pipe"),
    ("ALRM", "Alarm clock"),
    ("TERM", "Terminated"),
    ("STKFLT", "Stack fault"),
    ("CHLD", "Child exited"),
    ("CONT", "Continued"),
    ("STOP", "Stopped (signal)"),
    ("TSTP", "Stopped"),
    ("TTIN", "Stopped (tty input)"),
    ("TTOU", "Stopped (tty output)"),
    ("URG", "Urgent I/O condition"),
    ("XCPU", "CPU time limit exceeded"),
    ("XFSZ", "File size limit exceeded"),
    ("VTALRM", "Virtual timer expired"),
    ("PROF", "Profiling timer expired"),
    ("WINCH", "Window changed"),
    ("POLL", "I/O possible"),
    ("PWR", "Power failure"),
    ("SYS", "Bad system call"),
];

/// The first and the last real-time signal that programs may use.
const REALTIME: core::ops::RangeInclusive<c_int> = 34..=64;

/// Longest text with its null.
const WIDTH: usize = 32;

const fn table(descriptions: bool) -> [[u8; WIDTH]; 32] {
    let mut table = [[0; WIDTH]; 32];
    let mut row = 0;
    while row < 32 {
        let text = if descriptions {
            SIGNALS[row].1
        } else {
            SIGNALS[row].0
        }
        .as_bytes();
        let mut at = 0;
        while at < text.len() {
            table[row][at] = text[at];
            at += 1;
        }
        row += 1;
    }
    table
}

static ABBREVIATIONS: [[u8; WIDTH]; 32] = table(false);
static DESCRIPTIONS: [[u8; WIDTH]; 32] = table(true);

fn lookup(table: &'static [[u8; WIDTH]; 32], signal: c_int) -> Option<&'static [u8; WIDTH]> {
    let row = table.get(usize::try_from(signal).ok()?)?;
    (row[0] != 0).then_some(row)
}

/// The description of a signal with its terminating null, or `None`.
pub fn description(signal: c_int) -> Option<&'static [u8]> {
    lookup(&DESCRIPTIONS, signal).map(|row| &row[..])
}

/// The name of a signal without SIG ("INT"), or `None`.
pub fn abbreviation(signal: c_int) -> Option<&'static str> {
    SIGNALS
        .get(usize::try_from(signal).ok()?)
        .map(|row| row.0)
        .filter(|name| !name.is_empty())
}

/// The description of a signal; for one without a name a buffer that the next call overwrites (POSIX.1).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn strsignal(signal: c_int) -> *mut c_char {
    static mut BUFFER: [u8; 40] = [0; 40];
    if let Some(text) = description(signal) {
        return text.as_ptr().cast_mut().cast();
    }
    let (prefix, number): (&[u8], c_int) = if REALTIME.contains(&signal) {
        (b"Real-time signal ", signal - REALTIME.start())
    } else {
        (b"Unknown signal ", signal)
    };
    // SAFETY: POSIX lets strsignal be unsafe between threads; the text fits (17 + 11 + 1 bytes).
    unsafe {
        let buffer: *mut [u8; 40] = &raw mut BUFFER;
        let buffer = &mut *buffer;
        buffer[..prefix.len()].copy_from_slice(prefix);
        let mut at = prefix.len();
        if number < 0 {
            buffer[at] = b'-';
            at += 1;
        }
        let first_digit = at;
        let mut rest = number.unsigned_abs();
        loop {
            buffer[at] = b'0' + (rest % 10) as u8;
            at += 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        buffer[first_digit..at].reverse();
        buffer[at] = 0;
        buffer.as_mut_ptr().cast()
    }
}

/// The name of a signal without SIG, or null (GNU).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn sigabbrev_np(signal: c_int) -> *const c_char {
    lookup(&ABBREVIATIONS, signal).map_or(core::ptr::null(), |row| row.as_ptr().cast())
}

/// The description of a signal, or null (GNU).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn sigdescr_np(signal: c_int) -> *const c_char {
    lookup(&DESCRIPTIONS, signal).map_or(core::ptr::null(), |row| row.as_ptr().cast())
}
