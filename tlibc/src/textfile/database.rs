//! A database of one line for each entry: what `pwd`, `grp`, `shadow`, and services and networks have in common.
//!
//! A header says how a line becomes an entry ([`Entry`]); [`Database`] has the rest: searches, the place of `get…ent`, the
//! static entry that the functions without `_r` return, and the caller's memory that the others fill ([`Place`]).
//! Neighbour: the parent module, which reads the lines.

use super::{Lines, Storage, line_of_stream};
use crate::errno::{Errno, set_errno};
use crate::stdio::FILE;
use crate::stdio::seek::{fseeko, ftello};
use crate::sync::Mutex;
use crate::types::*;
use crate::vec::Vec;
use core::cell::UnsafeCell;
use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::ptr;

/// An entry's C structure.
pub trait Entry: Copy {
    /// The file.
    const PATH: &'static CStr;

    /// The lines of a file that does not exist.
    const BUILT_IN: &'static [&'static [u8]] = &[];

    /// A line taken apart.
    type Fields<'a>;

    /// Takes a line without its newline apart; `None` for one that is no entry.
    fn parse(line: &[u8]) -> Option<Self::Fields<'_>>;

    /// The entry, with its strings in `storage`.
    ///
    /// # Errors
    /// `ERANGE` when there is no room.
    fn place(fields: &Self::Fields<'_>, storage: &mut Storage) -> Result<Self, Errno>;
}

/// The entry that a line holds, if it holds one.
fn placed<E: Entry>(line: &[u8], storage: &mut Storage) -> Result<Option<E>, Errno> {
    E::parse(line)
        .map(|fields| E::place(&fields, storage))
        .transpose()
}

