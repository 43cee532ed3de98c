//! The scanning loop (ISO C 7.21.6.2), one for narrow and wide input.
//!
//! An input item is the longest sequence that is, or is a prefix of, a matching one; one character of push-back is all
//! that a stream promises, so a number that breaks off ("1e+x") is a matching failure and its characters are gone.

use super::text::{Set, Take, text};
use crate::errno::{Errno, set_errno};
use crate::numconv::float_scan::{Parsed, scan_f32, scan_f64, scan_f80};
use crate::numconv::int_scan;
use crate::numconv::source::Source;
use crate::stdarg::VaList;
use crate::types::*;
use core::ptr::null_mut;

/// Characters to scan. Codes are bytes or wide characters.
pub trait Input {
    /// Whether the codes are wide characters.
    const WIDE: bool;
    /// The next character; negative at the end of the input or on a read error.
    fn get(&mut self) -> i32;
    /// Puts back what the last [`Self::get`] gave; once.
    fn unget(&mut self, c: i32);
    /// Whether a code is white space in the locale.
    fn is_space(c: i32) -> bool;
}

/// A format's unit: a byte or a wide character.
pub trait Unit: Copy + Into<i64> {}
impl Unit for u8 {}
impl Unit for wchar_t {}

/// Which edition of ISO C says what a number is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// `%i` knows the prefixes `0` and `0x`.
    C99,
    /// And `0b` (C23 7.23.6.2).
    C23,
}

/// How a scan ended before the format did.
pub enum Stop {
    /// No more input.
    Input,
    /// The input does not match.
    Matching,
    /// No memory for `%m`.
    Memory,
}

/// Length modifier.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// `hh`
    Char,
    /// `h`
    Short,
    /// none
    Int,
    /// `l`, `j`, `z`, `t`
    Long,
    /// `L`, `ll`
    LongDouble,
}

/// Counts characters and hands them out, at most `left` for one item.
pub struct Reader<'a, I: Input> {
    input: &'a mut I,
    /// Characters taken so far in the whole scan.
    taken: usize,
    /// Characters the item may still have.
    pub left: usize,
    /// The last character taken, negative at the end of the input.
    pub last: i32,
    /// There is nothing to put back: the last `get` met the item's width.
    at_width: bool,
    edition: Edition,
}

impl<I: Input> Source for Reader<'_, I> {
    fn get(&mut self) -> i32 {
        self.at_width = self.left == 0;
        if self.at_width {
            return -1;
        }
        self.last = self.input.get();
        if self.last >= 0 {
            self.left -= 1;
            self.taken += 1;
        }
        self.last
    }

    fn unget(&mut self) {
        if !self.at_width && self.last >= 0 {
            self.input.unget(self.last);
            self.left += 1;
            self.taken -= 1;
        }
        self.at_width = true;
    }

    fn mark(&self) -> Option<usize> {
        None
    }

    fn reset(&mut self, _mark: usize) {}
}

impl<I: Input> Reader<'_, I> {
    /// Skips white space; whether there is input left.
    fn skip_space(&mut self) -> bool {
        self.left = usize::MAX;
        let c = loop {
            let c = self.get();
            if c < 0 || !I::is_space(c) {
                break c;
            }
        };
        self.unget();
        c >= 0
    }
}

/// One conversion as written.
pub struct Conversion<U> {
    character: u8,
    /// Length modifier.
    pub length: Length,
    /// `*`
    pub suppress: bool,
    /// `m`
    pub allocate: bool,
    number: usize,
    width: usize,
    set: Option<Set<U>>,
}

struct Format<U> {
    at: *const U,
}

impl<U: Unit> Format<U> {
    fn code(&self) -> i64 {
        // SAFETY: the position never passes the terminator.
        unsafe { (*self.at).into() }
    }

    fn ascii(&self) -> u8 {
        u8::try_from(self.code()).unwrap_or(0xff)
    }

    fn bump(&mut self) {
        self.at = self.at.wrapping_add(1);
    }

    fn accept(&mut self, c: u8) -> bool {
        let found = self.ascii() == c;
        if found {
            self.bump();
        }
        found
    }

    fn number(&mut self) -> usize {
        let mut n = 0usize;
        while self.ascii().is_ascii_digit() {
            n = n
                .saturating_mul(10)
                .saturating_add(usize::from(self.ascii() - b'0'));
            self.bump();
        }
        n
    }

