//! `clew run` as users use and misuse it.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::Report;
use crate::cpio::Archive;
use crate::image;
use crate::project::Project;
use crate::qemu::TempDir;
use crate::ui;

/// The longest a `clew` that should fail or finish quickly may take.
const LIMIT: Duration = Duration::from_secs(60);

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

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
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

    report.run("run/a processor without AVX2", || {
        // Code for better processors says so, and that which comes with the image is for all.
        let script = "cd /tmp; echo '(module (func (export \"f\")))' > m.wat; wasm compile --cpu v3 m.wat; \
             wasm --invoke f m.cwasm; echo $?; wasm /wasm-apps/quickjs.cwasm -e 'print(6 * 7)'";
        let arguments = [
            "run",
            "--cpu",
            "max,avx2=off",
            "--accel",
            "tcg",
            "--",
            "dash",
            "-c",
            script,
        ];
        let ran = expect(project, &arguments, 0, "wasm: m.cwasm: ")?;
        ensure!(
            ran.stdout == b"1\n42\n" && ran.stderr.contains("avx2"),
            "{:?}, {}",
            String::from_utf8_lossy(&ran.stdout),
            ran.stderr
        );
        Ok(())
    });
    report.run("run/a module as an executable", || {
        let ran = run_it(project, &["run", "--", "/wasm-apps/args.wasm", "a b"], b"")?;
        ensure!(
            ran.status == 0 && ran.stdout == b"1 [a b]\n",
            "status {}, {:?}, {}",
            ran.status,
            String::from_utf8_lossy(&ran.stdout),
            ran.stderr
        );
        Ok(())
    });
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
    report.run("run/system calls are traced", || {
        let ran = run_it(
            project,
            &[
                "run",
                "--timeout",
                "30",
                "--strace=hello",
                "--",
                "hello",
                "one",
            ],
            b"",
        )?;
        ensure!(ran.status == 0, "status {}: {}", ran.status, ran.stderr);
        for wanted in ["strace: ", "write(1, \"", "exit_group(0) = 0"] {
            ensure!(
                ran.stderr.contains(wanted),
                "no {wanted:?} in:\n{}",
                ran.stderr
            );
        }
        ensure!(
            !ran.stderr.contains("syscall_"),
            "an unknown call:\n{}",
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
        let qemu = wait_for_qemu(pid.as_raw_nonzero().get())?;
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
    report.run("run/Ctrl-C at the prompt", || {
        let mut child = clew(project, &["run", "--timeout", "40"])?
            .stdin(Stdio::piped())
            .spawn()?;
        let stdin = child.stdin.as_mut().context("no stdin")?;
        let stdout = child.stdout.as_mut().context("no stdout")?;
        // Keys come when a person presses them: after what they are meant for is there. The tool's time limit ends
        // the wait for what does not come.
        read_until(stdout, "# ")?;
        stdin.write_all(b"sh -c 'echo started; exec sleep 1000'\n")?;
        read_until(stdout, "\nstarted\r\n")?;
        stdin.write_all(b"\x03")?;
        read_until(stdout, "# ")?;
        stdin.write_all(b"echo it was $?\npoweroff\n")?;
        let ran = finish(child, b"")?;
        let text = String::from_utf8_lossy(&ran.stdout).into_owned();
        ensure!(
            ran.status == 0,
            "exit status {}: {} {text}",
            ran.status,
            ran.stderr
        );
        ensure!(text.contains("it was 130"), "{text}");
        Ok(())
    });
    Ok(())
}

/// Waits until a process has a child that is QEMU (first it may have others, which build) and that has been running
/// for a moment. Returns QEMU's number.
fn wait_for_qemu(pid: i32) -> Result<String> {
    let list = format!("/proc/{pid}/task/{pid}/children");
    let start = Instant::now();
    while start.elapsed() < LIMIT {
        let children = fs::read_to_string(&list).unwrap_or_default();
        for child in children.split_whitespace() {
            let name = fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
            if name.starts_with("qemu") {
                thread::sleep(Duration::from_millis(300));
                return Ok(child.to_owned());
            }
        }
        thread::sleep(Duration::from_millis(10));
    }
    bail!("QEMU was not started")
}

/// Reads up to and with `text`.
fn read_until(stream: &mut impl Read, text: &str) -> Result<()> {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(text.as_bytes()) {
        stream
            .read_exact(&mut byte)
            .with_context(|| format!("no {text:?} in {}", String::from_utf8_lossy(&seen)))?;
        seen.push(byte[0]);
    }
    Ok(())
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
