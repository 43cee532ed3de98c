//! Bessel functions (POSIX.1 XSI), exact to a unit near their zeros as well.
//!
//! The `libm` crate's functions are right for small arguments, and elsewhere tell how many bits are needed: the closer a zero,
//! the more. The values are computed as [`Pair`]s: below [`FAR`] by the recurrence from great orders down
//! (Miller), with Neumann's series for the second kind (Abramowitz and Stegun 9.1.46, 9.1.88, 9.1.89), beyond by Hankel's
//! asymptotic series (9.2.5 to 9.2.10). Rounds to nearest only; the entries in `special` set that.

use super::extended::trigonometry;
use super::pair::{self, Pair};
use crate::stdarg::F80;

/// Where the asymptotic series has 106 bits.
const FAR: f64 = 40.0;
/// Beyond this order a result is not worth the time: the recurrence has as many steps, and the `libm` crate's are quicker.
const GREATEST_ORDER: u32 = 10_000;
/// Below this the recurrence could overflow.
const LEAST: f64 = power_of_two(-200);

const PI: Pair = pair(core::f64::consts::PI, 1.224_646_799_147_353_2e-16);
const TWO_OVER_PI: Pair = Pair::of(2.0).over(PI);
const LN_2: Pair = pair(core::f64::consts::LN_2, 2.319_046_813_846_299_6e-17);
/// Euler's constant.
const GAMMA: Pair = pair(0.577_215_664_901_532_9, -4.942_915_152_430_645e-18);
const ONE: Pair = Pair::of(1.0);

const fn pair(high: f64, low: f64) -> Pair {
    Pair { high, low }
}

fn minus(a: Pair, b: Pair) -> Pair {
    a.plus(negative(b))
}

fn negative(a: Pair) -> Pair {
    pair(-a.high, -a.low)
}

/// The functions of the orders 0 and 1.
struct Orders {
    j: [Pair; 2],
    y: [Pair; 2],
}

/// These, with an error below `error` times the amplitude √(2 ÷ πx), but for that of 106 bits.
fn orders(x: f64, error: f64) -> Orders {
    if x < FAR {
        near(x, error)
    } else {
        far(x, error)
    }
}

/// The least error.
const LEAST_ERROR: f64 = power_of_two(-115);

const fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << 52)
}

/// What the recurrence from great orders down gives, all with one unknown factor.
struct Downward {
    first: [Pair; 2],
    /// That of the order that was asked for, times 2^(−600 × `scale`).
    asked: Pair,
    scale: i32,
    /// J₀ + 2 ∑ J₂ₖ, which is 1.
    sum: Pair,
    /// ∑ (−1)ᵏ J₂ₖ ÷ k.
    even: Pair,
    /// ∑ (−1)ᵏ (2k + 1) ÷ (k (k + 1)) J₂ₖ₊₁.
    odd: Pair,
}

/// From an order down from which on all is below `error` of what is asked for.
fn downward(x: f64, order: u32, error: f64) -> Downward {
    const STEP: f64 = power_of_two(-600);
    const GREAT: f64 = power_of_two(300);
    let mut start = f64::from(order).max(libm::ceil(x)) + 1.0;
    let mut left = 1.0;
    while left > error {
        left *= x / (start + libm::sqrt(start * start - x * x));
        start += 1.0;
    }
    let mut k = start as u32 + 1;
    let two_over_x = Pair::of(2.0).over(Pair::of(x));
    let zero = Pair::of(0.0);
    let (mut above, mut here) = (zero, Pair::of(1.0 / GREAT));
    let mut found = Downward {
        first: [zero; 2],
        asked: zero,
        scale: 0,
        sum: zero,
        even: zero,
        odd: zero,
    };
    loop {
        if k == order {
            found.asked = here;
            found.scale = 0;
        }
        if k < 2 {
            found.first[k as usize] = here;
        }
        let half = f64::from(k / 2);
        let sign = if (k / 2).is_multiple_of(2) { 1.0 } else { -1.0 };
        if k == 0 {
            found.sum = found.sum.plus(here);
            return found;
        } else if k.is_multiple_of(2) {
            found.sum = found.sum.plus(pair(2.0 * here.high, 2.0 * here.low));
            found.even = found.even.plus(here.over(Pair::of(sign * half)));
        } else if k > 1 {
            let factor = Pair::of(f64::from(k)).over(Pair::of(sign * half * (half + 1.0)));
            found.odd = found.odd.plus(here.times(factor));
        }
        let below = minus(here.times(two_over_x.times(Pair::of(f64::from(k)))), above);
        (above, here) = (here, below);
        if here.high.abs() > GREAT {
            for value in [
                &mut above,
                &mut here,
                &mut found.sum,
                &mut found.even,
                &mut found.odd,
                &mut found.first[1],
            ] {
                *value = pair(value.high * STEP, value.low * STEP);
            }
            found.scale += 1;
        }
        k -= 1;
    }
}

