//! stdio, malloc, the text files and the clock on a kernel that fails when told to. Every `unsafe` below passes
//! buffers and streams of the test's own.
#![allow(clippy::undocumented_unsafe_blocks)]

use super::{Call, Outcome, World};
use crate::errno::{Errno, errno, set_errno};
use crate::malloc::{free, malloc, realloc};
use crate::stdio::block::{fread, fwrite};
use crate::stdio::flush::fflush;
use crate::stdio::get::fgets;
use crate::stdio::open::{fclose, fopen};
use crate::stdio::put::fputs;
use crate::stdio::seek::fseeko;
use crate::stdio::status::{clearerr, feof, ferror};
use crate::types::*;

const NAME: &core::ffi::CStr = c"/file";

/// Text of many lines, longer than a stream's buffer.
fn long_text() -> String {
    (0..4000).map(|line| format!("line {line}\n")).collect()
}

fn file(world: &World) -> String {
    String::from_utf8(world.files[NAME.to_bytes()].clone()).unwrap()
}

#[test]
fn short_writes_lose_nothing() {
    let text = long_text();
    for most in [1, 7, 1000, 5000] {
        let world = World::new().with_fault(Call::Write, 1, 100_000, Outcome::Short(most));
        let (written, world) = world.run(|| unsafe {
            let stream = fopen(NAME.as_ptr(), c"w".as_ptr());
            let mut written = 0;
            for piece in text.as_bytes().chunks(333) {
                written += fwrite(piece.as_ptr().cast(), 1, piece.len(), stream);
            }
            assert_eq!(fclose(stream), 0);
            written
        });
        assert_eq!(written, text.len());
        assert!(file(&world) == text, "short writes of {most} bytes");
        assert_eq!(world.open_files(), 0);
    }
}

#[test]
fn short_reads_make_whole_lines() {
    let text = long_text();
    let world = World::new().with_file("/file", &text).with_fault(
        Call::Read,
        0,
        100_000,
        Outcome::Short(5),
    );
    let (lines, _) = world.run(|| unsafe {
        let stream = fopen(NAME.as_ptr(), c"r".as_ptr());
        let mut line = [0 as c_char; 64];
        let mut lines = Vec::new();
        while !fgets(line.as_mut_ptr(), 64, stream).is_null() {
            let line = core::ffi::CStr::from_ptr(line.as_ptr());
            lines.push(line.to_str().unwrap().to_owned());
        }
        assert_ne!(feof(stream), 0);
        assert_eq!(fclose(stream), 0);
        lines
    });
    assert!(lines.concat() == text);
    assert_eq!(lines.len(), 4000);
}

#[test]
fn a_full_disk_is_reported_once_and_by_its_name() {
    let world = World::new().with_fault(Call::Write, 0, 1, Outcome::Error(Errno::ENOSPC));
    let ((), world) = world.run(|| unsafe {
        let stream = fopen(NAME.as_ptr(), c"w".as_ptr());
        assert!(fputs(c"lost".as_ptr(), stream) >= 0);
        set_errno(Errno(0));
        assert_eq!(fflush(stream), -1);
        assert_eq!(errno(), Errno::ENOSPC);
        assert_ne!(ferror(stream), 0);
        clearerr(stream);
        assert!(fputs(c"kept".as_ptr(), stream) >= 0);
        assert_eq!(fclose(stream), 0);
    });
    assert!(file(&world).ends_with("kept"));
    assert_eq!(world.open_files(), 0);
}

#[test]
fn fclose_reports_what_close_reports_and_frees_the_descriptor() {
    for (call, error) in [(Call::Write, Errno::EIO), (Call::Close, Errno::EIO)] {
        let world = World::new().with_fault(call, 0, 1, Outcome::Error(error));
        let ((), world) = world.run(|| unsafe {
            let stream = fopen(NAME.as_ptr(), c"w".as_ptr());
            fputs(c"x".as_ptr(), stream);
            set_errno(Errno(0));
            assert_eq!(fclose(stream), -1, "{call:?}");
            assert_eq!(errno(), error, "{call:?}");
        });
        assert_eq!(world.open_files(), 0);
    }
    // An interrupted close has released the descriptor.
    let world = World::new().with_fault(Call::Close, 0, 1, Outcome::Error(Errno::EINTR));
    let (result, world) = world.run(|| unsafe { fclose(fopen(NAME.as_ptr(), c"w".as_ptr())) });
    assert_eq!((result, world.open_files()), (0, 0));
}

