//! The named values that arguments of system calls may have: what the trace
//! decodes ([`super::trace`]) and what `docs/src/syscalls.md` lists as supported.
//!
//! A flag belongs here if and only if a handler takes it. `bits` are or'ed, of
//! `one` exactly one is given, `with` is one of those before the bar with any of
//! those after it. A `record` is a structure in the caller's memory, with the
//! offset, size and kind of each part. The names in [`super::table`] refer to these.

#![allow(
    non_upper_case_globals,
    reason = "the sets are named as the table writes them"
)]

use linux_raw_sys::general as raw;
use linux_raw_sys::ioctl as io;
use linux_raw_sys::net;
use linux_raw_sys::prctl as pr;

use super::trace::{Kind, Part};

macro_rules! sets {
    ($($kind:ident $set:ident {
        $($module:ident::$name:ident)* $(| $($flag_module:ident::$flag:ident)*)?
    })*) => {
        $(pub(super) const $set: Kind = sets!(@$kind &[
            $((stringify!($name), $module::$name as u32 as u64),)*
        ] $(, &[
            $((stringify!($flag), $flag_module::$flag as u32 as u64),)*
        ])?);)*
    };
    (@bits $names:expr) => { Kind::Bits($names) };
    (@one $names:expr) => { Kind::One($names) };
    (@with $names:expr, $flags:expr) => { Kind::With($names, $flags) };
}

macro_rules! records {
    ($(record $record:ident { $($part:ident $offset:literal $size:literal $kind:ident)* })*) => {
        $(pub(super) const $record: Kind = Kind::Record(&[
            $(Part {
                name: stringify!($part),
                offset: $offset,
                size: $size,
                kind: &super::trace::$kind,
            },)*
        ]);)*
    };
}

/// Numbers that the crate of constants does not have.
pub(super) mod own {
    pub const MEMBARRIER_CMD_QUERY: u32 = 0;
    pub const MEMBARRIER_CMD_GLOBAL: u32 = 1;
    pub const MEMBARRIER_CMD_GLOBAL_EXPEDITED: u32 = 1 << 1;
    pub const MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED: u32 = 1 << 2;
    pub const MEMBARRIER_CMD_PRIVATE_EXPEDITED: u32 = 1 << 3;
    pub const MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED: u32 = 1 << 4;
    pub const MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE: u32 = 1 << 5;
    pub const MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE: u32 = 1 << 6;
    pub const MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ: u32 = 1 << 7;
    pub const MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ: u32 = 1 << 8;
    pub const MEMBARRIER_CMD_GET_REGISTRATIONS: u32 = 1 << 9;
    pub const MEMBARRIER_CMD_FLAG_CPU: u32 = 1;
    pub const RSEQ_FLAG_UNREGISTER: u32 = 1;
    pub const ARCH_SET_GS: u32 = 0x1001;
    pub const ARCH_SET_FS: u32 = 0x1002;
    pub const ARCH_GET_FS: u32 = 0x1003;
    pub const ARCH_GET_GS: u32 = 0x1004;
    pub const RUSAGE_SELF: u32 = 0;
    pub const RUSAGE_CHILDREN: i32 = -1;
    pub const RUSAGE_THREAD: u32 = 1;
    pub const CLOSE_RANGE_UNSHARE: u32 = 1 << 1;
    pub const CLOSE_RANGE_CLOEXEC: u32 = 1 << 2;
    pub const IPC_CREAT: u32 = 0o1000;
    pub const IPC_EXCL: u32 = 0o2000;
    pub const IPC_NOWAIT: u32 = 0o4000;
    pub const IPC_RMID: u32 = 0;
    pub const IPC_SET: u32 = 1;
    pub const IPC_STAT: u32 = 2;
    pub const IPC_INFO: u32 = 3;
    pub const MSG_STAT: u32 = 11;
    pub const MSG_INFO: u32 = 12;
    pub const MSG_STAT_ANY: u32 = 13;
    pub const MSG_NOERROR: u32 = 0o10000;
    pub const MSG_EXCEPT: u32 = 0o20000;
    pub const GETPID: u32 = 11;
    pub const GETVAL: u32 = 12;
    pub const GETALL: u32 = 13;
    pub const GETNCNT: u32 = 14;
    pub const GETZCNT: u32 = 15;
    pub const SETVAL: u32 = 16;
    pub const SETALL: u32 = 17;
    pub const SEM_STAT: u32 = 18;
    pub const SEM_INFO: u32 = 19;
    pub const SEM_STAT_ANY: u32 = 20;
    pub const SHM_LOCK: u32 = 11;
    pub const SHM_UNLOCK: u32 = 12;
    pub const SHM_STAT: u32 = 13;
    pub const SHM_INFO: u32 = 14;
    pub const SHM_STAT_ANY: u32 = 15;
    pub const SHM_RDONLY: u32 = 0o10000;
    pub const SHM_RND: u32 = 0o20000;
    pub const SHM_REMAP: u32 = 0o40000;
    pub const SHM_EXEC: u32 = 0o100000;
    pub const X_OK: u32 = 1;
    pub const W_OK: u32 = 2;
    pub const R_OK: u32 = 4;
    pub const EPOLLEXCLUSIVE: u32 = 1 << 28;
    pub const EPOLLWAKEUP: u32 = 1 << 29;
    pub const EPOLLONESHOT: u32 = 1 << 30;
    pub const EPOLLET: u32 = 1 << 31;
    pub const PIDFD_NONBLOCK: u32 = 0o4000;
    pub const MSG_WAITFORONE: u32 = 1 << 16;
    pub const SEM_UNDO: u32 = 0o10000;
    pub const SFD_NONBLOCK: u32 = 0o4000;
    pub const SFD_CLOEXEC: u32 = 0o2000000;
    pub const SOCK_NONBLOCK: u32 = 0o4000;
    pub const SOCK_CLOEXEC: u32 = 0o2000000;
}

