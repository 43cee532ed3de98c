//! The program's linear memory, as calls read and write it.
//!
//! A pointer is an offset that proves nothing; every access checks it. One that is out of bounds or not aligned
//! as its type demands is a trap. A memory that threads share is never turned into a slice: bytes are copied one
//! atomic load or store at a time, and calls work on a copy.

use std::cell::UnsafeCell;
use std::io::{IoSlice, IoSliceMut};
use std::sync::atomic::{AtomicU8, Ordering};

use super::errno::{Answer, Errno, Stop};

/// Buffers of one call: POSIX's `IOV_MAX` on Linux.
const MAX_BUFFERS: u32 = 1024;
/// Bytes that go through a copy at a time where there has to be one.
const MAX_COPY: usize = 1 << 20;

/// A linear memory for the time of one call.
pub enum Memory<'a> {
    /// Only this call can reach it.
    Own(&'a mut [u8]),
    /// Other threads may use it at the same time.
    Shared(&'a [UnsafeCell<u8>]),
}

impl Memory<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Own(bytes) => bytes.len(),
            Self::Shared(cells) => cells.len(),
        }
    }

    /// Checks that `len` bytes at `at` exist.
    pub fn check(&self, at: u32, len: u32, align: u32) -> Answer<usize> {
        if at.checked_rem(align) != Some(0) {
            return Err(Stop::Trap("a pointer passed to WASI is not aligned"));
        }
        if u64::from(at) + u64::from(len) > self.len() as u64 {
            return Err(Stop::Trap("a pointer passed to WASI is out of bounds"));
        }
        Ok(at as usize)
    }

    /// Copies the bytes at `at`.
    pub fn load(&self, at: u32, align: u32, to: &mut [u8]) -> Answer {
        let start = self.check(at, len32(to.len())?, align)?;
        match self {
            Self::Own(bytes) => to.copy_from_slice(&bytes[start..start + to.len()]),
            Self::Shared(cells) => {
                for (to, cell) in to.iter_mut().zip(&cells[start..]) {
                    // SAFETY: the cell is valid for as long as it is borrowed and one byte needs no alignment;
                    // whoever shares the memory accesses it atomically or as a WebAssembly program may.
                    *to = unsafe { AtomicU8::from_ptr(cell.get()) }.load(Ordering::Relaxed);
                }
            }
        }
        Ok(())
    }

    /// Copies `from` to `at`.
    pub fn store(&mut self, at: u32, align: u32, from: &[u8]) -> Answer {
        let start = self.check(at, len32(from.len())?, align)?;
        match self {
            Self::Own(bytes) => bytes[start..start + from.len()].copy_from_slice(from),
            Self::Shared(cells) => {
                for (from, cell) in from.iter().zip(&cells[start..]) {
                    // SAFETY: as in `load`.
                    unsafe { AtomicU8::from_ptr(cell.get()) }.store(*from, Ordering::Relaxed);
                }
            }
        }
        Ok(())
    }

    pub fn store_u32(&mut self, at: u32, value: u32) -> Answer {
        self.store(at, 4, &value.to_le_bytes())
    }

    pub fn store_u64(&mut self, at: u32, value: u64) -> Answer {
        self.store(at, 8, &value.to_le_bytes())
    }

    /// The `len` bytes at `at`, copied.
    pub fn bytes(&self, at: u32, len: u32) -> Answer<Vec<u8>> {
        self.check(at, len, 1)?;
        let mut bytes = vec![0; len as usize];
        self.load(at, 1, &mut bytes)?;
        Ok(bytes)
    }

    /// The path at `at`.
    ///
    /// # Errors
    ///
    /// `Ilseq` if it is not UTF-8, `Inval` if a zero byte is in it, `Nametoolong` beyond `PATH_MAX`.
    pub fn path(&self, at: u32, len: u32) -> Answer<String> {
        self.check(at, len, 1)?;
        if len as usize >= libc::PATH_MAX as usize {
            return Err(Errno::Nametoolong.into());
        }
        let path = String::from_utf8(self.bytes(at, len)?).map_err(|_| Errno::Ilseq)?;
        match path.contains('\0') {
            true => Err(Errno::Inval.into()),
            false => Ok(path),
        }
    }

    /// Lets `fill` write to the `len` bytes at `at`, or the first of them; it says how many it wrote.
    pub fn fill(
        &mut self,
        at: u32,
        len: u32,
        fill: impl FnOnce(&mut [u8]) -> Answer<usize>,
    ) -> Answer<usize> {
        let start = self.check(at, len, 1)?;
        if let Self::Own(bytes) = self {
            return fill(&mut bytes[start..start + len as usize]);
        }
        let mut copy = vec![0; (len as usize).min(MAX_COPY)];
        let filled = fill(&mut copy)?;
        self.store(at, 1, &copy[..filled])?;
        Ok(filled)
    }

    /// Lets `fill` write to the buffers that the array of `count` iovecs at `iovs` describes.
    pub fn scatter(
        &mut self,
        iovs: u32,
        count: u32,
        fill: impl FnOnce(&mut [IoSliceMut<'_>]) -> Answer<usize>,
    ) -> Answer<usize> {
        if count == 1 {
            let (at, len) = self.iovec(iovs)?;
            return self.fill(at, len, |bytes| fill(&mut [IoSliceMut::new(bytes)]));
        }
        let buffers = self.iovecs(iovs, count)?;
        if let Self::Own(bytes) = self
            && let Some(mut slices) = disjoint(bytes, &buffers)
        {
            return fill(&mut slices);
        }
        // Shared, or overlapping: through a copy.
        let total: usize = buffers.iter().map(|&(_, len)| len as usize).sum();
        let mut copy = vec![0; total.min(MAX_COPY)];
        let filled = fill(&mut [IoSliceMut::new(&mut copy)])?;
        let mut rest = &copy[..filled];
        for (at, len) in buffers {
            let (now, later) = rest.split_at(rest.len().min(len as usize));
            self.store(at, 1, now)?;
            rest = later;
        }
        Ok(filled)
    }

    /// Lets `take` read the buffers that the array of `count` iovecs at `iovs` describes.
    pub fn gather(
        &self,
        iovs: u32,
        count: u32,
        take: impl FnOnce(&[IoSlice<'_>]) -> Answer<usize>,
    ) -> Answer<usize> {
        match self {
            Self::Own(bytes) if count == 1 => {
                let (at, len) = self.iovec(iovs)?;
                take(&[IoSlice::new(&bytes[at as usize..][..len as usize])])
            }
            Self::Own(bytes) => {
                let slices: Vec<_> = self
                    .iovecs(iovs, count)?
                    .iter()
                    .map(|&(at, len)| IoSlice::new(&bytes[at as usize..][..len as usize]))
                    .collect();
                take(&slices)
            }
            Self::Shared(_) => {
                let mut copy = Vec::new();
                for (at, len) in self.iovecs(iovs, count)? {
                    let room = MAX_COPY - copy.len();
                    copy.extend(self.bytes(at, len.min(len32(room)?))?);
                }
                take(&[IoSlice::new(&copy)])
            }
        }
    }

    fn iovec(&self, at: u32) -> Answer<(u32, u32)> {
        let mut bytes = [0; 8];
        self.load(at, 4, &mut bytes)?;
        let [a, b, c, d, e, f, g, h] = bytes;
        let (at, len) = (
            u32::from_le_bytes([a, b, c, d]),
            u32::from_le_bytes([e, f, g, h]),
        );
        self.check(at, len, 1)?;
        Ok((at, len))
    }

    fn iovecs(&self, at: u32, count: u32) -> Answer<Vec<(u32, u32)>> {
        if count > MAX_BUFFERS {
            return Err(Errno::Inval.into());
        }
        self.check(at, count * 8, 4)?;
        (0..count).map(|index| self.iovec(at + index * 8)).collect()
    }
}

/// `buffers` as slices of `bytes`, unless some overlap. They are known to be in bounds.
fn disjoint<'b>(bytes: &'b mut [u8], buffers: &[(u32, u32)]) -> Option<Vec<IoSliceMut<'b>>> {
    let mut order: Vec<usize> = (0..buffers.len()).collect();
    order.sort_by_key(|&index| buffers[index]);
    let mut slices: Vec<IoSliceMut<'b>> = Vec::new();
    slices.resize_with(buffers.len(), || IoSliceMut::new(&mut []));
    let (mut rest, mut base) = (bytes, 0);
    for index in order {
        let (at, len) = (buffers[index].0 as usize, buffers[index].1 as usize);
        if len == 0 {
            continue;
        }
        let (_, from) = rest.split_at_mut(at.checked_sub(base)?);
        let (slice, after) = from.split_at_mut(len);
        slices[index] = IoSliceMut::new(slice);
        (rest, base) = (after, at + len);
    }
    Some(slices)
}

/// A length as the program counts.
pub fn len32(len: usize) -> Answer<u32> {
    u32::try_from(len).map_err(|_| Errno::Overflow.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iovecs(list: &[(u32, u32)]) -> Vec<u8> {
        let words = list.iter().flat_map(|&(at, len)| [at, len]);
        words.flat_map(u32::to_le_bytes).collect()
    }

    fn fill_with(pattern: &[u8], slices: &mut [IoSliceMut<'_>]) -> usize {
        let mut bytes = pattern.iter();
        let slots = slices.iter_mut().flat_map(|slice| slice.iter_mut());
        slots
            .zip(&mut bytes)
            .map(|(slot, &byte)| *slot = byte)
            .count()
    }

    #[test]
    fn buffers_are_filled_in_the_programs_order() {
        for list in [
            &[(40, 3), (32, 3)][..],
            &[(40, 3), (44, 0), (32, 3)],
            // Overlapping: the later one wins.
            &[(32, 4), (34, 2)],
        ] {
            let mut bytes = vec![b'.'; 64];
            bytes[..list.len() * 8].copy_from_slice(&iovecs(list));
            let mut memory = Memory::Own(&mut bytes);
            let count = memory.scatter(0, list.len() as u32, |slices| {
                Ok(fill_with(b"abcdef", slices))
            });
            assert_eq!(count.unwrap(), 6);
            match list[0].0 {
                40 => assert_eq!(&bytes[32..43], b"def.....abc"),
                _ => assert_eq!(&bytes[32..37], b"abef."),
            }
        }
    }

    #[test]
    fn a_shared_memory_gives_the_same() {
        let list = [(40, 3), (32, 3)];
        let mut bytes = vec![b'.'; 64];
        bytes[..16].copy_from_slice(&iovecs(&list));
        let cells: Vec<UnsafeCell<u8>> = bytes.into_iter().map(UnsafeCell::new).collect();
        let mut memory = Memory::Shared(&cells);
        let count = memory.scatter(0, 2, |slices| Ok(fill_with(b"abcdef", slices)));
        assert_eq!(count.unwrap(), 6);
        assert_eq!(memory.bytes(32, 11).unwrap(), b"def.....abc");
        let mut seen = Vec::new();
        let taken = memory.gather(0, 2, |slices| {
            seen = slices.iter().flat_map(|slice| slice.to_vec()).collect();
            Ok(seen.len())
        });
        assert_eq!((taken.unwrap(), seen.as_slice()), (6, &b"abcdef"[..]));
    }

    #[test]
    fn pointers_out_of_bounds_or_alignment_trap() {
        let mut bytes = [0; 16];
        let mut memory = Memory::Own(&mut bytes);
        assert!(matches!(memory.check(16, 4, 4), Err(Stop::Trap(_))));
        assert!(matches!(
            memory.check(u32::MAX - 3, 4, 4),
            Err(Stop::Trap(_))
        ));
        assert!(matches!(memory.check(2, 4, 4), Err(Stop::Trap(_))));
        assert!(matches!(memory.store_u64(12, 0), Err(Stop::Trap(_))));
        assert!(memory.store_u64(8, 0).is_ok());
        assert!(memory.check(16, 0, 1).is_ok());
        assert!(matches!(memory.check(17, 0, 1), Err(Stop::Trap(_))));
    }
}
