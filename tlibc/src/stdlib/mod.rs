//! `<stdlib.h>` (ISO C 7.22, POSIX.1), except the heap (`malloc`), process end (`start::exit`) and number
//! parsing (`numconv`, `stdio`).

pub mod arc4random;
pub mod arithmetic;
pub mod base64;
pub mod cvt;
pub mod decimal;
pub mod drand48;
pub mod environment;
pub mod loadavg;
pub mod multibyte;
pub mod random;
pub mod realpath;
pub mod search;
pub mod sort;
pub mod suboptions;
pub mod system;
pub mod temporary;
#[cfg(test)]
mod tests;
