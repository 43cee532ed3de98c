//! The signal frame: Linux's `struct rt_sigframe` on the user stack
//! (arch/x86/include/asm/sigframe.h of the ABI), and the way back.
//!
//! From low to high addresses: return address, `ucontext`, `siginfo`, then the
//! vector state in XSAVE format, 64-byte aligned.

use alloc::sync::Arc;

use hal::user::{self, Exception, MachineContext, UserContext};
use linux_raw_sys::general as raw;
use zerocopy::{FromBytes, Immutable, IntoBytes};

use super::{Action, SignalInfo, SignalSet, UserSignalInfo};
use crate::errno::{Errno, Result};
use crate::mm::user::{read_bytes, read_struct, write_struct};
use crate::process::Thread;

/// `stack_t`: the alternate stack of a thread (sigaltstack(2)).
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
pub struct AlternateStack {
    /// Lowest address.
    pub base: usize,
    /// `SS_DISABLE`, `SS_AUTODISARM`.
    pub flags: u32,
    padding: u32,
    /// Length in bytes.
    pub size: usize,
}

impl Default for AlternateStack {
    fn default() -> Self {
        Self {
            base: 0,
            flags: raw::SS_DISABLE,
            padding: 0,
            size: 0,
        }
    }
}

impl AlternateStack {
    /// An alternate stack.
    pub fn new(base: usize, size: usize, flags: u32) -> Self {
        Self {
            base,
            flags,
            padding: 0,
            size,
        }
    }

    /// Whether there is one.
    pub fn is_enabled(&self) -> bool {
        self.flags & raw::SS_DISABLE == 0
    }

    /// Whether a stack pointer is on it.
    pub fn holds(&self, stack_pointer: usize) -> bool {
        self.is_enabled() && stack_pointer > self.base && stack_pointer - self.base <= self.size
    }

    /// As `sigaltstack` reports it: with `SS_ONSTACK` when in use.
    pub fn reported(&self, stack_pointer: usize) -> Self {
        let mut stack = *self;
        if self.holds(stack_pointer) {
            stack.flags |= raw::SS_ONSTACK;
        }
        stack
    }
}

const UC_FP_XSTATE: u64 = 1;
const UC_SIGCONTEXT_SS: u64 = 2;
const UC_STRICT_RESTORE_SS: u64 = 4;

/// `struct rt_sigframe`.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct Frame {
    return_address: usize,
    context: SavedContext,
    info: UserSignalInfo,
}

/// `struct ucontext`: what comes back with the return from the handler.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct SavedContext {
    uc_flags: u64,
    uc_link: usize,
    uc_stack: AlternateStack,
    uc_mcontext: [u64; MachineContext::WORDS],
    fpstate: usize,
    reserved: [u64; 8],
    uc_sigmask: SignalSet,
}

/// Offset of `struct _fpx_sw_bytes` in the legacy FXSAVE area.
const SOFTWARE_BYTES: usize = 464;
const FP_XSTATE_MAGIC1: u32 = 0x4650_5853;
const FP_XSTATE_MAGIC2: u32 = 0x4650_5845;

/// `struct _fpx_sw_bytes`: tells the program how much state follows.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable)]
#[repr(C)]
struct SoftwareBytes {
    magic1: u32,
    extended_size: u32,
    xfeatures: u64,
    xstate_size: u32,
    padding: [u32; 7],
}

