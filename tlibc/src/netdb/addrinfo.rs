//! `getaddrinfo`.

use super::lookup::{self, ADDRESSES, Address, Name};
use super::*;
use crate::errno::{Errno, set_errno};
use crate::malloc::{free, malloc};
use crate::netinet_in::{in_addr, in6_addr, sockaddr_in, sockaddr_in6};
use crate::sys_socket::{
    AF_INET, AF_INET6, AF_UNSPEC, SOCK_DGRAM, SOCK_RAW, SOCK_STREAM, sockaddr,
};
use core::ffi::CStr;
use core::ptr;

/// An address to connect or bind to, and the socket for it.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct addrinfo {
    /// `AI_*` flags (hints).
    pub ai_flags: c_int,
    /// `AF_*`.
    pub ai_family: c_int,
    /// `SOCK_*`.
    pub ai_socktype: c_int,
    /// The protocol.
    pub ai_protocol: c_int,
    /// Bytes of the address.
    pub ai_addrlen: socklen_t,
    /// The address.
    pub ai_addr: *mut sockaddr,
    /// The canonical name, in the first entry.
    pub ai_canonname: *mut c_char,
    /// The next entry.
    pub ai_next: *mut addrinfo,
}
check_layout!(
    addrinfo = libc::addrinfo {
        ai_flags,
        ai_family,
        ai_socktype,
        ai_protocol,
        ai_addrlen,
        ai_addr,
        ai_canonname,
        ai_next
    }
);

/// One allocation: the entry and its address.
#[repr(C)]
struct Entry {
    info: addrinfo,
    address: AnyAddress,
}

#[repr(C)]
union AnyAddress {
    v4: sockaddr_in,
    v6: sockaddr_in6,
}

const KNOWN_FLAGS: c_int = AI_PASSIVE
    | AI_CANONNAME
    | AI_NUMERICHOST
    | AI_V4MAPPED
    | AI_ALL
    | AI_ADDRCONFIG
    | AI_NUMERICSERV;

/// A kind of socket that a service can be used through.
#[derive(Clone, Copy)]
struct Kind {
    socktype: c_int,
    protocol: c_int,
    name: &'static [u8],
}

/// The last two are for those who ask for the protocol.
const KINDS: [Kind; 4] = [
    Kind {
        socktype: SOCK_STREAM,
        protocol: 6,
        name: b"tcp",
    },
    Kind {
        socktype: SOCK_DGRAM,
        protocol: 17,
        name: b"udp",
    },
    Kind {
        socktype: SOCK_DGRAM,
        protocol: 136,
        name: b"udplite",
    },
    Kind {
        socktype: SOCK_STREAM,
        protocol: 132,
        name: b"sctp",
    },
];
const RAW: Kind = Kind {
    socktype: SOCK_RAW,
    protocol: 0,
    name: b"",
};

/// What the caller wants, with defaults filled in.
struct Wanted {
    flags: c_int,
    family: c_int,
    socktype: c_int,
    protocol: c_int,
}

/// The kinds of socket and port for each, at most three.
struct Ports {
    list: [(Kind, u16); 3],
    count: usize,
}

/// The digits of a port: blanks and a plus sign may stand before them, as for strtoul.
fn port_digits(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_start();
    text.strip_prefix(b"+").unwrap_or(text)
}

