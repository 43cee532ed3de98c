//! The printf family. [`engine`] runs a format over a [`Target`](engine::Target): a [`sink`] of bytes
//! ([`narrow`]) or of wide characters. [`spec`] and [`args`] are its input, [`float`] the hard conversions;
//! [`string`], [`stream`] and [`fortify`] are the C entry points.

pub mod args;
pub mod engine;
pub mod float;
pub mod fortify;
pub mod narrow;
pub mod sink;
pub mod spec;
pub mod stream;
pub mod string;
pub mod wide;
