//! newlocale, duplocale, freelocale, uselocale.
#![allow(non_camel_case_types, reason = "the names are C's")]

use core::ffi::CStr;
use core::ptr::null_mut;

use super::{CATEGORIES, Categories, LC_ALL, global};
use crate::errno::{Errno, set_errno};
use crate::types::{c_char, c_int};

/// What a `locale_t` points to.
#[derive(Debug)]
pub struct LocaleObject {
    categories: Categories,
}

/// A locale, or [`GLOBAL_LOCALE`].
pub type locale_t = *mut LocaleObject;

/// `LC_GLOBAL_LOCALE`: whatever `setlocale` last set.
pub const GLOBAL_LOCALE: locale_t = core::ptr::without_provenance_mut(usize::MAX);

/// Bits of all categories, and of `LC_ALL` itself.
const ALL_MASK: c_int = (1 << CATEGORIES) - 1;

/// The two whole locales are shared objects that nobody frees.
static mut C_LOCALE: LocaleObject = LocaleObject {
    categories: Categories(0),
};
static mut UTF8_LOCALE: LocaleObject = LocaleObject {
    categories: Categories(ALL_MASK as u32),
};

#[cfg(not(test))]
fn thread_slot() -> *mut locale_t {
    // SAFETY: a field of the running thread's own block.
    unsafe { (&raw mut (*crate::pthread::tcb::current()).locale).cast() }
}

#[cfg(test)]
fn thread_slot() -> *mut locale_t {
    std::thread_local! {
        static LOCALE: core::cell::Cell<locale_t> = const { core::cell::Cell::new(null_mut()) };
    }
    LOCALE.with(core::cell::Cell::as_ptr)
}

/// The categories of the locale that the running thread uses.
pub fn thread_locale() -> Categories {
    // SAFETY: the slot is the thread's own.
    categories_of(unsafe { *thread_slot() })
}

/// The categories of a `locale_t`; null counts as the global locale.
#[allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "a locale_t is a handle, checked here"
)]
pub fn categories_of(locale: locale_t) -> Categories {
    if locale.is_null() || locale == GLOBAL_LOCALE {
        return global();
    }
    // SAFETY: any other value a program can have comes from `newlocale` or `duplocale`.
    unsafe { (*locale).categories }
}

fn is_shared(locale: locale_t) -> bool {
    locale == (&raw mut C_LOCALE) || locale == (&raw mut UTF8_LOCALE)
}

fn object_of(categories: Categories) -> locale_t {
    if categories.0 == 0 {
        return &raw mut C_LOCALE;
    }
    if categories.0 as c_int & !(1 << LC_ALL) == ALL_MASK & !(1 << LC_ALL) {
        return &raw mut UTF8_LOCALE;
    }
    // SAFETY: a fresh block of the object's size; malloc sets errno.
    unsafe {
        let object: locale_t = crate::malloc::malloc(size_of::<LocaleObject>()).cast();
        if !object.is_null() {
            object.write(LocaleObject { categories });
        }
        object
    }
}

/// A locale whose categories in `mask` are those of the locale `name`, the others those of `base` or "C";
/// `base` is used up. Null and `EINVAL`, `ENOENT` or `ENOMEM` (POSIX.1).
///
/// # Safety
/// `name` is a C string; `base` is null or a locale object that is not used afterwards.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn newlocale(mask: c_int, name: *const c_char, base: locale_t) -> locale_t {
    if mask & !ALL_MASK != 0 || name.is_null() {
        set_errno(Errno::EINVAL);
        return null_mut();
    }
    // SAFETY: the caller's string.
    let name = unsafe { CStr::from_ptr(name) };
    let mut categories = if base.is_null() {
        Categories(0)
    } else {
        categories_of(base)
    };
    for category in (0..CATEGORIES as c_int).filter(|&c| c != LC_ALL && mask >> c & 1 != 0) {
        let Some(utf8) = super::setlocale::resolve(category, name.to_bytes()) else {
            set_errno(Errno::ENOENT);
            return null_mut();
        };
        categories = categories.with(1 << category, utf8);
    }
    let object = object_of(categories);
    if !object.is_null() && !base.is_null() {
        // SAFETY: the caller gives it up.
        unsafe { freelocale(base) };
    }
    object
}

/// A copy of a locale (POSIX.1).
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn duplocale(locale: locale_t) -> locale_t {
    object_of(categories_of(locale))
}

/// Frees a locale (POSIX.1).
///
/// # Safety
/// `locale` is a locale object that no thread uses.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn freelocale(locale: locale_t) {
    if !is_shared(locale) && locale != GLOBAL_LOCALE {
        // SAFETY: it came from malloc in `object_of`.
        unsafe { crate::malloc::free(locale.cast()) };
    }
}

/// Sets the running thread's locale and returns the one before; null only asks (POSIX.1).
///
/// # Safety
/// `locale` is null, a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn uselocale(locale: locale_t) -> locale_t {
    let slot = thread_slot();
    // SAFETY: the slot is the thread's own.
    unsafe {
        let before = if (*slot).is_null() {
            GLOBAL_LOCALE
        } else {
            *slot
        };
        if !locale.is_null() {
            *slot = locale;
        }
        before
    }
}

/// The name of a category's locale (POSIX.1-2024).
///
/// # Safety
/// `locale` is a locale object or `LC_GLOBAL_LOCALE`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getlocalename_l(category: c_int, locale: locale_t) -> *const c_char {
    let known = usize::try_from(category).is_ok_and(|c| c < CATEGORIES) && category != LC_ALL;
    if !known {
        return core::ptr::null();
    }
    if categories_of(locale).0 >> category & 1 != 0 {
        c"C.UTF-8".as_ptr()
    } else {
        c"C".as_ptr()
    }
}

crate::alias!(__newlocale = newlocale);
crate::alias!(__duplocale = duplocale);
crate::alias!(__freelocale = freelocale);
crate::alias!(__uselocale = uselocale);

/// Runs `action` with the thread's locale set to `locale`.
pub(crate) fn with_locale<R>(locale: locale_t, action: impl FnOnce() -> R) -> R {
    // SAFETY: the locale is the caller's valid object; the old one is put back.
    unsafe {
        let before = uselocale(locale);
        let result = action();
        uselocale(before);
        result
    }
}
