//! Files of `/proc/PID`.

use core::fmt::Write as _;
use core::sync::atomic::Ordering;

use hal::mem::PAGE_SIZE;
use linux_raw_sys::general::O_CLOEXEC;

use super::{ProcessEntry as Entry, Subject, Text, system};
use crate::errno::{Errno, Result};
use crate::process::{Process, Resource, Thread, Usage, program_name};
use crate::signal::SignalSet;

pub(super) const ENTRIES: &[(&str, Entry)] = &[
    ("cgroup", Entry::Text(cgroup, 0o444)),
    ("cmdline", Entry::Text(cmdline, 0o444)),
    ("comm", Entry::Name),
    ("cwd", Entry::WorkingDirectory),
    ("environ", Entry::MemoryText(environ, 0o400)),
    ("exe", Entry::Executable),
    ("fd", Entry::Descriptors),
    ("fdinfo", Entry::DescriptorTexts),
    ("limits", Entry::Text(limits, 0o444)),
    ("maps", Entry::Maps),
    ("mountinfo", Entry::Text(system::mount_info, 0o444)),
    ("mounts", Entry::Text(system::mounts, 0o444)),
    ("root", Entry::RootDirectory),
    ("stat", Entry::Text(stat, 0o444)),
    ("statm", Entry::Text(statm, 0o444)),
    ("status", Entry::Text(status, 0o444)),
    ("task", Entry::Threads),
];

/// proc_pid_fdinfo(5), as far as every file has it.
pub(super) fn descriptor(process: &Process, fd: i32, out: &mut Text) -> Result<()> {
    let (file, close_on_exec) = {
        let files = process.files();
        let files = files.lock();
        let file = files.get(fd).map_err(|_| Errno::ENOENT)?;
        (file, files.close_on_exec(fd)?)
    };
    let flags = file.flags_with_access() | if close_on_exec { O_CLOEXEC } else { 0 };
    Ok(writeln!(
        out,
        "pos:\t{}\nflags:\t0{flags:o}\nmnt_id:\t{}\nino:\t{}",
        file.position(),
        file.location().mount.id(),
        file.inode().metadata().inode
    )?)
}

fn cgroup(_: &Subject, out: &mut Text) -> Result<()> {
    out.push(b"0::/\n")
}

fn cmdline(Subject { process, .. }: &Subject, out: &mut Text) -> Result<()> {
    // What was in its memory is gone with that.
    if process.is_zombie() {
        return Ok(());
    }
    let image = process.image.lock().clone();
    out.push(&image.cmdline)
}

fn environ(Subject { process, .. }: &Subject, out: &mut Text) -> Result<()> {
    if process.is_zombie() {
        return Ok(());
    }
    let image = process.image.lock().clone();
    out.push(&image.environ)
}

/// The name of the thread; that of a zombie is the program's.
fn name(subject: &Subject) -> ([u8; 16], usize) {
    let name = match &subject.thread {
        Some(thread) => *thread.name.lock(),
        None => program_name(&subject.process.image.lock().path),
    };
    let len = name
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(name.len());
    (name, len)
}

pub(super) fn comm(subject: &Subject, out: &mut Text) -> Result<()> {
    let (name, len) = name(subject);
    out.push(name.get(..len).unwrap_or(&[]))?;
    out.push(b"\n")
}

/// Names a thread (proc_pid_comm(5)): `EINVAL` for one of another process.
pub(super) fn set_comm(subject: &Subject, name: [u8; 16]) -> Result<()> {
    let thread = subject.thread.as_ref().ok_or(Errno::ESRCH)?;
    if crate::sched::current().process.pid != subject.process.pid {
        return Err(Errno::EINVAL);
    }
    *thread.name.lock() = name;
    Ok(())
}

fn state(
    Subject {
        process, thread, ..
    }: &Subject,
) -> (char, &'static str) {
    let sleeping = thread
        .as_ref()
        .is_some_and(|thread| thread.sched.is_sleeping());
    if process.is_zombie() {
        ('Z', "zombie")
    } else if process.stopped.load(Ordering::Relaxed) {
        ('T', "stopped")
    } else if sleeping {
        ('S', "sleeping")
    } else {
        ('R', "running")
    }
}

/// What `/proc` counts time in, in nanoseconds (`_SC_CLK_TCK`).
const CLOCK_TICK: u64 = 10_000_000;

/// The signals of a process as its first thread sees them.
#[derive(Default)]
struct Signals {
    own: SignalSet,
    shared: SignalSet,
    blocked: SignalSet,
    ignored: SignalSet,
    caught: SignalSet,
}

