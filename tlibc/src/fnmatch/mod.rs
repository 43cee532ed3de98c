//! `<fnmatch.h>`: shell patterns (POSIX.1 §2.14): `*`, `?`, bracket expressions with ranges, classes and complements; and
//! the Korn shell's groups of patterns (`extended`).

mod extended;

use crate::locale::{Encoding, current_encoding};
use crate::types::{c_char, c_int};
use crate::wchar::multibyte::{Step, feed_utf8, mbstate_t};
use core::ffi::CStr;

/// `*` and `?` do not match a slash.
pub const FNM_PATHNAME: c_int = 1;
/// A backslash is an ordinary character.
pub const FNM_NOESCAPE: c_int = 2;
/// A period at the start must be matched by a period.
pub const FNM_PERIOD: c_int = 4;
/// The pattern may match the start of the string up to a slash (GNU).
pub const FNM_LEADING_DIR: c_int = 8;
/// Case does not count (GNU).
pub const FNM_CASEFOLD: c_int = 16;
/// `?(a|b)`, `*(…)`, `+(…)`, `@(…)` and `!(…)` are groups: at most one, any number, at least one, one, and none of the patterns
/// (GNU).
pub const FNM_EXTMATCH: c_int = 32;
/// The result for "no match".
pub const FNM_NOMATCH: c_int = 1;

#[derive(Clone, Copy)]
struct Matcher {
    flags: c_int,
    utf8: bool,
}

/// Whether a string matches a pattern: 0, or [`FNM_NOMATCH`] (POSIX.1); −1 where groups nest too deep or there is no memory for
/// them.
///
/// # Safety
/// Both are C strings.
#[cfg_attr(not(test), unsafe(no_mangle))]
pub unsafe extern "C" fn fnmatch(
    pattern: *const c_char,
    string: *const c_char,
    flags: c_int,
) -> c_int {
    // SAFETY: the caller's strings.
    let (pattern, string) = unsafe {
        (
            CStr::from_ptr(pattern).to_bytes(),
            CStr::from_ptr(string).to_bytes(),
        )
    };
    let matcher = Matcher::new(flags);
    let matched = if flags & FNM_EXTMATCH != 0 {
        matcher.run_extended(pattern, string)
    } else {
        Ok(matcher.run(pattern, string))
    };
    match matched {
        Ok(true) => 0,
        Ok(false) => FNM_NOMATCH,
        Err(extended::Unanswered) => -1,
    }
}

/// [`fnmatch`] for the library's own use, without groups.
pub(crate) fn matches(pattern: &[u8], string: &[u8], flags: c_int) -> bool {
    Matcher::new(flags).run(pattern, string)
}

impl Matcher {
    fn new(flags: c_int) -> Self {
        Matcher {
            flags,
            utf8: current_encoding() == Encoding::Utf8,
        }
    }

    fn has(self, flag: c_int) -> bool {
        self.flags & flag != 0
    }

    /// The first character and how many bytes it takes; a byte that starts none stands for itself.
    fn character(self, text: &[u8]) -> (u32, usize) {
        let Some(&first) = text.first() else {
            return (0, 0);
        };
        if self.utf8 && first >= 0x80 {
            let mut state = mbstate_t::new();
            for (at, &byte) in text.iter().enumerate() {
                match feed_utf8(&mut state, byte) {
                    Step::Character(value) => return (value, at + 1),
                    Step::More => {}
                    Step::Invalid => break,
                }
            }
            return (0x11_0000 + u32::from(first), 1);
        }
        (first.into(), 1)
    }

    fn fold(self, c: u32) -> u32 {
        if self.has(FNM_CASEFOLD) {
            crate::wctype::case::towlower(c)
        } else {
            c
        }
    }

    /// Whether the period at `at` must be written in the pattern.
    fn is_hidden(self, string: &[u8], at: usize) -> bool {
        self.has(FNM_PERIOD)
            && string.get(at) == Some(&b'.')
            && (at == 0 || self.has(FNM_PATHNAME) && string[at - 1] == b'/')
    }

