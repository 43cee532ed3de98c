//! Where bytes of a read or write go to and come from.
//!
//! A [`Sink`] is the destination of a read, a [`Source`] the origin of a write; each is a kernel slice, a range of
//! the caller's memory or a list of such ranges (`readv`). A user address may turn out bad halfway: then the transfer
//! stops short, [`Sink::faulted`] says so, and the file layer turns "nothing moved" into `EFAULT`. File systems and
//! devices only see "this many bytes fit".

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

enum Target<'a> {
    Kernel(&'a mut [u8]),
    User(usize),
    Vectors(&'a [IoVec], usize),
}

/// The destination of a read.
pub struct Sink<'a> {
    target: Target<'a>,
    done: usize,
    left: usize,
    faulted: bool,
}

enum Chunk<'a> {
    Kernel(&'a mut [u8]),
    User(usize, usize),
}

impl<'a> Sink<'a> {
    /// A sink that fills a kernel slice.
    pub fn kernel(bytes: &'a mut [u8]) -> Self {
        let left = bytes.len().min(MAX_TRANSFER);
        Self {
            target: Target::Kernel(bytes),
            done: 0,
            left,
            faulted: false,
        }
    }

    /// A sink over `len` bytes of the caller's memory.
    pub fn user(va: usize, len: usize) -> Self {
        Self {
            target: Target::User(va),
            done: 0,
            left: len.min(MAX_TRANSFER),
            faulted: false,
        }
    }

    /// A sink over several ranges of the caller's memory, filled in order.
    pub fn vectors(vectors: &'a [IoVec]) -> Self {
        Self {
            target: Target::Vectors(vectors, 0),
            done: 0,
            left: total(vectors),
            faulted: false,
        }
    }

    /// How many more bytes fit; 0 after a fault.
    pub fn remaining(&self) -> usize {
        if self.faulted { 0 } else { self.left }
    }

    /// How many bytes have arrived.
    pub fn done(&self) -> usize {
        self.done
    }

    /// Whether a user address turned out bad.
    pub fn faulted(&self) -> bool {
        self.faulted
    }

    /// Lets at most `len` more bytes in.
    pub fn limit(&mut self, len: usize) {
        self.left = self.left.min(len);
    }

