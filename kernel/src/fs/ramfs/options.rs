//! What can be said when a tmpfs is mounted (tmpfs(5)): its limits, and owner and permissions of its root.

use crate::errno::{Errno, Result};
use crate::fs::inode::Ownership;

/// Options by their names in tmpfs(5); what is not given is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `size` or `nr_blocks`, in pages; `usize::MAX` is no limit.
    pub pages: Option<usize>,
    /// `nr_inodes`; `usize::MAX` is no limit.
    pub nodes: Option<usize>,
    /// `mode`.
    pub mode: Option<u32>,
    /// `uid`.
    pub uid: Option<u32>,
    /// `gid`.
    pub gid: Option<u32>,
}

/// A number with `k`, `m` or `g` behind it; 0 is no limit.
fn amount(text: &str) -> Option<u64> {
    let (digits, shift) = match text.as_bytes().last()?.to_ascii_lowercase() {
        b'k' => (&text[..text.len() - 1], 10),
        b'm' => (&text[..text.len() - 1], 20),
        b'g' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let number: u64 = digits.parse().ok()?;
    match number.checked_mul(1 << shift)? {
        0 => Some(u64::MAX),
        amount => Some(amount),
    }
}

fn limit(amount: u64) -> usize {
    usize::try_from(amount).unwrap_or(usize::MAX)
}

impl Options {
    /// Reads options with commas between. `memory` is the machine's, in pages, for sizes in percent.
    ///
    /// # Errors
    /// `EINVAL` for unknown options and bad values.
    pub fn parse(text: &[u8], memory: usize) -> Result<Self> {
        let text = core::str::from_utf8(text).map_err(|_| Errno::EINVAL)?;
        let mut options = Self::default();
        for option in text.split(',').filter(|option| !option.is_empty()) {
            options.set(option, memory).ok_or(Errno::EINVAL)?;
        }
        Ok(options)
    }

    fn set(&mut self, option: &str, memory: usize) -> Option<()> {
        const PAGE: u64 = hal::mem::PAGE_SIZE as u64;
        let (name, value) = option.split_once('=')?;
        match name {
            "size" => {
                self.pages = Some(match value.strip_suffix('%') {
                    Some(percent) => {
                        let percent: usize = percent.parse().ok()?;
                        memory.checked_mul(percent)? / 100
                    }
                    None => match amount(value)? {
                        u64::MAX => usize::MAX,
                        bytes => limit(bytes.div_ceil(PAGE)),
                    },
                });
            }
            "nr_blocks" => self.pages = Some(limit(amount(value)?)),
            "nr_inodes" => self.nodes = Some(limit(amount(value)?)),
            "mode" => {
                let mode = u32::from_str_radix(value, 8).ok()?;
                self.mode = Some(mode).filter(|mode| *mode <= 0o7777);
                self.mode?;
            }
            "uid" => self.uid = Some(value.parse().ok()?),
            "gid" => self.gid = Some(value.parse().ok()?),
            _ => return None,
        }
        Some(())
    }

    /// Owner and permissions of the root.
    pub fn root(&self) -> Ownership {
        Ownership {
            mode: self.mode.unwrap_or(0o1777),
            uid: self.uid.unwrap_or(0),
            gid: self.gid.unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_and_units() {
        let parse = |text: &str| Options::parse(text.as_bytes(), 1000);
        let all = parse("size=10k,nr_inodes=2K,mode=700,uid=5,,gid=6").unwrap();
        assert_eq!((all.pages, all.nodes), (Some(3), Some(2048)));
        let root = Ownership {
            mode: 0o700,
            uid: 5,
            gid: 6,
        };
        assert_eq!(all.root(), root);
        assert_eq!(parse("size=50%").unwrap().pages, Some(500));
        assert_eq!(parse("size=0").unwrap().pages, Some(usize::MAX));
        assert_eq!(parse("nr_blocks=1m").unwrap().pages, Some(1 << 20));
        assert_eq!(parse("").unwrap(), Options::default());
        for bad in [
            "size",
            "size=",
            "size=k",
            "size=-1",
            "mode=8",
            "mode=77777",
            "what=1",
        ] {
            assert_eq!(parse(bad), Err(Errno::EINVAL), "{bad}");
        }
        assert_eq!(parse("size=99999999999g"), Err(Errno::EINVAL));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in prop::collection::vec(any::<u8>(), 0..40), memory: usize) {
            let _ = Options::parse(&text, memory);
        }
    }
}
