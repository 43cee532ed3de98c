//! `ifaddrs.h`: the addresses of the network interfaces, getifaddrs(3).
//!
//! The kernel lists links and addresses over a routing socket, netlink(7) and rtnetlink(7): [`listing`] asks, [`messages`]
//! takes the answer apart, [`Collector`] makes the list. A kernel without such sockets has the error of socket(2).

use crate::errno::{CResult as _, Errno};
use crate::malloc::{calloc, free};
use crate::platform::calls::{fs, net};
use crate::sys_socket::{AF_INET, AF_INET6, AF_UNSPEC, SOCK_CLOEXEC, SOCK_RAW, sockaddr};
use crate::types::*;
use crate::vec::Vec;
use core::ptr;

/// One address of an interface.
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct ifaddrs {
    /// The next one, or null.
    pub ifa_next: *mut ifaddrs,
    /// The interface's name.
    pub ifa_name: *mut c_char,
    /// `IFF_*`.
    pub ifa_flags: c_uint,
    /// The address.
    pub ifa_addr: *mut sockaddr,
    /// Its network's mask.
    pub ifa_netmask: *mut sockaddr,
    /// The broadcast address, or the other end of a point-to-point link.
    pub ifa_ifu: *mut sockaddr,
    /// Counters, for link addresses.
    pub ifa_data: *mut c_void,
}
check_layout!(
    ifaddrs = libc::ifaddrs {
        ifa_next,
        ifa_name,
        ifa_flags,
        ifa_addr,
        ifa_netmask,
        ifa_ifu,
        ifa_data
    }
);

const AF_NETLINK: c_int = 16;
const AF_PACKET: c_int = 17;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const RTM_NEWLINK: u16 = 16;
const RTM_GETLINK: u16 = 18;
const RTM_NEWADDR: u16 = 20;
const RTM_GETADDR: u16 = 22;
const NLM_F_REQUEST: u16 = 1;
const NLM_F_DUMP: u16 = 0x300;
const NLM_F_DUMP_INTR: u16 = 0x10;

const IFLA_ADDRESS: u16 = 1;
const IFLA_BROADCAST: u16 = 2;
const IFLA_IFNAME: u16 = 3;
const IFLA_STATS: u16 = 7;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_LABEL: u16 = 3;
const IFA_BROADCAST: u16 = 4;

/// Bytes of a name with its NUL.
const NAME: usize = 16;
/// Bytes for a socket address of any kind used here; hardware addresses of up to 32 bytes are the longest.
const ADDRESS: usize = 48;
/// Bytes for an interface's counters: `struct rtnl_link_stats` and room for it to grow.
const STATS: usize = 128;
/// Bytes that the kernel puts into one datagram at most.
const DATAGRAM: usize = 32 << 10;

/// An entry of the list and all it points to, one block of memory.
#[repr(C)]
struct Entry {
    public: ifaddrs,
    index: u32,
    name: [u8; NAME],
    address: [u8; ADDRESS],
    netmask: [u8; ADDRESS],
    other: [u8; ADDRESS],
    stats: [u64; STATS / 8],
}

fn u16_at(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..)?
        .first_chunk()
        .copied()
        .map(u16::from_ne_bytes)
}

fn u32_at(data: &[u8], at: usize) -> Option<u32> {
    data.get(at..)?
        .first_chunk()
        .copied()
        .map(u32::from_ne_bytes)
}

/// The messages of a datagram: kind, flags and body.
fn messages(mut data: &[u8]) -> impl Iterator<Item = (u16, u16, &[u8])> {
    const HEADER: usize = 16;
    core::iter::from_fn(move || {
        let length = u32_at(data, 0)? as usize;
        let body = data.get(HEADER..length)?;
        let found = (u16_at(data, 4)?, u16_at(data, 6)?, body);
        data = data.get(length.next_multiple_of(4)..).unwrap_or(&[]);
        Some(found)
    })
}

/// The attributes behind the fixed part of a message: kind and value.
fn attributes(mut data: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    core::iter::from_fn(move || {
        let length = usize::from(u16_at(data, 0)?);
        let found = (u16_at(data, 2)?, data.get(4..length)?);
        data = data.get(length.next_multiple_of(4)..).unwrap_or(&[]);
        Some(found)
    })
}

