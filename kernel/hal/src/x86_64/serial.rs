//! Serial.
use crate::serial::Port;
pub(crate) fn present(_: Port) -> bool {
    todo!()
}
pub(crate) fn write(_port: Port, _bytes: &[u8]) {
    todo!()
}
pub(crate) fn read(_port: Port, _bytes: &mut [u8]) -> usize {
    todo!()
}
