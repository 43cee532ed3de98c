//! Power.
pub(crate) fn exit(_status: u8) -> ! {
    todo!()
}
pub(crate) fn off() -> ! {
    todo!()
}
pub(crate) fn reboot() -> ! {
    todo!()
}
pub(crate) fn halt() -> ! {
    todo!()
}
