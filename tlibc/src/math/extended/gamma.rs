//! The gamma function and its logarithm.
//!
//! Between 1½ and 2½ a polynomial, from there by the recurrence Γ(x + 1) = x Γ(x), for large arguments Stirling's series, for
//! negative ones the reflection formula (DLMF 5.5, 5.11). The logarithm's zeros at negative arguments have a form of their
//! own, as the reflection loses there all that matters.

use super::{F80, HALF, HUGE, ONE, TINY, TWO, f80, of, polynomial};
use crate::math::x87 as op;
use crate::types::c_int;

/// Γ(2 + t) for |t| ≤ ½.
const GAMMA: [F80; 23] = [
    f80(0x3fff, 0x8000_0000_0000_0000),
    f80(0x3ffd, 0xd877_3039_049e_70b2),
    f80(0x3ffd, 0xd2dc_bc5c_b5f5_f82f),
    f80(0x3ffb, 0xa711_ccc2_3285_7723),
    f80(0x3ffb, 0x980f_dd87_92d4_86e0),
    f80(0xbff3, 0x8bf9_ba07_fa96_0128),
    f80(0x3ff8, 0xb6bf_7564_f545_debf),
    f80(0xbff6, 0xbaf3_7482_120c_2c09),
    f80(0x3ff6, 0x89e2_24e4_0dde_519e),
    f80(0xbff4, 0xf10f_8e58_8a12_ee40),
    f80(0x3ff4, 0x808d_697a_b865_2fb0),
    f80(0xbff2, 0xfca5_3393_b37a_ff6c),
    f80(0x3ff1, 0xff2b_1ad1_5756_183f),
    f80(0xbff0, 0xfefc_d013_4d72_218c),
    f80(0x3fef, 0xff77_7564_ce90_090e),
    f80(0xbfee, 0xff80_02f5_135d_8527),
    f80(0x3fed, 0xffa5_0c7c_51b4_0033),
    f80(0xbfed, 0x80c9_cb8d_1894_1db2),
    f80(0x3fec, 0x80d1_4c10_38aa_f2b9),
    f80(0xbfea, 0xece7_0b8b_7b3d_84d8),
    f80(0x3fe9, 0xeced_8874_1b06_aa77),
    f80(0xbfe9, 0xb8f0_4fd0_3c6d_c73f),
    f80(0x3fe8, 0xb8f2_0692_cb4e_e970),
];
/// ln Γ(2 + t) ÷ t for |t| ≤ ½.
const LOG_GAMMA: [F80; 22] = [
    f80(0x3ffd, 0xd877_3039_049e_70b6),
    f80(0x3ffd, 0xa51a_6625_307d_3231),
    f80(0xbffb, 0x89f0_00d2_abb0_3395),
    f80(0x3ff9, 0xa899_1563_ec24_1a80),
    f80(0xbff7, 0xf202_7e10_c7b4_1617),
    f80(0x3ff6, 0xbd6e_b756_db65_d947),
    f80(0xbff5, 0x9c56_2e15_f805_f6b7),
    f80(0x3ff4, 0x859b_57c3_187a_f57b),
    f80(0xbff2, 0xe9fe_a63f_cfd1_2d37),
    f80(0x3ff1, 0xd093_d87c_f734_8dbc),
    f80(0xbff0, 0xbc6f_2ca5_0fae_c3c3),
    f80(0x3fef, 0xac06_e639_afca_bade),
    f80(0xbfee, 0x9e5e_861a_6133_8ae6),
    f80(0x3fed, 0x92cc_0a64_b71d_e850),
    f80(0xbfec, 0x88d2_a5e1_e7f1_e32e),
    f80(0x3feb, 0x802b_de2c_5d7b_3be4),
    f80(0xbfe9, 0xf231_33c2_2c20_52a6),
    f80(0x3fe8, 0xe4ac_8c45_429c_e5a0),
    f80(0xbfe7, 0xcc0a_96d5_d7a0_871c),
    f80(0x3fe6, 0xc1b3_cb32_431a_8f3b),
    f80(0xbfe6, 0x867e_6bbe_1f62_fa6c),
    f80(0x3fe5, 0x8089_3ed4_bc47_c78a),
];
/// Stirling's series: B₂ₖ ÷ (2k (2k − 1)).
const STIRLING: [F80; 12] = [
    f80(0x3ffb, 0xaaaa_aaaa_aaaa_aaab),
    f80(0xbff6, 0xb60b_60b6_0b60_b60b),
    f80(0x3ff4, 0xd00d_00d0_0d00_d00d),
    f80(0xbff4, 0x9c09_c09c_09c0_9c0a),
    f80(0x3ff4, 0xdca8_f158_c7f9_1ab8),
    f80(0xbff5, 0xfb55_86cc_c9e3_e410),
    f80(0x3ff7, 0xd20d_20d2_0d20_d20d),
    f80(0xbff9, 0xf214_3658_7a9c_bee1),
    f80(0x3ffc, 0xb7f4_b1c0_f033_ffd1),
    f80(0xbfff, 0xb23b_3808_c0f9_cf6e),
    f80(0x4002, 0xd672_2191_6700_2d3a),
    f80(0xc006, 0x9cd9_292e_6660_d55b),
];
/// The zeros of ln |Γ| between −19 and −2, each as a number and what is left.
const ZEROS: [[F80; 2]; 34] = [
    [
        f80(0xc000, 0x9d3f_e4b0_07c3_60ab),
        f80(0x3fbb, 0x9b06_7507_2fc7_69e6),
    ],
    [
        f80(0xc000, 0xafda_0850_dec8_065e),
        f80(0xbfbf, 0xcad2_5a32_0f57_5fa6),
    ],
    [
        f80(0xc000, 0xc930_6de4_f2cd_7bee),
        f80(0xbfbe, 0xbe69_9ad3_d9ba_6545),
    ],
    [
        f80(0xc000, 0xfd23_8aa3_e17f_285c),
        f80(0xbfbe, 0xd456_1291_236c_c321),
    ],
    [
        f80(0xc001, 0x8142_73c2_ccac_0618),
        f80(0xbfc0, 0xe7c2_c378_6044_ab06),
    ],
    [
        f80(0xc001, 0x9fba_bbd3_7757_e6a2),
        f80(0xbfbe, 0xd0aa_4076_9885_01d8),
    ],
    [
        f80(0xc001, 0xa043_52bf_85b6_c865),
        f80(0xbfc0, 0x9315_b965_4e53_7b32),
    ],
    [
        f80(0xc001, 0xbff4_97ac_8fa0_6afc),
        f80(0x3fc0, 0xac4a_74d0_b384_81c7),
    ],
    [
        f80(0xc001, 0xc00b_592c_4be4_676c),
        f80(0xbfbd, 0xf85b_2da2_c70b_970d),
    ],
    [
        f80(0xc001, 0xdffe_5fbb_5c37_7fe8),
        f80(0x3fc0, 0xa765_268f_700b_7830),
    ],
    [
        f80(0xc001, 0xe001_9fef_6ff0_f5bf),
        f80(0x3fc0, 0xedf4_8c91_9e1f_5536),
    ],
    [
        f80(0xc001, 0xffff_cbfc_0ace_7879),
        f80(0xbfc0, 0xa7a0_ad48_ac32_a74c),
    ],
    [
        f80(0xc002, 0x8000_1a01_459f_c9f6),
        f80(0xbfbe, 0xcb3c_ec1c_ec85_7667),
    ],
    [
        f80(0xc002, 0x8fff_fd1c_425e_8100),
        f80(0x3fc0, 0xde6c_5aa2_db69_8607),
    ],
    [
        f80(0xc002, 0x9000_02e3_bb47_d86d),
        f80(0xbfc1, 0xdb08_7fdb_86a3_bd6f),
    ],
    [
        f80(0xc002, 0x9fff_ffb6_06bd_fdcd),
        f80(0xbfbd, 0xc55c_ef4a_0a8f_8d3a),
    ],
    [
        f80(0xc002, 0xa000_0049_f93b_b992),
        f80(0xbfc1, 0xf68b_b2bc_2a88_3c06),
    ],
    [
        f80(0xc002, 0xafff_fff9_466e_9f1b),
        f80(0xbfc0, 0xdb6b_34ab_6f46_3417),
    ],
    [
        f80(0xc002, 0xb000_0006_b991_5316),
        f80(0x3fc0, 0x9a69_6400_56fc_6d05),
    ],
    [
        f80(0xc002, 0xbfff_ffff_7089_3874),
        f80(0x3fc1, 0xf043_7ca6_7858_6d0f),
    ],
    [
        f80(0xc002, 0xc000_0000_8f76_c773),
        f80(0xbfbf, 0xab3e_0781_2879_c3c9),
    ],
    [
        f80(0xc002, 0xcfff_ffff_f4f6_dcf6),
        f80(0xbfbf, 0xbfcb_d2ff_e3ab_eaa4),
    ],
    [
        f80(0xc002, 0xd000_0000_0b09_230a),
        f80(0x3fc0, 0xfe65_f08b_91bf_0724),
    ],
    [
        f80(0xc002, 0xdfff_ffff_ff36_345b),
        f80(0x3fc1, 0x8c3c_f6b8_3ec5_dd12),
    ],
    [
        f80(0xc002, 0xe000_0000_00c9_cba5),
        f80(0xbfc1, 0x8bd2_9ceb_d8ae_31ef),
    ],
    [
        f80(0xc002, 0xefff_ffff_fff2_8c06),
        f80(0xbfbe, 0xc660_4ef3_0371_f89d),
    ],
    [
        f80(0xc002, 0xf000_0000_000d_73fa),
        f80(0x3fbe, 0xc664_2f1b_df07_a161),
    ],
    [
        f80(0xc002, 0xffff_ffff_ffff_28c0),
        f80(0xbfc1, 0xc18c_c43e_a25c_e5ca),
    ],
    [
        f80(0xc003, 0x8000_0000_0000_6ba0),
        f80(0x3fc1, 0xc18c_c4bd_7b68_0d89),
    ],
    [
        f80(0xc003, 0x87ff_ffff_ffff_f9ab),
        f80(0xbfc2, 0x9c47_e7a9_3e1c_46a1),
    ],
    [
        f80(0xc003, 0x8800_0000_0000_0655),
        f80(0x3fc2, 0x9c47_e7a9_7778_935a),
    ],
    [
        f80(0xc003, 0x8fff_ffff_ffff_ffa6),
        f80(0x3fbf, 0x9e18_ee5f_6697_ba6a),
    ],
    [
        f80(0xc003, 0x9000_0000_0000_005a),
        f80(0xbfbf, 0x9e18_ee5f_6526_1d98),
    ],
    [
        f80(0xc003, 0x97ff_ffff_ffff_fffb),
        f80(0xbfc2, 0x85b2_5cbf_5f54_5cee),
    ],
];
const PI: F80 = f80(0x4000, 0xc90f_daa2_2168_c235);
/// √(2π).
const ROOT_OF_TWO_PI: F80 = f80(0x4000, 0xa06c_98ff_b138_2cb3);
/// ½ ln 2π.
const HALF_LOG_TWO_PI: F80 = f80(0x3ffe, 0xeb3f_8e43_25f5_a535);
/// ln π.
const LOG_PI: F80 = f80(0x3fff, 0x9286_8247_3d0d_e85f);

