//! Expressions with back-references, by trying: every way to match from the leftmost place is tried in the order of
//! preference, and the first of the longest wins. A long search does not try again what it knows to lead nowhere
//! ([`Seen`]), but the problem is NP-hard: with many groups that are referred to it takes exponential time at worst.

use super::program::{Program, State};
use super::text::Text;
use super::{Error, Execution, regmatch_t};
use crate::vec::Vec;

const UNSET: usize = usize::MAX;

/// What to do when a way has failed.
#[derive(Clone, Copy)]
enum Undo {
    /// Give a slot its old value.
    Slot(u32, usize),
    /// Try this instead.
    Try(u32, usize),
}

/// Finds the leftmost-longest match and its groups.
pub fn search(
    program: &Program,
    bytes: &[u8],
    execution: Execution,
    out: &mut [regmatch_t],
) -> Result<bool, Error> {
    let text = Text::new(bytes, program, execution);
    // Begin and end of each group, then where each repetition began.
    let groups = program.groups + 1;
    let slots = groups * 2 + program.loops as usize;
    let mut slot = Vec::filled(UNSET, slots)?;
    let mut best = Vec::filled(UNSET, groups * 2)?;
    let mut undo: Vec<Undo> = Vec::new();
    let mut seen = Seen::new(program)?;
    let mut start = 0;
    loop {
        if bytes
            .get(start)
            .is_none_or(|&b| program.first[usize::from(b)])
        {
            slot.fill(UNSET);
            undo.truncate(0);
            let found = from(
                program, &text, start, &mut slot, &mut undo, &mut best, &mut seen,
            )?;
            if let Some(end) = found {
                best[0] = start;
                best[1] = end;
                for (group, found) in out.iter_mut().enumerate() {
                    *found = regmatch_t::NONE;
                    if group < groups && best[group * 2 + 1] != UNSET {
                        *found = super::to_match((best[group * 2], best[group * 2 + 1]));
                    }
                }
                return Ok(true);
            }
        }
        match text.next(start) {
            Some((_, used)) if !program.anchored => start += used,
            _ => return Ok(false),
        }
    }
}

/// The longest match from `start`; leaves its groups in `best`.
fn from(
    program: &Program,
    text: &Text,
    start: usize,
    slot: &mut Vec<usize>,
    undo: &mut Vec<Undo>,
    best: &mut Vec<usize>,
    seen: &mut Seen,
) -> Result<Option<usize>, Error> {
    let groups = program.groups + 1;
    let mut longest: Option<usize> = None;
    let (mut state, mut at) = (0_u32, start);
    let set = |slot: &mut Vec<usize>, undo: &mut Vec<Undo>, number: u32, value: usize| {
        let old = core::mem::replace(&mut slot[number as usize], value);
        undo.push(Undo::Slot(number, old))
    };
    loop {
        let mut goes_on = true;
        match program.states[state as usize] {
            kind @ (State::Char(..) | State::Any | State::Set(_)) => match text.next(at) {
                Some((c, used)) if program.takes(kind, c) => {
                    at += used;
                    state += 1;
                }
                _ => goes_on = false,
            },
            State::Backref(group) => {
                let (begin, end) = (slot[group as usize * 2], slot[group as usize * 2 + 1]);
                match (end != UNSET)
                    .then(|| same(program, text, &text.bytes[begin..end], at))
                    .flatten()
                {
                    Some(end) => {
                        at = end;
                        state += 1;
                    }
                    None => goes_on = false,
                }
            }
            State::Assert(assertion) => {
                goes_on = text.holds(assertion, at);
                state += 1;
            }
            State::Split(a, b) => {
                goes_on = !seen.again(state, at, slot, groups * 2);
                if goes_on {
                    undo.push(Undo::Try(b, at))?;
                    state = a;
                }
            }
            State::Jump(next) => state = next,
            State::Open(group) => {
                // The begin of a group counts when it ends; until then the old pair stays whole.
                set(slot, undo, group * 2 + 1, UNSET)?;
                set(slot, undo, group * 2, at)?;
                state += 1;
            }
            State::Close(group) => {
                set(slot, undo, group * 2 + 1, at)?;
                state += 1;
            }
            State::Clear(first, last) => {
                for group in first..last {
                    if slot[group as usize * 2 + 1] != UNSET {
                        set(slot, undo, group * 2 + 1, UNSET)?;
                    }
                }
                state += 1;
            }
            State::Enter(number) => {
                set(slot, undo, (groups * 2) as u32 + number, at)?;
                state += 1;
            }
            State::Check(number) => {
                goes_on = slot[groups * 2 + number as usize] != at;
                state += 1;
            }
            State::Nop => state += 1,
            State::Match => {
                if longest.is_none_or(|end| at > end) {
                    longest = Some(at);
                    best.copy_from_slice(&slot[..groups * 2]);
                }
                if at == text.bytes.len() {
                    return Ok(longest);
                }
                goes_on = false;
            }
        }
        if goes_on {
            continue;
        }
        loop {
            match undo.pop() {
                Some(Undo::Slot(number, old)) => slot[number as usize] = old,
                Some(Undo::Try(next, place)) => {
                    (state, at) = (next, place);
                    break;
                }
                None => return Ok(longest),
            }
        }
    }
}

