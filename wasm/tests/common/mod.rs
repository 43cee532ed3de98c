//! Runs the `wasm` command and looks at all that comes of it.
//!
//! `WASM_BIN` names another build of the command to test, such as one linked against tlibc. Output goes
//! through files, so that a run that hangs can be ended and a large output can't block it.

#![allow(dead_code, reason = "each test file uses its own part of this")]

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// What a Rust program's exit status is after a panic.
pub const PANIC: i32 = 101;

/// What the exit status is after a trap.
pub const TRAP: i32 = 134;

/// What `--engine` takes.
pub const ENGINES: [&str; 4] = ["wasmi", "winch", "wasmtime", "auto"];

/// Whether this is a line of a backtrace, or of advice below it.
fn is_frame(line: &str) -> bool {
    if line.starts_with("wasm: hint: ") {
        return true;
    }
    let number = line
        .strip_prefix("  ")
        .and_then(|line| line.split_once(':'));
    number.is_some_and(|(number, _)| number.trim_start().parse::<usize>().is_ok())
}

/// The command under test.
pub fn binary() -> PathBuf {
    let named = std::env::var_os("WASM_BIN").map(PathBuf::from);
    named.unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_wasm")))
}

/// A directory of the test's own, removed in the end.
pub struct TempDir(PathBuf);

impl TempDir {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("wasm-test-{}-{number}", std::process::id()));
        fs::create_dir(&path)
            .unwrap_or_else(|error| panic!("can't create {}: {error}", path.display()));
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file below this directory, with the directories that lead to it, and returns its path.
    pub fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // A directory left behind in /tmp is no reason to fail a test.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A run to be.
pub struct Wasm {
    args: Vec<OsString>,
    stdin: Vec<u8>,
    timeout: Duration,
}

/// What came of a run.
#[derive(Debug)]
pub struct Outcome {
    /// The exit status; `None` after a signal.
    pub status: Option<i32>,
    /// The signal that ended it, if one did.
    pub signal: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// Starts a run with these arguments.
pub fn wasm<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Wasm {
    let args = args
        .into_iter()
        .map(|arg| arg.as_ref().to_owned())
        .collect();
    Wasm {
        args,
        stdin: Vec::new(),
        timeout: Duration::from_secs(60),
    }
}

impl Wasm {
    pub fn stdin(mut self, content: impl AsRef<[u8]>) -> Self {
        self.stdin = content.as_ref().to_owned();
        self
    }

    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Runs the command to its end. Fails the test if it can't be started or does not end in time.
    pub fn run(self) -> Outcome {
        let dir = TempDir::new();
        let (stdout, stderr) = (dir.path().join("stdout"), dir.path().join("stderr"));
        let stdin = dir.write("stdin", &self.stdin);
        let mut child = Command::new(binary())
            .args(&self.args)
            .env("SECRET_OF_THE_HOST", "1")
            // Each run has a cache of its own, unless it is told otherwise.
            .env("XDG_CACHE_HOME", dir.path())
            .stdin(File::open(stdin).unwrap())
            .stdout(File::create(&stdout).unwrap())
            .stderr(File::create(&stderr).unwrap())
            .spawn()
            .unwrap_or_else(|error| panic!("can't start {}: {error}", binary().display()));
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > self.timeout {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("no end after {:?}: wasm {:?}", self.timeout, self.args);
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        Outcome {
            status: status.code(),
            signal: status.signal(),
            stdout: fs::read(stdout).unwrap(),
            stderr: fs::read(stderr).unwrap(),
        }
    }
}

/// Runs `wasm --engine ENGINE ARGS` with each engine, and fails the test unless all behave alike.
#[track_caller]
pub fn on_each_engine<S: AsRef<OsStr>>(args: &[S], stdin: &[u8]) -> Outcome {
    let run = |engine: &str| {
        let options = [OsStr::new("--engine"), OsStr::new(engine)];
        let args = args.iter().map(AsRef::as_ref);
        wasm(options.into_iter().chain(args)).stdin(stdin).run()
    };
    let essence = |outcome: &Outcome| {
        let message = outcome.stderr().lines().next().map(str::to_owned);
        (outcome.status, outcome.signal, outcome.stdout(), message)
    };
    let first = run(ENGINES[0]);
    for engine in &ENGINES[1..] {
        let other = run(engine);
        assert_eq!(
            essence(&first),
            essence(&other),
            "{} and {engine}",
            ENGINES[0]
        );
    }
    first
}

impl Outcome {
    pub fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Success, with exactly this on standard output and nothing on standard error.
    #[track_caller]
    pub fn prints(&self, stdout: &str) {
        assert_eq!(
            (self.status, self.stdout().as_str(), self.stderr().as_str()),
            (Some(0), stdout, "")
        );
    }

    /// Failure of the command's own: this status, one line on standard error that holds all `pieces`, after a
    /// trap perhaps a backtrace and hints below it, and nothing on standard output.
    #[track_caller]
    pub fn fails(&self, status: i32, pieces: &[&str]) {
        let stderr = self.stderr();
        assert_eq!(self.status, Some(status), "{stderr}");
        let mut lines = stderr.lines();
        let message = lines.next().unwrap_or_default();
        assert!(message.starts_with("wasm: "), "{stderr}");
        if status == TRAP {
            assert!(lines.all(is_frame), "{stderr}");
        } else {
            assert_eq!(lines.next(), None, "{stderr}");
        }
        for piece in pieces {
            assert!(message.contains(piece), "lacks '{piece}': {stderr}");
        }
        assert_eq!(self.stdout(), "");
    }

    /// Whether this is an orderly end, whatever the status: no panic, no signal, at most one line of error with
    /// a backtrace and hints below it.
    pub fn is_orderly(&self) -> bool {
        let stderr = self.stderr();
        self.signal.is_none()
            && self.status != Some(PANIC)
            && stderr.lines().skip(1).all(is_frame)
            && !stderr.contains("panicked")
    }
}
