//! Vectors of bytes: 16 with SSE2, 32 with AVX2. The algorithms are generic over [`Vector`] and inlined into one
//! function per width; [`dispatch!`] chooses among these by what [`cpu`](super::cpu) found.
//!
//! Loads for scanning go through inline assembly, which may read bytes that no Rust object covers: those that share an
//! aligned block, and so a page, with a byte of the string.

use core::arch::asm;
use core::arch::x86_64::*;

/// A vector of bytes.
///
/// # Safety
/// Every function needs the processor to have the vector's instructions; addresses must be readable or writable for
/// the vector's bytes, and aligned to them where the name says so. A byte on the same page vouches for a read.
#[allow(clippy::missing_safety_doc, reason = "said above, for all")]
pub trait Vector: Copy {
    /// Bytes in a vector.
    const BYTES: usize;
    /// [`Self::mask`] of all bytes.
    const ALL: u32;
    /// The vector at an aligned address.
    unsafe fn load_aligned(at: *const u8) -> Self;
    /// The vector `N` vectors after an aligned address.
    unsafe fn load_aligned_at<const N: usize>(base: *const u8) -> Self;
    /// The vector at any address.
    unsafe fn load(at: *const u8) -> Self;
    /// Stores at an aligned address.
    unsafe fn store_aligned(self, at: *mut u8);
    /// Stores at any address.
    unsafe fn store(self, at: *mut u8);
    /// The same byte everywhere.
    unsafe fn splat(byte: u8) -> Self;
    /// 0xff where bytes are equal, 0 elsewhere.
    unsafe fn equal(self, other: Self) -> Self;
    /// Bitwise.
    unsafe fn xor(self, other: Self) -> Self;
    /// Bitwise.
    unsafe fn and(self, other: Self) -> Self;
    /// Bitwise.
    unsafe fn or(self, other: Self) -> Self;
    /// The lesser of each two bytes, unsigned.
    unsafe fn min(self, other: Self) -> Self;
    /// The sum of each two bytes, modulo 256.
    unsafe fn add(self, other: Self) -> Self;
    /// 0xff where this byte is less than the other, both signed.
    unsafe fn less(self, other: Self) -> Self;
    /// The top bit of each byte; the first byte's is bit 0.
    unsafe fn mask(self) -> u32;
    /// The same 32 bits everywhere.
    unsafe fn splat32(value: i32) -> Self;
    /// 0xff where 32-bit parts are equal.
    unsafe fn equal32(self, other: Self) -> Self;
}

