//! What the boot loader handed over, and the way into the kernel.

use crate::backend::boot as backend;

pub use backend::{Initramfs, InitramfsFrames};

/// The kernel's command line; empty when there is none or it is not UTF-8.
pub fn command_line() -> &'static str {
    backend::command_line()
}

/// The initial RAM file system; `None` when the loader gave none or it was taken before. Its memory
/// is freed when the value is dropped.
pub fn take_initramfs() -> Option<Initramfs> {
    backend::take_initramfs()
}

/// Names the function that the hardware layer calls when the machine is set up:
/// `hal::kernel_main!(main);` with `fn main() -> !`. Once, in the kernel's binary. Does nothing on
/// the host.
#[macro_export]
macro_rules! kernel_main {
    ($main:path) => {
        #[cfg(target_os = "none")]
        #[unsafe(no_mangle)]
        extern "Rust" fn clew_kernel_main() -> ! {
            let main: fn() -> ! = $main;
            main()
        }
    };
}