fn ports(service: Option<&[u8]>, wanted: &Wanted) -> Result<Ports, c_int> {
    let mut result = Ports {
        list: [(RAW, 0); 3],
        count: 0,
    };
    let mut add = |kind: Kind, port: u16| {
        result.list[result.count] = (kind, port);
        result.count += 1;
    };
    if ![0, SOCK_STREAM, SOCK_DGRAM, SOCK_RAW].contains(&wanted.socktype) {
        return Err(EAI_SOCKTYPE);
    }
    let number = match service {
        None => Some(0),
        Some(text) => match crate::textfile::decimal(port_digits(text)) {
            Some(port) => Some(u16::try_from(port).map_err(|_| EAI_SERVICE)?),
            None if wanted.flags & AI_NUMERICSERV != 0 => return Err(EAI_NONAME),
            None => None,
        },
    };
    for kind in KINDS {
        let usual = matches!(kind.protocol, 6 | 17);
        if (!usual && wanted.protocol == 0)
            || (wanted.socktype != 0 && wanted.socktype != kind.socktype)
            || (wanted.protocol != 0 && wanted.protocol != kind.protocol)
        {
            continue;
        }
        match (number, service) {
            (Some(port), _) => add(kind, port),
            (None, Some(name)) => {
                let found = lookup::services(|s| {
                    (s.protocol == kind.name && s.is_called(name)).then_some(s.port)
                })
                .map_err(system)?;
                if let Some(port) = found {
                    add(kind, port);
                }
            }
            (None, None) => {}
        }
    }
    if let Some(port) = number
        && (wanted.socktype == SOCK_RAW || (wanted.socktype == 0 && wanted.protocol == 0))
    {
        add(
            Kind {
                protocol: wanted.protocol,
                ..RAW
            },
            port,
        );
    }
    if result.count == 0 {
        Err(if number.is_some() {
            EAI_SOCKTYPE
        } else {
            EAI_SERVICE
        })
    } else {
        Ok(result)
    }
}

fn system(e: Errno) -> c_int {
    set_errno(e);
    EAI_SYSTEM
}

/// The addresses of a host, or of no host at all, and its canonical name.
fn addresses(
    host: Option<&[u8]>,
    wanted: &Wanted,
    list: &mut [Address; ADDRESSES],
) -> Result<(usize, Option<Name>), c_int> {
    let fits = |address: &Address| match address {
        Address::V4(_) => wanted.family != AF_INET6,
        Address::V6(..) => wanted.family != AF_INET,
    };
    let mut n = 0;
    let mut add = |address: Address| {
        if n < ADDRESSES {
            list[n] = address;
            n += 1;
        }
    };
    let Some(name) = host else {
        let passive = wanted.flags & AI_PASSIVE != 0;
        let mut loopback6 = [0; 16];
        loopback6[15] = 1;
        let both = if passive {
            [Address::V4([0; 4]), Address::V6([0; 16], 0)]
        } else {
            [Address::V6(loopback6, 0), Address::V4([127, 0, 0, 1])]
        };
        both.into_iter().filter(fits).for_each(&mut add);
        return Ok((n, None));
    };
    let mapped = |address: &Address| match address {
        Address::V4(v4) => {
            let mut six = [0; 16];
            six[10..12].fill(0xff);
            six[12..].copy_from_slice(v4);
            Address::V6(six, 0)
        }
        six => *six,
    };
    let maps = wanted.family == AF_INET6 && wanted.flags & AI_V4MAPPED != 0;
    if let Some(address) = lookup::numeric(name) {
        if fits(&address) {
            add(address);
        } else if maps {
            add(mapped(&address));
        } else {
            // A numeric address of another family: EAI_ADDRFAMILY of glibc.
            return Err(-9);
        }
        return Ok((n, Some(Name::new(name))));
    }
    if wanted.flags & AI_NUMERICHOST != 0 {
        return Err(EAI_NONAME);
    }
    let found = lookup::host(name).map_err(system)?.ok_or(EAI_NONAME)?;
    let known = &found.addresses[..found.count];
    known.iter().filter(|a| fits(a)).copied().for_each(&mut add);
    let none = !known.iter().any(&fits);
    if maps && (none || wanted.flags & AI_ALL != 0) {
        known
            .iter()
            .filter(|a| !fits(a))
            .map(mapped)
            .for_each(&mut add);
    }
    // EAI_NODATA of glibc: the name is known, without such an address.
    if n == 0 {
        Err(-5)
    } else {
        Ok((n, Some(found.canonical)))
    }
}

