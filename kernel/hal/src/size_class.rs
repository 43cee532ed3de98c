//! Size classes of the kernel heap.

/// Object sizes; multiples of 16, so that a class with a power of two has that alignment.
pub(crate) const SIZES: [u16; 15] = [
    16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1344, 2048, 4080,
];
/// Largest object of a slab.
pub(crate) const LARGEST: usize = 2048;
/// Classes that are in use; the last of [`SIZES`] closes the table.
pub(crate) const COUNT: usize = SIZES.len() - 1;

/// The class for each size in 16-byte units.
const TABLE: [u8; LARGEST / 16 + 1] = {
    let mut table = [0; LARGEST / 16 + 1];
    let mut units = 0;
    let mut class = 0;
    while units < table.len() {
        while (SIZES[class] as usize) < units * 16 {
            class += 1;
        }
        table[units] = class as u8;
        units += 1;
    }
    table
};

/// The class that fits `size` bytes at `alignment`, or `None` when whole pages must do.
#[inline]
pub(crate) fn of(size: usize, alignment: usize) -> Option<usize> {
    let size = if alignment <= 16 {
        size
    } else {
        size.max(alignment).next_power_of_two()
    };
    if size > LARGEST {
        None
    } else {
        Some(usize::from(TABLE[size.div_ceil(16)]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_fit_and_align() {
        for size in 0..=4096 {
            for alignment in (0..13).map(|shift| 1 << shift) {
                let Some(class) = of(size, alignment) else {
                    assert!(size.max(alignment) > LARGEST || size > LARGEST / 2);
                    continue;
                };
                let object = usize::from(SIZES[class]);
                assert!(
                    class < COUNT && object >= size && object % alignment.min(4096) == 0,
                    "{size} {alignment}"
                );
            }
        }
    }

    #[test]
    fn classes_are_the_smallest_that_fit() {
        assert_eq!(
            (of(1, 1), of(16, 16), of(17, 8), of(2048, 8), of(2049, 8)),
            (Some(0), Some(0), Some(1), Some(13), None)
        );
    }
}
