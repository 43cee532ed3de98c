//! Networks: `getnetent` and its relatives, from `/etc/networks` (networks(5): name, number, aliases).

use crate::errno::Errno;
use crate::sync::Mutex;
use crate::sys_socket::AF_INET;
use crate::textfile::{self, Lines, Storage};
use crate::types::*;
use crate::unistd::term::StaticBuffer;
use core::cell::UnsafeCell;
use core::ffi::CStr;
use core::ptr;

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

struct StaticEntry(UnsafeCell<netent>);
// SAFETY: POSIX says the functions that use it need not be thread-safe; a C program serialises them.
unsafe impl Sync for StaticEntry {}
static ENTRY: StaticEntry = StaticEntry(UnsafeCell::new(netent {
    n_name: ptr::null_mut(),
    n_aliases: ptr::null_mut(),
    n_addrtype: 0,
    n_net: 0,
}));
const STRINGS: usize = 4096 + 512;
static BUFFER: StaticBuffer<STRINGS> = StaticBuffer::new();

/// One line of the file.
struct Network<'a> {
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

    fn aliases(&self) -> impl Iterator<Item = &'a [u8]> {
        textfile::words(self.line).skip(2)
    }

    fn is_called(&self, name: &[u8]) -> bool {
        self.name == name || self.aliases().any(|alias| alias == name)
    }

    /// Puts it into the static entry.
    fn deliver(&self) -> Result<*mut netent, Errno> {
        // SAFETY: the static buffer lives for ever.
        let mut storage = unsafe { Storage::new(BUFFER.get(), STRINGS) };
        let entry = netent {
            n_name: storage.string(self.name)?,
            n_aliases: storage.pointer_list(self.aliases())?,
            n_addrtype: AF_INET,
            n_net: self.number,
        };
        // SAFETY: see StaticEntry.
        unsafe { ENTRY.0.get().write(entry) };
        Ok(ENTRY.0.get())
    }
}

/// The number of a network in dotted form; parts that are left out at its end are 0, as in glibc's reader.
fn number(text: &[u8]) -> Option<u32> {
    let mut parts = [0; 4];
    for (index, part) in text.split(|b| *b == b'.').enumerate() {
        let value = textfile::decimal(part)?;
        *parts.get_mut(index)? = u8::try_from(value).ok()?;
    }
    Some(u32::from_be_bytes(parts))
}

/// The first network that `wanted` accepts.
fn find(wanted: impl Fn(&Network) -> bool) -> *mut netent {
    let Ok(mut lines) = Lines::open(c"/etc/networks") else {
        return ptr::null_mut();
    };
    while let Ok(Some(line)) = lines.next_line() {
        if let Some(network) = Network::parse(line).filter(&wanted) {
            return network.deliver().unwrap_or(ptr::null_mut());
        }
    }
    ptr::null_mut()
}

/// A network by name; the entry is static. POSIX `getnetbyname`.
///
/// # Safety
/// `name` points to a NUL-terminated string.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getnetbyname(name: *const c_char) -> *mut netent {
    // SAFETY: the caller's string.
    let name = unsafe { CStr::from_ptr(name) }.to_bytes();
    find(|network| network.is_called(name))
}

/// A network by number, in host byte order; the entry is static. POSIX `getnetbyaddr`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn getnetbyaddr(number: u32, family: c_int) -> *mut netent {
    find(|network| family == AF_INET && network.number == number)
}

/// The file that `getnetent` goes through.
static OPEN: Mutex<Option<Lines>> = Mutex::new(None);

/// The next network of the file; the entry is static. POSIX `getnetent`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn getnetent() -> *mut netent {
    let mut open = OPEN.lock();
    if open.is_none() {
        *open = Lines::open(c"/etc/networks").ok();
    }
    let Some(lines) = open.as_mut() else {
        return ptr::null_mut();
    };
    while let Ok(Some(line)) = lines.next_line() {
        if let Some(network) = Network::parse(line) {
            return network.deliver().unwrap_or(ptr::null_mut());
        }
    }
    ptr::null_mut()
}

/// Starts `getnetent` over; the file is opened again whether or not it should stay open. POSIX `setnetent`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn setnetent(_stay: c_int) {
    *OPEN.lock() = None;
}

/// Ends `getnetent`. POSIX `endnetent`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn endnetent() {
    *OPEN.lock() = None;
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
