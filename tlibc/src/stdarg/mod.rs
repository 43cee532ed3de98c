//! Variable arguments and `long double`, below the level of C prototypes.
//!
//! Stable Rust can call C-variadic functions but not define them. A variadic C function is therefore
//! two: the `v` form, which takes a [`VaList`], and a naked entry made by [`variadic!`](crate::variadic),
//! which spills the argument registers as the System V AMD64 ABI (§3.5.7) lays them out, points a
//! `va_list` at them and calls the `v` form.
//!
//! Neighbours: [`longdouble`] holds the 80-bit type and the naked entries that return one; the users are
//! `stdio` (printf, scanf), `err`, `error`, `syslog` and `unistd` (`execl`).

pub mod longdouble;

pub use longdouble::F80;

use core::ffi::c_void;

/// Bytes of the register save area that hold rdi, rsi, rdx, rcx, r8, r9.
const GP_AREA: u32 = 48;
/// Bytes of the whole register save area: the six integer registers, then xmm0–xmm7.
const SAVE_AREA: u32 = 176;

/// The element of C's `va_list` (`__va_list_tag`, System V AMD64 ABI figure 3.34).
///
/// A C `va_list` parameter is an array of one of these and so decays to `*mut VaList`.
/// `va_copy` is a plain copy.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct VaList {
    gp_offset: u32,
    fp_offset: u32,
    overflow_arg_area: *mut u8,
    reg_save_area: *mut u8,
}

impl VaList {
    /// A list whose arguments all lie in memory at `area`, eight bytes each, as the stack would hold them.
    ///
    /// # Safety
    /// `area` must be readable for every argument that will be fetched and aligned to 8
    /// (16 where a `long double` is fetched).
    pub const unsafe fn from_memory(area: *mut c_void) -> Self {
        Self {
            gp_offset: GP_AREA,
            fp_offset: SAVE_AREA,
            overflow_arg_area: area.cast(),
            reg_save_area: core::ptr::null_mut(),
        }
    }

    /// Address of the next integer-class argument.
    ///
    /// # Safety
    /// The caller of the variadic function passed a further argument.
    #[inline]
    unsafe fn next_int(&mut self) -> *const u8 {
        if self.gp_offset < GP_AREA {
            // SAFETY: gp_offset is below the size of the integer part of the save area.
            let slot = unsafe { self.reg_save_area.add(self.gp_offset as usize) };
            self.gp_offset += 8;
            slot
        } else {
            // SAFETY: the caller's duty; arguments past the registers lie on the stack.
            unsafe { self.next_overflow() }
        }
    }

    /// Address of the next eight-byte argument on the stack.
    ///
    /// # Safety
    /// The caller passed a further argument in memory.
    #[inline]
    unsafe fn next_overflow(&mut self) -> *const u8 {
        let slot = self.overflow_arg_area;
        // SAFETY: the slot exists, so one past it is in bounds of the same stack area.
        self.overflow_arg_area = unsafe { slot.add(8) };
        slot
    }

    /// Fetches an `int` (also anything that promotes to it).
    ///
    /// # Safety
    /// The next argument was passed and is an `int`.
    #[inline]
    pub unsafe fn arg_i32(&mut self) -> i32 {
        // SAFETY: the slot holds the argument in its low half.
        unsafe { self.next_int().cast::<i32>().read() }
    }

    /// Fetches a `long`, `long long`, `size_t`, …
    ///
    /// # Safety
    /// The next argument was passed and has 64 bits.
    #[inline]
    pub unsafe fn arg_i64(&mut self) -> i64 {
        // SAFETY: the slot holds the argument.
        unsafe { self.next_int().cast::<i64>().read() }
    }

    /// Fetches a pointer.
    ///
    /// # Safety
    /// The next argument was passed and is a pointer.
    #[inline]
    pub unsafe fn arg_ptr<T>(&mut self) -> *mut T {
        // SAFETY: the slot holds the argument.
        unsafe { self.next_int().cast::<*mut T>().read() }
    }

    /// Fetches a `double` (also a promoted `float`).
    ///
    /// # Safety
    /// The next argument was passed and is a `double`.
    #[inline]
    pub unsafe fn arg_f64(&mut self) -> f64 {
        if self.fp_offset < SAVE_AREA {
            // SAFETY: fp_offset is inside the save area; the entry spilled the vector registers (al != 0).
            let value = unsafe {
                self.reg_save_area
                    .add(self.fp_offset as usize)
                    .cast::<f64>()
                    .read()
            };
            self.fp_offset += 16;
            value
        } else {
            // SAFETY: arguments past the registers lie on the stack.
            unsafe { self.next_overflow().cast::<f64>().read() }
        }
    }

    /// Fetches a `long double`: always in memory, aligned to 16.
    ///
    /// # Safety
    /// The next argument was passed and is a `long double`.
    #[inline]
    pub unsafe fn arg_longdouble(&mut self) -> F80 {
        let at = self.overflow_arg_area.map_addr(|a| (a + 15) & !15);
        // SAFETY: the argument occupies the 16 bytes at `at`.
        unsafe {
            self.overflow_arg_area = at.add(16);
            at.cast::<F80>().read()
        }
    }
}

