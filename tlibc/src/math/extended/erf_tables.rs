//! The tables of the error functions: interpolations at Chebyshev's nodes, computed with 800 bits, each off by less than a
//! part in 2⁷⁹ of the function (degrees as low as that allows).

use crate::math::wide::polynomial::Polynomial;

/// erf x ÷ x for x² from 0 to 1, in 2x² − 1.
pub(super) static NEAR_0: Polynomial<5, 11> = Polynomial {
    wide: [
        0x3dca_3d64_796f_d4c4_4e01_27ec_84f4_4f4d,
        -0x08fe_8b14_90a8_feb7_b9e3_566e_deaf_dad9,
        0x0145_4368_017b_041f_3035_9cfd_86de_b419,
        -0x0025_7205_6f65_e448_38e7_458b_9009_488a,
        0x0003_9055_4493_be84_f7b5_5328_a4d4_02ed,
    ],
    narrow: [
        -0x1263_991b_81d6_1040,
        0x0148_6638_bca9_fb69,
        -0x0014_29e9_38bb_f45c,
        0x0001_1ad5_edc8_e68d,
        -0x0000_0dfc_72d4_7d61,
        0x0000_00a1_479a_08c1,
        -0x0000_0006_ab5e_b9d1,
        0x0000_0000_413f_c1a8,
        -0x0000_0000_0251_4d46,
        0x0000_0000_0013_c147,
        -0x0000_0000_0000_9d52,
    ],
};
/// exp x² · erfc x for x from 1 to 1.5.
pub(super) static SCALED_0: Polynomial<5, 13> = Polynomial {
    wide: [
        0x178a_6921_3876_7a00_a3cb_b8a8_a89d_a72c,
        -0x0357_559b_7f51_60d1_47db_4ee7_cf7a_ef55,
        0x006d_5bd1_7bbd_f95e_a3b8_9bff_acad_ef44,
        -0x000c_db1a_d631_256a_5633_be68_ec22_80be,
        0x0001_68a2_5a66_41f2_5945_90fc_ceb7_395a,
    ],
    narrow: [
        -0x094c_b1b6_b62c_4aa0,
        0x00e8_db4a_d55d_f730,
        -0x0015_b8bc_94c6_1ce7,
        0x0001_f0fe_6fb6_1310,
        -0x0000_2ab8_0fa4_574e,
        0x0000_038a_e06a_f662,
        -0x0000_0048_bf10_1fc8,
        0x0000_0005_a863_5a25,
        -0x0000_0000_6d6f_1e10,
        0x0000_0000_080b_8515,
        -0x0000_0000_0093_9a3b,
        0x0000_0000_000a_8a8a,
        -0x0000_0000_0000_b84d,
    ],
};
/// exp x² · erfc x for x from 1.5 to 2.
pub(super) static SCALED_1: Polynomial<4, 14> = Polynomial {
    wide: [
        0x123c_fc2f_1dc7_e027_6208_1fa4_8003_0a2b,
        -0x0218_7aa7_088c_88ef_3873_77b9_43ec_77ba,
        0x0039_1a19_de1f_0219_cd6c_9218_eee0_b647,
        -0x0005_b2d4_bf92_2517_c66f_4fb6_7580_30f1,
    ],
    narrow: [
        0x226c_9142_3ffc_e6ca,
        -0x0317_ee2d_51d5_7da9,
        0x0044_1af5_7010_ccc5,
        -0x0005_a0e2_212a_dadd,
        0x0000_72d3_1a1f_9537,
        -0x0000_08d9_4896_6a2d,
        0x0000_00a9_39f9_9c87,
        -0x0000_000c_47d9_7cb1,
        0x0000_0000_de08_1cca,
        -0x0000_0000_0f48_ef41,
        0x0000_0000_0106_e7d3,
        -0x0000_0000_0011_4469,
        0x0000_0000_0001_2120,
        -0x0000_0000_0000_1230,
    ],
};
/// exp x² · erfc x times 2 for x from 2 to 3.
pub(super) static SCALED_2: Polynomial<5, 16> = Polynomial {
    wide: [
        0x1afb_b3f3_b734_3acc_17e8_6bd7_b734_eb6f,
        -0x04c2_1b5f_c06b_2148_7d24_a352_0df5_fc85,
        0x00cc_4ac5_3d47_2518_698b_861d_4c21_103a,
        -0x0020_c640_ed01_3bf7_bd11_b2ce_9909_7cde,
        0x0005_0d70_1388_1f28_3725_5163_59cd_a23a,
    ],
    narrow: [
        -0x3013_9d15_6a67_9023,
        0x06ea_299f_3efb_04a0,
        -0x00f6_ea11_cc89_361d,
        0x0021_7974_6404_d312,
        -0x0004_6b44_36b0_c291,
        0x0000_91a7_f753_fc08,
        -0x0000_1251_4a47_0590,
        0x0000_0240_bad4_e552,
        -0x0000_0045_729d_70d6,
        0x0000_0008_3234_463e,
        -0x0000_0000_f2ed_1e20,
        0x0000_0000_1b9d_02a7,
        -0x0000_0000_0314_38bc,
        0x0000_0000_0056_91f4,
        -0x0000_0000_0009_ef24,
        0x0000_0000_0001_0e0f,
    ],
};
/// exp x² · erfc x times 2 for x from 3 to 4.
pub(super) static SCALED_3: Polynomial<5, 15> = Polynomial {
    wide: [
        0x13e0_a99a_0ee9_13f3_7e9a_4114_2772_0d9a,
        -0x02a5_0ba5_d63d_ee72_7dce_599c_80a8_6bb1,
        0x0057_5604_4ccd_e3b4_837f_297d_0247_aebf,
        -0x000a_f2eb_f4c4_c8c0_7b90_2ff0_2b20_00e9,
        0x0001_5632_136d_8cce_2419_39af_fe14_a0e8,
    ],
    narrow: [
        -0x0a30_55eb_592d_8987,
        0x012f_839e_543f_113c,
        -0x0022_8d78_80d1_6f56,
        0x0003_da55_2ce8_4bc5,
        -0x0000_6bd7_593f_82f6,
        0x0000_0b92_7c9b_da51,
        -0x0000_0138_4522_c780,
        0x0000_0020_5bb1_87e1,
        -0x0000_0003_4c6f_064a,
        0x0000_0000_54bd_15a0,
        -0x0000_0000_0860_2f12,
        0x0000_0000_00d0_afb0,
        -0x0000_0000_0014_0b9e,
        0x0000_0000_0001_fc28,
        -0x0000_0000_0000_2f78,
    ],
};
/// exp x² · erfc x times 4 for x from 4 to 6.
pub(super) static SCALED_4: Polynomial<6, 17> = Polynomial {
    wide: [
        0x1c57_239e_943d_19de_32fb_cdef_4e49_d2de,
        -0x0576_10d2_5f53_ce6c_e5d4_0b5f_2277_281c,
        0x0108_cf82_b79a_11bd_b5dc_c36b_8c7a_b769,
        -0x0031_5783_30e0_f925_8fff_6689_bc18_b164,
        0x0009_0cf9_619a_9a00_f205_6a0b_83ff_2e4e,
        -0x0001_a2a8_1d24_c940_5e95_8edf_ea93_00b9,
    ],
    narrow: [
        0x12a4_1152_e3a5_462c,
        -0x0346_3279_edbc_f51c,
        0x0091_453c_4fbc_f973,
        -0x0018_dabb_a358_b9d8,
        0x0004_331d_3967_79ac,
        -0x0000_b37b_e980_a2cc,
        0x0000_1d9d_9c4d_e89a,
        -0x0000_04d4_e6cb_b672,
        0x0000_00c7_9612_5bbb,
        -0x0000_001f_dcce_c784,
        0x0000_0005_08b7_2457,
        -0x0000_0000_c99c_f47a,
        0x0000_0000_1f39_0467,
        -0x0000_0000_04bf_ed2a,
        0x0000_0000_00b8_d162,
        -0x0000_0000_001f_dcc0,
        0x0000_0000_0004_be8b,
    ],
};
/// exp x² · erfc x times 4 for x from 6 to 8.
pub(super) static SCALED_5: Polynomial<5, 16> = Polynomial {
    wide: [
        0x146d_c6bf_900f_67cc_788a_3daa_3773_b3d4,
        -0x02dc_968a_48df_23ec_4c19_4349_93dd_b99a,
        0x0065_a8f7_91f5_6c56_63d6_3832_29db_6873,
        -0x000d_fa83_8770_c90a_60f4_a174_0418_1666,
        0x0001_e7af_6eef_f686_df09_8453_d655_0989,
    ],
    narrow: [
        -0x1078_bfe3_4def_6ce0,
        0x0234_ded6_f407_3d83,
        -0x004b_0b6e_775a_8662,
        0x0009_e3b4_6c23_7103,
        -0x0001_4aff_e415_ba6a,
        0x0000_2af1_0982_0c2b,
        -0x0000_0587_6330_5e71,
        0x0000_00b4_e333_30cf,
        -0x0000_0016_f331_caaf,
        0x0000_0002_e41d_91b9,
        -0x0000_0000_5c96_fb31,
        0x0000_0000_0b80_d8f5,
        -0x0000_0000_016a_67d9,
        0x0000_0000_002c_6e70,
        -0x0000_0000_0005_dbe3,
        0x0000_0000_0000_b55a,
    ],
};
/// exp x² · erfc x times 8 for x from 8 to 12.
pub(super) static SCALED_6: Polynomial<6, 18> = Polynomial {
    wide: [
        0x1cbe_831f_9971_23c2_4fd4_2765_68c0_4e0a,
        -0x05b1_5720_ad2d_ae0f_157b_0af0_ab4b_6f6d,
        0x011f_3df0_de32_f5db_91ca_3976_bff4_b4bc,
        -0x0038_5920_e5d2_5763_4d44_3feb_3324_4092,
        0x000b_0098_c22e_81d6_1ab8_a045_8e86_c3c9,
        -0x0002_236e_9176_16ba_b6e4_1a65_4ffe_e75a,
    ],
    narrow: [
        0x1a7a_a3a0_0565_965c,
        -0x0519_a721_9e83_9515,
        0x00fa_5ff7_ecd2_ef8e,
        -0x002f_cd97_1b00_f692,
        0x0009_1669_eb0f_82e0,
        -0x0001_b861_1a06_c8c9,
        0x0000_5302_f08f_2bf4,
        -0x0000_0f95_2ba4_6cbb,
        0x0000_02e9_c3c4_c5dc,
        -0x0000_008a_da6c_8217,
        0x0000_0019_bf99_c72e,
        -0x0000_0004_c185_1388,
        0x0000_0000_e03c_324a,
        -0x0000_0000_2918_3e38,
        0x0000_0000_0759_5ab1,
        -0x0000_0000_0156_4755,
        0x0000_0000_004c_fe25,
        -0x0000_0000_000d_e0e9,
    ],
};
/// exp x² · erfc x times 8 for x from 12 to 16.
pub(super) static SCALED_7: Polynomial<5, 16> = Polynomial {
    wide: [
        0x1494_bb2c_e292_4f55_d044_cf45_d739_237f,
        -0x02ec_e23f_16d9_e9a5_ff94_e590_d32f_1df6,
        0x006a_2dcd_0a73_af2f_4c8f_50f8_9dea_aa4a,
        -0x000f_045f_79d5_a8f2_6a5e_09ff_0834_4d30,
        0x0002_1e61_6b38_211c_d070_faea_c731_5b36,
    ],
    narrow: [
        -0x1315_6aeb_8076_ac78,
        0x02ad_e87c_b160_87d4,
        -0x0060_11b9_e33a_5d7d,
        0x000d_6c67_7ac8_ddf6,
        -0x0001_df04_ea6d_ccee,
        0x0000_429d_a7cf_80f6,
        -0x0000_093e_0e60_42b4,
        0x0000_0147_8229_28d3,
        -0x0000_002d_3a99_05d8,
        0x0000_0006_3b57_5f3e,
        -0x0000_0000_db55_a862,
        0x0000_0000_1e15_6baa,
        -0x0000_0000_0419_3dab,
        0x0000_0000_008f_464e,
        -0x0000_0000_0015_9c7a,
        0x0000_0000_0002_efc7,
    ],
};
/// x · exp x² · erfc x for x ≥ 16, in 512 ÷ x² − 1.
pub(super) static TAIL: Polynomial<2, 10> = Polynomial {
    wide: [
        0x2412_ae71_a605_1a59_4c43_1765_e135_eecf,
        -0x0008_f97a_6f82_f90c_420b_19a8_650e_ca27,
    ],
    narrow: [
        0x01ab_0936_df3e_c2a6,
        -0x0002_0f21_6ee9_0a2d,
        0x0000_038b_7d38_8d57,
        -0x0000_0007_d10f_25ad,
        0x0000_0000_14fc_a6c9,
        -0x0000_0000_0042_57e5,
        0x0000_0000_0000_f116,
        -0x0000_0000_0000_03dd,
        0x0000_0000_0000_0012,
        0x0000_0000_0000_0000,
    ],
};
