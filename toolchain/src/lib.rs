//! The parts of the host tool that tests and other tools of the workspace share.

pub mod crate_source;
pub mod headers;
pub mod recipe;
pub mod wasm_apps;
