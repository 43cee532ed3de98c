//! The general registers of a user thread.

use super::{MachineContext, Trap};

/// Flags that user mode may have: status flags, TF, DF, RF, AC, ID. The rest (IF, IOPL, NT, VM…) is
/// the kernel's.
const USER_FLAGS: u64 = 0x0025_0dd5;
/// IF and the bit that is always one.
const FIXED_FLAGS: u64 = 0x202;
/// User code and stack selectors, fixed by the layout of the GDT.
pub(crate) const USER_CODE_SELECTOR: u64 = 0x33;
pub(crate) const USER_DATA_SELECTOR: u64 = 0x2b;

/// The general registers of a user thread that is not running.
///
/// ```no_run
/// # use clew_hal::user::{Trap, UserContext};
/// let mut context = UserContext::new(0x40_0000, 0x7fff_0000_0000);
/// loop {
///     match context.run() {
///         Trap::Syscall => context.set_syscall_result((-38_isize) as usize),
///         Trap::Exception(_) => break,
///         Trap::Interrupt => {}
///     }
/// }
/// ```
#[repr(C)]
#[derive(Clone, Debug)]
pub struct UserContext {
    // The entry code of the x86_64 backend knows this layout through `offset_of!`.
    pub(crate) rax: u64,
    pub(crate) rbx: u64,
    pub(crate) rcx: u64,
    pub(crate) rdx: u64,
    pub(crate) rsi: u64,
    pub(crate) rdi: u64,
    pub(crate) rbp: u64,
    pub(crate) rsp: u64,
    pub(crate) r8: u64,
    pub(crate) r9: u64,
    pub(crate) r10: u64,
    pub(crate) r11: u64,
    pub(crate) r12: u64,
    pub(crate) r13: u64,
    pub(crate) r14: u64,
    pub(crate) r15: u64,
    pub(crate) rip: u64,
    pub(crate) rflags: u64,
    /// Vector of the last trap, or the entry code's number for a system call.
    pub(crate) vector: u64,
    /// Error code of the last exception.
    pub(crate) error: u64,
    /// CR2 of the last exception.
    pub(crate) address: u64,
    /// `rax` at the last system call: its number, which the result overwrites.
    pub(crate) number: u64,
}

impl UserContext {
    /// Registers of a new program: all zero but the entry point and the stack pointer.
    pub fn new(entry: usize, stack: usize) -> Self {
        Self {
            rax: 0,
            rbx: 0,
            rcx: 0,
            rdx: 0,
            rsi: 0,
            rdi: 0,
            rbp: 0,
            rsp: stack as u64,
            r8: 0,
            r9: 0,
            r10: 0,
            r11: 0,
            r12: 0,
            r13: 0,
            r14: 0,
            r15: 0,
            rip: entry as u64,
            rflags: FIXED_FLAGS,
            vector: 0,
            error: 0,
            address: 0,
            number: 0,
        }
    }

    /// Runs user mode in the active address space until it traps. Interrupts have been handed to
    /// the installed handlers when [`Trap::Interrupt`] comes back. An instruction pointer outside
    /// of user space is reported as [`super::Exception::GeneralProtection`] without entering user
    /// mode.
    #[inline]
    pub fn run(&mut self) -> Trap {
        super::backend::run(self)
    }

    /// Number of the system call that trapped; not changed by [`Self::set_syscall_result`].
    #[inline]
    pub fn syscall_number(&self) -> usize {
        self.number as usize
    }

    /// Arguments of the system call that trapped (`rdi`, `rsi`, `rdx`, `r10`, `r8`, `r9`).
    #[inline]
    pub fn syscall_args(&self) -> [usize; 6] {
        [self.rdi, self.rsi, self.rdx, self.r10, self.r8, self.r9].map(|register| register as usize)
    }

    /// Sets what the system call returns: a value, or a negative errno in two's complement.
    #[inline]
    pub fn set_syscall_result(&mut self, result: usize) {
        self.rax = result as u64;
    }

    /// The register a system call's result is in.
    #[inline]
    pub fn syscall_result(&self) -> usize {
        self.rax as usize
    }

    /// Makes the thread issue a system call again: the instruction pointer goes back to the
    /// two-byte `syscall` instruction and `number` to `rax`. Only right after [`Trap::Syscall`],
    /// before the instruction pointer is changed otherwise.
    pub fn restart_syscall(&mut self, number: usize) {
        self.rax = number as u64;
        self.rip = self.rip.wrapping_sub(2);
    }

    /// Address of the next instruction.
    pub fn instruction_pointer(&self) -> usize {
        self.rip as usize
    }

    /// Whether no instruction has run in user mode since the last system call returned: on the way
    /// in, `sysret` leaves the address in `rcx`. Code that puts it there itself deceives.
    pub fn has_just_returned(&self) -> bool {
        self.rcx == self.rip
    }

    /// Sets the address of the next instruction. Any value is allowed, see [`Self::run`].
    pub fn set_instruction_pointer(&mut self, address: usize) {
        self.rip = address as u64;
    }

