//! The Linux x86-64 backend: one file per area, typed wrappers over [`raw`].
//!
//! What [`kernel::Linux`] is made of invokes the instruction (`syscall!`); the rest goes through the contract (`call!`), so
//! that another kernel sees it too.
//!
//! A wrapper is `pub fn` when any arguments are harmless to Rust's memory (the kernel answers `EFAULT`, `EBADF`
//! …), and `pub unsafe fn` when it is not (it maps memory, or the kernel writes through a bare pointer).

pub mod calls;
pub mod file;
pub mod kernel;
pub mod memory;
pub mod process;
pub mod raw;
pub mod signal;
pub mod thread;
pub mod time;

pub use file::*;
pub use kernel::Linux;
pub use linux_raw_sys::general as constants;
pub use memory::*;
pub use process::*;
pub use signal::*;
pub use thread::*;
pub use time::*;

/// Invokes a system call by its `linux-raw-sys` number and checks the result:
/// `syscall!(__NR_close, fd)` gives `Result<usize, Errno>`. Arguments are cast to `usize`.
macro_rules! syscall {
    ($nr:ident) => {
        $crate::platform::raw::check($crate::platform::raw::syscall0(linux_raw_sys::general::$nr))
    };
    ($nr:ident, $a:expr) => {
        $crate::platform::raw::check($crate::platform::raw::syscall1(
            linux_raw_sys::general::$nr,
            $a as usize,
        ))
    };
    ($nr:ident, $a:expr, $b:expr) => {
        $crate::platform::raw::check($crate::platform::raw::syscall2(
            linux_raw_sys::general::$nr,
            $a as usize,
            $b as usize,
        ))
    };
    ($nr:ident, $a:expr, $b:expr, $c:expr) => {
        $crate::platform::raw::check($crate::platform::raw::syscall3(
            linux_raw_sys::general::$nr,
            $a as usize,
            $b as usize,
            $c as usize,
        ))
    };
    ($nr:ident, $a:expr, $b:expr, $c:expr, $d:expr) => {
        $crate::platform::raw::check($crate::platform::raw::syscall4(
            linux_raw_sys::general::$nr,
            $a as usize,
            $b as usize,
            $c as usize,
            $d as usize,
        ))
    };
    ($nr:ident, $a:expr, $b:expr, $c:expr, $d:expr, $e:expr) => {
        $crate::platform::raw::check($crate::platform::raw::syscall5(
            linux_raw_sys::general::$nr,
            $a as usize,
            $b as usize,
            $c as usize,
            $d as usize,
            $e as usize,
        ))
    };
    ($nr:ident, $a:expr, $b:expr, $c:expr, $d:expr, $e:expr, $f:expr) => {
        $crate::platform::raw::check($crate::platform::raw::syscall6(
            linux_raw_sys::general::$nr,
            $a as usize,
            $b as usize,
            $c as usize,
            $d as usize,
            $e as usize,
            $f as usize,
        ))
    };
}
pub(in crate::platform) use syscall;

/// Makes a call through the contract: [`Kernel::call`](super::contract::Kernel::call) of the kernel that the library is built
/// for. `call!(__NR_getuid)` gives `Result<usize, Errno>`. Arguments are cast to `usize`.
macro_rules! call {
    ($nr:ident $(, $argument:expr)*) => {
        <$crate::platform::Current as $crate::platform::contract::Kernel>::call(
            linux_raw_sys::general::$nr,
            [$($argument as usize),*],
        )
    };
}
pub(in crate::platform) use call;
