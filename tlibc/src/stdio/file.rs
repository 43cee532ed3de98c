//! `FILE`: a buffer over a device, and the operations all of stdio is made of.
//!
//! One buffer serves both directions: a stream is idle, reading (`rpos..rend` is what is left to hand out) or
//! writing (`wbase..wpos` is what the device has not got yet). The first fields lie where glibc's inline
//! getc_unlocked and putc_unlocked expect them; `wend` is the limit of that fast path, so it equals `wbase` for
//! streams that must look at each byte. The device is an [`Ops`] table: a descriptor ([`super::device`]), a
//! cookie or memory. Methods here take no lock: the C entry points do ([`FILE::lock`]).

use super::heap;
use super::multibyte::State;
use crate::errno::Errno;
use crate::pthread::tcb;
use crate::sync::{RawMutex, single_threaded};
use crate::types::*;
use core::ops::{Deref, DerefMut};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicUsize, Ordering};

/// The value of C's `EOF`.
pub const EOF: c_int = -1;
/// The size of a buffer that the library allocates, in bytes (C's `BUFSIZ`).
pub const BUFSIZ: usize = 8192;
/// Bytes kept free before a buffer, so that ungetc works on a full one.
pub const PUSHBACK: usize = 16;

/// Bits of [`FILE::flags`]; the first four have glibc's values, which its macros look at.
pub mod flag {
    use core::ffi::c_int;
    /// Opened for writing only.
    pub const NO_READ: c_int = 4;
    /// Opened for reading only.
    pub const NO_WRITE: c_int = 8;
    /// End of file was met.
    pub const EOF: c_int = 0x10;
    /// A read or write failed.
    pub const ERROR: c_int = 0x20;
    /// Each write goes to the end of the file.
    pub const APPEND: c_int = 0x1000;
    /// The buffer is ours to free.
    pub const OWN_BUFFER: c_int = 0x10000;
    /// The `FILE` is ours to free.
    pub const OWN_FILE: c_int = 0x20000;
    /// The buffering was chosen, by setvbuf or by the look at the device.
    pub const BUFFERING_KNOWN: c_int = 0x40000;
    /// The program does the locking (`__fsetlocking`).
    pub const BY_CALLER: c_int = 0x80000;
}

/// When written bytes reach the device (setvbuf).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffering {
    /// When the buffer is full.
    Full,
    /// At each newline.
    Line,
    /// At once.
    None,
}

/// How far a stream's end has come, where a walk through the list of streams delays it ([`super::standard`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is open.
    Open,
    /// It is being closed.
    Closing,
    /// It is closed: the last walk frees it.
    Closed,
}

/// Writes from `head`, then from `tail`.
pub type Write = unsafe fn(file: &mut FILE, head: &[u8], tail: &[u8]) -> Result<usize, Errno>;

/// What a stream asks of its device. The functions may assume that the stream is locked; those that move data
/// get no access to the buffer in use.
pub struct Ops {
    /// Reads up to `buf.len()` bytes; 0 at the end.
    pub read: unsafe fn(file: &mut FILE, buf: &mut [u8]) -> Result<usize, Errno>,
    /// Writes from `head`, then from `tail`; returns how many bytes were taken, at least one.
    pub write: Write,
    /// lseek.
    pub seek: unsafe fn(file: &mut FILE, offset: off_t, whence: c_int) -> Result<off_t, Errno>,
    /// Lets the device go.
    pub close: unsafe fn(file: &mut FILE) -> Result<(), Errno>,
}

/// A stream. Opaque to C.
#[repr(C)]
pub struct FILE {
    pub(super) flags: c_int,
    /// Descriptor, or −1.
    pub(super) fd: c_int,
    pub(super) rpos: *mut u8,
    pub(super) rend: *mut u8,
    pub(super) pushback_limit: *mut u8,
    pub(super) wbase: *mut u8,
    pub(super) wpos: *mut u8,
    pub(super) wend: *mut u8,
    /// The buffer; `PUSHBACK` writable bytes lie before it. Null until it is needed.
    pub(super) buf: *mut u8,
    pub(super) buf_size: usize,
    pub(super) buffering: Buffering,
    /// −1 byte, 1 wide, 0 not yet known (fwide).
    pub(super) orientation: i8,
    pub(super) lock: StreamLock,
    pub(super) ops: &'static Ops,
    /// For `ops`.
    pub(super) cookie: *mut c_void,
    /// The shell of a popen stream, 0 otherwise.
    pub(super) child: pid_t,
    /// Conversion state of wide input and of wide output.
    pub(super) read_state: State,
    pub(super) write_state: State,
    /// Links of the list of open streams.
    pub(super) previous: *mut FILE,
    pub(super) next: *mut FILE,
    /// How many walks through the list stand at this stream, and how far its end has come.
    pub(super) walkers: u32,
    pub(super) fate: Fate,
    /// Stands in for a buffer on unbuffered streams.
    pub(super) small: [u8; PUSHBACK + 8],
}

