//! System V semaphores, message queues and shared memory (sysvipc(7)).

use alloc::sync::Arc;
use alloc::vec::Vec;

use hal::mem::PAGE_SIZE;
use hal::space::Access;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::flags::own;
use super::time::read_timespec;
use super::{Context, block_on};
use crate::errno::{Errno, Result};
use crate::ipc::message::{self, QUEUES, Queue, Wanted};
use crate::ipc::semaphore::{self, Operation, Outcome, SETS, Set};
use crate::ipc::shared_memory::{self, Segment, segments};
use crate::ipc::table::{EXECUTE, NO_WAIT, Object, Permissions, READ, RawPermissions, WRITE};
use crate::mm::user::{read_bytes, read_struct, write_struct};
use crate::mm::{Backing, Label, MapRequest, Replace};
use crate::process::Capability;
use crate::sync::WaitQueue;
use crate::time::Deadline;

/// Waits; a handler ends these calls even with `SA_RESTART` (signal(7)).
fn wait<T>(
    queue: &WaitQueue,
    no_wait: bool,
    deadline: Option<Deadline>,
    operation: impl FnMut() -> Result<T>,
) -> Result<T> {
    match block_on(&[queue], no_wait, deadline, operation) {
        Err(Errno::RESTART) => Err(Errno::RESTART_UNLESS_HANDLED),
        outcome => outcome,
    }
}

/// Checks the caller for the permission to read an object, which the `*_STAT_ANY` commands do without.
fn check_stat(cx: &Context, object: &impl Object, any: bool) -> Result<()> {
    if any {
        return Ok(());
    }
    object.permissions().check(READ, &cx.thread.credentials())
}

fn change_permissions(
    cx: &Context,
    permissions: &mut Permissions,
    new: &RawPermissions,
) -> Result<()> {
    permissions.check_owner(&cx.thread.credentials())?;
    permissions.set(new);
    Ok(())
}

/// semget(2).
pub fn semget(cx: &Context, [key, count, flags, ..]: [usize; 6]) -> Result<usize> {
    let count = usize::try_from(count as i32).map_err(|_| Errno::EINVAL)?;
    if count > semaphore::SEMAPHORES_MAX {
        return Err(Errno::EINVAL);
    }
    let enough = |set: &Set| {
        if count > set.len() {
            Err(Errno::EINVAL)
        } else {
            Ok(())
        }
    };
    let id = SETS.get(
        key as i32,
        flags as u32,
        &cx.thread.credentials(),
        enough,
        |permissions| Set::new(permissions, count),
    )?;
    Ok(id as usize)
}

/// `struct sembuf`.
#[derive(Clone, Copy, FromBytes, IntoBytes)]
#[repr(C)]
struct RawOperation {
    index: u16,
    change: i16,
    flags: u16,
}

/// semtimedop(2).
pub fn semtimedop(cx: &Context, [id, operations, count, timeout, ..]: [usize; 6]) -> Result<usize> {
    let count = count as u32 as usize;
    if count > semaphore::OPERATIONS_MAX {
        return Err(Errno::E2BIG);
    }
    let deadline = match timeout {
        0 => None,
        address => Some(Deadline::after(read_timespec(address)?)),
    };
    let mut wanted: Vec<Operation> = Vec::new();
    wanted.try_reserve_exact(count)?;
    for index in 0..count {
        let at = operations.wrapping_add(index * size_of::<RawOperation>());
        let raw: RawOperation = read_struct(at)?;
        wanted.push(Operation {
            index: raw.index,
            change: raw.change,
            flags: raw.flags,
        });
    }
    if count == 0 || (id as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    let set = SETS.find(id as i32)?;
    let len = set.len();
    if wanted
        .iter()
        .any(|operation| usize::from(operation.index) >= len)
    {
        return Err(Errno::EFBIG);
    }
    let alters = wanted.iter().any(|operation| operation.change != 0);
    let permission = if alters { WRITE } else { READ };
    set.permissions()
        .check(permission, &cx.thread.credentials())?;
    let pid = cx.process.pid;
    let outcome = match set.operate(pid, &wanted) {
        Err(Errno::EAGAIN) => {
            let _waiting = set.await_values(&wanted)?;
            match wait(&set.changed, false, deadline, || set.operate(pid, &wanted)) {
                // Not begun anew even after a stop without a handler (signal(7)).
                Err(Errno::RESTART_UNLESS_HANDLED) => return Err(Errno::EINTR),
                outcome => outcome?,
            }
        }
        outcome => outcome?,
    };
    match outcome {
        Outcome::Done => Ok(0),
        Outcome::MayNotWait => Err(Errno::EAGAIN),
    }
}

/// semop(2).
pub fn semop(cx: &Context, [id, operations, count, ..]: [usize; 6]) -> Result<usize> {
    semtimedop(cx, [id, operations, count, 0, 0, 0])
}

/// `struct semid64_ds`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct RawSet {
    permissions: RawPermissions,
    /// Operation, unused, change, unused.
    times: [i64; 4],
    count: u64,
    unused: [u64; 2],
}