impl Signals {
    fn of(process: &Process, thread: Option<&Thread>) -> Self {
        let (ignored, caught) = process.actions.lock().lock().ignored_and_caught();
        Self {
            own: thread.map_or(SignalSet::EMPTY, |thread| thread.pending.lock().set()),
            shared: process.pending.lock().set(),
            blocked: thread.map_or(SignalSet::EMPTY, |thread| thread.signals.lock().mask),
            ignored,
            caught,
        }
    }
}

/// proc_pid_stat(5). Addresses inside the program are 0, as Linux shows them to those who may not see them; the heap's
/// is shown to those who may.
fn stat(subject: &Subject, out: &mut Text) -> Result<()> {
    let Subject {
        process,
        thread,
        tid,
    } = subject;
    let (own, children) = match (thread, tid) {
        (Some(thread), Some(_)) => (thread.usage(), Usage::default()),
        _ => (process.usage(), process.children_usage()),
    };
    write!(out, "{} (", tid.unwrap_or(process.pid))?;
    let (name, len) = name(subject);
    out.push(name.get(..len).unwrap_or(&[]))?;
    let mm = process.mm();
    let terminal = crate::tty::controlling(process);
    let foreground = terminal.as_ref().and_then(|terminal| terminal.foreground());
    let foreground = foreground.map_or(-1, i64::from);
    let terminal = terminal.map_or(0, |terminal| terminal.device_number());
    let parameters = thread.as_ref().map(|thread| thread.scheduling.get());
    let (policy, realtime, nice) = parameters.map_or((0, 0, 0), |parameters| {
        (
            parameters.policy.number(),
            parameters.priority,
            parameters.nice,
        )
    });
    let priority = if realtime > 0 {
        -1 - realtime
    } else {
        20 + nice
    };
    write!(
        out,
        ") {} {} {} {} {terminal} {foreground} 0 {} {} 0 0 ",
        state(subject).0,
        process.parent_pid(),
        process.group(),
        process.session(),
        own.faults,
        children.faults,
    )?;
    let times = [own.user, own.system, children.user, children.system];
    let [user, system, children_user, children_system] = times.map(|time| time / CLOCK_TICK);
    let threads = process.threads.lock().len();
    let started = process.started_at / CLOCK_TICK;
    write!(
        out,
        "{user} {system} {children_user} {children_system} {priority} {nice} {threads} 0 {started} "
    )?;
    write!(
        out,
        "{} {} {} ",
        mm.total_bytes(),
        mm.resident_pages(),
        process.limit(Resource::Rss)
    )?;
    // startcode, endcode, startstack, kstkesp, kstkeip; the low halves of the sets of signals.
    let signals = Signals::of(process, thread.as_deref());
    let low = |set: SignalSet| set.0 as u32;
    write!(
        out,
        "0 0 0 0 0 {} {} {} {} ",
        low(signals.own),
        low(signals.blocked),
        low(signals.ignored),
        low(signals.caught)
    )?;
    // wchan, nswap, cnswap; later delayacct_blkio_ticks, guest_time, cguest_time.
    let processor = thread.as_ref().map_or(0, |thread| thread.sched.cpu());
    let exit_signal = process.exit_signal.load(Ordering::Relaxed);
    write!(
        out,
        "0 0 0 {exit_signal} {processor} {realtime} {policy} 0 0 0 "
    )?;
    // start_data, end_data, start_brk, arg_start … env_end, exit_code.
    let heap = super::memory_of(process).map_or(0, |mm| mm.layout().brk_start);
    Ok(writeln!(out, "0 0 {heap} 0 0 0 0 0")?)
}

fn statm(Subject { process, .. }: &Subject, out: &mut Text) -> Result<()> {
    let mm = process.mm();
    let (resident, sizes) = (mm.resident_pages(), mm.sizes());
    Ok(writeln!(
        out,
        "{} {resident} {} {} 0 {} 0",
        mm.total_bytes() / PAGE_SIZE,
        mm.resident_shared_pages(),
        sizes.text / PAGE_SIZE,
        (sizes.data + sizes.stack) / PAGE_SIZE
    )?)
}

