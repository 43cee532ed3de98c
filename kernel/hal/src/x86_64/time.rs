//! The time-stamp counter as the clock, the local APIC's timer, and the CMOS clock.
//!
//! Both counters are measured once, together, against channel 2 of the 8254 timer.

use super::apic;
use super::cpu::registers::{in8, out8, read_tsc};
use super::trap::{CLASS_DEVICES, VECTOR_NAP, VECTOR_TIMER};
use crate::cpu::MAX_CPUS;
use crate::sync::{Once, PerCpu, SpinLock};

const NANOSECONDS: u64 = 1_000_000_000;
/// Rate of the 8254.
const PIT_RATE: u64 = 1_193_182;
/// Length of the measurement in 8254 ticks: 4 ms.
const PIT_TICKS: u16 = 4773;
const PIT_CHANNEL2: u16 = 0x42;
const PIT_COMMAND: u16 = 0x43;
const SYSTEM_CONTROL: u16 = 0x61;

/// The measured rates, as multipliers with 32 fraction bits.
struct Clock {
    /// Counter value at time 0.
    start: u64,
    /// Nanoseconds per TSC count.
    nanoseconds_per_count: u64,
    /// APIC timer counts per nanosecond.
    timer_counts_per_nanosecond: u64,
    /// Seconds since the epoch at time 0.
    wall: u64,
}

static CLOCK: Once<Clock> = Once::new();
static DEADLINE: PerCpu<SpinLock<Option<u64>>> =
    PerCpu::new([const { SpinLock::new(None) }; MAX_CPUS]);

/// Starts the clock.
pub(crate) fn init() {
    let start = read_tsc();
    let wall = cmos::seconds();
    let (counts, timer_counts) = measure();
    let nanoseconds = u64::from(PIT_TICKS) * NANOSECONDS / PIT_RATE;
    CLOCK.call_once(|| Clock {
        start,
        nanoseconds_per_count: ((u128::from(nanoseconds) << 32) / u128::from(counts.max(1))) as u64,
        timer_counts_per_nanosecond: ((u128::from(timer_counts) << 32) / u128::from(nanoseconds))
            as u64,
        wall,
    });
}

/// TSC and APIC timer counts during [`PIT_TICKS`].
fn measure() -> (u64, u64) {
    // Gate on, speaker off; channel 2, low and high byte, mode 0 (output rises when the count is
    // over).
    out8(SYSTEM_CONTROL, in8(SYSTEM_CONTROL) & !2 | 1);
    out8(PIT_COMMAND, 0b1011_0000);
    out8(PIT_CHANNEL2, PIT_TICKS as u8);
    apic::start_timer(u32::MAX);
    out8(PIT_CHANNEL2, (PIT_TICKS >> 8) as u8);
    let (start, timer_start) = (read_tsc(), apic::timer_count());
    while in8(SYSTEM_CONTROL) & 0x20 == 0 {}
    let (end, timer_end) = (read_tsc(), apic::timer_count());
    apic::start_timer(0);
    (end - start, u64::from(timer_start - timer_end))
}

#[inline]
fn scale(value: u64, multiplier: u64) -> u64 {
    ((u128::from(value) * u128::from(multiplier)) >> 32) as u64
}

#[inline]
pub(crate) fn now() -> u64 {
    match CLOCK.get() {
        Some(clock) => scale(
            read_tsc().saturating_sub(clock.start),
            clock.nanoseconds_per_count,
        ),
        None => 0,
    }
}

/// The counter at time 0, and nanoseconds per count with 32 fraction bits.
pub(crate) fn rate() -> Option<(u64, u64)> {
    let clock = CLOCK.get()?;
    Some((clock.start, clock.nanoseconds_per_count))
}

#[inline]
pub(crate) fn cycles() -> u64 {
    read_tsc()
}

pub(crate) fn boot_wall_clock() -> u64 {
    CLOCK.get().map_or(0, |clock| clock.wall)
}

pub(crate) fn set_timer(deadline: Option<u64>) {
    *DEADLINE.get().lock() = deadline;
    arm(deadline);
}

fn arm(deadline: Option<u64>) {
    let (Some(clock), Some(deadline)) = (CLOCK.get(), deadline) else {
        apic::start_timer(0);
        return;
    };
    let counts = scale(
        deadline.saturating_sub(now()),
        clock.timer_counts_per_nanosecond,
    ) + 1;
    apic::start_timer(u32::try_from(counts).unwrap_or(u32::MAX));
}

/// Sleeps for some nanoseconds at most, taking nothing but requests to flush. What is due meanwhile
/// comes after, when the kernel takes interrupts.
pub(crate) fn nap(nanoseconds: u64) {
    let started = super::cpu::id() < super::cpu::count();
    let Some(clock) = CLOCK.get().filter(|_| started) else {
        return;
    };
    // A deadline that has just passed is pending at its own vector.
    apic::hold_back(CLASS_DEVICES);
    apic::set_timer_vector(VECTOR_NAP);
    let counts = scale(nanoseconds, clock.timer_counts_per_nanosecond) + 1;
    apic::start_timer(u32::try_from(counts).unwrap_or(u32::MAX));
    super::cpu::idle();
    apic::start_timer(0);
    apic::set_timer_vector(VECTOR_TIMER);
    apic::hold_back(0);
    let deadline = *DEADLINE.get().lock();
    arm(deadline);
}

/// The timer has run out; far deadlines take several rounds.
pub(crate) fn interrupt() {
    let deadline = *DEADLINE.get().lock();
    match deadline {
        Some(deadline) if deadline <= now() => {
            *DEADLINE.get().lock() = None;
            (super::handlers().timer)();
        }
        Some(deadline) => arm(Some(deadline)),
        None => {}
    }
}

/// The real-time clock (MC146818).
mod cmos {
    use super::{in8, out8};

    fn register(index: u8) -> u8 {
        // Bit 7 masks NMI while the register is selected.
        out8(0x70, index | 0x80);
        in8(0x71)
    }

    /// Seconds since the epoch, taking the clock as UTC.
    pub(super) fn seconds() -> u64 {
        // Two equal readings outside of an update are a time. An update takes 2 ms; a machine whose
        // clock never comes out of it has none, and then time starts at the epoch.
        let mut previous = None;
        for _ in 0..100_000 {
            if register(0x0a) & 0x80 != 0 {
                continue;
            }
            let reading = [0, 2, 4, 7, 8, 9].map(register);
            if previous.replace(reading) == Some(reading) {
                return crate::calendar::seconds(reading, register(0x0b));
            }
        }
        0
    }
}