/// Branches of a search that is too short to be worth noting them; the unit tests' searches are all short.
const SHORT: usize = if cfg!(test) { 3 } else { 10_000 };
/// Words of memory for what was seen (16 MiB).
const ROOM: usize = 1 << 21;

/// Where the search has branched: the state, the place and all else that the ways on from there depend on, which are the
/// groups that are referred to and which repetitions have taken nothing yet. From a branch that was met before every way
/// was tried then, or it is what is being tried first.
struct Seen {
    /// Branches so far.
    branches: usize,
    /// The groups that are referred to.
    groups: Vec<u32>,
    /// Entries of `width` words; the first is 0 in a free one.
    table: Vec<usize>,
    width: usize,
    used: usize,
    /// The entry that is looked for.
    wanted: Vec<usize>,
}

impl Seen {
    fn new(program: &Program) -> Result<Self, Error> {
        let mut groups: Vec<u32> = Vec::new();
        for state in program.states.iter() {
            if let State::Backref(group) = *state
                && !groups.contains(&group)
            {
                groups.push(group)?;
            }
        }
        let width = 2 + 2 * groups.len() + (program.loops as usize).div_ceil(usize::BITS as usize);
        Ok(Seen {
            branches: 0,
            groups,
            table: Vec::new(),
            width,
            used: 0,
            wanted: Vec::filled(0, width)?,
        })
    }

    /// Notes a branch; whether it was there before. The slots of the repetitions begin at `loops`.
    fn again(&mut self, state: u32, at: usize, slot: &[usize], loops: usize) -> bool {
        self.branches += 1;
        if self.branches < SHORT {
            return false;
        }
        self.wanted[0] = state as usize + 1;
        self.wanted[1] = at;
        let mut next = 2;
        for &group in self.groups.iter() {
            let pair = group as usize * 2;
            self.wanted[next] = slot[pair];
            self.wanted[next + 1] = slot[pair + 1];
            next += 2;
        }
        for begins in slot[loops..].chunks(usize::BITS as usize) {
            let bit = |word, begin: &usize| word << 1 | usize::from(*begin == at);
            self.wanted[next] = begins.iter().fold(0, bit);
            next += 1;
        }
        if self.used * 2 >= self.entries() && !self.grow() {
            // What is forgotten may be tried again.
            self.table.fill(0);
            self.used = 0;
        }
        if self.table.is_empty() {
            return false;
        }
        let place = self.place(&self.wanted);
        let is_new = self.table[place] == 0;
        if is_new {
            self.table[place..place + self.width].copy_from_slice(&self.wanted);
            self.used += 1;
        }
        !is_new
    }

    fn entries(&self) -> usize {
        self.table.len() / self.width
    }

    /// Where an entry is or, if it is not there, belongs.
    fn place(&self, entry: &[usize]) -> usize {
        let mix =
            |hash: u64, word: &usize| (hash ^ *word as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let hash = entry
            .iter()
            .fold(0_u64, |hash, word| mix(hash.rotate_left(29), word));
        let mut number = (hash >> 32) as usize % self.entries();
        loop {
            let place = number * self.width;
            if self.table[place] == 0 || self.table[place..place + self.width] == *entry {
                return place;
            }
            number = (number + 1) % self.entries();
        }
    }

    /// Makes the table larger; false if it has its size or there is no memory.
    fn grow(&mut self) -> bool {
        let entries = (self.entries() * 2).max(256);
        if entries * self.width > ROOM {
            return false;
        }
        let Ok(larger) = Vec::filled(0, entries * self.width) else {
            return false;
        };
        let old = core::mem::replace(&mut self.table, larger);
        for entry in old.chunks(self.width).filter(|entry| entry[0] != 0) {
            let place = self.place(entry);
            self.table[place..place + self.width].copy_from_slice(entry);
        }
        true
    }
}

/// Whether the text at `at` goes on like `wanted`; the place after it.
fn same(program: &Program, text: &Text, wanted: &[u8], at: usize) -> Option<usize> {
    if !program.mode.fold {
        let end = at + wanted.len();
        return (text.bytes.get(at..end)? == wanted).then_some(end);
    }
    let (mut rest, mut at) = (wanted, at);
    while !rest.is_empty() {
        let (a, a_used) = super::text::decode(rest, text.utf8);
        let (b, b_used) = text.next(at)?;
        if super::class::cases(a, text.utf8) != super::class::cases(b, text.utf8) && a != b {
            return None;
        }
        rest = &rest[a_used..];
        at += b_used;
    }
    Some(at)
}
