//! `syslog.h`: messages to the system's log, the local socket `/dev/log`, in the form of RFC 3164.

use crate::arpa_inet::text::Text;
use crate::errno::{Errno, errno, set_errno};
use crate::platform;
use crate::platform::calls::{fs, net, process};
use crate::stdarg::VaList;
use crate::stdio::printf::string::vsnprintf;
use crate::sync::Mutex;
use crate::sys_socket::{AF_UNIX, SOCK_CLOEXEC, SOCK_DGRAM};
use crate::types::*;
use core::ffi::CStr;
use core::ptr;

/// Option: the process number in each message.
const LOG_PID: c_int = 1;
/// Option: the console when there is no log.
const LOG_CONS: c_int = 2;
/// Option: connect at once.
const LOG_NDELAY: c_int = 8;
/// Option: to standard error as well.
const LOG_PERROR: c_int = 32;
/// The facility of user programs.
const LOG_USER: c_int = 1 << 3;
/// Bits of the facility.
const LOG_FACMASK: c_int = 0x3f8;
/// Bytes of a message; longer ones are cut (RFC 3164, 4.1).
const MESSAGE: usize = 1024;

struct Log {
    socket: c_int,
    options: c_int,
    facility: c_int,
    mask: c_int,
    /// The name in each message; null for the program's.
    name: *const c_char,
}

// SAFETY: the name is the program's string, which it keeps as long as it logs.
unsafe impl Send for Log {}

static LOG: Mutex<Log> = Mutex::new(Log {
    socket: -1,
    options: 0,
    facility: LOG_USER,
    mask: 0xff,
    name: ptr::null(),
});

/// Before a fork: nobody is changing the log.
pub fn fork_prepare() {
    LOG.raw().lock();
}

/// After a fork, in the parent and in the child.
pub fn fork_done() {
    LOG.raw().unlock();
}

/// `struct sockaddr_un` of the log.
fn address() -> [u8; 110] {
    let mut address = [0; 110];
    address[..2].copy_from_slice(&(AF_UNIX as u16).to_ne_bytes());
    address[2..10].copy_from_slice(b"/dev/log");
    address
}

impl Log {
    fn connect(&mut self) -> Result<(), Errno> {
        if self.socket >= 0 {
            return Ok(());
        }
        let address = address();
        // SAFETY: a live address.
        unsafe {
            let socket = net::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)?;
            if let Err(e) = net::connect(socket, address.as_ptr().cast(), address.len() as u32) {
                let _ = fs::close(socket);
                return Err(e);
            }
            self.socket = socket;
        }
        Ok(())
    }

    fn close(&mut self) {
        if self.socket >= 0 {
            // A datagram socket holds nothing back.
            let _ = platform::close(self.socket);
            self.socket = -1;
        }
    }

    /// Sends a message, once more when the logger was restarted.
    fn send(&mut self, text: &[u8]) -> Result<(), Errno> {
        const MSG_NOSIGNAL: c_int = 0x4000;
        for _ in 0..2 {
            self.connect()?;
            // SAFETY: a live message.
            match unsafe {
                net::sendto(
                    self.socket,
                    text.as_ptr().cast(),
                    text.len(),
                    MSG_NOSIGNAL,
                    ptr::null(),
                    0,
                )
            } {
                Ok(_) => return Ok(()),
                Err(Errno::ECONNREFUSED | Errno::ECONNRESET | Errno::ENOTCONN | Errno::EPIPE) => {
                    self.close()
                }
                Err(e) => return Err(e),
            }
        }
        Err(Errno::ECONNREFUSED)
    }
}

/// Sets what messages begin with (a string that stays), the `LOG_*` options and the facility. POSIX
/// `openlog`.
///
/// # Safety
/// `name` points to a NUL-terminated string; null only where the manual page allows it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn openlog(name: *const c_char, options: c_int, facility: c_int) {
    let mut log = LOG.lock();
    log.name = name;
    log.options = options;
    if facility != 0 && facility & !LOG_FACMASK == 0 {
        log.facility = facility;
    }
    if options & LOG_NDELAY != 0 {
        // What cannot be connected now is tried again with each message.
        let _ = log.connect();
    }
}

/// Closes the log. The name of `openlog` is forgotten, since it is the caller's; its options and facility stay. POSIX `closelog`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn closelog() {
    let mut log = LOG.lock();
    log.close();
    log.name = ptr::null();
}

/// Sets which severities are logged (0 keeps them) and returns the mask before. POSIX `setlogmask`.
///
/// # Safety
/// Callable with any values; `unsafe` is the convention of the C boundary.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn setlogmask(mask: c_int) -> c_int {
    let mut log = LOG.lock();
    let before = log.mask;
    if mask != 0 {
        log.mask = mask;
    }
    before
}

