//! Where formatted bytes go: a cursor over a buffer, and what to do when it is full.

use crate::numconv::Out;
use core::ffi::c_void;

/// Takes the bytes that did not fit and makes new room, or drops them.
pub type Overflow = unsafe fn(sink: &mut Sink, rest: &[u8]);

/// A byte sink: a string (`snprintf`) or a stream's buffer.
pub struct Sink {
    /// Next byte to write.
    pub at: *mut u8,
    /// End of the room.
    pub end: *mut u8,
    /// Bytes accepted so far, dropped ones included.
    pub total: usize,
    /// Called with what doesn't fit.
    pub overflow: Overflow,
    /// For `overflow`.
    pub context: *mut c_void,
}

impl Sink {
    /// A sink that keeps what fits in `[at, end)` and drops the rest.
    pub fn truncating(at: *mut u8, end: *mut u8) -> Self {
        Self {
            at,
            end,
            total: 0,
            overflow: drop_rest,
            context: core::ptr::null_mut(),
        }
    }

    #[inline]
    fn room(&self) -> usize {
        self.end as usize - self.at as usize
    }

    #[cold]
    fn full(&mut self, rest: &[u8]) {
        // SAFETY: `overflow` and `context` were given together by whoever built the sink.
        unsafe { (self.overflow)(self, rest) }
    }
}

/// Fills the room with as much as fits.
unsafe fn drop_rest(sink: &mut Sink, rest: &[u8]) {
    let fits = sink.room().min(rest.len());
    // SAFETY: `fits` bytes of room remain.
    unsafe {
        core::ptr::copy_nonoverlapping(rest.as_ptr(), sink.at, fits);
        sink.at = sink.at.add(fits);
    }
}

impl Out for Sink {
    #[inline]
    fn bytes(&mut self, text: &[u8]) {
        self.total += text.len();
        if text.len() <= self.room() {
            // SAFETY: the room suffices.
            unsafe {
                core::ptr::copy_nonoverlapping(text.as_ptr(), self.at, text.len());
                self.at = self.at.add(text.len());
            }
        } else {
            self.full(text);
        }
    }

    fn fill(&mut self, byte: u8, count: usize) {
        if count <= self.room() {
            self.total += count;
            // SAFETY: the room suffices.
            unsafe {
                self.at.write_bytes(byte, count);
                self.at = self.at.add(count);
            }
            return;
        }
        let block = [byte; 64];
        let mut left = count;
        while left > 0 {
            let n = left.min(block.len());
            self.bytes(&block[..n]);
            left -= n;
        }
    }
}
