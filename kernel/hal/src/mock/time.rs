//! A clock that stands still until the test moves it.

use std::cell::Cell;

thread_local! {
    static NOW: Cell<u64> = const { Cell::new(0) };
    static WALL: Cell<u64> = const { Cell::new(1_767_225_600) };
    static DEADLINE: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Sets [`crate::time::now`] on this thread and fires the timer if it is due.
pub fn set_time(nanoseconds: u64) {
    NOW.set(nanoseconds);
    fire_timer();
}

/// Moves [`crate::time::now`] forward on this thread and fires the timer if it is due.
pub fn advance_time(nanoseconds: u64) {
    set_time(NOW.get() + nanoseconds);
}

/// Sets [`crate::time::boot_wall_clock`] on this thread.
pub fn set_boot_wall_clock(seconds: u64) {
    WALL.set(seconds);
}

pub(super) fn has_deadline() -> bool {
    DEADLINE.get().is_some()
}

pub(super) fn skip_to_deadline() {
    if let Some(deadline) = DEADLINE.get() {
        NOW.set(NOW.get().max(deadline));
    }
}

pub(super) fn fire_timer() {
    if DEADLINE.get().is_some_and(|deadline| deadline <= NOW.get()) {
        DEADLINE.set(None);
        (super::handlers().timer)();
    }
}

pub(crate) fn now() -> u64 {
    NOW.get()
}

pub(crate) fn cycles() -> u64 {
    NOW.get()
}

pub(crate) fn boot_wall_clock() -> u64 {
    WALL.get()
}

pub(crate) fn set_timer(deadline: Option<u64>) {
    DEADLINE.set(deadline);
}
