//! Protocols (`getprotobyname` and its relatives) and networks, from tables: the numbers are IANA's and do not change.

use crate::types::*;
use core::ffi::CStr;
use core::ptr;
use core::sync::atomic::{AtomicUsize, Ordering};

/// A protocol.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct protoent {
    /// Name.
    pub p_name: *mut c_char,
    /// Other names, and a null.
    pub p_aliases: *mut *mut c_char,
    /// Number.
    pub p_proto: c_int,
}
check_layout!(
    protoent = libc::protoent {
        p_name,
        p_aliases,
        p_proto
    }
);

/// Names and numbers.
const PROTOCOLS: [(&CStr, &CStr, c_int); 18] = [
    (c"ip", c"IP", 0),
    (c"icmp", c"ICMP", 1),
    (c"igmp", c"IGMP", 2),
    (c"ipencap", c"IP-ENCAP", 4),
    (c"tcp", c"TCP", 6),
    (c"egp", c"EGP", 8),
    (c"pup", c"PUP", 12),
    (c"udp", c"UDP", 17),
    (c"idp", c"XNS-IDP", 22),
    (c"rdp", c"RDP", 27),
    (c"ipv6", c"IPv6", 41),
    (c"ipv6-route", c"IPv6-Route", 43),
    (c"ipv6-frag", c"IPv6-Frag", 44),
    (c"esp", c"IPSEC-ESP", 50),
    (c"ah", c"IPSEC-AH", 51),
    (c"ipv6-icmp", c"IPv6-ICMP", 58),
    (c"sctp", c"SCTP", 132),
    (c"udplite", c"UDPLite", 136),
];

/// The entry and its list of aliases.
struct Entry {
    protocol: protoent,
    aliases: [*mut c_char; 2],
}

struct StaticEntry(core::cell::UnsafeCell<Entry>);
// SAFETY: POSIX says the functions that use it need not be thread-safe; a C program serialises them.
unsafe impl Sync for StaticEntry {}
static ENTRY: StaticEntry = StaticEntry(core::cell::UnsafeCell::new(Entry {
    protocol: protoent {
        p_name: ptr::null_mut(),
        p_aliases: ptr::null_mut(),
        p_proto: 0,
    },
    aliases: [ptr::null_mut(); 2],
}));

/// Fills the static entry.
fn deliver(found: Option<&(&'static CStr, &'static CStr, c_int)>) -> *mut protoent {
    let Some((name, alias, number)) = found else {
        return ptr::null_mut();
    };
    let entry = ENTRY.0.get();
    // SAFETY: see StaticEntry; C may not write to the strings.
    unsafe {
        (*entry).aliases = [alias.as_ptr().cast_mut(), ptr::null_mut()];
        (*entry).protocol = protoent {
            p_name: name.as_ptr().cast_mut(),
            p_aliases: (&raw mut (*entry).aliases).cast(),
            p_proto: *number,
        };
        &raw mut (*entry).protocol
    }
}

/// A protocol by name; the entry is static. POSIX `getprotobyname`.
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getprotobyname(name: *const c_char) -> *mut protoent {
    // SAFETY: the caller's string.
    let name = unsafe { CStr::from_ptr(name) };
    deliver(PROTOCOLS.iter().find(|p| p.0 == name || p.1 == name))
}

/// A protocol by number; the entry is static. POSIX `getprotobynumber`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getprotobynumber(number: c_int) -> *mut protoent {
    deliver(PROTOCOLS.iter().find(|p| p.2 == number))
}

/// Where `getprotoent` is.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// The next protocol; the entry is static. POSIX `getprotoent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getprotoent() -> *mut protoent {
    deliver(PROTOCOLS.get(NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// Starts `getprotoent` over. POSIX `setprotoent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setprotoent(stay: c_int) {
    {
        let _ = stay;
        NEXT.store(0, Ordering::Relaxed);
    }
}

/// Ends `getprotoent`. POSIX `endprotoent`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn endprotoent() {
    NEXT.store(0, Ordering::Relaxed);
}
