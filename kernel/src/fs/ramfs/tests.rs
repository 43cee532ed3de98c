//! tmpfs against models: contents against a plain vector, names against a map.

use std::collections::BTreeMap;
use std::vec::Vec;

use hal::mock::fewer;
use proptest::prelude::*;

use super::contents::{Contents, Quota};
use super::*;
use crate::fs::dentry::{self, Dentry};

fn root() -> Arc<Dentry> {
    let ownership = Ownership {
        mode: 0o755,
        uid: 0,
        gid: 0,
    };
    Dentry::new_root(RamFs::new("test", 64, 1000, ownership).root(), true)
}

#[derive(Clone, Debug)]
enum Change {
    Write(u64, usize),
    Truncate(u64),
    PunchHole(u64, u64),
    Zero(u64, u64),
    Collapse(u64, u64),
    Insert(u64, u64),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0u64..30_000, 1usize..9000).prop_map(|(at, len)| Change::Write(at, len)),
        (0u64..40_000).prop_map(Change::Truncate),
        (0u64..30_000, 1u64..20_000).prop_map(|(at, len)| Change::PunchHole(at, len)),
        (0u64..30_000, 1u64..20_000).prop_map(|(at, len)| Change::Zero(at, len)),
        (0u64..8, 1u64..3).prop_map(|(at, len)| Change::Collapse(at * 4096, len * 4096)),
        (0u64..8, 1u64..3).prop_map(|(at, len)| Change::Insert(at * 4096, len * 4096)),
    ]
}

proptest! {
    #[test]
    fn contents_behave_like_a_vector(changes in prop::collection::vec(change(), 1..fewer(30))) {
        let quota = Arc::new(Quota::new(1000, 1));
        let contents = Contents::new(quota.clone());
        let mut model: Vec<u8> = Vec::new();
        for (step, change) in changes.into_iter().enumerate() {
            let byte = step as u8 + 1;
            match change {
                Change::Write(at, len) => {
                    let bytes = std::vec![byte; len];
                    let written = contents.write_at(WriteAt::Offset(at), &mut Source::kernel(&bytes), |_, _| Ok(()));
                    prop_assert_eq!(written, Ok(Written { count: len, end: at + len as u64 }));
                    let (at, end) = (at as usize, at as usize + len);
                    model.resize(model.len().max(end), 0);
                    model[at..end].fill(byte);
                }
                Change::Truncate(size) => {
                    prop_assert_eq!(contents.truncate(size, |_| Ok(())).map(drop), Ok(()));
                    model.resize(size as usize, 0);
                }
                Change::PunchHole(at, len) => {
                    prop_assert_eq!(contents.allocate(Allocation::PunchHole, at, len, |_| Ok(())).map(drop), Ok(()));
                    let end = model.len().min((at + len) as usize);
                    if let Some(range) = model.get_mut(at as usize..end) {
                        range.fill(0);
                    }
                }
                Change::Zero(at, len) => {
                    let how = Allocation::Zero { grow: true };
                    prop_assert_eq!(contents.allocate(how, at, len, |_| Ok(())).map(drop), Ok(()));
                    let (at, end) = (at as usize, (at + len) as usize);
                    model.resize(model.len().max(end), 0);
                    model[at..end].fill(0);
                }
                Change::Collapse(at, len) => {
                    let outcome = contents.allocate(Allocation::Collapse, at, len, |_| Ok(()));
                    if at + len < model.len() as u64 {
                        prop_assert_eq!(outcome.map(drop), Ok(()));
                        model.drain(at as usize..(at + len) as usize);
                    } else {
                        prop_assert_eq!(outcome.map(drop), Err(Errno::EINVAL));
                    }
                }
                Change::Insert(at, len) => {
                    let outcome = contents.allocate(Allocation::Insert, at, len, |_| Ok(()));
                    if at < model.len() as u64 {
                        prop_assert_eq!(outcome.map(drop), Ok(()));
                        let behind = model.split_off(at as usize);
                        model.resize(model.len() + len as usize, 0);
                        model.extend(behind);
                    } else {
                        prop_assert_eq!(outcome.map(drop), Err(Errno::EINVAL));
                    }
                }
            }
            prop_assert_eq!(contents.size(), model.len() as u64);
            let mut bytes = std::vec![0xff; model.len() + 10];
            let count = contents.read_at(0, &mut Sink::kernel(&mut bytes));
            prop_assert_eq!(&bytes[..count], &model[..]);
            prop_assert_eq!(quota.pages().0, contents.size_and_pages().1);
        }
        drop(contents);
        prop_assert_eq!(quota.pages().0, 0);
    }

    #[test]
    fn names_behave_like_a_map(steps in prop::collection::vec((0u8..4, 0u8..4, 0u8..4), 1..fewer(60))) {
        let root = root();
        let mut model: BTreeMap<u8, u64> = BTreeMap::new();
        let ownership = Ownership { mode: 0o644, uid: 0, gid: 0 };
        let file = NewNode { kind: FileType::Regular, ownership, device_number: 0, target: b"" };
        for (operation, a, b) in steps {
            match operation {
                0 => match root.create(&[b'a' + a], &file) {
                    Ok(made) => prop_assert_eq!(model.insert(a, made.inode().metadata().inode), None),
                    Err(error) => prop_assert!(error == Errno::EEXIST && model.contains_key(&a)),
                },
                1 => {
                    let removed = root.unlink(&[b'a' + a], |_| Ok(()));
                    prop_assert_eq!(removed.is_ok(), model.remove(&a).is_some());
                }
                2 => {
                    let moved =
                        dentry::rename(&root, &[b'a' + a], &root, &[b'a' + b], RenameMode::Replace, false, |_, _, _| Ok(()));
                    prop_assert_eq!(moved.is_ok(), model.contains_key(&a));
                    // Two names of one node: nothing happens (POSIX rename()).
                    if model.get(&a) != model.get(&b)
                        && let Some(number) = model.remove(&a)
                    {
                        model.insert(b, number);
                    }
                }
                _ => {
                    let Ok(node) = root.child(&[b'a' + a]) else { continue };
                    if root.link(&[b'a' + b], node.inode()).is_ok() {
                        prop_assert_eq!(model.insert(b, node.inode().metadata().inode), None);
                    }
                }
            }
            let mut listed = BTreeMap::new();
            root.inode().read_directory(2, &mut |entry| {
                listed.insert(entry.name[0] - b'a', entry.number);
                true
            }).unwrap();
            prop_assert_eq!(&listed, &model);
            for (name, number) in &model {
                let metadata = root.child(&[b'a' + name]).unwrap().inode().metadata();
                let names = model.values().filter(|other| *other == number).count();
                prop_assert_eq!((metadata.inode, metadata.links as usize), (*number, names));
            }
        }
    }
}

