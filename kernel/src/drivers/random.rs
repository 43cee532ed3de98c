//! The random number generator: ChaCha20, seeded by the processor.

use hal::sync::SpinLock;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// How many bytes are moved in the time that a random one takes, at least; for [`crate::sync::LongWork`].
pub const COST: usize = 16;

static GENERATOR: SpinLock<Option<ChaCha20Rng>> = SpinLock::new(None);

/// Seeds the generator. Once, at boot.
pub fn init() {
    let mut seed = [0; 32];
    if !hal::random::hardware(&mut seed) {
        log::warn!("no hardware random numbers: the clock is the only seed");
        let clocks = [
            hal::time::cycles(),
            hal::time::boot_wall_clock(),
            hal::time::now(),
        ];
        for (bytes, clock) in seed.chunks_exact_mut(8).zip(clocks) {
            bytes.copy_from_slice(&clock.to_le_bytes());
        }
    }
    *GENERATOR.lock() = Some(ChaCha20Rng::from_seed(seed));
}

/// Fills a buffer with random bytes.
pub fn fill(bytes: &mut [u8]) {
    GENERATOR
        .lock()
        .get_or_insert_with(|| ChaCha20Rng::from_seed([0; 32]))
        .fill_bytes(bytes);
}

/// Stirs bytes that a program wrote to `/dev/random` into the generator. They
/// can only add to what is unknown, never take away.
pub fn stir(bytes: &[u8]) {
    let mut generator = GENERATOR.lock();
    let mut seed = [0; 32];
    if let Some(generator) = generator.as_mut() {
        generator.fill_bytes(&mut seed);
    }
    for (index, byte) in bytes.iter().enumerate() {
        seed[index % 32] ^= byte.rotate_left((index / 32) as u32 % 8);
    }
    *generator = Some(ChaCha20Rng::from_seed(seed));
}
