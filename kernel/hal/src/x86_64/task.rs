//! Tasks.
use crate::mem::OutOfMemory;
use alloc::sync::Arc;
use core::any::Any;

/// A kernel thread; see [`crate::task`].
pub struct Task {
    data: Arc<dyn Any + Send + Sync>,
}

#[allow(missing_docs)]
impl Task {
    pub fn new(_data: Arc<dyn Any + Send + Sync>, _entry: fn()) -> Result<Arc<Self>, OutOfMemory> {
        todo!()
    }
    pub fn data(&self) -> &Arc<dyn Any + Send + Sync> {
        &self.data
    }
    pub fn copy_user_state_from_current(&self) {
        todo!()
    }
    #[must_use]
    pub fn set_initial_tls(&self, _base: usize) -> bool {
        todo!()
    }
}

#[allow(missing_docs)]
pub fn current() -> Option<Arc<Task>> {
    todo!()
}
#[allow(missing_docs)]
pub fn with_current<R>(_f: impl FnOnce(Option<&Task>) -> R) -> R {
    todo!()
}
#[allow(missing_docs)]
pub fn idle_task() -> Arc<Task> {
    todo!()
}
#[allow(missing_docs)]
pub fn switch_to(_next: &Arc<Task>) {
    todo!()
}
