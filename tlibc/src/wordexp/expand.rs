//! The reader of words: quotes, tildes, parameters, field splitting and patterns (XCU 2.6.1 to 2.6.7).

use core::ffi::CStr;

use super::{Failure, WRDE_UNDEF, Words, arithmetic, command};
use crate::fnmatch::fnmatch;
use crate::glob::{glob, glob_t, globfree};
use crate::pwd::{getpwnam, getpwuid};
use crate::stdlib::environment::{getenv, setenv};
use crate::types::c_int;
use crate::vec::Vec;

/// How deep expansions may nest.
const DEPTH: u32 = 40;

/// Where a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    None,
    /// Where nothing is split into fields, such as a pattern to be removed, but quotes and patterns mean what they mean.
    Whole,
    /// In double quotes.
    Double,
}

/// What a tilde at the start of a text means: arithmetic has an operator of that name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tilde {
    Plain,
    Expanded,
}

/// The word being built: its text, and the same as a pattern, in which quoted characters are escaped.
struct Field {
    text: Vec<u8>,
    pattern: Vec<u8>,
    /// Whether there is a word at all: `""` is one.
    begun: bool,
    /// Whether an unquoted character may match others.
    magic: bool,
}

/// One call of wordexp.
pub struct Expansion {
    flags: c_int,
    field: Field,
    /// The words that are complete.
    pub words: Words,
}

fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// A variable's value; names that are no C strings have none.
fn variable(name: &[u8]) -> Option<&'static [u8]> {
    let mut buffer = [0_u8; 256];
    buffer.get_mut(..name.len())?.copy_from_slice(name);
    let name = CStr::from_bytes_until_nul(&buffer).ok()?;
    // SAFETY: a C string; the value lives until the variable is changed, and is used before.
    unsafe {
        let value = getenv(name.as_ptr());
        (!value.is_null()).then(|| CStr::from_ptr(value).to_bytes())
    }
}

impl Expansion {
    pub fn new(flags: c_int) -> Self {
        Expansion {
            flags,
            field: Field {
                text: Vec::new(),
                pattern: Vec::new(),
                begun: false,
                magic: false,
            },
            words: Words(Vec::new()),
        }
    }

    /// Reads all words of a text whose lines are joined.
    pub fn run(&mut self, text: &[u8]) -> Result<(), Failure> {
        let mut at = 0;
        // Where the current word starts, which is not where it has its first character: `$EMPTY~`.
        let mut start = 0;
        while at < text.len() {
            match text[at] {
                b' ' | b'\t' => {
                    self.end_field()?;
                    at += 1;
                    start = at;
                }
                b'\n' | b'|' | b'&' | b';' | b'<' | b'>' | b'(' | b')' | b'{' | b'}' => {
                    return Err(Failure::BadCharacter);
                }
                b'#' if at == start => {
                    // A comment goes on to a newline, which is not allowed.
                    return match text[at..].contains(&b'\n') {
                        true => Err(Failure::BadCharacter),
                        false => self.end_field(),
                    };
                }
                b'~' if at == start => at = self.tilde_prefix(text, at)?,
                _ => at = self.step(text, at, Quoting::None, DEPTH)?,
            }
        }
        self.end_field()
    }

    /// Reads one character, quotation or expansion of `text` at `at`; where the next begins.
    fn step(
        &mut self,
        text: &[u8],
        at: usize,
        quoting: Quoting,
        depth: u32,
    ) -> Result<usize, Failure> {
        match text[at] {
            b'\\' => {
                let Some(&next) = text.get(at + 1) else {
                    return Err(Failure::Syntax);
                };
                if quoting == Quoting::Double && !b"$`\"\\".contains(&next) {
                    self.quoted(&[b'\\', next])?;
                } else {
                    self.quoted(&[next])?;
                }
                Ok(at + 2)
            }
            b'\'' if quoting != Quoting::Double => {
                let end = find(&text[at + 1..], b'\'')?;
                self.quoted(&text[at + 1..at + 1 + end])?;
                Ok(at + end + 2)
            }
            b'"' if quoting != Quoting::Double => {
                self.field.begun = true;
                let mut at = at + 1;
                loop {
                    match text.get(at) {
                        None => return Err(Failure::Syntax),
                        Some(b'"') => return Ok(at + 1),
                        Some(_) => at = self.step(text, at, Quoting::Double, depth)?,
                    }
                }
            }
            b'`' => self.backquote(text, at, quoting),
            b'$' => self.dollar(text, at, quoting, depth),
            byte if quoting == Quoting::Double => {
                self.quoted(&[byte])?;
                Ok(at + 1)
            }
            byte => {
                self.plain(byte)?;
                Ok(at + 1)
            }
        }
    }

