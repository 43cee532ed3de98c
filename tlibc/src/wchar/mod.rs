//! `<wchar.h>`: wide characters (UTF-32) and their conversion to and from the locale's encoding. The streams' wide
//! functions are in `stdio`, number parsing in `numconv`.

pub mod multibyte;
pub mod search;
pub mod strings;

#[cfg(test)]
mod tests;
pub mod wide;
pub mod width;
