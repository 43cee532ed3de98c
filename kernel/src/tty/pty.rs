//! Pseudo-terminals (pty(7)): a terminal whose other end is a program.
//!
//! The slave is a [`Terminal`] like the console; what it prints and echoes goes into a [`Wire`], which the [`Master`]
//! reads. [`crate::fs::devpts`] shows the slaves as `/dev/pts/N`. A pair lives as long as either side is open.
//!
//! Locks: a terminal's state, then its wire's output. Notifiers are called without either.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::{Arc, Weak};
use core::sync::atomic::{AtomicBool, Ordering};

use linux_raw_sys::{general as raw, ioctl};

use super::terminal::{Input, Terminal};
use crate::errno::{Errno, Result};
use crate::fs::buf::{Sink, Source};
use crate::fs::file::FileObject;
use crate::fs::inode::Ownership;
use crate::fs::poll::{Notifier, PollEvents};
use crate::signal::{self, Signal};
use crate::sync::SpinLock;
use crate::time::Timespec;

/// Bytes of output that wait for the master.
const CAPACITY: usize = 16_384;
/// The most pairs (`/proc/sys/kernel/pty/max`).
pub const PAIRS_MAX: usize = 4096;

/// What a master in packet mode is told (ioctl_tty(2), `TIOCPKT`).
pub(super) mod packet {
    pub const FLUSH_READ: u8 = 1;
    pub const FLUSH_WRITE: u8 = 2;
    pub const STOP: u8 = 4;
    pub const START: u8 = 8;
    pub const NO_STOP: u8 = 16;
    pub const DO_STOP: u8 = 32;
}

/// All pairs by number.
static PAIRS: SpinLock<BTreeMap<u32, Weak<Terminal>>> = SpinLock::new(BTreeMap::new());

/// What lies between a slave and its master.
pub struct Wire {
    number: u32,
    output: SpinLock<Output>,
    changed: Notifier,
}

struct Output {
    bytes: VecDeque<u8>,
    /// Slaves can't be opened yet (`TIOCSPTLCK`).
    locked: bool,
    master_gone: bool,
    slaves: usize,
    /// A slave has been open: reading ends when there is none any more.
    was_opened: bool,
    /// `TIOCPKT`, and what is to be told.
    packet_mode: bool,
    packet_status: u8,
    node: Node,
}

/// The attributes of `/dev/pts/N`.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// Permissions and owner.
    pub ownership: Ownership,
    /// Last use.
    pub used: Timespec,
    /// When the pair was made or its attributes changed.
    pub changed: Timespec,
}

impl Wire {
    /// The pair's number.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Attributes of the slave's node.
    pub fn node(&self) -> Node {
        self.output.lock().node
    }

    /// Changes the attributes of the slave's node.
    pub fn change_node(&self, change: impl FnOnce(&mut Node)) {
        change(&mut self.output.lock().node);
    }

    /// How many bytes of output fit.
    pub(super) fn room(&self) -> usize {
        CAPACITY.saturating_sub(self.output.lock().bytes.len())
    }

    /// Takes output. What does not fit is lost: writers ask for room first, so only echo is.
    pub(super) fn put(&self, bytes: &[u8]) {
        let mut output = self.output.lock();
        let fits = bytes.len().min(CAPACITY.saturating_sub(output.bytes.len()));
        if !output.master_gone && output.bytes.try_reserve(fits).is_ok() {
            output.bytes.extend(bytes.iter().take(fits));
        }
    }

    /// Throws away output that the master has not read.
    pub(super) fn flush_output(&self) {
        self.output.lock().bytes.clear();
        self.tell(packet::FLUSH_WRITE);
    }

    /// Notes something for a master in packet mode.
    pub(super) fn tell(&self, status: u8) {
        let mut output = self.output.lock();
        if output.packet_mode {
            // The later of two opposites stands.
            let opposite = match status {
                packet::STOP => packet::START,
                packet::START => packet::STOP,
                packet::NO_STOP => packet::DO_STOP,
                packet::DO_STOP => packet::NO_STOP,
                _ => 0,
            };
            output.packet_status = output.packet_status & !opposite | status;
        }
    }

