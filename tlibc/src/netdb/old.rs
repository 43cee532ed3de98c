//! `gethostbyname` and its relatives: one static answer, IPv4 unless another family is asked for.

use super::lookup::{self, ADDRESSES, Address};
use crate::errno::Errno;
use crate::sync::Mutex;
use crate::sys_socket::{AF_INET, AF_INET6};
use crate::textfile::{Lines, Storage, words};
use crate::types::*;
use crate::unistd::term::StaticBuffer;
use core::cell::UnsafeCell;
use core::ffi::CStr;
use core::ptr;

/// A host.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct hostent {
    /// Name.
    pub h_name: *mut c_char,
    /// Other names, and a null.
    pub h_aliases: *mut *mut c_char,
    /// `AF_*`.
    pub h_addrtype: c_int,
    /// Bytes of an address.
    pub h_length: c_int,
    /// Addresses, and a null.
    pub h_addr_list: *mut *mut c_char,
}
check_layout!(
    hostent = libc::hostent {
        h_name,
        h_aliases,
        h_addrtype,
        h_length,
        h_addr_list
    }
);

/// Unknown host.
pub(super) const HOST_NOT_FOUND: c_int = 1;
/// It will not get better.
const NO_RECOVERY: c_int = 3;
/// See `errno`.
pub(super) const NETDB_INTERNAL: c_int = -1;

/// Where the thread's `h_errno` is.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __h_errno_location() -> *mut c_int {
    h_errno()
}

#[cfg(not(test))]
fn h_errno() -> *mut c_int {
    // SAFETY: the field of the running thread's own block, which outlives the thread's code.
    unsafe { &raw mut (*crate::pthread::tcb::current()).h_errno }
}

#[cfg(test)]
fn h_errno() -> *mut c_int {
    std::thread_local! {
        static H_ERRNO: UnsafeCell<c_int> = const { UnsafeCell::new(0) };
    }
    H_ERRNO.with(UnsafeCell::get)
}

struct StaticEntry(UnsafeCell<hostent>);
// SAFETY: POSIX says the functions that use it need not be thread-safe; a C program serialises them.
unsafe impl Sync for StaticEntry {}
static ENTRY: StaticEntry = StaticEntry(UnsafeCell::new(hostent {
    h_name: ptr::null_mut(),
    h_aliases: ptr::null_mut(),
    h_addrtype: 0,
    h_length: 0,
    h_addr_list: ptr::null_mut(),
}));
const STRINGS: usize = 4096;
static BUFFER: StaticBuffer<STRINGS> = StaticBuffer::new();

/// Places a host in `storage`.
fn place(
    name: &[u8],
    family: c_int,
    addresses: &[Address],
    storage: &mut Storage,
) -> Result<hostent, Errno> {
    let mut list = [ptr::null_mut(); ADDRESSES];
    let mut n = 0;
    for address in addresses {
        let bytes: &[u8] = match address {
            Address::V4(v4) if family == AF_INET => v4,
            Address::V6(v6, _) if family == AF_INET6 => v6,
            _ => continue,
        };
        list[n] = storage.bytes(bytes, 4)?;
        n += 1;
    }
    Ok(hostent {
        h_name: storage.string(name)?,
        h_aliases: storage.pointers(&[])?,
        h_addrtype: family,
        h_length: if family == AF_INET { 4 } else { 16 },
        h_addr_list: storage.pointers(&list[..n])?,
    })
}

