//! What users and files get wrong: it must end in a clear message, and the kernel must survive it.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::guest::{self, End, Program, Ran};
use super::{Outcome, Report};
use crate::apps::{self, Compiler};
use crate::cpio::Archive;
use crate::image;
use crate::project::Project;
use crate::qemu::TempDir;
use crate::ui;

/// The longest a `clew` that should fail or finish quickly may take.
const LIMIT: Duration = Duration::from_secs(60);

// ---- The ELF loader ----

/// What executing a bad file may come to.
#[derive(Clone, Copy)]
enum Wanted {
    /// `execve` fails with this message (the runner's `perror`).
    Refused(&'static str),
    /// Refused, or the process dies of a signal.
    RefusedOrKilled,
    /// The process dies of this signal.
    Killed(i32),
    /// It runs normally.
    Runs,
    /// Anything, as long as the machine survives.
    Survives,
}

const NO_EXEC: Wanted = Wanted::Refused("Exec format error");

struct BadFile {
    name: &'static str,
    wanted: Wanted,
    mode: u32,
    bytes: Vec<u8>,
}

pub fn run_elf(project: &Project, report: &mut Report) -> Result<()> {
    let compiler = Compiler::of_image(project)?;
    let recipes = image::recipes(&project.root().join("c-apps"))?;
    let hello = recipes
        .iter()
        .find(|recipe| recipe.name == "hello")
        .context("no c-apps/hello")?;
    let built = apps::build(project, hello, &compiler)?;
    let good = fs::read(&built.files[0].1)?;
    let path = |index: usize| format!("/tests/elf/{index}/program");
    let files: Vec<BadFile> = bad_files(&good)
        .into_iter()
        .filter(|file| report.wants(&format!("elf/{}", file.name)))
        .collect();
    if files.is_empty() {
        return Ok(());
    }
    let image = image::build(project)?;
    let programs: Vec<Program> = (0..files.len())
        .map(|index| Program {
            argv: vec![path(index)],
            limit: Duration::from_secs(20),
            ..Program::default()
        })
        .collect();
    let results = guest::run(
        &image,
        "Executing bad files in the guest",
        &programs,
        |archive| {
            for (index, file) in files.iter().enumerate() {
                archive.bytes(path(index), file.mode, file.bytes.clone())?;
            }
            Ok(())
        },
    )?;
    for (file, ran) in files.iter().zip(&results) {
        let outcome = Outcome::of(check_elf(file.wanted, ran));
        report.add(&format!("elf/{}", file.name), Some(ran.took), outcome);
    }
    Ok(())
}

fn check_elf(wanted: Wanted, ran: &Ran) -> Result<()> {
    let stderr = String::from_utf8_lossy(&ran.stderr);
    let refused = matches!(ran.end, End::Exit(126 | 127)) && !stderr.is_empty();
    let killed = matches!(ran.end, End::Signal(_));
    let fine = match wanted {
        Wanted::Refused(message) => refused && stderr.contains(message),
        Wanted::RefusedOrKilled => refused || killed,
        Wanted::Killed(number) => ran.end == End::Signal(number),
        Wanted::Runs => ran.end == End::Exit(0),
        Wanted::Survives => matches!(ran.end, End::Exit(_) | End::Signal(_)),
    };
    ensure!(fine, "{}; standard error: {}", ran.end, stderr.trim());
    Ok(())
}

/// Offsets in an ELF64 header.
mod header {
    pub const CLASS: usize = 4;
    pub const TYPE: usize = 16;
    pub const MACHINE: usize = 18;
    pub const ENTRY: usize = 24;
    pub const PHOFF: usize = 32;
    pub const PHENTSIZE: usize = 54;
    pub const PHNUM: usize = 56;
}

/// Offsets in an ELF64 program header.
mod segment {
    pub const OFFSET: usize = 8;
    pub const VADDR: usize = 16;
    pub const FILESZ: usize = 32;
    pub const MEMSZ: usize = 40;
    pub const ALIGN: usize = 48;
}

/// Variations of a program that works.
fn bad_files(good: &[u8]) -> Vec<BadFile> {
    let mut files = Vec::new();
    let mut add = |name, wanted, bytes: Vec<u8>| {
        files.push(BadFile {
            name,
            wanted,
            mode: 0o755,
            bytes,
        });
    };
    let patched = |patches: &[(usize, &[u8])]| {
        let mut bytes = good.to_vec();
        for (offset, value) in patches {
            bytes[*offset..offset + value.len()].copy_from_slice(value);
        }
        bytes
    };
    let word = |value: u64| value.to_le_bytes();
    let first_load = first_load(good);

    add("the program itself", Wanted::Runs, good.to_vec());
    add("empty", NO_EXEC, Vec::new());
    add("magic alone", NO_EXEC, good[..4].to_vec());
    add("half a header", NO_EXEC, good[..32].to_vec());
    add("a header alone", NO_EXEC, good[..64].to_vec());
    add("half a program header", NO_EXEC, good[..64 + 28].to_vec());
    add(
        "half of the file",
        Wanted::RefusedOrKilled,
        good[..good.len() / 2].to_vec(),
    );
    add("garbage behind the magic", NO_EXEC, garbage(good));
    add("text", NO_EXEC, b"hello, this is no program\n".to_vec());
    add("zeros", NO_EXEC, vec![0; 10_000]);
    add("32-bit class", NO_EXEC, patched(&[(header::CLASS, &[1])]));
    add(
        "another architecture",
        NO_EXEC,
        patched(&[(header::MACHINE, &183u16.to_le_bytes())]),
    );
    add(
        "a relocatable object",
        NO_EXEC,
        patched(&[(header::TYPE, &1u16.to_le_bytes())]),
    );
    add(
        "a core file",
        NO_EXEC,
        patched(&[(header::TYPE, &4u16.to_le_bytes())]),
    );
    add(
        "no program headers",
        NO_EXEC,
        patched(&[(header::PHNUM, &[0, 0])]),
    );
    add(
        "65535 program headers",
        NO_EXEC,
        patched(&[(header::PHNUM, &[0xff, 0xff])]),
    );
    add(
        "program headers of size 0",
        NO_EXEC,
        patched(&[(header::PHENTSIZE, &[0, 0])]),
    );
    add(
        "program headers outside",
        NO_EXEC,
        patched(&[(header::PHOFF, &word(1 << 40))]),
    );
    add(
        "program headers at the end of time",
        NO_EXEC,
        patched(&[(header::PHOFF, &word(u64::MAX - 7))]),
    );
    for (name, field, value) in [
        ("segment file size of 2^63", segment::FILESZ, 1 << 63),
        ("segment file size of 2^64-1", segment::FILESZ, u64::MAX),
        ("segment larger in file than in memory", segment::MEMSZ, 1),
        ("segment memory size of 2^64-1", segment::MEMSZ, u64::MAX),
        ("segment memory size of 2^47", segment::MEMSZ, 1 << 47),
        (
            "segment in the kernel's half",
            segment::VADDR,
            0xffff_ffff_8000_0000,
        ),
        (
            "segment at a non-canonical address",
            segment::VADDR,
            0x8000_0000_0000,
        ),
        (
            "segment that wraps around",
            segment::VADDR,
            u64::MAX - 0xfff,
        ),
        (
            "segment offset of 2^64-4096",
            segment::OFFSET,
            u64::MAX - 0xfff,
        ),
        (
            "segment offset that is not congruent",
            segment::OFFSET,
            0x123,
        ),
    ] {
        add(
            name,
            Wanted::RefusedOrKilled,
            patched(&[(first_load + field, &word(value))]),
        );
    }
    add(
        "segment alignment of 3",
        Wanted::Survives,
        patched(&[(first_load + segment::ALIGN, &word(3))]),
    );
    add(
        "segment memory size of 1 TiB",
        Wanted::Survives,
        patched(&[(first_load + segment::MEMSZ, &word(1 << 40))]),
    );
    add(
        "entry in the kernel",
        Wanted::Killed(11),
        patched(&[(header::ENTRY, &word(0xffff_ffff_8010_0000))]),
    );
    add(
        "entry at a non-canonical address",
        Wanted::Killed(11),
        patched(&[(header::ENTRY, &word(0x8000_0000_0000))]),
    );
    add(
        "an interpreter that is missing",
        Wanted::Refused("No such file or directory"),
        with_interpreter("/nowhere/ld.so"),
    );
    add(
        "an interpreter that is a folder",
        Wanted::RefusedOrKilled,
        with_interpreter("/bin"),
    );
    add("a script without an interpreter", NO_EXEC, b"#!\n".to_vec());
    add(
        "a script with a missing interpreter",
        Wanted::Refused("No such file or directory"),
        b"#!/nowhere/sh\n".to_vec(),
    );
    add("a script", Wanted::Runs, b"#!/bin/sh\ntrue\n".to_vec());
    add(
        "WebAssembly's magic alone",
        Wanted::Survives,
        b"\0asm".to_vec(),
    );
    files.push(BadFile {
        name: "not executable",
        wanted: Wanted::Refused("Permission denied"),
        mode: 0o644,
        bytes: good.to_vec(),
    });
    files.push(BadFile {
        name: "the program again",
        wanted: Wanted::Runs,
        mode: 0o755,
        bytes: good.to_vec(),
    });
    files
}

/// Where the first loadable segment's program header is.
fn first_load(elf: &[u8]) -> usize {
    let phoff = elf[header::PHOFF..][..8]
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    let mut at = phoff;
    while elf.get(at..at + 4).is_some_and(|kind| kind != [1, 0, 0, 0]) {
        at += 56;
    }
    at
}

/// The magic, then bytes of a fixed pseudo-random sequence.
fn garbage(good: &[u8]) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut bytes = good[..4].to_vec();
    for _ in 0..8000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.push(state.to_le_bytes()[3]);
    }
    bytes
}

