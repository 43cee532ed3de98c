//! How far results are from the truth, in every rounding direction, for every function in its three precisions.
//!
//! The worst of a few thousand arguments each must stay within the row's bound. Errors are counted in units in the last
//! place of the truth; of a complex number the worse part counts.

pub(crate) mod reference;
mod rows;

use reference::{F128, FORMATS, Format, distance};

use crate::fuzz;
use crate::stdarg::F80;
use crate::stdio::tests::{ROUNDINGS, Random, with_rounding};
use crate::string::cpu;

/// Arguments, the unused ones zero.
type Arguments = [F80; 4];
/// A result; the second part is that of complex functions.
type Results = [F80; 2];

/// One function, the truth, and where to try it.
struct Row {
    name: &'static str,
    /// The ranges of the arguments.
    ranges: &'static [(f64, f64)],
    truth: fn([F128; 4]) -> [F128; 2],
    /// For double, float and long double.
    ours: [fn(Arguments) -> Results; 3],
    /// Units in the last place that are allowed, for double, float and long double; infinite where there is no function.
    bounds: [f64; 3],
}

/// An argument in the range: evenly spread, or evenly in its exponent; with as many bits as the format has.
fn argument(r: &mut Random, (from, to): (f64, f64), format: &Format) -> F80 {
    let part = (r.next() >> 11) as f64 / (1_u64 << 53) as f64;
    let mut x = from + part * (to - from);
    if r.below(2) == 0 {
        let greatest = from.abs().max(to.abs());
        let magnitude = greatest * (-part * 40.0).exp();
        let signed = if r.below(2) == 0 {
            magnitude
        } else {
            -magnitude
        };
        if (from..=to).contains(&signed) {
            x = signed;
        } else if (from..=to).contains(&-signed) {
            x = -signed;
        }
    }
    match format.bits {
        53 => F80::from_f64(x),
        24 => F80::from_f64(f64::from(x.clamp(-3e38, 3e38) as f32)),
        _ => {
            let x = F80::from_f64(x);
            let low = if x.mantissa() == 0 {
                0
            } else {
                r.next() & 0x7ff
            };
            F80::from_parts(x.is_negative(), x.biased_exponent(), x.mantissa() | low)
        }
    }
}

/// The worst of a row: by precision and direction, how far and where.
struct Worst([[(f64, Arguments); 4]; 3]);

fn measure(row: &Row) -> Worst {
    let mut worst = Worst([[(0.0, [F80::ZERO; 4]); 4]; 3]);
    let mut r = Random(fuzz::seed(91));
    for (precision, format) in FORMATS.iter().enumerate() {
        if row.bounds[precision].is_infinite() {
            continue;
        }
        for _ in 0..fuzz::cases(1000) {
            let mut arguments = [F80::ZERO; 4];
            for (place, range) in arguments.iter_mut().zip(row.ranges) {
                *place = argument(&mut r, *range, format);
            }
            let truth = (row.truth)(arguments.map(F128::of));
            if truth
                .iter()
                .any(|part| !part.is_special() && part.exponent() >= format.greatest)
            {
                continue;
            }
            for (direction, &mode) in ROUNDINGS.iter().enumerate() {
                let results = with_rounding(mode, || (row.ours[precision])(arguments));
                let furthest = &mut worst.0[precision][direction];
                for (result, truth) in results.into_iter().zip(truth) {
                    let distance = distance(result, truth, truth.exponent(), format);
                    if distance > furthest.0 {
                        *furthest = (distance, arguments);
                    }
                }
            }
        }
    }
    worst
}

/// Measures the rows; the lines of the page, and what is beyond a bound.
fn check(rows: &[Row]) -> (String, String) {
    let (mut lines, mut wrong) = (String::new(), String::new());
    for row in rows {
        let Worst(worst) = measure(row);
        lines += &format!("| `{}` |", row.name);
        for (precision, directions) in worst.iter().enumerate() {
            if row.bounds[precision].is_infinite() {
                lines += " — | — |";
                continue;
            }
            let nearest = directions[0].0;
            let directed = directions[1..].iter().fold(0.0_f64, |a, b| a.max(b.0));
            lines += &format!(" {nearest:.2} | {directed:.2} |");
            for (direction, (ulps, at)) in directions.iter().enumerate() {
                if *ulps > row.bounds[precision] {
                    let kind = FORMATS[precision].name;
                    let at: Vec<f64> = at[..row.ranges.len()].iter().map(|x| x.to_f64()).collect();
                    wrong += &format!(
                        "{} {kind} direction {direction}: {ulps:.3} at {at:?}\n",
                        row.name
                    );
                }
            }
        }
        lines += "\n";
    }
    (lines, wrong)
}

