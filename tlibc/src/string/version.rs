//! strverscmp: comparison of names with version numbers in them (GNU).

use crate::types::{c_char, c_int};

/// Compares like `strcmp`, except that runs of digits compare as numbers, and runs that start with zero
/// as decimal fractions ("a010" < "a01" < "a1" < "a9" < "a10").
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strverscmp(a: *const c_char, b: *const c_char) -> c_int {
    let (a, b) = (a.cast::<u8>(), b.cast::<u8>());
    // SAFETY: positions up to the first difference, which is at or before either null.
    unsafe {
        let mut at = 0;
        let mut digits_from = 0; // start of the run of digits that ends at `at`
        let mut fraction = true; // no digit other than zero in it so far
        while *a.add(at) == *b.add(at) {
            let byte = *a.add(at);
            if byte == 0 {
                return 0;
            }
            if !byte.is_ascii_digit() {
                digits_from = at + 1;
                fraction = true;
            } else if byte != b'0' {
                fraction = false;
            }
            at += 1;
        }
        let (x, y) = (*a.add(at), *b.add(at));
        let starts_number = |byte: u8| byte.wrapping_sub(b'1') < 9;
        let difference = c_int::from(x) - c_int::from(y);
        if starts_number(*a.add(digits_from)) && starts_number(*b.add(digits_from)) {
            // Integers: the longer one is greater, else the first different digit decides.
            let mut end = at;
            while (*a.add(end)).is_ascii_digit() {
                if !(*b.add(end)).is_ascii_digit() {
                    return 1;
                }
                end += 1;
            }
            if (*b.add(end)).is_ascii_digit() {
                return -1;
            }
        } else if fraction && digits_from < at && (x.is_ascii_digit() || y.is_ascii_digit()) {
            // Fractions: a digit after equal zeros sorts before the end of the number.
            let rank = |byte: u8| c_int::from(byte.wrapping_sub(b'0'));
            return rank(x) - rank(y);
        }
        difference
    }
}