/// A dynamically linked program that has nothing but an interpreter.
fn with_interpreter(path: &str) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let text_size = path.len() as u64 + 1;
    for half in [3u16, 62] {
        bytes.extend(half.to_le_bytes());
    }
    bytes.extend(1u32.to_le_bytes());
    for value in [0x1000u64, 64, 0] {
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend(0u32.to_le_bytes());
    for half in [64u16, 56, 2, 0, 0, 0] {
        bytes.extend(half.to_le_bytes());
    }
    let text_at = 64 + 2 * 56;
    let segments: [(u32, u32, [u64; 6]); 2] = [
        (3, 4, [text_at, text_at, text_at, text_size, text_size, 1]),
        (
            1,
            5,
            [0, 0, 0, text_at + text_size, text_at + text_size, 0x1000],
        ),
    ];
    for (kind, flags, values) in segments {
        bytes.extend(kind.to_le_bytes());
        bytes.extend(flags.to_le_bytes());
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
    bytes.extend_from_slice(path.as_bytes());
    bytes.push(0);
    bytes
}

// ---- The wasm command ----

struct BadModule {
    name: &'static str,
    arguments: Vec<String>,
    /// The module's file in the working directory, if there is one.
    module: Option<Vec<u8>>,
    statuses: &'static [i32],
}

pub fn run_wasm(project: &Project, report: &mut Report) -> Result<()> {
    let cases: Vec<BadModule> = bad_modules()
        .into_iter()
        .filter(|case| report.wants(&format!("wasm/{}", case.name)))
        .collect();
    if cases.is_empty() {
        return Ok(());
    }
    let image = image::build(project)?;
    let programs: Vec<Program> = cases
        .iter()
        .map(|case| Program {
            argv: [vec!["/bin/wasm".to_owned()], case.arguments.clone()].concat(),
            files: case
                .module
                .iter()
                .map(|bytes| (PathBuf::from("m.wasm"), bytes.clone()))
                .collect(),
            limit: LIMIT,
            ..Program::default()
        })
        .collect();
    let results = guest::run(&image, "Giving bad input to wasm", &programs, |_| Ok(()))?;
    for (case, ran) in cases.iter().zip(&results) {
        let outcome = Outcome::of(check_wasm(case, ran));
        report.add(&format!("wasm/{}", case.name), Some(ran.took), outcome);
    }
    Ok(())
}

fn check_wasm(case: &BadModule, ran: &Ran) -> Result<()> {
    let stderr = String::from_utf8_lossy(&ran.stderr);
    let End::Exit(status) = ran.end else {
        bail!("{}; {}", ran.end, stderr.trim())
    };
    ensure!(
        case.statuses.contains(&status),
        "exit status {status}; {}",
        stderr.trim()
    );
    ensure!(!stderr.trim().is_empty(), "it says nothing");
    ensure!(!stderr.contains("panicked"), "a panic: {}", stderr.trim());
    ensure!(ran.stdout.is_empty(), "something on standard output");
    if status <= 1 {
        ensure!(
            stderr.lines().count() == 1,
            "more than one line: {}",
            stderr.trim()
        );
    }
    Ok(())
}

fn bad_modules() -> Vec<BadModule> {
    let words = |text: &[&str]| {
        text.iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    let wat = |text: &str| Some(text.as_bytes().to_vec());
    // Magic, version, and a type section that promises more than there is.
    let header = b"\0asm\x01\0\0\0";
    let truncated = [&header[..], &[1, 100, 20, 0x60]].concat();
    let huge = [&header[..], &[1, 0xff, 0xff, 0xff, 0xff, 0x0f]].concat();
    let trap = r#"(module (func (export "_start") unreachable))"#;
    let recursion = r#"(module (func $f (export "_start") (call $f) (call $f)))"#;
    let import = r#"(module (import "nowhere" "nothing" (func)) (func (export "_start")))"#;
    let plain = r#"(module (memory (export "memory") 1) (func (export "_start")))"#;
    let case = |name, arguments: &[&str], module, statuses| BadModule {
        name,
        arguments: words(arguments),
        module,
        statuses,
    };
    vec![
        case("no file given", &[], None, &[2]),
        case("a missing file", &["nowhere.wasm"], None, &[1, 2]),
        case("a folder", &["/tmp"], None, &[1, 2]),
        case("an empty file", &["m.wasm"], Some(Vec::new()), &[1, 2]),
        case("garbage", &["m.wasm"], Some(vec![0xee; 5000]), &[1, 2]),
        case("magic alone", &["m.wasm"], Some(b"\0asm".to_vec()), &[1, 2]),
        case(
            "an unknown version",
            &["m.wasm"],
            Some(b"\0asm\x63\0\0\0".to_vec()),
            &[1, 2],
        ),
        case("a truncated module", &["m.wasm"], Some(truncated), &[1, 2]),
        case("a section of 4 GiB", &["m.wasm"], Some(huge), &[1, 2]),
        case(
            "text that does not parse",
            &["m.wasm"],
            wat("(module (func"),
            &[1, 2],
        ),
        case("an unknown import", &["m.wasm"], wat(import), &[1, 2]),
        case(
            "a refused preopen",
            &["--dir", "/nowhere", "m.wasm"],
            wat(plain),
            &[1, 2],
        ),
        case(
            "an unknown option",
            &["--colour", "m.wasm"],
            wat(plain),
            &[2],
        ),
        case(
            "an unknown function",
            &["--invoke", "nothing", "m.wasm"],
            wat(plain),
            &[1, 2],
        ),
        case("a trap", &["m.wasm"], wat(trap), &[134]),
        case("endless recursion", &["m.wasm"], wat(recursion), &[134]),
    ]
}

// ---- clew run ----

/// A finished `clew`.
struct Finished {
    status: i32,
    stdout: Vec<u8>,
    stderr: String,
}

/// This program again, in the same project.
fn clew(project: &Project, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(arguments)
        .env("CLEW_ROOT", project.root())
        .env("CARGO_TARGET_DIR", project.target())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    Ok(command)
}

/// Feeds `input`, collects what comes back and waits, no longer than [`LIMIT`].
fn finish(mut child: Child, input: &[u8]) -> Result<Finished> {
    let input = input.to_vec();
    let stdin = child.stdin.take();
    let feeder = thread::spawn(move || {
        if let Some(mut stdin) = stdin {
            // The program may end before it has read everything.
            let _ = stdin.write_all(&input);
        }
    });
    let collect = |stream: Option<Box<dyn Read + Send>>| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut stream) = stream {
                let _ = stream.read_to_end(&mut bytes);
            }
            bytes
        })
    };
    let stdout = collect(
        child
            .stdout
            .take()
            .map(|stream| Box::new(stream) as Box<dyn Read + Send>),
    );
    let stderr = collect(
        child
            .stderr
            .take()
            .map(|stream| Box::new(stream) as Box<dyn Read + Send>),
    );
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if start.elapsed() > LIMIT {
            child.kill()?;
            child.wait()?;
            bail!("clew did not end within {} s", LIMIT.as_secs());
        }
        thread::sleep(Duration::from_millis(5));
    };
    let _ = feeder.join();
    let status = status
        .code()
        .or(status.signal().map(|signal| 1000 + signal))
        .unwrap_or(-1);
    let stdout = stdout.join().ok().context("a reader panicked")?;
    let stderr = stderr.join().ok().context("a reader panicked")?;
    Ok(Finished {
        status,
        stdout,
        stderr: String::from_utf8_lossy(&stderr).into_owned(),
    })
}

