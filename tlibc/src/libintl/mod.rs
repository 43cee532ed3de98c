//! `libintl.h` (POSIX.1-2024, from GNU gettext): translations of a program's messages.
//!
//! A domain is bound to a folder; the catalogue is `FOLDER/LOCALE/CATEGORY/DOMAIN.mo` ([`catalog`]). The names of locales to
//! try come from `LANGUAGE`, then the category's own locale is tried; in the "C" locale nothing is translated.
//! What is read stays in memory. One lock guards all of it.

mod catalog;
mod plural;

use crate::errno::{Errno, errno, set_errno};
use crate::locale::objects::{categories_of, name_of, thread_object};
use crate::locale::{CATEGORY_NAMES, Encoding, LC_ALL, locale_t};
use crate::stdlib::environment;
use crate::sync::Mutex;
use crate::types::*;
use crate::vec::Vec;
use catalog::{Catalogue, keep};
use core::ffi::CStr;
use core::ptr;

const LC_MESSAGES: c_int = 5;
/// The domain of a program that names none.
const DEFAULT_DOMAIN: &CStr = c"messages";
/// The folder of a domain that is not bound.
const DEFAULT_FOLDER: &CStr = c"/usr/share/locale";

/// What `bindtextdomain` and `bind_textdomain_codeset` said of a domain. Texts end with a NUL and are never freed.
struct Binding {
    next: *mut Binding,
    domain: Vec<u8>,
    folder: *const c_char,
    codeset: *const c_char,
}

/// What programs count up after they changed `LANGUAGE`, so that gettext looks at it again (GNU gettext's manual, "Changing
/// the language at runtime"). It always looks.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals, reason = "its name in C")]
pub static mut _nl_msg_cat_cntr: c_int = 0;

struct State {
    domain: *const c_char,
    bindings: *mut Binding,
    catalogues: *mut Catalogue,
}

// SAFETY: the lists belong to the state, and the texts are never changed.
unsafe impl Send for State {}

static STATE: Mutex<State> = Mutex::new(State {
    domain: DEFAULT_DOMAIN.as_ptr(),
    bindings: ptr::null_mut(),
    catalogues: ptr::null_mut(),
});

/// Before a fork: nobody is changing the domains.
pub fn fork_prepare() {
    STATE.raw().lock();
}

/// After a fork, in the parent and in the child.
pub fn fork_done() {
    STATE.raw().unlock();
}

/// A copy that stays for ever, with its NUL.
fn copy(text: &CStr) -> Result<*const c_char, Errno> {
    let mut bytes = Vec::new();
    bytes.extend(text.to_bytes_with_nul())?;
    let start = bytes.as_ptr();
    core::mem::forget(bytes);
    Ok(start.cast())
}

impl State {
    fn binding(&mut self, domain: &[u8]) -> Option<&mut Binding> {
        let mut at = self.bindings;
        while !at.is_null() {
            // SAFETY: links of the list, which are never freed; the lock is held.
            let binding = unsafe { &mut *at };
            if binding.domain[..] == *domain {
                return Some(binding);
            }
            at = binding.next;
        }
        None
    }

    /// The binding of a domain, made if there is none.
    fn binding_or_new(&mut self, domain: &[u8]) -> Result<&mut Binding, Errno> {
        if self.binding(domain).is_none() {
            let mut name = Vec::new();
            name.extend(domain)?;
            let new = keep(Binding {
                next: self.bindings,
                domain: name,
                folder: DEFAULT_FOLDER.as_ptr(),
                codeset: ptr::null(),
            });
            if new.is_null() {
                return Err(Errno::ENOMEM);
            }
            self.bindings = new;
        }
        self.binding(domain).ok_or(Errno::ENOMEM)
    }

    /// The catalogue at a path, read at first use.
    fn catalogue(&mut self, path: &CStr) -> Option<&mut Catalogue> {
        let mut at = self.catalogues;
        while !at.is_null() {
            // SAFETY: as in `binding`.
            let catalogue = unsafe { &mut *at };
            if catalogue.is_at(path.to_bytes()) {
                return Some(catalogue);
            }
            at = catalogue.next;
        }
        let mut new = Catalogue::read(path).ok()?;
        new.next = self.catalogues;
        let new = keep(new);
        if new.is_null() {
            return None;
        }
        self.catalogues = new;
        // SAFETY: just written.
        Some(unsafe { &mut *new })
    }
}

