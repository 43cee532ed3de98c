//! Pages of shared anonymous memory (`MAP_SHARED | MAP_ANONYMOUS`).

use alloc::collections::BTreeMap;

use hal::mem::Frame;

use crate::errno::Result;
use crate::sync::SpinLock;

/// Memory that several address spaces map; zeros until written.
#[derive(Default)]
pub struct SharedMemory {
    pages: SpinLock<BTreeMap<u64, Frame>>,
}

impl SharedMemory {
    /// Empty memory.
    pub fn new() -> Self {
        Self::default()
    }

    /// The frame of a page, allocated on first use. `ENOMEM`.
    pub fn page(&self, index: u64) -> Result<Frame> {
        let mut pages = self.pages.lock();
        if let Some(frame) = pages.get(&index) {
            return Ok(frame.clone());
        }
        let frame = Frame::zeroed()?;
        pages.insert(index, frame.clone());
        Ok(frame)
    }
}
