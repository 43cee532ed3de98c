//! execve(2): a process gets a new program.
//!
//! Everything that can fail happens before the old program is given up: the
//! new address space is built beside the old one and swapped in at the end.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::Ordering;

use hal::mem::PAGE_SIZE;
use hal::space::{Access, USER_END};
use hal::user::UserContext;

use super::elf::{self, Executable, Segment};
use super::stack::{self, Facts};
use super::{Credentials, Image, Process, Resource, Thread};
use crate::errno::{Errno, Result};
use crate::fs::{ExecutableFile, Sink};
use crate::mm::{
    Backing, Label, Layout, MapRequest, Mm, Replace, SizeLimits, page_down, page_up, vdso,
};
use crate::sched;
use crate::signal::{self, AlternateStack, Signal};
use crate::sync::{Once, SpinLock};

/// The longest single argument or environment string (`MAX_ARG_STRLEN`).
pub const MAX_STRING: usize = 32 * PAGE_SIZE;

/// How deep scripts may name other scripts as interpreters.
const MAX_INTERPRETERS: usize = 5;

/// The interpreter of WebAssembly modules.
const WASM_INTERPRETER: &[u8] = b"/bin/wasm";

/// Where a relocatable program without an interpreter goes.
const PROGRAM_BASE: usize = 0x5555_5555_4000;

/// How many places there are for the stack, in pages: as on Linux.
const STACK_PLACES: usize = 1 << 22;

/// How many places there are for the first mapping, in pages: as on Linux (`vm.mmap_rnd_bits`).
const MAPPING_PLACES: usize = 1 << 28;

