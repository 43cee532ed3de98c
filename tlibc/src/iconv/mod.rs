//! `<iconv.h>`: conversion between the forms of Unicode, the parts of ISO 8859, and other national sets.
//!
//! The names, byte orders and errors are the GNU library's: `UTF-16`, `UTF-32` and `UCS-2` without an order are the
//! machine's (the first two read and write a byte order mark), `UCS-4` is big-endian, and what the target lacks is
//! `EILSEQ` unless `//TRANSLIT` or `//IGNORE` follows its name. Neighbours: [`codec`], [`legacy`], [`translit`].

mod codec;
mod legacy;
#[cfg(test)]
mod tests;
mod translit;

use core::ffi::CStr;

use crate::errno::{Errno, set_errno};
use crate::malloc::{free, malloc};
use crate::types::{c_char, c_int, c_void, size_t};
use codec::{Charset, Decoder, Encoder, Read, Written};

/// What to do with a character that the target cannot say.
#[derive(Clone, Copy, Default)]
struct Leniency {
    /// Write something similar, or a question mark.
    similar: bool,
    /// Leave it out; also input that is no character.
    ignore: bool,
}

/// A conversion and its state between calls.
struct Conversion {
    decoder: Decoder,
    encoder: Encoder,
    /// Whether ASCII goes through as it is.
    keeps_ascii: bool,
    leniency: Leniency,
}

/// Splits `NAME//SUFFIX//SUFFIX`.
fn parse(name: &[u8]) -> Option<(Charset, Leniency)> {
    let mut leniency = Leniency::default();
    let start = name.windows(2).position(|pair| pair == b"//");
    let (base, suffixes) = name.split_at(start.unwrap_or(name.len()));
    for suffix in suffixes.split(|&b| b == b'/' || b == b',') {
        leniency.similar |= suffix.eq_ignore_ascii_case(b"TRANSLIT");
        leniency.ignore |= suffix.eq_ignore_ascii_case(b"IGNORE");
    }
    Some((Charset::named(base)?, leniency))
}

/// Prepares a conversion from the character set `from` to `to`; (iconv_t)−1 with `EINVAL` when there is none, or
/// `ENOMEM` (POSIX iconv_open()). An empty name is the locale's set.
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iconv_open(to: *const c_char, from: *const c_char) -> *mut c_void {
    // SAFETY: the caller's strings.
    let (to, from) = unsafe { (CStr::from_ptr(to), CStr::from_ptr(from)) };
    let failed = core::ptr::without_provenance_mut(usize::MAX);
    let (Some((to, leniency)), Some((from, _))) = (parse(to.to_bytes()), parse(from.to_bytes()))
    else {
        set_errno(Errno::EINVAL);
        return failed;
    };
    // SAFETY: a fresh block of the right size, written before it is used.
    unsafe {
        let place = malloc(size_of::<Conversion>()).cast::<Conversion>();
        if place.is_null() {
            return failed;
        }
        place.write(Conversion::new(to, from, leniency));
        place.cast()
    }
}

/// What iconv_open returns on failure, and programs pass on.
fn is_none(conversion: *mut c_void) -> bool {
    let none = conversion.addr() == usize::MAX;
    if none {
        set_errno(Errno::EBADF);
    }
    none
}

/// Ends a conversion; −1 and `EBADF` for (iconv_t)−1 (POSIX iconv_close()).
///
/// # Safety
/// `conversion` comes from [`iconv_open`] and is not used again.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iconv_close(conversion: *mut c_void) -> c_int {
    if is_none(conversion) {
        return -1;
    }
    // SAFETY: the block of iconv_open.
    unsafe { free(conversion) };
    0
}

