//! Internet addresses as text, on slices.

/// Bytes of the longest text: an IPv6 address and the name of its interface.
const ROOM: usize = 64;

/// A short printed address.
#[derive(Clone, Copy)]
pub(crate) struct Text {
    bytes: [u8; ROOM],
    len: usize,
}

impl core::ops::Deref for Text {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Text {
    pub(crate) const fn new() -> Self {
        Self {
            bytes: [0; ROOM],
            len: 0,
        }
    }

    pub(crate) fn push(&mut self, byte: u8) {
        self.bytes[self.len] = byte;
        self.len += 1;
    }

    /// Appends a number without leading zeros.
    pub(crate) fn number(&mut self, value: u32, base: u32) {
        if value >= base {
            self.number(value / base, base);
        }
        self.push(b"0123456789abcdef"[(value % base) as usize]);
    }
}

/// `a.b.c.d`, decimal without leading zeros.
pub(crate) fn parse_v4(text: &[u8]) -> Option<[u8; 4]> {
    let mut parts = text.split(|b| *b == b'.');
    let mut address = [0; 4];
    for byte in &mut address {
        let part = parts.next()?;
        if part.is_empty() || part.len() > 3 || (part.len() > 1 && part[0] == b'0') {
            return None;
        }
        *byte = u8::try_from(crate::textfile::decimal(part)?).ok()?;
    }
    parts.next().is_none().then_some(address)
}

/// Up to eight groups of hexadecimal digits, `::` for a run of zeros, the last two groups also as IPv4.
pub(crate) fn parse_v6(text: &[u8]) -> Option<[u8; 16]> {
    let mut groups = [0_u16; 8];
    let mut n = 0;
    let mut gap = None;
    let mut rest = text;
    if let [b':', b':', after @ ..] = rest {
        gap = Some(0);
        rest = after;
    }
    while !rest.is_empty() {
        if n == 8 {
            return None;
        }
        let end = rest.iter().position(|b| *b == b':').unwrap_or(rest.len());
        let part = &rest[..end];
        if part.contains(&b'.') {
            // IPv4, only at the end and only where two groups fit.
            if end != rest.len() || n > 6 {
                return None;
            }
            let v4 = parse_v4(part)?;
            groups[n] = u16::from_be_bytes([v4[0], v4[1]]);
            groups[n + 1] = u16::from_be_bytes([v4[2], v4[3]]);
            n += 2;
            break;
        }
        if part.is_empty() || part.len() > 4 {
            return None;
        }
        groups[n] = part.iter().try_fold(0, |value, b| {
            Some(value << 4 | (*b as char).to_digit(16)? as u16)
        })?;
        n += 1;
        rest = match &rest[end..] {
            [] => &[],
            [b':', b':', after @ ..] => {
                if gap.replace(n).is_some() {
                    return None;
                }
                after
            }
            // One colon needs a group after it.
            [_, after @ ..] if !after.is_empty() => after,
            _ => return None,
        };
    }
    match gap {
        None if n != 8 => return None,
        // "::" stands for at least one group.
        Some(_) if n == 8 => return None,
        Some(gap) => {
            groups.copy_within(gap..n, 8 - (n - gap));
            groups[gap..8 - (n - gap)].fill(0);
        }
        None => {}
    }
    let mut address = [0; 16];
    for (pair, group) in address.chunks_exact_mut(2).zip(groups) {
        pair.copy_from_slice(&group.to_be_bytes());
    }
    Some(address)
}

/// One number in C's notation at the start of `text`, and what follows it.
fn c_number(text: &[u8]) -> Option<(u64, &[u8])> {
    let (base, digits) = match text {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        [b'0', ..] => (8, text),
        _ => (10, text),
    };
    let mut value = 0_u64;
    let mut n = 0;
    while let Some(digit) = digits.get(n).and_then(|b| (*b as char).to_digit(base)) {
        value = value * u64::from(base) + u64::from(digit);
        if value > u64::from(u32::MAX) {
            return None;
        }
        n += 1;
    }
    (n > 0).then(|| (value, &digits[n..]))
}

/// One to four numbers in C's notation, the last one filling the rest of the address (BSD). White space ends it.
pub(crate) fn parse_v4_loose(text: &[u8]) -> Option<u32> {
    let mut rest = text;
    let mut address = 0_u64;
    for part in 0..4 {
        let (value, after) = c_number(rest)?;
        if let [b'.', after @ ..] = after {
            if part == 3 || value > 0xff {
                return None;
            }
            address |= value << (24 - 8 * part);
            rest = after;
        } else {
            if after
                .first()
                .is_some_and(|b| !b.is_ascii_whitespace() && *b != 0x0b)
                || value > 0xffff_ffff >> (8 * part)
            {
                return None;
            }
            return Some((address | value) as u32);
        }
    }
    None
}

/// One to four numbers in C's notation, each a byte, in the order of a network number.
pub(crate) fn parse_network(text: &[u8]) -> Option<u32> {
    let mut rest = text;
    let mut net = 0;
    for _ in 0..4 {
        let (value, after) = c_number(rest)?;
        if value > 0xff {
            return None;
        }
        net = net << 8 | value as u32;
        match after {
            [b'.', after @ ..] => rest = after,
            after => return after.iter().all(u8::is_ascii_whitespace).then_some(net),
        }
    }
    None
}

/// `a.b.c.d`.
pub(crate) fn print_v4(address: [u8; 4]) -> Text {
    let mut text = Text::new();
    append_v4(&mut text, &address);
    text
}

fn append_v4(text: &mut Text, address: &[u8]) {
    for (i, byte) in address.iter().enumerate() {
        if i > 0 {
            text.push(b'.');
        }
        text.number((*byte).into(), 10);
    }
}

/// Lower-case groups with the first longest run of two or more zeros as `::`, mapped and compatible addresses
/// with their IPv4 part, as glibc prints them.
pub(crate) fn print_v6(address: [u8; 16]) -> Text {
    let groups: [u16; 8] =
        core::array::from_fn(|i| u16::from_be_bytes([address[2 * i], address[2 * i + 1]]));
    let (mut best, mut best_len) = (8, 1);
    let mut i = 0;
    while i < 8 {
        let run = groups[i..].iter().take_while(|g| **g == 0).count();
        if run > best_len {
            (best, best_len) = (i, run);
        }
        i += run.max(1);
    }
    let mut text = Text::new();
    let mut i = 0;
    while i < 8 {
        if i == best {
            text.push(b':');
            i += best_len;
            if i == 8 {
                text.push(b':');
            }
            continue;
        }
        if i > 0 {
            text.push(b':');
        }
        if i == 6 && best == 0 && (best_len == 6 || (best_len == 5 && groups[5] == 0xffff)) {
            append_v4(&mut text, &address[12..]);
            break;
        }
        text.number(groups[i].into(), 16);
        i += 1;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ffi::{c_char, c_int};
    use std::ffi::CString;

    unsafe extern "C" {
        fn inet_pton(family: c_int, src: *const c_char, dst: *mut u8) -> c_int;
        fn inet_ntop(family: c_int, src: *const u8, dst: *mut c_char, size: u32) -> *const c_char;
        fn inet_aton(src: *const c_char, dst: *mut u32) -> c_int;
        fn inet_network(src: *const c_char) -> u32;
    }

    const SAMPLES: [&str; 44] = [
        "",
        ".",
        "1",
        "1.2",
        "1.2.3",
        "1.2.3.4",
        "01.2.3.4",
        "256.1.1.1",
        "1.2.3.4.",
        "1.2.3.4.5",
        "0x7f.1",
        "0177.0.0.1",
        "1.2.3.4 x",
        "4294967295",
        "4294967296",
        "1.16777216",
        "1.2.65536",
        "::",
        "::1",
        "1::",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8:9",
        "1:::2",
        "1::2::3",
        "12345::",
        "g::",
        "::ffff:1.2.3.4",
        "::1.2.3.4",
        "1:2:3:4:5:6:1.2.3.4",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1:",
        ":1",
        ":",
        ":::",
        "fe80::1%eth0",
        "1:2:3:4:5:6:7:8:",
        "::FFFF",
        "0:0:0:0:0:0:0:0",
        "08.1.1.1",
        "1..2.3",
        "1.2.3.4:",
        "::1.2.3",
    ];

    #[test]
    fn parsers_accept_what_glibc_accepts() {
        for sample in SAMPLES {
            let c = CString::new(sample).unwrap();
            let mut raw = [0_u8; 16];
            // SAFETY: a string and room for any address.
            unsafe {
                let four = (inet_pton(2, c.as_ptr(), raw.as_mut_ptr()) == 1)
                    .then(|| [raw[0], raw[1], raw[2], raw[3]]);
                assert_eq!(parse_v4(sample.as_bytes()), four, "{sample}");
                let six = (inet_pton(10, c.as_ptr(), raw.as_mut_ptr()) == 1).then_some(raw);
                assert_eq!(parse_v6(sample.as_bytes()), six, "{sample}");
                let mut loose = 0;
                let theirs =
                    (inet_aton(c.as_ptr(), &raw mut loose) == 1).then(|| u32::from_be(loose));
                assert_eq!(parse_v4_loose(sample.as_bytes()), theirs, "{sample}");
                // The host lets one number wrap around.
                if sample == "4294967296" {
                    continue;
                }
                let net = inet_network(c.as_ptr());
                assert_eq!(
                    parse_network(sample.as_bytes()).unwrap_or(u32::MAX),
                    net,
                    "network {sample}"
                );
            }
        }
    }

    #[test]
    fn printing_is_glibcs() {
        let mut seed = 1_u64;
        for _ in 0..20_000 {
            let mut address = [0_u8; 16];
            for pair in address.chunks_exact_mut(2) {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let group = match seed >> 61 {
                    0..=4 => 0,
                    5 => 0xffff,
                    _ => (seed >> 40) as u16,
                };
                pair.copy_from_slice(&group.to_be_bytes());
            }
            let mut out = [0 as c_char; 64];
            // SAFETY: room for any address and its text.
            let theirs = unsafe {
                inet_ntop(10, address.as_ptr(), out.as_mut_ptr(), 64);
                core::ffi::CStr::from_ptr(out.as_ptr())
            };
            let ours = print_v6(address);
            assert_eq!(
                std::str::from_utf8(&ours).unwrap(),
                theirs.to_str().unwrap()
            );
            assert_eq!(parse_v6(&ours), Some(address));
        }
    }
}
