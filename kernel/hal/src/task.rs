//! Kernel threads: a stack each, and the user state of the thread they carry.
//!
//! The kernel above decides which task runs ([`switch_to`]); this module sees to it that a task is
//! never on two CPUs and that its memory outlives its last instruction. The context that boots a
//! CPU is that CPU's idle task. A task that ends switches away for good ([`exit_to`]): its stack is
//! freed when the last reference to it is dropped.

pub use crate::backend::task::{Task, current, exit_to, idle_task, switch_to, with_current};
