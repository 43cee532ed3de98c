//! The allocator under test runs beside the host's: its functions are ordinary Rust functions here. Every
//! `unsafe` below uses blocks that the test owns.
#![allow(clippy::undocumented_unsafe_blocks)]

use super::*;

/// A small generator of its own, so that a failure repeats (xorshift64*).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: u64) -> usize {
        (self.next() % limit) as usize
    }

    fn size(&mut self) -> usize {
        match self.below(100) {
            0..60 => self.below(256),
            60..90 => self.below(8192),
            90..98 => self.below(200_000),
            _ => self.below(6 << 20),
        }
    }
}

/// A block filled with its tag at both ends.
struct Owned {
    block: *mut u8,
    size: usize,
    tag: u8,
}

impl Owned {
    fn new(block: *mut c_void, size: usize, tag: u8) -> Self {
        let block = block.cast::<u8>();
        assert!(!block.is_null());
        assert_eq!(block.addr() % MIN_ALIGN, 0);
        let mut owned = Self { block, size, tag };
        owned.fill(tag);
        owned
    }

    fn fill(&mut self, tag: u8) {
        self.tag = tag;
        let edge = self.size.min(64);
        unsafe {
            self.block.write_bytes(tag, edge);
            self.block.add(self.size - edge).write_bytes(tag, edge);
            assert!(usable_size(self.block) >= self.size);
        }
    }

    fn check(&self, size: usize) {
        let edge = self.size.min(64).min(size);
        unsafe {
            for index in 0..edge {
                assert_eq!(*self.block.add(index), self.tag);
            }
            if size >= self.size {
                for index in self.size - edge..self.size {
                    assert_eq!(*self.block.add(index), self.tag);
                }
            }
        }
    }
}

fn churn(seed: u64, rounds: usize) {
    let mut random = Random(seed);
    let mut live: Vec<Owned> = Vec::new();
    for _ in 0..rounds {
        match random.below(10) {
            0..5 => {
                let size = random.size();
                live.push(Owned::new(malloc(size), size, random.next() as u8));
            }
            5 => {
                let size = random.size();
                let block = calloc(1, size);
                let bytes = unsafe { core::slice::from_raw_parts(block.cast::<u8>(), size) };
                assert!(bytes.iter().all(|&byte| byte == 0));
                live.push(Owned::new(block, size, random.next() as u8));
            }
            6 => {
                let (align, size) = (16 << random.below(12), random.below(100_000));
                let mut block = null_mut();
                assert_eq!(unsafe { posix_memalign(&mut block, align, size) }, 0);
                assert_eq!(block.addr() % align, 0);
                live.push(Owned::new(block, size, random.next() as u8));
            }
            7 if !live.is_empty() => {
                let index = random.below(live.len() as u64);
                let size = random.size().max(1);
                let mut owned = live.swap_remove(index);
                owned.check(usize::MAX);
                owned.block = unsafe { realloc(owned.block.cast(), size) }.cast();
                owned.check(size);
                live.push(Owned::new(owned.block.cast(), size, random.next() as u8));
            }
            _ if !live.is_empty() => {
                let owned = live.swap_remove(random.below(live.len() as u64));
                owned.check(usize::MAX);
                unsafe { free(owned.block.cast()) };
            }
            _ => {}
        }
    }
    for owned in live {
        owned.check(usize::MAX);
        unsafe { free(owned.block.cast()) };
    }
}

#[test]
fn blocks_keep_their_contents_and_never_overlap() {
    churn(1, 20_000);
}

#[test]
fn a_block_that_looks_free_may_be_freed() {
    for size in [16, 100, 1000] {
        // SAFETY: a block of its own, of 16 bytes at least.
        unsafe {
            let block = malloc(size).cast::<usize>();
            block.write(0);
            block.add(1).write(block.addr() ^ super::segment::SEAL);
            free(block.cast());
        }
    }
}

#[test]
fn threads_churn_without_disturbing_each_other() {
    let threads: Vec<_> = (2..6)
        .map(|seed| std::thread::spawn(move || churn(seed, 8_000)))
        .collect();
    threads
        .into_iter()
        .for_each(|thread| thread.join().unwrap());
}

