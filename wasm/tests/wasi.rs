//! WASI where the outside matters: directories that change under the program's feet, names that a recipe can't
//! express, streams that are pipes or sockets. `wasm-apps/wasi` goes through the functions one by one.

mod common;

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use common::{TempDir, binary, wasm};

/// A program with the functions that the tests need. `path` is at 64, iovec 0 points to 1024 bytes at 2048, what a call
/// answers through a pointer is at 16. It leaves with what `body` leaves on the stack.
fn program(path: &str, body: &str) -> String {
    let escaped: String = path.bytes().map(|byte| format!("\\{byte:02x}")).collect();
    let len = path.len();
    format!(
        r#"(module
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_set_flags" (func $set_flags (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_tell" (func $tell (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_advise" (func $advise (param i32 i64 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_recv" (func $recv (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_shutdown" (func $shutdown (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\08\00\00\00\04\00\00")
  (data (i32.const 64) "{escaped}")
  (func $open_path (result i32)
    (call $open (i32.const 3) (i32.const 1) (i32.const 64) (i32.const {len}) (i32.const 0) (i64.const 2) (i64.const 0)
      (i32.const 0) (i32.const 16)))
  (func (export "_start") (local $i i32)
    (call $exit {body})))"#
    )
}

/// Every engine has the same WASI.
const ENGINES: [&str; 3] = ["wasmi", "wasmtime", "winch"];

/// Runs `program(path, body)` with `dir` granted on each engine, which must agree, and returns its status and standard
/// output.
fn run_on_all(dir: &Path, path: &str, body: &str) -> (Option<i32>, String) {
    let ran = ENGINES.map(|engine| run_on(engine, dir, path, body));
    assert_eq!(ran[0], ran[1]);
    assert_eq!(ran[0], ran[2]);
    let [first, ..] = ran;
    first
}

/// Runs `program(path, body)` on `engine` with `dir` granted and returns its status and standard output.
fn run_on(engine: &str, dir: &Path, path: &str, body: &str) -> (Option<i32>, String) {
    let temp = TempDir::new();
    let module = temp.write("m.wat", program(path, body));
    let grant = format!("--dir={}::/box", dir.display());
    let outcome = wasm([
        OsStr::new("--engine"),
        OsStr::new(engine),
        OsStr::new(&grant),
        module.as_os_str(),
    ])
    .run();
    (outcome.status, outcome.stdout())
}

const ILSEQ: i32 = 25;
const INVAL: i32 = 28;
const NAMETOOLONG: i32 = 37;
const PERM: i32 = 63;
const SPIPE: i32 = 70;
const AGAIN: i32 = 6;

#[test]
fn paths_that_are_no_names() {
    let temp = TempDir::new();
    temp.write("file", "x");
    let open = |path: &str| run_on_all(temp.path(), path, "(call $open_path)").0;
    assert_eq!(open("file"), Some(0));
    assert_eq!(open("file\0"), Some(INVAL));
    assert_eq!(open("file\0/../../x"), Some(INVAL));
    assert_eq!(open(&"a".repeat(256)), Some(NAMETOOLONG));
    assert_eq!(open(&"a/".repeat(3000)), Some(NAMETOOLONG));
    assert_eq!(open("/"), Some(PERM));
}

#[test]
fn names_that_are_not_utf_8() {
    let temp = TempDir::new();
    temp.write(OsStr::from_bytes(b"caf\xe9"), "x");
    let body = "(call $readdir (i32.const 3) (i32.const 2048) (i32.const 1024) (i64.const 0) (i32.const 16))";
    assert_eq!(run_on_all(temp.path(), "", body).0, Some(ILSEQ));
}

#[test]
fn a_directory_swapped_for_a_link_leads_nowhere() {
    let temp = TempDir::new();
    temp.write("outside/secret", "SECRET");
    temp.write("box/sub/secret", "inside");
    let (real, away) = (temp.path().join("box/sub"), temp.path().join("box/away"));
    let link = temp.path().join("box/link");
    let outside = temp.path().join("outside");
    let (stop, started) = (AtomicBool::new(false), AtomicBool::new(false));
    // Opens `sub/secret` 3,000 times, or more often until it could be opened once; prints what it reads, when it could be opened.
    let body = "(block (result i32) (loop $again
      (if (i32.eqz (call $open_path)) (then
        (drop (call $read (i32.load (i32.const 16)) (i32.const 0) (i32.const 1) (i32.const 20)))
        (i32.store (i32.const 28) (i32.load (i32.const 20))) (i32.store (i32.const 24) (i32.const 2048))
        (drop (call $write (i32.const 1) (i32.const 24) (i32.const 1) (i32.const 20)))
        (drop (call $close (i32.load (i32.const 16))))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (select (i32.const 3000) (i32.const 1000000) (i32.load (i32.const 28))))))
      (i32.const 0))";
    let ran = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                fs::rename(&real, &away).unwrap();
                symlink(&outside, &link).unwrap();
                fs::rename(&link, &real).unwrap();
                fs::remove_file(&real).unwrap();
                fs::rename(&away, &real).unwrap();
                started.store(true, Ordering::Relaxed);
            }
        });
        while !started.load(Ordering::Relaxed) {
            std::thread::yield_now();
        }
        let ran =
            ENGINES.map(|engine| run_on(engine, &temp.path().join("box"), "sub/secret", body));
        stop.store(true, Ordering::Relaxed);
        ran
    });
    for (status, output) in ran {
        assert_eq!(status, Some(0));
        assert!(!output.contains("SECRET"), "{output}");
        assert!(output.contains("inside"), "it was never there");
    }
}

