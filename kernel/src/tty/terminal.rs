//! A terminal: a line discipline and job control over a [`Line`], the console's serial port or the wire to the master
//! of a pseudo-terminal.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;

use hal::serial::{self, Port};
use linux_raw_sys::{general as raw, ioctl};
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::line_discipline::{LineDiscipline, Termios};
use super::pty::{self, Wire, packet};
use super::speed::{Speeds, Termios2};
use crate::errno::{Errno, Result};
use crate::fs::buf::{Sink, Source};
use crate::fs::file::FileObject;
use crate::fs::poll::{Notifier, PollEvents};
use crate::mm::user::{read_struct, write_struct};
use crate::process::{self, Capability, Pid, Process, group};
use crate::signal::{self, Action, Signal};
use crate::sync::SpinLock;
use crate::{sched, time};

/// `struct winsize`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct WindowSize {
    rows: u16,
    columns: u16,
    width: u16,
    height: u16,
}

/// Where a terminal's output goes.
enum Line {
    Console,
    Pseudo(Wire),
}

/// Where input comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The serial port.
    FromPort,
    /// The master of a pseudo-terminal.
    FromMaster,
}

/// A terminal.
pub struct Terminal {
    state: SpinLock<State>,
    changed: Notifier,
    line: Line,
}

/// Held while a terminal becomes a session's, so that a session has one and a terminal is one session's.
static CONTROL: SpinLock<()> = SpinLock::new(());

struct State {
    discipline: LineDiscipline,
    size: WindowSize,
    /// The session whose controlling terminal this is.
    session: Option<Pid>,
    /// The group that reads and gets signals.
    foreground: Option<Pid>,
    /// When the last byte came, for `VTIME`.
    last_input: u64,
    /// The speeds of the line, which nothing heeds.
    speeds: Speeds,
    /// Only the privileged may open it (`TIOCEXCL`).
    exclusive: bool,
}

/// Whether a process has the terminal of this session: a member may have let it go (`TIOCNOTTY`).
fn shares(process: &Process, session: Option<Pid>) -> bool {
    session == Some(process.session()) && !process.left_terminal.load(Ordering::Relaxed)
}

impl Terminal {
    /// The console: 24 rows and 80 columns, of no session yet.
    pub fn console() -> Self {
        let terminal = Self::new(Line::Console);
        terminal.set_size(24, 80);
        terminal
    }

    /// The slave of a pseudo-terminal, of unknown size.
    pub(super) fn on_wire(wire: Wire) -> Self {
        let terminal = Self::new(Line::Pseudo(wire));
        // HUPCL is for modems.
        terminal.state.lock().discipline.termios.control &= !raw::HUPCL;
        terminal
    }

    fn new(line: Line) -> Self {
        Self {
            line,
            state: SpinLock::new(State {
                discipline: LineDiscipline::new(),
                size: WindowSize {
                    rows: 0,
                    columns: 0,
                    width: 0,
                    height: 0,
                },
                session: None,
                foreground: None,
                last_input: 0,
                speeds: Speeds {
                    input: 38_400,
                    output: 38_400,
                },
                exclusive: false,
            }),
            changed: Notifier::new(),
        }
    }

    /// The session whose controlling terminal this is.
    pub fn session(&self) -> Option<Pid> {
        self.state.lock().session
    }

    /// Sets the window's size in characters.
    pub fn set_size(&self, rows: u16, columns: u16) {
        let mut state = self.state.lock();
        (state.size.rows, state.size.columns) = (rows, columns);
    }

    /// The wire to the master, for the slave of a pseudo-terminal.
    pub fn wire(&self) -> Option<&Wire> {
        match &self.line {
            Line::Console => None,
            Line::Pseudo(wire) => Some(wire),
        }
    }