    /// Matches with one point of return: the last `*`, whose match grows by a character each time. With
    /// `FNM_PATHNAME` it cannot grow past a slash, so an earlier `*` need never be tried again.
    fn run(self, pattern: &[u8], string: &[u8]) -> bool {
        let (mut p, mut s) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        loop {
            if p == pattern.len()
                && (s == string.len() || self.has(FNM_LEADING_DIR) && string[s] == b'/')
            {
                return true;
            }
            let step = match pattern.get(p) {
                None => None,
                Some(b'*') => {
                    if self.is_hidden(string, s) {
                        return false;
                    }
                    p += 1;
                    star = Some((p, s));
                    continue;
                }
                Some(_) => self.one(&pattern[p..], string, s),
            };
            if let Some((pattern_used, string_used)) = step {
                p += pattern_used;
                s += string_used;
                continue;
            }
            // Let the last star take one more character.
            let Some((star_pattern, star_string)) = star else {
                return false;
            };
            if star_string == string.len() || self.has(FNM_PATHNAME) && string[star_string] == b'/'
            {
                return false;
            }
            let mut grown = star_string + self.character(&string[star_string..]).1;
            if let Some(wanted) = self.literal(pattern.get(star_pattern)) {
                // Nothing else can follow the star: on to the next place where it stands.
                let stops = |&byte: &u8| byte == wanted || byte == b'/' && self.has(FNM_PATHNAME);
                match string[grown..].iter().position(stops) {
                    Some(distance) => grown += distance,
                    None => return false,
                }
            }
            star = Some((star_pattern, grown));
            (p, s) = (star_pattern, grown);
        }
    }

    /// The byte, if it stands for itself alone in a pattern. One of ASCII is never part of a longer character.
    fn literal(self, byte: Option<&u8>) -> Option<u8> {
        byte.copied().filter(|byte| {
            byte.is_ascii()
                && !matches!(byte, b'*' | b'?' | b'[' | b'\\')
                && !self.has(FNM_CASEFOLD)
        })
    }

    /// Matches one element of the pattern, which is no `*`; how many bytes of each it took.
    fn one(self, pattern: &[u8], string: &[u8], at: usize) -> Option<(usize, usize)> {
        let rest = &string[at..];
        if rest.is_empty() {
            return None;
        }
        let (c, used) = self.character(rest);
        let is_slash = self.has(FNM_PATHNAME) && c == u32::from(b'/');
        match pattern[0] {
            b'?' => (!is_slash && !self.is_hidden(string, at)).then_some((1, used)),
            b'[' => match self.bracket(pattern, c) {
                Some((matched, length)) => {
                    (matched && !is_slash && !self.is_hidden(string, at)).then_some((length, used))
                }
                // No closing bracket: an ordinary character.
                None => (c == u32::from(b'[')).then_some((1, used)),
            },
            b'\\' if !self.has(FNM_NOESCAPE) => {
                let (wanted, length) = self.character(&pattern[1..]);
                // A backslash at the end of the pattern matches nothing.
                (length > 0 && self.fold(wanted) == self.fold(c)).then_some((1 + length, used))
            }
            _ => {
                let (wanted, length) = self.character(pattern);
                (self.fold(wanted) == self.fold(c)).then_some((length, used))
            }
        }
    }

    /// A bracket expression: whether `c` is in it, and its length; `None` when it is not closed.
    fn bracket(self, pattern: &[u8], c: u32) -> Option<(bool, usize)> {
        let mut at = 1;
        let negated = matches!(pattern.get(at), Some(b'!' | b'^'));
        at += usize::from(negated);
        let first = at;
        let mut found = false;
        let folding = self.has(FNM_CASEFOLD);
        let (lower, upper) = if folding {
            (
                crate::wctype::case::towlower(c),
                crate::wctype::case::towupper(c),
            )
        } else {
            (c, c)
        };
        loop {
            let byte = *pattern.get(at)?;
            if byte == b']' && at > first {
                return Some((found != negated, at + 1));
            }
            if byte == b'/' && self.has(FNM_PATHNAME) {
                return None;
            }
            if byte == b'[' && pattern.get(at + 1) == Some(&b':') {
                let name_start = at + 2;
                let length = pattern[name_start..]
                    .windows(2)
                    .position(|pair| pair == b":]")?;
                let mut name = [0_u8; 16];
                let text = &pattern[name_start..name_start + length];
                if text.len() < name.len() {
                    name[..text.len()].copy_from_slice(text);
                    // SAFETY: the array ends in a null.
                    let class = unsafe { crate::wctype::named::wctype(name.as_ptr().cast()) };
                    let is = |c| crate::wctype::named::iswctype(c, class) != 0;
                    found |= is(c) || folding && (is(lower) || is(upper));
                }
                at = name_start + length + 2;
                continue;
            }
            let (low, used) = self.element(&pattern[at..])?;
            at += used;
            let is_range = pattern.get(at) == Some(&b'-')
                && pattern.get(at + 1).is_some_and(|&next| next != b']');
            let high = if is_range {
                let (high, used) = self.element(&pattern[at + 1..])?;
                at += 1 + used;
                high
            } else {
                low
            };
            let within = |c| (low..=high).contains(&c);
            found |= within(c) || folding && (within(lower) || within(upper));
        }
    }

