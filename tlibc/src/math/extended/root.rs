//! Cube roots and lengths, rounded once; lengths are correctly rounded.

use super::F80;
use crate::math::wide::Wide;
use crate::math::x87 as op;

/// Cube root, exact where it is representable.
#[inline(always)]
pub fn cbrt(x: F80) -> F80 {
    if !op::is_finite(x) || op::is_zero(x) {
        return x + x;
    }
    Wide::from_f80(x).cbrt().to_f80()
}

/// Length of the vector (x, y).
#[inline(always)]
pub fn hypot(x: F80, y: F80) -> F80 {
    if op::is_infinite(x) || op::is_infinite(y) {
        return F80::INFINITY;
    }
    if op::is_nan(x) || op::is_nan(y) {
        return x + y;
    }
    let (x, y) = (Wide::from_f80(x).abs(), Wide::from_f80(y).abs());
    (x * x + y * y).sqrt().to_f80()
}
