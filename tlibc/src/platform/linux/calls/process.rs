//! Processes, users, limits and the machine: the calls behind `unistd.h`, `sys/wait.h`, `sys/resource.h`,
//! `sys/utsname.h` and their relatives. Each entry is one kernel call, named after its manual page in section 2.

use crate::types::*;
use core::ffi::{c_char, c_int, c_long, c_uint, c_ulong, c_void};

syscalls! {
    pause() -> c_int = __NR_pause;
    getitimer(which: c_int, value: *mut c_void) -> c_int = __NR_getitimer;
    alarm(seconds: c_uint) -> c_uint = __NR_alarm;
    setitimer(which: c_int, new: *const c_void, old: *mut c_void) -> c_int = __NR_setitimer;
    getpid() -> pid_t = __NR_getpid;
    execve(path: *const c_char, argv: *const *mut c_char, envp: *const *mut c_char) -> c_int = __NR_execve;
    wait4(pid: pid_t, status: *mut c_int, options: c_int, usage: *mut c_void) -> pid_t = __NR_wait4;
    uname(buf: *mut c_void) -> c_int = __NR_uname;
    getrlimit(resource: c_int, limit: *mut c_void) -> c_int = __NR_getrlimit;
    getrusage(who: c_int, usage: *mut c_void) -> c_int = __NR_getrusage;
    sysinfo(info: *mut c_void) -> c_int = __NR_sysinfo;
    times(buf: *mut c_void) -> c_long = __NR_times;
    ptrace(request: c_long, pid: c_long, addr: c_ulong, data: c_ulong) -> c_long = __NR_ptrace;
    getuid() -> uid_t = __NR_getuid;
    klogctl(kind: c_int, buf: *mut c_char, len: c_int) -> c_int = __NR_syslog;
    getgid() -> gid_t = __NR_getgid;
    setuid(uid: uid_t) -> c_int = __NR_setuid;
    setgid(gid: gid_t) -> c_int = __NR_setgid;
    geteuid() -> uid_t = __NR_geteuid;
    getegid() -> gid_t = __NR_getegid;
    setpgid(pid: pid_t, pgid: pid_t) -> c_int = __NR_setpgid;
    getppid() -> pid_t = __NR_getppid;
    setsid() -> pid_t = __NR_setsid;
    setreuid(ruid: uid_t, euid: uid_t) -> c_int = __NR_setreuid;
    setregid(rgid: gid_t, egid: gid_t) -> c_int = __NR_setregid;
    getgroups(n: c_int, list: *mut gid_t) -> c_int = __NR_getgroups;
    setgroups(n: usize, list: *const gid_t) -> c_int = __NR_setgroups;
    setresuid(ruid: uid_t, euid: uid_t, suid: uid_t) -> c_int = __NR_setresuid;
    getresuid(ruid: *mut uid_t, euid: *mut uid_t, suid: *mut uid_t) -> c_int = __NR_getresuid;
    setresgid(rgid: gid_t, egid: gid_t, sgid: gid_t) -> c_int = __NR_setresgid;
    getresgid(rgid: *mut gid_t, egid: *mut gid_t, sgid: *mut gid_t) -> c_int = __NR_getresgid;
    getpgid(pid: pid_t) -> pid_t = __NR_getpgid;
    setfsuid(uid: uid_t) -> c_int = __NR_setfsuid;
    setfsgid(gid: gid_t) -> c_int = __NR_setfsgid;
    getsid(pid: pid_t) -> pid_t = __NR_getsid;
    capget(header: *mut c_void, data: *mut c_void) -> c_int = __NR_capget;
    capset(header: *mut c_void, data: *const c_void) -> c_int = __NR_capset;
    personality(persona: c_ulong) -> c_int = __NR_personality;
    getpriority(which: c_int, who: id_t) -> c_int = __NR_getpriority;
    setpriority(which: c_int, who: id_t, value: c_int) -> c_int = __NR_setpriority;
    prctl(option: c_int, a: c_ulong, b: c_ulong, c: c_ulong, d: c_ulong) -> c_int = __NR_prctl;
    adjtimex(buf: *mut c_void) -> c_int = __NR_adjtimex;
    reboot(magic: c_uint, magic2: c_uint, cmd: c_uint, arg: *mut c_void) -> c_int = __NR_reboot;
    sethostname(name: *const c_char, len: usize) -> c_int = __NR_sethostname;
    setdomainname(name: *const c_char, len: usize) -> c_int = __NR_setdomainname;
    iopl(level: c_int) -> c_int = __NR_iopl;
    ioperm(from: c_ulong, num: c_ulong, on: c_int) -> c_int = __NR_ioperm;
    quotactl(cmd: c_int, special: *const c_char, id: c_int, addr: *mut c_char) -> c_int = __NR_quotactl;
    gettid() -> pid_t = __NR_gettid;
    sched_getparam(pid: pid_t, param: *mut c_void) -> c_int = __NR_sched_getparam;
    sched_getscheduler(pid: pid_t) -> c_int = __NR_sched_getscheduler;
    sched_get_priority_max(policy: c_int) -> c_int = __NR_sched_get_priority_max;
    sched_get_priority_min(policy: c_int) -> c_int = __NR_sched_get_priority_min;
    sched_rr_get_interval(pid: pid_t, interval: *mut c_void) -> c_int = __NR_sched_rr_get_interval;
    sched_setaffinity(pid: pid_t, size: usize, mask: *const c_void) -> c_int = __NR_sched_setaffinity;
    sched_setparam(pid: pid_t, param: *const c_void) -> c_int = __NR_sched_setparam;
    sched_setscheduler(pid: pid_t, policy: c_int, param: *const c_void) -> c_int = __NR_sched_setscheduler;
    sched_getaffinity(pid: pid_t, size: usize, mask: *mut c_void) -> c_int = __NR_sched_getaffinity;
    waitid(kind: c_int, id: id_t, info: *mut c_void, options: c_int, usage: *mut c_void) -> c_int = __NR_waitid;
    clock_gettime(clock: clockid_t, time: *mut c_void) -> c_int = __NR_clock_gettime;
    nanosleep(time: *const c_void, left: *mut c_void) -> c_int = __NR_nanosleep;
    unshare(flags: c_int) -> c_int = __NR_unshare;
    prlimit64(pid: pid_t, resource: c_int, new: *const c_void, old: *mut c_void) -> c_int = __NR_prlimit64;
    setns(fd: c_int, kind: c_int) -> c_int = __NR_setns;
    getcpu(cpu: *mut c_uint, node: *mut c_uint, unused: *mut c_void) -> c_int = __NR_getcpu;
    process_vm_readv(pid: pid_t, local: *const c_void, nl: c_ulong, remote: *const c_void, nr: c_ulong, flags: c_ulong) -> isize = __NR_process_vm_readv;
    process_vm_writev(pid: pid_t, local: *const c_void, nl: c_ulong, remote: *const c_void, nr: c_ulong, flags: c_ulong) -> isize = __NR_process_vm_writev;
    getrandom(buf: *mut c_void, len: usize, flags: c_uint) -> isize = __NR_getrandom;
    execveat(dir: c_int, path: *const c_char, argv: *const *mut c_char, envp: *const *mut c_char, flags: c_int) -> c_int = __NR_execveat;
    pidfd_send_signal(fd: c_int, sig: c_int, info: *const c_void, flags: c_uint) -> c_int = __NR_pidfd_send_signal;
    pidfd_open(pid: pid_t, flags: c_uint) -> c_int = __NR_pidfd_open;
    pidfd_getfd(pidfd: c_int, target: c_int, flags: c_uint) -> c_int = __NR_pidfd_getfd;
}