/// `struct seminfo`.
fn semaphore_info(sets: usize, semaphores: usize) -> [i32; 10] {
    let total = semaphore::SETS_MAX.saturating_mul(semaphore::SEMAPHORES_MAX);
    let number = |value: usize| i32::try_from(value).unwrap_or(i32::MAX);
    [
        number(total),
        number(semaphore::SETS_MAX),
        number(total),
        number(total),
        number(semaphore::SEMAPHORES_MAX),
        number(semaphore::OPERATIONS_MAX),
        number(semaphore::OPERATIONS_MAX),
        number(sets),
        semaphore::VALUE_MAX,
        number(semaphores),
    ]
}

/// semctl(2).
pub fn semctl(cx: &Context, [id, index, command, argument, ..]: [usize; 6]) -> Result<usize> {
    if (id as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    let (index, command) = (index as i32 as usize, command as u32);
    let credentials = cx.thread.credentials();
    match command {
        own::IPC_INFO => {
            write_struct(argument, &semaphore_info(20, semaphore::VALUE_MAX as usize))?;
            return Ok(SETS.highest_index());
        }
        own::SEM_INFO => {
            let all = SETS.all()?;
            let semaphores = all.iter().map(|(_, set)| set.len()).sum();
            write_struct(argument, &semaphore_info(all.len(), semaphores))?;
            return Ok(SETS.highest_index());
        }
        _ => {}
    }
    let (number, set) = match command {
        own::SEM_STAT | own::SEM_STAT_ANY => SETS.at(id as i32)?,
        _ => (id as i32, SETS.find(id as i32)?),
    };
    let readable = || set.permissions().check(READ, &credentials);
    let writable = || set.permissions().check(WRITE, &credentials);
    match command {
        own::IPC_RMID => {
            set.permissions().check_owner(&credentials)?;
            SETS.remove(number);
            set.end();
            Ok(0)
        }
        own::IPC_SET => {
            let new: RawSet = read_struct(argument)?;
            set.set(|permissions| change_permissions(cx, permissions, &new.permissions))?;
            Ok(0)
        }
        own::IPC_STAT | own::SEM_STAT | own::SEM_STAT_ANY => {
            check_stat(cx, &*set, command == own::SEM_STAT_ANY)?;
            let (operated, changed) = set.times();
            let raw = RawSet {
                permissions: set.permissions().raw(),
                times: [operated, 0, changed, 0],
                count: set.len() as u64,
                unused: [0; 2],
            };
            write_struct(argument, &raw)?;
            Ok(if command == own::IPC_STAT {
                0
            } else {
                number as usize
            })
        }
        own::GETVAL | own::GETPID => {
            readable()?;
            let (value, pid) = set.value(index)?;
            Ok(if command == own::GETVAL {
                value as usize
            } else {
                pid as usize
            })
        }
        own::GETNCNT | own::GETZCNT => {
            readable()?;
            set.waiting(index, command == own::GETZCNT)
        }
        own::GETALL => {
            readable()?;
            hal::user::copy_out(argument, set.values()?.as_bytes())?;
            Ok(0)
        }
        own::SETVAL => {
            writable()?;
            set.set_values(index, &[argument as i32], cx.process.pid)?;
            Ok(0)
        }
        own::SETALL => {
            writable()?;
            let bytes = read_bytes(argument, set.len() * 2)?;
            let mut values = Vec::new();
            values.try_reserve_exact(set.len())?;
            let pairs = bytes.as_chunks::<2>().0;
            values.extend(
                pairs
                    .iter()
                    .map(|pair| i32::from(u16::from_le_bytes(*pair))),
            );
            set.set_values(0, &values, cx.process.pid)?;
            Ok(0)
        }
        _ => Err(Errno::EINVAL),
    }
}

/// msgget(2).
pub fn msgget(cx: &Context, [key, flags, ..]: [usize; 6]) -> Result<usize> {
    let id = QUEUES.get(
        key as i32,
        flags as u32,
        &cx.thread.credentials(),
        |_| Ok(()),
        |permissions| Ok(Queue::new(permissions)),
    )?;
    Ok(id as usize)
}

/// msgsnd(2).
pub fn msgsnd(cx: &Context, [id, message, size, flags, ..]: [usize; 6]) -> Result<usize> {
    let kind = read_struct::<i64>(message)?;
    if size > message::SIZE_MAX || (id as i32) < 0 || kind < 1 {
        return Err(Errno::EINVAL);
    }
    crate::mm::admit()?;
    let mut bytes = read_bytes(message.wrapping_add(8), size)?;
    let queue = QUEUES.find(id as i32)?;
    queue.permissions().check(WRITE, &cx.thread.credentials())?;
    let no_wait = flags as u32 & NO_WAIT != 0;
    wait(&queue.changed, no_wait, None, || {
        queue.send(kind, &mut bytes, cx.process.pid)
    })?;
    Ok(0)
}

/// msgrcv(2). `MSG_COPY` is not supported.
pub fn msgrcv(cx: &Context, [id, out, size, kind, flags, _]: [usize; 6]) -> Result<usize> {
    const COPY: u32 = 0o40000;
    let (flags, kind) = (flags as u32, kind as i64);
    if flags & COPY != 0 {
        return Err(Errno::ENOSYS);
    }
    if (id as i32) < 0 || size as isize <= -1 {
        return Err(Errno::EINVAL);
    }
    let wanted = match kind {
        0 => Wanted::Any,
        ..0 => Wanted::UpTo(kind.saturating_neg()),
        _ if flags & own::MSG_EXCEPT != 0 => Wanted::Except(kind),
        _ => Wanted::Of(kind),
    };
    let queue = QUEUES.find(id as i32)?;
    queue.permissions().check(READ, &cx.thread.credentials())?;
    let no_wait = flags & NO_WAIT != 0;
    let cut = flags & own::MSG_NOERROR != 0;
    let received = wait(&queue.changed, no_wait, None, || {
        queue.receive(wanted, size, cut, cx.process.pid)
    });
    let (kind, bytes) = match received {
        Err(Errno::EAGAIN) => return Err(Errno::ENOMSG),
        received => received?,
    };
    let length = bytes.len().min(size);
    hal::user::copy_out(out, &kind.to_le_bytes())?;
    hal::user::copy_out(out.wrapping_add(8), bytes.get(..length).unwrap_or(&[]))?;
    Ok(length)
}

/// `struct msqid64_ds`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct RawQueue {
    permissions: RawPermissions,
    /// Send, receive, change.
    times: [i64; 3],
    bytes: u64,
    messages: u64,
    bytes_max: u64,
    sender: u32,
    receiver: u32,
    unused: [u64; 2],
}