    /// Reads what follows `%`; `None` when the format ends in the middle.
    fn conversion(&mut self) -> Option<Conversion<U>> {
        let start = self.at;
        let mut number = self.number();
        if number == 0 || !self.accept(b'$') {
            number = 0;
            self.at = start;
        }
        let mut suppress = false;
        loop {
            if self.accept(b'*') {
                suppress = true;
            } else if !self.accept(b'\'') && !self.accept(b'I') {
                break;
            }
        }
        let width = self.number();
        let allocate = self.accept(b'm');
        let mut length = Length::Int;
        loop {
            length = match (self.ascii(), length) {
                (b'h', Length::Short) => Length::Char,
                (b'h', _) => Length::Short,
                (b'l', Length::Long) => Length::LongDouble,
                (b'l' | b'j' | b'z' | b'Z' | b't', _) => Length::Long,
                (b'L' | b'q', _) => Length::LongDouble,
                _ => break,
            };
            self.bump();
        }
        let mut character = self.ascii();
        if character == 0 {
            return None;
        }
        self.bump();
        match character {
            b'C' => (character, length) = (b'c', Length::Long),
            b'S' => (character, length) = (b's', Length::Long),
            _ => {}
        }
        let mut set = None;
        if character == b'[' {
            let negated = self.accept(b'^');
            let from = self.at;
            if self.ascii() == b']' {
                self.bump();
            }
            while self.ascii() != b']' {
                if self.code() == 0 {
                    return None;
                }
                self.bump();
            }
            set = Some(Set {
                from,
                to: self.at,
                negated,
            });
            self.bump();
        }
        Some(Conversion {
            character,
            length,
            suppress,
            allocate,
            number,
            width,
            set,
        })
    }
}

/// Scans; how many conversions were stored, or −1 when the input ended before the first.
///
/// # Safety
/// `format` is a string; the pointers in `ap` are what it asks for.
pub unsafe fn scan<I: Input, U: Unit>(
    input: &mut I,
    format: *const U,
    ap: &mut VaList,
    edition: Edition,
) -> c_int {
    let first = *ap;
    let mut format = Format { at: format };
    let mut reader = Reader {
        input,
        taken: 0,
        left: usize::MAX,
        last: -1,
        at_width: true,
        edition,
    };
    let mut stored = 0;
    let mut converted = false;
    loop {
        let code = format.code();
        if code == 0 {
            return stored;
        }
        format.bump();
        if I::is_space(i32::try_from(code).unwrap_or(-1)) {
            reader.skip_space();
            continue;
        }
        if code == 0x25 {
            let Some(conversion) = format.conversion() else {
                return if converted { stored } else { -1 };
            };
            if conversion.character != b'%' {
                // SAFETY: every argument of scanf is a pointer, and the caller passed as many as the format asks for.
                let to = unsafe { destination(&conversion, &first, ap) };
                // SAFETY: the caller's duty.
                match unsafe { convert(&mut reader, conversion, to) } {
                    Ok(Done::Counted) => {
                        converted = true;
                        stored += 1;
                    }
                    Ok(Done::Suppressed) => converted = true,
                    Ok(Done::Position) => {}
                    Err(Stop::Matching) => return stored,
                    Err(Stop::Input) => return if converted { stored } else { -1 },
                    Err(Stop::Memory) => {
                        set_errno(Errno::ENOMEM);
                        return if converted { stored } else { -1 };
                    }
                }
                continue;
            }
            reader.skip_space();
        }
        reader.left = usize::MAX;
        let c = reader.get();
        if i64::from(c) != code {
            reader.unget();
            return if c < 0 && !converted { -1 } else { stored };
        }
    }
}

/// The pointer that a conversion stores through; null for none.
///
/// # Safety
/// As [`scan`].
unsafe fn destination<U>(
    conversion: &Conversion<U>,
    first: &VaList,
    ap: &mut VaList,
) -> *mut c_void {
    // SAFETY: the caller's duty.
    unsafe {
        match conversion.number {
            _ if conversion.suppress => null_mut(),
            0 => ap.arg_ptr(),
            number => {
                let mut list = *first;
                for _ in 1..number {
                    list.arg_ptr::<c_void>();
                }
                list.arg_ptr()
            }
        }
    }
}

/// What a successful conversion was.
enum Done {
    Counted,
    Suppressed,
    /// `%n`, which does not count.
    Position,
}

