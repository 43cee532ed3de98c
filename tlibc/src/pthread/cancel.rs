//! Cancellation: deferred at cancellation points, and asynchronous (POSIX.1-2024, 2.9.5).
//!
//! A blocking call that is a cancellation point goes through [`syscall`]: an assembly routine that looks at the
//! thread's flags directly before it enters the kernel. `pthread_cancel` sets a flag and sends [`SIGNAL`]; its handler,
//! if it finds the thread between look and kernel, moves it to the routine's exit with `ECANCELED`; a
//! call that sleeps comes back with `EINTR`. Elsewhere, perhaps in a handler of the program on top of such a call that will
//! start over, it lets itself be called again when the code it interrupted has returned. So no request is lost, and none acts
//! after a call has taken effect.

use super::tcb::{self, Tcb};
use super::wait::{self, Deadline};
use super::{pthread_t, thread};
use crate::errno::Errno;
use crate::platform::{self, Scope, constants::*};
use crate::signal::siginfo_t;
use crate::sync::Once;
use crate::types::*;
use core::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// The signal that interrupts a thread to be cancelled: the first real-time one, which programs do not see.
pub const SIGNAL: c_int = 32;

/// Cancellation requests are acted upon.
pub const PTHREAD_CANCEL_ENABLE: c_int = 0;
/// They are held back.
pub const PTHREAD_CANCEL_DISABLE: c_int = 1;
/// At cancellation points.
pub const PTHREAD_CANCEL_DEFERRED: c_int = 0;
/// At once.
pub const PTHREAD_CANCEL_ASYNCHRONOUS: c_int = 1;
/// What joining a cancelled thread yields.
pub const PTHREAD_CANCELED: *mut c_void = usize::MAX as *mut c_void;

/// Bits of `Tcb::cancel`.
const DISABLED: u32 = 1;
const ASYNCHRONOUS: u32 = 2;
const PENDING: u32 = 4;
const EXITING: u32 = 8;

/// One handler of `pthread_cleanup_push`, on the pusher's stack (glibc's `struct _pthread_cleanup_buffer`).
#[repr(C)]
#[derive(Debug)]
pub struct Cleanup {
    routine: unsafe extern "C" fn(*mut c_void),
    argument: *mut c_void,
    cancel_type: c_int,
    previous: *mut Cleanup,
}

impl Cleanup {
    /// A handler in front of another.
    pub(super) fn new(
        routine: unsafe extern "C" fn(*mut c_void),
        argument: *mut c_void,
        cancel_type: c_int,
        previous: *mut Cleanup,
    ) -> Self {
        Self {
            routine,
            argument,
            cancel_type,
            previous,
        }
    }

    /// The handler that was pushed before.
    pub(super) fn previous(&self) -> *mut Cleanup {
        self.previous
    }

    /// The type of cancellation to go back to.
    pub(super) fn cancel_type(&self) -> c_int {
        self.cancel_type
    }
}

fn flags() -> &'static AtomicU32 {
    // SAFETY: the thread's own block, which outlives the thread's code.
    unsafe { &(*tcb::current()).cancel }
}

/// Whether a request is pending and may be acted upon.
fn requested(flags: u32) -> bool {
    flags & (DISABLED | PENDING | EXITING) == PENDING
}

/// Whether somebody has asked the calling thread to end, acted upon or not: [`SIGNAL`] may be blocked in it then.
pub(crate) fn is_pending() -> bool {
    flags().load(Ordering::Relaxed) & PENDING != 0
}

/// From here on the thread ignores requests: it is ending.
pub(super) fn stop_for_good() {
    flags().fetch_or(EXITING, Ordering::Relaxed);
}

/// Runs and removes the cleanup handlers.
pub(super) fn run_cleanup() {
    let tcb = tcb::current();
    // SAFETY: the handlers' frames are below, still alive; each is removed before it runs.
    unsafe {
        while !(*tcb).cleanup.is_null() {
            let cleanup = (*tcb).cleanup;
            (*tcb).cleanup = (*cleanup).previous;
            ((*cleanup).routine)((*cleanup).argument);
        }
    }
}