/// Asks for all links or all addresses and hands every message to `take`.
fn listing(
    socket: c_int,
    kind: u16,
    mut take: impl FnMut(u16, &[u8]) -> Result<(), Errno>,
) -> Result<(), Errno> {
    // The header, and a body that is zero for "all": the largest of the two kinds.
    let mut request = [0_u8; 32];
    request[0..4].copy_from_slice(&32_u32.to_ne_bytes());
    request[4..6].copy_from_slice(&kind.to_ne_bytes());
    request[6..8].copy_from_slice(&(NLM_F_REQUEST | NLM_F_DUMP).to_ne_bytes());
    request[8..12].copy_from_slice(&u32::from(kind).to_ne_bytes());
    request[16] = AF_UNSPEC as u8;
    // To the kernel: a `struct sockaddr_nl` of zeroes.
    let mut kernel = [0_u8; 12];
    kernel[..2].copy_from_slice(&(AF_NETLINK as u16).to_ne_bytes());
    let mut buffer = Vec::filled(0_u8, DATAGRAM)?;
    // SAFETY: live buffers of the sizes stated.
    unsafe {
        net::sendto(
            socket,
            request.as_ptr().cast(),
            request.len(),
            0,
            kernel.as_ptr().cast(),
            kernel.len() as u32,
        )?;
        loop {
            let n = match net::recvfrom(
                socket,
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                0,
                ptr::null_mut(),
                ptr::null_mut(),
            ) {
                Ok(n) => n as usize,
                Err(Errno::EINTR) => continue,
                Err(error) => return Err(error),
            };
            for (kind, flags, body) in messages(&buffer[..n]) {
                match kind {
                    NLMSG_DONE => return Ok(()),
                    NLMSG_ERROR => {
                        let error = u32_at(body, 0).unwrap_or(0).cast_signed();
                        return Err(Errno(error.saturating_neg().max(1)));
                    }
                    // The list changed while it was read: the caller starts again.
                    _ if flags & NLM_F_DUMP_INTR != 0 => return Err(Errno::EAGAIN),
                    kind => take(kind, body)?,
                }
            }
        }
    }
}

/// The list under construction.
struct Collector {
    first: *mut Entry,
    last: *mut Entry,
}

impl Drop for Collector {
    fn drop(&mut self) {
        // SAFETY: the entries are this list's own.
        unsafe { freeifaddrs(self.first.cast()) }
    }
}

fn copy(to: &mut [u8], from: &[u8]) {
    let n = to.len().min(from.len());
    to[..n].copy_from_slice(&from[..n]);
}

/// A socket address of a family around an address's bytes; whether there was one.
fn socket_address(to: &mut [u8; ADDRESS], family: c_int, address: &[u8], index: u32) -> bool {
    // Where the address stands in sockaddr_in and sockaddr_in6.
    let at = match family {
        AF_INET => 4,
        AF_INET6 => 8,
        _ => return false,
    };
    to[..2].copy_from_slice(&(family as u16).to_ne_bytes());
    copy(
        &mut to[at..at + if family == AF_INET { 4 } else { 16 }],
        address,
    );
    // Link-local addresses (fe80::/10, ff02::/16) mean something with their interface only.
    let local = matches!(address, [0xfe, 0x80..=0xbf, ..] | [0xff, 0x02, ..]);
    if family == AF_INET6 && local {
        to[24..28].copy_from_slice(&index.to_ne_bytes());
    }
    true
}

/// A link address, `struct sockaddr_ll`.
fn link_address(to: &mut [u8; ADDRESS], address: &[u8], index: u32, hardware: u16) {
    let length = address.len().min(ADDRESS - 12);
    to[..2].copy_from_slice(&(AF_PACKET as u16).to_ne_bytes());
    to[4..8].copy_from_slice(&index.to_ne_bytes());
    to[8..10].copy_from_slice(&hardware.to_ne_bytes());
    to[11] = length as u8;
    copy(&mut to[12..], address);
}

impl Collector {
    /// A new entry at the end of the list, of zeroes.
    fn append(&mut self) -> Result<&mut Entry, Errno> {
        let entry = calloc(1, size_of::<Entry>()).cast::<Entry>();
        if entry.is_null() {
            return Err(Errno::ENOMEM);
        }
        // SAFETY: a live block in which all zeroes is a valid entry; `last` is one too if there is one.
        unsafe {
            match self.last.as_mut() {
                Some(last) => last.public.ifa_next = entry.cast(),
                None => self.first = entry,
            }
            self.last = entry;
            (*entry).public.ifa_name = (&raw mut (*entry).name).cast();
            Ok(&mut *entry)
        }
    }

