//! Compiled code of earlier runs, below `$XDG_CACHE_HOME/wasm` or `~/.cache/wasm`.
//!
//! Code from here runs without having been asked for, so an entry counts only if its seal shows that it was
//! written here: the key to it is a random secret in the same directory, readable by its owner alone. A
//! directory that others can write to is not used. Entries are written under another name and renamed, so a
//! torn write is never seen; what does not match is removed and made anew. The least recently used go first.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::artifact::{self, Artifact, Digest, Header, RELEASE, Seal};
use crate::engine::{Kind, Settings};
use crate::error::plain;

/// Bytes of all entries together…
const MAX_BYTES: u64 = 256 << 20;
/// …and their number.
const MAX_ENTRIES: usize = 1000;
/// How old a file must be that a run which died may have left half-written.
const ABANDONED: Duration = Duration::from_secs(3600);
/// The file with the secret.
const SECRET: &str = "secret";
/// What names of entries end in.
const ENTRY: &str = "cwasm";
/// What names of files that are being written end in.
const PARTIAL: &str = "partial";

/// A directory of compiled code.
pub struct Cache {
    dir: PathBuf,
    secret: Digest,
    max_bytes: u64,
    max_entries: usize,
}

impl Cache {
    /// Where the cache is if the command line does not say; `None` if there is no home.
    pub fn default_dir() -> Option<PathBuf> {
        let absolute = |name: &str| {
            let dir = PathBuf::from(std::env::var_os(name)?);
            dir.is_absolute().then_some(dir)
        };
        let base = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")));
        Some(base?.join("wasm"))
    }