#[test]
fn an_interrupted_read_is_an_error_that_can_be_cleared() {
    let world = World::new().with_file("/file", "0123456789").with_fault(
        Call::Read,
        0,
        1,
        Outcome::Error(Errno::EINTR),
    );
    let ((), _) = world.run(|| unsafe {
        let stream = fopen(NAME.as_ptr(), c"r".as_ptr());
        let mut bytes = [0_u8; 10];
        assert_eq!(fread(bytes.as_mut_ptr().cast(), 1, 10, stream), 0);
        assert_eq!(errno(), Errno::EINTR);
        assert!(ferror(stream) != 0 && feof(stream) == 0);
        clearerr(stream);
        assert_eq!(fread(bytes.as_mut_ptr().cast(), 1, 10, stream), 10);
        assert_eq!(&bytes, b"0123456789");
        assert_eq!(fclose(stream), 0);
    });
}

#[test]
fn a_failed_seek_leaves_the_place() {
    let world = World::new().with_file("/file", "0123456789").with_fault(
        Call::Seek,
        0,
        100,
        Outcome::Error(Errno::ESPIPE),
    );
    let ((), _) = world.run(|| unsafe {
        let stream = fopen(NAME.as_ptr(), c"r".as_ptr());
        let mut bytes = [0_u8; 4];
        assert_eq!(fread(bytes.as_mut_ptr().cast(), 1, 4, stream), 4);
        assert_eq!(fseeko(stream, 0, 2), -1);
        assert_eq!(errno(), Errno::ESPIPE);
        assert_eq!(fread(bytes.as_mut_ptr().cast(), 1, 4, stream), 4);
        assert_eq!(&bytes, b"4567");
        assert_eq!(fclose(stream), 0);
    });
}

#[test]
fn fopen_passes_on_why_it_failed() {
    let world = World::new().with_fault(Call::Open, 0, 1, Outcome::Error(Errno::EMFILE));
    let ((), _) = world.run(|| unsafe {
        assert!(fopen(NAME.as_ptr(), c"w".as_ptr()).is_null());
        assert_eq!(errno(), Errno::EMFILE);
        assert!(fopen(c"/missing".as_ptr(), c"r".as_ptr()).is_null());
        assert_eq!(errno(), Errno::ENOENT);
    });
}

#[test]
fn malloc_without_memory_says_so_and_recovers() {
    const HUGE: usize = 64 << 20;
    unsafe {
        let block = malloc(HUGE).cast::<u8>();
        assert!(!block.is_null());
        block.write_bytes(7, 4096);
        let none = World::new().with_fault(Call::Map, 0, 1000, Outcome::Error(Errno::ENOMEM));
        let ((), _) = none.run(|| {
            set_errno(Errno(0));
            assert!(malloc(HUGE).is_null());
            assert_eq!(errno(), Errno::ENOMEM);
            // The old block stays good when it cannot grow.
            assert!(realloc(block.cast(), 4 * HUGE).is_null());
        });
        assert_eq!(*block.add(4095), 7);
        let grown = realloc(block.cast(), 2 * HUGE).cast::<u8>();
        assert!(!grown.is_null());
        assert_eq!(*grown.add(4095), 7);
        free(grown.cast());
    }
}

#[test]
fn small_blocks_run_out_and_come_back() {
    let none = World::new().with_fault(Call::Map, 0, 100_000, Outcome::Error(Errno::ENOMEM));
    let (mut blocks, _) = none.run(|| {
        let mut blocks = Vec::new();
        // What the allocator has mapped before may still serve some.
        for _ in 0..10_000 {
            let block = malloc(60_000);
            if block.is_null() {
                assert_eq!(errno(), Errno::ENOMEM);
                return blocks;
            }
            blocks.push(block);
        }
        panic!("600 MB without a mapping");
    });
    unsafe {
        let block = malloc(60_000);
        assert!(!block.is_null());
        blocks.push(block);
        for block in blocks {
            free(block);
        }
    }
}

#[test]
fn users_come_from_the_file_whatever_interrupts() {
    let passwd = "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:100:Alice:/home/alice:/bin/dash\n";
    let world = World::new()
        .with_file("/etc/passwd", passwd)
        .with_fault(Call::Read, 0, 2, Outcome::Error(Errno::EINTR))
        .with_fault(Call::Read, 0, 1000, Outcome::Short(3));
    let ((), world) = world.run(|| unsafe {
        let alice = crate::pwd::getpwnam(c"alice".as_ptr());
        assert!(!alice.is_null());
        assert_eq!((*alice).pw_uid, 1000);
        assert_eq!(core::ffi::CStr::from_ptr((*alice).pw_dir), c"/home/alice");
    });
    assert_eq!(world.open_files(), 0);
}

