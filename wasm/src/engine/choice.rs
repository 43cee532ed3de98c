//! `--engine auto`: which engine promises to be done first.
//!
//! Compiled code runs many times as fast as interpreted code, so whatever can be compiled before anyone notices
//! is compiled. Interpretation is for what would take too long. Measured on two cores of a server, until the
//! first instruction runs: SQLite (1.19 MB) takes wasmi 8 ms, Winch 103 ms, Cranelift 679 ms and a cached file
//! 2 ms; a module of 193 bytes takes them 0.2, 2.2, 2.0 and 0.2 ms.

use super::{Kind, Settings};
use crate::cache::Cache;
use crate::features::Diagnosis;
use crate::module::Module;

/// Bytes of a module that Cranelift compiles in about a tenth of a second…
const CRANELIFT: usize = 192 << 10;
/// …and those for Winch, which is about eight times as fast at it.
const WINCH: usize = 1536 << 10;

/// Chooses an engine for `module`, and says why.
pub fn choose(
    module: &Module,
    settings: &Settings,
    cache: Option<&Cache>,
    coredump: bool,
) -> (Kind, String) {
    if let Some(artifact) = &module.compiled {
        return (artifact.header.compiler, "the code is compiled".to_owned());
    }
    if let Some(cache) = cache {
        for kind in [Kind::Wasmtime, Kind::Winch] {
            if cache.contains(&Cache::name(&module.binary, kind, settings)) {
                return (kind, "compiled code is in the cache".to_owned());
            }
        }
    }
    let size = module.binary.len();
    let small = format!("{size} bytes are compiled in no time");
    if coredump {
        return (Kind::Wasmtime, "only it makes core dumps".to_owned());
    }
    if size <= CRANELIFT {
        return (Kind::Wasmtime, small);
    }
    // What an engine can't run is looked for only now: it takes one more reading of the module.
    let lacks = |kind| {
        matches!(
            settings.features.diagnose(&module.binary, kind),
            Some(Diagnosis::Missing(_))
        )
    };
    if size <= WINCH && !lacks(Kind::Winch) {
        let reason = format!("{size} bytes take Cranelift long, but not this");
        return (Kind::Winch, reason);
    }
    if !lacks(Kind::Wasmi) {
        let reason = format!("{size} bytes take long to compile");
        return (Kind::Wasmi, reason);
    }
    (
        Kind::Wasmtime,
        "no other has what the module needs".to_owned(),
    )
}
