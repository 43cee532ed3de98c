//! Tasks and the switch between them.

mod stack;

use super::cpu::area;
use super::cpu::registers::{read_fs_base, read_user_gs_base, write_fs_base, write_user_gs_base};
use super::vector;
use crate::mem::OutOfMemory;
use alloc::sync::Arc;
use core::any::Any;
use core::arch::global_asm;
use core::cell::UnsafeCell;
use core::ptr::null;
use core::sync::atomic::{AtomicU8, Ordering};

pub(crate) use stack::{KERNEL_STACKS_START, STACK_SIZE, Stack};

/// Where a task is in its life; guards its `context` against use by two CPUs.
const NEW: u8 = 0;
const PARKED: u8 = 1;
const RUNNING: u8 = 2;

/// A kernel thread; see [`crate::task`].
pub struct Task {
    data: Arc<dyn Any + Send + Sync>,
    entry: fn(),
    /// The boot context carries no user state.
    idle: bool,
    state: AtomicU8,
    context: UnsafeCell<Context>,
    /// `None` for a boot context, whose stack is in the kernel image.
    _stack: Option<stack::Stack>,
}

/// What the processor must have again when the task goes on.
struct Context {
    stack_pointer: usize,
    fs_base: usize,
    gs_base: usize,
    vector: vector::Area,
}

// SAFETY: the context is used by the CPU that runs the task, or, while the task is new, by `&Task`
// methods that only core's creator of the task calls before its first run (they check the state);
// `data` is `Send + Sync` by its type.
unsafe impl Sync for Task {}
// SAFETY: nothing in a task is bound to a thread.
unsafe impl Send for Task {}

global_asm!(
    r#"
    .section .text.clew_switch, "ax"
    .balign 16
    .globl clew_switch
clew_switch:
    push rbp
    push rbx
    push r12
    push r13
    push r14
    push r15
    mov [rdi], rsp
    mov rsp, rsi
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbx
    pop rbp
    ret

    .globl clew_task_start
clew_task_start:
    xor ebp, ebp
    call {start}
    ud2
    "#,
    start = sym start,
);

unsafe extern "C" {
    /// Saves the callee-saved registers and the stack pointer, and goes on where `to` was saved.
    ///
    /// # Safety
    /// `to` was stored by an earlier call, or made by `Task::new`, and is not in use.
    #[link_name = "clew_switch"]
    fn switch_stacks(from: *mut usize, to: usize);

    static clew_task_start: u8;
}

impl Task {
    /// A task that will call `entry`, which must not return, on a kernel stack of its own. It
    /// carries user state: initial vector state, `fs` and `gs` base 0.
    ///
    /// # Errors
    /// [`OutOfMemory`] when there is no memory for its stack.
    pub fn new(data: Arc<dyn Any + Send + Sync>, entry: fn()) -> Result<Arc<Self>, OutOfMemory> {
        let stack = stack::Stack::new()?;
        // What `clew_switch` pops: six registers and the return address. The address keeps the
        // ABI's alignment.
        let start = (&raw const clew_task_start) as usize;
        let stack_pointer = stack.push_initial(&[0, 0, 0, 0, 0, 0, start, 0, 0]);
        let context = Context {
            stack_pointer,
            fs_base: 0,
            gs_base: 0,
            vector: vector::Area::new()?,
        };
        Ok(Arc::new(Self {
            data,
            entry,
            idle: false,
            state: AtomicU8::new(NEW),
            context: UnsafeCell::new(context),
            _stack: Some(stack),
        }))
    }

    /// Whether a CPU runs the task, or has not left its stack yet. No other may switch to it then.
    #[inline]
    pub fn is_running(&self) -> bool {
        self.state.load(Ordering::Acquire) == RUNNING
    }

    /// What the kernel attached to the task.
    #[inline]
    pub fn data(&self) -> &Arc<dyn Any + Send + Sync> {
        &self.data
    }

    /// Gives the task, before it first runs, the vector state and the `fs` and `gs` bases of the
    /// current one.
    ///
    /// # Panics
    /// When the task has run.
    pub fn copy_user_state_from_current(&self) {
        self.with_new_context(|context| {
            context.vector.save();
            context.fs_base = read_fs_base();
            context.gs_base = read_user_gs_base();
        });
    }

    /// Sets the `fs` base the task starts with. `false`, changing nothing, for a kernel address.
    ///
    /// # Panics
    /// When the task has run.
    #[must_use]
    pub fn set_initial_tls(&self, base: usize) -> bool {
        if base >= crate::space::USER_END {
            return false;
        }
        self.with_new_context(|context| context.fs_base = base);
        true
    }

    fn with_new_context(&self, f: impl FnOnce(&mut Context)) {
        let claimed =
            self.state
                .compare_exchange(NEW, RUNNING, Ordering::Acquire, Ordering::Relaxed);
        assert!(claimed.is_ok(), "the task has run");
        // SAFETY: the state went from new to running here, so no CPU runs the task and no other
        // call is in here.
        f(unsafe { &mut *self.context.get() });
        self.state.store(NEW, Ordering::Release);
    }
}

