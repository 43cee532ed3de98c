//! Searches in `/etc/hosts` and `/etc/services`.

use crate::arpa_inet::text::{parse_v4, parse_v6};
use crate::errno::Errno;
use crate::textfile::{Lines, decimal, words};

/// A host's address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Address {
    V4([u8; 4]),
    V6([u8; 16], u32),
}

/// Addresses of one name; more are left out.
pub(super) const ADDRESSES: usize = 16;

/// A found host.
pub(super) struct Host {
    pub addresses: [Address; ADDRESSES],
    pub count: usize,
    /// The first name of the line that matched.
    pub canonical: Name,
}

/// A name on the stack.
pub(super) struct Name {
    bytes: [u8; 256],
    len: usize,
}

impl Name {
    pub(super) fn new(text: &[u8]) -> Self {
        let mut bytes = [0; 256];
        let len = text.len().min(255);
        bytes[..len].copy_from_slice(&text[..len]);
        Self { bytes, len }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// Numeric text; IPv6 also with a scope (`%` and a number or an interface).
pub(super) fn numeric(text: &[u8]) -> Option<Address> {
    if let Some(address) = parse_v4(text) {
        return Some(Address::V4(address));
    }
    if let Some(address) = crate::arpa_inet::text::parse_v4_loose(text)
        .filter(|_| !text.iter().any(u8::is_ascii_whitespace))
    {
        return Some(Address::V4(address.to_be_bytes()));
    }
    let (text, scope) = match text.iter().position(|b| *b == b'%') {
        None => (text, 0),
        Some(at) => (
            &text[..at],
            decimal(&text[at + 1..]).or_else(|| crate::net_if::index_of(&text[at + 1..]))?,
        ),
    };
    parse_v6(text).map(|address| Address::V6(address, scope))
}

/// Looks for `name` in `lines` of `/etc/hosts`.
fn search(lines: &mut Lines, name: &[u8]) -> Result<Host, Errno> {
    let mut host = Host {
        addresses: [Address::V4([0; 4]); ADDRESSES],
        count: 0,
        canonical: Name::new(name),
    };
    while let Some(line) = lines.next_line()? {
        let mut fields = words(line);
        let Some(address) = fields.next().and_then(numeric) else {
            continue;
        };
        let Some(first) = fields.next() else { continue };
        let matches = first.eq_ignore_ascii_case(name)
            || fields.any(|alias| alias.eq_ignore_ascii_case(name));
        if matches && host.count < ADDRESSES && !host.addresses[..host.count].contains(&address) {
            if host.count == 0 {
                host.canonical = Name::new(first);
            }
            host.addresses[host.count] = address;
            host.count += 1;
        }
    }
    Ok(host)
}

/// A host by name; `None` when nobody knows it.
pub(super) fn host(name: &[u8]) -> Result<Option<Host>, Errno> {
    let mut found = match Lines::open(c"/etc/hosts") {
        Ok(mut lines) => search(&mut lines, name)?,
        Err(Errno::ENOENT | Errno::ENOTDIR) => Host {
            addresses: [Address::V4([0; 4]); ADDRESSES],
            count: 0,
            canonical: Name::new(name),
        },
        Err(e) => return Err(e),
    };
    let bare = name.strip_suffix(b".").unwrap_or(name);
    if found.count == 0
        && (bare.eq_ignore_ascii_case(b"localhost") || bare.ends_with_ignoring_case(b".localhost"))
    {
        // RFC 6761: these names are the loopback address everywhere.
        let mut six = [0; 16];
        six[15] = 1;
        found.addresses[..2].copy_from_slice(&[Address::V6(six, 0), Address::V4([127, 0, 0, 1])]);
        found.count = 2;
    }
    Ok((found.count > 0).then_some(found))
}

/// Comparison without a buffer.
trait EndsWith {
    fn ends_with_ignoring_case(&self, suffix: &[u8]) -> bool;
}

impl EndsWith for [u8] {
    fn ends_with_ignoring_case(&self, suffix: &[u8]) -> bool {
        self.len() >= suffix.len() && self[self.len() - suffix.len()..].eq_ignore_ascii_case(suffix)
    }
}

/// The name of an address.
pub(super) fn name_of(address: Address) -> Result<Option<Name>, Errno> {
    let same = |other: Address| match (address, other) {
        (Address::V6(a, _), Address::V6(b, _)) => a == b,
        (a, b) => a == b,
    };
    match Lines::open(c"/etc/hosts") {
        Ok(mut lines) => {
            while let Some(line) = lines.next_line()? {
                let mut fields = words(line);
                if fields.next().and_then(numeric).is_some_and(same)
                    && let Some(name) = fields.next()
                {
                    return Ok(Some(Name::new(name)));
                }
            }
        }
        Err(Errno::ENOENT | Errno::ENOTDIR) => {}
        Err(e) => return Err(e),
    }
    let mut six = [0; 16];
    six[15] = 1;
    let loopback = matches!(address, Address::V4([127, 0, 0, 1]))
        || matches!(address, Address::V6(a, _) if a == six);
    Ok(loopback.then(|| Name::new(b"localhost")))
}

/// Services for systems without `/etc/services`, in its format.
pub(super) const BUILT_IN: &[&[u8]] = &[
    b"echo 7/tcp",
    b"echo 7/udp",
    b"discard 9/tcp",
    b"discard 9/udp",
    b"daytime 13/tcp",
    b"ftp-data 20/tcp",
    b"ftp 21/tcp",
    b"ssh 22/tcp",
    b"telnet 23/tcp",
    b"smtp 25/tcp",
    b"time 37/tcp",
    b"time 37/udp",
    b"domain 53/tcp",
    b"domain 53/udp",
    b"bootps 67/udp",
    b"bootpc 68/udp",
    b"tftp 69/udp",
    b"finger 79/tcp",
    b"http 80/tcp www",
    b"pop3 110/tcp",
    b"sunrpc 111/tcp",
    b"sunrpc 111/udp",
    b"ntp 123/udp",
    b"imap2 143/tcp imap",
    b"snmp 161/udp",
    b"ldap 389/tcp",
    b"https 443/tcp",
    b"https 443/udp",
    b"syslog 514/udp",
    b"imaps 993/tcp",
    b"pop3s 995/tcp",
];

/// One line of `/etc/services`.
pub struct Service<'a> {
    pub name: &'a [u8],
    pub port: u16,
    pub protocol: &'a [u8],
    pub line: &'a [u8],
}

impl<'a> Service<'a> {
    /// Takes a line apart.
    pub(super) fn parse(line: &'a [u8]) -> Option<Self> {
        let mut fields = words(line);
        let name = fields.next()?;
        let mut parts = fields.next()?.split(|b| *b == b'/');
        let port = u16::try_from(decimal(parts.next()?)?).ok()?;
        Some(Self {
            name,
            port,
            protocol: parts.next()?,
            line,
        })
    }