/// A cancellation point and nothing else.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn pthread_testcancel() {
    if requested(flags().load(Ordering::Relaxed)) {
        exit_cancelled();
    }
}

/// Enables or disables cancellation; the old state goes to `*old`. 0 or `EINVAL`.
///
/// # Safety
/// `old` must be null or valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_setcancelstate(state: c_int, old: *mut c_int) -> c_int {
    let before = match state {
        PTHREAD_CANCEL_ENABLE => flags().fetch_and(!DISABLED, Ordering::Relaxed),
        PTHREAD_CANCEL_DISABLE => flags().fetch_or(DISABLED, Ordering::Relaxed),
        _ => return Errno::EINVAL.0,
    };
    if !old.is_null() {
        // SAFETY: the caller's promise.
        unsafe { old.write(c_int::from(before & DISABLED != 0)) };
    }
    act_if_asynchronous();
    if state == PTHREAD_CANCEL_ENABLE && before & (DISABLED | PENDING) == DISABLED | PENDING {
        // Held back until now, without a signal. This may be a handler on top of a blocking call.
        // Cannot fail: the thread is there.
        let _ = platform::tgkill(platform::getpid(), tcb::current_id() as pid_t, SIGNAL);
    }
    0
}

/// Chooses between deferred and asynchronous cancellation; the old type goes to `*old`. 0 or `EINVAL`.
///
/// # Safety
/// `old` must be null or valid for a write.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_setcanceltype(kind: c_int, old: *mut c_int) -> c_int {
    let before = match kind {
        PTHREAD_CANCEL_DEFERRED => flags().fetch_and(!ASYNCHRONOUS, Ordering::Relaxed),
        PTHREAD_CANCEL_ASYNCHRONOUS => flags().fetch_or(ASYNCHRONOUS, Ordering::Relaxed),
        _ => return Errno::EINVAL.0,
    };
    if !old.is_null() {
        // SAFETY: the caller's promise.
        unsafe { old.write(c_int::from(before & ASYNCHRONOUS != 0)) };
    }
    act_if_asynchronous();
    0
}

fn act_if_asynchronous() {
    if flags().load(Ordering::Relaxed) & ASYNCHRONOUS != 0 {
        pthread_testcancel();
    }
}

/// Asks a thread to end; 0.
///
/// # Safety
/// `thread` must be a thread that was not joined.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pthread_cancel(thread: pthread_t) -> c_int {
    install_handler();
    // Opaque to the compiler, which would otherwise see the only value stored and call it by name.
    EXIT.store(
        core::hint::black_box(exit_now as *mut ()),
        Ordering::Release,
    );
    let tcb = thread as *mut Tcb;
    // SAFETY: the caller's promise.
    unsafe {
        let before = (*tcb).cancel.fetch_or(PENDING, Ordering::SeqCst);
        if tcb == tcb::current() {
            act_if_asynchronous();
            return 0;
        }
        if before & (DISABLED | EXITING | PENDING) != 0 {
            // It looks when it enables cancellation, is ending, or has been sent the signal: nothing to interrupt.
            return 0;
        }
        thread::interrupt(thread, SIGNAL)
    }
}

pub(crate) fn install_handler() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call(|| {
        // SAFETY: the handler touches only the interrupted thread's context and block.
        let outcome = unsafe {
            platform::install_context_handler(SIGNAL, handler, SA_SIGINFO | SA_RESTART | SA_ONSTACK)
        };
        if outcome.is_err() {
            crate::panic::fatal(&["tlibc: cannot install the cancellation handler"]);
        }
    });
}

