//! `<utmpx.h>` and `<utmp.h>`: who is logged in (POSIX.1 XSI, with the GNU layout and the old names).
//!
//! The records lie one after another in a file, `/var/run/utmp` unless `utmpxname` says otherwise. Writers lock it.
#![allow(non_camel_case_types, reason = "the names are C's")]

use core::ffi::CStr;
use core::ptr::null_mut;

use crate::errno::{CResult as _, Errno, set_errno};
use crate::fcntl::{AT_FDCWD, O_APPEND, O_CLOEXEC, O_RDONLY, O_RDWR, O_WRONLY};
use crate::platform;
use crate::types::{c_char, c_int, c_short, pid_t};
use crate::vec::Vec;

const RUN_LVL: c_short = 1;
const BOOT_TIME: c_short = 2;
const NEW_TIME: c_short = 3;
const OLD_TIME: c_short = 4;
const INIT_PROCESS: c_short = 5;
const DEAD_PROCESS: c_short = 8;
const LOGIN_PROCESS: c_short = 6;
const USER_PROCESS: c_short = 7;

/// How a process ended.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct __exit_status {
    /// Signal.
    pub e_termination: c_short,
    /// Exit status.
    pub e_exit: c_short,
}

/// A time in the width that 32-bit programs use.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct __utmp_time {
    /// Seconds.
    pub tv_sec: c_int,
    /// Microseconds.
    pub tv_usec: c_int,
}

/// A record.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct utmpx {
    /// What happened.
    pub ut_type: c_short,
    /// The process.
    pub ut_pid: pid_t,
    /// The terminal, without `/dev/`.
    pub ut_line: [c_char; 32],
    /// A name for the terminal, its last characters.
    pub ut_id: [c_char; 4],
    /// The user.
    pub ut_user: [c_char; 32],
    /// Where from.
    pub ut_host: [c_char; 256],
    /// How the process ended.
    pub ut_exit: __exit_status,
    /// The session.
    pub ut_session: c_int,
    /// When.
    pub ut_tv: __utmp_time,
    /// Address of the host.
    pub ut_addr_v6: [c_int; 4],
    /// For the future.
    pub __glibc_reserved: [c_char; 20],
}

check_layout!(
    utmpx = libc::utmpx {
        ut_type,
        ut_pid,
        ut_line,
        ut_id,
        ut_user,
        ut_host,
        ut_exit,
        ut_session,
        ut_tv
    }
);

const SIZE: usize = size_of::<utmpx>();

/// The file and the place in it; shared by all threads, as POSIX allows.
struct Database {
    /// With its NUL; empty for the usual file.
    path: Vec<u8>,
    fd: c_int,
    current: utmpx,
}

static mut DATABASE: Database = Database {
    path: Vec::new(),
    fd: -1,
    // SAFETY: a structure of numbers.
    current: unsafe { core::mem::zeroed() },
};

fn database() -> &'static mut Database {
    // SAFETY: these functions need not be safe between threads (POSIX), and none of them calls another's caller.
    unsafe {
        let database = &raw mut DATABASE;
        &mut *database
    }
}

impl Database {
    fn path(&self) -> &CStr {
        match CStr::from_bytes_until_nul(&self.path) {
            Ok(path) if !path.is_empty() => path,
            _ => c"/var/run/utmp",
        }
    }

    fn open(&mut self) -> Result<c_int, Errno> {
        if self.fd < 0 {
            let open = |flags| platform::openat(AT_FDCWD, self.path(), flags | O_CLOEXEC, 0);
            self.fd = open(O_RDWR).or_else(|_| open(O_RDONLY))?;
        }
        Ok(self.fd)
    }

    fn close(&mut self) {
        if self.fd >= 0 {
            // Records are written whole; close has nothing to add.
            let _ = platform::close(self.fd);
            self.fd = -1;
        }
    }