    /// The other names.
    pub(super) fn aliases(&self) -> impl Iterator<Item = &'a [u8]> + Clone + use<'a> {
        words(self.line).skip(2)
    }

    /// Whether the service is called that.
    pub(super) fn is_called(&self, name: &[u8]) -> bool {
        self.name == name || self.aliases().any(|alias| alias == name)
    }
}

/// Calls `each` with every service until it returns a result.
pub(super) fn services<R>(mut each: impl FnMut(&Service) -> Option<R>) -> Result<Option<R>, Errno> {
    match Lines::open(c"/etc/services") {
        Ok(mut lines) => {
            while let Some(line) = lines.next_line()? {
                if let Some(result) = Service::parse(line).and_then(|s| each(&s)) {
                    return Ok(Some(result));
                }
            }
            Ok(None)
        }
        Err(Errno::ENOENT | Errno::ENOTDIR) => Ok(BUILT_IN
            .iter()
            .find_map(|line| each(&Service::parse(line)?))),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn service_lines() {
        let s = Service::parse(b"http\t80/tcp  www # WorldWideWeb").unwrap();
        assert_eq!(
            (s.name, s.port, s.protocol),
            (&b"http"[..], 80, &b"tcp"[..])
        );
        assert!(s.is_called(b"www") && s.is_called(b"http") && !s.is_called(b"WorldWideWeb"));
        assert!(BUILT_IN.iter().all(|line| Service::parse(line).is_some()));
        assert!(Service::parse(b"x 99999/tcp").is_none());
    }

    #[test]
    fn localhost_is_always_known() {
        let host = host(b"LOCALHOST").unwrap().unwrap();
        assert!(host.addresses[..host.count].contains(&Address::V4([127, 0, 0, 1])));
        assert!(super::host(b"no-such-host.invalid").unwrap().is_none());
    }
}
