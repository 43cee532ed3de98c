//! `arpa/inet.h`: Internet addresses as text, byte order.
//!
//! `text` holds the parsers and printers on slices; the functions here are their C faces.

pub(crate) mod text;

use crate::errno::{CResult, Errno};
use crate::netinet_in::in_addr;
use crate::sys_socket::{AF_INET, AF_INET6};
use crate::types::*;
use crate::unistd::term::StaticBuffer;
use core::ffi::CStr;
use core::ptr;

/// Host to network byte order, 32 bits. POSIX `htonl`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn htonl(host: u32) -> u32 {
    host.to_be()
}

/// Host to network byte order, 16 bits. POSIX `htons`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn htons(host: u16) -> u16 {
    host.to_be()
}

/// Network to host byte order, 32 bits. POSIX `ntohl`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ntohl(net: u32) -> u32 {
    u32::from_be(net)
}

/// Network to host byte order, 16 bits. POSIX `ntohs`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ntohs(net: u16) -> u16 {
    u16::from_be(net)
}

/// Text to address: 1, or 0 for text that is none, or -1 for an unknown family. POSIX `inet_pton`.
///
/// # Safety
/// `src` points to a NUL-terminated string; `dst` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn inet_pton(family: c_int, src: *const c_char, dst: *mut c_void) -> c_int {
    // SAFETY: the caller's string and room for an address of the family.
    unsafe {
        let src = CStr::from_ptr(src).to_bytes();
        match family {
            AF_INET => text::parse_v4(src)
                .map(|a| dst.cast::<[u8; 4]>().write_unaligned(a))
                .is_some()
                .into(),
            AF_INET6 => text::parse_v6(src)
                .map(|a| dst.cast::<[u8; 16]>().write_unaligned(a))
                .is_some()
                .into(),
            _ => Err::<c_int, _>(Errno::EAFNOSUPPORT).or_minus_one(),
        }
    }
}

/// Address to text in `dst` of `size` bytes; `ENOSPC` when it does not fit. POSIX `inet_ntop`.
///
/// # Safety
/// `src` is readable; `dst` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn inet_ntop(
    family: c_int,
    src: *const c_void,
    dst: *mut c_char,
    size: socklen_t,
) -> *const c_char {
    // SAFETY: the caller's address of the family, and room for `size` bytes.
    unsafe {
        let printed = match family {
            AF_INET => text::print_v4(src.cast::<[u8; 4]>().read_unaligned()),
            AF_INET6 => text::print_v6(src.cast::<[u8; 16]>().read_unaligned()),
            _ => return Err::<*mut c_char, _>(Errno::EAFNOSUPPORT).or_null::<c_char>(),
        };
        if printed.len() >= size as usize {
            return Err::<*mut c_char, _>(Errno::ENOSPC).or_null::<c_char>();
        }
        ptr::copy_nonoverlapping(printed.as_ptr().cast(), dst, printed.len());
        dst.add(printed.len()).write(0);
        dst
    }
}

/// Text of one to four numbers, decimal, octal or hexadecimal, to an IPv4 address; 0 for text that is none.
/// inet_aton(3).
///
/// # Safety
/// `src` points to a NUL-terminated string; `dst` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn inet_aton(src: *const c_char, dst: *mut in_addr) -> c_int {
    // SAFETY: the caller's string and address.
    unsafe {
        match text::parse_v4_loose(CStr::from_ptr(src).to_bytes()) {
            Some(address) => {
                if !dst.is_null() {
                    dst.write(in_addr {
                        s_addr: address.to_be(),
                    });
                }
                1
            }
            None => 0,
        }
    }
}

/// `inet_aton` with the address, or all ones, as the result. POSIX `inet_addr`.
///
/// # Safety
/// `src` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn inet_addr(src: *const c_char) -> in_addr_t {
    // SAFETY: the caller's string.
    text::parse_v4_loose(unsafe { CStr::from_ptr(src) }.to_bytes())
        .map_or(in_addr_t::MAX, u32::to_be)
}

/// `inet_addr` with numbers as they stand, in host order. inet_network(3).
///
/// # Safety
/// `src` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn inet_network(src: *const c_char) -> in_addr_t {
    // SAFETY: the caller's string.
    text::parse_network(unsafe { CStr::from_ptr(src) }.to_bytes()).unwrap_or(in_addr_t::MAX)
}

static NTOA: StaticBuffer<16> = StaticBuffer::new();

/// An IPv4 address as text in a static buffer. POSIX `inet_ntoa`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn inet_ntoa(address: in_addr) -> *mut c_char {
    let printed = text::print_v4(address.s_addr.to_ne_bytes());
    let to = NTOA.get();
    // SAFETY: the text has at most 15 bytes.
    unsafe {
        ptr::copy_nonoverlapping(printed.as_ptr(), to, printed.len());
        to.add(printed.len()).write(0);
    }
    to.cast()
}

/// Bits of the host part of an address, by its class.
fn host_bits(address: u32) -> u32 {
    if address >> 31 == 0 {
        24
    } else if address >> 30 == 0b10 {
        16
    } else {
        8
    }
}

/// An address of a network and a host number, in host order. inet_makeaddr(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn inet_makeaddr(net: in_addr_t, host: in_addr_t) -> in_addr {
    let address = match net {
        0..128 => net << 24 | host & 0xff_ffff,
        128..0x1_0000 => net << 16 | host & 0xffff,
        0x1_0000..0x100_0000 => net << 8 | host & 0xff,
        _ => net | host,
    };
    in_addr {
        s_addr: address.to_be(),
    }
}

/// The host number of an address, by its class. inet_lnaof(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn inet_lnaof(address: in_addr) -> in_addr_t {
    let address = u32::from_be(address.s_addr);
    address & ((1 << host_bits(address)) - 1)
}

/// The network number of an address, by its class. inet_netof(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn inet_netof(address: in_addr) -> in_addr_t {
    let address = u32::from_be(address.s_addr);
    address >> host_bits(address)
}
