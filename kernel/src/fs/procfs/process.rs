//! Files of `/proc/PID`.

use core::fmt::Write as _;
use core::sync::atomic::Ordering;

use hal::mem::PAGE_SIZE;
use linux_raw_sys::general::O_CLOEXEC;

use super::{ProcessEntry as Entry, Text, system};
use crate::errno::{Errno, Result};
use crate::process::{Process, Resource};
use crate::signal::SignalSet;

pub(super) const ENTRIES: &[(&str, Entry)] = &[
    ("cgroup", Entry::Text(cgroup, 0o444)),
    ("cmdline", Entry::Text(cmdline, 0o444)),
    ("comm", Entry::Text(comm, 0o444)),
    ("cwd", Entry::WorkingDirectory),
    ("environ", Entry::Text(environ, 0o400)),
    ("exe", Entry::Executable),
    ("fd", Entry::Descriptors),
    ("fdinfo", Entry::DescriptorTexts),
    ("limits", Entry::Text(limits, 0o444)),
    ("maps", Entry::Text(maps, 0o444)),
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

fn cgroup(_: &Process, out: &mut Text) -> Result<()> {
    out.push(b"0::/\n")
}

fn cmdline(process: &Process, out: &mut Text) -> Result<()> {
    let image = process.image.lock().clone();
    out.push(&image.cmdline)
}

fn environ(process: &Process, out: &mut Text) -> Result<()> {
    let image = process.image.lock().clone();
    out.push(&image.environ)
}

fn maps(process: &Process, out: &mut Text) -> Result<()> {
    out.push(&process.maps_text())
}

/// The name of the first thread; that of a zombie is the program's.
fn name(process: &Process) -> ([u8; 16], usize) {
    let mut name = [0; 16];
    match process.threads.lock().first() {
        Some(thread) => name = *thread.name.lock(),
        None => {
            let image = process.image.lock().clone();
            let program = image
                .path
                .rsplit(|&byte| byte == b'/')
                .next()
                .unwrap_or(&[]);
            for (place, byte) in name.iter_mut().zip(program.iter().take(15)) {
                *place = *byte;
            }
        }
    }
    let len = name
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(name.len());
    (name, len)
}

fn comm(process: &Process, out: &mut Text) -> Result<()> {
    let (name, len) = name(process);
    out.push(name.get(..len).unwrap_or(&[]))?;
    out.push(b"\n")
}

fn state(process: &Process) -> (char, &'static str) {
    let threads = process.threads.lock();
    let sleeping = threads
        .first()
        .is_some_and(|thread| thread.sched.is_sleeping());
    drop(threads);
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

/// proc_pid_stat(5). Fields that are not kept are 0, as on a Linux without permission to see them.
fn stat(process: &Process, out: &mut Text) -> Result<()> {
    write!(out, "{} (", process.pid)?;
    let (name, len) = name(process);
    out.push(name.get(..len).unwrap_or(&[]))?;
    let mm = process.mm();
    let terminal = crate::tty::controlling(process).map_or(0, |terminal| terminal.device_number());
    write!(
        out,
        ") {} {} {} {} {terminal} -1 0 0 0 0 0 ",
        state(process).0,
        process.parent_pid(),
        process.group(),
        process.session()
    )?;
    let ticks = process.runtime() / 10_000_000;
    let children = process.children_time.load(Ordering::Relaxed) / 10_000_000;
    let threads = process.threads.lock().len();
    let started = process.started_at / 10_000_000;
    write!(out, "{ticks} 0 {children} 0 20 0 {threads} 0 {started} ")?;
    write!(
        out,
        "{} {} {} ",
        mm.total_bytes(),
        mm.resident_pages(),
        process.limit(Resource::Rss)
    )?;
    // startcode … exit_signal, processor, and the rest.
    writeln!(
        out,
        "0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0"
    )?;
    Ok(())
}

fn statm(process: &Process, out: &mut Text) -> Result<()> {
    let mm = process.mm();
    let (total, resident) = (mm.total_bytes() / PAGE_SIZE, mm.resident_pages());
    Ok(writeln!(out, "{total} {resident} 0 0 0 {total} 0")?)
}

/// proc_pid_status(5).
fn status(process: &Process, out: &mut Text) -> Result<()> {
    out.push(b"Name:\t")?;
    comm(process, out)?;
    let (umask, credentials) = (process.fs().lock().umask, process.credentials());
    writeln!(out, "Umask:\t{umask:04o}")?;
    let (letter, word) = state(process);
    writeln!(out, "State:\t{letter} ({word})")?;
    writeln!(
        out,
        "Tgid:\t{0}\nPid:\t{0}\nPPid:\t{1}\nTracerPid:\t0",
        process.pid,
        process.parent_pid()
    )?;
    let c = &credentials;
    writeln!(out, "Uid:\t{}\t{}\t{}\t{}", c.uid, c.euid, c.suid, c.fsuid)?;
    writeln!(out, "Gid:\t{}\t{}\t{}\t{}", c.gid, c.egid, c.sgid, c.fsgid)?;
    out.push(b"Groups:\t")?;
    for group in &credentials.groups {
        write!(out, "{group} ")?;
    }
    writeln!(out)?;
    let mm = process.mm();
    writeln!(out, "VmSize:\t{:>8} kB", mm.total_bytes() / 1024)?;
    writeln!(
        out,
        "VmRSS:\t{:>8} kB",
        mm.resident_pages() * (PAGE_SIZE / 1024)
    )?;
    let (count, first) = {
        let threads = process.threads.lock();
        (threads.len(), threads.first().cloned())
    };
    writeln!(out, "Threads:\t{count}")?;
    // The first thread's own; a zombie has none.
    let (own, blocked) = first.map_or((SignalSet::EMPTY, SignalSet::EMPTY), |thread| {
        let own = thread.pending.lock().set();
        (own, thread.signals.lock().mask)
    });
    let shared = process.pending.lock().set();
    let actions = process.actions.lock().clone();
    let (ignored, caught) = actions.lock().ignored_and_caught();
    for (name, set) in [
        ("SigPnd", own),
        ("ShdPnd", shared),
        ("SigBlk", blocked),
        ("SigIgn", ignored),
        ("SigCgt", caught),
    ] {
        writeln!(out, "{name}:\t{:016x}", set.0)?;
    }
    Ok(())
}

/// proc_pid_limits(5).
fn limits(process: &Process, out: &mut Text) -> Result<()> {
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
        ("Max processes", Resource::Processes, "processes"),
        ("Max open files", Resource::OpenFiles, "files"),
        ("Max locked memory", Resource::LockedMemory, "bytes"),
        ("Max address space", Resource::AddressSpace, "bytes"),
        ("Max pending signals", Resource::PendingSignals, "signals"),
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
