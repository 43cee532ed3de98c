//! What the processor calls itself, for `/proc/cpuinfo`, from CPUID (AMD64 Architecture
//! Programmer's Manual 3, appendix E; Intel's manual 2, CPUID).

use super::features::leaf;
use crate::cpu::Identity;
use core::arch::x86_64::__cpuid_count;

pub(crate) fn identity() -> Identity {
    let (first, basic, extended) = (leaf(0), leaf(1), leaf(7));
    let (amd, sizes) = (leaf(0x8000_0001), leaf(0x8000_0008));
    let mut vendor = [0; 12];
    for (place, word) in vendor
        .chunks_exact_mut(4)
        .zip([first.ebx, first.edx, first.ecx])
    {
        place.copy_from_slice(&word.to_le_bytes());
    }
    let mut name = [0; 48];
    for (place, number) in name.chunks_exact_mut(16).zip(0x8000_0002..) {
        let part = leaf(number);
        for (place, word) in place
            .chunks_exact_mut(4)
            .zip([part.eax, part.ebx, part.ecx, part.edx])
        {
            place.copy_from_slice(&word.to_le_bytes());
        }
    }
    let field = |shift: u32, bits: u32| basic.eax >> shift & ((1 << bits) - 1);
    let (family, model) = (field(8, 4), field(4, 4));
    let states = if first.eax >= 0xd {
        __cpuid_count(0xd, 1).eax
    } else {
        0
    };
    Identity {
        vendor,
        name,
        family: if family == 0xf {
            family + field(20, 8)
        } else {
            family
        },
        model: if matches!(family, 0x6 | 0xf) {
            model | field(16, 4) << 4
        } else {
            model
        },
        stepping: field(0, 4),
        cache_line: (basic.ebx >> 8 & 0xff) * 8,
        // Four levels of page tables are used, even where there are five.
        address_bits: (sizes.eax & 0xff, (sizes.eax >> 8 & 0xff).min(48)),
        features: [
            basic.edx,
            basic.ecx,
            amd.edx,
            amd.ecx,
            extended.ebx,
            extended.ecx,
            extended.edx,
            states,
        ],
    }
}
