//! `<dlfcn.h>` in a program that is linked statically: the program is the one object there is, it has no symbol
//! table at run time, and others cannot be loaded. Every failure says so through `dlerror`.
#![allow(non_camel_case_types)]

use crate::fcntl::AT_FDCWD;
use crate::link::{link_map, of_threads};
use crate::platform::calls::fs;
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

/// `dladdr1` asks for the symbol's entry.
const RTLD_DL_SYMENT: c_int = 1;
/// `dladdr1` asks for the object.
const RTLD_DL_LINKMAP: c_int = 2;

/// [`dladdr`], with more: the object's [`link_map`] (`RTLD_DL_LINKMAP`) or the symbol's entry (`RTLD_DL_SYMENT`), which is unknown
/// and therefore null.
///
/// # Safety
/// `info` must be valid for a write, `extra` too if `flags` asks for more.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dladdr1(
    address: *const c_void,
    info: *mut Dl_info,
    extra: *mut *mut c_void,
    flags: c_int,
) -> c_int {
    // SAFETY: the caller's promise.
    unsafe {
        let found = dladdr(address, info);
        if found != 0 {
            match flags {
                RTLD_DL_SYMENT => extra.write(null_mut()),
                RTLD_DL_LINKMAP => extra.write(link_map::program().cast()),
                _ => {}
            }
        }
        found
    }
}

/// Number of the name space that the program is in.
const LM_ID_BASE: c_long = 0;

/// [`dlopen`] in a name space; there is only the program's. dlmopen(3).
///
/// # Safety
/// `file` is null or points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dlmopen(space: c_long, file: *const c_char, flags: c_int) -> *mut c_void {
    if space != LM_ID_BASE {
        fail(c"a statically linked program has no further name spaces");
        return null_mut();
    }
    // SAFETY: the caller's promise.
    unsafe { dlopen(file, flags) }
}

/// What is known of an object: its name space (`RTLD_DI_LMID`), its [`link_map`] (`RTLD_DI_LINKMAP`), the folder that it came from
/// (`RTLD_DI_ORIGIN`), its thread-local module (`RTLD_DI_TLS_MODID`) and the calling thread's copy of that (`RTLD_DI_TLS_DATA`), and
/// its program headers (`RTLD_DI_PHDR`): 0, for the last their number; -1 for other requests. dlinfo(3).
///
/// # Safety
/// `place` is what the manual page says for the request.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dlinfo(handle: *mut c_void, request: c_int, place: *mut c_void) -> c_int {
    const RTLD_DI_LMID: c_int = 1;
    const RTLD_DI_LINKMAP: c_int = 2;
    const RTLD_DI_ORIGIN: c_int = 6;
    const RTLD_DI_TLS_MODID: c_int = 9;
    const RTLD_DI_TLS_DATA: c_int = 10;
    const RTLD_DI_PHDR: c_int = 11;
    if handle != program() {
        fail(c"invalid handle");
        return -1;
    }
    // SAFETY: the caller's place, of the type that the request has.
    unsafe {
        match request {
            RTLD_DI_LMID => place.cast::<c_long>().write(LM_ID_BASE),
            RTLD_DI_LINKMAP => place.cast::<*mut link_map>().write(link_map::program()),
            RTLD_DI_ORIGIN => return origin(place.cast()),
            RTLD_DI_TLS_MODID => place.cast::<size_t>().write(of_threads().0),
            RTLD_DI_TLS_DATA => place.cast::<*mut c_void>().write(of_threads().1),
            RTLD_DI_PHDR => {
                let headers = elf::program_headers();
                place
                    .cast::<*const elf::ProgramHeader>()
                    .write(headers.as_ptr());
                return headers.len() as c_int;
            }
            _ => {
                fail(c"unsupported dlinfo request");
                return -1;
            }
        }
    }
    0
}

/// Writes the name of the folder that the program came from.
///
/// # Safety
/// `place` has room for it: the manual page gives no way to say how much there is.
unsafe fn origin(place: *mut c_char) -> c_int {
    let mut path = [0_u8; 4096];
    // SAFETY: the buffer's size; the caller's place.
    unsafe {
        let length = fs::readlinkat(
            AT_FDCWD,
            c"/proc/self/exe".as_ptr(),
            path.as_mut_ptr().cast(),
            path.len(),
        );
        let Ok(length) = length else {
            fail(c"the program's file is unknown");
            return -1;
        };
        let path = &path[..length as usize];
        let end = path
            .iter()
            .rposition(|byte| *byte == b'/')
            .unwrap_or(0)
            .max(1);
        place.copy_from_nonoverlapping(path.as_ptr().cast(), end);
        place.add(end).write(0);
    }
    0
}
