//! `obstack.h` (GNU): stacks of objects of which the last one grows, as the manual of the GNU C library describes them.
//!
//! The header has the common cases in line; here are those that allocate. An obstack is a list of chunks that the
//! program's functions give: each starts with its end and its predecessor, then objects stand in it one after another.

use crate::malloc::free;
use crate::stdarg::VaList;
use crate::stdio::printf::string::vasprintf;
use crate::stdio::put::fputs;
use crate::stdio::standard::standard_error;
use crate::types::*;
use crate::variadic;
use core::mem::offset_of;
use core::ptr::{self, null_mut};

/// The start of a chunk.
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct _obstack_chunk {
    limit: *mut c_char,
    prev: *mut _obstack_chunk,
    /// Where objects begin; more follows.
    contents: [c_char; 4],
}

/// An obstack, as the header has it.
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct obstack {
    /// Bytes of a chunk, unless an object needs more.
    pub chunk_size: c_long,
    /// The last chunk.
    pub chunk: *mut _obstack_chunk,
    /// The object that grows.
    pub object_base: *mut c_char,
    /// Its end.
    pub next_free: *mut c_char,
    /// The chunk's end.
    pub chunk_limit: *mut c_char,
    /// Used by glibc's macros.
    pub temp: *mut c_void,
    /// Objects start at multiples of this plus one.
    pub alignment_mask: c_int,
    /// `malloc` or what is used for it; called with `extra_arg` before the size if that is used.
    pub chunkfun: *mut c_void,
    /// `free` or what is used for it.
    pub freefun: *mut c_void,
    /// For the two functions.
    pub extra_arg: *mut c_void,
    /// See below.
    pub flags: c_uint,
}

/// In `flags`: the functions take `extra_arg`.
const USE_EXTRA_ARG: c_uint = 1;
/// In `flags`: an object without bytes may stand where the one that grows starts, so the chunk must stay.
const MAYBE_EMPTY: c_uint = 2;

/// Alignment of what malloc gives.
const ALIGNMENT: usize = 16;
/// Bytes of a chunk by default: a page less what an allocator adds.
const CHUNK: c_long = 4064;

type Failed = unsafe extern "C" fn();
type Allocate = unsafe extern "C" fn(c_long) -> *mut c_void;
type AllocateWith = unsafe extern "C" fn(*mut c_void, c_long) -> *mut c_void;
type Release = unsafe extern "C" fn(*mut c_void);
type ReleaseWith = unsafe extern "C" fn(*mut c_void, *mut c_void);

unsafe extern "C" {
    safe fn exit(status: c_int) -> !;
    safe fn abort() -> !;
}

/// The status with which a program ends that has no memory left.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut obstack_exit_failure: c_int = 1;

/// What is called when a chunk cannot be had; it must not return.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static mut obstack_alloc_failed_handler: Option<Failed> = Some(exhausted);

unsafe extern "C" fn exhausted() {
    // SAFETY: a string and an open stream; the program's own variable, which it alone changes. There is nothing left to do if
    // the message cannot be written.
    unsafe {
        fputs(c"memory exhausted\n".as_ptr(), standard_error());
        exit(obstack_exit_failure)
    }
}

impl obstack {
    /// Asks the program for a chunk; ends the program when there is none.
    ///
    /// # Safety
    /// The functions are the program's.
    unsafe fn new_chunk(&mut self, size: c_long) -> *mut _obstack_chunk {
        // SAFETY: the functions take what `flags` says; the handler is the program's.
        unsafe {
            let chunk = if self.flags & USE_EXTRA_ARG != 0 {
                core::mem::transmute::<*mut c_void, AllocateWith>(self.chunkfun)(
                    self.extra_arg,
                    size,
                )
            } else {
                core::mem::transmute::<*mut c_void, Allocate>(self.chunkfun)(size)
            };
            if chunk.is_null() {
                if let Some(failed) = obstack_alloc_failed_handler {
                    failed();
                }
                abort();
            }
            chunk.cast()
        }
    }

    /// # Safety
    /// `chunk` is the obstack's and not used any more.
    unsafe fn release(&self, chunk: *mut _obstack_chunk) {
        // SAFETY: the functions take what `flags` says.
        unsafe {
            if self.flags & USE_EXTRA_ARG != 0 {
                core::mem::transmute::<*mut c_void, ReleaseWith>(self.freefun)(
                    self.extra_arg,
                    chunk.cast(),
                );
            } else {
                core::mem::transmute::<*mut c_void, Release>(self.freefun)(chunk.cast());
            }
        }
    }

