//! Algorithms that are right when rounding to nearest only, used in every rounding direction.
//!
//! The argument reductions and error-free transformations of the `libm` crate's functions rely on the default direction.
//! It is set around them; the result is then within a unit of the truth in any direction. Exceptions that they
//! raise stay raised.

use core::hint::black_box;

use crate::fenv::{mxcsr, set_mxcsr, set_x87_control, x87_control};

/// The rounding direction in the SSE control register.
const DIRECTION: u32 = 0x6000;
/// The same in the x87 control word; `fesetround` sets both.
const X87_DIRECTION: u16 = 0x0c00;

/// Whether the direction is to nearest.
#[inline(always)]
pub fn is_nearest() -> bool {
    mxcsr() & DIRECTION == 0
}

/// `function(x)`, computed to nearest.
#[inline(always)]
pub fn nearest<T, R>(x: T, function: impl FnOnce(T) -> R) -> R {
    let control = mxcsr();
    if control & DIRECTION == 0 {
        return function(x);
    }
    in_nearest(control, x, function)
}

#[cold]
#[inline(never)]
fn in_nearest<T, R>(control: u32, x: T, function: impl FnOnce(T) -> R) -> R {
    let x87 = x87_control();
    set_mxcsr(control & !DIRECTION);
    set_x87_control(x87 & !X87_DIRECTION);
    // The boxes keep the computation between the changes of the registers.
    let result = black_box(function(black_box(x)));
    set_x87_control(x87);
    set_mxcsr(mxcsr() & !DIRECTION | control & DIRECTION);
    result
}

/// Results that can overflow, which has a result for each direction (ISO C F.10).
pub trait Overflow: Copy {
    /// The result itself, or what an overflow gives in the current direction if `self` is infinite.
    fn overflowed(self) -> Self;
}

macro_rules! overflow {
    ($($type:ident)*) => {
        $(impl Overflow for $type {
            #[inline(always)]
            fn overflowed(self) -> Self {
                if self.is_infinite() {
                    return black_box($type::MAX.copysign(self)) * black_box($type::MAX);
                }
                self
            }
        })*
    };
}
overflow!(f32 f64);

/// [`nearest`] for a function that has no poles at finite arguments: an infinite result is an overflow.
#[inline(always)]
pub fn nearest_or_overflow<T, R: Overflow>(x: T, finite: bool, function: impl FnOnce(T) -> R) -> R {
    let result = nearest(x, function);
    if finite { result.overflowed() } else { result }
}