/// The next entry that `wanted` accepts.
fn find<E: Entry>(
    lines: &mut Lines,
    wanted: &mut impl FnMut(&E::Fields<'_>) -> bool,
    storage: &mut Storage,
) -> Result<Option<E>, Errno> {
    while let Some(line) = lines.next_line()? {
        if let Some(fields) = E::parse(line)
            && wanted(&fields)
        {
            return E::place(&fields, storage).map(Some);
        }
    }
    Ok(None)
}

/// Calls `each` with every entry of the file; one that does not exist has none.
///
/// # Errors
/// Those of open(2) and read(2).
pub fn for_each<E: Entry>(mut each: impl FnMut(&E::Fields<'_>)) -> Result<(), Errno> {
    let mut lines = match Lines::open(E::PATH) {
        Ok(lines) => lines,
        Err(Errno::ENOENT | Errno::ENOTDIR) => return Ok(()),
        Err(error) => return Err(error),
    };
    while let Some(line) = lines.next_line()? {
        if let Some(fields) = E::parse(line) {
            each(&fields);
        }
    }
    Ok(())
}

/// Reads lines up to one that is an entry, which `line` then holds. Where it began, -1 where the stream can't say; `None` at
/// the end.
///
/// # Safety
/// `file` is an open stream.
unsafe fn entry_of_stream<E: Entry>(
    file: *mut FILE,
    line: &mut Vec<u8>,
) -> Result<Option<off_t>, Errno> {
    // SAFETY: the caller's stream, which is locked.
    unsafe {
        let _lock = FILE::lock(file);
        loop {
            let start = ftello(file);
            if !line_of_stream(file, line)? {
                return Ok(None);
            }
            if E::parse(line).is_some() {
                return Ok(Some(start));
            }
        }
    }
}

/// Where the `_r` functions leave an entry, its strings and a pointer to it, null if there is none.
pub struct Place<E> {
    entry: *mut E,
    buffer: *mut c_char,
    size: size_t,
    result: *mut *mut E,
}

impl<E: Entry> Place<E> {
    /// The caller's memory.
    ///
    /// # Safety
    /// `entry`, `size` bytes at `buffer` and `result` are writable, and stay so as long as this is used.
    pub unsafe fn new(
        entry: *mut E,
        buffer: *mut c_char,
        size: size_t,
        result: *mut *mut E,
    ) -> Self {
        Self {
            entry,
            buffer,
            size,
            result,
        }
    }

    /// Leaves what `find` finds and returns an error number, `none` if it finds nothing.
    fn fill(
        self,
        none: c_int,
        find: impl FnOnce(&mut Storage) -> Result<Option<E>, Errno>,
    ) -> c_int {
        // SAFETY: the promise of `new`.
        unsafe {
            self.result.write(ptr::null_mut());
            match find(&mut Storage::new(self.buffer.cast(), self.size)) {
                Ok(Some(found)) => {
                    self.entry.write(found);
                    self.result.write(self.entry);
                    0
                }
                Ok(None) => none,
                Err(error) => error.0,
            }
        }
    }
}

/// How much room the strings of a static entry have at first.
const ROOM: usize = 1024;

/// A file, its static entry, and how far `get…ent` has come.
pub struct Database<E> {
    open: Mutex<Option<Lines>>,
    entry: UnsafeCell<MaybeUninit<E>>,
    /// The strings of the static entry.
    strings: UnsafeCell<Vec<u8>>,
}

// SAFETY: `open` has a lock. POSIX says that the functions which use the static entry need not be thread-safe; a C program
// serialises them.
unsafe impl<E> Sync for Database<E> {}

impl<E: Entry> Database<E> {
    /// With nothing open.
    pub const fn closed() -> Self {
        Self {
            open: Mutex::new(None),
            entry: UnsafeCell::new(MaybeUninit::uninit()),
            strings: UnsafeCell::new(Vec::new()),
        }
    }

    /// What `find` finds, in the static entry; null if it finds nothing, with `errno` if it fails. It is called again when
    /// its entry needs more room.
    fn keep(
        &'static self,
        mut find: impl FnMut(&mut Storage) -> Result<Option<E>, Errno>,
    ) -> *mut E {
        // SAFETY: see the implementation of Sync.
        let strings = unsafe { &mut *self.strings.get() };
        let mut room = strings.len().max(ROOM);
        let found = loop {
            if let Err(error) = strings.resize(room, 0) {
                break Err(error);
            }
            // SAFETY: the strings stay until the next call.
            let mut storage = unsafe { Storage::new(strings.as_mut_ptr(), room) };
            match find(&mut storage) {
                Err(Errno::ERANGE) => room = room.saturating_mul(2),
                found => break found,
            }
        };
        match found {
            Ok(Some(found)) => {
                let entry = self.entry.get().cast::<E>();
                // SAFETY: see the implementation of Sync.
                unsafe { entry.write(found) };
                entry
            }
            Ok(None) => ptr::null_mut(),
            Err(error) => {
                set_errno(error);
                ptr::null_mut()
            }
        }
    }

    /// A search of the whole file.
    fn search(
        wanted: &mut impl FnMut(&E::Fields<'_>) -> bool,
        storage: &mut Storage,
    ) -> Result<Option<E>, Errno> {
        match Lines::open(E::PATH) {
            Ok(mut lines) => find(&mut lines, wanted, storage),
            Err(Errno::ENOENT | Errno::ENOTDIR) => E::BUILT_IN
                .iter()
                .filter_map(|line| E::parse(line))
                .find(|fields| wanted(fields))
                .map(|fields| E::place(&fields, storage))
                .transpose(),
            Err(error) => Err(error),
        }
    }

    /// The first entry that `wanted` accepts; static. Null with `errno` untouched when there is none.
    pub fn first(&'static self, mut wanted: impl FnMut(&E::Fields<'_>) -> bool) -> *mut E {
        self.keep(|storage| Self::search(&mut wanted, storage))
    }

    /// The first entry that `wanted` accepts, in the caller's memory; an error number, 0 also when there is none.
    pub fn first_into(
        &self,
        place: Place<E>,
        mut wanted: impl FnMut(&E::Fields<'_>) -> bool,
    ) -> c_int {
        place.fill(0, |storage| Self::search(&mut wanted, storage))
    }

    /// The entry after the last one; one that does not fit comes again.
    fn advance(&self, storage: &mut Storage) -> Result<Option<E>, Errno> {
        let mut open = self.open.lock();
        let lines = match &mut *open {
            Some(lines) => lines,
            none => none.insert(Lines::open(E::PATH)?),
        };
        let found = find(lines, &mut |_| true, storage);
        if matches!(found, Err(Errno::ERANGE)) {
            lines.again();
        }
        found
    }

    /// The next entry; static.
    pub fn next(&'static self) -> *mut E {
        self.keep(|storage| self.advance(storage))
    }

    /// The next entry in the caller's memory; an error number, `ENOENT` at the end.
    pub fn next_into(&self, place: Place<E>) -> c_int {
        place.fill(Errno::ENOENT.0, |storage| self.advance(storage))
    }

    /// Makes the first entry the next one, and closes the file.
    pub fn rewind(&self) {
        *self.open.lock() = None;
    }

    /// The next entry of a file that the program has opened; static.
    ///
    /// # Safety
    /// `file` is an open stream.
    pub unsafe fn next_of(&'static self, file: *mut FILE) -> *mut E {
        let mut line = Vec::new();
        // SAFETY: the caller's stream.
        let start = unsafe { entry_of_stream::<E>(file, &mut line) };
        self.keep(|storage| match start? {
            Some(_) => placed(&line, storage),
            None => Ok(None),
        })
    }

    /// [`Database::next_of`] in the caller's memory; an error number, `ENOENT` at the end. An entry that does not fit comes again.
    ///
    /// # Safety
    /// `file` is an open stream.
    pub unsafe fn next_of_into(&self, file: *mut FILE, place: Place<E>) -> c_int {
        place.fill(Errno::ENOENT.0, |storage| {
            let mut line = Vec::new();
            // SAFETY: the caller's stream.
            let Some(start) = (unsafe { entry_of_stream::<E>(file, &mut line) })? else {
                return Ok(None);
            };
            let found = placed(&line, storage);
            if matches!(found, Err(Errno::ERANGE)) && start >= 0 {
                // SAFETY: the caller's stream, which could say where it was.
                unsafe { fseeko(file, start, 0) };
            }
            found
        })
    }

    /// The entry that a line of text holds; static.
    pub fn of_line(&'static self, line: &[u8]) -> *mut E {
        self.keep(|storage| placed(line.strip_suffix(b"\n").unwrap_or(line), storage))
    }

    /// [`Database::of_line`] in the caller's memory; an error number, `EINVAL` for a line that is no entry.
    pub fn of_line_into(&self, line: &[u8], place: Place<E>) -> c_int {
        place.fill(Errno::EINVAL.0, |storage| {
            placed(line.strip_suffix(b"\n").unwrap_or(line), storage)
        })
    }
}