/// From here Stirling's series is used.
const LARGE: f64 = 12.0;

/// What Stirling's formula for ln Γ lacks at x ≥ 12.
fn stirling(x: F80) -> F80 {
    let inverse = ONE / x;
    polynomial(&STIRLING, inverse * inverse) * inverse
}

/// x brought between 1½ and 2½ by whole steps: what is above 2, and the product of the steps' numbers. `x` is in ½ to 12.
fn stepped_down(x: F80) -> (F80, F80) {
    let (mut y, mut product) = (x, ONE);
    while y > of(2.5) {
        y = y - ONE;
        product = product * y;
    }
    (y - TWO, product)
}

/// Γ(x) for x > 0, as two factors, as their product may overflow where the caller's result does not.
fn factors(x: F80) -> (F80, F80) {
    if x < HALF {
        return (polynomial(&GAMMA, x) / (x * (ONE + x)), ONE);
    }
    if x < of(1.5) {
        return (polynomial(&GAMMA, x - ONE) / x, ONE);
    }
    if x < of(LARGE) {
        let (t, product) = stepped_down(x);
        return (polynomial(&GAMMA, t) * product, ONE);
    }
    let root = op::pow(x, x * HALF);
    let rest = op::exp(-x) * ROOT_OF_TWO_PI * op::exp(stirling(x)) / op::sqrt(x);
    (root * rest, root)
}

