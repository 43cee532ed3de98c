//! `<stdio.h>`: streams and formatted input and output, the wide forms of `<wchar.h>` included.
//!
//! [`file`] is the stream itself, [`standard`] the three that every program has and the list of all;
//! the other modules are the C functions by family. [`device`], [`cookie`] and [`memory`] are what can be below a stream.

pub mod block;
pub mod cookie;
pub mod device;
pub mod ext;
pub mod file;
pub mod flush;
pub mod fortify;
pub mod get;
pub mod heap;
pub mod line;
pub mod memory;
pub mod message;
pub mod multibyte;
pub mod names;
pub mod open;
pub mod popen;
pub mod printf;
pub mod put;
pub mod scanf;
pub mod seek;
pub mod standard;
pub mod status;
pub mod temporary;
pub mod wide;

pub use file::FILE;
pub use seek::fpos_t;

#[cfg(test)]
pub(crate) mod tests;
