//! `<fmtmsg.h>`: messages in a fixed form on the error stream and the console (POSIX fmtmsg()).

use core::ffi::CStr;
use core::ptr::null_mut;

use crate::errno::Errno;
use crate::fcntl::{AT_FDCWD, O_CLOEXEC, O_WRONLY};
use crate::malloc::free;
use crate::platform;
use crate::stdlib::environment::{getenv, lookup};
use crate::sync::Mutex;
use crate::types::{c_char, c_int, c_long};
use crate::vec::Vec;

const MM_PRINT: c_long = 256;
const MM_CONSOLE: c_long = 512;
const MM_NOTOK: c_int = -1;
const MM_NOMSG: c_int = 1;
const MM_NOCON: c_int = 4;
/// The first severity that `addseverity` may define.
const MM_FIRST: c_int = 5;

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

/// A severity beyond the standard ones and its text in a block of malloc; null when it has been removed.
#[derive(Clone, Copy)]
struct Level {
    severity: c_int,
    text: *mut c_char,
}

/// What `addseverity` and, before the first use, `SEV_LEVEL` said.
struct Levels {
    list: Vec<Level>,
    asked: bool,
}

// SAFETY: the texts are used under the lock only.
unsafe impl Send for Levels {}

static LEVELS: Mutex<Levels> = Mutex::new(Levels {
    list: Vec::new(),
    asked: false,
});

impl Levels {
    /// Sets or removes a severity; false when there is none to remove.
    fn set(&mut self, severity: c_int, text: Option<&[u8]>) -> Result<bool, Errno> {
        let mut new: *mut c_char = null_mut();
        if let Some(text) = text {
            let mut copy = Vec::new();
            copy.extend(text)?;
            copy.push(0)?;
            new = copy.as_ptr().cast_mut().cast();
            core::mem::forget(copy);
        }
        let known = (0..self.list.len()).find(|&index| self.list[index].severity == severity);
        let Some(index) = known else {
            if new.is_null() {
                return Ok(false);
            }
            let level = Level {
                severity,
                text: new,
            };
            if let Err(error) = self.list.push(level) {
                // SAFETY: nobody else has the block.
                unsafe { free(new.cast()) };
                return Err(error);
            }
            return Ok(true);
        };
        let old = core::mem::replace(&mut self.list[index].text, new);
        // SAFETY: the block of the old text, which is used under the lock only.
        unsafe { free(old.cast()) };
        Ok(!old.is_null() || !new.is_null())
    }

    /// The text of a severity.
    fn text(&self, severity: c_int) -> Option<&[u8]> {
        let level = self.list.iter().find(|level| level.severity == severity)?;
        // SAFETY: null, or a string that stays while the lock is held.
        unsafe { (!level.text.is_null()).then(|| CStr::from_ptr(level.text).to_bytes()) }
    }

    /// Reads `SEV_LEVEL`, `keyword,number,text` with colons between; what is not understood is left out.
    fn ask(&mut self) -> Result<(), Errno> {
        if self.asked {
            return Ok(());
        }
        self.asked = true;
        let value = lookup(c"SEV_LEVEL").map_or(&b""[..], CStr::to_bytes);
        for entry in value.split(|&b| b == b':') {
            let mut parts = entry.splitn(3, |&b| b == b',');
            let (Some(_keyword), Some(number), Some(text)) =
                (parts.next(), parts.next(), parts.next())
            else {
                continue;
            };
            let number = core::str::from_utf8(number)
                .ok()
                .and_then(|n| n.parse().ok());
            if let Some(severity @ MM_FIRST..) = number {
                self.set(severity, Some(text))?;
            }
        }
        Ok(())
    }
}

/// Gives a severity above the standard ones a text, or takes it away with null: `MM_OK` or `MM_NOTOK`. addseverity(3).
///
/// # Safety
/// `text` is null or a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn addseverity(severity: c_int, text: *const c_char) -> c_int {
    if severity < MM_FIRST {
        return MM_NOTOK;
    }
    // SAFETY: the caller's string.
    let text = unsafe { (!text.is_null()).then(|| CStr::from_ptr(text).to_bytes()) };
    let mut levels = LEVELS.lock();
    let done = levels.ask().and_then(|()| levels.set(severity, text));
    if done == Ok(true) { 0 } else { MM_NOTOK }
}

/// Whether a label is up to 10 bytes, a colon, and up to 14 bytes.
fn is_label(label: &[u8]) -> bool {
    let mut parts = label.splitn(2, |&b| b == b':');
    parts.next().is_some_and(|component| component.len() <= 10)
        && parts.next().is_some_and(|part| part.len() <= 14)
}

/// Writes a message to the error stream (`MM_PRINT`) and the console (`MM_CONSOLE`): `MM_OK`, or which of them failed;
/// `MM_NOTOK` also for a severity or a label that is none.
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
    let mut levels = LEVELS.lock();
    if levels.ask().is_err() {
        return MM_NOTOK;
    }
    let severity = match severity {
        0 => None,
        1..MM_FIRST => Some(SEVERITIES[severity as usize - 1]),
        _ => match levels.text(severity) {
            None => return MM_NOTOK,
            text => text,
        },
    };
    let label = string(label);
    if label.is_some_and(|label| !is_label(label)) {
        return MM_NOTOK;
    }
    let parts = [label, severity, string(text), string(action), string(tag)];
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
