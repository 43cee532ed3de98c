//! `<stdio.h>`: streams and formatted input and output, the wide forms of `<wchar.h>` included.

pub mod heap;
pub mod multibyte;
pub mod printf;

#[cfg(test)]
mod tests;
