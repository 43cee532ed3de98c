//! towlower, towupper: the simple, one-to-one case mappings of Unicode.

use crate::locale::{Encoding, current_encoding};
use crate::types::wint_t;

/// The only character of a mapping, if it has one only.
fn single(mut mapping: impl Iterator<Item = char>) -> Option<wint_t> {
    let first = mapping.next()?;
    mapping.next().is_none().then_some(first.into())
}

/// The lower-case form, or the character itself.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn towlower(c: wint_t) -> wint_t {
    match char::from_u32(c) {
        Some(c) if c.is_ascii() => c.to_ascii_lowercase().into(),
        // Its full mapping is two characters, its simple one is "i".
        Some('\u{130}') if current_encoding() == Encoding::Utf8 => 'i'.into(),
        Some(wide) if current_encoding() == Encoding::Utf8 => {
            single(wide.to_lowercase()).unwrap_or(c)
        }
        _ => c,
    }
}

/// The upper-case form, or the character itself.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn towupper(c: wint_t) -> wint_t {
    match char::from_u32(c) {
        Some(c) if c.is_ascii() => c.to_ascii_uppercase().into(),
        Some(wide) if current_encoding() == Encoding::Utf8 => {
            single(wide.to_uppercase()).unwrap_or(c)
        }
        _ => c,
    }
}