/// Below [`FAR`].
fn near(x: f64, error: f64) -> Orders {
    let found = downward(x, 0, error);
    let j = found.first.map(|value| value.over(found.sum));
    let even = found.even.over(found.sum);
    let odd = found.odd.over(found.sum);
    let log = logarithm(x / 2.0).plus(GAMMA);
    let twice = |a: Pair| pair(2.0 * a.high, 2.0 * a.low);
    let y0 = minus(log.times(j[0]), twice(even)).times(TWO_OVER_PI);
    let y1 = minus(minus(log, ONE).times(j[1]), odd);
    let y1 = minus(y1, j[0].over(Pair::of(x))).times(TWO_OVER_PI);
    Orders { j, y: [y0, y1] }
}

/// ln x, of a normal x.
fn logarithm(x: f64) -> Pair {
    let exponent = (x.to_bits() >> 52) as i32 - 1023;
    let significand = f64::from_bits(x.to_bits() & ((1 << 52) - 1) | 1023 << 52);
    pair::log(significand).plus(LN_2.times(Pair::of(f64::from(exponent))))
}

/// From [`FAR`] on.
fn far(x: f64, least: f64) -> Orders {
    // So that no product overflows.
    let shift = if x > 1e150 { power_of_two(-512) } else { 1.0 };
    let square = ONE.over(PI.times(Pair::of(x * shift)));
    let root = libm::sqrt(square.high);
    let error = minus(square, Pair::of(root).times(Pair::of(root)));
    let root = Pair::of(root).plus(Pair::of(error.high / (2.0 * root)));
    let half = libm::sqrt(shift);
    let root = pair(root.high * half, root.low * half);
    // √2 times the cosine and sine of x − π ÷ 4.
    let (sine, cosine) = sine_and_cosine(x);
    let (along, across) = (cosine.plus(sine), minus(sine, cosine));
    let [(p0, q0), (p1, q1)] = [hankel(0.0, x, least), hankel(4.0, x, least)];
    let sum = |a: Pair, b: Pair, c: Pair, d: Pair| a.times(b).plus(c.times(d)).times(root);
    Orders {
        j: [
            sum(p0, along, negative(q0), across),
            sum(p1, across, q1, along),
        ],
        y: [
            sum(p0, across, q0, along),
            sum(negative(p1), along, q1, across),
        ],
    }
}

/// P and Q of Hankel's expansion for the order whose square, times 4, is `square`.
fn hankel(square: f64, x: f64, error: f64) -> (Pair, Pair) {
    if x > 1e36 {
        return (ONE, Pair::of(0.0));
    }
    let over_x = Pair::of(0.125).over(Pair::of(x));
    let mut term = ONE;
    let mut sums = [ONE, Pair::of(0.0)];
    for k in 1..90_u32 {
        let odd = f64::from(2 * k - 1);
        let factor = Pair::of(square - odd * odd).over(Pair::of(f64::from(k)));
        term = term.times(factor).times(over_x);
        if term.high.abs() < error {
            break;
        }
        let place = &mut sums[k as usize % 2];
        *place = match k / 2 % 2 {
            0 => place.plus(term),
            _ => minus(*place, term),
        };
    }
    (sums[0], sums[1])
}

/// The sine and cosine of a positive x.
fn sine_and_cosine(x: f64) -> (Pair, Pair) {
    /// 1 ÷ (k (k + 1)).
    const INVERSES: [Pair; 34] = {
        let mut table = [ONE; 34];
        let mut k = 1;
        while k < 34 {
            table[k] = ONE.over(Pair::of((k * (k + 1)) as f64));
            k += 1;
        }
        table
    };
    let (turn, high, low) = trigonometry::reduced(F80::from_f64(x));
    let first = high.to_f64();
    let rest = (high - F80::from_f64(first)) + low;
    let angle = Pair::of(first).plus(Pair::of(rest.to_f64()));
    let square = negative(angle.times(angle));
    let (mut sine, mut cosine) = (ONE, ONE);
    for k in (1..=16).rev() {
        sine = ONE.plus(sine.times(square).times(INVERSES[2 * k]));
        cosine = ONE.plus(cosine.times(square).times(INVERSES[2 * k - 1]));
    }
    let sine = sine.times(angle);
    match turn {
        0 => (sine, cosine),
        1 => (cosine, negative(sine)),
        2 => (negative(sine), negative(cosine)),
        _ => (negative(cosine), sine),
    }
}

