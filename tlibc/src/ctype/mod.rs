//! `<ctype.h>`: classes and case of single bytes (ISO C 7.4, POSIX.1). All our locales have the classes of ASCII: bytes
//! from 128 on belong to none, alone or as parts of UTF-8.

pub mod classes;
pub mod localised;
pub mod tables;
#[cfg(test)]
mod tests;
