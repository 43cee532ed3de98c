//! CPU.
pub(crate) fn id() -> usize {
    0
}
pub(crate) fn count() -> usize {
    1
}
pub(crate) fn idle() {
    todo!()
}
pub(crate) fn interrupt_window() {
    todo!()
}
pub(crate) fn relax() {
    core::hint::spin_loop();
}
pub(crate) fn hwcap() -> usize {
    todo!()
}
pub(crate) fn hwcap2() -> usize {
    todo!()
}
