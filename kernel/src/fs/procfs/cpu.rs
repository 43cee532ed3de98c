//! `/proc/cpuinfo` (proc_cpuinfo(5)): what CPUID says, in the names that programs look for.

use core::fmt::Write as _;

use super::Text;
use crate::errno::Result;

/// Names of the features that programs ask for, by word of [`hal::cpu::Identity::features`] and bit.
const FEATURES: [&[(u32, &str)]; 8] = [
    &[
        (0, "fpu"),
        (1, "vme"),
        (2, "de"),
        (3, "pse"),
        (4, "tsc"),
        (5, "msr"),
        (6, "pae"),
        (7, "mce"),
        (8, "cx8"),
        (9, "apic"),
        (11, "sep"),
        (12, "mtrr"),
        (13, "pge"),
        (14, "mca"),
        (15, "cmov"),
        (16, "pat"),
        (17, "pse36"),
        (19, "clflush"),
        (23, "mmx"),
        (24, "fxsr"),
        (25, "sse"),
        (26, "sse2"),
        (27, "ss"),
        (28, "ht"),
    ],
    &[
        (0, "pni"),
        (1, "pclmulqdq"),
        (3, "monitor"),
        (5, "vmx"),
        (9, "ssse3"),
        (12, "fma"),
        (13, "cx16"),
        (17, "pcid"),
        (19, "sse4_1"),
        (20, "sse4_2"),
        (21, "x2apic"),
        (22, "movbe"),
        (23, "popcnt"),
        (24, "tsc_deadline_timer"),
        (25, "aes"),
        (26, "xsave"),
        (28, "avx"),
        (29, "f16c"),
        (30, "rdrand"),
        (31, "hypervisor"),
    ],
    &[
        (11, "syscall"),
        (20, "nx"),
        (22, "mmxext"),
        (25, "fxsr_opt"),
        (26, "pdpe1gb"),
        (27, "rdtscp"),
        (29, "lm"),
        (30, "3dnowext"),
        (31, "3dnow"),
    ],
    &[
        (0, "lahf_lm"),
        (2, "svm"),
        (4, "cr8_legacy"),
        (5, "abm"),
        (6, "sse4a"),
        (7, "misalignsse"),
        (8, "3dnowprefetch"),
    ],
    &[
        (0, "fsgsbase"),
        (3, "bmi1"),
        (5, "avx2"),
        (7, "smep"),
        (8, "bmi2"),
        (9, "erms"),
        (10, "invpcid"),
        (16, "avx512f"),
        (17, "avx512dq"),
        (18, "rdseed"),
        (19, "adx"),
        (20, "smap"),
        (21, "avx512ifma"),
        (23, "clflushopt"),
        (24, "clwb"),
        (28, "avx512cd"),
        (29, "sha_ni"),
        (30, "avx512bw"),
        (31, "avx512vl"),
    ],
    &[
        (1, "avx512vbmi"),
        (2, "umip"),
        (6, "avx512_vbmi2"),
        (8, "gfni"),
        (9, "vaes"),
        (10, "vpclmulqdq"),
        (11, "avx512_vnni"),
        (12, "avx512_bitalg"),
        (14, "avx512_vpopcntdq"),
        (22, "rdpid"),
    ],
    &[(4, "fsrm"), (14, "serialize")],
    &[(0, "xsaveopt"), (1, "xsavec"), (2, "xgetbv1")],
];

pub(super) fn cpuinfo(out: &mut Text) -> Result<()> {
    let identity = hal::cpu::identity();
    let count = hal::cpu::count();
    for cpu in 0..count {
        writeln!(out, "processor\t: {cpu}")?;
        out.push(b"vendor_id\t: ")?;
        out.push(&identity.vendor)?;
        writeln!(
            out,
            "\ncpu family\t: {}\nmodel\t\t: {}",
            identity.family, identity.model
        )?;
        out.push(b"model name\t: ")?;
        let name = identity.name.split(|&byte| byte == 0).next();
        out.push(name.unwrap_or(&[]).trim_ascii())?;
        writeln!(out, "\nstepping\t: {}", identity.stepping)?;
        writeln!(
            out,
            "physical id\t: {cpu}\nsiblings\t: 1\ncore id\t\t: 0\ncpu cores\t: 1\nfpu\t\t: yes\nwp\t\t: yes"
        )?;
        out.push(b"flags\t\t:")?;
        for (names, word) in FEATURES.iter().zip(identity.features) {
            for (bit, name) in names.iter() {
                if word >> bit & 1 != 0 {
                    write!(out, " {name}")?;
                }
            }
        }
        let (physical, linear) = identity.address_bits;
        writeln!(out, "\nclflush size\t: {}", identity.cache_line)?;
        writeln!(
            out,
            "address sizes\t: {physical} bits physical, {linear} bits virtual\n"
        )?;
    }
    Ok(())
}
