//! Divides a match among the groups, from the top down: of a concatenation the left part takes as much as lets the right
//! one match the rest; of alternatives the first that matches the whole counts; of repetitions each takes as much as it can and
//! the last counts (POSIX.1 XBD 9.1, XSH regexec).

use super::program::{PartKind, Program};
use super::scratch::Scratch;
use super::search::{ends, starts};
use super::text::Text;
use super::{Error, Execution, Span, regmatch_t, to_match};
use crate::vec::Vec;

struct Resolver<'a> {
    program: &'a Program,
    text: Text<'a>,
    threads: Scratch<'a>,
    /// Bit set of places, counted from the start of the span it was made for.
    places: Vec<u64>,
}

/// Sets the elements of `out` after the first to the groups of the match at `span`.
pub fn resolve(
    program: &Program,
    bytes: &[u8],
    execution: Execution,
    span: Span,
    out: &mut [regmatch_t],
) -> Result<(), Error> {
    let mut resolver = Resolver {
        program,
        text: Text::new(bytes, program, execution),
        threads: Scratch::new(program)?,
        places: Vec::new(),
    };
    let mut todo: Vec<(u32, Span)> = Vec::new();
    todo.push((program.root, span))?;
    while let Some((part, span)) = todo.pop() {
        resolver.divide(part, span, out, &mut todo)?;
    }
    Ok(())
}

impl Resolver<'_> {
    fn bounds(&self, part: u32) -> (u32, u32) {
        let part = &self.program.parts[part as usize];
        (part.start, part.end)
    }

    /// Whether the part can match just this span.
    fn matches(&mut self, part: u32, span: Span) -> Result<bool, Error> {
        let mut is_match = false;
        let bounds = self.bounds(part);
        ends(
            self.program,
            &self.text,
            &mut self.threads,
            bounds,
            span,
            |end| {
                is_match = end == span.1;
                true
            },
        )?;
        Ok(is_match)
    }

    /// Notes all places in the span from which the part can match to its end.
    fn note_starts(&mut self, part: u32, span: Span) -> Result<(), Error> {
        let words = (span.1 - span.0) / 64 + 1;
        self.places.truncate(0);
        self.places.resize(words, 0)?;
        let places = &mut self.places;
        let bounds = {
            let part = &self.program.parts[part as usize];
            (part.start, part.end)
        };
        starts(
            self.program,
            &self.text,
            &mut self.threads,
            bounds,
            span,
            |place| {
                let offset = place - span.0;
                places[offset / 64] |= 1 << (offset % 64);
                true
            },
        )
    }

    /// The furthest end of the part from `span.0` that is among the noted places, which count from `base`.
    fn longest(&mut self, part: u32, span: Span, base: usize) -> Result<Option<usize>, Error> {
        let places = &self.places;
        let mut longest = None;
        let part = &self.program.parts[part as usize];
        ends(
            self.program,
            &self.text,
            &mut self.threads,
            (part.start, part.end),
            span,
            |end| {
                let offset = end - base;
                if places[offset / 64] >> (offset % 64) & 1 != 0 {
                    longest = Some(end);
                }
                true
            },
        )?;
        Ok(longest)
    }

    fn divide(
        &mut self,
        number: u32,
        span: Span,
        out: &mut [regmatch_t],
        todo: &mut Vec<(u32, Span)>,
    ) -> Result<(), Error> {
        let part = self.program.parts[number as usize];
        // Groups the caller did not ask for need no work.
        if part.groups.0 as usize >= out.len() {
            return Ok(());
        }
        match part.kind {
            PartKind::Leaf => {}
            PartKind::Group(group, inner) => {
                if let Some(slot) = out.get_mut(group as usize) {
                    *slot = to_match(span);
                }
                todo.push((inner, span))?;
            }
            PartKind::Alt(left, right) => {
                let taken = if self.matches(left, span)? {
                    left
                } else {
                    right
                };
                todo.push((taken, span))?;
            }
            PartKind::Cat(left, right) => {
                self.note_starts(right, span)?;
                if let Some(middle) = self.longest(left, span, span.0)? {
                    todo.push((right, (middle, span.1)))?;
                    todo.push((left, (span.0, middle)))?;
                }
            }
            PartKind::Option(inner, empty) => {
                if span.0 < span.1 || empty && self.matches(inner, span)? {
                    todo.push((inner, span))?;
                }
            }
            PartKind::Star(inner, empty) => {
                if span.0 == span.1 {
                    if empty && self.matches(inner, span)? {
                        todo.push((inner, span))?;
                    }
                    return Ok(());
                }
                self.note_starts(number, span)?;
                let mut last = span;
                let mut at = span.0;
                while at < span.1 {
                    match self.longest(inner, (at, span.1), span.0)? {
                        Some(end) if end > at => {
                            last = (at, end);
                            at = end;
                        }
                        _ => break,
                    }
                }
                // Groups of earlier repetitions do not count.
                for group in part.groups.0..part.groups.1 {
                    if let Some(slot) = out.get_mut(group as usize) {
                        *slot = regmatch_t::NONE;
                    }
                }
                todo.push((inner, last))?;
            }
        }
        Ok(())
    }
}
