//! The national character sets, from the tables of the `encoding_rs` crate.
//!
//! That crate has the sets as the web uses them: with what vendors added, and with control characters where a byte means
//! nothing. Here they are the GNU library's, which are the standards': each set says what of its table does not count.
//! Neighbour: [`codec`](super::codec).

use super::codec::{Read, Written};
use crate::sync::Mutex;
use encoding_rs::*;

/// A set that is a table.
pub struct Legacy {
    /// The set of the web that is nearest.
    table: &'static Encoding,
    kind: Kind,
    /// What the table has otherwise: the bytes as a number, and the character.
    other: &'static [(u16, u32)],
}

/// How many bytes a character has, and which of the table's count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One; 0x80 to 0x9F are the control characters of ISO 6429.
    Iso,
    /// One; what the table makes a control character is not assigned.
    Vendor,
    /// One or two, all that the table has.
    Two,
    /// One or two, without what GB 18030 added; 0x80 is the euro.
    Chinese,
    /// One; two from 0xA1 on; 0x80 to 0x9F as in [`Kind::Iso`] (KS X 1001).
    Korean,
    /// One; two of JIS X 0208, half-width letters, or three of JIS X 0212.
    Japanese,
    /// The sets of [`Kind::Japanese`] but JIS X 0212, with the second byte moved.
    Shifted,
}

/// Where the web and the standards do not agree on JIS X 0208.
const JIS: &[(u16, u32)] = &[
    (0xa1c1, 0x301c),
    (0xa1c2, 0x2016),
    (0xa1dd, 0x2212),
    (0xa1f1, 0xa2),
    (0xa1f2, 0xa3),
    (0xa2cc, 0xac),
];

const fn set(table: &'static Encoding, kind: Kind) -> Legacy {
    Legacy {
        table,
        kind,
        other: &[],
    }
}

