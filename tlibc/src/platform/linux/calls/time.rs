//! Clocks, sleep and timers of a process: the calls behind `time.h` that no other part of the library makes.

use crate::types::{c_int, c_void, clockid_t, itimerspec, timespec};

syscalls! {
    clock_getres(clock: clockid_t, resolution: *mut timespec) -> c_int = __NR_clock_getres;
    clock_settime(clock: clockid_t, time: *const timespec) -> c_int = __NR_clock_settime;
    nanosleep(request: *const timespec, left: *mut timespec) -> c_int = __NR_nanosleep;
    timer_create(clock: clockid_t, event: *mut c_void, id: *mut c_int) -> c_int = __NR_timer_create;
    timer_delete(id: usize) -> c_int = __NR_timer_delete;
    timer_gettime(id: usize, value: *mut itimerspec) -> c_int = __NR_timer_gettime;
    timer_settime(id: usize, flags: c_int, new: *const itimerspec, old: *mut itimerspec) -> c_int = __NR_timer_settime;
    timer_getoverrun(id: usize) -> c_int = __NR_timer_getoverrun;
    adjtimex(state: *mut c_void) -> c_int = __NR_adjtimex;
    clock_adjtime(clock: clockid_t, state: *mut c_void) -> c_int = __NR_clock_adjtime;
}