    /// Adds text that stands for itself.
    fn quoted(&mut self, text: &[u8]) -> Result<(), Failure> {
        self.field.begun = true;
        for &byte in text {
            self.field.text.push(byte)?;
            if b"*?[]\\-!^".contains(&byte) {
                self.field.pattern.push(b'\\')?;
            }
            self.field.pattern.push(byte)?;
        }
        Ok(())
    }

    /// Adds an unquoted character.
    fn plain(&mut self, byte: u8) -> Result<(), Failure> {
        self.field.begun = true;
        self.field.magic |= b"*?[".contains(&byte);
        self.field.text.push(byte)?;
        self.field.pattern.push(byte)?;
        Ok(())
    }

    /// Adds what an expansion yielded, split into fields unless quoted (XCU 2.6.5).
    fn value(&mut self, value: &[u8], quoting: Quoting) -> Result<(), Failure> {
        if quoting == Quoting::Double {
            return self.quoted(value);
        }
        let separators = match quoting {
            Quoting::None => variable(b"IFS").unwrap_or(b" \t\n"),
            _ => b"",
        };
        let is_blank = |b: u8| separators.contains(&b) && b" \t\n".contains(&b);
        let mut at = 0;
        while at < value.len() {
            let byte = value[at];
            if !separators.contains(&byte) {
                // A backslash in a value is no quotation, but the pattern would take it for one.
                if byte == b'\\' {
                    self.quoted(&[byte])?;
                } else {
                    self.plain(byte)?;
                }
                at += 1;
                continue;
            }
            // One delimiter: blanks around at most one other separator.
            while value.get(at).is_some_and(|&b| is_blank(b)) {
                at += 1;
            }
            let hard = value
                .get(at)
                .is_some_and(|&b| separators.contains(&b) && !is_blank(b));
            if hard {
                at += 1;
                self.field.begun = true;
                while value.get(at).is_some_and(|&b| is_blank(b)) {
                    at += 1;
                }
            }
            self.end_field()?;
        }
        Ok(())
    }

    /// Ends the current word, if one has begun: it or the paths that match it become words.
    fn end_field(&mut self) -> Result<(), Failure> {
        if !self.field.begun {
            return Ok(());
        }
        let matched = self.field.magic && self.paths()?;
        if !matched {
            self.words.push(&self.field.text)?;
        }
        self.field.text.truncate(0);
        self.field.pattern.truncate(0);
        self.field.begun = false;
        self.field.magic = false;
        Ok(())
    }

    /// Adds the paths that match the current field; whether there are any.
    fn paths(&mut self) -> Result<bool, Failure> {
        const GLOB_NOSPACE: c_int = 1;
        self.field.pattern.push(0)?;
        // SAFETY: a terminated pattern; the structure is glob's to fill and is freed below.
        unsafe {
            let mut found: glob_t = core::mem::zeroed();
            let status = glob(self.field.pattern.as_ptr().cast(), 0, None, &raw mut found);
            let mut result = if status == GLOB_NOSPACE {
                Err(Failure::NoSpace)
            } else {
                Ok(status == 0)
            };
            if status == 0 {
                for at in 0..found.gl_pathc {
                    let path = CStr::from_ptr(*found.gl_pathv.add(at));
                    if let Err(failure) = self.words.push(path.to_bytes()) {
                        result = Err(failure);
                        break;
                    }
                }
                globfree(&raw mut found);
            }
            result
        }
    }

    /// The tilde at `at` that starts a word, with the name behind it (XCU 2.6.1); where the next character is.
    fn tilde_prefix(&mut self, text: &[u8], at: usize) -> Result<usize, Failure> {
        let mut user = Vec::new();
        let mut end = at + 1;
        loop {
            match &text[end..] {
                [byte, ..] if !b" \t\n/\"'\\$`|&;<>(){}".contains(byte) => {
                    user.push(*byte)?;
                    end += 1;
                }
                // Where a part is quoted or expanded, the prefix names nobody.
                [b'"' | b'\'' | b'\\' | b'$' | b'`', ..] => {
                    self.quoted(b"~")?;
                    return Ok(at + 1);
                }
                _ => break,
            }
        }
        self.tilde(&user)?;
        Ok(end)
    }