    /// Where the first object of a chunk starts.
    fn first_object(&self, chunk: *mut _obstack_chunk) -> *mut c_char {
        let start = chunk.wrapping_byte_add(offset_of!(_obstack_chunk, contents));
        let start = start.cast::<c_char>();
        let mask = self.alignment_mask as usize;
        start.map_addr(|address| address.wrapping_add(mask) & !mask)
    }

    /// # Safety
    /// The functions are the program's.
    unsafe fn begin(&mut self, size: c_int, alignment: c_int) -> c_int {
        let alignment = match alignment {
            0 => ALIGNMENT as c_int,
            alignment => alignment,
        };
        self.alignment_mask = alignment - 1;
        self.chunk_size = match size {
            0 => CHUNK,
            size => c_long::from(size),
        };
        // SAFETY: a chunk of that size.
        unsafe {
            let chunk = self.new_chunk(self.chunk_size);
            self.chunk = chunk;
            self.chunk_limit = chunk.cast::<c_char>().add(self.chunk_size as usize);
            describe(chunk, self.chunk_limit, null_mut());
            self.object_base = self.first_object(chunk);
            self.next_free = self.object_base;
        }
        1
    }
}

/// Starts an obstack with the program's functions; always 1. Zeroes stand for the usual size and alignment.
///
/// # Safety
/// `stack` is writable; the functions are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn _obstack_begin(
    stack: *mut obstack,
    size: c_int,
    alignment: c_int,
    allocate: Option<unsafe extern "C" fn(c_long) -> *mut c_void>,
    release: Option<unsafe extern "C" fn(*mut c_void)>,
) -> c_int {
    // SAFETY: the caller's obstack; a function is an address, or null.
    unsafe {
        let stack = &mut *stack;
        stack.chunkfun = core::mem::transmute::<Option<Allocate>, *mut c_void>(allocate);
        stack.freefun = core::mem::transmute::<Option<Release>, *mut c_void>(release);
        stack.extra_arg = null_mut();
        stack.flags = 0;
        stack.begin(size, alignment)
    }
}

/// [`_obstack_begin`] with functions that take an argument before theirs.
///
/// # Safety
/// `stack` is writable; the functions are valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn _obstack_begin_1(
    stack: *mut obstack,
    size: c_int,
    alignment: c_int,
    allocate: Option<unsafe extern "C" fn(*mut c_void, c_long) -> *mut c_void>,
    release: Option<unsafe extern "C" fn(*mut c_void, *mut c_void)>,
    argument: *mut c_void,
) -> c_int {
    // SAFETY: the caller's obstack; a function is an address, or null.
    unsafe {
        let stack = &mut *stack;
        stack.chunkfun = core::mem::transmute::<Option<AllocateWith>, *mut c_void>(allocate);
        stack.freefun = core::mem::transmute::<Option<ReleaseWith>, *mut c_void>(release);
        stack.extra_arg = argument;
        stack.flags = USE_EXTRA_ARG;
        stack.begin(size, alignment)
    }
}

/// Moves the object that grows to a new chunk with room for `length` bytes more.
///
/// # Safety
/// `stack` is an obstack in use.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn _obstack_newchunk(stack: *mut obstack, length: c_int) {
    // SAFETY: the caller's obstack: the object is in the old chunk, and the new one has room for it.
    unsafe {
        let stack = &mut *stack;
        let object = stack.next_free.offset_from_unsigned(stack.object_base);
        // Room to grow on, and for the start of the chunk.
        let size = (object as c_long)
            .checked_add(c_long::from(length))
            .and_then(|size| size.checked_add(object as c_long / 8))
            .and_then(|size| size.checked_add(c_long::from(stack.alignment_mask) + 100))
            .unwrap_or(c_long::MAX)
            .max(stack.chunk_size);
        let old = stack.chunk;
        let chunk = stack.new_chunk(size);
        let limit = chunk.cast::<c_char>().add(size as usize);
        let base = stack.first_object(chunk);
        ptr::copy_nonoverlapping(stack.object_base, base, object);
        let alone = stack.object_base == stack.first_object(old) && stack.flags & MAYBE_EMPTY == 0;
        let prev = if alone { (*old).prev } else { old };
        describe(chunk, limit, prev);
        if alone {
            stack.release(old);
        }
        stack.chunk = chunk;
        stack.chunk_limit = limit;
        stack.object_base = base;
        stack.next_free = base.add(object);
        stack.flags &= !MAYBE_EMPTY;
    }
}

