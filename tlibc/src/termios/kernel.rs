//! The kernel's terminal attributes, what `TCGETS` and `TCSETS` carry.

use super::{CBAUD, IBAUD0, NCCS, termios};

/// Control characters in the kernel's structure.
const KERNEL_NCCS: usize = 19;

/// The kernel's structure (`asm-generic/termbits.h`).
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct KernelTermios {
    iflag: u32,
    oflag: u32,
    cflag: u32,
    lflag: u32,
    line: u8,
    cc: [u8; KERNEL_NCCS],
}

const _: () = assert!(size_of::<KernelTermios>() == 36);

impl From<&termios> for KernelTermios {
    fn from(t: &termios) -> Self {
        let mut cc = [0; KERNEL_NCCS];
        cc.copy_from_slice(&t.c_cc[..KERNEL_NCCS]);
        Self {
            iflag: t.c_iflag & !IBAUD0,
            oflag: t.c_oflag,
            cflag: t.c_cflag,
            lflag: t.c_lflag,
            line: t.c_line,
            cc,
        }
    }
}

impl From<KernelTermios> for termios {
    fn from(k: KernelTermios) -> Self {
        let mut cc = [0; NCCS];
        cc[..KERNEL_NCCS].copy_from_slice(&k.cc);
        let speed = k.cflag & CBAUD;
        Self {
            c_iflag: k.iflag,
            c_oflag: k.oflag,
            c_cflag: k.cflag,
            c_lflag: k.lflag,
            c_line: k.line,
            c_cc: cc,
            c_ispeed: speed,
            c_ospeed: speed,
        }
    }
}
