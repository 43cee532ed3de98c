//! Reading the system's text files (`/etc/passwd`, `/etc/hosts`, …) line by line, without stdio and its locks; and for
//! `fgetpwent`, `putpwent` and their like, lines from and to streams.

pub mod database;

use crate::errno::{Errno, errno, set_errno};
use crate::fcntl::{AT_FDCWD, O_CLOEXEC, O_RDONLY};
use crate::platform;
use crate::stdio::FILE;
use crate::stdio::block::fwrite;
use crate::stdio::get::fgetc_unlocked;
use crate::stdio::status::ferror;
use crate::vec::Vec;
use core::ffi::{CStr, c_char, c_int};

/// How many bytes are asked of the file at once.
const BLOCK: usize = 4096;

/// An open file, read in lines of any length.
pub struct Lines {
    fd: c_int,
    /// What was read and not given yet, and what was given last.
    buffer: Vec<u8>,
    /// Where the line that was given last begins.
    last: usize,
    /// Where the next one begins.
    start: usize,
    at_end: bool,
}

impl Lines {
    /// Opens `path`.
    ///
    /// # Errors
    /// Those of open(2).
    pub fn open(path: &CStr) -> Result<Self, Errno> {
        let fd = platform::openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0)?;
        Ok(Self {
            fd,
            buffer: Vec::new(),
            last: 0,
            start: 0,
            at_end: false,
        })
    }

    /// Makes the line that [`Lines::next_line`] gave last the next one again.
    pub fn again(&mut self) {
        self.start = self.last;
    }

    /// The next line without its newline, `None` at the end.
    ///
    /// # Errors
    /// Those of read(2); `ENOMEM`.
    pub fn next_line(&mut self) -> Result<Option<&[u8]>, Errno> {
        // What was looked at without finding a newline.
        let mut seen = self.start;
        loop {
            let newline = self.buffer[seen..].iter().position(|byte| *byte == b'\n');
            if let Some(n) = newline {
                self.last = self.start;
                self.start = seen + n + 1;
                return Ok(Some(&self.buffer[self.last..seen + n]));
            }
            if self.at_end {
                if self.start == self.buffer.len() {
                    return Ok(None);
                }
                self.last = self.start;
                self.start = self.buffer.len();
                return Ok(Some(&self.buffer[self.last..]));
            }
            let rest = self.buffer.len() - self.start;
            self.buffer.copy_within(self.start.., 0);
            self.buffer.truncate(rest);
            (self.last, self.start, seen) = (0, 0, rest);
            self.fill()?;
        }
    }

    /// Reads a block more; sets `at_end` when there is none.
    fn fill(&mut self) -> Result<(), Errno> {
        let filled = self.buffer.len();
        self.buffer.resize(filled + BLOCK, 0)?;
        let read = loop {
            match platform::read(self.fd, &mut self.buffer[filled..]) {
                Err(Errno::EINTR) => {}
                result => break result,
            }
        };
        self.buffer.truncate(filled + *read.as_ref().unwrap_or(&0));
        self.at_end = read? == 0;
        Ok(())
    }

    /// Goes back to the first line.
    ///
    /// # Errors
    /// Those of lseek(2).
    pub fn rewind(&mut self) -> Result<(), Errno> {
        platform::lseek(self.fd, 0, 0)?;
        self.buffer.truncate(0);
        (self.last, self.start, self.at_end) = (0, 0, false);
        Ok(())
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        // Read only: nothing is lost when close fails.
        let _ = platform::close(self.fd);
    }
}

/// Reads the first bytes of a file and returns how many.
///
/// # Errors
/// Those of open(2) and read(2).
pub fn read_start(path: &CStr, out: &mut [u8]) -> Result<usize, Errno> {
    let fd = platform::openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0)?;
    let n = platform::read(fd, out);
    // Read only: nothing is lost when close fails.
    let _ = platform::close(fd);
    n
}

