//! Differential tests against the host's C library: the same arguments go to both through a `va_list`.

mod printf;
mod scanf;

use crate::stdarg::{F80, VaList};
use core::ffi::{c_char, c_int, c_void};

unsafe extern "C" {
    fn fesetround(mode: c_int) -> c_int;
}

/// The four values of fesetround on x86.
pub const ROUNDINGS: [c_int; 4] = [0, 0x400, 0x800, 0xc00];

/// Runs `f` with a rounding direction set, in which Rust's own arithmetic must not be relied on.
pub fn with_rounding<T>(mode: c_int, f: impl FnOnce() -> T) -> T {
    // SAFETY: fenv functions only touch this thread's control registers.
    unsafe {
        assert_eq!(fesetround(mode), 0);
        let result = f();
        assert_eq!(fesetround(0), 0);
        result
    }
}

/// xorshift64*, seeded: the same cases in every run.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// A double that is interesting: any bits, short decimals, halves, powers of two and ten.
    pub fn double(&mut self) -> f64 {
        let sign = if self.next() & 1 == 0 { 1.0 } else { -1.0 };
        sign * match self.below(8) {
            0 => f64::from_bits(self.next()),
            1 => self.below(100_000) as f64 / 1000.0,
            2 => self.below(1_000_000) as f64 + 0.5,
            3 => (self.below(2000) as f64 + 0.5) / 64.0,
            4 => 10f64.powi(self.below(616) as i32 - 308),
            5 => 2f64.powi(self.below(2098) as i32 - 1074),
            6 => f64::from_bits(self.below(1 << 53)),
            _ => (self.next() >> self.below(64)) as f64,
        }
    }

    pub fn long_double(&mut self) -> F80 {
        match self.below(4) {
            0 => F80::from_f64(self.double()),
            1 => F80::from_parts(self.next() & 1 == 0, 0, self.next() >> 1 >> self.below(63)),
            2 => F80::from_parts(
                self.next() & 1 == 0,
                (16383 + self.below(130) - 65) as u16,
                self.next() | 1 << 63,
            ),
            _ => F80::from_parts(
                self.next() & 1 == 0,
                (1 + self.below(32766)) as u16,
                self.next() | 1 << 63,
            ),
        }
    }
}

/// A C argument.
#[derive(Clone, Copy, Debug)]
pub enum Arg {
    Int(i64),
    Double(f64),
    Long(F80),
    Ptr(*const c_void),
}

/// Memory laid out as the caller of a variadic function lays out arguments beyond the registers.
pub struct ArgArea(Vec<u128>);

impl ArgArea {
    pub fn new(args: &[Arg]) -> Self {
        let mut words: Vec<u64> = Vec::new();
        for arg in args {
            match *arg {
                Arg::Int(v) => words.push(v as u64),
                Arg::Double(v) => words.push(v.to_bits()),
                Arg::Ptr(v) => words.push(v as u64),
                Arg::Long(v) => {
                    if words.len() % 2 == 1 {
                        words.push(0);
                    }
                    words.push(v.mantissa());
                    words.push(u64::from(v.biased_exponent()) | u64::from(v.is_negative()) << 15);
                }
            }
        }
        words.resize(words.len() + 2, 0);
        Self(
            words
                .chunks(2)
                .map(|c| u128::from(c[0]) | u128::from(*c.get(1).unwrap_or(&0)) << 64)
                .collect(),
        )
    }

    pub fn list(&mut self) -> VaList {
        // SAFETY: the area is aligned to 16 and holds the arguments.
        unsafe { VaList::from_memory(self.0.as_mut_ptr().cast()) }
    }
}

/// A string with its terminator, for C.
pub fn c(text: &str) -> Vec<c_char> {
    text.bytes().chain([0]).map(|b| b as c_char).collect()
}
