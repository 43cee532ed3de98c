//! The thread control block: what `fs:0` points to in every thread.
//!
//! The first fields are ABI (TLS variant II, and what compilers read: the self pointer, the stack-protector
//! canary at 0x28, the pointer guard at 0x30). Static TLS of the program lies directly below the block. Everything
//! thread-local of the library itself is a field here.

use super::cancel::Cleanup;
use super::key::Values;
use crate::sync::RawMutex;
use crate::types::*;
use core::mem::offset_of;
use core::sync::atomic::{AtomicU32, Ordering};

/// A thread's control block. All zero but for what [`Tcb::init`] sets is a valid block.
#[repr(C, align(64))]
pub struct Tcb {
    /// The block's own address: `mov rax, fs:0` is how code finds it.
    pub self_pointer: *mut Tcb,
    /// Dynamic thread vector; unused in static programs, where it is null.
    pub dtv: *mut c_void,
    /// The self pointer again (glibc's `header.self`).
    pub self_pointer_again: *mut Tcb,
    /// Non-zero once the process has had two threads (glibc's `multiple_threads`).
    pub multiple_threads: c_int,
    /// glibc's `gscope_flag`; unused.
    pub gscope_flag: c_int,
    /// glibc's `sysinfo`; unused.
    pub sysinfo: usize,
    /// Stack-protector canary.
    pub canary: usize,
    /// Secret that `setjmp` mangles saved pointers with.
    pub pointer_guard: usize,
    /// The thread's `errno`.
    pub errno: c_int,
    /// Kernel thread id; the kernel zeroes it and wakes a futex there when the thread is gone.
    pub tid: AtomicU32,
    /// Destructors of thread-local objects, newest first (`thread_atexit`).
    pub destructors: *mut super::thread_atexit::Destructor,
    /// The locale `uselocale` set for this thread, or null for the global one.
    pub locale: *mut c_void,
    /// Free heap blocks of the thread.
    pub cache: crate::malloc::Cache,
    /// Thread-specific data.
    pub values: Values,
    /// Cancellation state: the `cancel` module's flags.
    pub cancel: AtomicU32,
    /// [`JOINABLE`], [`DETACHED`] or [`ENDED`].
    pub life: AtomicU32,
    /// Handlers pushed by `pthread_cleanup_push`, newest first.
    pub cleanup: *mut Cleanup,
    /// The signal mask that it starts with, if not its creator's.
    pub first_mask: Option<crate::platform::KernelMask>,
    /// What the thread runs.
    pub start: Option<super::thread::Start>,
    /// Its argument.
    pub argument: *mut c_void,
    /// What it returned.
    pub result: *mut c_void,
    /// Lowest address of the stack; null for the main thread.
    pub stack: *mut u8,
    /// Its size in bytes.
    pub stack_size: usize,
    /// Bytes of guard below it.
    pub guard_size: usize,
    /// The mapping that holds all of it, or null if the program provided the stack.
    pub mapping: *mut u8,
    /// Its size in bytes.
    pub mapping_size: usize,
    /// The next one on `stack`'s list of blocks whose threads are leaving.
    pub next_left: *mut Tcb,
    /// Whether policy and priority are the thread's own, not its creator's.
    pub explicit_scheduling: bool,
    /// Held while a signal is sent to the thread, and by the thread to stop that.
    pub signal_lock: RawMutex,
    /// Not 0 once signals can no longer be sent; guarded by `signal_lock`.
    pub unreachable: c_int,
    /// Head of the list of robust mutexes that the thread holds (get_robust_list(2)).
    pub robust: super::mutex::RobustList,
    /// Mutexes with a priority ceiling that the thread holds.
    pub ceilings: super::mutex::protect::Ceilings,
    /// The last failure of `dlopen` and its relatives, for `dlerror`.
    pub dl_error: *const c_char,
    /// `h_errno` of the thread.
    pub h_errno: c_int,
}

/// The thread must be joined or detached.
pub const JOINABLE: u32 = 0;
/// The thread frees itself when it ends.
pub const DETACHED: u32 = 1;
/// The thread has ended and waits to be joined.
pub const ENDED: u32 = 2;

const _: () = assert!(offset_of!(Tcb, self_pointer_again) == 0x10);
const _: () = assert!(offset_of!(Tcb, canary) == 0x28);
const _: () = assert!(offset_of!(Tcb, pointer_guard) == 0x30);

impl Tcb {
    /// Fills in what every block needs before code runs on it.
    ///
    /// # Safety
    /// `tcb` must point to zeroed memory of the block's size and alignment.
    pub unsafe fn init(tcb: *mut Tcb) {
        // SAFETY: the caller's promise.
        unsafe {
            (*tcb).self_pointer = tcb;
            (*tcb).self_pointer_again = tcb;
        }
    }

    /// Whether nobody may join the thread.
    pub fn is_detached(&self) -> bool {
        self.life.load(Ordering::Relaxed) == DETACHED
    }
}

/// The running thread's block.
///
/// In a test build this is the host C library's block: only the ABI fields mean what they say there.
#[inline(always)]
pub fn current() -> *mut Tcb {
    let tcb: *mut Tcb;
    // SAFETY: fs:0 holds the self pointer from the first instructions of a process on.
    unsafe {
        core::arch::asm!("mov {}, fs:[0]", out(reg) tcb, options(nostack, preserves_flags, pure, readonly));
    }
    tcb
}

/// The running thread's kernel id, without a system call.
#[cfg(not(test))]
#[inline(always)]
pub fn current_id() -> u32 {
    // SAFETY: the running thread's own block.
    unsafe { (*current()).tid.load(Ordering::Relaxed) }
}

/// The running thread's kernel id.
#[cfg(test)]
pub fn current_id() -> u32 {
    crate::platform::gettid() as u32
}
