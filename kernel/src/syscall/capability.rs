//! Capabilities (capabilities(7)): capget(2), capset(2) and their part of prctl(2). What they mean is
//! in [`crate::process::capabilities`].

use linux_raw_sys::general as raw;
use linux_raw_sys::prctl as pr;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::Context;
use crate::errno::{Errno, Result};
use crate::mm::user::{read_struct, write_struct};
use crate::process::capabilities::{KEEP_CAPS, LAST, NO_AMBIENT_RAISE, SECURE_BITS};
use crate::process::{self, Capabilities, Capability, CapabilitySet};

/// `struct __user_cap_header_struct`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

/// `struct __user_cap_data_struct`: 32 capabilities of each set.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, PartialEq, Eq)]
#[repr(C)]
struct Sets {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// How many [`Sets`] a version has; `None` for an unknown one, which is
/// answered with the newest.
fn count(header: usize, version: u32) -> Result<Option<usize>> {
    match version {
        raw::_LINUX_CAPABILITY_VERSION_1 => Ok(Some(1)),
        raw::_LINUX_CAPABILITY_VERSION_2 | raw::_LINUX_CAPABILITY_VERSION_3 => Ok(Some(2)),
        _ => {
            hal::user::store_u32(header, raw::_LINUX_CAPABILITY_VERSION_3)?;
            Ok(None)
        }
    }
}

/// The two halves of the sets.
fn halves(own: &Capabilities) -> [Sets; 2] {
    [0, 32].map(|shift| {
        let half = |set: CapabilitySet| (set.0 >> shift) as u32;
        Sets {
            effective: half(own.effective),
            permitted: half(own.permitted),
            inheritable: half(own.inheritable),
        }
    })
}

/// capget(2).
pub fn capget(cx: &Context, [header, data, ..]: [usize; 6]) -> Result<usize> {
    let version = hal::user::load_u32(header)?;
    let count = count(header, version)?;
    if data == 0 {
        // Asks for the version only.
        return Ok(0);
    }
    let count = count.ok_or(Errno::EINVAL)?;
    let Header { pid, .. } = read_struct(header)?;
    let target = match pid {
        0 => cx.thread.clone(),
        pid if pid < 0 => return Err(Errno::EINVAL),
        pid => process::find_any_thread(pid as u32).ok_or(Errno::ESRCH)?,
    };
    let held = halves(&target.credentials().capabilities);
    for (index, set) in held[..count].iter().enumerate() {
        write_struct(data.wrapping_add(index * size_of::<Sets>()), set)?;
    }
    Ok(0)
}

/// capset(2): of the own process only.
pub fn capset(cx: &Context, [header, data, ..]: [usize; 6]) -> Result<usize> {
    let version = hal::user::load_u32(header)?;
    let count = count(header, version)?.ok_or(Errno::EINVAL)?;
    let Header { pid, .. } = read_struct(header)?;
    if pid != 0 && pid as u32 != cx.thread.tid() {
        return Err(Errno::EPERM);
    }
    let mut wanted = [CapabilitySet::EMPTY; 3];
    for index in 0..count {
        let half: Sets = read_struct(data.wrapping_add(index * size_of::<Sets>()))?;
        let parts = [half.effective, half.permitted, half.inheritable];
        for (set, part) in wanted.iter_mut().zip(parts) {
            let part = CapabilitySet(u64::from(part) << (32 * index));
            *set = set.union(part.intersection(CapabilitySet::ALL));
        }
    }
    let [effective, permitted, inheritable] = wanted;
    let mut new = (*cx.thread.credentials()).clone();
    let own = new.capabilities;
    let inherits = own.inheritable.union(own.permitted).contains(inheritable)
        || own.has(Capability::SetCapabilities);
    let refused = !inherits
        || !own.inheritable.union(own.bounding).contains(inheritable)
        || !own.permitted.contains(permitted)
        || !permitted.contains(effective);
    if refused {
        return Err(Errno::EPERM);
    }
    new.capabilities = Capabilities {
        effective,
        permitted,
        inheritable,
        ambient: own
            .ambient
            .intersection(permitted)
            .intersection(inheritable),
        ..own
    };
    cx.thread.commit_credentials(new);
    Ok(0)
}

/// The calls of prctl(2) that are about capabilities.
pub fn control(cx: &Context, option: u32, arguments: [usize; 4]) -> Result<usize> {
    let [first, second, third, fourth] = arguments;
    let own = cx.thread.credentials();
    let secure_bits = own.capabilities.secure_bits;
    let change = |edit: &dyn Fn(&mut Capabilities)| {
        let mut new = (*own).clone();
        edit(&mut new.capabilities);
        cx.thread.commit_credentials(new);
        Ok(0)
    };
    match option {
        pr::PR_CAPBSET_READ => Ok(own.capabilities.bounding.contains(one(first)?).into()),
        pr::PR_CAPBSET_DROP => {
            if !own.has(Capability::SetCapabilities) {
                return Err(Errno::EPERM);
            }
            let dropped = one(first)?;
            change(&|sets| sets.bounding = sets.bounding.difference(dropped))
        }
        pr::PR_GET_KEEPCAPS => Ok(own.capabilities.is_secure(KEEP_CAPS).into()),
        pr::PR_SET_KEEPCAPS => {
            if first > 1 {
                return Err(Errno::EINVAL);
            }
            if own.capabilities.is_secure(KEEP_CAPS << 1) {
                return Err(Errno::EPERM);
            }
            let keeps = if first == 1 { KEEP_CAPS } else { 0 };
            change(&|sets| sets.secure_bits = secure_bits & !KEEP_CAPS | keeps)
        }
        pr::PR_GET_SECUREBITS => Ok(secure_bits as usize),
        pr::PR_SET_SECUREBITS => {
            const LOCKS: u32 = SECURE_BITS << 1;
            let new = u32::try_from(first).map_err(|_| Errno::EPERM)?;
            let locked = (secure_bits & LOCKS) >> 1;
            let refused = locked & (secure_bits ^ new) != 0
                || secure_bits & LOCKS & !new != 0
                || new & !(SECURE_BITS | LOCKS) != 0
                || !own.has(Capability::SetCapabilities);
            if refused {
                return Err(Errno::EPERM);
            }
            change(&|sets| sets.secure_bits = new)
        }
        pr::PR_CAP_AMBIENT if first == pr::PR_CAP_AMBIENT_CLEAR_ALL as usize => {
            if second | third | fourth != 0 {
                return Err(Errno::EINVAL);
            }
            change(&|sets| sets.ambient = CapabilitySet::EMPTY)
        }
        pr::PR_CAP_AMBIENT => {
            let one = one(second)?;
            if third | fourth != 0 {
                return Err(Errno::EINVAL);
            }
            let sets = own.capabilities;
            match u32::try_from(first) {
                Ok(pr::PR_CAP_AMBIENT_IS_SET) => Ok(sets.ambient.contains(one).into()),
                Ok(pr::PR_CAP_AMBIENT_RAISE) => {
                    let held = sets.permitted.intersection(sets.inheritable);
                    if !held.contains(one) || sets.is_secure(NO_AMBIENT_RAISE) {
                        return Err(Errno::EPERM);
                    }
                    change(&|sets| sets.ambient = sets.ambient.union(one))
                }
                Ok(pr::PR_CAP_AMBIENT_LOWER) => {
                    change(&|sets| sets.ambient = sets.ambient.difference(one))
                }
                _ => Err(Errno::EINVAL),
            }
        }
        _ => Err(Errno::EINVAL),
    }
}

/// The set of the capability that an argument names. `EINVAL`.
fn one(number: usize) -> Result<CapabilitySet> {
    match u32::try_from(number) {
        Ok(number) if number <= LAST => Ok(CapabilitySet::one(number)),
        _ => Err(Errno::EINVAL),
    }
}
