//! The list of system calls: number, name, handler. The only one.

use super::{
    Context, descriptors, events, futex, identity, locks, memory, mount, names, open, poll,
    process, read_write, signal, socket, stat, system, time,
};
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
    0 read => read_write::read;
    1 write => read_write::write;
    2 open => open::open;
    3 close => open::close;
    4 stat => stat::stat;
    5 fstat => stat::fstat;
    6 lstat => stat::lstat;
    7 poll => poll::poll;
    8 lseek => read_write::lseek;
    9 mmap => memory::mmap;
    10 mprotect => memory::mprotect;
    11 munmap => memory::munmap;
    12 brk => memory::brk;
    13 rt_sigaction => signal::rt_sigaction;
    14 rt_sigprocmask => signal::rt_sigprocmask;
    15 rt_sigreturn => signal::rt_sigreturn;
    16 ioctl => descriptors::ioctl;
    17 pread64 => read_write::pread64;
    18 pwrite64 => read_write::pwrite64;
    19 readv => read_write::readv;
    20 writev => read_write::writev;
    21 access => stat::access;
    22 pipe => descriptors::pipe;
    23 select => poll::select;
    24 sched_yield => process::sched_yield;
    25 mremap => memory::mremap;
    26 msync => memory::msync;
    27 mincore => memory::mincore;
    28 madvise => memory::madvise;
    32 dup => descriptors::dup;
    33 dup2 => descriptors::dup2;
    34 pause => signal::pause;
    35 nanosleep => time::nanosleep;
    36 getitimer => time::getitimer;
    37 alarm => time::alarm;
    38 setitimer => time::setitimer;
    39 getpid => process::getpid;
    40 sendfile => read_write::sendfile;
    41 socket => socket::socket_alone;
    44 sendto => socket::sendto;
    45 recvfrom => socket::recvfrom;
    46 sendmsg => socket::sendmsg;
    47 recvmsg => socket::recvmsg;
    48 shutdown => socket::shutdown;
    53 socketpair => socket::socketpair;
    56 clone => process::clone;
    57 fork => process::fork;
    58 vfork => process::vfork;
    59 execve => process::execve;
    60 exit => process::exit;
    61 wait4 => process::wait4;
    62 kill => signal::kill;
    63 uname => system::uname;
    72 fcntl => descriptors::fcntl;
    73 flock => locks::flock;
    74 fsync => read_write::fsync;
    75 fdatasync => read_write::fsync;
    76 truncate => read_write::truncate;
    77 ftruncate => read_write::ftruncate;
    79 getcwd => names::getcwd;
    80 chdir => names::chdir;
    81 fchdir => names::fchdir;
    82 rename => names::rename;
    83 mkdir => names::mkdir;
    84 rmdir => names::rmdir;
    85 creat => open::creat;
    86 link => names::link;
    87 unlink => names::unlink;
    88 symlink => names::symlink;
    89 readlink => stat::readlink;
    90 chmod => stat::chmod;
    91 fchmod => stat::fchmod;
    92 chown => stat::chown;
    93 fchown => stat::fchown;
    94 lchown => stat::lchown;
    95 umask => names::umask;
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
    132 utime => stat::utime;
    133 mknod => names::mknod;
    137 statfs => stat::statfs;
    138 fstatfs => stat::fstatfs;
    140 getpriority => system::getpriority;
    149 mlock => memory::mlock;
    150 munlock => memory::munlock;
    157 prctl => process::prctl;
    158 arch_prctl => process::arch_prctl;
    160 setrlimit => system::setrlimit;
    161 chroot => names::chroot;
    162 sync => read_write::sync;
    165 mount => mount::mount;
    166 umount2 => mount::umount2;
    169 reboot => system::reboot;
    170 sethostname => system::sethostname;
    186 gettid => process::gettid;
    187 readahead => read_write::readahead;
    200 tkill => signal::tkill;
    201 time => time::time;
    202 futex => futex::futex;
    204 sched_getaffinity => process::sched_getaffinity;
    213 epoll_create => events::epoll_create;
    217 getdents64 => names::getdents64;
    218 set_tid_address => process::set_tid_address;
    221 fadvise64 => read_write::fadvise64;
    227 clock_settime => time::clock_settime;
    228 clock_gettime => time::clock_gettime;
    229 clock_getres => time::clock_getres;
    230 clock_nanosleep => time::clock_nanosleep;
    231 exit_group => process::exit_group;
    232 epoll_wait => events::epoll_wait;
    233 epoll_ctl => events::epoll_ctl;
    234 tgkill => signal::tgkill;
    235 utimes => stat::utimes;
    247 waitid => process::waitid;
    257 openat => open::openat;
    258 mkdirat => names::mkdirat;
    259 mknodat => names::mknodat;
    260 fchownat => stat::fchownat;
    261 futimesat => stat::futimesat;
    262 newfstatat => stat::newfstatat;
    263 unlinkat => names::unlinkat;
    264 renameat => names::renameat;
    265 linkat => names::linkat;
    266 symlinkat => names::symlinkat;
    267 readlinkat => stat::readlinkat;
    268 fchmodat => stat::fchmodat;
    269 faccessat => stat::faccessat;
    270 pselect6 => poll::pselect6;
    271 ppoll => poll::ppoll;
    273 set_robust_list => futex::set_robust_list;
    274 get_robust_list => futex::get_robust_list;
    280 utimensat => stat::utimensat;
    281 epoll_pwait => events::epoll_pwait;
    284 eventfd => events::eventfd;
    285 fallocate => read_write::fallocate;
    290 eventfd2 => events::eventfd2;
    291 epoll_create1 => events::epoll_create1;
    292 dup3 => descriptors::dup3;
    293 pipe2 => descriptors::pipe2;
    295 preadv => read_write::preadv;
    296 pwritev => read_write::pwritev;
    297 rt_tgsigqueueinfo => signal::rt_tgsigqueueinfo;
    302 prlimit64 => system::prlimit64;
    306 syncfs => read_write::syncfs;
    309 getcpu => process::getcpu;
    316 renameat2 => names::renameat2;
    318 getrandom => system::getrandom;
    319 memfd_create => descriptors::memfd_create;
    322 execveat => process::execveat;
    324 membarrier => memory::membarrier;
    326 copy_file_range => read_write::copy_file_range;
    327 preadv2 => read_write::preadv2;
    328 pwritev2 => read_write::pwritev2;
    332 statx => stat::statx;
    435 clone3 => process::clone3;
    436 close_range => open::close_range;
    437 openat2 => open::openat2;
    439 faccessat2 => stat::faccessat2;
    441 epoll_pwait2 => events::epoll_pwait2;
    452 fchmodat2 => stat::fchmodat2;
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
