//! The threads that pass bytes between the guest's serial ports and our own streams.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::Result;
use signal_hook::consts::SIGHUP;

use crate::session::Event;

/// How much of the end of the kernel's log is kept for reports.
const LOG_TAIL: usize = 256 * 1024;

/// The end of the kernel's log.
#[derive(Clone, Default)]
pub struct LogTail(Arc<Mutex<VecDeque<u8>>>);

impl LogTail {
    fn push(&self, bytes: &[u8]) {
        let mut tail = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tail.extend(bytes);
        let excess = tail.len().saturating_sub(LOG_TAIL);
        tail.drain(..excess);
    }

    /// The text so far.
    pub fn text(&self) -> String {
        let tail = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes: Vec<u8> = tail.iter().copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Keeps reading the log port, into `file` as well if there is one.
pub fn follow_log(mut port: UnixStream, tail: LogTail, mut file: Option<File>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = port.read(&mut buffer) {
            tail.push(&buffer[..count]);
            if let Some(out) = &mut file
                && let Err(error) = out.write_all(&buffer[..count])
            {
                eprintln!("clew: the kernel's log is cut short: {error}");
                file = None;
            }
        }
    })
}

/// An unbuffered file of our own for a standard stream.
pub fn own(stream: impl AsFd) -> Result<File> {
    Ok(File::from(stream.as_fd().try_clone_to_owned()?))
}

/// Passes bytes on until the machine ends or nobody reads them any more.
pub fn pump(mut from: UnixStream, mut to: File, events: mpsc::Sender<Event>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            if write_all(&mut to, &buffer[..count]).is_err() {
                let _ = events.send(Event::OutputClosed);
                return;
            }
        }
    })
}

/// As `write_all`, also for a stream that whoever started us has made non-blocking.
fn write_all(to: &mut File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match to.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(1));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Sends our standard input to the guest in frames, then the empty frame that is its end.
pub fn send_input(mut console: UnixStream) {
    let mut stdin = io::stdin().lock();
    let mut buffer = [0; 4096];
    loop {
        let count = match stdin.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::sleep(Duration::from_millis(5));
                continue;
            }
            // A standard input that can't be read (closed, a directory) is an empty one.
            Err(_) => 0,
        };
        // The machine may end before it has read all of its input.
        if console.write_all(&frame(&buffer[..count])).is_err() || count == 0 {
            return;
        }
    }
}

/// One frame: the length in two bytes, the low one first, then the bytes.
fn frame(bytes: &[u8]) -> Vec<u8> {
    debug_assert!(bytes.len() <= usize::from(u16::MAX));
    let mut frame = (bytes.len() as u16).to_le_bytes().to_vec();
    frame.extend_from_slice(bytes);
    frame
}

/// Sends keys to the guest's terminal. On a terminal, Ctrl-A X asks to quit; a file or pipe ends with
/// the guest's end-of-file character.
pub fn send_keys(mut console: UnixStream, events: &mpsc::Sender<Event>, is_terminal: bool) {
    const CONTROL_A: u8 = 1;
    const CONTROL_D: u8 = 4;
    let mut stdin = io::stdin().lock();
    let mut buffer = [0; 1024];
    let mut escaped = false;
    loop {
        let count = match stdin.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Ok(0) | Err(_) => {
                if is_terminal {
                    let _ = events.send(Event::Signal(SIGHUP));
                } else {
                    let _ = console.write_all(&[CONTROL_D]);
                }
                return;
            }
            Ok(count) => count,
        };
        if !is_terminal {
            if console.write_all(&buffer[..count]).is_err() {
                return;
            }
            continue;
        }
        let mut keys = Vec::with_capacity(count);
        for &key in &buffer[..count] {
            match (escaped, key) {
                (false, CONTROL_A) => {
                    escaped = true;
                    continue;
                }
                (true, b'x' | b'X') => {
                    let _ = events.send(Event::Quit);
                    return;
                }
                (true, b'a' | b'A' | CONTROL_A) => keys.push(CONTROL_A),
                (true, other) => keys.extend([CONTROL_A, other]),
                (false, other) => keys.push(other),
            }
            escaped = false;
        }
        if console.write_all(&keys).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_have_a_little_endian_length() {
        assert_eq!(frame(b"abc"), [3, 0, b'a', b'b', b'c']);
        assert_eq!(frame(b""), [0, 0]);
        assert_eq!(frame(&[9; 0x102])[..2], [2, 1]);
    }

    #[test]
    fn the_log_keeps_its_end() {
        let tail = LogTail::default();
        tail.push(&vec![b'a'; LOG_TAIL]);
        tail.push(b"end");
        let text = tail.text();
        assert_eq!(text.len(), LOG_TAIL);
        assert!(text.ends_with("aend"));
    }
}
