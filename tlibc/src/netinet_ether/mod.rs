//! `netinet/ether.h`: addresses of Ethernet as text, and by name from `/etc/ethers` (ether_aton(3), ethers(5)).

use crate::errno::Errno;
use crate::textfile::database::{Database, Entry, Place};
use crate::textfile::{Storage, words};
use crate::types::*;
use crate::unistd::term::StaticBuffer;
use core::cell::UnsafeCell;
use core::ffi::CStr;
use core::mem::MaybeUninit;
use core::ptr;

/// An address of Ethernet.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types)]
pub struct ether_addr {
    /// Its bytes as they are sent.
    pub ether_addr_octet: [u8; 6],
}

/// An address, and how many bytes of the text it takes: six numbers of one or two hexadecimal digits between colons.
fn parse(text: &[u8]) -> Option<(ether_addr, usize)> {
    let mut bytes = [0; 6];
    let mut at = 0;
    for (index, byte) in bytes.iter_mut().enumerate() {
        if index > 0 {
            (text.get(at) == Some(&b':')).then_some(())?;
            at += 1;
        }
        let mut digits = text[at..]
            .iter()
            .map_while(|digit| char::from(*digit).to_digit(16))
            .take(2);
        let first = digits.next()?;
        at += 1;
        *byte = match digits.next() {
            Some(second) => {
                at += 1;
                first * 16 + second
            }
            None => first,
        } as u8;
    }
    let address = ether_addr {
        ether_addr_octet: bytes,
    };
    Some((address, at))
}

/// The address that a text begins with, in the caller's place; null if there is none. ether_aton_r(3).
///
/// # Safety
/// `text` points to a NUL-terminated string, `place` is writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ether_aton_r(
    text: *const c_char,
    place: *mut ether_addr,
) -> *mut ether_addr {
    // SAFETY: the caller's string and place.
    unsafe {
        let text = CStr::from_ptr(text).to_bytes();
        match parse(text) {
            // Only white space may follow, as after the address in a line of the file.
            Some((address, length)) if text.get(length).is_none_or(u8::is_ascii_whitespace) => {
                place.write(address);
                place
            }
            _ => ptr::null_mut(),
        }
    }
}

/// [`ether_aton_r`] in a place that the next call overwrites. ether_aton(3).
///
/// # Safety
/// `text` points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ether_aton(text: *const c_char) -> *mut ether_addr {
    struct Kept(UnsafeCell<ether_addr>);
    // SAFETY: the manual says that the function is not thread-safe.
    unsafe impl Sync for Kept {}
    static KEPT: Kept = Kept(UnsafeCell::new(ether_addr {
        ether_addr_octet: [0; 6],
    }));
    // SAFETY: the caller's string.
    unsafe { ether_aton_r(text, KEPT.0.get()) }
}

/// Room for an address as text.
const TEXT: usize = 18;

/// Writes an address without leading zeros, and returns the text. ether_ntoa_r(3).
///
/// # Safety
/// `address` is readable, `text` has 18 bytes.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ether_ntoa_r(
    address: *const ether_addr,
    text: *mut c_char,
) -> *mut c_char {
    let mut out = [0_u8; TEXT];
    let mut length = 0;
    // SAFETY: the caller's address.
    for (index, byte) in unsafe { *address }.ether_addr_octet.iter().enumerate() {
        let mut put = |byte| {
            out[length] = byte;
            length += 1;
        };
        if index > 0 {
            put(b':');
        }
        if byte >> 4 != 0 {
            put(b"0123456789abcdef"[usize::from(byte >> 4)]);
        }
        put(b"0123456789abcdef"[usize::from(byte & 15)]);
    }
    // SAFETY: the caller's room; 17 bytes at most are written and a NUL.
    unsafe { text.copy_from_nonoverlapping(out.as_ptr().cast(), length + 1) };
    text
}

/// [`ether_ntoa_r`] in a buffer that the next call overwrites. ether_ntoa(3).
///
/// # Safety
/// `address` is readable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ether_ntoa(address: *const ether_addr) -> *mut c_char {
    static KEPT: StaticBuffer<TEXT> = StaticBuffer::new();
    // SAFETY: the caller's address; the buffer has room.
    unsafe { ether_ntoa_r(address, KEPT.get().cast()) }
}

/// One line of the file.
pub struct Fields<'a> {
    address: ether_addr,
    name: &'a [u8],
}

