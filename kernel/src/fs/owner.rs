//! Signal-driven input and output (fcntl(2), "Managing signals"): who gets `SIGIO` when a file becomes ready.
//!
//! The [`Owner`] of an open file is set with `F_SETOWN` and its kin; it observes the file while `O_ASYNC` is on. Which
//! files can do that, their [`super::file::FileObject`] says: pipes, sockets, terminals and inotify's instances.

use alloc::sync::{Arc, Weak};

use linux_raw_sys::general as raw;

use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::poll::{Observer, PollEvents};
use crate::process::{self, Credentials, Pid, Process, Thread};
use crate::signal::{self, Signal, SignalInfo};
use crate::sync::SpinLock;

/// `si_code` of input, output and hang-up (sigaction(2)).
const POLL_IN: i32 = 1;
const POLL_OUT: i32 = 2;
const POLL_HUP: i32 = 6;

/// Who gets the signals.
#[derive(Clone)]
pub enum Target {
    /// `F_OWNER_TID`.
    Thread(Weak<Thread>),
    /// `F_OWNER_PID`.
    Process(Weak<Process>),
    /// `F_OWNER_PGRP`.
    Group(Pid),
}

impl Target {
    /// The thread, process or group of `kind` (`F_OWNER_TID`, `F_OWNER_PID`, `F_OWNER_PGRP`); nobody for id 0.
    ///
    /// # Errors
    /// `EINVAL` for an unknown kind, `ESRCH` when there is none.
    pub fn find(kind: u32, id: Pid) -> Result<Option<Self>> {
        let target = match (kind, id) {
            (raw::F_OWNER_TID | raw::F_OWNER_PID | raw::F_OWNER_PGRP, 0) => return Ok(None),
            (raw::F_OWNER_TID, id) => {
                process::find_thread(id).map(|thread| Self::Thread(Arc::downgrade(&thread)))
            }
            (raw::F_OWNER_PID, id) => {
                process::find(id).map(|process| Self::Process(Arc::downgrade(&process)))
            }
            (raw::F_OWNER_PGRP, id) => process::all()
                .any(|process| process.group() == id)
                .then_some(Self::Group(id)),
            _ => return Err(Errno::EINVAL),
        };
        target.map(Some).ok_or(Errno::ESRCH)
    }

    /// Kind and id; id 0 when it has ended.
    fn kind_and_id(&self) -> (u32, Pid) {
        match self {
            Self::Thread(thread) => {
                let tid = thread.upgrade().map_or(0, |thread| thread.tid());
                (raw::F_OWNER_TID, tid)
            }
            Self::Process(process) => {
                let pid = process.upgrade().map_or(0, |process| process.pid);
                (raw::F_OWNER_PID, pid)
            }
            Self::Group(group) => (raw::F_OWNER_PGRP, *group),
        }
    }
}

/// The owner of an open file.
pub struct Owner {
    file: Weak<OpenFile>,
    state: SpinLock<State>,
}

#[derive(Clone, Default)]
struct State {
    target: Option<Target>,
    /// Whose rights the signals are sent with: those of who set the target.
    credentials: Option<Arc<Credentials>>,
    /// `F_SETSIG`; none stands for `SIGIO` without particulars.
    signal: Option<Signal>,
    /// `O_ASYNC` is on, by this descriptor.
    descriptor: Option<i32>,
}

impl Owner {
    /// Nobody yet.
    pub fn of(file: Weak<OpenFile>) -> Arc<Self> {
        Arc::new(Self {
            file,
            state: SpinLock::new(State::default()),
        })
    }

    /// `F_GETOWN_EX`: kind and id, the id 0 for nobody.
    pub fn target(&self) -> (u32, Pid) {
        let target = self.state.lock().target.clone();
        target.map_or((raw::F_OWNER_PID, 0), |target| target.kind_and_id())
    }

    /// `F_SETOWN_EX`.
    pub fn set_target(&self, target: Option<Target>, credentials: Arc<Credentials>) {
        let mut state = self.state.lock();
        let old = (state.target.take(), state.credentials.take());
        state.credentials = target.is_some().then_some(credentials);
        state.target = target;
        drop(state);
        // Outside the lock: it may be the last reference.
        drop(old);
    }

    /// `F_GETSIG`.
    pub fn signal(&self) -> Option<Signal> {
        self.state.lock().signal
    }

    /// `F_SETSIG`.
    pub fn set_signal(&self, signal: Option<Signal>) {
        self.state.lock().signal = signal;
    }

    /// Notes the descriptor through which `O_ASYNC` was set, or that it is off; whether it was on before.
    pub fn set_listening(&self, descriptor: Option<i32>) -> bool {
        core::mem::replace(&mut self.state.lock().descriptor, descriptor).is_some()
    }
}

impl State {
    fn send(&self, descriptor: i32, code: i32, band: PollEvents) {
        let (Some(target), Some(credentials)) = (&self.target, &self.credentials) else {
            return;
        };
        let plain = SignalInfo::kernel(Signal::IO);
        let info = match self.signal {
            None => plain,
            Some(signal) => SignalInfo::input_output(signal, code, band.bits(), descriptor),
        };
        let may = |process: &Process| credentials.may_signal(&process.credentials());
        let to_process = |process: &Arc<Process>| {
            if may(process) && signal::send_to_process(process, info).is_err() {
                // The queue is full: a standard signal, which is never refused, tells of the loss (`F_SETSIG`).
                let _ = signal::send_to_process(process, plain);
            }
        };
        match target {
            Target::Thread(thread) => {
                if let Some(thread) = thread.upgrade()
                    && may(&thread.process)
                    && signal::send_to_thread(&thread, info).is_err()
                {
                    let _ = signal::send_to_thread(&thread, plain);
                }
            }
            Target::Process(process) => {
                if let Some(process) = process.upgrade() {
                    to_process(&process);
                }
            }
            Target::Group(group) => process::all()
                .filter(|process| process.group() == *group)
                .for_each(|process| to_process(&process)),
        }
    }
}

impl Observer for Owner {
    fn changed(&self, what: PollEvents) {
        let state = self.state.lock().clone();
        let (Some(descriptor), Some(file)) = (state.descriptor, self.file.upgrade()) else {
            return;
        };
        let (access, now) = (file.access(), file.poll());
        let (input, output) = (PollEvents::READABLE, PollEvents::WRITABLE);
        if access.read && what.intersects(input) && now.intersects(input | PollEvents::HUP) {
            state.send(descriptor, POLL_IN, input);
        } else if what.intersects(PollEvents::HUP) && now.intersects(PollEvents::HUP) {
            state.send(descriptor, POLL_HUP, PollEvents::HUP | PollEvents::ERR);
        }
        if access.write && what.intersects(output) && now.intersects(output | PollEvents::ERR) {
            state.send(descriptor, POLL_OUT, output | PollEvents::WRBAND);
        }
    }

    fn closed(&self) {}
}
