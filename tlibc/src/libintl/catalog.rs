//! Message catalogues of gettext: `.mo` files, read whole and kept for ever, since callers keep what they point to.
//!
//! The file begins with a magic number in the byte order of all others, a revision, how many texts there are, and where
//! two sorted tables of (length, offset) are: the original texts and their translations. Every text has a NUL after it, and
//! plural forms have one between them. The translation of the empty text is a header of lines `Field: value`.

use super::plural;
use crate::errno::Errno;
use crate::iconv::{iconv, iconv_close, iconv_open};
use crate::malloc::malloc;
use crate::textfile;
use crate::types::*;
use crate::vec::Vec;
use core::cmp::Ordering;
use core::ffi::CStr;
use core::ptr;

const MAGIC: u32 = 0x9504_12de;
/// No catalogue is larger, in bytes.
const LARGEST: usize = 256 << 20;

/// A file that was looked for: read, or known not to be there.
pub struct Catalogue {
    /// The next one in the list of all.
    pub next: *mut Catalogue,
    path: Vec<u8>,
    data: Vec<u8>,
    swapped: bool,
    count: usize,
    originals: usize,
    translations: usize,
    /// Translations in another code set than the file's.
    converted: *mut Converted,
}

/// The translations in another code set than the file's, by number, as far as they were asked for.
struct Converted {
    next: *mut Converted,
    codeset: Vec<u8>,
    texts: Vec<Option<&'static [u8]>>,
}

/// Moves a value to the heap for ever; null without memory.
pub fn keep<T>(value: T) -> *mut T {
    // SAFETY: malloc'd room of the type's size; malloc aligns for any type.
    unsafe {
        let place: *mut T = malloc(size_of::<T>()).cast();
        if !place.is_null() {
            place.write(value);
        }
        place
    }
}

impl Catalogue {
    /// Reads the file; one that cannot be read or is damaged has no texts.
    pub fn read(path: &CStr) -> Result<Self, Errno> {
        let mut name = Vec::new();
        name.extend(path.to_bytes())?;
        let mut catalogue = Catalogue {
            next: ptr::null_mut(),
            path: name,
            data: textfile::read_all(path, LARGEST).unwrap_or_default(),
            swapped: false,
            count: 0,
            originals: 0,
            translations: 0,
            converted: ptr::null_mut(),
        };
        catalogue.swapped = catalogue.word(0) == Some(MAGIC.swap_bytes());
        if catalogue.word(0) == Some(MAGIC)
            && catalogue
                .word(4)
                .is_some_and(|revision| revision >> 16 <= 1)
            && let (Some(count), Some(originals), Some(translations)) =
                (catalogue.word(8), catalogue.word(12), catalogue.word(16))
        {
            catalogue.count = count as usize;
            catalogue.originals = originals as usize;
            catalogue.translations = translations as usize;
        }
        Ok(catalogue)
    }

    /// Whether it is the file of this path.
    pub fn is_at(&self, path: &[u8]) -> bool {
        self.path[..] == *path
    }

    fn word(&self, at: usize) -> Option<u32> {
        let bytes = self.data.get(at..at.checked_add(4)?)?;
        let word = u32::from_le_bytes(bytes.try_into().ok()?);
        Some(if self.swapped {
            word.swap_bytes()
        } else {
            word
        })
    }

    /// Where text `index` of a table is, without the NUL that must be behind it.
    fn range(&self, table: usize, index: usize) -> Option<core::ops::Range<usize>> {
        let entry = table.checked_add(index.checked_mul(8)?)?;
        let length = self.word(entry)? as usize;
        let start = self.word(entry.checked_add(4)?)? as usize;
        let end = start.checked_add(length)?;
        (self.data.get(end) == Some(&0)).then_some(start..end)
    }

