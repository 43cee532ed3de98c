//! The expression as a tree. Where POSIX leaves a form undefined, the reading is the GNU library's.

use super::class::{Mode, Sets, class_named};
use super::program::Assertion;
use super::text::decode;
use super::{Error, REG_EXTENDED};
use crate::types::c_int;
use crate::vec::Vec;

/// The largest count in an interval (`RE_DUP_MAX`).
const DUP_MAX: u32 = 0x7fff;
/// Groups within groups, or repetitions of repetitions; the stack holds a frame for each.
const DEPTH_MAX: usize = 200;

/// Number of a node.
pub type NodeId = u32;

/// A part of an expression.
#[derive(Clone, Copy)]
pub enum Node {
    Empty,
    Char(u32),
    /// Any character (with `REG_NEWLINE` except the newline).
    Any,
    Set(usize),
    Assert(Assertion),
    Backref(u32),
    Cat(NodeId, NodeId),
    Alt(NodeId, NodeId),
    /// At least and at most so many times; no maximum is `u32::MAX`.
    Repeat(NodeId, u32, u32),
    Group(u32, NodeId),
}

/// A parsed expression.
pub struct Tree {
    pub nodes: Vec<Node>,
    pub sets: Sets,
    pub root: NodeId,
    pub groups: u32,
    pub has_backrefs: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Token {
    End,
    Char(u32),
    Any,
    Bracket,
    Open,
    Close,
    Alt,
    Star,
    Plus,
    Question,
    Brace,
    Assert(Assertion),
    Backref(u32),
    /// `\w \W \s \S`: the class's name, and whether it is the complement.
    Class(&'static [u8], bool),
}

struct Parser<'a> {
    pattern: &'a [u8],
    at: usize,
    /// The token that comes next, and where it ends.
    token: Token,
    after: usize,
    extended: bool,
    mode: Mode,
    nodes: Vec<Node>,
    sets: Sets,
    groups: u32,
    /// Bit n: group n is complete.
    complete: u32,
    has_backrefs: bool,
    depth: usize,
}

/// Parses an expression.
pub fn parse(pattern: &[u8], flags: c_int, mode: Mode) -> Result<Tree, Error> {
    let mut parser = Parser {
        pattern,
        at: 0,
        token: Token::End,
        after: 0,
        extended: flags & REG_EXTENDED != 0,
        mode,
        nodes: Vec::new(),
        sets: Sets::default(),
        groups: 0,
        complete: 0,
        has_backrefs: false,
        depth: 0,
    };
    parser.peek(true)?;
    let root = parser.alternatives()?;
    Ok(Tree {
        nodes: parser.nodes,
        sets: parser.sets,
        root,
        groups: parser.groups,
        has_backrefs: parser.has_backrefs,
    })
}

impl Parser<'_> {
    fn node(&mut self, node: Node) -> Result<NodeId, Error> {
        self.nodes.push(node)?;
        Ok((self.nodes.len() - 1) as NodeId)
    }

    /// Takes the token and looks at the next; `caret` says whether a `^` would be an anchor in a basic expression.
    fn advance(&mut self, caret: bool) -> Result<(), Error> {
        self.at = self.after;
        self.peek(caret)
    }

    fn peek(&mut self, caret: bool) -> Result<(), Error> {
        (self.token, self.after) = self.token_at(self.at, caret)?;
        Ok(())
    }

    /// The token at `at` and where it ends.
    fn token_at(&self, at: usize, caret: bool) -> Result<(Token, usize), Error> {
        let Some(&byte) = self.pattern.get(at) else {
            return Ok((Token::End, at));
        };
        if byte == b'\\' {
            let Some(&escaped) = self.pattern.get(at + 1) else {
                return Err(Error::Escape);
            };
            let token = match escaped {
                b'|' if !self.extended => Token::Alt,
                b'1'..=b'9' => Token::Backref((escaped - b'0').into()),
                b'<' => Token::Assert(Assertion::WordStart),
                b'>' => Token::Assert(Assertion::WordEnd),
                b'b' => Token::Assert(Assertion::WordEdge),
                b'B' => Token::Assert(Assertion::NotWordEdge),
                b'`' => Token::Assert(Assertion::TextStart),
                b'\'' => Token::Assert(Assertion::TextEnd),
                b'w' => Token::Class(b"alnum", false),
                b'W' => Token::Class(b"alnum", true),
                b's' => Token::Class(b"space", false),
                b'S' => Token::Class(b"space", true),
                b'(' if !self.extended => Token::Open,
                b')' if !self.extended => Token::Close,
                b'{' if !self.extended => Token::Brace,
                b'+' if !self.extended => Token::Plus,
                b'?' if !self.extended => Token::Question,
                _ => {
                    let (c, used) = decode(&self.pattern[at + 1..], self.mode.utf8);
                    return Ok((Token::Char(c), at + 1 + used));
                }
            };
            return Ok((token, at + 2));
        }
        let token = match byte {
            b'.' => Token::Any,
            b'[' => Token::Bracket,
            b'*' => Token::Star,
            b'+' if self.extended => Token::Plus,
            b'?' if self.extended => Token::Question,
            b'|' if self.extended => Token::Alt,
            b'(' if self.extended => Token::Open,
            b')' if self.extended => Token::Close,
            b'{' if self.extended => Token::Brace,
            b'^' if self.extended || caret || at == 0 => Token::Assert(Assertion::LineStart),
            b'$' if self.extended || self.is_end(at + 1)? => Token::Assert(Assertion::LineEnd),
            _ => {
                let (c, used) = decode(&self.pattern[at..], self.mode.utf8);
                return Ok((Token::Char(c), at + used));
            }
        };
        Ok((token, at + 1))
    }

