//! The four serial ports, which carry everything that enters and leaves the machine.

use crate::backend::serial as backend;

/// A serial port by its use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Port {
    /// COM1: the terminal, or standard input and output of a command.
    Console,
    /// COM2: the kernel's log.
    Log,
    /// COM3: machine-readable results.
    Results,
    /// COM4: standard error of a command.
    Aux,
}

/// Whether the machine has the port.
pub fn present(port: Port) -> bool {
    backend::present(port)
}

/// Sends all of `bytes`, waiting for the device where needed. Bytes to a port that is not there are
/// dropped.
pub fn write(port: Port, bytes: &[u8]) {
    backend::write(port, bytes);
}

/// Takes received bytes; returns how many, 0 when none are waiting. Never waits.
pub fn read(port: Port, bytes: &mut [u8]) -> usize {
    backend::read(port, bytes)
}
