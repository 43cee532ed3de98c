//! Streams over memory: `fmemopen`, `open_memstream` and `open_wmemstream` (POSIX).

use super::file::{BUFSIZ, Buffering, FILE, Ops, flag};
use super::heap;
use super::multibyte::{Decoded, State, decode};
use super::open::{Mode, new_stream};
use super::seek::{SEEK_CUR, SEEK_END, SEEK_SET};
use crate::errno::{CResult, Errno};
use crate::types::*;
use core::ffi::CStr;

/// Where a seek ends, in a file of `end` bytes.
fn moved(position: usize, end: usize, offset: off_t, whence: c_int) -> Result<usize, Errno> {
    let base = match whence {
        SEEK_SET => 0,
        SEEK_CUR => position as off_t,
        SEEK_END => end as off_t,
        _ => return Err(Errno::EINVAL),
    };
    usize::try_from(base.checked_add(offset).ok_or(Errno::EOVERFLOW)?).map_err(|_| Errno::EINVAL)
}

/// A stream of `cookie` in the heap.
fn stream<T>(flags: c_int, ops: &'static Ops, cookie: T) -> Result<*mut FILE, Errno> {
    let block: *mut T = heap::alloc(size_of::<T>()).cast();
    if block.is_null() {
        return Err(Errno::ENOMEM);
    }
    // SAFETY: the block has room for a T, and becomes the stream's.
    unsafe {
        block.write(cookie);
        new_stream(flags, -1, ops, block.cast()).inspect_err(|_| heap::free(block.cast()))
    }
}

/// State of an fmemopen stream.
struct Fixed {
    buf: *mut u8,
    size: usize,
    /// Bytes that count as the file's content.
    end: usize,
    position: usize,
    append: bool,
    /// Not for update.
    write_only: bool,
    /// `buf` lies behind this structure.
    own: bool,
}

static FIXED: Ops = Ops {
    read: fixed_read,
    write: fixed_write,
    seek: fixed_seek,
    close: fixed_close,
};

/// Opens `size` bytes at `buf` (or, for null, of the heap) as a stream; null on failure.
///
/// # Errors
/// `EINVAL` for a bad mode, `ENOMEM`.
///
/// # Safety
/// `buf` is null or valid for `size` bytes until the stream is closed; `mode` is a string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fmemopen(
    buf: *mut c_void,
    size: size_t,
    mode: *const c_char,
) -> *mut FILE {
    // SAFETY: the caller's duty.
    unsafe { open_fixed(buf.cast(), size, CStr::from_ptr(mode)) }.or_null()
}

/// # Safety
/// As [`fmemopen`].
unsafe fn open_fixed(buf: *mut u8, size: usize, mode: &CStr) -> Result<*mut FILE, Errno> {
    let first = mode.to_bytes().first().copied();
    let parsed = Mode::parse(mode)?;
    let own = buf.is_null();
    let buf = if own { heap::alloc(size.max(1)) } else { buf };
    if buf.is_null() {
        return Err(Errno::ENOMEM);
    }
    // SAFETY: `size` bytes at `buf` are the caller's gift, or ours.
    let content = unsafe {
        if own {
            buf.write_bytes(0, size.max(1));
        }
        if first == Some(b'w') && size > 0 {
            *buf = 0;
        }
        core::slice::from_raw_parts(buf, size)
    };
    let text = content.iter().position(|&b| b == 0).unwrap_or(size);
    let (end, position) = match first {
        Some(b'r') => (size, 0),
        Some(b'a') if !own => (text, text),
        _ => (0, 0),
    };
    let append = first == Some(b'a');
    stream(
        parsed.stream,
        &FIXED,
        Fixed {
            buf,
            size,
            end,
            position,
            append,
            write_only: parsed.stream & flag::NO_READ != 0,
            own,
        },
    )
    .inspect_err(|_| {
        if own {
            // SAFETY: ours, and not in use.
            unsafe { heap::free(buf) }
        }
    })
}

