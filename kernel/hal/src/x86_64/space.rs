//! Page tables.
use crate::mem::{Frame, OutOfMemory};
use crate::space::Access;
use core::ops::Range;

/// A map from user pages to frames; see [`crate::space`].
#[derive(Debug)]
pub struct AddressSpace(());

#[allow(missing_docs)]
impl AddressSpace {
    pub fn new() -> Result<Self, OutOfMemory> {
        todo!()
    }
    pub fn map(
        &mut self,
        _address: usize,
        _frame: Frame,
        _access: Access,
    ) -> Result<(), OutOfMemory> {
        todo!()
    }
    pub fn unmap(&mut self, _range: Range<usize>, _removed: impl FnMut(usize, Frame)) {
        todo!()
    }
    pub fn protect(&mut self, _range: Range<usize>, _access: Access) {
        todo!()
    }
    pub fn lookup(&self, _address: usize) -> Option<(Frame, Access)> {
        todo!()
    }
    pub fn set_access(&mut self, _address: usize, _access: Access) {
        todo!()
    }
    pub fn clone_cow(
        &mut self,
        _child: &mut AddressSpace,
        _range: Range<usize>,
    ) -> Result<(), OutOfMemory> {
        todo!()
    }
    pub fn share(
        &mut self,
        _child: &mut AddressSpace,
        _range: Range<usize>,
    ) -> Result<(), OutOfMemory> {
        todo!()
    }
    pub fn next_mapped(&self, _range: Range<usize>) -> Option<usize> {
        todo!()
    }
    pub fn resident(&self) -> usize {
        todo!()
    }
    pub fn activate(&self) {
        todo!()
    }
}

pub(crate) fn deactivate() {
    todo!()
}