/// A list of strings as exec passes them: one buffer, NUL after each.
#[derive(Clone, Default)]
pub struct Strings {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

fn copy_of(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut copy = Vec::new();
    copy.try_reserve_exact(bytes.len())?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

impl Strings {
    /// Appends a string. `E2BIG` when it is too long, `ENOMEM`.
    pub fn push(&mut self, text: &[u8]) -> Result<()> {
        if text.len() >= MAX_STRING {
            return Err(Errno::E2BIG);
        }
        self.offsets.try_reserve(1)?;
        self.bytes.try_reserve(text.len() + 1)?;
        self.offsets.push(self.bytes.len());
        self.bytes.extend_from_slice(text);
        self.bytes.push(0);
        Ok(())
    }

    /// How many strings there are.
    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    /// The bytes of all, NULs included.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many bytes that is.
    pub fn total(&self) -> usize {
        self.bytes.len()
    }

    /// Where each string starts in [`Strings::bytes`].
    pub fn offsets(&self) -> impl Iterator<Item = usize> {
        self.offsets.iter().copied()
    }

    /// A string, without its NUL.
    pub fn get(&self, index: usize) -> Option<&[u8]> {
        let start = *self.offsets.get(index)?;
        let end = self
            .offsets
            .get(index + 1)
            .copied()
            .unwrap_or(self.bytes.len());
        self.bytes.get(start..end - 1)
    }
}

/// Arguments and environment of a new program.
#[derive(Clone, Default)]
pub struct ExecArgs {
    /// The arguments, the program's name first.
    pub argv: Strings,
    /// The environment.
    pub envp: Strings,
}

/// Replaces the program of `thread`'s process by the one in `file`.
///
/// # Errors
///
/// Those of execve(2): `ENOEXEC`, `E2BIG`, `ENOMEM`, `EACCES`, `ELOOP` (scripts
/// nested too deep), those of opening an interpreter. The old program is then
/// untouched.
pub fn exec(
    thread: &Arc<Thread>,
    user: &mut UserContext,
    file: ExecutableFile,
    args: ExecArgs,
) -> Result<()> {
    let process = &thread.process;
    let name = program_name(&file.path);
    let loaded = load(process, &thread.credentials(), file, args)?;

    // From here on there is no way back.
    end_other_threads(thread)?;
    // While the thread has the number that its locks have.
    leave_memory(thread);
    super::take_leaders_number(thread);
    thread.restartable.clear();
    // Nobody is let into the new memory by the old identities (`Process::memory_of`).
    process.dumpable.store(false, Ordering::SeqCst);
    let left = core::mem::replace(&mut *process.mm.lock(), loaded.mm.clone());
    loaded.mm.activate();
    // Now nobody can come to wait any more for a lock of the memory that was left.
    crate::sync::pi::owner_died(thread);
    drop(left);
    process.posix_timers.delete_all();
    signal::discard_timers(thread);
    take_identities(thread, loaded.credentials, loaded.is_readable);
    process.finish_vfork();
    process.has_execed.store(true, Ordering::Relaxed);
    *process.image.lock() = Arc::new(loaded.image);
    *thread.name.lock() = name;
    crate::syscall::trace::program_started(process, &name);
    {
        let mut actions = process.actions.lock();
        let mut own = actions.lock().clone();
        own.reset_for_exec();
        *actions = Arc::new(SpinLock::new(own));
    }
    thread.signals.lock().alternate_stack = AlternateStack::default();
    close_on_exec(process);
    // Whatever clone(2) said: the parent hears of the end of a new program by `SIGCHLD`.
    process
        .exit_signal
        .store(Signal::CHLD.number().into(), Ordering::Relaxed);
    *user = UserContext::new(loaded.entry, loaded.stack_pointer);
    hal::user::reset_vector_state();
    let zeroed = hal::user::set_tls(0) && hal::user::set_gs_base(0);
    debug_assert!(zeroed, "0 is a user address");
    Ok(())
}

/// Tells those that share the memory of the old program that `thread` leaves it
/// (set_robust_list(2), set_tid_address(2)).
fn leave_memory(thread: &Arc<Thread>) {
    crate::sync::futex::exit_robust_list(thread);
    let address = thread.clear_child_tid.swap(0, Ordering::Relaxed);
    let shared = Arc::strong_count(&thread.process.mm()) > 2;
    // A bad address is the program's own fault.
    if address != 0 && shared && hal::user::store_u32(address, 0).is_ok() {
        crate::sync::futex::wake_address(&thread.process, address, 1);
    }
}

/// Takes over the identities of the new program. One that has others than its user may not be
/// looked into, and its parent's death does not reach it (execve(2), prctl(2)); nor may be one whose file
/// its user may not read.
fn take_identities(thread: &Thread, new: Credentials, is_readable: bool) {
    let process = &thread.process;
    let old = thread.credentials();
    let differ = new.euid != new.uid || new.egid != new.gid;
    if old.euid != new.euid || old.egid != new.egid {
        process.parent_death_signal.store(0, Ordering::Relaxed);
    }
    if *old == new {
        // Its own are the process's from now on, whichever thread it was.
        *process.credentials.lock() = old;
    } else {
        thread.set_credentials(new);
    }
    process
        .dumpable
        .store(is_readable && !differ, Ordering::SeqCst);
}

/// Closes the files that do not survive exec. A table shared with another
/// process stays the other's.
fn close_on_exec(process: &Arc<Process>) {
    let files = process.files();
    let own = if Arc::strong_count(&files) == 2 {
        // Only ours: it stays, and with it the record locks it owns (fcntl(2)).
        None
    } else {
        // No memory for a table of its own: both lose them, which is the safe side.
        files.lock().duplicate().ok()
    };
    let closed = match own {
        Some(mut own) => {
            let closed = own.close_on_exec_files();
            *process.files.lock() = Arc::new(SpinLock::new(own));
            closed
        }
        None => files.lock().close_on_exec_files(),
    };
    let owner = files.lock().lock_owner();
    drop(files);
    for file in closed {
        crate::fs::release(file, owner);
    }
}

/// Makes the first program: exec into a process that has run nothing yet.
pub(crate) fn load_first(
    process: &Arc<Process>,
    file: ExecutableFile,
    args: ExecArgs,
) -> Result<UserContext> {
    let loaded = load(process, &process.credentials(), file, args)?;
    process.note_peak();
    *process.mm.lock() = loaded.mm;
    *process.image.lock() = Arc::new(loaded.image);
    Ok(UserContext::new(loaded.entry, loaded.stack_pointer))
}

/// The last component of a path, cut to a thread name.
pub fn program_name(path: &[u8]) -> [u8; 16] {
    let last = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
    let mut name = [0; 16];
    for (to, from) in name.iter_mut().take(15).zip(last) {
        *to = *from;
    }
    name
}

struct Loaded {
    mm: Arc<Mm>,
    entry: usize,
    stack_pointer: usize,
    image: Image,
    credentials: Credentials,
    /// The user may read the files whose contents are in memory.
    is_readable: bool,
}

fn load(
    process: &Arc<Process>,
    caller: &Arc<Credentials>,
    file: ExecutableFile,
    args: ExecArgs,
) -> Result<Loaded> {
    let (file, args) = resolve_interpreters(process, caller, file, args)?;
    let executable = parse(&file)?;
    let interpreter = match executable.interpreter {
        Some((offset, length)) => {
            let mut path = Vec::new();
            path.try_reserve_exact(length)?;
            path.resize(length, 0);
            read_exact(&file, offset, &mut path).map_err(|_| Errno::ENOEXEC)?;
            if path.pop() != Some(0) {
                return Err(Errno::ENOEXEC);
            }
            let file = ExecutableFile::open(process, caller, &path)?;
            let executable = parse(&file)?;
            Some((file, executable))
        }
        None => None,
    };

    let stack_limit = process.limit(Resource::Stack).min(1 << 30) as usize;
    // The vDSO lies right above the stack, where it shares the page tables.
    let stack_top = page_down(USER_END - vdso::LENGTH - random_below(STACK_PLACES) * PAGE_SIZE);
    let gap = stack_limit.max(64 << 20) + (1 << 20);
    let mm = Mm::new(Layout {
        mmap_base: page_down(stack_top - gap - random_below(MAPPING_PLACES) * PAGE_SIZE),
        stack_top,
        ..Layout::default()
    })?;
    mm.set_without_huge_pages(process.mm().is_without_huge_pages());

    let base = if executable.relocatable {
        let slide = PROGRAM_BASE + random_below(1 << 20) * PAGE_SIZE;
        slide & !(executable.alignment - 1)
    } else {
        0
    };
    mm.set_program(file.claim());
    map_segments(&mm, &file, &executable, base)?;
    let end = base + executable.span().end;
    // The entry is the file's word alone: nothing has placed it inside a segment.
    let entry = base.checked_add(executable.entry).ok_or(Errno::ENOEXEC)?;
    let (interpreter_base, start) = match &interpreter {
        Some((file, executable)) => {
            let span = executable.span();
            let base = place_interpreter(&mm, executable, span.len())?;
            map_segments(&mm, file, executable, base)?;
            let entry = base.checked_add(executable.entry).ok_or(Errno::ENOEXEC)?;
            (base, entry)
        }
        None => (0, entry),
    };
    if start >= USER_END {
        return Err(Errno::ENOEXEC);
    }

    let vdso = vdso::map(&mm, stack_top)?;
    // The bits of a script do not count, those of its interpreter do.
    let confined = process.no_new_privileges.load(Ordering::Relaxed);
    let (user, group) = if confined {
        (None, None)
    } else {
        file.identities()
    };
    let is_readable = file.is_readable(caller)
        && interpreter
            .as_ref()
            .is_none_or(|(file, _)| file.is_readable(caller));
    let credentials = caller.for_program(user, group, confined);
    let mut random = [0; 16];
    crate::drivers::random::fill(&mut random);
    let facts = Facts {
        headers: (
            executable
                .headers_address
                .map_or(0, |address| base.wrapping_add(address)),
            executable.header_count,
        ),
        interpreter_base,
        entry,
        identities: [
            credentials.uid,
            credentials.euid,
            credentials.gid,
            credentials.egid,
        ],
        random,
        vdso: vdso.unwrap_or(0),
        path: file.name.clone(),
    };
    let (bytes, stack_pointer) = stack::build(
        stack_top,
        (stack_limit / 4).max(32 * PAGE_SIZE),
        &args,
        &facts,
    )?;
    let initial = page_up(bytes.len() + 32 * PAGE_SIZE).ok_or(Errno::E2BIG)?;
    let mut access = Access::READ | Access::WRITE;
    access.set(Access::EXECUTE, executable.executable_stack);
    mm.map(
        MapRequest {
            address: Some(stack_top - initial),
            length: initial,
            access,
            backing: Backing::Anonymous,
            replace: Replace::Fail,
            grows_down: true,
            label: Label::Stack,
        },
        SizeLimits::NONE,
    )?;
    mm.write_bytes(stack_pointer, &bytes)?;

    let brk = page_down(end + random_below(1 << 13) * PAGE_SIZE);
    let mut layout = mm.layout();
    (layout.brk_start, layout.brk) = (brk, brk);
    mm.set_layout(layout);

    let image = Image {
        path: copy_of(&file.path)?,
        cmdline: copy_of(args.argv.bytes())?,
        environ: copy_of(args.envp.bytes())?,
    };
    Ok(Loaded {
        mm,
        entry: start,
        stack_pointer,
        image,
        credentials,
        is_readable,
    })
}

fn place_interpreter(mm: &Mm, executable: &Executable, length: usize) -> Result<usize> {
    if !executable.relocatable {
        return Ok(0);
    }
    // Reserve a place, then give it back: the segments go there one by one.
    let start = mm.map(
        MapRequest {
            address: None,
            length,
            access: Access::empty(),
            backing: Backing::Anonymous,
            replace: Replace::Hint,
            grows_down: false,
            label: Label::None,
        },
        SizeLimits::NONE,
    )?;
    mm.unmap(&(start..start + length))?;
    Ok(start)
}

/// Follows `#!` lines and the magic of WebAssembly to the file that the CPU
/// can run.
fn resolve_interpreters(
    process: &Arc<Process>,
    caller: &Arc<Credentials>,
    mut file: ExecutableFile,
    mut args: ExecArgs,
) -> Result<(ExecutableFile, ExecArgs)> {
    for _ in 0..MAX_INTERPRETERS {
        let mut start = [0; 256];
        let length = read(&file, 0, &mut start)?;
        let start = &start[..length];
        let (path, argument): (&[u8], Option<&[u8]>) = if start.starts_with(b"\0asm") {
            (WASM_INTERPRETER, None)
        } else if let Some(line) = start.strip_prefix(b"#!") {
            parse_script_line(line, length == 256)?
        } else {
            return Ok((file, args));
        };
        let mut argv = Strings::default();
        argv.push(path)?;
        if let Some(argument) = argument {
            argv.push(argument)?;
        }
        argv.push(&file.name)?;
        for index in 1..args.argv.len() {
            if let Some(text) = args.argv.get(index) {
                argv.push(text)?;
            }
        }
        args.argv = argv;
        file = ExecutableFile::open(process, caller, path)?;
    }
    Err(Errno::ELOOP)
}

/// The interpreter and its optional argument in the line after `#!`
/// (execve(2), "Interpreter scripts").
fn parse_script_line(line: &[u8], cut: bool) -> Result<(&[u8], Option<&[u8]>)> {
    let end = line.iter().position(|byte| *byte == b'\n');
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let line = line[..end.unwrap_or(line.len())].trim_ascii();
    let split = line.iter().position(is_space);
    // A line that was cut inside the interpreter's path names no interpreter.
    if line.is_empty() || (cut && end.is_none() && split.is_none()) {
        return Err(Errno::ENOEXEC);
    }
    Ok(match split {
        Some(split) => (&line[..split], Some(line[split..].trim_ascii())),
        None => (line, None),
    })
}

fn parse(file: &ExecutableFile) -> Result<Executable> {
    elf::parse(file.inode.size(), |offset, buffer| {
        read_exact(file, offset, buffer)
    })
}

fn read(file: &ExecutableFile, offset: u64, buffer: &mut [u8]) -> Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        let mut sink = Sink::kernel(&mut buffer[done..]);
        match file.inode.read_at(offset + done as u64, &mut sink)? {
            0 => break,
            count => done += count,
        }
    }
    Ok(done)
}

