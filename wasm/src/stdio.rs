//! Standard input, output and error as the program sees them.
//!
//! wasi-common's own go through the buffers of Rust's standard library, so that a program that reads one byte
//! and then polls waits for input that is already there. These have no buffer. They are the descriptors that
//! the parent shares with us; what would outlast the program there, such as making them non-blocking, is refused.

use std::any::Any;
use std::fs::File;
use std::io::{self, IoSlice, IoSliceMut, IsTerminal, Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileExt, MetadataExt};

use async_trait::async_trait;
use wasi_common::file::{FileAccessMode, FileType, Filestat};
use wasmi_wasi::{Error, WasiCtx, WasiFile};

/// Gives the program this process's standard streams.
///
/// # Errors
///
/// Fails if a stream can't be duplicated; one that is closed counts as empty and swallows output.
pub fn inherit(context: &WasiCtx) -> io::Result<()> {
    let streams: [(u32, &dyn AsFd, FileAccessMode); 3] = [
        (0, &io::stdin(), FileAccessMode::READ),
        (1, &io::stdout(), FileAccessMode::WRITE),
        (2, &io::stderr(), FileAccessMode::WRITE),
    ];
    for (number, stream, mode) in streams {
        let stream = Stream(File::from(stream.as_fd().try_clone_to_owned()?));
        context.insert_file(number, Box::new(stream), mode);
    }
    Ok(())
}

/// One of them.
struct Stream(File);

#[async_trait]
impl WasiFile for Stream {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn pollable(&self) -> Option<BorrowedFd<'_>> {
        Some(self.0.as_fd())
    }

    fn isatty(&self) -> bool {
        self.0.is_terminal()
    }

    /// A character device only if it is a terminal: wasi-libc takes the one for the other.
    async fn get_filetype(&self) -> Result<FileType, Error> {
        Ok(if self.0.is_terminal() {
            FileType::CharacterDevice
        } else if self.0.metadata()?.is_file() {
            FileType::RegularFile
        } else {
            FileType::Unknown
        })
    }

    async fn get_filestat(&self) -> Result<Filestat, Error> {
        let metadata = self.0.metadata()?;
        Ok(Filestat {
            device_id: metadata.dev(),
            inode: metadata.ino(),
            filetype: self.get_filetype().await?,
            nlink: metadata.nlink(),
            size: metadata.len(),
            atim: metadata.accessed().ok(),
            mtim: metadata.modified().ok(),
            ctim: None,
        })
    }

    async fn datasync(&self) -> Result<(), Error> {
        Ok(self.0.sync_data()?)
    }

    async fn sync(&self) -> Result<(), Error> {
        Ok(self.0.sync_all()?)
    }

    async fn read_vectored<'a>(&self, buffers: &mut [IoSliceMut<'a>]) -> Result<u64, Error> {
        Ok((&self.0).read_vectored(buffers)? as u64)
    }

    async fn read_vectored_at<'a>(
        &self,
        buffers: &mut [IoSliceMut<'a>],
        offset: u64,
    ) -> Result<u64, Error> {
        match buffers.iter_mut().find(|buffer| !buffer.is_empty()) {
            Some(buffer) => Ok(self.0.read_at(buffer, offset)? as u64),
            None => Ok(0),
        }
    }

    async fn write_vectored<'a>(&self, buffers: &[IoSlice<'a>]) -> Result<u64, Error> {
        Ok((&self.0).write_vectored(buffers)? as u64)
    }

    async fn write_vectored_at<'a>(
        &self,
        buffers: &[IoSlice<'a>],
        offset: u64,
    ) -> Result<u64, Error> {
        match buffers.iter().find(|buffer| !buffer.is_empty()) {
            Some(buffer) => Ok(self.0.write_at(buffer, offset)? as u64),
            None => Ok(0),
        }
    }

    async fn seek(&self, position: SeekFrom) -> Result<u64, Error> {
        Ok((&self.0).seek(position)?)
    }

    async fn readable(&self) -> Result<(), Error> {
        Ok(())
    }

    async fn writable(&self) -> Result<(), Error> {
        Ok(())
    }
}
