//! Boot.
use core::ops::Deref;
/// The initial RAM file system's bytes.
pub struct Initramfs(&'static [u8]);
impl Deref for Initramfs {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.0
    }
}
pub(crate) fn command_line() -> &'static str {
    todo!()
}
pub(crate) fn take_initramfs() -> Option<Initramfs> {
    todo!()
}
