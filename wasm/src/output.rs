//! Writes results to a file, whole or not at all, or to standard output.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::error::{Error, plain};
use crate::print;

/// Writes `bytes` to `path`, or to standard output if that is `-`.
///
/// # Errors
///
/// [`Error::Output`] or [`Error::Module`] if that can't be done; a file is then left as it was.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if path == Path::new("-") {
        return print(bytes);
    }
    replace(path, |out| out.write_all(bytes)).map_err(|error| failure(path, &error))
}

/// That `path` can't be written to.
pub fn failure(path: &Path, error: &io::Error) -> Error {
    Error::module(path, format!("can't write: {}", plain(error)))
}

/// Puts a new file in the place of `path`, or leaves what is there.
///
/// # Errors
///
/// The first that the system or `content` reports.
pub fn replace(
    path: &Path,
    content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    // A device or a pipe is written to as it is.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        let mut out = BufWriter::new(File::options().write(true).open(path)?);
        content(&mut out)?;
        return out.flush();
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.partial", std::process::id()));
    let partial = path.with_file_name(name);
    let written = File::create_new(&partial).and_then(|file| {
        let mut out = BufWriter::new(file);
        content(&mut out)?;
        out.flush()
    });
    let written = written.and_then(|()| fs::rename(&partial, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&partial);
    }
    written
}
