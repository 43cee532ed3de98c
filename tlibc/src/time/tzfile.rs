//! Time zone files (RFC 9636): a list of changes, and a POSIX rule for the time after the last.

use core::ffi::CStr;

use super::names::lasting;
use super::rules::{Period, Rules};
use crate::platform;

/// Where the files are; `TZDIR` names another folder.
const FOLDER: &[u8] = b"/usr/share/zoneinfo/";
/// Larger files are no time zones.
const LARGEST: usize = 64 * 1024;
const AT_FDCWD: i32 = -100;
const O_CLOEXEC: i32 = 0o2_000_000;

/// A zone file in memory from malloc.
pub struct ZoneFile {
    data: &'static mut [u8],
    /// Bytes of a time: 4 in the first block, which is the only one of version 1, and 8 in the second.
    width: usize,
    /// Where the parts of the block that is used start, and how many there are of each.
    changes: Part,
    kinds: Part,
    names: Part,
    /// The rule after the last change.
    footer: Option<Rules>,
}

/// A table inside the file: its start and number of entries.
#[derive(Clone, Copy)]
struct Part {
    start: usize,
    count: usize,
}

impl Drop for ZoneFile {
    fn drop(&mut self) {
        // SAFETY: the block came from malloc in `load`.
        unsafe { crate::malloc::free(self.data.as_mut_ptr().cast()) };
    }
}

fn number(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    bytes
        .iter()
        .fold(if negative { -1 } else { 0 }, |value, &byte| {
            value << 8 | i64::from(byte)
        })
}

/// Reads a whole file into memory from malloc.
fn read(path: &CStr) -> Option<&'static mut [u8]> {
    let fd = platform::openat(AT_FDCWD, path, O_CLOEXEC, 0).ok()?;
    let block = crate::malloc::calloc(1, LARGEST).cast::<u8>();
    let mut length = 0;
    if !block.is_null() {
        // SAFETY: a fresh zeroed block that only this function knows.
        let buffer = unsafe { core::slice::from_raw_parts_mut(block, LARGEST) };
        while let Ok(count @ 1..) = platform::read(fd, &mut buffer[length..]) {
            length += count;
        }
    }
    // Read only: nothing can be lost by an error here.
    let _ = platform::close(fd);
    if block.is_null() {
        return None;
    }
    // SAFETY: the first `length` bytes of the block.
    Some(unsafe { core::slice::from_raw_parts_mut(block, length) })
}

impl ZoneFile {
    /// The zone of a name such as "Europe/Berlin", or of an absolute path.
    pub fn load(name: &[u8]) -> Option<ZoneFile> {
        let mut path = [0_u8; 512];
        let folder = match crate::stdlib::environment::lookup(c"TZDIR") {
            _ if name.first() == Some(&b'/') => &b""[..],
            Some(folder) => folder.to_bytes(),
            None => FOLDER,
        };
        // No way out of the folder.
        if name.split(|&byte| byte == b'/').any(|part| part == b"..") {
            return None;
        }
        let mut length = 0;
        for part in [
            folder,
            if folder.ends_with(b"/") || folder.is_empty() {
                b""
            } else {
                b"/"
            },
            name,
        ] {
            path.get_mut(length..length + part.len())?
                .copy_from_slice(part);
            length += part.len();
        }
        let path = CStr::from_bytes_until_nul(&path).ok()?;
        Self::parse(read(path)?)
    }

    fn parse(data: &'static mut [u8]) -> Option<ZoneFile> {
        let none = Part { start: 0, count: 0 };
        let mut zone = ZoneFile {
            data,
            width: 8,
            changes: none,
            kinds: none,
            names: none,
            footer: None,
        };
        let counts = |at: usize, data: &[u8]| -> Option<[usize; 6]> {
            let header = data.get(at..at + 44)?;
            if &header[..4] != b"TZif" {
                return None;
            }
            let mut counts = [0; 6];
            for (count, bytes) in counts.iter_mut().zip(header[20..].chunks_exact(4)) {
                *count = usize::try_from(number(bytes))
                    .ok()
                    .filter(|&n| n <= LARGEST)?;
            }
            Some(counts)
        };
        // Order of the counts: UT flags, standard flags, leap seconds, changes, kinds, name bytes.
        let [
            mut ut,
            mut standard,
            mut leaps,
            mut changes,
            mut kinds,
            mut names,
        ] = counts(0, zone.data)?;
        let mut start = 44;
        if zone.data[4] < b'2' {
            zone.width = 4;
        } else {
            let second = 44 + changes * 5 + kinds * 6 + names + leaps * 8 + standard + ut;
            [ut, standard, leaps, changes, kinds, names] = counts(second, zone.data)?;
            start = second + 44;
        }
        zone.changes = Part {
            start,
            count: changes,
        };
        zone.kinds = Part {
            start: start + changes * (zone.width + 1),
            count: kinds,
        };
        zone.names = Part {
            start: zone.kinds.start + kinds * 6,
            count: names,
        };
        let footer = zone.names.start + names + leaps * (zone.width + 4) + standard + ut;
        let text = zone.data.get(footer..)?;
        if zone.width == 8 {
            let text = text.strip_prefix(b"\n")?;
            let end = text.iter().position(|&byte| byte == b'\n')?;
            zone.footer = Rules::parse(&text[..end]);
        }
        let valid = kinds > 0
            && (0..changes)
                .all(|at| usize::from(zone.data[start + changes * zone.width + at]) < kinds)
            && (0..kinds).all(|at| usize::from(zone.data[zone.kinds.start + at * 6 + 5]) < names);
        valid.then_some(zone)
    }

    fn change_time(&self, at: usize) -> i64 {
        number(&self.data[self.changes.start + at * self.width..][..self.width])
    }

    fn kind(&self, at: usize) -> Period {
        let bytes = &self.data[self.kinds.start + at * 6..][..6];
        let name_start = self.names.start + usize::from(bytes[5]);
        let names_end = self.names.start + self.names.count;
        let mut name = self.data[name_start..names_end].split(|&byte| byte == 0);
        Period {
            offset: number(&bytes[..4]),
            summer: bytes[4] != 0,
            // Without memory the offset is right and the name nobody's.
            name: lasting(name.next().unwrap_or(b"")).unwrap_or(c""),
        }
    }

    /// What holds at a time.
    pub fn at(&self, time: i64) -> Period {
        let (mut low, mut high) = (0, self.changes.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.change_time(middle) <= time {
                low = middle + 1
            } else {
                high = middle
            }
        }
        if low == self.changes.count
            && let Some(rules) = &self.footer
        {
            return rules.at(time);
        }
        if low == 0 {
            return self.kind(0);
        }
        let kind = self.data[self.changes.start + self.changes.count * self.width + low - 1];
        self.kind(kind.into())
    }

    /// The last standard and summer times, for `tzname`.
    pub fn latest(&self) -> (Period, Option<Period>) {
        if let Some(rules) = &self.footer
            && (rules.summer_period().is_some() || self.changes.count == 0)
        {
            return (rules.standard, rules.summer_period());
        }
        let kinds = || {
            (0..self.changes.count).rev().map(|at| {
                self.kind(
                    self.data[self.changes.start + self.changes.count * self.width + at].into(),
                )
            })
        };
        let standard = kinds()
            .find(|kind| !kind.summer)
            .unwrap_or_else(|| self.kind(0));
        (standard, kinds().find(|kind| kind.summer))
    }
}
