//! The end of a kernel that found itself broken: message and backtrace on the log port, then out.

use super::paging::{self, IMAGE};
use super::task::KERNEL_STACKS_START;
use super::{HANDLERS, serial};
use crate::power;
use crate::serial::Port;
use core::arch::asm;
use core::fmt::{self, Write};
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

const MOST_FRAMES: usize = 64;

struct Log;

impl Write for Log {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        serial::write(Port::Log, text.as_bytes());
        Ok(())
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    static PANICKING: AtomicBool = AtomicBool::new(false);
    if PANICKING.swap(true, Ordering::Relaxed) {
        // A panic inside the report: what is out is out.
        let _ = Log.write_str("\nKERNEL PANIC END\n");
        power::exit(power::EXIT_PANIC);
    }
    // The log port's writer does not fail.
    let _ = report(info);
    if let Some(handlers) = HANDLERS.try_lock().map(|handlers| *handlers) {
        (handlers.panic)(info);
    }
    power::exit(power::EXIT_PANIC)
}

fn report(info: &PanicInfo<'_>) -> fmt::Result {
    write!(
        Log,
        "\nKERNEL PANIC cpu={}: {}",
        crate::cpu::id(),
        info.message()
    )?;
    if let Some(location) = info.location() {
        write!(Log, " at {}:{}", location.file(), location.line())?;
    }
    writeln!(Log)?;
    backtrace(|address| writeln!(Log, "  bt {address:#x}"))?;
    writeln!(Log, "KERNEL PANIC END")
}

/// Calls `f` with each return address on the stack, innermost first.
fn backtrace(mut f: impl FnMut(usize) -> fmt::Result) -> fmt::Result {
    let mut frame: usize;
    // SAFETY: reads a register.
    unsafe { asm!("mov {}, rbp", out(reg) frame, options(nomem, nostack, preserves_flags)) };
    for _ in 0..MOST_FRAMES {
        if !is_mapped_stack(frame) {
            break;
        }
        // SAFETY: both words are on mapped kernel pages; reading what is not a frame after all
        // yields a wrong address at worst.
        let [next, address] = unsafe { (frame as *const [usize; 2]).read() };
        if address < IMAGE {
            break;
        }
        f(address)?;
        if next <= frame {
            break;
        }
        frame = next;
    }
    Ok(())
}

/// Whether two words at the address can be read: on a kernel stack or in the image's data.
fn is_mapped_stack(address: usize) -> bool {
    let image = IMAGE..IMAGE + paging::image_range().end;
    address.is_multiple_of(8)
        && (image.contains(&address) || address >= KERNEL_STACKS_START)
        && [address, address + 15]
            .iter()
            .all(|&word| paging::is_mapped(word))
}
