//! The program's own ELF structure, found through the auxiliary vector: program headers, load bias,
//! indirect (IRELATIVE) relocations and the read-only-after-relocation range.

use super::auxv;

/// Loadable segment.
pub const PT_LOAD: u32 = 1;
/// Dynamic section.
pub const PT_DYNAMIC: u32 = 2;
/// The program headers themselves.
pub const PT_PHDR: u32 = 6;
/// Thread-local storage template.
pub const PT_TLS: u32 = 7;
/// `.eh_frame_hdr`.
pub const PT_GNU_EH_FRAME: u32 = 0x6474_e550;
/// Range to make read-only after relocation.
pub const PT_GNU_RELRO: u32 = 0x6474_e552;

/// `Elf64_Phdr`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ProgramHeader {
    /// `PT_*`.
    pub p_type: u32,
    /// `PF_*`.
    pub p_flags: u32,
    /// Offset in the file.
    pub p_offset: u64,
    /// Address as linked.
    pub p_vaddr: u64,
    /// Unused.
    pub p_paddr: u64,
    /// Bytes in the file.
    pub p_filesz: u64,
    /// Bytes in memory.
    pub p_memsz: u64,
    /// Alignment in bytes.
    pub p_align: u64,
}

/// `Elf64_Rela`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Rela {
    /// Where, as linked.
    pub r_offset: u64,
    /// Symbol and type.
    pub r_info: u64,
    /// Addend.
    pub r_addend: i64,
}

/// The program headers of the running program (none if the kernel did not say where they are).
pub fn program_headers() -> &'static [ProgramHeader] {
    match (auxv::get(auxv::AT_PHDR), auxv::get(auxv::AT_PHNUM)) {
        (Some(address), Some(count)) if address != 0 => {
            // SAFETY: the kernel's statement about the mapped program.
            unsafe { core::slice::from_raw_parts(address as *const ProgramHeader, count as usize) }
        }
        _ => &[],
    }
}

/// The first program header of a type.
pub fn find_header(kind: u32) -> Option<&'static ProgramHeader> {
    program_headers()
        .iter()
        .find(|header| header.p_type == kind)
}

/// Difference between where the program runs and where it was linked.
pub fn load_bias() -> usize {
    /// Where both linkers put the program headers in the file: right after the ELF header.
    const PROGRAM_HEADER_OFFSET: u64 = 64;
    let actual = program_headers().as_ptr() as usize;
    let linked = match find_header(PT_PHDR) {
        Some(header) => header.p_vaddr,
        None => match program_headers()
            .iter()
            .find(|h| h.p_type == PT_LOAD && h.p_offset == 0)
        {
            Some(header) => header.p_vaddr + PROGRAM_HEADER_OFFSET,
            None => return 0,
        },
    };
    actual.wrapping_sub(linked as usize)
}

/// First address of the program's image and the one after its last.
pub fn image() -> Option<(usize, usize)> {
    let mut loads = program_headers()
        .iter()
        .filter(|header| header.p_type == PT_LOAD);
    let first = loads.next()?;
    let last = loads.next_back().unwrap_or(first);
    let bias = load_bias();
    let start = bias.wrapping_add(first.p_vaddr as usize);
    Some((
        start,
        bias.wrapping_add((last.p_vaddr + last.p_memsz) as usize),
    ))
}

#[cfg(not(test))]
const R_X86_64_IRELATIVE: u32 = 37;

#[cfg(not(test))]
core::arch::global_asm!(
    // Bounds of the IRELATIVE relocations in a program linked at a fixed address; both 0 otherwise.
    ".weak __rela_iplt_start",
    ".weak __rela_iplt_end",
    ".hidden __rela_iplt_start",
    ".hidden __rela_iplt_end",
    ".pushsection .data.rel.ro.__tlibc_iplt, \"aw\", @progbits",
    ".balign 8",
    ".hidden __tlibc_iplt",
    ".globl __tlibc_iplt",
    "__tlibc_iplt: .quad __rela_iplt_start, __rela_iplt_end",
    ".popsection",
);

/// Calls the resolvers of the program's indirect functions and stores their answers.
///
/// # Safety
/// Once, after thread-local storage is set up and before any indirect function is called.
#[cfg(not(test))]
pub(super) unsafe fn apply_indirect_relocations() {
    const DT_RELA: u64 = 7;
    const DT_RELASZ: u64 = 8;
    unsafe extern "C" {
        static __tlibc_iplt: [*const Rela; 2];
    }
    let bias = load_bias();
    let (mut start, mut size) = (core::ptr::null::<Rela>(), 0);
    if let Some(header) = find_header(PT_DYNAMIC) {
        let mut at = (header.p_vaddr as usize).wrapping_add(bias) as *const [u64; 2];
        // SAFETY: the dynamic section ends with a tag of 0.
        unsafe {
            while (*at)[0] != 0 {
                match (*at)[0] {
                    DT_RELA => start = ((*at)[1] as usize).wrapping_add(bias) as *const Rela,
                    DT_RELASZ => size = (*at)[1] as usize,
                    _ => {}
                }
                at = at.add(1);
            }
        }
    } else {
        // SAFETY: the linker's bounds.
        unsafe {
            start = __tlibc_iplt[0];
            size = __tlibc_iplt[1] as usize - start as usize;
        }
    }
    for index in 0..size / size_of::<Rela>() {
        // SAFETY: inside the table; the relocation's place and resolver are the linker's.
        unsafe {
            let rela = *start.add(index);
            if rela.r_info as u32 == R_X86_64_IRELATIVE {
                let resolver = (rela.r_addend as usize).wrapping_add(bias);
                let resolver: extern "C" fn() -> usize = core::mem::transmute(resolver);
                *((rela.r_offset as usize).wrapping_add(bias) as *mut usize) = resolver();
            }
        }
    }
}

/// Makes the relocated constants read-only.
///
/// # Safety
/// Once, after all relocations are applied.
#[cfg(not(test))]
pub(super) unsafe fn protect_relro() {
    use crate::platform::{PAGE_SIZE, constants::PROT_READ, mprotect};
    use crate::types::{c_int, c_void};
    if let Some(header) = find_header(PT_GNU_RELRO) {
        let start = (header.p_vaddr as usize).wrapping_add(load_bias());
        let first = start & !(PAGE_SIZE - 1);
        let last = (start + header.p_memsz as usize) & !(PAGE_SIZE - 1);
        if last > first {
            // A kernel that refuses leaves the program working, with less protection.
            // SAFETY: nothing writes there after relocation; the linker laid the range out for this.
            let _ = unsafe { mprotect(first as *mut c_void, last - first, PROT_READ as c_int) };
        }
    }
}
