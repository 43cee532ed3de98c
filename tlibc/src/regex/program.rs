//! The automaton of an expression: states with at most two exits, and beside it a plan of how groups nest, by which a
//! match is divided. Parts without groups are leaves of the plan.

use super::class::{Mode, Sets, cases};
use super::parse::{Node, NodeId, Tree, parse};
use super::scratch::Spare;
use super::{Error, REG_ICASE, REG_NEWLINE};
use crate::types::c_int;
use crate::vec::Vec;

/// States an expression may unroll to (an automaton of some ten megabytes).
const STATES_MAX: usize = 400_000;

/// A condition on a place in the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Assertion {
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    WordStart,
    WordEnd,
    WordEdge,
    NotWordEdge,
}

/// What a state does; all but the last three kinds of test go on to the next number.
#[derive(Clone, Copy)]
pub enum State {
    /// Takes one of these two characters (the cases of a letter).
    Char(u32, u32),
    Any,
    Set(u32),
    Backref(u32),
    Assert(Assertion),
    /// Goes on at both, the first being preferred.
    Split(u32, u32),
    Jump(u32),
    /// Group `n` begins or ends (for backtracking).
    Open(u32),
    Close(u32),
    /// The groups in this range have taken no part in this repetition.
    Clear(u32, u32),
    /// A repetition begins; it must take a character if its number's check is met.
    Enter(u32),
    Check(u32),
    Nop,
    Match,
}

/// A part of the plan: what it is, and where its automaton begins and ends.
#[derive(Clone, Copy)]
pub struct Part {
    pub kind: PartKind,
    /// First state.
    pub start: u32,
    /// The state that is reached when the part has matched; belongs to the part.
    pub end: u32,
    /// Groups inside: first, and one past the last.
    pub groups: (u32, u32),
}

#[derive(Clone, Copy)]
pub enum PartKind {
    /// Nothing to find out.
    Leaf,
    Group(u32, u32),
    Cat(u32, u32),
    Alt(u32, u32),
    /// Once or not at all; whether it may be once for nothing.
    Option(u32, bool),
    /// Any number of times; whether it may be once for nothing.
    Star(u32, bool),
}

/// A compiled expression.
pub struct Program {
    pub states: Vec<State>,
    pub parts: Vec<Part>,
    pub sets: Sets,
    pub mode: Mode,
    /// The plan's root.
    pub root: u32,
    pub groups: usize,
    pub loops: u32,
    pub flags: c_int,
    pub utf8: bool,
    pub newline: bool,
    pub has_backrefs: bool,
    /// Whether a byte can start a match; all can if the empty text can match.
    pub first: [bool; 256],
    /// Matches can only start where the text starts.
    pub anchored: bool,
    /// States from which an end can be reached backwards: for each state, those that lead to it.
    pub before: Vec<u32>,
    pub before_start: Vec<u32>,
    /// For each state the first one from there on that does more than lead to another.
    pub goals: Vec<u32>,
    /// The memory of the last search.
    pub spare: Spare,
}

struct Builder<'a> {
    tree: &'a Tree,
    mode: Mode,
    states: Vec<State>,
    parts: Vec<Part>,
    loops: u32,
}

impl Program {
    /// Compiles an expression.
    pub fn compile(pattern: &[u8], flags: c_int, utf8: bool) -> Result<Program, Error> {
        let mode = Mode {
            utf8,
            fold: flags & REG_ICASE != 0,
            newline: flags & REG_NEWLINE != 0,
        };
        let tree = parse(pattern, flags, mode)?;
        let mut builder = Builder {
            tree: &tree,
            mode,
            states: Vec::new(),
            parts: Vec::new(),
            loops: 0,
        };
        let root = builder.part(tree.root, 1)?;
        builder.states.push(State::Match)?;
        let Builder {
            states,
            parts,
            loops,
            ..
        } = builder;
        let mut program = Program {
            states,
            parts,
            mode,
            root,
            groups: tree.groups as usize,
            has_backrefs: tree.has_backrefs,
            sets: tree.sets,
            loops,
            flags,
            utf8,
            newline: mode.newline,
            first: [false; 256],
            anchored: false,
            before: Vec::new(),
            before_start: Vec::new(),
            goals: Vec::new(),
            spare: Spare::new(),
        };
        program.find_goals()?;
        program.find_predecessors()?;
        program.find_first()?;
        Ok(program)
    }

    /// The states a state leads to.
    pub fn exits(&self, at: u32) -> (Option<u32>, Option<u32>) {
        match self.states[at as usize] {
            State::Split(a, b) => (Some(a), Some(b)),
            State::Jump(a) => (Some(a), None),
            State::Match => (None, None),
            _ => (Some(at + 1), None),
        }
    }

