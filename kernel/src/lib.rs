//! The Clew kernel: Linux's x86-64 system-call interface in safe Rust.
//!
//! Everything that touches the machine lives below, in `clew-hal`; this crate
//! contains no `unsafe` and compiles on the host against the HAL's mock, where
//! its tests run. Start reading at [`start`], then [`process::run_thread`] (the
//! loop around user mode) and [`syscall`] (one table of system calls).

#![cfg_attr(target_os = "none", no_std)]
#![forbid(unsafe_code)]
// What a program does never ends the kernel: a panic needs the reason why no program brings it about.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::unreachable,
        clippy::todo,
        clippy::unimplemented,
        clippy::get_unwrap,
        clippy::allow_attributes_without_reason
    )
)]

extern crate alloc;

pub mod drivers;
pub mod errno;
pub mod fs;
pub mod ipc;
pub mod logger;
pub mod mm;
pub mod net;
pub mod process;
pub mod sched;
pub mod signal;
pub mod start;
pub mod sync;
pub mod syscall;
pub mod time;
pub mod tty;
