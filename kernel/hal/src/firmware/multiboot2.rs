//! The multiboot2 boot information (specification 2.0, section 3.6).

use super::{BootInfo, Memory, u32_at, u64_at};

const TAG_END: u32 = 0;
const TAG_COMMAND_LINE: u32 = 1;
const TAG_MODULE: u32 = 3;
const TAG_MEMORY_MAP: u32 = 6;
const TAG_ACPI_OLD: u32 = 14;
const TAG_ACPI_NEW: u32 = 15;
const RAM: u32 = 1;
const LARGEST: usize = 1 << 20;

/// Parses the information at a physical address.
pub(crate) fn parse(memory: Memory<'_>, address: usize) -> Option<BootInfo> {
    let size = u32_at(memory(address, 8)?, 0)? as usize;
    if !(16..=LARGEST).contains(&size) {
        return None;
    }
    let bytes = memory(address, size)?;
    let mut info = BootInfo::new();
    let mut offset = 8;
    loop {
        let (kind, length) = (u32_at(bytes, offset)?, u32_at(bytes, offset + 4)? as usize);
        let body = bytes.get(offset + 8..offset.checked_add(length)?)?;
        match kind {
            TAG_END => break,
            TAG_COMMAND_LINE => info.command_line = body.split(|&byte| byte == 0).next(),
            TAG_MODULE if info.initramfs.is_none() => {
                info.initramfs = Some(u32_at(body, 0)? as usize..u32_at(body, 4)? as usize)
                    .filter(|r| !r.is_empty());
            }
            TAG_MEMORY_MAP => {
                let entry_size = u32_at(body, 0)? as usize;
                if entry_size < 24 {
                    return None;
                }
                for entry in body.get(8..)?.chunks_exact(entry_size) {
                    if u32_at(entry, 16)? == RAM {
                        info.add_ram(u64_at(entry, 0)?, u64_at(entry, 8)?);
                    }
                }
            }
            // The root pointer's copy lies in the information itself.
            TAG_ACPI_NEW => info.rsdp = Some(address + offset + 8),
            TAG_ACPI_OLD if info.rsdp.is_none() => info.rsdp = Some(address + offset + 8),
            _ => {}
        }
        offset = offset.checked_add(length.max(8))?.next_multiple_of(8);
    }
    Some(info)
}

/// Bytes of the information, which the kernel must keep while it reads it.
pub(crate) fn size(memory: Memory<'_>, address: usize) -> Option<usize> {
    Some(u32_at(memory(address, 8)?, 0)? as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::firmware::tests::Pieces;

    fn tag(kind: u32, body: &[u8]) -> Vec<u8> {
        let mut tag = [kind.to_le_bytes(), (8 + body.len() as u32).to_le_bytes()].concat();
        tag.extend(body);
        tag.resize(tag.len().next_multiple_of(8), 0);
        tag
    }

    fn machine(tags: &[Vec<u8>]) -> Pieces {
        let body = tags.concat();
        let mut bytes = (8 + body.len() as u32).to_le_bytes().to_vec();
        bytes.extend([0; 4]);
        bytes.extend(body);
        let mut pieces = Pieces::default();
        pieces.add(0x8000, bytes);
        pieces
    }

    fn memory_map() -> Vec<u8> {
        let mut body = [24_u32.to_le_bytes(), 0_u32.to_le_bytes()].concat();
        for (start, length, kind) in [
            (0_u64, 0x9_f000_u64, 1_u64),
            (0x10_0000, 0x100_0000, 1),
            (0xfed0_0000, 0x1000, 2),
        ] {
            body.extend(
                [start, length, kind]
                    .iter()
                    .flat_map(|word| word.to_le_bytes()),
            );
        }
        tag(6, &body)
    }

    #[test]
    fn reads_the_tags() {
        let module = [0x20_0000_u32.to_le_bytes(), 0x20_0800_u32.to_le_bytes()].concat();
        let pieces = machine(&[
            tag(1, b"mode=exec\0"),
            tag(3, &module),
            memory_map(),
            tag(14, &[0; 20]),
            tag(0, &[]),
        ]);
        let info = parse(&|address, length| pieces.read(address, length), 0x8000).unwrap();
        assert_eq!(info.command_line, Some(b"mode=exec".as_slice()));
        assert_eq!(info.initramfs, Some(0x20_0000..0x20_0800));
        assert_eq!(info.ram(), [0..0x9_f000, 0x10_0000..0x110_0000]);
        assert!(info.rsdp.is_some());
        assert!(size(&|address, length| pieces.read(address, length), 0x8000) > Some(100));
    }

    #[test]
    fn survives_truncation() {
        let pieces = machine(&[tag(1, b"mode=exec\0"), memory_map()]);
        assert!(
            parse(&|address, length| pieces.read(address, length), 0x8000).is_none(),
            "no end tag"
        );
        assert!(parse(&|_, _| None, 0x8000).is_none());
    }
}