fn read_exact(file: &ExecutableFile, offset: u64, buffer: &mut [u8]) -> Result<()> {
    if read(file, offset, buffer)? == buffer.len() {
        Ok(())
    } else {
        Err(Errno::EIO)
    }
}

fn map_segments(
    mm: &Mm,
    file: &ExecutableFile,
    executable: &Executable,
    base: usize,
) -> Result<()> {
    for segment in &executable.segments {
        map_segment(mm, file, segment, base).map_err(|error| match error {
            // Segments that collide or lie below user memory.
            Errno::EEXIST | Errno::EPERM | Errno::EINVAL => Errno::ENOEXEC,
            error => error,
        })?;
    }
    Ok(())
}

fn map_segment(mm: &Mm, file: &ExecutableFile, segment: &Segment, base: usize) -> Result<()> {
    let address = base.checked_add(segment.address).ok_or(Errno::ENOEXEC)?;
    let start = page_down(address);
    let file_end = address + segment.file_size;
    let end = address
        .checked_add(segment.memory_size)
        .ok_or(Errno::ENOEXEC)?;
    let mapped_end = if segment.file_size == 0 {
        start
    } else {
        file_end.next_multiple_of(PAGE_SIZE)
    };
    let request = |start: usize, end: usize, backing| MapRequest {
        address: Some(start),
        length: end - start,
        access: segment.access,
        backing,
        replace: Replace::Fail,
        grows_down: false,
        label: Label::None,
    };
    if mapped_end > start {
        let backing = Backing::File {
            file: file.mapped(),
            path: file.path.clone(),
            offset: segment.offset - (address - start) as u64,
            shared: false,
            may_write: false,
            may_execute: true,
        };
        mm.map(request(start, mapped_end, backing), SizeLimits::NONE)?;
        if end > file_end && segment.access.contains(Access::WRITE) {
            mm.zero_bytes(file_end..mapped_end.min(end.next_multiple_of(PAGE_SIZE)))?;
        }
    }
    let zeros_end = end.next_multiple_of(PAGE_SIZE);
    if zeros_end > mapped_end {
        mm.map(
            request(mapped_end, zeros_end, Backing::Anonymous),
            SizeLimits::NONE,
        )?;
    }
    Ok(())
}

