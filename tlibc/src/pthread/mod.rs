//! `<pthread.h>`: threads, their attributes and what they synchronise with (POSIX.1-2024, 2.9 Threads).
//!
//! `tcb` is the block behind `fs:0`, to which a `pthread_t` points; `thread` starts and ends threads on stacks from
//! `stack`. The locks are futex words laid out as in glibc (`mutex`, `cond`, `rwlock`, `barrier`): a lock
//! that nobody else wants costs no system call. Functions return error numbers and leave `errno` alone.
#![allow(non_camel_case_types)]

pub mod atfork;
pub mod attr;
pub mod attr_np;
pub mod barrier;
pub mod cancel;
pub mod cond;
pub mod key;
pub mod mutex;
pub mod mutexattr;
pub mod once;
pub mod points;
pub mod rwlock;
pub mod scheduling;
pub mod spin;
mod stack;
pub mod tcb;
pub mod thread;
pub mod thread_atexit;
pub mod unwind_buf;
pub(crate) mod wait;

use crate::types::*;

/// A thread: the address of its control block.
pub type pthread_t = c_ulong;
/// Key of thread-specific data.
pub type pthread_key_t = c_uint;
/// State of a one-time initialisation.
pub type pthread_once_t = c_int;

/// Only threads of one process use the object.
pub const PTHREAD_PROCESS_PRIVATE: c_int = 0;
/// Threads of any process that maps the object use it.
pub const PTHREAD_PROCESS_SHARED: c_int = 1;
