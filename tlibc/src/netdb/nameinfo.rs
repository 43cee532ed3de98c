//! `getnameinfo`.

use super::lookup::{self, Address};
use super::{EAI_FAMILY, EAI_NONAME, EAI_OVERFLOW, EAI_SYSTEM};
use crate::arpa_inet::text::{Text, print_v4, print_v6};
use crate::errno::set_errno;
use crate::net_if::{IF_NAMESIZE, name_of};
use crate::netinet_in::{sockaddr_in, sockaddr_in6};
use crate::sys_socket::{AF_INET, AF_INET6, sockaddr};
use crate::types::*;
use core::ptr;

/// The host as a number.
const NI_NUMERICHOST: c_int = 1;
/// The service as a number.
const NI_NUMERICSERV: c_int = 2;
/// An error when the host has no name.
const NI_NAMEREQD: c_int = 8;
/// The service of datagrams.
const NI_DGRAM: c_int = 16;
/// The scope as a number.
const NI_NUMERICSCOPE: c_int = 0x100;

/// The name of the interface that an address is valid on, ended by a NUL where it is shorter: for addresses of one link,
/// fe80::/10 and ff02::/16, alone.
fn scope_name(address: &[u8; 16], scope: u32, flags: c_int) -> Option<[u8; IF_NAMESIZE]> {
    let local = matches!(address, [0xfe, 0x80..=0xbf, ..])
        || matches!(address, [0xff, second, ..] if second & 0xf == 2);
    (local && flags & NI_NUMERICSCOPE == 0)
        .then(|| name_of(scope))
        .flatten()
}

/// Writes a string, if it is wanted.
///
/// # Safety
/// `to` is null or writable for `size` bytes.
unsafe fn put(text: &[u8], to: *mut c_char, size: socklen_t) -> Result<(), c_int> {
    if to.is_null() || size == 0 {
        return Ok(());
    }
    if text.len() >= size as usize {
        return Err(EAI_OVERFLOW);
    }
    // SAFETY: checked to fit with its NUL.
    unsafe {
        ptr::copy_nonoverlapping(text.as_ptr().cast(), to, text.len());
        to.add(text.len()).write(0);
    }
    Ok(())
}

/// The names of an address's host and service, or their numbers; returns an `EAI_*` number. POSIX
/// `getnameinfo`.
///
/// # Safety
/// `addr` is readable; `host` and `service` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getnameinfo(
    addr: *const sockaddr,
    len: socklen_t,
    host: *mut c_char,
    host_len: socklen_t,
    service: *mut c_char,
    service_len: socklen_t,
    flags: c_int,
) -> c_int {
    // SAFETY: the caller's address of `len` bytes and buffers of their sizes.
    let result = unsafe {
        (|| {
            if len < 2 {
                return Err(EAI_FAMILY);
            }
            let (address, port) = match c_int::from((*addr).sa_family) {
                AF_INET if len as usize >= size_of::<sockaddr_in>() => {
                    let a = addr.cast::<sockaddr_in>().read_unaligned();
                    (
                        Address::V4(a.sin_addr.s_addr.to_ne_bytes()),
                        u16::from_be(a.sin_port),
                    )
                }
                AF_INET6 if len as usize >= size_of::<sockaddr_in6>() => {
                    let a = addr.cast::<sockaddr_in6>().read_unaligned();
                    (
                        Address::V6(a.sin6_addr.s6_addr, a.sin6_scope_id),
                        u16::from_be(a.sin6_port),
                    )
                }
                _ => return Err(EAI_FAMILY),
            };
            let no_host = host.is_null() || host_len == 0;
            if no_host && (service.is_null() || service_len == 0) {
                return Err(EAI_NONAME);
            }
            let system = |e| {
                set_errno(e);
                EAI_SYSTEM
            };
            let name = if no_host || flags & NI_NUMERICHOST != 0 {
                None
            } else {
                lookup::name_of(address).map_err(system)?
            };
            match name {
                Some(name) => put(name.as_bytes(), host, host_len)?,
                None if flags & NI_NAMEREQD != 0 && !no_host => return Err(EAI_NONAME),
                None => {
                    let text = match address {
                        Address::V4(v4) => print_v4(v4),
                        Address::V6(v6, 0) => print_v6(v6),
                        Address::V6(v6, scope) => {
                            let mut text = print_v6(v6);
                            text.push(b'%');
                            match scope_name(&v6, scope, flags) {
                                Some(name) => name
                                    .into_iter()
                                    .take_while(|byte| *byte != 0)
                                    .for_each(|byte| text.push(byte)),
                                None => text.number(scope, 10),
                            }
                            text
                        }
                    };
                    put(&text, host, host_len)?;
                }
            }
            let protocol: &[u8] = if flags & NI_DGRAM != 0 {
                b"udp"
            } else {
                b"tcp"
            };
            let named = if flags & NI_NUMERICSERV != 0 {
                None
            } else {
                lookup::services(|s| {
                    (s.port == port && s.protocol == protocol).then(|| lookup::Name::new(s.name))
                })
                .map_err(system)?
            };
            match named {
                Some(name) => put(name.as_bytes(), service, service_len),
                None => {
                    let mut text = Text::new();
                    text.number(port.into(), 10);
                    put(&text, service, service_len)
                }
            }
        })()
    };
    result.err().unwrap_or(0)
}