fn run_it(project: &Project, arguments: &[&str], input: &[u8]) -> Result<Finished> {
    let mut command = clew(project, arguments)?;
    command.stdin(Stdio::piped());
    finish(command.spawn()?, input)
}

/// Runs `clew` and compares its exit status and what is on its standard error.
fn expect(project: &Project, arguments: &[&str], status: i32, stderr: &str) -> Result<Finished> {
    let ran = run_it(project, arguments, b"")?;
    ensure!(
        ran.status == status,
        "wanted exit status {status}, got {}: {}",
        ran.status,
        ran.stderr
    );
    ensure!(
        ran.stderr.contains(stderr),
        "standard error lacks {stderr:?}: {}",
        ran.stderr
    );
    Ok(ran)
}

pub fn run_clew(project: &Project, report: &mut Report) -> Result<()> {
    let image = image::build(project)?;
    let scratch = TempDir::new()?;
    let path = |name: &str| scratch.path().join(name).display().to_string();
    let text = |path: &Path| path.display().to_string();
    let (kernel, initramfs) = (text(&image.kernel), text(&image.initramfs));
    fs::write(path("text"), "this is no kernel\n".repeat(500))?;
    fs::write(path("cut"), &fs::read(&image.initramfs)?[..100_000])?;
    let mut empty = Vec::new();
    Archive::new().write(&mut empty)?;
    fs::write(path("empty"), empty)?;
    fs::create_dir(path("extra"))?;
    fs::write(path("extra/note.txt"), "from the host\n")?;

    report.run("run/wrong usage", || {
        expect(
            project,
            &["run", "--memory", "lots"],
            2,
            "invalid value 'lots'",
        )?;
        expect(
            project,
            &["run", "--accel", "magic"],
            2,
            "possible values: auto, tcg, kvm",
        )?;
        expect(
            project,
            &["run", "--timeout", "0"],
            2,
            "positive number of seconds",
        )?;
        expect(project, &["run", "hello"], 2, "unexpected argument 'hello'")?;
        expect(project, &["walk"], 2, "unrecognized subcommand 'walk'").map(drop)
    });
    report.run("run/a missing file", || {
        let files = [
            "run",
            "--kernel",
            "/nowhere/k",
            "--initramfs",
            initramfs.as_str(),
        ];
        expect(project, &files, 121, "cannot open /nowhere/k")?;
        expect(
            project,
            &["run", "--extra", "/nowhere", "--", "true"],
            121,
            "--extra /nowhere",
        )?;
        expect(
            project,
            &["run", "--log", "/nowhere/log", "--", "true"],
            121,
            "cannot create /nowhere/log",
        )
        .map(drop)
    });
    report.run("run/a kernel that is none", || {
        let kernel = path("text");
        let ran = run_it(
            project,
            &[
                "run",
                "--timeout",
                "20",
                "--kernel",
                &kernel,
                "--initramfs",
                &initramfs,
                "--",
                "true",
            ],
            b"",
        )?;
        ensure!(
            matches!(ran.status, 121 | 122),
            "exit status {}: {}",
            ran.status,
            ran.stderr
        );
        ensure!(ran.stderr.starts_with("clew: "), "{}", ran.stderr);
        Ok(())
    });
    report.run("run/no QEMU", || {
        let mut command = clew(
            project,
            &[
                "run",
                "--kernel",
                &kernel,
                "--initramfs",
                &initramfs,
                "--",
                "true",
            ],
        )?;
        let ran = finish(command.env("PATH", path("extra")).spawn()?, b"")?;
        ensure!(
            ran.status == 121 && ran.stderr.contains("qemu-system-x86"),
            "{}: {}",
            ran.status,
            ran.stderr
        );
        Ok(())
    });
    report.run("run/a kernel panic is symbolised", || {
        let empty = path("empty");
        let ran = expect(
            project,
            &[
                "run",
                "--timeout",
                "30",
                "--initramfs",
                &empty,
                "--",
                "true",
            ],
            123,
            "clew: the kernel panicked",
        )?;
        ensure!(
            ran.stderr.contains("KERNEL PANIC cpu=0: "),
            "no message: {}",
            ran.stderr
        );
        ensure!(
            ran.stderr.contains(".rs:"),
            "no source line: {}",
            ran.stderr
        );
        Ok(())
    });
    report.run("run/an initramfs that is cut short", || {
        let cut = path("cut");
        let ran = run_it(
            project,
            &["run", "--timeout", "30", "--initramfs", &cut, "--", "true"],
            b"",
        )?;
        ensure!(
            matches!(ran.status, 122 | 123),
            "exit status {}: {}",
            ran.status,
            ran.stderr
        );
        Ok(())
    });
    report.run("run/a triple fault", || {
        let kernel = path("triple-fault");
        triple_fault_kernel(&kernel)?;
        let args = [
            "run",
            "--timeout",
            "30",
            "--kernel",
            &kernel,
            "--initramfs",
            &initramfs,
            "--",
            "true",
        ];
        expect(project, &args, 122, "triple fault").map(drop)
    });
    report.run("run/a guest that hangs", || {
        expect(
            project,
            &["run", "--timeout", "3", "--", "sleep", "1000"],
            124,
            "--timeout",
        )
        .map(drop)
    });
    report.run("run/no such program", || {
        expect(
            project,
            &["run", "--", "nosuchprogram"],
            127,
            "nosuchprogram",
        )
        .map(drop)
    });
    report.run("run/exit status and separate streams", || {
        let script = "echo out; echo err >&2; exit 9";
        let ran = run_it(project, &["run", "--", "sh", "-c", script], b"")?;
        ensure!(
            ran.status == 9,
            "exit status {}: {}",
            ran.status,
            ran.stderr
        );
        ensure!(
            ran.stdout == b"out\n" && ran.stderr == "err\n",
            "{:?} {:?}",
            ran.stdout,
            ran.stderr
        );
        Ok(())
    });
    report.run("run/a signal's status", || {
        expect(
            project,
            &["run", "--", "sh", "-c", "kill -11 $$"],
            128 + 11,
            "",
        )
        .map(drop)
    });
    report.run("run/bytes pass unchanged", || {
        let bytes: Vec<u8> = (0..100_000u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        let ran = run_it(project, &["run", "--", "cat"], &bytes)?;
        ensure!(
            ran.status == 0 && ran.stderr.is_empty(),
            "{}: {}",
            ran.status,
            ran.stderr
        );
        ensure!(
            ran.stdout == bytes,
            "{} bytes came back of {}",
            ran.stdout.len(),
            bytes.len()
        );
        Ok(())
    });
    report.run("run/arguments pass unchanged", || {
        let ran = run_it(
            project,
            &[
                "run",
                "--",
                "echo",
                "a b",
                "",
                "*",
                "\"$HOME\"",
                "--help",
                "ä\n",
            ],
            b"",
        )?;
        let wanted = "a b  * \"$HOME\" --help ä\n\n";
        ensure!(
            ran.stdout == wanted.as_bytes(),
            "{:?}",
            String::from_utf8_lossy(&ran.stdout)
        );
        Ok(())
    });
    report.run("run/extra files", || {
        let dir = path("extra");
        let ran = run_it(
            project,
            &["run", "--extra", &dir, "--", "cat", "/extra_files/note.txt"],
            b"",
        )?;
        ensure!(
            ran.stdout == b"from the host\n",
            "{:?} {}",
            ran.stdout,
            ran.stderr
        );
        Ok(())
    });
    report.run("run/nobody reads the output", || {
        let mut child = clew(project, &["run", "--", "cat", "/dev/zero"])?.spawn()?;
        let mut first = [0; 10];
        child
            .stdout
            .take()
            .context("no stdout")?
            .read_exact(&mut first)?;
        let ran = finish(child, b"")?;
        ensure!(
            ran.status == 141 && ran.stderr.is_empty(),
            "{}: {}",
            ran.status,
            ran.stderr
        );
        Ok(())
    });
    report.run("run/Ctrl-C ends QEMU", || {
        let child = clew(project, &["run", "--", "sleep", "1000"])?.spawn()?;
        let pid = rustix::process::Pid::from_child(&child);
        let qemu = wait_for_child(pid.as_raw_nonzero().get())?;
        rustix::process::kill_process(pid, rustix::process::Signal::INT)?;
        let ran = finish(child, b"")?;
        ensure!(
            ran.status == 130,
            "exit status {}: {}",
            ran.status,
            ran.stderr
        );
        ensure!(
            !Path::new(&format!("/proc/{qemu}")).exists(),
            "QEMU is still there"
        );
        Ok(())
    });
    report.run("run/a session from a pipe", || {
        let ran = run_it(
            project,
            &["run", "--timeout", "40"],
            b"echo $((no)) 6 x 7\nhello there\npoweroff\n",
        )?;
        let text = String::from_utf8_lossy(&ran.stdout).into_owned();
        ensure!(
            ran.status == 0,
            "exit status {}: {} {text}",
            ran.status,
            ran.stderr
        );
        ensure!(text.contains("argument 1: 'there'"), "{text}");
        Ok(())
    });
    Ok(())
}

/// Waits until a process has a child (QEMU) that has been running for a moment.
fn wait_for_child(pid: i32) -> Result<String> {
    let list = format!("/proc/{pid}/task/{pid}/children");
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        let children = fs::read_to_string(&list).unwrap_or_default();
        if let Some(child) = children.split_whitespace().next() {
            thread::sleep(Duration::from_millis(300));
            return Ok(child.to_owned());
        }
        thread::sleep(Duration::from_millis(10));
    }
    bail!("QEMU was not started")
}

/// Builds a kernel that does nothing but fault with an empty interrupt table.
fn triple_fault_kernel(output: &str) -> Result<()> {
    const SOURCE: &str = "\
.section .note.pvh, \"a\", @note
.balign 4
.long 4, 4, 18
.asciz \"Xen\"
.long start
.text
.code32
.globl start
start:
    lidt empty
    ud2
empty:
    .word 0
    .long 0
";
    let source = format!("{output}.S");
    fs::write(&source, SOURCE)?;
    let log = PathBuf::from(format!("{output}.log"));
    ui::run_logged(
        Command::new("gcc")
            .args([
                "-nostdlib",
                "-static",
                "-no-pie",
                "-Wl,-Ttext=0x100000",
                "-Wl,--build-id=none",
            ])
            .args(["-Wl,-e,start", "-Wl,-z,noexecstack", "-o", output, &source]),
        &log,
    )
}
