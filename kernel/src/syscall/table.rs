//! The list of system calls: number, name, arguments, handler. The only one.
//!
//! The words in parentheses are the kinds of the arguments ([`super::trace`]), the
//! sets of flags or the structures they take ([`super::flags`]); `make report` writes
//! `docs/src/syscalls.md` from them.

use super::{
    Context, capability, descriptors, events, futex, identity, inotify, inspect, ipc, locks,
    membarrier, memory, mount, mqueue, names, open, pidfd, poll, prctl, process, read_write,
    scheduling, signal, socket, socket_message, socket_option, splice, stat, system, time, timer,
    trace, xattr,
};
use crate::errno::{Errno, Result};

/// What serves a system call.
enum Handler {
    /// Leaves the caller's registers alone.
    Plain(fn(&Context, [usize; 6]) -> Result<usize>),
    /// Reads or changes them: its row says `&mut`.
    Registers(fn(&mut Context, [usize; 6]) -> Result<usize>),
    Missing,
}

/// One more than the highest number.
const COUNT: usize = ALL[ALL.len() - 1].0 + 1;

/// Calls the handler of a system call. `ENOSYS` if there is none.
#[inline]
pub fn dispatch(cx: &mut Context, number: usize, args: [usize; 6]) -> Result<usize> {
    // Pointers, for the arms of a match would share the largest one's frame.
    match HANDLERS.get(number) {
        Some(Handler::Plain(handler)) => handler(cx, args),
        Some(Handler::Registers(handler)) => handler(cx, args),
        Some(Handler::Missing) | None => Err(Errno::ENOSYS),
    }
}

macro_rules! syscalls {
    ($($number:literal $name:ident($($kind:ident)*) =>
        $(&mut $owner:ident::$registers:ident)? $($module:ident::$plain:ident)?;)*) => {
        static HANDLERS: [Handler; COUNT] = {
            let mut handlers = [const { Handler::Missing }; COUNT];
            $(handlers[$number] =
                $(Handler::Registers($owner::$registers))? $(Handler::Plain($module::$plain))?;)*
            handlers
        };

        /// Every call: number and name, ascending.
        pub const ALL: &[(usize, &str)] = &[$(($number, stringify!($name)),)*];

        const ARGUMENTS: &[&[trace::Kind]] = &[$(&[$(trace::$kind),*],)*];
    };
}