macro_rules! sets {
    ($($constant:ident = $set:expr, $($name:literal)*;)*) => {
        $(static $constant: Legacy = $set;)*
        /// Names without their punctuation.
        const NAMES: &[(&[u8], &Legacy)] = &[$($(($name, &$constant),)*)*];
    };
}
sets! {
    LATIN_2 = set(ISO_8859_2, Kind::Iso), b"ISO88592" b"88592" b"LATIN2" b"L2" b"ISOIR101" b"ISO885921987" b"CSISOLATIN2" b"IBM912" b"CP912";
    LATIN_3 = set(ISO_8859_3, Kind::Iso), b"ISO88593" b"88593" b"LATIN3" b"L3" b"ISOIR109" b"ISO885931988" b"CSISOLATIN3";
    LATIN_4 = set(ISO_8859_4, Kind::Iso), b"ISO88594" b"88594" b"LATIN4" b"L4" b"ISOIR110" b"ISO885941988" b"CSISOLATIN4";
    CYRILLIC = set(ISO_8859_5, Kind::Iso), b"ISO88595" b"88595" b"CYRILLIC" b"ISOIR144" b"ISO885951988" b"CSISOLATINCYRILLIC" b"IBM915" b"CP915";
    ARABIC = set(ISO_8859_6, Kind::Iso), b"ISO88596" b"88596" b"ARABIC" b"ISOIR127" b"ISO885961987" b"ECMA114" b"ASMO708" b"CSISOLATINARABIC" b"IBM1089" b"CP1089";
    GREEK = set(ISO_8859_7, Kind::Iso), b"ISO88597" b"88597" b"GREEK" b"ISOIR126" b"ISO885972003" b"ISO885971987" b"ELOT928" b"ECMA118" b"GREEK8" b"CSISOLATINGREEK" b"IBM813" b"CP813";
    HEBREW = set(ISO_8859_8, Kind::Iso), b"ISO88598" b"88598" b"HEBREW" b"ISOIR138" b"ISO885981988" b"CSISOLATINHEBREW" b"IBM916" b"CP916";
    LATIN_5 = set(WINDOWS_1254, Kind::Iso), b"ISO88599" b"88599" b"LATIN5" b"L5" b"ISOIR148" b"ISO885991989" b"CSISOLATIN5" b"IBM920" b"CP920" b"TS5881" b"ECMA128";
    LATIN_6 = set(ISO_8859_10, Kind::Iso), b"ISO885910" b"885910" b"LATIN6" b"L6" b"ISOIR157" b"ISO8859101992" b"CSISOLATIN6";
    THAI = set(WINDOWS_874, Kind::Iso), b"ISO885911";
    LATIN_7 = set(ISO_8859_13, Kind::Iso), b"ISO885913" b"885913" b"LATIN7" b"L7" b"ISOIR179" b"BALTIC";
    LATIN_8 = set(ISO_8859_14, Kind::Iso), b"ISO885914" b"885914" b"LATIN8" b"L8" b"ISOIR199" b"ISO8859141998" b"ISOCELTIC";
    LATIN_9 = set(ISO_8859_15, Kind::Iso), b"ISO885915" b"885915" b"LATIN9" b"ISOIR203" b"ISO8859151998";
    LATIN_10 = set(ISO_8859_16, Kind::Iso), b"ISO885916" b"LATIN10" b"L10" b"ISOIR226" b"ISO8859162001";
    KOI_8_R = set(KOI8_R, Kind::Vendor), b"KOI8R" b"CSKOI8R";
    KOI_8_U = Legacy { table: KOI8_U, kind: Kind::Vendor, other: &[(0xae, 0x255d), (0xbe, 0x256c)] }, b"KOI8U";
    DOS_CYRILLIC = set(IBM866, Kind::Vendor), b"CP866" b"IBM866" b"866" b"CSIBM866";
    CENTRAL_EUROPE = set(WINDOWS_1250, Kind::Vendor), b"CP1250" b"WINDOWS1250" b"MSEE";
    SLAVIC = set(WINDOWS_1251, Kind::Vendor), b"CP1251" b"WINDOWS1251" b"MSCYRL";
    WESTERN = set(WINDOWS_1252, Kind::Vendor), b"CP1252" b"WINDOWS1252" b"MSANSI";
    MODERN_GREEK = set(WINDOWS_1253, Kind::Vendor), b"CP1253" b"WINDOWS1253" b"MSGREEK";
    TURKISH = set(WINDOWS_1254, Kind::Vendor), b"CP1254" b"WINDOWS1254" b"MSTURK";
    PERSIAN = set(WINDOWS_1256, Kind::Vendor), b"CP1256" b"WINDOWS1256" b"MSARAB";
    BALTIC = set(WINDOWS_1257, Kind::Vendor), b"CP1257" b"WINDOWS1257" b"WINBALTRIM";
    JAPANESE = Legacy { table: EUC_JP, kind: Kind::Japanese, other: JIS }, b"EUCJP" b"UJIS" b"CSEUCPKDFMTJAPANESE";
    SHIFTED = Legacy { table: EUC_JP, kind: Kind::Shifted, other: JIS }, b"SHIFTJIS" b"SJIS" b"MSKANJI" b"CSSHIFTJIS";
    KOREAN = Legacy { table: EUC_KR, kind: Kind::Korean, other: &[(0xa2e8, 0x327e)] }, b"EUCKR" b"CSEUCKR";
    KOREAN_UNIFIED = set(EUC_KR, Kind::Two), b"UHC" b"CP949" b"MSCP949";
    CHINESE = Legacy { table: GBK, kind: Kind::Chinese, other: &[(0x80, 0x20ac)] }, b"GBK" b"CP936" b"MS936" b"WINDOWS936";
}

/// The set whose name, in capitals without punctuation, is given.
pub fn named(name: &[u8]) -> Option<&'static Legacy> {
    let known = NAMES.iter().find(|(known, _)| *known == name);
    known.map(|(_, set)| *set)
}

/// The first character of `bytes`, which is not empty.
pub fn read(set: &Legacy, bytes: &[u8]) -> Read {
    let first = bytes[0];
    let length = set.length(first);
    match (length, bytes.get(..length)) {
        (0, _) => Read::Invalid(1),
        // A second byte that can't be one says so before the third is there.
        (3, None) if bytes.get(1).is_some_and(|second| *second < 0xa1) => Read::Invalid(1),
        (_, None) => Read::Incomplete,
        (_, Some(bytes)) => match set.character(bytes) {
            Some(character) => Read::Character(character, length),
            None => Read::Invalid(1),
        },
    }
}

/// Writes a character to the start of `target`.
pub fn write(set: &Legacy, character: u32, target: &mut [u8]) -> Written {
    let mut bytes = [0; 4];
    let Some(length) = set.bytes(character, &mut bytes) else {
        return Written::Unknown;
    };
    match target.get_mut(..length) {
        Some(place) => {
            place.copy_from_slice(&bytes[..length]);
            Written::Bytes(length)
        }
        None => Written::Full,
    }
}

impl Legacy {
    /// Whether a byte below 0x80 that begins a character is ASCII, and ASCII is written as such bytes.
    pub fn has_ascii(&self) -> bool {
        self.kind != Kind::Shifted
    }