/// Makes one entry.
fn entry(address: Address, kind: Kind, port: u16, flags: c_int) -> Result<*mut Entry, c_int> {
    let memory = malloc(size_of::<Entry>()).cast::<Entry>();
    if memory.is_null() {
        return Err(EAI_MEMORY);
    }
    let port = port.to_be();
    let (family, len, address) = match address {
        Address::V4(bytes) => (
            AF_INET,
            size_of::<sockaddr_in>(),
            AnyAddress {
                v4: sockaddr_in {
                    sin_family: AF_INET as sa_family_t,
                    sin_port: port,
                    sin_addr: in_addr {
                        s_addr: u32::from_ne_bytes(bytes),
                    },
                    sin_zero: [0; 8],
                },
            },
        ),
        Address::V6(bytes, scope) => (
            AF_INET6,
            size_of::<sockaddr_in6>(),
            AnyAddress {
                v6: sockaddr_in6 {
                    sin6_family: AF_INET6 as sa_family_t,
                    sin6_port: port,
                    sin6_flowinfo: 0,
                    sin6_addr: in6_addr { s6_addr: bytes },
                    sin6_scope_id: scope,
                },
            },
        ),
    };
    // SAFETY: a fresh allocation of an Entry.
    unsafe {
        memory.write(Entry {
            info: addrinfo {
                ai_flags: flags,
                ai_family: family,
                ai_socktype: kind.socktype,
                ai_protocol: kind.protocol,
                ai_addrlen: len as socklen_t,
                ai_addr: (&raw mut (*memory).address).cast(),
                ai_canonname: ptr::null_mut(),
                ai_next: ptr::null_mut(),
            },
            address,
        });
    }
    Ok(memory)
}

/// The list for a host and a service.
fn resolve(
    host: Option<&[u8]>,
    service: Option<&[u8]>,
    wanted: &Wanted,
) -> Result<*mut addrinfo, c_int> {
    if host.is_none() && service.is_none() {
        return Err(EAI_NONAME);
    }
    if wanted.flags & !KNOWN_FLAGS != 0 || (wanted.flags & AI_CANONNAME != 0 && host.is_none()) {
        return Err(EAI_BADFLAGS);
    }
    if ![AF_UNSPEC, AF_INET, AF_INET6].contains(&wanted.family) {
        return Err(EAI_FAMILY);
    }
    let ports = ports(service, wanted)?;
    let mut list = [Address::V4([0; 4]); ADDRESSES];
    let (n, canonical) = addresses(host, wanted, &mut list)?;
    let mut first: *mut addrinfo = ptr::null_mut();
    let mut last = &raw mut first;
    let result = (|| {
        for address in &list[..n] {
            for (kind, port) in &ports.list[..ports.count] {
                let made = entry(*address, *kind, *port, wanted.flags)?;
                // SAFETY: `last` is the end of our list.
                unsafe {
                    last.write(made.cast());
                    last = &raw mut (*made).info.ai_next;
                }
            }
        }
        if let Some(name) = canonical.filter(|_| wanted.flags & AI_CANONNAME != 0) {
            let text = name.as_bytes();
            let copy = malloc(text.len() + 1).cast::<u8>();
            if copy.is_null() {
                return Err(EAI_MEMORY);
            }
            // SAFETY: room for the name and its NUL; there is at least one entry.
            unsafe {
                ptr::copy_nonoverlapping(text.as_ptr(), copy, text.len());
                copy.add(text.len()).write(0);
                (*first).ai_canonname = copy.cast();
            }
        }
        Ok(())
    })();
    match result {
        Ok(()) => Ok(first),
        Err(e) => {
            // SAFETY: our own list.
            unsafe { freeaddrinfo(first) };
            Err(e)
        }
    }
}

/// The addresses of a service on a host, as a list to be freed with `freeaddrinfo`; returns an `EAI_*`
/// number. POSIX `getaddrinfo`.
///
/// # Safety
/// `host` and `service` point to NUL-terminated strings; `hints` is readable; `result` is writable; null
/// only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getaddrinfo(
    host: *const c_char,
    service: *const c_char,
    hints: *const addrinfo,
    result: *mut *mut addrinfo,
) -> c_int {
    // SAFETY: the caller's strings and structures, where they are given.
    unsafe {
        let text = |s: *const c_char| (!s.is_null()).then(|| CStr::from_ptr(s).to_bytes());
        let wanted = match hints.as_ref() {
            Some(h) => Wanted {
                flags: h.ai_flags,
                family: h.ai_family,
                socktype: h.ai_socktype,
                protocol: h.ai_protocol,
            },
            None => Wanted {
                flags: AI_V4MAPPED | AI_ADDRCONFIG,
                family: AF_UNSPEC,
                socktype: 0,
                protocol: 0,
            },
        };
        match resolve(text(host), text(service), &wanted) {
            Ok(list) => {
                result.write(list);
                0
            }
            Err(e) => e,
        }
    }
}

