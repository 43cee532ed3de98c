//! What is only said to a terminal: a sign of life while a compilation takes long.

mod common;

use std::ffi::CStr;
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsRawFd, FromRawFd};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use common::{TempDir, binary, wasm};

/// A terminal: the end that a person sits at, and the one for programs.
fn terminal() -> (File, File) {
    // SAFETY: each call is given what the one before made, and an array with room for the name.
    unsafe {
        let master = libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY);
        assert!(master >= 0, "{}", std::io::Error::last_os_error());
        let master = File::from_raw_fd(master);
        assert_eq!(libc::grantpt(master.as_raw_fd()), 0);
        assert_eq!(libc::unlockpt(master.as_raw_fd()), 0);
        let mut name = [0; 64];
        assert_eq!(
            libc::ptsname_r(master.as_raw_fd(), name.as_mut_ptr(), name.len()),
            0
        );
        let name = CStr::from_ptr(name.as_ptr()).to_str().unwrap();
        let slave = File::options().read(true).write(true).open(name).unwrap();
        (master, slave)
    }
}

/// A module that keeps Cranelift busy: one long function, which only one processor works on.
fn slow(steps: usize) -> String {
    let step =
        "(local.set 1 (i32.add (i32.mul (local.get 0) (local.get 1)) (i32.load (local.get 1))))
      (if (i32.eqz (local.get 1)) (then (local.set 0 (i32.load (local.get 0)))))";
    format!(
        r#"(module (memory 1) (func (export "_start") (local i32 i32) {}))"#,
        step.repeat(steps)
    )
}

/// Compiles on a terminal; what it showed, and how long it took.
fn compile_on_terminal(module: &Path, output: &Path) -> (String, Duration) {
    let (mut master, slave) = terminal();
    let reader = thread::spawn(move || {
        let mut shown = Vec::new();
        let mut chunk = [0; 4096];
        // Ends with EIO when the last program has closed its end.
        while let Ok(count @ 1..) = master.read(&mut chunk) {
            shown.extend_from_slice(&chunk[..count]);
        }
        String::from_utf8(shown).unwrap()
    });
    let start = Instant::now();
    let status = Command::new(binary())
        .args(["compile", "-o"])
        .args([output, module])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(slave)
        .status()
        .unwrap();
    let time = start.elapsed();
    assert_eq!(status.code(), Some(0));
    (reader.join().unwrap(), time)
}

#[test]
fn a_long_compilation_shows_signs_of_life() {
    let temp = TempDir::new();
    let output = temp.path().join("slow.cwasm");
    // How large a module is slow depends on the machine. One that takes three seconds compiles for more than one.
    let (module, shown) = [12_000, 24_000, 48_000, 96_000, 192_000]
        .into_iter()
        .find_map(|steps| {
            let module = temp.write("slow.wat", slow(steps));
            let (shown, time) = compile_on_terminal(&module, &output);
            (time > Duration::from_secs(3)).then_some((module, shown))
        })
        .expect("a module that takes long");
    let name = module.display();
    assert!(
        shown.starts_with(&format!("\rwasm: compiling {name}, 1 s")),
        "{shown:?}"
    );
    // The line is gone in the end, and there is nothing else.
    assert!(shown.ends_with("\r\x1b[K"), "{shown:?}");
    assert!(!shown.contains('\n'), "{shown:?}");

    // Nobody else is told.
    let args = [
        "compile",
        "-o",
        output.to_str().unwrap(),
        module.to_str().unwrap(),
    ];
    wasm(args).run().prints("");
    // Nor is there anything to tell of a short one.
    let short = temp.write("short.wat", r#"(module (func (export "_start")))"#);
    let (mut master, slave) = terminal();
    let quiet = Command::new(binary())
        .arg(short)
        .stderr(slave)
        .status()
        .unwrap();
    assert_eq!(quiet.code(), Some(0));
    assert!(!matches!(master.read(&mut [0; 100]), Ok(1..)));
}