    /// Opens the cache in `dir`, which is made if need be.
    ///
    /// # Errors
    ///
    /// A sentence on why it can't be used; above all if somebody else could have written to it.
    pub fn open(dir: &Path) -> Result<Self, String> {
        let failed = |what: &str, error: &io::Error| format!("can't {what}: {}", plain(error));
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(|error| failed("make it", &error))?;
        // The directory itself, not what a link in its place leads to.
        let metadata = fs::symlink_metadata(dir).map_err(|error| failed("look at it", &error))?;
        if !metadata.is_dir() {
            return Err("it is no directory".to_owned());
        }
        check_private(&metadata)?;
        let secret = match read_secret(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make_secret(dir).map_err(|error| failed("make its secret", &error))?;
                read_secret(dir)
            }
            other => other,
        };
        let secret = secret.map_err(|error| failed("read its secret", &error))?;
        Ok(Self {
            dir: dir.to_owned(),
            secret,
            max_bytes: MAX_BYTES,
            max_entries: MAX_ENTRIES,
        })
    }

    /// The name of the code that `compiler` makes of `binary` with these settings.
    pub fn name(binary: &[u8], compiler: Kind, settings: &Settings) -> Digest {
        let mut hasher = blake3::Hasher::new();
        hasher.update(RELEASE.as_bytes());
        hasher.update(compiler.name().as_bytes());
        hasher.update(&[u8::from(settings.fuel)]);
        hasher.update(&settings.features.within(compiler).bits().to_le_bytes());
        hasher.update(binary);
        *hasher.finalize().as_bytes()
    }

    /// What the code under `name` is for, with all that `environment` tells about compiler and processor.
    pub fn key(name: &Digest, environment: impl Hash) -> Digest {
        let mut hasher = Feed(blake3::Hasher::new());
        hasher.write(name);
        environment.hash(&mut hasher);
        *hasher.0.finalize().as_bytes()
    }

    /// Whether there is an entry, good or not.
    pub fn contains(&self, name: &Digest) -> bool {
        self.path(name).exists()
    }

    /// The code under `name` if it is for `key`. An entry that is no good is removed.
    ///
    /// # Errors
    ///
    /// Why there is none, if something other than its absence is the reason.
    pub fn load(&self, name: &Digest, key: &Digest) -> Result<Option<Artifact>, String> {
        let path = self.path(name);
        let file = match open_plain(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                self.remove(name);
                return Err(plain(&error));
            }
        };
        match Artifact::open(file, Seal::Keyed(&self.secret)) {
            Ok(artifact) if artifact.header.key == *key => {
                // It was used just now; that this can't be noted costs it no more than its place in the queue.
                let _ = artifact.file.set_modified(SystemTime::now());
                Ok(Some(artifact))
            }
            Ok(_) => {
                self.remove(name);
                Err("it is for another module or processor".to_owned())
            }
            Err(refusal) => {
                self.remove(name);
                Err(refusal.to_string())
            }
        }
    }

    /// Keeps `code` under `name`, and throws out what is too much.
    ///
    /// # Errors
    ///
    /// Those of writing; nothing is left behind then.
    pub fn store(&self, name: &Digest, code: &[u8], header: &Header) -> io::Result<()> {
        if code.len() as u64 > self.max_bytes / 2 {
            return Err(io::Error::other("the code is too large to keep"));
        }
        self.make_room(code.len() as u64)?;
        let path = self.path(name);
        let partial = self.dir.join(format!(
            "{}-{}.{PARTIAL}",
            hexadecimal(name),
            std::process::id()
        ));
        let written = File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&partial)
            .and_then(|mut file| {
                artifact::write(&mut file, code, header, Seal::Keyed(&self.secret))
            })
            .and_then(|()| fs::rename(&partial, &path));
        if written.is_err() {
            // The first error is the one to report.
            let _ = fs::remove_file(&partial);
        }
        written
    }

    /// Removes the entry under `name`.
    pub fn remove(&self, name: &Digest) {
        // It may be gone already; if it can't be removed, it is refused again next time.
        let _ = fs::remove_file(self.path(name));
    }

    fn path(&self, name: &Digest) -> PathBuf {
        self.dir.join(format!("{}.{ENTRY}", hexadecimal(name)))
    }

    /// Removes the entries that were not used for longest until `bytes` more fit in.
    fn make_room(&self, bytes: u64) -> io::Result<()> {
        let mut entries = Vec::new();
        let now = SystemTime::now();
        for entry in fs::read_dir(&self.dir)? {
            let path = entry?.path();
            // Others may be tidying up at the same time.
            let Ok(metadata) = fs::symlink_metadata(&path) else {
                continue;
            };
            let used = metadata.modified()?;
            if path.extension() == Some(ENTRY.as_ref()) {
                entries.push((used, metadata.len(), path));
            } else if path.extension() == Some(PARTIAL.as_ref())
                && now.duration_since(used).is_ok_and(|age| age > ABANDONED)
            {
                let _ = fs::remove_file(path);
            }
        }
        entries.sort();
        let mut total: u64 = entries.iter().map(|(_, size, _)| size).sum();
        let mut count = entries.len();
        for (_, size, path) in entries {
            if total + bytes <= self.max_bytes && count < self.max_entries {
                break;
            }
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => (total, count) = (total - size, count - 1),
            }
        }
        Ok(())
    }
}

/// Lets what can be hashed be hashed well.
struct Feed(blake3::Hasher);

impl Hasher for Feed {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let mut word = [0; 8];
        self.0.finalize_xof().fill(&mut word);
        u64::from_le_bytes(word)
    }
}

fn hexadecimal(digest: &Digest) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether only we can write to what this describes.
fn check_private(metadata: &fs::Metadata) -> Result<(), String> {
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err("it belongs to somebody else".to_owned());
    }
    if metadata.mode() & 0o022 != 0 {
        return Err("others can write to it".to_owned());
    }
    Ok(())
}

/// Opens a file that is neither a link nor something to wait for.
fn open_plain(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
        .open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no plain file"));
    }
    Ok(file)
}

