//! Compiled files and cache entries that are torn, forged or not even files: a clear error, or code made anew.

mod common;

use std::fs::{self, File};
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use common::{Outcome, TempDir, binary, wasm};

/// A program that writes "ok".
const PROGRAM: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\03\00\00\00ok\0a")
  (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))"#;

/// Bytes behind the code, and of these the seal.
const TRAILER: usize = 128;
const SEAL: usize = 32;

/// A module with its compiled file.
fn compiled(temp: &TempDir, options: &[&str]) -> Vec<u8> {
    let (module, code) = (temp.write("m.wat", PROGRAM), temp.path().join("good.cwasm"));
    let files = [module.to_str().unwrap(), "-o", code.to_str().unwrap()];
    wasm(["compile"].iter().chain(options).chain(&files))
        .run()
        .prints("");
    fs::read(code).unwrap()
}

/// What comes of a compiled file with these bytes.
fn run(temp: &TempDir, bytes: &[u8]) -> Outcome {
    wasm([temp.write("bad.cwasm", bytes)])
        .timeout(Duration::from_secs(20))
        .run()
}

/// Makes the digest right again, as anybody can.
fn seal(bytes: &mut [u8]) {
    let (content, seal) = bytes.split_at_mut(bytes.len() - SEAL);
    seal.copy_from_slice(blake3::hash(content).as_bytes());
}

#[test]
fn cut_off_anywhere() {
    let temp = TempDir::new();
    let good = compiled(&temp, &[]);
    run(&temp, &good).prints("ok\n");
    let lengths = (0..200)
        .chain((200..good.len()).step_by(good.len() / 50))
        .chain(good.len() - 200..good.len());
    for length in lengths {
        let outcome = run(&temp, &good[..length]);
        outcome.fails(1, &["bad.cwasm"]);
    }
    // Cut off in the middle and with an end again.
    let trailer = &good[good.len() - TRAILER..];
    run(&temp, &[&good[..good.len() / 2], trailer].concat()).fails(1, &["damaged"]);
    run(&temp, trailer).fails(1, &["bad.cwasm"]);
}

#[test]
fn each_field_changed_under_a_seal_that_fits() {
    let temp = TempDir::new();
    for options in [&[][..], &["--engine", "winch"], &["--fuel"]] {
        let good = compiled(&temp, options);
        let start = good.len() - TRAILER;
        for at in start..good.len() - SEAL {
            // The key is for the cache; here it says nothing. Code that does without a proposal runs as well where
            // that is on.
            let proposals = (start + 48..start + 56).contains(&at);
            let key = (start + 56..start + 88).contains(&at);
            for change in [1, 0x80] {
                let mut bad = good.clone();
                bad[at] ^= change;
                seal(&mut bad);
                let outcome = run(&temp, &bad);
                if key || proposals && outcome.status == Some(0) {
                    outcome.prints("ok\n");
                } else {
                    outcome.fails(1, &["bad.cwasm"]);
                }
            }
        }
    }
}

#[test]
fn code_for_other_settings_under_a_seal_that_fits() {
    // The trailer of one with the code of another.
    let temp = TempDir::new();
    let all: Vec<_> = [&[][..], &["--engine", "winch"], &["--fuel"], &["-Wsimd=n"]]
        .iter()
        .map(|options| compiled(&temp, options))
        .collect();
    for (a, code) in all.iter().enumerate() {
        for (b, trailer) in all.iter().enumerate() {
            let mut mixed = [
                &code[..code.len() - TRAILER],
                &trailer[trailer.len() - TRAILER..],
            ]
            .concat();
            let length = (code.len() - TRAILER) as u64;
            let place = mixed.len() - SEAL - 8;
            mixed[place..place + 8].copy_from_slice(&length.to_le_bytes());
            seal(&mut mixed);
            let outcome = run(&temp, &mixed);
            // Code that does without a proposal runs as well where that is on.
            if a == b || (a, b) == (3, 0) {
                outcome.prints("ok\n");
            } else {
                outcome.fails(1, &["the compiled code can't be used"]);
            }
        }
    }
}

#[test]
fn lengths_beyond_all_measure() {
    let temp = TempDir::new();
    let good = compiled(&temp, &[]);
    for length in [0, 1, good.len() as u64, 1 << 32, u64::MAX - 127, u64::MAX] {
        let mut bad = good.clone();
        let place = bad.len() - SEAL - 8;
        bad[place..place + 8].copy_from_slice(&length.to_le_bytes());
        seal(&mut bad);
        run(&temp, &bad).fails(1, &["damaged"]);
    }
    // A file with a hole of eight gigabytes.
    let path = temp.write("bad.cwasm", &good);
    let file = File::options().write(true).open(&path).unwrap();
    if file.set_len(8 << 30).is_ok() {
        wasm([&path])
            .timeout(Duration::from_secs(10))
            .run()
            .fails(1, &["bad.cwasm"]);
    }
}

