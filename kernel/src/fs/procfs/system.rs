//! Files of `/proc` about the system as a whole.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Write as _;

use hal::mem::PAGE_SIZE;

use super::{Entry, Fixed, Subject, Text};
use crate::errno::Result;
use crate::fs::inotify;
use crate::fs::mount::{self, Mount};
use crate::fs::path::Location;
use crate::ipc::mqueue;
use crate::process::{self, Process};
use crate::sched::load::FRACTION_BITS;
use crate::syscall::system::{RELEASE, VERSION, host_name};
use crate::time;

pub(super) static ROOT: Fixed = Fixed {
    entries: &[
        ("self", Entry::SelfLink),
        ("thread-self", Entry::ThreadSelfLink),
        ("cmdline", Entry::Text(cmdline)),
        ("cpuinfo", Entry::Text(super::cpu::cpuinfo)),
        ("filesystems", Entry::Text(filesystems)),
        ("loadavg", Entry::Text(loadavg)),
        ("meminfo", Entry::Text(meminfo)),
        (
            "partitions",
            Entry::Text(|out| out.push(b"major minor  #blocks  name\n\n")),
        ),
        (
            "swaps",
            Entry::Text(|out| out.push(b"Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n")),
        ),
        ("mounts", Entry::Link("self/mounts")),
        ("interrupts", Entry::Text(interrupts)),
        ("stat", Entry::Text(stat)),
        ("sys", Entry::Directory(&SYS)),
        ("uptime", Entry::Text(uptime)),
        ("version", Entry::Text(version)),
    ],
};

static SYS: Fixed = Fixed {
    entries: &[
        ("fs", Entry::Directory(&SYS_FS)),
        ("kernel", Entry::Directory(&SYS_KERNEL)),
        ("vm", Entry::Directory(&SYS_VM)),
    ],
};

static SYS_FS: Fixed = Fixed {
    entries: &[
        ("inotify", Entry::Directory(&SYS_FS_INOTIFY)),
        ("mqueue", Entry::Directory(&SYS_FS_MQUEUE)),
        ("nr_open", Entry::Text(nr_open)),
        ("pipe-max-size", Entry::Text(pipe_max_size)),
    ],
};

static SYS_FS_INOTIFY: Fixed = Fixed {
    entries: &[
        (
            "max_queued_events",
            Entry::Text(|out| number(out, inotify::EVENTS_MAX)),
        ),
        (
            "max_user_instances",
            Entry::Text(|out| number(out, inotify::INSTANCES_MAX)),
        ),
        (
            "max_user_watches",
            Entry::Text(|out| number(out, inotify::WATCHES_MAX)),
        ),
    ],
};

static SYS_FS_MQUEUE: Fixed = Fixed {
    entries: &[
        (
            "msg_default",
            Entry::Text(|out| number(out, mqueue::MESSAGES_DEFAULT)),
        ),
        (
            "msg_max",
            Entry::Text(|out| number(out, mqueue::MESSAGES_DEFAULT)),
        ),
        (
            "msgsize_default",
            Entry::Text(|out| number(out, mqueue::SIZE_DEFAULT)),
        ),
        (
            "msgsize_max",
            Entry::Text(|out| number(out, mqueue::SIZE_DEFAULT)),
        ),
        (
            "queues_max",
            Entry::Text(|out| number(out, mqueue::QUEUES_MAX)),
        ),
    ],
};

static SYS_KERNEL: Fixed = Fixed {
    entries: &[
        ("hostname", Entry::Text(hostname)),
        ("osrelease", Entry::Text(osrelease)),
        ("ostype", Entry::Text(ostype)),
        ("pid_max", Entry::Text(pid_max)),
        ("random", Entry::Directory(&SYS_RANDOM)),
        ("version", Entry::Text(kernel_version)),
    ],
};

static SYS_RANDOM: Fixed = Fixed {
    entries: &[("uuid", Entry::Text(uuid))],
};