#[test]
fn growth_ends_in_an_error() {
    let quota = Arc::new(Quota::new(2, 1));
    let contents = Contents::new(quota);
    let bytes = std::vec![1; 3 * PAGE_SIZE];
    let written = contents.write_at(WriteAt::Offset(0), &mut Source::kernel(&bytes), |_, _| {
        Ok(())
    });
    assert_eq!(written.map(|written| written.count), Ok(2 * PAGE_SIZE));
    let full = contents.write_at(WriteAt::End, &mut Source::kernel(&bytes), |_, _| Ok(()));
    assert_eq!(full, Err(Errno::ENOSPC));
    assert_eq!(
        contents
            .allocate(Allocation::Grow, 0, u64::MAX, |_| Ok(()))
            .map(drop),
        Err(Errno::EFBIG)
    );
    assert_eq!(
        contents
            .allocate(Allocation::Grow, 0, 1 << 40, |_| Ok(()))
            .map(drop),
        Err(Errno::ENOSPC)
    );
    assert_eq!(
        contents.truncate(u64::MAX, |_| Ok(())).map(drop),
        Err(Errno::EFBIG)
    );
    assert_eq!(contents.page(1 << 50).err(), Some(Errno::ENXIO));
}

#[test]
fn zeroing_needs_no_room_for_what_is_there_and_fails_without_a_trace() {
    let contents = Contents::new(Arc::new(Quota::new(2, 1)));
    let bytes = [7; 2 * 4096];
    let mut source = Source::kernel(&bytes);
    contents
        .write_at(WriteAt::Offset(0), &mut source, |_, _| Ok(()))
        .unwrap();
    let zero = |offset, len| {
        let how = Allocation::Zero { grow: true };
        contents.allocate(how, offset, len, |_| Ok(())).map(drop)
    };
    let read = || {
        let mut bytes = [1; 2 * 4096];
        contents.read_at(0, &mut Sink::kernel(&mut bytes));
        bytes
    };
    assert_eq!(zero(4096, 4097), Err(Errno::ENOSPC));
    assert_eq!((contents.size(), read()), (2 * 4096, bytes));
    assert_eq!(zero(100, 2 * 4096 - 200), Ok(()));
    let zeroed = read();
    assert!(zeroed[100..2 * 4096 - 100].iter().all(|&byte| byte == 0));
    assert_eq!(zeroed[..100], bytes[..100]);
    assert_eq!(zeroed[2 * 4096 - 100..], bytes[..100]);
}
