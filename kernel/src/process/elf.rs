//! Reading ELF executables (System V ABI, chapters 4 and 5; elf(5)).
//!
//! Pure decoding: bytes in, a checked description out. What it returns can be
//! mapped without further questions; `exec` does that.

use alloc::vec::Vec;

use hal::mem::PAGE_SIZE;
use hal::space::{Access, USER_END};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::errno::{Errno, Result};

/// `Elf64_Ehdr`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub struct FileHeader {
    identification: [u8; 16],
    file_type: u16,
    machine: u16,
    version: u32,
    entry: u64,
    program_headers: u64,
    section_headers: u64,
    flags: u32,
    header_size: u16,
    program_header_size: u16,
    program_header_count: u16,
    section_header_size: u16,
    section_header_count: u16,
    section_names: u16,
}

/// `Elf64_Phdr`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub struct ProgramHeader {
    kind: u32,
    flags: u32,
    offset: u64,
    address: u64,
    physical_address: u64,
    file_size: u64,
    memory_size: u64,
    alignment: u64,
}

const ET_EXEC: u16 = 2;
const ET_DYN: u16 = 3;
const EM_X86_64: u16 = 62;
const PT_LOAD: u32 = 1;
const PT_INTERP: u32 = 3;
const PT_PHDR: u32 = 6;
const PT_GNU_STACK: u32 = 0x6474_e551;
const PF_X: u32 = 1;
const PF_W: u32 = 2;
const PF_R: u32 = 4;

/// The most program headers a file may have: one page of them, as on Linux.
const MAX_HEADERS: usize = PAGE_SIZE / size_of::<ProgramHeader>();

/// An executable that can be mapped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executable {
    /// Whether it may be placed anywhere (`ET_DYN`); its addresses are then
    /// relative to that place.
    pub relocatable: bool,
    /// Where it starts running.
    pub entry: usize,
    /// The segments by ascending address; page-wise disjoint.
    pub segments: Vec<Segment>,
    /// Where the program headers are in memory, if any segment holds them.
    pub headers_address: Option<usize>,
    /// How many there are.
    pub header_count: usize,
    /// File offset and length of the interpreter's path.
    pub interpreter: Option<(u64, usize)>,
    /// Whether the stack must be executable.
    pub executable_stack: bool,
    /// The greatest alignment of a segment, a power of two.
    pub alignment: usize,
}

/// A part of the file to map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Address of its first byte.
    pub address: usize,
    /// Offset of that byte in the file, alike in the low 12 bits.
    pub offset: u64,
    /// Bytes that come from the file.
    pub file_size: usize,
    /// Bytes in memory; zeros after those of the file.
    pub memory_size: usize,
    /// What the program may do with it.
    pub access: Access,
}

impl Executable {
    /// The span of all segments, rounded to pages.
    pub fn span(&self) -> core::ops::Range<usize> {
        let first = self.segments.first().map_or(0, |segment| segment.address);
        let last = self
            .segments
            .last()
            .map_or(0, |segment| segment.address + segment.memory_size);
        first & !(PAGE_SIZE - 1)..last.next_multiple_of(PAGE_SIZE)
    }
}

/// Size of one program header, for `AT_PHENT`.
pub const PROGRAM_HEADER_SIZE: usize = size_of::<ProgramHeader>();