sets! {
    bits access_mode { own::R_OK own::W_OK own::X_OK }
    one advice {
        raw::MADV_NORMAL raw::MADV_RANDOM raw::MADV_SEQUENTIAL raw::MADV_WILLNEED raw::MADV_DONTNEED
        raw::MADV_FREE raw::MADV_COLD raw::MADV_PAGEOUT raw::MADV_HUGEPAGE raw::MADV_NOHUGEPAGE
        raw::MADV_DONTDUMP raw::MADV_DODUMP raw::MADV_DONTFORK raw::MADV_DOFORK raw::MADV_WIPEONFORK
        raw::MADV_KEEPONFORK raw::MADV_POPULATE_READ raw::MADV_POPULATE_WRITE
        raw::MADV_DONTNEED_LOCKED
    }
    one arch_option { own::ARCH_SET_GS own::ARCH_SET_FS own::ARCH_GET_FS own::ARCH_GET_GS }
    bits accept_flags { own::SOCK_NONBLOCK own::SOCK_CLOEXEC }
    bits access_at_flags { raw::AT_SYMLINK_NOFOLLOW raw::AT_EACCESS raw::AT_EMPTY_PATH }
    bits action_flags {
        raw::SA_NOCLDSTOP raw::SA_NOCLDWAIT raw::SA_SIGINFO raw::SA_RESTORER raw::SA_ONSTACK
        raw::SA_RESTART raw::SA_NODEFER raw::SA_RESETHAND
    }
    one address_family { net::AF_UNIX }
    bits at_flags { raw::AT_SYMLINK_NOFOLLOW raw::AT_EMPTY_PATH }
    one clock {
        raw::CLOCK_REALTIME raw::CLOCK_MONOTONIC raw::CLOCK_PROCESS_CPUTIME_ID
        raw::CLOCK_THREAD_CPUTIME_ID raw::CLOCK_MONOTONIC_RAW raw::CLOCK_REALTIME_COARSE
        raw::CLOCK_MONOTONIC_COARSE raw::CLOCK_BOOTTIME raw::CLOCK_REALTIME_ALARM
        raw::CLOCK_BOOTTIME_ALARM raw::CLOCK_TAI
    }
    bits clone_flags {
        raw::CLONE_VM raw::CLONE_FS raw::CLONE_FILES raw::CLONE_SIGHAND raw::CLONE_VFORK
        raw::CLONE_PARENT raw::CLONE_THREAD raw::CLONE_SYSVSEM raw::CLONE_SETTLS
        raw::CLONE_PARENT_SETTID raw::CLONE_CHILD_CLEARTID raw::CLONE_DETACHED
        raw::CLONE_CHILD_SETTID raw::CLONE_PIDFD raw::CLONE_PTRACE raw::CLONE_UNTRACED raw::CLONE_IO
    }
    bits close_range_flags { own::CLOSE_RANGE_UNSHARE own::CLOSE_RANGE_CLOEXEC }
    bits duplicate_flags { raw::O_CLOEXEC }
    bits epoll_events {
        raw::EPOLLIN raw::EPOLLPRI raw::EPOLLOUT raw::EPOLLERR raw::EPOLLHUP raw::EPOLLRDNORM
        raw::EPOLLRDBAND raw::EPOLLWRNORM raw::EPOLLWRBAND raw::EPOLLRDHUP own::EPOLLEXCLUSIVE
        own::EPOLLWAKEUP own::EPOLLONESHOT own::EPOLLET
    }
    bits epoll_flags { raw::EPOLL_CLOEXEC }
    one epoll_operation { raw::EPOLL_CTL_ADD raw::EPOLL_CTL_DEL raw::EPOLL_CTL_MOD }
    bits eventfd_flags { raw::EFD_SEMAPHORE raw::EFD_CLOEXEC raw::EFD_NONBLOCK }
    bits fallocate_mode {
        raw::FALLOC_FL_KEEP_SIZE raw::FALLOC_FL_PUNCH_HOLE raw::FALLOC_FL_COLLAPSE_RANGE
        raw::FALLOC_FL_ZERO_RANGE raw::FALLOC_FL_INSERT_RANGE
    }
    one fcntl_command {
        raw::F_DUPFD raw::F_GETFD raw::F_SETFD raw::F_GETFL raw::F_SETFL raw::F_GETLK raw::F_SETLK
        raw::F_SETLKW raw::F_OFD_GETLK raw::F_OFD_SETLK raw::F_OFD_SETLKW raw::F_DUPFD_CLOEXEC
        raw::F_SETOWN raw::F_GETOWN raw::F_SETOWN_EX raw::F_GETOWN_EX raw::F_SETSIG raw::F_GETSIG
        raw::F_SETPIPE_SZ raw::F_GETPIPE_SZ raw::F_ADD_SEALS raw::F_GET_SEALS
    }
    one file_advice {
        raw::POSIX_FADV_NORMAL raw::POSIX_FADV_RANDOM raw::POSIX_FADV_SEQUENTIAL
        raw::POSIX_FADV_WILLNEED raw::POSIX_FADV_DONTNEED raw::POSIX_FADV_NOREUSE
    }
    with futex_operation {
        raw::FUTEX_WAIT raw::FUTEX_WAKE raw::FUTEX_REQUEUE raw::FUTEX_CMP_REQUEUE raw::FUTEX_WAKE_OP
        raw::FUTEX_WAIT_BITSET raw::FUTEX_WAKE_BITSET raw::FUTEX_LOCK_PI raw::FUTEX_UNLOCK_PI
        raw::FUTEX_TRYLOCK_PI raw::FUTEX_LOCK_PI2 raw::FUTEX_WAIT_REQUEUE_PI
        raw::FUTEX_CMP_REQUEUE_PI | raw::FUTEX_PRIVATE_FLAG raw::FUTEX_CLOCK_REALTIME
    }
    one id_type { raw::P_ALL raw::P_PID raw::P_PGID raw::P_PIDFD }
    one interval_timer { raw::ITIMER_REAL raw::ITIMER_VIRTUAL raw::ITIMER_PROF }
    bits inotify_flags { raw::IN_NONBLOCK raw::IN_CLOEXEC }
    bits inotify_mask {
        raw::IN_ACCESS raw::IN_MODIFY raw::IN_ATTRIB raw::IN_CLOSE_WRITE raw::IN_CLOSE_NOWRITE
        raw::IN_OPEN raw::IN_MOVED_FROM raw::IN_MOVED_TO raw::IN_CREATE raw::IN_DELETE
        raw::IN_DELETE_SELF raw::IN_MOVE_SELF raw::IN_ONLYDIR raw::IN_DONT_FOLLOW
        raw::IN_EXCL_UNLINK raw::IN_MASK_CREATE raw::IN_MASK_ADD raw::IN_ONESHOT
    }
    one ioctl_request {
        io::FIOCLEX io::FIONCLEX io::FIONBIO io::FIOASYNC io::FIONREAD io::FIOSETOWN io::FIOGETOWN
        io::SIOCSPGRP io::SIOCGPGRP io::TCGETS io::TCSETS io::TCSETSW
        io::TCSETSF io::TCSBRK io::TCSBRKP io::TCXONC io::TCFLSH io::TIOCGWINSZ io::TIOCSWINSZ
        io::TIOCGPGRP io::TIOCSPGRP io::TIOCGSID io::TIOCSCTTY io::TIOCNOTTY io::TIOCOUTQ
        io::TIOCGETD io::TIOCSETD io::TIOCGPTN io::TIOCSPTLCK io::TIOCGPTLCK io::TIOCPKT
        io::TIOCGPKT io::TIOCGPTPEER io::TIOCSIG
    }
    bits ipc_get_flags { own::IPC_CREAT own::IPC_EXCL }
    bits link_flags { raw::AT_SYMLINK_FOLLOW raw::AT_EMPTY_PATH }
    bits lock_operation { raw::LOCK_SH raw::LOCK_EX raw::LOCK_NB raw::LOCK_UN }
    bits map_flags {
        raw::MAP_SHARED raw::MAP_PRIVATE raw::MAP_FIXED raw::MAP_ANONYMOUS raw::MAP_GROWSDOWN
        raw::MAP_LOCKED raw::MAP_DENYWRITE raw::MAP_EXECUTABLE raw::MAP_NORESERVE raw::MAP_POPULATE
        raw::MAP_NONBLOCK raw::MAP_STACK raw::MAP_FIXED_NOREPLACE
    }
    bits lock_flags { raw::MCL_CURRENT raw::MCL_FUTURE raw::MCL_ONFAULT }
    one mask_how { raw::SIG_BLOCK raw::SIG_UNBLOCK raw::SIG_SETMASK }
    one membarrier_command {
        own::MEMBARRIER_CMD_QUERY own::MEMBARRIER_CMD_GLOBAL own::MEMBARRIER_CMD_GLOBAL_EXPEDITED
        own::MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED own::MEMBARRIER_CMD_PRIVATE_EXPEDITED
        own::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED
        own::MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE
        own::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE
        own::MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ
        own::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ
        own::MEMBARRIER_CMD_GET_REGISTRATIONS
    }
    bits membarrier_flags { own::MEMBARRIER_CMD_FLAG_CPU }
    bits memfd_flags {
        raw::MFD_CLOEXEC raw::MFD_ALLOW_SEALING raw::MFD_NOEXEC_SEAL raw::MFD_EXEC
    }
    bits mount_flags {
        raw::MS_RDONLY raw::MS_NOSUID raw::MS_NODEV raw::MS_NOEXEC raw::MS_SYNCHRONOUS raw::MS_REMOUNT
        raw::MS_DIRSYNC raw::MS_NOSYMFOLLOW raw::MS_NOATIME raw::MS_NODIRATIME raw::MS_BIND
        raw::MS_MOVE raw::MS_REC raw::MS_SILENT raw::MS_PRIVATE raw::MS_RELATIME
    }
    bits rseq_flags { own::RSEQ_FLAG_UNREGISTER }
    bits mlock_flags { raw::MLOCK_ONFAULT }
    bits open_flags {
        raw::O_WRONLY raw::O_RDWR raw::O_CREAT raw::O_EXCL raw::O_NOCTTY raw::O_TRUNC raw::O_APPEND
        raw::O_NONBLOCK raw::O_DSYNC raw::O_DIRECT raw::O_LARGEFILE raw::O_DIRECTORY raw::O_NOFOLLOW
        raw::O_NOATIME raw::O_CLOEXEC raw::O_PATH
    }
    one msg_command {
        own::IPC_RMID own::IPC_SET own::IPC_STAT own::IPC_INFO own::MSG_STAT own::MSG_INFO
        own::MSG_STAT_ANY
    }
    bits msg_flags { own::IPC_NOWAIT own::MSG_NOERROR own::MSG_EXCEPT }
    bits mqueue_flags { raw::O_WRONLY raw::O_RDWR raw::O_CREAT raw::O_EXCL raw::O_NONBLOCK }
    one prctl_option {
        pr::PR_SET_PDEATHSIG pr::PR_GET_PDEATHSIG pr::PR_SET_NAME pr::PR_GET_NAME
        pr::PR_SET_CHILD_SUBREAPER pr::PR_GET_CHILD_SUBREAPER pr::PR_SET_DUMPABLE
        pr::PR_GET_DUMPABLE pr::PR_SET_NO_NEW_PRIVS pr::PR_GET_NO_NEW_PRIVS
        pr::PR_SET_TIMERSLACK pr::PR_GET_TIMERSLACK pr::PR_GET_KEEPCAPS pr::PR_SET_KEEPCAPS
        pr::PR_GET_SECUREBITS pr::PR_SET_SECUREBITS pr::PR_CAPBSET_READ pr::PR_CAPBSET_DROP
        pr::PR_CAP_AMBIENT pr::PR_GET_TIMING pr::PR_SET_TIMING pr::PR_GET_TSC pr::PR_SET_TSC
        pr::PR_GET_SECCOMP pr::PR_GET_TID_ADDRESS pr::PR_SET_THP_DISABLE pr::PR_GET_THP_DISABLE
        pr::PR_MCE_KILL pr::PR_MCE_KILL_GET pr::PR_SET_IO_FLUSHER pr::PR_GET_IO_FLUSHER
        pr::PR_SET_SPECULATION_CTRL pr::PR_GET_SPECULATION_CTRL pr::PR_SET_VMA
    }
    bits pidfd_flags { own::PIDFD_NONBLOCK }
    bits pipe_flags { raw::O_DIRECT raw::O_NONBLOCK raw::O_CLOEXEC }
    bits poll_events {
        raw::POLLIN raw::POLLPRI raw::POLLOUT raw::POLLERR raw::POLLHUP raw::POLLNVAL
        raw::POLLRDNORM raw::POLLRDBAND raw::POLLWRNORM raw::POLLWRBAND raw::POLLRDHUP
    }
    one policy {
        raw::SCHED_NORMAL raw::SCHED_FIFO raw::SCHED_RR raw::SCHED_BATCH raw::SCHED_IDLE
        raw::SCHED_RESET_ON_FORK
    }
    one priority_of { raw::PRIO_PROCESS raw::PRIO_PGRP raw::PRIO_USER }
    bits protection {
        raw::PROT_READ raw::PROT_WRITE raw::PROT_EXEC raw::PROT_SEM raw::PROT_GROWSDOWN raw::PROT_GROWSUP
    }
    bits random_flags { raw::GRND_NONBLOCK raw::GRND_RANDOM raw::GRND_INSECURE }
    bits receive_flags {
        net::MSG_PEEK net::MSG_TRUNC net::MSG_DONTWAIT net::MSG_WAITALL net::MSG_CMSG_CLOEXEC
    }
    bits receive_many_flags {
        net::MSG_PEEK net::MSG_TRUNC net::MSG_DONTWAIT net::MSG_WAITALL net::MSG_CMSG_CLOEXEC
        own::MSG_WAITFORONE
    }
    one reboot_command {
        raw::LINUX_REBOOT_CMD_RESTART raw::LINUX_REBOOT_CMD_HALT raw::LINUX_REBOOT_CMD_POWER_OFF
        raw::LINUX_REBOOT_CMD_CAD_ON raw::LINUX_REBOOT_CMD_CAD_OFF
    }
    bits remap_flags { raw::MREMAP_MAYMOVE raw::MREMAP_FIXED raw::MREMAP_DONTUNMAP }
    bits rename_flags { raw::RENAME_NOREPLACE raw::RENAME_EXCHANGE }
    bits resolve_flags {
        raw::RESOLVE_NO_XDEV raw::RESOLVE_NO_MAGICLINKS raw::RESOLVE_NO_SYMLINKS
        raw::RESOLVE_BENEATH raw::RESOLVE_IN_ROOT
    }
    one resource {
        raw::RLIMIT_CPU raw::RLIMIT_FSIZE raw::RLIMIT_DATA raw::RLIMIT_STACK raw::RLIMIT_CORE
        raw::RLIMIT_RSS raw::RLIMIT_NPROC raw::RLIMIT_NOFILE raw::RLIMIT_MEMLOCK raw::RLIMIT_AS
        raw::RLIMIT_LOCKS raw::RLIMIT_SIGPENDING raw::RLIMIT_MSGQUEUE raw::RLIMIT_NICE
        raw::RLIMIT_RTPRIO raw::RLIMIT_RTTIME
    }
    bits rw_flags { raw::RWF_HIPRI raw::RWF_DSYNC raw::RWF_SYNC }
    bits scheduling_flags { raw::SCHED_FLAG_RESET_ON_FORK }
    one sem_command {
        own::IPC_RMID own::IPC_SET own::IPC_STAT own::IPC_INFO own::GETPID own::GETVAL own::GETALL
        own::GETNCNT own::GETZCNT own::SETVAL own::SETALL own::SEM_STAT own::SEM_INFO
        own::SEM_STAT_ANY
    }
    bits sem_flags { own::IPC_NOWAIT own::SEM_UNDO }
    bits send_flags {
        net::MSG_DONTROUTE net::MSG_DONTWAIT net::MSG_EOR net::MSG_CONFIRM net::MSG_NOSIGNAL
        net::MSG_MORE
    }
    one shm_command {
        own::IPC_RMID own::IPC_SET own::IPC_STAT own::IPC_INFO own::SHM_LOCK own::SHM_UNLOCK
        own::SHM_STAT own::SHM_INFO own::SHM_STAT_ANY
    }
    bits shm_flags { own::SHM_RDONLY own::SHM_RND own::SHM_REMAP own::SHM_EXEC }
    one shutdown_how { net::SHUT_RD net::SHUT_WR net::SHUT_RDWR }
    bits signalfd_flags { own::SFD_NONBLOCK own::SFD_CLOEXEC }
    one socket_level { net::SOL_SOCKET }
    one socket_option {
        net::SO_DEBUG net::SO_REUSEADDR net::SO_TYPE net::SO_ERROR net::SO_DONTROUTE
        net::SO_BROADCAST net::SO_SNDBUF net::SO_RCVBUF net::SO_KEEPALIVE net::SO_OOBINLINE
        net::SO_LINGER net::SO_PASSCRED net::SO_PEERCRED net::SO_RCVLOWAT net::SO_SNDLOWAT
        net::SO_RCVTIMEO net::SO_SNDTIMEO net::SO_PEERNAME net::SO_ACCEPTCONN net::SO_SNDBUFFORCE
        net::SO_RCVBUFFORCE net::SO_PROTOCOL net::SO_DOMAIN net::SO_PRIORITY net::SO_COOKIE
        net::SO_PEERGROUPS net::SO_PEERPIDFD
    }
    with socket_type {
        net::SOCK_STREAM net::SOCK_DGRAM net::SOCK_RAW net::SOCK_SEQPACKET
        | own::SOCK_NONBLOCK own::SOCK_CLOEXEC
    }
    bits splice_flags { raw::SPLICE_F_MOVE raw::SPLICE_F_NONBLOCK raw::SPLICE_F_MORE raw::SPLICE_F_GIFT }
    bits stack_flags { raw::SS_ONSTACK raw::SS_DISABLE raw::SS_AUTODISARM }
    bits stat_at_flags { raw::AT_SYMLINK_NOFOLLOW raw::AT_NO_AUTOMOUNT raw::AT_EMPTY_PATH }
    bits statx_at_flags {
        raw::AT_SYMLINK_NOFOLLOW raw::AT_NO_AUTOMOUNT raw::AT_EMPTY_PATH raw::AT_STATX_FORCE_SYNC
        raw::AT_STATX_DONT_SYNC
    }
    bits statx_mask {
        raw::STATX_TYPE raw::STATX_MODE raw::STATX_NLINK raw::STATX_UID raw::STATX_GID
        raw::STATX_ATIME raw::STATX_MTIME raw::STATX_CTIME raw::STATX_INO raw::STATX_SIZE
        raw::STATX_BLOCKS raw::STATX_BTIME
    }
    bits sync_flags { raw::MS_ASYNC raw::MS_INVALIDATE raw::MS_SYNC }
    bits sync_range { raw::SYNC_FILE_RANGE_WAIT_BEFORE raw::SYNC_FILE_RANGE_WRITE raw::SYNC_FILE_RANGE_WAIT_AFTER }
    bits timerfd_flags { raw::TFD_NONBLOCK raw::TFD_CLOEXEC }
    bits timerfd_set_flags { raw::TFD_TIMER_ABSTIME raw::TFD_TIMER_CANCEL_ON_SET }
    bits timer_flags { raw::TIMER_ABSTIME }
    bits unlink_flags { raw::AT_REMOVEDIR }
    bits unmount_flags { raw::MNT_FORCE raw::MNT_DETACH raw::MNT_EXPIRE raw::UMOUNT_NOFOLLOW }
    one usage_of { own::RUSAGE_SELF own::RUSAGE_CHILDREN own::RUSAGE_THREAD }
    bits wait_options {
        raw::WNOHANG raw::WUNTRACED raw::WEXITED raw::WCONTINUED raw::WNOWAIT raw::__WNOTHREAD
        raw::__WALL raw::__WCLONE
    }
    one xattr_flags { raw::XATTR_CREATE raw::XATTR_REPLACE }
    one whence { raw::SEEK_SET raw::SEEK_CUR raw::SEEK_END raw::SEEK_DATA raw::SEEK_HOLE }
}

records! {
    record clone_arguments {
        flags 0 8 clone_flags
        child_tid 16 8 hex
        parent_tid 24 8 hex
        exit_signal 32 8 signal
        stack 40 8 hex
        stack_size 48 8 hex
        tls 56 8 hex
    }
    record epoll_event { events 0 4 epoll_events data 4 8 hex }
    record new_timer { interval 0 16 timespec value 16 16 timespec }
    record open_how { flags 0 8 open_flags mode 8 8 mode resolve 16 8 resolve_flags }
    record poll_descriptor { fd 0 4 fd events 4 2 poll_events }
    record scheduling_attributes {
        policy 4 4 policy
        flags 8 8 scheduling_flags
        nice 16 4 int
        priority 20 4 int
    }
    record semaphore_operation { number 0 2 int operation 2 2 short flags 4 2 sem_flags }
    record signal_action { handler 0 8 hex mask 24 8 sigset flags 8 8 action_flags }
    record signal_stack { base 0 8 hex flags 8 4 stack_flags size 16 8 size }
    record socket_message { name 0 8 hex parts 24 8 size control_size 40 8 size }
}