    /// How many bytes a character has that begins with this one; 0 if none does.
    fn length(&self, first: u8) -> usize {
        match (self.kind, first) {
            (_, ..=0x7f) | (Kind::Iso | Kind::Vendor, _) => 1,
            (Kind::Korean | Kind::Japanese, 0x80..=0x8d | 0x90..=0x9f) => 1,
            (Kind::Korean, 0x8e | 0x8f) => 1,
            (Kind::Japanese, 0x8f) => 3,
            (Kind::Japanese, 0x8e | 0xa1..=0xf4) | (Kind::Korean, 0xa1..=0xfd) => 2,
            (Kind::Shifted, 0xa1..=0xdf) => 1,
            (Kind::Shifted, 0x81..=0x9f | 0xe0..=0xea) => 2,
            (Kind::Two, 0x81..=0xc8 | 0xca..=0xfd) | (Kind::Chinese, 0x81..=0xfe) => 2,
            (Kind::Chinese, 0x80) => 1,
            _ => 0,
        }
    }

    /// The character of so many bytes as [`Legacy::length`] says.
    fn character(&self, bytes: &[u8]) -> Option<u32> {
        match (self.kind, bytes) {
            (Kind::Shifted, &[0x5c]) => return Some(0xa5),
            (Kind::Shifted, &[0x7e]) => return Some(0x203e),
            (_, &[byte @ 0..=0x7f]) => return Some(byte.into()),
            (Kind::Iso | Kind::Korean | Kind::Japanese, &[byte @ 0..=0x9f]) => {
                return Some(byte.into());
            }
            (Kind::Shifted, &[letter]) => return Some(0xff61 + u32::from(letter - 0xa1)),
            (Kind::Shifted, &[one, two]) => return self.of_jis(&unshifted(one, two)?),
            (Kind::Japanese, &[one, two]) if one != 0x8e => return self.of_jis(&[one, two]),
            _ => {}
        }
        let number = bytes
            .iter()
            .fold(0_u32, |n, byte| n << 8 | u32::from(*byte));
        let other = self
            .other
            .iter()
            .find(|(code, _)| u32::from(*code) == number);
        let character = match other {
            Some((_, character)) => *character,
            None => self.of_table(bytes)?,
        };
        let counts = match self.kind {
            Kind::Vendor => !(0x80..0xa0).contains(&character),
            Kind::Chinese => {
                let added = matches!(
                    number,
                    0xa2e3 | 0xa3a0 | 0xa8bc | 0xa8bf | 0xa989..=0xa995 | 0xfe50..=0xfea0
                );
                !added && !matches!(character, 0xe000..0xf900 | 0xfe10..0xfe20)
            }
            Kind::Korean => bytes.iter().all(|byte| *byte >= 0xa1),
            _ => true,
        };
        counts.then_some(character)
    }

    /// A character of JIS X 0208 by its two bytes from 0xA1 to 0xFE.
    fn of_jis(&self, bytes: &[u8; 2]) -> Option<u32> {
        // Row 13 and those after 84 are of vendors.
        if !matches!(bytes[0], 0xa1..=0xa8 | 0xb0..=0xf4) {
            return None;
        }
        let code = u16::from_be_bytes(*bytes);
        match self.other.iter().find(|(other, _)| *other == code) {
            Some((_, character)) => Some(*character),
            None => self.of_table(bytes),
        }
    }

    /// What the table has.
    fn of_table(&self, bytes: &[u8]) -> Option<u32> {
        let mut utf8 = [0; 16];
        let mut decoder = self.table.new_decoder_without_bom_handling();
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(bytes, &mut utf8, true);
        if result != DecoderResult::InputEmpty || read < bytes.len() {
            return None;
        }
        let mut characters = core::str::from_utf8(&utf8[..written]).ok()?.chars();
        let character = characters.next()?;
        characters.next().is_none().then_some(character.into())
    }

    /// The bytes of a character.
    fn bytes(&self, character: u32, bytes: &mut [u8; 4]) -> Option<usize> {
        if character < 0x80 && self.kind != Kind::Shifted {
            bytes[0] = character as u8;
            return Some(1);
        }
        // The forms of full width are not told apart.
        let character = match (self.kind, character) {
            (Kind::Shifted, 0xffe0) => 0xa2,
            (Kind::Shifted, 0xffe1) => 0xa3,
            (Kind::Shifted, 0xffe2) => 0xac,
            (Kind::Korean, 0x20a9) => 0xffe6,
            _ => character,
        };
        if let Some(length) = self.candidate(character, bytes)
            && self.has(&bytes[..length], character)
        {
            return Some(length);
        }
        if self.kind != Kind::Japanese {
            return None;
        }
        let [row, cell] = supplement(character)?;
        bytes[..3].copy_from_slice(&[0x8f, row, cell]);
        Some(3)
    }