// SAFETY: access goes through the stream's lock, as C requires of its users.
unsafe impl Sync for FILE {}

impl FILE {
    /// A stream over a device, not yet in the list.
    pub const fn new(
        flags: c_int,
        fd: c_int,
        buffering: Buffering,
        ops: &'static Ops,
        cookie: *mut c_void,
    ) -> Self {
        Self {
            flags,
            fd,
            rpos: null_mut(),
            rend: null_mut(),
            pushback_limit: null_mut(),
            wbase: null_mut(),
            wpos: null_mut(),
            wend: null_mut(),
            buf: null_mut(),
            buf_size: 0,
            buffering,
            orientation: 0,
            lock: StreamLock::new(),
            ops,
            cookie,
            child: 0,
            read_state: State::new(),
            write_state: State::new(),
            previous: null_mut(),
            next: null_mut(),
            walkers: 0,
            fate: Fate::Open,
            small: [0; PUSHBACK + 8],
        }
    }

    /// Locks `file` for the length of one operation.
    ///
    /// # Safety
    /// `file` is an open stream, and no other reference to it is in use in this thread.
    #[inline]
    pub unsafe fn lock<'a>(file: *mut FILE) -> Locked<'a> {
        // A second thread can't appear in the middle of an operation, so a lone one needs no lock: fopencookie, whose
        // functions might start one, ends that.
        // SAFETY: the caller's duty.
        let held = unsafe { !single_threaded() && (*file).flags & flag::BY_CALLER == 0 };
        if held {
            // SAFETY: as above.
            unsafe { (*file).lock.acquire() }
        }
        Locked {
            file,
            held,
            life: core::marker::PhantomData,
        }
    }

    pub(super) fn has(&self, bit: c_int) -> bool {
        self.flags & bit != 0
    }

    /// Records a failure: the error indicator and `errno`.
    pub(super) fn fail(&mut self, errno: Errno) {
        self.flags |= flag::ERROR;
        crate::errno::set_errno(errno);
    }

    /// Bytes written and not yet at the device.
    pub(super) fn pending(&self) -> usize {
        self.wpos as usize - self.wbase as usize
    }

    /// Bytes read ahead.
    pub(super) fn unread(&self) -> usize {
        self.rend as usize - self.rpos as usize
    }

    /// Whether the stream is in the middle of writing.
    #[inline]
    pub(super) fn is_writing(&self) -> bool {
        !self.wbase.is_null()
    }

    /// End of the buffer.
    #[inline]
    pub(super) fn buf_end(&self) -> *mut u8 {
        self.buf.wrapping_add(self.buf_size)
    }

    /// Provides a buffer and settles the buffering.
    #[cold]
    pub(super) fn ensure_buffer(&mut self) {
        if !self.has(flag::BUFFERING_KNOWN) {
            self.flags |= flag::BUFFERING_KNOWN;
            if self.fd >= 0 && super::device::is_terminal(self.fd) {
                self.buffering = Buffering::Line;
            }
        }
        if !self.buf.is_null() {
            return;
        }
        if self.buffering != Buffering::None {
            let block = heap::alloc(PUSHBACK + BUFSIZ);
            if !block.is_null() {
                self.flags |= flag::OWN_BUFFER;
                self.buf = block.wrapping_add(PUSHBACK);
                self.buf_size = BUFSIZ;
                return;
            }
        }
        // Unbuffered, or without memory for more: a few bytes inside the stream do.
        self.buf = (&raw mut self.small).cast::<u8>().wrapping_add(PUSHBACK);
        self.buf_size = if self.buffering == Buffering::None {
            1
        } else {
            8
        };
    }

    /// Replaces the buffer by the caller's, or by none (a new one comes when needed).
    ///
    /// # Safety
    /// `[buf - PUSHBACK, buf + size)` stays valid for the stream's use, or `buf` is null.
    pub(super) unsafe fn replace_buffer(&mut self, buf: *mut u8, size: usize) {
        self.free_buffer();
        self.buf = buf;
        self.buf_size = size;
        self.become_idle();
    }

