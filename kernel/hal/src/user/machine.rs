//! The register part of the Linux signal frame.

/// General registers in the order and size of Linux's `mcontext_t.gregs` (the first 23 words of
/// `struct sigcontext`, arch/x86/include/uapi/asm/sigcontext.h), which `rt_sigreturn` gets back
/// from the program.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)] // the registers' own names
pub struct MachineContext {
    pub r8: u64,
    pub r9: u64,
    pub r10: u64,
    pub r11: u64,
    pub r12: u64,
    pub r13: u64,
    pub r14: u64,
    pub r15: u64,
    pub rdi: u64,
    pub rsi: u64,
    pub rbp: u64,
    pub rbx: u64,
    pub rdx: u64,
    pub rax: u64,
    pub rcx: u64,
    pub rsp: u64,
    pub rip: u64,
    pub eflags: u64,
    /// `cs`, `gs`, `fs` and `ss` selectors, 16 bits each from the lowest.
    pub csgsfsss: u64,
    pub err: u64,
    pub trapno: u64,
    pub oldmask: u64,
    pub cr2: u64,
}

impl MachineContext {
    /// Number of 64-bit words.
    pub const WORDS: usize = 23;

    /// The words in memory order, for writing the frame.
    pub fn to_words(&self) -> [u64; Self::WORDS] {
        [
            self.r8,
            self.r9,
            self.r10,
            self.r11,
            self.r12,
            self.r13,
            self.r14,
            self.r15,
            self.rdi,
            self.rsi,
            self.rbp,
            self.rbx,
            self.rdx,
            self.rax,
            self.rcx,
            self.rsp,
            self.rip,
            self.eflags,
            self.csgsfsss,
            self.err,
            self.trapno,
            self.oldmask,
            self.cr2,
        ]
    }

    /// The inverse of [`Self::to_words`].
    pub fn from_words(words: [u64; Self::WORDS]) -> Self {
        let [
            r8,
            r9,
            r10,
            r11,
            r12,
            r13,
            r14,
            r15,
            rdi,
            rsi,
            rbp,
            rbx,
            rdx,
            rax,
            rcx,
            rsp,
            rip,
            eflags,
            csgsfsss,
            err,
            trapno,
            oldmask,
            cr2,
        ] = words;
        Self {
            r8,
            r9,
            r10,
            r11,
            r12,
            r13,
            r14,
            r15,
            rdi,
            rsi,
            rbp,
            rbx,
            rdx,
            rax,
            rcx,
            rsp,
            rip,
            eflags,
            csgsfsss,
            err,
            trapno,
            oldmask,
            cr2,
        }
    }
}
