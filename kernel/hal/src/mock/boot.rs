//! Boot data that the test chooses.

use super::mem::Frame;
use crate::mem::PAGE_SIZE;
use std::cell::{Cell, RefCell};
use std::ops::Deref;

thread_local! {
    static COMMAND_LINE: Cell<&'static str> = const { Cell::new("") };
    static INITRAMFS: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// The initial RAM file system's bytes.
pub struct Initramfs(Vec<u8>);

impl Deref for Initramfs {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Initramfs {
    /// How far behind the start of a page it begins.
    pub fn start_in_page(&self) -> usize {
        0
    }

    /// Its pages as frames.
    pub fn into_frames(self) -> InitramfsFrames {
        InitramfsFrames(self.0, 0)
    }
}

/// The pages of the initial RAM file system, and the offset of the next.
pub struct InitramfsFrames(Vec<u8>, usize);

impl Iterator for InitramfsFrames {
    type Item = Frame;

    fn next(&mut self) -> Option<Frame> {
        let page = self.0.get(self.1..).filter(|rest| !rest.is_empty())?;
        let page = &page[..page.len().min(PAGE_SIZE)];
        let frame = Frame::zeroed().ok()?;
        frame.write(0, page);
        self.1 += page.len();
        Some(frame)
    }
}

/// Sets [`crate::boot::command_line`] on this thread.
pub fn set_command_line(line: &'static str) {
    COMMAND_LINE.set(line);
}

/// Sets what [`crate::boot::take_initramfs`] gives on this thread.
pub fn set_initramfs(bytes: Vec<u8>) {
    INITRAMFS.set(Some(bytes));
}

pub(crate) fn command_line() -> &'static str {
    COMMAND_LINE.get()
}

pub(crate) fn take_initramfs() -> Option<Initramfs> {
    INITRAMFS.take().map(Initramfs)
}
