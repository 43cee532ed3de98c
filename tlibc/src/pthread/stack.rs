//! Memory of a thread: one mapping `[guard][stack][thread-local storage][control block]`, kept for the next thread when
//! one ends.

use super::attr::pthread_attr_t;
use super::tcb::Tcb;
use crate::errno::Errno;
use crate::platform::{self, PAGE_SIZE, constants::*};
use crate::start::tls::Template;
use crate::sync::Mutex;
use crate::types::*;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicU32, Ordering};

/// Most stacks and most bytes kept.
const KEPT: usize = 16;
const KEPT_BYTES: usize = 64 << 20;

/// A kept mapping; its control block's `tid` turns 0 when the thread has really left it.
#[derive(Clone, Copy)]
struct Kept {
    tcb: *mut Tcb,
}

struct Cache {
    kept: [Kept; KEPT],
    count: usize,
    bytes: usize,
    /// Blocks whose mappings are to be unmapped once their threads have left, linked by `next_left`.
    left: *mut Tcb,
}

// SAFETY: the mappings belong to no thread while they are kept.
unsafe impl Send for Cache {}

static CACHE: Mutex<Cache> = Mutex::new(Cache {
    kept: [Kept { tcb: null_mut() }; KEPT],
    count: 0,
    bytes: 0,
    left: null_mut(),
});

impl Cache {
    /// Takes the blocks off the list whose threads have gone: a list of them.
    fn take_left(&mut self) -> *mut Tcb {
        let mut gone = null_mut();
        let mut link = &raw mut self.left;
        // SAFETY: blocks on the list stay mapped; the last one's link is null.
        unsafe {
            while !(*link).is_null() {
                let tcb = *link;
                if (*tcb).tid.load(Ordering::Acquire) == 0 {
                    *link = (*tcb).next_left;
                    (*tcb).next_left = gone;
                    gone = tcb;
                } else {
                    link = &raw mut (*tcb).next_left;
                }
            }
        }
        gone
    }
}

/// Unmaps what [`Cache::take_left`] gave.
fn unmap_left(mut gone: *mut Tcb) {
    while !gone.is_null() {
        // SAFETY: nobody uses the mapping any more, and it is on no list.
        unsafe {
            let next = (*gone).next_left;
            let _ = platform::munmap((*gone).mapping.cast(), (*gone).mapping_size);
            gone = next;
        }
    }
}

/// Before a fork: nobody is changing the cache.
pub fn fork_prepare() {
    CACHE.raw().lock();
}

/// After a fork in the parent.
pub fn fork_parent() {
    CACHE.raw().unlock();
}

/// After a fork in the child: threads that were leaving their stacks do not exist here.
pub fn fork_child() {
    CACHE.raw().unlock();
    let cache = CACHE.lock();
    // A page is not written to, and so copied, without need.
    let gone = |tid: &AtomicU32| {
        if tid.load(Ordering::Relaxed) != 0 {
            tid.store(0, Ordering::Relaxed);
        }
    };
    // SAFETY: kept control blocks and those on the list stay mapped.
    unsafe {
        for kept in cache.kept.iter().take(cache.count) {
            gone(&(*kept.tcb).tid);
        }
        let mut left = cache.left;
        while !left.is_null() {
            gone(&(*left).tid);
            left = (*left).next_left;
        }
    }
}

/// A control block, with storage and stack, for a thread with these attributes: `EAGAIN` when memory is short.
pub fn allocate(attr: &pthread_attr_t) -> Result<*mut Tcb, Errno> {
    let template = Template::of_program();
    let top_size = template.total();
    if !attr.stack.is_null() {
        // The program's own stack: the block goes to its top.
        let size = attr
            .stack_size
            .checked_sub(top_size + PAGE_SIZE)
            .ok_or(Errno::EINVAL)?;
        let low = attr.stack.cast::<u8>();
        // SAFETY: the program's promise: the memory is the new thread's.
        return unsafe {
            let top = low.add(size + PAGE_SIZE);
            top.write_bytes(0, top_size);
            let tcb = template.install(top);
            Tcb::init(tcb);
            (*tcb).stack = low;
            (*tcb).stack_size = (tcb as usize - template.offset) - low as usize;
            Ok(tcb)
        };
    }
    let guard = attr.guard_size.next_multiple_of(PAGE_SIZE);
    let size = (attr.stack_size + top_size).next_multiple_of(PAGE_SIZE);
    let (mapping, length) = match reuse(guard, size) {
        Some(found) => found,
        None => map(guard, size)?,
    };
    // SAFETY: the mapping is ours, and the part behind the stack is zero: fresh, or cleared by `reuse`.
    unsafe {
        let top = mapping.add(length - top_size);
        let tcb = template.install(top);
        Tcb::init(tcb);
        (*tcb).mapping = mapping;
        (*tcb).mapping_size = length;
        (*tcb).guard_size = guard;
        (*tcb).stack = mapping.add(guard);
        (*tcb).stack_size = (tcb as usize - template.offset) - (*tcb).stack as usize;
        Ok(tcb)
    }
}

