//! Error numbers, with Linux's x86-64 values (errno(3)).
//!
//! Every fallible operation of the kernel returns [`Result`]; the system-call
//! layer negates the number into the return register. The three `RESTART`
//! values never reach a program: [`crate::signal`] turns them into a restarted
//! call or `EINTR` (signal(7), "Interruption of system calls").

use core::fmt;
use core::num::NonZeroUsize;

use linux_raw_sys::errno as raw;

/// An error number.
///
/// As wide as a register and never 0: a `Result` of a word or a pointer is then two registers
/// (one, where there is no value), not memory.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Errno(NonZeroUsize);

/// The result of a kernel operation.
pub type Result<T> = core::result::Result<T, Errno>;

impl Errno {
    #[expect(
        clippy::panic,
        reason = "only constants are made with it, when the kernel is compiled"
    )]
    const fn of(number: usize) -> Errno {
        match NonZeroUsize::new(number) {
            Some(number) => Errno(number),
            None => panic!("0 is no error"),
        }
    }

    /// The number as a program sees it in `errno`.
    pub const fn number(self) -> usize {
        self.0.get()
    }

    /// The value of the return register for this error.
    pub const fn to_return_value(self) -> usize {
        self.0.get().wrapping_neg()
    }

    /// Interrupted: restart when the handler has `SA_RESTART` or none runs.
    pub const RESTART: Errno = Errno::of(512);
    /// Interrupted: restart in any case.
    pub const RESTART_ALWAYS: Errno = Errno::of(513);
    /// Interrupted: restart only when no handler runs.
    pub const RESTART_UNLESS_HANDLED: Errno = Errno::of(514);
}

macro_rules! errnos {
    ($($name:ident)*) => {
        impl Errno {
            $(#[doc = concat!("`", stringify!($name), "` of errno(3).")]
            pub const $name: Errno = Errno::of(raw::$name as usize);)*
        }

        impl fmt::Debug for Errno {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match *self {
                    $(Errno::$name => f.write_str(stringify!($name)),)*
                    Errno::RESTART_ALWAYS => f.write_str("RESTART_ALWAYS"),
                    Errno::RESTART => f.write_str("RESTART"),
                    Errno::RESTART_UNLESS_HANDLED => f.write_str("RESTART_UNLESS_HANDLED"),
                    Errno(number) => write!(f, "errno {number}"),
                }
            }
        }
    };
}

errnos! {
    EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT
    ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG
    ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY
    ELOOP ENODATA ETIME EOVERFLOW EILSEQ ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT
    EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE
    EADDRNOTAVAIL ENETDOWN ENETUNREACH ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN
    ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTUNREACH EALREADY EINPROGRESS ESTALE ECANCELED
    EOWNERDEAD ENOTRECOVERABLE ENOMSG EIDRM
}

impl From<hal::mem::OutOfMemory> for Errno {
    fn from(_: hal::mem::OutOfMemory) -> Errno {
        Errno::ENOMEM
    }
}

impl From<alloc::collections::TryReserveError> for Errno {
    fn from(_: alloc::collections::TryReserveError) -> Errno {
        Errno::ENOMEM
    }
}

impl From<hal::user::Fault> for Errno {
    fn from(_: hal::user::Fault) -> Errno {
        Errno::EFAULT
    }
}
