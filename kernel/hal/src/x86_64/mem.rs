//! Frames.
use crate::mem::{MemoryStats, OutOfMemory};
use core::ops::Range;

/// One page of physical memory with a reference count; see [`crate::mem`].
#[derive(Clone, Debug)]
pub struct Frame(core::num::NonZeroUsize);

#[allow(missing_docs, clippy::missing_errors_doc)]
impl Frame {
    pub fn zeroed() -> Result<Self, OutOfMemory> {
        todo!()
    }
    pub fn duplicate(&self) -> Result<Self, OutOfMemory> {
        todo!()
    }
    pub fn read(&self, _offset: usize, _to: &mut [u8]) {
        todo!()
    }
    pub fn write(&self, _offset: usize, _from: &[u8]) {
        todo!()
    }
    pub fn fill(&self, _range: Range<usize>, _byte: u8) {
        todo!()
    }
    pub fn references(&self) -> u32 {
        todo!()
    }
    pub fn same(&self, _other: &Self) -> bool {
        todo!()
    }
    pub fn id(&self) -> usize {
        self.0.get()
    }
}

pub(crate) fn stats() -> MemoryStats {
    todo!()
}