    fn find_predecessors(&mut self) -> Result<(), Error> {
        let count = self.states.len();
        let mut starts = Vec::filled(0_u32, count + 1)?;
        let both = |program: &Program, at: usize| {
            let (a, b) = program.exits(at as u32);
            [a, b]
        };
        for at in 0..count {
            for exit in both(self, at).into_iter().flatten() {
                starts[exit as usize + 1] += 1;
            }
        }
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let mut next = Vec::new();
        next.extend(&starts)?;
        let mut before = Vec::filled(0_u32, starts[count] as usize)?;
        for at in 0..count {
            for exit in both(self, at).into_iter().flatten() {
                let slot = &mut next[exit as usize];
                before[*slot as usize] = at as u32;
                *slot += 1;
            }
        }
        self.before = before;
        self.before_start = starts;
        Ok(())
    }

    fn find_goals(&mut self) -> Result<(), Error> {
        let count = self.states.len();
        let mut goals = Vec::filled(0_u32, count)?;
        for at in (0..count).rev() {
            goals[at] = match self.states[at] {
                State::Open(_)
                | State::Close(_)
                | State::Clear(..)
                | State::Enter(_)
                | State::Check(_)
                | State::Nop => goals[at + 1],
                State::Jump(next) if next as usize > at => goals[next as usize],
                // Back to where a repetition branches.
                State::Jump(next) => next,
                _ => at as u32,
            };
        }
        self.goals = goals;
        Ok(())
    }

    /// Looks what a match can start with.
    fn find_first(&mut self) -> Result<(), Error> {
        let mut seen = Vec::filled(false, self.states.len())?;
        let mut todo: Vec<u32> = Vec::new();
        let mut first = [false; 256];
        let mut anchored = true;
        todo.push(0)?;
        while let Some(at) = todo.pop() {
            if core::mem::replace(&mut seen[at as usize], true) {
                continue;
            }
            let mut consumes = true;
            match self.states[at as usize] {
                State::Char(a, b) => {
                    for c in [a, b] {
                        first[first_byte(c, self.utf8)] = true;
                    }
                }
                State::Any => first = [true; 256],
                State::Set(set) => {
                    let high = self.sets.may_hold_high(set as usize);
                    for (byte, first) in first.iter_mut().enumerate() {
                        *first |= if byte < 128 {
                            self.sets.contains(set as usize, byte as u32, self.mode)
                        } else {
                            high || self.mode.fold
                        };
                    }
                }
                State::Backref(_) | State::Match => first = [true; 256],
                // An assertion may hold before any byte, and at the end.
                State::Assert(assertion) => {
                    let at_start = match assertion {
                        Assertion::LineStart => !self.newline,
                        Assertion::TextStart => true,
                        _ => false,
                    };
                    if at_start {
                        first = [true; 256];
                        continue;
                    }
                    consumes = false;
                }
                _ => consumes = false,
            }
            if consumes {
                anchored = false;
                continue;
            }
            let (a, b) = self.exits(at);
            for exit in [a, b].into_iter().flatten() {
                todo.push(exit)?;
            }
        }
        self.first = first;
        self.anchored = anchored;
        Ok(())
    }

    /// Whether a state that takes a character takes this one.
    #[inline]
    pub fn takes(&self, state: State, c: u32) -> bool {
        match state {
            State::Char(a, b) => c == a || c == b,
            State::Any => !(self.newline && c == u32::from(b'\n')) && c < super::text::BAD_BYTE,
            State::Set(set) => self.sets.contains(set as usize, c, self.mode),
            _ => false,
        }
    }
}

/// The first byte of a character's bytes.
fn first_byte(c: u32, utf8: bool) -> usize {
    if c >= super::text::BAD_BYTE {
        return (c - super::text::BAD_BYTE) as usize;
    }
    if c < 0x80 || !utf8 {
        return c as usize & 0xff;
    }
    let mut bytes = [0; 4];
    match char::from_u32(c) {
        Some(c) => usize::from(c.encode_utf8(&mut bytes).as_bytes()[0]),
        None => 0,
    }
}

