//! setlocale.

use core::ffi::CStr;
use core::ptr::null_mut;
use core::sync::atomic::Ordering;

use super::names::LONGEST;
use super::{CATEGORIES, CATEGORY_NAMES, GLOBAL, LC_ALL, Name, Names, categories};
use crate::errno::{Errno, set_errno};
use crate::sync::Mutex;
use crate::types::{c_char, c_int};

/// Room for the longest composed name: twelve times "LC_IDENTIFICATION", "=", a name and ";".
const NAME_ROOM: usize = 12 * (17 + 1 + LONGEST + 1);

/// The global locale.
struct Global {
    names: Names,
    /// Its name where the categories differ; written when they are set, not when they are asked for, so that threads may ask
    /// at the same time.
    composed: [u8; NAME_ROOM],
}

static STATE: Mutex<Global> = Mutex::new(Global {
    names: Names::all(Name::C),
    composed: [0; NAME_ROOM],
});

/// Before a fork: nobody is changing the global locale.
pub fn fork_prepare() {
    STATE.raw().lock();
}

/// After a fork, in the parent and in the child.
pub fn fork_done() {
    STATE.raw().unlock();
}

/// The names of the global locale.
pub(super) fn global_names() -> Names {
    STATE.lock().names
}

/// The locale a name means for a category: "" asks the environment (POSIX.1 §8.2). `None`: no such locale.
pub(super) fn resolve(category: usize, name: &[u8]) -> Option<Name> {
    if !name.is_empty() {
        return Name::find(name);
    }
    let variable = |name: &CStr| {
        // SAFETY: getenv returns null or a string of the environment.
        unsafe {
            let value = crate::stdlib::environment::getenv(name.as_ptr());
            if value.is_null() {
                None
            } else {
                Some(CStr::from_ptr(value).to_bytes())
            }
        }
    };
    let mut own = [0; 24];
    let category_name = CATEGORY_NAMES[category].as_bytes();
    own[..category_name.len()].copy_from_slice(category_name);
    let own = CStr::from_bytes_until_nul(&own).unwrap_or(c"LANG");
    [c"LC_ALL", own, c"LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty())
        .map_or(Some(Name::C), Name::find)
}

/// `names` with what `name` asks for in all categories: one name, or `LC_CTYPE=…;LC_NUMERIC=…` as returned earlier.
pub(super) fn resolve_all(mut names: Names, name: &[u8]) -> Option<Names> {
    if name.contains(&b';') || name.contains(&b'=') {
        for part in name.split(|&byte| byte == b';') {
            let at = part.iter().position(|&byte| byte == b'=')?;
            let category = categories()
                .find(|&category| CATEGORY_NAMES[category].as_bytes() == &part[..at])?;
            names.set(category, Name::find(&part[at + 1..])?);
        }
        return Some(names);
    }
    for category in categories() {
        names.set(category, resolve(category, name)?);
    }
    Some(names)
}

impl Global {
    fn set(&mut self, names: Names) {
        self.names = names;
        GLOBAL.store(names.categories().0, Ordering::Relaxed);
        if names.single().is_some() {
            return;
        }
        let mut at = 0;
        for category in categories() {
            let (key, value) = (CATEGORY_NAMES[category], names.of(category).text());
            for part in [key.as_bytes(), b"=", value.to_bytes(), b";"] {
                self.composed[at..at + part.len()].copy_from_slice(part);
                at += part.len();
            }
        }
        // The last separator becomes the end.
        self.composed[at - 1] = 0;
    }

    fn name(&self) -> *const c_char {
        match self.names.single() {
            Some(name) => name.as_ptr(),
            None => self.composed.as_ptr().cast(),
        }
    }
}

/// Sets the locale of a category, or of all with `LC_ALL`, and returns its name; a null `name` only asks.
/// Null when there is no such locale (ISO C 7.11.1.1); `errno` is then ENOENT, or EINVAL
/// when there is no such category, which the standard leaves open.
///
/// # Safety
/// `name` is null or a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setlocale(category: c_int, name: *const c_char) -> *mut c_char {
    let Some(index) = usize::try_from(category).ok().filter(|&c| c < CATEGORIES) else {
        set_errno(Errno::EINVAL);
        return null_mut();
    };
    let mut state = STATE.lock();
    if !name.is_null() {
        // SAFETY: the caller's string.
        let name = unsafe { CStr::from_ptr(name) }.to_bytes();
        let mut wanted = state.names;
        let wanted = if category == LC_ALL {
            resolve_all(wanted, name)
        } else {
            resolve(index, name).map(|name| {
                wanted.set(index, name);
                wanted
            })
        };
        let Some(wanted) = wanted else {
            set_errno(Errno::ENOENT);
            return null_mut();
        };
        state.set(wanted);
    }
    if category == LC_ALL {
        state.name().cast_mut()
    } else {
        state.names.of(index).as_ptr().cast_mut()
    }
}