/// Interrupts a thread that is to be cancelled.
unsafe extern "C" fn handler(_signal: c_int, info: *mut c_void, context: *mut c_void) {
    // SAFETY: the kernel's information about this signal.
    if crate::mqueue::deliver(unsafe { &*info.cast::<siginfo_t>() }) {
        return;
    }
    let now = flags().load(Ordering::Relaxed);
    if !requested(now) {
        return;
    }
    if now & ASYNCHRONOUS != 0 {
        platform::unblock_signal(SIGNAL);
        exit_cancelled();
    }
    #[cfg(not(test))]
    // SAFETY: the kernel's signal frame; the addresses are the routine's own labels.
    unsafe {
        let rip = platform::context_instruction_pointer(context);
        if (cancellable::begin()..cancellable::end()).contains(&*rip) {
            *rip = cancellable::cancelled();
            return;
        }
        // The signal is blocked until what was interrupted returns from its own handler, if it is in one, and comes again
        // with the instruction pointer that the kernel has left below that. Else it stays blocked: each call looks at the flags.
        *platform::context_signal_mask(context) |= 1 << (SIGNAL - 1);
        // Cannot fail: the thread is there.
        let _ = platform::tgkill(platform::getpid(), tcb::current_id() as pid_t, SIGNAL);
    }
    #[cfg(test)]
    let _ = context;
}

#[cfg(not(test))]
mod cancellable {
    //! The routine: `(flags, number, arguments) -> raw result`, `-ECANCELED` if cancelled before it took effect.

    use core::sync::atomic::AtomicU32;

    core::arch::global_asm!(
        ".pushsection .text.__tlibc_cancellable, \"ax\", @progbits",
        ".globl __tlibc_cancellable",
        ".hidden __tlibc_cancellable",
        ".type __tlibc_cancellable, @function",
        "__tlibc_cancellable:",
        "    .cfi_startproc",
        "    mov r11, rdi",
        "    mov eax, esi",
        "    mov rcx, rdx",
        "    mov rdi, [rcx]",
        "    mov rsi, [rcx + 8]",
        "    mov rdx, [rcx + 16]",
        "    mov r10, [rcx + 24]",
        "    mov r8, [rcx + 32]",
        "    mov r9, [rcx + 40]",
        ".globl __tlibc_cancellable_begin",
        ".hidden __tlibc_cancellable_begin",
        "__tlibc_cancellable_begin:",
        // Pending (4), and neither disabled (1) nor ending (8).
        "    mov ecx, [r11]",
        "    and ecx, 13",
        "    cmp ecx, 4",
        "    je __tlibc_cancellable_cancelled",
        "    syscall",
        ".globl __tlibc_cancellable_end",
        ".hidden __tlibc_cancellable_end",
        "__tlibc_cancellable_end:",
        "    ret",
        ".globl __tlibc_cancellable_cancelled",
        ".hidden __tlibc_cancellable_cancelled",
        "__tlibc_cancellable_cancelled:",
        "    mov rax, -125",
        "    ret",
        "    .cfi_endproc",
        ".size __tlibc_cancellable, . - __tlibc_cancellable",
        ".popsection",
    );

    unsafe extern "C" {
        pub fn __tlibc_cancellable(
            flags: *const AtomicU32,
            number: u32,
            arguments: *const [usize; 6],
        ) -> isize;
        static __tlibc_cancellable_begin: u8;
        static __tlibc_cancellable_end: u8;
        static __tlibc_cancellable_cancelled: u8;
    }

    /// First instruction at which a thread may be moved to the exit.
    pub fn begin() -> usize {
        &raw const __tlibc_cancellable_begin as usize
    }

    /// The instruction after the system call.
    pub fn end() -> usize {
        &raw const __tlibc_cancellable_end as usize
    }

    /// The exit.
    pub fn cancelled() -> usize {
        &raw const __tlibc_cancellable_cancelled as usize
    }
}

/// A system call that can be cancelled: `Err(ECANCELED)` when the thread is to end and the call has had no effect. The
/// caller tidies up and calls [`exit_cancelled`].
///
/// # Safety
/// As for the bare system call.
#[inline]
pub unsafe fn raw(number: u32, arguments: [usize; 6]) -> Result<usize, Errno> {
    #[cfg(not(test))]
    // SAFETY: the caller's promise.
    unsafe {
        let flags = flags();
        let result = cancellable::__tlibc_cancellable(flags, number, &raw const arguments);
        let result = platform::raw::check(result);
        let interrupted = matches!(result, Err(Errno::EINTR)) && number != __NR_close;
        if interrupted && requested(flags.load(Ordering::Relaxed)) {
            return Err(Errno::ECANCELED);
        }
        result
    }
    #[cfg(test)]
    // SAFETY: the caller's promise. The host's threads are not ours to cancel.
    unsafe {
        <platform::Current as platform::Kernel>::call(number, arguments)
    }
}

