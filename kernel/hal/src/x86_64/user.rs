//! User mode.
use crate::mem::Frame;
use crate::user::{Fault, InvalidVectorState, Trap, UserContext};

pub(crate) fn run(_context: &mut UserContext) -> Trap {
    todo!()
}
pub(crate) fn copy_in(_to: &mut [u8], _from: usize) -> Result<(), Fault> {
    todo!()
}
pub(crate) fn copy_out(_to: usize, _from: &[u8]) -> Result<(), Fault> {
    todo!()
}
pub(crate) fn zero_out(_to: usize, _length: usize) -> Result<(), Fault> {
    todo!()
}
pub(crate) fn copy_frame_out(
    _to: usize,
    _frame: &Frame,
    _offset: usize,
    _length: usize,
) -> Result<(), Fault> {
    todo!()
}
pub(crate) fn copy_frame_in(
    _frame: &Frame,
    _offset: usize,
    _from: usize,
    _length: usize,
) -> Result<(), Fault> {
    todo!()
}
pub(crate) fn load_u32(_from: usize) -> Result<u32, Fault> {
    todo!()
}
pub(crate) fn store_u32(_to: usize, _value: u32) -> Result<(), Fault> {
    todo!()
}
pub(crate) fn load_u64(_from: usize) -> Result<u64, Fault> {
    todo!()
}
pub(crate) fn store_u64(_to: usize, _value: u64) -> Result<(), Fault> {
    todo!()
}
pub(crate) fn compare_exchange_u32(_at: usize, _old: u32, _new: u32) -> Result<u32, Fault> {
    todo!()
}
pub(crate) fn vector_state_size() -> usize {
    todo!()
}
pub(crate) fn vector_state_features() -> u64 {
    todo!()
}
pub(crate) fn save_vector_state(_state: &mut [u8]) {
    todo!()
}
pub(crate) fn restore_vector_state(_state: &[u8]) -> Result<(), InvalidVectorState> {
    todo!()
}
pub(crate) fn reset_vector_state() {
    todo!()
}
pub(crate) fn fs_base() -> usize {
    todo!()
}
pub(crate) fn set_fs_base(_base: usize) {
    todo!()
}
pub(crate) fn gs_base() -> usize {
    todo!()
}
pub(crate) fn set_gs_base(_base: usize) {
    todo!()
}
