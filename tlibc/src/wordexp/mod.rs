//! `<wordexp.h>`: word expansion as the shell does it (POSIX wordexp(); XCU 2.6).
//!
//! The expansion runs in this process; only command substitution starts a shell. [`expand`] reads the words,
//! [`arithmetic`] the inside of `$((…))`, [`command`] runs `$(…)`. Neighbour: `glob`, which expands the patterns.
#![allow(non_camel_case_types, reason = "the names are C's")]

mod arithmetic;
mod command;
mod expand;

use core::ptr::null_mut;

use crate::malloc::free;
use crate::types::{c_char, c_int, c_void, size_t};
use crate::vec::Vec;
use expand::Expansion;

const WRDE_DOOFFS: c_int = 1;
const WRDE_APPEND: c_int = 2;
const WRDE_NOCMD: c_int = 4;
const WRDE_REUSE: c_int = 8;
const WRDE_SHOWERR: c_int = 16;
const WRDE_UNDEF: c_int = 32;

/// What [`wordexp`] answers when it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
enum Failure {
    /// No memory.
    NoSpace = 1,
    /// An unquoted character that only a command may have.
    BadCharacter = 2,
    /// An unset variable, with `WRDE_UNDEF`, or `${x?}`.
    BadValue = 3,
    /// A command substitution, with `WRDE_NOCMD`.
    Command = 4,
    /// Unbalanced quotes or braces, or wrong arithmetic.
    Syntax = 5,
}

impl From<crate::errno::Errno> for Failure {
    fn from(_: crate::errno::Errno) -> Self {
        // The engines fail for want of memory only.
        Failure::NoSpace
    }
}

/// The words of an expansion.
#[repr(C)]
#[derive(Debug)]
pub struct wordexp_t {
    /// How many words there are, without the empty places in front.
    pub we_wordc: size_t,
    /// The places, then the words, then a null pointer.
    pub we_wordv: *mut *mut c_char,
    /// Places to leave empty in front, with `WRDE_DOOFFS`.
    pub we_offs: size_t,
}

/// The words found so far, each a block of its own.
struct Words(Vec<*mut c_char>);

impl Drop for Words {
    fn drop(&mut self) {
        for &word in self.0.iter() {
            // SAFETY: a word that nobody else has.
            unsafe { free(word.cast()) };
        }
    }
}

impl Words {
    /// Adds a copy of the text.
    fn push(&mut self, text: &[u8]) -> Result<(), Failure> {
        self.0.reserve(1)?;
        // SAFETY: a block with room for the text and its terminator.
        unsafe {
            let word = crate::malloc::malloc(text.len() + 1).cast::<u8>();
            if word.is_null() {
                return Err(Failure::NoSpace);
            }
            word.copy_from_nonoverlapping(text.as_ptr(), text.len());
            *word.add(text.len()) = 0;
            self.0.push(word.cast())?;
        }
        Ok(())
    }
}

/// Expands the words of a string into `*result`; 0 or one of the `WRDE_` errors, after which the result is as
/// it was. With `WRDE_NOSPACE` it has what was expanded so far, and is to be freed (POSIX wordexp()).
///
/// # Safety
/// `text` is a C string; `result` is valid, and initialised where `WRDE_APPEND`, `WRDE_REUSE` or `WRDE_DOOFFS` read it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wordexp(
    text: *const c_char,
    result: *mut wordexp_t,
    flags: c_int,
) -> c_int {
    // SAFETY: the caller's string and structure.
    unsafe {
        let text = core::ffi::CStr::from_ptr(text).to_bytes();
        if flags & WRDE_REUSE != 0 {
            wordfree(result);
        }
        let mut expansion = Expansion::new(flags);
        let outcome = expand::join_lines(text)
            .and_then(|text| expansion.run(&text))
            .and_then(|()| deliver(&mut expansion.words, &mut *result, flags));
        let Err(failure) = outcome else { return 0 };
        if failure == Failure::NoSpace {
            // The caller frees what there is, also where it had nothing before.
            let handed = deliver(&mut expansion.words, &mut *result, flags);
            if handed.is_err() && flags & WRDE_APPEND == 0 {
                (*result).we_wordv = null_mut();
                (*result).we_wordc = 0;
            }
        }
        failure as c_int
    }
}

/// Hands the words to the caller.
///
/// # Safety
/// As for [`wordexp`].
unsafe fn deliver(words: &mut Words, result: &mut wordexp_t, flags: c_int) -> Result<(), Failure> {
    let append = flags & WRDE_APPEND != 0 && flags & WRDE_REUSE == 0;
    let places = if flags & WRDE_DOOFFS != 0 {
        result.we_offs
    } else {
        0
    };
    let old = if append { result.we_wordc } else { 0 };
    let total = places
        .checked_add(old)
        .and_then(|n| n.checked_add(words.0.len() + 1))
        .and_then(|n| n.checked_mul(size_of::<*mut c_char>()))
        .ok_or(Failure::NoSpace)?;
    let before = if append { result.we_wordv } else { null_mut() };
    // SAFETY: the caller's array, which realloc moves, or none; every place written is below `total`.
    unsafe {
        let array = crate::malloc::realloc(before.cast(), total).cast::<*mut c_char>();
        if array.is_null() {
            return Err(Failure::NoSpace);
        }
        if !append {
            for place in 0..places {
                *array.add(place) = null_mut();
            }
        }
        let mut at = array.add(places + old);
        for &word in words.0.iter() {
            *at = word;
            at = at.add(1);
        }
        *at = null_mut();
        result.we_wordv = array;
    }
    result.we_wordc = old + words.0.len();
    if flags & WRDE_DOOFFS == 0 {
        result.we_offs = 0;
    }
    words.0.truncate(0);
    Ok(())
}

/// Gives the words back.
///
/// # Safety
/// `words` was filled by [`wordexp`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wordfree(words: *mut wordexp_t) {
    // SAFETY: the caller's structure, whose blocks are wordexp's.
    unsafe {
        let words = &mut *words;
        if words.we_wordv.is_null() {
            return;
        }
        for at in 0..words.we_wordc {
            free((*words.we_wordv.add(words.we_offs + at)).cast());
        }
        free(words.we_wordv.cast::<c_void>());
        words.we_wordv = null_mut();
        words.we_wordc = 0;
    }
}