/// `struct msginfo`; its last word is half padding.
fn message_info(pool: usize, map: usize, headers: usize) -> [i32; 8] {
    let number = |value: usize| i32::try_from(value).unwrap_or(i32::MAX);
    [
        number(pool),
        number(map),
        number(message::SIZE_MAX),
        number(message::BYTES_DEFAULT),
        number(message::QUEUES_MAX),
        16,
        number(headers),
        0xffff,
    ]
}

/// msgctl(2).
pub fn msgctl(cx: &Context, [id, command, argument, ..]: [usize; 6]) -> Result<usize> {
    if (id as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    let command = command as u32;
    let credentials = cx.thread.credentials();
    match command {
        own::IPC_INFO => {
            let total = message::QUEUES_MAX * message::BYTES_DEFAULT / 1024;
            let info = message_info(total, message::BYTES_DEFAULT, message::BYTES_DEFAULT);
            write_struct(argument, &info)?;
            return Ok(QUEUES.highest_index());
        }
        own::MSG_INFO => {
            let all = QUEUES.all()?;
            let (mut messages, mut bytes) = (0, 0);
            for (_, queue) in &all {
                let status = queue.status();
                messages += status.messages;
                bytes += status.bytes;
            }
            write_struct(argument, &message_info(all.len(), messages, bytes))?;
            return Ok(QUEUES.highest_index());
        }
        _ => {}
    }
    let (number, queue) = match command {
        own::MSG_STAT | own::MSG_STAT_ANY => QUEUES.at(id as i32)?,
        _ => (id as i32, QUEUES.find(id as i32)?),
    };
    match command {
        own::IPC_RMID => {
            queue.permissions().check_owner(&credentials)?;
            QUEUES.remove(number);
            queue.end();
            Ok(0)
        }
        own::IPC_SET => {
            let new: RawQueue = read_struct(argument)?;
            let bytes_max = usize::try_from(new.bytes_max).map_err(|_| Errno::EINVAL)?;
            queue.set(|permissions, limit| {
                permissions.check_owner(&credentials)?;
                // Only the privileged may raise it (msgctl(2)).
                if bytes_max > message::BYTES_DEFAULT && !credentials.has(Capability::SysResource) {
                    return Err(Errno::EPERM);
                }
                *limit = bytes_max;
                change_permissions(cx, permissions, &new.permissions)
            })?;
            Ok(0)
        }
        own::IPC_STAT | own::MSG_STAT | own::MSG_STAT_ANY => {
            check_stat(cx, &*queue, command == own::MSG_STAT_ANY)?;
            let status = queue.status();
            let raw = RawQueue {
                permissions: queue.permissions().raw(),
                times: [status.sent, status.received, status.changed],
                bytes: status.bytes as u64,
                messages: status.messages as u64,
                bytes_max: status.bytes_max as u64,
                sender: status.sender,
                receiver: status.receiver,
                unused: [0; 2],
            };
            write_struct(argument, &raw)?;
            Ok(if command == own::IPC_STAT {
                0
            } else {
                number as usize
            })
        }
        _ => Err(Errno::EINVAL),
    }
}

/// shmget(2). Huge pages answer `EINVAL`.
pub fn shmget(cx: &Context, [key, size, flags, ..]: [usize; 6]) -> Result<usize> {
    const HUGE: u32 = 0o4000;
    let flags = flags as u32;
    if flags & HUGE != 0 {
        return Err(Errno::EINVAL);
    }
    let enough = |segment: &Segment| {
        if size > segment.size() {
            Err(Errno::EINVAL)
        } else {
            Ok(())
        }
    };
    let id = segments().get(
        key as i32,
        flags,
        &cx.thread.credentials(),
        enough,
        |permissions| Segment::new(permissions, size, cx.process.pid),
    )?;
    Ok(id as usize)
}

/// shmat(2).
pub fn shmat(cx: &Context, [id, address, flags, ..]: [usize; 6]) -> Result<usize> {
    let flags = flags as u32;
    let chosen = address != 0;
    let address = if address.is_multiple_of(PAGE_SIZE) {
        address
    } else if flags & own::SHM_RND != 0 {
        address & !(PAGE_SIZE - 1)
    } else {
        return Err(Errno::EINVAL);
    };
    let replaces = flags & own::SHM_REMAP != 0;
    if (id as i32) < 0 || (address == 0 && replaces) {
        return Err(Errno::EINVAL);
    }
    let segment = segments().find(id as i32)?;
    let read_only = flags & own::SHM_RDONLY != 0;
    let mut wanted = if read_only { READ } else { READ | WRITE };
    if flags & own::SHM_EXEC != 0 {
        wanted |= EXECUTE;
    }
    segment
        .permissions()
        .check(wanted, &cx.thread.credentials())?;
    let mut access = Access::READ;
    access.set(Access::WRITE, !read_only);
    access.set(Access::EXECUTE, flags & own::SHM_EXEC != 0);
    let request = MapRequest {
        address: chosen.then_some(address),
        length: segment.size(),
        access,
        backing: Backing::Shared {
            memory: segment.attach(cx.process.pid)?,
            offset: 0,
        },
        replace: match (chosen, replaces) {
            (false, _) => Replace::Hint,
            (_, true) => Replace::Unmap,
            (_, false) => Replace::Fail,
        },
        grows_down: false,
        label: Label::None,
    };
    match cx.process.mm().map(request, cx.thread.size_limits()) {
        // Something is mapped there (shmat(2)).
        Err(Errno::EEXIST) => Err(Errno::EINVAL),
        outcome => outcome,
    }
}

/// shmdt(2).
pub fn shmdt(cx: &Context, [address, ..]: [usize; 6]) -> Result<usize> {
    if address % PAGE_SIZE != 0 {
        return Err(Errno::EINVAL);
    }
    let mm = cx.process.mm();
    let memory = mm.shared_memory_at(address).ok_or(Errno::EINVAL)?;
    let all = segments().all()?;
    let owner = all.iter().find(|(_, segment)| segment.has(&memory));
    let segment: &Arc<Segment> = owner.map(|(_, segment)| segment).ok_or(Errno::EINVAL)?;
    mm.unmap_shared(address, &memory);
    segment.detached(cx.process.pid);
    Ok(0)
}

/// `struct shmid64_ds`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct RawSegment {
    permissions: RawPermissions,
    size: u64,
    /// Attach, detach, change.
    times: [i64; 3],
    creator: u32,
    last: u32,
    attachments: u64,
    unused: [u64; 2],
}

