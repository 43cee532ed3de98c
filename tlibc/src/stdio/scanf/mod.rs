//! The scanf family. [`engine`] runs a format over an [`Input`](engine::Input): a string or a stream, of bytes or of wide
//! characters; [`text`] are its string conversions, [`entry`] the C functions.

pub mod engine;
pub mod entry;
pub mod text;
pub mod wide;