    /// `struct ifinfomsg` and its attributes.
    fn link(&mut self, body: &[u8]) -> Result<(), Errno> {
        let (Some(hardware), Some(index), Some(flags), Some(rest)) = (
            u16_at(body, 2),
            u32_at(body, 4),
            u32_at(body, 8),
            body.get(16..),
        ) else {
            return Err(Errno::EBADMSG);
        };
        let entry = self.append()?;
        entry.index = index;
        entry.public.ifa_flags = flags;
        link_address(&mut entry.address, &[], index, hardware);
        entry.public.ifa_addr = entry.address.as_mut_ptr().cast();
        for (kind, value) in attributes(rest) {
            match kind {
                IFLA_IFNAME => copy(&mut entry.name[..NAME - 1], value),
                IFLA_ADDRESS => link_address(&mut entry.address, value, index, hardware),
                IFLA_BROADCAST => {
                    link_address(&mut entry.other, value, index, hardware);
                    entry.public.ifa_ifu = entry.other.as_mut_ptr().cast();
                }
                IFLA_STATS => {
                    for (to, from) in entry.stats.iter_mut().zip(value.chunks(8)) {
                        let mut bytes = [0; 8];
                        copy(&mut bytes, from);
                        *to = u64::from_ne_bytes(bytes);
                    }
                    entry.public.ifa_data = entry.stats.as_mut_ptr().cast();
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The name and the flags of the link with a number.
    fn link_of(&self, index: u32) -> Option<([u8; NAME], c_uint)> {
        let mut at = self.first;
        // SAFETY: the entries of the list; links stand before all addresses.
        while let Some(entry) = unsafe { at.as_ref() } {
            if entry.index == index {
                return Some((entry.name, entry.public.ifa_flags));
            }
            at = entry.public.ifa_next.cast();
        }
        None
    }

    /// `struct ifaddrmsg` and its attributes.
    fn address(&mut self, body: &[u8]) -> Result<(), Errno> {
        let (Some(&[family, prefix]), Some(index), Some(rest)) =
            (body.first_chunk::<2>(), u32_at(body, 4), body.get(8..))
        else {
            return Err(Errno::EBADMSG);
        };
        let family = c_int::from(family);
        let width = match family {
            AF_INET => 4,
            AF_INET6 => 16,
            _ => return Ok(()),
        };
        // A link that came after the links were listed is left out.
        let Some((name, flags)) = self.link_of(index) else {
            return Ok(());
        };
        let entry = self.append()?;
        entry.name = name;
        entry.public.ifa_flags = flags;
        let (mut address, mut local, mut broadcast) = (None, None, None);
        for (kind, value) in attributes(rest) {
            match kind {
                IFA_ADDRESS => address = Some(value),
                IFA_LOCAL => local = Some(value),
                IFA_BROADCAST => broadcast = Some(value),
                IFA_LABEL => {
                    entry.name = [0; NAME];
                    copy(&mut entry.name[..NAME - 1], value);
                }
                _ => {}
            }
        }
        // With both, the other one is the far end of the link.
        let own = local.or(address).ok_or(Errno::EBADMSG)?;
        let far = local.and(address);
        socket_address(&mut entry.address, family, own, index);
        entry.public.ifa_addr = entry.address.as_mut_ptr().cast();
        if let Some(other) = broadcast.or(far) {
            socket_address(&mut entry.other, family, other, index);
            entry.public.ifa_ifu = entry.other.as_mut_ptr().cast();
        }
        let mut mask = [0; 16];
        for (i, byte) in mask[..width].iter_mut().enumerate() {
            let bits = usize::from(prefix).saturating_sub(8 * i).min(8);
            *byte = (0xff00_u32 >> bits) as u8;
        }
        socket_address(&mut entry.netmask, family, &mask[..width], 0);
        entry.public.ifa_netmask = entry.netmask.as_mut_ptr().cast();
        Ok(())
    }
}

/// Makes a list over a socket of its own, again as long as it changed while it was read.
fn consistent<T>(mut attempt: impl FnMut(c_int) -> Result<T, Errno>) -> Result<T, Errno> {
    // How often a list that changes while it is read is tried again.
    const TRIES: usize = 8;
    // SAFETY: no memory is involved.
    let socket = unsafe { net::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0)? };
    let mut result = Err(Errno::EAGAIN);
    for _ in 0..TRIES {
        result = attempt(socket);
        if !matches!(result, Err(Errno::EAGAIN)) {
            break;
        }
    }
    // SAFETY: the socket is this function's own. Nothing was written to it that could be lost.
    let _ = unsafe { fs::close(socket) };
    result
}

fn list() -> Result<*mut ifaddrs, Errno> {
    consistent(|socket| {
        let mut collector = Collector {
            first: ptr::null_mut(),
            last: ptr::null_mut(),
        };
        listing(socket, RTM_GETLINK, |kind, body| match kind {
            RTM_NEWLINK => collector.link(body),
            _ => Ok(()),
        })?;
        listing(socket, RTM_GETADDR, |kind, body| match kind {
            RTM_NEWADDR => collector.address(body),
            _ => Ok(()),
        })?;
        Ok(core::mem::replace(&mut collector.first, ptr::null_mut()).cast())
    })
}

/// Number and name, ended by a NUL, of each interface.
///
/// # Errors
/// Those of socket(2) where the kernel has no routing sockets; `ENOMEM`.
pub(crate) fn links() -> Result<Vec<(u32, [u8; NAME])>, Errno> {
    consistent(|socket| {
        let mut links = Vec::new();
        listing(socket, RTM_GETLINK, |kind, body| {
            let (RTM_NEWLINK, Some(index), Some(rest)) = (kind, u32_at(body, 4), body.get(16..))
            else {
                return Ok(());
            };
            let mut name = [0; NAME];
            if let Some((_, text)) = attributes(rest).find(|(kind, _)| *kind == IFLA_IFNAME) {
                copy(&mut name[..NAME - 1], text);
            }
            links.push((index, name))
        })?;
        Ok(links)
    })
}

/// Makes the list of the interfaces' addresses: link addresses, IPv4 and IPv6. -1 with the errors of socket(2) where the
/// kernel has no routing sockets. getifaddrs(3).
///
/// # Safety
/// `place` is writable.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getifaddrs(place: *mut *mut ifaddrs) -> c_int {
    list()
        // SAFETY: the caller's pointer.
        .map(|first| unsafe { place.write(first) })
        .or_minus_one()
}

/// Gives a list back. freeifaddrs(3).
///
/// # Safety
/// `list` is null or comes from [`getifaddrs`] and is not used any more.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn freeifaddrs(mut list: *mut ifaddrs) {
    while !list.is_null() {
        // SAFETY: the caller's list; each entry is a block of its own.
        unsafe {
            let next = (*list).ifa_next;
            free(list.cast());
            list = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ffi::CStr;

    /// All that can be said of an entry in text.
    unsafe fn describe(mut at: *const libc::ifaddrs) -> std::vec::Vec<std::string::String> {
        let mut lines = std::vec::Vec::new();
        // SAFETY: a list from either library.
        while let Some(entry) = unsafe { at.as_ref() } {
            let bytes = |address: *const libc::sockaddr| {
                (!address.is_null()).then(|| {
                    // SAFETY: a socket address of its family's size.
                    unsafe {
                        let size = match i32::from((*address).sa_family) {
                            libc::AF_INET => 8, // what follows is padding
                            libc::AF_INET6 => 28,
                            _ => 20,
                        };
                        core::slice::from_raw_parts(address.cast::<u8>(), size).to_vec()
                    }
                })
            };
            // SAFETY: a string.
            let name = unsafe { CStr::from_ptr(entry.ifa_name) };
            lines.push(std::format!(
                "{name:?} {:x} {:?} {:?} {:?} {}",
                entry.ifa_flags,
                bytes(entry.ifa_addr),
                // The host has none for links; neither have we.
                bytes(entry.ifa_netmask),
                bytes(entry.ifa_ifu),
                entry.ifa_data.is_null()
            ));
            at = entry.ifa_next;
        }
        lines
    }

    #[test]
    fn addresses_are_those_the_host_finds() {
        let (mut ours, mut theirs) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: pointers to write to; the lists are read before they are freed.
        unsafe {
            let results = (getifaddrs(&raw mut ours), libc::getifaddrs(&raw mut theirs));
            assert_eq!(results.0, results.1);
            if results.0 == 0 {
                assert_eq!(describe(ours.cast()), describe(theirs));
                freeifaddrs(ours);
                libc::freeifaddrs(theirs);
            }
        }
    }

    /// What a kernel answers, cut off at every place: no read goes beyond it.
    #[test]
    fn answers_are_read_within_their_bounds() {
        let mut message = std::vec::Vec::new();
        message.extend(44_u32.to_ne_bytes());
        message.extend(RTM_NEWADDR.to_ne_bytes());
        message.extend([0; 10]);
        message.extend([AF_INET as u8, 20, 0, 0, 7, 0, 0, 0]);
        message.extend([8, 0, 2, 0, 10, 1, 2, 3]);
        message.extend([8, 0, 1, 0, 10, 1, 2, 3]);
        message.extend([200, 0, 4, 0]);
        for end in 0..=message.len() {
            let mut collector = Collector {
                first: ptr::null_mut(),
                last: ptr::null_mut(),
            };
            let mut link = [0_u8; 16];
            link[4] = 7;
            collector.link(&link).unwrap();
            for (_, _, body) in messages(&message[..end]) {
                collector.address(body).unwrap();
                // SAFETY: the entry just made.
                let entry = unsafe { &*collector.last };
                assert_eq!(entry.address[..8], [2, 0, 0, 0, 10, 1, 2, 3]);
                assert_eq!(entry.netmask[..8], [2, 0, 0, 0, 255, 255, 0xf0, 0]);
                assert_eq!(entry.other, entry.address);
                assert_eq!(end, message.len());
            }
        }
        assert_eq!(messages(&[0; 40]).count(), 0);
        assert_eq!(attributes(&[0; 40]).count(), 0);
    }
}
