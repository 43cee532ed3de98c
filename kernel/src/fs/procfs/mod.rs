//! `/proc` (proc(5)).
//!
//! Nothing is stored: a node says what it stands for ([`Node`]), is made by each lookup and makes its text when it is read.
//! Texts of the system as a whole are in [`system`], those of a process in [`process`]. Numbers of nodes follow from
//! their names, so that two looks at one file agree.

mod cpu;
mod process;
mod system;

use alloc::sync::{Arc, Weak};
use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::Ordering;

use crate::errno::{Errno, Result};
use crate::fs::buf::{Sink, Source};
use crate::fs::file::FileObject;
use crate::fs::inode::{
    DirectoryEntry, FileSystem, FileSystemStatistics, FileType, Inode, LinkTarget, Metadata,
    NewNode, OpenRequest, Ownership, WriteAt, Written,
};
use crate::fs::path::{LastLink, Restrictions, Walk};
use crate::mm::Mm;
use crate::process::{Credentials, Looking, Pid, Process, Thread};
use crate::sync::{Once, SpinLock};
use crate::time::Timespec;

/// `st_dev` of the file system.
const DEVICE: u64 = 0x15;

/// The mounted file system.
pub struct ProcFs;

impl FileSystem for ProcFs {
    fn name(&self) -> &'static str {
        "proc"
    }

    fn root(&self) -> Arc<dyn Inode> {
        Arc::new(ProcInode {
            number: 1,
            node: Node::Root,
            memory: Once::new(),
            cursor: SpinLock::new(Cursor::default()),
            kept: SpinLock::new(Vec::new()),
        })
    }

    fn statistics(&self) -> FileSystemStatistics {
        FileSystemStatistics {
            magic: 0x9fa0,
            ..FileSystemStatistics::default()
        }
    }

    fn stable_names(&self) -> bool {
        false
    }
}

/// Text that grows by fallible allocation; a text that memory does not suffice for is an error, not a part.
#[derive(Default)]
pub(crate) struct Text(Vec<u8>);

impl Text {
    /// Adds bytes.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.try_reserve(bytes.len())?;
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

impl Text {
    /// What was written.
    pub(in crate::fs) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

impl From<fmt::Error> for Errno {
    /// Formatting into a [`Text`] fails for want of memory only.
    fn from(_: fmt::Error) -> Self {
        Errno::ENOMEM
    }
}

/// A file whose text does not depend on a process.
type SystemText = fn(&mut Text) -> Result<()>;
/// A file of a process or a thread.
type ProcessText = fn(&Subject, &mut Text) -> Result<()>;

/// A directory that never changes.
struct Fixed {
    entries: &'static [(&'static str, Entry)],
}