/// Fills in the start of a chunk, not what may be an object's already.
///
/// # Safety
/// `chunk` is the place of a chunk.
unsafe fn describe(chunk: *mut _obstack_chunk, limit: *mut c_char, prev: *mut _obstack_chunk) {
    // SAFETY: the caller's promise.
    unsafe {
        (&raw mut (*chunk).limit).write(limit);
        (&raw mut (*chunk).prev).write(prev);
    }
}

/// Whether `object` is in the chunk: behind its start, up to its end.
///
/// # Safety
/// `chunk` is a chunk.
unsafe fn contains(chunk: *mut _obstack_chunk, object: *mut c_void) -> bool {
    // SAFETY: the caller's chunk.
    chunk.cast::<c_void>() < object && object <= unsafe { (*chunk).limit }.cast()
}

/// Whether an object is in the obstack.
///
/// # Safety
/// `stack` is an obstack in use.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn _obstack_allocated_p(stack: *mut obstack, object: *mut c_void) -> c_int {
    // SAFETY: the caller's obstack.
    unsafe {
        let mut chunk = (*stack).chunk;
        while !chunk.is_null() && !contains(chunk, object) {
            chunk = (*chunk).prev;
        }
        c_int::from(!chunk.is_null())
    }
}

/// Frees an object and all that came after it; all there is for null, after which the obstack must be started again. A
/// pointer that is not in the obstack ends the program.
///
/// # Safety
/// `stack` is an obstack in use.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn obstack_free(stack: *mut obstack, object: *mut c_void) {
    // SAFETY: the caller's obstack; chunks behind the object's are not used any more.
    unsafe {
        let stack = &mut *stack;
        let mut chunk = stack.chunk;
        while !chunk.is_null() && !contains(chunk, object) {
            let prev = (*chunk).prev;
            stack.release(chunk);
            chunk = prev;
            // What stood before may be an object without bytes.
            stack.flags |= MAYBE_EMPTY;
        }
        stack.chunk = chunk;
        if chunk.is_null() {
            if !object.is_null() {
                abort();
            }
            return;
        }
        stack.object_base = object.cast();
        stack.next_free = object.cast();
        stack.chunk_limit = (*chunk).limit;
    }
}

alias!(_obstack_free = obstack_free);

/// The bytes of all chunks.
///
/// # Safety
/// `stack` is an obstack in use.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn _obstack_memory_used(stack: *mut obstack) -> c_int {
    let mut bytes = 0_usize;
    // SAFETY: the caller's obstack.
    unsafe {
        let mut chunk = (*stack).chunk;
        while !chunk.is_null() {
            bytes += (*chunk).limit.offset_from_unsigned(chunk.cast());
            chunk = (*chunk).prev;
        }
    }
    c_int::try_from(bytes).unwrap_or(c_int::MAX)
}

/// Prints to the end of the object that grows; returns the number of bytes, -1 with `errno` set on failure.
///
/// # Safety
/// `stack` is an obstack in use, `fmt` a string and `ap` its arguments.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn obstack_vprintf(
    stack: *mut obstack,
    fmt: *const c_char,
    ap: *mut VaList,
) -> c_int {
    let mut text = null_mut();
    // SAFETY: the caller's format and arguments; room is made for the text.
    unsafe {
        let length = vasprintf(&raw mut text, fmt, ap);
        if length < 0 {
            return length;
        }
        let room = (*stack).chunk_limit.offset_from((*stack).next_free);
        if room < length as isize {
            _obstack_newchunk(stack, length);
        }
        ptr::copy_nonoverlapping(text, (*stack).next_free, length as usize);
        (*stack).next_free = (*stack).next_free.add(length as usize);
        free(text.cast());
        length
    }
}

/// [`obstack_vprintf`] as glibc's headers call it under `_FORTIFY_SOURCE`.
///
/// # Safety
/// As for [`obstack_vprintf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __obstack_vprintf_chk(
    stack: *mut obstack,
    _flag: c_int,
    fmt: *const c_char,
    ap: *mut VaList,
) -> c_int {
    // SAFETY: the caller's obstack, format and arguments.
    unsafe { obstack_vprintf(stack, fmt, ap) }
}

variadic! {
    /// [`obstack_printf`] as glibc's headers call it under `_FORTIFY_SOURCE`.
    pub fn __obstack_printf_chk(stack: *mut obstack, flag: c_int, fmt: *const c_char, ...) -> c_int => __obstack_vprintf_chk
}

variadic! {
    /// [`obstack_vprintf`] with its arguments.
    pub fn obstack_printf(stack: *mut obstack, fmt: *const c_char, ...) -> c_int => obstack_vprintf
}
