//! The atomics of what the tests run in every order: on the machine those of `core`; on the host
//! each operation is a point at which [`crate::mock::explore`] may let another CPU go on.

pub use core::sync::atomic::Ordering;
#[cfg(target_os = "none")]
pub use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, fence};

#[cfg(not(target_os = "none"))]
pub use explored::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, fence};

#[cfg(not(target_os = "none"))]
mod explored {
    use super::Ordering;
    use crate::mock::explore::point;
    use core::sync::atomic;

    macro_rules! atomics {
        ($($name:ident of $value:ty,)*) => {$(
            /// As in `core`, with points of exploration.
            #[derive(Debug, Default)]
            pub struct $name(atomic::$name);

            impl $name {
                /// As in `core`.
                pub const fn new(value: $value) -> Self {
                    Self(atomic::$name::new(value))
                }

                /// As in `core`.
                pub fn load(&self, order: Ordering) -> $value {
                    point();
                    self.0.load(order)
                }

                /// As in `core`.
                pub fn store(&self, value: $value, order: Ordering) {
                    point();
                    self.0.store(value, order);
                }

                /// As in `core`.
                pub fn swap(&self, value: $value, order: Ordering) -> $value {
                    point();
                    self.0.swap(value, order)
                }

                /// As in `core`.
                ///
                /// # Errors
                /// The value found, when it is not `old`.
                pub fn compare_exchange(
                    &self,
                    old: $value,
                    new: $value,
                    success: Ordering,
                    failure: Ordering,
                ) -> Result<$value, $value> {
                    point();
                    self.0.compare_exchange(old, new, success, failure)
                }

                /// As in `core`.
                pub fn fetch_or(&self, value: $value, order: Ordering) -> $value {
                    point();
                    self.0.fetch_or(value, order)
                }

                /// As in `core`.
                pub fn fetch_and(&self, value: $value, order: Ordering) -> $value {
                    point();
                    self.0.fetch_and(value, order)
                }
            }
        )*};
    }

    atomics! {
        AtomicBool of bool,
        AtomicU8 of u8,
        AtomicU32 of u32,
        AtomicU64 of u64,
        AtomicUsize of usize,
    }

    /// As in `core`: no point of its own, as every step is seen in one order.
    pub fn fence(order: Ordering) {
        atomic::fence(order);
    }
}
