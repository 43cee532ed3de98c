//! What a panic inside the library does: one line on the error stream, then `abort`. The message's text is
//! not formatted, so that no program pays for `core::fmt` because of it.

use crate::platform;

#[cfg(not(test))]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    let (file, line) = info
        .location()
        .map_or(("unknown file", 0), |l| (l.file(), l.line()));
    fatal(&[
        "tlibc: internal error at ",
        file,
        ":",
        decimal(line, &mut [0; 10]),
    ])
}

/// Writes the parts and a newline to the error stream with one system call each, then aborts.
pub fn fatal(parts: &[&str]) -> ! {
    for part in parts.iter().chain(&["\n"]) {
        // Nothing is left to do when even the error stream fails.
        let _ = platform::write(2, part.as_bytes());
    }
    platform::abort()
}

/// The decimal digits of `value`, written at the end of `buffer`.
#[cfg(not(test))]
fn decimal(mut value: u32, buffer: &mut [u8; 10]) -> &str {
    let mut at = buffer.len();
    loop {
        at -= 1;
        buffer[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    // Only ASCII digits were written.
    core::str::from_utf8(&buffer[at..]).unwrap_or("?")
}

/// The prebuilt `core` refers to the personality routine by name although this library never unwinds.
#[cfg(not(test))]
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() -> ! {
    platform::abort()
}
