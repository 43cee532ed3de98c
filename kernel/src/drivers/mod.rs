//! Devices, above the HAL's ports.
//!
//! [`random`] is the generator behind `/dev/random` and `getrandom`; [`host`]
//! the streams of a command that the host runs in the machine; the console's
//! bytes go to [`crate::tty`].

pub mod host;
pub mod random;

use hal::serial::Port;

use crate::tty;

/// Prepares the devices. Once, at boot.
pub fn init(command_line: &str) {
    random::init();
    if command_line
        .split_ascii_whitespace()
        .any(|word| word == "mode=exec")
    {
        host::take_console();
    }
    tty::init(command_line);
}

/// A serial port has received bytes.
pub fn serial_input(port: Port) {
    if port != Port::Console {
        return;
    }
    if host::owns_console() {
        host::receive();
    } else {
        tty::console().receive();
    }
}
