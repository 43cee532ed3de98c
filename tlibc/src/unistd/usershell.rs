//! The login shells of `/etc/shells`: `getusershell` and its relatives (BSD), getusershell(3).

use crate::errno::{CResult as _, Errno};
use crate::sync::Mutex;
use crate::textfile::Lines;
use crate::types::*;
use crate::unistd::term::StaticBuffer;
use core::ffi::CStr;
use core::ptr;

/// The shells where there is no file.
const USUAL: [&CStr; 2] = [c"/bin/sh", c"/bin/csh"];

/// Where the next shell comes from.
struct Source {
    /// The file, if there is one.
    file: Option<Lines>,
    /// The index of the next one in [`USUAL`], which count without a file.
    usual: usize,
}

static SOURCE: Mutex<Option<Source>> = Mutex::new(None);
/// Room for any path.
const PATH_MAX: usize = 4096;
static SHELL: StaticBuffer<PATH_MAX> = StaticBuffer::new();

/// The path in a line: up to a blank or a comment.
fn shell_of(line: &[u8]) -> Option<&[u8]> {
    let start = line.iter().position(|byte| matches!(byte, b'/' | b'#'))?;
    let path = &line[start..];
    let end = path
        .iter()
        .position(|byte| byte.is_ascii_whitespace() || *byte == b'#')
        .unwrap_or(path.len());
    (end > 0).then(|| &path[..end])
}

fn next() -> Result<*mut c_char, Errno> {
    let mut source = SOURCE.lock();
    let current = match &mut *source {
        Some(current) => current,
        none => none.insert(Source {
            file: Lines::open(c"/etc/shells").ok(),
            usual: 0,
        }),
    };
    let keep = |text: &[u8]| {
        // SAFETY: the text is shorter than the buffer; the manual says that only one caller uses it.
        unsafe {
            ptr::copy_nonoverlapping(text.as_ptr(), SHELL.get(), text.len());
            SHELL.get().add(text.len()).write(0);
        }
        SHELL.get().cast()
    };
    if let Some(lines) = &mut current.file {
        while let Some(line) = lines.next_line()? {
            if let Some(shell) = shell_of(line).filter(|shell| shell.len() < PATH_MAX) {
                return Ok(keep(shell));
            }
        }
        return Ok(ptr::null_mut());
    }
    let shell = USUAL.get(current.usual);
    current.usual += usize::from(shell.is_some());
    Ok(shell.map_or(ptr::null_mut(), |shell| keep(shell.to_bytes())))
}

/// The next shell, in a static buffer; null at the end.
///
/// # Safety
/// Not from two threads at once.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getusershell() -> *mut c_char {
    next().or_null()
}

/// Starts over.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setusershell() {
    *SOURCE.lock() = None;
}

/// Closes the file.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn endusershell() {
    *SOURCE.lock() = None;
}

#[cfg(test)]
mod tests {
    use super::shell_of;

    #[test]
    fn a_line_holds_one_path() {
        assert_eq!(shell_of(b"/bin/sh"), Some(&b"/bin/sh"[..]));
        assert_eq!(shell_of(b"  /bin/sh # usual"), Some(&b"/bin/sh"[..]));
        assert_eq!(shell_of(b"/bin/sh#x"), Some(&b"/bin/sh"[..]));
        assert_eq!(shell_of(b"# /bin/sh"), None);
        assert_eq!(shell_of(b""), None);
    }
}
