//! Why user mode came back, in processor terms that the signal code can use.

use crate::space::Access;

/// The reason [`super::UserContext::run`] returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trap {
    /// A `syscall` instruction; number and arguments are in the context.
    Syscall,
    /// The program did something the processor refused.
    Exception(Exception),
    /// An interrupt, already handed to the installed handlers; a chance to reschedule.
    Interrupt,
}

/// A processor exception raised in user mode (SDM volume 3, section 6.15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// #DE: division by zero or overflow of its result.
    DivideError,
    /// #DB: single step or `int1`.
    Debug,
    /// #BP: `int3`.
    Breakpoint,
    /// #OF: `into`.
    Overflow,
    /// #BR: `bound`.
    BoundRange,
    /// #UD: no such instruction.
    InvalidOpcode,
    /// #NM: x87 or vector instruction with the unit off.
    DeviceNotAvailable,
    /// #NP: segment not present.
    SegmentNotPresent {
        /// The selector's error code.
        code: u32,
    },
    /// #SS: non-canonical stack address, or a bad stack segment.
    StackFault {
        /// The selector's error code, or 0.
        code: u32,
    },
    /// #GP: privileged instruction, non-canonical address, bad selector.
    GeneralProtection {
        /// The selector's error code, or 0.
        code: u32,
    },
    /// #PF.
    PageFault {
        /// The address that was touched.
        address: usize,
        /// What was attempted; exactly one flag.
        access: Access,
        /// The page is mapped, but not with that access.
        present: bool,
    },
    /// #MF: unmasked x87 exception.
    FloatingPoint {
        /// The x87 status word.
        status: u16,
        /// The x87 control word, whose low six bits mask exceptions.
        control: u16,
    },
    /// #AC: unaligned access with alignment checks on.
    AlignmentCheck,
    /// #MC.
    MachineCheck,
    /// #XM: unmasked SSE exception.
    Simd {
        /// MXCSR: flags in bits 0 to 5, their masks in bits 7 to 12.
        mxcsr: u32,
    },
    /// Another vector.
    Other(u8),
}

impl Exception {
    /// The vector number, as Linux reports it in `gregs[REG_TRAPNO]`.
    pub fn trapno(&self) -> u64 {
        match self {
            Self::DivideError => 0,
            Self::Debug => 1,
            Self::Breakpoint => 3,
            Self::Overflow => 4,
            Self::BoundRange => 5,
            Self::InvalidOpcode => 6,
            Self::DeviceNotAvailable => 7,
            Self::SegmentNotPresent { .. } => 11,
            Self::StackFault { .. } => 12,
            Self::GeneralProtection { .. } => 13,
            Self::PageFault { .. } => 14,
            Self::FloatingPoint { .. } => 16,
            Self::AlignmentCheck => 17,
            Self::MachineCheck => 18,
            Self::Simd { .. } => 19,
            Self::Other(vector) => u64::from(*vector),
        }
    }

    /// The error code the processor pushed, as Linux reports it in `gregs[REG_ERR]`.
    pub fn error_code(&self) -> u64 {
        match self {
            Self::PageFault {
                access, present, ..
            } => {
                let cause = if access.contains(Access::EXECUTE) {
                    0x10
                } else if access.contains(Access::WRITE) {
                    2
                } else {
                    0
                };
                4 | cause | u64::from(*present)
            }
            Self::GeneralProtection { code }
            | Self::StackFault { code }
            | Self::SegmentNotPresent { code } => u64::from(*code),
            _ => 0,
        }
    }

    /// The faulting address of a page fault, as Linux reports it in `gregs[REG_CR2]`; 0 for the
    /// others.
    pub fn cr2(&self) -> u64 {
        match self {
            Self::PageFault { address, .. } => *address as u64,
            _ => 0,
        }
    }

    /// The exception of a vector with its error code; `address` is CR2. x87 and SSE status are
    /// filled in by the backend.
    #[cfg_attr(not(target_os = "none"), allow(dead_code))]
    pub(crate) fn from_vector(vector: u8, error: u64, address: usize) -> Self {
        let code = error as u32;
        match vector {
            0 => Self::DivideError,
            1 => Self::Debug,
            3 => Self::Breakpoint,
            4 => Self::Overflow,
            5 => Self::BoundRange,
            6 => Self::InvalidOpcode,
            7 => Self::DeviceNotAvailable,
            11 => Self::SegmentNotPresent { code },
            12 => Self::StackFault { code },
            13 => Self::GeneralProtection { code },
            14 => Self::PageFault {
                address,
                access: access_of(error),
                present: error & 1 != 0,
            },
            16 => Self::FloatingPoint {
                status: 0,
                control: 0,
            },
            17 => Self::AlignmentCheck,
            18 => Self::MachineCheck,
            19 => Self::Simd { mxcsr: 0 },
            other => Self::Other(other),
        }
    }
}

/// The access a page fault's error code tells of (SDM volume 3, section 4.7).
#[cfg_attr(not(target_os = "none"), allow(dead_code))]
pub(crate) fn access_of(error: u64) -> Access {
    if error & 0x10 != 0 {
        Access::EXECUTE
    } else if error & 2 != 0 {
        Access::WRITE
    } else {
        Access::READ
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_fault_codes_round_trip() {
        for error in [4, 5, 6, 7, 0x14, 0x15] {
            let exception = Exception::from_vector(14, error, 0x1234);
            assert_eq!(exception.error_code(), error);
            assert_eq!(exception.cr2(), 0x1234);
            assert_eq!(exception.trapno(), 14);
        }
    }

    #[test]
    fn every_vector_reports_its_own_number() {
        for vector in 0..32 {
            assert_eq!(
                Exception::from_vector(vector, 0, 0).trapno(),
                u64::from(vector)
            );
        }
    }
}
