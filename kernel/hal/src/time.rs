//! Clocks and the one-shot timer of each CPU.

use crate::backend::time as backend;

/// Nanoseconds since boot; never goes back.
#[inline]
pub fn now() -> u64 {
    backend::now()
}

/// The processor's cycle counter, for measuring and for seeding; its rate is unspecified.
#[inline]
pub fn cycles() -> u64 {
    backend::cycles()
}

/// Seconds since the epoch when [`now`] was 0, from the machine's real-time clock (taken as UTC).
pub fn boot_wall_clock() -> u64 {
    backend::boot_wall_clock()
}

/// Arms this CPU's timer for a time in the scale of [`now`], or disarms it.
/// [`crate::Handlers::timer`] is called once, not before `deadline`; a deadline that has passed
/// fires at once.
pub fn set_timer(deadline: Option<u64>) {
    backend::set_timer(deadline);
}
