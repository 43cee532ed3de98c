//! Time.
pub(crate) fn now() -> u64 {
    todo!()
}
pub(crate) fn cycles() -> u64 {
    todo!()
}
pub(crate) fn boot_wall_clock() -> u64 {
    todo!()
}
pub(crate) fn set_timer(_deadline: Option<u64>) {
    todo!()
}
