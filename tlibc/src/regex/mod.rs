//! `<regex.h>`: POSIX regular expressions, basic and extended, with the GNU escapes (`\w \s \b \< \>`, `\| \+ \?`
//! in basic ones).
//!
//! [`parse`] makes a tree, [`program`] an automaton of it (bounded repeats are unrolled). [`search`] finds the leftmost-longest
//! match in time O(text × states) by following all states at once; [`submatch`] then divides the match among the groups from the top
//! down, each part from left to right as long as it can be (XBD 9.1). Only expressions with back-references backtrack ([`backtrack`]).
//! Characters are those of the locale that `regcomp` saw.

#![allow(non_camel_case_types, reason = "the names are C's")]

mod backtrack;
mod class;
mod parse;
mod program;
mod scratch;
mod search;
mod submatch;
#[cfg(test)]
mod tests;
mod text;

use crate::errno::Errno;
use crate::locale::{Encoding, current_encoding};
use crate::malloc::{free, malloc};
use crate::types::{c_char, c_int, c_void, size_t};
use core::ffi::CStr;
use program::Program;

/// Offset in a string; −1 for a group that took no part.
pub type regoff_t = c_int;

/// Use extended syntax.
pub const REG_EXTENDED: c_int = 1;
/// Case does not count.
pub const REG_ICASE: c_int = 2;
/// A newline ends a line: `.` and complements do not match it, `^` and `$` match around it.
pub const REG_NEWLINE: c_int = 4;
/// Report only whether there is a match.
pub const REG_NOSUB: c_int = 8;
/// The string's start is no line start.
pub const REG_NOTBOL: c_int = 1;
/// The string's end is no line end.
pub const REG_NOTEOL: c_int = 2;
/// The first element of the array says which part of the string to search (BSD, GNU).
pub const REG_STARTEND: c_int = 4;

/// Result: no match.
pub const REG_NOMATCH: c_int = 1;

/// Why an expression was refused: the `REG_*` results of `regcomp`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(i32)]
pub enum Error {
    /// Invalid expression.
    BadPattern = 2,
    /// A collating element that does not exist.
    Collate = 3,
    /// A character class that does not exist.
    Class = 4,
    /// A backslash at the end.
    Escape = 5,
    /// A back-reference to a group that is not complete.
    Subexpression = 6,
    /// `[` without `]`.
    Bracket = 7,
    /// `(` without `)`, or the reverse.
    Parenthesis = 8,
    /// `{` without `}`.
    Brace = 9,
    /// What stands between the braces is no interval.
    BadBrace = 10,
    /// A range with a wrong end.
    Range = 11,
    /// No memory, or too large an automaton.
    Space = 12,
    /// A repetition of nothing.
    Repetition = 13,
    /// Too many repetitions.
    Size = 15,
}

impl From<Errno> for Error {
    fn from(_: Errno) -> Self {
        // Only memory can fail inside.
        Error::Space
    }
}

/// A compiled expression. The GNU layout: what POSIX names is where it is there.
#[repr(C)]
pub struct regex_t {
    program: *mut c_void,
    opaque: [size_t; 5],
    /// Number of groups.
    pub re_nsub: size_t,
    flags: size_t,
}

/// Where a match or a group of it lies.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct regmatch_t {
    /// Offset of the first byte.
    pub rm_so: regoff_t,
    /// Offset after the last byte.
    pub rm_eo: regoff_t,
}

impl regmatch_t {
    /// A group that took no part.
    pub const NONE: regmatch_t = regmatch_t {
        rm_so: -1,
        rm_eo: -1,
    };
}

check_layout!(regex_t = libc::regex_t);
check_layout!(regmatch_t = libc::regmatch_t { rm_so, rm_eo });

/// The part of a match in bytes of the text.
pub(crate) type Span = (usize, usize);

/// What is known of the text around the part that is searched.
#[derive(Clone, Copy)]
pub(crate) struct Execution {
    /// The text's start is no line start.
    pub not_bol: bool,
    /// The text's end is no line end.
    pub not_eol: bool,
}

/// Compiles a regular expression (POSIX.1). Returns 0 or one of the `REG_*` errors.
///
/// # Safety
/// `preg` may be written, `pattern` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn regcomp(
    preg: *mut regex_t,
    pattern: *const c_char,
    flags: c_int,
) -> c_int {
    // SAFETY: the caller's string.
    let pattern = unsafe { CStr::from_ptr(pattern) }.to_bytes();
    let utf8 = current_encoding() == Encoding::Utf8;
    match Program::compile(pattern, flags, utf8) {
        Ok(program) => {
            let groups = program.groups;
            let block = malloc(size_of::<Program>()).cast::<Program>();
            if block.is_null() {
                return Error::Space as c_int;
            }
            // SAFETY: a new block of the right size (malloc aligns to 16); the caller's object.
            unsafe {
                block.write(program);
                preg.write(regex_t {
                    program: block.cast(),
                    opaque: [0; 5],
                    re_nsub: groups,
                    flags: flags as size_t,
                });
            }
            0
        }
        Err(error) => {
            // SAFETY: the caller's object. A regfree after a failure must find nothing to free.
            unsafe { (*preg).program = core::ptr::null_mut() };
            error as c_int
        }
    }
}

