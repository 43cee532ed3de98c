//! `<string.h>`: memory blocks and strings (ISO C 7.24, POSIX.1, GNU extensions).
//!
//! Scanning functions read aligned 16-byte blocks with SSE2 ([`sse2`]): a block never crosses a page, so the
//! bytes around a string may be looked at although they are not part of it. Such loads go through inline
//! assembly, which may read memory that no Rust object covers; everything else is ordinary Rust.
//! Neighbours: `strings` (case-insensitive comparison, `ffs`), `ctype` (case tables), `locale` (collation is by byte value).

pub mod collate;
pub mod compare;
pub mod concat;
pub mod copy;
pub mod duplicate;
pub mod error;
pub mod fortify;
pub mod length;
pub mod obscure;
pub mod search;
pub mod set;
pub mod signal_names;
mod sse2;
pub mod substring;
#[cfg(test)]
mod tests;
pub mod tokens;
pub mod version;
