//! The expression of a catalogue's `Plural-Forms`: C's conditional, logical and arithmetic operators over `n`.

/// How deep parentheses, conditions and negations may nest.
const DEPTH: u32 = 64;

/// The form for `n`, of the header of a catalogue; `None` if it has no such field or the field is not understood.
pub fn form(header: &[u8], n: u64) -> Option<u64> {
    let field = after(header, b"Plural-Forms:")?;
    let field = field.split(|b| *b == b'\n').next().unwrap_or(field);
    let count = number(after(field, b"nplurals=")?)?;
    let text = after(field, b"plural=")?;
    let text = text.split(|b| *b == b';').next().unwrap_or(text);
    let mut parser = Parser { text, n, depth: 0 };
    let form = parser.conditional()?;
    parser.skip();
    (parser.text.is_empty() && form < count).then_some(form)
}

/// What follows the first `word`.
pub fn after<'a>(text: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(word.len()).position(|part| part == word)?;
    Some(&text[at + word.len()..])
}

fn number(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit());
    let mut value: Option<u64> = None;
    for digit in digits {
        let before = value.unwrap_or(0).checked_mul(10)?;
        value = Some(before.checked_add(u64::from(digit - b'0'))?);
    }
    value
}

struct Parser<'a> {
    text: &'a [u8],
    n: u64,
    depth: u32,
}

/// Binary operators, the loosest first; on a level the longer ones first.
const LEVELS: [&[&[u8]]; 6] = [
    &[b"||"],
    &[b"&&"],
    &[b"==", b"!="],
    &[b"<=", b">=", b"<", b">"],
    &[b"+", b"-"],
    &[b"*", b"/", b"%"],
];

fn apply(operator: &[u8], a: u64, b: u64) -> u64 {
    match operator {
        b"||" => u64::from(a != 0 || b != 0),
        b"&&" => u64::from(a != 0 && b != 0),
        b"==" => u64::from(a == b),
        b"!=" => u64::from(a != b),
        b"<=" => u64::from(a <= b),
        b">=" => u64::from(a >= b),
        b"<" => u64::from(a < b),
        b">" => u64::from(a > b),
        b"+" => a.wrapping_add(b),
        b"-" => a.wrapping_sub(b),
        b"*" => a.wrapping_mul(b),
        // Both sides of a condition are computed; the one that does not count may divide by zero.
        b"/" => a.checked_div(b).unwrap_or(0),
        _ => a.checked_rem(b).unwrap_or(0),
    }
}

impl Parser<'_> {
    fn skip(&mut self) {
        self.text = self.text.trim_ascii_start();
    }

    fn take(&mut self, word: &[u8]) -> bool {
        self.skip();
        match self.text.strip_prefix(word) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    fn conditional(&mut self) -> Option<u64> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut value = self.binary(0)?;
        if self.take(b"?") {
            let yes = self.conditional()?;
            if !self.take(b":") {
                return None;
            }
            let no = self.conditional()?;
            value = if value != 0 { yes } else { no };
        }
        self.depth -= 1;
        Some(value)
    }

    fn binary(&mut self, level: usize) -> Option<u64> {
        let Some(operators) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut value = self.binary(level + 1)?;
        while let Some(operator) = operators.iter().find(|operator| self.take(operator)) {
            let right = self.binary(level + 1)?;
            value = apply(operator, value, right);
        }
        Some(value)
    }

    fn unary(&mut self) -> Option<u64> {
        let mut negations = 0;
        while self.take(b"!") {
            negations += 1;
        }
        let mut value = if self.take(b"(") {
            let value = self.conditional()?;
            if !self.take(b")") {
                return None;
            }
            value
        } else if self.take(b"n") {
            self.n
        } else {
            self.skip();
            let value = number(self.text)?;
            let digits = self.text.iter().take_while(|b| b.is_ascii_digit()).count();
            self.text = &self.text[digits..];
            value
        };
        for _ in 0..negations {
            value = u64::from(value == 0);
        }
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::form;

    fn of(expression: &str, n: u64) -> Option<u64> {
        form(
            format!("X: y\nPlural-Forms: nplurals=4; plural={expression};\nZ: a\n").as_bytes(),
            n,
        )
    }

    #[test]
    fn the_rules_of_languages() {
        assert_eq!(
            [0, 1, 2].map(|n| of("n != 1", n)),
            [Some(1), Some(0), Some(1)]
        );
        let slavic =
            "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2";
        assert_eq!(
            [1, 2, 5, 11, 21, 22, 112].map(|n| of(slavic, n).unwrap()),
            [0, 1, 2, 2, 0, 1, 2]
        );
        assert_eq!(of("!(n - 3) * 2", 3), Some(2));
        assert_eq!(of("n / 0", 3), Some(0));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["n ==", "(n", "n n", "7", "n ? 1", "", "n $ 1"] {
            assert_eq!(of(text, 1).filter(|_| text != "7"), None, "{text}");
        }
        assert_eq!(of(&"(".repeat(1000), 1), None);
        assert_eq!(form(b"no such field", 1), None);
    }
}