    /// The device's number (`st_rdev`, the `tty_nr` of proc(5)).
    pub fn device_number(&self) -> u64 {
        match self.wire() {
            None => crate::fs::devfs::device_number(5, 1),
            Some(wire) => crate::fs::devpts::device_number(wire.number()),
        }
    }

    /// Whether the master has gone.
    pub fn is_hung_up(&self) -> bool {
        self.wire().is_some_and(Wire::is_hung_up)
    }

    /// The group that reads and gets signals.
    pub fn foreground(&self) -> Option<Pid> {
        self.state.lock().foreground
    }

    /// Tells all who wait to look again.
    pub(super) fn notify(&self) {
        self.changed.notify();
    }

    /// Tells writers to look again.
    pub(super) fn notify_writable(&self) {
        self.changed.notify_of(PollEvents::WRITABLE);
    }

    fn print(&self, bytes: &[u8]) {
        match &self.line {
            Line::Console => serial::write(Port::Console, bytes),
            Line::Pseudo(wire) => wire.put(bytes),
        }
    }

    /// Takes what the port has received.
    pub fn receive(&self) {
        let mut bytes = [0; 64];
        loop {
            let count = serial::read(Port::Console, &mut bytes);
            if count == 0 {
                break;
            }
            self.input(bytes.get(..count).unwrap_or(&[]), Input::FromPort);
        }
    }

    /// How many bytes of input surely find room; a line that is too long loses its end instead of its reader's
    /// attention, so while no line is complete there is always room.
    pub(super) fn input_room(&self) -> usize {
        self.state.lock().discipline.room()
    }

    /// Gives bytes to the line discipline, and signals to the foreground group.
    pub(super) fn input(&self, bytes: &[u8], from: Input) {
        let mut was_stopped = None;
        for &byte in bytes {
            let (signal, foreground) = {
                let mut state = self.state.lock();
                state.last_input = time::monotonic();
                was_stopped.get_or_insert(state.discipline.stopped);
                let echo = |echo: &[u8]| self.print(echo);
                let signal = state.discipline.input(byte, echo);
                if signal.is_some()
                    && from == Input::FromMaster
                    && !state.discipline.termios.has_local(raw::NOFLSH)
                    && let Some(wire) = self.wire()
                {
                    wire.tell(packet::FLUSH_READ);
                }
                (signal, state.foreground)
            };
            if let (Some(signal), Some(group)) = (signal, foreground) {
                // An empty group has nobody to interrupt.
                let _ = signal::send_to_group(group, signal);
            }
        }
        if let Some(wire) = self.wire() {
            let stopped = self.state.lock().discipline.stopped;
            match (was_stopped, stopped) {
                (Some(false), true) => wire.tell(packet::STOP),
                (Some(true), false) => wire.tell(packet::START),
                _ => {}
            }
            wire.notify();
        }
        self.changed.notify_of(PollEvents::READABLE);
    }

    pub(super) fn flush_input(&self) {
        self.state.lock().discipline.flush_input();
        if let Some(wire) = self.wire() {
            wire.tell(packet::FLUSH_READ);
            wire.notify();
        }
    }

    /// The master is gone: the session loses its terminal, its leader and the foreground group hear of it
    /// (POSIX, 11.1.11).
    pub(super) fn carrier_lost(&self) {
        let (session, foreground) = {
            let mut state = self.state.lock();
            (state.session.take(), state.foreground.take())
        };
        if let Some(session) = session
            && let Some(leader) = process::find(session)
        {
            for signal in [Signal::HUP, Signal::CONT] {
                // A standard signal is never refused, and a zombie has no use for one.
                let _ = signal::send_to_process(&leader, signal::SignalInfo::kernel(signal));
            }
        }
        if let Some(group) = foreground.filter(|&group| Some(group) != session) {
            signal::hang_up(group);
        }
        self.changed.notify();
    }

    /// The session's leader has gone.
    pub fn hang_up(&self) {
        let foreground = {
            let mut state = self.state.lock();
            state.session = None;
            state.foreground.take()
        };
        if let Some(group) = foreground {
            signal::hang_up(group);
        }
    }