/// Reads a whole file of at most `limit` bytes.
///
/// # Errors
/// Those of open(2) and read(2); `EFBIG` for a larger file, `ENOMEM`.
pub fn read_all(path: &CStr, limit: usize) -> Result<Vec<u8>, Errno> {
    let fd = platform::openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0)?;
    let mut data = Vec::new();
    let mut block = [0; 4096];
    let result = loop {
        match platform::read(fd, &mut block) {
            Ok(0) => break Ok(()),
            Ok(n) if data.len() + n > limit => break Err(Errno::EFBIG),
            Ok(n) => {
                if let Err(error) = data.extend(&block[..n]) {
                    break Err(error);
                }
            }
            Err(Errno::EINTR) => {}
            Err(error) => break Err(error),
        }
    };
    // Read only: nothing is lost when close fails.
    let _ = platform::close(fd);
    result.map(|()| data)
}

/// The next line of a stream that is locked, without its newline, in place of what `line` held; whether there is one.
///
/// # Errors
/// Those of the stream; `ENOMEM`.
///
/// # Safety
/// `file` is an open stream, and this thread has its lock.
pub unsafe fn line_of_stream(file: *mut FILE, line: &mut Vec<u8>) -> Result<bool, Errno> {
    line.truncate(0);
    loop {
        set_errno(Errno(0));
        // SAFETY: the caller's stream.
        let byte = unsafe { fgetc_unlocked(file) };
        match u8::try_from(byte) {
            Ok(b'\n') => return Ok(true),
            Ok(byte) => line.push(byte)?,
            // SAFETY: the caller's stream.
            Err(_) if unsafe { ferror(file) } != 0 => return Err(errno()),
            Err(_) => return Ok(!line.is_empty()),
        }
    }
}

/// Whether a field can stand in a line of a database whose fields `:` separates; null is an empty one.
///
/// # Safety
/// `field` is null or a string.
pub unsafe fn is_field(field: *const c_char) -> bool {
    // SAFETY: the caller's string.
    field.is_null()
        || !unsafe { CStr::from_ptr(field) }
            .to_bytes()
            .iter()
            .any(|byte| matches!(byte, b':' | b'\n'))
}

/// A line under construction.
#[derive(Default)]
pub struct Line(Vec<u8>);