macro_rules! implement {
    ($type:ty, $feature:literal, $bytes:literal, $all:literal, $register:ident,
     aligned $movea:literal, unaligned $moveu:literal,
     $store_aligned:ident, $store:ident, $splat:ident, $equal:ident, $xor:ident, $and:ident, $or:ident, $min:ident,
     $add:ident, $greater:ident, $mask:ident, $splat32:ident, $equal32:ident) => {
        // SAFETY (all blocks): the trait's contract; the instructions exist by the caller's promise.
        #[allow(clippy::undocumented_unsafe_blocks, reason = "said once, above")]
        impl Vector for $type {
            const BYTES: usize = $bytes;
            const ALL: u32 = $all;
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn load_aligned(at: *const u8) -> Self {
                unsafe { Self::load_aligned_at::<0>(at) }
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn load_aligned_at<const N: usize>(base: *const u8) -> Self {
                let vector;
                unsafe {
                    asm!(concat!($movea, " {v}, [{base} + {n}]"), v = lateout($register) vector,
                         base = in(reg) base, n = const N * $bytes,
                         options(pure, readonly, nostack, preserves_flags));
                }
                vector
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn load(at: *const u8) -> Self {
                let vector;
                unsafe {
                    asm!(concat!($moveu, " {v}, [{at}]"), v = lateout($register) vector, at = in(reg) at,
                         options(pure, readonly, nostack, preserves_flags));
                }
                vector
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn store_aligned(self, at: *mut u8) {
                unsafe { $store_aligned(at.cast(), self) }
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn store(self, at: *mut u8) {
                unsafe { $store(at.cast(), self) }
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn splat(byte: u8) -> Self {
                $splat(byte.cast_signed())
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn equal(self, other: Self) -> Self {
                $equal(self, other)
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn xor(self, other: Self) -> Self {
                $xor(self, other)
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn and(self, other: Self) -> Self {
                $and(self, other)
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn or(self, other: Self) -> Self {
                $or(self, other)
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn min(self, other: Self) -> Self {
                $min(self, other)
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn add(self, other: Self) -> Self {
                $add(self, other)
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn less(self, other: Self) -> Self {
                $greater(other, self)
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn mask(self) -> u32 {
                $mask(self).cast_unsigned()
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn splat32(value: i32) -> Self {
                $splat32(value)
            }
            #[inline]
            #[target_feature(enable = $feature)]
            unsafe fn equal32(self, other: Self) -> Self {
                $equal32(self, other)
            }
        }
    };
}

implement!(__m128i, "sse2", 16, 0xffff, xmm_reg, aligned "movdqa", unaligned "movdqu",
    _mm_store_si128, _mm_storeu_si128, _mm_set1_epi8, _mm_cmpeq_epi8, _mm_xor_si128, _mm_and_si128, _mm_or_si128,
    _mm_min_epu8, _mm_add_epi8, _mm_cmpgt_epi8, _mm_movemask_epi8, _mm_set1_epi32,
    _mm_cmpeq_epi32);
implement!(__m256i, "avx2", 32, 0xffff_ffff, ymm_reg, aligned "vmovdqa", unaligned "vmovdqu",
    _mm256_store_si256, _mm256_storeu_si256, _mm256_set1_epi8, _mm256_cmpeq_epi8, _mm256_xor_si256,
    _mm256_and_si256, _mm256_or_si256, _mm256_min_epu8, _mm256_add_epi8, _mm256_cmpgt_epi8, _mm256_movemask_epi8,
    _mm256_set1_epi32, _mm256_cmpeq_epi32);

/// Bytes in a page, the unit in which memory is readable or not.
pub const PAGE: usize = 4096;

/// Calls a function that is generic over [`Vector`] with the widest vectors there are:
/// `dispatch!(generic(a: A, b: B) -> R)` inside an unsafe function.
macro_rules! dispatch {
    ($generic:ident($($name:ident: $type:ty),*) -> $result:ty) => {{
        /// # Safety
        /// AVX2 exists; else as for the generic function.
        #[target_feature(enable = "avx2")]
        unsafe fn wide($($name: $type),*) -> $result {
            // SAFETY: the caller's promise.
            unsafe { $generic::<core::arch::x86_64::__m256i>($($name),*) }
        }
        // SAFETY: AVX2 was found; the rest is the caller's promise.
        unsafe {
            if $crate::string::cpu::has_avx2() {
                wide($($name),*)
            } else {
                $generic::<core::arch::x86_64::__m128i>($($name),*)
            }
        }
    }};
}
pub(crate) use dispatch;

/// What [`find`] looks for. No closure: one would not be compiled for the vector's instructions.
pub trait Sought<V: Vector>: Copy {
    /// A vector with a zero byte where this one has a byte that is sought.
    ///
    /// # Safety
    /// The processor has the vector's instructions.
    unsafe fn key(self, bytes: V) -> V;
}

/// Declares kinds of [`Sought`]: what each holds, and its key.
macro_rules! sought {
    ($($(#[$doc:meta])* $name:ident($($field:ident: $vectors:ty),*) |$bytes:ident| $key:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy)]
            pub struct $name<V>($(pub $vectors,)* pub core::marker::PhantomData<V>);

            impl<V: Vector> Sought<V> for $name<V> {
                #[inline(always)]
                #[allow(unused_unsafe, reason = "the simplest key calls nothing")]
                unsafe fn key(self, $bytes: V) -> V {
                    let $name($($field,)* _) = self;
                    // SAFETY: the caller's promise.
                    unsafe { $key }
                }
            }
        )*
    };
}

sought! {
    /// Nulls.
    Null() |bytes| bytes;
    /// A byte.
    Byte(byte: V) |bytes| bytes.xor(byte);
    /// A byte or a null.
    ByteOrNull(byte: V) |bytes| bytes.xor(byte).min(bytes);
    /// A wide character, in an aligned array.
    Wide(wide: V) |bytes| bytes.equal32(wide).equal(V::splat(0));
    /// A wide character or the null one, in an aligned array.
    WideOrNull(wide: V) |bytes| {
        let zero = V::splat(0);
        bytes.equal32(wide).or(bytes.equal32(zero)).equal(zero)
    };
    /// One of four bytes, or a null.
    FewOrNull(few: [V; 4]) |bytes| distance(few, bytes).min(bytes);
    /// None of four bytes.
    NotFew(few: [V; 4]) |bytes| distance(few, bytes).equal(V::splat(0));
}

/// Zero where the byte is one of four.
#[inline(always)]
unsafe fn distance<V: Vector>(few: [V; 4], bytes: V) -> V {
    // SAFETY: the caller's promise.
    unsafe {
        let low = bytes.xor(few[0]).min(bytes.xor(few[1]));
        low.min(bytes.xor(few[2]).min(bytes.xor(few[3])))
    }
}

/// The first byte from `start` on that is `sought`, which there must be.
///
/// # Safety
/// The bytes up to the hit are readable.
#[inline(always)]
pub unsafe fn find<V: Vector>(start: *const u8, sought: impl Sought<V>) -> *const u8 {
    // SAFETY: the caller's promise.
    unsafe { find_within::<V, false>(start, usize::MAX, sought) }
}

/// The places in an aligned block where something sought is.
#[inline(always)]
unsafe fn hits<V: Vector>(sought: impl Sought<V>, block: *const u8) -> u32 {
    // SAFETY: the caller's block.
    unsafe { sought.key(V::load_aligned(block)).equal(V::splat(0)).mask() }
}

/// The places of zeros in two vectors, one after the other.
#[inline(always)]
unsafe fn zeros<V: Vector>(low: V, high: V) -> u64 {
    // SAFETY: the caller has the vector's instructions.
    unsafe {
        let zero = V::splat(0);
        u64::from(low.equal(zero).mask()) | u64::from(high.equal(zero).mask()) << V::BYTES
    }
}

/// The first byte from `start` to `last` (inclusive) that is `sought`, or null. `last` counts if `LIMITED`.
///
/// # Safety
/// The bytes up to the hit, or all of the range, are readable.
#[inline(always)]
pub unsafe fn find_within<V: Vector, const LIMITED: bool>(
    start: *const u8,
    last: usize,
    sought: impl Sought<V>,
) -> *const u8 {
    let offset = start.addr() % V::BYTES;
    let mut block = start.wrapping_sub(offset);
    // SAFETY: a group is read only when it holds, at its start, a byte of the range before which there was no hit; it
    // does not cross a page, being aligned to its size.
    unsafe {
        let found = |block: *const u8, at: u32| {
            let place = block.wrapping_add(at as usize);
            if !LIMITED || place.addr() <= last {
                place
            } else {
                core::ptr::null()
            }
        };
        let first = hits::<V>(sought, block) >> offset;
        if first != 0 {
            return found(start, first.trailing_zeros());
        }
        loop {
            if LIMITED && last - block.addr() < V::BYTES {
                return core::ptr::null();
            }
            block = block.wrapping_add(V::BYTES);
            if block.addr().is_multiple_of(4 * V::BYTES) {
                break;
            }
            let mask = hits::<V>(sought, block);
            if mask != 0 {
                return found(block, mask.trailing_zeros());
            }
        }
        let mut groups = (last - block.addr()) / (4 * V::BYTES);
        loop {
            let a = sought.key(V::load_aligned_at::<0>(block));
            let b = sought.key(V::load_aligned_at::<1>(block));
            let c = sought.key(V::load_aligned_at::<2>(block));
            let d = sought.key(V::load_aligned_at::<3>(block));
            if a.min(b).min(c.min(d)).equal(V::splat(0)).mask() != 0 {
                let mask = zeros(a, b);
                if mask != 0 {
                    return found(block, mask.trailing_zeros());
                }
                let rest = block.wrapping_add(2 * V::BYTES);
                return found(rest, zeros(c, d).trailing_zeros());
            }
            if LIMITED && groups == 0 {
                return core::ptr::null();
            }
            groups = groups.wrapping_sub(1);
            block = block.wrapping_add(4 * V::BYTES);
        }
    }
}
