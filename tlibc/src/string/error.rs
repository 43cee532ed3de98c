//! strerror and its relatives: what an error number means, in English.

use super::concat::strlcpy;
use crate::errno::Errno;
use crate::locale::locale_t;
use crate::types::{c_char, c_int, size_t};

/// Messages by number; an empty one marks a number that no error has.
const MESSAGES: [&str; 134] = [
    "Success",
    "Operation not permitted",
    "No such file or directory",
    "No such process",
    "Interrupted system call",
    "Input/output error",
    "No such device or address",
    "Argument list too long",
    "Exec format error",
    "Bad file descriptor",
    "No child processes",
    "Resource temporarily unavailable",
    "Cannot allocate memory",
    "Permission denied",
    "Bad address",
    "Block device required",
    "Device or resource busy",
    "File exists",
    "Invalid cross-device link",
    "No such device",
    "Not a directory",
    "Is a directory",
    "Invalid argument",
    "Too many open files in system",
    "Too many open files",
    "Inappropriate ioctl for device",
    "Text file busy",
    "File too large",
    "No space left on device",
    "Illegal seek",
    "Read-only file system",
    "Too many links",
    "Broken pipe",
    "Numerical argument out of domain",
    "Numerical result out of range",
    "Resource deadlock avoided",
    "File name too long",
    "No locks available",
    "Function not implemented",
    "Directory not empty",
    "Too many levels of symbolic links",
    "",
    "No message of desired type",
    "Identifier removed",
    "Channel number out of range",
    "Level 2 not synchronized",
    "Level 3 halted",
    "Level 3 reset",
    "Link number out of range",
    "Protocol driver not attached",
    "No CSI structure available",
    "Level 2 halted",
    "Invalid exchange",
    "Invalid request descriptor",
    "Exchange full",
    "No anode",
    "Invalid request code",
    "Invalid slot",
    "",
    "Bad font file format",
    "Device not a stream",
    "No data available",
    "Timer expired",
    "Out of streams resources",
    "Machine is not on the network",
    "Package not installed",
    "Object is remote",
    "Link has been severed",
    "Advertise error",
    "Srmount error",
    "Communication error on send",
    "Protocol error",
    "Multihop attempted",
    "RFS specific error",
    "Bad message",
    "Value too large for defined data type",
    "Name not unique on network",
    "File descriptor in bad state",
    "Remote address changed",
    "Can not access a needed shared library",
    "Accessing a corrupted shared library",
    ".lib section in a.out corrupted",
    "Attempting to link in too many shared libraries",
    "Cannot exec a shared library directly",
    "Invalid or incomplete multibyte or wide character",
    "Interrupted system call should be restarted",
    "Streams pipe error",
    "Too many users",
    "Socket operation on non-socket",
    "Destination address required",
    "Message too long",
    "Protocol wrong type for socket",
    "Protocol not available",
    "Protocol not supported",
    "Socket type not supported",
    "Operation not supported",
    "Protocol family not supported",
    "Address family not supported by protocol",
    "Address already in use",
    "Cannot assign requested address",
    "Network is down",
    "Network is unreachable",
    "Network dropped connection on reset",
    "Software caused connection abort",
    "Connection reset by peer",
    "No buffer space available",
    "Transport endpoint is already connected",
    "Transport endpoint is not connected",
    "Cannot send after transport endpoint shutdown",
    "Too many references: cannot splice",
    "Connection timed out",
    "Connection refused",
    "Host is down",
    "No route to host",
    "Operation already in progress",
    "Operation now in progress",
    "Stale file handle",
    "Structure needs cleaning",
    "Not a XENIX named type file",
    "No XENIX semaphores available",
    "Is a named type file",
    "Remote I/O error",
    "Disk quota exceeded",
    "No medium found",
    "Wrong medium type",
    "Operation canceled",
    "Required key not available",
    "Key has expired",
    "Key has been revoked",
    "Key was rejected by service",
    "Owner died",
    "State not recoverable",
    "Operation not possible due to RF-kill",
    "Memory page has hardware error",
];

