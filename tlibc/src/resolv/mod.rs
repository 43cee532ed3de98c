//! `resolv.h`: what programs ask of a resolver without DNS. `netdb` reads its files anew for each question, so there
//! is no state to set up.

use crate::types::*;

/// Reads the resolver's configuration: there is none to keep, so this always succeeds. resolver(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __res_init() -> c_int {
    0
}

crate::alias!(res_init = __res_init);
