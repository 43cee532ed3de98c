//! Services: `getservbyname` and its relatives.

use super::lookup::{self, Service};
use crate::errno::Errno;
use crate::sync::Mutex;
use crate::textfile::{Lines, Storage};
use crate::types::*;
use crate::unistd::term::StaticBuffer;
use core::cell::UnsafeCell;
use core::ffi::CStr;
use core::ptr;

/// A service.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct servent {
    /// Name.
    pub s_name: *mut c_char,
    /// Other names, and a null.
    pub s_aliases: *mut *mut c_char,
    /// Port, in network byte order.
    pub s_port: c_int,
    /// Protocol.
    pub s_proto: *mut c_char,
}
check_layout!(
    servent = libc::servent {
        s_name,
        s_aliases,
        s_port,
        s_proto
    }
);

struct StaticEntry(UnsafeCell<servent>);
// SAFETY: POSIX says the functions that use it need not be thread-safe; a C program serialises them.
unsafe impl Sync for StaticEntry {}
static ENTRY: StaticEntry = StaticEntry(UnsafeCell::new(servent {
    s_name: ptr::null_mut(),
    s_aliases: ptr::null_mut(),
    s_port: 0,
    s_proto: ptr::null_mut(),
}));
const STRINGS: usize = 32 * 1024;
static BUFFER: StaticBuffer<STRINGS> = StaticBuffer::new();

/// Places a service in `storage`.
fn place(service: &Service, storage: &mut Storage) -> Result<servent, Errno> {
    Ok(servent {
        s_name: storage.string(service.name)?,
        s_aliases: storage.pointer_list(service.aliases())?,
        s_port: service.port.to_be().into(),
        s_proto: storage.string(service.protocol)?,
    })
}

/// The first service that `wanted` accepts, in the static entry.
fn find(mut wanted: impl FnMut(&Service) -> bool) -> *mut servent {
    // SAFETY: the static buffer lives for ever.
    let mut storage = unsafe { Storage::new(BUFFER.get(), STRINGS) };
    match lookup::services(|s| wanted(s).then(|| place(s, &mut storage))) {
        Ok(Some(Ok(entry))) => {
            // SAFETY: see StaticEntry.
            unsafe { ENTRY.0.get().write(entry) };
            ENTRY.0.get()
        }
        _ => ptr::null_mut(),
    }
}

/// A service by name, of any protocol when that is null; the entry is static. POSIX `getservbyname`.
///
/// # Safety
/// `name` and `protocol` point to NUL-terminated strings; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getservbyname(
    name: *const c_char,
    protocol: *const c_char,
) -> *mut servent {
    // SAFETY: the caller's strings.
    let (name, protocol) = unsafe {
        (
            CStr::from_ptr(name).to_bytes(),
            (!protocol.is_null()).then(|| CStr::from_ptr(protocol).to_bytes()),
        )
    };
    find(|s| s.is_called(name) && protocol.is_none_or(|p| s.protocol == p))
}

/// A service by port, in network byte order; the entry is static. POSIX `getservbyport`.
///
/// # Safety
/// `protocol` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getservbyport(port: c_int, protocol: *const c_char) -> *mut servent {
    // SAFETY: the caller's string.
    let protocol = unsafe { (!protocol.is_null()).then(|| CStr::from_ptr(protocol).to_bytes()) };
    let port = u16::from_be(port as u16);
    find(|s| s.port == port && protocol.is_none_or(|p| s.protocol == p))
}

/// The file that `getservent` goes through.
static OPEN: Mutex<Option<Lines>> = Mutex::new(None);

/// The next service of `/etc/services`; the entry is static. POSIX `getservent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getservent() -> *mut servent {
    let mut open = OPEN.lock();
    if open.is_none() {
        *open = Lines::open(c"/etc/services").ok();
    }
    let Some(lines) = open.as_mut() else {
        return ptr::null_mut();
    };
    while let Ok(Some(line)) = lines.next_line() {
        if let Some(service) = Service::parse(line) {
            // SAFETY: the static buffer lives for ever; see StaticEntry.
            unsafe {
                if let Ok(entry) = place(&service, &mut Storage::new(BUFFER.get(), STRINGS)) {
                    ENTRY.0.get().write(entry);
                    return ENTRY.0.get();
                }
            }
        }
    }
    ptr::null_mut()
}

/// Starts `getservent` over. POSIX `setservent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setservent(stay: c_int) {
    {
        let _ = stay;
        *OPEN.lock() = None;
    }
}

/// Ends `getservent`. POSIX `endservent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn endservent() {
    *OPEN.lock() = None;
}