static SYS_VM: Fixed = Fixed {
    entries: &[("overcommit_memory", Entry::Text(overcommit_memory))],
};

fn number(out: &mut Text, value: usize) -> Result<()> {
    Ok(writeln!(out, "{value}")?)
}

fn cmdline(out: &mut Text) -> Result<()> {
    Ok(writeln!(out, "{}", hal::boot::command_line())?)
}

fn filesystems(out: &mut Text) -> Result<()> {
    for name in ["sysfs", "tmpfs", "proc", "devtmpfs", "devpts"] {
        writeln!(out, "nodev\t{name}")?;
    }
    Ok(())
}

fn loadavg(out: &mut Text) -> Result<()> {
    let runnable = crate::sched::runnable() + crate::sched::running();
    for average in crate::sched::load::averages() {
        // To the nearest hundredth.
        let hundredths = (average * 100 + (1 << (FRACTION_BITS - 1))) >> FRACTION_BITS;
        write!(out, "{}.{:02} ", hundredths / 100, hundredths % 100)?;
    }
    Ok(writeln!(
        out,
        "{runnable}/{} {}",
        process::thread_count(),
        process::last_pid()
    )?)
}

/// Pages that the mounted file systems keep in memory; one that is mounted twice counts once.
fn pages_of_files() -> Result<usize> {
    let mut seen: Vec<u64> = Vec::new();
    let mut pages = 0;
    for mount in mount::all()? {
        let statistics = mount.file_system().statistics();
        if statistics.total_pages > 0 && !seen.contains(&statistics.identity) {
            seen.try_reserve(1)?;
            seen.push(statistics.identity);
            pages += statistics.total_pages.saturating_sub(statistics.free_pages);
        }
    }
    Ok(pages as usize)
}

/// proc_meminfo(5). There are readers that want all lines that Linux always has.
fn meminfo(out: &mut Text) -> Result<()> {
    let memory = hal::mem::stats();
    let available = memory.free.saturating_sub(memory.reserve);
    let in_files = pages_of_files()? * PAGE_SIZE;
    // Frames of programs and files: nothing is written out to have them free, so all of them count as active.
    let active = memory.total.saturating_sub(memory.free + memory.heap);
    for (name, bytes) in [
        ("MemTotal", memory.total),
        ("MemFree", memory.free),
        ("MemAvailable", available),
        ("Buffers", 0),
        ("Cached", in_files),
        ("SwapCached", 0),
        ("Active", active),
        ("Inactive", 0),
        ("SwapTotal", 0),
        ("SwapFree", 0),
        ("Dirty", 0),
        ("Writeback", 0),
        // The most that there can be: who reads this often shall not have all processes looked through.
        ("Mapped", in_files),
        ("Shmem", in_files),
        ("Slab", memory.heap),
        ("SReclaimable", 0),
        ("SUnreclaim", memory.heap),
        // What is in use: nothing is set aside for what programs have mapped and not touched.
        ("Committed_AS", memory.total.saturating_sub(memory.free)),
        // The kernel maps all memory where it lies.
        ("VmallocTotal", 0),
        ("VmallocUsed", 0),
        ("VmallocChunk", 0),
    ] {
        // A column of 16 for the name and its colon, and one of 8.
        let width = 23_usize.saturating_sub(name.len());
        writeln!(out, "{name}:{:>width$} kB", bytes / 1024)?;
    }
    Ok(())
}

