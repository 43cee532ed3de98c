//! What fits no family: `nice`, `swab`, `getentropy`, the program break, `syscall`, `daemon`.

use crate::errno::{CResult, Errno, set_errno};

use crate::platform::calls::{fs, memory, process};
use crate::platform::{Current, Kernel};
use crate::types::*;
use core::ffi::{c_char, c_int, c_long, c_uint, c_void};
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};

/// Adds to the process's nice value and returns the new one; -1 is a valid result, so check `errno`. POSIX
/// `nice`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn nice(increment: c_int) -> c_int {
    // SAFETY: no memory. The kernel answers 20 - nice, which is never negative.
    let result = unsafe { process::getpriority(0, 0) }.and_then(|raw| {
        let wanted = (20 - raw).saturating_add(increment).clamp(-20, 19);
        // SAFETY: as above.
        unsafe { process::setpriority(0, 0, wanted) }?;
        // SAFETY: as above.
        unsafe { process::getpriority(0, 0) }.map(|raw| 20 - raw)
    });
    match result {
        Err(Errno::EACCES) => Err::<c_int, _>(Errno::EPERM).or_minus_one(),
        other => other.or_minus_one(),
    }
}

/// Copies `n` bytes, the two of each pair exchanged; an odd last byte stays behind. POSIX `swab`.
///
/// # Safety
/// `from` is readable; `to` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn swab(from: *const c_void, to: *mut c_void, n: ssize_t) {
    let (from, to) = (from.cast::<u8>(), to.cast::<u8>());
    for pair in 0..n.max(0) as usize / 2 {
        // SAFETY: both areas have `n` bytes.
        unsafe {
            let (a, b) = (from.add(2 * pair).read(), from.add(2 * pair + 1).read());
            to.add(2 * pair).write(b);
            to.add(2 * pair + 1).write(a);
        }
    }
}

/// Fills at most 256 bytes with random numbers from the kernel; more is `EINVAL` (POSIX.1-2024).
/// POSIX.1-2024 `getentropy`.
///
/// # Safety
/// `buf` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getentropy(buf: *mut c_void, len: size_t) -> c_int {
    if len > 256 {
        return Err::<c_int, _>(Errno::EINVAL).or_minus_one();
    }
    let mut done = 0;
    while done < len {
        // SAFETY: the caller's buffer has `len` bytes.
        match unsafe { process::getrandom(buf.cast::<u8>().add(done).cast(), len - done, 0) } {
            Ok(n) => done += n as usize,
            Err(Errno::EINTR) => {}
            Err(e) => return Err::<c_int, _>(e).or_minus_one(),
        }
    }
    0
}

static BREAK: AtomicPtr<c_void> = AtomicPtr::new(ptr::null_mut());

/// Moves the break and checks that it went there: the kernel answers the break it has, not an error.
fn move_break(to: *mut c_void) -> Result<*mut c_void, Errno> {
    // SAFETY: malloc does not use the break; the memory above it is the program's own.
    let now = unsafe { memory::brk(to) }?;
    BREAK.store(now, Ordering::Relaxed);
    if !to.is_null() && now != to {
        Err(Errno::ENOMEM)
    } else {
        Ok(now)
    }
}

/// Moves the end of the data segment. brk(2).
///
/// # Safety
/// `addr` is writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn brk(addr: *mut c_void) -> c_int {
    move_break(addr).map(|_| 0).or_minus_one()
}

/// Adds `increment` bytes to the data segment and returns where it ended before; `(void *) -1` on failure.
/// sbrk(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn sbrk(increment: c_long) -> *mut c_void {
    let mut before = BREAK.load(Ordering::Relaxed);
    let result = (|| {
        if before.is_null() {
            before = move_break(ptr::null_mut())?;
        }
        if increment != 0 {
            let to = (before as usize)
                .checked_add_signed(increment as isize)
                .ok_or(Errno::ENOMEM)?;
            move_break(to as *mut c_void)?;
        }
        Ok(before)
    })();
    match result {
        Ok(before) => before,
        Err(e) => {
            set_errno(e);
            ptr::without_provenance_mut(usize::MAX)
        }
    }
}

/// Makes the kernel call `number`; the variadic C declaration passes the same registers. syscall(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn syscall(
    number: c_long,
    a: c_long,
    b: c_long,
    c: c_long,
    d: c_long,
    e: c_long,
    f: c_long,
) -> c_long {
    // SAFETY: the call takes no memory of ours.
    unsafe {
        let arguments = [a, b, c, d, e, f].map(|argument| argument as usize);
        Current::call(number as u32, arguments).map(|value| value as c_long)
    }
    .or_minus_one()
}

