//! The end of a kernel that found itself broken: message and the backtrace of every CPU on the log
//! port, then out.
//!
//! The CPU that panics first stops the others one by one with a non-maskable interrupt, on which
//! each writes its own trace and halts.

use super::paging::{self, IMAGE};
use super::task::KERNEL_STACKS_START;
use super::{HANDLERS, serial, smp, time};
use crate::power;
use crate::serial::Port;
use core::arch::asm;
use core::fmt::{self, Write};
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

const MOST_FRAMES: usize = 64;
/// How long a CPU may take to write its trace, in nanoseconds.
const STOP_LIMIT: u64 = 2_000_000_000;

/// Set from the first panic on; the NMI gate looks at it.
pub(super) static PANICKING: AtomicBool = AtomicBool::new(false);
/// The CPU that panicked first.
static PANICKER: AtomicUsize = AtomicUsize::new(usize::MAX);
/// CPUs that have written their trace.
static STOPPED: AtomicUsize = AtomicUsize::new(0);

struct Log;

impl Write for Log {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        serial::write_unlocked(Port::Log, text.as_bytes());
        Ok(())
    }
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    if PANICKING.swap(true, Ordering::SeqCst) {
        if PANICKER.load(Ordering::SeqCst) != crate::cpu::id() {
            // The first to panic reports, and stops this CPU as well.
            power::halt();
        }
        // A panic inside the report: what is out is out.
        let _ = Log.write_str("\nKERNEL PANIC END\n");
        power::exit(power::EXIT_PANIC);
    }
    PANICKER.store(crate::cpu::id(), Ordering::SeqCst);
    // The log port's writer does not fail.
    let _ = report(info);
    if let Some(handlers) = HANDLERS.try_lock().map(|handlers| *handlers) {
        (handlers.panic)(info);
    }
    power::exit(power::EXIT_PANIC)
}

fn report(info: &PanicInfo<'_>) -> fmt::Result {
    let this = crate::cpu::id();
    write!(Log, "\nKERNEL PANIC cpu={this}: {}", info.message())?;
    if let Some(location) = info.location() {
        write!(Log, " at {}:{}", location.file(), location.line())?;
    }
    writeln!(Log)?;
    backtrace(frame_pointer())?;
    for cpu in (0..smp::count()).filter(|&cpu| cpu != this) {
        let before = STOPPED.load(Ordering::SeqCst);
        smp::stop(cpu);
        let start = time::now();
        while STOPPED.load(Ordering::SeqCst) == before {
            if time::now().saturating_sub(start) > STOP_LIMIT {
                writeln!(Log, "cpu={cpu} does not answer")?;
                break;
            }
            core::hint::spin_loop();
        }
    }
    writeln!(Log, "KERNEL PANIC END")
}

/// Another CPU has panicked: writes where this one was, and stops it.
pub(super) fn stop_this_cpu(in_user_mode: bool, address: usize, frame: usize) -> ! {
    // The log port's writer does not fail.
    let _ = if in_user_mode {
        writeln!(Log, "cpu={} in user mode", crate::cpu::id())
    } else {
        writeln!(Log, "cpu={}:\n  bt {address:#x}", crate::cpu::id())
            .and_then(|()| backtrace(frame))
    };
    STOPPED.fetch_add(1, Ordering::SeqCst);
    power::halt()
}

#[inline(always)]
fn frame_pointer() -> usize {
    let frame: usize;
    // SAFETY: reads a register.
    unsafe { asm!("mov {}, rbp", out(reg) frame, options(nomem, nostack, preserves_flags)) };
    frame
}

/// Writes the return addresses on the stack, innermost first.
fn backtrace(mut frame: usize) -> fmt::Result {
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
        writeln!(Log, "  bt {address:#x}")?;
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
