//! Abbreviations of time zones, which `tzname` and `tm_zone` point to for as long as the process lives.
//!
//! Neighbours: `rules` and `tzfile`, where they come from, and `zone`, which hands them out.

use core::ffi::CStr;

use crate::errno::Errno;
use crate::malloc::malloc;
use crate::sync::Mutex;
use crate::vec::Vec;

/// A lasting abbreviation such as "CET".
pub type Name = &'static CStr;

/// All of them, those that are asked for often near the start.
static NAMES: Mutex<Vec<Name>> = Mutex::new(Vec::new());

/// The abbreviation of these bytes, of which none is NUL: the same place each time.
///
/// # Errors
/// `ENOMEM`; `EINVAL` for a NUL among them.
pub fn lasting(bytes: &[u8]) -> Result<Name, Errno> {
    let mut names = NAMES.lock();
    if let Some(at) = names.iter().position(|name| name.to_bytes() == bytes) {
        names.swap(at, at / 2);
        return Ok(names[at / 2]);
    }
    names.reserve(1)?;
    let block = malloc(bytes.len() + 1).cast::<u8>();
    if block.is_null() {
        return Err(Errno::ENOMEM);
    }
    // SAFETY: a fresh block of that size, which is never freed or written to again.
    let text = unsafe {
        block.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        block.add(bytes.len()).write(0);
        core::slice::from_raw_parts(block, bytes.len() + 1)
    };
    let name = CStr::from_bytes_with_nul(text).map_err(|_| Errno::EINVAL)?;
    names.push(name)?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_where_they_are() {
        let texts: std::vec::Vec<_> = (0..100)
            .map(|i| std::format!("NAMES-{i}-{}", "X".repeat(i)))
            .collect();
        let names: std::vec::Vec<_> = texts
            .iter()
            .map(|text| lasting(text.as_bytes()).unwrap())
            .collect();
        for (text, name) in texts.iter().zip(&names) {
            assert_eq!(name.to_bytes(), text.as_bytes());
            assert_eq!(
                lasting(text.as_bytes()).unwrap().as_ptr(),
                name.as_ptr(),
                "{text}"
            );
        }
    }
}
