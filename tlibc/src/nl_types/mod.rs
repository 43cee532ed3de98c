//! `nl_types.h`: message catalogues, in the format of the GNU `gencat`.
//!
//! A catalogue is read as a whole when it is opened. Its header is the magic number, the size and the depth of a hash
//! table; then come the table in the byte order of little-endian machines, the same in that of the others, and the texts. An
//! entry is set (counted from 1, plus 1), message and offset of the text; entry `i` of plane `d` is for the pairs whose
//! product is `i` modulo the size.

use crate::errno::{Errno, set_errno};
use crate::locale::objects::{name_of, thread_object};
use crate::malloc::{free, malloc};
use crate::stdlib::environment;
use crate::textfile;
use crate::types::*;
use crate::vec::Vec;
use core::ffi::CStr;

/// The value for "it could not be opened".
const FAILED: *mut Catalogue = usize::MAX as *mut Catalogue;
/// `oflag` of `catopen`: by `LC_MESSAGES`, not by `LANG`.
const NL_CAT_LOCALE: c_int = 1;
/// The category of messages.
const LC_MESSAGES: usize = 5;
const MAGIC: u32 = 0x9604_08de;
const HEADER: usize = 12;
/// Bytes of an entry of the table.
const ENTRY: usize = 12;
/// No catalogue is larger, in bytes.
const LARGEST: usize = 64 << 20;
/// Where catalogues are without `NLSPATH`.
const DEFAULT_PATH: &[u8] = b"/usr/share/locale/%L/%N:/usr/share/locale/%L/LC_MESSAGES/%N:/usr/share/locale/%l/%N:/usr/share/locale/%l/LC_MESSAGES/%N";

/// An open catalogue.
pub struct Catalogue {
    data: Vec<u8>,
    size: usize,
    depth: usize,
}

fn word(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

impl Catalogue {
    /// Checks the header; `None` for what is no catalogue.
    fn new(data: Vec<u8>) -> Option<Self> {
        let size = word(&data, 4)? as usize;
        let depth = word(&data, 8)? as usize;
        let table = size.checked_mul(depth)?.checked_mul(2 * ENTRY)?;
        let fits = HEADER.checked_add(table)? <= data.len();
        (word(&data, 0)? == MAGIC && size > 0 && fits).then_some(Self { data, size, depth })
    }

    /// The text of a message.
    fn find(&self, set: c_int, message: c_int) -> Option<&CStr> {
        let set = u32::try_from(set).ok()?.checked_add(1)?;
        let message = u32::try_from(message).ok()?;
        let first = (u64::from(set) * u64::from(message) % self.size as u64) as usize;
        let texts = HEADER + self.size * self.depth * 2 * ENTRY;
        for plane in 0..self.depth {
            let at = HEADER + (first + plane * self.size) * ENTRY;
            if word(&self.data, at)? == set && word(&self.data, at + 4)? == message {
                let offset = word(&self.data, at + 8)? as usize;
                return CStr::from_bytes_until_nul(self.data.get(texts + offset..)?).ok();
            }
        }
        None
    }
}

/// The parts of a locale's name: language, territory, code set.
fn parts(locale: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let locale = locale.split(|b| *b == b'@').next().unwrap_or(b"");
    let mut by_dot = locale.splitn(2, |b| *b == b'.');
    let mut by_line = by_dot.next().unwrap_or(b"").splitn(2, |b| *b == b'_');
    let language = by_line.next().unwrap_or(b"");
    (
        language,
        by_line.next().unwrap_or(b""),
        by_dot.next().unwrap_or(b""),
    )
}

/// One template of `NLSPATH` with its `%` sequences replaced.
fn expand(template: &[u8], name: &[u8], locale: &[u8]) -> Result<Vec<u8>, Errno> {
    let (language, territory, codeset) = parts(locale);
    let mut path = Vec::new();
    let mut bytes = template.iter();
    if template.is_empty() {
        path.extend(name)?;
    }
    while let Some(&byte) = bytes.next() {
        if byte != b'%' {
            path.push(byte)?;
            continue;
        }
        match bytes.next() {
            Some(b'N') => path.extend(name)?,
            Some(b'L') => path.extend(locale)?,
            Some(b'l') => path.extend(language)?,
            Some(b't') => path.extend(territory)?,
            Some(b'c') => path.extend(codeset)?,
            Some(b'%') => path.push(b'%')?,
            _ => {}
        }
    }
    path.push(0)?;
    Ok(path)
}

/// The name of the locale whose catalogues are wanted: that of `LC_MESSAGES` as it is set, or what `LANG` says.
fn locale_name(flag: c_int) -> &'static [u8] {
    if flag & NL_CAT_LOCALE != 0 {
        return name_of(thread_object(), LC_MESSAGES).text().to_bytes();
    }
    environment::lookup(c"LANG")
        .map(CStr::to_bytes)
        .filter(|value| !value.is_empty() && !value.contains(&b'/'))
        .unwrap_or(b"C")
}

