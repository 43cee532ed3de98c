//! The program's world: arguments, environment and directories as a WASI context.
//!
//! A program owns what is put in here and nothing else. Paths are resolved below a granted directory by
//! cap-std, which refuses `..` and symbolic links that lead out of it.

#[path = "wasi_link.rs"]
mod link;

use std::path::PathBuf;

use wasi_common::StringArrayError;
use wasmi_wasi::{Dir, WasiCtx, WasiCtxBuilder, ambient_authority};

use crate::error::{Error, plain};
use crate::stdio;

pub use link::{Exit, add_to_wasmtime};

/// A directory that the program may use.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The directory.
    pub host: PathBuf,
    /// What the program calls it.
    pub guest: String,
}

/// A variable of the program's environment.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name, not empty and without `=`.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Builds the context of a program called `name`.
///
/// # Errors
///
/// [`Error::Usage`] if a directory can't be opened, two have the same name for the program, or arguments and
/// environment are larger than WASI can express.
pub fn context(
    name: &str,
    args: &[String],
    variables: &[Variable],
    grants: &[Grant],
) -> Result<WasiCtx, Error> {
    let mut builder = WasiCtxBuilder::new();
    let too_large = |error: StringArrayError| Error::Usage(format!("too many arguments: {error}"));
    builder.arg(name).map_err(too_large)?;
    builder.args(args).map_err(too_large)?;
    for Variable { name, value } in variables {
        builder.env(name, value).map_err(too_large)?;
    }
    for (index, Grant { host, guest }) in grants.iter().enumerate() {
        if grants[..index]
            .iter()
            .any(|earlier| earlier.guest == *guest)
        {
            return Err(Error::Usage(format!(
                "two directories are granted under the name '{guest}'"
            )));
        }
        let refused = |reason: String| {
            Error::Usage(format!(
                "can't grant the directory '{}': {reason}",
                host.display()
            ))
        };
        let dir = Dir::open_ambient_dir(host, ambient_authority())
            .map_err(|error| refused(plain(&error)))?;
        builder
            .preopened_dir(dir, guest)
            .map_err(|error| refused(error.to_string()))?;
    }
    let context = builder.build();
    stdio::inherit(&context).map_err(|error| {
        Error::Usage(format!("can't use the standard streams: {}", plain(&error)))
    })?;
    Ok(context)
}
