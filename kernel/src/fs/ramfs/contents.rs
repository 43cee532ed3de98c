//! Contents of a regular file, kept as pages.
//!
//! The pages are the page cache itself: read and write copy from and to them, memory mappings map them. Pages that
//! were never written are absent and read as zeros. `writing` makes writes atomic against each other and against
//! truncation and is held over copies from user memory, between which others run; `state` is not, because a page fault
//! takes it.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::sync::Arc;
use core::ops::Range;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hal::mem::{Frame, PAGE_SIZE};

use crate::errno::{Errno, Result};
use crate::fs::buf::{Sink, Source};
use crate::fs::inode::{Allocation, WriteAt, Written};
use crate::mm::file::LostPages;
use crate::sync::{Interrupt, LongWork, Mutex, SpinLock};

const PAGE: u64 = PAGE_SIZE as u64;

/// The longest file: offsets stay representable as `off_t`.
pub const SIZE_MAX: u64 = i64::MAX as u64;

/// How many pages and nodes a file system may still take.
pub struct Quota {
    pages: AtomicUsize,
    pages_max: AtomicUsize,
    nodes: AtomicUsize,
    nodes_max: AtomicUsize,
}

impl Quota {
    /// At most `pages_max` pages of contents and `nodes_max` nodes.
    pub fn new(pages_max: usize, nodes_max: usize) -> Self {
        Self {
            pages: AtomicUsize::new(0),
            pages_max: AtomicUsize::new(pages_max),
            nodes: AtomicUsize::new(0),
            nodes_max: AtomicUsize::new(nodes_max),
        }
    }

