//! Processes of the simulation: a child that borrows memory is a thread of the host which has the [`World`] while its parent
//! waits. It gives the world back when it starts a program or ends.

use super::{Call, Process, WORLD, World};
use crate::errno::Errno;
use crate::platform::ThreadEntry;
use crate::types::*;
use core::cell::RefCell;
use std::sync::mpsc::{Sender, channel};

/// The number of the first process.
const FIRST: usize = 100;

thread_local! {
    /// In a child: where the world goes when it leaves.
    static PARENT: RefCell<Option<Sender<World>>> = const { RefCell::new(None) };
}

/// What the thread of a child gets.
struct Start {
    world: World,
    parent: Sender<World>,
    entry: ThreadEntry,
    argument: *mut c_void,
}
// SAFETY: the parent waits until the child has left, as after vfork.
unsafe impl Send for Start {}

/// Runs a child until it leaves, and gives the parent's descriptors back.
///
/// # Safety
/// As for `clone_borrowing`.
pub(super) unsafe fn start(
    mut world: World,
    entry: ThreadEntry,
    argument: *mut c_void,
) -> Result<pid_t, Errno> {
    let struck = world.strike(Call::Clone);
    let (open, mask) = (world.open.clone(), world.mask);
    let result = struck.map(|_| {
        let (parent, left) = channel();
        let start = Start {
            world: core::mem::take(&mut world),
            parent,
            entry,
            argument,
        };
        std::thread::spawn(move || {
            // All of it, not only what is used of it, goes to the thread.
            let start = start;
            WORLD.with(|world| world.replace(Some(start.world)));
            PARENT.with(|parent| parent.replace(Some(start.parent)));
            // SAFETY: the caller's function; it never returns.
            unsafe { (start.entry)(start.argument) }
        });
        world = left.recv().expect("the child leaves with the world");
        (world.open, world.mask) = (open, mask);
        (FIRST + world.processes.len() - 1) as pid_t
    });
    WORLD.with(|place| place.replace(Some(world)));
    result
}

/// In a child: ends it, with the program that it has become, if it has. Returns in a process that is no child.
pub(super) fn leave(program: Option<(Vec<u8>, Vec<Vec<u8>>)>, status: c_int) {
    let Some(parent) = PARENT.with(RefCell::take) else {
        return;
    };
    let mut world = WORLD.with(RefCell::take).expect("a child has the world");
    let mut open = core::mem::take(&mut world.open);
    if program.is_some() {
        open.retain(|_, open| !open.closes_on_exec);
        // The program writes what the test has set.
        if let Some(pipe) = open
            .get(&1)
            .and_then(|open| world.files.get_mut(&open.path))
        {
            pipe.extend_from_slice(&world.output);
        }
    }
    let (program, arguments) = program.map_or((None, Vec::new()), |(program, arguments)| {
        (Some(program), arguments)
    });
    world.processes.push(Process {
        program,
        arguments,
        descriptors: open.into_iter().map(|(fd, open)| (fd, open.path)).collect(),
        status: (status & 0xff) << 8,
    });
    parent.send(world).expect("the parent waits");
    // What the caller has on its stack is not needed again, and may not be dropped: it is the parent's.
    loop {
        std::thread::park();
    }
}

/// The process of that number.
pub(super) fn find(world: &World, pid: pid_t) -> Option<&Process> {
    world
        .processes
        .get(usize::try_from(pid).ok()?.checked_sub(FIRST)?)
}
