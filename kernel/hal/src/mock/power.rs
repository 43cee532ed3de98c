//! Ending the machine ends the test with a panic.

pub(crate) fn exit(status: u8) -> ! {
    panic!("machine exit with status {status:#x}")
}

pub(crate) fn off() -> ! {
    panic!("machine power-off")
}

pub(crate) fn reboot() -> ! {
    panic!("machine reboot")
}

pub(crate) fn halt() -> ! {
    panic!("machine halt")
}
