//! Tasks that are named but never run: `switch_to` makes the target current and returns at once.
//!
//! In an exploration each CPU has one task beside its idle one. A switch to the idle task runs the
//! kernel's idle loop where it stands, until that switches back.

use super::explore;
use crate::mem::OutOfMemory;
use crate::sync::atomic::{AtomicBool, Ordering};
use std::any::Any;
use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    static IDLE: Arc<Task> = Arc::new(Task { data: Arc::new(()), entry: || unreachable!(), runs: AtomicBool::new(false) });
    static CURRENT: RefCell<Option<Arc<Task>>> = const { RefCell::new(None) };
}

/// A kernel thread; see [`crate::task`].
pub struct Task {
    data: Arc<dyn Any + Send + Sync>,
    entry: fn(),
    /// A CPU of an exploration runs it, or has not left it yet.
    runs: AtomicBool,
}

impl Task {
    /// A task that will call `entry`, which must not return, on a kernel stack of its own. It
    /// carries user state: initial vector state, `fs` and `gs` base 0.
    ///
    /// # Errors
    /// [`OutOfMemory`] when there is no memory for its stack.
    pub fn new(data: Arc<dyn Any + Send + Sync>, entry: fn()) -> Result<Arc<Self>, OutOfMemory> {
        super::mem::charge()?;
        Ok(Arc::new(Self {
            data,
            entry,
            runs: AtomicBool::new(false),
        }))
    }

    /// Whether a CPU runs the task, or has not left its stack yet. No other may switch to it then.
    pub fn is_running(&self) -> bool {
        if explore::is_explored() {
            return self.runs.load(Ordering::SeqCst);
        }
        CURRENT.with_borrow(|current| {
            current
                .as_ref()
                .is_some_and(|current| std::ptr::eq(Arc::as_ptr(current), self))
        })
    }

    /// What the kernel attached to the task.
    pub fn data(&self) -> &Arc<dyn Any + Send + Sync> {
        &self.data
    }

    /// Gives the task, before it first runs, the vector state and the `fs` and `gs` bases of the
    /// current one.
    ///
    /// # Panics
    /// When the task has run.
    pub fn copy_user_state_from_current(&self) {}

    /// Sets the `fs` base the task starts with. `false`, changing nothing, for a kernel address.
    ///
    /// # Panics
    /// When the task has run.
    #[must_use]
    pub fn set_initial_tls(&self, base: usize) -> bool {
        base < crate::space::USER_END
    }

    /// The function the task starts in, which a test may call.
    pub fn entry(&self) -> fn() {
        self.entry
    }
}

/// The task this CPU runs. The context that booted it is a task, too, with `()` for its data;
/// `None` only before it is one, at boot.
pub fn current() -> Option<Arc<Task>> {
    Some(CURRENT.with_borrow(Clone::clone).unwrap_or_else(idle_task))
}

/// Calls `f` with the running task, without counting a reference. See [`current`] for `None`.
pub fn with_current<R>(f: impl FnOnce(Option<&Task>) -> R) -> R {
    f(current().as_deref())
}

/// The context that booted this CPU, as a task to switch to.
pub fn idle_task() -> Arc<Task> {
    IDLE.with(Clone::clone)
}

/// Runs `next` until it switches back to the current task. Drops the reference to the task that was
/// left only after leaving its stack, so a task may hold the last reference to itself when it ends.
///
/// # Panics
/// When `next` runs on another CPU.
pub fn switch_to(next: &Arc<Task>) {
    let idle = IDLE.with(|idle| Arc::ptr_eq(idle, next));
    if explore::is_explored() {
        return explored_switch(next, idle);
    }
    CURRENT.set((!idle).then(|| next.clone()));
}

/// On the host no task runs, so none can end.
pub fn exit_to(_next: Arc<Task>) -> ! {
    panic!("tasks do not run on the host");
}

fn explored_switch(next: &Arc<Task>, to_idle: bool) {
    let left = CURRENT.take();
    if !to_idle {
        let stays = left.is_some_and(|left| Arc::ptr_eq(&left, next));
        let runs = next.runs.swap(true, Ordering::SeqCst);
        assert_eq!(runs, stays, "a task runs on two CPUs");
        CURRENT.set(Some(next.clone()));
        return;
    }
    if let Some(left) = left {
        left.runs.store(false, Ordering::SeqCst);
    }
    while CURRENT.with_borrow(Option::is_none) {
        explore::idle_turn();
    }
}
