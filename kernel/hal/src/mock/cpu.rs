//! One CPU, which is idle by letting the adjustable clock reach its deadline; more of them in an
//! exploration.

use super::explore;

pub(crate) fn id() -> usize {
    explore::cpu_id().unwrap_or(0)
}

pub(crate) fn count() -> usize {
    explore::cpu_count().unwrap_or(1)
}

pub(crate) fn start_others(_entry: fn() -> !) -> usize {
    0
}

pub(crate) fn kick(cpu: usize) {
    explore::kick(cpu);
}

pub(crate) fn interrupts(_cpu: usize, _kind: crate::cpu::InterruptKind) -> u64 {
    0
}

pub(crate) fn synchronize() {}

pub(crate) fn idle() {
    if explore::sleep(super::time::has_deadline()) != Some(false) {
        super::time::skip_to_deadline();
    }
    interrupt_window();
}

pub(crate) fn interrupt_window() {
    super::time::fire_timer();
    super::serial::raise_interrupts();
}

pub(crate) fn relax() {
    if !explore::wait_for_others() {
        std::thread::yield_now();
    }
}

pub(crate) fn nap(nanoseconds: u64) {
    if explore::is_explored() {
        return;
    }
    std::thread::sleep(std::time::Duration::from_nanos(nanoseconds));
}

pub(crate) fn hwcap() -> usize {
    0x178b_fbff
}

pub(crate) fn hwcap2() -> usize {
    2
}

pub(crate) fn identity() -> crate::cpu::Identity {
    crate::cpu::Identity {
        vendor: *b"ClewMockOnly",
        name: [0; 48],
        family: 6,
        model: 1,
        stepping: 0,
        address_bits: (40, 48),
        cache_line: 64,
        features: [1, 0, 1 << 29, 0, 0, 0, 0, 0],
    }
}
