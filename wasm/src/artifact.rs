//! Files of compiled code: what `wasm compile` writes and what the cache holds.
//!
//! ```text
//! code      an ELF object, as wasmtime makes it; first, so that the file can be mapped as it is
//! trailer   magic, format, release of wasmtime, compiler, fuel, proposals, key, length of the code
//! seal      blake3 of all before: a plain digest, or keyed with the secret of a cache
//! ```
//!
//! Nothing of a file is interpreted, and nothing is mapped executable, before the seal was found to match.
//! A digest tells damage; only a keyed one tells malice, so a file with a digest is as good as who wrote it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;

use thiserror::Error;

use crate::engine::{Kind, Settings};
use crate::error::plain;

/// Marks the trailer.
const MAGIC: &[u8; 8] = b"\0wasmAOT";
/// The version of this format.
const FORMAT: u32 = 1;
/// The release whose code this is. Code of any other is never loaded.
pub const RELEASE: &str = "wasmtime 48.0.8";
/// The first bytes of the code.
const ELF: &[u8; 4] = b"\x7fELF";
/// Bytes of the trailer with the seal.
const TRAILER: usize = 128;
/// Bytes of a digest.
const DIGEST: usize = 32;
/// Largest file in bytes.
const MAX_SIZE: u64 = 4 << 30;
/// Bytes read at a time.
const CHUNK: usize = 128 << 10;

/// A digest.
pub type Digest = [u8; DIGEST];

/// How a file is sealed.
#[derive(Clone, Copy)]
pub enum Seal<'a> {
    /// With a plain digest.
    Digest,
    /// With this secret.
    Keyed(&'a Digest),
}

impl Seal<'_> {
    fn hasher(&self) -> blake3::Hasher {
        match self {
            Self::Digest => blake3::Hasher::new(),
            Self::Keyed(key) => blake3::Hasher::new_keyed(key),
        }
    }
}

/// What is known about code besides itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The compiler: [`Kind::Wasmtime`] or [`Kind::Winch`].
    pub compiler: Kind,
    /// Whether the code counts fuel.
    pub fuel: bool,
    /// The proposals that were on, as [`crate::features::Features::bits`] has them.
    pub features: u64,
    /// In a cache: what the code was compiled from and for.
    pub key: Digest,
}

impl Header {
    /// That of code compiled with these settings.
    pub fn new(compiler: Kind, settings: &Settings, key: Digest) -> Self {
        Self {
            compiler,
            fuel: settings.fuel,
            features: settings.features.within(compiler).bits(),
            key,
        }
    }

    fn encode(&self, length: u64) -> [u8; TRAILER - DIGEST] {
        let mut bytes = [0; TRAILER - DIGEST];
        let mut rest = &mut bytes[..];
        let mut put = |field: &[u8], width: usize| {
            let (place, after) = std::mem::take(&mut rest).split_at_mut(width);
            place[..field.len()].copy_from_slice(field);
            rest = after;
        };
        put(MAGIC, 8);
        put(&FORMAT.to_le_bytes(), 4);
        put(RELEASE.as_bytes(), 24);
        put(&[u8::from(self.compiler == Kind::Winch)], 1);
        put(&[u8::from(self.fuel)], 1);
        put(&[], 10);
        put(&self.features.to_le_bytes(), 8);
        put(&self.key, DIGEST);
        put(&length.to_le_bytes(), 8);
        bytes
    }

    /// Reads what [`Self::encode`] wrote: the header and the length of the code.
    fn decode(bytes: &[u8; TRAILER - DIGEST]) -> Result<(Self, u64), Refusal> {
        let mut rest = &bytes[..];
        let mut take = |width: usize| {
            let (field, after) = rest.split_at(width);
            rest = after;
            field
        };
        if take(8) != MAGIC {
            return Err(Refusal::NotOurs);
        }
        if take(4) != FORMAT.to_le_bytes() {
            return Err(Refusal::Release(
                "another release of this command".to_owned(),
            ));
        }
        let release = take(24);
        let mut expected = [0; 24];
        expected[..RELEASE.len()].copy_from_slice(RELEASE.as_bytes());
        if release != expected {
            let name = String::from_utf8_lossy(release);
            let name = name.trim_end_matches('\0').escape_debug().to_string();
            return Err(Refusal::Release(name));
        }
        let compiler = match take(1) {
            [0] => Kind::Wasmtime,
            [1] => Kind::Winch,
            _ => return Err(Refusal::Damaged),
        };
        let fuel = match take(1) {
            [0] => false,
            [1] => true,
            _ => return Err(Refusal::Damaged),
        };
        if take(10) != [0; 10] {
            return Err(Refusal::Damaged);
        }
        let mut word = [0; 8];
        word.copy_from_slice(take(8));
        let features = u64::from_le_bytes(word);
        let mut key = [0; DIGEST];
        key.copy_from_slice(take(DIGEST));
        word.copy_from_slice(take(8));
        let header = Self {
            compiler,
            fuel,
            features,
            key,
        };
        Ok((header, u64::from_le_bytes(word)))
    }
}

