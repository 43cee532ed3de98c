//! The machine: PC hardware with 64-bit long mode.

pub(crate) mod boot;
pub(crate) mod cpu;
pub(crate) mod mem;
pub(crate) mod power;
pub(crate) mod random;
pub(crate) mod serial;
pub(crate) mod space;
pub(crate) mod task;
pub(crate) mod time;
pub(crate) mod user;

pub(crate) fn install(_handlers: crate::Handlers) {
    todo!()
}
