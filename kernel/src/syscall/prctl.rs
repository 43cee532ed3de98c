//! prctl(2): what processes and threads say about themselves.
//!
//! The capabilities among it are in [`super::capability`]. Options for other
//! machines, and for what the kernel does not have (seccomp, the addresses
//! that `PR_SET_MM` changes, `PR_SET_TSC`'s trap), answer `EINVAL`.

use alloc::sync::Arc;
use core::sync::atomic::Ordering;

use linux_raw_sys::prctl as pr;

use super::{Context, capability};
use crate::errno::{Errno, Result};
use crate::mm::user::read_string;
use crate::mm::{Label, page_up};
use crate::process::{Capability, MemoryFailure};

/// The longest name of anonymous memory (`ANON_VMA_NAME_MAX_LEN`), with its NUL.
const MEMORY_NAME_MAX: usize = 80;

/// Arguments that an option does not have must be 0.
fn none(arguments: &[usize]) -> Result<()> {
    if arguments.iter().all(|&argument| argument == 0) {
        Ok(())
    } else {
        Err(Errno::EINVAL)
    }
}

/// prctl(2).
pub fn prctl(cx: &Context, [option, arguments @ ..]: [usize; 6]) -> Result<usize> {
    let [first, second, third, fourth, _] = arguments;
    let arguments = [first, second, third, fourth];
    let rest = [second, third, fourth];
    let process = cx.process;
    match option as u32 {
        pr::PR_SET_NAME => {
            let mut name = [0; 16];
            let length = hal::user::copy_in_cstr(&mut name[..15], first)?;
            name[length..].fill(0);
            *cx.thread.name.lock() = name;
        }
        pr::PR_GET_NAME => {
            let name = *cx.thread.name.lock();
            hal::user::copy_out(first, &name)?;
        }
        pr::PR_SET_PDEATHSIG => {
            if first > 64 {
                return Err(Errno::EINVAL);
            }
            process
                .parent_death_signal
                .store(first as u32, Ordering::Relaxed);
        }
        pr::PR_GET_PDEATHSIG => {
            let signal = process.parent_death_signal.load(Ordering::Relaxed);
            hal::user::store_u32(first, signal)?;
        }
        pr::PR_SET_CHILD_SUBREAPER => process.subreaper.store(first != 0, Ordering::Relaxed),
        pr::PR_GET_CHILD_SUBREAPER => {
            let flag = process.subreaper.load(Ordering::Relaxed);
            hal::user::store_u32(first, flag.into())?;
        }
        pr::PR_SET_DUMPABLE if first <= 1 => {
            process.dumpable.store(first == 1, Ordering::Relaxed);
        }
        pr::PR_GET_DUMPABLE => return Ok(process.dumpable.load(Ordering::Relaxed).into()),
        pr::PR_SET_NO_NEW_PRIVS if first == 1 => {
            none(&rest)?;
            process.no_new_privileges.store(true, Ordering::Relaxed);
        }
        pr::PR_GET_NO_NEW_PRIVS => {
            none(&arguments)?;
            return Ok(process.no_new_privileges.load(Ordering::Relaxed).into());
        }
        pr::PR_SET_TIMERSLACK => cx.thread.preferences.set_timer_slack(first as u64),
        pr::PR_GET_TIMERSLACK => return Ok(cx.thread.preferences.timer_slack() as usize),
        pr::PR_GET_TID_ADDRESS => {
            let address = cx.thread.clear_child_tid.load(Ordering::Relaxed);
            hal::user::store_u64(first, address as u64)?;
        }
        pr::PR_SET_THP_DISABLE => {
            none(&rest)?;
            process.mm().set_without_huge_pages(first != 0);
        }
        pr::PR_GET_THP_DISABLE => {
            none(&arguments)?;
            return Ok(process.mm().is_without_huge_pages().into());
        }
        pr::PR_MCE_KILL => set_memory_failure(cx, arguments)?,
        pr::PR_MCE_KILL_GET => {
            none(&arguments)?;
            return Ok(cx.thread.preferences.memory_failure().into());
        }
        pr::PR_SET_IO_FLUSHER | pr::PR_GET_IO_FLUSHER => {
            return io_flusher(cx, option as u32 == pr::PR_SET_IO_FLUSHER, arguments);
        }
        pr::PR_GET_SPECULATION_CTRL => {
            none(&rest)?;
            return speculation(first);
        }
        pr::PR_SET_SPECULATION_CTRL => {
            none(&[third, fourth])?;
            control_speculation(first, second)?;
        }
        pr::PR_SET_VMA if first == pr::PR_SET_VMA_ANON_NAME as usize => {
            name_memory(cx, second, third, fourth)?;
        }
        // All accounting is by samples, see `sched::tick`.
        pr::PR_SET_TIMING if first == pr::PR_TIMING_STATISTICAL as usize => {}
        pr::PR_GET_TIMING => return Ok(pr::PR_TIMING_STATISTICAL as usize),
        pr::PR_GET_TSC => hal::user::store_u32(first, pr::PR_TSC_ENABLE)?,
        pr::PR_SET_TSC if first == pr::PR_TSC_ENABLE as usize => {}
        // It can't be switched on.
        pr::PR_GET_SECCOMP => {}
        option => return capability::control(cx, option, arguments),
    }
    Ok(0)
}

