//! `<dlfcn.h>` in a program that is linked statically: the program is the one object there is, it has no symbol
//! table at run time, and others cannot be loaded. Every failure says so through `dlerror`.
#![allow(non_camel_case_types)]

use crate::pthread::tcb;
use crate::start::auxv::getauxval;
use crate::start::{elf, environment};
use crate::types::*;
use core::ffi::CStr;
use core::ptr::null_mut;

/// Pseudo-handles of `dlsym`: search all objects; search those after the caller.
pub const RTLD_DEFAULT: *mut c_void = null_mut();
/// See [`RTLD_DEFAULT`].
pub const RTLD_NEXT: *mut c_void = usize::MAX as *mut c_void;

/// What `dladdr` finds.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Dl_info {
    /// The program's name.
    pub dli_fname: *const c_char,
    /// Where it is mapped.
    pub dli_fbase: *mut c_void,
    /// Nearest symbol: unknown, null.
    pub dli_sname: *const c_char,
    /// Its address: unknown, null.
    pub dli_saddr: *mut c_void,
}

check_layout!(
    Dl_info = libc::Dl_info {
        dli_fname,
        dli_fbase,
        dli_sname,
        dli_saddr
    }
);

/// What `dlopen(NULL)` returns: stands for the program.
static PROGRAM: u8 = 0;

fn program() -> *mut c_void {
    (&raw const PROGRAM).cast_mut().cast()
}

fn fail(message: &'static CStr) {
    // SAFETY: the thread's own block.
    unsafe { (*tcb::current()).dl_error = message.as_ptr() };
}

/// The program itself for a null `file`; null for anything else, which cannot be loaded.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dlopen(file: *const c_char, _flags: c_int) -> *mut c_void {
    if file.is_null() {
        return program();
    }
    fail(c"a statically linked program cannot load shared objects");
    null_mut()
}

/// Gives a handle back: 0 for the program's, else −1.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dlclose(handle: *mut c_void) -> c_int {
    if handle == program() {
        return 0;
    }
    fail(c"invalid handle");
    -1
}

/// The address of a function of this library that Rust's crate `rustix` only looks up so, and has no other way to do what
/// it does; null for any other name: a statically linked program has no symbol table.
///
/// # Safety
/// `name` points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void {
    if [RTLD_DEFAULT, RTLD_NEXT, program()].contains(&handle) {
        // SAFETY: the caller's string.
        if handle != RTLD_NEXT && unsafe { CStr::from_ptr(name) } == c"getauxval" {
            return getauxval as *mut c_void;
        }
        fail(c"symbol not found: a statically linked program has no symbol table");
    } else {
        fail(c"invalid handle");
    }
    null_mut()
}

/// [`dlsym`] with a version, which all have.
///
/// # Safety
/// As for [`dlsym`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dlvsym(
    handle: *mut c_void,
    name: *const c_char,
    _version: *const c_char,
) -> *mut c_void {
    // SAFETY: as for this function.
    unsafe { dlsym(handle, name) }
}

/// The thread's last failure as a message, or null if there was none since the last call.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dlerror() -> *mut c_char {
    // SAFETY: the thread's own block.
    unsafe { core::mem::replace(&mut (*tcb::current()).dl_error, core::ptr::null()).cast_mut() }
}

/// Finds the object that an address lies in: 1 with `info` filled in for the program's own, else 0.
///
/// # Safety
/// `info` must be valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dladdr(address: *const c_void, info: *mut Dl_info) -> c_int {
    let Some((start, _)) =
        elf::image().filter(|&(start, end)| (start..end).contains(&address.addr()))
    else {
        return 0;
    };
    // SAFETY: the caller's promise; the name is set before any code of the program runs.
    unsafe {
        info.write(Dl_info {
            dli_fname: environment::program_invocation_name,
            dli_fbase: start as *mut c_void,
            dli_sname: core::ptr::null(),
            dli_saddr: null_mut(),
        });
    }
    1
}