    /// Whether a `$` before `at` ends a basic expression or a part of it.
    fn is_end(&self, at: usize) -> Result<bool, Error> {
        let rest = &self.pattern[at..];
        Ok(rest.is_empty() || rest.starts_with(b"\\)") || rest.starts_with(b"\\|"))
    }

    /// Alternatives, as a list that leans to the right.
    fn alternatives(&mut self) -> Result<NodeId, Error> {
        let mut items: Vec<NodeId> = Vec::new();
        let mut tail = self.branch()?;
        while self.token == Token::Alt {
            items.push(tail)?;
            self.advance(true)?;
            tail = self.branch()?;
        }
        while let Some(item) = items.pop() {
            tail = self.node(Node::Alt(item, tail))?;
        }
        Ok(tail)
    }

    /// A concatenation, as a list that leans to the right.
    fn branch(&mut self) -> Result<NodeId, Error> {
        let mut items: Vec<NodeId> = Vec::new();
        loop {
            match self.token {
                Token::End | Token::Alt => break,
                Token::Close if self.depth > 0 => break,
                _ => {}
            }
            let item = self.expression()?;
            items.push(item)?;
        }
        let Some(mut tail) = items.pop() else {
            return self.node(Node::Empty);
        };
        while let Some(item) = items.pop() {
            tail = self.node(Node::Cat(item, tail))?;
        }
        Ok(tail)
    }

    /// One character, set, group or anchor with its repetitions.
    fn expression(&mut self) -> Result<NodeId, Error> {
        let node = match self.token {
            Token::Assert(assertion) => {
                // An anchor takes no repetition, and a `^` behind it is a character.
                self.advance(false)?;
                return self.node(Node::Assert(assertion));
            }
            Token::Char(c) => self.leaf(Node::Char(c))?,
            Token::Any => self.leaf(Node::Any)?,
            Token::Star | Token::Plus | Token::Question if self.extended => {
                return Err(Error::Repetition);
            }
            Token::Brace => return Err(Error::Repetition),
            Token::Star => self.leaf(Node::Char(b'*'.into()))?,
            Token::Plus => self.leaf(Node::Char(b'+'.into()))?,
            Token::Question => self.leaf(Node::Char(b'?'.into()))?,
            // Outside a group an extended expression's `)` is a character.
            Token::Close if self.extended => self.leaf(Node::Char(b')'.into()))?,
            Token::Close => return Err(Error::Parenthesis),
            Token::Backref(group) => {
                if self.complete & 1 << group == 0 {
                    return Err(Error::Subexpression);
                }
                self.has_backrefs = true;
                self.leaf(Node::Backref(group))?
            }
            Token::Class(name, negated) => {
                self.sets.begin();
                if let Some(class) = class_named(name) {
                    self.sets.class(class)?;
                }
                if name == b"alnum" {
                    self.sets.range(b'_'.into(), b'_'.into())?;
                }
                // These do match a newline.
                let mode = Mode {
                    newline: false,
                    ..self.mode
                };
                let set = self.sets.end(negated, mode)?;
                self.leaf(Node::Set(set))?
            }
            Token::Bracket => {
                self.at = self.after;
                let set = self.bracket()?;
                self.peek(false)?;
                self.node(Node::Set(set))?
            }
            Token::Open => self.group()?,
            Token::End | Token::Alt => return self.node(Node::Empty),
        };
        self.repetitions(node)
    }

    fn leaf(&mut self, node: Node) -> Result<NodeId, Error> {
        self.advance(false)?;
        self.node(node)
    }

    fn group(&mut self) -> Result<NodeId, Error> {
        if self.depth == DEPTH_MAX {
            return Err(Error::Space);
        }
        self.groups += 1;
        let number = self.groups;
        self.depth += 1;
        self.advance(true)?;
        let inner = self.alternatives()?;
        if self.token != Token::Close {
            return Err(Error::Parenthesis);
        }
        self.depth -= 1;
        self.advance(false)?;
        if number <= 9 {
            self.complete |= 1 << number;
        }
        self.node(Node::Group(number, inner))
    }

