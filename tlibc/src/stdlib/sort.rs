//! qsort, qsort_r: a stable merge sort with a temporary array, or a heap sort in place where there is no
//! memory for one. Both need O(n log n) comparisons at worst.

use crate::malloc::{free, malloc};
use crate::string::copy::{memcpy, memmove};
use crate::types::{c_int, c_void, size_t};

/// Comparison of two elements with a value of the caller's.
pub type CompareWith =
    unsafe extern "C" fn(a: *const c_void, b: *const c_void, context: *mut c_void) -> c_int;
/// Comparison of two elements.
pub type Compare = unsafe extern "C" fn(a: *const c_void, b: *const c_void) -> c_int;

/// Arrays up to this many bytes are merged through the stack.
const STACK_SCRATCH: usize = 1024;
/// Runs up to this length are sorted by insertion.
const SHORT_RUN: usize = 6;

/// Sorts `count` elements of `width` bytes (ISO C 7.22.5.2).
///
/// # Safety
/// The array is valid and `compare` can take any two of its elements.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn qsort(
    base: *mut c_void,
    count: size_t,
    width: size_t,
    compare: Option<Compare>,
) {
    let Some(compare) = compare else { return };
    // SAFETY: the caller's array and function.
    unsafe {
        sort(base.cast(), count, width, |a, b| {
            compare(a.cast(), b.cast())
        })
    }
}

/// [`qsort`] with a third argument for the comparison (POSIX.1-2024).
///
/// # Safety
/// As for [`qsort`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn qsort_r(
    base: *mut c_void,
    count: size_t,
    width: size_t,
    compare: Option<CompareWith>,
    context: *mut c_void,
) {
    let Some(compare) = compare else { return };
    // SAFETY: the caller's array and function.
    unsafe {
        sort(base.cast(), count, width, |a, b| {
            compare(a.cast(), b.cast(), context)
        })
    }
}

/// How elements of one width are moved.
trait Width: Copy {
    fn bytes(self) -> usize;
    /// # Safety
    /// Both places are valid for one element and apart.
    unsafe fn copy(self, to: *mut u8, from: *const u8);
}

#[derive(Clone, Copy)]
struct Four;
#[derive(Clone, Copy)]
struct Eight;
#[derive(Clone, Copy)]
struct Any(usize);

impl Width for Four {
    fn bytes(self) -> usize {
        4
    }
    unsafe fn copy(self, to: *mut u8, from: *const u8) {
        // SAFETY: the caller's places.
        unsafe {
            to.cast::<u32>()
                .write_unaligned(from.cast::<u32>().read_unaligned())
        }
    }
}

impl Width for Eight {
    fn bytes(self) -> usize {
        8
    }
    unsafe fn copy(self, to: *mut u8, from: *const u8) {
        // SAFETY: the caller's places.
        unsafe {
            to.cast::<u64>()
                .write_unaligned(from.cast::<u64>().read_unaligned())
        }
    }
}

impl Width for Any {
    fn bytes(self) -> usize {
        self.0
    }
    unsafe fn copy(self, to: *mut u8, from: *const u8) {
        // SAFETY: the caller's places.
        unsafe { memcpy(to.cast(), from.cast(), self.0) };
    }
}

unsafe fn sort(
    base: *mut u8,
    count: usize,
    width: usize,
    compare: impl Fn(*const u8, *const u8) -> c_int,
) {
    if count < 2 || width == 0 {
        return;
    }
    let Some(bytes) = count.checked_mul(width) else {
        return;
    };
    // SAFETY: the scratch array is as long as the caller's; it is freed before the end.
    unsafe {
        let mut stack = [core::mem::MaybeUninit::<u128>::uninit(); STACK_SCRATCH / 16];
        let heap = if bytes <= STACK_SCRATCH {
            core::ptr::null_mut()
        } else {
            let errno = crate::errno::errno();
            let block = malloc(bytes).cast::<u8>();
            if block.is_null() {
                crate::errno::set_errno(errno);
                heap_sort(base, count, width, &compare);
                return;
            }
            block
        };
        let scratch = if heap.is_null() {
            stack.as_mut_ptr().cast()
        } else {
            heap
        };
        match width {
            4 => merge_sort(base, scratch, count, Four, &compare),
            8 => merge_sort(base, scratch, count, Eight, &compare),
            _ => merge_sort(base, scratch, count, Any(width), &compare),
        }
        free(heap.cast());
    }
}

/// Sorts `count` elements at `base`; recursion depth is log2 of `count`.
unsafe fn merge_sort<W: Width>(
    base: *mut u8,
    scratch: *mut u8,
    count: usize,
    width: W,
    compare: &impl Fn(*const u8, *const u8) -> c_int,
) {
    let size = width.bytes();
    // SAFETY: all positions are inside the two arrays of `count` elements.
    unsafe {
        if count <= SHORT_RUN {
            return insertion_sort(base, scratch, count, width, compare);
        }
        let half = count / 2;
        let middle = base.add(half * size);
        merge_sort(base, scratch, half, width, compare);
        merge_sort(middle, scratch, count - half, width, compare);
        // Already in order: the common case of sorted input.
        if compare(middle.sub(size), middle) <= 0 {
            return;
        }
        // The left half waits in the scratch array; elements of the right half move down into place.
        memcpy(scratch.cast(), base.cast(), half * size);
        let (mut left, left_end) = (scratch, scratch.add(half * size));
        let (mut right, right_end) = (middle, base.add(count * size));
        let mut to = base;
        while left < left_end && right < right_end {
            if compare(left, right) <= 0 {
                width.copy(to, left);
                left = left.add(size);
            } else {
                width.copy(to, right);
                right = right.add(size);
            }
            to = to.add(size);
        }
        memcpy(to.cast(), left.cast(), left_end.addr() - left.addr());
    }
}

