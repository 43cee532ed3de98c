//! `getsockopt` and `setsockopt`: the options of socket(7) and unix(7).

use linux_raw_sys::net as sys;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::Context;
use super::lookup::file;
use super::socket::socket;
use crate::errno::{Errno, Result};
use crate::mm::user::read_struct;
use crate::net::{BUFFER_DEFAULT, Peer, Sender, SocketFile};
use crate::process::{Capability, pidfd};

/// `SOL_SOCKET`.
pub const SOL_SOCKET: u32 = 1;
/// The least `SO_SNDBUF` and `SO_RCVBUF` (socket(7)).
const SEND_BUFFER_MIN: usize = 4608;
const RECEIVE_BUFFER_MIN: usize = 2304;

/// The highest `SO_PRIORITY` without a capability (socket(7)).
const PRIORITY_MAX: u32 = 6;

/// `struct timeval`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Timeval {
    seconds: i64,
    microseconds: i64,
}

impl Timeval {
    fn from_nanoseconds(nanoseconds: Option<u64>) -> Self {
        let nanoseconds = nanoseconds.unwrap_or(0);
        Self {
            seconds: (nanoseconds / 1_000_000_000) as i64,
            microseconds: (nanoseconds % 1_000_000_000 / 1000) as i64,
        }
    }

    /// `None` waits for ever: a zero, and what is longer than can be counted.
    fn nanoseconds(self) -> Result<Option<u64>> {
        if !(0..1_000_000).contains(&self.microseconds) {
            return Err(Errno::EDOM);
        }
        // A negative time is over at once, as on Linux.
        let seconds = u64::try_from(self.seconds).unwrap_or(0);
        let total = seconds
            .checked_mul(1_000_000_000)
            .and_then(|total| total.checked_add(self.microseconds as u64 * 1000));
        let zero = self.seconds == 0 && self.microseconds == 0;
        Ok(total.filter(|_| !zero))
    }
}