/// Converts `*in_left` bytes at `*input` into the `*out_left` bytes at `*output` and moves all four on; the number of
/// characters that did not survive as they were (POSIX iconv()).
///
/// Without input the state returns to the initial one.
///
/// # Errors
/// (size_t)−1 with `E2BIG` (output full), `EILSEQ` (not a character, or none in the target) or `EINVAL` (the input ends
/// inside a character); the pointers then stand before the offending character. `EBADF` for (iconv_t)−1.
///
/// # Safety
/// `conversion` comes from [`iconv_open`]; the pointers are null or describe two ranges that do not overlap.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn iconv(
    conversion: *mut c_void,
    input: *mut *mut c_char,
    in_left: *mut size_t,
    output: *mut *mut c_char,
    out_left: *mut size_t,
) -> size_t {
    if is_none(conversion) {
        return usize::MAX;
    }
    // SAFETY: the caller's conversion and pointers.
    unsafe {
        let conversion = &mut *conversion.cast::<Conversion>();
        if input.is_null() || (*input).is_null() {
            conversion.decoder.reset();
            conversion.encoder.reset();
            return 0;
        }
        let mut source: &[u8] = &[];
        if *in_left > 0 {
            source = core::slice::from_raw_parts((*input).cast::<u8>(), *in_left);
        }
        let mut target: &mut [u8] = &mut [];
        if *out_left > 0 {
            target = core::slice::from_raw_parts_mut((*output).cast::<u8>(), *out_left);
        }
        let (result, read, written) = conversion.run(source, target);
        *input = (*input).add(read);
        *in_left -= read;
        if written > 0 {
            *output = (*output).add(written);
            *out_left -= written;
        }
        match result {
            Ok(changed) => changed,
            Err(error) => {
                set_errno(error);
                usize::MAX
            }
        }
    }
}

impl Conversion {
    /// In the initial state.
    fn new(to: Charset, from: Charset, leniency: Leniency) -> Self {
        Conversion {
            decoder: Decoder::new(from),
            encoder: Encoder::new(to),
            keeps_ascii: from.has_ascii() && to.has_ascii(),
            leniency,
        }
    }

    /// The result, and how much was read and written.
    fn run(&mut self, source: &[u8], target: &mut [u8]) -> (Result<usize, Errno>, usize, usize) {
        let (mut read, mut written, mut changed) = (0, 0, 0);
        while read < source.len() {
            let rest = &source[read..];
            if self.keeps_ascii {
                let room = rest.len().min(target.len() - written);
                let length = ascii_length(&rest[..room]);
                if length > 0 {
                    target[written..written + length].copy_from_slice(&rest[..length]);
                    read += length;
                    written += length;
                    continue;
                }
            }
            let before = (self.decoder, self.encoder);
            let (character, length) = match self.decoder.next(rest) {
                Read::Character(character, length) => (character, length),
                Read::Nothing(length) => {
                    read += length;
                    continue;
                }
                Read::Incomplete => return (Err(Errno::EINVAL), read, written),
                Read::Invalid(length) if self.leniency.ignore => {
                    read += length;
                    changed += 1;
                    continue;
                }
                Read::Invalid(_) => return (Err(Errno::EILSEQ), read, written),
            };
            match self.put(character, &mut target[written..]) {
                Ok((length, as_it_was)) => {
                    written += length;
                    changed += usize::from(!as_it_was);
                }
                Err(error) => {
                    (self.decoder, self.encoder) = before;
                    return (Err(error), read, written);
                }
            }
            read += length;
        }
        (Ok(changed), read, written)
    }

    /// Writes a character or what stands for it: the length, and whether it is the character itself.
    fn put(&mut self, character: u32, target: &mut [u8]) -> Result<(usize, bool), Errno> {
        match self.encoder.put(character, target) {
            Written::Bytes(length) => return Ok((length, true)),
            Written::Full => return Err(Errno::E2BIG),
            Written::Unknown => {}
        }
        if self.leniency.similar {
            let mut written = 0;
            for &byte in translit::similar(character) {
                match self.encoder.put(byte.into(), &mut target[written..]) {
                    Written::Bytes(length) => written += length,
                    Written::Full | Written::Unknown => return Err(Errno::E2BIG),
                }
            }
            return Ok((written, false));
        }
        if self.leniency.ignore {
            return Ok((0, false));
        }
        Err(Errno::EILSEQ)
    }
}

/// How many ASCII characters the bytes begin with.
fn ascii_length(bytes: &[u8]) -> usize {
    let blocks = bytes.chunks_exact(16).take_while(|block| block.is_ascii());
    let whole = blocks.count() * 16;
    let rest = bytes[whole..].iter().take_while(|byte| byte.is_ascii());
    whole + rest.count()
}

/// The name of the locale's character set.
fn locale_charset() -> &'static [u8] {
    const CODESET: c_int = 14;
    // SAFETY: nl_langinfo returns a string that lives as long as the program.
    unsafe { CStr::from_ptr(crate::langinfo::nl_langinfo(CODESET)) }.to_bytes()
}
