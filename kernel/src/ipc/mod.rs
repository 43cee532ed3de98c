//! Communication between processes by name or key: POSIX message queues ([`mqueue`], mq_overview(7)) and the System V
//! facilities ([`semaphore`], [`message`] and [`shared_memory`] over [`table`]; sysvipc(7)).
//!
//! Nothing here waits: what would answers `EAGAIN`, and the system-call layer ([`crate::syscall`]) sleeps on the object's queue.

pub mod message;
pub mod mqueue;
pub mod semaphore;
pub mod shared_memory;
pub mod table;