/// A host by name: `Err` is an `h_errno`.
fn by_name(name: &[u8], family: c_int, storage: &mut Storage) -> Result<hostent, c_int> {
    let internal = |e: Errno| {
        crate::errno::set_errno(e);
        NETDB_INTERNAL
    };
    if family != AF_INET && family != AF_INET6 {
        return Err(internal(Errno::EAFNOSUPPORT));
    }
    if let Some(address) = lookup::numeric(name) {
        let entry = place(name, family, &[address], storage).map_err(internal)?;
        // SAFETY: a list that ends with null.
        return if unsafe { (*entry.h_addr_list).is_null() } {
            Err(HOST_NOT_FOUND)
        } else {
            Ok(entry)
        };
    }
    let host = lookup::host(name)
        .map_err(internal)?
        .ok_or(HOST_NOT_FOUND)?;
    let entry = place(
        host.canonical.as_bytes(),
        family,
        &host.addresses[..host.count],
        storage,
    )
    .map_err(internal)?;
    // SAFETY: a list that ends with null. NO_DATA, 4: the name is known, without such an address.
    if unsafe { (*entry.h_addr_list).is_null() } {
        Err(4)
    } else {
        Ok(entry)
    }
}

fn by_address(address: &[u8], family: c_int, storage: &mut Storage) -> Result<hostent, c_int> {
    let address = match family {
        AF_INET => Address::V4(address.try_into().map_err(|_| NO_RECOVERY)?),
        AF_INET6 => Address::V6(address.try_into().map_err(|_| NO_RECOVERY)?, 0),
        _ => return Err(NO_RECOVERY),
    };
    let internal = |e: Errno| {
        crate::errno::set_errno(e);
        NETDB_INTERNAL
    };
    let name = lookup::name_of(address)
        .map_err(internal)?
        .ok_or(HOST_NOT_FOUND)?;
    place(name.as_bytes(), family, &[address], storage).map_err(internal)
}

fn deliver_static(find: impl FnOnce(&mut Storage) -> Result<hostent, c_int>) -> *mut hostent {
    // SAFETY: the static buffer lives for ever; see StaticEntry.
    unsafe {
        match find(&mut Storage::new(BUFFER.get(), STRINGS)) {
            Ok(entry) => {
                ENTRY.0.get().write(entry);
                ENTRY.0.get()
            }
            Err(e) => {
                *h_errno() = e;
                ptr::null_mut()
            }
        }
    }
}

/// What the `_r` functions do with a result.
///
/// # Safety
/// All pointers are writable.
unsafe fn deliver(
    found: Result<hostent, c_int>,
    entry: *mut hostent,
    result: *mut *mut hostent,
    error: *mut c_int,
) -> c_int {
    // SAFETY: the caller's pointers.
    unsafe {
        result.write(ptr::null_mut());
        match found {
            Ok(host) => {
                entry.write(host);
                result.write(entry);
                0
            }
            Err(e) => {
                error.write(e);
                if e == NETDB_INTERNAL {
                    crate::errno::errno().0
                } else {
                    0
                }
            }
        }
    }
}

/// A host's IPv4 addresses; the answer is static, errors are in `h_errno`. gethostbyname(3).
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gethostbyname(name: *const c_char) -> *mut hostent {
    // SAFETY: the caller's string.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    deliver_static(|storage| by_name(name, AF_INET, storage))
}

/// `gethostbyname` for a family. gethostbyname2(3).
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gethostbyname2(name: *const c_char, family: c_int) -> *mut hostent {
    // SAFETY: the caller's string.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    deliver_static(|storage| by_name(name, family, storage))
}

/// The host of an address; the answer is static, errors are in `h_errno`. gethostbyaddr(3).
///
/// # Safety
/// `addr` is readable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gethostbyaddr(
    addr: *const c_void,
    len: socklen_t,
    family: c_int,
) -> *mut hostent {
    // SAFETY: the caller's address of `len` bytes.
    let addr = unsafe { core::slice::from_raw_parts(addr.cast(), len as usize) };
    deliver_static(|storage| by_address(addr, family, storage))
}

/// `gethostbyname` in the caller's buffer; returns an error number, `ERANGE` when it is too small.
/// gethostbyname_r(3).
///
/// # Safety
/// `name` points to a NUL-terminated string; `entry`, `buf`, `result` and `error` are writable; null only
/// where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gethostbyname_r(
    name: *const c_char,
    entry: *mut hostent,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut hostent,
    error: *mut c_int,
) -> c_int {
    // SAFETY: the caller's string, buffer and pointers.
    unsafe {
        deliver(
            by_name(
                CStr::from_ptr(name).to_bytes(),
                AF_INET,
                &mut Storage::new(buf.cast(), size),
            ),
            entry,
            result,
            error,
        )
    }
}

