//! Descriptors of processes.

use alloc::sync::Arc;

use linux_raw_sys::general as raw;

use super::Context;
use super::lookup::file;
use crate::errno::{Errno, Result};
use crate::mm::user::read_struct;
use crate::process::{self, Process, pidfd};
use crate::signal::{self, Signal, SignalInfo, UserSignalInfo};

/// pidfd_open(2). `PIDFD_THREAD` answers `EINVAL`.
pub fn pidfd_open(cx: &Context, [pid, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = flags as u32;
    if flags & !raw::O_NONBLOCK != 0 || (pid as i32) <= 0 {
        return Err(Errno::EINVAL);
    }
    let Some(process) = process::find(pid as u32) else {
        // The number of a thread that leads no process is no process's.
        return Err(match process::find_thread(pid as u32) {
            Some(_) => Errno::EINVAL,
            None => Errno::ESRCH,
        });
    };
    super::open::install(cx.process, pidfd::create(&process, flags), true)
}

/// The process of a descriptor, and whether waiting for it may not block.
pub fn process_at(cx: &Context, fd: usize) -> Result<(Arc<Process>, bool)> {
    let file = file(cx.process, fd)?;
    let process = pidfd::process_of(&file)?;
    Ok((process, file.flags() & raw::O_NONBLOCK != 0))
}

/// pidfd_send_signal(2).
pub fn pidfd_send_signal(cx: &Context, [fd, number, info, flags, ..]: [usize; 6]) -> Result<usize> {
    if flags != 0 {
        return Err(Errno::EINVAL);
    }
    let (target, _) = process_at(cx, fd)?;
    let signal = match number as i32 {
        0 => None,
        number if number > 0 => Some(Signal::from_number(number as usize)?),
        _ => return Err(Errno::EINVAL),
    };
    let credentials = cx.thread.credentials();
    let info = match (info, signal) {
        (0, Some(signal)) => Some(SignalInfo::sent(
            signal,
            raw::SI_USER as i32,
            cx.process.pid,
            credentials.uid,
        )),
        (0, None) => None,
        (address, _) => {
            let info = SignalInfo::from(read_struct::<UserSignalInfo>(address)?);
            if info.signo != number as i32 {
                return Err(Errno::EINVAL);
            }
            let forged = info.code >= 0 || info.code == raw::SI_TKILL;
            if forged && target.pid != cx.process.pid {
                return Err(Errno::EPERM);
            }
            signal.map(|_| info)
        }
    };
    // One that has ended is there until it has been waited for.
    if !process::find(target.pid).is_some_and(|found| Arc::ptr_eq(&found, &target)) {
        return Err(Errno::ESRCH);
    }
    signal::may_send(cx.process, &credentials, &target, signal)?;
    if let Some(info) = info {
        signal::send_to_process(&target, info)?;
    }
    Ok(0)
}