/// shmctl(2).
pub fn shmctl(cx: &Context, [id, command, argument, ..]: [usize; 6]) -> Result<usize> {
    if (id as i32) < 0 {
        return Err(Errno::EINVAL);
    }
    let command = command as u32;
    let credentials = cx.thread.credentials();
    let table = segments();
    match command {
        own::IPC_INFO => {
            let pages = (shared_memory::SIZE_MAX / PAGE_SIZE) as u64;
            let most = shared_memory::SEGMENTS_MAX as u64;
            let info = [
                shared_memory::SIZE_MAX as u64,
                1,
                most,
                most,
                pages,
                0,
                0,
                0,
                0,
            ];
            write_struct(argument, &info)?;
            return Ok(table.highest_index());
        }
        own::SHM_INFO => {
            let all = table.all()?;
            let pages = all
                .iter()
                .map(|(_, segment)| segment.size().div_ceil(PAGE_SIZE) as u64);
            let info = [all.len() as u64, pages.sum(), 0, 0, 0, 0];
            write_struct(argument, &info)?;
            return Ok(table.highest_index());
        }
        _ => {}
    }
    let (number, segment) = match command {
        own::SHM_STAT | own::SHM_STAT_ANY => table.at(id as i32)?,
        _ => (id as i32, table.find(id as i32)?),
    };
    match command {
        own::IPC_RMID => {
            segment.permissions().check_owner(&credentials)?;
            segment.end();
            drop(segment);
            // Without areas it is gone now.
            segments();
            Ok(0)
        }
        own::IPC_SET => {
            let new: RawSegment = read_struct(argument)?;
            segment.set(|permissions| change_permissions(cx, permissions, &new.permissions))?;
            Ok(0)
        }
        own::SHM_LOCK | own::SHM_UNLOCK => {
            segment.permissions().check_owner(&credentials)?;
            segment.set_locked(command == own::SHM_LOCK);
            Ok(0)
        }
        own::IPC_STAT | own::SHM_STAT | own::SHM_STAT_ANY => {
            check_stat(cx, &*segment, command == own::SHM_STAT_ANY)?;
            let status = segment.status();
            let raw = RawSegment {
                permissions: segment.permissions().raw(),
                size: segment.size() as u64,
                times: [status.attached, status.detached, status.changed],
                creator: segment.creator(),
                last: status.last,
                attachments: segment.attachments() as u64,
                unused: [0; 2],
            };
            write_struct(argument, &raw)?;
            Ok(if command == own::IPC_STAT {
                0
            } else {
                number as usize
            })
        }
        _ => Err(Errno::EINVAL),
    }
}
