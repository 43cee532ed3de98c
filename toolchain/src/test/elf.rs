//! Broken and hostile executables: each must be refused or die, and the kernel must survive it.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::guest::{self, End, Program, Ran};
use super::{Outcome, Report};
use crate::apps::{self, Compiler};
use crate::image;
use crate::project::Project;

/// What executing a bad file may come to.
#[derive(Clone, Copy)]
enum Wanted {
    /// `execve` fails with this message (the runner's `perror`).
    Refused(&'static str),
    /// Refused, or the process dies of a signal.
    RefusedOrKilled,
    /// It runs normally.
    Runs,
    /// Anything, as long as the machine survives.
    Survives,
}

const NO_EXEC: Wanted = Wanted::Refused("Exec format error");

struct BadFile {
    name: &'static str,
    wanted: Wanted,
    mode: u32,
    bytes: Vec<u8>,
}

pub fn run(project: &Project, report: &mut Report) -> Result<()> {
    let compiler = Compiler::of_image(project)?;
    let recipes = image::recipes(&project.root().join("c-apps"))?;
    let hello = recipes
        .iter()
        .find(|recipe| recipe.name == "hello")
        .context("no c-apps/hello")?;
    let built = apps::build(project, hello, &compiler)?;
    let good = fs::read(&built.files[0].1)?;
    let path = |index: usize| format!("/tests/elf/{index}/program");
    let files: Vec<BadFile> = bad_files(&good)
        .into_iter()
        .filter(|file| report.wants(&format!("elf/{}", file.name)))
        .collect();
    if files.is_empty() {
        return Ok(());
    }
    let image = image::build(project)?;
    let programs: Vec<Program> = (0..files.len())
        .map(|index| Program {
            argv: vec![path(index)],
            limit: Duration::from_secs(20),
            ..Program::default()
        })
        .collect();
    let results = guest::run(
        &image,
        report.hardware(),
        "Executing bad files in the guest",
        &programs,
        |archive| {
            for (index, file) in files.iter().enumerate() {
                archive.bytes(path(index), file.mode, file.bytes.clone())?;
            }
            Ok(())
        },
    )?;
    for (file, ran) in files.iter().zip(&results) {
        let outcome = Outcome::of(check(file.wanted, ran));
        report.add(&format!("elf/{}", file.name), Some(ran.took), outcome);
    }
    Ok(())
}

fn check(wanted: Wanted, ran: &Ran) -> Result<()> {
    let stderr = String::from_utf8_lossy(&ran.stderr);
    let refused = matches!(ran.end, End::Exit(126 | 127)) && !stderr.is_empty();
    let killed = matches!(ran.end, End::Signal(_));
    let fine = match wanted {
        Wanted::Refused(message) => refused && stderr.contains(message),
        Wanted::RefusedOrKilled => refused || killed,
        Wanted::Runs => ran.end == End::Exit(0),
        Wanted::Survives => matches!(ran.end, End::Exit(_) | End::Signal(_)),
    };
    ensure!(fine, "{}; standard error: {}", ran.end, stderr.trim());
    Ok(())
}

/// Offsets in an ELF64 header.
mod header {
    pub const CLASS: usize = 4;
    pub const TYPE: usize = 16;
    pub const MACHINE: usize = 18;
    pub const ENTRY: usize = 24;
    pub const PHOFF: usize = 32;
    pub const PHENTSIZE: usize = 54;
    pub const PHNUM: usize = 56;
}

/// Offsets in an ELF64 program header.
mod segment {
    pub const OFFSET: usize = 8;
    pub const VADDR: usize = 16;
    pub const FILESZ: usize = 32;
    pub const MEMSZ: usize = 40;
    pub const ALIGN: usize = 48;
}

/// Variations of a program that works.
fn bad_files(good: &[u8]) -> Vec<BadFile> {
    let mut files = Vec::new();
    let mut add = |name, wanted, bytes: Vec<u8>| {
        files.push(BadFile {
            name,
            wanted,
            mode: 0o755,
            bytes,
        });
    };
    let patched = |patches: &[(usize, &[u8])]| {
        let mut bytes = good.to_vec();
        for (offset, value) in patches {
            bytes[*offset..offset + value.len()].copy_from_slice(value);
        }
        bytes
    };
    let word = |value: u64| value.to_le_bytes();
    let first_load = find_segment(good, LOAD);

    add("the program itself", Wanted::Runs, good.to_vec());
    add("empty", NO_EXEC, Vec::new());
    add("magic alone", NO_EXEC, good[..4].to_vec());
    add("half a header", NO_EXEC, good[..32].to_vec());
    add("a header alone", NO_EXEC, good[..64].to_vec());
    add("half a program header", NO_EXEC, good[..64 + 28].to_vec());
    add(
        "half of the file",
        Wanted::RefusedOrKilled,
        good[..good.len() / 2].to_vec(),
    );
    add("garbage behind the magic", NO_EXEC, garbage(good));
    add("text", NO_EXEC, b"hello, this is no program\n".to_vec());
    add("zeros", NO_EXEC, vec![0; 10_000]);
    add("32-bit class", NO_EXEC, patched(&[(header::CLASS, &[1])]));
    add(
        "another architecture",
        NO_EXEC,
        patched(&[(header::MACHINE, &183u16.to_le_bytes())]),
    );
    add(
        "a relocatable object",
        NO_EXEC,
        patched(&[(header::TYPE, &1u16.to_le_bytes())]),
    );
    add(
        "a core file",
        NO_EXEC,
        patched(&[(header::TYPE, &4u16.to_le_bytes())]),
    );
    add(
        "no program headers",
        NO_EXEC,
        patched(&[(header::PHNUM, &[0, 0])]),
    );
    add(
        "65535 program headers",
        NO_EXEC,
        patched(&[(header::PHNUM, &[0xff, 0xff])]),
    );
    add(
        "program headers of size 0",
        NO_EXEC,
        patched(&[(header::PHENTSIZE, &[0, 0])]),
    );
    add(
        "program headers outside",
        NO_EXEC,
        patched(&[(header::PHOFF, &word(1 << 40))]),
    );
    add(
        "program headers at the end of time",
        NO_EXEC,
        patched(&[(header::PHOFF, &word(u64::MAX - 7))]),
    );
    for (name, field, value) in [
        ("segment file size of 2^63", segment::FILESZ, 1 << 63),
        ("segment file size of 2^64-1", segment::FILESZ, u64::MAX),
        ("segment larger in file than in memory", segment::MEMSZ, 1),
        ("segment memory size of 2^64-1", segment::MEMSZ, u64::MAX),
        ("segment memory size of 2^47", segment::MEMSZ, 1 << 47),
        (
            "segment in the kernel's half",
            segment::VADDR,
            0xffff_ffff_8000_0000,
        ),
        (
            "segment at a non-canonical address",
            segment::VADDR,
            0x8000_0000_0000,
        ),
        (
            "segment that wraps around",
            segment::VADDR,
            u64::MAX - 0xfff,
        ),
        (
            "segment offset of 2^64-4096",
            segment::OFFSET,
            u64::MAX - 0xfff,
        ),
        (
            "segment offset that is not congruent",
            segment::OFFSET,
            0x123,
        ),
    ] {
        add(
            name,
            Wanted::RefusedOrKilled,
            patched(&[(first_load + field, &word(value))]),
        );
    }
    add(
        "segment alignment of 3",
        Wanted::Survives,
        patched(&[(first_load + segment::ALIGN, &word(3))]),
    );
    add(
        "segment memory size of 1 TiB",
        Wanted::Survives,
        patched(&[(first_load + segment::MEMSZ, &word(1 << 40))]),
    );
    add(
        "entry in the kernel",
        Wanted::RefusedOrKilled,
        patched(&[(header::ENTRY, &word(0xffff_ffff_8010_0000))]),
    );
    add(
        "entry at a non-canonical address",
        Wanted::RefusedOrKilled,
        patched(&[(header::ENTRY, &word(0x8000_0000_0000))]),
    );
    add(
        "entry at the end of time",
        Wanted::RefusedOrKilled,
        patched(&[(header::ENTRY, &word(u64::MAX))]),
    );
    let stack = find_segment(good, GNU_STACK);
    add(
        "program headers said to be at the end of time",
        Wanted::Survives,
        patched(&[
            (stack, &PHDR.to_le_bytes()),
            (stack + segment::VADDR, &word(u64::MAX - 7)),
        ]),
    );
    add(
        "an interpreter that is missing",
        Wanted::Refused("No such file or directory"),
        with_interpreter("/nowhere/ld.so"),
    );
    add(
        "an interpreter that is a folder",
        Wanted::RefusedOrKilled,
        with_interpreter("/bin"),
    );
    add("a script without an interpreter", NO_EXEC, b"#!\n".to_vec());
    add(
        "a script with a missing interpreter",
        Wanted::Refused("No such file or directory"),
        b"#!/nowhere/sh\n".to_vec(),
    );
    add("a script", Wanted::Runs, b"#!/bin/sh\ntrue\n".to_vec());
    add(
        "WebAssembly's magic alone",
        Wanted::Survives,
        b"\0asm".to_vec(),
    );
    files.push(BadFile {
        name: "not executable",
        wanted: Wanted::Refused("Permission denied"),
        mode: 0o644,
        bytes: good.to_vec(),
    });
    files.push(BadFile {
        name: "the program again",
        wanted: Wanted::Runs,
        mode: 0o755,
        bytes: good.to_vec(),
    });
    files
}

const LOAD: u32 = 1;
const PHDR: u32 = 6;
const GNU_STACK: u32 = 0x6474_e551;

/// Where the first program header of a kind is; the program has one of each kind asked for.
fn find_segment(elf: &[u8], kind: u32) -> usize {
    let phoff = &elf[header::PHOFF..][..8];
    let mut at = phoff
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    while elf
        .get(at..at + 4)
        .is_some_and(|bytes| bytes != kind.to_le_bytes())
    {
        at += 56;
    }
    at
}

/// The magic, then bytes of a fixed pseudo-random sequence.
fn garbage(good: &[u8]) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut bytes = good[..4].to_vec();
    for _ in 0..8000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.push(state.to_le_bytes()[3]);
    }
    bytes
}

/// A dynamically linked program that has nothing but an interpreter.
fn with_interpreter(path: &str) -> Vec<u8> {
    let mut bytes = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let text_size = path.len() as u64 + 1;
    for half in [3u16, 62] {
        bytes.extend(half.to_le_bytes());
    }
    bytes.extend(1u32.to_le_bytes());
    for value in [0x1000u64, 64, 0] {
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend(0u32.to_le_bytes());
    for half in [64u16, 56, 2, 0, 0, 0] {
        bytes.extend(half.to_le_bytes());
    }
    let text_at = 64 + 2 * 56;
    let segments: [(u32, u32, [u64; 6]); 2] = [
        (3, 4, [text_at, text_at, text_at, text_size, text_size, 1]),
        (
            1,
            5,
            [0, 0, 0, text_at + text_size, text_at + text_size, 0x1000],
        ),
    ];
    for (kind, flags, values) in segments {
        bytes.extend(kind.to_le_bytes());
        bytes.extend(flags.to_le_bytes());
        bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
    bytes.extend_from_slice(path.as_bytes());
    bytes.push(0);
    bytes
}
