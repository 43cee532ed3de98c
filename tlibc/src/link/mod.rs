//! `<link.h>` and what the unwinder (libgcc_eh) and the compiler ask of a loader: the program's headers, its unwind
//! table and its thread-local variables. A static program is the only object.
#![allow(non_camel_case_types)]

use crate::pthread::tcb;
use crate::start::elf::{self, ProgramHeader};
use crate::start::tls::Template;
use crate::types::*;
use core::cell::UnsafeCell;
use core::ptr::null_mut;

/// What `dl_iterate_phdr` tells about an object.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct dl_phdr_info {
    /// Difference between where the object is and where it was linked.
    pub dlpi_addr: u64,
    /// Its name: empty for the program.
    pub dlpi_name: *const c_char,
    /// Its program headers.
    pub dlpi_phdr: *const ProgramHeader,
    /// How many there are.
    pub dlpi_phnum: u16,
    /// Objects loaded since the start.
    pub dlpi_adds: u64,
    /// Objects unloaded since the start.
    pub dlpi_subs: u64,
    /// Number of its thread-local module, or 0.
    pub dlpi_tls_modid: size_t,
    /// The calling thread's copy of its thread-local variables, or null.
    pub dlpi_tls_data: *mut c_void,
}

check_layout!(
    dl_phdr_info = libc::dl_phdr_info {
        dlpi_addr,
        dlpi_phdr,
        dlpi_phnum,
        dlpi_adds,
        dlpi_tls_data
    }
);

/// Calls `callback` for each object, here for the program alone, and returns what it returns.
///
/// # Safety
/// `callback` must be callable with the information, its size and `data`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dl_iterate_phdr(
    callback: unsafe extern "C" fn(*mut dl_phdr_info, size_t, *mut c_void) -> c_int,
    data: *mut c_void,
) -> c_int {
    let headers = elf::program_headers();
    let (module, data_of_thread) = of_threads();
    let mut info = dl_phdr_info {
        dlpi_addr: elf::load_bias() as u64,
        dlpi_name: c"".as_ptr(),
        dlpi_phdr: headers.as_ptr(),
        dlpi_phnum: headers.len() as u16,
        dlpi_adds: 1,
        dlpi_subs: 0,
        dlpi_tls_modid: module,
        dlpi_tls_data: data_of_thread,
    };
    // SAFETY: the caller's promise.
    unsafe { callback(&raw mut info, size_of::<dl_phdr_info>(), data) }
}

/// `struct dl_find_object` of glibc 2.35 on x86-64.
#[repr(C)]
#[derive(Debug)]
pub struct dl_find_object {
    dlfo_flags: u64,
    dlfo_map_start: *mut c_void,
    dlfo_map_end: *mut c_void,
    dlfo_link_map: *mut link_map,
    dlfo_eh_frame: *mut c_void,
    reserved: [u64; 7],
}

/// The public part of `struct link_map`.
#[repr(C)]
#[derive(Debug)]
pub struct link_map {
    l_addr: usize,
    l_name: *const c_char,
    l_ld: *mut c_void,
    l_next: *mut link_map,
    l_prev: *mut link_map,
}

struct OneMap(UnsafeCell<link_map>);
// SAFETY: written with the same values by whoever asks, and not written by others.
unsafe impl Sync for OneMap {}

static PROGRAM: OneMap = OneMap(UnsafeCell::new(link_map {
    l_addr: 0,
    l_name: c"".as_ptr(),
    l_ld: null_mut(),
    l_next: null_mut(),
    l_prev: null_mut(),
}));

impl link_map {
    /// The program's, the only one.
    pub(crate) fn program() -> *mut Self {
        let map = PROGRAM.0.get();
        let bias = elf::load_bias();
        // SAFETY: see the implementation of Sync.
        unsafe {
            (*map).l_addr = bias;
            if let Some(dynamic) = elf::find_header(elf::PT_DYNAMIC) {
                (*map).l_ld = bias.wrapping_add(dynamic.p_vaddr as usize) as *mut c_void;
            }
        }
        map
    }
}

/// Number of the program's thread-local module, 0 if it has none, and the calling thread's copy of it.
pub(crate) fn of_threads() -> (size_t, *mut c_void) {
    if elf::find_header(elf::PT_TLS).is_none() {
        return (0, null_mut());
    }
    let block = tcb::current().cast::<u8>();
    (1, block.wrapping_sub(Template::of_program().offset).cast())
}

/// Finds the object that a code address lies in, for the unwinder: 0 with `result` filled in, or −1. Safe in signal
/// handlers.
///
/// # Safety
/// `result` must be valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn _dl_find_object(pc: *mut c_void, result: *mut dl_find_object) -> c_int {
    let (Some((start, end)), Some(frames)) = (elf::image(), elf::find_header(elf::PT_GNU_EH_FRAME))
    else {
        return -1;
    };
    if !(start..end).contains(&pc.addr()) {
        return -1;
    }
    // SAFETY: the caller's promise.
    unsafe {
        result.write(dl_find_object {
            dlfo_flags: 0,
            dlfo_map_start: start as *mut c_void,
            dlfo_map_end: end as *mut c_void,
            dlfo_link_map: link_map::program(),
            dlfo_eh_frame: elf::load_bias().wrapping_add(frames.p_vaddr as usize) as *mut c_void,
            reserved: [0; 7],
        });
    }
    0
}

/// Where a thread-local variable is: module and offset in it.
#[repr(C)]
#[derive(Debug)]
pub struct tls_index {
    ti_module: c_ulong,
    ti_offset: c_ulong,
}

/// Address of the calling thread's copy of a thread-local variable, for code of the general dynamic model that the linker
/// did not simplify.
///
/// # Safety
/// `index` must come from the linker.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __tls_get_addr(index: *const tls_index) -> *mut c_void {
    let block = tcb::current()
        .cast::<u8>()
        .wrapping_sub(Template::of_program().offset);
    // SAFETY: the caller's promise.
    block
        .wrapping_add(unsafe { (*index).ti_offset } as usize)
        .cast()
}
