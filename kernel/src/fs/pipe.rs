//! Pipes and FIFOs (pipe(7)).
//!
//! A [`Pipe`] is a queue of pages, each partly filled; a write fills up the last page and adds more. The two ends are
//! [`PipeEnd`]s, which count themselves, so that the last reader or writer to go wakes the other side. The buffer's lock is held
//! over copies from and to user memory: nothing that a page fault does takes it. [`super::splice`] moves whole pages in
//! and out; a page that others hold as well is never written.

use alloc::collections::VecDeque;
use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicBool, Ordering};

use hal::mem::{Frame, PAGE_SIZE};
use linux_raw_sys::{general as raw, ioctl};

use crate::errno::{Errno, Result};
use crate::fs::buf::{Sink, Source};
use crate::fs::file::{FileAccess, FileObject, OpenFile};
use crate::fs::inode::{AttributeChanges, FileType, Inode, Metadata, OpenRequest};
use crate::fs::mount::{AnonymousInode, anonymous_location};
use crate::fs::poll::{Notifier, PollEvents};
use crate::process::Credentials;
use crate::sync::{SpinLock, SpinLockGuard};

/// Writes of at most this many bytes are not mixed with others (`PIPE_BUF`).
pub const ATOMIC_SIZE: usize = 4096;

/// Pages in a new pipe.
const DEFAULT_PAGES: usize = 16;
/// The most pages that `F_SETPIPE_SZ` gives.
const PAGES_MAX: usize = 256;
/// The same in bytes (`/proc/sys/fs/pipe-max-size`).
pub const CAPACITY_MAX: usize = PAGES_MAX * PAGE_SIZE;

/// Part of a page that is on its way.
pub struct Page {
    /// The page.
    pub frame: Frame,
    /// First byte.
    pub start: usize,
    /// Behind the last byte.
    pub end: usize,
    /// Whether the rest of the page is the pipe's to fill.
    open: bool,
    /// Read by itself, and what a read leaves of it is lost (`O_DIRECT`).
    packet: bool,
}

impl Page {
    /// Bytes of a page that the pipe may not write: of a file, or of another pipe.
    pub fn shared(frame: Frame, start: usize, end: usize) -> Self {
        Self {
            frame,
            start,
            end,
            open: false,
            packet: false,
        }
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Never: a page without bytes is not kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The same bytes once more, at most `len`.
    fn share(&self, len: usize) -> Self {
        Self {
            frame: self.frame.clone(),
            end: self.start + len.min(self.len()),
            open: false,
            start: self.start,
            packet: self.packet,
        }
    }
}

struct State {
    pages: VecDeque<Page>,
    /// A page that was emptied, kept for the next write.
    spare: Option<Frame>,
    capacity: usize,
    /// Pages that were taken out and may come back: the pipe is not at its end.
    lent: usize,
    readers: usize,
    writers: usize,
    /// How often each side was opened, so that an open that waits for the other side sees one that came and went.
    reader_opens: u64,
    writer_opens: u64,
}

impl State {
    #[inline]
    fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Whether no other page fits.
    #[inline]
    fn is_full(&self) -> bool {
        self.pages.len() >= self.capacity
    }

    fn len(&self) -> usize {
        self.pages.iter().map(|page| page.end - page.start).sum()
    }

    #[inline]
    fn room(&self) -> usize {
        let last = self.pages.back().filter(|page| page.open);
        let last = last.map_or(0, |page| PAGE_SIZE - page.end);
        last + self.capacity.saturating_sub(self.pages.len()) * PAGE_SIZE
    }

    /// Makes sure that a page can be added, and besides it every page that was taken out and may come back.
    #[inline]
    fn reserve_page(&mut self) -> Result<()> {
        self.pages.try_reserve(1 + self.lent)?;
        Ok(())
    }

    #[inline]
    fn new_page(&mut self) -> Result<Frame> {
        self.reserve_page()?;
        match self.spare.take() {
            Some(frame) => Ok(frame),
            None => Ok(Frame::zeroed()?),
        }
    }

