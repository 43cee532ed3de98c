//! Ports as byte queues of the calling thread.

use crate::serial::Port;
use std::cell::RefCell;
use std::collections::VecDeque;

#[derive(Default)]
struct Line {
    input: VecDeque<u8>,
    output: Vec<u8>,
    interrupt: bool,
}

thread_local! {
    static LINES: RefCell<[Line; 4]> = RefCell::default();
}

fn with<R>(port: Port, f: impl FnOnce(&mut Line) -> R) -> R {
    LINES.with_borrow_mut(|lines| f(&mut lines[port as usize]))
}

/// Makes `bytes` arrive at a port of this thread; the handler runs at the next [`crate::cpu::idle`]
/// or interrupt window.
pub fn feed_serial(port: Port, bytes: &[u8]) {
    with(port, |line| {
        line.input.extend(bytes);
        line.interrupt = matches!(port, Port::Console | Port::Aux);
    });
}

/// Takes what was written to a port on this thread.
pub fn take_serial_output(port: Port) -> Vec<u8> {
    with(port, |line| std::mem::take(&mut line.output))
}

pub(super) fn raise_interrupts() {
    for port in [Port::Console, Port::Aux] {
        if with(port, |line| std::mem::take(&mut line.interrupt)) {
            (super::handlers().serial_input)(port);
        }
    }
}

pub(crate) fn present(_: Port) -> bool {
    true
}

pub(crate) fn write(port: Port, bytes: &[u8]) {
    with(port, |line| line.output.extend_from_slice(bytes));
}

pub(crate) fn read(port: Port, bytes: &mut [u8]) -> usize {
    with(port, |line| {
        let count = bytes.len().min(line.input.len());
        for (to, from) in bytes.iter_mut().zip(line.input.drain(..count)) {
            *to = from;
        }
        count
    })
}
