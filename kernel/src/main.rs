//! The kernel's executable: what the boot loader starts.

#![cfg_attr(target_os = "none", no_std, no_main)]
#![forbid(unsafe_code)]

#[cfg(target_os = "none")]
hal::kernel_main!(clew_kernel::start::start);

#[cfg(not(target_os = "none"))]
fn main() {
    eprintln!("The kernel runs on its own: see `toolchain/bin/clew run --help`.");
    std::process::exit(2);
}