/// The parts of a locale's name, `language[_territory][.codeset][@modifier]`, each with what stands before it.
struct Parts<'a> {
    language: &'a [u8],
    territory: &'a [u8],
    codeset: &'a [u8],
    modifier: &'a [u8],
}

/// Bits of the number of a form of a locale's name, the more important ones higher.
mod form {
    pub const PLAIN_CODESET: usize = 1;
    pub const CODESET: usize = 2;
    pub const TERRITORY: usize = 4;
    pub const MODIFIER: usize = 8;
    pub const COUNT: usize = 16;
}

impl<'a> Parts<'a> {
    fn of(name: &'a [u8]) -> Self {
        let split = |text: &'a [u8], byte: u8| {
            let at = text.iter().position(|b| *b == byte);
            text.split_at(at.unwrap_or(text.len()))
        };
        let (rest, modifier) = split(name, b'@');
        let (rest, codeset) = split(rest, b'.');
        let (language, territory) = split(rest, b'_');
        Parts {
            language,
            territory,
            codeset,
            modifier,
        }
    }

    /// Appends a form of the name to a path; false when there is no such form of this name. From the highest number down they
    /// are the order in which catalogues are looked for: the modifier is the last to go, the code set the first, which
    /// is also tried in small letters and digits alone (GNU gettext, "Locale Names").
    fn push(&self, number: usize, path: &mut Vec<u8>) -> Result<bool, Errno> {
        let plain = |byte: &&u8| byte.is_ascii_alphanumeric();
        let known = !self.codeset.is_empty();
        let is_plain = self
            .codeset
            .iter()
            .skip(1)
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
        let has = |bit: usize| number & bit != 0;
        if has(form::MODIFIER) && self.modifier.is_empty()
            || has(form::TERRITORY) && self.territory.is_empty()
            || has(form::CODESET) && !known
            || has(form::PLAIN_CODESET) && (is_plain || has(form::CODESET))
        {
            return Ok(false);
        }
        path.extend(self.language)?;
        if has(form::TERRITORY) {
            path.extend(self.territory)?;
        }
        if has(form::CODESET) {
            path.extend(self.codeset)?;
        }
        if has(form::PLAIN_CODESET) {
            path.push(b'.')?;
            for byte in self.codeset.iter().filter(plain) {
                path.push(byte.to_ascii_lowercase())?;
            }
        }
        if has(form::MODIFIER) {
            path.extend(self.modifier)?;
        }
        Ok(true)
    }
}

/// A request: all that the functions differ in.
struct Request<'a> {
    domain: Option<&'a CStr>,
    text: *const c_char,
    plural: Option<(*const c_char, c_ulong)>,
    category: c_int,
    locale: locale_t,
}

