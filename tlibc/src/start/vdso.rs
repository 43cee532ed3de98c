//! The kernel's vDSO: `clock_gettime` without a system call, where the kernel offers one (vdso(7)).

use super::auxv;
use super::elf::{PT_DYNAMIC, PT_LOAD, ProgramHeader};
use crate::types::*;
use core::ffi::CStr;
use core::sync::atomic::{AtomicUsize, Ordering};

/// `__vdso_clock_gettime`: 0 or a negative error number.
pub type ClockGettime = unsafe extern "C" fn(clockid_t, *mut timespec) -> c_int;

const UNKNOWN: usize = 0;
const ABSENT: usize = 1;

static CLOCK_GETTIME: AtomicUsize = AtomicUsize::new(UNKNOWN);

/// The vDSO's `clock_gettime`, looked up at the first use.
#[inline]
pub fn clock_gettime() -> Option<ClockGettime> {
    let mut address = CLOCK_GETTIME.load(Ordering::Relaxed);
    // One comparison where the function is known.
    if address <= ABSENT {
        address = look_up(address);
        if address == ABSENT {
            return None;
        }
    }
    // SAFETY: the kernel exports the function under this name with this signature.
    Some(unsafe { core::mem::transmute::<usize, ClockGettime>(address) })
}

/// The function's address or `ABSENT`, noted for the next time.
#[cold]
fn look_up(known: usize) -> usize {
    if known == ABSENT {
        return ABSENT;
    }
    let address = find(c"__vdso_clock_gettime").unwrap_or(ABSENT);
    CLOCK_GETTIME.store(address, Ordering::Relaxed);
    address
}

/// `Elf64_Sym`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Symbol {
    name: u32,
    info: u8,
    other: u8,
    section: u16,
    value: u64,
    size: u64,
}

/// Address of an exported function of the vDSO.
fn find(name: &CStr) -> Option<usize> {
    const DT_HASH: u64 = 4;
    const DT_STRTAB: u64 = 5;
    const DT_SYMTAB: u64 = 6;
    const DT_GNU_HASH: u64 = 0x6fff_fef5;
    let image = auxv::get(auxv::AT_SYSINFO_EHDR).filter(|&at| at != 0)? as usize;
    // SAFETY: the kernel maps a whole, well-formed ELF image there; every address comes from its tables.
    unsafe {
        let header_offset = *((image + 32) as *const u64) as usize;
        let header_count = *((image + 56) as *const u16) as usize;
        let headers = core::slice::from_raw_parts(
            (image + header_offset) as *const ProgramHeader,
            header_count,
        );
        let load = headers.iter().find(|h| h.p_type == PT_LOAD)?;
        let dynamic = headers.iter().find(|h| h.p_type == PT_DYNAMIC)?;
        let bias = image
            .wrapping_add(load.p_offset as usize)
            .wrapping_sub(load.p_vaddr as usize);
        let (mut strings, mut symbols, mut hash, mut gnu_hash) = (0, 0, 0, 0);
        let mut at = (dynamic.p_vaddr as usize).wrapping_add(bias) as *const [u64; 2];
        while (*at)[0] != 0 {
            let address = ((*at)[1] as usize).wrapping_add(bias);
            match (*at)[0] {
                DT_HASH => hash = address,
                DT_STRTAB => strings = address,
                DT_SYMTAB => symbols = address,
                DT_GNU_HASH => gnu_hash = address,
                _ => {}
            }
            at = at.add(1);
        }
        if strings == 0 || symbols == 0 {
            return None;
        }
        let count = if hash != 0 {
            *((hash + 4) as *const u32)
        } else if gnu_hash != 0 {
            gnu_hash_symbols(gnu_hash)
        } else {
            return None;
        };
        for index in 0..count as usize {
            let symbol = *(symbols as *const Symbol).add(index);
            let text = CStr::from_ptr((strings + symbol.name as usize) as *const c_char);
            if symbol.section != 0 && text == name {
                return Some((symbol.value as usize).wrapping_add(bias));
            }
        }
    }
    None
}

/// Number of symbols that a GNU hash table covers: one past the end of its highest chain.
///
/// # Safety
/// `table` must be the address of a well-formed table.
unsafe fn gnu_hash_symbols(table: usize) -> u32 {
    // SAFETY: the caller's promise; layout: bucket count, first symbol, bloom words, shift, bloom, buckets, chains.
    unsafe {
        let head = *(table as *const [u32; 4]);
        let buckets = (table + 16 + head[2] as usize * 8) as *const u32;
        let chains = buckets.add(head[0] as usize);
        let mut last = (0..head[0] as usize)
            .map(|i| *buckets.add(i))
            .max()
            .unwrap_or(0);
        if last < head[1] {
            return head[1];
        }
        while *chains.add((last - head[1]) as usize) & 1 == 0 {
            last += 1;
        }
        last + 1
    }
}
