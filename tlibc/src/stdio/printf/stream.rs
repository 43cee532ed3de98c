//! `printf`, `fprintf`, `dprintf` and their `v` forms (POSIX fprintf(), dprintf(), vfprintf()).

use super::engine::format;
use super::sink::Sink;
use crate::errno::set_errno;
use crate::stdarg::VaList;
use crate::stdio::device::DESCRIPTOR;
use crate::stdio::file::{Buffering, FILE, flag};
use crate::stdio::standard::standard_output;
use crate::types::*;
use crate::variadic;

/// Bytes gathered on the stack for a stream without a buffer.
const GATHERED: usize = 512;

/// Formats to a stream; the number of bytes, or −1.
///
/// # Errors
/// Those of the format (see [`format`]) and of fputc.
///
/// # Safety
/// `file` is an open stream, `fmt` a string, `ap` its arguments.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vfprintf(file: *mut FILE, fmt: *const c_char, ap: *mut VaList) -> c_int {
    // SAFETY: the caller's duty.
    unsafe {
        let mut file = FILE::lock(file);
        if !file.be_narrow() {
            return -1;
        }
        print(&mut file, fmt, ap)
    }
}
crate::alias!(_IO_vfprintf = vfprintf);

/// [`vfprintf`] of a locked stream, also of a wide one, which gets the same bytes: for the library's own messages.
///
/// # Safety
/// `fmt` is a string, `ap` its arguments.
pub(crate) unsafe fn print(file: &mut FILE, fmt: *const c_char, ap: *mut VaList) -> c_int {
    if !file.start_writing() {
        return -1;
    }
    // SAFETY: the caller's duty.
    unsafe {
        if file.buffering == Buffering::None {
            gathered(file, fmt, ap)
        } else {
            buffered(file, fmt, ap)
        }
    }
}

/// Formats straight into the stream's buffer.
///
/// # Safety
/// As [`vfprintf`]; `file` is writing.
unsafe fn buffered(file: &mut FILE, fmt: *const c_char, ap: *mut VaList) -> c_int {
    let file: *mut FILE = file;
    // SAFETY: `to_stream` gets at the stream through the same pointer, never while a reference is in use.
    unsafe {
        let start = (*file).wpos;
        let old_error = (*file).flags & flag::ERROR;
        (*file).flags &= !flag::ERROR;
        let mut sink = Sink {
            at: start,
            end: (*file).buf_end(),
            total: 0,
            overflow: to_stream,
            context: file.cast(),
        };
        let result = format(&mut sink, fmt.cast(), &mut *ap);
        (*file).wpos = sink.at;
        if (*file).buffering == Buffering::Line {
            // After an overflow all of the buffer is new.
            let from = if start <= sink.at && sink.total == sink.at.offset_from_unsigned(start) {
                start
            } else {
                (*file).wbase
            };
            let new = core::slice::from_raw_parts(from, sink.at.offset_from_unsigned(from));
            if new.contains(&b'\n') {
                let _ = (*file).flush(); // noted in the stream, seen below
            }
        }
        let failed = (*file).has(flag::ERROR);
        (*file).flags |= old_error;
        match result {
            Ok(_) if failed => -1,
            Ok(count) => count,
            Err(errno) => {
                set_errno(errno);
                -1
            }
        }
    }
}

/// Brings the buffer and `rest` to the device and goes on with an empty buffer.
///
/// # Safety
/// The sink's context is the stream whose buffer it fills.
unsafe fn to_stream(sink: &mut Sink, rest: &[u8]) {
    // SAFETY: see `buffered`.
    unsafe {
        let file = &mut *sink.context.cast::<FILE>();
        file.wpos = sink.at;
        // A failure is noted in the stream; what follows is lost, as the result tells.
        let _ = file.drain(rest);
        if file.has(flag::ERROR) {
            file.wpos = file.wbase;
        }
        sink.at = file.wpos;
    }
}

/// Formats to an unbuffered stream: in pieces as large as the stack holds, so that a message is one write.
///
/// # Safety
/// As [`vfprintf`]; `file` is writing.
unsafe fn gathered(file: &mut FILE, fmt: *const c_char, ap: *mut VaList) -> c_int {
    let mut room = [0u8; GATHERED];
    let own = (file.buf, file.buf_size, file.buffering);
    file.buf = room.as_mut_ptr();
    file.buf_size = room.len();
    file.buffering = Buffering::Full;
    file.wbase = file.buf;
    file.wpos = file.buf;
    // SAFETY: the caller's duty; the stream writes to `room` until its own buffer is put back.
    let mut result = unsafe { buffered(file, fmt, ap) };
    if file.flush().is_err() {
        result = -1;
    }
    (file.buf, file.buf_size, file.buffering) = own;
    file.become_idle();
    result
}

/// [`vfprintf`] to `stdout`.
///
/// # Safety
/// As [`vfprintf`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vprintf(fmt: *const c_char, ap: *mut VaList) -> c_int {
    // SAFETY: the caller's duty.
    unsafe { vfprintf(standard_output(), fmt, ap) }
}

/// Formats to a descriptor; the number of bytes, or −1.
///
/// # Errors
/// Those of the format and of write.
///
/// # Safety
/// `fmt` is a string, `ap` its arguments.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vdprintf(fd: c_int, fmt: *const c_char, ap: *mut VaList) -> c_int {
    let mut file = FILE::new(
        flag::NO_READ,
        fd,
        Buffering::None,
        &DESCRIPTOR,
        core::ptr::null_mut(),
    );
    file.flags |= flag::BUFFERING_KNOWN;
    // SAFETY: the caller's duty; the stream lives on this stack only.
    unsafe { gathered(&mut file, fmt, ap) }
}

variadic! {
    /// See [`vfprintf`].
    pub fn fprintf(file: *mut FILE, fmt: *const c_char, ...) -> c_int => vfprintf
}
variadic! {
    /// See [`vprintf`].
    pub fn printf(fmt: *const c_char, ...) -> c_int => vprintf
}
variadic! {
    /// See [`vdprintf`].
    pub fn dprintf(fd: c_int, fmt: *const c_char, ...) -> c_int => vdprintf
}
crate::alias!(_IO_printf = printf);
