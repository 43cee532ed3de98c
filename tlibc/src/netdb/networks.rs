//! Networks: `getnetent` and its relatives, from `/etc/networks` (networks(5): name, number, aliases).

use super::old::{HOST_NOT_FOUND, NETDB_INTERNAL};
use crate::errno::Errno;
use crate::sys_socket::AF_INET;
use crate::textfile::database::{Database, Entry, Place};
use crate::textfile::{self, Storage};
use crate::types::*;
use core::ffi::CStr;

/// A network.
#[repr(C)]
#[derive(Clone, Copy)]
#[allow(non_camel_case_types)]
pub struct netent {
    /// Name.
    pub n_name: *mut c_char,
    /// Other names, and a null.
    pub n_aliases: *mut *mut c_char,
    /// `AF_INET`.
    pub n_addrtype: c_int,
    /// Number, in host byte order.
    pub n_net: u32,
}

/// One line of the file.
pub struct Network<'a> {
    name: &'a [u8],
    number: u32,
    line: &'a [u8],
}

impl<'a> Network<'a> {
    /// Takes a line apart; `None` for one that is no entry.
    fn parse(line: &'a [u8]) -> Option<Self> {
        let mut words = textfile::words(line);
        let name = words.next()?;
        let number = number(words.next()?)?;
        Some(Self { name, number, line })
    }

    fn aliases(&self) -> impl Iterator<Item = &'a [u8]> + Clone {
        textfile::words(self.line).skip(2)
    }

    fn is_called(&self, name: &[u8]) -> bool {
        self.name == name || self.aliases().any(|alias| alias == name)
    }
}

impl Entry for netent {
    const PATH: &'static CStr = c"/etc/networks";
    type Fields<'a> = Network<'a>;

    fn parse(line: &[u8]) -> Option<Network<'_>> {
        Network::parse(line)
    }

    fn place(network: &Network, storage: &mut Storage) -> Result<netent, Errno> {
        Ok(netent {
            n_name: storage.string(network.name)?,
            n_aliases: storage.strings(network.aliases())?,
            n_addrtype: AF_INET,
            n_net: network.number,
        })
    }
}

static NETWORKS: Database<netent> = Database::closed();

/// The number of a network in dotted form; parts that are left out at its end are 0, as in glibc's reader.
fn number(text: &[u8]) -> Option<u32> {
    let mut parts = [0; 4];
    for (index, part) in text.split(|b| *b == b'.').enumerate() {
        let value = textfile::decimal(part)?;
        *parts.get_mut(index)? = u8::try_from(value).ok()?;
    }
    Some(u32::from_be_bytes(parts))
}

/// What the `_r` functions return: the error's number, with the reason for `h_errno` at `reason`.
///
/// # Safety
/// `result` is readable, `reason` writable.
unsafe fn reported(error: c_int, result: *mut *mut netent, reason: *mut c_int) -> c_int {
    // SAFETY: the caller's pointers.
    unsafe {
        if error != 0 {
            *reason = NETDB_INTERNAL;
        } else if (*result).is_null() {
            *reason = HOST_NOT_FOUND;
        }
    }
    error
}

/// A network by name; the entry is static. POSIX `getnetbyname`.
///
/// # Safety
/// `name` points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getnetbyname(name: *const c_char) -> *mut netent {
    // SAFETY: the caller's string.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    NETWORKS.first(|network| network.is_called(name))
}

/// [`getnetbyname`] with the caller's buffer; an error number, with what `h_errno` would be at `reason`. getnetbyname_r(3).
///
/// # Safety
/// `name` points to a NUL-terminated string; `entry`, `buf` of `size` bytes, `result` and `reason` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getnetbyname_r(
    name: *const c_char,
    entry: *mut netent,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut netent,
    reason: *mut c_int,
) -> c_int {
    // SAFETY: the caller's string, buffer and pointers.
    unsafe {
        let name = CStr::from_ptr(name).to_bytes();
        let place = Place::new(entry, buf, size, result);
        let error = NETWORKS.first_into(place, |network| network.is_called(name));
        reported(error, result, reason)
    }
}

/// A network by number, in host byte order; the entry is static. POSIX `getnetbyaddr`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn getnetbyaddr(number: u32, family: c_int) -> *mut netent {
    NETWORKS.first(|network| family == AF_INET && network.number == number)
}

/// [`getnetbyaddr`] with the caller's buffer, as [`getnetbyname_r`]. getnetbyaddr_r(3).
///
/// # Safety
/// `entry`, `buf` of `size` bytes, `result` and `reason` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getnetbyaddr_r(
    number: u32,
    family: c_int,
    entry: *mut netent,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut netent,
    reason: *mut c_int,
) -> c_int {
    // SAFETY: the caller's buffer and pointers.
    unsafe {
        let place = Place::new(entry, buf, size, result);
        let error = NETWORKS.first_into(place, |network| {
            family == AF_INET && network.number == number
        });
        reported(error, result, reason)
    }
}

/// The next network of the file; the entry is static. POSIX `getnetent`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn getnetent() -> *mut netent {
    NETWORKS.next()
}

/// [`getnetent`] with the caller's buffer; `ENOENT` at the end. getnetent_r(3).
///
/// # Safety
/// `entry`, `buf` of `size` bytes, `result` and `reason` are writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getnetent_r(
    entry: *mut netent,
    buf: *mut c_char,
    size: size_t,
    result: *mut *mut netent,
    reason: *mut c_int,
) -> c_int {
    // SAFETY: the caller's buffer and pointers.
    unsafe {
        let error = NETWORKS.next_into(Place::new(entry, buf, size, result));
        reported(error, result, reason)
    }
}

/// Starts `getnetent` over; the file is opened again whether or not it should stay open. POSIX `setnetent`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn setnetent(_stay: c_int) {
    NETWORKS.rewind();
}

/// Ends `getnetent`. POSIX `endnetent`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn endnetent() {
    NETWORKS.rewind();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_apart() {
        let network = Network::parse(b"loopback 127.0.0.0 lo # comment").unwrap();
        assert_eq!(
            (network.name, network.number),
            (&b"loopback"[..], 0x7f00_0000)
        );
        assert!(network.is_called(b"lo") && !network.is_called(b"comment"));
        assert_eq!(number(b"10.1"), Some(0x0a01_0000));
        assert_eq!(number(b"192.168.1.0"), Some(0xc0a8_0100));
        assert_eq!(number(b"256"), None);
        assert_eq!(number(b"1.2.3.4.5"), None);
        assert!(Network::parse(b"# nothing").is_none());
        assert!(Network::parse(b"name").is_none());
    }
}
