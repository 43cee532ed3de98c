//! The character sets: one character read from bytes, or written as bytes.

use super::legacy::{self, Legacy};
use crate::wchar::multibyte::{Step, feed_utf8, mbstate_t};

/// How the units of a Unicode form lie in memory.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
    /// A mark at the start says; the machine's if there is none.
    Marked,
}

/// A character set.
#[derive(Clone, Copy)]
pub enum Charset {
    /// Seven bits.
    Ascii,
    /// ISO 8859-1.
    Latin1,
    /// RFC 3629.
    Utf8,
    /// Units of 16 bits, in pairs above U+FFFF.
    Utf16(OrderOf),
    /// Units of 16 bits, nothing above U+FFFF.
    Ucs2(OrderOf),
    /// Units of 32 bits.
    Utf32(OrderOf),
    /// A table.
    Legacy(&'static Legacy),
}

/// [`Order`], opaque outside.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OrderOf(Order);

const LITTLE: OrderOf = OrderOf(Order::Little);
const BIG: OrderOf = OrderOf(Order::Big);
const MARKED: OrderOf = OrderOf(Order::Marked);

/// Names without their punctuation.
const NAMES: &[(&[u8], Charset)] = &[
    (b"ASCII", Charset::Ascii),
    (b"USASCII", Charset::Ascii),
    (b"US", Charset::Ascii),
    (b"646", Charset::Ascii),
    (b"ISO646US", Charset::Ascii),
    (b"ANSIX341968", Charset::Ascii),
    (b"ANSIX341986", Charset::Ascii),
    (b"ISO646IRV1991", Charset::Ascii),
    (b"ISOIR6", Charset::Ascii),
    (b"CSASCII", Charset::Ascii),
    (b"CP367", Charset::Ascii),
    (b"IBM367", Charset::Ascii),
    (b"C", Charset::Ascii),
    (b"POSIX", Charset::Ascii),
    (b"ISO88591", Charset::Latin1),
    (b"88591", Charset::Latin1),
    (b"LATIN1", Charset::Latin1),
    (b"L1", Charset::Latin1),
    (b"CP819", Charset::Latin1),
    (b"IBM819", Charset::Latin1),
    (b"ISO885911987", Charset::Latin1),
    (b"ISOIR100", Charset::Latin1),
    (b"CSISOLATIN1", Charset::Latin1),
    (b"UTF8", Charset::Utf8),
    (b"ISO10646UTF8", Charset::Utf8),
    (b"UTF16", Charset::Utf16(MARKED)),
    (b"UTF16LE", Charset::Utf16(LITTLE)),
    (b"UTF16BE", Charset::Utf16(BIG)),
    (b"UCS2", Charset::Ucs2(LITTLE)),
    (b"ISO10646UCS2", Charset::Ucs2(LITTLE)),
    (b"UCS2LE", Charset::Ucs2(LITTLE)),
    (b"UNICODELITTLE", Charset::Ucs2(LITTLE)),
    (b"UCS2BE", Charset::Ucs2(BIG)),
    (b"UNICODEBIG", Charset::Ucs2(BIG)),
    (b"UTF32", Charset::Utf32(MARKED)),
    (b"UTF32LE", Charset::Utf32(LITTLE)),
    (b"UTF32BE", Charset::Utf32(BIG)),
    (b"UCS4", Charset::Utf32(BIG)),
    (b"ISO10646UCS4", Charset::Utf32(BIG)),
    (b"1064611993", Charset::Utf32(BIG)),
    (b"CSUCS4", Charset::Utf32(BIG)),
    (b"UCS4LE", Charset::Utf32(LITTLE)),
    (b"UCS4BE", Charset::Utf32(BIG)),
    (b"WCHART", Charset::Utf32(LITTLE)),
];

impl Charset {
    /// The set of a name; case and punctuation do not count.
    pub fn named(name: &[u8]) -> Option<Charset> {
        let name = match name {
            b"" | b"char" => super::locale_charset(),
            name => name,
        };
        let mut plain = [0; 32];
        let mut length = 0;
        for byte in name.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
            *plain.get_mut(length)? = byte.to_ascii_uppercase();
            length += 1;
        }
        let wanted = &plain[..length];
        match NAMES.iter().find(|(known, _)| *known == wanted) {
            Some((_, charset)) => Some(*charset),
            None => legacy::named(wanted).map(Charset::Legacy),
        }
    }

    /// Whether a byte below 0x80 that begins a character is ASCII, and ASCII is written as such bytes.
    pub fn has_ascii(self) -> bool {
        match self {
            Charset::Ascii | Charset::Latin1 | Charset::Utf8 => true,
            Charset::Legacy(set) => set.has_ascii(),
            _ => false,
        }
    }

    /// Bytes of a unit, and the order, of the sets that have one.
    fn units(self) -> Option<(usize, Order)> {
        match self {
            Charset::Utf16(OrderOf(order)) | Charset::Ucs2(OrderOf(order)) => Some((2, order)),
            Charset::Utf32(OrderOf(order)) => Some((4, order)),
            _ => None,
        }
    }
}

/// What the next bytes are.
#[derive(Debug, PartialEq, Eq)]
pub enum Read {
    /// A character and its length in bytes.
    Character(u32, usize),
    /// A byte order mark.
    Nothing(usize),
    /// The beginning of a character.
    Incomplete,
    /// No character; so many bytes are to be skipped.
    Invalid(usize),
}

/// Bytes → characters.
#[derive(Clone, Copy)]
pub struct Decoder {
    charset: Charset,
    /// Big-endian, once the order is known.
    big: Option<bool>,
}

