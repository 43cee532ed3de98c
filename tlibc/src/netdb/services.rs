//! Services: `getservbyname` and its relatives, from `/etc/services`.

use super::lookup::{BUILT_IN, Service};
use crate::errno::Errno;
use crate::textfile::Storage;
use crate::textfile::database::{Database, Entry, Place};
use crate::types::*;
use core::ffi::CStr;

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

impl Entry for servent {
    const PATH: &'static CStr = c"/etc/services";
    const BUILT_IN: &'static [&'static [u8]] = BUILT_IN;
    type Fields<'a> = Service<'a>;

    fn parse(line: &[u8]) -> Option<Service<'_>> {
        Service::parse(line)
    }

    fn place(service: &Service, storage: &mut Storage) -> Result<servent, Errno> {
        Ok(servent {
            s_name: storage.string(service.name)?,
            s_aliases: storage.strings(service.aliases())?,
            s_port: service.port.to_be().into(),
            s_proto: storage.string(service.protocol)?,
        })
    }
}

static SERVICES: Database<servent> = Database::closed();

/// The bytes of a string, if there is one.
///
/// # Safety
/// `text` is null or a string that stays.
unsafe fn optional<'a>(text: *const c_char) -> Option<&'a [u8]> {
    // SAFETY: the caller's string.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// A service by name, of any protocol when that is null; the entry is static. POSIX `getservbyname`.
///
/// # Safety
/// `name` points to a NUL-terminated string, `protocol` too or it is null.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getservbyname(
    name: *const c_char,
    protocol: *const c_char,
) -> *mut servent {
    // SAFETY: the caller's strings.
    let (name, protocol) = unsafe { (CStr::from_ptr(name).to_bytes(), optional(protocol)) };
    SERVICES.first(|s| s.is_called(name) && protocol.is_none_or(|p| s.protocol == p))
}

/// [`getservbyname`] with the caller's buffer; an error number, 0 also when there is none. getservbyname_r(3).
///
/// # Safety
/// As for [`getservbyname`]; `entry`, `buf` of `size` bytes and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getservbyname_r(
    name: *const c_char,
    protocol: *const c_char,
    entry: *mut servent,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut servent,
) -> c_int {
    // SAFETY: the caller's strings, buffer and pointers.
    unsafe {
        let (name, protocol) = (CStr::from_ptr(name).to_bytes(), optional(protocol));
        SERVICES.first_into(Place::new(entry, buf, size, result), |s| {
            s.is_called(name) && protocol.is_none_or(|p| s.protocol == p)
        })
    }
}

/// A service by port, in network byte order; the entry is static. POSIX `getservbyport`.
///
/// # Safety
/// `protocol` is null or points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getservbyport(port: c_int, protocol: *const c_char) -> *mut servent {
    // SAFETY: the caller's string.
    let protocol = unsafe { optional(protocol) };
    let port = u16::from_be(port as u16);
    SERVICES.first(|s| s.port == port && protocol.is_none_or(|p| s.protocol == p))
}

/// [`getservbyport`] with the caller's buffer; an error number, 0 also when there is none. getservbyport_r(3).
///
/// # Safety
/// As for [`getservbyport`]; `entry`, `buf` of `size` bytes and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getservbyport_r(
    port: c_int,
    protocol: *const c_char,
    entry: *mut servent,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut servent,
) -> c_int {
    let port = u16::from_be(port as u16);
    // SAFETY: the caller's string, buffer and pointers.
    unsafe {
        let protocol = optional(protocol);
        SERVICES.first_into(Place::new(entry, buf, size, result), |s| {
            s.port == port && protocol.is_none_or(|p| s.protocol == p)
        })
    }
}

/// The next service of the file; the entry is static. POSIX `getservent`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn getservent() -> *mut servent {
    SERVICES.next()
}

/// [`getservent`] with the caller's buffer; `ENOENT` at the end. getservent_r(3).
///
/// # Safety
/// `entry`, `buf` of `size` bytes and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getservent_r(
    entry: *mut servent,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut servent,
) -> c_int {
    // SAFETY: the caller's buffer and pointers.
    SERVICES.next_into(unsafe { Place::new(entry, buf, size, result) })
}

/// Starts `getservent` over; the file is opened again whether or not it should stay open. POSIX `setservent`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn setservent(_stay: c_int) {
    SERVICES.rewind();
}

/// Ends `getservent`. POSIX `endservent`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn endservent() {
    SERVICES.rewind();
}
