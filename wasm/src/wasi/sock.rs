//! Calls on sockets: `sock_*`. A program has one only if it is given one as a standard stream.

use std::fs::File as HostFile;

use rustix::io::retry_on_intr;
use rustix::net::{self, RecvFlags, SendFlags, Shutdown, SocketFlags};

use super::WasiCtx;
use super::errno::{Answer, Errno};
use super::fd::fdflags;
use super::memory::{Memory, len32};
use super::table::{Access, Entry, File, Origin};

/// `riflags`.
const PEEK: u32 = 1;
const WAITALL: u32 = 2;
/// `roflags`: the message was longer than the buffers.
const DATA_TRUNCATED: u16 = 1;
/// The longest message that is received at a time.
const MAX_MESSAGE: usize = 1 << 20;

impl WasiCtx {
    /// # Errors
    ///
    /// `Badf` if there is no such descriptor, `Notsock` if it is something else.
    fn socket(&mut self, fd: u32) -> Answer<&mut File> {
        match self.table.get(fd)? {
            Entry::File(file) if file.is_socket() => Ok(file),
            _ => Err(Errno::Notsock.into()),
        }
    }

    pub fn sock_accept(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        flags: u32,
        out: u32,
    ) -> Answer {
        memory.check(out, 4, 4)?;
        let socket = self.socket(fd)?;
        if flags & !fdflags::NONBLOCK != 0 {
            return Err(Errno::Inval.into());
        }
        let mut host = SocketFlags::CLOEXEC;
        if flags & fdflags::NONBLOCK != 0 {
            host |= SocketFlags::NONBLOCK;
        }
        let accepted = retry_on_intr(|| net::accept_with(&socket.host, host))?;
        let file = File::new(
            HostFile::from(accepted),
            true,
            true,
            Access::ReadWrite,
            Origin::Opened,
        )?;
        let fd = self.table.push(Entry::File(file))?;
        memory.store_u32(out, fd)
    }

    #[expect(clippy::too_many_arguments, reason = "WASI's")]
    pub fn sock_recv(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        flags: u32,
        out: u32,
        out_flags: u32,
    ) -> Answer {
        memory.check(out, 4, 4)?;
        memory.check(out_flags, 2, 2)?;
        let socket = self.socket(fd)?;
        if flags & !(PEEK | WAITALL) != 0 {
            return Err(Errno::Inval.into());
        }
        // TRUNC makes a datagram's full length known.
        let mut host = RecvFlags::TRUNC;
        if flags & PEEK != 0 {
            host |= RecvFlags::PEEK;
        }
        if flags & WAITALL != 0 {
            host |= RecvFlags::WAITALL;
        }
        if net::sockopt::socket_type(&socket.host)? == net::SocketType::STREAM {
            // There it would throw the data away.
            host -= RecvFlags::TRUNC;
        }
        let mut full = 0;
        let got = memory.scatter(iovs, count, |buffers| {
            let room: usize = buffers.iter().map(|buffer| buffer.len()).sum();
            let mut bytes = vec![0; room.min(MAX_MESSAGE)];
            let (got, length) = retry_on_intr(|| net::recv(&socket.host, &mut bytes[..], host))?;
            full = length;
            let slots = buffers.iter_mut().flat_map(|buffer| buffer.iter_mut());
            slots
                .zip(&bytes[..got])
                .for_each(|(slot, byte)| *slot = *byte);
            Ok(got)
        })?;
        memory.store_u32(out, len32(got)?)?;
        let truncated = if full > got { DATA_TRUNCATED } else { 0 };
        memory.store(out_flags, 2, &truncated.to_le_bytes())
    }

    pub fn sock_send(
        &mut self,
        memory: &mut Memory<'_>,
        fd: u32,
        iovs: u32,
        count: u32,
        flags: u32,
        out: u32,
    ) -> Answer {
        memory.check(out, 4, 4)?;
        let socket = self.socket(fd)?;
        if flags != 0 {
            return Err(Errno::Inval.into());
        }
        let sent = memory.gather(iovs, count, |buffers| {
            // One message, so one buffer.
            let bytes: Vec<u8> = buffers
                .iter()
                .flat_map(|buffer| buffer.iter().copied())
                .collect();
            Ok(retry_on_intr(|| {
                net::send(&socket.host, &bytes, SendFlags::NOSIGNAL)
            })?)
        })?;
        memory.store_u32(out, len32(sent)?)
    }

    pub fn sock_shutdown(&mut self, _: &mut Memory<'_>, fd: u32, how: u32) -> Answer {
        let socket = self.socket(fd)?;
        let how = match how {
            1 => Shutdown::Read,
            2 => Shutdown::Write,
            3 => Shutdown::Both,
            _ => return Err(Errno::Inval.into()),
        };
        Ok(net::shutdown(&socket.host, how)?)
    }
}
