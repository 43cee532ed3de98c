//! One CPU, which is idle by letting the adjustable clock reach its deadline.

pub(crate) fn id() -> usize {
    0
}

pub(crate) fn count() -> usize {
    1
}

pub(crate) fn start_others(_entry: fn() -> !) -> usize {
    0
}

pub(crate) fn kick(_cpu: usize) {}

pub(crate) fn interrupts(_cpu: usize, _kind: crate::cpu::InterruptKind) -> u64 {
    0
}

pub(crate) fn synchronize() {}

pub(crate) fn idle() {
    super::time::skip_to_deadline();
    interrupt_window();
}

pub(crate) fn interrupt_window() {
    super::time::fire_timer();
    super::serial::raise_interrupts();
}

pub(crate) fn relax() {
    std::thread::yield_now();
}

pub(crate) fn nap(nanoseconds: u64) {
    std::thread::sleep(std::time::Duration::from_nanos(nanoseconds));
}

pub(crate) fn hwcap() -> usize {
    0x178b_fbff
}

pub(crate) fn hwcap2() -> usize {
    2
}
