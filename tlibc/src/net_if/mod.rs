//! `net/if.h`: names and numbers of network interfaces.

use crate::errno::{CResult, Errno, set_errno};
use crate::ifaddrs::links;
use crate::malloc::{free, malloc};
use crate::platform::calls::{fs, net};
use crate::sys_socket::{AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM};
use crate::types::*;
use crate::vec::Vec;
use core::ffi::CStr;
use core::ptr;

/// Bytes of a name with its NUL.
pub const IF_NAMESIZE: usize = 16;
const SIOCGIFNAME: c_ulong = 0x8910;
const SIOCGIFCONF: c_ulong = 0x8912;
const SIOCGIFINDEX: c_ulong = 0x8933;

/// What the requests above carry: a name and a number, 40 bytes in the kernel.
#[repr(C)]
#[derive(Clone, Copy)]
struct Request {
    name: [u8; IF_NAMESIZE],
    value: [u32; 6],
}

/// Does a request on a socket made for it.
fn ask(request: c_ulong, data: &mut Request) -> Result<(), Errno> {
    // SAFETY: the requests used here read and write one structure of that size.
    unsafe {
        let socket = net::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)?;
        let result = fs::ioctl(socket, request, ptr::from_mut(data).cast());
        let _ = fs::close(socket);
        result.map(drop)
    }
}

/// The number of the interface called `name`.
fn index(name: &[u8]) -> Result<u32, Errno> {
    if name.len() >= IF_NAMESIZE {
        return Err(Errno::ENODEV);
    }
    let mut data = Request {
        name: [0; IF_NAMESIZE],
        value: [0; 6],
    };
    data.name[..name.len()].copy_from_slice(name);
    ask(SIOCGIFINDEX, &mut data).map(|()| data.value[0])
}

/// `index`, for those who do not ask why not.
pub(crate) fn index_of(name: &[u8]) -> Option<u32> {
    index(name).ok()
}

/// The name of the interface with a number, ended by a NUL.
fn name(index: u32) -> Result<[u8; IF_NAMESIZE], Errno> {
    let mut data = Request {
        name: [0; IF_NAMESIZE],
        value: [0; 6],
    };
    data.value[0] = index;
    ask(SIOCGIFNAME, &mut data).map(|()| data.name)
}

/// `name`, for those who do not ask why not.
pub(crate) fn name_of(index: u32) -> Option<[u8; IF_NAMESIZE]> {
    name(index).ok()
}

/// The number of an interface, 0 when there is none. POSIX `if_nametoindex`.
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn if_nametoindex(name: *const c_char) -> c_uint {
    // SAFETY: the caller's string.
    index(unsafe { CStr::from_ptr(name) }.to_bytes()).or_errno(0)
}

/// The name of an interface in `IF_NAMESIZE` bytes; `ENXIO` when there is none. POSIX `if_indextoname`.
///
/// # Safety
/// `place` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn if_indextoname(index: c_uint, place: *mut c_char) -> *mut c_char {
    match name(index) {
        Ok(name) => {
            // SAFETY: the caller's IF_NAMESIZE bytes.
            unsafe { ptr::copy_nonoverlapping(name.as_ptr().cast(), place, IF_NAMESIZE) };
            place
        }
        Err(e) => {
            set_errno(if e == Errno::ENODEV { Errno::ENXIO } else { e });
            ptr::null_mut()
        }
    }
}

/// An interface's number and name.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct if_nameindex {
    /// Number; 0 ends a list.
    pub if_index: c_uint,
    /// Name.
    pub if_name: *mut c_char,
}
check_layout!(if_nameindex = libc::if_nameindex { if_index, if_name });

/// The interfaces with IPv4 addresses, for kernels without routing sockets: number and name.
fn with_addresses() -> Result<Vec<(u32, [u8; IF_NAMESIZE])>, Errno> {
    /// How many the first question has room for.
    const SOME: usize = 16;
    #[repr(C)]
    struct Conf {
        bytes: c_int,
        requests: *mut Request,
    }
    let mut found = Vec::new();
    // SAFETY: no memory is involved.
    let socket = unsafe { net::socket(crate::sys_socket::AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)? };
    let mut ask = |room: usize| -> Result<bool, Errno> {
        let empty = Request {
            name: [0; IF_NAMESIZE],
            value: [0; 6],
        };
        let mut requests = Vec::filled(empty, room)?;
        let mut conf = Conf {
            bytes: c_int::try_from(size_of_val(&requests[..])).map_err(|_| Errno::ENOBUFS)?,
            requests: requests.as_mut_ptr(),
        };
        // SAFETY: SIOCGIFCONF fills at most the bytes that are stated.
        unsafe { fs::ioctl(socket, SIOCGIFCONF, (&raw mut conf).cast())? };
        let n = (conf.bytes as usize / size_of::<Request>()).min(room);
        if n == room {
            return Ok(false);
        }
        for request in &requests[..n] {
            let end = request.name.iter().position(|b| *b == 0);
            // One that has gone since is none; one with two addresses is there twice.
            if let Some(number) = index_of(&request.name[..end.unwrap_or(IF_NAMESIZE - 1)])
                && !found.iter().any(|(known, _)| *known == number)
            {
                found.push((number, request.name))?;
            }
        }
        Ok(true)
    };
    let mut room = SOME;
    let result = loop {
        match ask(room) {
            Ok(true) => break Ok(()),
            // A full answer may be a cut one.
            Ok(false) => room *= 2,
            Err(error) => break Err(error),
        }
    };
    // SAFETY: the socket is this function's own.
    let _ = unsafe { fs::close(socket) };
    result.map(|()| found)
}

/// Makes the list: entries first, the names behind them in the same allocation.
fn list() -> Result<*mut if_nameindex, Errno> {
    let found = match links() {
        Err(Errno::EAFNOSUPPORT | Errno::EPROTONOSUPPORT) => with_addresses(),
        other => other,
    };
    let found = found.map_err(|error| match error {
        Errno::ENOMEM => Errno::ENOBUFS,
        error => error,
    })?;
    let entries = (found.len() + 1) * size_of::<if_nameindex>();
    let memory = malloc(entries + found.len() * IF_NAMESIZE);
    if memory.is_null() {
        return Err(Errno::ENOBUFS);
    }
    let first = memory.cast::<if_nameindex>();
    // SAFETY: room for the entries, the last one and the names; freed by if_freenameindex.
    unsafe {
        for (i, (number, text)) in found.iter().enumerate() {
            let name = memory.cast::<u8>().add(entries + i * IF_NAMESIZE);
            ptr::copy_nonoverlapping(text.as_ptr(), name, IF_NAMESIZE);
            first.add(i).write(if_nameindex {
                if_index: *number,
                if_name: name.cast(),
            });
        }
        first.add(found.len()).write(if_nameindex {
            if_index: 0,
            if_name: ptr::null_mut(),
        })
    };
    Ok(first)
}

/// All interfaces, ended by number 0; those with IPv4 addresses where the kernel has no routing sockets. `ENOBUFS`. POSIX `if_nameindex`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn if_nameindex() -> *mut if_nameindex {
    list().or_null()
}

/// Gives back what `if_nameindex` made. POSIX `if_freenameindex`.
///
/// # Safety
/// `list` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn if_freenameindex(list: *mut if_nameindex) {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { free(list.cast()) }
}