impl Line {
    /// Appends a string; nothing if it is null.
    ///
    /// # Errors
    /// `ENOMEM`.
    ///
    /// # Safety
    /// `text` is null or a string.
    pub unsafe fn string(&mut self, text: *const c_char) -> Result<(), Errno> {
        if text.is_null() {
            return Ok(());
        }
        // SAFETY: the caller's string.
        self.0.extend(unsafe { CStr::from_ptr(text) }.to_bytes())
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn bytes(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        self.0.extend(bytes)
    }

    /// Appends a number in decimal.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn number(&mut self, value: i64) -> Result<(), Errno> {
        let mut digits = [0; 20];
        let mut at = digits.len();
        let mut rest = value.unsigned_abs();
        loop {
            at -= 1;
            digits[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if value < 0 {
            self.0.push(b'-')?;
        }
        self.0.extend(&digits[at..])
    }

    /// Writes the line to a stream.
    ///
    /// # Errors
    /// Those of the stream.
    ///
    /// # Safety
    /// `file` is an open stream.
    pub unsafe fn write(&self, file: *mut FILE) -> Result<(), Errno> {
        // SAFETY: the caller's stream and this line's bytes.
        let written = unsafe { fwrite(self.0.as_ptr().cast(), 1, self.0.len(), file) };
        if written == self.0.len() {
            Ok(())
        } else {
            Err(errno())
        }
    }
}

/// The words of a line, up to a comment.
pub fn words(line: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let line = line.split(|b| *b == b'#').next().unwrap_or(line);
    line.split(|b| b.is_ascii_whitespace())
        .filter(|w| !w.is_empty())
}

/// Memory that a caller lends for an entry's strings and pointers, as the `_r` functions do.
pub struct Storage {
    start: *mut u8,
    left: usize,
}

impl Storage {
    /// Takes `size` bytes at `start`.
    ///
    /// # Safety
    /// They are writable, and stay so as long as what is placed in them is used.
    pub unsafe fn new(start: *mut u8, size: usize) -> Self {
        Self { start, left: size }
    }

    fn take(&mut self, size: usize, align: usize) -> Result<*mut u8, Errno> {
        let pad = self.start.align_offset(align);
        if pad.checked_add(size).is_none_or(|need| need > self.left) {
            return Err(Errno::ERANGE);
        }
        // SAFETY: checked to be inside the storage.
        unsafe {
            let at = self.start.add(pad);
            self.start = at.add(size);
            self.left -= pad + size;
            Ok(at)
        }
    }

    /// Places a string.
    ///
    /// # Errors
    /// `ERANGE` when there is no room.
    pub fn string(&mut self, text: &[u8]) -> Result<*mut core::ffi::c_char, Errno> {
        let to = self.take(text.len() + 1, 1)?;
        // SAFETY: room for the text and its NUL.
        unsafe {
            core::ptr::copy_nonoverlapping(text.as_ptr(), to, text.len());
            to.add(text.len()).write(0);
        }
        Ok(to.cast())
    }

    /// Places raw bytes.
    ///
    /// # Errors
    /// `ERANGE` when there is no room.
    pub fn bytes(&mut self, data: &[u8], align: usize) -> Result<*mut core::ffi::c_char, Errno> {
        let to = self.take(data.len(), align)?;
        // SAFETY: room for the data.
        unsafe { core::ptr::copy_nonoverlapping(data.as_ptr(), to, data.len()) };
        Ok(to.cast())
    }

    /// Places a null-terminated vector of the strings that `items` gives.
    ///
    /// # Errors
    /// `ERANGE` when there is no room.
    pub fn strings<'a>(
        &mut self,
        items: impl Iterator<Item = &'a [u8]> + Clone,
    ) -> Result<*mut *mut core::ffi::c_char, Errno> {
        let n = items.clone().count();
        let vector: *mut *mut core::ffi::c_char = self
            .take((n + 1) * size_of::<*mut u8>(), align_of::<*mut u8>())?
            .cast();
        for (i, item) in items.enumerate() {
            let text = self.string(item)?;
            // SAFETY: room for `n` pointers and the null.
            unsafe { vector.add(i).write(text) };
        }
        // SAFETY: as above.
        unsafe { vector.add(n).write(core::ptr::null_mut()) };
        Ok(vector)
    }

    /// Places a vector of the pointers given and a null.
    ///
    /// # Errors
    /// `ERANGE` when there is no room.
    pub fn pointers(
        &mut self,
        items: &[*mut core::ffi::c_char],
    ) -> Result<*mut *mut core::ffi::c_char, Errno> {
        let vector: *mut *mut core::ffi::c_char = self
            .take(
                (items.len() + 1) * size_of::<*mut u8>(),
                align_of::<*mut u8>(),
            )?
            .cast();
        // SAFETY: room for the pointers and the null.
        unsafe {
            core::ptr::copy_nonoverlapping(items.as_ptr(), vector, items.len());
            vector.add(items.len()).write(core::ptr::null_mut());
        }
        Ok(vector)
    }
}

/// A decimal number, all of the text.
pub fn decimal(text: &[u8]) -> Option<u32> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u32, |n, b| {
        if b.is_ascii_digit() {
            n.checked_mul(10)?.checked_add(u32::from(b - b'0'))
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole_however_long() {
        let path = std::env::temp_dir().join(std::format!("tlibc-textfile-{}", std::process::id()));
        let long = "x".repeat(10_000);
        std::fs::write(&path, std::format!("a\n\nb c\n{long}\nlast")).unwrap();
        let name = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
        let mut lines = Lines::open(&name).unwrap();
        for round in 0..2 {
            let mut seen = std::vec::Vec::new();
            while let Some(line) = lines.next_line().unwrap() {
                let line = line.to_vec();
                lines.again();
                assert_eq!(lines.next_line().unwrap(), Some(&line[..]));
                seen.push(line);
            }
            let wanted = ["a", "", "b c", &long, "last"].map(|line| line.as_bytes().to_vec());
            assert!(seen == wanted, "round {round}");
            lines.rewind().unwrap();
        }
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn storage_says_when_it_is_full() {
        let mut room = [0_u64; 4];
        // SAFETY: the array's bytes.
        let mut storage = unsafe { Storage::new(room.as_mut_ptr().cast(), 32) };
        assert!(storage.string(b"abc").is_ok());
        assert!(storage.strings([&b"x"[..]].into_iter()).is_ok());
        assert_eq!(storage.string(b"0123456789"), Err(Errno::ERANGE));
    }
}