#[test]
fn blocks_may_be_freed_by_another_thread() {
    let (send, receive) = std::sync::mpsc::sync_channel::<usize>(64);
    let consumer = std::thread::spawn(move || {
        for address in receive {
            unsafe { free(address as *mut c_void) };
        }
    });
    for size in (0..50_000).map(|n| n % 700) {
        let block = malloc(size);
        unsafe { block.cast::<u8>().write_bytes(0xaa, size) };
        send.send(block as usize).unwrap();
    }
    drop(send);
    consumer.join().unwrap();
}

#[test]
fn huge_alignments_are_honoured() {
    for align in [1 << 20, 4 << 20, 16 << 20] {
        let block = aligned_alloc(align, 10_000);
        assert_eq!(block.addr() % align, 0);
        unsafe {
            block.cast::<u8>().write_bytes(1, 10_000);
            let block = realloc(block, 5 << 20);
            assert_eq!(*block.cast::<u8>().add(9_999), 1);
            free(block);
        }
    }
}

#[test]
fn impossible_requests_fail_with_enomem() {
    set_errno(Errno(0));
    assert!(malloc(usize::MAX).is_null());
    assert_eq!(crate::errno::errno(), Errno::ENOMEM);
    assert!(malloc(isize::MAX as usize - 4096).is_null());
    assert!(calloc(1 << 40, 1 << 40).is_null());
    assert!(unsafe { reallocarray(null_mut(), 1 << 40, 1 << 40) }.is_null());
    let mut block = null_mut();
    assert_eq!(
        unsafe { posix_memalign(&mut block, 24, 1) },
        Errno::EINVAL.0
    );
    assert_eq!(
        unsafe { posix_memalign(&mut block, 1 << 62, 1) },
        Errno::ENOMEM.0
    );
    assert!(aligned_alloc(3, 1).is_null());
    assert_eq!(crate::errno::errno(), Errno::EINVAL);
}

#[test]
fn growing_a_huge_block_keeps_its_contents() {
    unsafe {
        let mut block = malloc(3 << 20);
        block.cast::<u8>().add((3 << 20) - 1).write(7);
        for megabytes in [5, 40, 200, 6] {
            block = realloc(block, megabytes << 20);
            assert_eq!(block.cast::<u8>().add((3 << 20) - 1).read(), 7);
        }
        block = realloc(block, 100);
        assert!(malloc_usable_size(block) < 4096);
        free(block);
    }
}

#[test]
fn a_huge_block_survives_that_its_pages_are_mapped_anew() {
    const PAGE: usize = crate::platform::PAGE_SIZE;
    const SIZE: usize = 16 << 20;
    for size in [SIZE - 256, SIZE, 5 << 20] {
        let block = malloc(size).cast::<u8>();
        let end = (block.addr() + size).next_multiple_of(PAGE);
        // Whoever replaces the pages keeps the first one's contents, with whatever is before the block.
        let first = block.map_addr(|at| at & !(PAGE - 1));
        let mut kept = vec![0_u8; PAGE];
        unsafe {
            first.copy_to_nonoverlapping(kept.as_mut_ptr(), PAGE);
            let fresh = libc::mmap(
                first.cast(),
                end - first.addr(),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_ANONYMOUS | libc::MAP_PRIVATE | libc::MAP_FIXED,
                -1,
                0,
            );
            assert_eq!(fresh, first.cast());
            first.copy_from_nonoverlapping(kept.as_ptr(), PAGE);
            assert!(malloc_usable_size(block.cast()) >= size);
            let block = realloc(block.cast(), 2 * SIZE);
            assert!(malloc_usable_size(block) >= 2 * SIZE);
            free(block);
        }
    }
}

#[test]
fn a_huge_block_is_aligned_as_asked() {
    for align in (4..16).map(|bits| 1 << bits) {
        let block = aligned_alloc(align, 3 << 20);
        assert!(block.addr().is_multiple_of(align));
        unsafe {
            block.cast::<u8>().add((3 << 20) - 1).write(9);
            let block = realloc(block, 9 << 20);
            assert_eq!(*block.cast::<u8>().add((3 << 20) - 1), 9);
            free(block);
        }
    }
}