impl Builder<'_> {
    fn emit(&mut self, state: State) -> Result<u32, Error> {
        if self.states.len() >= STATES_MAX {
            return Err(Error::Space);
        }
        self.states.push(state)?;
        Ok((self.states.len() - 1) as u32)
    }

    fn here(&self) -> u32 {
        self.states.len() as u32
    }

    /// Groups inside a node, counted from `first`: one past the last. Groups are numbered in the order of the text,
    /// so those of a node are contiguous.
    fn groups_in(&self, node: NodeId, first: u32) -> u32 {
        match self.tree.nodes[node as usize] {
            Node::Cat(a, b) | Node::Alt(a, b) => {
                let (mut middle, mut rest) = (self.groups_in(a, first), b);
                // The list can be long: no recursion along it.
                while let Node::Cat(a, b) | Node::Alt(a, b) = self.tree.nodes[rest as usize] {
                    middle = self.groups_in(a, middle);
                    rest = b;
                }
                self.groups_in(rest, middle)
            }
            Node::Repeat(a, ..) => self.groups_in(a, first),
            Node::Group(n, a) => self.groups_in(a, n + 1),
            _ => first,
        }
    }

    /// Makes states and plan of a node, whose first group would be number `first`.
    fn part(&mut self, node: NodeId, first: u32) -> Result<u32, Error> {
        let last = self.groups_in(node, first);
        let start = self.emit(State::Nop)?;
        let kind = if last == first {
            self.leaf(node)?;
            PartKind::Leaf
        } else {
            match self.tree.nodes[node as usize] {
                Node::Group(n, inner) => {
                    self.emit(State::Open(n))?;
                    let inner = self.part(inner, n + 1)?;
                    self.emit(State::Close(n))?;
                    PartKind::Group(n, inner)
                }
                Node::Cat(a, b) => return self.concatenation(a, b, first, start),
                Node::Alt(a, b) => return self.alternatives(a, b, first, last, start),
                Node::Repeat(inner, min, max) => {
                    return self.repeat(inner, min, max, first, last, start);
                }
                _ => PartKind::Leaf,
            }
        };
        let end = self.emit(State::Nop)?;
        self.plan(kind, start, end, (first, last))
    }

    fn plan(
        &mut self,
        kind: PartKind,
        start: u32,
        end: u32,
        groups: (u32, u32),
    ) -> Result<u32, Error> {
        self.parts.push(Part {
            kind,
            start,
            end,
            groups,
        })?;
        Ok((self.parts.len() - 1) as u32)
    }

    /// Joins parts, given with their groups in the order of the text, to a list that leans to the right.
    fn join(&mut self, items: &[(u32, u32)], start: u32, last: u32) -> Result<u32, Error> {
        let Some((&(tail, _), rest)) = items.split_last() else {
            let end = self.emit(State::Nop)?;
            return self.plan(PartKind::Leaf, start, end, (last, last));
        };
        let end = self.parts[tail as usize].end;
        let mut tail = tail;
        for &(item, first) in rest.iter().rev() {
            let begin = self.parts[item as usize].start;
            tail = self.plan(PartKind::Cat(item, tail), begin, end, (first, last))?;
        }
        Ok(tail)
    }

    fn concatenation(
        &mut self,
        a: NodeId,
        b: NodeId,
        first: u32,
        start: u32,
    ) -> Result<u32, Error> {
        let mut items: Vec<(u32, u32)> = Vec::new();
        let (mut node, mut rest, mut group) = (a, Some(b), first);
        loop {
            let part = self.part(node, group)?;
            items.push((part, group))?;
            group = self.groups_in(node, group);
            match rest {
                None => break,
                Some(next) => match self.tree.nodes[next as usize] {
                    Node::Cat(a, b) => (node, rest) = (a, Some(b)),
                    _ => (node, rest) = (next, None),
                },
            }
        }
        self.join(&items, start, group)
    }

    /// Alternatives with groups inside, as a list that leans to the right.
    fn alternatives(
        &mut self,
        a: NodeId,
        b: NodeId,
        first: u32,
        last: u32,
        start: u32,
    ) -> Result<u32, Error> {
        /// An alternative that others follow.
        #[derive(Clone, Copy)]
        struct Open {
            start: u32,
            part: u32,
            jump: u32,
            first: u32,
        }
        let mut open: Vec<Open> = Vec::new();
        let (mut start, mut left, mut right, mut group) = (start, a, b, first);
        loop {
            let split = self.emit(State::Nop)?;
            let part = self.part(left, group)?;
            let jump = self.emit(State::Nop)?;
            self.states[split as usize] = State::Split(split + 1, self.here());
            let first = group;
            open.push(Open {
                start,
                part,
                jump,
                first,
            })?;
            group = self.groups_in(left, group);
            let Node::Alt(a, b) = self.tree.nodes[right as usize] else {
                break;
            };
            start = self.emit(State::Nop)?;
            (left, right) = (a, b);
        }
        let mut tail = self.part(right, group)?;
        while let Some(item) = open.pop() {
            self.states[item.jump as usize] = State::Jump(self.here());
            let end = self.emit(State::Nop)?;
            let kind = PartKind::Alt(item.part, tail);
            tail = self.plan(kind, item.start, end, (item.first, last))?;
        }
        Ok(tail)
    }

    /// Unrolls a repetition that has groups inside.
    fn repeat(
        &mut self,
        inner: NodeId,
        min: u32,
        max: u32,
        first: u32,
        last: u32,
        start: u32,
    ) -> Result<u32, Error> {
        let groups = (first, last);
        let mut items: Vec<(u32, u32)> = Vec::new();
        for _ in 0..min {
            self.emit(State::Clear(first, last))?;
            let part = self.part(inner, first)?;
            items.push((part, first))?;
        }
        if max == u32::MAX {
            let begin = self.emit(State::Nop)?;
            let number = self.loops;
            self.loops += 1;
            let split = self.emit(State::Nop)?;
            self.emit(State::Enter(number))?;
            self.emit(State::Clear(first, last))?;
            let body = self.part(inner, first)?;
            self.emit(State::Check(number))?;
            self.emit(State::Jump(split))?;
            self.states[split as usize] = State::Split(split + 1, self.here());
            let end = self.emit(State::Nop)?;
            let part = self.plan(PartKind::Star(body, min == 0), begin, end, groups)?;
            items.push((part, first))?;
        } else if max > min {
            // x{0,3} is (x(x(x)?)?)?: the plan nests, but as the tail of a list each time.
            let mut open: Vec<(u32, u32, u32)> = Vec::new();
            for count in min..max {
                let begin = self.emit(State::Nop)?;
                let split = self.emit(State::Nop)?;
                let number = self.loops;
                self.loops += 1;
                if count > 0 {
                    self.emit(State::Enter(number))?;
                }
                self.emit(State::Clear(first, last))?;
                let body = self.part(inner, first)?;
                if count > 0 {
                    self.emit(State::Check(number))?;
                }
                open.push((begin, split, body))?;
            }
            let mut tail: Option<u32> = None;
            for count in (min..max).rev() {
                let Some((begin, split, body)) = open.pop() else {
                    break;
                };
                let body = match tail {
                    None => body,
                    Some(tail) => {
                        let (from, to) = (
                            self.parts[body as usize].start,
                            self.parts[tail as usize].end,
                        );
                        self.plan(PartKind::Cat(body, tail), from, to, groups)?
                    }
                };
                let end = self.emit(State::Nop)?;
                self.states[split as usize] = State::Split(split + 1, end);
                tail = Some(self.plan(PartKind::Option(body, count == 0), begin, end, groups)?);
            }
            if let Some(tail) = tail {
                items.push((tail, first))?;
            }
        }
        self.join(&items, start, last)
    }

    /// States of a node without groups.
    fn leaf(&mut self, node: NodeId) -> Result<(), Error> {
        match self.tree.nodes[node as usize] {
            Node::Empty => {}
            Node::Char(c) => {
                let (a, b) = if self.mode.fold {
                    cases(c, self.mode.utf8)
                } else {
                    (c, c)
                };
                self.emit(State::Char(a, b))?;
            }
            Node::Any => {
                self.emit(State::Any)?;
            }
            Node::Set(set) => {
                self.emit(State::Set(set as u32))?;
            }
            Node::Assert(assertion) => {
                self.emit(State::Assert(assertion))?;
            }
            Node::Backref(group) => {
                self.emit(State::Backref(group))?;
            }
            Node::Cat(a, b) => {
                self.leaf(a)?;
                let mut rest = b;
                while let Node::Cat(a, b) = self.tree.nodes[rest as usize] {
                    self.leaf(a)?;
                    rest = b;
                }
                self.leaf(rest)?;
            }
            Node::Alt(a, b) => {
                let mut jumps: Vec<u32> = Vec::new();
                let (mut left, mut right) = (a, b);
                loop {
                    let split = self.emit(State::Nop)?;
                    self.leaf(left)?;
                    jumps.push(self.emit(State::Nop)?)?;
                    self.states[split as usize] = State::Split(split + 1, self.here());
                    let Node::Alt(a, b) = self.tree.nodes[right as usize] else {
                        break;
                    };
                    (left, right) = (a, b);
                }
                self.leaf(right)?;
                for &jump in jumps.iter() {
                    self.states[jump as usize] = State::Jump(self.here());
                }
            }
            Node::Repeat(inner, min, max) => {
                for _ in 0..min {
                    // A state for each, or repetitions of nothing would escape the limit.
                    self.emit(State::Nop)?;
                    self.leaf(inner)?;
                }
                if max == u32::MAX {
                    let number = self.loops;
                    self.loops += 1;
                    let split = self.emit(State::Nop)?;
                    self.emit(State::Enter(number))?;
                    self.leaf(inner)?;
                    self.emit(State::Check(number))?;
                    self.emit(State::Jump(split))?;
                    self.states[split as usize] = State::Split(split + 1, self.here());
                } else {
                    let mut splits: Vec<u32> = Vec::new();
                    for _ in min..max {
                        let split = self.emit(State::Nop)?;
                        splits.push(split)?;
                        self.leaf(inner)?;
                    }
                    let here = self.here();
                    for &split in splits.iter() {
                        self.states[split as usize] = State::Split(split + 1, here);
                    }
                }
            }
            // A group is no leaf.
            Node::Group(..) => {}
        }
        Ok(())
    }
}
