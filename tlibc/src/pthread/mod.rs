//! `<pthread.h>`: threads, their attributes and what they synchronise with; `tcb` is the block behind `fs:0`.

pub mod tcb;
pub mod thread_atexit;