    /// Frees a buffer of our own.
    pub(super) fn free_buffer(&mut self) {
        if self.has(flag::OWN_BUFFER) {
            self.flags &= !flag::OWN_BUFFER;
            // SAFETY: allocated by `ensure_buffer`, PUSHBACK bytes before.
            unsafe { heap::free(self.buf.sub(PUSHBACK)) }
        }
        self.buf = null_mut();
        self.buf_size = 0;
    }

    /// Forgets what is buffered.
    pub(super) fn become_idle(&mut self) {
        self.rpos = null_mut();
        self.rend = null_mut();
        self.wbase = null_mut();
        self.wpos = null_mut();
        self.wend = null_mut();
    }

    // Reading.

    /// Turns to reading. False, with the error noted, when that is impossible; false as well at a sticky end of file.
    #[cold]
    pub(super) fn start_reading(&mut self) -> bool {
        if self.has(flag::NO_READ) {
            self.fail(Errno::EBADF);
            return false;
        }
        if self.is_writing() {
            if self.flush().is_err() {
                return false;
            }
            self.become_idle();
        }
        if self.buf.is_null() {
            self.ensure_buffer();
        }
        if self.rpos.is_null() {
            self.rpos = self.buf;
            self.rend = self.buf;
            self.pushback_limit = self.buf.wrapping_sub(PUSHBACK);
            super::standard::flush_at_exit();
        }
        !self.has(flag::EOF)
    }

    /// Reads into an empty buffer; false at the end of the file or on an error, which is then noted.
    #[cold]
    pub(super) fn fill(&mut self) -> bool {
        if !self.start_reading() {
            return false;
        }
        if self.buffering != Buffering::Full {
            // Someone may be waiting for a prompt at the terminal (C23 7.23.3p3).
            super::standard::flush_line_buffered_stdout(self);
        }
        // SAFETY: the buffer is ours and nobody else looks at it.
        let room = unsafe { core::slice::from_raw_parts_mut(self.buf, self.buf_size) };
        let count = self.read_device(room);
        self.rpos = self.buf;
        self.rend = self.buf.wrapping_add(count);
        count > 0
    }

    /// One read from the device; 0 at the end or on an error, which is then noted.
    pub(super) fn read_device(&mut self, room: &mut [u8]) -> usize {
        let read = self.ops.read;
        // SAFETY: `ops` belongs to this stream.
        match unsafe { read(self, room) } {
            Ok(0) => {
                self.flags |= flag::EOF;
                0
            }
            Ok(count) => count,
            Err(errno) => {
                self.fail(errno);
                0
            }
        }
    }

    /// The next byte, or `EOF`.
    #[inline]
    pub(super) fn get_byte(&mut self) -> c_int {
        if self.rpos == self.rend && !self.fill() {
            return EOF;
        }
        // SAFETY: rpos < rend, inside the buffer.
        unsafe {
            let byte = *self.rpos;
            self.rpos = self.rpos.add(1);
            c_int::from(byte)
        }
    }

    /// What is buffered, after filling if nothing is; empty at the end or on an error.
    #[inline]
    pub(super) fn readable(&mut self) -> &[u8] {
        if self.rpos == self.rend && !self.fill() {
            return &[];
        }
        // SAFETY: rpos..rend is the initialised part of the buffer.
        unsafe { core::slice::from_raw_parts(self.rpos, self.unread()) }
    }

    /// Takes `count` bytes that [`Self::readable`] showed.
    #[inline]
    pub(super) fn consume(&mut self, count: usize) {
        debug_assert!(count <= self.unread());
        self.rpos = self.rpos.wrapping_add(count);
    }

    /// Reads until `out` is full, the end or an error; returns how many bytes came.
    pub(super) fn read_bytes(&mut self, out: &mut [u8]) -> usize {
        let mut done = 0;
        while done < out.len() {
            if self.rpos == self.rend
                && out.len() - done >= self.buf_size.max(1)
                && !self.buf.is_null()
            {
                // More is wanted than a buffer holds: spare the copy.
                if !self.start_reading() {
                    break;
                }
                if self.buffering != Buffering::Full {
                    super::standard::flush_line_buffered_stdout(self);
                }
                let count = self.read_device(&mut out[done..]);
                if count == 0 {
                    break;
                }
                done += count;
                continue;
            }
            let ready = self.readable();
            if ready.is_empty() {
                break;
            }
            let count = ready.len().min(out.len() - done);
            out[done..done + count].copy_from_slice(&ready[..count]);
            self.consume(count);
            done += count;
        }
        done
    }

