//! arc4random: unpredictable numbers straight from the kernel. Nothing is buffered, so a forked child
//! can't repeat its parent's numbers.

use crate::errno::Errno;
use crate::types::{c_void, size_t};

/// Fills the buffer from the kernel's generator; without one there is no safe answer, so the process ends.
fn fill(mut buffer: &mut [u8]) {
    while !buffer.is_empty() {
        match crate::platform::getrandom(buffer, 0) {
            Ok(count) => buffer = &mut buffer[count..],
            Err(Errno::EINTR) => {}
            Err(_) => crate::panic::fatal(&["arc4random: the kernel gives no random numbers"]),
        }
    }
}

/// A number of 32 random bits (POSIX.1-2024 proposal, BSD).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn arc4random() -> u32 {
    let mut bytes = [0; 4];
    fill(&mut bytes);
    u32::from_ne_bytes(bytes)
}

/// Fills `n` bytes (BSD).
///
/// # Safety
/// `n` bytes are writable at `buffer`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn arc4random_buf(buffer: *mut c_void, n: size_t) {
    if n > 0 {
        // SAFETY: the caller's range.
        fill(unsafe { core::slice::from_raw_parts_mut(buffer.cast(), n) });
    }
}

/// A number below `bound` with no bias; 0 for a bound of 0 (BSD).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn arc4random_uniform(bound: u32) -> u32 {
    if bound < 2 {
        return 0;
    }
    // Lemire's method: the high half of a product; the few low halves that would favour some results are redrawn.
    let reject_below = bound.wrapping_neg() % bound;
    loop {
        let product = u64::from(arc4random()) * u64::from(bound);
        if product as u32 >= reject_below {
            return (product >> 32) as u32;
        }
    }
}
