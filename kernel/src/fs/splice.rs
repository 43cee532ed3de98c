//! Moving pages between pipes and files (splice(2)).
//!
//! What a file keeps in pages goes into the pipe as those pages; what it does not (devices, sockets, `/proc`) is read into
//! new ones. Out of a pipe the bytes of a page are written like any others. Nothing here waits.

use hal::mem::{Frame, PAGE_SIZE};

use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::buf::{Sink, Source};
use crate::fs::file::Seeking;
use crate::fs::inode::FileType;
use crate::fs::pipe::{Page, PipeEnd};

const PAGE: u64 = PAGE_SIZE as u64;

/// Where in a file a transfer begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the file's own offset, which moves along.
    Current,
    /// At this one.
    At(u64),
}

/// Moves up to `len` bytes of a file into a pipe.
///
/// # Errors
/// `EAGAIN` when the pipe is full or the file has nothing yet, `EPIPE`, `EINVAL` for files that have no bytes, `ENOMEM`; what
/// the file says.
pub fn into_pipe(file: &OpenFile, place: Place, pipe: &PipeEnd, len: usize) -> Result<usize> {
    pipe.check_room()?;
    if file.inode().kind() == FileType::Directory || gives_units(file) {
        return Err(Errno::EINVAL);
    }
    let start = match place {
        _ if file.object().is_some() => {
            return put_copy(pipe, len.min(PAGE_SIZE), |sink| file.read(sink));
        }
        Place::Current => file.position(),
        Place::At(offset) => offset,
    };
    let mut done = 0;
    while done < len {
        let offset = start.saturating_add(done as u64);
        let rest = file.inode().size().saturating_sub(offset);
        let in_page = (offset % PAGE) as usize;
        let part = (len - done).min(PAGE_SIZE - in_page);
        let outcome = match file.inode().kept_page(offset / PAGE) {
            Some(frame) if rest > 0 => {
                let part = part.min(usize::try_from(rest).unwrap_or(usize::MAX));
                let page = Page::shared(frame, in_page, in_page + part);
                pipe.put_page(page).map(|()| part)
            }
            // A hole, or a file that makes its contents when it is read.
            _ => put_copy(pipe, part, |sink| file.read_at(offset, sink)),
        };
        match outcome {
            Ok(0) => break,
            Ok(moved) => done += moved,
            Err(error) if done == 0 => return Err(error),
            Err(_) => break,
        }
        if pipe.check_room().is_err() {
            break;
        }
    }
    if place == Place::Current {
        file.set_position(start.saturating_add(done as u64));
    }
    Ok(done)
}

/// Whether reads and writes of the file are of one value each (an eventfd), which is no stream of bytes.
fn gives_units(file: &OpenFile) -> bool {
    file.object()
        .is_some_and(|object| object.seeking() == Seeking::Pretended)
}

/// Reads up to `len` bytes, a page at most, into a new page of the pipe.
fn put_copy(
    pipe: &PipeEnd,
    len: usize,
    read: impl FnOnce(&mut Sink<'_>) -> Result<usize>,
) -> Result<usize> {
    let frame = Frame::zeroed()?;
    let mut bytes = [0; PAGE_SIZE];
    let got = read(&mut Sink::kernel(bytes.get_mut(..len).unwrap_or(&mut [])))?;
    if got > 0 {
        frame.write(0, bytes.get(..got).unwrap_or(&[]));
        pipe.put_page(Page::shared(frame, 0, got))?;
    }
    Ok(got)
}

/// Moves up to `len` bytes out of a pipe into a file, as far as `limit` says that so many may go to that offset.
///
/// # Errors
/// `EAGAIN` when the pipe is empty or the file takes nothing now; what `limit` and the file say.
pub fn out_of_pipe(
    pipe: &PipeEnd,
    file: &OpenFile,
    place: Place,
    len: usize,
    limit: impl FnOnce(usize, u64) -> Result<usize>,
) -> Result<usize> {
    if gives_units(file) {
        return Err(Errno::EINVAL);
    }
    if !pipe.has_content()? {
        return Ok(0);
    }
    let start = match place {
        Place::Current => file.position(),
        Place::At(offset) => offset,
    };
    let len = limit(len, start)?;
    let mut done = 0;
    while done < len {
        let mut page = match pipe.take_page(len - done) {
            Ok(Some(page)) => page,
            Err(error) if done == 0 => return Err(error),
            _ => break,
        };
        let mut bytes = [0; PAGE_SIZE];
        let bytes = bytes.get_mut(..page.len()).unwrap_or(&mut []);
        page.frame.read(page.start, bytes);
        let mut source = Source::kernel(bytes);
        let written = match place {
            Place::Current => file.write(&mut source),
            Place::At(offset) => file.write_at(offset.saturating_add(done as u64), &mut source),
        };
        let whole = page.len();
        page.start += written.unwrap_or(0);
        pipe.return_page(page);
        match written {
            Ok(count) => {
                done += count;
                if count < whole {
                    break;
                }
            }
            Err(error) if done == 0 => return Err(error),
            Err(_) => break,
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::file::FileAccess;
    use crate::fs::inode::Ownership;
    use crate::fs::memfd::{self, Seals};
    use crate::fs::mount::anonymous_location;
    use crate::fs::pipe;
    use crate::process::Credentials;
    use alloc::sync::Arc;
    use std::vec::Vec;

    fn file(contents: &[u8]) -> Arc<OpenFile> {
        let owner = Ownership {
            mode: 0o600,
            uid: 0,
            gid: 0,
        };
        let inode = memfd::create(owner, Seals::sealed()).unwrap();
        let file = OpenFile::new(
            anonymous_location(inode, b"test"),
            None,
            FileAccess::READ_WRITE,
            0,
        );
        file.write_at(0, &mut Source::kernel(contents)).unwrap();
        file
    }

    #[test]
    fn a_file_through_a_pipe_is_the_same_file() {
        let mut contents = (0..=255).collect::<Vec<u8>>().repeat(400);
        contents.truncate(100_000);
        let (input, output) = (file(&contents), file(b""));
        let (reader, writer) = pipe::create(&Credentials::root(), 0).unwrap();
        let (from, into): (&PipeEnd, &PipeEnd) =
            (reader.object_as().unwrap(), writer.object_as().unwrap());
        let mut moved = 0;
        loop {
            let count = into_pipe(&input, Place::Current, into, 200_000).unwrap();
            if count == 0 {
                break;
            }
            assert_eq!(
                into_pipe(&input, Place::Current, into, 1).err(),
                (count == 65_536).then_some(Errno::EAGAIN)
            );
            assert_eq!(
                out_of_pipe(from, &output, Place::At(moved), count, |len, _| Ok(len)),
                Ok(count)
            );
            moved += count as u64;
        }
        assert_eq!(
            out_of_pipe(from, &output, Place::Current, 1, |len, _| Ok(len)),
            Err(Errno::EAGAIN)
        );
        let mut copy = std::vec![0; 100_001];
        assert_eq!(output.read_at(0, &mut Sink::kernel(&mut copy)), Ok(100_000));
        assert_eq!(copy[..100_000], contents[..]);
        // The pages of the file were in the pipe, not written by it.
        assert_eq!(writer.write(&mut Source::kernel(b"xyz")), Ok(3));
        assert_eq!(input.read_at(0, &mut Sink::kernel(&mut copy)), Ok(100_000));
        assert_eq!(copy[..100_000], contents[..]);
    }
}
