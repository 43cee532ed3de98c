//! The hardware layer of the Clew kernel: everything that needs `unsafe`.
//!
//! The crate reads like a library. Physical memory is owned values ([`mem::Frame`]), an address
//! space is a map from pages to frames ([`space::AddressSpace`]), user mode is a function that
//! returns the reason it came back ([`user::UserContext::run`]), user memory is reached through
//! fallible copies ([`user::copy_in`]), and a kernel thread is a [`task::Task`]. Nothing here knows
//! a system call, a process or a file.
//!
//! Two backends have the same public interface: `x86_64` is the machine (target
//! `x86_64-unknown-none`), `mock` runs on the build host with `std`, so that the kernel above is
//! unit-tested by `cargo test`.
//!
//! The kernel runs with interrupts disabled except in [`cpu::idle`] and [`cpu::interrupt_window`];
//! interrupts are otherwise taken in user mode only. Kernel code is therefore never preempted.
#![cfg_attr(target_os = "none", no_std)]

extern crate alloc;

#[cfg(not(target_os = "none"))]
pub mod mock;
#[cfg(target_os = "none")]
mod x86_64;

#[cfg(not(target_os = "none"))]
use mock as backend;
#[cfg(target_os = "none")]
use x86_64 as backend;

#[cfg(any(target_os = "none", test))]
mod buddy;
#[cfg(any(target_os = "none", test))]
mod calendar;
#[cfg(any(target_os = "none", test))]
mod firmware;
#[cfg(any(target_os = "none", test))]
mod size_class;

pub mod boot;
pub mod cpu;
mod handlers;
pub mod mem;
pub mod power;
pub mod random;
pub mod serial;
pub mod space;
pub mod sync;
pub mod task;
pub mod time;
pub mod user;
pub mod vdso;

pub use handlers::{Handlers, install};
