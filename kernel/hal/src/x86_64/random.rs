//! Random.
pub(crate) fn hardware(_: &mut [u8]) -> bool {
    todo!()
}