/// Processor times in hundredths of a second: when a processor has a thread, and when not.
fn stat(out: &mut Text) -> Result<()> {
    let uptime = time::monotonic() / 10_000_000;
    let idle: u64 = (0..hal::cpu::count()).map(crate::sched::idle_time).sum();
    let idle = idle / 10_000_000;
    let busy = (uptime * hal::cpu::count() as u64).saturating_sub(idle);
    writeln!(out, "cpu  {busy} 0 0 {idle} 0 0 0 0 0 0")?;
    for cpu in 0..hal::cpu::count() {
        let idle = crate::sched::idle_time(cpu) / 10_000_000;
        let busy = uptime.saturating_sub(idle);
        writeln!(out, "cpu{cpu} {busy} 0 0 {idle} 0 0 0 0 0 0")?;
    }
    writeln!(out, "ctxt {}", crate::sched::context_switches())?;
    let boot = time::realtime().saturating_sub(time::monotonic()) / time::NANOSECONDS;
    writeln!(out, "btime {boot}\nprocesses {}", process::fork_count())?;
    Ok(writeln!(
        out,
        "procs_running {}\nprocs_blocked 0",
        crate::sched::runnable() + crate::sched::running()
    )?)
}

/// A line for each kind of interrupt, a column for each processor.
fn interrupts(out: &mut Text) -> Result<()> {
    use hal::cpu::InterruptKind;
    out.write_str("    ")?;
    for cpu in 0..hal::cpu::count() {
        write!(out, " {:>10}", alloc::format!("CPU{cpu}"))?;
    }
    writeln!(out)?;
    for (label, kind, name) in [
        ("  4", InterruptKind::Serial, "Serial ports"),
        ("LOC", InterruptKind::Timer, "Local timer interrupts"),
        ("RES", InterruptKind::Kick, "Rescheduling interrupts"),
        ("TLB", InterruptKind::Flush, "TLB shootdowns"),
        ("SPU", InterruptKind::Spurious, "Spurious interrupts"),
    ] {
        write!(out, "{label}:")?;
        for cpu in 0..hal::cpu::count() {
            write!(out, " {:>10}", hal::cpu::interrupts(cpu, kind))?;
        }
        writeln!(out, "   {name}")?;
    }
    Ok(())
}

fn uptime(out: &mut Text) -> Result<()> {
    let hundredths = time::monotonic() / 10_000_000;
    let idle: u64 = (0..hal::cpu::count()).map(crate::sched::idle_time).sum();
    let idle = idle / 10_000_000;
    let (up, idle) = (
        (hundredths / 100, hundredths % 100),
        (idle / 100, idle % 100),
    );
    Ok(writeln!(
        out,
        "{}.{:02} {}.{:02}",
        up.0, up.1, idle.0, idle.1
    )?)
}

fn version(out: &mut Text) -> Result<()> {
    Ok(writeln!(
        out,
        "Linux version {} (clew) {}",
        RELEASE, VERSION
    )?)
}

fn nr_open(out: &mut Text) -> Result<()> {
    Ok(writeln!(out, "{}", process::MAX_OPEN_FILES)?)
}

fn pipe_max_size(out: &mut Text) -> Result<()> {
    Ok(writeln!(out, "{}", crate::fs::pipe::CAPACITY_MAX)?)
}

fn hostname(out: &mut Text) -> Result<()> {
    let name = host_name();
    out.push(name.split(|&byte| byte == 0).next().unwrap_or(&[]))?;
    out.push(b"\n")
}

fn osrelease(out: &mut Text) -> Result<()> {
    Ok(writeln!(out, "{}", RELEASE)?)
}

fn ostype(out: &mut Text) -> Result<()> {
    out.push(b"Linux\n")
}

fn kernel_version(out: &mut Text) -> Result<()> {
    Ok(writeln!(out, "{}", VERSION)?)
}

fn pid_max(out: &mut Text) -> Result<()> {
    Ok(writeln!(out, "{}", process::PID_MAX)?)
}

/// Reservations are free and memory is promised only when touched: Linux's mode 1.
fn overcommit_memory(out: &mut Text) -> Result<()> {
    out.push(b"1\n")
}

