//! Instances over a small tree.

use std::vec::Vec;

use super::*;
use crate::fs::dentry::{Dentry, rename};
use crate::fs::inode::{FileSystem, NewNode, Ownership, RenameMode};
use crate::fs::ramfs::RamFs;
use hal::mock::fewer;
use proptest::prelude::*;

const OWNER: Ownership = Ownership {
    mode: 0o755,
    uid: 0,
    gid: 0,
};

fn root() -> Arc<Dentry> {
    let file_system = RamFs::new("test", 100, 1000, OWNER);
    Dentry::new_root(file_system.root(), true)
}

fn make(at: &Arc<Dentry>, name: &[u8], kind: FileType) -> Arc<Dentry> {
    let node = NewNode {
        kind,
        ownership: OWNER,
        device_number: 0,
        target: b"",
    };
    at.create(name, &node).unwrap()
}

fn instance() -> Arc<OpenFile> {
    Inotify::create(77, 0).unwrap()
}

/// What waits: watch, mask, cookie, name.
fn take(file: &OpenFile) -> Vec<(i32, u32, u32, Vec<u8>)> {
    let mut events = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        let count = match file.read(&mut Sink::kernel(&mut bytes)) {
            Ok(count) => count,
            Err(error) => {
                assert_eq!(error, Errno::EAGAIN);
                return events;
            }
        };
        let mut rest = &bytes[..count];
        while let Some((header, behind)) = rest.split_first_chunk::<16>() {
            let word = |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().unwrap());
            let (name, next) = behind.split_at(word(12) as usize);
            let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
            events.push((word(0) as i32, word(4), word(8), name.to_vec()));
            rest = next;
        }
    }
}

fn add(file: &OpenFile, dentry: &Arc<Dentry>, mask: u32) -> i32 {
    let instance: &Inotify = file.object_as().unwrap();
    instance.add(dentry.inode(), mask).unwrap()
}

#[test]
fn names_come_and_go() {
    let root = root();
    let file = instance();
    let watch = add(&file, &root, raw::IN_ALL_EVENTS);
    make(&root, b"a", FileType::Regular);
    make(&root, b"d", FileType::Directory);
    root.unlink(b"a", |_| Ok(())).unwrap();
    root.rmdir(b"d", |_| Ok(())).unwrap();
    let isdir = raw::IN_ISDIR;
    assert_eq!(
        take(&file),
        [
            (watch, raw::IN_CREATE, 0, b"a".to_vec()),
            (watch, raw::IN_CREATE | isdir, 0, b"d".to_vec()),
            (watch, raw::IN_DELETE, 0, b"a".to_vec()),
            (watch, raw::IN_DELETE | isdir, 0, b"d".to_vec()),
        ]
    );
}

#[test]
fn a_node_ends_with_its_last_name() {
    let root = root();
    let file = instance();
    let kept = make(&root, b"a", FileType::Regular);
    let watch = add(&file, &kept, raw::IN_ALL_EVENTS);
    root.link(b"b", kept.inode()).unwrap();
    root.unlink(b"a", |_| Ok(())).unwrap();
    drop(kept);
    assert_eq!(take(&file), [(watch, raw::IN_ATTRIB, 0, Vec::new())]);
    root.unlink(b"b", |_| Ok(())).unwrap();
    let ends = [raw::IN_ATTRIB, raw::IN_DELETE_SELF, raw::IN_IGNORED];
    assert_eq!(take(&file), ends.map(|mask| (watch, mask, 0, Vec::new())));
    let instance: &Inotify = file.object_as().unwrap();
    assert_eq!(instance.remove(watch), Err(Errno::EINVAL));
}

#[test]
fn moves_have_cookies_and_one_shots_end() {
    let root = root();
    let file = instance();
    make(&root, b"a", FileType::Regular);
    let moves = raw::IN_MOVED_FROM | raw::IN_MOVED_TO;
    let watch = add(&file, &root, moves);
    rename(
        &root,
        b"a",
        &root,
        b"b",
        RenameMode::Replace,
        false,
        |_, _, _| Ok(()),
    )
    .unwrap();
    let events = take(&file);
    let [(_, from, first, old), (_, to, second, new)] = &events[..] else {
        panic!("two halves: {events:?}");
    };
    assert_eq!((*from, *to), (raw::IN_MOVED_FROM, raw::IN_MOVED_TO));
    assert_eq!((&old[..], &new[..]), (&b"a"[..], &b"b"[..]));
    assert!(first == second && *first != 0);

    assert_eq!(add(&file, &root, raw::IN_CREATE | raw::IN_ONESHOT), watch);
    make(&root, b"x", FileType::Regular);
    make(&root, b"y", FileType::Regular);
    assert_eq!(
        take(&file),
        [
            (watch, raw::IN_CREATE, 0, b"x".to_vec()),
            (watch, raw::IN_IGNORED, 0, Vec::new()),
        ]
    );
}