    /// Changes the limits that are given.
    ///
    /// # Errors
    /// `EINVAL` when more is in use already.
    pub fn set_limits(&self, pages_max: Option<usize>, nodes_max: Option<usize>) -> Result<()> {
        let too_small =
            |(used, _): (usize, usize), max: Option<usize>| max.is_some_and(|max| max < used);
        if too_small(self.pages(), pages_max) || too_small(self.nodes(), nodes_max) {
            return Err(Errno::EINVAL);
        }
        for (limit, new) in [(&self.pages_max, pages_max), (&self.nodes_max, nodes_max)] {
            if let Some(new) = new {
                limit.store(new, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// Pages in use, and the most.
    pub fn pages(&self) -> (usize, usize) {
        let max = self.pages_max.load(Ordering::Relaxed);
        (self.pages.load(Ordering::Relaxed), max)
    }

    /// Nodes in use, and the most.
    pub fn nodes(&self) -> (usize, usize) {
        let max = self.nodes_max.load(Ordering::Relaxed);
        (self.nodes.load(Ordering::Relaxed), max)
    }

    /// Takes one node.
    ///
    /// # Errors
    /// `ENOSPC`.
    pub fn take_node(&self) -> Result<()> {
        take(&self.nodes, 1, self.nodes_max.load(Ordering::Relaxed))
    }

    /// Gives one node back.
    pub fn return_node(&self) {
        self.nodes.fetch_sub(1, Ordering::Relaxed);
    }

    fn take_page(&self) -> Result<()> {
        take(&self.pages, 1, self.pages_max.load(Ordering::Relaxed))
    }

    /// Counts a page that comes with its own memory, which was not there when the limit was set.
    fn add_page(&self) {
        let more = |max: usize| Some(max.saturating_add(1));
        // This can't fail, as there is always a new limit.
        let _ = self
            .pages_max
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        self.pages.fetch_add(1, Ordering::Relaxed);
    }

    fn return_pages(&self, count: usize) {
        self.pages.fetch_sub(count, Ordering::Relaxed);
    }
}

fn take(counter: &AtomicUsize, count: usize, max: usize) -> Result<()> {
    let fits = |used: usize| used.checked_add(count).filter(|&sum| sum <= max);
    match counter.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits) {
        Ok(_) => Ok(()),
        Err(_) => Err(Errno::ENOSPC),
    }
}

/// The contents of one file.
pub struct Contents {
    quota: Arc<Quota>,
    writing: Mutex,
    state: SpinLock<State>,
    mapped: AtomicBool,
}

struct State {
    size: u64,
    pages: BTreeMap<u64, Frame>,
}

impl State {
    fn page_or_new(&mut self, index: u64, quota: &Quota) -> Result<Frame> {
        match self.pages.entry(index) {
            Entry::Occupied(page) => Ok(page.get().clone()),
            Entry::Vacant(place) => {
                quota.take_page()?;
                let Ok(frame) = Frame::zeroed() else {
                    quota.return_pages(1);
                    return Err(Errno::ENOMEM);
                };
                Ok(place.insert(frame).clone())
            }
        }
    }

    /// The pages from `index` on that are there, `count` at most: a long transfer looks them up together.
    fn batch(&self, index: u64, count: usize) -> Batch {
        let mut batch = Batch::default();
        let pages = batch.get_mut(..count).unwrap_or(&mut []);
        if let [page] = pages {
            *page = self.pages.get(&index).cloned();
        } else {
            let end = index.saturating_add(count as u64);
            for (&at, frame) in self.pages.range(index..end) {
                if let Some(page) = pages.get_mut((at - index) as usize) {
                    *page = Some(frame.clone());
                }
            }
        }
        batch
    }
}

/// How many pages are looked up together.
const BATCH: usize = 16;

/// Pages next to each other; some may be absent.
type Batch = [Option<Frame>; BATCH];

impl Contents {
    /// An empty file.
    pub fn new(quota: Arc<Quota>) -> Self {
        Self {
            quota,
            writing: Mutex::default(),
            state: SpinLock::new(State {
                size: 0,
                pages: BTreeMap::new(),
            }),
            mapped: AtomicBool::new(false),
        }
    }

    /// Length in bytes.
    pub fn size(&self) -> u64 {
        self.state.lock().size
    }

    /// Length in bytes and number of pages held.
    pub fn size_and_pages(&self) -> (u64, usize) {
        let state = self.state.lock();
        (state.size, state.pages.len())
    }

    /// Reads from `offset` on until the sink is full or the file ends, or less when the thread is to end. Others run in
    /// between, and may write.
    pub fn read_at(&self, mut offset: u64, sink: &mut Sink<'_>) -> usize {
        let before = sink.done();
        let mut work = LongWork::ended(Interrupt::ByDeathOnly);
        'all: loop {
            let start = offset;
            let mut in_page = (offset % PAGE) as usize;
            let (batch, mut len) = {
                let state = self.state.lock();
                let available = state.size.saturating_sub(offset);
                let len = sink
                    .remaining()
                    .min(BATCH * PAGE_SIZE - in_page)
                    .min(usize::try_from(available).unwrap_or(usize::MAX));
                if len == 0 {
                    break;
                }
                let count = (in_page + len).div_ceil(PAGE_SIZE);
                (state.batch(offset / PAGE, count), len)
            };
            for frame in &batch {
                let part = len.min(PAGE_SIZE - in_page);
                let moved = match frame {
                    Some(frame) => sink.put_frame(frame, in_page, part),
                    None => sink.put_zeros(part),
                };
                offset += moved as u64;
                if moved < part {
                    break 'all;
                }
                len -= part;
                if len == 0 {
                    break;
                }
                in_page = 0;
            }
            if !work.goes_on((offset - start) as usize) {
                break;
            }
        }
        sink.done() - before
    }

    /// Writes all of the source, or as much as there is room for, or less when the thread is to end. `allowed` is asked, with the range to be written
    /// and the size, under the lock that serialises writes.
    ///
    /// # Errors
    /// `EFBIG` behind the longest file, `ENOSPC`, `ENOMEM` when nothing could be written; what `allowed` says.
    pub fn write_at(
        &self,
        place: WriteAt,
        source: &mut Source<'_>,
        allowed: impl FnOnce(u64, u64) -> Result<()>,
    ) -> Result<Written> {
        let _writing = self.writing.lock()?;
        let mut size = self.size();
        let start = match place {
            WriteAt::Offset(offset) => offset,
            WriteAt::End => size,
        };
        if source.remaining() == 0 {
            return Ok(Written {
                count: 0,
                end: start,
            });
        }
        let room = SIZE_MAX.saturating_sub(start);
        if room == 0 {
            return Err(Errno::EFBIG);
        }
        source.limit(usize::try_from(room).unwrap_or(usize::MAX));
        allowed(start + source.remaining() as u64, size)?;
        let before = source.done();
        let mut at = start;
        let mut work = LongWork::ended(Interrupt::ByDeathOnly);
        'all: while source.remaining() > 0 {
            let batch_start = at;
            let mut in_page = (at % PAGE) as usize;
            let mut len = source.remaining().min(BATCH * PAGE_SIZE - in_page);
            let count = (in_page + len).div_ceil(PAGE_SIZE);
            let batch = self.state.lock().batch(at / PAGE, count);
            for frame in batch {
                let frame = match frame {
                    Some(frame) => Ok(frame),
                    None => self.state.lock().page_or_new(at / PAGE, &self.quota),
                };
                let frame = match frame {
                    Ok(frame) => frame,
                    Err(error) if at == start => return Err(error),
                    Err(_) => break 'all,
                };
                let part = len.min(PAGE_SIZE - in_page);
                let moved = source.take_frame(&frame, in_page, part);
                at += moved as u64;
                if at > size {
                    size = at;
                    self.state.lock().size = size;
                }
                if moved < part {
                    break 'all;
                }
                len -= part;
                if len == 0 {
                    break;
                }
                in_page = 0;
            }
            if !work.goes_on((at - batch_start) as usize) {
                break;
            }
        }
        Ok(Written {
            count: source.done() - before,
            end: at,
        })
    }

    /// Waits for the end of a write or truncation that has begun.
    ///
    /// # Errors
    /// Those of [`Mutex::lock`].
    pub fn finish_writes(&self) -> Result<()> {
        drop(self.writing.lock()?);
        Ok(())
    }

    /// Sets the length; what is cut off is given to the caller, what is added reads as zeros. `allowed` sees the old
    /// size first.
    ///
    /// # Errors
    /// `EFBIG`; what `allowed` says.
    pub fn truncate(
        &self,
        size: u64,
        allowed: impl FnOnce(u64) -> Result<()>,
    ) -> Result<LostPages> {
        if size > SIZE_MAX {
            return Err(Errno::EFBIG);
        }
        let _writing = self.writing.lock()?;
        let mut state = self.state.lock();
        allowed(state.size)?;
        let cut = if size < state.size {
            let kept = size.div_ceil(PAGE);
            clear_within(&state, size, kept * PAGE);
            state.pages.split_off(&kept)
        } else {
            BTreeMap::new()
        };
        state.size = size;
        drop(state);
        self.quota.return_pages(cut.len());
        Ok(cut)
    }

    /// Whether a page was ever given to a mapping.
    pub fn was_mapped(&self) -> bool {
        self.mapped.load(Ordering::SeqCst)
    }

    /// fallocate(2). `allowed` sees whether the file would grow. Gives the pages that a hole has taken.
    ///
    /// # Errors
    /// `EFBIG`, `ENOSPC`, `ENOMEM`; what `allowed` says.
    pub fn allocate(
        &self,
        how: Allocation,
        offset: u64,
        len: u64,
        allowed: impl Fn(bool) -> Result<()>,
    ) -> Result<LostPages> {
        let end = offset
            .checked_add(len)
            .filter(|&end| end <= SIZE_MAX)
            .ok_or(Errno::EFBIG)?;
        let range = offset / PAGE..end.div_ceil(PAGE);
        let grows = || {
            matches!(how, Allocation::Grow | Allocation::Zero { grow: true }) && end > self.size()
        };
        if matches!(
            how,
            Allocation::Grow | Allocation::KeepSize | Allocation::Zero { .. }
        ) {
            allowed(grows())?;
            self.populate(range.clone())?;
        }
        let _writing = self.writing.lock()?;
        if matches!(how, Allocation::Collapse | Allocation::Insert) {
            allowed(false)?;
            return self.shift(how, offset, len);
        }
        let grows = grows();
        allowed(grows)?;
        let mut lost = LostPages::new();
        if how == Allocation::PunchHole {
            let (first, last) = (offset.div_ceil(PAGE), end / PAGE);
            let mut state = self.state.lock();
            if first < last {
                clear_within(&state, offset, first * PAGE);
                clear_within(&state, last * PAGE, end);
                lost = take_out(&mut state.pages, first, last);
            } else {
                clear_within(&state, offset, end.min(first * PAGE));
                clear_within(&state, offset.max(last * PAGE), end);
            }
            drop(state);
            self.quota.return_pages(lost.len());
            return Ok(lost);
        }
        // Nothing can fail from here on, so what fails has changed nothing. The pages stay: others may take the room of
        // those that are given back.
        if matches!(how, Allocation::Zero { .. }) {
            for index in range {
                let (from, to) = (offset.max(index * PAGE), end.min((index + 1) * PAGE));
                clear_within(&self.state.lock(), from, to);
            }
        }
        if grows {
            self.state.lock().size = end;
        }
        Ok(lost)
    }

    /// Makes the pages of a range be there. Others run in between, and may write, or take pages away again.
    fn populate(&self, range: Range<u64>) -> Result<()> {
        let present = self.state.lock().pages.range(range.clone()).count();
        let missing = usize::try_from(range.end - range.start)
            .unwrap_or(usize::MAX)
            .saturating_sub(present);
        let (used, max) = self.quota.pages();
        if missing > max.saturating_sub(used) {
            return Err(Errno::ENOSPC);
        }
        let mut work = LongWork::ended(Interrupt::ByDeathOnly);
        for index in range {
            self.state.lock().page_or_new(index, &self.quota)?;
            if !work.goes_on(PAGE_SIZE) {
                return Err(Errno::EINTR);
            }
        }
        Ok(())
    }

    /// Makes `pages` the contents of a file that is still empty. They raise the limit of the file system, which was set
    /// without their memory.
    ///
    /// # Errors
    /// `ENOMEM` if there are too few of them. The pages up to there stay.
    pub fn adopt(&self, size: u64, pages: &mut dyn Iterator<Item = Frame>) -> Result<()> {
        let _writing = self.writing.lock()?;
        let mut state = self.state.lock();
        for index in 0..size.div_ceil(PAGE) {
            let frame = pages.next().ok_or(Errno::ENOMEM)?;
            let kept = (size - index * PAGE).min(PAGE) as usize;
            frame.fill(kept..PAGE_SIZE, 0);
            if state.pages.insert(index, frame).is_none() {
                self.quota.add_page();
            }
            state.size = state.size.max(index * PAGE + kept as u64);
        }
        Ok(())
    }

    /// Takes a range of whole pages out, or makes room for one. Gives the pages that are not where they were.
    fn shift(&self, how: Allocation, offset: u64, len: u64) -> Result<LostPages> {
        let mut state = self.state.lock();
        let inside = match how {
            Allocation::Collapse => offset + len < state.size,
            _ => offset < state.size,
        };
        if !offset.is_multiple_of(PAGE) || !len.is_multiple_of(PAGE) || !inside {
            return Err(Errno::EINVAL);
        }
        let (first, count) = (offset / PAGE, len / PAGE);
        let mut behind = state.pages.split_off(&first);
        let mut freed = BTreeMap::new();
        if how == Allocation::Collapse {
            let kept = behind.split_off(&(first + count));
            freed = core::mem::replace(&mut behind, kept);
            state.size -= len;
        } else {
            let size = state.size.checked_add(len);
            match size.filter(|&size| size <= SIZE_MAX) {
                Some(size) => state.size = size,
                None => {
                    state.pages.append(&mut behind);
                    return Err(Errno::EFBIG);
                }
            }
        }
        let mut lost = LostPages::new();
        if self.was_mapped() {
            lost = behind.clone();
        }
        for (index, frame) in behind {
            let index = match how {
                Allocation::Collapse => index - count,
                _ => index + count,
            };
            state.pages.insert(index, frame);
        }
        drop(state);
        self.quota.return_pages(freed.len());
        lost.append(&mut freed);
        Ok(lost)
    }

    /// The page of that index, made if it is a hole.
    ///
    /// # Errors
    /// `ENXIO` behind the end, `ENOSPC`, `ENOMEM`.
    pub fn page(&self, index: u64) -> Result<Frame> {
        let mut state = self.state.lock();
        if index >= state.size.div_ceil(PAGE) {
            return Err(Errno::ENXIO);
        }
        self.mapped.store(true, Ordering::SeqCst);
        state.page_or_new(index, &self.quota)
    }

    /// The page of that index, if it is no hole.
    pub fn kept_page(&self, index: u64) -> Option<Frame> {
        self.state.lock().pages.get(&index).cloned()
    }

    /// The next data (or hole) at or behind `offset`, in whole pages.
    ///
    /// # Errors
    /// `ENXIO` behind the end, or when no data follows.
    pub fn seek_extent(&self, offset: u64, hole: bool) -> Result<u64> {
        let state = self.state.lock();
        if offset >= state.size {
            return Err(Errno::ENXIO);
        }
        let index = offset / PAGE;
        if hole {
            let mut next = index;
            for &page in state.pages.range(index..).map(|(page, _)| page) {
                if page != next {
                    break;
                }
                next += 1;
            }
            return Ok(if next == index {
                offset
            } else {
                (next * PAGE).min(state.size)
            });
        }
        match state.pages.range(index..).next() {
            Some((&page, _)) if page == index => Ok(offset),
            Some((&page, _)) if page * PAGE < state.size => Ok(page * PAGE),
            _ => Err(Errno::ENXIO),
        }
    }
}

/// Takes the pages from `first` up to `last` out; what is behind them stays where it is.
fn take_out(pages: &mut BTreeMap<u64, Frame>, first: u64, last: u64) -> LostPages {
    if pages.range(last..).next().is_none() {
        return pages.split_off(&first);
    }
    let mut taken = LostPages::new();
    while let Some((&index, _)) = pages.range(first..last).next() {
        taken.extend(pages.remove_entry(&index));
    }
    taken
}

/// Zeroes the bytes from `from` to `to`, which lie in one page, if that page exists.
fn clear_within(state: &State, from: u64, to: u64) {
    if from < to
        && let Some(frame) = state.pages.get(&(from / PAGE))
    {
        let start = (from % PAGE) as usize;
        frame.fill(start..start + (to - from) as usize, 0);
    }
}

impl Drop for Contents {
    fn drop(&mut self) {
        self.quota.return_pages(self.state.lock().pages.len());
    }
}
