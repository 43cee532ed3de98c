//! `netinet/in.h`: Internet addresses.

use crate::types::*;

/// An IPv4 address, in network byte order.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types)]
pub struct in_addr {
    /// The address.
    pub s_addr: in_addr_t,
}
check_layout!(in_addr = libc::in_addr { s_addr });

/// An IPv6 address, in network byte order.
#[repr(C, align(4))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types)]
pub struct in6_addr {
    /// The address.
    pub s6_addr: [u8; 16],
}
check_layout!(in6_addr = libc::in6_addr { s6_addr });

/// An IPv4 socket address.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct sockaddr_in {
    /// `AF_INET`.
    pub sin_family: sa_family_t,
    /// The port, in network byte order.
    pub sin_port: in_port_t,
    /// The address.
    pub sin_addr: in_addr,
    /// Padding.
    pub sin_zero: [u8; 8],
}
check_layout!(
    sockaddr_in = libc::sockaddr_in {
        sin_family,
        sin_port,
        sin_addr,
        sin_zero
    }
);

/// An IPv6 socket address.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
#[allow(non_camel_case_types)]
pub struct sockaddr_in6 {
    /// `AF_INET6`.
    pub sin6_family: sa_family_t,
    /// The port, in network byte order.
    pub sin6_port: in_port_t,
    /// Flow label.
    pub sin6_flowinfo: u32,
    /// The address.
    pub sin6_addr: in6_addr,
    /// Interface of a link-local address.
    pub sin6_scope_id: u32,
}
check_layout!(
    sockaddr_in6 = libc::sockaddr_in6 {
        sin6_family,
        sin6_port,
        sin6_flowinfo,
        sin6_addr,
        sin6_scope_id
    }
);

/// The unspecified IPv6 address, `::`.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static in6addr_any: in6_addr = in6_addr { s6_addr: [0; 16] };

/// The IPv6 loopback address, `::1`.
#[cfg_attr(not(test), unsafe(no_mangle))]
#[allow(non_upper_case_globals)]
pub static in6addr_loopback: in6_addr = in6_addr {
    s6_addr: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
};
