//! `unistd.h`: processes, descriptors, paths, users and system limits.
//!
//! One file a family; the kernel calls themselves are in `crate::platform`. Nothing here retries on `EINTR`:
//! POSIX leaves that to the program. Neighbours: `fcntl` (open), `sys_stat`, `sys_wait`, `signal`, `spawn`.

mod all_threads;
pub mod conf;
pub mod dirs;
pub mod exec;
pub mod fds;
pub mod fork;
pub mod host;
pub mod ids;
pub mod io;
pub mod limits;
pub mod links;
pub mod misc;
pub mod path_limits;
pub mod sleep;
pub mod term;
pub mod users;
pub mod usershell;

use core::ffi::c_int;

/// Descriptor of standard input.
pub const STDIN_FILENO: c_int = 0;
/// Descriptor of standard output.
pub const STDOUT_FILENO: c_int = 1;
/// Descriptor of standard error.
pub const STDERR_FILENO: c_int = 2;
/// `access`: may read.
pub const R_OK: c_int = 4;
/// `access`: may write.
pub const W_OK: c_int = 2;
/// `access`: may execute.
pub const X_OK: c_int = 1;
/// `access`: exists.
pub const F_OK: c_int = 0;
/// `lockf`: release.
pub const F_ULOCK: c_int = 0;
/// `lockf`: take, waiting.
pub const F_LOCK: c_int = 1;
/// `lockf`: take or fail.
pub const F_TLOCK: c_int = 2;
/// `lockf`: ask.
pub const F_TEST: c_int = 3;