/// # Safety
/// `file` is a stream made by [`stream`] with a `T`.
unsafe fn state<'a, T>(file: &FILE) -> &'a mut T {
    // SAFETY: the block lives as long as the stream, whose lock the caller holds.
    unsafe { &mut *file.cookie.cast::<T>() }
}

unsafe fn fixed_read(file: &mut FILE, buf: &mut [u8]) -> Result<usize, Errno> {
    // SAFETY: `size` bytes at `buf` are valid while the stream is open.
    unsafe {
        let this = state::<Fixed>(file);
        let count = buf.len().min(this.end.saturating_sub(this.position));
        core::ptr::copy_nonoverlapping(this.buf.add(this.position), buf.as_mut_ptr(), count);
        this.position += count;
        Ok(count)
    }
}

unsafe fn fixed_write(file: &mut FILE, head: &[u8], tail: &[u8]) -> Result<usize, Errno> {
    let data = if head.is_empty() { tail } else { head };
    // SAFETY: as above.
    unsafe {
        let this = state::<Fixed>(file);
        if this.append {
            this.position = this.end;
        }
        let count = data.len().min(this.size.saturating_sub(this.position));
        if count == 0 {
            return Err(Errno::ENOSPC);
        }
        core::ptr::copy_nonoverlapping(data.as_ptr(), this.buf.add(this.position), count);
        this.position += count;
        if this.position > this.end {
            this.end = this.position;
            // A terminator after what was written, where there is room.
            if this.end < this.size {
                *this.buf.add(this.end) = 0;
            } else if this.write_only {
                // The standard's "at the end of the buffer": only a stream for update does without.
                *this.buf.add(this.size - 1) = 0;
            }
        }
        Ok(count)
    }
}

unsafe fn fixed_seek(file: &mut FILE, offset: off_t, whence: c_int) -> Result<off_t, Errno> {
    // SAFETY: made by `fmemopen`.
    let this = unsafe { state::<Fixed>(file) };
    let position = moved(this.position, this.end, offset, whence)?;
    if position > this.size {
        return Err(Errno::EINVAL);
    }
    this.position = position;
    Ok(position as off_t)
}

unsafe fn fixed_close(file: &mut FILE) -> Result<(), Errno> {
    // SAFETY: made by `fmemopen`, used for the last time.
    unsafe {
        let this = state::<Fixed>(file);
        if this.own {
            heap::free(this.buf);
        }
        heap::free(file.cookie.cast());
    }
    Ok(())
}

/// State of an open_memstream or open_wmemstream stream.
struct Growing {
    /// The program's variables: address and size in units of the stream.
    to: *mut *mut u8,
    size: *mut size_t,
    block: *mut u8,
    /// Units allocated, terminator included.
    room: usize,
    end: usize,
    position: usize,
    /// 1, or 4 for wide streams, whose bytes are decoded on the way in.
    unit: usize,
    decoder: State,
}

static GROWING: Ops = Ops {
    read: growing_read,
    write: growing_write,
    seek: growing_seek,
    close: growing_close,
};

/// Opens a stream for writing into a heap block that grows; after fflush or fclose `*to` and `*size` tell it. The program
/// frees it. Null on failure.
///
/// # Errors
/// `ENOMEM`
///
/// # Safety
/// `to` and `size` are writable until the stream is closed.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn open_memstream(to: *mut *mut c_char, size: *mut size_t) -> *mut FILE {
    open_growing(to.cast(), size, 1).or_null()
}

/// [`open_memstream`] for wide characters; `*size` counts them.
///
/// # Safety
/// As [`open_memstream`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn open_wmemstream(to: *mut *mut wchar_t, size: *mut size_t) -> *mut FILE {
    open_growing(to.cast(), size, size_of::<wchar_t>())
        .inspect(|&file| {
            // SAFETY: the stream is new and nobody else knows it.
            unsafe { (*file).orientation = 1 }
        })
        .or_null()
}

