//! Groups of patterns (`FNM_EXTMATCH`), without exponential time.
//!
//! Each element of the pattern turns the set of places that the elements before it may end at into the set of those that it may
//! end at. A repeated group does so until the set grows no more; a negated one takes each place by itself.

use super::{FNM_LEADING_DIR, FNM_PATHNAME, Matcher};
use crate::vec::Vec;

/// How deep groups may nest.
const DEPTH: u32 = 64;

/// There is no memory, or groups nest too deep.
pub(super) struct Unanswered;

/// Places in the string, its end included.
struct Places(Vec<bool>);

impl Places {
    fn none(length: usize) -> Result<Self, Unanswered> {
        Vec::filled(false, length + 1)
            .map(Places)
            .map_err(|_| Unanswered)
    }

    fn copy(&self) -> Result<Self, Unanswered> {
        let mut places = Places::none(self.0.len() - 1)?;
        places.0.copy_from_slice(&self.0);
        Ok(places)
    }

    /// Adds another set; whether that changed anything.
    fn add(&mut self, other: &Places) -> bool {
        let mut grew = false;
        for (place, &more) in self.0.iter_mut().zip(&other.0[..]) {
            grew |= more && !*place;
            *place |= more;
        }
        grew
    }

    fn each(&self) -> impl Iterator<Item = usize> {
        self.0
            .iter()
            .enumerate()
            .filter_map(|(at, &there)| there.then_some(at))
    }
}

impl Matcher {
    /// [`Matcher::run`] with groups.
    pub(super) fn run_extended(self, pattern: &[u8], string: &[u8]) -> Result<bool, Unanswered> {
        let mut start = Places::none(string.len())?;
        start.0[0] = true;
        let ends = self.ends(pattern, string, start, DEPTH)?;
        let is_end =
            |at: usize| at == string.len() || self.has(FNM_LEADING_DIR) && string[at] == b'/';
        Ok(ends.each().any(is_end))
    }

    /// Where a pattern may end that starts at one of `places`.
    fn ends(
        self,
        pattern: &[u8],
        string: &[u8],
        mut places: Places,
        depth: u32,
    ) -> Result<Places, Unanswered> {
        let mut p = 0;
        while p < pattern.len() {
            if let Some(length) = self.group(&pattern[p..]) {
                let inside = &pattern[p + 2..p + length - 1];
                places = self.of_group(pattern[p], inside, string, places, depth)?;
                p += length;
                continue;
            }
            let mut next = Places::none(string.len())?;
            let mut used = 1;
            if pattern[p] == b'*' {
                for at in places.each() {
                    if !self.is_hidden(string, at) {
                        self.through(string, at, &mut next);
                    }
                }
            } else {
                for at in places.each() {
                    if let Some((of_pattern, of_string)) = self.one(&pattern[p..], string, at) {
                        next.0[at + of_string] = true;
                        used = of_pattern;
                    }
                }
                // If it matched nowhere, the rest does not matter.
                if next.each().next().is_none() {
                    return Ok(next);
                }
            }
            places = next;
            p += used;
        }
        Ok(places)
    }

    /// Adds all places from `at` up to a slash that may not be passed.
    fn through(self, string: &[u8], mut at: usize, places: &mut Places) {
        loop {
            places.0[at] = true;
            if at == string.len() || string[at] == b'/' && self.has(FNM_PATHNAME) {
                return;
            }
            at += self.character(&string[at..]).1;
        }
    }

    /// The length of the group that a pattern starts with, if it does.
    fn group(self, pattern: &[u8]) -> Option<usize> {
        if !(b"?*+@!".contains(pattern.first()?) && pattern.get(1) == Some(&b'(')) {
            return None;
        }
        let mut depth = 0_usize;
        let mut at = 1;
        while at < pattern.len() {
            match pattern[at] {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return Some(at + 1);
            }
            at += self.length(&pattern[at..]);
        }
        None
    }

    /// How many bytes of a pattern belong together: an escaped character or a bracket expression.
    fn length(self, pattern: &[u8]) -> usize {
        match pattern[0] {
            b'\\' if !self.has(super::FNM_NOESCAPE) && pattern.len() > 1 => 2,
            b'[' => self.bracket(pattern, 0).map_or(1, |(_, length)| length),
            _ => 1,
        }
    }

    /// Where a group of the kind `kind` may end.
    fn of_group(
        self,
        kind: u8,
        inside: &[u8],
        string: &[u8],
        places: Places,
        depth: u32,
    ) -> Result<Places, Unanswered> {
        let depth = depth.checked_sub(1).ok_or(Unanswered)?;
        let once = |places: &Places| self.alternatives(inside, string, places, depth);
        match kind {
            b'@' => once(&places),
            b'?' => {
                let mut ends = once(&places)?;
                ends.add(&places);
                Ok(ends)
            }
            b'*' | b'+' => {
                let mut ends = if kind == b'*' { places } else { once(&places)? };
                let mut more = ends.copy()?;
                loop {
                    more = once(&more)?;
                    if !ends.add(&more) {
                        return Ok(ends);
                    }
                }
            }
            _ => {
                let mut ends = Places::none(string.len())?;
                for at in places.each() {
                    let mut all = Places::none(string.len())?;
                    if self.is_hidden(string, at) {
                        continue;
                    }
                    self.through(string, at, &mut all);
                    let mut start = Places::none(string.len())?;
                    start.0[at] = true;
                    let matched = once(&start)?;
                    for end in all.each().filter(|&end| !matched.0[end]) {
                        ends.0[end] = true;
                    }
                }
                Ok(ends)
            }
        }
    }

    /// Where one of the patterns of a group may end.
    fn alternatives(
        self,
        inside: &[u8],
        string: &[u8],
        places: &Places,
        depth: u32,
    ) -> Result<Places, Unanswered> {
        let mut ends = Places::none(string.len())?;
        let (mut start, mut at, mut open) = (0, 0, 0_usize);
        while at <= inside.len() {
            match inside.get(at) {
                None | Some(b'|') if open == 0 || at == inside.len() => {
                    let pattern = &inside[start..at];
                    ends.add(&self.ends(pattern, string, places.copy()?, depth)?);
                    start = at + 1;
                }
                Some(b'(') => open += 1,
                Some(b')') => open = open.saturating_sub(1),
                _ => {}
            }
            at += inside
                .get(at..)
                .filter(|rest| !rest.is_empty())
                .map_or(1, |rest| self.length(rest));
        }
        Ok(ends)
    }
}