/// Makes the context that runs now, which booted this CPU, a task. Its stack is the CPU's for good.
///
/// # Panics
/// Without memory.
pub(crate) fn init() {
    let context = Context {
        stack_pointer: 0,
        fs_base: 0,
        gs_base: 0,
        vector: vector::Area::new().expect("memory at boot"),
    };
    let idle = Arc::new(Task {
        data: Arc::new(()),
        entry: || {},
        idle: true,
        state: AtomicU8::new(RUNNING),
        context: UnsafeCell::new(context),
        _stack: None,
    });
    let area = area::get();
    area.idle.set(Arc::into_raw(idle.clone()));
    area.current.set(Arc::into_raw(idle));
    reset_user_state();
}

fn reset_user_state() {
    vector::reset_vector_state();
    write_fs_base(0);
    write_user_gs_base(0);
}

/// The task this CPU runs. The context that booted it is a task, too, with `()` for its data;
/// `None` only before it is one, at boot.
#[inline]
pub fn current() -> Option<Arc<Task>> {
    let task = area::get().current.get();
    if task.is_null() {
        return None;
    }
    // SAFETY: the area owns a reference to the running task, so it is alive and its count can be
    // raised.
    unsafe {
        Arc::increment_strong_count(task);
        Some(Arc::from_raw(task))
    }
}

/// Calls `f` with the running task, without counting a reference. See [`current`] for `None`.
#[inline]
pub fn with_current<R>(f: impl FnOnce(Option<&Task>) -> R) -> R {
    // SAFETY: the area owns a reference to the running task, which is kept while this task is not
    // ended: `f` runs on its stack.
    f(unsafe { area::get().current.get().as_ref() })
}

/// The context that booted this CPU, as a task to switch to.
pub fn idle_task() -> Arc<Task> {
    let task = area::get().idle.get();
    // SAFETY: the area owns a reference to its idle task for good.
    unsafe {
        Arc::increment_strong_count(task);
        Arc::from_raw(task)
    }
}

/// The vector area of the running task, as scratch memory for its own state.
pub(super) fn with_vector_area<R>(f: impl FnOnce(&mut vector::Area) -> R) -> R {
    let task = area::get().current.get();
    // SAFETY: the running task's context belongs to this CPU, and the callers in `vector` do not
    // come back here.
    f(unsafe { &mut (*(*task).context.get()).vector })
}

/// Runs `next` until it switches back to the current task. Drops the reference to the task that was
/// left only after leaving its stack, so a task may hold the last reference to itself when it ends.
///
/// # Panics
/// When `next` runs on another CPU.
pub fn switch_to(next: &Arc<Task>) {
    switch(next.clone());
}

/// Ends the current task: runs `next`, for good. Nothing that the caller still owns is dropped.
///
/// # Panics
/// When `next` runs on another CPU, or is the current task.
pub fn exit_to(next: Arc<Task>) -> ! {
    switch(next);
    panic!("a task that ended was run again");
}

/// Hands the CPU to `next`. The reference moves to the CPU's area: a task that ends leaves none on
/// its stack.
fn switch(next: Arc<Task>) {
    let area = area::get();
    let previous = area.current.get();
    if core::ptr::eq(previous, Arc::as_ptr(&next)) {
        return;
    }
    let before = next.state.swap(RUNNING, Ordering::Acquire);
    assert!(before != RUNNING, "the task runs on another CPU");
    // SAFETY: this CPU runs `previous`, and the state that was not `RUNNING` gives it `next`; so
    // both contexts are this CPU's. Each reference in the area is owned: `previous` moves to its
    // slot and is dropped by `finish_switch` on the other stack. `next`'s stack pointer was stored
    // when it was left or created, and its stack lives with it.
    unsafe {
        let old = &mut *(*previous).context.get();
        if !(*previous).idle {
            old.vector.save();
            old.fs_base = read_fs_base();
            old.gs_base = read_user_gs_base();
        }
        let next = Arc::into_raw(next);
        let new = &*(*next).context.get();
        if !(*next).idle {
            let restored = new.vector.restore();
            debug_assert!(restored, "a saved state is valid");
            write_fs_base(new.fs_base);
            write_user_gs_base(new.gs_base);
        }
        area.current.set(next);
        area.previous.set(previous);
        switch_stacks(&raw mut old.stack_pointer, new.stack_pointer);
    }
    finish_switch();
}

/// Lets go of the task that was left, now that its stack is not in use.
fn finish_switch() {
    let area = area::get();
    let previous = area.previous.replace(null());
    if previous.is_null() {
        return;
    }
    // SAFETY: the pointer carries the reference that `switch_to` moved here.
    let previous = unsafe { Arc::from_raw(previous) };
    previous.state.store(PARKED, Ordering::Release);
}

/// First function on a new stack.
extern "C" fn start() -> ! {
    finish_switch();
    let entry = with_current(|task| task.map(|task| task.entry)).expect("a task is running");
    entry();
    panic!("a task's entry returned");
}