fn open_growing(to: *mut *mut u8, size: *mut size_t, unit: usize) -> Result<*mut FILE, Errno> {
    const FIRST_ROOM: usize = 64;
    let block = heap::alloc(FIRST_ROOM * unit);
    if block.is_null() {
        return Err(Errno::ENOMEM);
    }
    // SAFETY: the block is new; `to` and `size` are the caller's.
    unsafe {
        block.write_bytes(0, FIRST_ROOM * unit);
        *to = block;
        *size = 0;
    }
    let decoder = State::new();
    let growing = Growing {
        to,
        size,
        block,
        room: FIRST_ROOM,
        end: 0,
        position: 0,
        unit,
        decoder,
    };
    let file = stream(flag::NO_READ | flag::BUFFERING_KNOWN, &GROWING, growing)
        // SAFETY: ours, and not in use.
        .inspect_err(|_| unsafe { heap::free(block) })?;
    // SAFETY: the stream is new and nobody else knows it.
    unsafe { (*file).buffering = Buffering::Full };
    Ok(file)
}

impl Growing {
    /// Stores units at the position.
    fn put(&mut self, data: &[u8]) -> Result<(), Errno> {
        let after = self.position.checked_add(data.len() / self.unit);
        let after = after.ok_or(Errno::ENOMEM)?;
        if after >= self.room {
            let room = after.max(self.room.saturating_mul(2) - 1).checked_add(1);
            let size = room.and_then(|room| room.checked_mul(self.unit));
            let (Some(room), Some(size)) = (room, size) else {
                return Err(Errno::ENOMEM);
            };
            // SAFETY: our block, kept on failure.
            let grown = unsafe { heap::realloc(self.block, size) };
            if grown.is_null() {
                return Err(Errno::ENOMEM);
            }
            // SAFETY: the new part of the block.
            unsafe {
                grown
                    .add(self.room * self.unit)
                    .write_bytes(0, (room - self.room) * self.unit)
            };
            (self.block, self.room) = (grown, room);
        }
        // SAFETY: the room suffices; beyond `end` all is zero, so a terminator follows and gaps are nulls.
        unsafe {
            core::ptr::copy_nonoverlapping(
                data.as_ptr(),
                self.block.add(self.position * self.unit),
                data.len(),
            )
        };
        self.position = after;
        self.end = self.end.max(after);
        Ok(())
    }

    /// Tells the program. The size is the position where it lies before the end (POSIX open_memstream()).
    fn publish(&self) {
        // SAFETY: the program keeps both variables until the stream is closed.
        unsafe {
            *self.to = self.block;
            *self.size = self.end.min(self.position);
        }
    }
}

unsafe fn growing_read(_file: &mut FILE, _buf: &mut [u8]) -> Result<usize, Errno> {
    Err(Errno::EBADF)
}

unsafe fn growing_write(file: &mut FILE, head: &[u8], tail: &[u8]) -> Result<usize, Errno> {
    let data = if head.is_empty() { tail } else { head };
    // SAFETY: made by `open_growing`.
    let this = unsafe { state::<Growing>(file) };
    if this.unit == 1 {
        this.put(data)?;
    } else {
        let mut rest = data;
        while !rest.is_empty() {
            match decode(rest, &mut this.decoder)? {
                Decoded::Character(wide, length) => {
                    this.put(&wide.to_ne_bytes())?;
                    rest = &rest[length..];
                }
                Decoded::Incomplete => break,
            }
        }
    }
    this.publish();
    Ok(data.len())
}

unsafe fn growing_seek(file: &mut FILE, offset: off_t, whence: c_int) -> Result<off_t, Errno> {
    // SAFETY: made by `open_growing`.
    let this = unsafe { state::<Growing>(file) };
    let position = moved(this.position, this.end, offset, whence)?;
    // No block is larger than half of the address space, and the terminator needs its place.
    if position >= isize::MAX as usize / this.unit - BUFSIZ {
        return Err(Errno::EINVAL);
    }
    this.position = position;
    this.publish();
    Ok(this.position as off_t)
}

unsafe fn growing_close(file: &mut FILE) -> Result<(), Errno> {
    // SAFETY: made by `open_growing`, used for the last time. The block is the program's now.
    unsafe {
        state::<Growing>(file).publish();
        heap::free(file.cookie.cast());
    }
    Ok(())
}