/// Searches a string for the leftmost-longest match (POSIX.1). Returns 0, `REG_NOMATCH` or `REG_ESPACE`.
///
/// # Safety
/// `preg` was compiled; `string` is a C string or, with `REG_STARTEND`, readable up to `rm_eo`; `matches` has `count` elements.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn regexec(
    preg: *const regex_t,
    string: *const c_char,
    count: size_t,
    matches: *mut regmatch_t,
    flags: c_int,
) -> c_int {
    // SAFETY: compiled by regcomp, by the caller's word.
    let Some(program) = (unsafe { (*preg).program.cast::<Program>().as_ref() }) else {
        return Error::BadPattern as c_int;
    };
    let (start, text) = if flags & REG_STARTEND != 0 {
        // SAFETY: the caller's array, of which the first element is read, and the text it bounds.
        unsafe {
            let bounds = *matches;
            let (Ok(start), Ok(end)) =
                (usize::try_from(bounds.rm_so), usize::try_from(bounds.rm_eo))
            else {
                return REG_NOMATCH;
            };
            if start > end {
                return REG_NOMATCH;
            }
            let text = core::slice::from_raw_parts(string.add(start).cast::<u8>(), end - start);
            (start, text)
        }
    } else {
        // SAFETY: the caller's string.
        (0, unsafe { CStr::from_ptr(string) }.to_bytes())
    };
    let out = if program.flags & REG_NOSUB != 0 || count == 0 || matches.is_null() {
        &mut []
    } else {
        // SAFETY: the caller's array.
        unsafe { core::slice::from_raw_parts_mut(matches, count) }
    };
    let execution = Execution {
        not_bol: flags & REG_NOTBOL != 0,
        not_eol: flags & REG_NOTEOL != 0,
    };
    match execute(program, text, execution, out) {
        Ok(true) => {
            for found in out.iter_mut().filter(|found| found.rm_so >= 0) {
                found.rm_so += start as regoff_t;
                found.rm_eo += start as regoff_t;
            }
            0
        }
        Ok(false) => REG_NOMATCH,
        Err(error) => error as c_int,
    }
}

/// Searches `text`; on a match fills `out` with it and its groups.
fn execute(
    program: &Program,
    text: &[u8],
    execution: Execution,
    out: &mut [regmatch_t],
) -> Result<bool, Error> {
    // Offsets are ints in this interface.
    if text.len() > regoff_t::MAX as usize {
        return Err(Error::Space);
    }
    if program.has_backrefs {
        return backtrack::search(program, text, execution, out);
    }
    let wanted = match out.len() {
        0 => search::Wanted::Existence,
        _ => search::Wanted::Span,
    };
    let Some(span) = search::search(program, text, execution, wanted)? else {
        return Ok(false);
    };
    if !out.is_empty() {
        out.fill(regmatch_t::NONE);
        if out.len() > 1 && program.groups > 0 {
            submatch::resolve(program, text, execution, span, out)?;
        }
        out[0] = to_match(span);
    }
    Ok(true)
}

/// A span as C sees it.
fn to_match(span: Span) -> regmatch_t {
    regmatch_t {
        rm_so: span.0 as regoff_t,
        rm_eo: span.1 as regoff_t,
    }
}

/// Text for a result of `regcomp` or `regexec`; returns the size the whole text needs (POSIX.1).
///
/// # Safety
/// `buffer` may be written for `size` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn regerror(
    code: c_int,
    _preg: *const regex_t,
    buffer: *mut c_char,
    size: size_t,
) -> size_t {
    let text: &CStr = match code {
        0 => c"Success",
        1 => c"No match",
        2 => c"Invalid regular expression",
        3 => c"Invalid collation character",
        4 => c"Invalid character class name",
        5 => c"Trailing backslash",
        6 => c"Invalid back reference",
        7 => c"Unmatched [, [^, [:, [., or [=",
        8 => c"Unmatched ( or \\(",
        9 => c"Unmatched \\{",
        10 => c"Invalid content of \\{\\}",
        11 => c"Invalid range end",
        12 => c"Memory exhausted",
        13 => c"Invalid preceding regular expression",
        14 => c"Premature end of regular expression",
        15 => c"Regular expression too big",
        16 => c"Unmatched ) or \\)",
        _ => c"Unknown error",
    };
    let bytes = text.to_bytes_with_nul();
    if size > 0 {
        let copied = bytes.len().min(size);
        // SAFETY: the caller's buffer; a text cut short still ends in a null.
        unsafe {
            core::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), buffer, copied);
            *buffer.add(copied - 1) = 0;
        }
    }
    bytes.len()
}

/// Frees what [`regcomp`] took.
///
/// # Safety
/// `preg` was given to [`regcomp`] and not freed since.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn regfree(preg: *mut regex_t) {
    // SAFETY: the caller's object; the program is dropped once, its block freed after it.
    unsafe {
        let program = core::mem::replace(&mut (*preg).program, core::ptr::null_mut());
        if !program.is_null() {
            core::ptr::drop_in_place(program.cast::<Program>());
            free(program);
        }
    }
}
