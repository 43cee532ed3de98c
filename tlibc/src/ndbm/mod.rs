//! `ndbm.h`: databases of pairs in a file, by extendible hashing (P.-Å. Larson, "Dynamic hashing", 1978).
//!
//! `NAME.pag` is an array of pages; `NAME.dir` has a bit for each node of a binary tree, set where a page was split. The
//! way down that tree by the bits of a key's hash, the lowest first, leads to its page. A page that is full is split until the
//! pair fits. Databases of other libraries have other formats.

mod page;

use crate::errno::{Errno, set_errno};
use crate::fcntl::{O_ACCMODE, O_CLOEXEC, O_RDONLY, O_RDWR, O_WRONLY};
use crate::malloc::{free, malloc};
use crate::platform::calls::fs;
use crate::platform::{self, constants::AT_FDCWD};
use crate::types::*;
use crate::vec::Vec;
use core::ffi::CStr;
use core::ptr;
use page::{PAGE, Page};

/// `dbm_store`: fail if the key is there.
const DBM_INSERT: c_int = 0;
/// `dbm_store`: take the old pair's place.
const DBM_REPLACE: c_int = 1;
/// How often a page may be split in one store: the bits of a hash.
const DEEPEST: u32 = 31;

/// A key or its content.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct datum {
    /// Where it is.
    pub dptr: *mut c_void,
    /// Its bytes.
    pub dsize: size_t,
}

/// What a function without a result returns.
const NOTHING: datum = datum {
    dptr: ptr::null_mut(),
    dsize: 0,
};

impl datum {
    /// # Safety
    /// It must describe readable memory, or none.
    unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.dsize == 0 {
            return &[];
        }
        // SAFETY: the caller's promise.
        unsafe { core::slice::from_raw_parts(self.dptr.cast(), self.dsize) }
    }
}

/// An open database. Opaque to C.
pub struct DBM {
    pages: c_int,
    directory: c_int,
    read_only: bool,
    /// Whether an operation on the files failed.
    failed: bool,
    /// The page that `page` holds.
    current: Option<u32>,
    page: Page,
    /// Where `dbm_nextkey` goes on: page and pair.
    next: (u32, usize),
}

