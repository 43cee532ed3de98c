//! The list of system calls: number, name, handler. The only one.

use super::{Context, futex, identity, memory, process, signal, system, time};
use crate::errno::{Errno, Result};

macro_rules! syscalls {
    ($($number:literal $name:ident => $handler:path;)*) => {
        /// Calls the handler of a system call. `ENOSYS` if there is none.
        pub fn dispatch(cx: &mut Context, number: usize, args: [usize; 6]) -> Result<usize> {
            match number {
                $($number => $handler(cx, args),)*
                _ => Err(Errno::ENOSYS),
            }
        }

        /// Every call: number and name, ascending.
        pub const ALL: &[(usize, &str)] = &[$(($number, stringify!($name)),)*];
    };
}

syscalls! {
    9 mmap => memory::mmap;
    10 mprotect => memory::mprotect;
    11 munmap => memory::munmap;
    12 brk => memory::brk;
    13 rt_sigaction => signal::rt_sigaction;
    14 rt_sigprocmask => signal::rt_sigprocmask;
    15 rt_sigreturn => signal::rt_sigreturn;
    24 sched_yield => process::sched_yield;
    25 mremap => memory::mremap;
    26 msync => memory::msync;
    27 mincore => memory::mincore;
    28 madvise => memory::madvise;
    34 pause => signal::pause;
    35 nanosleep => time::nanosleep;
    36 getitimer => time::getitimer;
    37 alarm => time::alarm;
    38 setitimer => time::setitimer;
    39 getpid => process::getpid;
    56 clone => process::clone;
    57 fork => process::fork;
    58 vfork => process::vfork;
    59 execve => process::execve;
    60 exit => process::exit;
    61 wait4 => process::wait4;
    62 kill => signal::kill;
    63 uname => system::uname;
    96 gettimeofday => time::gettimeofday;
    97 getrlimit => system::getrlimit;
    98 getrusage => process::getrusage;
    99 sysinfo => system::sysinfo;
    100 times => time::times;
    102 getuid => identity::getuid;
    104 getgid => identity::getgid;
    105 setuid => identity::setuid;
    106 setgid => identity::setgid;
    107 geteuid => identity::geteuid;
    108 getegid => identity::getegid;
    109 setpgid => process::setpgid;
    110 getppid => process::getppid;
    111 getpgrp => process::getpgrp;
    112 setsid => process::setsid;
    113 setreuid => identity::setreuid;
    114 setregid => identity::setregid;
    115 getgroups => identity::getgroups;
    116 setgroups => identity::setgroups;
    117 setresuid => identity::setresuid;
    118 getresuid => identity::getresuid;
    119 setresgid => identity::setresgid;
    120 getresgid => identity::getresgid;
    121 getpgid => process::getpgid;
    124 getsid => process::getsid;
    127 rt_sigpending => signal::rt_sigpending;
    128 rt_sigtimedwait => signal::rt_sigtimedwait;
    129 rt_sigqueueinfo => signal::rt_sigqueueinfo;
    130 rt_sigsuspend => signal::rt_sigsuspend;
    131 sigaltstack => signal::sigaltstack;
    140 getpriority => system::getpriority;
    149 mlock => memory::mlock;
    150 munlock => memory::munlock;
    157 prctl => process::prctl;
    158 arch_prctl => process::arch_prctl;
    160 setrlimit => system::setrlimit;
    169 reboot => system::reboot;
    170 sethostname => system::sethostname;
    186 gettid => process::gettid;
    200 tkill => signal::tkill;
    201 time => time::time;
    202 futex => futex::futex;
    204 sched_getaffinity => process::sched_getaffinity;
    218 set_tid_address => process::set_tid_address;
    227 clock_settime => time::clock_settime;
    228 clock_gettime => time::clock_gettime;
    229 clock_getres => time::clock_getres;
    230 clock_nanosleep => time::clock_nanosleep;
    231 exit_group => process::exit_group;
    234 tgkill => signal::tgkill;
    247 waitid => process::waitid;
    273 set_robust_list => futex::set_robust_list;
    274 get_robust_list => futex::get_robust_list;
    297 rt_tgsigqueueinfo => signal::rt_tgsigqueueinfo;
    302 prlimit64 => system::prlimit64;
    309 getcpu => process::getcpu;
    318 getrandom => system::getrandom;
    322 execveat => process::execveat;
    324 membarrier => memory::membarrier;
    435 clone3 => process::clone3;
}

/// The name of a call.
pub fn name(number: usize) -> Option<&'static str> {
    let index = ALL.binary_search_by_key(&number, |entry| entry.0).ok()?;
    Some(ALL[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_ascends() {
        assert!(ALL.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(name(9), Some("mmap"));
        assert_eq!(name(9999), None);
    }
}