    /// Makes this the controlling terminal of a session leader without one
    /// (`TIOCSCTTY`). `EPERM` when it is no leader, or the terminal is another
    /// session's and it may not steal it.
    fn become_controlling(&self, process: &Arc<Process>, steal: bool) -> Result<()> {
        let session = process.session();
        if session != process.pid {
            return Err(Errno::EPERM);
        }
        let group = process.group();
        let _control = CONTROL.lock();
        let other = super::controlling(process);
        if other.is_some_and(|other| !core::ptr::eq(&*other, self)) {
            return Err(Errno::EPERM);
        }
        let mut state = self.state.lock();
        match state.session {
            Some(owner) if owner == session => return Ok(()),
            Some(_) if !steal => {
                return Err(Errno::EPERM);
            }
            _ => {}
        }
        state.session = Some(session);
        state.foreground = Some(group);
        Ok(())
    }

    /// Opening a terminal makes it the controlling one of a session leader that
    /// has none, when nobody else has it (POSIX, 11.1.3).
    pub fn opened_by(&self, process: &Arc<Process>) {
        if self.session().is_none() && super::controlling(process).is_none() {
            // Whoever is no session leader just opens it.
            let _ = self.become_controlling(process, false);
        }
    }

    /// Stops a background process that wants the terminal (POSIX, 11.1.4).
    ///
    /// # Errors
    ///
    /// `EIO` when stopping it would be for ever, `RESTART` when the signal is on
    /// its way.
    fn check_background(&self, signal: Signal) -> Result<()> {
        let Some(thread) = sched::try_current() else {
            return Ok(());
        };
        let process = &thread.process;
        let group = process.group();
        {
            let state = self.state.lock();
            let foreground = state
                .foreground
                .is_none_or(|foreground| foreground == group);
            if foreground || !shares(process, state.session) {
                return Ok(());
            }
        }
        let blocked = thread.signals.lock().mask.contains(signal);
        let ignored = process.actions.lock().lock().get(signal).handler == Action::IGNORE;
        if blocked || ignored {
            // Output is then allowed, input never comes.
            return if signal == Signal::TTOU {
                Ok(())
            } else {
                Err(Errno::EIO)
            };
        }
        if group::is_orphaned(group) {
            return Err(Errno::EIO);
        }
        signal::send_to_group(group, signal)?;
        Err(Errno::RESTART)
    }

    fn is_controlling_of(&self, process: &Process) -> bool {
        shares(process, self.session())
    }

    fn set_foreground(&self, process: &Arc<Process>, group: Pid) -> Result<()> {
        if !self.is_controlling_of(process) {
            return Err(Errno::ENOTTY);
        }
        self.check_background(Signal::TTOU)?;
        if !group::exists_in_session(group, process.session()) {
            return Err(if group::exists(group) {
                Errno::EPERM
            } else {
                Errno::ESRCH
            });
        }
        self.state.lock().foreground = Some(group);
        Ok(())
    }

    /// Whether the caller may open it: while it is exclusive, the privileged only (ioctl_tty(2)).
    ///
    /// # Errors
    /// `EBUSY`.
    pub fn check_open(&self) -> Result<()> {
        let privileged = || {
            sched::try_current().is_none_or(|thread| thread.credentials().has(Capability::SysAdmin))
        };
        if self.state.lock().exclusive && !privileged() {
            return Err(Errno::EBUSY);
        }
        Ok(())
    }

    /// Takes a byte as if it had been typed (`TIOCSTI`); only the privileged may.
    fn simulate_input(&self, address: usize) -> Result<()> {
        if !sched::current().credentials().has(Capability::SysAdmin) {
            return Err(Errno::EIO);
        }
        let mut byte = [0];
        hal::user::copy_in(&mut byte, address)?;
        let from = if self.wire().is_some() {
            Input::FromMaster
        } else {
            Input::FromPort
        };
        self.input(&byte, from);
        Ok(())
    }