    /// One end of a range: a character, an escaped one, `[.x.]` or `[=x=]`.
    fn element(self, pattern: &[u8]) -> Option<(u32, usize)> {
        match (pattern.first()?, pattern.get(1)) {
            (b'[', Some(&mark @ (b'.' | b'='))) => {
                let (c, used) = self.character(&pattern[2..]);
                (pattern.get(2 + used..4 + used)? == [mark, b']']).then_some((c, used + 4))
            }
            (b'\\', Some(_)) if !self.has(FNM_NOESCAPE) => {
                let (c, used) = self.character(&pattern[1..]);
                Some((c, used + 1))
            }
            _ => Some(self.character(pattern)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CString;

    #[test]
    fn patterns_match_as_the_host_matches_them() {
        unsafe extern "C" {
            #[link_name = "fnmatch"]
            fn host(pattern: *const c_char, string: *const c_char, flags: c_int) -> c_int;
        }
        let patterns = [
            "*",
            "a*",
            "*a",
            "a*b*c",
            "?",
            "a?c",
            "[abc]",
            "[!abc]",
            "[^a]",
            "[a-c]x",
            "[]a]",
            "[!]a]",
            "[a",
            "\\*",
            "a\\",
            "*/b",
            "*/*",
            ".*",
            "[.]a",
            "?a",
            "*.c",
            "[[:alpha:]]*",
            "[[:digit:][:upper:]]",
            "a/b",
            "A*",
            "[A-C]",
            "**a",
            "",
            "a-b",
            "[a-]",
            "[-a]",
            "a/*",
            "*a*/b",
            "[\\]]",
            "x*y?z",
        ];
        let strings = [
            "", "a", "b", "abc", "aXbXc", "a/b", "a/c/b", ".a", ".", "]", "-", "[a", "*", "\\",
            "a\\", "x", "foo.c", ".c", "A1", "7", "ax", "cx", "a-b", "a/.b", "xyaz", "xyyaz", "/",
            "aa/b",
        ];
        for pattern in patterns {
            for string in strings {
                for flags in 0..32 {
                    if flags & FNM_CASEFOLD != 0 && pattern.contains("[:upper:]") {
                        continue; // the host folds the character before it asks for its class
                    }
                    let (p, s) = (
                        CString::new(pattern).unwrap(),
                        CString::new(string).unwrap(),
                    );
                    // SAFETY: C strings.
                    unsafe {
                        assert_eq!(
                            fnmatch(p.as_ptr(), s.as_ptr(), flags),
                            host(p.as_ptr(), s.as_ptr(), flags),
                            "{pattern:?} {string:?} {flags}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn random_patterns_match_as_the_host_matches_them() {
        use crate::fuzz;
        use crate::stdio::tests::Random;
        unsafe extern "C" {
            #[link_name = "fnmatch"]
            fn host(pattern: *const c_char, string: *const c_char, flags: c_int) -> c_int;
        }
        let mut r = Random(fuzz::seed(21));
        // No slash in brackets: with FNM_PATHNAME it makes them ordinary characters (POSIX.1 2.14.3), not for the host.
        let pieces = [
            "a",
            "b",
            "A",
            ".",
            "/",
            "*",
            "?",
            "**",
            "[ab]",
            "[!a]",
            "[^b.]",
            "[a-c]",
            "[]a]",
            "[[:alpha:]]",
            "\\a",
            "\\*",
            "[\\]]",
            "-",
            "]",
            "[[.-.]]",
            "[[=a=]b]",
        ];
        for _ in 0..fuzz::cases(60_000) {
            let pattern: String = (0..r.below(7))
                .map(|_| pieces[r.below(pieces.len() as u64) as usize])
                .collect();
            let string: String = (0..r.below(9))
                .map(|_| ['a', 'b', 'c', 'A', '.', '/', ']', '-', '*'][r.below(9) as usize])
                .collect();
            let flags = r.below(32) as c_int;
            if flags & FNM_PATHNAME != 0 && pattern.contains('[') && pattern.contains('/') {
                continue;
            }
            if flags & FNM_CASEFOLD != 0 && pattern.contains("[=") {
                continue; // the host does not fold these
            }
            let (p, s) = (
                CString::new(pattern.as_str()).unwrap(),
                CString::new(string.as_str()).unwrap(),
            );
            // SAFETY: C strings.
            unsafe {
                assert_eq!(
                    fnmatch(p.as_ptr(), s.as_ptr(), flags),
                    host(p.as_ptr(), s.as_ptr(), flags),
                    "{pattern:?} {string:?} {flags}"
                );
            }
        }
    }
}