/// [`raw`] for calls with nothing to tidy up: does not return when the thread is cancelled.
///
/// # Safety
/// As for the bare system call.
#[inline]
pub unsafe fn syscall(number: u32, arguments: [usize; 6]) -> Result<usize, Errno> {
    // SAFETY: the caller's promise.
    match unsafe { raw(number, arguments) } {
        Err(Errno::ECANCELED) if cfg!(not(test)) && requested(flags().load(Ordering::Relaxed)) => {
            exit_cancelled()
        }
        result => result,
    }
}

/// `exit_now`, once `pthread_cancel` has been called: without a call by name, programs that cancel nothing do not
/// contain the end of threads because of a mere `write`.
static EXIT: AtomicPtr<()> = AtomicPtr::new(core::ptr::null_mut());

extern "C" fn exit_now() -> ! {
    thread::pthread_exit(PTHREAD_CANCELED)
}

/// Ends the calling thread because it was cancelled.
pub fn exit_cancelled() -> ! {
    let exit = EXIT.load(Ordering::Acquire);
    if exit.is_null() {
        // Impossible: a request is only ever made by `pthread_cancel`.
        platform::abort()
    }
    // SAFETY: stored by `pthread_cancel`, which stores `exit_now`.
    let exit: extern "C" fn() -> ! = unsafe { core::mem::transmute(exit) };
    exit()
}

/// Like `wait::sleep`, as a cancellation point; on cancellation the thread ends here.
pub fn sleep(
    word: &AtomicU32,
    value: u32,
    deadline: Option<Deadline>,
    scope: Scope,
) -> Result<(), Errno> {
    match sleep_or_cancelled(word, value, deadline, scope) {
        Err(Errno::ECANCELED) => exit_cancelled(),
        result => result,
    }
}

/// Like `wait::sleep`, with `ECANCELED` when the thread is to end; the caller tidies up and calls [`exit_cancelled`].
pub fn sleep_or_cancelled(
    word: &AtomicU32,
    value: u32,
    deadline: Option<Deadline>,
    scope: Scope,
) -> Result<(), Errno> {
    match sleep_or_interrupted(word, value, deadline, scope) {
        Err(Errno::EINTR | Errno::EAGAIN) => Ok(()),
        result => result,
    }
}

/// Like [`sleep_or_cancelled`], but a signal ends it with `EINTR`, and a changed word with `EAGAIN`.
pub fn sleep_or_interrupted(
    word: &AtomicU32,
    value: u32,
    deadline: Option<Deadline>,
    scope: Scope,
) -> Result<(), Errno> {
    wait::check(deadline)?;
    if deadline.is_some_and(|(_, at)| at.tv_sec < 0) {
        return Err(Errno::ETIMEDOUT);
    }
    let arguments = platform::futex_wait_arguments(word, value, deadline, scope);
    // SAFETY: the word and the deadline are live references.
    unsafe { raw(__NR_futex, arguments).map(drop) }
}

/// Pushes a cleanup handler; the buffer is on the caller's stack until the matching pop.
///
/// # Safety
/// `buffer` must stay alive until it is popped.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn _pthread_cleanup_push(
    buffer: *mut Cleanup,
    routine: unsafe extern "C" fn(*mut c_void),
    argument: *mut c_void,
) {
    let tcb = tcb::current();
    // SAFETY: the caller's promise.
    unsafe {
        buffer.write(Cleanup {
            routine,
            argument,
            cancel_type: 0,
            previous: (*tcb).cleanup,
        });
        (*tcb).cleanup = buffer;
    }
}

/// Removes the newest cleanup handler, and runs it if `execute` is not 0.
///
/// # Safety
/// `buffer` must be the one pushed last.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn _pthread_cleanup_pop(buffer: *mut Cleanup, execute: c_int) {
    // SAFETY: the caller's promise.
    unsafe {
        (*tcb::current()).cleanup = (*buffer).previous;
        if execute != 0 {
            ((*buffer).routine)((*buffer).argument);
        }
    }
}
