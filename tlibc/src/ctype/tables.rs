//! `__ctype_b_loc` and its relatives: the tables that programs compiled with GNU headers read instead of calling functions.
//! Index −128 to 255, so that signed chars and `EOF` work.

use crate::types::{c_int, c_ushort};

/// Entries before index 0.
const OFFSET: usize = 128;
const LENGTH: usize = OFFSET + 256;

/// The bit of each class (little-endian order of the GNU ABI), in this order.
const BITS: [u16; 12] = [
    1 << 8,  // upper
    1 << 9,  // lower
    1 << 10, // alpha
    1 << 11, // digit
    1 << 12, // xdigit
    1 << 13, // space
    1 << 14, // print
    1 << 15, // graph
    1 << 0,  // blank
    1 << 1,  // cntrl
    1 << 2,  // punct
    1 << 3,  // alnum
];

const fn class_bits(byte: u8) -> u16 {
    let print = byte >= b' ' && byte < 0x7f;
    let space = byte == b' ' || (byte >= 9 && byte < 14);
    let blank = byte == b' ' || byte == 9;
    let member = [
        byte.is_ascii_uppercase(),
        byte.is_ascii_lowercase(),
        byte.is_ascii_alphabetic(),
        byte.is_ascii_digit(),
        byte.is_ascii_hexdigit(),
        space,
        print,
        byte.is_ascii_graphic(),
        blank,
        byte.is_ascii_control(),
        byte.is_ascii_punctuation(),
        byte.is_ascii_alphanumeric(),
    ];
    let mut bits = 0;
    let mut at = 0;
    while at < member.len() {
        if member[at] {
            bits |= BITS[at];
        }
        at += 1;
    }
    bits
}

static CLASSES: [u16; LENGTH] = {
    let mut table = [0; LENGTH];
    let mut at = OFFSET;
    while at < LENGTH {
        table[at] = class_bits((at - OFFSET) as u8);
        at += 1;
    }
    table
};

/// The byte of an index, as the case tables map it: negative chars to their unsigned value, `EOF` to itself.
const fn identity(index: usize) -> c_int {
    let value = index as c_int - OFFSET as c_int;
    if value < 0 && value != -1 {
        value + 256
    } else {
        value
    }
}

static TO_LOWER: [c_int; LENGTH] = {
    let mut table = [0; LENGTH];
    let mut at = 0;
    while at < LENGTH {
        let value = identity(at);
        let upper = at >= OFFSET && value >= b'A' as c_int && value <= b'Z' as c_int;
        table[at] = if upper { value + 32 } else { value };
        at += 1;
    }
    table
};

static TO_UPPER: [c_int; LENGTH] = {
    let mut table = [0; LENGTH];
    let mut at = 0;
    while at < LENGTH {
        let value = identity(at);
        let lower = at >= OFFSET && value >= b'a' as c_int && value <= b'z' as c_int;
        table[at] = if lower { value - 32 } else { value };
        at += 1;
    }
    table
};

/// A pointer into a constant table.
#[repr(transparent)]
struct Entry<T>(*const T);

// SAFETY: the tables never change.
unsafe impl<T> Sync for Entry<T> {}

static CLASSES_AT_0: Entry<u16> = Entry((&raw const CLASSES).cast::<u16>().wrapping_add(OFFSET));
static TO_LOWER_AT_0: Entry<c_int> =
    Entry((&raw const TO_LOWER).cast::<c_int>().wrapping_add(OFFSET));
static TO_UPPER_AT_0: Entry<c_int> =
    Entry((&raw const TO_UPPER).cast::<c_int>().wrapping_add(OFFSET));

/// Where the class bits of byte 0 are.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __ctype_b_loc() -> *const *const c_ushort {
    (&raw const CLASSES_AT_0).cast()
}

/// Where the lower-case form of byte 0 is.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __ctype_tolower_loc() -> *const *const c_int {
    (&raw const TO_LOWER_AT_0).cast()
}

/// Where the upper-case form of byte 0 is.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn __ctype_toupper_loc() -> *const *const c_int {
    (&raw const TO_UPPER_AT_0).cast()
}