fn open(path: &CStr) -> Result<Catalogue, Errno> {
    let data = textfile::read_all(path, LARGEST)?;
    Catalogue::new(data).ok_or(Errno::EINVAL)
}

fn search(name: &[u8], flag: c_int) -> Result<Catalogue, Errno> {
    if name.contains(&b'/') {
        let mut path = Vec::new();
        path.extend(name)?;
        path.push(0)?;
        return open(CStr::from_bytes_until_nul(&path).map_err(|_| Errno::EINVAL)?);
    }
    let locale = locale_name(flag);
    let templates = match environment::lookup(c"NLSPATH") {
        // What another user's environment says is not for a program with more rights.
        Some(templates) if !environment::is_secure() && !templates.is_empty() => {
            templates.to_bytes()
        }
        _ => DEFAULT_PATH,
    };
    let mut error = Errno::ENOENT;
    for template in templates.split(|b| *b == b':') {
        let path = expand(template, name, locale)?;
        match open(CStr::from_bytes_until_nul(&path).map_err(|_| Errno::EINVAL)?) {
            Ok(catalogue) => return Ok(catalogue),
            Err(Errno::ENOENT) => {}
            Err(other) => error = other,
        }
    }
    Err(error)
}

/// Opens a catalogue: by its path, or by a name looked for in `NLSPATH`. `(nl_catd)-1` and `errno` if there is none. POSIX
/// `catopen`.
///
/// # Safety
/// `name` points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn catopen(name: *const c_char, flag: c_int) -> *mut c_void {
    // SAFETY: the caller's string.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    let catalogue = match search(name, flag) {
        Ok(catalogue) => catalogue,
        Err(error) => {
            set_errno(error);
            return FAILED.cast();
        }
    };
    // SAFETY: malloc'd room of the type's size; malloc aligns for any type.
    unsafe {
        let place: *mut Catalogue = malloc(size_of::<Catalogue>()).cast();
        if place.is_null() {
            return FAILED.cast();
        }
        place.write(catalogue);
        place.cast()
    }
}

/// A message of a catalogue; `text` and `ENOMSG`, or `EBADF`, if it is not there. POSIX `catgets`.
///
/// # Safety
/// `catalogue` is what `catopen` returned and not closed.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn catgets(
    catalogue: *mut c_void,
    set: c_int,
    message: c_int,
    text: *const c_char,
) -> *mut c_char {
    if catalogue == FAILED.cast() {
        set_errno(Errno::EBADF);
        return text.cast_mut();
    }
    // SAFETY: the caller's promise.
    match unsafe { (*catalogue.cast::<Catalogue>()).find(set, message) } {
        Some(found) => found.as_ptr().cast_mut(),
        None => {
            set_errno(Errno::ENOMSG);
            text.cast_mut()
        }
    }
}

/// Closes a catalogue; the messages that came from it are gone. 0, or −1 and `EBADF`. POSIX `catclose`.
///
/// # Safety
/// As for [`catgets`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn catclose(catalogue: *mut c_void) -> c_int {
    if catalogue == FAILED.cast() {
        set_errno(Errno::EBADF);
        return -1;
    }
    // SAFETY: the caller's promise; it came from malloc.
    unsafe {
        catalogue.cast::<Catalogue>().drop_in_place();
        free(catalogue);
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_expanded() {
        let path = expand(b"/a/%L/%l-%t-%c/%%/%N.cat", b"prog", b"de_AT.UTF-8@euro").unwrap();
        assert_eq!(&path[..], b"/a/de_AT.UTF-8@euro/de-AT-UTF-8/%/prog.cat\0");
        assert_eq!(parts(b"C"), (&b"C"[..], &b""[..], &b""[..]));
    }

    #[test]
    fn damaged_catalogues_are_refused() {
        let mut data = Vec::new();
        data.extend(&MAGIC.to_le_bytes()).unwrap();
        data.extend(&[0xff; 8]).unwrap();
        assert!(Catalogue::new(data).is_none());
        assert!(Catalogue::new(Vec::new()).is_none());
    }
}
