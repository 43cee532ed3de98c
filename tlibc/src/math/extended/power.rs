//! Powers: the exponent times the base's logarithm, with 16 bits more than the result has, so that as many may be lost.

use super::{F80, HALF, ONE, f80, of, polynomial, two_product, two_sum};
use crate::math::x87 as op;
use crate::types::c_int;

/// −ln of 1024ths nearest to 32 ÷ k, k from 23 to 45, each as a number and what is left.
const LOGARITHMS: [[F80; 2]; 23] = [
    [
        f80(0xbffd, 0xa931_6f75_cc43_c8c1),
        f80(0xbfba, 0xf76b_5ff3_e838_e7fa),
    ],
    [
        f80(0xbffd, 0x932b_0f89_9c31_6911),
        f80(0x3fbb, 0xc82a_dd0b_a8e6_9728),
    ],
    [
        f80(0xbffc, 0xfd00_e1dd_abe5_e08e),
        f80(0xbfb7, 0xa3c5_0f47_ad75_7f78),
    ],
    [
        f80(0xbffc, 0xd45f_67e4_4178_c617),
        f80(0xbfba, 0xf21b_9cf1_8545_62c1),
    ],
    [
        f80(0xbffc, 0xae4a_003a_cb95_c9ae),
        f80(0x3fba, 0xcd23_3218_ceba_b5e1),
    ],
    [
        f80(0xbffc, 0x887c_7211_29cd_898f),
        f80(0xbfbb, 0xf31a_73e3_6fae_01cd),
    ],
    [
        f80(0xbffb, 0xc9ba_f2aa_caf6_ee1c),
        f80(0x3fba, 0xc7f3_c9bb_23f0_da7c),
    ],
    [
        f80(0xbffb, 0x83ac_c1ac_c723_8981),
        f80(0x3fb9, 0x96b3_30ee_9202_ef5b),
    ],
    [
        f80(0xbffa, 0x81ea_ec2f_39f7_7896),
        f80(0xbfb6, 0xed29_ceb0_7649_f022),
    ],
    [
        f80(0x0000, 0x0000_0000_0000_0000),
        f80(0x0000, 0x0000_0000_0000_0000),
    ],
    [
        f80(0x3ff9, 0xfbd4_d8b3_c142_ad92),
        f80(0x3fb8, 0xe37c_fae2_2a7c_10ee),
    ],
    [
        f80(0x3ffa, 0xf751_8e00_35c3_dd83),
        f80(0x3fb9, 0xc0db_1212_64f1_5271),
    ],
    [
        f80(0x3ffb, 0xb806_9857_5607_07a3),
        f80(0x3fba, 0xd4ce_f699_17d8_45c2),
    ],
    [
        f80(0x3ffb, 0xf1b8_3f71_8243_da14),
        f80(0xbfba, 0xcc4c_aa18_99aa_7147),
    ],
    [
        f80(0x3ffc, 0x943a_9de0_8d5d_2539),
        f80(0xbfba, 0xa6cf_d199_888e_2a51),
    ],
    [
        f80(0x3ffc, 0xb059_8805_84a3_aea5),
        f80(0xbfba, 0x988f_8140_5abf_1bad),
    ],
    [
        f80(0x3ffc, 0xcad2_d6e7_b80b_f914),
        f80(0x3fba, 0xb141_fede_8f42_fda7),
    ],
    [
        f80(0x3ffc, 0xe4bf_c03c_ea27_62c3),
        f80(0x3fbb, 0xa31b_9b13_b9d4_411d),
    ],
    [
        f80(0x3ffc, 0xfe10_c5f3_1052_ee92),
        f80(0xbfbb, 0x8718_4b03_0fe1_af4b),
    ],
    [
        f80(0x3ffd, 0x8b5a_e65d_67db_9ace),
        f80(0xbfb9, 0x85ae_97ed_95a7_4665),
    ],
    [
        f80(0x3ffd, 0x974f_15e7_0914_300c),
        f80(0x3fba, 0x9468_ee0f_65e7_291e),
    ],
    [
        f80(0x3ffd, 0xa2dc_6050_bef8_9bb8),
        f80(0xbfbb, 0xe7d0_a852_effb_e344),
    ],
    [
        f80(0x3ffd, 0xaead_eefa_caf9_7d35),
        f80(0x3fbc, 0xfbad_cd11_d762_7605),
    ],
];
/// ln(1 + r) = r − r² ÷ 2 + r³ · …, in r.
const CUBIC: [F80; 12] = [
    f80(0x3ffd, 0xaaaa_aaaa_aaaa_aaab),
    f80(0xbffd, 0x8000_0000_0000_0000),
    f80(0x3ffc, 0xcccc_cccc_cccc_cccd),
    f80(0xbffc, 0xaaaa_aaaa_aaaa_aaab),
    f80(0x3ffc, 0x9249_2492_4924_9249),
    f80(0xbffc, 0x8000_0000_0000_0000),
    f80(0x3ffb, 0xe38e_38e3_8e38_e38e),
    f80(0xbffb, 0xcccc_cccc_cccc_cccd),
    f80(0x3ffb, 0xba2e_8ba2_e8ba_2e8c),
    f80(0xbffb, 0xaaaa_aaaa_aaaa_aaab),
    f80(0x3ffb, 0x9d89_d89d_89d8_9d8a),
    f80(0xbffb, 0x9249_2492_4924_9249),
];

