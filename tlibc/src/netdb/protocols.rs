//! Protocols (`getprotobyname` and its relatives), from a table: the numbers are IANA's and do not change.

use crate::errno::Errno;
use crate::textfile::Storage;
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

/// Name, other name and number.
type Row = (&'static CStr, &'static CStr, c_int);

/// All that IANA has and programs use.
const PROTOCOLS: [Row; 29] = [
    (c"ip", c"IP", 0),
    (c"icmp", c"ICMP", 1),
    (c"igmp", c"IGMP", 2),
    (c"ggp", c"GGP", 3),
    (c"ipencap", c"IP-ENCAP", 4),
    (c"tcp", c"TCP", 6),
    (c"egp", c"EGP", 8),
    (c"pup", c"PUP", 12),
    (c"udp", c"UDP", 17),
    (c"idp", c"XNS-IDP", 22),
    (c"rdp", c"RDP", 27),
    (c"dccp", c"DCCP", 33),
    (c"ipv6", c"IPv6", 41),
    (c"ipv6-route", c"IPv6-Route", 43),
    (c"ipv6-frag", c"IPv6-Frag", 44),
    (c"rsvp", c"RSVP", 46),
    (c"gre", c"GRE", 47),
    (c"esp", c"IPSEC-ESP", 50),
    (c"ah", c"IPSEC-AH", 51),
    (c"ipv6-icmp", c"IPv6-ICMP", 58),
    (c"ipv6-nonxt", c"IPv6-NoNxt", 59),
    (c"ipv6-opts", c"IPv6-Opts", 60),
    (c"ospf", c"OSPFIGP", 89),
    (c"pim", c"PIM", 103),
    (c"ipcomp", c"IPCOMP", 108),
    (c"vrrp", c"VRRP", 112),
    (c"l2tp", c"L2TP", 115),
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
fn deliver(found: Option<&Row>) -> *mut protoent {
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

/// What the `_r` functions do with a protocol that was found: an error number, `none` if there is none.
///
/// # Safety
/// `entry`, `buf` of `size` bytes and `result` are writable.
unsafe fn deliver_into(
    found: Option<&Row>,
    entry: *mut protoent,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut protoent,
    none: c_int,
) -> c_int {
    // SAFETY: the caller's memory. C may not write to the names.
    unsafe {
        result.write(ptr::null_mut());
        let Some((name, alias, number)) = found else {
            return none;
        };
        let list = [alias.as_ptr().cast_mut()];
        match Storage::new(buf.cast(), size).pointers(&list) {
            Ok(aliases) => {
                entry.write(protoent {
                    p_name: name.as_ptr().cast_mut(),
                    p_aliases: aliases,
                    p_proto: *number,
                });
                result.write(entry);
                0
            }
            Err(error) => error.0,
        }
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

/// [`getprotobyname`] with the caller's buffer; an error number, 0 also when there is none. getprotobyname_r(3).
///
/// # Safety
/// `name` points to a NUL-terminated string; `entry`, `buf` of `size` bytes and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getprotobyname_r(
    name: *const c_char,
    entry: *mut protoent,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut protoent,
) -> c_int {
    // SAFETY: the caller's string and memory.
    unsafe {
        let name = CStr::from_ptr(name);
        let found = PROTOCOLS.iter().find(|p| p.0 == name || p.1 == name);
        deliver_into(found, entry, buf, size, result, 0)
    }
}

/// A protocol by number; the entry is static. POSIX `getprotobynumber`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getprotobynumber(number: c_int) -> *mut protoent {
    deliver(PROTOCOLS.iter().find(|p| p.2 == number))
}

/// [`getprotobynumber`] with the caller's buffer; an error number, 0 also when there is none. getprotobynumber_r(3).
///
/// # Safety
/// `entry`, `buf` of `size` bytes and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getprotobynumber_r(
    number: c_int,
    entry: *mut protoent,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut protoent,
) -> c_int {
    let found = PROTOCOLS.iter().find(|p| p.2 == number);
    // SAFETY: the caller's memory.
    unsafe { deliver_into(found, entry, buf, size, result, 0) }
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

/// [`getprotoent`] with the caller's buffer; `ENOENT` at the end. One that does not fit comes again. getprotoent_r(3).
///
/// # Safety
/// `entry`, `buf` of `size` bytes and `result` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getprotoent_r(
    entry: *mut protoent,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut protoent,
) -> c_int {
    let next = NEXT.load(Ordering::Relaxed);
    let found = PROTOCOLS.get(next);
    // SAFETY: the caller's memory.
    let error = unsafe { deliver_into(found, entry, buf, size, result, Errno::ENOENT.0) };
    if error == 0 {
        NEXT.store(next + 1, Ordering::Relaxed);
    }
    error
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

#[cfg(test)]
mod tests {
    use super::*;

    /// In the order of their numbers, each once.
    #[test]
    fn protocols_are_found_by_number_and_names() {
        assert!(PROTOCOLS.windows(2).all(|pair| pair[0].2 < pair[1].2));
        for (number, name) in [
            (0, c"ip"),
            (46, c"rsvp"),
            (47, c"gre"),
            (89, c"ospf"),
            (103, c"pim"),
        ] {
            // SAFETY: the entry that the call returns, and its name.
            let found = unsafe { CStr::from_ptr((*getprotobynumber(number)).p_name) };
            assert_eq!(found, name);
        }
    }
}