    #[inline]
    fn drain(&mut self, sink: &mut Sink<'_>) -> usize {
        let before = sink.done();
        while let Some(page) = self.pages.front_mut() {
            let want = page.len().min(sink.remaining());
            let moved = sink.put_frame(&page.frame, page.start, want);
            page.start += moved;
            let ends_read = page.packet;
            if page.start < page.end && !(ends_read && moved == want) {
                break;
            }
            self.drop_front();
            if ends_read {
                break;
            }
        }
        sink.done() - before
    }

    /// Drops the first page; its memory serves the next write if nobody else has it.
    #[inline]
    fn drop_front(&mut self) {
        if let Some(page) = self.pages.pop_front()
            && page.frame.references() == 1
        {
            self.spare = Some(page.frame);
        }
    }

    #[inline]
    fn fill(&mut self, source: &mut Source<'_>, packets: bool) -> Result<usize> {
        let before = source.done();
        while source.remaining() > 0 {
            let last = self.pages.back_mut();
            if let Some(page) = last.filter(|page| page.open && page.end < PAGE_SIZE && !packets) {
                let want = (PAGE_SIZE - page.end).min(source.remaining());
                page.end += source.take_frame(&page.frame, page.end, want);
                continue;
            }
            if self.pages.len() >= self.capacity {
                break;
            }
            let frame = match self.new_page() {
                Ok(frame) => frame,
                Err(error) if source.done() == before => return Err(error),
                Err(_) => break,
            };
            let moved = source.take_frame(&frame, 0, source.remaining().min(PAGE_SIZE));
            if moved == 0 {
                self.spare = Some(frame);
                break;
            }
            self.pages.push_back(Page {
                frame,
                start: 0,
                end: moved,
                open: !packets,
                packet: packets,
            });
        }
        Ok(source.done() - before)
    }

    /// What a reader of an empty pipe is told.
    ///
    /// # Errors
    /// `EAGAIN` unless nothing can come any more.
    #[inline]
    fn at_end(&self) -> Result<()> {
        if self.writers == 0 && self.lent == 0 {
            Ok(())
        } else {
            Err(Errno::EAGAIN)
        }
    }
}

/// The buffer between readers and writers.
pub struct Pipe {
    state: SpinLock<State>,
    changed: Notifier,
}

impl Pipe {
    /// A pipe that nobody has open.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn new() -> Result<Arc<Self>> {
        let mut pages = VecDeque::new();
        pages.try_reserve(1)?;
        Ok(Arc::new(Self {
            state: SpinLock::new(State {
                pages,
                spare: None,
                capacity: DEFAULT_PAGES,
                lent: 0,
                readers: 0,
                writers: 0,
                reader_opens: 0,
                writer_opens: 0,
            }),
            changed: Notifier::new(),
        }))
    }

    /// Opens an end (or both). `waits` tells whether the opening is complete only when the other side is there.
    fn open(self: &Arc<Self>, read: bool, write: bool, waits: bool) -> PipeEnd {
        let mut state = self.state.lock();
        if read {
            state.readers += 1;
            state.reader_opens += 1;
        }
        if write {
            state.writers += 1;
            state.writer_opens += 1;
        }
        // Who finds the other side there has nothing to wait for, even if that is gone a moment later.
        let alone = (read && state.writers == 0) || (write && state.readers == 0);
        let seen = (state.reader_opens, state.writer_opens);
        drop(state);
        self.changed.notify();
        PipeEnd {
            pipe: self.clone(),
            read,
            write,
            seen: (waits && alone).then_some(seen),
            writers_before: 0,
            packets: AtomicBool::new(false),
        }
    }