/// Performs one conversion.
///
/// # Safety
/// `to` is null or a pointer to what the conversion stores.
unsafe fn convert<I: Input, U: Unit>(
    reader: &mut Reader<'_, I>,
    mut conversion: Conversion<U>,
    to: *mut c_void,
) -> Result<Done, Stop> {
    let character = conversion.character;
    if !matches!(character, b'c' | b'[' | b'n') && !reader.skip_space() {
        return Err(Stop::Input);
    }
    reader.left = if conversion.width == 0 {
        usize::MAX
    } else {
        conversion.width
    };
    // SAFETY: the caller's duty, in each arm.
    unsafe {
        match character {
            b'n' => {
                store(to, conversion.length, reader.taken as u64);
                return Ok(Done::Position);
            }
            b'd' | b'u' => integer(reader, &conversion, to, 10)?,
            b'i' => integer(reader, &conversion, to, 0)?,
            b'o' => integer(reader, &conversion, to, 8)?,
            b'x' | b'X' => integer(reader, &conversion, to, 16)?,
            b'b' => integer(reader, &conversion, to, 2)?,
            b'p' => pointer(reader, to)?,
            b'a' | b'A' | b'e' | b'E' | b'f' | b'F' | b'g' | b'G' => {
                float(reader, conversion.length, to)?
            }
            b'c' => text(
                reader,
                &conversion,
                &Take::Count(conversion.width.max(1)),
                to,
            )?,
            b's' => text(reader, &conversion, &Take::Word, to)?,
            _ => match conversion.set.take() {
                Some(set) => text(reader, &conversion, &Take::Members(set), to)?,
                None => return Err(Stop::Matching),
            },
        }
    }
    Ok(if conversion.suppress {
        Done::Suppressed
    } else {
        Done::Counted
    })
}

/// # Safety
/// `to` is null or points to an integer of that length.
unsafe fn store(to: *mut c_void, length: Length, value: u64) {
    if to.is_null() {
        return;
    }
    // SAFETY: the caller's duty.
    unsafe {
        match length {
            Length::Char => to.cast::<u8>().write(value as u8),
            Length::Short => to.cast::<u16>().write(value as u16),
            Length::Int => to.cast::<u32>().write(value as u32),
            Length::Long | Length::LongDouble => to.cast::<u64>().write(value),
        }
    }
}

/// # Safety
/// As [`convert`].
unsafe fn integer<I: Input, U>(
    reader: &mut Reader<'_, I>,
    conversion: &Conversion<U>,
    to: *mut c_void,
    base: u8,
) -> Result<(), Stop> {
    // `%b` is of C23 itself.
    let binary = base == 2 || reader.edition == Edition::C23;
    let number = int_scan::scan(reader, base, binary).ok_or(Stop::Matching)?;
    // Out of range: what strtol and strtoul give, ERANGE included.
    let mut overflow = number.overflow;
    let value = if matches!(conversion.character, b'd' | b'i') {
        let limit = i64::MAX as u64 + u64::from(number.negative);
        overflow |= number.magnitude > limit;
        let magnitude = number.magnitude.min(limit);
        if number.negative {
            magnitude.wrapping_neg()
        } else {
            magnitude
        }
    } else if number.negative && !number.overflow {
        number.magnitude.wrapping_neg()
    } else {
        number.magnitude
    };
    if overflow {
        set_errno(Errno::ERANGE);
    }
    // SAFETY: the caller's duty.
    unsafe { store(to, conversion.length, value) };
    Ok(())
}

/// `%p`: what printf prints for it.
///
/// # Safety
/// As [`convert`].
unsafe fn pointer<I: Input>(reader: &mut Reader<'_, I>, to: *mut c_void) -> Result<(), Stop> {
    let value = if reader.get() == 0x28 {
        for expected in *b"nil)" {
            if reader.get() != i32::from(expected) {
                reader.unget();
                return Err(Stop::Matching);
            }
        }
        0
    } else {
        reader.unget();
        let number = int_scan::scan(reader, 16, false).ok_or(Stop::Matching)?;
        if number.negative {
            number.magnitude.wrapping_neg()
        } else {
            number.magnitude
        }
    };
    // SAFETY: the caller's duty.
    unsafe { store(to, Length::Long, value) };
    Ok(())
}

/// The value that was read; ERANGE if it was out of range, as with strtod.
fn in_range<T>(parsed: Option<Parsed<T>>) -> Result<T, Stop> {
    let parsed = parsed.ok_or(Stop::Matching)?;
    if parsed.range {
        set_errno(Errno::ERANGE);
    }
    Ok(parsed.value)
}

/// # Safety
/// As [`convert`].
unsafe fn float<I: Input>(
    reader: &mut Reader<'_, I>,
    length: Length,
    to: *mut c_void,
) -> Result<(), Stop> {
    let reader: &mut dyn Source = reader;
    // SAFETY: the caller's duty.
    unsafe {
        match length {
            Length::LongDouble => {
                let value = in_range(scan_f80(reader))?;
                if !to.is_null() {
                    // A long double is ten bytes; the padding after them is the caller's.
                    core::ptr::copy_nonoverlapping((&raw const value).cast::<u8>(), to.cast(), 10);
                }
            }
            Length::Long => {
                let value = in_range(scan_f64(reader))?;
                if !to.is_null() {
                    to.cast::<f64>().write(value);
                }
            }
            _ => {
                let value = in_range(scan_f32(reader))?;
                if !to.is_null() {
                    to.cast::<f32>().write(value);
                }
            }
        }
    }
    Ok(())
}