    /// Tells the master to look again.
    pub(super) fn notify(&self) {
        self.changed.notify();
    }

    pub(super) fn is_hung_up(&self) -> bool {
        self.output.lock().master_gone
    }
}

/// The slave of that number, if there is such a pair.
pub fn find(number: u32) -> Option<Arc<Terminal>> {
    PAIRS.lock().get(&number).and_then(Weak::upgrade)
}

/// The first pair of a number not below `from`.
pub fn next(from: u32) -> Option<Arc<Terminal>> {
    let pairs = PAIRS.lock();
    pairs.range(from..).find_map(|(_, pair)| pair.upgrade())
}

/// The slave whose session this is.
pub(super) fn of_session(session: crate::process::Pid) -> Option<Arc<Terminal>> {
    let mut from = 0;
    loop {
        // The registry's lock is not held while a terminal's is taken, nor while one may be dropped.
        let terminal = next(from)?;
        if terminal.session() == Some(session) {
            return Some(terminal);
        }
        from = terminal.wire()?.number.checked_add(1)?;
    }
}

/// Makes a pair: opening `/dev/ptmx`.
///
/// # Errors
/// `ENOSPC` when there are [`PAIRS_MAX`], `ENOMEM`.
pub fn create(ownership: Ownership) -> Result<Arc<Master>> {
    let mut bytes = VecDeque::new();
    bytes.try_reserve_exact(256)?;
    let mut pairs = PAIRS.lock();
    let number = (0..)
        .zip(pairs.keys())
        .find(|(number, taken)| number != *taken)
        .map_or(pairs.len(), |(number, _)| number as usize);
    if number >= PAIRS_MAX {
        return Err(Errno::ENOSPC);
    }
    let number = number as u32;
    let now = Timespec::now();
    let terminal = Arc::new(Terminal::on_wire(Wire {
        number,
        output: SpinLock::new(Output {
            bytes,
            locked: true,
            master_gone: false,
            slaves: 0,
            was_opened: false,
            packet_mode: false,
            packet_status: 0,
            node: Node {
                ownership,
                used: now,
                changed: now,
            },
        }),
        changed: Notifier::new(),
    }));
    pairs.insert(number, Arc::downgrade(&terminal));
    Ok(Arc::new(Master {
        terminal,
        exclusive: AtomicBool::new(false),
    }))
}

/// The last reference to a pair's terminal goes.
pub(super) fn forget(wire: &Wire) {
    let mut pairs = PAIRS.lock();
    // The number may be another pair's already.
    if pairs
        .get(&wire.number)
        .is_some_and(|pair| pair.strong_count() == 0)
    {
        pairs.remove(&wire.number);
    }
}

/// An open slave; counts itself, so that the master sees the last one go.
pub struct Slave {
    terminal: Arc<Terminal>,
}

impl Slave {
    /// Opens the slave of a pair.
    ///
    /// # Errors
    /// `EIO` while it is locked or when the master is gone, `EBUSY` while it is somebody's alone.
    pub fn open(terminal: &Arc<Terminal>) -> Result<Arc<Self>> {
        let wire = terminal.wire().ok_or(Errno::EIO)?;
        terminal.check_open()?;
        {
            let mut output = wire.output.lock();
            if output.locked || output.master_gone {
                return Err(Errno::EIO);
            }
            output.slaves += 1;
            output.was_opened = true;
        }
        wire.notify();
        Ok(Arc::new(Self {
            terminal: terminal.clone(),
        }))
    }

    /// The terminal behind it.
    pub fn terminal(&self) -> &Arc<Terminal> {
        &self.terminal
    }

    /// What every use of a slave without master answers.
    fn check_alive(&self) -> Result<()> {
        if self.terminal.is_hung_up() {
            Err(Errno::EIO)
        } else {
            Ok(())
        }
    }
}

