//! The kernel calls that the POSIX headers pass on one to one, with the C types they come with.
//!
//! The shape of a call: `name(arguments) -> result = number;` in a `syscalls!` table becomes
//! `pub unsafe fn name(arguments) -> Result<result, Errno>`. `number` is its name in
//! `linux-raw-sys`. All go through [`Kernel::call`](crate::platform::contract::Kernel::call). None touches `errno`, none retries on `EINTR`.

/// Makes one function for each entry of a table.
macro_rules! syscalls {
    ($($name:ident($($arg:ident: $type:ty),*) -> $ret:ty = $number:ident;)*) => {$(
        #[doc = concat!("`", stringify!($name), "(2)`, as the kernel defines it.")]
        ///
        /// # Safety
        /// Pointer arguments satisfy what the manual page asks; the effect on memory and descriptors is the
        /// caller's to account for.
        #[inline]
        pub unsafe fn $name($($arg: $type),*) -> Result<$ret, crate::errno::Errno> {
            // SAFETY: the caller vouches for the arguments; the table gives each call its own signature.
            unsafe { $crate::platform::linux::call!($number $(, $arg)*) }.map(|value| value as $ret)
        }
    )*};
}

pub mod event;
pub mod fs;
pub mod ipc;
pub mod memory;
pub mod net;
pub mod process;
pub mod signal;
pub mod time;
