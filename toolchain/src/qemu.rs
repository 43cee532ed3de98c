//! Starts QEMU and holds its four serial ports.
//!
//! Each port is a Unix socket in a private folder that this side listens on, so QEMU never touches
//! our own streams or the terminal. A [`Machine`] kills its QEMU when it is dropped, and the kernel
//! of the host does so if this process dies without dropping it.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::setup::find_command;

const QEMU: &str = "qemu-system-x86_64";

/// What QEMU exits with after the guest wrote to its isa-debug-exit port: `value << 1 | 1`.
pub const EXIT_POWER_OFF: i32 = 0x10 << 1 | 1;
/// The same for a kernel panic.
pub const EXIT_PANIC: i32 = 0x20 << 1 | 1;

/// How QEMU runs the guest's instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Accel {
    /// KVM where it works, else emulation.
    Auto,
    /// Emulation.
    Tcg,
    /// Hardware virtualisation.
    Kvm,
}

/// What the machine boots from.
#[derive(Clone, Debug)]
pub enum Boot {
    /// The kernel's ELF file through its PVH entry.
    Kernel {
        /// The ELF file.
        kernel: PathBuf,
        /// One or more cpio archives in one file.
        initramfs: PathBuf,
        /// The kernel's command line.
        command_line: String,
    },
    /// A CD image through the BIOS and its boot loader.
    Cdrom(PathBuf),
}

/// The CPU of a machine if nothing else is asked for: with all that QEMU, or the host under KVM, can do.
pub const BEST_CPU: &str = "max";

/// A machine to start.
#[derive(Clone, Debug)]
pub struct Config {
    /// What to boot.
    pub boot: Boot,
    /// RAM in MiB.
    pub memory: u32,
    /// Number of CPUs.
    pub cpus: u32,
    /// Which CPU the machine has, as QEMU calls it.
    pub cpu: String,
    /// How instructions are run.
    pub accel: Accel,
    /// Count instructions as time, so that two runs are identical.
    pub deterministic: bool,
    /// TCP port on which to wait for gdb before the first instruction.
    pub gdb: Option<u16>,
}

impl Config {
    fn command(&self, sockets: &Path) -> Result<Command> {
        let Some(qemu) = find_command(QEMU) else {
            bail!(
                "{QEMU} is not installed (Debian's package qemu-system-x86; 'clew setup' installs it)"
            );
        };
        // setpriv lets the host's kernel end QEMU together with this process.
        let mut command = match find_command("setpriv") {
            Some(setpriv) => {
                let mut command = Command::new(setpriv);
                command.args(["--pdeathsig", "KILL", "--"]).arg(&qemu);
                command
            }
            None => Command::new(&qemu),
        };
        command.args([
            "-machine",
            "q35",
            "-cpu",
            &self.cpu,
            "-nodefaults",
            "-display",
            "none",
            "-no-reboot",
        ]);
        command.args([
            "-m",
            &format!("{}M", self.memory),
            "-smp",
            &self.cpus.to_string(),
        ]);
        if use_kvm(self.accel)? && !self.deterministic {
            command.args(["-accel", "kvm"]);
        } else {
            command.args(["-accel", "tcg"]);
        }
        if self.deterministic {
            command.args(["-icount", "shift=0,sleep=off", "-seed", "1"]);
            command.args(["-rtc", "base=2026-01-01,clock=vm"]);
        }
        command.args(["-device", "isa-debug-exit,iobase=0xf4,iosize=0x04"]);
        match &self.boot {
            Boot::Kernel {
                kernel,
                initramfs,
                command_line,
            } => {
                command
                    .arg("-kernel")
                    .arg(kernel)
                    .arg("-initrd")
                    .arg(initramfs);
                command.args(["-append", command_line]);
            }
            Boot::Cdrom(image) => {
                command.arg("-drive").arg(format!(
                    "file={},media=cdrom,format=raw,readonly=on",
                    qemu_quote(image)
                ));
                command.args(["-boot", "d"]);
            }
        }
        for port in PORTS {
            let socket = sockets.join(port);
            let socket = qemu_quote(&socket);
            command.args([
                "-chardev",
                &format!("socket,id={port},path={socket},server=off"),
            ]);
            command.args(["-serial", &format!("chardev:{port}")]);
        }
        if let Some(port) = self.gdb {
            command.args(["-gdb", &format!("tcp:127.0.0.1:{port}"), "-S"]);
        }
        Ok(command)
    }
}

