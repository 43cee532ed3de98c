//! towlower, towupper: the simple, one-to-one case mappings of Unicode.

use super::classes::is_assigned;
use crate::locale::{Encoding, current_encoding};
use crate::types::wint_t;

/// What `c` is mapped to: the only character of its mapping, if that is one that the tables of classes have.
fn mapped(c: wint_t, mut mapping: impl Iterator<Item = char>) -> wint_t {
    match (mapping.next(), mapping.next()) {
        (Some(only), None) if is_assigned(only) => only.into(),
        _ => c,
    }
}

/// The lower-case form, or the character itself.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn towlower(c: wint_t) -> wint_t {
    match char::from_u32(c) {
        Some(c) if c.is_ascii() => c.to_ascii_lowercase().into(),
        // Its full mapping is two characters, its simple one is "i".
        Some('\u{130}') if current_encoding() == Encoding::Utf8 => 'i'.into(),
        Some(wide) if current_encoding() == Encoding::Utf8 && is_assigned(wide) => {
            mapped(c, wide.to_lowercase())
        }
        _ => c,
    }
}

/// The upper-case form, or the character itself.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn towupper(c: wint_t) -> wint_t {
    match char::from_u32(c) {
        Some(c) if c.is_ascii() => c.to_ascii_uppercase().into(),
        Some(wide) if current_encoding() == Encoding::Utf8 && is_assigned(wide) => match c {
            // Greek letters with an iota: the full mapping is two characters, the simple one has the iota beside it.
            0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => c + 8,
            0x1fb3 | 0x1fc3 | 0x1ff3 => c + 9,
            _ => mapped(c, wide.to_uppercase()),
        },
        _ => c,
    }
}
