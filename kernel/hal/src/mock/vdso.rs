//! No vDSO: user mode is a script.

pub(crate) fn image() -> &'static [u8] {
    &[]
}

pub(crate) fn rate() -> Option<(u64, u64)> {
    None
}