/// Goes on in the background: a child in a session of its own, by default in `/` and with `/dev/null` for
/// the standard descriptors. daemon(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn daemon(nochdir: c_int, noclose: c_int) -> c_int {
    // SAFETY: fork and the calls after it take no memory of ours but literals.
    unsafe {
        match super::fork::fork() {
            -1 => return -1,
            0 => {}
            _ => crate::platform::exit_group(0),
        }
        if super::ids::setsid() == -1 {
            return -1;
        }
        if nochdir == 0 && super::dirs::chdir(c"/".as_ptr()) == -1 {
            return -1;
        }
        if noclose == 0 {
            let result = fs::openat(
                crate::fcntl::AT_FDCWD,
                c"/dev/null".as_ptr(),
                crate::fcntl::O_RDWR,
                0,
            )
            .and_then(|null| {
                for fd in 0..3 {
                    if fd != null {
                        fs::dup2(null, fd)?;
                    }
                }
                if null > 2 { fs::close(null) } else { Ok(0) }
            });
            return result.map(|_| 0).or_minus_one();
        }
    }
    0
}

/// Starts or, with null, stops process accounting. acct(2).
///
/// # Safety
/// `path` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn acct(path: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::acct(path) }.or_minus_one()
}

/// Hangs up the caller's terminal. vhangup(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vhangup() -> c_int {
    // SAFETY: the call takes no memory of ours.
    unsafe { fs::vhangup() }.or_minus_one()
}

/// Exchanges the root mount. pivot_root(2).
///
/// # Safety
/// `new` and `old` point to NUL-terminated strings; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn pivot_root(new: *const c_char, old: *const c_char) -> c_int {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { fs::pivot_root(new, old) }.or_minus_one()
}

/// The page size in bytes. getpagesize(2).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpagesize() -> c_int {
    super::limits::PAGE_SIZE as c_int
}

/// How many descriptors the process may have. getdtablesize(3).
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getdtablesize() -> c_int {
    super::limits::open_max().clamp(0, c_int::MAX as c_long) as c_int
}

static PASSWORD: super::term::StaticBuffer<129> = super::term::StaticBuffer::new();

/// Asks for a line on the controlling terminal without echo; at most 128 bytes, in a static buffer.
/// getpass(3).
///
/// # Safety
/// `prompt` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getpass(prompt: *const c_char) -> *mut c_char {
    use crate::termios::{ECHO, ISIG, TCSAFLUSH, tcgetattr, tcsetattr, termios};
    // SAFETY: the terminal's descriptor is ours; the prompt is the caller's string; buffers have the stated sizes.
    let result = unsafe {
        fs::openat(
            crate::fcntl::AT_FDCWD,
            c"/dev/tty".as_ptr(),
            crate::fcntl::O_RDWR | crate::fcntl::O_CLOEXEC,
            0,
        )
        .and_then(|tty| {
            let mut saved = core::mem::zeroed::<termios>();
            let quiet = tcgetattr(tty, &raw mut saved) == 0;
            if quiet {
                let mut silent = saved;
                silent.c_lflag &= !(ECHO | ISIG);
                tcsetattr(tty, TCSAFLUSH, &raw const silent);
            }
            let text = core::ffi::CStr::from_ptr(prompt).to_bytes();
            let asked = fs::write(tty, text.as_ptr().cast(), text.len());
            let line = asked.and_then(|_| fs::read(tty, PASSWORD.get().cast(), 128));
            if quiet {
                tcsetattr(tty, TCSAFLUSH, &raw const saved);
                let _ = fs::write(tty, b"\n".as_ptr().cast(), 1);
            }
            let _ = fs::close(tty);
            let n = line? as usize;
            let bytes = core::slice::from_raw_parts_mut(PASSWORD.get(), 129);
            let end = bytes[..n].iter().position(|b| *b == b'\n').unwrap_or(n);
            bytes[end] = 0;
            Ok(PASSWORD.get().cast::<c_char>())
        })
    };
    result.or_null()
}

/// The processor and memory node the caller runs on. getcpu(2).
///
/// # Safety
/// `cpu` and `node` are writable; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn getcpu(cpu: *mut c_uint, node: *mut c_uint) -> c_int {
    // SAFETY: each pointer is null or the caller's writable number.
    unsafe { process::getcpu(cpu, node, ptr::null_mut()) }.or_minus_one()
}