    /// Reads the next record; false at the end.
    fn advance(&mut self) -> Result<bool, Errno> {
        let fd = self.open()?;
        let mut bytes = [0_u8; SIZE];
        let mut have = 0;
        while have < SIZE {
            match platform::read(fd, &mut bytes[have..]) {
                Ok(0) => return Ok(false),
                Ok(length) => have += length,
                Err(Errno::EINTR) => {}
                Err(error) => return Err(error),
            }
        }
        // SAFETY: any bytes are a record.
        self.current = unsafe { core::mem::transmute::<[u8; SIZE], utmpx>(bytes) };
        Ok(true)
    }

    /// Reads on until a record is right.
    fn find(&mut self, is_it: impl Fn(&utmpx) -> bool) -> *mut utmpx {
        loop {
            match self.advance() {
                Ok(true) if is_it(&self.current) => return &raw mut self.current,
                Ok(true) => {}
                Ok(false) => {
                    set_errno(Errno::ESRCH);
                    return null_mut();
                }
                Err(error) => {
                    set_errno(error);
                    return null_mut();
                }
            }
        }
    }
}

/// Whether a record is the one that `wanted` describes by its kind and `ut_id`.
fn same_id(record: &utmpx, wanted: &utmpx) -> bool {
    match wanted.ut_type {
        RUN_LVL | BOOT_TIME | NEW_TIME | OLD_TIME => record.ut_type == wanted.ut_type,
        _ => {
            (INIT_PROCESS..=DEAD_PROCESS).contains(&record.ut_type) && record.ut_id == wanted.ut_id
        }
    }
}

/// The next record, in a place that the next call overwrites; null at the end or on an error.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn getutxent() -> *mut utmpx {
    database().find(|_| true)
}

/// The next record of the kind, or of the terminal, that `wanted` says; null if there is none.
///
/// # Safety
/// `wanted` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getutxid(wanted: *const utmpx) -> *mut utmpx {
    // SAFETY: the caller's record, which may be the one that is overwritten.
    let wanted = unsafe { *wanted };
    if !(RUN_LVL..=DEAD_PROCESS).contains(&wanted.ut_type) {
        set_errno(Errno::EINVAL);
        return null_mut();
    }
    database().find(|record| same_id(record, &wanted))
}

/// The next login or user process at the terminal that `wanted` names; null if there is none.
///
/// # Safety
/// `wanted` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getutxline(wanted: *const utmpx) -> *mut utmpx {
    // SAFETY: the caller's record, which may be the one that is overwritten.
    let wanted = unsafe { *wanted };
    database().find(|record| {
        matches!(record.ut_type, LOGIN_PROCESS | USER_PROCESS) && record.ut_line == wanted.ut_line
    })
}

/// Writes a record in the place of the one with its `ut_id`, or at the end; null on an error.
///
/// # Safety
/// `record` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pututxline(record: *const utmpx) -> *mut utmpx {
    // SAFETY: the caller's record, which may be the one that reading overwrites.
    let record = unsafe { *record };
    let database = database();
    match replace(database, &record) {
        Ok(()) => {
            database.current = record;
            &raw mut database.current
        }
        Err(error) => {
            set_errno(error);
            null_mut()
        }
    }
}

fn replace(database: &mut Database, record: &utmpx) -> Result<(), Errno> {
    const LOCK_EX: c_int = 2;
    const LOCK_UN: c_int = 8;
    let fd = database.open()?;
    // SAFETY: no memory is involved.
    unsafe { platform::calls::fs::flock(fd, LOCK_EX)? };
    let result = (|| {
        let mut place = platform::lseek(fd, 0, 0)?;
        while database.advance()? {
            if same_id(&database.current, record) {
                break;
            }
            place += SIZE as i64;
        }
        platform::lseek(fd, place, 0)?;
        write_record(fd, record)
    })();
    // SAFETY: as above. What was written stays; an unlock of a lock that is held cannot fail.
    let _ = unsafe { platform::calls::fs::flock(fd, LOCK_UN) };
    result
}