/// Runs the rows and, where `TLIBC_MATH_TABLE` names a folder, writes the page's lines there.
fn hold(group: &str, rows: &[Row]) {
    let (lines, wrong) = check(rows);
    if let Ok(folder) = std::env::var("TLIBC_MATH_TABLE") {
        std::fs::write(std::path::Path::new(&folder).join(group), &lines).unwrap();
    }
    assert!(wrong.is_empty(), "{wrong}\n{lines}");
}

#[test]
fn elementary_functions_are_within_their_bounds_in_every_direction() {
    hold("elementary", &rows::elementary());
}

/// The rows above have no features of the processor.
#[test]
fn exp_log_and_pow_are_within_their_bounds_with_fused_instructions() {
    let mut rows = rows::elementary();
    rows.retain(|row| ["exp", "log", "pow"].contains(&row.name.split(',').next().unwrap()));
    assert_eq!(rows.len(), 7);
    cpu::with(cpu::FMA, || {
        let (lines, wrong) = check(&rows);
        assert!(wrong.is_empty(), "{wrong}\n{lines}");
    });
}

#[test]
fn special_functions_are_within_their_bounds_in_every_direction() {
    hold("special", &rows::special());
}

/// The two doubles beside each zero, where the function is as small as it gets: some 2⁻⁵⁴ of its amplitude, of which the 106
/// bits of the computation leave a little less than a unit needs.
#[test]
fn bessel_functions_are_within_their_bounds_beside_their_zeros() {
    const BESIDE_ZERO: f64 = 10.0;
    let format = &FORMATS[0];
    let rows = rows::special();
    let bessel = |row: &&Row| {
        row.ranges.len() == 1 && row.name.starts_with(['j', 'y']) && !row.name.contains(',')
    };
    let mut zeros = 0;
    for row in rows.iter().filter(bessel) {
        let value = |x: f64| (row.ours[0])([F80::from_f64(x), F80::ZERO, F80::ZERO, F80::ZERO])[0];
        let is_negative = |x: f64| value(x).is_negative();
        for step in 1..600 {
            let (mut low, mut high) = (f64::from(step) * 0.31, f64::from(step + 1) * 0.31);
            if is_negative(low) == is_negative(high) {
                continue;
            }
            let side = is_negative(low);
            while high.to_bits() - low.to_bits() > 1 {
                let middle = f64::from_bits(low.to_bits().midpoint(high.to_bits()));
                if is_negative(middle) == side {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            zeros += 1;
            for x in [low, high] {
                let mut arguments = [F80::ZERO; 4];
                arguments[0] = F80::from_f64(x);
                let truth = (row.truth)(arguments.map(F128::of))[0];
                let ulps = distance(value(x), truth, truth.exponent(), format);
                assert!(ulps <= BESIDE_ZERO, "{}({x:e}): {ulps}", row.name);
            }
        }
    }
    assert!(zeros > 400, "{zeros}");
}

#[test]
fn complex_functions_are_within_their_bounds_in_every_direction() {
    hold("complex", &rows::complex());
}

/// Long double at the ends of its range, where a square overflows or vanishes.
#[test]
fn complex_functions_are_within_their_bounds_at_the_ends_of_the_range() {
    let mut parts = Vec::new();
    for exponent in [
        -16_300, -16_000, -8_200, -200, -60, -37, -31, -20, -1, 0, 4, 60, 200, 8_200, 16_383,
    ] {
        let exponent = (exponent + F80::BIAS) as u16;
        parts.extend([2, 3].map(|bits| F80::from_parts(false, exponent, bits << 62)));
    }
    let format = &FORMATS[2];
    let mut wrong = String::new();
    for row in rows::complex().iter().filter(|row| row.ranges.len() == 2) {
        for &re in &parts {
            for &im in &parts {
                let im = im.with_sign(re.mantissa() == im.mantissa());
                let arguments = [re, im, F80::ZERO, F80::ZERO];
                let truth = (row.truth)(arguments.map(F128::of));
                for (&mode, direction) in ROUNDINGS.iter().zip(0..) {
                    let results = with_rounding(mode, || (row.ours[2])(arguments));
                    for (result, truth) in results.into_iter().zip(truth) {
                        if truth.is_special() || truth.exponent() >= format.greatest {
                            continue;
                        }
                        let ulps = distance(result, truth, truth.exponent(), format);
                        if ulps > row.bounds[2] {
                            wrong += &format!(
                                "{} direction {direction}: {ulps} at {re:?} {im:?}, {result:?}\n",
                                row.name
                            );
                        }
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn exact_functions_are_exact_in_every_direction() {
    hold("exact", &rows::exact());
}
