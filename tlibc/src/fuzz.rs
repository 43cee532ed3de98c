//! How long the differential tests run. They are seeded and take seconds; `TLIBC_FUZZ=100 cargo test -p tlibc` runs them
//! with a hundred times as many cases, and `TLIBC_FUZZ_SEED=7` with others.

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The number of cases to try where `usual` are tried by default.
pub fn cases(usual: usize) -> usize {
    usual.saturating_mul(variable("TLIBC_FUZZ").unwrap_or(1) as usize)
}

/// The seed of a generator whose usual one is `usual`; never 0.
pub fn seed(usual: u64) -> u64 {
    let other = variable("TLIBC_FUZZ_SEED").unwrap_or(0);
    (usual ^ other.wrapping_mul(0x9e37_79b9_7f4a_7c15)).max(1)
}