/// Whether x, which is negative and no integer, has a negative Γ(x).
fn is_negative_at(x: F80) -> bool {
    let whole = op::trunc(x);
    op::fmod(TWO, whole) == F80::ZERO
}

/// |sin πx|.
fn sine_of_pi_times(x: F80) -> F80 {
    op::fabs(op::sin((x - op::round(x)) * PI))
}

/// Gamma function.
pub fn tgamma(x: F80) -> F80 {
    if op::is_nan(x) || x == F80::INFINITY {
        return x + x;
    }
    if x == F80::ZERO {
        return ONE / x;
    }
    if !x.is_negative() {
        if x > of(1756.0) {
            return HUGE * HUGE;
        }
        let (a, b) = factors(x);
        return a * b;
    }
    if op::is_infinite(x) || op::trunc(x) == x {
        // A pole whose sign differs from side to side.
        return F80::INFINITY * F80::ZERO;
    }
    let size = op::fabs(x);
    let negative = is_negative_at(x);
    if size > of(1770.0) {
        return (TINY * TINY).with_sign(negative);
    }
    if size < f80(0x3fff - 70, 1 << 63) {
        return ONE / x;
    }
    let (a, b) = factors(size);
    (PI / (size * sine_of_pi_times(size)) / a / b).with_sign(negative)
}