/// The hash of a key; every byte reaches every bit that chooses a page (FNV-1a with a final mix).
fn hash(key: &[u8]) -> u32 {
    let mut value: u32 = 0x811c_9dc5;
    for byte in key {
        value = (value ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
    }
    value ^= value >> 16;
    value = value.wrapping_mul(0x85eb_ca6b);
    value ^ value >> 13
}

fn read_at(fd: c_int, buffer: &mut [u8], at: u64) -> Result<usize, Errno> {
    let mut done = 0;
    while done < buffer.len() {
        let rest = &mut buffer[done..];
        // SAFETY: a live buffer of that length.
        match unsafe {
            fs::pread64(
                fd,
                rest.as_mut_ptr().cast(),
                rest.len(),
                (at + done as u64) as off_t,
            )
        } {
            Ok(0) => break,
            Ok(n) => done += n as usize,
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

fn write_at(fd: c_int, data: &[u8], at: u64) -> Result<(), Errno> {
    let mut done = 0;
    while done < data.len() {
        let rest = &data[done..];
        // SAFETY: live data of that length.
        match unsafe {
            fs::pwrite64(
                fd,
                rest.as_ptr().cast(),
                rest.len(),
                (at + done as u64) as off_t,
            )
        } {
            Ok(0) => return Err(Errno::ENOSPC),
            Ok(n) => done += n as usize,
            Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

impl DBM {
    fn split_bit(&self, node: u64) -> Result<bool, Errno> {
        let mut byte = [0];
        read_at(self.directory, &mut byte, node / 8)?;
        Ok(byte[0] & 1 << (node % 8) != 0)
    }

    fn set_split_bit(&self, node: u64) -> Result<(), Errno> {
        let mut byte = [0];
        read_at(self.directory, &mut byte, node / 8)?;
        byte[0] |= 1 << (node % 8);
        write_at(self.directory, &byte, node / 8)
    }

    /// The node of the tree that a hash leads to, and how deep it is.
    fn node(&self, hash: u32) -> Result<(u64, u32), Errno> {
        let (mut node, mut depth) = (0_u64, 0);
        while depth < DEEPEST && self.split_bit(node)? {
            node = 2 * node + 1 + u64::from(hash >> depth & 1);
            depth += 1;
        }
        Ok((node, depth))
    }

    /// Reads a page; one beyond the end is empty.
    fn load(&mut self, number: u32) -> Result<(), Errno> {
        if self.current == Some(number) {
            return Ok(());
        }
        self.current = None;
        let bytes = self.page.bytes_mut();
        bytes.fill(0);
        let got = read_at(self.pages, bytes, u64::from(number) * PAGE as u64)?;
        bytes[got..].fill(0);
        if !self.page.is_sound() {
            return Err(Errno::EIO);
        }
        self.current = Some(number);
        Ok(())
    }

    fn save(&mut self, number: u32) -> Result<(), Errno> {
        let result = write_at(
            self.pages,
            self.page.bytes(),
            u64::from(number) * PAGE as u64,
        );
        self.current = result.is_ok().then_some(number);
        result
    }

    /// Brings the page of a key into memory: its number.
    fn find_page(&mut self, hash: u32) -> Result<u32, Errno> {
        let (_, depth) = self.node(hash)?;
        let number = hash & ((1 << depth) - 1);
        self.load(number)?;
        Ok(number)
    }

    fn fetch(&mut self, key: &[u8]) -> Result<Option<datum>, Errno> {
        self.find_page(hash(key))?;
        Ok(self.page.find(key).map(|pair| of(self.page.pair(pair).1)))
    }

    fn delete(&mut self, key: &[u8]) -> Result<bool, Errno> {
        if self.read_only {
            return Err(Errno::EPERM);
        }
        let number = self.find_page(hash(key))?;
        let Some(pair) = self.page.find(key) else {
            return Ok(false);
        };
        self.page.remove(pair);
        self.save(number)?;
        Ok(true)
    }

    fn store(&mut self, key: &[u8], content: &[u8], replace: bool) -> Result<bool, Errno> {
        if self.read_only {
            return Err(Errno::EPERM);
        }
        if !Page::could_hold(key, content) {
            return Err(Errno::EINVAL);
        }
        let hash_of_key = hash(key);
        let mut number = self.find_page(hash_of_key)?;
        if let Some(pair) = self.page.find(key) {
            if !replace {
                return Ok(false);
            }
            self.page.remove(pair);
        }
        while !self.page.insert(key, content) {
            self.split(number, hash_of_key)?;
            number = self.find_page(hash_of_key)?;
        }
        self.save(number)?;
        Ok(true)
    }

    /// Splits the page in memory, which a hash leads to: half of it goes to a new page. The new page is written first and the
    /// directory last, so that whoever reads meanwhile, or after a failure, finds each pair.
    fn split(&mut self, number: u32, hash_of_key: u32) -> Result<(), Errno> {
        let (node, depth) = self.node(hash_of_key)?;
        if depth >= DEEPEST {
            return Err(Errno::ENOSPC);
        }
        let mut low = Page::new();
        let mut high = Page::new();
        for pair in 0..self.page.len() {
            let (key, content) = self.page.pair(pair);
            let half = if hash(key) >> depth & 1 == 0 {
                &mut low
            } else {
                &mut high
            };
            half.insert(key, content);
        }
        let other = number | 1 << depth;
        write_at(self.pages, high.bytes(), u64::from(other) * PAGE as u64)?;
        self.set_split_bit(node)?;
        self.page = low;
        self.save(number)
    }

    /// The next key in the order of the pages, `None` behind the last.
    fn next_key(&mut self) -> Result<Option<datum>, Errno> {
        let size = platform::lseek(self.pages, 0, SEEK_END)?;
        let pages = size.cast_unsigned().div_ceil(PAGE as u64);
        while u64::from(self.next.0) < pages {
            self.load(self.next.0)?;
            // A page that the tree does not lead to holds what a failed split left.
            if self.next.1 < self.page.len() {
                let pair = self.next.1;
                self.next.1 += 1;
                let (_, depth) = self.node(hash(self.page.pair(pair).0))?;
                if hash(self.page.pair(pair).0) & ((1 << depth) - 1) == self.next.0 {
                    return Ok(Some(of(self.page.pair(pair).0)));
                }
                continue;
            }
            self.next = (self.next.0 + 1, 0);
        }
        Ok(None)
    }

    /// Notes a failure of the files.
    fn note<T>(&mut self, result: Result<T, Errno>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                set_errno(error);
                self.failed = true;
                None
            }
        }
    }
}

const SEEK_END: c_int = 2;

fn of(bytes: &[u8]) -> datum {
    datum {
        dptr: bytes.as_ptr().cast_mut().cast(),
        dsize: bytes.len(),
    }
}

fn open(name: &CStr, flags: c_int, mode: mode_t) -> Result<DBM, Errno> {
    // A database that is only written is read as well.
    let flags = if flags & O_ACCMODE == O_WRONLY {
        flags & !O_ACCMODE | O_RDWR
    } else {
        flags
    };
    let file = |suffix: &[u8]| {
        let mut path = Vec::new();
        path.extend(name.to_bytes())?;
        path.extend(suffix)?;
        let path = CStr::from_bytes_until_nul(&path).map_err(|_| Errno::EINVAL)?;
        platform::openat(AT_FDCWD, path, flags | O_CLOEXEC, mode)
    };
    let pages = file(b".pag\0")?;
    let directory = match file(b".dir\0") {
        Ok(fd) => fd,
        Err(error) => {
            // Nothing was written to it.
            let _ = platform::close(pages);
            return Err(error);
        }
    };
    Ok(DBM {
        pages,
        directory,
        read_only: flags & O_ACCMODE == O_RDONLY,
        failed: false,
        current: None,
        page: Page::new(),
        next: (0, 0),
    })
}

/// Opens a database, the files `NAME.dir` and `NAME.pag`, with the flags of open(). Null and `errno` on failure. POSIX
/// `dbm_open`.
///
/// # Safety
/// `name` points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dbm_open(name: *const c_char, flags: c_int, mode: mode_t) -> *mut DBM {
    // SAFETY: the caller's string; malloc'd room of the type's size.
    unsafe {
        let database = match open(CStr::from_ptr(name), flags, mode) {
            Ok(database) => database,
            Err(error) => {
                set_errno(error);
                return ptr::null_mut();
            }
        };
        let place: *mut DBM = malloc(size_of::<DBM>()).cast();
        if place.is_null() {
            // Nothing was written to them.
            let _ = (
                platform::close(database.pages),
                platform::close(database.directory),
            );
            return place;
        }
        place.write(database);
        place
    }
}

/// Closes a database. POSIX `dbm_close`.
///
/// # Safety
/// `database` came from [`dbm_open`] and is not used afterwards. So in all functions here: it is open.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dbm_close(database: *mut DBM) {
    // SAFETY: the caller's promise. The function has no way to report a failure.
    unsafe {
        let _ = (
            platform::close((*database).pages),
            platform::close((*database).directory),
        );
        free(database.cast());
    }
}

/// The content of a key, until the next call on the database; a null pointer if there is none. POSIX `dbm_fetch`.
///
/// # Safety
/// See [`dbm_close`]; the key is readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dbm_fetch(database: *mut DBM, key: datum) -> datum {
    // SAFETY: the caller's promise.
    let (database, key) = unsafe { (&mut *database, key.bytes()) };
    let result = database.fetch(key);
    database.note(result).flatten().unwrap_or(NOTHING)
}

/// Stores a pair: 0; 1 if the key is there and `mode` is `DBM_INSERT`; −1 and `errno`, which is `EINVAL` for a pair that no
/// page could hold. POSIX `dbm_store`.
///
/// # Safety
/// See [`dbm_close`]; key and content are readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dbm_store(
    database: *mut DBM,
    key: datum,
    content: datum,
    mode: c_int,
) -> c_int {
    if mode != DBM_INSERT && mode != DBM_REPLACE {
        set_errno(Errno::EINVAL);
        return -1;
    }
    // SAFETY: the caller's promise.
    let (database, key, content) = unsafe { (&mut *database, key.bytes(), content.bytes()) };
    // The content may be what dbm_fetch returned, which is in the page.
    let mut copy = Vec::new();
    let result = copy
        .extend(key)
        .and_then(|()| copy.extend(content))
        .and_then(|()| {
            let (key, content) = copy.split_at(key.len());
            database.store(key, content, mode == DBM_REPLACE)
        });
    database
        .note(result)
        .map_or(-1, |stored| c_int::from(!stored))
}

/// Removes a pair: 0; −1 and `errno`, or −1 alone if the key is not there. POSIX `dbm_delete`.
///
/// # Safety
/// See [`dbm_close`]; the key is readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dbm_delete(database: *mut DBM, key: datum) -> c_int {
    // SAFETY: the caller's promise.
    let database = unsafe { &mut *database };
    let mut copy = Vec::new();
    // SAFETY: as above. The key may be in the page.
    let result = copy
        .extend(unsafe { key.bytes() })
        .and_then(|()| database.delete(&copy));
    match database.note(result) {
        Some(true) => 0,
        _ => -1,
    }
}

