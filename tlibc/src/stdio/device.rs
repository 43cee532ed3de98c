//! Streams over file descriptors.
//!
//! Reading and writing a stream is no cancellation point: POSIX leaves that open (2.9.5.2, "may also occur"), and a thread that
//! ended in the middle of an operation would leave the stream locked and its buffer between two states. A program that
//! must end a thread waiting for input waits with poll() or read() instead, which are cancellation points.

use super::file::{FILE, Ops};
use crate::errno::Errno;
use crate::platform;
use crate::types::*;

/// The device operations of a descriptor.
pub static DESCRIPTOR: Ops = Ops {
    read,
    write,
    seek,
    close,
};

unsafe fn read(file: &mut FILE, buf: &mut [u8]) -> Result<usize, Errno> {
    platform::read(file.fd, buf)
}

unsafe fn write(file: &mut FILE, head: &[u8], tail: &[u8]) -> Result<usize, Errno> {
    if tail.is_empty() {
        return platform::write(file.fd, head);
    }
    if head.is_empty() {
        return platform::write(file.fd, tail);
    }
    let piece = |data: &[u8]| iovec {
        iov_base: data.as_ptr().cast_mut().cast(),
        iov_len: data.len(),
    };
    // SAFETY: both pieces are slices, which the kernel only reads.
    unsafe { platform::writev(file.fd, &[piece(head), piece(tail)]) }
}

unsafe fn seek(file: &mut FILE, offset: off_t, whence: c_int) -> Result<off_t, Errno> {
    platform::lseek(file.fd, offset, whence)
}

unsafe fn close(file: &mut FILE) -> Result<(), Errno> {
    let fd = core::mem::replace(&mut file.fd, -1);
    match platform::close(fd) {
        // Linux has released the descriptor even then (close(2), "Dealing with error returns").
        Err(Errno::EINTR) => Ok(()),
        result => result,
    }
}

/// Whether the descriptor is a terminal.
pub fn is_terminal(fd: c_int) -> bool {
    let mut attributes = [0u8; 64];
    // SAFETY: TCGETS fills a kernel termios, 36 bytes.
    unsafe { platform::ioctl(fd, TCGETS, attributes.as_mut_ptr() as usize).is_ok() }
}

/// ioctl_tty(2).
const TCGETS: c_ulong = 0x5401;