/// log₂ e in two parts.
const LOG2_E: [F80; 2] = [
    f80(0x3fff, 0xb8aa_3b29_5c17_f0bc),
    f80(0xbfbe, 0x82f0_025f_2dc5_82ee),
];
const LN_2: F80 = f80(0x3ffe, 0xb172_17f7_d1cf_79ac);

/// The logarithm to base 2 of a positive finite x: a whole number, and the rest, at most ½ in size, in two parts.
fn log2(x: F80) -> (c_int, F80, F80) {
    /// √2.
    const ROOT: F80 = f80(0x3fff, 0xb504_f333_f9de_6484);
    let (significand, exponent) = op::frexp(x);
    let (mut m, mut whole) = (significand + significand, exponent - 1);
    if m > ROOT {
        (m, whole) = (significand, exponent);
    }
    // m = (1 + r) ÷ c with a short c, so that 1 + r is exact in two parts.
    let k = (op::lrint(m * of(32.0)).clamp(23, 45)) as usize;
    let c = of(((32_768 + k / 2) / k) as f64 / 1024.0);
    let (high, low) = super::halves(m);
    let (r, r_low) = two_sum(high * c - ONE, low * c);
    let (square, square_low) = two_product(r, r);
    let (sum, sum_low) = two_sum(r, -(square * HALF));
    let cubic = r * square * polynomial(&CUBIC, r);
    let rest = sum_low + (r_low - square_low * HALF - r * r_low) + cubic;
    let [table, table_low] = LOGARITHMS[k - 23];
    let (sum, sum_low) = two_sum(table, sum);
    let (natural, natural_low) = two_sum(sum, sum_low + table_low + rest);
    let (product, product_low) = two_product(natural, LOG2_E[0]);
    let low = product_low + natural * LOG2_E[1] + natural_low * LOG2_E[0];
    (whole, product, low)
}

/// x to the y for a positive finite x and a finite y.
pub fn of_positive(x: F80, y: F80) -> F80 {
    let bits = 64 - x.mantissa().trailing_zeros();
    if op::fabs(y) <= of(64.0) && op::trunc(y) == y {
        let times = op::lrint(op::fabs(y)).unsigned_abs() as u32;
        if bits * times <= 64 {
            // By squaring, exactly.
            let (mut left, mut square, mut product) = (times, x, ONE);
            while left > 0 {
                if left & 1 == 1 {
                    product = product * square;
                }
                left >>= 1;
                if left > 0 {
                    square = square * square;
                }
            }
            return if y.is_negative() {
                ONE / product
            } else {
                product
            };
        }
    }
    let (whole, high, low) = log2(x);
    let whole = of(whole.into());
    let estimate = y * (whole + high);
    if op::fabs(estimate) > of(20_000.0) {
        return op::exp2(estimate);
    }
    let n = op::rint(estimate);
    let (of_whole, of_whole_low) = two_product(y, whole);
    let (product, product_low) = two_product(y, high);
    let (rest, rest_low) = two_sum(of_whole - n, product);
    let low = rest_low + of_whole_low + product_low + y * low;
    let (rest, low) = two_sum(rest, low);
    let power = op::two_to_minus_1(rest);
    // 2^(rest + low) = 2^rest (1 + low ln 2).
    let power = ONE + (power + (power + ONE) * low * LN_2);
    op::scale(n, power)
}