/// Decodes an executable. `read` fills a buffer from a file offset and fails
/// when the file ends before.
///
/// # Errors
///
/// `ENOEXEC` when this is no ELF file for this machine or contradicts itself.
pub fn parse(file_size: u64, read: impl Fn(u64, &mut [u8]) -> Result<()>) -> Result<Executable> {
    let mut header =
        FileHeader::read_from_bytes(&[0; size_of::<FileHeader>()]).map_err(|_| Errno::ENOEXEC)?;
    read(0, header.as_mut_bytes()).map_err(|_| Errno::ENOEXEC)?;
    let is_ours = header.identification.starts_with(b"\x7fELF\x02\x01\x01")
        && header.machine == EM_X86_64
        && matches!(header.file_type, ET_EXEC | ET_DYN)
        && usize::from(header.program_header_size) == PROGRAM_HEADER_SIZE;
    let count = usize::from(header.program_header_count);
    if !is_ours || count == 0 || count > MAX_HEADERS {
        return Err(Errno::ENOEXEC);
    }
    let mut headers = Vec::new();
    headers.try_reserve_exact(count * PROGRAM_HEADER_SIZE)?;
    headers.resize(count * PROGRAM_HEADER_SIZE, 0);
    read(header.program_headers, &mut headers).map_err(|_| Errno::ENOEXEC)?;

    let mut executable = Executable {
        relocatable: header.file_type == ET_DYN,
        entry: usize::try_from(header.entry).map_err(|_| Errno::ENOEXEC)?,
        segments: Vec::new(),
        headers_address: None,
        header_count: count,
        interpreter: None,
        executable_stack: false,
        alignment: PAGE_SIZE,
    };
    for bytes in headers.chunks_exact(PROGRAM_HEADER_SIZE) {
        let header = ProgramHeader::read_from_bytes(bytes).map_err(|_| Errno::ENOEXEC)?;
        match header.kind {
            PT_LOAD if header.memory_size != 0 => {
                executable.segments.try_reserve(1)?;
                executable.segments.push(segment(&header, file_size)?);
                if header.alignment > PAGE_SIZE as u64 && header.alignment.is_power_of_two() {
                    let alignment = header.alignment.min(1 << 30) as usize;
                    executable.alignment = executable.alignment.max(alignment);
                }
            }
            PT_INTERP => {
                let length = usize::try_from(header.file_size).map_err(|_| Errno::ENOEXEC)?;
                if !(2..=4096).contains(&length) {
                    return Err(Errno::ENOEXEC);
                }
                executable.interpreter = Some((header.offset, length));
            }
            PT_PHDR => executable.headers_address = usize::try_from(header.address).ok(),
            PT_GNU_STACK => executable.executable_stack = header.flags & PF_X != 0,
            _ => {}
        }
    }
    // In order and page-wise disjoint: each segment gets its own protection.
    let mut end = 0;
    for segment in &executable.segments {
        if segment.address & !(PAGE_SIZE - 1) < end {
            return Err(Errno::ENOEXEC);
        }
        end = (segment.address + segment.memory_size).next_multiple_of(PAGE_SIZE);
    }
    if executable.segments.is_empty() {
        return Err(Errno::ENOEXEC);
    }
    if executable.headers_address.is_none() {
        executable.headers_address = executable.segments.iter().find_map(|segment| {
            let inside = header.program_headers.checked_sub(segment.offset)?;
            let end = inside.checked_add(headers.len() as u64)?;
            (end <= segment.file_size as u64).then(|| segment.address + inside as usize)
        });
    }
    Ok(executable)
}

