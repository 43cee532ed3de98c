//! Where bytes of a read or write go to and come from.
//!
//! A [`Sink`] is the destination of a read, a [`Source`] the origin of a write; each is a kernel slice, a range of
//! the caller's memory or a list of such ranges (`readv`). A user address may turn out bad halfway: then the transfer
//! stops short, [`Transfer::faulted`] says so, and the file layer turns "nothing moved" into `EFAULT`. File systems and
//! devices only see "this many bytes fit".

use core::ops::Range;

use hal::mem::Frame;
use hal::user::Fault;

/// The most bytes that one transfer moves (`MAX_RW_COUNT` of read(2)).
pub const MAX_TRANSFER: usize = 0x7fff_f000;

/// One range of user memory of a vectored transfer (`struct iovec`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IoVec {
    /// First address.
    pub base: usize,
    /// Length in bytes.
    pub len: usize,
}

/// What the kernel's side of a transfer is: a slice to be filled, or one to be read.
pub trait Slice {
    /// Length in bytes.
    fn length(&self) -> usize;
}

impl Slice for &mut [u8] {
    fn length(&self) -> usize {
        self.len()
    }
}

impl Slice for &[u8] {
    fn length(&self) -> usize {
        self.len()
    }
}

#[derive(Clone, Copy)]
enum Memory<'a, S> {
    Kernel(S),
    User(usize),
    Vectors(&'a [IoVec], usize),
}

/// A piece of a transfer: a range that lies in the kernel's slice, or address and length of the caller's memory.
enum Chunk<'c, S> {
    Kernel(&'c mut S, Range<usize>),
    User(usize, usize),
}

/// One side of a transfer, and how far it has come. A copy of a [`Source`] remembers where it is, for writes that may
/// have to be made again.
#[derive(Clone, Copy)]
pub struct Transfer<'a, S> {
    memory: Memory<'a, S>,
    done: usize,
    left: usize,
    faulted: bool,
}

/// The destination of a read.
pub type Sink<'a> = Transfer<'a, &'a mut [u8]>;

/// The origin of a write.
pub type Source<'a> = Transfer<'a, &'a [u8]>;

impl<'a, S: Slice> Transfer<'a, S> {
    fn new(memory: Memory<'a, S>, left: usize) -> Self {
        Self {
            memory,
            done: 0,
            left: left.min(MAX_TRANSFER),
            faulted: false,
        }
    }

    /// Over a kernel slice.
    pub fn kernel(bytes: S) -> Self {
        let left = bytes.length();
        Self::new(Memory::Kernel(bytes), left)
    }

    /// Over `len` bytes of the caller's memory.
    #[inline]
    pub fn user(va: usize, len: usize) -> Self {
        Self::new(Memory::User(va), len)
    }

    /// Over several ranges of the caller's memory, in order.
    pub fn vectors(vectors: &'a [IoVec]) -> Self {
        let total = vectors
            .iter()
            .fold(0usize, |sum, vector| sum.saturating_add(vector.len));
        Self::new(Memory::Vectors(vectors, 0), total)
    }

    /// How many more bytes fit or are to be taken; 0 after a fault.
    #[inline]
    pub fn remaining(&self) -> usize {
        if self.faulted { 0 } else { self.left }
    }

    /// How many bytes have been moved.
    #[inline]
    pub fn done(&self) -> usize {
        self.done
    }

    /// Whether a user address turned out bad.
    #[inline]
    pub fn faulted(&self) -> bool {
        self.faulted
    }

    /// Lets at most `len` more bytes through.
    pub fn limit(&mut self, len: usize) {
        self.left = self.left.min(len);
    }