    /// The stack pointer.
    pub fn stack_pointer(&self) -> usize {
        self.rsp as usize
    }

    /// Sets the stack pointer. Any value is allowed.
    pub fn set_stack_pointer(&mut self, address: usize) {
        self.rsp = address as u64;
    }

    /// Sets the `index`th integer argument of a function call (System V ABI: `rdi`, `rsi`, `rdx`,
    /// `rcx`, `r8`, `r9`).
    ///
    /// # Panics
    /// When `index` is not below 6.
    pub fn set_argument(&mut self, index: usize, value: usize) {
        let register = match index {
            0 => &mut self.rdi,
            1 => &mut self.rsi,
            2 => &mut self.rdx,
            3 => &mut self.rcx,
            4 => &mut self.r8,
            5 => &mut self.r9,
            _ => panic!("argument {index} is not in a register"),
        };
        *register = value as u64;
    }

    /// Prepares the flags for calling a signal handler: DF, RF and TF clear, as the System V ABI
    /// wants them at a function's entry.
    pub fn clear_call_flags(&mut self) {
        self.rflags &= !0x1_0500;
    }

    /// Drops flags that user mode can't have.
    #[cfg(target_os = "none")]
    pub(crate) fn sanitize_flags(&mut self) {
        self.rflags = self.rflags & USER_FLAGS | FIXED_FLAGS;
    }

    /// The registers as the signal frame has them. `err`, `trapno` and `cr2` tell of the last
    /// exception (0 when the last trap was another), `oldmask` is 0.
    pub fn machine_context(&self) -> MachineContext {
        let exception = self.vector < 32;
        let only_after_exception = |value| if exception { value } else { 0 };
        MachineContext {
            r8: self.r8,
            r9: self.r9,
            r10: self.r10,
            r11: self.r11,
            r12: self.r12,
            r13: self.r13,
            r14: self.r14,
            r15: self.r15,
            rdi: self.rdi,
            rsi: self.rsi,
            rbp: self.rbp,
            rbx: self.rbx,
            rdx: self.rdx,
            rax: self.rax,
            rcx: self.rcx,
            rsp: self.rsp,
            rip: self.rip,
            eflags: self.rflags,
            csgsfsss: USER_CODE_SELECTOR | USER_DATA_SELECTOR << 48,
            err: only_after_exception(self.error),
            trapno: only_after_exception(self.vector),
            oldmask: 0,
            cr2: only_after_exception(self.address),
        }
    }

    /// Takes the registers of a signal frame. The frame is the program's: flags that are the
    /// kernel's keep the kernel's values, selectors and the exception words are ignored, any
    /// instruction pointer is allowed (see [`Self::run`]).
    pub fn set_machine_context(&mut self, machine: &MachineContext) {
        *self = Self {
            rax: machine.rax,
            rbx: machine.rbx,
            rcx: machine.rcx,
            rdx: machine.rdx,
            rsi: machine.rsi,
            rdi: machine.rdi,
            rbp: machine.rbp,
            rsp: machine.rsp,
            r8: machine.r8,
            r9: machine.r9,
            r10: machine.r10,
            r11: machine.r11,
            r12: machine.r12,
            r13: machine.r13,
            r14: machine.r14,
            r15: machine.r15,
            rip: machine.rip,
            rflags: machine.eflags & USER_FLAGS | FIXED_FLAGS,
            vector: self.vector,
            error: self.error,
            address: self.address,
            number: self.number,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_frame_cannot_raise_privileges() {
        let mut context = UserContext::new(0x1000, 0x2000);
        let machine = MachineContext {
            eflags: u64::MAX,
            csgsfsss: 0x8,
            rip: u64::MAX,
            ..context.machine_context()
        };
        context.set_machine_context(&machine);
        assert_eq!(context.rflags & 0x3000, 0, "IOPL");
        assert_eq!(context.rflags & 0x4000, 0, "NT");
        assert_eq!(context.rflags & 0x2_0000, 0, "VM");
        assert_ne!(context.rflags & 0x200, 0, "IF");
        assert_eq!(context.machine_context().csgsfsss, 0x002b_0000_0000_0033);
    }

    #[test]
    fn a_signal_frame_round_trips() {
        let mut words = [0; MachineContext::WORDS];
        for (index, word) in words.iter_mut().enumerate() {
            *word = index as u64 * 0x0101_0101;
        }
        words[17] = 0x246;
        let mut context = UserContext::new(0, 0);
        context.set_machine_context(&MachineContext::from_words(words));
        let back = context.machine_context().to_words();
        assert_eq!(back[..18], words[..18]);
    }

    #[test]
    fn a_restarted_call_points_at_its_instruction() {
        let mut context = UserContext::new(0x1002, 0);
        context.set_syscall_result(5);
        context.restart_syscall(202);
        assert_eq!(
            (context.instruction_pointer(), context.syscall_result()),
            (0x1000, 202)
        );
    }
}