/// `struct ucred` as it stands in memory.
pub fn credentials_bytes(sender: &Sender) -> [u8; 12] {
    let mut bytes = [0; 12];
    let words = [sender.pid, sender.uid, sender.gid];
    for (to, word) in bytes.chunks_exact_mut(4).zip(words) {
        to.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

/// Switches that have no effect on local sockets, which Linux remembers all the same.
fn is_remembered(option: u32) -> bool {
    matches!(
        option,
        sys::SO_DEBUG
            | sys::SO_REUSEADDR
            | sys::SO_DONTROUTE
            | sys::SO_BROADCAST
            | sys::SO_KEEPALIVE
            | sys::SO_OOBINLINE
    )
}

/// Copies an option's value out, cut to the size at `length`, and its size there.
fn give(value: &[u8], address: usize, length: usize) -> Result<usize> {
    let room = hal::user::load_u32(length)? as i32;
    let room = usize::try_from(room).map_err(|_| Errno::EINVAL)?;
    let part = value.get(..value.len().min(room)).unwrap_or(value);
    hal::user::copy_out(address, part)?;
    hal::user::store_u32(length, part.len() as u32)?;
    Ok(0)
}

/// `SO_PEERGROUPS`: the supplementary groups of the peer. Without room for all, `ERANGE` and how much they take.
fn give_groups(peer: &Peer, address: usize, length: usize) -> Result<usize> {
    let (_, credentials) = peer.process.as_ref().ok_or(Errno::ENODATA)?;
    let groups = credentials.groups.as_bytes();
    let room = hal::user::load_u32(length)? as i32;
    let room = usize::try_from(room).map_err(|_| Errno::EINVAL)?;
    if room < groups.len() {
        hal::user::store_u32(length, groups.len() as u32)?;
        return Err(Errno::ERANGE);
    }
    give(groups, address, length)
}

/// `SO_PEERPIDFD`: a descriptor of the peer's process, as of pidfd_open(2). `ESRCH` when it has gone.
fn give_process(cx: &Context, peer: &Peer, address: usize, length: usize) -> Result<usize> {
    let (process, _) = peer.process.as_ref().ok_or(Errno::ENODATA)?;
    let process = process.upgrade().ok_or(Errno::ESRCH)?;
    let fd = super::open::install(cx.process, pidfd::create(&process, 0), true)?;
    let outcome = give(&(fd as u32).to_le_bytes(), address, length);
    if outcome.is_err() {
        let removed = cx.process.files().lock().remove(fd as i32);
        // Closed outside the table's lock.
        drop(removed);
    }
    outcome
}

/// getsockopt(2).
pub fn getsockopt(
    cx: &Context,
    [fd, level, option, value, length, _]: [usize; 6],
) -> Result<usize> {
    let open = file(cx.process, fd)?;
    let file = socket(&open)?;
    if level as u32 != SOL_SOCKET {
        return Err(Errno::EOPNOTSUPP);
    }
    let socket = file.socket();
    let options = file.options();
    let option = option as u32;
    let number = match option {
        sys::SO_TYPE => socket.kind().number(),
        sys::SO_DOMAIN => socket.domain(),
        sys::SO_PROTOCOL => 0,
        sys::SO_ERROR => socket.take_error().map_or(0, |error| error.number() as u32),
        sys::SO_ACCEPTCONN => u32::from(socket.is_listening()),
        sys::SO_SNDBUF => socket.send_buffer() as u32,
        sys::SO_RCVBUF => options.receive_buffer as u32,
        sys::SO_PASSCRED => u32::from(options.pass_credentials),
        sys::SO_RCVLOWAT | sys::SO_SNDLOWAT => 1,
        option if is_remembered(option) => u32::from(options.switches >> option & 1 != 0),
        sys::SO_LINGER => {
            let (on, seconds) = options.linger;
            let mut bytes = [0; 8];
            let (low, high) = bytes.split_at_mut(4);
            low.copy_from_slice(&on.to_le_bytes());
            high.copy_from_slice(&seconds.to_le_bytes());
            return give(&bytes, value, length);
        }
        sys::SO_PEERCRED => {
            return give(
                &credentials_bytes(&socket.peer_credentials().sender),
                value,
                length,
            );
        }
        sys::SO_PEERGROUPS => return give_groups(&socket.peer_credentials(), value, length),
        sys::SO_PEERPIDFD => return give_process(cx, &socket.peer_credentials(), value, length),
        sys::SO_COOKIE => {
            let cookie = file.cookie().to_le_bytes();
            // It is given whole or not at all.
            if (hal::user::load_u32(length)? as i32) < cookie.len() as i32 {
                return Err(Errno::EINVAL);
            }
            return give(&cookie, value, length);
        }
        sys::SO_PRIORITY => options.priority,
        sys::SO_RCVTIMEO => {
            let timeout = Timeval::from_nanoseconds(options.receive_timeout);
            return give(timeout.as_bytes(), value, length);
        }
        sys::SO_SNDTIMEO => {
            let timeout = Timeval::from_nanoseconds(options.send_timeout);
            return give(timeout.as_bytes(), value, length);
        }
        sys::SO_PEERNAME => {
            let name = socket.peer_address()?;
            // Unlike all others, it is not given to one who has more room than it takes.
            if hal::user::load_u32(length)? as usize > name.len() {
                return Err(Errno::EINVAL);
            }
            return give(&name, value, length);
        }
        _ => return Err(Errno::ENOPROTOOPT),
    };
    give(&number.to_le_bytes(), value, length)
}

/// What Linux does to a buffer size: bounded, doubled, and not too small.
fn buffer_size(value: u32, least: usize, limit: usize) -> usize {
    (value as usize).min(limit).saturating_mul(2).max(least)
}

fn set_timeout(file: &SocketFile, value: usize, length: usize, receive: bool) -> Result<()> {
    if length < size_of::<Timeval>() {
        return Err(Errno::EINVAL);
    }
    let timeout: Timeval = read_struct(value)?;
    let timeout = timeout.nanoseconds()?;
    file.change_options(|options| {
        if receive {
            options.receive_timeout = timeout;
        } else {
            options.send_timeout = timeout;
        }
    });
    Ok(())
}

/// setsockopt(2).
pub fn setsockopt(
    cx: &Context,
    [fd, level, option, value, length, _]: [usize; 6],
) -> Result<usize> {
    let open = file(cx.process, fd)?;
    let file = socket(&open)?;
    if level as u32 != SOL_SOCKET {
        return Err(Errno::EOPNOTSUPP);
    }
    let length = usize::try_from(length as i32).map_err(|_| Errno::EINVAL)?;
    if length < 4 {
        return Err(Errno::EINVAL);
    }
    let option = option as u32;
    let number = hal::user::load_u32(value)?;
    let privileged = cx.thread.credentials().has(Capability::NetAdmin);
    match option {
        sys::SO_RCVTIMEO => set_timeout(file, value, length, true)?,
        sys::SO_SNDTIMEO => set_timeout(file, value, length, false)?,
        sys::SO_SNDBUF => {
            let size = buffer_size(number, SEND_BUFFER_MIN, BUFFER_DEFAULT);
            file.socket().set_send_buffer(size);
        }
        sys::SO_RCVBUF => {
            let size = buffer_size(number, RECEIVE_BUFFER_MIN, BUFFER_DEFAULT);
            file.change_options(|options| options.receive_buffer = size);
        }
        sys::SO_SNDBUFFORCE | sys::SO_RCVBUFFORCE if !privileged => return Err(Errno::EPERM),
        sys::SO_SNDBUFFORCE => {
            let size = buffer_size(number, SEND_BUFFER_MIN, i32::MAX as usize / 2);
            file.socket().set_send_buffer(size);
        }
        sys::SO_RCVBUFFORCE => {
            let size = buffer_size(number, RECEIVE_BUFFER_MIN, i32::MAX as usize / 2);
            file.change_options(|options| options.receive_buffer = size);
        }
        sys::SO_PASSCRED => {
            let on = number != 0;
            file.change_options(|options| options.pass_credentials = on);
            file.socket().set_pass_credentials(on);
        }
        sys::SO_PRIORITY if number > PRIORITY_MAX && !privileged => return Err(Errno::EPERM),
        sys::SO_PRIORITY => file.change_options(|options| options.priority = number),
        sys::SO_DEBUG if !privileged && number != 0 => return Err(Errno::EACCES),
        option if is_remembered(option) => file.change_options(|options| {
            let bit = 1 << option;
            options.switches = options.switches & !bit | if number != 0 { bit } else { 0 };
        }),
        sys::SO_LINGER => {
            if length < 8 {
                return Err(Errno::EINVAL);
            }
            let seconds = hal::user::load_u32(value.wrapping_add(4))?;
            file.change_options(|options| options.linger = (u32::from(number != 0), seconds));
        }
        _ => return Err(Errno::ENOPROTOOPT),
    }
    Ok(0)
}