    fn repetitions(&mut self, mut node: NodeId) -> Result<NodeId, Error> {
        let mut depth = 0;
        loop {
            let (min, max) = match self.token {
                Token::Star => (0, u32::MAX),
                Token::Plus => (1, u32::MAX),
                Token::Question => (0, 1),
                Token::Brace => {
                    self.at = self.after;
                    let bounds = self.interval()?;
                    self.after = self.at;
                    bounds
                }
                _ => return Ok(node),
            };
            if depth == DEPTH_MAX {
                return Err(Error::Space);
            }
            depth += 1;
            self.advance(false)?;
            node = self.node(Node::Repeat(node, min, max))?;
        }
    }

    fn number(&mut self) -> Result<Option<u32>, Error> {
        let mut value = None;
        while let Some(&byte) = self.pattern.get(self.at)
            && byte.is_ascii_digit()
        {
            let digit = u32::from(byte - b'0');
            value = Some((value.unwrap_or(0) * 10 + digit).min(DUP_MAX + 1));
            self.at += 1;
        }
        Ok(value)
    }

    /// What follows an opening brace, and the closing one.
    fn interval(&mut self) -> Result<(u32, u32), Error> {
        let min = self.number()?;
        let max = if self.pattern.get(self.at) == Some(&b',') {
            self.at += 1;
            self.number()?.or(Some(u32::MAX))
        } else {
            min
        };
        let close: &[u8] = if self.extended { b"}" } else { b"\\}" };
        let rest = &self.pattern[self.at..];
        if rest.is_empty() {
            return Err(Error::Brace);
        }
        let Some(max) = max.filter(|_| rest.starts_with(close)) else {
            return Err(Error::BadBrace);
        };
        self.at += close.len();
        let min = min.unwrap_or(0);
        if max < min {
            return Err(Error::BadBrace);
        }
        if min > DUP_MAX || max != u32::MAX && max > DUP_MAX {
            return Err(Error::Size);
        }
        Ok((min, max))
    }

    /// The rest of a bracket expression.
    fn bracket(&mut self) -> Result<usize, Error> {
        self.sets.begin();
        let negated = self.pattern.get(self.at) == Some(&b'^');
        self.at += usize::from(negated);
        let mut is_first = true;
        loop {
            let Some(&byte) = self.pattern.get(self.at) else {
                return Err(Error::Bracket);
            };
            if byte == b']' && !is_first {
                self.at += 1;
                return Ok(self.sets.end(negated, self.mode)?);
            }
            let low = self.element()?;
            let is_range = self.pattern.get(self.at) == Some(&b'-')
                && self.pattern.get(self.at + 1).is_some_and(|&b| b != b']');
            if !is_range {
                if let Element::Char(c) = low {
                    // A hyphen stands for itself at either end only.
                    let is_last = self.pattern.get(self.at) == Some(&b']');
                    if byte == b'-' && c == u32::from(b'-') && !is_first && !is_last {
                        return Err(Error::Range);
                    }
                    self.sets.range(c, c)?;
                }
                is_first = false;
                continue;
            }
            if byte == b'-' && !is_first && self.pattern.get(self.at + 1) != Some(&b'-') {
                return Err(Error::Range);
            }
            is_first = false;
            self.at += 1;
            let high = self.element()?;
            let (Element::Char(low), Element::Char(high)) = (low, high) else {
                return Err(Error::Range);
            };
            if low > high {
                return Err(Error::Range);
            }
            self.sets.range(low, high)?;
        }
    }

    /// One member of a bracket expression.
    fn element(&mut self) -> Result<Element, Error> {
        let rest = &self.pattern[self.at..];
        if rest.is_empty() {
            return Err(Error::Bracket);
        }
        if rest[0] == b'[' && rest.len() > 1 && b".=:".contains(&rest[1]) {
            let mark = rest[1];
            let length = rest[2..]
                .windows(2)
                .position(|pair| pair == [mark, b']'])
                .ok_or(Error::Bracket)?;
            let name = &rest[2..2 + length];
            self.at += length + 4;
            if mark == b':' {
                let folds = self.mode.fold && (name == b"upper" || name == b"lower");
                let name = if folds { b"alpha" } else { name };
                self.sets.class(class_named(name).ok_or(Error::Class)?)?;
                return Ok(Element::Class);
            }
            if name.is_empty() {
                return Err(Error::Collate);
            }
            // The locales here have no collating elements of several characters.
            let (c, used) = decode(name, self.mode.utf8);
            if used != name.len() {
                return Err(Error::Collate);
            }
            if mark == b'=' {
                self.sets.range(c, c)?;
                return Ok(Element::Class);
            }
            return Ok(Element::Char(c));
        }
        let (c, used) = decode(rest, self.mode.utf8);
        self.at += used;
        Ok(Element::Char(c))
    }
}

/// What a bracket expression has as a member.
enum Element {
    Char(u32),
    /// A class or an equivalence class, which can't end a range; already in the set.
    Class,
}
