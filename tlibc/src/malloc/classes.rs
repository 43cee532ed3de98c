//! Size classes: multiples of 16 up to 128 bytes, then four per doubling up to [`MAX_SMALL`], so that rounding up
//! wastes at most a quarter and an eighth on average.

/// Largest size served from a size class, in bytes.
pub const MAX_SMALL: usize = 32 * 1024;
/// Number of classes, class 0 (none) included.
pub const COUNT: usize = 41;
/// Largest size looked up in the table.
const MAX_TABLE: usize = 1024;

const fn size_computed(class: usize) -> usize {
    if class <= 8 {
        class * 16
    } else {
        let step = class - 9;
        (128 << (step / 4)) / 4 * (5 + step % 4)
    }
}

/// Block sizes in bytes, by class.
pub const SIZES: [u32; COUNT] = {
    let mut sizes = [0; COUNT];
    let mut class = 1;
    while class < COUNT {
        sizes[class] = size_computed(class) as u32;
        class += 1;
    }
    sizes
};

const TABLE: [u8; MAX_TABLE / 16 + 1] = {
    let mut table = [1; MAX_TABLE / 16 + 1];
    let mut class = 1;
    let mut index = 1;
    while index < table.len() {
        if index * 16 > SIZES[class] as usize {
            class += 1;
        }
        table[index] = class as u8;
        index += 1;
    }
    table
};

const _: () = assert!(SIZES[COUNT - 1] as usize == MAX_SMALL);

/// The block size of a class in bytes.
#[inline(always)]
pub fn size_of_class(class: usize) -> usize {
    SIZES[class] as usize
}

/// The smallest class whose blocks hold `size` bytes; `size` is at most [`MAX_SMALL`].
#[inline(always)]
pub fn class_of(size: usize) -> usize {
    if size <= MAX_TABLE {
        return TABLE[size.div_ceil(16)] as usize;
    }
    let log = (usize::BITS - 1 - (size - 1).leading_zeros()) as usize;
    9 + (log - 7) * 4 + ((size - 1) >> (log - 2)) - 4
}

/// Heap pages in a span of this class: the fewest that leave at most an eighth unused and hold eight blocks,
/// or what holds eight blocks.
pub const fn span_pages(class: usize, page: usize) -> usize {
    let size = SIZES[class] as usize;
    let mut pages = 1;
    loop {
        let bytes = pages * page;
        if bytes / size >= 8 || (bytes >= size && bytes % size <= bytes / 8 && bytes / size >= 4) {
            return pages;
        }
        pages += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_gets_the_tightest_class() {
        for size in 1..=MAX_SMALL {
            let class = class_of(size);
            assert!(size_of_class(class) >= size, "{size}");
            assert!(class == 1 || size_of_class(class - 1) < size, "{size}");
        }
        assert_eq!(class_of(0), 1);
    }

    #[test]
    fn classes_keep_sixteen_byte_alignment() {
        assert!((1..COUNT).all(|class| size_of_class(class).is_multiple_of(16)));
    }
}