/// Defines a variadic C function on top of its `v` form.
///
/// ```ignore
/// variadic! { pub fn printf(fmt: *const c_char, ...) -> c_int => vprintf }
/// ```
/// The fixed parameters (one to five, integer class only) and a `*mut VaList` after them go to the `v` form,
/// an `extern "C"` function whose result is returned unchanged. `-> !` is allowed.
#[macro_export]
macro_rules! variadic {
    ($(#[$meta:meta])* pub fn $name:ident($a:ident: $ta:ty, ...) -> $ret:ty => $v:path) => {
        $crate::variadic!(@emit [$(#[$meta])*] $name ($a: $ta) $ret, $v, "8", "rsi");
    };
    ($(#[$meta:meta])* pub fn $name:ident($a:ident: $ta:ty, $b:ident: $tb:ty, ...) -> $ret:ty => $v:path) => {
        $crate::variadic!(@emit [$(#[$meta])*] $name ($a: $ta, $b: $tb) $ret, $v, "16", "rdx");
    };
    ($(#[$meta:meta])* pub fn $name:ident($a:ident: $ta:ty, $b:ident: $tb:ty, $c:ident: $tc:ty, ...) -> $ret:ty => $v:path) => {
        $crate::variadic!(@emit [$(#[$meta])*] $name ($a: $ta, $b: $tb, $c: $tc) $ret, $v, "24", "rcx");
    };
    ($(#[$meta:meta])* pub fn $name:ident($a:ident: $ta:ty, $b:ident: $tb:ty, $c:ident: $tc:ty, $d:ident: $td:ty, ...) -> $ret:ty => $v:path) => {
        $crate::variadic!(@emit [$(#[$meta])*] $name ($a: $ta, $b: $tb, $c: $tc, $d: $td) $ret, $v, "32", "r8");
    };
    ($(#[$meta:meta])* pub fn $name:ident($a:ident: $ta:ty, $b:ident: $tb:ty, $c:ident: $tc:ty, $d:ident: $td:ty, $e:ident: $te:ty, ...) -> $ret:ty => $v:path) => {
        $crate::variadic!(@emit [$(#[$meta])*] $name ($a: $ta, $b: $tb, $c: $tc, $d: $td, $e: $te) $ret, $v, "40", "r9");
    };
    (@emit [$(#[$meta:meta])*] $name:ident ($($p:ident: $t:ty),*) $ret:ty, $v:path, $gp:literal, $reg:literal) => {
        $(#[$meta])*
        ///
        /// # Safety
        /// As the C prototype requires; the variable arguments must match what the function will fetch.
        #[unsafe(naked)]
        #[cfg_attr(not(test), unsafe(no_mangle))]
        pub unsafe extern "C" fn $name($($p: $t),*) -> $ret {
            // Frame: va_list at rsp, the save area at rsp+32 (so that xmm slots are aligned), rsp 16-aligned at the call.
            core::arch::naked_asm!(
                "sub rsp, 216",
                "mov [rsp + 32], rdi",
                "mov [rsp + 40], rsi",
                "mov [rsp + 48], rdx",
                "mov [rsp + 56], rcx",
                "mov [rsp + 64], r8",
                "mov [rsp + 72], r9",
                "test al, al",
                "je 2f",
                "movaps [rsp + 80], xmm0",
                "movaps [rsp + 96], xmm1",
                "movaps [rsp + 112], xmm2",
                "movaps [rsp + 128], xmm3",
                "movaps [rsp + 144], xmm4",
                "movaps [rsp + 160], xmm5",
                "movaps [rsp + 176], xmm6",
                "movaps [rsp + 192], xmm7",
                "2:",
                concat!("mov dword ptr [rsp], ", $gp),
                "mov dword ptr [rsp + 4], 48",
                "lea rax, [rsp + 224]",
                "mov [rsp + 8], rax",
                "lea rax, [rsp + 32]",
                "mov [rsp + 16], rax",
                concat!("mov ", $reg, ", rsp"),
                "call {v}",
                "add rsp, 216",
                "ret",
                v = sym $v,
            )
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ffi::{c_int, c_long};

    unsafe extern "C" fn vsum(out: *mut f64, n: c_int, ap: *mut VaList) -> c_long {
        let mut ints = 0;
        // SAFETY: the test passes n (long, double) pairs, then one long double.
        unsafe {
            let ap = &mut *ap;
            *out = 0.0;
            for i in 1..=n {
                ints += ap.arg_i64() * i64::from(i);
                *out += ap.arg_f64() * f64::from(i);
            }
        }
        ints
    }

    variadic! {
        /// Weighted sums.
        pub fn sum(out: *mut f64, n: c_int, ...) -> c_long => vsum
    }

    type Sum = unsafe extern "C" fn(*mut f64, c_int, ...) -> c_long;

    #[test]
    fn registers_and_stack() {
        // SAFETY: same symbol, seen as the variadic function it is.
        let f: Sum =
            unsafe { core::mem::transmute(sum as unsafe extern "C" fn(*mut f64, c_int) -> c_long) };
        let mut d = 0.0;
        // SAFETY: eleven pairs are passed.
        let s = unsafe {
            f(
                &mut d, 11, 1i64, 0.5f64, 2i64, 1.5f64, 3i64, 2.5f64, 4i64, 3.5f64, 5i64, 4.5f64,
                6i64, 5.5f64, 7i64, 6.5f64, 8i64, 7.5f64, 9i64, 8.5f64, 10i64, 9.5f64, 11i64,
                10.5f64,
            )
        };
        let expect: i64 = (1..=11).map(|i| i * i).sum();
        assert_eq!(s, expect);
        let expect: f64 = (1..=11).map(|i| f64::from(i) * (f64::from(i) - 0.5)).sum();
        assert_eq!(d, expect);
    }
}
