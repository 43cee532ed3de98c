//! tlibc: the C library of Clew, with the binary interface of glibc on x86-64 Linux.
//!
//! A folder per C header (`sys/stat.h` is `sys_stat/`), one function family a file. What is not a header:
//! `start` (process start and end), `platform` (everything asked of the kernel), `sync` (locks), `malloc`,
//! `types` and `errno`. Functions return `Result<_, Errno>` inside and turn it into `errno` at the C boundary.
//! Anything thread-local lives in the thread control block behind `fs:0` (`pthread::tcb`).
#![cfg_attr(not(test), no_std)]

#[macro_use]
mod macros;

pub mod errno;
pub mod malloc;
pub mod numconv;
pub mod panic;
pub mod platform;
pub mod pthread;
pub mod start;
pub mod stdarg;
pub mod stdio;
pub mod sync;
pub mod types;
