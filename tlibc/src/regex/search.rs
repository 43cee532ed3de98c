//! The search for the leftmost-longest match: all states are followed through the text at once, each with the
//! leftmost place from which it can be reached (a Thompson simulation; O(text × states)).

use super::program::{Program, State};
use super::scratch::{Both, Scratch};
use super::text::Text;
use super::{Error, Execution, Span};
use crate::vec::Vec;

/// What the caller asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Whether there is a match.
    Existence,
    /// Where it is.
    Span,
}

/// States that were reached at one place, in the order of their starts.
pub struct Threads {
    /// State, and where its match would start.
    list: Vec<(u32, usize)>,
    /// For each state the round in which it was last reached.
    seen: Vec<u32>,
    round: u32,
    stack: Vec<u32>,
}

impl Threads {
    pub fn new(program: &Program) -> Result<Self, Error> {
        Ok(Threads {
            list: Vec::new(),
            seen: Vec::filled(0, program.states.len())?,
            round: 0,
            stack: Vec::new(),
        })
    }

    /// Starts the set of another place.
    pub fn clear(&mut self) {
        self.list.truncate(0);
        self.stack.truncate(0);
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.seen.fill(0);
            self.round = 1;
        }
    }

    /// Reaches a state at `at` and all that follow without a character, but goes no further than `end`. Returns
    /// whether `end` is among them. `WHOLE`: it is the end of the automaton, and states that neither branch nor test
    /// are passed over.
    fn reach<const WHOLE: bool>(
        &mut self,
        program: &Program,
        text: &Text,
        state: u32,
        end: u32,
        at: usize,
        start: usize,
    ) -> Result<bool, Error> {
        let mut is_end = false;
        let mut state = state;
        loop {
            if WHOLE {
                state = program.goals[state as usize];
            }
            let seen = &mut self.seen[state as usize];
            let after = if *seen == self.round {
                None
            } else if state == end {
                *seen = self.round;
                is_end = true;
                None
            } else {
                *seen = self.round;
                match program.states[state as usize] {
                    State::Char(..) | State::Any | State::Set(_) => {
                        self.list.push((state, start))?;
                        None
                    }
                    // Only the backtracking matcher runs these.
                    State::Backref(_) | State::Match => None,
                    State::Assert(assertion) if !text.holds(assertion, at) => None,
                    State::Split(a, b) => {
                        self.stack.push(b)?;
                        Some(a)
                    }
                    State::Jump(next) => Some(next),
                    _ => Some(state + 1),
                }
            };
            // A path is followed to its end before the next one is taken up.
            match after.or_else(|| self.stack.pop()) {
                Some(next) => state = next,
                None => break,
            }
        }
        Ok(is_end)
    }
}

/// References to the two sets, which change places at each character.
fn both(threads: &mut Both) -> (&mut Threads, &mut Threads) {
    (&mut threads.0, &mut threads.1)
}

/// Finds the leftmost of the longest matches.
pub fn search(
    program: &Program,
    bytes: &[u8],
    execution: Execution,
    wanted: Wanted,
) -> Result<Option<Span>, Error> {
    let text = Text::new(bytes, program, execution);
    let accept = (program.states.len() - 1) as u32;
    let mut scratch = Scratch::new(program)?;
    let (mut now, mut next) = both(&mut scratch);
    let mut best: Option<Span> = None;
    let mut at = 0;
    now.clear();
    loop {
        if best.is_none() && (at == 0 || !program.anchored) {
            if now.list.is_empty() && at < bytes.len() {
                // Nothing is under way: go on to the next byte that can start a match. A match of nothing, or one that
                // begins with an assertion, can start anywhere, which `first` says.
                match bytes[at..]
                    .iter()
                    .position(|&b| program.first[usize::from(b)])
                {
                    Some(skipped) => at += skipped,
                    None => at = bytes.len(),
                }
                now.clear();
            }
            let can_start = bytes.get(at).is_none_or(|&b| program.first[usize::from(b)]);
            if can_start && now.reach::<true>(program, &text, 0, accept, at, at)? {
                best = Some((at, at));
            }
        }
        if best.is_some() && wanted == Wanted::Existence {
            return Ok(best);
        }
        if now.list.is_empty() && (best.is_some() || program.anchored) {
            return Ok(best);
        }
        let Some((c, used)) = text.next(at) else {
            return Ok(best);
        };
        next.clear();
        for &(state, start) in now.list.iter() {
            if best.is_some_and(|(found, _)| start > found) {
                break;
            }
            if program.takes(program.states[state as usize], c)
                && next.reach::<true>(program, &text, state + 1, accept, at + used, start)?
            {
                // The first to arrive has the leftmost start.
                best = Some((start, at + used));
            }
        }
        at += used;
        core::mem::swap(&mut now, &mut next);
    }
}

/// Calls `found` for each end up to `limit` that part of the automaton from `start` to `end` can reach from `from`, in
/// ascending order, until it returns false.
pub fn ends(
    program: &Program,
    text: &Text,
    threads: &mut Both,
    (start, end): (u32, u32),
    (from, limit): Span,
    mut found: impl FnMut(usize) -> bool,
) -> Result<(), Error> {
    let (mut now, mut next) = both(threads);
    let mut at = from;
    now.clear();
    if now.reach::<false>(program, text, start, end, at, 0)? && !found(at) {
        return Ok(());
    }
    while at < limit && !now.list.is_empty() {
        let Some((c, used)) = text.next(at) else {
            break;
        };
        next.clear();
        let mut is_end = false;
        for &(state, _) in now.list.iter() {
            if program.takes(program.states[state as usize], c) {
                is_end |= next.reach::<false>(program, text, state + 1, end, at + used, 0)?;
            }
        }
        at += used;
        if is_end && at <= limit && !found(at) {
            return Ok(());
        }
        core::mem::swap(&mut now, &mut next);
    }
    Ok(())
}

/// Calls `found` for each place from which part of the automaton can match up to `to`, in descending order, down to
/// `limit`, until it returns false.
pub fn starts(
    program: &Program,
    text: &Text,
    threads: &mut Both,
    (start, end): (u32, u32),
    (limit, to): Span,
    mut found: impl FnMut(usize) -> bool,
) -> Result<(), Error> {
    let (mut now, mut next) = both(threads);
    let mut at = to;
    now.clear();
    now.stack.push(end)?;
    loop {
        // Close `now` backwards at `at`: its list gets the states that are reached after a character.
        let mut is_start = false;
        while let Some(state) = now.stack.pop() {
            let seen = &mut now.seen[state as usize];
            if *seen == now.round {
                continue;
            }
            *seen = now.round;
            if state == start {
                is_start = true;
                continue;
            }
            let range = program.before_start[state as usize] as usize
                ..program.before_start[state as usize + 1] as usize;
            for &before in &program.before[range] {
                match program.states[before as usize] {
                    State::Char(..) | State::Any | State::Set(_) => now.list.push((before, 0))?,
                    State::Backref(_) | State::Match => {}
                    State::Assert(assertion) if !text.holds(assertion, at) => {}
                    _ => now.stack.push(before)?,
                }
            }
        }
        if is_start && !found(at) {
            return Ok(());
        }
        if at <= limit || now.list.is_empty() {
            return Ok(());
        }
        let Some((c, used)) = text.previous(at) else {
            return Ok(());
        };
        next.clear();
        for &(state, _) in now.list.iter() {
            if program.takes(program.states[state as usize], c) {
                next.stack.push(state)?;
            }
        }
        at -= used;
        core::mem::swap(&mut now, &mut next);
    }
}
