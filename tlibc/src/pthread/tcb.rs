//! The thread control block: what `fs:0` points to in every thread.
//!
//! The first fields are ABI (TLS variant II, and what compilers read: the self pointer, the stack-protector
//! canary at 0x28, the pointer guard at 0x30). Static TLS of the program lies directly below the block. Everything
//! thread-local of the library itself is a field here.

use crate::types::*;
use core::mem::offset_of;
use core::sync::atomic::AtomicU32;

/// A thread's control block.
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
}

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
}

const _: () = assert!(offset_of!(Tcb, self_pointer_again) == 0x10);
const _: () = assert!(offset_of!(Tcb, canary) == 0x28);
const _: () = assert!(offset_of!(Tcb, pointer_guard) == 0x30);

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
