//! Modules changed at random: what comes of a number is the same in every run.

/// A sequence of numbers (Marsaglia's xorshift).
pub struct Numbers(u64);

impl Numbers {
    /// The sequence of this number.
    pub fn of(number: u64) -> Self {
        let mut numbers = Self(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number + 1) | 1);
        // Neighbours begin alike.
        for _ in 0..8 {
            numbers.next();
        }
        numbers
    }

    /// Any 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

/// One of the modules `seeds`, changed in up to three places.
pub fn mutant(seeds: &[Vec<u8>], number: u64) -> Vec<u8> {
    let mut numbers = Numbers::of(number);
    let mut module = seeds[numbers.below(seeds.len())].clone();
    // Half of them keep their length, so that more than the first section is looked at.
    let kinds = if number.is_multiple_of(2) { 5 } else { 7 };
    for _ in 0..=numbers.below(3) {
        // The header stays: what comes of other ones, other tests tell.
        let at = 8 + numbers.below(module.len() - 8);
        match numbers.below(kinds) {
            0 => module[at] ^= 1 << numbers.below(8),
            1 => module[at] = numbers.next() as u8,
            2 => module[at] = [0, 1, 0x7f, 0x80, 0xff][numbers.below(5)],
            3 => module[at] = module[at].wrapping_add(1),
            4 => {
                let other = 8 + numbers.below(module.len() - 8);
                module.swap(at, other);
            }
            5 => module.insert(at, numbers.next() as u8),
            _ => drop(module.remove(at)),
        }
    }
    module
}
