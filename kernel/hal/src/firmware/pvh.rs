//! The PVH boot protocol's `hvm_start_info` (Xen, public/arch-x86/hvm/start_info.h).

use super::{BootInfo, Memory, string_at, u32_at, u64_at};

const MAGIC: u32 = 0x336e_c578;
const SIZE: usize = 56;
const MODULE_SIZE: usize = 32;
const MEMORY_ENTRY_SIZE: usize = 24;
const RAM: u32 = 1;
const LONGEST_COMMAND_LINE: usize = 4096;
/// More entries than this are not believed.
const MOST_ENTRIES: usize = 4096;

/// Parses the structure at a physical address. `None` when it is not one, or is too old to have a
/// memory map.
pub(crate) fn parse(memory: Memory<'_>, address: usize) -> Option<BootInfo> {
    let header = memory(address, SIZE)?;
    if u32_at(header, 0)? != MAGIC || u32_at(header, 4)? < 1 {
        return None;
    }
    let mut info = BootInfo::new();
    let command_line = u64_at(header, 24)? as usize;
    if command_line != 0 {
        // A short line may end right at the end of what can be read.
        info.command_line = [LONGEST_COMMAND_LINE, 256, 16, 1]
            .iter()
            .find_map(|&limit| string_at(memory, command_line, limit));
    }
    info.rsdp = Some(u64_at(header, 32)? as usize).filter(|&rsdp| rsdp != 0);
    if u32_at(header, 12)? > 0 {
        let module = memory(u64_at(header, 16)? as usize, MODULE_SIZE)?;
        let (start, size) = (u64_at(module, 0)? as usize, u64_at(module, 8)? as usize);
        info.initramfs = start
            .checked_add(size)
            .map(|end| start..end)
            .filter(|range| !range.is_empty());
    }
    let (entries, count) = (u64_at(header, 40)? as usize, u32_at(header, 48)? as usize);
    let entries = memory(entries, count.min(MOST_ENTRIES) * MEMORY_ENTRY_SIZE)?;
    for entry in entries.chunks_exact(MEMORY_ENTRY_SIZE) {
        if u32_at(entry, 16)? == RAM {
            info.add_ram(u64_at(entry, 0)?, u64_at(entry, 8)?);
        }
    }
    Some(info)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::firmware::tests::Pieces;

    fn words(words: &[u64]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn machine(version: u64) -> Pieces {
        let mut pieces = Pieces::default();
        let magic = u64::from(MAGIC) | version << 32;
        pieces.add(
            0x1000,
            words(&[magic, 1 << 32, 0x2000, 0x3000, 0xe_0000, 0x4000, 3]),
        );
        pieces.add(0x2000, words(&[0x10_0000, 0x500, 0, 0]));
        pieces.add(0x3000, b"log=info\0xx".to_vec());
        pieces.add(
            0x4000,
            words(&[
                0, 0x9_fc00, 1, 0xf_0000, 0x1_0000, 2, 0x10_0000, 0x700_0000, 1,
            ]),
        );
        pieces
    }

    #[test]
    fn reads_a_start_info() {
        let pieces = machine(1);
        let info = parse(&|address, length| pieces.read(address, length), 0x1000).unwrap();
        assert_eq!(info.ram(), [0..0x9_fc00, 0x10_0000..0x710_0000]);
        assert_eq!(info.initramfs, Some(0x10_0000..0x10_0500));
        assert_eq!(info.rsdp, Some(0xe_0000));
        assert_eq!(info.command_line, None, "no limit fits the short piece");
        let mut pieces = machine(1);
        pieces.add(0x3000, [b"log=info\0".as_slice(), &[0; 300]].concat());
        let info = parse(&|address, length| pieces.read(address, length), 0x1000).unwrap();
        assert_eq!(info.command_line, Some(b"log=info".as_slice()));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        let pieces = machine(0);
        assert!(parse(&|address, length| pieces.read(address, length), 0x1000).is_none());
        assert!(parse(&|address, length| pieces.read(address, length), 0x2000).is_none());
        assert!(parse(&|_, _| None, 0x1000).is_none());
    }
}