    /// Whether these bytes, which the table has for the character, are of the set; the table may have more.
    fn has(&self, bytes: &[u8], character: u32) -> bool {
        match (self.kind, bytes) {
            // Yen and overline are written where ASCII has other characters.
            (Kind::Japanese | Kind::Shifted, [0..=0x7f]) => true,
            _ => self.length(bytes[0]) == bytes.len() && self.character(bytes) == Some(character),
        }
    }

    /// The bytes that the character has if it is of the set at all.
    fn candidate(&self, character: u32, bytes: &mut [u8; 4]) -> Option<usize> {
        if let Some((code, _)) = self.other.iter().find(|(_, other)| *other == character) {
            return Some(match (self.kind, code.to_be_bytes()) {
                (Kind::Shifted, [one, two]) => {
                    bytes[..2].copy_from_slice(&shifted(one, two));
                    2
                }
                (_, [0, byte]) => {
                    bytes[0] = byte;
                    1
                }
                (_, both) => {
                    bytes[..2].copy_from_slice(&both);
                    2
                }
            });
        }
        let control = (0x80..0xa0).contains(&character);
        if control && matches!(self.kind, Kind::Iso | Kind::Korean | Kind::Japanese) {
            bytes[0] = character as u8;
            return Some(1);
        }
        if self.kind == Kind::Shifted {
            let single = match character {
                0xa5 => Some(0x5c),
                0x203e => Some(0x7e),
                ..0x80 => Some(character as u8),
                0xff61..=0xff9f => Some((character - 0xff61) as u8 + 0xa1),
                _ => None,
            };
            if let Some(byte) = single {
                bytes[0] = byte;
                return Some(1);
            }
        }
        let mut utf8 = [0; 4];
        let text = char::from_u32(character)?.encode_utf8(&mut utf8);
        let mut encoder = self.table.new_encoder();
        let (result, _, length) = encoder.encode_from_utf8_without_replacement(text, bytes, true);
        match (result, self.kind) {
            (EncoderResult::InputEmpty, Kind::Shifted) if length == 2 => {
                let [one, two, ..] = *bytes;
                bytes[..2].copy_from_slice(&shifted(one, two));
                Some(2)
            }
            (EncoderResult::InputEmpty, _) => Some(length),
            _ => None,
        }
    }
}

/// How many characters JIS X 0212 has.
const SUPPLEMENT: usize = 6067;

/// Characters in their order, each with its two bytes.
type ByCharacter<const N: usize> = [(u16, [u8; 2]); N];

/// JIS X 0212, once it was asked for: the crate's table can only be read the other way.
static SUPPLEMENTARY: Mutex<Option<ByCharacter<SUPPLEMENT>>> = Mutex::new(None);

/// The two bytes of a character in JIS X 0212.
fn supplement(character: u32) -> Option<[u8; 2]> {
    let character = u16::try_from(character).ok()?;
    let mut table = SUPPLEMENTARY.lock();
    let table = table.get_or_insert_with(|| {
        let codes = (0xa1..=0xfe).flat_map(|row| (0xa1..=0xfe).map(move |cell| [row, cell]));
        let characters = codes.filter_map(|[row, cell]| {
            let character = JAPANESE.of_table(&[0x8f, row, cell])?;
            Some((u16::try_from(character).ok()?, [row, cell]))
        });
        let mut table = [(0, [0; 2]); SUPPLEMENT];
        table
            .iter_mut()
            .zip(characters)
            .for_each(|(place, pair)| *place = pair);
        table.sort_unstable();
        table
    });
    let at = table.binary_search_by_key(&character, |pair| pair.0).ok()?;
    Some(table[at].1)
}

/// Two bytes of JIS X 0208 as Shift JIS has them.
fn shifted(one: u8, two: u8) -> [u8; 2] {
    let (row, cell) = (one - 0xa1, two - 0xa1);
    let lead = 0x81 + row / 2 + if row >= 62 { 0x40 } else { 0 };
    let trail = if row % 2 == 0 {
        0x40 + cell + u8::from(cell >= 0x3f)
    } else {
        0x9f + cell
    };
    [lead, trail]
}

/// The inverse of [`shifted`].
fn unshifted(lead: u8, trail: u8) -> Option<[u8; 2]> {
    let pair = lead - if lead >= 0xe0 { 0xc1 } else { 0x81 };
    let (odd, cell) = match trail {
        0x40..=0x7e => (0, trail - 0x40),
        0x80..=0x9e => (0, trail - 0x41),
        0x9f..=0xfc => (1, trail - 0x9f),
        _ => return None,
    };
    Some([0xa1 + pair * 2 + odd, 0xa1 + cell])
}