/// An entry: an address and the name that it has.
#[derive(Clone, Copy)]
struct Host {
    address: ether_addr,
    name: *mut c_char,
}

impl Entry for Host {
    const PATH: &'static CStr = c"/etc/ethers";
    type Fields<'a> = Fields<'a>;

    fn parse(line: &[u8]) -> Option<Fields<'_>> {
        let mut words = words(line);
        let text = words.next()?;
        let (address, length) = parse(text)?;
        (length == text.len()).then_some(())?;
        Some(Fields {
            address,
            name: words.next()?,
        })
    }

    fn place(fields: &Fields, storage: &mut Storage) -> Result<Host, Errno> {
        Ok(Host {
            address: fields.address,
            name: storage.string(fields.name)?,
        })
    }
}

static HOSTS: Database<Host> = Database::closed();

/// Takes a line of the file apart: 0, or -1 if it is no entry. ether_line(3).
///
/// # Safety
/// `line` points to a NUL-terminated string, `address` is writable, `name` has room for the rest of the line.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ether_line(
    line: *const c_char,
    address: *mut ether_addr,
    name: *mut c_char,
) -> c_int {
    // SAFETY: the caller's string and places.
    unsafe {
        let line = CStr::from_ptr(line).to_bytes();
        let line = line.split(|byte| *byte == b'\n').next().unwrap_or(line);
        let Some(fields) = Host::parse(line) else {
            return -1;
        };
        address.write(fields.address);
        name.copy_from_nonoverlapping(fields.name.as_ptr().cast(), fields.name.len());
        name.add(fields.name.len()).write(0);
    }
    0
}

/// The first entry that `wanted` accepts, with its name in `room`.
fn find(room: &mut [c_char; 1024], wanted: impl FnMut(&Fields) -> bool) -> Option<Host> {
    let mut host = MaybeUninit::uninit();
    let mut found = ptr::null_mut();
    // SAFETY: live places, of the sizes given; an entry that was found has been written.
    unsafe {
        let place = Place::new(
            host.as_mut_ptr(),
            room.as_mut_ptr(),
            room.len(),
            &raw mut found,
        );
        let error = HOSTS.first_into(place, wanted);
        (error == 0 && !found.is_null()).then(|| host.assume_init())
    }
}

/// The address of a host by `/etc/ethers`: 0, or -1 if it has none. ether_hostton(3).
///
/// # Safety
/// `name` points to a NUL-terminated string, `address` is writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ether_hostton(name: *const c_char, address: *mut ether_addr) -> c_int {
    // SAFETY: the caller's string.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    match find(&mut [0; 1024], |fields| fields.name == name) {
        Some(host) => {
            // SAFETY: the caller's place.
            unsafe { address.write(host.address) };
            0
        }
        None => -1,
    }
}

/// The name of an address by `/etc/ethers`: 0, or -1 if it has none. ether_ntohost(3).
///
/// # Safety
/// `address` is readable, `name` has room for the name: 1,024 bytes are enough.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn ether_ntohost(name: *mut c_char, address: *const ether_addr) -> c_int {
    // SAFETY: the caller's address.
    let address = unsafe { *address };
    let mut room = [0; 1024];
    match find(&mut room, |fields| fields.address == address) {
        Some(host) => {
            // SAFETY: the caller's place; a string in `room`.
            unsafe {
                let length = CStr::from_ptr(host.name).to_bytes_with_nul().len();
                name.copy_from_nonoverlapping(host.name, length);
            }
            0
        }
        None => -1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_six_numbers() {
        let (address, length) = parse(b"0:1b:Cd:7:88:ff rest").unwrap();
        assert_eq!(address.ether_addr_octet, [0, 0x1b, 0xcd, 7, 0x88, 0xff]);
        assert_eq!(length, 15);
        for bad in [
            &b""[..],
            b"0:1:2:3:4",
            b"0:1:2:3:4:",
            b"0:1:2:3:4:g",
            b"0-1-2-3-4-5",
        ] {
            assert!(parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn lines_have_an_address_and_a_name() {
        let fields = Host::parse(b"8:0:20:1:2:3 printer # upstairs").unwrap();
        assert_eq!(fields.name, b"printer");
        assert!(Host::parse(b"8:0:20:1:2:3").is_none());
        assert!(Host::parse(b"8:0:20:1:2:345 printer").is_none());
    }
}
