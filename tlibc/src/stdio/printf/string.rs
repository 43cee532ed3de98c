//! `snprintf`, `sprintf`, `asprintf` and their `v` forms (POSIX fprintf(), vfprintf()).

use super::engine::format;
use super::sink::Sink;
use crate::errno::{CResult, Errno};
use crate::stdarg::VaList;
use crate::stdio::heap;
use crate::types::*;
use crate::variadic;

/// Formats into at most `size` bytes at `s`, terminator included; returns the length of the whole text.
///
/// # Errors
/// −1 with `EOVERFLOW` when the text exceeds `INT_MAX`; those of printf.
///
/// # Safety
/// `s` is writable for `size` bytes, `fmt` a string, `ap` its arguments.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vsnprintf(
    s: *mut c_char,
    size: size_t,
    fmt: *const c_char,
    ap: *mut VaList,
) -> c_int {
    let mut spare = 0u8;
    let start: *mut u8 = if size == 0 { &mut spare } else { s.cast() };
    // An absurd size means "no limit"; the address space is the limit then.
    let room = size.saturating_sub(1).min(usize::MAX - start.addr());
    let mut sink = Sink::truncating(start, start.wrapping_add(room));
    // SAFETY: the caller's duty; `start` has room for `room` bytes and the terminator.
    unsafe {
        let result = format(&mut sink, fmt.cast(), &mut *ap);
        *sink.at = 0;
        result.or_errno(-1)
    }
}

/// [`vsnprintf`] without a limit.
///
/// # Safety
/// `s` has room for the text and its terminator; the rest as [`vsnprintf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vsprintf(s: *mut c_char, fmt: *const c_char, ap: *mut VaList) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { vsnprintf(s, c_int::MAX as size_t, fmt, ap) }
}

/// Formats into a block from malloc, stored in `*to`; returns the length. On failure −1, and `*to` is null.
///
/// # Safety
/// `to` is writable; the rest as [`vsnprintf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vasprintf(
    to: *mut *mut c_char,
    fmt: *const c_char,
    ap: *mut VaList,
) -> c_int {
    let mut block = Block {
        start: core::ptr::null_mut(),
        short_of_memory: false,
    };
    let mut sink = Sink {
        at: core::ptr::null_mut(),
        end: core::ptr::null_mut(),
        total: 0,
        overflow: grow,
        context: (&raw mut block).cast(),
    };
    // SAFETY: `grow` keeps a byte for the terminator behind the room; nothing else holds `block` during the calls.
    unsafe {
        grow(&mut sink, b"");
        let mut result = format(&mut sink, fmt.cast(), &mut *ap);
        if block.short_of_memory {
            result = Err(Errno::ENOMEM);
        }
        if result.is_err() {
            heap::free(block.start);
            *to = core::ptr::null_mut();
        } else {
            *sink.at = 0;
            let length = sink.at.offset_from_unsigned(block.start);
            let fitted = heap::realloc(block.start, length + 1);
            *to = if fitted.is_null() {
                block.start
            } else {
                fitted
            }
            .cast();
        }
        result.or_errno(-1)
    }
}

struct Block {
    start: *mut u8,
    short_of_memory: bool,
}

/// Makes room for `rest` and takes it. After an allocation has failed the text is dropped.
///
/// # Safety
/// The sink's context is a [`Block`] whose memory the sink's room lies in.
unsafe fn grow(sink: &mut Sink, rest: &[u8]) {
    // SAFETY: the context is the block of `vasprintf`.
    let block = unsafe { &mut *sink.context.cast::<Block>() };
    if block.short_of_memory {
        return;
    }
    let used = sink.at as usize - block.start as usize;
    let size = (used + rest.len()).max(used * 2).max(128);
    // SAFETY: the block is ours; `size + 1` bytes hold what is there, `rest` and a terminator.
    unsafe {
        let start = heap::realloc(block.start, size + 1);
        if start.is_null() {
            block.short_of_memory = true;
            return;
        }
        block.start = start;
        core::ptr::copy_nonoverlapping(rest.as_ptr(), start.add(used), rest.len());
        sink.at = start.add(used + rest.len());
        sink.end = start.add(size);
    }
}

variadic! {
    /// See [`vsnprintf`].
    pub fn snprintf(s: *mut c_char, size: size_t, fmt: *const c_char, ...) -> c_int => vsnprintf
}
variadic! {
    /// See [`vsprintf`].
    pub fn sprintf(s: *mut c_char, fmt: *const c_char, ...) -> c_int => vsprintf
}
variadic! {
    /// See [`vasprintf`].
    pub fn asprintf(to: *mut *mut c_char, fmt: *const c_char, ...) -> c_int => vasprintf
}
crate::alias!(__asprintf = asprintf);
