//! RDRAND.

use super::cpu::features;
use core::arch::asm;

/// Attempts that Intel's guide recommends before giving up.
const ATTEMPTS: usize = 10;

pub(crate) fn hardware(bytes: &mut [u8]) -> bool {
    if !features::get().rdrand {
        return false;
    }
    for chunk in bytes.chunks_mut(8) {
        let Some(word) = (0..ATTEMPTS).find_map(|_| next()) else {
            return false;
        };
        chunk.copy_from_slice(&word.to_le_bytes()[..chunk.len()]);
    }
    true
}

fn next() -> Option<u64> {
    let (word, ok): (u64, u8);
    // SAFETY: CPUID has the instruction; it changes the two registers only.
    unsafe {
        asm!("rdrand {}", "setc {}", out(reg) word, out(reg_byte) ok, options(nomem, nostack))
    };
    (ok != 0).then_some(word)
}
