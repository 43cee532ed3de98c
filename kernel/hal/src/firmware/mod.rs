//! What the firmware and the boot loader say about the machine, parsed from bytes.
//!
//! Physical memory is seen through a function ([`Memory`]), so the parsers are safe code with
//! tests; nothing they are given is trusted to be well-formed.

pub(crate) mod acpi;
pub(crate) mod multiboot2;
pub(crate) mod pvh;

use core::ops::Range;

/// Reads physical memory: the bytes at an address, or `None` when they are out of reach.
pub(crate) type Memory<'a> = &'a dyn Fn(usize, usize) -> Option<&'static [u8]>;

/// Most separate ranges of RAM that are used.
const MOST_RANGES: usize = 64;

/// What both boot protocols tell.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BootInfo {
    ram: [Range<usize>; MOST_RANGES],
    ram_count: usize,
    /// The first module.
    pub(crate) initramfs: Option<Range<usize>>,
    /// Command line without its NUL.
    pub(crate) command_line: Option<&'static [u8]>,
    /// Physical address of the ACPI root pointer, if told.
    pub(crate) rsdp: Option<usize>,
}

impl BootInfo {
    fn new() -> Self {
        Self {
            ram: [const { 0..0 }; MOST_RANGES],
            ram_count: 0,
            initramfs: None,
            command_line: None,
            rsdp: None,
        }
    }

    /// Adds a range of usable RAM; ranges beyond the limit are lost.
    fn add_ram(&mut self, start: u64, length: u64) {
        let (Ok(start), Ok(end)) = (
            usize::try_from(start),
            usize::try_from(start.saturating_add(length)),
        ) else {
            return;
        };
        if start < end && self.ram_count < MOST_RANGES {
            self.ram[self.ram_count] = start..end;
            self.ram_count += 1;
        }
    }

    /// The usable RAM.
    pub(crate) fn ram(&self) -> &[Range<usize>] {
        &self.ram[..self.ram_count]
    }
}

/// The 32-bit little-endian word at `offset`.
fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(offset..)?.first_chunk()?))
}

/// The 64-bit little-endian word at `offset`.
fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(offset..)?.first_chunk()?))
}

/// The NUL-terminated string at a physical address, up to `limit` bytes.
fn string_at(memory: Memory<'_>, address: usize, limit: usize) -> Option<&'static [u8]> {
    let bytes = memory(address, limit)?;
    let length = bytes.iter().position(|&byte| byte == 0)?;
    Some(&bytes[..length])
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    /// Pretended physical memory: pieces by address. A read succeeds when it lies inside one piece.
    #[derive(Default)]
    pub(crate) struct Pieces(BTreeMap<usize, &'static [u8]>);

    impl Pieces {
        pub(crate) fn add(&mut self, address: usize, bytes: impl Into<Vec<u8>>) {
            self.0.insert(address, bytes.into().leak());
        }

        pub(crate) fn read(&self, address: usize, length: usize) -> Option<&'static [u8]> {
            let (start, bytes) = self.0.range(..=address).next_back()?;
            bytes.get(address - start..)?.get(..length)
        }
    }
}