#[test]
fn a_pipe_has_no_position() {
    let calls = [
        "(call $seek (i32.const 0) (i64.const 0) (i32.const 1) (i32.const 16))",
        "(call $tell (i32.const 0) (i32.const 16))",
        "(call $advise (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0))",
    ];
    let temp = TempDir::new();
    for (call, engine) in calls
        .iter()
        .flat_map(|call| ENGINES.map(|engine| (call, engine)))
    {
        let module = temp.write("m.wat", program("", call));
        let mut child = Command::new(binary())
            .args(["--engine", engine])
            .arg(&module)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take();
        assert_eq!(
            child.wait().unwrap().code(),
            Some(SPIPE),
            "{call} on {engine}"
        );
        drop(stdin);
    }
}

#[test]
fn a_stream_does_not_wait_if_the_program_wants_so() {
    for engine in ENGINES {
        // Sets NONBLOCK on an empty pipe and reads; the pipe itself stays as it is for the others that have it.
        let body =
            "(i32.add (i32.mul (i32.const 100) (call $set_flags (i32.const 0) (i32.const 4)))
        (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))";
        let temp = TempDir::new();
        let module = temp.write("m.wat", program("", body));
        let (mut ours, theirs) = std::io::pipe()
            .map(|(reader, writer)| (writer, reader))
            .unwrap();
        let shared = theirs.try_clone().unwrap();
        let status = Command::new(binary())
            .args(["--engine", engine])
            .arg(&module)
            .stdin(theirs)
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(AGAIN));
        // Still one that waits: a read sees what is written later.
        let reader = std::thread::spawn(move || {
            let (mut shared, mut byte) = (shared, [0]);
            shared.read_exact(&mut byte).map(|()| byte[0])
        });
        std::thread::sleep(std::time::Duration::from_millis(50));
        ours.write_all(b"z").unwrap();
        assert_eq!(reader.join().unwrap().unwrap(), b'z');
    }
}

#[test]
fn a_stream_may_be_a_socket() {
    for engine in ENGINES {
        // Receives, sends the same back, and ends the sending side.
        let body = "(block (result i32)
        (if (call $recv (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 4) (i32.const 16))
          (then (call $exit (i32.const 1))))
        (if (call $send (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 16))
          (then (call $exit (i32.const 2))))
        (call $shutdown (i32.const 0) (i32.const 2)))";
        let temp = TempDir::new();
        let module = temp.write("m.wat", program("", body));
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        ours.write_all(b"message").unwrap();
        let status = Command::new(binary())
            .args(["--engine", engine])
            .arg(&module)
            .stdin(OwnedFd::from(theirs))
            .status();
        assert_eq!(status.unwrap().code(), Some(0));
        let mut back = String::new();
        ours.read_to_string(&mut back).unwrap();
        assert_eq!(back, "message");
    }
}
