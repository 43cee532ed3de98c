//! Directories, `glob`, `popen` and `posix_spawn` on a kernel that fails when told to. Every `unsafe` below passes strings,
//! streams and places of the test's own.
#![allow(clippy::undocumented_unsafe_blocks)]

use super::{Call, Outcome, World};
use crate::dirent::{closedir, opendir, readdir, rewinddir, seekdir, telldir};
use crate::errno::{Errno, errno, set_errno};
use crate::glob::{GLOB_ERR, glob, glob_t, globfree};
use crate::spawn::actions::*;
use crate::spawn::posix_spawn;
use crate::stdio::get::fgets;
use crate::stdio::popen::{pclose, popen};
use crate::types::*;
use core::ffi::CStr;
use core::ptr::null_mut;

fn tree() -> World {
    World::new()
        .with_file("/tree/b", "1")
        .with_file("/tree/a", "22")
        .with_file("/tree/sub/c", "333")
        .with_file("/bin/sh", "")
}

/// The names that a stream gives until null, and what `errno` is then.
fn rest(stream: *mut crate::dirent::DIR) -> (Vec<String>, Errno) {
    let mut names = Vec::new();
    set_errno(Errno(0));
    loop {
        let entry = unsafe { readdir(stream) };
        if entry.is_null() {
            return (names, errno());
        }
        let name = unsafe { CStr::from_ptr((*entry).d_name.as_ptr()) };
        names.push(name.to_str().unwrap().to_owned());
    }
}

#[test]
fn directories_are_read_through_the_contract() {
    let ((), world) = tree().run(|| unsafe {
        let stream = opendir(c"/tree/".as_ptr());
        assert!(!stream.is_null());
        let start = telldir(stream);
        let all = ["a", "b", "sub"].map(String::from).to_vec();
        assert_eq!(rest(stream), (all.clone(), Errno(0)));
        rewinddir(stream);
        assert_eq!(rest(stream), (all.clone(), Errno(0)));
        seekdir(stream, start);
        assert_eq!(rest(stream), (all, Errno(0)));
        assert_eq!(closedir(stream), 0);
        for (path, error) in [
            (c"/tree/a", Errno::ENOTDIR),
            (c"/none", Errno::ENOENT),
            (c"", Errno::ENOENT),
        ] {
            assert!(opendir(path.as_ptr()).is_null());
            assert_eq!(errno(), error, "{path:?}");
        }
    });
    assert_eq!(world.open_files(), 0);
}

#[test]
fn a_directory_that_cannot_be_read_on_is_no_end() {
    let world = tree().with_fault(Call::Entries, 0, 1, Outcome::Error(Errno::EIO));
    let ((), world) = world.run(|| unsafe {
        let stream = opendir(c"/tree".as_ptr());
        assert_eq!(rest(stream), (vec![], Errno::EIO));
        assert_eq!(rest(stream).0.len(), 3);
        closedir(stream);
    });
    assert_eq!(world.open_files(), 0);
    // A stream that there is no descriptor for.
    let world = tree().with_fault(Call::Open, 0, 1, Outcome::Error(Errno::EMFILE));
    let ((), _) = world.run(|| unsafe {
        assert!(opendir(c"/tree".as_ptr()).is_null());
        assert_eq!(errno(), Errno::EMFILE);
    });
}

#[test]
fn glob_says_when_it_could_not_read_a_directory() {
    let pattern = c"/tree/*".as_ptr();
    let found = |result: &glob_t| unsafe {
        (0..result.gl_pathc)
            .map(|at| CStr::from_ptr(*result.gl_pathv.add(at)).to_owned())
            .collect::<Vec<_>>()
    };
    let ((), world) = tree().run(|| unsafe {
        let mut result: glob_t = core::mem::zeroed();
        assert_eq!(glob(pattern, 0, None, &raw mut result), 0);
        let all = [c"/tree/a", c"/tree/b", c"/tree/sub"];
        assert_eq!(found(&result), all.map(CStr::to_owned));
        globfree(&raw mut result);
    });
    assert_eq!(world.open_files(), 0);
    let world = tree().with_fault(Call::Open, 0, 1, Outcome::Error(Errno::EACCES));
    let ((), world) = world.run(|| unsafe {
        const GLOB_ABORTED: c_int = 2;
        let mut result: glob_t = core::mem::zeroed();
        assert_eq!(glob(pattern, GLOB_ERR, None, &raw mut result), GLOB_ABORTED);
        globfree(&raw mut result);
    });
    assert_eq!(world.open_files(), 0);
}