    /// Pushes bytes back so that they are read next; false when there is no room.
    pub(super) fn push_back(&mut self, bytes: &[u8]) -> bool {
        let at_end = self.has(flag::EOF);
        self.flags &= !flag::EOF;
        if self.rpos.is_null() && !self.start_reading() {
            return false;
        }
        if (self.rpos as usize - self.pushback_limit as usize) < bytes.len() {
            // Move what is unread to the end of the buffer.
            let unread = self.unread();
            let target = self.buf_end().wrapping_sub(unread);
            if (target as usize - self.pushback_limit as usize) < bytes.len() {
                if at_end {
                    self.flags |= flag::EOF;
                }
                return false;
            }
            // SAFETY: both ranges lie in the buffer.
            unsafe { core::ptr::copy(self.rpos, target, unread) };
            self.rpos = target;
            self.rend = self.buf_end();
        }
        // SAFETY: at least bytes.len() writable bytes lie between the limit and rpos.
        unsafe {
            self.rpos = self.rpos.sub(bytes.len());
            core::ptr::copy_nonoverlapping(bytes.as_ptr(), self.rpos, bytes.len());
        }
        true
    }

    // Writing.

    /// Turns to writing. False, with the error noted, when that is impossible.
    #[cold]
    pub(super) fn start_writing(&mut self) -> bool {
        if self.has(flag::NO_WRITE) {
            self.fail(Errno::EBADF);
            return false;
        }
        if self.is_writing() {
            return true;
        }
        self.drop_read_ahead();
        if self.buf.is_null() {
            self.ensure_buffer();
        }
        self.become_idle();
        self.wbase = self.buf;
        self.wpos = self.buf;
        self.wend = if self.buffering == Buffering::Full {
            self.buf_end()
        } else {
            self.buf
        };
        super::standard::flush_at_exit();
        true
    }

    /// Puts the device back to where the program has read to, where the device can seek.
    pub(super) fn drop_read_ahead(&mut self) {
        let unread = self.unread();
        if unread > 0 {
            let seek = self.ops.seek;
            // SAFETY: `ops` belongs to this stream. A pipe or terminal can't go back: nothing to do then.
            if unsafe { seek(self, -(unread as off_t), super::seek::SEEK_CUR) }.is_ok() {
                self.rpos = self.rend;
            }
        }
    }

    /// Writes one byte; the byte, or `EOF`.
    #[inline]
    pub(super) fn put_byte(&mut self, byte: u8) -> c_int {
        if self.wpos < self.wend {
            // SAFETY: wpos lies inside the buffer.
            unsafe {
                *self.wpos = byte;
                self.wpos = self.wpos.add(1);
            }
            return c_int::from(byte);
        }
        self.put_byte_slow(byte)
    }

    #[cold]
    pub(super) fn put_byte_slow(&mut self, byte: u8) -> c_int {
        if self.write_bytes(&[byte]) == 1 {
            c_int::from(byte)
        } else {
            EOF
        }
    }

    /// Writes `data`; returns how many bytes were taken, fewer than all only after an error.
    #[inline]
    pub(super) fn write_bytes(&mut self, data: &[u8]) -> usize {
        if data.len() <= (self.wend as usize).saturating_sub(self.wpos as usize)
            && self.is_writing()
        {
            self.store(data);
            return data.len();
        }
        self.write_bytes_slow(data)
    }

    /// Copies into the buffer, where there is room.
    #[inline]
    fn store(&mut self, data: &[u8]) {
        // SAFETY: the caller checked the room.
        unsafe {
            core::ptr::copy_nonoverlapping(data.as_ptr(), self.wpos, data.len());
            self.wpos = self.wpos.add(data.len());
        }
    }

