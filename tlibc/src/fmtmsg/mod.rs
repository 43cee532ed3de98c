//! `<fmtmsg.h>`: messages in a fixed form on the error stream and the console (POSIX fmtmsg()).

use core::ffi::CStr;

use crate::fcntl::{AT_FDCWD, O_CLOEXEC, O_WRONLY};
use crate::platform;
use crate::stdlib::environment::getenv;
use crate::types::{c_char, c_int, c_long};
use crate::vec::Vec;

const MM_PRINT: c_long = 256;
const MM_CONSOLE: c_long = 512;
const MM_NOTOK: c_int = -1;
const MM_NOMSG: c_int = 1;
const MM_NOCON: c_int = 4;

/// Names of the severities, from `MM_HALT` = 1.
const SEVERITIES: [&[u8]; 4] = [b"HALT", b"ERROR", b"WARNING", b"INFO"];
/// The parts that `MSGVERB` can ask for, in the order of the message.
const PARTS: [&[u8]; 5] = [b"label", b"severity", b"text", b"action", b"tag"];

/// Which parts `MSGVERB` asks for; all if it is not set or not understood.
fn verbosity() -> [bool; 5] {
    // SAFETY: a C string; the value is used before the environment can change.
    let value = unsafe {
        let value = getenv(c"MSGVERB".as_ptr());
        if value.is_null() {
            return [true; 5];
        }
        CStr::from_ptr(value).to_bytes()
    };
    let mut wanted = [false; 5];
    for word in value.split(|&b| b == b':') {
        match PARTS.iter().position(|part| *part == word) {
            Some(part) => wanted[part] = true,
            None => return [true; 5],
        }
    }
    wanted
}

/// `label: severity: text` and, on the next line, `TO FIX: action tag`, of the parts that are there and wanted.
fn compose(parts: &[Option<&[u8]>; 5], wanted: [bool; 5]) -> Result<Vec<u8>, crate::errno::Errno> {
    let part = |index: usize| parts[index].filter(|_| wanted[index]);
    let mut message = Vec::new();
    let mut first = true;
    for index in 0..3 {
        if let Some(text) = part(index) {
            if !first {
                message.extend(b": ")?;
            }
            message.extend(text)?;
            first = false;
        }
    }
    let (action, tag) = (part(3), part(4));
    if action.is_some() || tag.is_some() {
        if !first {
            message.push(b'\n')?;
        }
        if let Some(action) = action {
            message.extend(b"TO FIX: ")?;
            message.extend(action)?;
        }
        if let Some(tag) = tag {
            if action.is_some() {
                message.extend(b"  ")?;
            }
            message.extend(tag)?;
        }
    }
    message.push(b'\n')?;
    Ok(message)
}

fn write_all(fd: c_int, mut text: &[u8]) -> bool {
    while !text.is_empty() {
        match platform::write(fd, text) {
            Ok(0) => return false,
            Ok(length) => text = &text[length..],
            Err(crate::errno::Errno::EINTR) => {}
            Err(_) => return false,
        }
    }
    true
}

/// Writes a message to the error stream (`MM_PRINT`) and the console (`MM_CONSOLE`): `MM_OK`, or which of them failed.
///
/// # Safety
/// The strings are null, which leaves the part out, or C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fmtmsg(
    classification: c_long,
    label: *const c_char,
    severity: c_int,
    text: *const c_char,
    action: *const c_char,
    tag: *const c_char,
) -> c_int {
    // SAFETY: the caller's strings.
    let string = |s: *const c_char| unsafe { (!s.is_null()).then(|| CStr::from_ptr(s).to_bytes()) };
    let severity = match severity {
        0 => None,
        1..=4 => Some(SEVERITIES[severity as usize - 1]),
        _ => return MM_NOTOK,
    };
    let parts = [
        string(label),
        severity,
        string(text),
        string(action),
        string(tag),
    ];
    let (mut printed, mut shown) = (true, true);
    if classification & MM_PRINT != 0 {
        printed = compose(&parts, verbosity()).is_ok_and(|message| write_all(2, &message));
    }
    if classification & MM_CONSOLE != 0 {
        shown = compose(&parts, [true; 5]).is_ok_and(|message| {
            platform::openat(AT_FDCWD, c"/dev/console", O_WRONLY | O_CLOEXEC, 0).is_ok_and(|fd| {
                let written = write_all(fd, &message);
                // What was written is on the console.
                let _ = platform::close(fd);
                written
            })
        });
    }
    match (printed, shown) {
        (true, true) => 0,
        (false, true) => MM_NOMSG,
        (true, false) => MM_NOCON,
        (false, false) => MM_NOTOK,
    }
}