/// Names by number.
const NAMES: [&str; 134] = [
    "0",
    "EPERM",
    "ENOENT",
    "ESRCH",
    "EINTR",
    "EIO",
    "ENXIO",
    "E2BIG",
    "ENOEXEC",
    "EBADF",
    "ECHILD",
    "EAGAIN",
    "ENOMEM",
    "EACCES",
    "EFAULT",
    "ENOTBLK",
    "EBUSY",
    "EEXIST",
    "EXDEV",
    "ENODEV",
    "ENOTDIR",
    "EISDIR",
    "EINVAL",
    "ENFILE",
    "EMFILE",
    "ENOTTY",
    "ETXTBSY",
    "EFBIG",
    "ENOSPC",
    "ESPIPE",
    "EROFS",
    "EMLINK",
    "EPIPE",
    "EDOM",
    "ERANGE",
    "EDEADLK",
    "ENAMETOOLONG",
    "ENOLCK",
    "ENOSYS",
    "ENOTEMPTY",
    "ELOOP",
    "",
    "ENOMSG",
    "EIDRM",
    "ECHRNG",
    "EL2NSYNC",
    "EL3HLT",
    "EL3RST",
    "ELNRNG",
    "EUNATCH",
    "ENOCSI",
    "EL2HLT",
    "EBADE",
    "EBADR",
    "EXFULL",
    "ENOANO",
    "EBADRQC",
    "EBADSLT",
    "",
    "EBFONT",
    "ENOSTR",
    "ENODATA",
    "ETIME",
    "ENOSR",
    "ENONET",
    "ENOPKG",
    "EREMOTE",
    "ENOLINK",
    "EADV",
    "ESRMNT",
    "ECOMM",
    "EPROTO",
    "EMULTIHOP",
    "EDOTDOT",
    "EBADMSG",
    "EOVERFLOW",
    "ENOTUNIQ",
    "EBADFD",
    "EREMCHG",
    "ELIBACC",
    "ELIBBAD",
    "ELIBSCN",
    "ELIBMAX",
    "ELIBEXEC",
    "EILSEQ",
    "ERESTART",
    "ESTRPIPE",
    "EUSERS",
    "ENOTSOCK",
    "EDESTADDRREQ",
    "EMSGSIZE",
    "EPROTOTYPE",
    "ENOPROTOOPT",
    "EPROTONOSUPPORT",
    "ESOCKTNOSUPPORT",
    "EOPNOTSUPP",
    "EPFNOSUPPORT",
    "EAFNOSUPPORT",
    "EADDRINUSE",
    "EADDRNOTAVAIL",
    "ENETDOWN",
    "ENETUNREACH",
    "ENETRESET",
    "ECONNABORTED",
    "ECONNRESET",
    "ENOBUFS",
    "EISCONN",
    "ENOTCONN",
    "ESHUTDOWN",
    "ETOOMANYREFS",
    "ETIMEDOUT",
    "ECONNREFUSED",
    "EHOSTDOWN",
    "EHOSTUNREACH",
    "EALREADY",
    "EINPROGRESS",
    "ESTALE",
    "EUCLEAN",
    "ENOTNAM",
    "ENAVAIL",
    "EISNAM",
    "EREMOTEIO",
    "EDQUOT",
    "ENOMEDIUM",
    "EMEDIUMTYPE",
    "ECANCELED",
    "ENOKEY",
    "EKEYEXPIRED",
    "EKEYREVOKED",
    "EKEYREJECTED",
    "EOWNERDEAD",
    "ENOTRECOVERABLE",
    "ERFKILL",
    "EHWPOISON",
];

/// All strings of a table one after another, each with its null.
const fn joined<const N: usize>(table: &[&str]) -> [u8; N] {
    let mut text = [0; N];
    let (mut at, mut row) = (0, 0);
    while row < table.len() {
        let bytes = table[row].as_bytes();
        let mut i = 0;
        while i < bytes.len() {
            text[at] = bytes[i];
            at += 1;
            i += 1;
        }
        at += 1;
        row += 1;
    }
    text
}

const fn joined_length(table: &[&str]) -> usize {
    let (mut length, mut row) = (0, 0);
    while row < table.len() {
        length += table[row].len() + 1;
        row += 1;
    }
    length
}

const fn starts<const ROWS: usize>(table: &[&str; ROWS]) -> [u16; ROWS] {
    let mut starts = [0; ROWS];
    let (mut at, mut row) = (0, 0);
    while row < ROWS {
        starts[row] = at as u16;
        at += table[row].len() + 1;
        row += 1;
    }
    starts
}

static MESSAGE_TEXT: [u8; joined_length(&MESSAGES)] = joined(&MESSAGES);
static MESSAGE_STARTS: [u16; 134] = starts(&MESSAGES);
static NAME_TEXT: [u8; joined_length(&NAMES)] = joined(&NAMES);
static NAME_STARTS: [u16; 134] = starts(&NAMES);

