//! Random numbers from the processor.

/// Fills `bytes` from the processor's generator (RDRAND). Returns `false` when there is none or it
/// fails; `bytes` is then unspecified and the caller mixes in what else it has.
#[must_use]
pub fn hardware(bytes: &mut [u8]) -> bool {
    crate::backend::random::hardware(bytes)
}