/// Why a file of compiled code is not used.
#[derive(Debug, Error)]
pub enum Refusal {
    /// It can't be read.
    #[error("can't read: {}", plain(.0))]
    Unreadable(#[from] io::Error),
    /// It has no trailer: cut off, or never made here.
    #[error("not compiled code of 'wasm compile', or truncated")]
    NotOurs,
    /// Code of another release.
    #[error("compiled by {0}, not by {RELEASE}; compile it again")]
    Release(String),
    /// The seal does not match.
    #[error("the compiled code is damaged")]
    Damaged,
}

/// A file of compiled code whose seal matches.
#[derive(Debug)]
pub struct Artifact {
    /// The file, open for reading.
    pub file: File,
    /// What is known about it.
    pub header: Header,
}

impl Artifact {
    /// Checks all of `file`.
    ///
    /// Whoever can write to the file can change it after that. They could have written it in the first place.
    ///
    /// # Errors
    ///
    /// See [`Refusal`].
    pub fn open(mut file: File, seal: Seal<'_>) -> Result<Self, Refusal> {
        let size = file.metadata()?.len();
        if !(TRAILER as u64..=MAX_SIZE).contains(&size) {
            return Err(Refusal::NotOurs);
        }
        let mut trailer = [0; TRAILER];
        file.read_exact_at(&mut trailer, size - TRAILER as u64)?;
        let (encoded, sealed) = trailer.split_at(TRAILER - DIGEST);
        let encoded = encoded.try_into().map_err(|_| Refusal::NotOurs)?;
        let (header, length) = Header::decode(encoded)?;
        if length.checked_add(TRAILER as u64) != Some(size) {
            return Err(Refusal::Damaged);
        }
        file.seek(SeekFrom::Start(0))?;
        let mut hasher = seal.hasher();
        let mut chunk = vec![0; CHUNK];
        let mut code = (&file).take(length);
        loop {
            let count = match code.read(&mut chunk) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            hasher.update(&chunk[..count]);
        }
        hasher.update(encoded);
        // The comparison of digests of this crate takes the same time whatever differs.
        let sealed: Digest = sealed.try_into().map_err(|_| Refusal::NotOurs)?;
        if hasher.finalize() != sealed {
            return Err(Refusal::Damaged);
        }
        Ok(Self { file, header })
    }
}

/// Writes `code` with its trailer.
///
/// # Errors
///
/// Those of `out`.
pub fn write(out: &mut impl Write, code: &[u8], header: &Header, seal: Seal<'_>) -> io::Result<()> {
    let encoded = header.encode(code.len() as u64);
    let mut hasher = seal.hasher();
    hasher.update(code).update(&encoded);
    out.write_all(code)?;
    out.write_all(&encoded)?;
    out.write_all(hasher.finalize().as_bytes())
}

/// Whether `file` begins as compiled code does, and as native programs do.
pub fn begins(file: &File) -> bool {
    let mut start = [0; ELF.len()];
    file.read_exact_at(&mut start, 0).is_ok() && start == *ELF
}

/// Whether `file` ends as compiled code does.
pub fn is_one(file: &File) -> bool {
    let magic = || -> io::Result<bool> {
        let size = file.metadata()?.len();
        let Some(place) = size.checked_sub(TRAILER as u64) else {
            return Ok(false);
        };
        let mut magic = [0; MAGIC.len()];
        file.read_exact_at(&mut magic, place)?;
        Ok(magic == *MAGIC)
    };
    // What can't be read is not known to be one.
    magic().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &[u8] = b"\x7fELF and the rest of the code";

    fn header() -> Header {
        Header {
            compiler: Kind::Winch,
            fuel: true,
            features: 0x1234,
            key: [7; DIGEST],
        }
    }

    fn written(seal: Seal<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        write(&mut bytes, CODE, &header(), seal).unwrap();
        bytes
    }

    fn open(bytes: &[u8], seal: Seal<'_>) -> Result<Artifact, Refusal> {
        let path = crate::scratch::path();
        std::fs::write(&path, bytes).unwrap();
        let file = File::open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        Artifact::open(file, seal)
    }

    #[test]
    fn what_is_written_can_be_opened() {
        for seal in [Seal::Digest, Seal::Keyed(&[9; DIGEST])] {
            let artifact = open(&written(seal), seal).unwrap();
            assert_eq!(artifact.header, header());
            assert!(begins(&artifact.file) && is_one(&artifact.file));
        }
    }

    #[test]
    fn any_changed_byte_is_noticed() {
        let good = written(Seal::Digest);
        for place in 0..good.len() {
            let mut bad = good.clone();
            bad[place] ^= 0x10;
            assert!(open(&bad, Seal::Digest).is_err(), "byte {place}");
        }
    }

    #[test]
    fn any_other_length_is_noticed() {
        let good = written(Seal::Digest);
        for length in 0..good.len() {
            assert!(open(&good[..length], Seal::Digest).is_err(), "{length}");
        }
        assert!(open(&[&good[..], b"x"].concat(), Seal::Digest).is_err());
        assert!(open(&[b"x", &good[..]].concat(), Seal::Digest).is_err());
    }

    #[test]
    fn a_seal_needs_the_secret() {
        let secret = [9; DIGEST];
        let forged = written(Seal::Digest);
        assert!(matches!(
            open(&forged, Seal::Keyed(&secret)),
            Err(Refusal::Damaged)
        ));
        let other = written(Seal::Keyed(&[8; DIGEST]));
        assert!(matches!(
            open(&other, Seal::Keyed(&secret)),
            Err(Refusal::Damaged)
        ));
    }

    #[test]
    fn another_release_is_named() {
        let mut other = written(Seal::Digest);
        let release = other.len() - TRAILER + 12;
        other[release + 9] = b'5';
        let refusal = open(&other, Seal::Digest).unwrap_err().to_string();
        assert!(refusal.contains("wasmtime 58.0.8"), "{refusal}");
    }
}