impl Request<'_> {
    /// The translation, or the text itself.
    ///
    /// # Safety
    /// The texts are null or NUL-terminated strings.
    unsafe fn answer(&self) -> *mut c_char {
        let untranslated = match self.plural {
            Some((plural, n)) if n != 1 => plural,
            _ => self.text,
        };
        if self.text.is_null() {
            return untranslated.cast_mut();
        }
        // These functions never change errno.
        let saved = errno();
        // SAFETY: the caller's string.
        let found = self.translate(unsafe { CStr::from_ptr(self.text) }.to_bytes());
        set_errno(saved);
        found.unwrap_or(untranslated).cast_mut()
    }

    fn translate(&self, text: &[u8]) -> Option<*const c_char> {
        let index = usize::try_from(self.category).ok()?;
        let category = CATEGORY_NAMES.get(index).filter(|name| !name.is_empty())?;
        let locale = categories_of(self.locale);
        if self.category == LC_ALL || locale.0 & 1 << self.category == 0 {
            // The "C" locale.
            return None;
        }
        let mut state = STATE.lock();
        let domain = match self.domain {
            Some(domain) => domain,
            // SAFETY: the current domain is a string that is never freed.
            None => unsafe { CStr::from_ptr(state.domain) },
        };
        if domain.is_empty() || domain.to_bytes().contains(&b'/') {
            return None;
        }
        let (folder, codeset) = match state.binding(domain.to_bytes()) {
            Some(binding) => (binding.folder, binding.codeset),
            None => (DEFAULT_FOLDER.as_ptr(), ptr::null()),
        };
        // SAFETY: texts of a binding are never freed.
        let (folder, codeset) = unsafe {
            let codeset = (!codeset.is_null()).then(|| CStr::from_ptr(codeset).to_bytes());
            (CStr::from_ptr(folder).to_bytes(), codeset)
        };
        let codeset = codeset.unwrap_or(match locale.encoding() {
            Encoding::Utf8 => b"UTF-8",
            Encoding::Bytes => b"ASCII",
        });
        let language = environment::lookup(c"LANGUAGE").map_or(&b""[..], CStr::to_bytes);
        let own = name_of(self.locale, index).text().to_bytes();
        for name in language.split(|b| *b == b':').chain([own]) {
            if name == b"C" || name == b"POSIX" {
                return None;
            }
            if name.is_empty() || name.contains(&b'/') {
                continue;
            }
            let parts = Parts::of(name);
            let mut path = Vec::new();
            for number in (0..form::COUNT).rev() {
                path.truncate(0);
                path.extend(folder).ok()?;
                path.push(b'/').ok()?;
                if !parts.push(number, &mut path).ok()? {
                    continue;
                }
                for part in [b"/", category.as_bytes(), b"/", domain.to_bytes(), b".mo\0"] {
                    path.extend(part).ok()?;
                }
                let path = CStr::from_bytes_until_nul(&path).ok()?;
                let n = self.plural.map(|(_, n)| n);
                let found = state
                    .catalogue(path)
                    .and_then(|catalogue| catalogue.translate(text, n, codeset));
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    }
}

macro_rules! translations {
    ($($(#[$doc:meta])* pub fn $name:ident($($arg:ident: $type:ty),*) -> *mut c_char => $domain:expr, $text:expr, $plural:expr, $category:expr, $locale:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        /// The texts are NUL-terminated strings, the domain one or null, the locale one that is not freed.
        #[cfg_attr(not(test), unsafe(no_mangle))]
        pub unsafe extern "C" fn $name($($arg: $type),*) -> *mut c_char {
            // SAFETY: the caller's strings.
            unsafe {
                let domain: *const c_char = $domain;
                Request {
                    domain: (!domain.is_null()).then(|| CStr::from_ptr(domain)),
                    text: $text,
                    plural: $plural,
                    category: $category,
                    locale: $locale,
                }
                .answer()
            }
        }
    )*};
}

translations! {
    /// The translation of a message in the current domain, or the message. POSIX `gettext`.
    pub fn gettext(text: *const c_char) -> *mut c_char => ptr::null(), text, None, LC_MESSAGES, thread_object();
    /// [`gettext`] in another locale. POSIX `gettext_l`.
    pub fn gettext_l(text: *const c_char, locale: locale_t) -> *mut c_char => ptr::null(), text, None, LC_MESSAGES, locale;
    /// [`gettext`] in a domain. POSIX `dgettext`.
    pub fn dgettext(domain: *const c_char, text: *const c_char) -> *mut c_char => domain, text, None, LC_MESSAGES, thread_object();
    /// [`dgettext`] in another locale. POSIX `dgettext_l`.
    pub fn dgettext_l(domain: *const c_char, text: *const c_char, locale: locale_t) -> *mut c_char => domain, text, None, LC_MESSAGES, locale;
    /// [`dgettext`] of another category than `LC_MESSAGES`. POSIX `dcgettext`.
    pub fn dcgettext(domain: *const c_char, text: *const c_char, category: c_int) -> *mut c_char => domain, text, None, category, thread_object();
    /// [`dcgettext`] in another locale. POSIX `dcgettext_l`.
    pub fn dcgettext_l(domain: *const c_char, text: *const c_char, category: c_int, locale: locale_t) -> *mut c_char => domain, text, None, category, locale;
    /// The form of a message for `n` things; untranslated, `plural` unless there is one. POSIX `ngettext`.
    pub fn ngettext(text: *const c_char, plural: *const c_char, n: c_ulong) -> *mut c_char => ptr::null(), text, Some((plural, n)), LC_MESSAGES, thread_object();
    /// [`ngettext`] in another locale. POSIX `ngettext_l`.
    pub fn ngettext_l(text: *const c_char, plural: *const c_char, n: c_ulong, locale: locale_t) -> *mut c_char => ptr::null(), text, Some((plural, n)), LC_MESSAGES, locale;
    /// [`ngettext`] in a domain. POSIX `dngettext`.
    pub fn dngettext(domain: *const c_char, text: *const c_char, plural: *const c_char, n: c_ulong) -> *mut c_char => domain, text, Some((plural, n)), LC_MESSAGES, thread_object();
    /// [`dngettext`] in another locale. POSIX `dngettext_l`.
    pub fn dngettext_l(domain: *const c_char, text: *const c_char, plural: *const c_char, n: c_ulong, locale: locale_t) -> *mut c_char => domain, text, Some((plural, n)), LC_MESSAGES, locale;
    /// [`dngettext`] of another category than `LC_MESSAGES`. POSIX `dcngettext`.
    pub fn dcngettext(domain: *const c_char, text: *const c_char, plural: *const c_char, n: c_ulong, category: c_int) -> *mut c_char => domain, text, Some((plural, n)), category, thread_object();
    /// [`dcngettext`] in another locale. POSIX `dcngettext_l`.
    pub fn dcngettext_l(domain: *const c_char, text: *const c_char, plural: *const c_char, n: c_ulong, category: c_int, locale: locale_t) -> *mut c_char => domain, text, Some((plural, n)), category, locale;
}

/// Sets the current domain, "messages" for an empty name, and returns it; with null only returns it. Null and `ENOMEM` on
/// failure. POSIX `textdomain`.
///
/// # Safety
/// `domain` is null or a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn textdomain(domain: *const c_char) -> *mut c_char {
    let mut state = STATE.lock();
    if !domain.is_null() {
        // SAFETY: the caller's string; the state's domain is one as well.
        let (new, old) = unsafe { (CStr::from_ptr(domain), CStr::from_ptr(state.domain)) };
        if new.is_empty() || new == DEFAULT_DOMAIN {
            state.domain = DEFAULT_DOMAIN.as_ptr();
        } else if new != old {
            match copy(new) {
                Ok(copy) => state.domain = copy,
                Err(error) => {
                    set_errno(error);
                    return ptr::null_mut();
                }
            }
        }
    }
    state.domain.cast_mut()
}

/// Binds one text of a domain and returns it; with null only returns it.
///
/// # Safety
/// Both are null or NUL-terminated strings.
unsafe fn bind(
    domain: *const c_char,
    text: *const c_char,
    field: impl Fn(&mut Binding) -> &mut *const c_char,
    default: *const c_char,
) -> *mut c_char {
    if domain.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: the caller's string.
    let domain = unsafe { CStr::from_ptr(domain) };
    if domain.is_empty() {
        return ptr::null_mut();
    }
    let mut state = STATE.lock();
    if text.is_null() {
        let bound = state.binding(domain.to_bytes());
        return bound.map_or(default, |binding| *field(binding)).cast_mut();
    }
    let result = state.binding_or_new(domain.to_bytes()).and_then(|binding| {
        let place = field(binding);
        // SAFETY: the caller's string, and texts of a binding, which are never freed.
        unsafe {
            let new = CStr::from_ptr(text);
            if place.is_null() || CStr::from_ptr(*place) != new {
                *place = copy(new)?;
            }
        }
        Ok(*place)
    });
    match result {
        Ok(text) => text.cast_mut(),
        Err(error) => {
            set_errno(error);
            ptr::null_mut()
        }
    }
}

/// Binds a domain to the folder of its catalogues and returns the folder; with null only returns it. Null for an empty
/// domain, or with `ENOMEM`. POSIX `bindtextdomain`.
///
/// # Safety
/// Both are null or NUL-terminated strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn bindtextdomain(
    domain: *const c_char,
    folder: *const c_char,
) -> *mut c_char {
    // SAFETY: the caller's promise.
    unsafe {
        bind(
            domain,
            folder,
            |binding| &mut binding.folder,
            DEFAULT_FOLDER.as_ptr(),
        )
    }
}

/// Sets the code set in which messages of a domain are wanted, and returns it: null while none is set. POSIX
/// `bind_textdomain_codeset`.
///
/// # Safety
/// Both are null or NUL-terminated strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn bind_textdomain_codeset(
    domain: *const c_char,
    codeset: *const c_char,
) -> *mut c_char {
    // SAFETY: the caller's promise.
    unsafe { bind(domain, codeset, |binding| &mut binding.codeset, ptr::null()) }
}