fn map(guard: usize, size: usize) -> Result<(*mut u8, usize), Errno> {
    let length = guard.checked_add(size).ok_or(Errno::EAGAIN)?;
    let protection = (PROT_READ | PROT_WRITE) as c_int;
    let flags = (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK) as c_int;
    // SAFETY: fresh memory wherever the kernel likes.
    let mapping = unsafe { platform::mmap(null_mut(), length, protection, flags, -1, 0) };
    let mapping = mapping.map_err(|_| Errno::EAGAIN)?.cast::<u8>();
    // SAFETY: the guard is the mapping's lowest part, and nobody uses it.
    let guarded = guard == 0
        || unsafe { platform::mprotect(mapping.cast(), guard, PROT_NONE as c_int) }.is_ok();
    if !guarded {
        // SAFETY: just mapped.
        let _ = unsafe { platform::munmap(mapping.cast(), length) };
        return Err(Errno::EAGAIN);
    }
    Ok((mapping, length))
}

/// A kept mapping that fits, with the part above its stack cleared.
fn reuse(guard: usize, size: usize) -> Option<(*mut u8, usize)> {
    let mut cache = CACHE.lock();
    if !cache.left.is_null() {
        let gone = cache.take_left();
        drop(cache);
        unmap_left(gone);
        cache = CACHE.lock();
    }
    // SAFETY: kept control blocks stay mapped.
    unsafe {
        let index = (0..cache.count).find(|&index| {
            let tcb = cache.kept[index].tcb;
            let usable = (*tcb).mapping_size - (*tcb).guard_size;
            (*tcb).guard_size == guard
                && usable >= size
                && usable <= size * 2
                && (*tcb).tid.load(Ordering::Acquire) == 0
        })?;
        let tcb = cache.kept[index].tcb;
        cache.count -= 1;
        cache.kept[index] = cache.kept[cache.count];
        let (mapping, length) = ((*tcb).mapping, (*tcb).mapping_size);
        cache.bytes -= length;
        drop(cache);
        let top = Template::of_program().total();
        mapping.add(length - top).write_bytes(0, top);
        Some((mapping, length))
    }
}

/// Keeps the mapping of a thread that has ended or is about to; false when there is no room.
fn keep(tcb: *mut Tcb) -> bool {
    let mut cache = CACHE.lock();
    // SAFETY: the caller's thread block, still mapped.
    let length = unsafe { (*tcb).mapping_size };
    if cache.count == KEPT || cache.bytes + length > KEPT_BYTES {
        return false;
    }
    let index = cache.count;
    cache.kept[index] = Kept { tcb };
    cache.count += 1;
    cache.bytes += length;
    true
}

/// Releases the memory of a thread that the kernel has finished with.
///
/// # Safety
/// Nothing may refer to the thread any more.
pub unsafe fn release(tcb: *mut Tcb) {
    // SAFETY: the caller's promise.
    unsafe {
        if (*tcb).mapping.is_null() || keep(tcb) {
            return;
        }
        let _ = platform::munmap((*tcb).mapping.cast(), (*tcb).mapping_size);
    }
}

/// Ends the calling thread and releases its memory, on which it still stands.
///
/// # Safety
/// Signals must be blocked, and nothing may refer to the thread any more.
pub unsafe fn release_and_exit(tcb: *mut Tcb) -> ! {
    // SAFETY: the caller's promise. When the mapping is kept, the kernel marks it free by clearing `tid`.
    unsafe {
        if (*tcb).mapping.is_null() || keep(tcb) {
            platform::exit_thread();
        }
        if super::mutex::holds_robust(tcb) {
            // The kernel reads the list in the block when the thread ends.
            let mut cache = CACHE.lock();
            (*tcb).next_left = cache.left;
            cache.left = tcb;
            drop(cache);
            platform::exit_thread();
        }
        // The kernel must not write to `tid` when somebody else may have the memory.
        platform::set_tid_address(core::ptr::null());
        platform::unmap_and_exit_thread((*tcb).mapping, (*tcb).mapping_size)
    }
}