/// proc_pid_status(5).
fn status(subject: &Subject, out: &mut Text) -> Result<()> {
    let Subject {
        process,
        thread,
        tid,
    } = subject;
    out.push(b"Name:\t")?;
    comm(subject, out)?;
    let umask = process.fs().lock().umask;
    let credentials = match thread {
        Some(thread) => thread.credentials(),
        None => process.credentials(),
    };
    writeln!(out, "Umask:\t{umask:04o}")?;
    let (letter, word) = state(subject);
    writeln!(out, "State:\t{letter} ({word})")?;
    writeln!(
        out,
        "Tgid:\t{}\nNgid:\t0\nPid:\t{}\nPPid:\t{}\nTracerPid:\t0",
        process.pid,
        tid.unwrap_or(process.pid),
        process.parent_pid()
    )?;
    let c = &credentials;
    writeln!(out, "Uid:\t{}\t{}\t{}\t{}", c.uid, c.euid, c.suid, c.fsuid)?;
    writeln!(out, "Gid:\t{}\t{}\t{}\t{}", c.gid, c.egid, c.sgid, c.fsgid)?;
    out.push(b"Groups:\t")?;
    for group in credentials.groups.iter() {
        write!(out, "{group} ")?;
    }
    writeln!(out)?;
    let mm = process.mm();
    let sizes = mm.sizes();
    for (name, bytes) in [
        ("VmSize", mm.total_bytes()),
        ("VmHWM", mm.peak_pages() * PAGE_SIZE),
        ("VmRSS", mm.resident_pages() * PAGE_SIZE),
        ("VmData", sizes.data),
        ("VmStk", sizes.stack),
        ("VmExe", sizes.text),
    ] {
        writeln!(out, "{name}:\t{:>8} kB", bytes / 1024)?;
    }
    writeln!(out, "Threads:\t{}", process.threads.lock().len())?;
    let signals = Signals::of(process, thread.as_deref());
    for (name, set) in [
        ("SigPnd", signals.own),
        ("ShdPnd", signals.shared),
        ("SigBlk", signals.blocked),
        ("SigIgn", signals.ignored),
        ("SigCgt", signals.caught),
    ] {
        writeln!(out, "{name}:\t{:016x}", set.0)?;
    }
    let sets = &credentials.capabilities;
    for (name, set) in [
        ("CapInh", sets.inheritable),
        ("CapPrm", sets.permitted),
        ("CapEff", sets.effective),
        ("CapBnd", sets.bounding),
        ("CapAmb", sets.ambient),
    ] {
        writeln!(out, "{name}:\t{:016x}", set.0)?;
    }
    let flag = u8::from(process.no_new_privileges.load(Ordering::Relaxed));
    writeln!(out, "NoNewPrivs:\t{flag}\nSeccomp:\t0")?;
    let Some(thread) = thread else { return Ok(()) };
    writeln!(out, "Cpus_allowed:\t{:x}", thread.sched.affinity())?;
    let switches = [
        &thread.sched.voluntary_switches,
        &thread.sched.involuntary_switches,
    ];
    let [voluntary, involuntary] = switches.map(|count| count.load(Ordering::Relaxed));
    Ok(writeln!(
        out,
        "voluntary_ctxt_switches:\t{voluntary}\nnonvoluntary_ctxt_switches:\t{involuntary}"
    )?)
}

/// proc_pid_limits(5).
fn limits(Subject { process, .. }: &Subject, out: &mut Text) -> Result<()> {
    writeln!(
        out,
        "{:<25} {:<20} {:<20} {:<10}",
        "Limit", "Soft Limit", "Hard Limit", "Units"
    )?;
    for (name, resource, unit) in [
        ("Max cpu time", Resource::Cpu, "seconds"),
        ("Max file size", Resource::FileSize, "bytes"),
        ("Max data size", Resource::Data, "bytes"),
        ("Max stack size", Resource::Stack, "bytes"),
        ("Max core file size", Resource::Core, "bytes"),
        ("Max resident set", Resource::Rss, "bytes"),
        ("Max processes", Resource::Processes, "processes"),
        ("Max open files", Resource::OpenFiles, "files"),
        ("Max locked memory", Resource::LockedMemory, "bytes"),
        ("Max address space", Resource::AddressSpace, "bytes"),
        ("Max file locks", Resource::Locks, "locks"),
        ("Max pending signals", Resource::PendingSignals, "signals"),
        ("Max msgqueue size", Resource::MessageQueues, "bytes"),
        ("Max nice priority", Resource::Nice, ""),
        ("Max realtime priority", Resource::RealtimePriority, ""),
        ("Max realtime timeout", Resource::RealtimeTime, "us"),
    ] {
        let (soft, hard) = process.limits.lock().get(resource as usize)?;
        write!(out, "{name:<25} ")?;
        for limit in [soft, hard] {
            if limit == u64::MAX {
                write!(out, "{:<20} ", "unlimited")?;
            } else {
                write!(out, "{limit:<20} ")?;
            }
        }
        writeln!(out, "{unit:<10}")?;
    }
    Ok(())
}