    /// Both states of two pipes, in the order that everybody takes them.
    fn lock_both<'a>(
        &'a self,
        other: &'a Pipe,
    ) -> (SpinLockGuard<'a, State>, SpinLockGuard<'a, State>) {
        if core::ptr::from_ref(self) < core::ptr::from_ref(other) {
            let own = self.state.lock();
            (own, other.state.lock())
        } else {
            let others = other.state.lock();
            (self.state.lock(), others)
        }
    }

    /// Capacity in bytes (`F_GETPIPE_SZ`).
    pub fn capacity(&self) -> usize {
        self.state.lock().capacity * PAGE_SIZE
    }

    /// Sets the capacity, rounded up to a power of two of pages (`F_SETPIPE_SZ`); gives the new one.
    ///
    /// # Errors
    /// `EPERM` above the system's limit, `EBUSY` when more is in the pipe, `EINVAL` for 0.
    pub fn set_capacity(&self, bytes: usize) -> Result<usize> {
        if bytes > CAPACITY_MAX {
            return Err(Errno::EPERM);
        }
        let pages = bytes.max(1).div_ceil(PAGE_SIZE).next_power_of_two();
        let mut state = self.state.lock();
        if state.pages.len() > pages {
            return Err(Errno::EBUSY);
        }
        state.capacity = pages;
        drop(state);
        self.changed.notify();
        Ok(pages * PAGE_SIZE)
    }
}

/// One side of a pipe, as an open file has it; a FIFO opened for both has both.
pub struct PipeEnd {
    pipe: Arc<Pipe>,
    read: bool,
    write: bool,
    /// Openings of readers and writers when this end was opened, if it waits for the other side.
    seen: Option<(u64, u64)>,
    /// Openings of writers that were over before a reader of a FIFO came, who did not see them hang up.
    writers_before: u64,
    /// Each write is a packet (`O_DIRECT`).
    packets: AtomicBool,
}

/// Whether moving between pipes leaves the first as it is (tee(2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    /// The bytes go.
    Take,
    /// They are in both.
    Copy,
}

impl PipeEnd {
    /// The pipe.
    pub fn pipe(&self) -> &Arc<Pipe> {
        &self.pipe
    }

    /// Whether each write is a packet of its own (`O_DIRECT`).
    pub fn set_packets(&self, on: bool) {
        self.packets.store(on, Ordering::Relaxed);
    }

    /// Whether there is something to read, or the end.
    ///
    /// # Errors
    /// `EAGAIN` when somebody may still write.
    pub fn has_content(&self) -> Result<bool> {
        let state = self.pipe.state.lock();
        if state.is_empty() {
            state.at_end().map(|()| false)
        } else {
            Ok(true)
        }
    }

    /// Whether another page fits.
    ///
    /// # Errors
    /// `EAGAIN` when not, `EPIPE` when nobody reads.
    pub fn check_room(&self) -> Result<()> {
        let state = self.pipe.state.lock();
        if state.readers == 0 {
            Err(Errno::EPIPE)
        } else if state.pages.len() < state.capacity {
            Ok(())
        } else {
            Err(Errno::EAGAIN)
        }
    }

