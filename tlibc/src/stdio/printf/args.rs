//! The arguments of a conversion: in order from the `va_list`, or numbered (`%2$d`) from a table.

use crate::errno::Errno;
use crate::stdarg::{F80, VaList};
use crate::stdio::heap;
use core::ffi::c_int;

/// POSIX `NL_ARGMAX`, with glibc's value.
const NL_ARGMAX: usize = 4096;
/// Numbered arguments that need no heap.
const INLINE: usize = 32;

/// How an argument travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In an integer slot: all integers and pointers.
    Integer,
    /// `double`
    Double,
    /// `long double`
    LongDouble,
}

/// A fetched argument.
#[derive(Clone, Copy)]
pub enum Value {
    /// The 64-bit slot of an integer or a pointer.
    Integer(i64),
    /// `double`
    Double(f64),
    /// `long double`
    LongDouble(F80),
}

/// Fetches one argument.
///
/// # Safety
/// As [`VaList::arg_i64`] and its siblings.
unsafe fn fetch(ap: &mut VaList, kind: Kind) -> Value {
    // SAFETY: the caller's duty.
    unsafe {
        match kind {
            Kind::Integer => Value::Integer(ap.arg_i64()),
            Kind::Double => Value::Double(ap.arg_f64()),
            Kind::LongDouble => Value::LongDouble(ap.arg_longdouble()),
        }
    }
}

/// Reports a format's numbered arguments to a visitor; returns the greatest number.
type Scan<'a> = dyn Fn(&mut dyn FnMut(usize, Kind)) -> Result<usize, Errno> + 'a;

/// The types of numbered arguments, gathered before the first is fetched.
pub struct Numbered {
    inline: [Value; INLINE],
    heap: *mut Value,
    count: usize,
}

impl Numbered {
    /// Reads the arguments whose kinds `scan` reports: it is called with a visitor `(number, kind)` and returns the
    /// greatest number. Numbers that no conversion mentions are taken as integers.
    ///
    /// # Safety
    /// The arguments must be as the format says.
    pub unsafe fn load(ap: &mut VaList, scan: &Scan<'_>) -> Result<Self, Errno> {
        let count = scan(&mut |_, _| ())?;
        if count > NL_ARGMAX {
            return Err(Errno::EINVAL);
        }
        let mut this = Self {
            inline: [Value::Integer(0); INLINE],
            heap: core::ptr::null_mut(),
            count,
        };
        if count > INLINE {
            this.heap = heap::alloc(count * size_of::<Value>()).cast();
            if this.heap.is_null() {
                return Err(Errno::ENOMEM);
            }
            for i in 0..count {
                // SAFETY: inside the allocation just made.
                unsafe { this.heap.add(i).write(Value::Integer(0)) }
            }
        }
        // First the kinds, as values of that kind, then the values themselves.
        let slots = this.slots();
        scan(&mut |number, kind| {
            slots[number - 1] = match kind {
                Kind::Integer => Value::Integer(0),
                Kind::Double => Value::Double(0.0),
                Kind::LongDouble => Value::LongDouble(F80::ZERO),
            }
        })?;
        for slot in slots {
            let kind = match slot {
                Value::Integer(_) => Kind::Integer,
                Value::Double(_) => Kind::Double,
                Value::LongDouble(_) => Kind::LongDouble,
            };
            // SAFETY: the caller's duty.
            *slot = unsafe { fetch(ap, kind) };
        }
        Ok(this)
    }

    fn slots(&mut self) -> &mut [Value] {
        if self.heap.is_null() {
            &mut self.inline[..self.count]
        } else {
            // SAFETY: `load` filled `count` elements of the allocation, which lives as long as self.
            unsafe { core::slice::from_raw_parts_mut(self.heap, self.count) }
        }
    }

    fn get(&mut self, number: usize) -> Value {
        self.slots()
            .get(number - 1)
            .copied()
            .unwrap_or(Value::Integer(0))
    }
}

impl Drop for Numbered {
    fn drop(&mut self) {
        if !self.heap.is_null() {
            // SAFETY: allocated by `load`, freed once.
            unsafe { heap::free(self.heap.cast()) }
        }
    }
}

/// Either kind of access.
#[allow(
    clippy::large_enum_variant,
    reason = "one lives on the stack of each printf; a box would allocate"
)]
pub enum Args<'a> {
    /// In order.
    Sequential(&'a mut VaList),
    /// By number.
    Numbered(Numbered),
}

impl Args<'_> {
    /// The argument of that kind: the next one, or number `number` (from 1).
    ///
    /// # Safety
    /// The argument was passed and has that kind.
    #[inline]
    pub unsafe fn get(&mut self, number: usize, kind: Kind) -> Value {
        match self {
            // SAFETY: the caller's duty.
            Self::Sequential(ap) => unsafe { fetch(ap, kind) },
            Self::Numbered(table) => table.get(number),
        }
    }

    /// An integer or pointer argument's slot.
    ///
    /// # Safety
    /// As [`Self::get`].
    #[inline]
    pub unsafe fn integer(&mut self, number: usize) -> i64 {
        match self {
            // SAFETY: the caller's duty.
            Self::Sequential(ap) => unsafe { ap.arg_i64() },
            Self::Numbered(table) => match table.get(number) {
                Value::Integer(slot) => slot,
                _ => 0, // one number used with two kinds: undefined in C
            },
        }
    }

    /// An `int`, for `*`.
    ///
    /// # Safety
    /// As [`Self::get`].
    pub unsafe fn int(&mut self, number: usize) -> c_int {
        // SAFETY: the caller's duty.
        unsafe { self.integer(number) as c_int }
    }
}
