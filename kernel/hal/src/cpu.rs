//! The processors: who am I, waiting for interrupts, and what programs are told about the CPU.

use crate::backend::cpu as backend;

/// Most CPUs this kernel can use.
pub const MAX_CPUS: usize = 16;

/// Index of the CPU that runs this, below [`count`].
#[inline]
pub fn id() -> usize {
    backend::id()
}

/// CPUs in use.
pub fn count() -> usize {
    backend::count()
}

/// What [`interrupts`] counts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterruptKind {
    /// The CPU's own timer.
    Timer,
    /// [`kick`] by another CPU.
    Kick,
    /// Another CPU asked to forget translations.
    Flush,
    /// A serial port has received.
    Serial,
    /// Any other.
    Spurious,
}

impl InterruptKind {
    /// How many kinds there are.
    pub const COUNT: usize = 5;
}

/// Starts the machine's other CPUs, at most up to [`MAX_CPUS`] in all. Each calls `entry` in a
/// context that is its idle task, and counts in [`count`] from then on. Returns how many did not
/// come; they are left out. Once, by the CPU that booted; a second call starts none.
pub fn start_others(entry: fn() -> !) -> usize {
    backend::start_others(entry)
}

/// Makes a CPU leave user mode or [`idle`] soon: there `run` returns
/// [`crate::user::Trap::Interrupt`], here `idle` returns. In the kernel it comes into effect on the
/// way to either. The CPU may be this one; a number without a CPU is ignored.
pub fn kick(cpu: usize) {
    backend::kick(cpu);
}

/// Interrupts of a kind that a CPU has taken so far.
///
/// # Panics
/// For a number of [`MAX_CPUS`] or above.
pub fn interrupts(cpu: usize, kind: InterruptKind) -> u64 {
    backend::interrupts(cpu, kind)
}

/// A wait for something another CPU does, which is to come soon.
///
/// It spins at first. When that takes too long the other CPU is probably one that a host does not
/// run at the moment, so this one sleeps for short times and leaves the host's processor to it.
///
/// ```
/// # use clew_hal::cpu::Wait;
/// # let mut turns = 0;
/// # let mut done = || { turns += 1; turns == 3 };
/// let mut wait = Wait::new();
/// while !done() {
///     wait.turn();
/// }
/// ```
#[derive(Debug, Default)]
pub struct Wait {
    turns: u32,
}

impl Wait {
    /// Turns to spin, about the length of the longest critical section.
    const SPINS: u32 = 1000;
    /// The first sleep in nanoseconds; each is twice as long as the last, up to [`Self::MOST`].
    const FIRST: u64 = 25_000;
    const MOST: u64 = 400_000;

    /// A wait that has not begun.
    pub const fn new() -> Self {
        Self { turns: 0 }
    }

    /// One turn of the loop. No other interrupt than another CPU's request to flush is taken.
    pub fn turn(&mut self) {
        backend::relax();
        self.turns = self.turns.saturating_add(1);
        if self.turns.is_multiple_of(Self::SPINS) {
            let sleeps = self.turns / Self::SPINS;
            backend::nap(Self::MOST.min(Self::FIRST << (sleeps - 1).min(16)));
        }
    }
}

/// Makes every other CPU execute a full memory barrier that also serialises its instruction stream,
/// and waits until each has; for the caller it is one, too.
pub fn synchronize() {
    core::sync::atomic::fence(core::sync::atomic::Ordering::SeqCst);
    backend::synchronize();
}

/// Waits for an interrupt, hands it to the installed handlers and returns. For idle tasks: check
/// for work, then call. An interrupt that became pending before the call ends the wait at once, so
/// nothing is lost between the check and the call.
pub fn idle() {
    backend::idle();
}

/// Takes the interrupts that are pending now, if any. For loops in the kernel that may be long.
pub fn interrupt_window() {
    backend::interrupt_window();
}

/// `AT_HWCAP`: EDX of CPUID leaf 1.
pub fn hwcap() -> usize {
    backend::hwcap()
}

/// What CPUID says of a processor: vendor, model and features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The vendor's word, 12 letters.
    pub vendor: [u8; 12],
    /// The model's name, padded with NULs.
    pub name: [u8; 48],
    /// Family, with the extended one added.
    pub family: u32,
    /// Model, with the extended one.
    pub model: u32,
    /// Stepping.
    pub stepping: u32,
    /// Bytes of a line that `clflush` writes back.
    pub cache_line: u32,
    /// Bits of physical and of virtual addresses.
    pub address_bits: (u32, u32),
    /// Words of features: leaf 1 EDX and ECX, leaf 0x8000_0001 EDX and ECX, leaf 7 EBX, ECX and
    /// EDX, leaf 0xd/1 EAX.
    pub features: [u32; 8],
}

/// Who the processors are; all are taken to be the same.
pub fn identity() -> Identity {
    backend::identity()
}

/// `AT_HWCAP2`: bit 1 when user mode may use `rdfsbase` and its like.
pub fn hwcap2() -> usize {
    backend::hwcap2()
}

/// `AT_MINSIGSTKSZ`: bytes of the largest signal frame this CPU leads to.
pub fn min_signal_stack_size() -> usize {
    // Frame (siginfo, ucontext, return address) as in Linux's `get_sigframe_size`, its alignment,
    // the vector state and the second magic word.
    const FRAME_WITHOUT_STATE: usize = 440 + 128 + 8;
    (FRAME_WITHOUT_STATE + 64 + 16 + crate::user::vector_state_size() + 4).next_multiple_of(16)
}
