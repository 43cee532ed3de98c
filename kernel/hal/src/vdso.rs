//! The image of the vDSO (vdso(7)): an ELF object of one page whose functions read the time in user
//! mode, from the page of [`Values`] that lies right before it.

use crate::backend::vdso as backend;

/// The bytes of the ELF image, at most a page; empty where there is none.
pub fn image() -> &'static [u8] {
    backend::image()
}

/// What the functions need, in the layout that their code reads.
///
/// `sequence` is odd while the values change; a reader that sees it change starts again.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// Counts the changes, twice.
    pub sequence: u32,
    /// 1 when the counter is the clock; 0 makes every function a system call.
    pub usable: u32,
    /// The counter's value at time 0.
    pub start: u64,
    /// Nanoseconds per count, with 32 fraction bits.
    pub nanoseconds_per_count: u64,
    /// Realtime minus monotonic clock, in nanoseconds.
    pub realtime_offset: i64,
}

impl Values {
    /// Length in bytes.
    pub const SIZE: usize = 32;

    /// The values now, with the machine's rates.
    pub fn new(sequence: u32, realtime_offset: i64) -> Self {
        let (start, nanoseconds_per_count) = backend::rate().unwrap_or((0, 0));
        Self {
            sequence,
            usable: u32::from(nanoseconds_per_count != 0),
            start,
            nanoseconds_per_count,
            realtime_offset,
        }
    }

    /// The bytes in memory order.
    pub fn to_bytes(&self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        bytes[..4].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[4..8].copy_from_slice(&self.usable.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.start.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.nanoseconds_per_count.to_le_bytes());
        bytes[24..].copy_from_slice(&self.realtime_offset.to_le_bytes());
        bytes
    }
}
