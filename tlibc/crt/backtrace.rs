//! `execinfo.h`: the call stack of the running thread (backtrace(3), GNU).
//!
//! A member of libc.a of its own, because it needs the unwinder of libgcc_eh: only programs that use these functions are
//! linked with it. A static program has no table of symbols, so each line tells the program and the address.
#![no_std]

use core::ffi::{c_char, c_int, c_void};

unsafe extern "C" {
    static program_invocation_name: *const c_char;
    fn _Unwind_Backtrace(step: extern "C" fn(*mut c_void, *mut c_void) -> c_int, argument: *mut c_void) -> c_int;
    fn _Unwind_GetIP(context: *mut c_void) -> usize;
    fn malloc(size: usize) -> *mut c_void;
    fn strlen(text: *const c_char) -> usize;
    fn write(fd: c_int, data: *const c_void, size: usize) -> isize;
}

/// `_URC_NO_REASON`: go on.
const GO_ON: c_int = 0;
/// `_URC_END_OF_STACK`: enough.
const ENOUGH: c_int = 5;
/// `() [0x` and 16 digits, `]` and the byte that ends the line.
const SUFFIX: usize = 6 + 16 + 2;

/// Where the addresses go.
struct Trace {
    buffer: *mut *mut c_void,
    size: c_int,
    count: c_int,
    /// Whether the frame of `backtrace` itself has been passed.
    started: bool,
}

extern "C" fn step(context: *mut c_void, argument: *mut c_void) -> c_int {
    // SAFETY: `backtrace` passes its own structure, and its buffer has room for `size` addresses.
    unsafe {
        let trace = argument.cast::<Trace>();
        if !(*trace).started {
            (*trace).started = true;
            return GO_ON;
        }
        let address = _Unwind_GetIP(context);
        if (*trace).count >= (*trace).size || address == 0 {
            return ENOUGH;
        }
        (*trace).buffer.offset((*trace).count as isize).write(address as *mut c_void);
        (*trace).count += 1;
        GO_ON
    }
}

/// Stores the return addresses of the active calls, the innermost first, and says how many. backtrace(3).
///
/// # Safety
/// `buffer` has room for `size` pointers.
#[unsafe(no_mangle)]
#[inline(never)]
pub unsafe extern "C" fn backtrace(buffer: *mut *mut c_void, size: c_int) -> c_int {
    let mut trace = Trace {
        buffer,
        size,
        count: 0,
        started: false,
    };
    // SAFETY: the structure outlives the walk.
    unsafe { _Unwind_Backtrace(step, (&raw mut trace).cast()) };
    trace.count
}

/// Writes `PROGRAM() [0xADDRESS]` and `end`; how many bytes.
///
/// # Safety
/// `to` has room for the program's name and [`SUFFIX`] bytes.
unsafe fn describe(to: *mut u8, address: usize, end: u8) -> usize {
    // SAFETY: the caller's room.
    unsafe {
        let mut at = 0;
        let mut put = |byte: u8| {
            to.add(at).write(byte);
            at += 1;
        };
        let mut name = program_invocation_name;
        while *name != 0 {
            put(*name as u8);
            name = name.add(1);
        }
        put(b'(');
        put(b')');
        put(b' ');
        put(b'[');
        put(b'0');
        put(b'x');
        let mut shift = 60;
        while shift > 0 && address >> shift == 0 {
            shift -= 4;
        }
        loop {
            let digit = (address >> shift & 15) as u8;
            put(if digit < 10 { b'0' + digit } else { b'a' + digit - 10 });
            if shift == 0 {
                break;
            }
            shift -= 4;
        }
        put(b']');
        put(end);
        at
    }
}

/// Descriptions of the addresses, in one block that the caller frees; null without memory. backtrace(3).
///
/// # Safety
/// `buffer` holds `size` addresses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn backtrace_symbols(buffer: *const *mut c_void, size: c_int) -> *mut *mut c_char {
    // SAFETY: the block has room for the pointers and as many of the longest texts.
    unsafe {
        let count = if size < 0 { 0 } else { size as usize };
        let longest = strlen(program_invocation_name) + SUFFIX;
        let block: *mut *mut c_char = malloc(count * (longest + size_of::<*mut c_char>())).cast();
        if block.is_null() {
            return block;
        }
        let mut text: *mut u8 = block.add(count).cast();
        let mut index = 0;
        while index < count {
            block.add(index).write(text.cast());
            text = text.add(describe(text, *buffer.add(index) as usize, 0));
            index += 1;
        }
        block
    }
}

/// Writes the descriptions, a line each, without allocating: for signal handlers. backtrace(3).
///
/// # Safety
/// `buffer` holds `size` addresses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn backtrace_symbols_fd(buffer: *const *mut c_void, size: c_int, fd: c_int) {
    /// Room for a line with the longest name that is shown whole.
    const LINE: usize = 1024;
    // SAFETY: a name that is too long for the line is left out, so that it has room.
    unsafe {
        let mut line = core::mem::MaybeUninit::<[u8; LINE]>::uninit();
        if strlen(program_invocation_name) + SUFFIX > LINE {
            return;
        }
        let start: *mut u8 = line.as_mut_ptr().cast();
        let mut index = 0;
        while index < size as isize {
            let length = describe(start, *buffer.offset(index) as usize, b'\n');
            // The function has no way to report a failure.
            let _ = write(fd, start.cast(), length);
            index += 1;
        }
    }
}