/// COM1 to COM4, by the names of their sockets.
const PORTS: [&str; 4] = ["console", "log", "results", "aux"];

/// In QEMU's option values a comma is written twice.
fn qemu_quote(path: &Path) -> String {
    path.display().to_string().replace(',', ",,")
}

/// Whether to use KVM. The device can exist where the CPU gives no virtualisation, and then it hangs:
/// the CPU's flags decide.
fn use_kvm(accel: Accel) -> Result<bool> {
    let flags = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let capable = flags
        .lines()
        .find(|line| line.starts_with("flags"))
        .is_some_and(|line| {
            line.split_whitespace()
                .any(|flag| flag == "svm" || flag == "vmx")
        });
    let usable = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
        .open("/dev/kvm")
        .is_ok();
    match accel {
        Accel::Tcg => Ok(false),
        Accel::Auto => Ok(capable && usable),
        Accel::Kvm if usable => Ok(true),
        Accel::Kvm => bail!("--accel kvm: /dev/kvm can't be opened for reading and writing"),
    }
}

/// A folder that is removed when dropped.
pub struct TempDir(PathBuf);

impl TempDir {
    /// Makes a new folder that only this user can enter.
    pub fn new() -> Result<Self> {
        let base = std::env::temp_dir();
        for attempt in 0..1000 {
            let path = base.join(format!("clew-{}-{attempt}", std::process::id()));
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot create {}", path.display()));
                }
            }
        }
        bail!("cannot create a folder in {}", base.display())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        // A leftover in the temporary folder is not worth an error.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running QEMU. Its serial ports are taken out by those who read and write them.
pub struct Machine {
    child: Child,
    /// COM1: the terminal, or standard input and output of the one command.
    pub console: UnixStream,
    /// COM2: the kernel's log.
    pub log: UnixStream,
    /// COM3: results for the host.
    pub results: UnixStream,
    /// COM4: standard error of the one command.
    pub aux: UnixStream,
    sockets: TempDir,
}

impl Machine {
    /// Starts QEMU and waits until it has opened all four ports.
    ///
    /// # Errors
    ///
    /// Fails if QEMU is missing or refuses its options or files; its own words are in the error.
    pub fn start(config: &Config) -> Result<Self> {
        let sockets = TempDir::new()?;
        let mut listeners = Vec::new();
        for port in PORTS {
            let listener = UnixListener::bind(sockets.path().join(port))?;
            listener.set_nonblocking(true)?;
            listeners.push(listener);
        }
        let errors = sockets.path().join("stderr");
        let mut child = config
            .command(sockets.path())?
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&errors)?)
            // Out of the terminal's process group: ^C is for this process, which then ends QEMU.
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {QEMU}"))?;
        match accept_all(&listeners, &mut child) {
            Ok([console, log, results, aux]) => Ok(Self {
                child,
                console,
                log,
                results,
                aux,
                sockets,
            }),
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                let words = fs::read_to_string(&errors).unwrap_or_default();
                Err(error.context(format!("QEMU did not start: {}", words.trim())))
            }
        }
    }

    /// What QEMU itself has printed on its standard error.
    pub fn words(&self) -> String {
        fs::read_to_string(self.sockets.path().join("stderr")).unwrap_or_default()
    }

    /// Waits for QEMU to end.
    pub fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }

    /// Waits for QEMU to end, no longer than `limit`.
    pub fn wait_for(&mut self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            if start.elapsed() >= limit {
                return Ok(None);
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Ends QEMU now.
    pub fn kill(&mut self) {
        // Fails only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Accepts one connection on each listener, giving up when QEMU ends.
fn accept_all(listeners: &[UnixListener], child: &mut Child) -> Result<[UnixStream; 4]> {
    let mut streams = Vec::new();
    let start = Instant::now();
    for listener in listeners {
        loop {
            match listener.accept() {
                Ok((stream, _)) => {
                    stream.set_nonblocking(false)?;
                    streams.push(stream);
                    break;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
            if let Some(status) = child.try_wait()? {
                bail!("it ended at once ({status})");
            }
            if start.elapsed() > Duration::from_secs(30) {
                bail!("it did not open its serial ports within 30 s");
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
    streams
        .try_into()
        .map_err(|_| anyhow::anyhow!("QEMU has not four serial ports"))
}
