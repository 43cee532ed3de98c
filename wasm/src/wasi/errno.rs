//! Error numbers of WASI preview 1, and how a call ends that does not succeed.

use std::io;

/// Why a call does not return success.
#[derive(Debug)]
pub enum Stop {
    /// The program gets this number.
    Errno(Errno),
    /// The program ends with this exit status.
    Exit(i32),
    /// The program passed a pointer that is none; the documents of WASI demand a trap.
    Trap(&'static str),
}

/// What a call answers.
pub type Answer<T = ()> = Result<T, Stop>;

macro_rules! errnos {
    ($($name:ident = $number:literal, $host:ident;)*) => {
        /// An error number of preview 1 (witx type `errno`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        pub enum Errno { $($name = $number,)* }

        impl Errno {
            /// The one that corresponds to the host's `raw`; `Io` for what WASI has no number for.
            fn from_host(raw: i32) -> Self {
                $(if raw == libc::$host { return Self::$name; })*
                Self::Io
            }
        }
    };
}

errnos! {
    TooBig = 1, E2BIG;
    Acces = 2, EACCES;
    Addrinuse = 3, EADDRINUSE;
    Addrnotavail = 4, EADDRNOTAVAIL;
    Afnosupport = 5, EAFNOSUPPORT;
    Again = 6, EAGAIN;
    Already = 7, EALREADY;
    Badf = 8, EBADF;
    Busy = 10, EBUSY;
    Canceled = 11, ECANCELED;
    Connaborted = 13, ECONNABORTED;
    Connrefused = 14, ECONNREFUSED;
    Connreset = 15, ECONNRESET;
    Deadlk = 16, EDEADLK;
    Destaddrreq = 17, EDESTADDRREQ;
    Dquot = 19, EDQUOT;
    Exist = 20, EEXIST;
    Fault = 21, EFAULT;
    Fbig = 22, EFBIG;
    Hostunreach = 23, EHOSTUNREACH;
    Ilseq = 25, EILSEQ;
    Inprogress = 26, EINPROGRESS;
    Intr = 27, EINTR;
    Inval = 28, EINVAL;
    Io = 29, EIO;
    Isconn = 30, EISCONN;
    Isdir = 31, EISDIR;
    Loop = 32, ELOOP;
    Mfile = 33, EMFILE;
    Mlink = 34, EMLINK;
    Msgsize = 35, EMSGSIZE;
    Nametoolong = 37, ENAMETOOLONG;
    Netdown = 38, ENETDOWN;
    Netreset = 39, ENETRESET;
    Netunreach = 40, ENETUNREACH;
    Nfile = 41, ENFILE;
    Nobufs = 42, ENOBUFS;
    Nodev = 43, ENODEV;
    Noent = 44, ENOENT;
    Nolck = 46, ENOLCK;
    Nomem = 48, ENOMEM;
    Noprotoopt = 50, ENOPROTOOPT;
    Nospc = 51, ENOSPC;
    Nosys = 52, ENOSYS;
    Notconn = 53, ENOTCONN;
    Notdir = 54, ENOTDIR;
    Notempty = 55, ENOTEMPTY;
    Notsock = 57, ENOTSOCK;
    Notsup = 58, EOPNOTSUPP;
    Notty = 59, ENOTTY;
    Nxio = 60, ENXIO;
    Overflow = 61, EOVERFLOW;
    Perm = 63, EPERM;
    Pipe = 64, EPIPE;
    Proto = 65, EPROTO;
    Protonosupport = 66, EPROTONOSUPPORT;
    Prototype = 67, EPROTOTYPE;
    Range = 68, ERANGE;
    Rofs = 69, EROFS;
    Spipe = 70, ESPIPE;
    Srch = 71, ESRCH;
    Stale = 72, ESTALE;
    Timedout = 73, ETIMEDOUT;
    Txtbsy = 74, ETXTBSY;
    Xdev = 75, EXDEV;
}

impl From<Errno> for Stop {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

impl From<rustix::io::Errno> for Stop {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Errno(Errno::from_host(error.raw_os_error()))
    }
}

impl From<io::Error> for Stop {
    /// Errors of cap-std's own have a kind only: `PermissionDenied` for a path that leads out of its directory.
    fn from(error: io::Error) -> Self {
        Self::Errno(match (error.raw_os_error(), error.kind()) {
            (Some(raw), _) => Errno::from_host(raw),
            (None, io::ErrorKind::PermissionDenied) => Errno::Perm,
            (None, io::ErrorKind::InvalidInput) => Errno::Inval,
            (None, io::ErrorKind::NotFound) => Errno::Noent,
            (None, io::ErrorKind::AlreadyExists) => Errno::Exist,
            (None, _) => Errno::Io,
        })
    }
}
