//! setlocale.

use core::ffi::CStr;
use core::ptr::null_mut;

use super::{CATEGORIES, CATEGORY_NAMES, Categories, LC_ALL, global, lookup, set_global};
use crate::sync::Mutex;
use crate::types::{c_char, c_int};

/// Room for the longest composed name: twelve times "LC_IDENTIFICATION=C.UTF-8;".
const NAME_ROOM: usize = 12 * 27;

/// The string the last call returned, when it is neither "C" nor "C.UTF-8".
static COMPOSED: Mutex<[u8; NAME_ROOM]> = Mutex::new([0; NAME_ROOM]);

/// The locale a name means for a category: "" asks the environment (POSIX.1 §8.2). `None`: no such locale.
pub(super) fn resolve(category: c_int, name: &[u8]) -> Option<bool> {
    if !name.is_empty() {
        return lookup(name);
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
    let category_name = CATEGORY_NAMES[category as usize].as_bytes();
    own[..category_name.len()].copy_from_slice(category_name);
    let own = CStr::from_bytes_until_nul(&own).unwrap_or(c"LANG");
    [c"LC_ALL", own, c"LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty())
        .map_or(Some(false), lookup)
}

/// What `name` asks for in all categories: one name, or `LC_CTYPE=…;LC_NUMERIC=…` as returned earlier.
fn resolve_all(name: &[u8]) -> Option<Categories> {
    let mut categories = global();
    if name.contains(&b';') || name.contains(&b'=') {
        for part in name.split(|&byte| byte == b';') {
            let at = part.iter().position(|&byte| byte == b'=')?;
            let category = CATEGORY_NAMES
                .iter()
                .position(|c| c.as_bytes() == &part[..at])?;
            categories = categories.with(1 << category, lookup(&part[at + 1..])?);
        }
        return Some(categories);
    }
    for category in (0..CATEGORIES as c_int).filter(|&c| c != LC_ALL) {
        categories = categories.with(1 << category, resolve(category, name)?);
    }
    Some(categories)
}

fn name_of(categories: Categories) -> *mut c_char {
    let all = ((1 << CATEGORIES) - 1) & !(1 << LC_ALL);
    if categories.0 & all == 0 {
        return c"C".as_ptr().cast_mut();
    }
    if categories.0 & all == all {
        return c"C.UTF-8".as_ptr().cast_mut();
    }
    let mut text = COMPOSED.lock();
    let mut at = 0;
    for (category, name) in CATEGORY_NAMES
        .iter()
        .enumerate()
        .filter(|(_, name)| !name.is_empty())
    {
        let utf8 = categories.0 >> category & 1 != 0;
        let value: &[u8] = if utf8 { b"=C.UTF-8;" } else { b"=C;" };
        for part in [name.as_bytes(), value] {
            text[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
    }
    // The last separator becomes the end.
    text[at - 1] = 0;
    text.as_mut_ptr().cast()
}

/// Sets the locale of a category, or of all with `LC_ALL`, and returns its name; a null `name` only asks.
/// Null when there is no such locale (ISO C 7.11.1.1).
///
/// # Safety
/// `name` is null or a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setlocale(category: c_int, name: *const c_char) -> *mut c_char {
    if !usize::try_from(category).is_ok_and(|c| c < CATEGORIES) {
        return null_mut();
    }
    if !name.is_null() {
        // SAFETY: the caller's string.
        let name = unsafe { CStr::from_ptr(name) }.to_bytes();
        let wanted = if category == LC_ALL {
            resolve_all(name)
        } else {
            resolve(category, name).map(|utf8| global().with(1 << category, utf8))
        };
        let Some(wanted) = wanted else {
            return null_mut();
        };
        set_global(wanted);
    }
    if category == LC_ALL {
        name_of(global())
    } else if global().0 >> category & 1 != 0 {
        c"C.UTF-8".as_ptr().cast_mut()
    } else {
        c"C".as_ptr().cast_mut()
    }
}
