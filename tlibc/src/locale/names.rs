//! The names of locales: which there are, and where their text is kept.
//!
//! `language[_TERRITORY].codeset[@modifier]`, as POSIX.1 §8.2 and setlocale(3) have it, with UTF-8 for the codeset: two or three
//! small letters, two capitals or three digits, `UTF-8` or `utf8` in either case, and letters and digits. Any language and
//! any territory will do. A name of another codeset, or of none, is unknown, since its encoding would be another one.
//!
//! The text of a name that was set once stays for ever, so that what `setlocale` returned can be set again.

use core::ffi::CStr;

use crate::sync::Mutex;
use crate::types::c_char;

/// Longest name in bytes.
pub(super) const LONGEST: usize = 31;

/// The name of a locale that exists. Two are equal when they are of the same locale.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name(&'static Entry);

#[derive(Debug)]
struct Entry {
    /// The name and a null.
    text: [u8; LONGEST + 1],
    next: Option<&'static Entry>,
}

const fn entry(name: &[u8]) -> Entry {
    let mut text = [0; LONGEST + 1];
    text.split_at_mut(name.len()).0.copy_from_slice(name);
    Entry { text, next: None }
}

static C: Entry = entry(b"C");
static C_UTF8: Entry = entry(b"C.UTF-8");

/// The names set so far, but for the two above.
static OTHERS: Mutex<Option<&'static Entry>> = Mutex::new(None);

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        core::ptr::eq(self.0, other.0)
    }
}

impl Eq for Name {}

impl Name {
    /// "C".
    pub(crate) const C: Name = Name(&C);
    /// "C.UTF-8".
    pub(crate) const C_UTF8: Name = Name(&C_UTF8);

    /// The locale of this name; `None` when there is none, or no memory for its text.
    pub(super) fn find(name: &[u8]) -> Option<Name> {
        match name {
            b"C" | b"POSIX" => return Some(Name::C),
            b"C.UTF-8" => return Some(Name::C_UTF8),
            b"C.utf8" => {}
            _ if is_utf8_locale(name) => {}
            _ => return None,
        }
        let mut others = OTHERS.lock();
        let mut at = *others;
        while let Some(entry) = at {
            if Name(entry).text().to_bytes() == name {
                return Some(Name(entry));
            }
            at = entry.next;
        }
        let place: *mut Entry = crate::malloc::malloc(size_of::<Entry>()).cast();
        if place.is_null() {
            return None;
        }
        // SAFETY: a fresh block of the entry's size, which is never freed.
        let added: &'static Entry = unsafe {
            place.write(Entry {
                next: *others,
                ..entry(name)
            });
            &*place
        };
        *others = Some(added);
        Some(Name(added))
    }

    /// The name as a string.
    pub(crate) fn text(self) -> &'static CStr {
        CStr::from_bytes_until_nul(&self.0.text).unwrap_or(c"C")
    }

    /// [`Name::text`] for C.
    pub(crate) fn as_ptr(self) -> *const c_char {
        self.0.text.as_ptr().cast()
    }
}

/// Whether a name has the form that the module's documentation tells of.
fn is_utf8_locale(name: &[u8]) -> bool {
    let Some(dot) = name.iter().position(|&byte| byte == b'.') else {
        return false;
    };
    let (place, rest) = (&name[..dot], &name[dot + 1..]);
    let (codeset, modifier) = match rest.iter().position(|&byte| byte == b'@') {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let (language, territory) = match place.iter().position(|&byte| byte == b'_') {
        Some(at) => (&place[..at], Some(&place[at + 1..])),
        None => (place, None),
    };
    name.len() <= LONGEST
        && matches!(language.len(), 2..=3)
        && language.iter().all(u8::is_ascii_lowercase)
        && territory.is_none_or(|territory| match territory.len() {
            2 => territory.iter().all(u8::is_ascii_uppercase),
            3 => territory.iter().all(u8::is_ascii_digit),
            _ => false,
        })
        && (codeset.eq_ignore_ascii_case(b"UTF-8") || codeset.eq_ignore_ascii_case(b"utf8"))
        && modifier.is_none_or(|modifier| {
            !modifier.is_empty() && modifier.iter().all(u8::is_ascii_alphanumeric)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_utf8_locales_are_known_and_others_are_not() {
        for name in [
            "de_DE.UTF-8",
            "en_US.utf8",
            "fr.UTF-8",
            "ast_ES.UTF-8",
            "es_419.UTF8",
            "sr_RS.utf-8@latin",
        ] {
            let found = Name::find(name.as_bytes()).unwrap();
            assert_eq!(found.text().to_str(), Ok(name));
            assert_eq!(Name::find(name.as_bytes()), Some(found));
            assert!(found != Name::C && found != Name::C_UTF8);
        }
        for name in [
            "",
            "de",
            "de_DE",
            "de_DE@euro",
            "de_DE.ISO-8859-1",
            "de_DE.",
            "de_DE.UTF-8@",
            "de_DE.UTF-8@a/b",
            "de_.UTF-8",
            "de_D.UTF-8",
            "d_DE.UTF-8",
            "DE_de.UTF-8",
            "../x.UTF-8",
            ".UTF-8",
            "C.ISO-8859-1",
            "de_DE.UTF-8@amodifierthatistoolong",
        ] {
            assert_eq!(Name::find(name.as_bytes()), None, "{name}");
        }
        assert_eq!(Name::find(b"POSIX"), Some(Name::C));
    }
}