/// `gethostbyname2` in the caller's buffer; returns an error number. gethostbyname2_r(3).
///
/// # Safety
/// `name` points to a NUL-terminated string; `entry`, `buf`, `result` and `error` are writable; null only
/// where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gethostbyname2_r(
    name: *const c_char,
    family: c_int,
    entry: *mut hostent,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut hostent,
    error: *mut c_int,
) -> c_int {
    // SAFETY: the caller's string, buffer and pointers.
    unsafe {
        deliver(
            by_name(
                CStr::from_ptr(name).to_bytes(),
                family,
                &mut Storage::new(buf.cast(), size),
            ),
            entry,
            result,
            error,
        )
    }
}

/// `gethostbyaddr` in the caller's buffer; returns an error number. gethostbyaddr_r(3).
///
/// # Safety
/// `addr` is readable; `entry`, `buf`, `result` and `error` are writable; null only where the manual page
/// allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gethostbyaddr_r(
    addr: *const c_void,
    len: socklen_t,
    family: c_int,
    entry: *mut hostent,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut hostent,
    error: *mut c_int,
) -> c_int {
    // SAFETY: the caller's address, buffer and pointers.
    unsafe {
        let addr = core::slice::from_raw_parts(addr.cast(), len as usize);
        deliver(
            by_address(addr, family, &mut Storage::new(buf.cast(), size)),
            entry,
            result,
            error,
        )
    }
}

/// The file that `gethostent` goes through.
static OPEN: Mutex<Option<Lines>> = Mutex::new(None);

/// The next host of `/etc/hosts`; the answer is static. POSIX `gethostent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gethostent() -> *mut hostent {
    let mut open = OPEN.lock();
    if open.is_none() {
        *open = Lines::open(c"/etc/hosts").ok();
    }
    let Some(lines) = open.as_mut() else {
        return ptr::null_mut();
    };
    while let Ok(Some(line)) = lines.next_line() {
        let mut fields = words(line);
        if let (Some(address), Some(name)) =
            (fields.next().and_then(lookup::numeric), fields.next())
        {
            let family = if matches!(address, Address::V4(_)) {
                AF_INET
            } else {
                AF_INET6
            };
            return deliver_static(|storage| {
                place(name, family, &[address], storage).map_err(|_| NO_RECOVERY)
            });
        }
    }
    ptr::null_mut()
}

/// Starts `gethostent` over. POSIX `sethostent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sethostent(stay: c_int) {
    {
        let _ = stay;
        *OPEN.lock() = None;
    }
}

/// Ends `gethostent`. POSIX `endhostent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn endhostent() {
    *OPEN.lock() = None;
}

/// What an `h_errno` means.
fn message(error: c_int) -> &'static CStr {
    match error {
        NETDB_INTERNAL => c"Resolver internal error",
        0 => c"Resolver Error 0 (no error)",
        HOST_NOT_FOUND => c"Unknown host",
        2 => c"Host name lookup failure",
        NO_RECOVERY => c"Unknown server error",
        4 => c"No address associated with name",
        _ => c"Unknown resolver error",
    }
}

/// What an `h_errno` means. hstrerror(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn hstrerror(error: c_int) -> *const c_char {
    message(error).as_ptr()
}

/// Writes what `h_errno` means to standard error. herror(3).
///
/// # Safety
/// `prefix` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn herror(prefix: *const c_char) {
    let put = |text: &[u8]| {
        // Diagnostics have nowhere to report their own failure.
        let _ = crate::platform::write(2, text);
    };
    // SAFETY: the caller's string, where it is given.
    unsafe {
        if !prefix.is_null() && *prefix != 0 {
            put(CStr::from_ptr(prefix).to_bytes());
            put(b": ");
        }
    }
    // SAFETY: the thread's own.
    put(message(unsafe { *h_errno() }).to_bytes());
    put(b"\n");
}