/// clone(2) as `fork` wants it: a child process that signals SIGCHLD, with its thread number written to
/// `thread_number` in its own memory, and cleared there when the thread ends.
///
/// # Safety
/// `thread_number` is a writable word that stays so as long as the thread runs.
#[inline]
pub unsafe fn clone_process(thread_number: *mut c_int) -> Result<pid_t, crate::errno::Errno> {
    const CLONE_CHILD_CLEARTID: usize = 0x0020_0000;
    const CLONE_CHILD_SETTID: usize = 0x0100_0000;
    const SIGCHLD: usize = 17;
    let flags = CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD;
    // SAFETY: without CLONE_VM the child has a copy of everything; the word is the caller's.
    unsafe { crate::platform::linux::syscall!(__NR_clone, flags, 0, 0, thread_number, 0) }
        .map(|pid| pid as pid_t)
}

/// clone(2) as `posix_spawn` wants it: a child that borrows the caller's memory and runs `entry(argument)` on the
/// stack that ends at `stack_top`, while the caller waits for it to exec or exit. It signals SIGCHLD.
///
/// # Safety
/// The stack is writable, its end 16-byte aligned. `entry` never returns and may not unwind; until it is gone, what
/// it does to memory it does to the caller's.
pub unsafe fn clone_borrowing(
    stack_top: *mut c_void,
    entry: unsafe extern "C" fn(*mut c_void) -> !,
    argument: *mut c_void,
) -> Result<pid_t, crate::errno::Errno> {
    const CLONE_VM: usize = 0x100;
    const CLONE_VFORK: usize = 0x4000;
    const SIGCHLD: usize = 17;
    let result: isize;
    // SAFETY: in the caller this is an ordinary call. The child starts after `syscall` with the same registers and
    // the new stack pointer, and stays in this block until `entry` has ended the process. `r8` and `r9` keep their
    // values across the call; without CLONE_SETTLS the kernel ignores the former.
    unsafe {
        core::arch::asm!(
            "syscall",
            "test rax, rax",
            "jnz 2f",
            "xor ebp, ebp",
            "mov rdi, r9",
            "call r8",
            "ud2",
            "2:",
            inlateout("rax") linux_raw_sys::general::__NR_clone as isize => result,
            in("rdi") CLONE_VM | CLONE_VFORK | SIGCHLD,
            in("rsi") stack_top,
            in("rdx") 0,
            in("r10") 0,
            in("r8") entry,
            in("r9") argument,
            lateout("rcx") _,
            lateout("r11") _,
        );
    }
    crate::platform::raw::check(result).map(|pid| pid as pid_t)
}