impl FileObject for Slave {
    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        if self.terminal.is_hung_up() {
            return Ok(0);
        }
        let count = self.terminal.read(sink)?;
        // There is room for the master's next bytes.
        if let Some(wire) = self.terminal.wire() {
            wire.notify();
        }
        Ok(count)
    }

    fn read_deadline(&self, started: u64) -> Option<u64> {
        self.terminal.read_deadline(started)
    }

    fn read_expired(&self, sink: &mut Sink<'_>) -> Result<usize> {
        self.terminal.read_expired(sink)
    }

    fn write(&self, source: &mut Source<'_>) -> Result<usize> {
        self.check_alive()?;
        self.terminal.write(source)
    }

    fn poll(&self) -> PollEvents {
        if self.terminal.is_hung_up() {
            return PollEvents::READABLE | PollEvents::WRITABLE | PollEvents::ERR | PollEvents::HUP;
        }
        self.terminal.poll()
    }

    fn notifier(&self) -> Option<&Notifier> {
        self.terminal.notifier()
    }

    fn sends_signals(&self) -> bool {
        true
    }

    fn terminal(&self) -> Option<&Terminal> {
        Some(&self.terminal)
    }

    fn ioctl(&self, command: u32, argument: usize) -> Result<usize> {
        if self.terminal.is_hung_up() {
            return Err(if command == ioctl::TIOCSPGRP {
                Errno::ENOTTY
            } else {
                Errno::EIO
            });
        }
        self.terminal.ioctl(command, argument)
    }
}

impl Drop for Slave {
    fn drop(&mut self) {
        if let Some(wire) = self.terminal.wire() {
            wire.output.lock().slaves -= 1;
            wire.notify();
        }
    }
}

/// The controlling side, from opening `/dev/ptmx`.
pub struct Master {
    terminal: Arc<Terminal>,
    exclusive: AtomicBool,
}

impl Master {
    /// The terminal at the other end.
    pub fn terminal(&self) -> &Arc<Terminal> {
        &self.terminal
    }

    #[expect(clippy::unreachable, reason = "`create` is the only maker")]
    fn wire(&self) -> &Wire {
        self.terminal
            .wire()
            .unwrap_or_else(|| unreachable!("a master without a wire"))
    }

    /// Opens the slave of this master with `flags` of open(2) (`TIOCGPTPEER`).
    fn open_peer(&self, flags: usize) -> Result<usize> {
        let flags = flags as u32;
        let known = raw::O_ACCMODE | raw::O_NOCTTY | raw::O_NONBLOCK | raw::O_CLOEXEC;
        if flags & !known != 0 {
            return Err(Errno::EINVAL);
        }
        crate::fs::devpts::open_slave(&self.terminal, flags)
    }
}