/// A new random UUID at each reading (RFC 9562, version 4).
fn uuid(out: &mut Text) -> Result<()> {
    let mut bytes = [0u8; 16];
    crate::drivers::random::fill(&mut bytes);
    let number = u128::from_be_bytes(bytes) & !(0xf << 76 | 0x3 << 62) | 4 << 76 | 2 << 62;
    let digits = alloc::format!("{number:032x}");
    let part = |range: core::ops::Range<usize>| digits.get(range).unwrap_or("");
    Ok(writeln!(
        out,
        "{}-{}-{}-{}-{}",
        part(0..8),
        part(8..12),
        part(12..16),
        part(16..20),
        part(20..32)
    )?)
}

/// White space and backslash as octal, so that the fields stay apart.
fn escaped(out: &mut Text, bytes: &[u8]) -> Result<()> {
    for byte in bytes {
        match byte {
            b' ' | b'\t' | b'\n' | b'\\' => write!(out, "\\{byte:03o}")?,
            _ => out.push(&[*byte])?,
        }
    }
    Ok(())
}

fn mount_flags(out: &mut Text, mount: &Mount, read_only: bool) -> Result<()> {
    use mount::flags as flag;
    let set = |bit| mount.flags() & bit != 0;
    out.push(if read_only { b"ro" } else { b"rw" })?;
    for (bit, name) in [
        (flag::NO_SUID, ",nosuid"),
        (flag::NO_DEVICES, ",nodev"),
        (flag::NO_EXECUTE, ",noexec"),
        (flag::NO_ACCESS_TIME, ",noatime"),
        (flag::NO_DIRECTORY_ACCESS_TIME, ",nodiratime"),
        (flag::NO_SYMLINKS, ",nosymfollow"),
    ] {
        if set(bit) {
            out.push(name.as_bytes())?;
        }
    }
    if !set(flag::NO_ACCESS_TIME) {
        out.push(b",relatime")?;
    }
    Ok(())
}

/// The mounts that a process can reach, with their paths from its root.
fn reachable(process: &Process) -> Result<Vec<(Arc<Mount>, Vec<u8>)>> {
    let root = process.fs().lock().root.clone();
    let mut found = Vec::new();
    for mount in mount::all()? {
        let top = Location {
            dentry: mount.root().clone(),
            mount: mount.clone(),
        };
        let (path, reachable) = top.path_from(Some(&root))?;
        if reachable {
            found.try_reserve(1)?;
            found.push((mount, path));
        }
    }
    Ok(found)
}

/// The mounts as fstab(5) has them, for `/proc/PID/mounts`.
pub(super) fn mounts(Subject { process, .. }: &Subject, out: &mut Text) -> Result<()> {
    for (mount, path) in reachable(process)? {
        escaped(out, mount.source())?;
        out.push(b" ")?;
        escaped(out, &path)?;
        write!(out, " {} ", mount.file_system().name())?;
        mount_flags(out, &mount, mount.read_only())?;
        mount.file_system().show_options(out)?;
        out.push(b" 0 0\n")?;
    }
    Ok(())
}

/// The same with more about each, for `/proc/PID/mountinfo` (proc_pid_mountinfo(5)).
pub(super) fn mount_info(Subject { process, .. }: &Subject, out: &mut Text) -> Result<()> {
    for (mount, path) in reachable(process)? {
        let above = mount.mounted_on().map_or(0, |on| on.mount.id());
        let device = mount.root().inode().metadata().device;
        write!(out, "{} {above} 0:{device} ", mount.id())?;
        escaped(out, &mount.root().path()?)?;
        out.push(b" ")?;
        escaped(out, &path)?;
        out.push(b" ")?;
        let own = mount.flags() & mount::flags::READ_ONLY != 0;
        mount_flags(out, &mount, own)?;
        write!(out, " - {} ", mount.file_system().name())?;
        escaped(out, mount.source())?;
        out.push(if mount.file_system_read_only() {
            b" ro"
        } else {
            b" rw"
        })?;
        mount.file_system().show_options(out)?;
        out.push(b"\n")?;
    }
    Ok(())
}