#[test]
fn an_elf_file_of_another_kind() {
    let temp = TempDir::new();
    let good = compiled(&temp, &[]);
    // The command itself, first as it is, then with a trailer and a seal.
    let native = fs::read(binary()).unwrap();
    run(&temp, &native).fails(1, &["not compiled code"]);
    for code in [&native[..], b"\x7fELF", &good[..64], &[]] {
        let mut forged = [code, &good[good.len() - TRAILER..]].concat();
        let place = forged.len() - SEAL - 8;
        forged[place..place + 8].copy_from_slice(&(code.len() as u64).to_le_bytes());
        seal(&mut forged);
        run(&temp, &forged).fails(1, &["bad.cwasm"]);
    }
}

/// A cache with one entry.
struct Cache {
    temp: TempDir,
    module: PathBuf,
    dir: PathBuf,
    entry: PathBuf,
}

impl Cache {
    fn new() -> Self {
        let temp = TempDir::new();
        // A binary: what is made of a text tells where that was.
        let binary = wat::parse_str(PROGRAM).unwrap();
        let (module, dir) = (temp.write("m.wasm", binary), temp.path().join("cache"));
        let mut cache = Self {
            temp,
            module,
            dir,
            entry: PathBuf::new(),
        };
        cache.run().prints("ok\n");
        cache.entry = cache.entries().pop().unwrap();
        cache
    }

    fn run(&self) -> Outcome {
        self.with(&[])
    }

    fn with(&self, options: &[&str]) -> Outcome {
        let own = [
            "--engine",
            "wasmtime",
            "--cache-dir",
            self.dir.to_str().unwrap(),
        ];
        let module = [self.module.to_str().unwrap()];
        wasm(own.iter().chain(options).chain(&module))
            .timeout(Duration::from_secs(20))
            .run()
    }

    fn entries(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(&self.dir)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        files
            .filter(|path| path.extension() == Some("cwasm".as_ref()))
            .collect()
    }

    /// The program runs, without a word unless it is asked for, from code made anew.
    #[track_caller]
    fn heals(&self, what: &str) {
        let outcome = self.with(&["-v"]);
        assert_eq!(outcome.stdout(), "ok\n", "{what}: {outcome:?}");
        assert!(
            outcome.stderr().contains("[compiling"),
            "{what}: {outcome:?}"
        );
    }
}

#[test]
fn what_is_in_the_place_of_an_entry() {
    let cache = Cache::new();
    let elsewhere = cache
        .temp
        .write("elsewhere", fs::read(&cache.entry).unwrap());
    let precious = cache.temp.write("precious", "not to be touched");
    let path = cache.entry.as_path();
    let things: [(&str, &dyn Fn()); 7] = [
        ("a link to the same", &|| symlink(&elsewhere, path).unwrap()),
        ("a link to something precious", &|| {
            symlink(&precious, path).unwrap()
        }),
        ("a link to itself", &|| symlink(path, path).unwrap()),
        ("a link to nothing", &|| symlink("/nowhere", path).unwrap()),
        ("a link to a device", &|| {
            symlink("/dev/zero", path).unwrap()
        }),
        ("an empty file", &|| fs::write(path, "").unwrap()),
        ("a pipe", &|| {
            let path = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
            // SAFETY: the string ends in a zero and lives until the call returns.
            assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o600) }, 0);
        }),
    ];
    for (what, put) in things {
        fs::remove_file(path).unwrap();
        put();
        cache.heals(what);
        // There is a good one in its place now.
        assert!(fs::symlink_metadata(path).unwrap().is_file(), "{what}");
        assert!(
            !cache.with(&["-v"]).stderr().contains("[compiling"),
            "{what}"
        );
    }
    assert_eq!(fs::read(&precious).unwrap(), b"not to be touched");

    // A directory is left where it is, with what is in it.
    fs::remove_file(path).unwrap();
    fs::create_dir(path).unwrap();
    fs::write(path.join("precious"), "").unwrap();
    for _ in 0..2 {
        cache.heals("a directory");
        cache.run().prints("ok\n");
    }
    assert!(path.join("precious").exists());
    assert!(!fs::symlink_metadata(path).unwrap().file_type().is_fifo());
}