impl FileObject for Master {
    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        if sink.remaining() == 0 {
            return Ok(0);
        }
        let wire = self.wire();
        let mut output = wire.output.lock();
        if output.packet_mode && output.packet_status != 0 {
            let status = core::mem::take(&mut output.packet_status);
            drop(output);
            return Ok(sink.put(&[status]));
        }
        if output.bytes.is_empty() {
            return Err(if output.was_opened && output.slaves == 0 {
                Errno::EIO
            } else {
                Errno::EAGAIN
            });
        }
        let before = sink.done();
        if output.packet_mode && sink.put(&[0]) == 0 {
            return Ok(0);
        }
        let mut chunk = [0; 256];
        while sink.remaining() > 0 && !output.bytes.is_empty() {
            let count = chunk.len().min(sink.remaining()).min(output.bytes.len());
            for (to, from) in chunk.iter_mut().zip(output.bytes.drain(..count)) {
                *to = from;
            }
            // User memory is not touched under a lock.
            drop(output);
            let moved = sink.put(chunk.get(..count).unwrap_or(&[]));
            output = wire.output.lock();
            if moved < count {
                break;
            }
        }
        drop(output);
        // Writers on the slave have room.
        self.terminal.notify_writable();
        Ok(sink.done() - before)
    }

    fn write(&self, source: &mut Source<'_>) -> Result<usize> {
        let before = source.done();
        let mut chunk = [0; 64];
        loop {
            // The line discipline takes what it has room for, one byte at a time; more stays with the writer.
            let room = self.terminal.input_room().min(chunk.len());
            if room == 0 && source.remaining() > 0 {
                return if source.done() == before {
                    Err(Errno::EAGAIN)
                } else {
                    Ok(source.done() - before)
                };
            }
            let count = source.take(chunk.get_mut(..room).unwrap_or(&mut []));
            if count == 0 {
                return Ok(source.done() - before);
            }
            self.terminal
                .input(chunk.get(..count).unwrap_or(&[]), Input::FromMaster);
        }
    }

    fn poll(&self) -> PollEvents {
        let mut events = PollEvents::empty();
        if self.terminal.input_room() > 0 {
            events |= PollEvents::WRITABLE;
        }
        let output = self.wire().output.lock();
        if !output.bytes.is_empty() {
            events |= PollEvents::READABLE;
        }
        if output.packet_mode && output.packet_status != 0 {
            events |= PollEvents::READABLE | PollEvents::PRI;
        }
        if output.was_opened && output.slaves == 0 {
            events |= PollEvents::HUP;
        }
        events
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(&self.wire().changed)
    }

    fn sends_signals(&self) -> bool {
        true
    }

    fn terminal(&self) -> Option<&Terminal> {
        Some(&self.terminal)
    }

    fn ioctl(&self, command: u32, argument: usize) -> Result<usize> {
        /// `TIOCSIG`, which the list of commands lacks.
        const TIOCSIG: u32 = 0x4004_5436;
        let wire = self.wire();
        match command {
            ioctl::TIOCGPTN => hal::user::store_u32(argument, wire.number)?,
            ioctl::TIOCSPTLCK => {
                let locked = hal::user::load_u32(argument)? != 0;
                wire.output.lock().locked = locked;
            }
            ioctl::TIOCGPTLCK => {
                let locked = wire.output.lock().locked;
                hal::user::store_u32(argument, u32::from(locked))?;
            }
            ioctl::TIOCPKT => {
                let on = hal::user::load_u32(argument)? != 0;
                let mut output = wire.output.lock();
                output.packet_mode = on;
                output.packet_status = 0;
            }
            ioctl::TIOCGPKT => {
                let on = wire.output.lock().packet_mode;
                hal::user::store_u32(argument, u32::from(on))?;
            }
            ioctl::TIOCGPTPEER => return self.open_peer(argument),
            TIOCSIG => {
                let signal = Signal::from_number(argument).map_err(|_| Errno::EINVAL)?;
                if let Some(group) = self.terminal.foreground() {
                    // An empty group has nobody to tell.
                    let _ = signal::send_to_group(group, signal);
                }
            }
            ioctl::FIONREAD => {
                let count = wire.output.lock().bytes.len();
                hal::user::store_u32(argument, count as u32)?;
            }
            // The other end's groups, whoever asks (ioctl_tty(2) as Linux has it).
            ioctl::TIOCGPGRP => {
                let group = self.terminal.foreground().unwrap_or(0);
                hal::user::store_u32(argument, group)?;
            }
            ioctl::TIOCGSID => {
                let session = self.terminal.session().ok_or(Errno::ENOTTY)?;
                hal::user::store_u32(argument, session)?;
            }
            // A master is nobody's controlling terminal, and nobody types at it.
            ioctl::TIOCNOTTY | ioctl::TIOCSTI => return Err(Errno::ENOTTY),
            // Nobody opens it a second time.
            ioctl::TIOCEXCL | ioctl::TIOCNXCL => {
                self.exclusive
                    .store(command == ioctl::TIOCEXCL, Ordering::Relaxed);
            }
            ioctl::TIOCGEXCL => {
                let on = self.exclusive.load(Ordering::Relaxed);
                hal::user::store_u32(argument, u32::from(on))?;
            }
            ioctl::TCFLSH => {
                match argument as u32 {
                    raw::TCIFLUSH => wire.flush_output(),
                    raw::TCOFLUSH => self.terminal.flush_input(),
                    raw::TCIOFLUSH => {
                        wire.flush_output();
                        self.terminal.flush_input();
                    }
                    _ => return Err(Errno::EINVAL),
                }
                self.terminal.notify();
            }
            command => return self.terminal.ioctl(command, argument),
        }
        Ok(0)
    }
}