    /// Moves up to `want` bytes; says how many.
    #[inline(always)]
    fn each(
        &mut self,
        want: usize,
        mut copy: impl FnMut(Chunk<'_, S>) -> Result<(), Fault>,
    ) -> usize {
        let want = want.min(self.remaining());
        if want == 0 {
            return 0;
        }
        // Most transfers are one range of the caller's memory.
        if let Memory::User(va) = self.memory {
            let moved = match copy(Chunk::User(va.wrapping_add(self.done), want)) {
                Ok(()) => want,
                Err(fault) => {
                    self.faulted = true;
                    fault.done.min(want)
                }
            };
            self.done += moved;
            self.left -= moved;
            return moved;
        }
        self.each_chunk(want, copy)
    }

    /// The same, a chunk at a time.
    #[inline(never)]
    fn each_chunk(
        &mut self,
        mut want: usize,
        mut copy: impl FnMut(Chunk<'_, S>) -> Result<(), Fault>,
    ) -> usize {
        let before = self.done;
        while want > 0 {
            let (len, result) = match &mut self.memory {
                Memory::User(va) => (want, copy(Chunk::User(va.wrapping_add(self.done), want))),
                Memory::Kernel(slice) => {
                    let range = self.done..self.done + want;
                    if range.end > slice.length() {
                        break;
                    }
                    (want, copy(Chunk::Kernel(slice, range)))
                }
                Memory::Vectors(list, offset) => match next_range(list, offset, want) {
                    Some((va, len)) => (len, copy(Chunk::User(va, len))),
                    None => break,
                },
            };
            let moved = match result {
                Ok(()) => len,
                Err(fault) => {
                    self.faulted = true;
                    fault.done.min(len)
                }
            };
            if let Memory::Vectors(_, offset) = &mut self.memory {
                *offset += moved;
            }
            self.done += moved;
            self.left -= moved;
            want -= moved;
            if self.faulted {
                break;
            }
        }
        self.done - before
    }
}

impl Sink<'_> {
    /// Takes bytes from a slice; says how many were taken (fewer when full or on a fault).
    pub fn put(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        self.each(bytes.len(), |chunk| match chunk {
            Chunk::Kernel(slice, range) => {
                let (now, later) = rest.split_at(range.len());
                slice[range].copy_from_slice(now);
                rest = later;
                Ok(())
            }
            Chunk::User(va, len) => {
                let (now, later) = rest.split_at(len);
                rest = later;
                hal::user::copy_out(va, now)
            }
        })
    }

    /// Takes `len` zero bytes; says how many were taken.
    pub fn put_zeros(&mut self, len: usize) -> usize {
        self.each(len, |chunk| match chunk {
            Chunk::Kernel(slice, range) => {
                slice[range].fill(0);
                Ok(())
            }
            Chunk::User(va, len) => hal::user::zero_out(va, len),
        })
    }

    /// Takes `len` bytes of a frame from `offset` on; says how many were taken.
    pub fn put_frame(&mut self, frame: &Frame, offset: usize, len: usize) -> usize {
        let mut at = offset;
        self.each(len, |chunk| match chunk {
            Chunk::Kernel(slice, range) => {
                let start = at;
                at += range.len();
                frame.read(start, &mut slice[range]);
                Ok(())
            }
            Chunk::User(va, len) => {
                let start = at;
                at += len;
                hal::user::copy_frame_out(va, frame, start, len)
            }
        })
    }
}

impl Source<'_> {
    /// Copies bytes into a slice; says how many came (fewer at the end or on a fault).
    pub fn take(&mut self, bytes: &mut [u8]) -> usize {
        let mut at = 0;
        self.each(bytes.len(), |chunk| match chunk {
            Chunk::Kernel(slice, range) => {
                let start = at;
                at += range.len();
                bytes[start..at].copy_from_slice(&slice[range]);
                Ok(())
            }
            Chunk::User(va, len) => {
                let start = at;
                at += len;
                hal::user::copy_in(&mut bytes[start..start + len], va)
            }
        })
    }

    /// Copies `len` bytes into a frame at `offset`; says how many came.
    pub fn take_frame(&mut self, frame: &Frame, offset: usize, len: usize) -> usize {
        let mut at = offset;
        self.each(len, |chunk| match chunk {
            Chunk::Kernel(slice, range) => {
                let start = at;
                at += range.len();
                frame.write(start, &slice[range]);
                Ok(())
            }
            Chunk::User(va, len) => {
                let start = at;
                at += len;
                hal::user::copy_frame_in(frame, start, va, len)
            }
        })
    }

    /// Drops up to `len` bytes unread; says how many. Used by devices that swallow what they get.
    pub fn skip(&mut self, len: usize) -> usize {
        self.each(len, |_| Ok(()))
    }
}

/// The next range of at most `want` bytes; drops the vectors that are used up from the front of the list.
fn next_range(list: &mut &[IoVec], offset: &mut usize, want: usize) -> Option<(usize, usize)> {
    loop {
        let first = list.first()?;
        if *offset < first.len {
            return Some((
                first.base.wrapping_add(*offset),
                want.min(first.len - *offset),
            ));
        }
        *list = list.get(1..)?;
        *offset = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernel_slices_fill_up_and_stop() {
        let mut bytes = [0u8; 5];
        let mut sink = Sink::kernel(&mut bytes);
        assert_eq!(sink.put(b"abc"), 3);
        assert_eq!(sink.remaining(), 2);
        assert_eq!(sink.put(b"defg"), 2);
        assert_eq!(sink.put(b"x"), 0);
        assert_eq!(sink.done(), 5);
        assert_eq!(&bytes, b"abcde");

        let mut source = Source::kernel(b"hello world");
        let mut out = [0u8; 4];
        assert_eq!(source.take(&mut out), 4);
        assert_eq!(&out, b"hell");
        assert_eq!(source.skip(3), 3);
        source.limit(2);
        assert_eq!(source.take(&mut out), 2);
        assert_eq!(&out[..2], b"or");
        assert_eq!(source.remaining(), 0);
    }

    #[test]
    fn empty_vectors_are_stepped_over() {
        let vectors = [
            IoVec { base: 1, len: 0 },
            IoVec { base: 100, len: 3 },
            IoVec { base: 200, len: 2 },
        ];
        let mut list = &vectors[..];
        let mut offset = 0;
        assert_eq!(next_range(&mut list, &mut offset, 10), Some((100, 3)));
        offset += 3;
        assert_eq!(next_range(&mut list, &mut offset, 1), Some((200, 1)));
        offset += 2;
        assert_eq!(next_range(&mut list, &mut offset, 1), None);
    }
}