/// What `quick` computes, or one of the orders where the `libm` crate's values are not exact to a unit.
fn refined(x: f64, quick: f64, value: impl FnOnce(Orders) -> Pair) -> f64 {
    if !(LEAST_REFINED..f64::INFINITY).contains(&x) {
        return quick;
    }
    // The value as a part of the amplitude, times √(2 ÷ π), for which a few bits are enough; less what it may be wrong by.
    let part = quick.abs() * libm::sqrt(x) - power_of_two(-44);
    let error = (part * power_of_two(-62)).max(LEAST_ERROR);
    value(orders(x, error)).high
}

/// From where on.
const LEAST_REFINED: f64 = power_of_two(-30);

/// Order 0 of the first kind.
pub fn j0(x: f64) -> f64 {
    refined(x.abs(), libm::j0(x), |orders| orders.j[0])
}

/// Order 1 of the first kind.
pub fn j1(x: f64) -> f64 {
    let value = refined(x.abs(), libm::j1(x.abs()), |orders| orders.j[1]);
    if x.is_sign_negative() { -value } else { value }
}

/// Order 0 of the second kind.
pub fn y0(x: f64) -> f64 {
    refined(x, libm::y0(x), |orders| orders.y[0])
}

/// Order 1 of the second kind.
pub fn y1(x: f64) -> f64 {
    refined(x, libm::y1(x), |orders| orders.y[1])
}

/// Whether (order ÷ x)^order, which the function or its inverse is about, is near or beyond the format's range; or one of
/// the arguments is for the `libm` crate in any case.
fn is_beyond(order: u32, x: f64) -> bool {
    !(LEAST..f64::INFINITY).contains(&x)
        || order > GREATEST_ORDER
        || f64::from(order) * libm::log(2.0 * f64::from(order) / (core::f64::consts::E * x)) > 680.0
}

/// Order `n` of the first kind.
pub fn jn(n: i32, x: f64) -> f64 {
    let (order, size) = (n.unsigned_abs(), x.abs());
    // J₋ₙ(x) = Jₙ(−x) = (−1)ⁿ Jₙ(x).
    let sign = if order % 2 == 1 && (n < 0) != x.is_sign_negative() {
        -1.0
    } else {
        1.0
    };
    match order {
        0 => return j0(x),
        1 if size > 0.0 => return sign * j1(size),
        _ if is_beyond(order, size) => return libm::jn(n, x),
        _ => {}
    }
    if f64::from(order) <= size && size >= FAR {
        let first = orders(size, LEAST_ERROR).j;
        return sign * upward(first, order, size).high;
    }
    let found = downward(size, order, LEAST_ERROR);
    // The factor from what is known: the sum far below the greatest order, else the greater of the first two.
    let value = if size < FAR {
        found.asked.over(found.sum)
    } else {
        let known = orders(size, LEAST_ERROR).j;
        let greater = usize::from(known[1].high.abs() > known[0].high.abs());
        found.asked.over(found.first[greater]).times(known[greater])
    };
    sign * libm::scalbn(value.high, -600 * found.scale)
}

/// Order `n` of the second kind.
pub fn yn(n: i32, x: f64) -> f64 {
    let order = n.unsigned_abs();
    let sign = if order % 2 == 1 && n < 0 { -1.0 } else { 1.0 };
    match order {
        0 => return y0(x),
        1 => return sign * y1(x),
        _ if is_beyond(order, x) => return libm::yn(n, x),
        _ => {}
    }
    sign * upward(orders(x, LEAST_ERROR).y, order, x).high
}

/// The recurrence from the orders 0 and 1 up.
fn upward([mut below, mut here]: [Pair; 2], order: u32, x: f64) -> Pair {
    let two_over_x = Pair::of(2.0).over(Pair::of(x));
    for k in 1..order {
        let above = minus(here.times(two_over_x.times(Pair::of(f64::from(k)))), below);
        (below, here) = (here, above);
    }
    here
}
