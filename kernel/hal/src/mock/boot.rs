//! Boot data that the test chooses.

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