    /// Takes bytes from a slice; says how many were taken (fewer when full or on a fault).
    pub fn put(&mut self, bytes: &[u8]) -> usize {
        let mut rest = bytes;
        self.fill(bytes.len(), |chunk| match chunk {
            Chunk::Kernel(slice) => {
                let (now, later) = rest.split_at(slice.len());
                slice.copy_from_slice(now);
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
        self.fill(len, |chunk| match chunk {
            Chunk::Kernel(slice) => {
                slice.fill(0);
                Ok(())
            }
            Chunk::User(va, len) => hal::user::zero_out(va, len),
        })
    }

    /// Takes `len` bytes of a frame from `offset` on; says how many were taken.
    pub fn put_frame(&mut self, frame: &Frame, offset: usize, len: usize) -> usize {
        let mut at = offset;
        self.fill(len, |chunk| match chunk {
            Chunk::Kernel(slice) => {
                frame.read(at, slice);
                at += slice.len();
                Ok(())
            }
            Chunk::User(va, len) => {
                let start = at;
                at += len;
                hal::user::copy_frame_out(va, frame, start, len)
            }
        })
    }

    fn fill(&mut self, want: usize, mut copy: impl FnMut(Chunk<'_>) -> Result<(), Fault>) -> usize {
        let mut want = want.min(self.remaining());
        let before = self.done;
        while want > 0 {
            let (len, result) = match &mut self.target {
                Target::Kernel(slice) => {
                    let Some(part) = slice.get_mut(self.done..self.done + want) else {
                        break;
                    };
                    (want, copy(Chunk::Kernel(part)))
                }
                Target::User(va) => (want, copy(Chunk::User(va.wrapping_add(self.done), want))),
                Target::Vectors(list, offset) => {
                    let Some((va, len)) = next_range(list, offset, want) else {
                        break;
                    };
                    (len, copy(Chunk::User(va, len)))
                }
            };
            let moved = match result {
                Ok(()) => len,
                Err(fault) => {
                    self.faulted = true;
                    fault.done.min(len)
                }
            };
            if let Target::Vectors(_, offset) = &mut self.target {
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

#[derive(Clone, Copy)]
enum Origin<'a> {
    Kernel(&'a [u8]),
    User(usize),
    Vectors(&'a [IoVec], usize),
}

/// The origin of a write. A copy remembers where it is, for writes that may have to be made again.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    origin: Origin<'a>,
    done: usize,
    left: usize,
    faulted: bool,
}

enum Piece<'a> {
    Kernel(&'a [u8]),
    User(usize, usize),
}

impl<'a> Source<'a> {
    /// A source that reads a kernel slice.
    pub fn kernel(bytes: &'a [u8]) -> Self {
        Self {
            origin: Origin::Kernel(bytes),
            done: 0,
            left: bytes.len().min(MAX_TRANSFER),
            faulted: false,
        }
    }

    /// A source over `len` bytes of the caller's memory.
    pub fn user(va: usize, len: usize) -> Self {
        Self {
            origin: Origin::User(va),
            done: 0,
            left: len.min(MAX_TRANSFER),
            faulted: false,
        }
    }

    /// A source over several ranges of the caller's memory, read in order.
    pub fn vectors(vectors: &'a [IoVec]) -> Self {
        Self {
            origin: Origin::Vectors(vectors, 0),
            done: 0,
            left: total(vectors),
            faulted: false,
        }
    }

    /// How many bytes are still to be taken; 0 after a fault.
    pub fn remaining(&self) -> usize {
        if self.faulted { 0 } else { self.left }
    }

    /// How many bytes have been taken.
    pub fn done(&self) -> usize {
        self.done
    }

    /// Whether a user address turned out bad.
    pub fn faulted(&self) -> bool {
        self.faulted
    }

    /// Gives at most `len` more bytes.
    pub fn limit(&mut self, len: usize) {
        self.left = self.left.min(len);
    }

    /// Copies bytes into a slice; says how many came (fewer at the end or on a fault).
    pub fn take(&mut self, bytes: &mut [u8]) -> usize {
        let mut at = 0;
        self.drain(bytes.len(), |piece| match piece {
            Piece::Kernel(slice) => {
                bytes[at..at + slice.len()].copy_from_slice(slice);
                at += slice.len();
                Ok(())
            }
            Piece::User(va, len) => {
                let start = at;
                at += len;
                hal::user::copy_in(&mut bytes[start..start + len], va)
            }
        })
    }

    /// Copies `len` bytes into a frame at `offset`; says how many came.
    pub fn take_frame(&mut self, frame: &Frame, offset: usize, len: usize) -> usize {
        let mut at = offset;
        self.drain(len, |piece| match piece {
            Piece::Kernel(slice) => {
                frame.write(at, slice);
                at += slice.len();
                Ok(())
            }
            Piece::User(va, len) => {
                let start = at;
                at += len;
                hal::user::copy_frame_in(frame, start, va, len)
            }
        })
    }

    /// Drops up to `len` bytes unread; says how many. Used by devices that swallow what they get.
    pub fn skip(&mut self, len: usize) -> usize {
        self.drain(len, |_| Ok(()))
    }

    fn drain(
        &mut self,
        want: usize,
        mut copy: impl FnMut(Piece<'_>) -> Result<(), Fault>,
    ) -> usize {
        let mut want = want.min(self.remaining());
        let before = self.done;
        while want > 0 {
            let (len, result) = match &mut self.origin {
                Origin::Kernel(slice) => {
                    let Some(part) = slice.get(self.done..self.done + want) else {
                        break;
                    };
                    (want, copy(Piece::Kernel(part)))
                }
                Origin::User(va) => (want, copy(Piece::User(va.wrapping_add(self.done), want))),
                Origin::Vectors(list, offset) => {
                    let Some((va, len)) = next_range(list, offset, want) else {
                        break;
                    };
                    (len, copy(Piece::User(va, len)))
                }
            };
            let moved = match result {
                Ok(()) => len,
                Err(fault) => {
                    self.faulted = true;
                    fault.done.min(len)
                }
            };
            if let Origin::Vectors(_, offset) = &mut self.origin {
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

fn total(vectors: &[IoVec]) -> usize {
    vectors
        .iter()
        .fold(0usize, |sum, vector| sum.saturating_add(vector.len))
        .min(MAX_TRANSFER)
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