#[test]
fn popen_starts_a_shell_and_reads_what_it_writes() {
    let mut world = tree();
    world.output = b"one line\n".to_vec();
    let ((), world) = world.run(|| unsafe {
        let stream = popen(c"say one line".as_ptr(), c"r".as_ptr());
        assert!(!stream.is_null());
        let mut line = [0 as c_char; 32];
        assert!(!fgets(line.as_mut_ptr(), 32, stream).is_null());
        assert_eq!(CStr::from_ptr(line.as_ptr()), c"one line\n");
        assert_eq!(pclose(stream), 0);
    });
    assert_eq!(world.open_files(), 0);
    let [shell] = &world.processes[..] else {
        panic!("{:?}", world.processes);
    };
    assert_eq!(shell.program.as_deref(), Some(&b"/bin/sh"[..]));
    assert_eq!(
        shell.arguments,
        [&b"sh"[..], b"-c", b"say one line"].map(<[u8]>::to_vec)
    );
    // The shell has the pipe as its standard output, and nothing else of it.
    assert_eq!(shell.descriptors.keys().copied().collect::<Vec<_>>(), [1]);
}

#[test]
fn popen_that_fails_leaves_nothing_open() {
    for (call, error) in [
        (Call::Pipe, Errno::EMFILE),
        (Call::Clone, Errno::EAGAIN),
        (Call::Duplicate, Errno::EINTR),
        (Call::Map, Errno::ENOMEM),
    ] {
        let world = tree().with_fault(call, 0, 1, Outcome::Error(error));
        let ((), world) = world.run(|| unsafe {
            set_errno(Errno(0));
            assert!(
                popen(c"anything".as_ptr(), c"r".as_ptr()).is_null(),
                "{call:?}"
            );
            assert_eq!(errno(), error, "{call:?}");
        });
        assert_eq!(world.open_files(), 0, "{call:?}");
    }
    // Without a shell.
    let ((), world) = World::new().run(|| unsafe {
        assert!(popen(c"anything".as_ptr(), c"w".as_ptr()).is_null());
        assert_eq!(errno(), Errno::ENOENT);
    });
    assert_eq!(world.open_files(), 0);
}

#[test]
fn file_actions_happen_in_the_child_alone() {
    let spawn = |path: &CStr| unsafe {
        let mut actions: posix_spawn_file_actions_t = core::mem::zeroed();
        posix_spawn_file_actions_init(&raw mut actions);
        assert_eq!(
            posix_spawn_file_actions_addopen(&raw mut actions, 5, path.as_ptr(), 0, 0),
            0
        );
        posix_spawn_file_actions_adddup2(&raw mut actions, 5, 0);
        posix_spawn_file_actions_addclose(&raw mut actions, 5);
        let (mut pid, argv) = (-1, [c"sh".as_ptr().cast_mut(), null_mut()]);
        let error = posix_spawn(
            &raw mut pid,
            c"/bin/sh".as_ptr(),
            &raw const actions,
            core::ptr::null(),
            argv.as_ptr(),
            [null_mut()].as_ptr(),
        );
        posix_spawn_file_actions_destroy(&raw mut actions);
        (error, pid)
    };
    let ((), world) = tree().run(|| {
        let (error, pid) = spawn(c"/tree/a");
        assert!(error == 0 && pid > 0);
        assert_eq!(spawn(c"/tree/none").0, Errno::ENOENT.0);
    });
    assert_eq!(world.open_files(), 0);
    let started = &world.processes[0];
    assert_eq!(started.descriptors.len(), 1);
    assert_eq!(started.descriptors[&0], b"/tree/a");
    // The other one has ended without a program.
    assert_eq!(
        (
            world.processes[1].program.as_ref(),
            world.processes[1].status
        ),
        (None, 127 << 8)
    );
}

#[test]
fn calls_by_number_reach_the_functions_of_the_contract() {
    let world = World::new().with_file("/file", "0123456789");
    let ((), world) = world.run(|| unsafe {
        // These are cancellation points, which have a number only.
        let fd = crate::fcntl::openat(-100, c"/file".as_ptr(), 0, 0);
        assert_eq!(fd, 3);
        let mut bytes = [0_u8; 4];
        assert_eq!(crate::unistd::io::read(fd, bytes.as_mut_ptr().cast(), 4), 4);
        assert_eq!(&bytes, b"0123");
        assert_eq!(crate::unistd::io::lseek(fd, 0, 1), 4);
        assert_eq!(crate::unistd::io::close(fd), 0);
        assert_eq!(crate::unistd::io::close(fd), -1);
        assert_eq!(errno(), Errno::EBADF);
    });
    assert_eq!(world.open_files(), 0);
}