/// Gives back what `getaddrinfo` made. POSIX `freeaddrinfo`.
///
/// # Safety
/// `list` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn freeaddrinfo(list: *mut addrinfo) {
    let mut next = list;
    while !next.is_null() {
        // SAFETY: an entry of getaddrinfo's, not used again.
        unsafe {
            let entry = next;
            next = (*entry).ai_next;
            free((*entry).ai_canonname.cast());
            free(entry.cast());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(
        host: &CStr,
        service: Option<&CStr>,
        family: c_int,
        socktype: c_int,
        flags: c_int,
    ) -> Result<(c_int, u16, c_int), c_int> {
        let wanted = Wanted {
            flags,
            family,
            socktype,
            protocol: 0,
        };
        let list = resolve(Some(host.to_bytes()), service.map(CStr::to_bytes), &wanted)?;
        // SAFETY: our own list.
        unsafe {
            let port = u16::from_be((*(*list).ai_addr.cast::<sockaddr_in>()).sin_port);
            let mut n = 0;
            let mut next = list;
            while !next.is_null() {
                n += 1;
                next = (*next).ai_next;
            }
            let answer = ((*list).ai_family, port, n);
            freeaddrinfo(list);
            Ok(answer)
        }
    }

    #[test]
    fn protocols_are_found_by_number() {
        let kinds = |socktype, protocol| {
            let wanted = Wanted {
                flags: 0,
                family: AF_INET,
                socktype,
                protocol,
            };
            ports(Some(b" +80"), &wanted).map(|found| {
                let (kind, port) = found.list[0];
                (found.count, kind.socktype, kind.protocol, port)
            })
        };
        assert_eq!(kinds(SOCK_STREAM, 0), Ok((1, SOCK_STREAM, 6, 80)));
        assert_eq!(kinds(SOCK_STREAM, 132), Ok((1, SOCK_STREAM, 132, 80)));
        assert_eq!(kinds(SOCK_DGRAM, 136), Ok((1, SOCK_DGRAM, 136, 80)));
        assert_eq!(kinds(0, 132), Ok((1, SOCK_STREAM, 132, 80)));
        assert_eq!(kinds(SOCK_STREAM, 136), Err(EAI_SOCKTYPE));
        assert_eq!(kinds(0, 0).map(|found| found.0), Ok(3));
    }

    #[test]
    fn numeric_hosts_and_services() {
        assert_eq!(
            first(c"127.0.0.1", Some(c"80"), AF_UNSPEC, SOCK_STREAM, 0),
            Ok((AF_INET, 80, 1))
        );
        assert_eq!(first(c"::1", None, AF_UNSPEC, 0, 0), Ok((AF_INET6, 0, 3)));
        assert_eq!(first(c"::1", None, AF_INET, 0, 0), Err(-9));
        assert_eq!(
            first(c"1.2.3.4", None, AF_INET6, SOCK_DGRAM, AI_V4MAPPED),
            Ok((AF_INET6, 0, 1))
        );
        assert_eq!(
            first(c"127.0.0.1", Some(c"70000"), AF_INET, SOCK_STREAM, 0),
            Err(EAI_SERVICE)
        );
    }

    #[test]
    fn names() {
        assert_eq!(
            first(c"localhost", Some(c"7"), AF_INET, SOCK_STREAM, 0),
            Ok((AF_INET, 7, 1))
        );
        assert_eq!(
            first(c"no-such-host.invalid", None, AF_UNSPEC, 0, 0),
            Err(EAI_NONAME)
        );
        assert_eq!(
            first(c"localhost", None, AF_UNSPEC, 0, AI_NUMERICHOST),
            Err(EAI_NONAME)
        );
        assert_eq!(
            first(c"localhost", Some(c"http"), AF_UNSPEC, 0, AI_NUMERICSERV),
            Err(EAI_NONAME)
        );
    }

    #[test]
    fn wrong_hints() {
        assert_eq!(first(c"::1", None, 99, 0, 0), Err(EAI_FAMILY));
        assert_eq!(first(c"::1", None, 0, 99, 0), Err(EAI_SOCKTYPE));
        assert_eq!(first(c"::1", None, 0, 0, 1 << 20), Err(EAI_BADFLAGS));
    }
}
