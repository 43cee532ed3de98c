//! One value for each CPU.

use crate::cpu::{self, MAX_CPUS};

/// One `T` for each CPU. Another CPU may look, too, so `T` is shared data (an atomic, a
/// [`super::SpinLock`]).
///
/// ```
/// # use clew_hal::{cpu::MAX_CPUS, sync::{PerCpu, SpinLock}};
/// static COUNT: PerCpu<SpinLock<u64>> = PerCpu::new([const { SpinLock::new(0) }; MAX_CPUS]);
/// *COUNT.get().lock() += 1;
/// ```
pub struct PerCpu<T>([T; MAX_CPUS]);

impl<T> PerCpu<T> {
    /// Takes the value of each CPU.
    pub const fn new(values: [T; MAX_CPUS]) -> Self {
        Self(values)
    }

    /// The value of the CPU that runs this.
    #[inline]
    pub fn get(&self) -> &T {
        &self.0[cpu::id()]
    }

    /// The value of CPU `cpu`.
    ///
    /// # Panics
    /// When there is no such CPU.
    pub fn of(&self, cpu: usize) -> &T {
        &self.0[cpu]
    }
}
