//! The owner of an open file and `O_ASYNC` (fcntl(2), "Managing signals"): [`crate::fs::owner`] by number.

use alloc::sync::Arc;

use linux_raw_sys::general as raw;

use super::Context;
use crate::errno::{Errno, Result};
use crate::fs::OpenFile;
use crate::fs::owner::Target;
use crate::mm::user::{read_struct, write_struct};
use crate::process::Pid;
use crate::signal::Signal;

/// `struct f_owner_ex`: kind and id.
type OwnerEx = [u32; 2];

/// `F_GETOWN`, `F_SETOWN`, `F_GETOWN_EX`, `F_SETOWN_EX`, `F_GETSIG`, `F_SETSIG`.
///
/// # Errors
/// `EINVAL` for a kind or number there is not, `ESRCH`, `EFAULT`.
pub fn fcntl(cx: &Context, open: &Arc<OpenFile>, command: u32, argument: usize) -> Result<usize> {
    match command {
        raw::F_GETOWN => Ok(number(open) as usize),
        raw::F_SETOWN => match argument as i32 {
            i32::MIN => Err(Errno::EINVAL),
            group @ ..0 => set(cx, open, raw::F_OWNER_PGRP, group.unsigned_abs()),
            process => set(cx, open, raw::F_OWNER_PID, process.unsigned_abs()),
        },
        raw::F_GETOWN_EX => {
            let owner: OwnerEx = target(open).into();
            write_struct(argument, &owner)?;
            Ok(0)
        }
        raw::F_SETOWN_EX => {
            let [kind, id]: OwnerEx = read_struct(argument)?;
            set(cx, open, kind, id)
        }
        raw::F_GETSIG => {
            let signal = open.owner().and_then(|owner| owner.signal());
            Ok(signal.map_or(0, |signal| usize::from(signal.number())))
        }
        raw::F_SETSIG => {
            let signal = match argument {
                0 => None,
                number => Some(Signal::from_number(number)?),
            };
            open.owner_to_set().set_signal(signal);
            Ok(0)
        }
        _ => Err(Errno::EINVAL),
    }
}

/// Turns `O_ASYNC` on or off. A terminal without an owner gets the group in the foreground, or the caller.
///
/// # Errors
/// `ENOMEM`.
pub fn set_asynchronous(cx: &Context, open: &Arc<OpenFile>, fd: i32, on: bool) -> Result<()> {
    let terminal = open.object().and_then(|object| object.terminal());
    if let Some(terminal) = terminal.filter(|_| on && number(open) == 0) {
        match terminal.foreground() {
            Some(group) => set(cx, open, raw::F_OWNER_PGRP, group)?,
            None => set(cx, open, raw::F_OWNER_PID, cx.process.pid)?,
        };
    }
    open.set_asynchronous(fd, on)
}

fn set(cx: &Context, open: &Arc<OpenFile>, kind: u32, id: Pid) -> Result<usize> {
    let target = Target::find(kind, id)?;
    open.owner_to_set()
        .set_target(target, cx.thread.credentials());
    Ok(0)
}

fn target(open: &OpenFile) -> (u32, Pid) {
    open.owner()
        .map_or((raw::F_OWNER_PID, 0), |owner| owner.target())
}

/// A process or thread, minus a group, or 0.
fn number(open: &OpenFile) -> i32 {
    match target(open) {
        (raw::F_OWNER_PGRP, id) => -(id as i32),
        (_, id) => id as i32,
    }
}