    fn write_bytes_slow(&mut self, data: &[u8]) -> usize {
        if data.is_empty() || !self.start_writing() {
            return 0;
        }
        let now = match self.buffering {
            Buffering::Full => 0,
            Buffering::Line => data.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1),
            Buffering::None => data.len(),
        };
        // What must go at once, then what doesn't fit, past the buffer; the rest waits in the buffer.
        let mut done = 0;
        if now > 0 {
            match self.drain(&data[..now]) {
                Ok(()) => done = now,
                Err(taken) => return taken,
            }
        }
        let rest = &data[done..];
        if rest.len() > self.buf_end() as usize - self.wpos as usize {
            match self.drain(rest) {
                Ok(()) => return data.len(),
                Err(taken) => return done + taken,
            }
        }
        self.store(rest);
        data.len()
    }

    /// Gets the buffer and then `data` to the device. On an error, which is noted, the buffer is empty all the
    /// same, and the result is how many bytes of `data` the device took.
    pub(super) fn drain(&mut self, data: &[u8]) -> Result<(), usize> {
        let mut taken = 0;
        let mut sent = 0; // of the buffer
        let pending = self.pending();
        let write = self.ops.write;
        while sent < pending || taken < data.len() {
            // SAFETY: wbase..wpos is the pending part of the buffer; `ops` belongs to this stream and leaves it alone.
            let result = unsafe {
                let head =
                    core::slice::from_raw_parts(self.wbase.wrapping_add(sent), pending - sent);
                let head = if pending == sent { &[] } else { head };
                write(self, head, &data[taken..])
            };
            match result {
                Ok(count) => {
                    let of_buffer = count.min(pending - sent);
                    sent += of_buffer;
                    taken += count - of_buffer;
                }
                Err(errno) => {
                    // What the device refused is gone, as in other C libraries: programs that have reported the
                    // failure call clearerr and close the stream, and must not meet it again.
                    self.wpos = self.wbase;
                    self.fail(errno);
                    return Err(taken);
                }
            }
        }
        self.wpos = self.wbase;
        Ok(())
    }

    /// Gets everything written to the device.
    ///
    /// # Errors
    /// The error is noted in the stream and in `errno`.
    pub(super) fn flush(&mut self) -> Result<(), Failed> {
        if self.pending() == 0 {
            return Ok(());
        }
        self.drain(&[]).map_err(|_| Failed)
    }

    /// fflush: also puts the device back to where the program has read to.
    pub(super) fn synchronise(&mut self) -> Result<(), Failed> {
        self.flush()?;
        if self.is_writing() {
            self.become_idle();
        } else if self.unread() > 0 {
            self.drop_read_ahead();
            // What can't be given back, to a pipe, is read later.
            if self.unread() == 0 {
                self.become_idle();
            }
        }
        Ok(())
    }

    /// Chooses byte orientation; false when the stream is wide.
    #[inline]
    pub(super) fn be_narrow(&mut self) -> bool {
        if self.orientation == 0 {
            self.orientation = -1;
        }
        self.orientation < 0
    }
}

/// The operation failed; the stream's error indicator and `errno` say how.
#[derive(Clone, Copy, Debug)]
pub struct Failed;

/// A stream locked for one operation.
pub struct Locked<'a> {
    file: *mut FILE,
    held: bool,
    life: core::marker::PhantomData<&'a mut FILE>,
}

impl Deref for Locked<'_> {
    type Target = FILE;
    #[inline]
    fn deref(&self) -> &FILE {
        // SAFETY: the stream is open and this thread has it to itself.
        unsafe { &*self.file }
    }
}

impl DerefMut for Locked<'_> {
    #[inline]
    fn deref_mut(&mut self) -> &mut FILE {
        // SAFETY: as above.
        unsafe { &mut *self.file }
    }
}

impl Drop for Locked<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.held {
            self.lock.release();
        }
    }
}

/// A recursive lock. The owner is known by its thread control block.
pub struct StreamLock {
    owner: AtomicUsize,
    /// Only the owner touches it.
    depth: AtomicUsize,
    raw: RawMutex,
}

impl StreamLock {
    const fn new() -> Self {
        Self {
            owner: AtomicUsize::new(0),
            depth: AtomicUsize::new(0),
            raw: RawMutex::new(),
        }
    }

    /// flockfile.
    #[inline]
    pub fn acquire(&self) {
        let me = tcb::current() as usize;
        if self.owner.load(Ordering::Relaxed) != me {
            self.raw.lock();
            self.owner.store(me, Ordering::Relaxed);
        }
        self.depth
            .store(self.depth.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }

    /// ftrylockfile.
    pub fn try_acquire(&self) -> bool {
        let me = tcb::current() as usize;
        if self.owner.load(Ordering::Relaxed) != me {
            if !self.raw.try_lock() {
                return false;
            }
            self.owner.store(me, Ordering::Relaxed);
        }
        self.depth
            .store(self.depth.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        true
    }

    /// In the child of a fork: gives up a lock that a thread of the parent held. The calling thread keeps its own.
    ///
    /// # Safety
    /// There is no other thread.
    pub unsafe fn disown(&self) {
        if self.owner.load(Ordering::Relaxed) != tcb::current() as usize {
            self.owner.store(0, Ordering::Relaxed);
            self.depth.store(0, Ordering::Relaxed);
            // SAFETY: nobody holds it or waits for it.
            unsafe { self.raw.reset() };
        }
    }

    /// funlockfile.
    #[inline]
    pub fn release(&self) {
        let depth = self.depth.load(Ordering::Relaxed) - 1;
        self.depth.store(depth, Ordering::Relaxed);
        if depth == 0 {
            self.owner.store(0, Ordering::Relaxed);
            self.raw.unlock();
        }
    }
}