    /// The number of an original text.
    fn find(&self, text: &[u8]) -> Option<usize> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            let original = &self.data[self.range(self.originals, middle)?];
            // Behind the first NUL is the plural form.
            let singular = original.split(|b| *b == 0).next().unwrap_or(original);
            match singular.cmp(text) {
                Ordering::Equal => return Some(middle),
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    fn translation(&self, index: usize) -> Option<&[u8]> {
        self.data.get(self.range(self.translations, index)?)
    }

    /// The header's lines.
    fn header(&self) -> &[u8] {
        self.find(b"")
            .and_then(|index| self.translation(index))
            .unwrap_or(b"")
    }

    /// The translation of a text, in `codeset`; of the plural forms the one for `n`. It ends with a NUL and stays valid.
    pub fn translate(
        &mut self,
        text: &[u8],
        n: Option<u64>,
        codeset: &[u8],
    ) -> Option<*const c_char> {
        let index = self.find(text)?;
        let form = n.map(|n| plural::form(self.header(), n).unwrap_or(u64::from(n != 1)));
        let all = match self.own_codeset() {
            Some(own) if !same_codeset(own, codeset) => self.converted(index, codeset)?,
            _ => self.translation(index)?,
        };
        let Some(form) = form else {
            return Some(all.as_ptr().cast());
        };
        let mut forms = all.split(|b| *b == 0);
        let chosen = forms.nth(usize::try_from(form).ok()?);
        Some(chosen.unwrap_or(all).as_ptr().cast())
    }

    fn own_codeset(&self) -> Option<&[u8]> {
        let rest = plural::after(self.header(), b"charset=")?;
        let end = rest
            .iter()
            .position(|b| b.is_ascii_whitespace() || *b == b';');
        Some(&rest[..end.unwrap_or(rest.len())])
    }

    /// A translation in another code set, converted once. What cannot be converted stays as it is in the file.
    fn converted(&mut self, index: usize, codeset: &[u8]) -> Option<&[u8]> {
        let mut at = self.converted;
        // SAFETY: links of the list, which are never freed; the lock is held.
        unsafe {
            while !at.is_null() && (&(*at).codeset)[..] != *codeset {
                at = (*at).next;
            }
        }
        if at.is_null() {
            let mut name = Vec::new();
            name.extend(codeset).ok()?;
            at = keep(Converted {
                next: self.converted,
                codeset: name,
                texts: Vec::filled(None, self.count).ok()?,
            });
            if at.is_null() {
                return None;
            }
            self.converted = at;
        }
        // SAFETY: as above.
        let texts = unsafe { &mut (*at).texts };
        if let Some(text) = texts[index] {
            return Some(text);
        }
        let text = match self.convert(index, codeset) {
            Some(text) => {
                // SAFETY: the text is never freed. It is shown without the NUL at its end.
                let shown = unsafe { core::slice::from_raw_parts(text.as_ptr(), text.len() - 1) };
                core::mem::forget(text);
                shown
            }
            None => {
                let text = self.translation(index)?;
                // SAFETY: the catalogue stays as it is for ever.
                unsafe { core::slice::from_raw_parts(text.as_ptr(), text.len()) }
            }
        };
        texts[index] = Some(text);
        Some(text)
    }

    fn convert(&self, index: usize, codeset: &[u8]) -> Option<Vec<u8>> {
        let source = &self.data[self.range(self.translations, index)?];
        let mut from = Vec::new();
        from.extend(self.own_codeset()?).ok()?;
        from.push(0).ok()?;
        let mut to = Vec::new();
        to.extend(codeset).ok()?;
        to.extend(b"//TRANSLIT\0").ok()?;
        let mut out = Vec::filled(0_u8, source.len().checked_mul(4)?.checked_add(1)?).ok()?;
        // SAFETY: terminated names; iconv reads and writes inside the two buffers.
        let left = unsafe {
            let conversion = iconv_open(to.as_ptr().cast(), from.as_ptr().cast());
            if conversion.addr() == usize::MAX {
                return None;
            }
            let mut input: *mut c_char = source.as_ptr().cast_mut().cast();
            let mut input_left = source.len();
            let mut output: *mut c_char = out.as_mut_ptr().cast();
            let mut output_left = out.len() - 1;
            let result = iconv(
                conversion,
                &raw mut input,
                &raw mut input_left,
                &raw mut output,
                &raw mut output_left,
            );
            iconv_close(conversion);
            if result == usize::MAX {
                return None;
            }
            output_left
        };
        out.truncate(out.len() - left);
        Some(out)
    }
}

/// Whether two names of code sets differ in case and punctuation alone.
fn same_codeset(a: &[u8], b: &[u8]) -> bool {
    let plain = |name: &[u8]| -> [u8; 16] {
        let mut out = [0; 16];
        let letters = name.iter().filter(|b| b.is_ascii_alphanumeric());
        for (to, from) in out.iter_mut().zip(letters) {
            *to = from.to_ascii_lowercase();
        }
        out
    };
    plain(a) == plain(b)
}
