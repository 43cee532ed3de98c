//! `<string.h>`: memory blocks and strings (ISO C 7.24, POSIX.1, GNU extensions).
//!
//! Each function that looks at many bytes is written once, over [`vector`]s, and compiled for SSE2 and for AVX2; which
//! one runs is decided by what [`cpu`] found before `main`. Scanning functions read aligned blocks: a block never
//! crosses a page, so the bytes around a string may be looked at although they are not part of it.
//! Neighbours: `strings` (case-insensitive comparison, `ffs`), `ctype` (case tables), `locale` (collation is by byte value).

pub mod collate;
pub mod compare;
pub mod concat;
pub mod copy;
pub mod cpu;
pub mod duplicate;
pub mod error;
pub mod fortify;
pub mod length;
pub mod obscure;
pub mod search;
pub mod set;
pub mod signal_names;
pub mod substring;
#[cfg(test)]
mod tests;
pub mod tokens;
#[cfg(test)]
mod variants;
pub mod vector;
pub mod version;