/// The first key in an order of the database's own, until the next call; a null pointer if it is empty. POSIX
/// `dbm_firstkey`.
///
/// # Safety
/// See [`dbm_close`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dbm_firstkey(database: *mut DBM) -> datum {
    // SAFETY: the caller's promise.
    unsafe {
        (*database).next = (0, 0);
        dbm_nextkey(database)
    }
}

/// The key after the last one returned. POSIX `dbm_nextkey`.
///
/// # Safety
/// See [`dbm_close`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dbm_nextkey(database: *mut DBM) -> datum {
    // SAFETY: the caller's promise.
    let database = unsafe { &mut *database };
    let result = database.next_key();
    database.note(result).flatten().unwrap_or(NOTHING)
}

/// Whether an operation on the files has failed since `dbm_clearerr`. POSIX `dbm_error`.
///
/// # Safety
/// See [`dbm_close`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dbm_error(database: *mut DBM) -> c_int {
    // SAFETY: the caller's promise.
    c_int::from(unsafe { (*database).failed })
}

/// Forgets failures; 0. POSIX `dbm_clearerr`.
///
/// # Safety
/// See [`dbm_close`].
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn dbm_clearerr(database: *mut DBM) -> c_int {
    // SAFETY: the caller's promise.
    unsafe { (*database).failed = false };
    0
}