/// A random number below `bound`, for address space layout; 0 with `norandmaps`
/// on the kernel's command line.
fn random_below(bound: usize) -> usize {
    static FIXED: Once<bool> = Once::new();
    let fixed = FIXED.call_once(|| {
        let mut words = hal::boot::command_line().split_ascii_whitespace();
        words.any(|word| word == "norandmaps")
    });
    if *fixed {
        return 0;
    }
    let mut bytes = [0; 8];
    crate::drivers::random::fill(&mut bytes);
    usize::from_le_bytes(bytes) % bound
}

/// Ends the other threads of the process and waits until they have gone.
/// `EAGAIN` when another thread is first, or the process ends: the caller is
/// then about to exit.
fn end_other_threads(thread: &Arc<Thread>) -> Result<()> {
    let process = &thread.process;
    {
        let threads = process.threads.lock();
        if process.exiting.load(Ordering::SeqCst) || thread.must_exit.load(Ordering::SeqCst) {
            return Err(Errno::EAGAIN);
        }
        if threads.len() == 1 {
            return Ok(());
        }
        *process.exec_waiter.lock() = Some(thread.clone());
        for other in threads.iter().filter(|other| !Arc::ptr_eq(other, thread)) {
            other.must_exit.store(true, Ordering::SeqCst);
            other.notify();
        }
    }
    // No new ones come, see `join_process`. Even one that is told to exit waits for the others.
    while process.threads.lock().len() > 1 {
        sched::park(None);
    }
    *process.exec_waiter.lock() = None;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_lines() {
        let parse = |line: &'static [u8]| parse_script_line(line, false);
        assert_eq!(parse(b"/bin/sh\n"), Ok((&b"/bin/sh"[..], None)));
        assert_eq!(
            parse(b" /bin/sh -e x \nrest"),
            Ok((&b"/bin/sh"[..], Some(&b"-e x"[..])))
        );
        assert_eq!(parse(b"\n"), Err(Errno::ENOEXEC));
        assert_eq!(parse(b"   "), Err(Errno::ENOEXEC));
        assert_eq!(parse_script_line(b"/a/long/pa", true), Err(Errno::ENOEXEC));
    }

    #[test]
    fn names_are_the_last_component() {
        assert_eq!(&program_name(b"/usr/bin/lua")[..4], b"lua\0");
        assert_eq!(
            &program_name(b"a-very-long-program-name"),
            b"a-very-long-pro\0"
        );
    }

    #[test]
    fn strings_are_found_again() {
        let mut strings = Strings::default();
        strings.push(b"one").unwrap();
        strings.push(b"").unwrap();
        strings.push(b"three").unwrap();
        assert_eq!(strings.get(0), Some(&b"one"[..]));
        assert_eq!(strings.get(1), Some(&b""[..]));
        assert_eq!(strings.get(2), Some(&b"three"[..]));
        assert_eq!(strings.get(3), None);
        assert_eq!(strings.push(&[b'x'; MAX_STRING]), Err(Errno::E2BIG));
    }
}