/// ln Γ(x) for x > 0.
fn log_of_positive(x: F80) -> F80 {
    if x < HALF {
        // ln Γ(2 + x) − ln (1 + x) − ln x.
        return x * polynomial(&LOG_GAMMA, x) - op::log1p(x) - op::log(x);
    }
    if x < of(1.5) {
        let t = x - ONE;
        return t * polynomial(&LOG_GAMMA, t) - op::log1p(t);
    }
    if x < of(LARGE) {
        let (t, product) = stepped_down(x);
        let rest = t * polynomial(&LOG_GAMMA, t);
        return if x > of(2.5) {
            op::log(product) + rest
        } else {
            rest
        };
    }
    if x > f80(0x3fff + 70, 1 << 63) {
        return x * (op::log(x) - ONE);
    }
    (x - HALF) * (op::log(x) - ONE) - (HALF - HALF_LOG_TWO_PI) + stirling(x)
}

/// ln Γ(a + d) − ln Γ(a) for a ≥ 2 and a small d, without cancellation.
fn difference(a: F80, d: F80) -> F80 {
    let (mut w, mut steps) = (a, F80::ZERO);
    while w < of(16.0) {
        steps = steps + op::log1p(d / w);
        w = w + ONE;
    }
    let sum = w + d;
    let (p, q) = (ONE / sum, ONE / w);
    // p^m − q^m = (p − q) Σ pⁱ qᵐ⁻¹⁻ⁱ, for the odd m of the series.
    let (mut series, mut powers) = (F80::ZERO, ONE);
    let mut of_q = ONE;
    for (k, coefficient) in STIRLING.iter().take(8).enumerate() {
        series = series + *coefficient * powers;
        if k < 7 {
            for _ in 0..2 {
                of_q = of_q * q;
                powers = powers * p + of_q;
            }
        }
    }
    (w - HALF) * op::log1p(d / w) + d * op::log(sum) - d - d * p * q * series - steps
}

/// ln |Γ(x)| near one of its zeros between −19 and −2; `None` if there is none.
fn near_zero(x: F80) -> Option<F80> {
    let [high, low] = *ZEROS.iter().min_by(|a, b| {
        op::order(op::fabs(x - a[0]), op::fabs(x - b[0])).unwrap_or(core::cmp::Ordering::Equal)
    })?;
    let d = (x - high) - low;
    if op::fabs(d) > of(0.2) {
        return None;
    }
    // Γ(x) = π ÷ (−x sin πx Γ(−x)), divided by the same at the zero.
    let angle = ((high - op::round(high)) + low) * PI;
    let (sine, half_sine) = (op::sin(d * PI), op::sin(d * PI * HALF));
    let of_sines = op::cos(angle) / op::sin(angle) * sine - TWO * half_sine * half_sine;
    Some(-op::log1p(d / high) - op::log1p(of_sines) - difference(op::fabs(high), -d))
}

/// ln |Γ(x)|, and the sign of Γ(x).
pub fn lgamma(x: F80) -> (F80, c_int) {
    if op::is_nan(x) {
        return (x + x, 1);
    }
    if op::is_infinite(x) {
        return (F80::INFINITY, 1);
    }
    if x == F80::ZERO {
        return (ONE / op::fabs(x), if x.is_negative() { -1 } else { 1 });
    }
    if !x.is_negative() {
        return (log_of_positive(x), 1);
    }
    if op::trunc(x) == x {
        return (ONE / F80::ZERO, 1);
    }
    let size = op::fabs(x);
    let sign = if is_negative_at(x) { -1 } else { 1 };
    if size < f80(0x3fff - 70, 1 << 63) {
        return (-op::log(size), sign);
    }
    let value = LOG_PI - op::log(size) - op::log(sine_of_pi_times(size)) - log_of_positive(size);
    let refined = if size > TWO && size < of(19.0) && op::fabs(value) < of(0.125) {
        near_zero(x)
    } else {
        None
    };
    (refined.unwrap_or(value), sign)
}
