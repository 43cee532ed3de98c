//! The error function and its complement.
//!
//! Near 0 the error function's series; elsewhere the complement as exp(−x²) times a smooth function, which has a polynomial
//! for each of a few ranges (DLMF 7.2, 7.12).

use super::{F80, ONE, TINY, TWO, f80, halves, of, polynomial};
use crate::math::x87 as op;

/// erf x ÷ x for |x| < 1, in x².
const NEAR_0: [F80; 14] = [
    f80(0x3fff, 0x906e_ba82_14db_688d),
    f80(0xbffd, 0xc093_a358_1bcf_35f3),
    f80(0x3ffb, 0xe717_90d0_215e_edf6),
    f80(0xbff9, 0xdc16_7189_444d_d180),
    f80(0x3ff7, 0xab2d_e687_3281_65fb),
    f80(0xbff4, 0xe016_d9ff_75ab_c73c),
    f80(0x3ff1, 0xfcd1_9361_198a_2e8b),
    f80(0xbfee, 0xfa69_2b0d_757e_9fe2),
    f80(0x3feb, 0xdcf3_284d_cc33_eac8),
    f80(0xbfe8, 0xafb6_c92d_05e3_cdee),
    f80(0x3fe4, 0xfe21_ab24_c616_c5a2),
    f80(0xbfe1, 0xa730_3da0_d320_b100),
    f80(0x3fdd, 0xbf83_90c4_70ca_6b1b),
    f80(0xbfd9, 0x94dc_f8d9_efaa_b105),
];
/// exp x² · erfc x for x from ½ to 1, in s from −1 to 1.
const SCALED_1: [F80; 17] = [
    f80(0x3ffe, 0x81c6_aa75_1ec1_9c28),
    f80(0xbffb, 0xbc66_eaa8_f728_cdbe),
    f80(0x3ff8, 0xec80_49d7_0849_3c01),
    f80(0xbff6, 0x84f3_bea0_7011_cb6c),
    f80(0x3ff3, 0x88c9_7ade_b43b_e5c9),
    f80(0xbff0, 0x82a6_b414_ad8b_f261),
    f80(0x3fec, 0xea1d_3e3d_3306_6d14),
    f80(0xbfe9, 0xc64b_eea7_65b0_1a55),
    f80(0x3fe6, 0x9fc0_c4be_7f74_1007),
    f80(0xbfe2, 0xf606_7a51_4841_6796),
    f80(0x3fdf, 0xb5cc_15fb_e609_0cfd),
    f80(0xbfdc, 0x8158_bf62_c793_df59),
    f80(0x3fd8, 0xb1b9_2c62_8457_7254),
    f80(0xbfd4, 0xec4d_1741_32c6_da84),
    f80(0x3fd1, 0x986c_db3c_d5bb_1a2b),
    f80(0xbfcd, 0xc3cd_da1b_0794_d650),
    f80(0x3fc9, 0xeea9_bb8c_77bb_6194),
];
/// exp x² · erfc x for x from 1 to 2, in s from −1 to 1.
const SCALED_2: [F80; 19] = [
    f80(0x3ffd, 0xa4a6_d7fd_156b_4273),
    f80(0xbffb, 0xa78c_c422_2657_b5bb),
    f80(0x3ff9, 0x9bf5_138d_e2a5_e8ac),
    f80(0xbff7, 0x86e2_8e94_a0f3_5764),
    f80(0x3ff4, 0xdb2c_a279_a7bd_57fe),
    f80(0xbff2, 0xa89f_6bb0_06b3_cb36),
    f80(0x3fef, 0xf738_2f39_b257_a3e0),
    f80(0xbfed, 0xad85_5ff3_075b_f2fb),
    f80(0x3fea, 0xea28_4e86_7b89_762b),
    f80(0xbfe8, 0x9860_764e_86f2_7bff),
    f80(0x3fe5, 0xbfcc_bca5_c9c1_1939),
    f80(0xbfe2, 0xea0a_abcf_55ed_6d0d),
    f80(0x3fe0, 0x8ab6_4352_09de_3257),
    f80(0xbfdd, 0xa004_f36d_f26c_8bfe),
    f80(0x3fda, 0xb3ea_2201_9c7c_a26f),
    f80(0xbfd7, 0xc4dd_c377_f0e6_bda7),
    f80(0x3fd4, 0xd32e_8176_4a8e_edcf),
    f80(0xbfd1, 0xeff6_f87e_319a_8d3b),
    f80(0x3fce, 0xf5de_5b3f_2ce7_ec89),
];
/// exp x² · erfc x for x from 2 to 4, in s from −1 to 1.
const SCALED_4: [F80; 23] = [
    f80(0x3ffc, 0xb74c_13e9_14e9_6670),
    f80(0xbffa, 0xdeb5_7268_a58b_773a),
    f80(0x3ff9, 0x821f_f0d4_c606_6825),
    f80(0xbff7, 0x92c8_30dd_42b4_8dec),
    f80(0x3ff5, 0xa04e_6176_9ff7_df5d),
    f80(0xbff3, 0xa9ef_64e8_44ae_0371),
    f80(0x3ff1, 0xaf39_c982_4282_40e3),
    f80(0xbfef, 0xb012_881e_0a32_25c1),
    f80(0x3fed, 0xacaf_8dae_e1c7_8315),
    f80(0xbfeb, 0xa58a_3144_34e1_9a9f),
    f80(0x3fe9, 0x9b4c_825c_1cc1_2dae),
    f80(0xbfe7, 0x8ebc_89e5_4629_8ba0),
    f80(0x3fe5, 0x80a8_4715_02fc_38a4),
    f80(0xbfe2, 0xe3a9_1a07_0f01_9c23),
    f80(0x3fe0, 0xc5df_99f9_13ce_25e2),
    f80(0xbfde, 0xa911_9221_cdd2_ae29),
    f80(0x3fdc, 0x8e1f_50c6_6226_9d94),
    f80(0xbfd9, 0xeb8d_f412_2edd_4a30),
    f80(0x3fd7, 0xbff7_9611_8e7e_2aeb),
    f80(0xbfd5, 0x9655_8a5e_6a2f_176b),
    f80(0x3fd2, 0xee6e_ffef_c019_75d3),
    f80(0xbfd0, 0xebb0_3def_a7fa_243b),
    f80(0x3fce, 0xb4be_da27_e248_966d),
];
/// exp x² · erfc x for x from 4 to 8, in s from −1 to 1.
const SCALED_8: [F80; 25] = [
    f80(0x3ffb, 0xbe01_a424_4eb9_0b95),
    f80(0xbff9, 0xf6bf_b36c_e84f_eec0),
    f80(0x3ff8, 0x9e3b_b254_0fa3_1058),
    f80(0xbff6, 0xc883_53e6_bcf1_e667),
    f80(0x3ff4, 0xfb26_6ce0_3db5_9eaf),
    f80(0xbff3, 0x9b86_8320_bba3_780c),
    f80(0x3ff1, 0xbe87_01f6_d73f_05b0),
    f80(0xbfef, 0xe6f2_6766_7bee_3dfe),
    f80(0x3fee, 0x8a89_a350_15d8_da01),
    f80(0xbfec, 0xa48d_d863_74fb_959d),
    f80(0x3fea, 0xc190_0cf7_92d3_3e79),
    f80(0xbfe8, 0xe189_659f_a69b_2ed8),
    f80(0x3fe7, 0x8230_079c_f8c6_5c0b),
    f80(0xbfe5, 0x94f2_e205_72d6_2584),
    f80(0x3fe3, 0xa8eb_dd7e_fdec_6584),
    f80(0xbfe1, 0xbdf1_ac06_8dc4_f665),
    f80(0x3fdf, 0xd3c8_ab00_9390_ec08),
    f80(0xbfdd, 0xe9f2_317a_f6a8_6621),
    f80(0x3fdc, 0x8054_6de1_ef07_7555),
    f80(0xbfda, 0x8db6_15e9_519c_2001),
    f80(0x3fd8, 0x98f6_4668_0978_4659),
    f80(0xbfd6, 0x8f7f_234e_44ad_89a3),
    f80(0x3fd4, 0x9950_5379_90e4_a0a8),
    f80(0xbfd3, 0x8c8f_ad23_e5a2_5eb9),
    f80(0x3fd1, 0x9289_aac0_7915_cbb5),
];
/// x · exp x² · erfc x for x > 8, in 1 ÷ x².
const TAIL: [F80; 12] = [
    f80(0x3ffe, 0x906e_ba82_14db_688d),
    f80(0xbffd, 0x906e_ba82_14db_6788),
    f80(0x3ffd, 0xd8a6_17c3_1f3c_e214),
    f80(0xbfff, 0x8767_ced9_e533_9bf8),
    f80(0x4000, 0xecf5_a9eb_f541_620b),
    f80(0xc003, 0x854a_2c79_90e9_59e3),
    f80(0x4005, 0xb745_48a2_e938_e3ed),
    f80(0xc008, 0x94da_cc25_57d1_5738),
    f80(0x400b, 0x8ae0_bf29_a92d_c015),
    f80(0xc00e, 0x8de0_0e1a_b060_ad7a),
    f80(0x4011, 0x8a0e_40da_5358_f395),
    f80(0xc013, 0xaf3e_4ca0_50f0_3474),
];