#[derive(Clone, Copy)]
enum Entry {
    Text(SystemText),
    Directory(&'static Fixed),
    Link(&'static str),
    /// `self`: the number of the process that looks.
    SelfLink,
    /// `thread-self`.
    ThreadSelfLink,
}

#[derive(Clone, Copy)]
enum ProcessEntry {
    /// A text, and its permissions.
    Text(ProcessText, u32),
    /// The same, about its memory: for those who may look into that, and only while it has the memory that it had
    /// when the file was opened.
    MemoryText(ProcessText, u32),
    /// `maps`, about its memory as well.
    Maps,
    /// `comm`, which can be written.
    Name,
    Executable,
    WorkingDirectory,
    RootDirectory,
    Descriptors,
    /// `fdinfo`: what is to be said of each descriptor.
    DescriptorTexts,
    Threads,
}

/// Whose files a directory has: those of a process, or of one of its threads.
#[derive(Clone, Copy)]
struct Owner {
    pid: Pid,
    tid: Option<Pid>,
}

impl Owner {
    fn process(pid: Pid) -> Self {
        Self { pid, tid: None }
    }

    /// What there is of it. `ESRCH` when it has gone.
    fn find(self) -> Result<Subject> {
        let process = crate::process::find(self.pid).ok_or(Errno::ESRCH)?;
        let thread = {
            let threads = process.threads.lock();
            let mut threads = threads.iter();
            match self.tid {
                // A zombie has none.
                None => threads.next().cloned(),
                Some(tid) => {
                    let thread = threads.find(|thread| thread.tid() == tid);
                    Some(thread.ok_or(Errno::ESRCH)?.clone())
                }
            }
        };
        Ok(Subject {
            process,
            thread,
            tid: self.tid,
        })
    }
}

/// What the files of a process or thread are made from.
struct Subject {
    process: Arc<Process>,
    /// The thread; the first one for the process as a whole.
    thread: Option<Arc<Thread>>,
    /// The thread's number if it is about a thread alone.
    tid: Option<Pid>,
}

#[derive(Clone, Copy)]
enum Node {
    Root,
    Fixed(&'static Fixed),
    Entry(Entry),
    Process(Owner),
    /// One below `task`.
    Thread(Owner),
    ProcessEntry(Owner, ProcessEntry),
    Descriptor(Pid, i32),
    DescriptorText(Pid, i32),
}

/// A node of `/proc`.
struct ProcInode {
    number: u64,
    node: Node,
    /// The memory that an open file tells about.
    memory: Once<Weak<Mm>>,
    /// Where the last read of [`ProcessEntry::Maps`] ended.
    cursor: SpinLock<Cursor>,
    /// The text as it was made for the last read from its start: those behind it go on with that. A short one.
    kept: SpinLock<Vec<u8>>,
}

/// The longest text that is kept while its file is open.
const KEPT_MAX: usize = 4096;

/// A line of `maps`: where it is in the text, and the address from which on to look for its area.
#[derive(Clone, Copy, Default)]
struct Cursor {
    offset: u64,
    address: usize,
}

/// The most bytes that one read of `maps` gives, as the kernel is not preempted meanwhile.
const MAPS_READ: usize = 16 << 10;

/// Reads the lines about the areas of a memory. What is behind the place where the last read ended is found from there:
/// the text as a whole is as long as the program wants it to be. Lines are not torn unless one alone does not fit.
fn read_maps(mm: &Mm, cursor: &mut Cursor, mut offset: u64, sink: &mut Sink<'_>) -> Result<usize> {
    if offset < cursor.offset {
        *cursor = Cursor::default();
    }
    let mut line = Text::default();
    let mut done = 0;
    while done < MAPS_READ {
        line.0.clear();
        let Some(end) = mm.describe_area(cursor.address, &mut line)? else {
            break;
        };
        let skip = usize::try_from(offset - cursor.offset).unwrap_or(usize::MAX);
        let rest = line.0.get(skip..).unwrap_or(&[]);
        if done > 0 && rest.len() > sink.remaining() {
            break;
        }
        let moved = sink.put(rest);
        done += moved;
        offset += moved as u64;
        if moved < rest.len() {
            break;
        }
        cursor.offset += line.0.len() as u64;
        cursor.address = end;
    }
    Ok(done)
}

/// The number of the node `name` in the directory `parent`: FNV-1a over both.
pub(in crate::fs) fn number_of(parent: u64, name: &[u8]) -> u64 {
    let start = parent ^ 0xcbf2_9ce4_8422_2325;
    let hash = name.iter().fold(start, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    hash >> 16 | 2
}

/// A number in decimal without leading zeros, as the names of processes and descriptors are.
pub(super) fn parse(name: &[u8]) -> Option<u32> {
    let text = core::str::from_utf8(name).ok()?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) || (text.len() > 1 && text.starts_with('0'))
    {
        return None;
    }
    text.parse().ok()
}

fn find(pid: Pid) -> Result<Arc<Process>> {
    crate::process::find(pid).ok_or(Errno::ENOENT)
}

/// The memory of a process that the running one may look into (proc(5)). `EACCES`.
fn memory_of(process: &Process) -> Result<Arc<Mm>> {
    match crate::sched::try_current() {
        Some(thread) => thread
            .memory_of(process, Looking::ThroughFiles)
            .ok_or(Errno::EACCES),
        // The kernel itself.
        None => Ok(process.mm()),
    }
}

/// As [`find`], for what a zombie has no more, its program and its directories, and what is shown to those only who
/// may look into the process. `EACCES`, `ENOENT`.
fn find_inspected(pid: Pid) -> Result<Arc<Process>> {
    let process = find(pid)?;
    memory_of(&process)?;
    if process.is_zombie() {
        return Err(Errno::ENOENT);
    }
    Ok(process)
}

impl ProcInode {
    fn child(&self, name: &[u8], node: Node) -> Arc<dyn Inode> {
        Arc::new(Self {
            number: number_of(self.number, name),
            node,
            memory: Once::new(),
            cursor: SpinLock::new(Cursor::default()),
            kept: SpinLock::new(Vec::new()),
        })
    }

    fn fixed(&self, directory: &'static Fixed, name: &[u8]) -> Result<Arc<dyn Inode>> {
        let found = directory
            .entries
            .iter()
            .find(|(entry, _)| entry.as_bytes() == name);
        let (_, entry) = found.ok_or(Errno::ENOENT)?;
        Ok(self.child(name, entry_node(*entry)))
    }

    fn pid(&self) -> Option<Pid> {
        match self.node {
            Node::Process(owner) | Node::Thread(owner) | Node::ProcessEntry(owner, _) => {
                Some(owner.pid)
            }
            Node::Descriptor(pid, _) | Node::DescriptorText(pid, _) => Some(pid),
            _ => None,
        }
    }

    fn mode(&self) -> u32 {
        match self.node {
            Node::Root
            | Node::Fixed(_)
            | Node::Process(_)
            | Node::Thread(_)
            | Node::ProcessEntry(_, ProcessEntry::Threads) => 0o555,
            Node::ProcessEntry(_, ProcessEntry::Name) => 0o644,
            Node::ProcessEntry(_, ProcessEntry::Descriptors | ProcessEntry::DescriptorTexts) => {
                0o500
            }
            Node::DescriptorText(..) => 0o400,
            Node::ProcessEntry(
                _,
                ProcessEntry::Text(_, mode) | ProcessEntry::MemoryText(_, mode),
            ) => mode,
            Node::Entry(Entry::Text(_)) | Node::ProcessEntry(_, ProcessEntry::Maps) => 0o444,
            Node::Descriptor(pid, fd) => {
                let access = find(pid)
                    .and_then(|process| process.files().lock().get(fd))
                    .map(|file| file.access());
                access.map_or(0, |access| {
                    (u32::from(access.read) * 0o500) | (u32::from(access.write) * 0o300)
                })
            }
            _ => 0o777,
        }
    }

    /// Whether it is the memory that there was when the file was opened.
    fn is_memory(&self, now: &Arc<Mm>) -> bool {
        let now = Arc::downgrade(now);
        self.memory.get().is_some_and(|then| then.ptr_eq(&now))
    }

    fn text(&self) -> Result<Vec<u8>> {
        let mut text = Text::default();
        match self.node {
            Node::Entry(Entry::Text(make)) => make(&mut text)?,
            // A file that was opened before the process went has nothing more to say.
            Node::ProcessEntry(owner, ProcessEntry::Text(make, _)) => {
                make(&owner.find()?, &mut text)?;
            }
            Node::ProcessEntry(owner, ProcessEntry::MemoryText(make, _)) => {
                let subject = owner.find()?;
                make(&subject, &mut text)?;
                // Asked afterwards: exec replaces the memory first.
                if !self.is_memory(&subject.process.mm()) {
                    text = Text::default();
                }
            }
            Node::ProcessEntry(owner, ProcessEntry::Name) => {
                process::comm(&owner.find()?, &mut text)?;
            }
            Node::DescriptorText(pid, fd) => {
                let process = crate::process::find(pid).ok_or(Errno::ESRCH)?;
                process::descriptor(&process, fd, &mut text)?;
            }
            _ if self.kind() == FileType::Directory => return Err(Errno::EISDIR),
            _ => return Err(Errno::EINVAL),
        }
        Ok(text.into_bytes())
    }

    /// The files of the process or thread that this directory is about.
    fn process_entries(&self) -> impl Iterator<Item = &'static (&'static str, ProcessEntry)> {
        let of_thread = matches!(self.node, Node::Thread(_));
        let shown =
            move |entry: &ProcessEntry| !(of_thread && matches!(entry, ProcessEntry::Threads));
        process::ENTRIES
            .iter()
            .filter(move |(_, entry)| shown(entry))
    }

    /// Names and nodes in a fixed order; `emit` answers false to stop.
    fn each_entry(&self, emit: &mut dyn FnMut(&[u8], u64, Node) -> bool) -> Result<()> {
        let mut report = |at: u64, name: &[u8], node| emit(name, at, node);
        match self.node {
            Node::Root => {
                for (at, (name, entry)) in (2..).zip(system::ROOT.entries) {
                    if !report(at, name.as_bytes(), entry_node(*entry)) {
                        return Ok(());
                    }
                }
                // Processes have cursors by number: those that come and go leave the others in place.
                for pid in crate::process::all().map(|process| process.pid) {
                    if !report(
                        1000 + u64::from(pid),
                        Decimal::new(pid).as_bytes(),
                        Node::Process(Owner::process(pid)),
                    ) {
                        return Ok(());
                    }
                }
            }
            Node::Fixed(directory) => {
                for (at, (name, entry)) in (2..).zip(directory.entries) {
                    if !report(at, name.as_bytes(), entry_node(*entry)) {
                        return Ok(());
                    }
                }
            }
            Node::Process(owner) | Node::Thread(owner) => {
                for (at, (name, entry)) in (2..).zip(self.process_entries()) {
                    if !report(at, name.as_bytes(), Node::ProcessEntry(owner, *entry)) {
                        return Ok(());
                    }
                }
            }
            Node::ProcessEntry(
                Owner { pid, .. },
                which @ (ProcessEntry::Descriptors | ProcessEntry::DescriptorTexts),
            ) => {
                let files = find(pid)?.files();
                let mut next = 0;
                loop {
                    let open = files.lock().open_from(next);
                    let Some(fd) = open else { break };
                    let node = descriptor_node(which, pid, fd as i32);
                    if !report(2 + u64::from(fd), Decimal::new(fd).as_bytes(), node) {
                        break;
                    }
                    next = fd + 1;
                }
            }
            Node::ProcessEntry(Owner { pid, .. }, ProcessEntry::Threads) => {
                let process = find(pid)?;
                let mut tids: Vec<Pid> = Vec::new();
                {
                    let threads = process.threads.lock();
                    tids.try_reserve_exact(threads.len())?;
                    tids.extend(threads.iter().map(|thread| thread.tid()));
                }
                for tid in tids {
                    if !report(
                        2 + u64::from(tid),
                        Decimal::new(tid).as_bytes(),
                        Node::Thread(Owner {
                            pid,
                            tid: Some(tid),
                        }),
                    ) {
                        break;
                    }
                }
            }
            _ => return Err(Errno::ENOTDIR),
        }
        Ok(())
    }
}

/// Where `exe` leads: the file itself while its name stands, else only that name.
fn executable(path: &[u8]) -> Result<LinkTarget> {
    if path.is_empty() {
        return Err(Errno::ENOENT);
    }
    if let Some(root) = crate::fs::mount::root() {
        let walk = Walk {
            root: root.clone(),
            start: root,
            credentials: Arc::new(Credentials::root()),
            restrictions: Restrictions::empty(),
        };
        if let Ok(place) = walk.find(path, LastLink::Keep) {
            return Ok(LinkTarget::Place(place));
        }
    }
    let mut text = Text::default();
    text.push(path)?;
    Ok(LinkTarget::Path(text.0))
}

fn entry_node(entry: Entry) -> Node {
    match entry {
        Entry::Directory(directory) => Node::Fixed(directory),
        entry => Node::Entry(entry),
    }
}

/// What a descriptor's name means in one of the two directories of descriptors.
fn descriptor_node(directory: ProcessEntry, pid: Pid, fd: i32) -> Node {
    match directory {
        ProcessEntry::DescriptorTexts => Node::DescriptorText(pid, fd),
        _ => Node::Descriptor(pid, fd),
    }
}

fn node_kind(node: &Node) -> FileType {
    match node {
        Node::Root
        | Node::Fixed(_)
        | Node::Process(_)
        | Node::Thread(_)
        | Node::Entry(Entry::Directory(_))
        | Node::ProcessEntry(
            _,
            ProcessEntry::Descriptors | ProcessEntry::DescriptorTexts | ProcessEntry::Threads,
        ) => FileType::Directory,
        Node::Entry(Entry::Text(_))
        | Node::ProcessEntry(
            _,
            ProcessEntry::Text(..)
            | ProcessEntry::MemoryText(..)
            | ProcessEntry::Maps
            | ProcessEntry::Name,
        )
        | Node::DescriptorText(..) => FileType::Regular,
        Node::Entry(Entry::Link(_) | Entry::SelfLink | Entry::ThreadSelfLink)
        | Node::ProcessEntry(
            _,
            ProcessEntry::Executable | ProcessEntry::WorkingDirectory | ProcessEntry::RootDirectory,
        )
        | Node::Descriptor(..) => FileType::SymbolicLink,
    }
}

/// A number as text, without the heap.
struct Decimal {
    digits: [u8; 10],
    start: usize,
}

impl Decimal {
    fn new(mut number: u32) -> Self {
        let mut digits = [0; 10];
        let mut start = digits.len();
        for place in digits.iter_mut().rev() {
            *place = b'0' + (number % 10) as u8;
            number /= 10;
            start -= 1;
            if number == 0 {
                break;
            }
        }
        Self { digits, start }
    }

    fn as_bytes(&self) -> &[u8] {
        self.digits.get(self.start..).unwrap_or(&[])
    }
}

impl Inode for ProcInode {
    fn kind(&self) -> FileType {
        node_kind(&self.node)
    }

    fn metadata(&self) -> Metadata {
        let process = self.pid().and_then(crate::process::find);
        // The files of a process that others may not look into are root's, the directory is not.
        let is_base = matches!(self.node, Node::Process(_) | Node::Thread(_));
        let shown = process.filter(|process| is_base || process.dumpable.load(Ordering::Relaxed));
        let (uid, gid) = shown.map_or((0, 0), |process| {
            let credentials = process.credentials();
            (credentials.euid, credentials.egid)
        });
        let now = Timespec::now();
        Metadata {
            device: DEVICE,
            inode: self.number,
            kind: self.kind(),
            mode: self.mode(),
            links: if self.kind() == FileType::Directory {
                2
            } else {
                1
            },
            uid,
            gid,
            device_number: 0,
            size: 0,
            blocks: 0,
            accessed: now,
            modified: now,
            changed: now,
            created: now,
        }
    }

    /// As `metadata` says, but that nobody is kept from his own descriptors.
    fn ownership(&self) -> Ownership {
        let Metadata {
            mode,
            mut uid,
            mut gid,
            ..
        } = self.metadata();
        if let Node::ProcessEntry(owner, ProcessEntry::Descriptors | ProcessEntry::DescriptorTexts) =
            self.node
            && let Some(thread) = crate::sched::try_current()
            && thread.process.pid == owner.pid
        {
            let credentials = thread.credentials();
            (uid, gid) = (credentials.fsuid, credentials.fsgid);
        }
        Ownership { mode, uid, gid }
    }

    fn open(&self, _: &OpenRequest) -> Result<Option<Arc<dyn FileObject>>> {
        match self.node {
            Node::ProcessEntry(owner, ProcessEntry::MemoryText(..) | ProcessEntry::Maps) => {
                let memory = memory_of(&owner.find()?.process)?;
                self.memory.call_once(|| Arc::downgrade(&memory));
            }
            Node::ProcessEntry(Owner { pid, .. }, ProcessEntry::DescriptorTexts)
            | Node::DescriptorText(pid, _) => {
                memory_of(&*find(pid)?)?;
            }
            _ => {}
        }
        Ok(None)
    }

    fn lookup(&self, name: &[u8]) -> Result<Arc<dyn Inode>> {
        match self.node {
            Node::Root => match parse(name) {
                // Threads can be looked up but are not listed.
                Some(pid) => {
                    let owner = match crate::process::find(pid) {
                        Some(_) => Owner::process(pid),
                        None => Owner {
                            pid: crate::process::find_thread(pid)
                                .ok_or(Errno::ENOENT)?
                                .process
                                .pid,
                            tid: Some(pid),
                        },
                    };
                    Ok(self.child(name, Node::Process(owner)))
                }
                None => self.fixed(&system::ROOT, name),
            },
            Node::Fixed(directory) => self.fixed(directory, name),
            Node::Process(owner) | Node::Thread(owner) => {
                find(owner.pid)?;
                let found = self
                    .process_entries()
                    .find(|(entry, _)| entry.as_bytes() == name);
                let (_, entry) = found.ok_or(Errno::ENOENT)?;
                Ok(self.child(name, Node::ProcessEntry(owner, *entry)))
            }
            Node::ProcessEntry(
                Owner { pid, .. },
                which @ (ProcessEntry::Descriptors | ProcessEntry::DescriptorTexts),
            ) => {
                let fd = parse(name)
                    .and_then(|fd| i32::try_from(fd).ok())
                    .ok_or(Errno::ENOENT)?;
                find(pid)?
                    .files()
                    .lock()
                    .get(fd)
                    .map_err(|_| Errno::ENOENT)?;
                Ok(self.child(name, descriptor_node(which, pid, fd)))
            }
            Node::ProcessEntry(Owner { pid, .. }, ProcessEntry::Threads) => {
                let tid = parse(name).ok_or(Errno::ENOENT)?;
                let thread =
                    crate::process::find_thread(tid).filter(|thread| thread.process.pid == pid);
                thread.ok_or(Errno::ENOENT)?;
                let owner = Owner {
                    pid,
                    tid: Some(tid),
                };
                Ok(self.child(name, Node::Thread(owner)))
            }
            _ => Err(Errno::ENOTDIR),
        }
    }

    /// Names follow from what exists: a program can't make one.
    fn create(&self, _name: &[u8], _node: &NewNode<'_>) -> Result<Arc<dyn Inode>> {
        Err(Errno::ENOENT)
    }

    fn read_directory(
        &self,
        cursor: u64,
        emit: &mut dyn FnMut(DirectoryEntry<'_>) -> bool,
    ) -> Result<()> {
        for (at, name) in [(0, &b"."[..]), (1, b"..")] {
            let entry = DirectoryEntry {
                number: self.number,
                kind: FileType::Directory,
                name,
                next: at + 1,
            };
            if at >= cursor && !emit(entry) {
                return Ok(());
            }
        }
        self.each_entry(&mut |name, at, node| {
            let number = number_of(self.number, name);
            at < cursor
                || emit(DirectoryEntry {
                    number,
                    kind: node_kind(&node),
                    name,
                    next: at + 1,
                })
        })
    }

    fn link_target(&self) -> Result<LinkTarget> {
        let text = |bytes: &[u8]| {
            let mut text = Text::default();
            text.push(bytes)?;
            Ok(LinkTarget::Path(text.0))
        };
        match self.node {
            Node::Entry(Entry::Link(target)) => text(target.as_bytes()),
            Node::Entry(Entry::SelfLink) => {
                text(Decimal::new(crate::process::current().pid).as_bytes())
            }
            Node::Entry(Entry::ThreadSelfLink) => {
                let thread = crate::sched::current();
                text(alloc::format!("{}/task/{}", thread.process.pid, thread.tid()).as_bytes())
            }
            Node::ProcessEntry(owner, ProcessEntry::Executable) => {
                let image = find_inspected(owner.pid)?.image.lock().clone();
                executable(&image.path)
            }
            Node::ProcessEntry(owner, ProcessEntry::WorkingDirectory) => Ok(LinkTarget::Place(
                find_inspected(owner.pid)?.fs().lock().cwd.clone(),
            )),
            Node::ProcessEntry(owner, ProcessEntry::RootDirectory) => Ok(LinkTarget::Place(
                find_inspected(owner.pid)?.fs().lock().root.clone(),
            )),
            Node::Descriptor(pid, fd) => {
                let process = find(pid)?;
                memory_of(&process)?;
                let file = process.files().lock().get(fd).map_err(|_| Errno::ENOENT)?;
                Ok(LinkTarget::Place(file.location().clone()))
            }
            _ => Err(Errno::EINVAL),
        }
    }

    fn read_at(&self, offset: u64, sink: &mut Sink<'_>) -> Result<usize> {
        if let Node::ProcessEntry(owner, ProcessEntry::Maps) = self.node {
            let mm = owner.find()?.process.mm();
            if !self.is_memory(&mm) {
                return Ok(0);
            }
            let mut cursor = *self.cursor.lock();
            let outcome = read_maps(&mm, &mut cursor, offset, sink);
            *self.cursor.lock() = cursor;
            return outcome;
        }
        let mut text = core::mem::take(&mut *self.kept.lock());
        if offset == 0 || text.is_empty() {
            text = self.text()?;
        }
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(text.len());
        let moved = sink.put(text.get(start..).unwrap_or(&[]));
        let is_private = matches!(
            self.node,
            Node::ProcessEntry(_, ProcessEntry::MemoryText(..))
        );
        if text.len() <= KEPT_MAX && !is_private {
            *self.kept.lock() = text;
        }
        Ok(moved)
    }

    fn write_at(&self, place: WriteAt, source: &mut Source<'_>) -> Result<Written> {
        let Node::ProcessEntry(owner, ProcessEntry::Name) = self.node else {
            return Err(Errno::EPERM);
        };
        let mut name = [0; 16];
        let length = source.remaining();
        let taken = source.take(&mut name[..length.min(15)]);
        if taken < length.min(15) {
            return Err(Errno::EFAULT);
        }
        process::set_comm(&owner.find()?, name)?;
        // What is cut off counts as written.
        let count = taken + source.skip(length - taken);
        let start = match place {
            WriteAt::Offset(offset) => offset,
            WriteAt::End => 0,
        };
        Ok(Written {
            count,
            end: start.saturating_add(count as u64),
        })
    }

    /// Opening with `O_TRUNC` is nothing special.
    fn truncate(&self, _size: u64) -> Result<()> {
        match self.kind() {
            FileType::Regular => Ok(()),
            FileType::Directory => Err(Errno::EISDIR),
            _ => Err(Errno::EINVAL),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs::dentry::Dentry;
    use std::string::String;

    fn read(dentry: &Arc<Dentry>) -> String {
        let mut bytes = std::vec![0; 8192];
        let count = dentry
            .inode()
            .read_at(0, &mut Sink::kernel(&mut bytes))
            .unwrap();
        String::from_utf8(bytes[..count].to_vec()).unwrap()
    }

    fn names(dentry: &Arc<Dentry>, cursor: u64) -> std::vec::Vec<String> {
        let mut names = std::vec::Vec::new();
        let mut emit = |entry: DirectoryEntry<'_>| {
            names.push(String::from_utf8(entry.name.to_vec()).unwrap());
            true
        };
        dentry.inode().read_directory(cursor, &mut emit).unwrap();
        names
    }

    #[test]
    fn system_files_have_their_usual_form() {
        let root = Dentry::new_root(ProcFs.root(), false);
        let text = |name: &str| {
            name.split('/')
                .fold(root.clone(), |at, name| at.child(name.as_bytes()).unwrap())
        };
        let memory = read(&text("meminfo"));
        assert!(memory.starts_with("MemTotal:"));
        for name in [
            "Active",
            "Inactive",
            "Mapped",
            "Committed_AS",
            "VmallocChunk",
        ] {
            assert!(memory.contains(&alloc::format!("\n{name}:")), "no {name}");
        }
        assert!(read(&text("version")).starts_with("Linux version 6."));
        assert_eq!(read(&text("sys/kernel/ostype")), "Linux\n");
        assert!(read(&text("uptime")).trim_end().split(' ').count() == 2);
        assert!(read(&text("stat")).starts_with("cpu  "));
        assert_eq!(
            root.child(b"sys")
                .unwrap()
                .inode()
                .read_at(0, &mut Sink::kernel(&mut [0; 4])),
            Err(Errno::EISDIR)
        );
        assert_eq!(root.child(b"nothing").err(), Some(Errno::ENOENT));
        assert_eq!(root.child(b"4000000").err(), Some(Errno::ENOENT));
    }

    #[test]
    fn listings_go_on_where_they_stopped() {
        let root = Dentry::new_root(ProcFs.root(), false);
        let all = names(&root, 0);
        assert_eq!(&all[..2], [".", ".."]);
        assert!(all.contains(&"self".into()));
        assert_eq!(names(&root, 3), all[3..]);
        let kernel = root.child(b"sys").unwrap().child(b"kernel").unwrap();
        assert!(names(&kernel, 0).contains(&"osrelease".into()));
    }

    #[test]
    fn numbers_as_names() {
        assert_eq!(Decimal::new(0).as_bytes(), b"0");
        assert_eq!(Decimal::new(u32::MAX).as_bytes(), b"4294967295");
        assert_eq!(parse(b"12"), Some(12));
        assert_eq!(
            (parse(b"012"), parse(b"1x"), parse(b"99999999999")),
            (None, None, None)
        );
    }
}