    /// Adds a page. Ask [`PipeEnd::check_room`] before: this never refuses for want of room.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn put_page(&self, page: Page) -> Result<()> {
        let mut state = self.pipe.state.lock();
        state.reserve_page()?;
        state.pages.push_back(page);
        drop(state);
        self.pipe.changed.notify_of(PollEvents::READABLE);
        Ok(())
    }

    /// Takes up to `len` bytes of the first page, or `None` at the end. Give it back to [`PipeEnd::return_page`].
    ///
    /// # Errors
    /// `EAGAIN` while the pipe is empty.
    pub fn take_page(&self, len: usize) -> Result<Option<Page>> {
        let mut state = self.pipe.state.lock();
        let Some(first) = state.pages.front_mut() else {
            return state.at_end().map(|()| None);
        };
        let page = if first.len() <= len {
            state.pages.pop_front()
        } else {
            let part = first.share(len);
            first.start = part.end;
            Some(part)
        };
        state.lent += 1;
        Ok(page)
    }

    /// Ends what [`PipeEnd::take_page`] began: what is left of the page goes in front again.
    pub fn return_page(&self, page: Page) {
        let mut state = self.pipe.state.lock();
        state.lent -= 1;
        // Everybody who adds a page leaves room for it.
        if !page.is_empty() {
            state.pages.push_front(page);
        }
        drop(state);
        self.pipe.changed.notify_of(PollEvents::WRITABLE);
    }

    /// Moves or copies up to `len` bytes into another pipe: the pages change hands, nothing is copied.
    ///
    /// # Errors
    /// `EAGAIN` when the one is empty or the other full, `EPIPE` when nobody reads the other, `EINVAL` when both are the same
    /// pipe, `ENOMEM`.
    pub fn move_to(&self, other: &PipeEnd, len: usize, moving: Moving) -> Result<usize> {
        if Arc::ptr_eq(&self.pipe, &other.pipe) {
            return Err(Errno::EINVAL);
        }
        let (mut from, mut to) = self.pipe.lock_both(&other.pipe);
        // The input has to have something, or an end; then the output room; only then the end counts.
        let ended = from.is_empty();
        if ended {
            from.at_end()?;
        }
        if to.readers == 0 {
            return Err(Errno::EPIPE);
        }
        if ended && to.pages.len() < to.capacity {
            return Ok(0);
        }
        let mut moved = 0;
        let mut index = 0;
        while moved < len && to.pages.len() < to.capacity {
            let Some(page) = from.pages.get_mut(index) else {
                break;
            };
            match to.reserve_page() {
                Err(error) if moved == 0 => return Err(error),
                Err(_) => break,
                Ok(()) => {}
            }
            let part = page.share(len - moved);
            moved += part.len();
            match moving {
                Moving::Copy => index += 1,
                Moving::Take if part.len() < page.len() => page.start = part.end,
                Moving::Take => drop(from.pages.pop_front()),
            }
            to.pages.push_back(part);
        }
        drop((from, to));
        if moved == 0 {
            return Err(Errno::EAGAIN);
        }
        self.pipe.changed.notify_of(PollEvents::WRITABLE);
        other.pipe.changed.notify_of(PollEvents::READABLE);
        Ok(moved)
    }

    /// Writes as much as fits, of however small a source (vmsplice(2)).
    ///
    /// # Errors
    /// `EAGAIN`, `EPIPE`, `EFAULT`, `ENOMEM`.
    pub fn write_some(&self, source: &mut Source<'_>) -> Result<usize> {
        let mut state = self.pipe.state.lock();
        if source.remaining() == 0 {
            return Ok(0);
        }
        if state.readers == 0 {
            return Err(Errno::EPIPE);
        }
        if state.room() == 0 {
            return Err(Errno::EAGAIN);
        }
        let count = state.fill(source, false)?;
        drop(state);
        if count > 0 {
            self.pipe.changed.notify_of(PollEvents::READABLE);
        } else if source.faulted() {
            return Err(Errno::EFAULT);
        }
        Ok(count)
    }
}

