//! From the kernel's entry into the program to `main`, and from there to the end of the process.
//!
//! [`__libc_start_main`] is called by the start files (`crt/`). Order: auxiliary vector, thread-local storage
//! and the control block, indirect relocations, read-only data protected, constructors, `main`, [`exit`].
//! Nothing here refers to stdio or the heap, so that small programs stay small.

pub mod auxv;
pub mod elf;
pub mod environment;
pub mod exit;
pub mod tls;
pub mod vdso;

#[cfg(not(test))]
mod main;
#[cfg(not(test))]
mod protector;
