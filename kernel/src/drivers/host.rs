//! The streams of a command that the host runs: `/dev/host/*`.
//!
//! Output goes to serial ports byte for byte. Input comes on the console's port
//! in frames (a 16-bit little-endian length, then so many bytes; length 0 is
//! the end), because a serial line itself has no end of file. The port is only
//! read while the ring has room: what is not read waits at the host.

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use core::sync::atomic::{AtomicBool, Ordering};

use hal::serial::{self, Port};

use crate::errno::{Errno, Result};
use crate::fs::buf::{Sink, Source};
use crate::fs::file::FileObject;
use crate::fs::poll::{Notifier, PollEvents};
use crate::sync::SpinLock;

/// How many decoded bytes wait for a reader.
const CAPACITY: usize = 16 << 10;

static CONSOLE_IS_OURS: AtomicBool = AtomicBool::new(false);
static INPUT: SpinLock<Decoder> = SpinLock::new(Decoder::new());
static INPUT_CHANGED: Notifier = Notifier::new();

/// Gives the console's port to the host's streams instead of the terminal.
pub fn take_console() {
    CONSOLE_IS_OURS.store(true, Ordering::Relaxed);
}

/// Whether the console's port carries the host's streams.
pub fn owns_console() -> bool {
    CONSOLE_IS_OURS.load(Ordering::Relaxed)
}

/// Takes what the port has, as far as there is room.
pub fn receive() {
    if INPUT
        .lock()
        .receive(|bytes| serial::read(Port::Console, bytes))
    {
        INPUT_CHANGED.notify();
    }
}

/// Takes frames apart.
struct Decoder {
    ready: VecDeque<u8>,
    /// The first byte of a length, while the second is missing.
    half_length: Option<u8>,
    /// Bytes of the current frame still to come.
    in_frame: usize,
    ended: bool,
}

impl Decoder {
    const fn new() -> Self {
        Self {
            ready: VecDeque::new(),
            half_length: None,
            in_frame: 0,
            ended: false,
        }
    }

    /// Reads with `read` until it gives nothing or there is no room; says
    /// whether anything came.
    fn receive(&mut self, mut read: impl FnMut(&mut [u8]) -> usize) -> bool {
        if self.ready.capacity() < CAPACITY && self.ready.try_reserve_exact(CAPACITY).is_err() {
            return false;
        }
        let mut any = false;
        let mut chunk = [0; 64];
        while !self.ended {
            let room = (CAPACITY - self.ready.len()).min(chunk.len());
            let count = if room == 0 {
                0
            } else {
                read(&mut chunk[..room])
            };
            if count == 0 {
                break;
            }
            any = true;
            for &byte in &chunk[..count] {
                self.push(byte);
            }
        }
        any
    }

    fn push(&mut self, byte: u8) {
        if self.ended {
            return;
        }
        if self.in_frame > 0 {
            self.in_frame -= 1;
            self.ready.push_back(byte);
        } else if let Some(low) = self.half_length.take() {
            self.in_frame = u16::from_le_bytes([low, byte]).into();
            self.ended = self.in_frame == 0;
        } else {
            self.half_length = Some(byte);
        }
    }
}

/// `/dev/host/stdin`.
pub struct Input;

impl FileObject for Input {
    fn read(&self, sink: &mut Sink<'_>) -> Result<usize> {
        let mut input = INPUT.lock();
        input.receive(|bytes| serial::read(Port::Console, bytes));
        if input.ready.is_empty() {
            return if input.ended || sink.remaining() == 0 {
                Ok(0)
            } else {
                Err(Errno::EAGAIN)
            };
        }
        let (first, _) = input.ready.as_slices();
        let count = sink.put(first);
        input.ready.drain(..count);
        // There is room again: the port may hold more.
        input.receive(|bytes| serial::read(Port::Console, bytes));
        Ok(count)
    }

    fn poll(&self) -> PollEvents {
        let input = INPUT.lock();
        if input.ready.is_empty() && !input.ended {
            PollEvents::empty()
        } else {
            PollEvents::READABLE
        }
    }

    fn notifier(&self) -> Option<&Notifier> {
        Some(&INPUT_CHANGED)
    }
}

/// `/dev/host/stdout`, `/dev/host/stderr`, `/dev/host/results`.
pub struct Output(pub Port);

impl FileObject for Output {
    fn write(&self, source: &mut Source<'_>) -> Result<usize> {
        let mut chunk = [0; 512];
        let mut done = 0;
        loop {
            let count = source.take(&mut chunk);
            if count == 0 {
                return Ok(done);
            }
            serial::write(self.0, &chunk[..count]);
            done += count;
        }
    }

    fn poll(&self) -> PollEvents {
        PollEvents::WRITABLE
    }
}

/// The object behind a name in `/dev/host`.
pub fn open(name: &str) -> Option<Arc<dyn FileObject>> {
    Some(match name {
        "stdin" => Arc::new(Input),
        "stdout" => Arc::new(Output(Port::Console)),
        "stderr" => Arc::new(Output(Port::Aux)),
        "results" => Arc::new(Output(Port::Results)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(mut input: &[u8], step: usize) -> (Vec<u8>, bool) {
        let mut decoder = Decoder::new();
        let mut out = Vec::new();
        while !input.is_empty() && !decoder.ended {
            decoder.receive(|bytes| {
                let count = bytes.len().min(step).min(input.len());
                bytes[..count].copy_from_slice(&input[..count]);
                input = &input[count..];
                count
            });
            out.extend(decoder.ready.drain(..));
        }
        (out, decoder.ended)
    }

    #[test]
    fn frames_are_taken_apart_at_any_boundary() {
        let input = b"\x03\0abc\x01\0d\0\0ignored";
        for step in 1..=input.len() {
            assert_eq!(decode(input, step), (b"abcd".to_vec(), true), "step {step}");
        }
        assert_eq!(decode(b"\x03\0ab", 1), (b"ab".to_vec(), false));
    }

    #[test]
    fn nothing_is_read_without_room() {
        let mut decoder = Decoder::new();
        let mut sent = 0usize;
        decoder.receive(|bytes| {
            bytes.fill(0xff);
            sent += bytes.len();
            bytes.len()
        });
        assert!(decoder.ready.len() <= CAPACITY);
        assert_eq!(sent, decoder.ready.len() + 2);
        let before = sent;
        decoder.receive(|_| panic!("there is no room"));
        assert_eq!(sent, before);
    }
}
