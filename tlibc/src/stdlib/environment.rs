//! getenv, setenv, unsetenv, putenv, clearenv, secure_getenv.
//!
//! `environ` may be replaced by the program at any time. Changes are made under a lock; readers take none, so an array
//! or string that was once published is never freed (as in the GNU library): a reader in another thread sees
//! the old or the new value, never freed memory.

use core::ffi::CStr;
use core::ptr::null_mut;

use crate::errno::{CResult as _, Errno, set_errno};
use crate::malloc::malloc;
use crate::start::environment::environ;
use crate::string::compare::strncmp;
use crate::string::copy::memcpy;
use crate::string::length::strlen;
use crate::string::search::strchrnul;
use crate::sync::Mutex;
use crate::types::{c_char, c_int};
use crate::vec::Vec;

/// The array this module last made, how many pointers it has room for, and the strings it ever made.
struct OwnArray {
    start: *mut *mut c_char,
    capacity: usize,
    texts: Texts,
}

/// A string made by setenv, `NAME=value` with its null; it lies behind this.
struct Text {
    next: *mut Text,
    hash: u32,
    length: usize,
}

impl Text {
    /// # Safety
    /// `this` is one of [`Texts`].
    unsafe fn entry(this: *mut Text) -> *mut c_char {
        // SAFETY: the block goes on behind the header.
        unsafe { this.add(1).cast() }
    }
}

/// All strings made by setenv, by hash: one that is wanted again is used again, as none can be freed. Programs that change a
/// variable to and fro, `TZ` for one, would otherwise grow for ever.
struct Texts {
    buckets: Vec<*mut Text>,
    count: usize,
}

impl Texts {
    /// The string `name=value`, made if there is none.
    fn entry(&mut self, name: &[u8], value: &[u8]) -> Result<*mut c_char, Errno> {
        let pieces = || name.iter().chain(b"=").chain(value).chain(b"\0").copied();
        // FNV-1a.
        let hash = pieces().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        let length = name.len() + value.len() + 2;
        if self.count >= self.buckets.len() {
            self.grow()?;
        }
        let bucket = hash as usize & (self.buckets.len() - 1);
        let mut at = self.buckets[bucket];
        // SAFETY: the texts are never freed and have the length they say. The program may change them through getenv's
        // pointer, so the bytes decide.
        unsafe {
            while !at.is_null() {
                if (*at).hash == hash && (*at).length == length {
                    let bytes = core::slice::from_raw_parts(Text::entry(at).cast::<u8>(), length);
                    if bytes.iter().copied().eq(pieces()) {
                        return Ok(Text::entry(at));
                    }
                }
                at = (*at).next;
            }
            let new = malloc(size_of::<Text>() + length).cast::<Text>();
            if new.is_null() {
                return Err(Errno::ENOMEM);
            }
            let next = self.buckets[bucket];
            new.write(Text { next, hash, length });
            let entry = Text::entry(new);
            for (index, byte) in pieces().enumerate() {
                entry.cast::<u8>().add(index).write(byte);
            }
            self.buckets[bucket] = new;
            self.count += 1;
            Ok(entry)
        }
    }

    /// Twice as many buckets; a power of two.
    fn grow(&mut self) -> Result<(), Errno> {
        let count = (self.buckets.len() * 2).max(32);
        let mut buckets = Vec::filled(null_mut(), count)?;
        for index in 0..self.buckets.len() {
            let mut at = self.buckets[index];
            // SAFETY: the chains are the table's.
            unsafe {
                while !at.is_null() {
                    let next = (*at).next;
                    let bucket = &mut buckets[(*at).hash as usize & (count - 1)];
                    (*at).next = *bucket;
                    *bucket = at;
                    at = next;
                }
            }
        }
        self.buckets = buckets;
        Ok(())
    }
}

// SAFETY: used under the lock only.
unsafe impl Send for OwnArray {}

static OWN: Mutex<OwnArray> = Mutex::new(OwnArray {
    start: null_mut(),
    capacity: 0,
    texts: Texts {
        buckets: Vec::new(),
        count: 0,
    },
});

/// Before a fork: nobody is changing the environment.
pub fn fork_prepare() {
    OWN.raw().lock();
}

/// After a fork, in the parent and in the child.
pub fn fork_done() {
    OWN.raw().unlock();
}

fn entries() -> *mut *mut c_char {
    // SAFETY: reads the pointer; programs that change it while threads run race by their own doing.
    unsafe { environ }
}

/// Where `name` (without `=`) is in the environment, or its length.
///
/// # Safety
/// `name` has `length` bytes.
unsafe fn find(name: *const c_char, length: usize) -> Result<usize, usize> {
    let entries = entries();
    if entries.is_null() {
        return Err(0);
    }
    let mut index = 0;
    // SAFETY: a null-terminated array of C strings.
    unsafe {
        loop {
            let entry = *entries.add(index);
            if entry.is_null() {
                return Err(index);
            }
            if *entry == *name
                && strncmp(entry, name, length) == 0
                && *entry.add(length) as u8 == b'='
            {
                return Ok(index);
            }
            index += 1;
        }
    }
}