    /// Sets or clears the control mode that keeps a line without carrier alive (`TIOCSSOFTCAR`).
    fn set_local_line(&self, address: usize) -> Result<()> {
        let on = hal::user::load_u32(address)? != 0;
        let mut state = self.state.lock();
        let control = &mut state.discipline.termios.control;
        if on {
            *control |= raw::CLOCAL;
        } else {
            *control &= !raw::CLOCAL;
        }
        Ok(())
    }

    fn get_termios2(&self) -> Termios2 {
        let state = self.state.lock();
        Termios2 {
            termios: state.discipline.termios,
            speeds: state.speeds,
        }
    }

    fn set_termios(&self, mut new: Termios2, flush: bool) -> Result<()> {
        self.check_background(Signal::TTOU)?;
        if self.wire().is_some() {
            // There is no line whose characters could be of another size.
            let control = &mut new.termios.control;
            *control = *control & !(raw::CSIZE | raw::PARENB) | raw::CS8 | raw::CREAD;
        }
        let termios = new.termios;
        let mut state = self.state.lock();
        if flush {
            state.discipline.flush_input();
        }
        // What a master may do itself is to stop at `^S` and to start at `^Q` (ioctl_tty(2), `TIOCPKT_DOSTOP`).
        let flow = |termios: &Termios| {
            let character = |index: u32| termios.characters.get(index as usize).copied();
            termios.input & raw::IXON != 0
                && character(raw::VSTOP) == Some(0x13)
                && character(raw::VSTART) == Some(0x11)
        };
        let before = flow(&state.discipline.termios);
        state.discipline.set_termios(termios);
        state.speeds = Speeds::new(termios.control, new.speeds);
        drop(state);
        if let Some(wire) = self.wire() {
            match (before, flow(&termios)) {
                (true, false) => wire.tell(packet::NO_STOP),
                (false, true) => wire.tell(packet::DO_STOP),
                _ => {}
            }
            wire.notify();
        }
        self.changed.notify();
        Ok(())
    }

    /// tcflush(3).
    fn flush(&self, queue: u32) -> Result<()> {
        if !matches!(queue, raw::TCIFLUSH | raw::TCOFLUSH | raw::TCIOFLUSH) {
            return Err(Errno::EINVAL);
        }
        if queue != raw::TCOFLUSH {
            self.flush_input();
        }
        if queue != raw::TCIFLUSH
            && let Some(wire) = self.wire()
        {
            wire.flush_output();
            wire.notify();
        }
        Ok(())
    }

    /// tcflow(3).
    fn control_flow(&self, action: u32) -> Result<()> {
        match action {
            raw::TCOOFF | raw::TCOON => {
                let stop = action == raw::TCOOFF;
                self.state.lock().discipline.stopped = stop;
                if let Some(wire) = self.wire() {
                    wire.tell(if stop { packet::STOP } else { packet::START });
                    wire.notify();
                }
                self.changed.notify();
                Ok(())
            }
            raw::TCIOFF | raw::TCION => Ok(()),
            _ => Err(Errno::EINVAL),
        }
    }

    fn set_window_size(&self, address: usize) -> Result<()> {
        let size: WindowSize = read_struct(address)?;
        let foreground = {
            let mut state = self.state.lock();
            let changed = state.size != size;
            state.size = size;
            state.foreground.filter(|_| changed)
        };
        if let Some(group) = foreground {
            // An empty group has nobody to tell.
            let _ = signal::send_to_group(group, Signal::WINCH);
        }
        Ok(())
    }

    fn take(&self, sink: &mut Sink<'_>) -> Result<usize> {
        // Collected first: user memory is not touched under the lock.
        let mut bytes = Vec::new();
        let limit = sink.remaining().min(super::line_discipline::CAPACITY);
        bytes.try_reserve_exact(limit)?;
        self.state
            .lock()
            .discipline
            .read(limit, |byte| bytes.push(byte));
        Ok(sink.put(&bytes))
    }
}

