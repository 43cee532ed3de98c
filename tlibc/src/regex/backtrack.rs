//! Expressions with back-references, by trying: every way to match from the leftmost place is tried in the order of
//! preference, and the first of the longest wins. Takes exponential time at worst, as the problem is NP-hard.

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
    let mut start = 0;
    loop {
        if bytes
            .get(start)
            .is_none_or(|&b| program.first[usize::from(b)])
        {
            slot.fill(UNSET);
            undo.truncate(0);
            let found = from(
                program, &text, start, groups, &mut slot, &mut undo, &mut best,
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
    groups: usize,
    slot: &mut Vec<usize>,
    undo: &mut Vec<Undo>,
    best: &mut Vec<usize>,
) -> Result<Option<usize>, Error> {
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
                undo.push(Undo::Try(b, at))?;
                state = a;
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