impl Drop for Master {
    fn drop(&mut self) {
        let wire = self.wire();
        {
            let mut output = wire.output.lock();
            output.master_gone = true;
            output.bytes.clear();
        }
        self.terminal.carrier_lost();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (Arc<Master>, Arc<Slave>) {
        let master = create(Ownership {
            mode: 0o620,
            uid: 0,
            gid: 5,
        })
        .unwrap();
        assert!(Slave::open(&master.terminal).is_err(), "locked at first");
        master.wire().output.lock().locked = false;
        let slave = Slave::open(&master.terminal).unwrap();
        (master, slave)
    }

    fn read(file: &dyn FileObject) -> Result<Vec<u8>> {
        let mut bytes = [0; 100];
        let count = file.read(&mut Sink::kernel(&mut bytes))?;
        Ok(bytes[..count].to_vec())
    }

    #[test]
    fn what_is_typed_is_echoed_and_read_by_line() {
        let (master, slave) = pair();
        assert_eq!(master.write(&mut Source::kernel(b"ab\x7fc")), Ok(4));
        assert_eq!(read(&*slave), Err(Errno::EAGAIN));
        assert_eq!(read(&*master), Ok(b"ab\x08 \x08c".to_vec()));
        assert_eq!(master.write(&mut Source::kernel(b"\r")), Ok(1));
        assert_eq!(read(&*slave), Ok(b"ac\n".to_vec()));
        assert_eq!(slave.write(&mut Source::kernel(b"x\n")), Ok(2));
        assert_eq!(read(&*master), Ok(b"\r\nx\r\n".to_vec()));
    }

    #[test]
    fn each_end_sees_the_other_go() {
        let (master, slave) = pair();
        slave.write(&mut Source::kernel(b"last")).unwrap();
        drop(slave);
        assert!(master.poll().contains(PollEvents::HUP | PollEvents::IN));
        assert_eq!(read(&*master), Ok(b"last".to_vec()));
        assert_eq!(read(&*master), Err(Errno::EIO));
        let slave = Slave::open(&master.terminal).unwrap();
        assert_eq!(read(&*master), Err(Errno::EAGAIN));
        drop(master);
        assert_eq!(read(&*slave), Ok(Vec::new()));
        assert_eq!(slave.write(&mut Source::kernel(b"x")), Err(Errno::EIO));
        assert!(slave.poll().contains(PollEvents::HUP));
        assert!(Slave::open(slave.terminal()).is_err());
    }

    #[test]
    #[cfg_attr(miri, ignore = "fills a queue byte by byte for minutes")]
    fn numbers_come_back_and_writers_wait_for_room() {
        let (master, slave) = pair();
        let number = master.wire().number;
        let (other, _slave) = pair();
        assert_ne!(other.wire().number, number);
        let much = std::vec![b'x'; 3 * CAPACITY];
        let first = slave.write(&mut Source::kernel(&much)).unwrap();
        assert!(first > 0 && first <= CAPACITY);
        assert_eq!(slave.write(&mut Source::kernel(&much)), Err(Errno::EAGAIN));
        assert!(!slave.poll().contains(PollEvents::OUT));
        assert_eq!(read(&*master).unwrap().len(), 100);
        assert!(slave.poll().contains(PollEvents::OUT));
        let terminal = Arc::downgrade(&master.terminal);
        drop((master, slave));
        // The number is free for other tests at once.
        assert_eq!(terminal.strong_count(), 0);
    }
}