fn segment(header: &ProgramHeader, file_size: u64) -> Result<Segment> {
    let end = header.address.checked_add(header.memory_size);
    let file_end = header.offset.checked_add(header.file_size);
    let fits = end.is_some_and(|end| end <= (USER_END - PAGE_SIZE) as u64)
        && file_end.is_some_and(|end| end <= file_size)
        && header.file_size <= header.memory_size
        && header.address % PAGE_SIZE as u64 == header.offset % PAGE_SIZE as u64;
    if !fits {
        return Err(Errno::ENOEXEC);
    }
    let mut access = Access::empty();
    access.set(Access::READ, header.flags & PF_R != 0);
    access.set(Access::WRITE, header.flags & PF_W != 0);
    access.set(Access::EXECUTE, header.flags & PF_X != 0);
    Ok(Segment {
        address: header.address as usize,
        offset: header.offset,
        file_size: header.file_size as usize,
        memory_size: header.memory_size as usize,
        access,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reader(file: &[u8]) -> impl Fn(u64, &mut [u8]) -> Result<()> + '_ {
        move |offset, buffer| {
            let start = usize::try_from(offset).map_err(|_| Errno::EIO)?;
            let end = start.checked_add(buffer.len()).ok_or(Errno::EIO)?;
            buffer.copy_from_slice(file.get(start..end).ok_or(Errno::EIO)?);
            Ok(())
        }
    }

    fn parse_bytes(file: &[u8]) -> Result<Executable> {
        parse(file.len() as u64, reader(file))
    }

    /// A file with two segments and a BSS.
    fn sample() -> Vec<u8> {
        let header = FileHeader {
            identification: *b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0",
            file_type: ET_EXEC,
            machine: EM_X86_64,
            version: 1,
            entry: 0x40_1000,
            program_headers: 64,
            section_headers: 0,
            flags: 0,
            header_size: 64,
            program_header_size: PROGRAM_HEADER_SIZE as u16,
            program_header_count: 2,
            section_header_size: 0,
            section_header_count: 0,
            section_names: 0,
        };
        let text = ProgramHeader {
            kind: PT_LOAD,
            flags: PF_R | PF_X,
            offset: 0,
            address: 0x40_0000,
            physical_address: 0,
            file_size: 0x1800,
            memory_size: 0x1800,
            alignment: 0x1000,
        };
        let data = ProgramHeader {
            flags: PF_R | PF_W,
            offset: 0x1800,
            address: 0x40_2800,
            file_size: 0x100,
            memory_size: 0x3000,
            ..text
        };
        let mut file = Vec::new();
        file.extend_from_slice(header.as_bytes());
        file.extend_from_slice(text.as_bytes());
        file.extend_from_slice(data.as_bytes());
        file.resize(0x1900, 0);
        file
    }

    #[test]
    fn a_good_file_is_understood() {
        let executable = parse_bytes(&sample()).unwrap();
        assert_eq!(executable.entry, 0x40_1000);
        assert_eq!(executable.headers_address, Some(0x40_0040));
        assert_eq!(executable.span(), 0x40_0000..0x40_6000);
        assert_eq!(executable.segments[1].memory_size, 0x3000);
        assert!(!executable.relocatable);
    }

    #[test]
    fn every_truncation_is_refused() {
        let file = sample();
        // Under Miri, where each takes its time, a part of them.
        let step = if cfg!(miri) { 101 } else { 1 };
        for length in (0..file.len()).step_by(step) {
            assert_eq!(
                parse_bytes(&file[..length]),
                Err(Errno::ENOEXEC),
                "{length} bytes"
            );
        }
    }

    #[test]
    fn other_machines_and_classes_are_refused() {
        for (at, value) in [(4, 1), (5, 2), (18, 183), (16, 1), (54, 32), (56, 0)] {
            let mut file = sample();
            file[at] = value;
            assert_eq!(parse_bytes(&file), Err(Errno::ENOEXEC), "byte {at}");
        }
    }

    proptest! {
        /// Whatever the headers say, an accepted file stays inside user memory.
        #[test]
        fn accepted_files_can_be_mapped(
            changes in proptest::collection::vec((0usize..176, any::<u8>()), 1..8)
        ) {
            let mut file = sample();
            for (at, value) in changes {
                file[at] = value;
            }
            if let Ok(executable) = parse_bytes(&file) {
                prop_assert!(executable.span().end <= USER_END);
                let mut end = 0;
                for segment in &executable.segments {
                    prop_assert!(segment.address & !0xfff >= end);
                    prop_assert!(segment.file_size <= segment.memory_size);
                    prop_assert!(segment.offset + segment.file_size as u64 <= file.len() as u64);
                    end = segment.address + segment.memory_size;
                }
            }
        }
    }
}