/// The value of a variable, or null (ISO C 7.22.4.6).
///
/// # Safety
/// `name` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getenv(name: *const c_char) -> *mut c_char {
    // SAFETY: the caller's string; the entry has the name and `=`.
    unsafe {
        let length = strlen(name);
        if length == 0 || *strchrnul(name, b'='.into()) != 0 {
            return null_mut();
        }
        match find(name, length) {
            Ok(index) => (*entries().add(index)).add(length + 1),
            Err(_) => null_mut(),
        }
    }
}

/// [`getenv`], but null in a program that runs with more rights than its user (POSIX.1-2024).
///
/// # Safety
/// `name` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn secure_getenv(name: *const c_char) -> *mut c_char {
    if is_secure() {
        return null_mut();
    }
    // SAFETY: the caller's string.
    unsafe { getenv(name) }
}

crate::alias!(__secure_getenv = secure_getenv);

/// Whether the program runs with more rights than its user, whose environment it must not believe then.
pub fn is_secure() -> bool {
    const AT_SECURE: u64 = 23;
    crate::start::auxv::get(AT_SECURE).unwrap_or(0) != 0
}

/// Length of a variable's name, which must not be empty nor contain `=`.
unsafe fn checked_name(name: *const c_char) -> Result<usize, Errno> {
    if name.is_null() {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the caller's string.
    unsafe {
        let length = strlen(name);
        if length == 0 || *strchrnul(name, b'='.into()) != 0 {
            return Err(Errno::EINVAL);
        }
        Ok(length)
    }
}

/// Puts `entry` (`NAME=value`) in place of the variable whose name is its first `length` bytes, or at the end.
unsafe fn publish(own: &mut OwnArray, entry: *mut c_char, length: usize) -> Result<(), Errno> {
    // SAFETY: the array is ours or has the entry already; it always ends in null.
    unsafe {
        let count = match find(entry, length) {
            Ok(index) => {
                *entries().add(index) = entry;
                return Ok(());
            }
            Err(count) => count,
        };
        // An empty environment is begun in the array there is, so that emptying it again and again takes no memory.
        let usable = entries() == own.start || count == 0;
        if !usable || own.start.is_null() || count + 2 > own.capacity {
            let capacity = (count + 2).next_power_of_two().max(32);
            let array = malloc(capacity * size_of::<*mut c_char>()).cast::<*mut c_char>();
            if array.is_null() {
                return Err(Errno::ENOMEM);
            }
            if count > 0 {
                memcpy(
                    array.cast(),
                    entries().cast(),
                    count * size_of::<*mut c_char>(),
                );
            }
            own.start = array;
            own.capacity = capacity;
        }
        *own.start.add(count + 1) = null_mut();
        *own.start.add(count) = entry;
        environ = own.start;
    }
    Ok(())
}

unsafe fn set(name: *const c_char, value: *const c_char, overwrite: bool) -> Result<(), Errno> {
    // SAFETY: the caller's strings.
    unsafe {
        let length = checked_name(name)?;
        let mut own = OWN.lock();
        if !overwrite && find(name, length).is_ok() {
            return Ok(());
        }
        let value = CStr::from_ptr(value).to_bytes();
        let name = core::slice::from_raw_parts(name.cast::<u8>(), length);
        let entry = own.texts.entry(name, value)?;
        publish(&mut own, entry, length)
    }
}

/// Sets a variable; keeps an old value when `overwrite` is 0. `EINVAL` for a bad name, `ENOMEM` (POSIX.1).
///
/// # Safety
/// `name` is null or a C string; `value` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setenv(
    name: *const c_char,
    value: *const c_char,
    overwrite: c_int,
) -> c_int {
    // SAFETY: the caller's strings.
    unsafe { set(name, value, overwrite != 0) }.or_minus_one()
}

/// Takes a variable out of the environment; `EINVAL` for a bad name (POSIX.1).
///
/// # Safety
/// `name` is null or a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn unsetenv(name: *const c_char) -> c_int {
    // SAFETY: the caller's string; the entries after the variable move down one by one.
    unsafe {
        let length = match checked_name(name) {
            Ok(length) => length,
            Err(errno) => {
                set_errno(errno);
                return -1;
            }
        };
        let _own = OWN.lock();
        while let Ok(index) = find(name, length) {
            let mut slot = entries().add(index);
            while !(*slot).is_null() {
                *slot = *slot.add(1);
                slot = slot.add(1);
            }
        }
    }
    0
}

/// Makes `NAME=value` itself part of the environment; without `=` the variable is taken out (POSIX.1 XSI).
///
/// # Safety
/// `entry` is a C string that lives on.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn putenv(entry: *mut c_char) -> c_int {
    // SAFETY: the caller's string.
    unsafe {
        let end = strchrnul(entry, b'='.into());
        if *end == 0 {
            return unsetenv(entry);
        }
        publish(&mut OWN.lock(), entry, end.addr() - entry.addr()).or_minus_one()
    }
}

/// Empties the environment (POSIX.1 XSI proposal, GNU).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn clearenv() -> c_int {
    let _own = OWN.lock();
    // SAFETY: a null array is an empty environment.
    unsafe { environ = null_mut() };
    0
}

/// A variable's value for the library's own use.
pub fn lookup(name: &CStr) -> Option<&'static CStr> {
    // SAFETY: values are never freed by this module.
    unsafe {
        let value = getenv(name.as_ptr());
        if value.is_null() {
            None
        } else {
            Some(CStr::from_ptr(value))
        }
    }
}
