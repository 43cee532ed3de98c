//! The physical-page allocator's bookkeeping: a binary buddy system with a stack of single pages in
//! front.
//!
//! Pure data: pages are numbers, their links live in a table beside them, so everything here is
//! tested on the host. `mem` of the x86_64 backend owns the one instance, under its lock.

/// One past the largest block: blocks have 2^0 to 2^(ORDERS-1) pages.
pub(crate) const ORDERS: usize = 19;
/// The end of a list.
pub(crate) const NONE: u32 = u32::MAX;

/// What a page is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Use {
    /// Allocated as a block, or not memory at all.
    Taken,
    /// First page of a free block.
    Free,
    /// A page of small kernel-heap objects.
    #[cfg_attr(not(target_os = "none"), expect(dead_code))]
    Slab,
}

/// A page's entry in the table. The slab fields are the kernel heap's while the page is `Slab`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(crate) struct Page {
    pub(crate) next: u32,
    pub(crate) previous: u32,
    /// Slab: offset of the first free object in 16-byte units, or `u16::MAX`.
    pub(crate) first_free: u16,
    /// Slab: objects from this offset on (16-byte units) were never used.
    pub(crate) fresh: u16,
    /// Slab: objects in use.
    pub(crate) in_use: u16,
    /// Order of a free block; size class of a slab.
    pub(crate) order: u8,
    pub(crate) use_: Use,
}

impl Page {
    pub(crate) const TAKEN: Self = Self {
        next: NONE,
        previous: NONE,
        first_free: 0,
        fresh: 0,
        in_use: 0,
        order: 0,
        use_: Use::Taken,
    };
}

/// Single pages that are free, in front of the buddy lists: most allocations are of one page and
/// are soon given back.
const HOT: usize = 128;

/// The allocator. Page numbers index `pages`.
pub(crate) struct Buddy {
    pub(crate) pages: &'static mut [Page],
    heads: [u32; ORDERS],
    /// Free pages in the lists and the stack.
    free: usize,
    hot: [u32; HOT],
    hot_count: usize,
}

impl Buddy {
    /// An allocator without pages.
    pub(crate) const fn empty() -> Self {
        Self {
            pages: &mut [],
            heads: [NONE; ORDERS],
            free: 0,
            hot: [0; HOT],
            hot_count: 0,
        }
    }

    /// Takes the table, all of whose entries are [`Page::TAKEN`]; memory is added with
    /// [`Self::release`].
    pub(crate) fn set_table(&mut self, pages: &'static mut [Page]) {
        self.pages = pages;
    }

    /// Free pages.
    #[inline]
    pub(crate) fn free(&self) -> usize {
        self.free
    }

    /// Takes one page.
    #[inline]
    pub(crate) fn allocate_one(&mut self) -> Option<u32> {
        if self.hot_count == 0 && !self.refill() {
            return None;
        }
        self.hot_count -= 1;
        self.free -= 1;
        Some(self.hot[self.hot_count])
    }

    /// Gives one page back.
    #[inline]
    pub(crate) fn release_one(&mut self, page: u32) {
        if self.hot_count == HOT {
            self.drain(HOT / 2);
        }
        self.hot[self.hot_count] = page;
        self.hot_count += 1;
        self.free += 1;
    }

    #[cold]
    fn refill(&mut self) -> bool {
        // The smallest block that is there, up to half the stack.
        const LARGEST: usize = (HOT / 2).ilog2() as usize;
        let Some((page, order)) = (0..=LARGEST)
            .find_map(|order| self.pop(order).map(|page| (page, order)))
            .or_else(|| self.take_block(LARGEST).map(|page| (page, LARGEST)))
        else {
            return false;
        };
        for index in (0..1 << order).rev() {
            self.hot[self.hot_count] = page + index;
            self.hot_count += 1;
        }
        true
    }

    /// Moves the `count` pages that lie longest in the stack to the lists.
    #[cold]
    fn drain(&mut self, count: usize) {
        let count = count.min(self.hot_count);
        for index in 0..count {
            self.free_block(self.hot[index], 0);
        }
        self.hot.copy_within(count..self.hot_count, 0);
        self.hot_count -= count;
    }

    /// Takes `count` contiguous pages; their number is aligned to the next power of two.
    pub(crate) fn allocate(&mut self, count: usize) -> Option<u32> {
        if count == 1 {
            return self.allocate_one();
        }
        let order = count.checked_next_power_of_two()?.ilog2() as usize;
        if order >= ORDERS {
            return None;
        }
        let page = match self.take_block(order) {
            Some(page) => page,
            None => {
                self.drain(HOT);
                self.take_block(order)?
            }
        };
        self.free -= 1 << order;
        self.release(page + count as u32, (1 << order) - count);
        Some(page)
    }

    /// Gives `count` contiguous pages back, in any portions; also adds memory at the start.
    pub(crate) fn release(&mut self, mut page: u32, mut count: usize) {
        self.free += count;
        while count > 0 {
            let alignment = if page == 0 {
                ORDERS - 1
            } else {
                page.trailing_zeros() as usize
            };
            let order = alignment.min(count.ilog2() as usize).min(ORDERS - 1);
            self.free_block(page, order);
            page += 1 << order;
            count -= 1 << order;
        }
    }