syscalls! {
    0 read(fd out size) => read_write::read;
    1 write(fd data size) => read_write::write;
    2 open(path open_flags mode) => open::open;
    3 close(fd) => open::close;
    4 stat(path ptr) => stat::stat;
    5 fstat(fd ptr) => stat::fstat;
    6 lstat(path ptr) => stat::lstat;
    7 poll(poll_descriptor size int) => poll::poll;
    8 lseek(fd num whence) => read_write::lseek;
    9 mmap(ptr size protection map_flags fd num) => memory::mmap;
    10 mprotect(ptr size protection) => memory::mprotect;
    11 munmap(ptr size) => memory::munmap;
    12 brk(ptr) => memory::brk;
    13 rt_sigaction(signal signal_action ptr size) => signal::rt_sigaction;
    14 rt_sigprocmask(mask_how sigset ptr size) => signal::rt_sigprocmask;
    15 rt_sigreturn() => &mut signal::rt_sigreturn;
    16 ioctl(fd ioctl_request ptr) => descriptors::ioctl;
    17 pread64(fd out size num) => read_write::pread64;
    18 pwrite64(fd data size num) => read_write::pwrite64;
    19 readv(fd ptr size) => read_write::readv;
    20 writev(fd ptr size) => read_write::writev;
    21 access(path access_mode) => stat::access;
    22 pipe(ptr) => descriptors::pipe;
    23 select(int ptr ptr ptr timeval) => poll::select;
    24 sched_yield() => process::sched_yield;
    25 mremap(ptr size size remap_flags ptr) => memory::mremap;
    26 msync(ptr size sync_flags) => memory::msync;
    27 mincore(ptr size ptr) => memory::mincore;
    28 madvise(ptr size advice) => memory::madvise;
    29 shmget(int size ipc_get_flags) => ipc::shmget;
    30 shmat(int ptr shm_flags) => ipc::shmat;
    31 shmctl(int shm_command ptr) => ipc::shmctl;
    32 dup(fd) => descriptors::dup;
    33 dup2(fd fd) => descriptors::dup2;
    34 pause() => signal::pause;
    35 nanosleep(timespec ptr) => time::nanosleep;
    36 getitimer(interval_timer ptr) => time::getitimer;
    37 alarm(size) => time::alarm;
    38 setitimer(interval_timer new_timer ptr) => time::setitimer;
    39 getpid() => process::getpid;
    40 sendfile(fd fd ptr size) => read_write::sendfile;
    41 socket(address_family socket_type int) => socket::create;
    42 connect(fd ptr size) => socket::connect;
    43 accept(fd ptr ptr) => socket::accept;
    44 sendto(fd data size send_flags ptr size) => socket_message::sendto;
    45 recvfrom(fd out size receive_flags ptr ptr) => socket_message::recvfrom;
    46 sendmsg(fd socket_message send_flags) => socket_message::sendmsg;
    47 recvmsg(fd socket_message receive_flags) => socket_message::recvmsg;
    48 shutdown(fd shutdown_how) => socket::shutdown;
    49 bind(fd ptr size) => socket::bind;
    50 listen(fd int) => socket::listen;
    51 getsockname(fd ptr ptr) => socket::getsockname;
    52 getpeername(fd ptr ptr) => socket::getpeername;
    53 socketpair(address_family socket_type int ptr) => socket::socketpair;
    54 setsockopt(fd socket_level socket_option ptr size) => socket_option::setsockopt;
    55 getsockopt(fd socket_level socket_option ptr ptr) => socket_option::getsockopt;
    56 clone(clone_flags ptr ptr ptr ptr) => &mut process::clone;
    57 fork() => &mut process::fork;
    58 vfork() => &mut process::vfork;
    59 execve(path strings ptr) => &mut process::execve;
    60 exit(int) => process::exit;
    61 wait4(int ptr wait_options ptr) => process::wait4;
    62 kill(int signal) => signal::kill;
    63 uname(ptr) => system::uname;
    64 semget(int size ipc_get_flags) => ipc::semget;
    65 semop(int semaphore_operation size) => ipc::semop;
    66 semctl(int int sem_command ptr) => ipc::semctl;
    67 shmdt(ptr) => ipc::shmdt;
    68 msgget(int ipc_get_flags) => ipc::msgget;
    69 msgsnd(int ptr size msg_flags) => ipc::msgsnd;
    70 msgrcv(int ptr size num msg_flags) => ipc::msgrcv;
    71 msgctl(int msg_command ptr) => ipc::msgctl;
    72 fcntl(fd fcntl_command hex) => descriptors::fcntl;
    73 flock(fd lock_operation) => locks::flock;
    74 fsync(fd) => read_write::fsync;
    75 fdatasync(fd) => read_write::fsync;
    76 truncate(path num) => read_write::truncate;
    77 ftruncate(fd num) => read_write::ftruncate;
    78 getdents(fd ptr size) => names::getdents;
    79 getcwd(ptr size) => names::getcwd;
    80 chdir(path) => names::chdir;
    81 fchdir(fd) => names::fchdir;
    82 rename(path path) => names::rename;
    83 mkdir(path mode) => names::mkdir;
    84 rmdir(path) => names::rmdir;
    85 creat(path mode) => open::creat;
    86 link(path path) => names::link;
    87 unlink(path) => names::unlink;
    88 symlink(path path) => names::symlink;
    89 readlink(path out size) => stat::readlink;
    90 chmod(path mode) => stat::chmod;
    91 fchmod(fd mode) => stat::fchmod;
    92 chown(path int int) => stat::chown;
    93 fchown(fd int int) => stat::fchown;
    94 lchown(path int int) => stat::lchown;
    95 umask(mode) => names::umask;
    96 gettimeofday(ptr ptr) => time::gettimeofday;
    97 getrlimit(resource ptr) => system::getrlimit;
    98 getrusage(usage_of ptr) => process::getrusage;
    99 sysinfo(ptr) => system::sysinfo;
    100 times(ptr) => time::times;
    102 getuid() => identity::getuid;
    104 getgid() => identity::getgid;
    105 setuid(int) => identity::setuid;
    106 setgid(int) => identity::setgid;
    107 geteuid() => identity::geteuid;
    108 getegid() => identity::getegid;
    109 setpgid(int int) => process::setpgid;
    110 getppid() => process::getppid;
    111 getpgrp() => process::getpgrp;
    112 setsid() => process::setsid;
    113 setreuid(int int) => identity::setreuid;
    114 setregid(int int) => identity::setregid;
    115 getgroups(int ptr) => identity::getgroups;
    116 setgroups(int ptr) => identity::setgroups;
    117 setresuid(int int int) => identity::setresuid;
    118 getresuid(ptr ptr ptr) => identity::getresuid;
    119 setresgid(int int int) => identity::setresgid;
    120 getresgid(ptr ptr ptr) => identity::getresgid;
    121 getpgid(int) => process::getpgid;
    122 setfsuid(int) => identity::setfsuid;
    123 setfsgid(int) => identity::setfsgid;
    124 getsid(int) => process::getsid;
    125 capget(ptr ptr) => capability::capget;
    126 capset(ptr ptr) => capability::capset;
    127 rt_sigpending(ptr size) => signal::rt_sigpending;
    128 rt_sigtimedwait(sigset ptr timespec size) => signal::rt_sigtimedwait;
    129 rt_sigqueueinfo(int signal ptr) => signal::rt_sigqueueinfo;
    130 rt_sigsuspend(sigset size) => signal::rt_sigsuspend;
    131 sigaltstack(signal_stack ptr) => &mut signal::sigaltstack;
    132 utime(path ptr) => stat::utime;
    133 mknod(path mode hex) => names::mknod;
    137 statfs(path ptr) => stat::statfs;
    138 fstatfs(fd ptr) => stat::fstatfs;
    140 getpriority(priority_of int) => scheduling::getpriority;
    141 setpriority(priority_of int int) => scheduling::setpriority;
    142 sched_setparam(int ptr) => scheduling::sched_setparam;
    143 sched_getparam(int ptr) => scheduling::sched_getparam;
    144 sched_setscheduler(int policy ptr) => scheduling::sched_setscheduler;
    145 sched_getscheduler(int) => scheduling::sched_getscheduler;
    146 sched_get_priority_max(policy) => scheduling::sched_get_priority_max;
    147 sched_get_priority_min(policy) => scheduling::sched_get_priority_min;
    148 sched_rr_get_interval(int ptr) => scheduling::sched_rr_get_interval;
    149 mlock(ptr size) => memory::mlock;
    150 munlock(ptr size) => memory::munlock;
    151 mlockall(lock_flags) => memory::mlockall;
    152 munlockall() => memory::munlockall;
    155 pivot_root(path path) => mount::pivot_root;
    157 prctl(prctl_option hex hex hex hex) => prctl::prctl;
    158 arch_prctl(arch_option hex) => process::arch_prctl;
    160 setrlimit(resource ptr) => system::setrlimit;
    161 chroot(path) => names::chroot;
    162 sync() => read_write::sync;
    164 settimeofday(ptr ptr) => time::settimeofday;
    165 mount(path path path mount_flags ptr) => mount::mount;
    166 umount2(path unmount_flags) => mount::umount2;
    169 reboot(hex hex reboot_command ptr) => system::reboot;
    170 sethostname(data size) => system::sethostname;
    171 setdomainname(data size) => system::setdomainname;
    186 gettid() => process::gettid;
    187 readahead(fd num size) => read_write::readahead;
    188 setxattr(path path data size xattr_flags) => xattr::setxattr;
    189 lsetxattr(path path data size xattr_flags) => xattr::lsetxattr;
    190 fsetxattr(fd path data size xattr_flags) => xattr::fsetxattr;
    191 getxattr(path path out size) => xattr::getxattr;
    192 lgetxattr(path path out size) => xattr::lgetxattr;
    193 fgetxattr(fd path out size) => xattr::fgetxattr;
    194 listxattr(path out size) => xattr::listxattr;
    195 llistxattr(path out size) => xattr::llistxattr;
    196 flistxattr(fd out size) => xattr::flistxattr;
    197 removexattr(path path) => xattr::removexattr;
    198 lremovexattr(path path) => xattr::lremovexattr;
    199 fremovexattr(fd path) => xattr::fremovexattr;
    200 tkill(int signal) => signal::tkill;
    201 time(ptr) => time::time;
    202 futex(ptr futex_operation int ptr ptr hex) => futex::futex;
    203 sched_setaffinity(int size ptr) => process::sched_setaffinity;
    204 sched_getaffinity(int size ptr) => process::sched_getaffinity;
    213 epoll_create(int) => events::epoll_create;
    217 getdents64(fd ptr size) => names::getdents64;
    218 set_tid_address(ptr) => process::set_tid_address;
    220 semtimedop(int semaphore_operation size timespec) => ipc::semtimedop;
    221 fadvise64(fd num num file_advice) => read_write::fadvise64;
    222 timer_create(clock ptr ptr) => timer::timer_create;
    223 timer_settime(int timer_flags new_timer ptr) => timer::timer_settime;
    224 timer_gettime(int ptr) => timer::timer_gettime;
    225 timer_getoverrun(int) => timer::timer_getoverrun;
    226 timer_delete(int) => timer::timer_delete;
    227 clock_settime(clock timespec) => time::clock_settime;
    228 clock_gettime(clock ptr) => time::clock_gettime;
    229 clock_getres(clock ptr) => time::clock_getres;
    230 clock_nanosleep(clock timer_flags timespec ptr) => time::clock_nanosleep;
    231 exit_group(int) => process::exit_group;
    232 epoll_wait(fd ptr int int) => events::epoll_wait;
    233 epoll_ctl(fd epoll_operation fd epoll_event) => events::epoll_ctl;
    234 tgkill(int int signal) => signal::tgkill;
    235 utimes(path ptr) => stat::utimes;
    240 mq_open(path mqueue_flags mode ptr) => mqueue::mq_open;
    241 mq_unlink(path) => mqueue::mq_unlink;
    242 mq_timedsend(fd data size size timespec) => mqueue::mq_timedsend;
    243 mq_timedreceive(fd out size ptr timespec) => mqueue::mq_timedreceive;
    244 mq_notify(fd ptr) => mqueue::mq_notify;
    245 mq_getsetattr(fd ptr ptr) => mqueue::mq_getsetattr;
    247 waitid(id_type int ptr wait_options ptr) => process::waitid;
    253 inotify_init() => inotify::inotify_init;
    254 inotify_add_watch(fd path inotify_mask) => inotify::inotify_add_watch;
    255 inotify_rm_watch(fd int) => inotify::inotify_rm_watch;
    257 openat(fd path open_flags mode) => open::openat;
    258 mkdirat(fd path mode) => names::mkdirat;
    259 mknodat(fd path mode hex) => names::mknodat;
    260 fchownat(fd path int int at_flags) => stat::fchownat;
    261 futimesat(fd path ptr) => stat::futimesat;
    262 newfstatat(fd path ptr stat_at_flags) => stat::newfstatat;
    263 unlinkat(fd path unlink_flags) => names::unlinkat;
    264 renameat(fd path fd path) => names::renameat;
    265 linkat(fd path fd path link_flags) => names::linkat;
    266 symlinkat(path fd path) => names::symlinkat;
    267 readlinkat(fd path out size) => stat::readlinkat;
    268 fchmodat(fd path mode) => stat::fchmodat;
    269 faccessat(fd path access_mode) => stat::faccessat;
    270 pselect6(int ptr ptr ptr timespec ptr) => poll::pselect6;
    271 ppoll(poll_descriptor size timespec sigset size) => poll::ppoll;
    273 set_robust_list(ptr size) => futex::set_robust_list;
    274 get_robust_list(int ptr ptr) => futex::get_robust_list;
    275 splice(fd ptr fd ptr size splice_flags) => splice::splice;
    276 tee(fd fd size splice_flags) => splice::tee;
    277 sync_file_range(fd num num sync_range) => read_write::sync_file_range;
    278 vmsplice(fd ptr size splice_flags) => splice::vmsplice;
    280 utimensat(fd path ptr at_flags) => stat::utimensat;
    281 epoll_pwait(fd ptr int int sigset size) => events::epoll_pwait;
    282 signalfd(fd sigset size) => events::signalfd;
    283 timerfd_create(clock timerfd_flags) => events::timerfd_create;
    284 eventfd(size) => events::eventfd;
    285 fallocate(fd fallocate_mode num num) => read_write::fallocate;
    286 timerfd_settime(fd timerfd_set_flags new_timer ptr) => events::timerfd_settime;
    287 timerfd_gettime(fd ptr) => events::timerfd_gettime;
    288 accept4(fd ptr ptr accept_flags) => socket::accept4;
    289 signalfd4(fd sigset size signalfd_flags) => events::signalfd4;
    290 eventfd2(size eventfd_flags) => events::eventfd2;
    291 epoll_create1(epoll_flags) => events::epoll_create1;
    292 dup3(fd fd duplicate_flags) => descriptors::dup3;
    293 pipe2(ptr pipe_flags) => descriptors::pipe2;
    294 inotify_init1(inotify_flags) => inotify::inotify_init1;
    295 preadv(fd ptr size num) => read_write::preadv;
    296 pwritev(fd ptr size num) => read_write::pwritev;
    297 rt_tgsigqueueinfo(int int signal ptr) => signal::rt_tgsigqueueinfo;
    299 recvmmsg(fd socket_message size receive_many_flags timespec) => socket_message::recvmmsg;
    302 prlimit64(int resource ptr ptr) => system::prlimit64;
    306 syncfs(fd) => read_write::syncfs;
    307 sendmmsg(fd socket_message size send_flags) => socket_message::sendmmsg;
    309 getcpu(ptr ptr) => process::getcpu;
    310 process_vm_readv(int ptr size ptr size hex) => inspect::process_vm_readv;
    311 process_vm_writev(int ptr size ptr size hex) => inspect::process_vm_writev;
    312 kcmp(int int int size size) => inspect::kcmp;
    314 sched_setattr(int scheduling_attributes int) => scheduling::sched_setattr;
    315 sched_getattr(int ptr size int) => scheduling::sched_getattr;
    316 renameat2(fd path fd path rename_flags) => names::renameat2;
    318 getrandom(ptr size random_flags) => system::getrandom;
    319 memfd_create(path memfd_flags) => descriptors::memfd_create;
    322 execveat(fd path strings ptr at_flags) => &mut process::execveat;
    324 membarrier(membarrier_command membarrier_flags int) => membarrier::membarrier;
    325 mlock2(ptr size mlock_flags) => memory::mlock2;
    326 copy_file_range(fd ptr fd ptr size int) => read_write::copy_file_range;
    327 preadv2(fd ptr size num hex rw_flags) => read_write::preadv2;
    328 pwritev2(fd ptr size num hex rw_flags) => read_write::pwritev2;
    332 statx(fd path statx_at_flags statx_mask ptr) => stat::statx;
    334 rseq(ptr size rseq_flags hex) => process::rseq;
    424 pidfd_send_signal(fd signal ptr hex) => pidfd::pidfd_send_signal;
    434 pidfd_open(int pidfd_flags) => pidfd::pidfd_open;
    435 clone3(clone_arguments size) => &mut process::clone3;
    436 close_range(fd fd close_range_flags) => open::close_range;
    437 openat2(fd path open_how size) => open::openat2;
    439 faccessat2(fd path access_mode access_at_flags) => stat::faccessat2;
    441 epoll_pwait2(fd ptr int timespec sigset size) => events::epoll_pwait2;
    449 futex_waitv(ptr int int ptr clock) => futex::futex_waitv;
    452 fchmodat2(fd path mode at_flags) => stat::fchmodat2;
}

fn index(number: usize) -> Option<usize> {
    ALL.binary_search_by_key(&number, |entry| entry.0).ok()
}

/// The name of a call.
pub fn name(number: usize) -> Option<&'static str> {
    ALL.get(index(number)?).map(|entry| entry.1)
}

/// The kinds of a call's arguments.
pub(super) fn arguments(number: usize) -> Option<&'static [trace::Kind]> {
    ARGUMENTS.get(index(number)?).copied()
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
