//! tlibc: the C library of Clew, with the binary interface of glibc on x86-64 Linux.
//!
//! A folder per C header (`sys/stat.h` is `sys_stat/`), one function family a file. What is not a header:
//! `start` (process start and end), `platform` (everything asked of the kernel), `sync` (locks), `malloc`,
//! `types` and `errno`. Functions return `Result<_, Errno>` inside and turn it into `errno` at the C boundary.
//! Anything thread-local lives in the thread control block behind `fs:0` (`pthread::tcb`).
#![cfg_attr(not(test), no_std)]
// The optimiser knows what C's functions do and would make them call themselves: a strcpy written with stpcpy
// becomes a call of strcpy, a calloc written with malloc and memset one of calloc.
#![no_builtins]

#[macro_use]
mod macros;

pub mod aio;
pub mod argz;
pub mod arpa_inet;
pub mod assert;
pub mod complex;
pub mod ctype;
pub mod devctl;
pub mod dirent;
pub mod dlfcn;
pub mod err;
pub mod errno;
pub mod error;
pub mod fcntl;
pub mod fenv;
pub mod fmtmsg;
pub mod fnmatch;
pub mod fortify;
pub mod fts;
pub mod ftw;
#[cfg(test)]
mod fuzz;
pub mod getopt;
pub mod glob;
pub mod gnu_libc_version;
pub mod grp;
pub mod iconv;
pub mod ifaddrs;
pub mod langinfo;
pub mod libgen;
pub mod libintl;
pub mod link;
pub mod locale;
pub mod malloc;
pub mod math;
pub mod mntent;
pub mod monetary;
pub mod mqueue;
pub mod ndbm;
pub mod net_if;
pub mod netdb;
pub mod netinet_ether;
pub mod netinet_in;
pub mod nl_types;
pub mod numconv;
pub mod obstack;
pub mod panic;
pub mod platform;
pub mod poll;
pub mod pthread;
pub mod pty;
pub mod pwd;
pub mod regex;
pub mod resolv;
pub mod sched;
pub mod search;
pub mod semaphore;
pub mod setjmp;
pub mod shadow;
pub mod signal;
pub mod spawn;
pub mod start;
pub mod stdarg;
pub mod stdio;
pub mod stdlib;
pub mod string;
pub mod strings;
pub mod sync;
pub mod sys_epoll;
pub mod sys_eventfd;
pub mod sys_file;
pub mod sys_inotify;
pub mod sys_ioctl;
pub mod sys_ipc;
pub mod sys_mman;
pub mod sys_mount;
pub mod sys_msg;
pub mod sys_prctl;
pub mod sys_random;
pub mod sys_reboot;
pub mod sys_resource;
pub mod sys_select;
pub mod sys_sem;
pub mod sys_sendfile;
pub mod sys_shm;
pub mod sys_signalfd;
pub mod sys_socket;
pub mod sys_stat;
pub mod sys_statfs;
pub mod sys_statvfs;
pub mod sys_sysinfo;
pub mod sys_sysmacros;
pub mod sys_time;
pub mod sys_timerfd;
pub mod sys_times;
pub mod sys_timex;
pub mod sys_uio;
pub mod sys_utsname;
pub mod sys_wait;
pub mod sys_xattr;
pub mod syslog;
pub mod termios;
pub mod textfile;
pub mod threads;
pub mod time;
pub mod types;
pub mod uchar;
pub mod ucontext;
pub mod ulimit;
pub mod unistd;
pub mod utime;
pub mod utmpx;
pub(crate) mod vec;
pub mod wchar;
pub mod wctype;
pub mod wordexp;