fn entry(text: &'static [u8], starts: &[u16], number: c_int) -> Option<&'static [u8]> {
    let start = usize::from(*starts.get(usize::try_from(number).ok()?)?);
    let text = &text[start..];
    let length = text.iter().position(|&byte| byte == 0)?;
    if length == 0 {
        None
    } else {
        Some(&text[..=length])
    }
}

/// The message of an error number with its terminating null, or `None` for a number that has none.
pub fn message(number: c_int) -> Option<&'static [u8]> {
    entry(&MESSAGE_TEXT, &MESSAGE_STARTS, number)
}

/// Room for "Unknown error -2147483648" with its null.
const UNKNOWN_LENGTH: usize = 32;

/// Writes the message for a number that has none; returns the length without the null.
fn unknown(number: c_int, buffer: &mut [u8; UNKNOWN_LENGTH]) -> usize {
    let mut length = 0;
    let mut put = |byte| {
        buffer[length] = byte;
        length += 1;
    };
    b"Unknown error ".iter().for_each(|&byte| put(byte));
    if number < 0 {
        put(b'-');
    }
    let mut digits = [0; 10];
    let mut count = 0;
    let mut rest = number.unsigned_abs();
    loop {
        digits[count] = b'0' + (rest % 10) as u8;
        count += 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    digits[..count].iter().rev().for_each(|&digit| put(digit));
    buffer[length] = 0;
    length
}

/// The message of an error number; for an unknown one a buffer that the next call overwrites (ISO C 7.24.6.2).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn strerror(number: c_int) -> *mut c_char {
    static mut BUFFER: [u8; UNKNOWN_LENGTH] = [0; UNKNOWN_LENGTH];
    match message(number) {
        Some(text) => text.as_ptr().cast_mut().cast(),
        // SAFETY: POSIX lets strerror be unsafe between threads; strerror_r is not.
        None => unsafe {
            let buffer: *mut [u8; UNKNOWN_LENGTH] = &raw mut BUFFER;
            unknown(number, &mut *buffer);
            buffer.cast()
        },
    }
}

/// [`strerror`] in the locale given (POSIX.1).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn strerror_l(number: c_int, _locale: locale_t) -> *mut c_char {
    strerror(number)
}

crate::alias!(__strerror_l = strerror_l);

/// POSIX's `strerror_r`: the message in `buffer`; `EINVAL` for an unknown number, `ERANGE` for too little room.
///
/// # Safety
/// `size` bytes are writable at `buffer`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn __xpg_strerror_r(
    number: c_int,
    buffer: *mut c_char,
    size: size_t,
) -> c_int {
    let mut scratch = [0; UNKNOWN_LENGTH];
    let known = message(number);
    let text = match known {
        Some(text) => text.as_ptr(),
        None => {
            unknown(number, &mut scratch);
            scratch.as_ptr()
        }
    };
    // SAFETY: `text` has a null; strlcpy writes at most `size` bytes.
    let needed = unsafe { strlcpy(buffer, text.cast(), size) };
    if known.is_none() {
        Errno::EINVAL.0
    } else if needed >= size {
        Errno::ERANGE.0
    } else {
        0
    }
}

/// GNU's `strerror_r`: the message, in `buffer` only where the number is unknown.
///
/// # Safety
/// `size` bytes are writable at `buffer`.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn strerror_r(
    number: c_int,
    buffer: *mut c_char,
    size: size_t,
) -> *mut c_char {
    if let Some(text) = message(number) {
        return text.as_ptr().cast_mut().cast();
    }
    // SAFETY: the caller's buffer.
    unsafe { __xpg_strerror_r(number, buffer, size) };
    buffer
}

crate::alias!(__strerror_r = strerror_r);

/// The name of an error number ("ENOENT"), or null (GNU).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn strerrorname_np(number: c_int) -> *const c_char {
    match entry(&NAME_TEXT, &NAME_STARTS, number) {
        Some(text) => text.as_ptr().cast(),
        None => core::ptr::null(),
    }
}

/// The message of an error number, or null for an unknown one (GNU).
#[cfg_attr(not(test), unsafe(no_mangle))]
pub extern "C" fn strerrordesc_np(number: c_int) -> *const c_char {
    match message(number) {
        Some(text) => text.as_ptr().cast(),
        None => core::ptr::null(),
    }
}