fn read_secret(dir: &Path) -> io::Result<Digest> {
    let mut file = open_plain(&dir.join(SECRET))?;
    let metadata = file.metadata()?;
    check_private(&metadata).map_err(io::Error::other)?;
    if metadata.mode() & 0o077 != 0 {
        return Err(io::Error::other("others can read it"));
    }
    let mut secret = Digest::default();
    if metadata.len() != secret.len() as u64 {
        return Err(io::Error::other("it has the wrong length"));
    }
    file.read_exact(&mut secret)?;
    Ok(secret)
}

/// Makes the secret, unless another run is faster.
fn make_secret(dir: &Path) -> io::Result<()> {
    let mut secret = Digest::default();
    let mut filled = 0;
    while filled < secret.len() {
        filled +=
            rustix::rand::getrandom(&mut secret[filled..], rustix::rand::GetRandomFlags::empty())?;
    }
    let partial = dir.join(format!("{SECRET}-{}.{PARTIAL}", std::process::id()));
    let made = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&partial)
        .and_then(|mut file| file.write_all(&secret))
        // Unlike a renaming, this leaves alone what is there.
        .and_then(|()| match fs::hard_link(&partial, dir.join(SECRET)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        });
    let removed = fs::remove_file(&partial);
    made.and(removed)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;
    use crate::features::Features;
    use crate::scratch;

    const CODE: &[u8] = &[0x5a; 1000];

    struct Dir(PathBuf);

    impl Dir {
        fn new() -> Self {
            Self(scratch::path())
        }

        fn cache(&self) -> Cache {
            Cache::open(&self.0).unwrap()
        }
    }

    impl Drop for Dir {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn settings() -> Settings {
        Settings {
            features: Features::new(&[]),
            fuel: false,
        }
    }

    fn name(number: u8) -> Digest {
        Cache::name(&[number], Kind::Wasmtime, &settings())
    }

    fn key(number: u8) -> Digest {
        Cache::key(&name(number), "this processor")
    }

    fn header(number: u8) -> Header {
        Header::new(Kind::Wasmtime, &settings(), key(number))
    }

    impl Cache {
        fn put(&self, number: u8) {
            self.store(&name(number), CODE, &header(number)).unwrap();
        }

        fn get(&self, number: u8) -> Result<Option<Artifact>, String> {
            self.load(&name(number), &key(number))
        }
    }

    #[test]
    fn what_is_stored_is_found_by_the_next_run() {
        let dir = Dir::new();
        assert!(dir.cache().get(1).unwrap().is_none());
        dir.cache().put(1);
        let found = dir.cache().get(1).unwrap().unwrap();
        assert_eq!(found.header, header(1));
    }

    #[test]
    fn code_for_another_processor_is_not_used() {
        let dir = Dir::new();
        let cache = dir.cache();
        cache.put(1);
        let other = Cache::key(&name(1), "another processor");
        assert!(cache.load(&name(1), &other).is_err());
        assert!(!cache.contains(&name(1)));
    }

    #[test]
    fn the_key_depends_on_all_that_the_code_depends_on() {
        let plain = settings();
        let fuel = Settings {
            fuel: true,
            ..plain
        };
        let other = Settings {
            features: Features::new(&crate::features::parse_switches("simd=n").unwrap()),
            ..plain
        };
        let keys = [
            Cache::name(b"a", Kind::Wasmtime, &plain),
            Cache::name(b"b", Kind::Wasmtime, &plain),
            Cache::name(b"a", Kind::Winch, &plain),
            Cache::name(b"a", Kind::Wasmtime, &fuel),
            Cache::name(b"a", Kind::Wasmtime, &other),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{index}");
        }
    }

    #[test]
    fn a_damaged_entry_is_removed() {
        let dir = Dir::new();
        let cache = dir.cache();
        let path = cache.path(&name(1));
        cache.put(1);
        let good = fs::read(&path).unwrap();
        let mut flipped = good.clone();
        flipped[500] ^= 1;
        for bad in [
            &good[..good.len() / 2],
            &[],
            &flipped,
            &[0; 5000],
            &good[1..],
        ] {
            fs::write(&path, bad).unwrap();
            assert!(cache.get(1).is_err());
            assert!(!path.exists());
        }
        // Sealed by somebody who does not know the secret.
        let mut forged = Vec::new();
        artifact::write(&mut forged, CODE, &header(1), Seal::Digest).unwrap();
        fs::write(&path, forged).unwrap();
        assert!(cache.get(1).is_err());
        // Sealed by us, but for something else.
        cache.put(2);
        fs::rename(cache.path(&name(2)), &path).unwrap();
        assert!(cache.get(1).is_err());
        // No file at all.
        fs::create_dir(&path).unwrap();
        assert!(cache.get(1).is_err());
    }

    #[test]
    fn a_link_is_not_followed() {
        let dir = Dir::new();
        let cache = dir.cache();
        cache.put(1);
        let (path, elsewhere) = (cache.path(&name(1)), scratch::path());
        fs::rename(&path, &elsewhere).unwrap();
        symlink(&elsewhere, &path).unwrap();
        assert!(cache.get(1).is_err());
        fs::remove_file(elsewhere).unwrap();
    }

    #[test]
    fn it_stays_within_its_bounds() {
        let dir = Dir::new();
        let mut cache = dir.cache();
        cache.max_bytes = 5000;
        cache.max_entries = 3;
        let old = SystemTime::now() - Duration::from_secs(1000);
        for number in 0..10 {
            cache.put(number);
            let file = File::open(cache.path(&name(number))).unwrap();
            file.set_modified(old + Duration::from_secs(number.into()))
                .unwrap();
        }
        let left = |number: &u8| cache.contains(&name(*number));
        assert_eq!((0..10).filter(left).collect::<Vec<_>>(), [7, 8, 9]);
        // One that was used lately stays.
        assert!(cache.get(7).unwrap().is_some());
        cache.put(10);
        assert_eq!((0..11).filter(left).collect::<Vec<_>>(), [7, 9, 10]);
        assert!(cache.store(&name(11), &[0; 4000], &header(11)).is_err());
    }

    #[test]
    fn what_a_run_that_died_left_behind_goes_away() {
        let dir = Dir::new();
        let cache = dir.cache();
        let (old, new) = (dir.0.join("a-1.partial"), dir.0.join("b-2.partial"));
        for path in [&old, &new] {
            fs::write(path, b"half of it").unwrap();
        }
        let long_ago = SystemTime::now() - 2 * ABANDONED;
        File::open(&old).unwrap().set_modified(long_ago).unwrap();
        cache.put(1);
        assert!(!old.exists() && new.exists());
    }

    #[test]
    fn a_directory_that_others_can_write_to_is_not_used() {
        let dir = Dir::new();
        drop(dir.cache());
        fs::set_permissions(&dir.0, fs::Permissions::from_mode(0o777)).unwrap();
        assert!(Cache::open(&dir.0).err().unwrap().contains("others"));
        fs::set_permissions(&dir.0, fs::Permissions::from_mode(0o700)).unwrap();
        let secret = dir.0.join(SECRET);
        fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(Cache::open(&dir.0).err().unwrap().contains("secret"));
        fs::remove_file(&secret).unwrap();
        symlink("/dev/zero", &secret).unwrap();
        assert!(Cache::open(&dir.0).is_err());
        fs::remove_file(&secret).unwrap();
        fs::write(&secret, b"short").unwrap();
        assert!(Cache::open(&dir.0).is_err());
    }

    #[test]
    fn a_link_in_its_place_is_not_followed() {
        let dir = Dir::new();
        drop(dir.cache());
        let link = scratch::path();
        symlink(&dir.0, &link).unwrap();
        assert!(Cache::open(&link).is_err());
        fs::remove_file(link).unwrap();
    }

    #[test]
    fn the_secret_stays() {
        let dir = Dir::new();
        assert_eq!(dir.cache().secret, dir.cache().secret);
        assert_ne!(dir.cache().secret, Digest::default());
    }
}
