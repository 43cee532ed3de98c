//! The hardware layer's own test: boots on the machine, exercises each part and exits with the
//! status of an orderly end.
//!
//! `cargo build --example selftest --target x86_64-unknown-none`, then QEMU with `-kernel`. Reports
//! to the log port (COM2).
#![cfg_attr(target_os = "none", no_std, no_main)]
#![forbid(unsafe_code)]

#[cfg(target_os = "none")]
extern crate alloc;
#[cfg(target_os = "none")]
clew_hal::kernel_main!(machine::main);

#[cfg(not(target_os = "none"))]
fn main() {
    println!("this runs on the machine only: build it for x86_64-unknown-none");
}

#[cfg(target_os = "none")]
mod machine;