impl FileObject for PipeEnd {
    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        let mut state = self.pipe.state.lock();
        if sink.remaining() == 0 {
            return Ok(0);
        }
        if state.is_empty() {
            return state.at_end().map(|()| 0);
        }
        // While a page fits, every write goes on and nobody waits for room.
        let was_full = state.is_full();
        let count = state.drain(sink);
        drop(state);
        if count > 0 && was_full {
            self.pipe.changed.notify_of(PollEvents::WRITABLE);
        }
        Ok(count)
    }

    fn write(&self, source: &mut Source<'_>) -> Result<usize> {
        let mut state = self.pipe.state.lock();
        if source.remaining() == 0 {
            return Ok(0);
        }
        if state.readers == 0 {
            return Err(Errno::EPIPE);
        }
        let packets = self.packets.load(Ordering::Relaxed);
        let room = if packets {
            state.capacity.saturating_sub(state.pages.len()) * PAGE_SIZE
        } else {
            state.room()
        };
        if room == 0 || (source.remaining() <= ATOMIC_SIZE && room < source.remaining()) {
            return Err(Errno::EAGAIN);
        }
        let count = state.fill(source, packets)?;
        drop(state);
        if count > 0 {
            self.pipe.changed.notify_of(PollEvents::READABLE);
        }
        Ok(count)
    }

    fn poll(&self) -> PollEvents {
        let state = self.pipe.state.lock();
        let mut events = PollEvents::empty();
        if self.read {
            if !state.is_empty() {
                events |= PollEvents::READABLE;
            }
            if state.writers == 0 && state.writer_opens != self.writers_before {
                events |= PollEvents::HUP;
            }
        }
        if self.write {
            if state.pages.len() < state.capacity {
                events |= PollEvents::WRITABLE;
            }
            if state.readers == 0 {
                events |= PollEvents::ERR;
            }
        }
        events
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(&self.pipe.changed)
    }

    fn ioctl(&self, command: u32, argument: usize) -> Result<usize> {
        if command != ioctl::FIONREAD {
            return Err(Errno::ENOTTY);
        }
        let len = self.pipe.state.lock().len();
        hal::user::store_u32(argument, u32::try_from(len).unwrap_or(u32::MAX))?;
        Ok(0)
    }

    fn opened(&self) -> Result<()> {
        let Some((readers, writers)) = self.seen else {
            return Ok(());
        };
        let state = self.pipe.state.lock();
        let reader_waits = self.read && state.writers == 0 && state.writer_opens == writers;
        let writer_waits = self.write && state.readers == 0 && state.reader_opens == readers;
        if reader_waits || writer_waits {
            Err(Errno::EAGAIN)
        } else {
            Ok(())
        }
    }

    fn sends_signals(&self) -> bool {
        true
    }

    fn is_stream(&self) -> bool {
        true
    }
}

impl Drop for PipeEnd {
    fn drop(&mut self) {
        let mut state = self.pipe.state.lock();
        state.readers -= usize::from(self.read);
        state.writers -= usize::from(self.write);
        drop(state);
        self.pipe.changed.notify();
    }
}

/// Opens a FIFO. Without `O_NONBLOCK` the caller then waits for [`FileObject::opened`].
///
/// # Errors
/// `ENXIO` when opened for writing only, not blocking, and nobody reads (fifo(7)).
pub fn open_fifo(pipe: Arc<Pipe>, request: &OpenRequest) -> Result<Arc<dyn FileObject>> {
    if request.write && !request.read && request.nonblocking && pipe.state.lock().readers == 0 {
        return Err(Errno::ENXIO);
    }
    let waits = !request.nonblocking && request.read != request.write;
    let mut end = pipe.open(request.read, request.write, waits);
    // Who waits for a writer hears of its end, however soon that is.
    if request.nonblocking && request.read && !request.write {
        let state = pipe.state.lock();
        if state.writers == 0 {
            end.writers_before = state.writer_opens;
        }
    }
    Ok(Arc::new(end))
}

/// Makes a pipe: its reading and its writing file. `flags` are status flags.
///
/// # Errors
/// `ENOMEM`.
pub fn create(credentials: &Credentials, flags: u32) -> Result<(Arc<OpenFile>, Arc<OpenFile>)> {
    let pipe = Pipe::new()?;
    let attributes =
        AnonymousInode::new(FileType::Fifo, 0o600, credentials.fsuid, credentials.fsgid);
    let name = alloc::format!("pipe:[{}]", attributes.number());
    let inode = Arc::new(PipeInode {
        attributes,
        pipe: Arc::downgrade(&pipe),
    });
    let location = anonymous_location(inode, name.as_bytes());
    let reader: Arc<dyn FileObject> = Arc::new(pipe.open(true, false, false));
    let writer = pipe.open(false, true, false);
    writer.set_packets(flags & raw::O_DIRECT != 0);
    let writer: Arc<dyn FileObject> = Arc::new(writer);
    Ok((
        OpenFile::new(location.clone(), Some(reader), FileAccess::READ, flags),
        OpenFile::new(location, Some(writer), FileAccess::WRITE, flags),
    ))
}