/// exp(x²) · erfc x for x ≥ ½.
fn scaled(x: F80) -> F80 {
    // Brings the range to −1 to 1.
    let within = |middle: f64, half: f64| (x - of(middle)) * of(1.0 / half);
    if x < ONE {
        polynomial(&SCALED_1, within(0.75, 0.25))
    } else if x < TWO {
        polynomial(&SCALED_2, within(1.5, 0.5))
    } else if x < of(4.0) {
        polynomial(&SCALED_4, within(3.0, 1.0))
    } else if x < of(8.0) {
        polynomial(&SCALED_8, within(6.0, 2.0))
    } else {
        polynomial(&TAIL, ONE / (x * x)) / x
    }
}

/// erfc x for x ≥ ½.
fn complement(x: F80) -> F80 {
    if x > of(107.0) {
        return TINY * TINY;
    }
    // The square of the upper half is exact, so that the exponential has no error to magnify.
    let (high, low) = halves(x);
    op::exp(-(high * high)) * op::exp(-(low * (x + high))) * scaled(x)
}

/// Error function.
pub fn erf(x: F80) -> F80 {
    if op::is_nan(x) {
        return x + x;
    }
    let size = op::fabs(x);
    if size < ONE {
        if size < f80(0x3fff - 40, 1 << 63) {
            // The square is too small to matter, and might underflow.
            return x * NEAR_0[0];
        }
        return x * polynomial(&NEAR_0, x * x);
    }
    op::copysign(
        if size > of(7.0) {
            ONE - TINY
        } else {
            ONE - complement(size)
        },
        x,
    )
}

/// Complementary error function, 1 − erf x.
pub fn erfc(x: F80) -> F80 {
    if op::is_nan(x) {
        return x + x;
    }
    if op::is_infinite(x) {
        return if x.is_negative() { TWO } else { F80::ZERO };
    }
    if x < of(0.5) {
        return ONE - erf(x);
    }
    complement(x)
}
