//! newlocale, duplocale, freelocale, uselocale.
#![allow(non_camel_case_types, reason = "the names are C's")]

use core::ffi::CStr;
use core::ptr::null_mut;

use super::{CATEGORIES, Categories, LC_ALL, Name, Names, categories, global};
use crate::errno::{Errno, set_errno};
use crate::types::{c_char, c_int};

/// What a `locale_t` points to.
#[derive(Debug)]
pub struct LocaleObject {
    categories: Categories,
    names: Names,
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
    names: Names::all(Name::C),
};
static mut UTF8_LOCALE: LocaleObject = LocaleObject {
    categories: Categories((ALL_MASK & !(1 << LC_ALL)) as u32),
    names: Names::all(Name::C_UTF8),
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
    categories_of(thread_object())
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

/// The names of a `locale_t`; null counts as the global locale.
fn names_of(locale: locale_t) -> Names {
    if locale.is_null() || locale == GLOBAL_LOCALE {
        return super::setlocale::global_names();
    }
    // SAFETY: as in `categories_of`.
    unsafe { (*locale).names }
}

/// The locale that the running thread uses; null for the global one.
pub(crate) fn thread_object() -> locale_t {
    // SAFETY: the slot is the thread's own.
    unsafe { *thread_slot() }
}

/// The name of a category's locale in a `locale_t`.
pub(crate) fn name_of(locale: locale_t, category: usize) -> Name {
    names_of(locale).of(category)
}

fn is_shared(locale: locale_t) -> bool {
    locale == (&raw mut C_LOCALE) || locale == (&raw mut UTF8_LOCALE)
}

fn object_of(names: Names) -> locale_t {
    match names.single() {
        Some(name) if name == Name::C => return &raw mut C_LOCALE,
        Some(name) if name == Name::C_UTF8 => return &raw mut UTF8_LOCALE,
        _ => {}
    }
    let categories = names.categories();
    // SAFETY: a fresh block of the object's size; malloc sets errno.
    unsafe {
        let object: locale_t = crate::malloc::malloc(size_of::<LocaleObject>()).cast();
        if !object.is_null() {
            object.write(LocaleObject { categories, names });
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
    let mut names = if base.is_null() {
        Names::all(Name::C)
    } else {
        names_of(base)
    };
    let wanted = name.to_bytes();
    // What setlocale says of categories that differ; those it does not name stay as they are.
    let composed = wanted.contains(&b';') || wanted.contains(&b'=');
    let composed = composed.then(|| super::setlocale::resolve_all(names, wanted));
    for category in categories().filter(|&category| mask >> category & 1 != 0) {
        let name = match composed {
            Some(all) => all.map(|all| all.of(category)),
            None => super::setlocale::resolve(category, wanted),
        };
        let Some(name) = name else {
            set_errno(Errno::ENOENT);
            return null_mut();
        };
        names.set(category, name);
    }
    let object = object_of(names);
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
    object_of(names_of(locale))
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
    match usize::try_from(category) {
        Ok(index) if index < CATEGORIES && category != LC_ALL => name_of(locale, index).as_ptr(),
        _ => core::ptr::null(),
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