impl FileObject for Terminal {
    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        self.check_background(Signal::TTIN)?;
        if sink.remaining() == 0 {
            return Ok(0);
        }
        let enough = {
            let state = self.state.lock();
            let discipline = &state.discipline;
            discipline.is_readable()
                // A short buffer is full before VMIN bytes are there.
                || (!discipline.termios.has_local(raw::ICANON)
                    && discipline.has_bytes()
                    && discipline.readable_bytes() >= sink.remaining())
        };
        if enough {
            self.take(sink)
        } else {
            Err(Errno::EAGAIN)
        }
    }

    fn read_deadline(&self, started: u64) -> Option<u64> {
        let state = self.state.lock();
        let termios = &state.discipline.termios;
        let timeout = termios.timeout();
        if termios.has_local(raw::ICANON) || timeout == 0 {
            return None;
        }
        match termios.minimum() {
            0 => Some(started.saturating_add(timeout)),
            // The timer runs between bytes: not before the first.
            _ if state.discipline.has_bytes() => {
                Some(state.last_input.max(started).saturating_add(timeout))
            }
            _ => None,
        }
    }

    fn read_expired(&self, sink: &mut Sink<'_>) -> Result<usize> {
        let (minimum, has_bytes) = {
            let state = self.state.lock();
            (
                state.discipline.termios.minimum(),
                state.discipline.has_bytes(),
            )
        };
        if minimum != 0 && !has_bytes {
            Err(Errno::EAGAIN)
        } else {
            self.take(sink)
        }
    }

    fn write(&self, source: &mut Source<'_>) -> Result<usize> {
        if self.state.lock().discipline.termios.has_local(raw::TOSTOP) {
            self.check_background(Signal::TTOU)?;
        }
        let mut chunk = [0; 256];
        let mut done = 0;
        loop {
            if self.state.lock().discipline.stopped {
                return if done == 0 {
                    Err(Errno::EAGAIN)
                } else {
                    Ok(done)
                };
            }
            // A byte becomes eight at most: a tab that is spaces.
            let room = self.wire().map_or(chunk.len(), |wire| wire.room() / 8);
            if room == 0 && source.remaining() > 0 {
                return if done == 0 {
                    Err(Errno::EAGAIN)
                } else {
                    Ok(done)
                };
            }
            let limit = room.min(chunk.len());
            let count = source.take(&mut chunk[..limit]);
            if count == 0 {
                return Ok(done);
            }
            let mut out = Vec::new();
            out.try_reserve(8 * count)?;
            {
                let mut state = self.state.lock();
                for &byte in &chunk[..count] {
                    state
                        .discipline
                        .output(byte, |bytes| out.extend_from_slice(bytes));
                }
            }
            self.print(&out);
            if let Some(wire) = self.wire() {
                wire.notify();
            }
            done += count;
        }
    }

    fn poll(&self) -> PollEvents {
        let state = self.state.lock();
        let mut events = PollEvents::empty();
        if state.discipline.is_readable() {
            events |= PollEvents::READABLE;
        }
        if !state.discipline.stopped && self.wire().is_none_or(|wire| wire.room() >= 8) {
            events |= PollEvents::WRITABLE;
        }
        events
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(&self.changed)
    }

    fn sends_signals(&self) -> bool {
        true
    }

    fn terminal(&self) -> Option<&Terminal> {
        Some(self)
    }

    fn ioctl(&self, command: u32, argument: usize) -> Result<usize> {
        let process = process::current();
        match command {
            ioctl::TCGETS => {
                let termios = self.state.lock().discipline.termios;
                write_struct(argument, &termios)?;
            }
            // Output is gone when write returns: there is nothing to wait for.
            ioctl::TCSETS | ioctl::TCSETSW | ioctl::TCSETSF => {
                let new = Termios2 {
                    termios: read_struct(argument)?,
                    speeds: self.state.lock().speeds,
                };
                self.set_termios(new, command == ioctl::TCSETSF)?;
            }
            ioctl::TCGETS2 => write_struct(argument, &self.get_termios2())?,
            ioctl::TCSETS2 | ioctl::TCSETSW2 | ioctl::TCSETSF2 => {
                self.set_termios(read_struct(argument)?, command == ioctl::TCSETSF2)?;
            }
            ioctl::TIOCGSOFTCAR => {
                let termios = self.state.lock().discipline.termios;
                let on = termios.control & raw::CLOCAL != 0;
                hal::user::store_u32(argument, u32::from(on))?;
            }
            ioctl::TIOCSSOFTCAR => self.set_local_line(argument)?,
            ioctl::TIOCEXCL | ioctl::TIOCNXCL => {
                self.state.lock().exclusive = command == ioctl::TIOCEXCL;
            }
            ioctl::TIOCGEXCL => {
                let on = self.state.lock().exclusive;
                hal::user::store_u32(argument, u32::from(on))?;
            }
            ioctl::TIOCSTI => self.simulate_input(argument)?,
            // All of them want the foreground (POSIX, 11.1.4). A break is not sent; draining is immediate.
            ioctl::TCSBRK | ioctl::TCSBRKP => self.check_background(Signal::TTOU)?,
            ioctl::TCFLSH => {
                self.check_background(Signal::TTOU)?;
                self.flush(argument as u32)?;
            }
            ioctl::TCXONC => {
                self.check_background(Signal::TTOU)?;
                self.control_flow(argument as u32)?;
            }
            ioctl::TIOCGWINSZ => {
                let size = self.state.lock().size;
                write_struct(argument, &size)?;
            }
            ioctl::TIOCSWINSZ => self.set_window_size(argument)?,
            ioctl::TIOCGPGRP => {
                if !self.is_controlling_of(&process) {
                    return Err(Errno::ENOTTY);
                }
                let group = self.state.lock().foreground.unwrap_or(0);
                hal::user::store_u32(argument, group)?;
            }
            ioctl::TIOCSPGRP => {
                let group = hal::user::load_u32(argument)?;
                if group > i32::MAX as u32 {
                    return Err(Errno::EINVAL);
                }
                self.set_foreground(&process, group)?;
            }
            ioctl::TIOCGSID => {
                if !self.is_controlling_of(&process) {
                    return Err(Errno::ENOTTY);
                }
                hal::user::store_u32(argument, process.session())?;
            }
            ioctl::TIOCSCTTY => {
                let steal =
                    argument == 1 && sched::current().credentials().has(Capability::SysAdmin);
                self.become_controlling(&process, steal)?;
            }
            ioctl::TIOCNOTTY => {
                if !self.is_controlling_of(&process) {
                    return Err(Errno::ENOTTY);
                }
                if process.session() == process.pid {
                    self.hang_up();
                } else {
                    process.left_terminal.store(true, Ordering::Relaxed);
                }
            }
            ioctl::FIONREAD => {
                let count = self.state.lock().discipline.readable_bytes();
                hal::user::store_u32(argument, count as u32)?;
            }
            ioctl::TIOCOUTQ => hal::user::store_u32(argument, 0)?,
            // The line discipline is the only one, `N_TTY`.
            ioctl::TIOCGETD => hal::user::store_u32(argument, 0)?,
            ioctl::TIOCSETD => {
                if hal::user::load_u32(argument)? != 0 {
                    return Err(Errno::EINVAL);
                }
            }
            _ => return Err(Errno::ENOTTY),
        }
        Ok(0)
    }

    fn is_stream(&self) -> bool {
        false
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(wire) = self.wire() {
            pty::forget(wire);
        }
    }
}