/// A message under construction; what does not fit is cut.
struct Message {
    bytes: [u8; MESSAGE],
    len: usize,
}

impl Message {
    fn push(&mut self, text: &[u8]) {
        let n = text.len().min(MESSAGE - self.len);
        self.bytes[self.len..self.len + n].copy_from_slice(&text[..n]);
        self.len += n;
    }

    fn number(&mut self, value: u32) {
        let mut text = Text::new();
        text.number(value, 10);
        self.push(&text);
    }

    /// `Mmm dd hh:mm:ss ` in local time.
    fn time(&mut self) {
        let mut now = timespec::default();
        let mut text = [0_u8; 32];
        // SAFETY: live structures, and the buffer's size.
        let n = unsafe {
            let mut broken = core::mem::zeroed();
            // The clock exists; should it fail, the message is from 1970.
            let _ = process::clock_gettime(0, (&raw mut now).cast());
            crate::time::convert::localtime_r(&raw const now.tv_sec, &raw mut broken);
            crate::time::format::strftime(
                text.as_mut_ptr().cast(),
                text.len(),
                c"%b %e %T ".as_ptr(),
                &raw const broken,
            )
        };
        self.push(&text[..n]);
    }
}

/// Formats and sends.
///
/// # Safety
/// `format` is a string, `list` the arguments it asks for.
unsafe fn write(priority: c_int, format: *const c_char, list: *mut VaList) {
    // The format may say `%m`.
    let before = errno();
    let mut log = LOG.lock();
    if priority & !(LOG_FACMASK | 7) != 0 || log.mask >> (priority & 7) & 1 == 0 {
        return;
    }
    let facility = if priority & LOG_FACMASK == 0 {
        log.facility
    } else {
        0
    };
    let mut message = Message {
        bytes: [0; MESSAGE],
        len: 0,
    };
    message.push(b"<");
    message.number((priority | facility) as u32);
    message.push(b">");
    message.time();
    let start = message.len;
    // SAFETY: both names are null or strings.
    unsafe {
        let name = if log.name.is_null() {
            crate::start::environment::program_invocation_short_name.cast_const()
        } else {
            log.name
        };
        if !name.is_null() {
            message.push(CStr::from_ptr(name).to_bytes());
        }
    }
    if log.options & LOG_PID != 0 {
        message.push(b"[");
        message.number(platform::getpid() as u32);
        message.push(b"]");
    }
    message.push(b": ");
    set_errno(before);
    let room = MESSAGE - message.len;
    // SAFETY: the rest of the buffer; the caller's format and arguments.
    let n = unsafe {
        vsnprintf(
            message.bytes.as_mut_ptr().add(message.len).cast(),
            room,
            format,
            list,
        )
    };
    message.len += (n.max(0) as usize).min(room.saturating_sub(1));
    while message.bytes[..message.len].last() == Some(&b'\n') {
        message.len -= 1;
    }
    let sent = log.send(&message.bytes[..message.len]);
    message.push(b"\n");
    let line = &message.bytes[start..message.len];
    if log.options & LOG_PERROR != 0 {
        // A log has nowhere to report its own failure.
        let _ = platform::write(2, line);
    }
    if sent.is_err()
        && log.options & LOG_CONS != 0
        && let Ok(console) = platform::openat(
            crate::fcntl::AT_FDCWD,
            c"/dev/console",
            crate::fcntl::O_WRONLY | crate::fcntl::O_NOCTTY | crate::fcntl::O_CLOEXEC,
            0,
        )
    {
        // As above.
        let _ = (platform::write(console, line), platform::close(console));
    }
    set_errno(before);
}

/// `syslog` with the arguments as a list. vsyslog(3).
///
/// # Safety
/// `format` points to a NUL-terminated string; `list` is writable; null only where the manual page allows
/// it.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn vsyslog(priority: c_int, format: *const c_char, list: *mut VaList) {
    // SAFETY: the pointers are the caller's, passed on under the same contract.
    unsafe { write(priority, format, list) }
}

unsafe extern "C" fn list_syslog(priority: c_int, format: *const c_char, list: *mut VaList) {
    // SAFETY: the C caller's format and arguments.
    unsafe { write(priority, format, list) }
}

unsafe extern "C" fn list_syslog_chk(
    priority: c_int,
    _level: c_int,
    format: *const c_char,
    list: *mut VaList,
) {
    // SAFETY: the C caller's format and arguments.
    unsafe { write(priority, format, list) }
}

crate::variadic! {
    /// Logs a message: a severity and a facility, and a format as of printf, with `%m` for `errno`. POSIX `syslog`.
    pub fn syslog(priority: c_int, format: *const c_char, ...) -> () => list_syslog
}
crate::variadic! {
    /// `syslog` as a fortified program calls it.
    pub fn __syslog_chk(priority: c_int, level: c_int, format: *const c_char, ...) -> () => list_syslog_chk
}
