//! Pages of shared anonymous memory (`MAP_SHARED | MAP_ANONYMOUS`).

use alloc::collections::BTreeMap;
use core::ops::Range;

use hal::mem::Frame;

use crate::errno::{Errno, Result};
use crate::sync::SpinLock;

/// Memory that several address spaces map; zeros until written.
#[derive(Default)]
pub struct SharedMemory {
    pages: SpinLock<BTreeMap<u64, Frame>>,
    /// It has the pages it was made with and no others, and nobody may store.
    fixed: bool,
}

impl SharedMemory {
    /// Empty memory.
    pub fn new() -> Self {
        Self::default()
    }

    /// Memory that has these pages only, which programs may not write.
    pub fn fixed(pages: impl IntoIterator<Item = Frame>) -> Self {
        Self {
            pages: SpinLock::new((0..).zip(pages).collect()),
            fixed: true,
        }
    }

    /// Whether a mapping may ever be writable.
    pub fn may_write(&self) -> bool {
        !self.fixed
    }

    /// The frame of a page, allocated on first use. `ENOMEM`; `ENXIO` behind
    /// the pages of fixed memory.
    pub fn page(&self, index: u64) -> Result<Frame> {
        let mut pages = self.pages.lock();
        if let Some(frame) = pages.get(&index) {
            return Ok(frame.clone());
        }
        if self.fixed {
            return Err(Errno::ENXIO);
        }
        let frame = Frame::zeroed()?;
        pages.insert(index, frame.clone());
        Ok(frame)
    }

    /// Gives the pages with these indexes up; the next look makes new ones.
    pub fn take(&self, indexes: Range<u64>) -> BTreeMap<u64, Frame> {
        let mut pages = self.pages.lock();
        let mut taken = pages.split_off(&indexes.start);
        let mut behind = taken.split_off(&indexes.end);
        pages.append(&mut behind);
        taken
    }
}