    /// A block of the order, split from a larger one if need be.
    fn take_block(&mut self, order: usize) -> Option<u32> {
        let (page, mut found) =
            (order..ORDERS).find_map(|larger| self.pop(larger).map(|page| (page, larger)))?;
        while found > order {
            found -= 1;
            self.push(page + (1 << found), found);
        }
        Some(page)
    }

    /// Puts a block into the lists, merged with its free buddies.
    fn free_block(&mut self, mut page: u32, mut order: usize) {
        while order + 1 < ORDERS {
            let buddy = page ^ 1 << order;
            match self.pages.get(buddy as usize) {
                Some(entry) if entry.use_ == Use::Free && usize::from(entry.order) == order => {
                    self.unlink(buddy)
                }
                _ => break,
            }
            page &= !(1 << order);
            order += 1;
        }
        self.push(page, order);
    }

    fn pop(&mut self, order: usize) -> Option<u32> {
        let page = self.heads[order];
        if page == NONE {
            return None;
        }
        self.unlink(page);
        Some(page)
    }

    fn push(&mut self, page: u32, order: usize) {
        let next = self.heads[order];
        let entry = &mut self.pages[page as usize];
        *entry = Page {
            next,
            previous: NONE,
            order: order as u8,
            use_: Use::Free,
            ..Page::TAKEN
        };
        if next != NONE {
            self.pages[next as usize].previous = page;
        }
        self.heads[order] = page;
    }

    fn unlink(&mut self, page: u32) {
        let entry = &mut self.pages[page as usize];
        let Page {
            next,
            previous,
            order,
            ..
        } = *entry;
        entry.use_ = Use::Taken;
        if next != NONE {
            self.pages[next as usize].previous = previous;
        }
        if previous == NONE {
            self.heads[usize::from(order)] = next;
        } else {
            self.pages[previous as usize].next = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn buddy(pages: usize, free: std::ops::Range<usize>) -> Buddy {
        let mut buddy = Buddy::empty();
        buddy.set_table(vec![Page::TAKEN; pages].leak());
        buddy.release(free.start as u32, free.len());
        buddy
    }

    #[test]
    fn hands_out_every_page_once() {
        let mut buddy = buddy(1000, 3..1000);
        let mut seen = [false; 1000];
        while let Some(page) = buddy.allocate_one() {
            assert!(
                (3..1000).contains(&page) && !std::mem::replace(&mut seen[page as usize], true)
            );
        }
        assert_eq!(
            (seen.iter().filter(|&&taken| taken).count(), buddy.free()),
            (997, 0)
        );
    }

    #[test]
    fn blocks_are_aligned_and_exact() {
        let mut buddy = buddy(1 << 12, 0..1 << 12);
        let block = buddy.allocate(5).unwrap();
        assert_eq!((block % 8, buddy.free()), (0, (1 << 12) - 5));
        buddy.release(block, 5);
        assert_eq!(buddy.allocate(1 << 12), Some(0), "all merged again");
        assert_eq!(buddy.allocate(1), None);
        assert_eq!(buddy.allocate(usize::MAX), None);
    }

    #[test]
    fn large_blocks_survive_the_stack_of_single_pages() {
        let mut buddy = buddy(256, 0..256);
        let pages: Vec<u32> = (0..256).map(|_| buddy.allocate_one().unwrap()).collect();
        for page in pages {
            buddy.release_one(page);
        }
        assert_eq!(buddy.allocate(256), Some(0));
    }

    #[test]
    fn random_use_keeps_blocks_apart() {
        let mut buddy = buddy(4096, 100..4000);
        let mut owner = vec![0_u32; 4096];
        let mut live: Vec<(u32, usize, u32)> = Vec::new();
        let mut random = 1_u64;
        let rounds = if cfg!(miri) { 200 } else { 20_000 };
        for id in 1..rounds {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let value = (random >> 33) as usize;
            if value.is_multiple_of(3) && !live.is_empty() {
                let (page, count, id) = live.swap_remove(value / 3 % live.len());
                for entry in &mut owner[page as usize..][..count] {
                    assert_eq!(std::mem::take(entry), id);
                }
                if count == 1 {
                    buddy.release_one(page)
                } else {
                    buddy.release(page, count)
                }
            } else if let Some(page) = buddy.allocate(1 + value / 3 % 20) {
                let count = 1 + value / 3 % 20;
                for entry in &mut owner[page as usize..][..count] {
                    assert_eq!(std::mem::replace(entry, id), 0);
                }
                live.push((page, count, id));
            }
            let used: usize = live.iter().map(|&(_, count, _)| count).sum();
            assert_eq!(buddy.free(), 3900 - used);
        }
        for (page, count, _) in live {
            buddy.release(page, count);
        }
        buddy.drain(HOT);
        let mut blocks = [buddy.allocate(1024), buddy.allocate(1024)];
        blocks.sort();
        assert_eq!(blocks, [Some(1024), Some(2048)], "everything merged");
    }
}