unsafe fn insertion_sort<W: Width>(
    base: *mut u8,
    scratch: *mut u8,
    count: usize,
    width: W,
    compare: &impl Fn(*const u8, *const u8) -> c_int,
) {
    let size = width.bytes();
    // SAFETY: positions below `count`; the scratch array holds one element at least.
    unsafe {
        for index in 1..count {
            let element = base.add(index * size);
            let mut place = element;
            while place > base && compare(place.sub(size), element) > 0 {
                place = place.sub(size);
            }
            if place < element {
                width.copy(scratch, element);
                memmove(
                    place.add(size).cast(),
                    place.cast(),
                    element.addr() - place.addr(),
                );
                width.copy(place, scratch);
            }
        }
    }
}

unsafe fn heap_sort(
    base: *mut u8,
    count: usize,
    width: usize,
    compare: &impl Fn(*const u8, *const u8) -> c_int,
) {
    // SAFETY: indices stay below `count`.
    unsafe {
        let at = |index: usize| base.add(index * width);
        let swap = |a: usize, b: usize| core::ptr::swap_nonoverlapping(at(a), at(b), width);
        let sift = |mut root: usize, end: usize| {
            loop {
                let mut child = 2 * root + 1;
                if child >= end {
                    return;
                }
                if child + 1 < end && compare(at(child), at(child + 1)) < 0 {
                    child += 1;
                }
                if compare(at(root), at(child)) >= 0 {
                    return;
                }
                swap(root, child);
                root = child;
            }
        };
        for root in (0..count / 2).rev() {
            sift(root, count);
        }
        for end in (1..count).rev() {
            swap(0, end);
            sift(0, end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    unsafe extern "C" fn by_key(a: *const c_void, b: *const c_void) -> c_int {
        // SAFETY: the elements start with a u32.
        unsafe {
            a.cast::<u32>()
                .read_unaligned()
                .cmp(&b.cast::<u32>().read_unaligned()) as c_int
        }
    }

    #[test]
    fn sorts_stably_at_every_width() {
        let mut seed = 12345u32;
        let mut next = || {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            seed >> 8
        };
        for width in [4usize, 8, 12, 16, 31, 100] {
            for count in [0usize, 1, 2, 5, 6, 7, 50, 333, 2000] {
                // Few keys, so that stability shows: the order of insertion follows the key.
                let mut rows: Vec<Vec<u8>> = (0..count)
                    .map(|i| {
                        let mut row = (next() % 17).to_ne_bytes().to_vec();
                        row.extend_from_slice(&(i as u32).to_ne_bytes());
                        row.resize(width.max(8), 7);
                        row.truncate(width);
                        row
                    })
                    .collect();
                let mut flat: Vec<u8> = rows.concat();
                // SAFETY: the vector holds `count` elements.
                unsafe { qsort(flat.as_mut_ptr().cast(), count, width, Some(by_key)) };
                rows.sort_by_key(|row| u32::from_ne_bytes(row[..4].try_into().unwrap()));
                assert_eq!(flat, rows.concat(), "width {width}, count {count}");
            }
        }
    }

    #[test]
    fn the_sort_without_memory_sorts_too() {
        let mut values: Vec<u32> = (0..1000u32)
            .map(|i| i.wrapping_mul(2654435761) % 500)
            .collect();
        let mut expected = values.clone();
        expected.sort_unstable();
        // SAFETY: the vector holds 1000 elements of 4 bytes.
        unsafe {
            heap_sort(values.as_mut_ptr().cast(), 1000, 4, &|a, b| {
                by_key(a.cast(), b.cast())
            });
        }
        assert_eq!(values, expected);
    }

    #[test]
    fn sorted_and_adversarial_input_stays_n_log_n() {
        use core::sync::atomic::{AtomicUsize, Ordering};
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        unsafe extern "C" fn counting(a: *const c_void, b: *const c_void) -> c_int {
            CALLS.fetch_add(1, Ordering::Relaxed);
            // SAFETY: as the caller's.
            unsafe { by_key(a, b) }
        }
        for pattern in [
            |i: u32| i,
            |i: u32| u32::MAX - i,
            |i: u32| i % 2,
            |i: u32| i ^ 1,
        ] {
            let mut values: Vec<u32> = (0..65536).map(pattern).collect();
            CALLS.store(0, Ordering::Relaxed);
            // SAFETY: the vector's length and width.
            unsafe { qsort(values.as_mut_ptr().cast(), values.len(), 4, Some(counting)) };
            assert!(values.is_sorted());
            assert!(CALLS.load(Ordering::Relaxed) <= 65536 * 17);
        }
    }
}
