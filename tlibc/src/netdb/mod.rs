//! `netdb.h`: names of hosts, services, protocols and networks.
//!
//! Hosts come from numeric text, `/etc/hosts` and the name `localhost`; there is no DNS client, so any other name
//! is `EAI_NONAME`. Services come from `/etc/services` and a short table for systems without the file.
//! `lookup` has the searches; `addrinfo` and `old` are the two generations of the interface.

pub mod addrinfo;
mod lookup;
pub mod nameinfo;
pub mod networks;
pub mod old;
pub mod protocols;
pub mod services;

use crate::types::*;

/// `ai_flags`: an address to bind to.
pub const AI_PASSIVE: c_int = 1;
/// `ai_flags`: fill in the canonical name.
pub const AI_CANONNAME: c_int = 2;
/// `ai_flags`: only numeric hosts.
pub const AI_NUMERICHOST: c_int = 4;
/// `ai_flags`: IPv4 addresses mapped into IPv6.
pub const AI_V4MAPPED: c_int = 8;
/// `ai_flags`: both families with `AI_V4MAPPED`.
pub const AI_ALL: c_int = 0x10;
/// `ai_flags`: only families the host has addresses of.
pub const AI_ADDRCONFIG: c_int = 0x20;
/// `ai_flags`: only numeric services.
pub const AI_NUMERICSERV: c_int = 0x400;
/// Unknown flags.
pub const EAI_BADFLAGS: c_int = -1;
/// Unknown host or service.
pub const EAI_NONAME: c_int = -2;
/// Try again.
pub const EAI_AGAIN: c_int = -3;
/// It will not get better.
pub const EAI_FAIL: c_int = -4;
/// Unknown family.
pub const EAI_FAMILY: c_int = -6;
/// Unknown socket type.
pub const EAI_SOCKTYPE: c_int = -7;
/// The service does not fit the socket type.
pub const EAI_SERVICE: c_int = -8;
/// Out of memory.
pub const EAI_MEMORY: c_int = -10;
/// See `errno`.
pub const EAI_SYSTEM: c_int = -11;
/// A buffer is too small.
pub const EAI_OVERFLOW: c_int = -12;

/// What an `EAI_*` number means.
fn message(error: c_int) -> &'static core::ffi::CStr {
    match error {
        EAI_BADFLAGS => c"Bad value for ai_flags",
        EAI_NONAME => c"Name or service not known",
        EAI_AGAIN => c"Temporary failure in name resolution",
        EAI_FAIL => c"Non-recoverable failure in name resolution",
        -5 => c"No address associated with hostname",
        EAI_FAMILY => c"ai_family not supported",
        EAI_SOCKTYPE => c"ai_socktype not supported",
        EAI_SERVICE => c"Servname not supported for ai_socktype",
        -9 => c"Address family for hostname not supported",
        EAI_MEMORY => c"Memory allocation failure",
        EAI_SYSTEM => c"System error",
        EAI_OVERFLOW => c"Result too large for supplied buffer",
        _ => c"Unknown error",
    }
}

/// What an error of `getaddrinfo` means. POSIX `gai_strerror`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn gai_strerror(error: c_int) -> *const c_char {
    message(error).as_ptr()
}