#[test]
#[cfg_attr(miri, ignore = "thousands of events")]
fn the_queue_is_bounded() {
    let root = root();
    let file = instance();
    add(&file, &root, raw::IN_CREATE | raw::IN_DELETE);
    for _ in 0..EVENTS_MAX / 2 + 10 {
        make(&root, b"a", FileType::Regular);
        root.unlink(b"a", |_| Ok(())).unwrap();
    }
    let events = take(&file);
    assert_eq!(events.len(), EVENTS_MAX + 1);
    assert_eq!(events[EVENTS_MAX], (-1, raw::IN_Q_OVERFLOW, 0, Vec::new()));
    make(&root, b"a", FileType::Regular);
    assert_eq!(take(&file).len(), 1);
}

#[test]
fn what_comes_after_an_overflow_is_told_where_there_is_room() {
    let file = instance();
    let instance: &Inotify = file.object_as().unwrap();
    for cookie in 0..=EVENTS_MAX as i32 {
        instance.push(cookie, raw::IN_CREATE, 0, None);
    }
    let mut first = [0; 32];
    assert_eq!(file.read(&mut Sink::kernel(&mut first)), Ok(32));
    instance.push(1, raw::IN_DELETE, 0, None);
    // Full again: this is lost without another word.
    instance.push(2, raw::IN_DELETE, 0, None);
    let events = take(&file);
    let lost = (-1, raw::IN_Q_OVERFLOW, 0, Vec::new());
    let told = (1, raw::IN_DELETE, 0, Vec::new());
    assert_eq!(events[EVENTS_MAX - 2..], [lost, told]);
}

#[test]
fn a_record_that_does_not_fit_stays() {
    let root = root();
    let file = instance();
    add(&file, &root, raw::IN_CREATE);
    make(&root, b"name-of-16-bytes", FileType::Regular);
    let mut bytes = [0; 64];
    let mut read = |len: usize| file.read(&mut Sink::kernel(&mut bytes[..len]));
    assert_eq!(read(47), Err(Errno::EINVAL));
    assert_eq!(read(48), Ok(48));
    assert_eq!(read(48), Err(Errno::EAGAIN));
}

proptest! {
    /// Whatever happens, the watches of an instance and the table agree, and nothing is left when it goes.
    #[test]
    fn no_watch_outlives_its_instance(steps in prop::collection::vec((0u8..4, 0u8..4), 1..fewer(60))) {
        let root = root();
        let file = instance();
        let mut numbers = Vec::new();
        for (what, which) in steps {
            let name = [b'a' + which];
            match what {
                0 => drop(root.create(&name, &NewNode {
                    kind: FileType::Regular, ownership: OWNER, device_number: 0, target: b"",
                })),
                1 => drop(root.unlink(&name, |_| Ok(()))),
                2 => if let Ok(node) = root.child(&name) {
                    numbers.push(add(&file, &node, raw::IN_ALL_EVENTS | u32::from(which) << 31));
                },
                _ => if let Some(number) = numbers.pop() {
                    let instance: &Inotify = file.object_as().unwrap();
                    let _ = instance.remove(number);
                },
            }
        }
        let (events, live) = {
            let instance: &Inotify = file.object_as().unwrap();
            let state = instance.state.lock();
            (state.length, state.watches.values().cloned().collect::<Vec<_>>())
        };
        let read: usize = take(&file).iter().map(|event| 16 + if event.3.is_empty() { 0 } else { 16 }).sum();
        prop_assert_eq!(read, events);
        drop(file);
        // The table and the instance have let go: ours are the last.
        prop_assert!(live.iter().all(|watch| Arc::strong_count(watch) == 1));
    }
}