fn write_record(fd: c_int, record: &utmpx) -> Result<(), Errno> {
    // SAFETY: a structure of numbers without padding that matters: all its bytes are readable.
    let bytes = unsafe { core::slice::from_raw_parts((&raw const *record).cast::<u8>(), SIZE) };
    match platform::write(fd, bytes)? {
        SIZE => Ok(()),
        _ => Err(Errno::ENOSPC),
    }
}

/// Starts again with the first record.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn setutxent() {
    let database = database();
    if database.fd >= 0 && platform::lseek(database.fd, 0, 0).is_err() {
        database.close();
    }
}

/// Closes the file.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn endutxent() {
    database().close();
}

/// Chooses another file (GNU); −1 without memory for its name.
///
/// # Safety
/// `path` is a C string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn utmpxname(path: *const c_char) -> c_int {
    // SAFETY: the caller's string.
    let path = unsafe { CStr::from_ptr(path) }.to_bytes_with_nul();
    let database = database();
    let mut kept = Vec::new();
    if let Err(error) = kept.extend(path) {
        return Err::<c_int, _>(error).or_minus_one();
    }
    database.path = kept;
    database.close();
    0
}

/// Appends a record to a file (GNU); nothing if there is no such file.
///
/// # Safety
/// `path` is a C string, `record` is valid.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn updwtmpx(path: *const c_char, record: *const utmpx) {
    // SAFETY: the caller's string and record.
    unsafe {
        let path = CStr::from_ptr(path);
        let flags = O_WRONLY | O_APPEND | O_CLOEXEC;
        if let Ok(fd) = platform::openat(AT_FDCWD, path, flags, 0) {
            // The function has no way to say that it failed.
            let _ = write_record(fd, &*record);
            let _ = platform::close(fd);
        }
    }
}

/// Copies what a function that returns a static record has found: 0, or -1 if it has found none.
///
/// # Safety
/// `found` is null or a record; `place` and `result` are writable.
unsafe fn copied(found: *const utmpx, place: *mut utmpx, result: *mut *mut utmpx) -> c_int {
    // SAFETY: the caller's record and places.
    unsafe {
        let Some(record) = found.as_ref() else {
            result.write(null_mut());
            return -1;
        };
        place.write(*record);
        result.write(place);
    }
    0
}

/// [`getutxent`] into the caller's record (GNU): 0 or -1.
///
/// # Safety
/// `place` and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getutent_r(place: *mut utmpx, result: *mut *mut utmpx) -> c_int {
    // SAFETY: the caller's places.
    unsafe { copied(getutxent(), place, result) }
}

/// [`getutxid`] into the caller's record (GNU): 0 or -1.
///
/// # Safety
/// `wanted` is valid, `place` and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getutid_r(
    wanted: *const utmpx,
    place: *mut utmpx,
    result: *mut *mut utmpx,
) -> c_int {
    // SAFETY: the caller's record and places.
    unsafe { copied(getutxid(wanted), place, result) }
}

/// [`getutxline`] into the caller's record (GNU): 0 or -1.
///
/// # Safety
/// `wanted` is valid, `place` and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getutline_r(
    wanted: *const utmpx,
    place: *mut utmpx,
    result: *mut *mut utmpx,
) -> c_int {
    // SAFETY: the caller's record and places.
    unsafe { copied(getutxline(wanted), place, result) }
}

/// Copies a record from one of the two types, which are the same, to the other (GNU).
///
/// # Safety
/// `from` is valid, `to` writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getutmp(from: *const utmpx, to: *mut utmpx) {
    // SAFETY: the caller's records.
    unsafe { to.write(*from) };
}

crate::alias!(getutent = getutxent);
crate::alias!(getutid = getutxid);
crate::alias!(getutline = getutxline);
crate::alias!(pututline = pututxline);
crate::alias!(setutent = setutxent);
crate::alias!(endutent = endutxent);
crate::alias!(utmpname = utmpxname);
crate::alias!(updwtmp = updwtmpx);
crate::alias!(getutmpx = getutmp);