/// The node of a pipe without a name; `/proc/PID/fd` can open it again.
struct PipeInode {
    attributes: AnonymousInode,
    pipe: Weak<Pipe>,
}

impl Inode for PipeInode {
    fn kind(&self) -> FileType {
        FileType::Fifo
    }

    fn set_attributes(&self, changes: &AttributeChanges) -> Result<()> {
        self.attributes.set_attributes(changes)
    }

    fn metadata(&self) -> Metadata {
        self.attributes.metadata()
    }

    fn open(&self, request: &OpenRequest) -> Result<Option<Arc<dyn FileObject>>> {
        // Through /proc/PID/fd; unlike a FIFO, a pipe does not wait for its other side.
        let pipe = self.pipe.upgrade().ok_or(Errno::ENXIO)?;
        Ok(Some(Arc::new(pipe.open(
            request.read,
            request.write,
            false,
        ))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::poll::Observer;
    use core::sync::atomic::AtomicUsize;
    use hal::mock::fewer;
    use proptest::prelude::*;
    use std::collections::VecDeque;
    use std::vec::Vec;

    fn ends() -> (PipeEnd, PipeEnd) {
        let pipe = Pipe::new().unwrap();
        (pipe.open(true, false, false), pipe.open(false, true, false))
    }

    fn read(end: &PipeEnd, len: usize) -> Result<Vec<u8>> {
        let mut bytes = std::vec![0; len];
        let count = end.read(&mut Sink::kernel(&mut bytes))?;
        bytes.truncate(count);
        Ok(bytes)
    }

    #[test]
    fn a_hang_up_is_told_to_those_who_were_there() {
        let open = |pipe: &Arc<Pipe>, read, write, nonblocking| {
            let request = OpenRequest {
                read,
                write,
                nonblocking,
                no_controlling_terminal: false,
            };
            open_fifo(pipe.clone(), &request).unwrap()
        };
        let pipe = Pipe::new().unwrap();
        let early = open(&pipe, true, false, true);
        assert_eq!(early.poll(), PollEvents::empty());
        let waiting = open(&pipe, true, false, false);
        drop(open(&pipe, false, true, true));
        let late = open(&pipe, true, false, true);
        assert_eq!(early.poll(), PollEvents::HUP);
        assert_eq!(waiting.poll(), PollEvents::HUP);
        assert_eq!(late.poll(), PollEvents::empty());
        let writer = open(&pipe, false, true, true);
        let meanwhile = open(&pipe, true, false, true);
        drop(writer);
        for reader in [early, waiting, late, meanwhile] {
            assert_eq!(reader.poll(), PollEvents::HUP);
        }
    }

    #[test]
    fn the_last_writer_ends_the_stream_and_the_last_reader_breaks_it() {
        let (reader, writer) = ends();
        assert_eq!(read(&reader, 1), Err(Errno::EAGAIN));
        assert_eq!(writer.write(&mut Source::kernel(b"abc")), Ok(3));
        assert_eq!(reader.poll(), PollEvents::READABLE);
        drop(writer);
        assert_eq!(reader.poll(), PollEvents::READABLE | PollEvents::HUP);
        assert_eq!(read(&reader, 10), Ok(b"abc".to_vec()));
        assert_eq!(read(&reader, 10), Ok(Vec::new()));

        let (reader, writer) = ends();
        drop(reader);
        assert_eq!(writer.write(&mut Source::kernel(b"abc")), Err(Errno::EPIPE));
        assert_eq!(writer.poll(), PollEvents::WRITABLE | PollEvents::ERR);
    }

    #[test]
    fn small_writes_are_whole_and_large_ones_fill_up() {
        let (reader, writer) = ends();
        let large = std::vec![7u8; 70_000];
        assert_eq!(writer.write(&mut Source::kernel(&large)), Ok(65_536));
        assert_eq!(writer.poll(), PollEvents::empty());
        assert_eq!(read(&reader, 4096 + 100).unwrap().len(), 4196);
        assert_eq!(writer.write(&mut Source::kernel(&large[..4096])), Ok(4096));
        assert_eq!(
            writer.write(&mut Source::kernel(&large[..1])),
            Err(Errno::EAGAIN)
        );
    }

    /// Counts the changes that it is told of.
    struct Listener(AtomicUsize);

    impl Observer for Listener {
        fn changed(&self, _what: PollEvents) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }

        fn closed(&self) {}
    }

    #[test]
    fn a_read_tells_of_room_where_there_was_none() {
        let (reader, writer) = ends();
        let listener = Arc::new(Listener(AtomicUsize::new(0)));
        let observer: Arc<dyn Observer> = listener.clone();
        reader.pipe.changed.observe(&observer).unwrap();
        let told = || listener.0.swap(0, Ordering::Relaxed);
        let large = std::vec![7u8; 70_000];
        assert_eq!(writer.write(&mut Source::kernel(&large)), Ok(65_536));
        assert_eq!(told(), 1, "of the bytes");
        // Part of a page makes no room, but its rest is what a writer waits for.
        for len in [100, 3996] {
            assert_eq!(read(&reader, len).unwrap().len(), len);
            assert_eq!(told(), 1);
        }
        assert_eq!(writer.poll(), PollEvents::WRITABLE);
        assert_eq!(read(&reader, 4096).unwrap().len(), 4096);
        assert_eq!(told(), 0, "who waits for room has been told already");
        assert_eq!(writer.pipe.set_capacity(16 * 4096), Ok(16 * 4096));
        assert_eq!(told(), 1);
        // A pipe of one page is full with the first byte.
        assert_eq!(read(&reader, 70_000).unwrap().len(), 65_536 - 8192);
        assert_eq!(writer.pipe.set_capacity(0), Ok(4096));
        told();
        assert_eq!(writer.write(&mut Source::kernel(b"abc")), Ok(3));
        assert_eq!((read(&reader, 3).unwrap().len(), told()), (3, 2));
    }

    #[test]
    fn packets_are_read_one_by_one() {
        let (reader, writer) = ends();
        writer.set_packets(true);
        for packet in [&b"first"[..], b"second"] {
            assert_eq!(writer.write(&mut Source::kernel(packet)), Ok(packet.len()));
        }
        writer.set_packets(false);
        assert_eq!(writer.write(&mut Source::kernel(b"rest")), Ok(4));
        assert_eq!(writer.write(&mut Source::kernel(b" of it")), Ok(6));
        assert_eq!(read(&reader, 3), Ok(b"fir".to_vec()));
        assert_eq!(read(&reader, 100), Ok(b"second".to_vec()));
        assert_eq!(read(&reader, 100), Ok(b"rest of it".to_vec()));
    }

    #[test]
    fn lent_pages_hold_off_the_end() {
        let (reader, writer) = ends();
        assert_eq!(writer.write(&mut Source::kernel(b"abcdef")), Ok(6));
        let mut page = reader.take_page(100).unwrap().unwrap();
        drop(writer);
        assert_eq!(read(&reader, 10), Err(Errno::EAGAIN));
        page.start += 2;
        reader.return_page(page);
        assert_eq!(read(&reader, 10), Ok(b"cdef".to_vec()));
        assert!(reader.take_page(1).unwrap().is_none());
    }

    #[test]
    fn a_fifo_waits_for_the_other_side() {
        let pipe = Pipe::new().unwrap();
        let request = |read, write| OpenRequest {
            read,
            write,
            nonblocking: false,
            no_controlling_terminal: false,
        };
        let reader = open_fifo(pipe.clone(), &request(true, false)).unwrap();
        assert_eq!(reader.opened(), Err(Errno::EAGAIN));
        let writer = open_fifo(pipe.clone(), &request(false, true)).unwrap();
        assert_eq!(writer.opened(), Ok(()));
        drop(writer);
        // The writer came and went: the open is complete, and the reader sees the end.
        assert_eq!(reader.opened(), Ok(()));
        drop(reader);
        // The same while the reader was about to ask.
        let writer = open_fifo(pipe.clone(), &request(false, true)).unwrap();
        let reader = open_fifo(pipe.clone(), &request(true, false)).unwrap();
        assert_eq!(writer.opened(), Ok(()));
        drop(writer);
        assert_eq!(reader.opened(), Ok(()));
        // And a reader that goes at once has let the writer in.
        drop(reader);
        let reader = open_fifo(pipe.clone(), &request(true, false)).unwrap();
        let writer = open_fifo(pipe.clone(), &request(false, true)).unwrap();
        drop(reader);
        assert_eq!(writer.opened(), Ok(()));
        drop(writer);
        let nonblocking = OpenRequest {
            nonblocking: true,
            ..request(false, true)
        };
        assert_eq!(open_fifo(pipe, &nonblocking).err(), Some(Errno::ENXIO));
    }

    proptest! {
        /// Bytes keep their order through moves and copies, and no pipe writes into a page that another has.
        #[test]
        fn pages_change_hands(steps in prop::collection::vec((0u8..5, 1usize..6000), 1..fewer(60))) {
            let (first, into_first) = ends();
            let (second, into_second) = ends();
            let mut models: [VecDeque<u8>; 2] = Default::default();
            let mut next = 0u8;
            for (what, len) in steps {
                let bytes: Vec<u8> = (0..len).map(|_| { next = next.wrapping_add(1); next }).collect();
                match what {
                    0 | 1 => {
                        let writer = [&into_first, &into_second][usize::from(what)];
                        if let Ok(count) = writer.write_some(&mut Source::kernel(&bytes)) {
                            models[usize::from(what)].extend(&bytes[..count]);
                        }
                    }
                    2 | 3 => {
                        let moving = if what == 2 { Moving::Take } else { Moving::Copy };
                        if let Ok(count) = first.move_to(&into_second, len, moving) {
                            let moved: Vec<u8> = models[0].iter().take(count).copied().collect();
                            models[1].extend(moved);
                            if what == 2 {
                                models[0].drain(..count);
                            }
                        }
                    }
                    _ => for (reader, model) in [&first, &second].iter().zip(&mut models) {
                        if let Ok(bytes) = read(reader, len) {
                            let expected: Vec<u8> = model.drain(..bytes.len()).collect();
                            prop_assert_eq!(bytes, expected);
                        }
                    },
                }
            }
            for (reader, model) in [&first, &second].iter().zip(models) {
                prop_assert_eq!(reader.pipe.state.lock().len(), model.len());
                let rest = if model.is_empty() { Vec::new() } else { read(reader, model.len()).unwrap() };
                prop_assert_eq!(VecDeque::from(rest), model);
            }
        }

        #[test]
        fn bytes_come_out_as_they_went_in(steps in prop::collection::vec((any::<bool>(), 0usize..9000), 1..fewer(60))) {
            let (reader, writer) = ends();
            let mut model: VecDeque<u8> = VecDeque::new();
            let mut next = 0u8;
            for (write, len) in steps {
                if write {
                    let bytes: Vec<u8> = (0..len).map(|_| { next = next.wrapping_add(1); next }).collect();
                    match writer.write(&mut Source::kernel(&bytes)) {
                        Ok(count) => {
                            prop_assert!(count == len || (len > ATOMIC_SIZE && count > 0));
                            model.extend(&bytes[..count]);
                        }
                        Err(error) => prop_assert_eq!(error, Errno::EAGAIN),
                    }
                } else {
                    match read(&reader, len) {
                        Ok(bytes) => {
                            prop_assert_eq!(bytes.len(), len.min(model.len()));
                            let expected: Vec<u8> = model.drain(..bytes.len()).collect();
                            prop_assert_eq!(bytes, expected);
                        }
                        Err(error) => {
                            prop_assert_eq!(error, Errno::EAGAIN);
                            prop_assert!(model.is_empty());
                        }
                    }
                }
                let count = reader.pipe.state.lock().len();
                prop_assert_eq!(count, model.len());
            }
        }
    }
}
