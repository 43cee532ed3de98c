//! Processes and threads for explorations ([`hal::mock::explore`]): real ones,
//! whose program is a function of the test.

use alloc::sync::Arc;

use hal::user::UserContext;

use super::{Process, Thread, allocate_pid, register, thread, unregister_thread};
use crate::fs::FsContext;
use crate::fs::path::Location;

/// A process without threads, whose root is `root`.
pub(crate) fn process(root: Location) -> Arc<Process> {
    let nowhere = FsContext {
        cwd: root.clone(),
        root,
        umask: 0o022,
    };
    let process = super::first(nowhere.clone()).unwrap();
    if process.pid != 1 {
        return process;
    }
    // What the first process does not handle never reaches it: signals are to be explored, too.
    super::first(nowhere).unwrap()
}

/// A thread of the process, which [`crate::sched::run_explored`] lets run.
pub(crate) fn new_thread(process: &Arc<Process>) -> Arc<Thread> {
    let thread = Thread::new(
        allocate_pid().unwrap(),
        process.clone(),
        UserContext::new(0, 0),
        thread::Inherited::nothing(process, [0; 16]),
    )
    .unwrap();
    process.threads.lock().push(thread.clone());
    register(&thread);
    thread
}

/// What becomes of the locks with inheritance of a thread that ends.
pub(crate) fn owner_ends(thread: &Arc<Thread>) {
    unregister_thread(thread);
    crate::sync::pi::owner_died(thread);
}

/// Forgets a thread after its run.
pub(crate) fn forget(thread: &Arc<Thread>) {
    unregister_thread(thread);
    thread
        .process
        .threads
        .lock()
        .retain(|other| !Arc::ptr_eq(other, thread));
    drop(thread.take_task());
}
