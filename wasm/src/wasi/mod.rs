//! WASI preview 1: the program's arguments, environment, directories, streams and clocks.
//!
//! One implementation for both engines, so that a program sees the same from each. [`link`] offers the functions to
//! an engine; a call decodes, checks and makes one call into the system: [`fd`], [`path`], [`poll`], [`sock`],
//! [`system`]. [`table`] keeps the descriptors, [`grant`] the directories that `--dir` names, [`memory`] reads and
//! writes the program's memory, [`errno`] has the numbers. A program owns what is put in here and nothing else.

pub mod errno;
mod fd;
pub mod grant;
mod link;
mod memory;
mod path;
mod poll;
mod sock;
mod system;
pub mod table;

use std::fs::File as HostFile;
use std::io;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::time::ClockId;

use crate::error::{Error, plain};
use errno::Stop;
use table::{Access, Entry, File, Origin, Table};

pub use grant::Grant;
#[allow(unused_imports, reason = "each engine uses its own")]
pub use link::{Exit, MODULE, add_to_wasmi, add_to_wasmtime};

/// A variable of the program's environment.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name, not empty and without `=`.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// What a program sees of the world.
pub struct WasiCtx {
    args: Vec<String>,
    /// `NAME=VALUE` each.
    environ: Vec<String>,
    table: Table,
    /// The program's memory, once it has been used.
    memory: Option<link::Handle>,
    /// What the monotonic clock said at the start, in nanoseconds.
    origin: u64,
    refused: Refusals,
}

/// The last path that was refused because it leads out of its directory; outlives the run.
#[derive(Clone, Default)]
pub struct Refusals(Arc<Mutex<Option<String>>>);

impl Refusals {
    fn note(&self, path: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.to_owned());
    }

    /// What to tell after a program called with `args` failed; see [`grant::hint`].
    pub fn hint(&self, grants: &[Grant], args: &[String]) -> Option<String> {
        let refused = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        grant::hint(grants, refused.as_deref(), args)
    }
}

impl WasiCtx {
    /// What will have been refused at the end of the run.
    pub fn refusals(&self) -> Refusals {
        self.refused.clone()
    }
}

/// Builds the context of a program called `name`.
///
/// # Errors
///
/// [`Error::Usage`] if a directory can't be opened, two have the same name for the program, or an argument can't be
/// expressed in C.
pub fn context(
    name: &str,
    args: &[String],
    variables: &[Variable],
    grants: &[Grant],
) -> Result<WasiCtx, Error> {
    let args: Vec<String> = std::iter::once(name)
        .chain(args.iter().map(String::as_str))
        .map(str::to_owned)
        .collect();
    let environ: Vec<String> = variables
        .iter()
        .map(|Variable { name, value }| format!("{name}={value}"))
        .collect();
    for strings in [&args, &environ] {
        if strings
            .iter()
            .map(|string| string.len() as u64 + 1)
            .sum::<u64>()
            > u64::from(u32::MAX)
        {
            return Err(Error::Usage("too many arguments".to_owned()));
        }
    }
    let mut table = Table::default();
    streams(&mut table)?;
    for (index, grant) in grants.iter().enumerate() {
        if grants[..index]
            .iter()
            .any(|earlier| earlier.guest == grant.guest)
        {
            let guest = &grant.guest;
            return Err(Error::Usage(format!(
                "two directories are granted under the name '{guest}'"
            )));
        }
        table
            .push(Entry::Dir(grant.open()?))
            .map_err(|_| Error::Usage("too many directories".to_owned()))?;
    }
    let origin = poll::now(ClockId::Monotonic);
    Ok(WasiCtx {
        args,
        environ,
        table,
        memory: None,
        origin,
        refused: Refusals::default(),
    })
}

/// Gives the program this process's standard streams, as 0, 1 and 2.
///
/// Without buffers: a program that reads one byte and then polls must see the rest. The parent shares them with us, so
/// what would outlast the program there, such as making them non-blocking, is only done for the program's own calls.
fn streams(table: &mut Table) -> Result<(), Error> {
    let failed = |reason: String| Error::Usage(format!("can't use the standard streams: {reason}"));
    let streams: [(&dyn AsFd, bool); 3] = [
        (&io::stdin(), true),
        (&io::stdout(), false),
        (&io::stderr(), false),
    ];
    for (stream, read) in streams {
        let host = stream
            .as_fd()
            .try_clone_to_owned()
            .map_err(|error| failed(plain(&error)))?;
        let file = File::new(
            HostFile::from(host),
            read,
            !read,
            Access::ReadWrite,
            Origin::Inherited,
        );
        let push = |file| table.push(Entry::File(file));
        file.and_then(push).map_err(|stop| match stop {
            Stop::Errno(errno) => failed(format!("{errno:?}")),
            Stop::Exit(_) | Stop::Trap(_) => failed(String::new()),
        })?;
    }
    Ok(())
}
