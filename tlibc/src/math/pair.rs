//! Numbers as unevaluated sums of two doubles, for tables that the compiler computes (Dekker 1971).

/// The sum of both, about 106 bits.
#[derive(Clone, Copy)]
pub struct Pair {
    /// The nearest double.
    pub high: f64,
    /// What is left.
    pub low: f64,
}

impl Pair {
    /// An exact double.
    pub const fn of(x: f64) -> Self {
        Self { high: x, low: 0.0 }
    }

    /// a + b for |a| ≥ |b|.
    const fn ordered(a: f64, b: f64) -> Self {
        let high = a + b;
        Self {
            high,
            low: b - (high - a),
        }
    }

    /// self + other.
    pub const fn plus(self, other: Self) -> Self {
        let sum = self.high + other.high;
        let of_other = sum - self.high;
        let error = (self.high - (sum - of_other)) + (other.high - of_other);
        Self::ordered(sum, error + self.low + other.low)
    }

    /// self × other.
    pub const fn times(self, other: Self) -> Self {
        let (product, error) = exact_product(self.high, other.high);
        Self::ordered(
            product,
            error + (self.high * other.low + self.low * other.high),
        )
    }

    /// self ÷ other.
    pub const fn over(self, other: Self) -> Self {
        let quotient = self.high / other.high;
        let rest = self.plus(other.times(Self::of(-quotient)));
        Self::ordered(quotient, (rest.high + rest.low) / other.high)
    }
}

/// The upper half of the bits, and the rest.
#[inline(always)]
pub const fn halves(x: f64) -> (f64, f64) {
    let high = f64::from_bits(x.to_bits() & !0x7ff_ffff);
    (high, x - high)
}

/// x × y and what rounding lost of it.
#[inline(always)]
pub const fn exact_product(x: f64, y: f64) -> (f64, f64) {
    let product = x * y;
    let ((xh, xl), (yh, yl)) = (halves(x), halves(y));
    (product, ((xh * yh - product) + xh * yl + xl * yh) + xl * yl)
}

/// ln x for x between ½ and 2: twice the inverse hyperbolic tangent's series of (x − 1) ÷ (x + 1).
pub const fn log(x: f64) -> Pair {
    let s = Pair::of(x - 1.0).over(Pair::of(x).plus(Pair::of(1.0)));
    let square = s.times(s);
    let mut sum = Pair::of(0.0);
    let mut k = 35;
    while k > 0 {
        sum = sum
            .times(square)
            .plus(Pair::of(1.0).over(Pair::of((2 * k - 1) as f64)));
        k -= 1;
    }
    sum.times(s).times(Pair::of(2.0))
}

/// eˣ for |x| < 1, by its series.
pub const fn exp(x: Pair) -> Pair {
    let mut sum = Pair::of(1.0);
    let mut k = 30;
    while k > 0 {
        sum = sum
            .times(x)
            .times(Pair::of(1.0).over(Pair::of(k as f64)))
            .plus(Pair::of(1.0));
        k -= 1;
    }
    sum
}
