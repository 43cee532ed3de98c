//! `<wctype.h>`: classes and case of wide characters (ISO C 7.30, POSIX.1).
//!
//! In the "C" locale only ASCII characters have a class; in "C.UTF-8" the properties of Unicode decide, through the tables
//! of Rust's `core` and, for what it lacks, those in [`tables`].

pub mod case;
pub mod classes;
pub mod localised;
pub mod named;
mod tables;
#[cfg(test)]
mod tests;