fn set_memory_failure(cx: &Context, [what, when, rest @ ..]: [usize; 4]) -> Result<()> {
    none(&rest)?;
    let (what, when) = (u32::try_from(what), u32::try_from(when));
    let policy = match (what, when) {
        (Ok(pr::PR_MCE_KILL_CLEAR), Ok(0)) => MemoryFailure::Default,
        (Ok(pr::PR_MCE_KILL_SET), Ok(pr::PR_MCE_KILL_EARLY)) => MemoryFailure::Early,
        (Ok(pr::PR_MCE_KILL_SET), Ok(pr::PR_MCE_KILL_LATE)) => MemoryFailure::Late,
        (Ok(pr::PR_MCE_KILL_SET), Ok(pr::PR_MCE_KILL_DEFAULT)) => MemoryFailure::Default,
        _ => return Err(Errno::EINVAL),
    };
    cx.thread.preferences.set_memory_failure(policy);
    Ok(())
}

fn io_flusher(cx: &Context, sets: bool, [first, rest @ ..]: [usize; 4]) -> Result<usize> {
    if !cx.thread.credentials().has(Capability::SysResource) {
        return Err(Errno::EPERM);
    }
    none(&rest)?;
    match (sets, first) {
        (true, 0 | 1) => {
            cx.thread.preferences.set_io_flusher(first == 1);
            Ok(0)
        }
        (false, 0) => Ok(cx.thread.preferences.io_flusher().into()),
        _ => Err(Errno::EINVAL),
    }
}

/// How a feature of the processor that runs ahead is used: there is no switch for a thread, so they
/// are on, and the flush of a cache at switches, which would have to be switched on, is off.
fn speculation(feature: usize) -> Result<usize> {
    match u32::try_from(feature) {
        Ok(pr::PR_SPEC_STORE_BYPASS | pr::PR_SPEC_INDIRECT_BRANCH) => {
            Ok(pr::PR_SPEC_ENABLE as usize)
        }
        Ok(pr::PR_SPEC_L1D_FLUSH) => Ok(pr::PR_SPEC_FORCE_DISABLE as usize),
        _ => Err(Errno::ENODEV),
    }
}

fn control_speculation(feature: usize, wanted: usize) -> Result<()> {
    match (u32::try_from(feature), u32::try_from(wanted)) {
        (Ok(pr::PR_SPEC_STORE_BYPASS), _) => Err(Errno::ENXIO),
        (Ok(pr::PR_SPEC_INDIRECT_BRANCH), Ok(pr::PR_SPEC_ENABLE)) => Ok(()),
        (Ok(pr::PR_SPEC_INDIRECT_BRANCH), Ok(pr::PR_SPEC_DISABLE | pr::PR_SPEC_FORCE_DISABLE))
        | (Ok(pr::PR_SPEC_L1D_FLUSH), _) => Err(Errno::EPERM),
        (Ok(pr::PR_SPEC_INDIRECT_BRANCH), _) => Err(Errno::ERANGE),
        _ => Err(Errno::ENODEV),
    }
}

/// `PR_SET_VMA_ANON_NAME`: what `/proc/PID/maps` calls memory without a file; no name at address 0.
fn name_memory(cx: &Context, start: usize, length: usize, name: usize) -> Result<()> {
    let label = match name {
        0 => Label::None,
        address => {
            let name = read_string(address, MEMORY_NAME_MAX - 1, Errno::EINVAL)?;
            let may_be_in = |byte: &u8| matches!(byte, b' '..=b'~') && !b"\\`$[]".contains(byte);
            if !name.iter().all(may_be_in) {
                return Err(Errno::EINVAL);
            }
            Label::Given(Arc::from(name))
        }
    };
    let length = page_up(length).ok_or(Errno::EINVAL)?;
    let end = start.checked_add(length).ok_or(Errno::EINVAL)?;
    if !start.is_multiple_of(hal::mem::PAGE_SIZE) {
        return Err(Errno::EINVAL);
    }
    cx.process.mm().set_label(&(start..end), &label)
}