    /// `~` or `~user`; what names nobody stays as it is.
    fn tilde(&mut self, user: &[u8]) -> Result<(), Failure> {
        let mut name = [0_u8; 256];
        // SAFETY: C strings; the entry is copied before the next call.
        let home = unsafe {
            let entry = if user.is_empty() {
                match variable(b"HOME") {
                    Some(home) => return self.quoted(home),
                    None => getpwuid(crate::unistd::users::getuid()),
                }
            } else if user.len() < name.len() {
                name[..user.len()].copy_from_slice(user);
                getpwnam(name.as_ptr().cast())
            } else {
                core::ptr::null_mut()
            };
            (!entry.is_null()).then(|| CStr::from_ptr((*entry).pw_dir).to_bytes())
        };
        match home {
            Some(home) => self.quoted(home),
            None => {
                self.quoted(b"~")?;
                self.quoted(user)
            }
        }
    }

    /// `` `command` ``
    fn backquote(&mut self, text: &[u8], at: usize, quoting: Quoting) -> Result<usize, Failure> {
        let mut line = Vec::new();
        let mut end = at + 1;
        loop {
            match text.get(end) {
                None => return Err(Failure::Syntax),
                Some(b'`') => break,
                Some(b'\\') if text.get(end + 1).is_some_and(|b| b"$`\\".contains(b)) => {
                    line.push(text[end + 1])?;
                    end += 2;
                }
                Some(&byte) => {
                    line.push(byte)?;
                    end += 1;
                }
            }
        }
        let output = command::output(&line, self.flags)?;
        self.value(&output, quoting)?;
        Ok(end + 1)
    }

    /// `$name`, `${…}`, `$(…)`, `$((…))`, or a plain dollar sign.
    fn dollar(
        &mut self,
        text: &[u8],
        at: usize,
        quoting: Quoting,
        depth: u32,
    ) -> Result<usize, Failure> {
        let depth = depth.checked_sub(1).ok_or(Failure::Syntax)?;
        match text.get(at + 1) {
            Some(b'(') if text.get(at + 2) == Some(&b'(') => {
                let end = closing(text, at + 1)?;
                if text[end - 1] == b')' {
                    let inner = self.string(&text[at + 3..end - 1], Tilde::Plain, depth)?;
                    let lookup =
                        |name: &[u8]| variable(name).and_then(arithmetic::number).unwrap_or(0);
                    let value = arithmetic::evaluate(&inner, &lookup)?;
                    let mut digits = [0_u8; 20];
                    self.value(decimal(value, &mut digits), quoting)?;
                    return Ok(end + 1);
                }
                self.substitute(text, at, end, quoting)
            }
            Some(b'(') => {
                let end = closing(text, at + 1)?;
                self.substitute(text, at, end, quoting)
            }
            Some(b'{') => {
                let end = closing(text, at + 1)?;
                self.braces(&text[at + 2..end], quoting, depth)?;
                Ok(end + 1)
            }
            Some(&first) if first.is_ascii_digit() || b"@*#?-$!".contains(&first) => {
                self.parameter(&text[at + 1..at + 2], quoting)?;
                Ok(at + 2)
            }
            Some(&first) if is_name(first) => {
                let length = text[at + 1..].iter().take_while(|b| is_name(**b)).count();
                self.parameter(&text[at + 1..at + 1 + length], quoting)?;
                Ok(at + 1 + length)
            }
            _ => {
                self.quoted(b"$")?;
                Ok(at + 1)
            }
        }
    }

    fn substitute(
        &mut self,
        text: &[u8],
        at: usize,
        end: usize,
        quoting: Quoting,
    ) -> Result<usize, Failure> {
        let output = command::output(&text[at + 2..end], self.flags)?;
        self.value(&output, quoting)?;
        Ok(end + 1)
    }

    /// The value of a parameter; positional ones are not set, there are none of them.
    fn lookup(&self, name: &[u8], storage: &mut Vec<u8>) -> Result<bool, Failure> {
        let mut digits = [0_u8; 20];
        let value = match name {
            b"#" | b"?" => &b"0"[..],
            b"$" => decimal(crate::platform::getpid().into(), &mut digits),
            b"@" | b"*" | b"-" => &b""[..],
            [b'0'..=b'9' | b'!', ..] => return Ok(false),
            name => match variable(name) {
                Some(value) => value,
                None => return Ok(false),
            },
        };
        storage.extend(value)?;
        Ok(true)
    }

    fn parameter(&mut self, name: &[u8], quoting: Quoting) -> Result<(), Failure> {
        let mut value = Vec::new();
        if !self.lookup(name, &mut value)? && self.flags & WRDE_UNDEF != 0 {
            return Err(Failure::BadValue);
        }
        self.value(&value, quoting)
    }

