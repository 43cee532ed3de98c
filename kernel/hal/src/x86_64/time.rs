//! The time-stamp counter as the clock, the local APIC's timer, and the CMOS clock.
//!
//! Both counters are measured at boot, together, against channel 2 of the 8254 timer. A busy host can
//! stop the machine at any moment of that, so what passed is read from all three at both ends, and a
//! measurement counts when another agrees with it.

use super::apic;
use super::cpu::registers::{in8, out8, read_tsc};
use super::trap::{CLASS_DEVICES, VECTOR_NAP, VECTOR_TIMER};
use crate::cpu::MAX_CPUS;
use crate::sync::{Once, PerCpu, SpinLock};

const NANOSECONDS: u64 = 1_000_000_000;
/// Rate of the 8254.
const PIT_RATE: u64 = 1_193_182;
/// Least length of a measurement in 8254 ticks: 2 ms.
const PIT_TICKS: u16 = 2387;
/// Measurements until two agree.
const MEASUREMENTS: usize = 12;
/// Readings of the three counters of which the quickest counts.
const READINGS: usize = 3;
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
    let rates = measure();
    CLOCK.call_once(|| Clock {
        start,
        nanoseconds_per_count: rates.nanoseconds_per_count,
        timer_counts_per_nanosecond: rates.timer_counts_per_nanosecond,
        wall,
    });
}

/// What a measurement gives, as in [`Clock`].
#[derive(Clone, Copy)]
struct Rates {
    nanoseconds_per_count: u64,
    timer_counts_per_nanosecond: u64,
}

impl Rates {
    /// Whether both are the same but for a few percent.
    fn agrees(&self, other: &Rates) -> bool {
        let near = |a: u64, b: u64| a.abs_diff(b) <= a / 32;
        near(self.nanoseconds_per_count, other.nanoseconds_per_count)
            && near(
                self.timer_counts_per_nanosecond,
                other.timer_counts_per_nanosecond,
            )
    }
}

fn measure() -> Rates {
    // Gate on, speaker off; channel 2, low and high byte, mode 2 (counts down from 2^16 again and again).
    out8(SYSTEM_CONTROL, in8(SYSTEM_CONTROL) & !2 | 1);
    out8(PIT_COMMAND, 0b1011_0100);
    out8(PIT_CHANNEL2, 0);
    out8(PIT_CHANNEL2, 0);
    let mut best = measure_once();
    for _ in 1..MEASUREMENTS {
        let next = measure_once();
        if next.agrees(&best) {
            best = next;
            break;
        }
        // Whatever comes in between makes the counter look faster than it is.
        if next.nanoseconds_per_count > best.nanoseconds_per_count {
            best = next;
        }
    }
    apic::start_timer(0);
    best
}

fn measure_once() -> Rates {
    apic::start_timer(u32::MAX);
    let start = Reading::take();
    let passed = |pit: u16| start.pit.wrapping_sub(pit);
    while passed(read_pit()) < PIT_TICKS {}
    let end = Reading::take();
    let nanoseconds = u64::from(passed(end.pit)) * NANOSECONDS / PIT_RATE;
    let counts = end.counter.saturating_sub(start.counter).max(1);
    let timer = u64::from(start.timer.saturating_sub(end.timer));
    Rates {
        nanoseconds_per_count: ((u128::from(nanoseconds) << 32) / u128::from(counts)) as u64,
        timer_counts_per_nanosecond: ((u128::from(timer) << 32) / u128::from(nanoseconds.max(1)))
            as u64,
    }
}

/// The three counters at one moment.
struct Reading {
    counter: u64,
    timer: u32,
    pit: u16,
}

impl Reading {
    /// Reads them, as close together as a few tries give.
    fn take() -> Self {
        let mut least = u64::MAX;
        let mut reading = Self {
            counter: 0,
            timer: 0,
            pit: 0,
        };
        for _ in 0..READINGS {
            let counter = read_tsc();
            let (pit, timer) = (read_pit(), apic::timer_count());
            let took = read_tsc().saturating_sub(counter);
            if took < least {
                least = took;
                reading = Self {
                    counter,
                    timer,
                    pit,
                };
            }
        }
        reading
    }
}

/// The count of channel 2, which goes down.
fn read_pit() -> u16 {
    // Latch, then low and high byte.
    out8(PIT_COMMAND, 0b1000_0000);
    u16::from_le_bytes([in8(PIT_CHANNEL2), in8(PIT_CHANNEL2)])
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