#[test]
fn a_torn_entry() {
    let cache = Cache::new();
    let good = fs::read(&cache.entry).unwrap();
    let cut = (0..good.len())
        .step_by(good.len() / 10)
        .chain([good.len() - 1, good.len() - TRAILER]);
    for length in cut {
        fs::write(&cache.entry, &good[..length]).unwrap();
        cache.heals("cut off");
    }
    for at in (0..good.len())
        .step_by(good.len() / 10)
        .chain(good.len() - TRAILER..good.len())
    {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&cache.entry, &bad).unwrap();
        cache.heals("changed");
        // Anybody can make the digest right; the seal of a cache is of another kind.
        seal(&mut bad);
        fs::write(&cache.entry, &bad).unwrap();
        cache.heals("forged");
    }
    let file = File::options().write(true).open(&cache.entry).unwrap();
    if file.set_len(8 << 30).is_ok() {
        cache.heals("a hole of eight gigabytes");
    }
    fs::write(&cache.entry, good).unwrap();
    assert!(!cache.with(&["-v"]).stderr().contains("[compiling"));
}

#[test]
fn an_entry_of_another_cache() {
    let (one, other) = (Cache::new(), Cache::new());
    // The same module and settings, another secret.
    assert_eq!(one.entry.file_name(), other.entry.file_name());
    fs::copy(&one.entry, &other.entry).unwrap();
    other.heals("of another cache");
    // With its secret it is no other any more; but one that is readable by all is none.
    fs::copy(one.dir.join("secret"), other.dir.join("secret")).unwrap();
    fs::copy(&one.entry, &other.entry).unwrap();
    assert!(!other.with(&["-v"]).stderr().contains("[compiling"));
    fs::set_permissions(other.dir.join("secret"), fs::Permissions::from_mode(0o644)).unwrap();
    other.run().fails(2, &["secret", "others can read it"]);
}

#[test]
fn a_directory_that_is_not_ones_own() {
    let cache = Cache::new();
    let default = |what: &str| {
        // As the default one it is passed over, with a word if that is wanted.
        let run = |options: &[&str]| {
            let output = Command::new(binary())
                .args(options)
                .arg(&cache.module)
                .env("XDG_CACHE_HOME", cache.temp.path().join("home"))
                .stdin(Stdio::null())
                .output()
                .unwrap();
            assert_eq!(output.stdout, b"ok\n", "{what}: {output:?}");
            String::from_utf8(output.stderr).unwrap()
        };
        assert_eq!(run(&[]), "", "{what}");
        let told = run(&["-v"]);
        assert!(
            told.contains("is not used") && told.contains("[compiling"),
            "{what}: {told}"
        );
    };
    fs::create_dir(cache.temp.path().join("home")).unwrap();
    symlink(&cache.dir, cache.temp.path().join("home/wasm")).unwrap();
    default("a link");
    fs::remove_file(cache.temp.path().join("home/wasm")).unwrap();
    fs::rename(&cache.dir, cache.temp.path().join("home/wasm")).unwrap();
    symlink(cache.temp.path().join("home/wasm"), &cache.dir).unwrap();
    cache.run().fails(2, &["can't use the cache"]);
    fs::remove_file(&cache.dir).unwrap();

    let dir = cache.temp.path().join("home/wasm");
    for mode in [0o777, 0o770, 0o722, 0o1777] {
        fs::set_permissions(&dir, fs::Permissions::from_mode(mode)).unwrap();
        default("others can write");
        let explicit = [
            "--cache-dir",
            dir.to_str().unwrap(),
            cache.module.to_str().unwrap(),
        ];
        wasm(explicit).run().fails(2, &["others can write"]);
    }
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o700)).unwrap();
    // Only root can give it away.
    if fs::metadata(&dir).unwrap().uid() == 0 {
        chown(&dir, Some(12_345), None).unwrap();
        default("of somebody else");
        chown(&dir, Some(0), None).unwrap();
        let secret = dir.join("secret");
        chown(&secret, Some(12_345), None).unwrap();
        default("with a secret of somebody else");
    }
    fs::remove_dir_all(&dir).unwrap();
    fs::write(&dir, "a file").unwrap();
    default("a file");
}

#[test]
fn many_at_once() {
    let temp = TempDir::new();
    let (module, dir) = (temp.write("m.wat", PROGRAM), temp.path().join("cache"));
    let start = || {
        Command::new(binary())
            .args(["--engine", "wasmtime", "--cache-dir"])
            .args([&dir, &module])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    for _ in 0..3 {
        let children: Vec<_> = (0..8).map(|_| start()).collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert_eq!(
                (output.stdout, output.stderr),
                (b"ok\n".to_vec(), Vec::new())
            );
        }
        let mut left: Vec<_> = names(&dir);
        left.sort();
        // One entry and the secret, and nothing half-written.
        assert_eq!(left.len(), 2, "{left:?}");
        assert!(
            left[0].ends_with(".cwasm") && left[1] == "secret",
            "{left:?}"
        );
        fs::remove_file(dir.join(&left[0])).unwrap();
    }
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}
