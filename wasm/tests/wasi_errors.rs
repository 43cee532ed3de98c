//! Errors of WASI that need a special stream or place: sockets, pipes, a device, limits of the process.
//!
//! Each case is one line, `("function", "ERRNO", what stands for the program's input, the call)`; the table of errors
//! in the documentation is made from them.

mod common;

use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io::Write;
use std::net::UdpSocket;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Stdio};

use common::{TempDir, binary};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::net::{AddressFamily, SocketType, socket};

const ENGINES: [&str; 3] = ["wasmi", "wasmtime", "winch"];

/// Numbers that the cases expect (witx type `errno`).
const ERRNOS: &[(&str, i32)] = &[
    ("SUCCESS", 0),
    ("ACCES", 2),
    ("AGAIN", 6),
    ("BADF", 8),
    ("BUSY", 10),
    ("CONNRESET", 15),
    ("DESTADDRREQ", 17),
    ("FBIG", 22),
    ("INVAL", 28),
    ("MFILE", 33),
    ("MSGSIZE", 35),
    ("NOTCONN", 53),
    ("NOTSOCK", 57),
    ("NOTSUP", 58),
    ("NXIO", 60),
    ("PIPE", 64),
    ("SPIPE", 70),
    ("TXTBSY", 74),
];

/// iovec 0 points to 1024 bytes at 4096, the one at 8 to 300,000 of them. What a call answers through a pointer is at 16
/// and 20. The program leaves with what `call` leaves on the stack; `$path` is a name of its own in directory 3.
fn program(path: &str, call: &str) -> String {
    let len = path.len();
    let call = call.replace("$path", &format!("(i32.const 64) (i32.const {len})"));
    format!(
        r#"(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pread" (func $pread (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite" (func $pwrite (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_tell" (func $tell (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_set_flags" (func $set_flags (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $set_size (param i32 i64) (result i32)))
  (import "wasi_snapshot_preview1" "fd_allocate" (func $allocate (param i32 i64 i64) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_get" (func $stat (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_filestat_set_times" (func $times (param i32 i32 i32 i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_link" (func $link (param i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_readlink" (func $readlink (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_remove_directory" (func $rmdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_symlink" (func $symlink (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_recv" (func $recv (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_shutdown" (func $shutdown (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 8)
  (data (i32.const 0) "\00\10\00\00\00\04\00\00\00\10\00\00\e0\93\04\00")
  (data (i32.const 64) "{path}")
  (func (export "_start") (call $exit {call})))"#
    )
}

/// What stands for the program's standard input.
#[derive(Clone, Copy, Debug)]
enum Input {
    Null,
    Pipe,
    /// A connected stream, with a byte to be read.
    Stream,
    /// One that does not wait, with nothing to be read and no room to write.
    Full,
    /// One whose other end is closed.
    Closed,
    /// One whose other end was closed before it read everything.
    Reset,
    /// A connected socket of datagrams, with one of 2,000 bytes.
    Datagrams,
    /// A socket of datagrams that is not connected.
    Unconnected,
    /// A stream that is not connected.
    Fresh,
    /// One that waits for connections; none is there, and it does not wait for one.
    Listening,
    /// As the last one, with a connection.
    Called,
}

/// The input, and what must stay open meanwhile.
fn input(kind: Input, temp: &TempDir) -> (Stdio, Vec<OwnedFd>) {
    match kind {
        Input::Null => (Stdio::null(), Vec::new()),
        Input::Pipe => {
            let (reader, writer) = std::io::pipe().unwrap();
            (reader.into(), vec![writer.into()])
        }
        Input::Stream => {
            let (mut ours, theirs) = UnixStream::pair().unwrap();
            ours.write_all(b"x").unwrap();
            (OwnedFd::from(theirs).into(), vec![ours.into()])
        }
        Input::Full => {
            let (ours, mut theirs) = UnixStream::pair().unwrap();
            theirs.set_nonblocking(true).unwrap();
            while theirs.write(&[0; 65536]).is_ok() {}
            (OwnedFd::from(theirs).into(), vec![ours.into()])
        }
        Input::Closed => {
            let (_, theirs) = UnixStream::pair().unwrap();
            (OwnedFd::from(theirs).into(), Vec::new())
        }
        Input::Reset => {
            let (_ours, mut theirs) = UnixStream::pair().unwrap();
            theirs.write_all(b"never read").unwrap();
            (OwnedFd::from(theirs).into(), Vec::new())
        }
        Input::Datagrams => {
            let (ours, theirs) = UnixDatagram::pair().unwrap();
            ours.send(&[0; 2000]).unwrap();
            (OwnedFd::from(theirs).into(), vec![ours.into()])
        }
        Input::Unconnected => {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            (OwnedFd::from(socket).into(), Vec::new())
        }
        Input::Fresh => {
            let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
            (socket.into(), Vec::new())
        }
        Input::Listening | Input::Called => {
            let path = temp.path().join("socket");
            let listener = UnixListener::bind(&path).unwrap();
            listener.set_nonblocking(true).unwrap();
            let mut kept = Vec::new();
            if matches!(kind, Input::Called) {
                kept.push(UnixStream::connect(&path).unwrap().into());
            }
            (OwnedFd::from(listener).into(), kept)
        }
    }
}

/// Runs `call` on each engine with `input` as standard input and `path` as a name in the granted directory `dir`.
fn check(function: &str, errno: &str, dir: &Path, path: &str, kind: Input, call: &str) {
    check_under(&[], function, errno, dir, path, kind, call);
}

/// The same, by way of a command that runs what follows it.
fn check_under(
    before: &[&str],
    function: &str,
    errno: &str,
    dir: &Path,
    path: &str,
    kind: Input,
    call: &str,
) {
    let number = ERRNOS.iter().find(|(name, _)| *name == errno);
    let number = number.unwrap_or_else(|| panic!("no number for {errno}")).1;
    for engine in ENGINES {
        let temp = TempDir::new();
        let module = temp.write("m.wat", program(path, call));
        let (stdin, kept) = input(kind, &temp);
        let mut words = before.iter().map(OsString::from).collect::<Vec<_>>();
        words.push(binary().into());
        let output = Command::new(&words[0])
            .args(&words[1..])
            .args(["--no-cache", "--engine", engine])
            .arg(format!("--dir={}::/box", dir.display()))
            .arg(&module)
            .stdin(stdin)
            .output()
            .unwrap();
        drop(kept);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            output.status.code(),
            Some(number),
            "{function} on {kind:?} should answer {errno}, {engine}: {call} {said}"
        );
    }
}

#[test]
fn streams_and_sockets() {
    use Input as I;
    const NONBLOCK: &str = "(drop (call $set_flags (i32.const 0) (i32.const 4)))";
    #[rustfmt::skip]
    let cases: &[(&str, &str, Input, &str)] = &[
        ("fd_seek", "SPIPE", I::Pipe, "(call $seek (i32.const 0) (i64.const 0) (i32.const 1) (i32.const 16))"),
        ("fd_seek", "SPIPE", I::Stream, "(call $seek (i32.const 0) (i64.const 0) (i32.const 1) (i32.const 16))"),
        ("fd_tell", "SPIPE", I::Stream, "(call $tell (i32.const 0) (i32.const 16))"),
        ("fd_pread", "SPIPE", I::Pipe, "(call $pread (i32.const 0) (i32.const 0) (i32.const 1) (i64.const 0) (i32.const 16))"),
        ("fd_pread", "SPIPE", I::Stream, "(call $pread (i32.const 0) (i32.const 0) (i32.const 1) (i64.const 0) (i32.const 16))"),
        ("fd_pwrite", "SPIPE", I::Null, "(call $pwrite (i32.const 1) (i32.const 0) (i32.const 1) (i64.const 0) (i32.const 16))"),
        ("fd_read", "AGAIN", I::Pipe, "(block (result i32) {nonblock} (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))"),
        ("fd_read", "AGAIN", I::Full, "(call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16))"),
        ("fd_read", "CONNRESET", I::Reset, "(call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16))"),
        ("fd_read", "NOTCONN", I::Fresh, "(call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16))"),
        ("sock_accept", "NOTSOCK", I::Null, "(call $accept (i32.const 0) (i32.const 0) (i32.const 16))"),
        ("sock_accept", "NOTSOCK", I::Pipe, "(call $accept (i32.const 0) (i32.const 0) (i32.const 16))"),
        ("sock_accept", "INVAL", I::Stream, "(call $accept (i32.const 0) (i32.const 0) (i32.const 16))"),
        ("sock_accept", "INVAL", I::Called, "(call $accept (i32.const 0) (i32.const 1) (i32.const 16))"),
        ("sock_accept", "NOTSUP", I::Datagrams, "(call $accept (i32.const 0) (i32.const 0) (i32.const 16))"),
        ("sock_accept", "AGAIN", I::Listening, "(call $accept (i32.const 0) (i32.const 0) (i32.const 16))"),
        ("sock_accept", "SUCCESS", I::Called, "(i32.or (call $accept (i32.const 0) (i32.const 0) (i32.const 16)) (i32.ne (i32.load (i32.const 16)) (i32.const 4)))"),
        ("sock_accept", "AGAIN", I::Called, "(i32.or (call $accept (i32.const 0) (i32.const 4) (i32.const 16)) (call $recv (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16) (i32.const 20)))"),
        ("sock_recv", "NOTSOCK", I::Pipe, "(call $recv (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16) (i32.const 20))"),
        ("sock_recv", "INVAL", I::Stream, "(call $recv (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 4) (i32.const 16) (i32.const 20))"),
        ("sock_recv", "AGAIN", I::Full, "(call $recv (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16) (i32.const 20))"),
        ("sock_recv", "CONNRESET", I::Reset, "(call $recv (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16) (i32.const 20))"),
        ("sock_recv", "NOTCONN", I::Fresh, "(call $recv (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16) (i32.const 20))"),
        // The end of the stream is no error, and nothing comes.
        ("sock_recv", "SUCCESS", I::Closed, "(i32.or (call $recv (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16) (i32.const 20)) (i32.load (i32.const 16)))"),
        // 1,024 of 2,000 bytes, and the flag that says so.
        ("sock_recv", "SUCCESS", I::Datagrams, "(i32.or (call $recv (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16) (i32.const 20)) (i32.or (i32.ne (i32.load (i32.const 16)) (i32.const 1024)) (i32.ne (i32.load16_u (i32.const 20)) (i32.const 1))))"),
        // What was only looked at is still there.
        ("sock_recv", "SUCCESS", I::Stream, "(i32.or (call $recv (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i32.const 16) (i32.const 20)) (i32.or (call $recv (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16) (i32.const 20)) (i32.ne (i32.load (i32.const 16)) (i32.const 1))))"),
        ("sock_send", "NOTSOCK", I::Pipe, "(call $send (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16))"),
        ("sock_send", "INVAL", I::Stream, "(call $send (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i32.const 16))"),
        ("sock_send", "AGAIN", I::Full, "(call $send (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16))"),
        ("sock_send", "PIPE", I::Closed, "(call $send (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16))"),
        ("sock_send", "DESTADDRREQ", I::Unconnected, "(call $send (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16))"),
        ("sock_send", "MSGSIZE", I::Datagrams, "(call $send (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 0) (i32.const 16))"),
        ("sock_shutdown", "NOTSOCK", I::Pipe, "(call $shutdown (i32.const 0) (i32.const 1))"),
        ("sock_shutdown", "INVAL", I::Stream, "(call $shutdown (i32.const 0) (i32.const 0))"),
        ("sock_shutdown", "INVAL", I::Stream, "(call $shutdown (i32.const 0) (i32.const 4))"),
        ("sock_shutdown", "NOTCONN", I::Fresh, "(call $shutdown (i32.const 0) (i32.const 3))"),
        ("sock_shutdown", "SUCCESS", I::Stream, "(call $shutdown (i32.const 0) (i32.const 3))"),
        ("sock_send", "PIPE", I::Stream, "(i32.or (call $shutdown (i32.const 0) (i32.const 2)) (call $send (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16)))"),
    ];
    let temp = TempDir::new();
    for (function, errno, kind, call) in cases {
        let call = call.replace("{nonblock}", NONBLOCK);
        check(function, errno, temp.path(), "none", *kind, &call);
    }
}

#[test]
fn files_that_can_not_be_opened() {
    let temp = TempDir::new();
    mknodat(
        CWD,
        temp.path().join("fifo"),
        FileType::Fifo,
        Mode::RUSR | Mode::WUSR,
        0,
    )
    .unwrap();
    // A program that runs can't be written.
    std::fs::copy("/bin/sleep", temp.path().join("busy")).unwrap();
    let mut busy = Command::new(temp.path().join("busy"))
        .arg("600")
        .spawn()
        .unwrap();
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str, &str)] = &[
        // Nobody reads from it.
        ("path_open", "NXIO", "fifo", "(call $open (i32.const 3) (i32.const 0) $path (i32.const 0) (i64.const 64) (i64.const 0) (i32.const 4) (i32.const 16))"),
        ("path_open", "TXTBSY", "busy", "(call $open (i32.const 3) (i32.const 0) $path (i32.const 0) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 16))"),
        ("fd_seek", "SPIPE", "fifo", "(i32.or (call $open (i32.const 3) (i32.const 0) $path (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 4) (i32.const 16)) (call $seek (i32.load (i32.const 16)) (i64.const 0) (i32.const 1) (i32.const 24)))"),
    ];
    for (function, errno, path, call) in cases {
        check(function, errno, temp.path(), path, Input::Null, call);
    }
    busy.kill().unwrap();
    busy.wait().unwrap();
}

#[test]
fn what_permissions_forbid() {
    // Root may do everything unless it gives that up; it then has what the owner of a file has.
    let root = rustix::process::geteuid().is_root();
    let before: &[&str] = match root {
        true => &["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"],
        false => &[],
    };
    let temp = TempDir::new();
    for name in ["secret", "closed/file", "fixed/file"] {
        temp.write(name, "");
    }
    symlink("file", temp.path().join("closed/link")).unwrap();
    let modes = [("secret", 0o000), ("closed", 0o600), ("fixed", 0o555)];
    let permit = |name: &str, mode| {
        fs::set_permissions(temp.path().join(name), Permissions::from_mode(mode)).unwrap();
    };
    for (name, mode) in modes {
        permit(name, mode);
    }
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str, &str)] = &[
        ("path_open", "ACCES", "secret", "(call $open (i32.const 3) (i32.const 0) $path (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 16))"),
        ("path_open", "ACCES", "secret", "(call $open (i32.const 3) (i32.const 0) $path (i32.const 0) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 16))"),
        ("path_open", "ACCES", "closed/file", "(call $open (i32.const 3) (i32.const 0) $path (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 16))"),
        ("path_open", "ACCES", "fixed/new", "(call $open (i32.const 3) (i32.const 0) $path (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 16))"),
        ("path_create_directory", "ACCES", "fixed/new", "(call $mkdir (i32.const 3) $path)"),
        ("path_filestat_get", "ACCES", "closed/file", "(call $stat (i32.const 3) (i32.const 0) $path (i32.const 4096))"),
        ("path_filestat_set_times", "ACCES", "closed/file", "(call $times (i32.const 3) (i32.const 0) $path (i64.const 0) (i64.const 0) (i32.const 5))"),
        ("path_link", "ACCES", "fixed/file", "(call $link (i32.const 3) (i32.const 0) $path (i32.const 3) (i32.const 64) (i32.const 7))"),
        ("path_readlink", "ACCES", "closed/link", "(call $readlink (i32.const 3) $path (i32.const 4096) (i32.const 64) (i32.const 16))"),
        ("path_remove_directory", "ACCES", "closed/file", "(call $rmdir (i32.const 3) $path)"),
        ("path_rename", "ACCES", "fixed/file", "(call $rename (i32.const 3) $path (i32.const 3) (i32.const 64) (i32.const 7))"),
        ("path_symlink", "ACCES", "fixed/new", "(call $symlink (i32.const 64) (i32.const 1) (i32.const 3) $path)"),
        ("path_unlink_file", "ACCES", "fixed/file", "(call $unlink (i32.const 3) $path)"),
    ];
    for (function, errno, path, call) in cases {
        check_under(
            before,
            function,
            errno,
            temp.path(),
            path,
            Input::Null,
            call,
        );
    }
    if root {
        // A file system is mounted there.
        #[rustfmt::skip]
        let cases: &[(&str, &str, &str, &str)] = &[
            ("path_remove_directory", "BUSY", "proc", "(call $rmdir (i32.const 3) $path)"),
            ("path_rename", "BUSY", "proc", "(call $rename (i32.const 3) $path (i32.const 3) (i32.const 65) (i32.const 3))"),
        ];
        for (function, errno, path, call) in cases {
            check_under(
                before,
                function,
                errno,
                Path::new("/"),
                path,
                Input::Null,
                call,
            );
        }
    }
    // So that they can be removed.
    for (name, _) in modes {
        permit(name, 0o700);
    }
}

#[test]
fn files_that_may_not_become_larger() {
    // A hundred or two hundred KiB, as the shell counts. The signal, which would end the process, is ignored.
    let before = [
        "sh",
        "-c",
        "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\"",
    ];
    const OPEN: &str = "(call $open (i32.const 3) (i32.const 0) $path (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 16))";
    #[rustfmt::skip]
    let cases: &[(&str, &str, &str)] = &[
        ("fd_write", "FBIG", "(i32.or {open} (i32.or (call $write (i32.load (i32.const 16)) (i32.const 8) (i32.const 1) (i32.const 24)) (call $write (i32.load (i32.const 16)) (i32.const 8) (i32.const 1) (i32.const 24))))"),
        ("fd_pwrite", "FBIG", "(i32.or {open} (call $pwrite (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i64.const 1048576) (i32.const 24)))"),
        ("fd_filestat_set_size", "FBIG", "(i32.or {open} (call $set_size (i32.load (i32.const 16)) (i64.const 1048576)))"),
        ("fd_allocate", "FBIG", "(i32.or {open} (call $allocate (i32.load (i32.const 16)) (i64.const 0) (i64.const 1048576)))"),
    ];
    for (function, errno, call) in cases {
        let temp = TempDir::new();
        let call = call.replace("{open}", OPEN);
        check_under(
            &before,
            function,
            errno,
            temp.path(),
            "file",
            Input::Null,
            &call,
        );
    }
}

#[test]
fn a_reader_that_has_gone() {
    let temp = TempDir::new();
    for engine in ENGINES {
        let call = "(call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))";
        let module = temp.write("m.wat", program("none", call));
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let status = Command::new(binary())
            .args(["--no-cache", "--engine", engine])
            .arg(&module)
            .stdin(Stdio::null())
            .stdout(writer)
            .status();
        let expected = ("fd_write", "PIPE", 64);
        assert_eq!(status.unwrap().code(), Some(expected.2), "{engine}");
    }
}

#[test]
fn descriptors_run_out() {
    let temp = TempDir::new();
    File::create(temp.path().join("file")).unwrap();
    // Opens the same file until that fails.
    let call = "(block (result i32) (loop $again
      (i32.store (i32.const 24) (call $open (i32.const 3) (i32.const 0) $path (i32.const 0)
        (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 16)))
      (br_if $again (i32.eqz (i32.load (i32.const 24)))))
      (i32.load (i32.const 24)))";
    for engine in ENGINES {
        let module = temp.write("m.wat", program("file", call));
        let script = "ulimit -n 64; exec \"$0\" \"$@\"";
        let status = Command::new("sh")
            .args(["-c", script])
            .arg(binary())
            .args(["--no-cache", "--engine", engine])
            .arg(format!("--dir={}::/box", temp.path().display()))
            .arg(&module)
            .stdin(Stdio::null())
            .status();
        let expected = ("path_open", "MFILE", 33);
        assert_eq!(status.unwrap().code(), Some(expected.2), "{engine}");
    }
}
