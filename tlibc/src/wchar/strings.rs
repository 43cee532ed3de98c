//! Whole strings converted: mbsrtowcs, mbsnrtowcs, wcsrtombs, wcsnrtombs.

use super::multibyte::{Step, encode, feed, mbstate_t, own_state};
use crate::errno::{Errno, set_errno};
use crate::locale::current_encoding;
use crate::string::vector::{PAGE, Vector as _};
use crate::types::{c_char, size_t, wchar_t};

const INVALID: size_t = usize::MAX;

/// Widens sixteen bytes to `to` unless it is null. False, with nothing done, when one of them is null or no ASCII, or
/// when they are not all on one page.
///
/// # Safety
/// `from` is part of a string; `to` is null or has room for sixteen characters.
#[inline]
unsafe fn widen_ascii(to: *mut wchar_t, from: *const c_char) -> bool {
    use core::arch::x86_64::{
        __m128i, _mm_setzero_si128, _mm_storeu_si128, _mm_unpackhi_epi8, _mm_unpackhi_epi16,
        _mm_unpacklo_epi8, _mm_unpacklo_epi16,
    };
    if from.addr() % PAGE > PAGE - 16 {
        return false;
    }
    // SAFETY: the first byte is part of the string and vouches for its page; SSE2 is part of x86-64.
    unsafe {
        let bytes = __m128i::load(from.cast());
        let zero = _mm_setzero_si128();
        if bytes.mask() | bytes.equal(zero).mask() != 0 {
            return false;
        }
        if !to.is_null() {
            let (low, high) = (
                _mm_unpacklo_epi8(bytes, zero),
                _mm_unpackhi_epi8(bytes, zero),
            );
            let to = to.cast::<__m128i>();
            _mm_storeu_si128(to, _mm_unpacklo_epi16(low, zero));
            _mm_storeu_si128(to.add(1), _mm_unpackhi_epi16(low, zero));
            _mm_storeu_si128(to.add(2), _mm_unpacklo_epi16(high, zero));
            _mm_storeu_si128(to.add(3), _mm_unpackhi_epi16(high, zero));
        }
    }
    true
}

/// Decodes `*from` into at most `n` wide characters; returns their number without the null. `*from` becomes null at the
/// end of the string, else it is where decoding stopped (ISO C 7.29.6.4.1).
///
/// # Safety
/// `*from` is a C string; `to` is null or has room for `n`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mbsrtowcs(
    to: *mut wchar_t,
    from: *mut *const c_char,
    n: size_t,
    state: *mut mbstate_t,
) -> size_t {
    let state = own_state!(state);
    // SAFETY: the caller's ranges.
    unsafe { mbsnrtowcs(to, from, usize::MAX, n, state) }
}

/// [`mbsrtowcs`] over at most `limit` bytes (POSIX.1).
///
/// # Safety
/// `*from` is a C string or has `limit` bytes; `to` is null or has room for `n`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn mbsnrtowcs(
    to: *mut wchar_t,
    from: *mut *const c_char,
    limit: size_t,
    n: size_t,
    state: *mut mbstate_t,
) -> size_t {
    let state = own_state!(state);
    let encoding = current_encoding();
    let mut scratch = *state;
    let n = if to.is_null() { usize::MAX } else { n };
    // SAFETY: reads end at the null or the limit, writes at `n`.
    unsafe {
        let start = *from;
        let mut count = 0;
        let mut used = 0;
        let mut character_start = 0;
        while count < n && used < limit {
            if scratch.is_initial() && limit - used >= 16 && n - count >= 16 {
                let target = if to.is_null() { to } else { to.add(count) };
                if widen_ascii(target, start.add(used)) {
                    used += 16;
                    count += 16;
                    character_start = used;
                    continue;
                }
            }
            let byte = *start.add(used) as u8;
            used += 1;
            match feed(&mut scratch, byte, encoding) {
                Step::More => continue,
                Step::Invalid => {
                    if !to.is_null() {
                        *from = start.add(character_start);
                        *state = mbstate_t::new();
                    }
                    set_errno(Errno::EILSEQ);
                    return INVALID;
                }
                Step::Character(value) => {
                    if !to.is_null() {
                        *to.add(count) = value.cast_signed();
                    }
                    if value == 0 {
                        if !to.is_null() {
                            *from = core::ptr::null();
                            *state = mbstate_t::new();
                        }
                        return count;
                    }
                    count += 1;
                    character_start = used;
                }
            }
        }
        if !to.is_null() {
            // Bytes of a character that the limit cut are remembered in the state.
            *from = start.add(used);
            *state = scratch;
        }
        count
    }
}

/// Encodes `*from` into at most `n` bytes; returns their number without the null. `*from` becomes null at the end of the
/// string, else it is the first character that did not fit (ISO C 7.29.6.4.2).
///
/// # Safety
/// `*from` is a wide string; `to` is null or has room for `n` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsrtombs(
    to: *mut c_char,
    from: *mut *const wchar_t,
    n: size_t,
    state: *mut mbstate_t,
) -> size_t {
    // SAFETY: the caller's ranges.
    unsafe { wcsnrtombs(to, from, usize::MAX, n, state) }
}

/// [`wcsrtombs`] over at most `limit` wide characters (POSIX.1).
///
/// # Safety
/// `*from` is a wide string or has `limit` characters; `to` is null or has room for `n` bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn wcsnrtombs(
    to: *mut c_char,
    from: *mut *const wchar_t,
    limit: size_t,
    n: size_t,
    _state: *mut mbstate_t,
) -> size_t {
    let encoding = current_encoding();
    let n = if to.is_null() { usize::MAX } else { n };
    // SAFETY: reads end at the null or the limit; writes are checked against `n`.
    unsafe {
        let start = *from;
        let mut count = 0;
        let mut used = 0;
        while used < limit && (to.is_null() || count < n) {
            let wide = *start.add(used);
            let Some((bytes, length)) = encode(wide, encoding) else {
                if !to.is_null() {
                    *from = start.add(used);
                }
                set_errno(Errno::EILSEQ);
                return INVALID;
            };
            if length > n - count {
                break;
            }
            if !to.is_null() {
                core::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), to.add(count), length);
            }
            if wide == 0 {
                if !to.is_null() {
                    *from = core::ptr::null();
                }
                return count;
            }
            count += length;
            used += 1;
        }
        if !to.is_null() {
            *from = start.add(used);
        }
        count
    }
}
