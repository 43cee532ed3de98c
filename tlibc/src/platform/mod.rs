//! Everything the library asks of a kernel. The header folders call these functions and nothing else; a port
//! to another kernel replaces this folder's backend. Each function does what the manual page of the
//! call of the same name says, takes slices and references where C has pointer and length, and returns
//! `Result<_, Errno>`.

pub mod linux;

pub use linux::*;