/// Pushes a frame and points `user` at the handler. Returns the alternate
/// stack as it is from now on.
///
/// # Errors
///
/// `EFAULT` when the stack cannot be written, `EINVAL` when the action has no
/// restorer (x86-64 needs one).
pub(super) fn push(
    user: &mut UserContext,
    alternate: &AlternateStack,
    action: &Action,
    info: &SignalInfo,
    saved_mask: SignalSet,
    exception: Option<&Exception>,
) -> Result<AlternateStack> {
    if !action.has(raw::SA_RESTORER) {
        return Err(Errno::EINVAL);
    }
    let old_stack = user.stack_pointer();
    let on_alternate = alternate.holds(old_stack);
    // The 128 bytes below the stack pointer belong to the program (red zone).
    let mut top = old_stack.wrapping_sub(128);
    if action.has(raw::SA_ONSTACK) && alternate.is_enabled() && !on_alternate {
        top = alternate.base.saturating_add(alternate.size);
    }

    let state_size = user::vector_state_size();
    let software = SoftwareBytes {
        magic1: FP_XSTATE_MAGIC1,
        extended_size: state_size as u32 + 4,
        xfeatures: user::vector_state_features(),
        xstate_size: state_size as u32,
        padding: [0; 7],
    };
    let state_at = top.wrapping_sub(software.extended_size as usize) & !63;
    // At the handler's first instruction the stack is as after a call.
    let frame_at = (state_at.wrapping_sub(size_of::<Frame>()) & !15).wrapping_sub(8);

    if alternate.holds(frame_at.wrapping_add(8)) || (on_alternate && frame_at < alternate.base) {
        if frame_at < alternate.base {
            return Err(Errno::EFAULT);
        }
    } else if on_alternate || top != old_stack.wrapping_sub(128) {
        // The frame does not fit on the alternate stack.
        return Err(Errno::EFAULT);
    }

    // Asked before the frame is built, so that the registers go straight into it.
    let told =
        exception.map(|exception| (exception.error_code(), exception.trapno(), exception.cr2()));
    let mut context = user.machine_context();
    let (err, trapno, cr2) = told.unwrap_or((context.err, context.trapno, context.cr2));
    context = MachineContext {
        oldmask: saved_mask.0,
        err,
        trapno,
        cr2,
        ..context
    };
    let frame = Frame {
        return_address: action.restorer,
        context: SavedContext {
            uc_flags: UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS,
            uc_link: 0,
            uc_stack: alternate.reported(old_stack),
            uc_mcontext: context.to_words(),
            fpstate: state_at,
            reserved: [0; 8],
            uc_sigmask: saved_mask,
        },
        info: (*info).into(),
    };
    user::write_vector_state(state_at)?;
    write_struct(state_at + SOFTWARE_BYTES, &software)?;
    write_struct(state_at + state_size, &FP_XSTATE_MAGIC2)?;
    write_struct(frame_at, &frame)?;

    user.set_instruction_pointer(action.handler);
    user.set_stack_pointer(frame_at);
    user.set_argument(0, info.signo as usize);
    user.set_argument(1, frame_at + core::mem::offset_of!(Frame, info));
    user.set_argument(2, frame_at + core::mem::offset_of!(Frame, context));
    user.clear_call_flags();
    // A handler declared without a prototype looks at al (System V ABI, 3.5.7).
    user.set_syscall_result(0);
    user::reset_vector_state();

    let mut stack = *alternate;
    if stack.flags & raw::SS_AUTODISARM != 0 && stack.is_enabled() {
        stack = AlternateStack::default();
    }
    Ok(stack)
}

/// rt_sigreturn(2): restores what the frame at the stack pointer says.
pub fn sigreturn(thread: &Arc<Thread>, user: &mut UserContext) -> Result<()> {
    // The handler's return has taken the frame's first word.
    let frame: SavedContext = read_struct(user.stack_pointer())?;
    let state_at = frame.fpstate;
    if state_at == 0 {
        user::reset_vector_state();
    } else if user::read_vector_state(state_at).is_err() {
        // Not aligned, or wrong: the slow way tells.
        let state = read_bytes(state_at, user::vector_state_size())?;
        user::restore_vector_state(&state).map_err(|_| Errno::EINVAL)?;
    }
    user.set_machine_context(&MachineContext::from_words(frame.uc_mcontext));
    let stack_pointer = user.stack_pointer();
    {
        let mut signals = thread.signals.lock();
        let wanted = frame.uc_stack;
        let flags = wanted.flags & !raw::SS_ONSTACK;
        if !signals.alternate_stack.holds(stack_pointer)
            && flags & !(raw::SS_DISABLE | raw::SS_AUTODISARM) == 0
        {
            signals.alternate_stack = AlternateStack::new(wanted.base, wanted.size, flags);
        }
    }
    super::set_mask(thread, frame.uc_sigmask);
    Ok(())
}