impl Decoder {
    /// In the initial state.
    pub fn new(charset: Charset) -> Self {
        let mut decoder = Decoder { charset, big: None };
        decoder.reset();
        decoder
    }

    /// Expects a byte order mark again.
    pub fn reset(&mut self) {
        self.big = match self.charset.units() {
            Some((_, Order::Big)) => Some(true),
            Some((_, Order::Marked)) => None,
            _ => Some(false),
        };
    }

    /// The first character of `bytes`, which is not empty.
    pub fn next(&mut self, bytes: &[u8]) -> Read {
        let Some((width, _)) = self.charset.units() else {
            return match (self.charset, bytes[0]) {
                (Charset::Legacy(set), _) => legacy::read(set, bytes),
                (Charset::Utf8, 0x80..) => utf8(bytes),
                (Charset::Ascii, 0x80..) => Read::Invalid(1),
                (_, byte) => Read::Character(byte.into(), 1),
            };
        };
        let Some(first) = bytes.get(..width) else {
            return Read::Incomplete;
        };
        let big = match self.big {
            Some(big) => big,
            None => {
                let mark = |big| unit(first, big) == 0xfeff;
                self.big = Some(mark(true));
                if mark(true) || mark(false) {
                    return Read::Nothing(width);
                }
                false
            }
        };
        let value = unit(first, big);
        match (self.charset, value) {
            (Charset::Utf16(_), 0xd800..0xdc00) => match bytes.get(2..4).map(|b| unit(b, big)) {
                None => Read::Incomplete,
                Some(low @ 0xdc00..0xe000) => {
                    Read::Character(0x1_0000 + ((value - 0xd800) << 10) + (low - 0xdc00), 4)
                }
                Some(_) => Read::Invalid(2),
            },
            (_, 0xd800..0xe000 | 0x11_0000..) => Read::Invalid(width),
            _ => Read::Character(value, width),
        }
    }
}

/// A unit of two or four bytes.
fn unit(bytes: &[u8], big: bool) -> u32 {
    let add = |value: u32, byte: &u8| value << 8 | u32::from(*byte);
    if big {
        bytes.iter().fold(0, add)
    } else {
        bytes.iter().rev().fold(0, add)
    }
}

fn utf8(bytes: &[u8]) -> Read {
    let mut state = mbstate_t::new();
    for (at, &byte) in bytes.iter().enumerate() {
        match feed_utf8(&mut state, byte) {
            Step::Character(character) => return Read::Character(character, at + 1),
            Step::More => {}
            Step::Invalid => return Read::Invalid(at.max(1)),
        }
    }
    Read::Incomplete
}

/// What became of a character.
#[derive(Debug, PartialEq, Eq)]
pub enum Written {
    /// So many bytes.
    Bytes(usize),
    /// There is no room.
    Full,
    /// The set does not have it.
    Unknown,
}

/// Characters → bytes.
#[derive(Clone, Copy)]
pub struct Encoder {
    charset: Charset,
    /// Whether a byte order mark must come first.
    mark: bool,
}

impl Encoder {
    /// In the initial state.
    pub fn new(charset: Charset) -> Self {
        let mut encoder = Encoder {
            charset,
            mark: false,
        };
        encoder.reset();
        encoder
    }

    /// Will write a byte order mark again.
    pub fn reset(&mut self) {
        self.mark = matches!(self.charset.units(), Some((_, Order::Marked)));
    }

    /// Writes one character to the start of `target`.
    pub fn put(&mut self, character: u32, target: &mut [u8]) -> Written {
        if let Charset::Utf8 = self.charset {
            let Some(character) = char::from_u32(character) else {
                return Written::Unknown;
            };
            return match target.get_mut(..character.len_utf8()) {
                Some(place) => Written::Bytes(character.encode_utf8(place).len()),
                None => Written::Full,
            };
        }
        let mut bytes = [0; 8];
        let mut length = 0;
        let mut add = |more: &[u8]| {
            bytes[length..length + more.len()].copy_from_slice(more);
            length += more.len();
        };
        match self.charset {
            Charset::Legacy(set) => return legacy::write(set, character, target),
            Charset::Ascii if character < 0x80 => add(&[character as u8]),
            Charset::Latin1 if character < 0x100 => add(&[character as u8]),
            Charset::Utf16(OrderOf(order)) | Charset::Ucs2(OrderOf(order)) => {
                let mut unit = |value: u32| match order {
                    Order::Big => add(&(value as u16).to_be_bytes()),
                    _ => add(&(value as u16).to_le_bytes()),
                };
                if self.mark {
                    unit(0xfeff);
                }
                if character < 0x1_0000 {
                    unit(character);
                } else if matches!(self.charset, Charset::Ucs2(_)) {
                    return Written::Unknown;
                } else {
                    let value = character - 0x1_0000;
                    unit(0xd800 + (value >> 10));
                    unit(0xdc00 + (value & 0x3ff));
                }
            }
            Charset::Utf32(OrderOf(order)) => {
                let mut unit = |value: u32| match order {
                    Order::Big => add(&value.to_be_bytes()),
                    _ => add(&value.to_le_bytes()),
                };
                if self.mark {
                    unit(0xfeff);
                }
                unit(character);
            }
            _ => return Written::Unknown,
        }
        let Some(place) = target.get_mut(..length) else {
            return Written::Full;
        };
        place.copy_from_slice(&bytes[..length]);
        self.mark = false;
        Written::Bytes(length)
    }
}
