//! `%c`, `%s` and `%[`: characters as they are, or converted when the input's width is not the conversion's.

use super::engine::{Conversion, Input, Length, Reader, Stop, Unit};
use crate::errno::{Errno, set_errno};
use crate::numconv::source::Source;
use crate::stdio::heap;
use crate::stdio::multibyte::{Decoded, MB_LEN_MAX, State, decode, encode};
use crate::types::*;
use core::ptr::null_mut;

/// The characters between `[` and `]`.
pub struct Set<U> {
    /// First unit after `[` or `[^`.
    pub from: *const U,
    /// The closing `]`.
    pub to: *const U,
    /// `[^`
    pub negated: bool,
}

impl<U: Unit> Set<U> {
    fn contains(&self, c: i32) -> bool {
        // SAFETY: called with positions inside the set of the format string.
        let code = |p: *const U| -> i64 { unsafe { (*p).into() } };
        let c = i64::from(c);
        let mut at = self.from;
        let mut low = None;
        let mut found = false;
        while at < self.to {
            let unit = code(at);
            at = at.wrapping_add(1);
            // `-` makes a range with its neighbours unless it stands first or last or they are in the wrong order.
            let high = (unit == 0x2d && at < self.to).then(|| code(at));
            match (low, high) {
                (Some(low), Some(high)) if low <= high => found |= (low..=high).contains(&c),
                _ => found |= unit == c,
            }
            low = Some(unit);
        }
        found != self.negated
    }
}

/// What a string conversion takes.
pub enum Take<U> {
    /// `%c`: exactly that many.
    Count(usize),
    /// `%s`: up to white space.
    Word,
    /// `%[`
    Members(Set<U>),
}

/// Where a string conversion stores: the caller's memory, a heap block (`%m`) or nowhere (`*`).
struct Target {
    at: *mut u8,
    used: usize,
    size: usize,
    grows: bool,
}

impl Target {
    fn push(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        if self.grows && self.used + bytes.len() > self.size {
            let size = (self.size * 2).max(64);
            // SAFETY: null or our block.
            let grown = unsafe { heap::realloc(self.at, size) };
            if grown.is_null() {
                return Err(Stop::Memory);
            }
            self.at = grown;
            self.size = size;
        }
        if !self.at.is_null() {
            // SAFETY: the caller's memory suffices by contract, ours was made to.
            unsafe {
                core::ptr::copy_nonoverlapping(bytes.as_ptr(), self.at.add(self.used), bytes.len())
            }
        }
        self.used += bytes.len();
        Ok(())
    }
}

/// Performs a string conversion.
///
/// # Safety
/// `to` is null, room for what the conversion stores or, for `%m`, a pointer's address.
pub unsafe fn text<I: Input, U: Unit>(
    reader: &mut Reader<'_, I>,
    conversion: &Conversion<U>,
    take: &Take<U>,
    to: *mut c_void,
) -> Result<(), Stop> {
    let wide_result = conversion.length == Length::Long;
    let grows = conversion.allocate && !conversion.suppress;
    let at = if grows { null_mut() } else { to.cast() };
    let mut target = Target {
        at,
        used: 0,
        size: 0,
        grows,
    };
    let mut result = characters(reader, take, wide_result, &mut target);
    if result.is_ok() && !matches!(take, Take::Count(_)) {
        result = target.push(if wide_result { &[0; 4] } else { &[0] });
    }
    if grows {
        // SAFETY: `%m` takes the address of a pointer; the block is ours until it is stored there.
        unsafe {
            let block = if result.is_err() {
                heap::free(target.at);
                null_mut()
            } else {
                let fitted = heap::realloc(target.at, target.used.max(1));
                if fitted.is_null() { target.at } else { fitted }
            };
            to.cast::<*mut u8>().write(block);
        }
    }
    result
}

fn characters<I: Input, U: Unit>(
    reader: &mut Reader<'_, I>,
    take: &Take<U>,
    wide_result: bool,
    target: &mut Target,
) -> Result<(), Stop> {
    let limit = match take {
        Take::Count(count) => *count,
        _ => reader.left,
    };
    // The width counts input characters; for wide results of byte input, whole multibyte ones.
    reader.left = if wide_result && !I::WIDE {
        usize::MAX
    } else {
        limit
    };
    let mut state = State::new();
    let mut done = 0;
    let mut ended = false;
    let mut inside = false;
    while done < limit {
        let c = reader.get();
        ended = c < 0;
        let member = !ended
            && match take {
                Take::Count(_) => true,
                Take::Word => !I::is_space(c),
                Take::Members(set) => set.contains(c),
            };
        if !member {
            reader.unget();
            break;
        }
        match (wide_result, I::WIDE) {
            (false, false) => target.push(&[c as u8])?,
            (true, true) => target.push(&c.to_ne_bytes())?,
            (true, false) => match decode(&[c as u8], &mut state) {
                Ok(Decoded::Character(wide, _)) => {
                    inside = false;
                    target.push(&wide.to_ne_bytes())?;
                }
                Ok(Decoded::Incomplete) => {
                    inside = true;
                    continue;
                }
                Err(errno) => {
                    set_errno(errno);
                    return Err(Stop::Input);
                }
            },
            (false, true) => {
                let mut bytes = [0; MB_LEN_MAX];
                match encode(c, &mut bytes, &mut state) {
                    Ok(length) => target.push(&bytes[..length])?,
                    Err(errno) => {
                        set_errno(errno);
                        return Err(Stop::Input);
                    }
                }
            }
        }
        done += 1;
    }
    if inside && (ended || !matches!(take, Take::Members(_))) {
        // What was taken breaks off within a character.
        set_errno(Errno::EILSEQ);
        return Err(Stop::Input);
    }
    match take {
        // Characters missing at the end of the input: those there are count as a match, as with glibc.
        Take::Count(_) if done == 0 => Err(Stop::Input),
        Take::Count(_) => Ok(()),
        _ if done > 0 => Ok(()),
        _ if ended => Err(Stop::Input),
        _ => Err(Stop::Matching),
    }
}