#[test]
fn passwords_and_shells_come_from_their_files() {
    let world = World::new()
        .with_file(
            "/etc/shadow",
            "root:*:1::::::\nalice:pw:19000:0:99999:7:::\n",
        )
        .with_file("/etc/shells", "# shells\n/bin/sh\n\n/bin/dash # small\n")
        .with_fault(Call::Read, 0, 3, Outcome::Error(Errno::EINTR))
        .with_fault(Call::Read, 0, 1000, Outcome::Short(4));
    let ((), world) = world.run(|| unsafe {
        let alice = crate::shadow::getspnam(c"alice".as_ptr());
        assert!(!alice.is_null());
        assert_eq!(((*alice).sp_lstchg, (*alice).sp_inact), (19_000, -1));
        assert!(crate::shadow::getspnam(c"ali".as_ptr()).is_null());
        use crate::unistd::usershell::{endusershell, getusershell, setusershell};
        setusershell();
        for shell in [c"/bin/sh", c"/bin/dash"] {
            assert_eq!(core::ffi::CStr::from_ptr(getusershell()), shell);
        }
        assert!(getusershell().is_null());
        endusershell();
    });
    assert_eq!(world.open_files(), 0);
    // Who may not read the file hears why.
    let closed = World::new().with_fault(Call::Open, 0, 1, Outcome::Error(Errno::EACCES));
    let ((), _) = closed.run(|| unsafe {
        assert!(crate::shadow::getspnam(c"root".as_ptr()).is_null());
        assert_eq!(errno(), Errno::EACCES);
    });
}

#[test]
fn entries_that_the_disk_does_not_take_are_reported() {
    let world = World::new().with_fault(Call::Write, 0, 100, Outcome::Error(Errno::ENOSPC));
    let ((), world) = world.run(|| unsafe {
        let stream = fopen(NAME.as_ptr(), c"w".as_ptr());
        let mut entry: crate::mntent::mntent = core::mem::zeroed();
        for field in [
            &mut entry.mnt_fsname,
            &mut entry.mnt_dir,
            &mut entry.mnt_type,
            &mut entry.mnt_opts,
        ] {
            *field = c"x".as_ptr().cast_mut();
        }
        set_errno(Errno(0));
        assert_eq!(crate::mntent::addmntent(stream, &raw const entry), 1);
        assert_eq!(errno(), Errno::ENOSPC);
        fclose(stream);
    });
    assert_eq!(world.open_files(), 0);
}

#[test]
fn lines_of_any_length_survive_interruptions() {
    let text = "x".repeat(100_000) + "\nlast";
    let world = World::new().with_file("/file", &text).with_fault(
        Call::Read,
        1,
        1,
        Outcome::Error(Errno::EINTR),
    );
    let ((), world) = world.run(|| unsafe {
        let stream = fopen(NAME.as_ptr(), c"r".as_ptr());
        let (mut line, mut size) = (core::ptr::null_mut(), 0);
        let mut lengths = Vec::new();
        // A call that is interrupted fails, with the stream's error; the next one goes on.
        for _ in 0..4 {
            set_errno(Errno(0));
            let length = crate::stdio::line::getline(&raw mut line, &raw mut size, stream);
            if length < 0 && ferror(stream) != 0 {
                assert_eq!(errno(), Errno::EINTR);
                clearerr(stream);
            }
            lengths.push(length);
        }
        assert_eq!(lengths.iter().filter(|length| **length < 0).count(), 2);
        assert!(lengths.contains(&4) && feof(stream) != 0);
        crate::stdio::heap::free(line.cast());
        assert_eq!(fclose(stream), 0);
    });
    assert_eq!(world.open_files(), 0);
}

#[test]
fn the_clock_is_the_kernels() {
    let mut world = World::new();
    world.now = timespec {
        tv_sec: 1_000_000_000,
        tv_nsec: 5,
    };
    let (time, _) = world.run(|| unsafe { crate::time::clocks::time(core::ptr::null_mut()) });
    assert_eq!(time, 1_000_000_000);
}

#[test]
fn calls_that_a_kernel_lacks_fail_by_name() {
    let (results, _) = World::new().run(|| {
        // SAFETY: literal strings.
        let made = unsafe { crate::sys_stat::mkdir(c"folder".as_ptr(), 0o700) };
        let why = errno();
        let sent = crate::platform::tgkill(1, 1, 0);
        (made, why, sent)
    });
    assert_eq!(results, (-1, Errno::ENOSYS, Err(Errno::ENOSYS)));
}