    /// The inside of `${…}` (XCU 2.6.2).
    fn braces(&mut self, inner: &[u8], quoting: Quoting, depth: u32) -> Result<(), Failure> {
        let mut value = Vec::new();
        if let [b'#', name @ ..] = inner
            && !name.is_empty()
            && name.iter().all(|b| is_name(*b))
        {
            if !self.lookup(name, &mut value)? && self.flags & WRDE_UNDEF != 0 {
                return Err(Failure::BadValue);
            }
            let mut digits = [0_u8; 20];
            return self.value(decimal(value.len() as i64, &mut digits), quoting);
        }
        let length = match inner.first() {
            Some(first) if b"@*#?-$!".contains(first) => 1,
            _ => inner.iter().take_while(|b| is_name(**b)).count(),
        };
        let (name, rest) = inner.split_at(length);
        if name.is_empty() {
            return Err(Failure::Syntax);
        }
        let set = self.lookup(name, &mut value)?;
        let (colon, rest) = match rest {
            [b':', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        let there = set && !(colon && value.is_empty());
        match rest {
            [] if colon => Err(Failure::Syntax),
            [] | [b'#' | b'%', ..] if !colon && !set && self.flags & WRDE_UNDEF != 0 => {
                Err(Failure::BadValue)
            }
            [] => self.value(&value, quoting),
            [b'-', word @ ..] if !there => self.word(word, quoting, depth),
            [b'+', word @ ..] if there => self.word(word, quoting, depth),
            [b'+', ..] => Ok(()),
            [b'=', word @ ..] if !there => self.assign(name, word, quoting, depth),
            [b'?', word @ ..] if !there => self.complain(name, word, depth),
            [b'-' | b'=' | b'?', ..] => self.value(&value, quoting),
            [kind @ (b'#' | b'%'), pattern @ ..] if !colon => {
                let (long, pattern) = match pattern {
                    [again, pattern @ ..] if again == kind => (true, pattern),
                    pattern => (false, pattern),
                };
                let pattern = self.pattern(pattern, depth)?;
                let kept = trim(&mut value, *kind == b'#', long, &pattern)?;
                self.value(&value[kept], quoting)
            }
            _ => Err(Failure::Syntax),
        }
    }

    /// The word behind `:-` and the like becomes part of the current one.
    fn word(&mut self, word: &[u8], quoting: Quoting, depth: u32) -> Result<(), Failure> {
        let mut at = 0;
        while at < word.len() {
            match word[at] {
                b' ' | b'\t' | b'\n' if quoting == Quoting::None => {
                    self.end_field()?;
                    at += 1;
                }
                b'~' if at == 0 && quoting != Quoting::Double => {
                    at = self.tilde_prefix(word, at)?
                }
                // Double quotes inside a quoted expansion come in pairs and quote again.
                b'"' if quoting == Quoting::Double => at += 1,
                _ => at = self.step(word, at, quoting, depth)?,
            }
        }
        Ok(())
    }

    fn assign(
        &mut self,
        name: &[u8],
        word: &[u8],
        quoting: Quoting,
        depth: u32,
    ) -> Result<(), Failure> {
        if name.iter().any(|b| !is_name(*b)) || name[0].is_ascii_digit() {
            return Err(Failure::Syntax);
        }
        let mut value = if quoting == Quoting::Double {
            let mut inner = Expansion::new(self.flags);
            inner.word(word, quoting, depth)?;
            inner.field.text
        } else {
            self.string(word, Tilde::Expanded, depth)?
        };
        let mut key = Vec::new();
        key.extend(name)?;
        key.push(0)?;
        value.push(0)?;
        // SAFETY: two C strings.
        if unsafe { setenv(key.as_ptr().cast(), value.as_ptr().cast(), 1) } != 0 {
            return Err(Failure::NoSpace);
        }
        value.pop();
        self.value(&value, quoting)
    }

    /// `${name?word}` of something unset.
    fn complain(&mut self, name: &[u8], word: &[u8], depth: u32) -> Result<(), Failure> {
        let text = self.string(word, Tilde::Expanded, depth)?;
        let mut message = Vec::new();
        message.extend(name)?;
        message.extend(b": ")?;
        message.extend(if text.is_empty() {
            b"parameter null or not set"
        } else {
            &text
        })?;
        message.push(b'\n')?;
        // Nothing else to do when the error stream fails.
        let _ = crate::platform::write(2, &message);
        Err(Failure::BadValue)
    }

    /// The expansion of a text that is not split.
    fn string(&mut self, text: &[u8], tilde: Tilde, depth: u32) -> Result<Vec<u8>, Failure> {
        Ok(self.apart(text, tilde, depth)?.text)
    }

    /// The same as a pattern.
    fn pattern(&mut self, text: &[u8], depth: u32) -> Result<Vec<u8>, Failure> {
        Ok(self.apart(text, Tilde::Expanded, depth)?.pattern)
    }

    /// Expands a text in a field of its own that is never split.
    fn apart(&mut self, text: &[u8], tilde: Tilde, depth: u32) -> Result<Field, Failure> {
        let mut inner = Expansion::new(self.flags);
        let mut at = 0;
        while at < text.len() {
            at = match text[at] {
                b'~' if at == 0 && tilde == Tilde::Expanded => inner.tilde_prefix(text, at)?,
                _ => inner.step(text, at, Quoting::Whole, depth)?,
            };
        }
        Ok(inner.field)
    }
}

/// The text without the backslashes and newlines by which a line goes on, which come before all else (XCU 2.2.1): they may
/// stand in the middle of a name. Single quotes and comments keep them.
pub fn join_lines(text: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut joined = Vec::new();
    let mut double = false;
    // Substitutions around this place: what ends them, and whether they stand in double quotes.
    let mut outer: Vec<(u8, bool)> = Vec::new();
    let mut at = 0;
    let mut dollar = false;
    // Whether a word could start here, and with it a comment.
    let mut start = true;
    while let Some(&byte) = text.get(at) {
        let mut length = 1;
        let after_dollar = core::mem::replace(&mut dollar, byte == b'$');
        match byte {
            b'\\' if text.get(at + 1) == Some(&b'\n') => {
                dollar = after_dollar;
                at += 2;
                continue;
            }
            b'\\' => length = 2,
            b'\'' if !double => {
                let quoted = text[at + 1..].iter().position(|b| *b == b'\'');
                length = quoted.map_or(text.len(), |end| end + 2);
            }
            b'"' => double = !double,
            b'`' if !matches!(outer.last(), Some((b'`', _))) => {
                outer.push((b'`', double))?;
                double = false;
            }
            b'(' if after_dollar || !double && !outer.is_empty() => {
                outer.push((b')', double))?;
                double = false;
            }
            b'`' | b')' if !double && outer.last().is_some_and(|(end, _)| *end == byte) => {
                double = outer.pop().is_some_and(|(_, double)| double);
            }
            b'#' if start && !double && outer.is_empty() => length = text.len(),
            _ => {}
        }
        start = matches!(byte, b' ' | b'\t');
        let end = text.len().min(at.saturating_add(length));
        joined.extend(&text[at..end])?;
        at = end;
    }
    Ok(joined)
}

/// Where a byte is.
fn find(text: &[u8], byte: u8) -> Result<usize, Failure> {
    text.iter().position(|b| *b == byte).ok_or(Failure::Syntax)
}

/// The place of the bracket that closes the one at `open`; quotes and nested brackets are skipped.
fn closing(text: &[u8], open: usize) -> Result<usize, Failure> {
    let (opening, ending) = match text[open] {
        b'(' => (b'(', b')'),
        _ => (b'{', b'}'),
    };
    let mut depth = 0_usize;
    let mut at = open;
    let mut double = false;
    while let Some(&byte) = text.get(at) {
        match byte {
            b'\\' => at += 1,
            b'"' => double = !double,
            b'\'' if !double => at += 1 + find(&text[at + 1..], b'\'')?,
            _ if byte == opening => depth += 1,
            _ if byte == ending => {
                depth -= 1;
                if depth == 0 {
                    return Ok(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    Err(Failure::Syntax)
}

/// What is left of a value without the shortest or longest prefix or suffix that matches.
fn trim(
    value: &mut Vec<u8>,
    prefix: bool,
    long: bool,
    pattern: &[u8],
) -> Result<core::ops::Range<usize>, Failure> {
    let mut terminated = Vec::new();
    terminated.extend(pattern)?;
    terminated.push(0)?;
    let length = value.len();
    let mut part = Vec::new();
    for step in 0..=length {
        let size = if long { length - step } else { step };
        let range = if prefix {
            0..size
        } else {
            length - size..length
        };
        part.truncate(0);
        part.extend(&value[range])?;
        part.push(0)?;
        // SAFETY: two C strings.
        if unsafe { fnmatch(terminated.as_ptr().cast(), part.as_ptr().cast(), 0) } == 0 {
            return Ok(if prefix {
                size..length
            } else {
                0..length - size
            });
        }
    }
    Ok(0..length)
}

fn decimal(value: i64, digits: &mut [u8; 20]) -> &[u8] {
    let mut at = digits.len();
    let mut rest = value.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    &digits[at..]
}
