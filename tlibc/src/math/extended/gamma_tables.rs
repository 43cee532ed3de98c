//! The tables of the gamma functions, computed with 800 bits.

use crate::math::wide::polynomial::Polynomial;

/// The size of a zero: (significand × 2⁻⁶³ + rest × 2⁻¹⁹⁰) × 2^exponent.
pub(super) struct Zero {
    /// The exponent of 2.
    pub exponent: i32,
    /// The nearest long double's bits.
    pub significand: u64,
    /// What that lacks.
    pub rest: i128,
}

/// ln Γ(2 + t) ÷ t for |t| ≤ ½, in 2t.
pub(super) static LOG_GAMMA: Polynomial<6, 20> = Polynomial {
    wide: [
        0x1b0e_e607_2093_ce16_cb90_6228_ccf9_8ea9,
        0x0a51_a662_5307_d323_0e7b_1582_e289_001d,
        -0x0113_e001_a557_6068_124a_9805_d904_8510,
        0x002a_2645_58fb_0906_d7df_d584_53e2_1bc3,
        -0x0007_9013_f086_3d7c_65bd_0d1d_dc4a_e90d,
        0x0001_7add_6ead_b6c2_fe41_f22e_8067_f821,
    ],
    narrow: [
        -0x138a_c5c2_bf8d_f1af,
        0x042c_dabe_18e5_b4d9,
        -0x00e9_fea6_3b6a_7a79,
        0x0034_24f6_1e2f_e991,
        -0x000b_c6f2_deb7_93bf,
        0x0002_b01b_9dcb_40f3,
        -0x0000_9e5e_4b3b_7003,
        0x0000_24b2_f47a_e5ae,
        -0x0000_088d_9707_7f6d,
        0x0000_0200_c987_84f8,
        -0x0000_0078_98aa_468d,
        0x0000_001c_76e3_f7f4,
        -0x0000_0006_bc87_a2f9,
        0x0000_0001_9982_b102,
        -0x0000_0000_6258_5a28,
        0x0000_0000_1778_220c,
        -0x0000_0000_051a_4d53,
        0x0000_0000_0138_c2d2,
        -0x0000_0000_0078_66e9,
        0x0000_0000_001c_f962,
    ],
};
/// Stirling's series: B₂ₖ ÷ (2k (2k − 1) 256ᵏ⁻¹), in 256 ÷ x².
pub(super) static STIRLING: Polynomial<1, 9> = Polynomial {
    wide: [0x0555_5555_5555_5555_5555_5555_5555_5555],
    narrow: [
        -0x0b60_b60b_60b6_0b61,
        0x0003_4034_0340_3403,
        -0x0000_0270_2702_7027,
        0x0000_0003_72a3_c563,
        -0x0000_0000_07da_ac36,
        0x0000_0000_001a_41a4,
        -0x0000_0000_0000_790a,
        0x0000_0000_0000_02e0,
        -0x0000_0000_0000_0016,
    ],
};
/// The zeros of ln |Γ| below −2 that have other long doubles beside them than the poles.
pub(super) static ZEROS: [Zero; 35] = [
    Zero {
        exponent: 1,
        significand: 0x9d3f_e4b0_07c3_60ab,
        rest: -0x026c_19d4_1cbf_1da7_996f_f64c_b0c6_9457,
    },
    Zero {
        exponent: 1,
        significand: 0xafda_0850_dec8_065e,
        rest: 0x32b4_968c_83d5_d7e9_6016_9053_f2c3_c851,
    },
    Zero {
        exponent: 1,
        significand: 0xc930_6de4_f2cd_7bee,
        rest: 0x17cd_335a_7b37_4ca8_a996_ff58_c1c7_e2db,
    },
    Zero {
        exponent: 1,
        significand: 0xfd23_8aa3_e17f_285c,
        rest: 0x1a8a_c252_246d_9864_1491_0fa3_9698_e230,
    },
    Zero {
        exponent: 2,
        significand: 0x8142_73c2_ccac_0618,
        rest: 0x39f0_b0de_1811_2ac1_7bfd_6be9_1edb_dff9,
    },
    Zero {
        exponent: 2,
        significand: 0x9fba_bbd3_7757_e6a2,
        rest: 0x0d0a_a407_6988_501d_7d78_1252_86f7_8d1e,
    },
    Zero {
        exponent: 2,
        significand: 0xa043_52bf_85b6_c865,
        rest: 0x24c5_6e59_5394_decc_6af0_430d_4fe5_7470,
    },
    Zero {
        exponent: 2,
        significand: 0xbff4_97ac_8fa0_6afc,
        rest: -0x2b12_9d34_2ce1_2071_c071_a214_5d29_8243,
    },
    Zero {
        exponent: 2,
        significand: 0xc00b_592c_4be4_676c,
        rest: 0x07c2_d96d_1638_5cb8_6ac5_6934_0cf1_e5f2,
    },
    Zero {
        exponent: 2,
        significand: 0xdffe_5fbb_5c37_7fe8,
        rest: -0x29d9_49a3_dc02_de0b_fcff_5c45_7ebc_f4d4,
    },
    Zero {
        exponent: 2,
        significand: 0xe001_9fef_6ff0_f5bf,
        rest: -0x3b7d_2324_6787_d54d_99e3_5a74_d640_7b80,
    },
    Zero {
        exponent: 2,
        significand: 0xffff_cbfc_0ace_7879,
        rest: 0x29e8_2b52_2b0c_a9d2_e883_7cd1_f14b_d3d0,
    },
    Zero {
        exponent: 3,
        significand: 0x8000_1a01_459f_c9f6,
        rest: 0x0659_e760_e764_2bb3_3be5_29c6_c404_2188,
    },
    Zero {
        exponent: 3,
        significand: 0x8fff_fd1c_425e_8100,
        rest: -0x1bcd_8b54_5b6d_30c0_efef_78c0_3f18_43f2,
    },
    Zero {
        exponent: 3,
        significand: 0x9000_02e3_bb47_d86d,
        rest: 0x36c2_1ff6_e1a8_ef5b_d684_f62f_4eb7_4571,
    },
    Zero {
        exponent: 3,
        significand: 0x9fff_ffb6_06bd_fdcd,
        rest: 0x0315_73bd_282a_3e34_e975_b799_e8b8_7e72,
    },
    Zero {
        exponent: 3,
        significand: 0xa000_0049_f93b_b992,
        rest: 0x3da2_ecaf_0aa2_0f01_8436_dc8a_3549_43df,
    },
    Zero {
        exponent: 3,
        significand: 0xafff_fff9_466e_9f1b,
        rest: 0x1b6d_6695_6de8_c682_d272_2c03_179f_ca9a,
    },
    Zero {
        exponent: 3,
        significand: 0xb000_0006_b991_5316,
        rest: -0x134d_2c80_0adf_8da0_ae37_ff91_9f3d_bfee,
    },
    Zero {
        exponent: 3,
        significand: 0xbfff_ffff_7089_3874,
        rest: -0x3c10_df29_9e16_1b43_a13e_31b9_deba_5082,
    },
    Zero {
        exponent: 3,
        significand: 0xc000_0000_8f76_c773,
        rest: 0x0ab3_e078_1287_9c3c_906f_ab3a_c19c_2c8d,
    },
    Zero {
        exponent: 3,
        significand: 0xcfff_ffff_f4f6_dcf6,
        rest: 0x0bfc_bd2f_fe3a_beaa_4694_4866_8a88_e973,
    },
    Zero {
        exponent: 3,
        significand: 0xd000_0000_0b09_230a,
        rest: -0x1fcc_be11_7237_e0e4_7fbd_42f5_1f32_9d2d,
    },
    Zero {
        exponent: 3,
        significand: 0xdfff_ffff_ff36_345b,
        rest: -0x230f_3dae_0fb1_7744_91db_8dc0_4e93_7434,
    },
    Zero {
        exponent: 3,
        significand: 0xe000_0000_00c9_cba5,
        rest: 0x22f4_a73a_f62b_8c7b_a9f1_280f_3abd_0be8,
    },
    Zero {
        exponent: 3,
        significand: 0xefff_ffff_fff2_8c06,
        rest: 0x0633_0277_981b_8fc4_e9b9_abe4_f1ee_0be3,
    },
    Zero {
        exponent: 3,
        significand: 0xf000_0000_000d_73fa,
        rest: -0x0633_2178_def8_3d0b_08e7_27a3_b7c5_d820,
    },
    Zero {
        exponent: 3,
        significand: 0xffff_ffff_ffff_28c0,
        rest: 0x3063_310f_a897_3972_6889_b134_fa13_291d,
    },
    Zero {
        exponent: 4,
        significand: 0x8000_0000_0000_6ba0,
        rest: -0x1831_9897_af6d_01b1_1b83_a20c_174a_003c,
    },
    Zero {
        exponent: 4,
        significand: 0x87ff_ffff_ffff_f9ab,
        rest: 0x2711_f9ea_4f87_11a8_228b_8022_a663_aeaf,
    },
    Zero {
        exponent: 4,
        significand: 0x8800_0000_0000_0655,
        rest: -0x2711_f9ea_5dde_24d6_9716_6c4f_a893_d5a9,
    },
    Zero {
        exponent: 4,
        significand: 0x8fff_ffff_ffff_ffa6,
        rest: -0x04f0_c772_fb34_bdd3_5236_79e0_def8_d1b5,
    },
    Zero {
        exponent: 4,
        significand: 0x9000_0000_0000_005a,
        rest: 0x04f0_c772_fb29_30ec_bfeb_2ed2_4cbc_6374,
    },
    Zero {
        exponent: 4,
        significand: 0x97ff_ffff_ffff_fffb,
        rest: 0x216c_972f_d7d5_173b_64cb_8e12_17df_74a6,
    },
    Zero {
        exponent: 4,
        significand: 0x9800_0000_0000_0005,
        rest: -0x216c_972f_d7d5_1f92_1383_83ff_8e35_01bb,
    },
];
