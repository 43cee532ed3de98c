//! localeconv: how numbers and money are written; the same in all our locales.
#![allow(non_camel_case_types, reason = "the names are C's")]

use crate::types::c_char;

/// `struct lconv`; `CHAR_MAX` in a number means "not available".
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are ISO C 7.11.2's")]
pub struct lconv {
    pub decimal_point: *mut c_char,
    pub thousands_sep: *mut c_char,
    pub grouping: *mut c_char,
    pub int_curr_symbol: *mut c_char,
    pub currency_symbol: *mut c_char,
    pub mon_decimal_point: *mut c_char,
    pub mon_thousands_sep: *mut c_char,
    pub mon_grouping: *mut c_char,
    pub positive_sign: *mut c_char,
    pub negative_sign: *mut c_char,
    pub int_frac_digits: c_char,
    pub frac_digits: c_char,
    pub p_cs_precedes: c_char,
    pub p_sep_by_space: c_char,
    pub n_cs_precedes: c_char,
    pub n_sep_by_space: c_char,
    pub p_sign_posn: c_char,
    pub n_sign_posn: c_char,
    pub int_p_cs_precedes: c_char,
    pub int_p_sep_by_space: c_char,
    pub int_n_cs_precedes: c_char,
    pub int_n_sep_by_space: c_char,
    pub int_p_sign_posn: c_char,
    pub int_n_sign_posn: c_char,
}

crate::check_layout!(
    lconv = libc::lconv {
        decimal_point,
        grouping,
        negative_sign,
        frac_digits
    }
);

const EMPTY: *mut c_char = c"".as_ptr().cast_mut();
const UNKNOWN: c_char = c_char::MAX;

static mut CONVENTIONS: lconv = lconv {
    decimal_point: c".".as_ptr().cast_mut(),
    thousands_sep: EMPTY,
    grouping: EMPTY,
    int_curr_symbol: EMPTY,
    currency_symbol: EMPTY,
    mon_decimal_point: EMPTY,
    mon_thousands_sep: EMPTY,
    mon_grouping: EMPTY,
    positive_sign: EMPTY,
    negative_sign: EMPTY,
    int_frac_digits: UNKNOWN,
    frac_digits: UNKNOWN,
    p_cs_precedes: UNKNOWN,
    p_sep_by_space: UNKNOWN,
    n_cs_precedes: UNKNOWN,
    n_sep_by_space: UNKNOWN,
    p_sign_posn: UNKNOWN,
    n_sign_posn: UNKNOWN,
    int_p_cs_precedes: UNKNOWN,
    int_p_sep_by_space: UNKNOWN,
    int_n_cs_precedes: UNKNOWN,
    int_n_sep_by_space: UNKNOWN,
    int_p_sign_posn: UNKNOWN,
    int_n_sign_posn: UNKNOWN,
};

/// The conventions of the current locale (ISO C 7.11.2.1).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn localeconv() -> *mut lconv {
    &raw mut CONVENTIONS
}
