//! `$((…))`: integer expressions of C without assignment (XCU 2.6.4), by precedence climbing.

use super::Failure;

/// How deep parentheses and unary operators may nest.
const DEPTH: u32 = 64;

/// Binary operators, tightest last: spelling and precedence. Longer spellings come first.
const OPERATORS: &[(&[u8], u32)] = &[
    (b"||", 1),
    (b"&&", 2),
    (b"<<", 8),
    (b">>", 8),
    (b"<=", 7),
    (b">=", 7),
    (b"==", 6),
    (b"!=", 6),
    (b"|", 3),
    (b"^", 4),
    (b"&", 5),
    (b"<", 7),
    (b">", 7),
    (b"+", 9),
    (b"-", 9),
    (b"*", 10),
    (b"/", 10),
    (b"%", 10),
];

struct Reader<'a> {
    text: &'a [u8],
    /// Whether what is read counts: not behind a true `||`, a false `&&` and in the branch of `?:` that is not taken.
    live: bool,
    variable: &'a dyn Fn(&[u8]) -> i64,
}

/// The value of an expression; names are looked up with `variable`. An empty expression is 0.
pub fn evaluate(text: &[u8], variable: &dyn Fn(&[u8]) -> i64) -> Result<i64, Failure> {
    let mut reader = Reader {
        text,
        live: true,
        variable,
    };
    reader.skip_blanks();
    if reader.text.is_empty() {
        return Ok(0);
    }
    let value = reader.choice(DEPTH)?;
    if reader.text.is_empty() {
        Ok(value)
    } else {
        Err(Failure::Syntax)
    }
}

impl Reader<'_> {
    fn skip_blanks(&mut self) {
        self.text = self.text.trim_ascii_start();
    }

    fn take(&mut self, token: &[u8]) -> bool {
        match self.text.strip_prefix(token) {
            Some(rest) => {
                self.text = rest;
                self.skip_blanks();
                true
            }
            None => false,
        }
    }

    /// Reads a part that counts only with `live`.
    fn part(
        &mut self,
        live: bool,
        read: impl FnOnce(&mut Self) -> Result<i64, Failure>,
    ) -> Result<i64, Failure> {
        let before = self.live;
        self.live &= live;
        let value = read(self);
        self.live = before;
        value
    }

    /// `a ? b : c`, or less.
    fn choice(&mut self, depth: u32) -> Result<i64, Failure> {
        let depth = depth.checked_sub(1).ok_or(Failure::Syntax)?;
        let condition = self.binary(1, depth)?;
        if !self.take(b"?") {
            return Ok(condition);
        }
        let yes = self.part(condition != 0, |reader| reader.choice(depth))?;
        if !self.take(b":") {
            return Err(Failure::Syntax);
        }
        let no = self.part(condition == 0, |reader| reader.choice(depth))?;
        Ok(if condition != 0 { yes } else { no })
    }

    fn binary(&mut self, least: u32, depth: u32) -> Result<i64, Failure> {
        let mut left = self.unary(depth)?;
        loop {
            let operator = OPERATORS
                .iter()
                .find(|(spelling, _)| self.text.starts_with(spelling));
            let Some(&(spelling, precedence)) = operator else {
                return Ok(left);
            };
            if precedence < least {
                return Ok(left);
            }
            self.take(spelling);
            let counts = match spelling {
                b"||" => left == 0,
                b"&&" => left != 0,
                _ => true,
            };
            let right = self.part(counts, |reader| reader.binary(precedence + 1, depth))?;
            left = match apply(spelling, left, right) {
                Err(_) if !self.live => 0,
                result => result?,
            };
        }
    }

    fn unary(&mut self, depth: u32) -> Result<i64, Failure> {
        let depth = depth.checked_sub(1).ok_or(Failure::Syntax)?;
        if self.take(b"(") {
            let value = self.choice(depth)?;
            return if self.take(b")") {
                Ok(value)
            } else {
                Err(Failure::Syntax)
            };
        }
        if self.take(b"-") {
            return Ok(self.unary(depth)?.wrapping_neg());
        }
        if self.take(b"+") {
            return self.unary(depth);
        }
        if self.take(b"~") {
            return Ok(!self.unary(depth)?);
        }
        if self.take(b"!") {
            return Ok((self.unary(depth)? == 0).into());
        }
        let length = self
            .text
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count();
        let (word, rest) = self.text.split_at(length);
        let value = match word {
            [] => return Err(Failure::Syntax),
            [b'0'..=b'9', ..] => number(word).ok_or(Failure::Syntax)?,
            name => (self.variable)(name),
        };
        self.text = rest;
        self.skip_blanks();
        Ok(value)
    }
}

fn apply(operator: &[u8], a: i64, b: i64) -> Result<i64, Failure> {
    Ok(match operator {
        b"||" => (a != 0 || b != 0).into(),
        b"&&" => (a != 0 && b != 0).into(),
        b"|" => a | b,
        b"^" => a ^ b,
        b"&" => a & b,
        b"==" => (a == b).into(),
        b"!=" => (a != b).into(),
        b"<" => (a < b).into(),
        b"<=" => (a <= b).into(),
        b">" => (a > b).into(),
        b">=" => (a >= b).into(),
        b"<<" => a.wrapping_shl(b as u32),
        b">>" => a.wrapping_shr(b as u32),
        b"+" => a.wrapping_add(b),
        b"-" => a.wrapping_sub(b),
        b"*" => a.wrapping_mul(b),
        b"/" | b"%" if b == 0 => return Err(Failure::Syntax),
        b"/" => a.wrapping_div(b),
        _ => a.wrapping_rem(b),
    })
}

/// A constant of C: decimal, octal with a leading 0, hexadecimal with 0x.
pub fn number(word: &[u8]) -> Option<i64> {
    let (radix, digits) = match word {
        [b'0', b'x' | b'X', digits @ ..] => (16, digits),
        [b'0', digits @ ..] if !digits.is_empty() => (8, digits),
        digits => (10, digits),
    };
    if digits.is_empty() {
        return None;
    }
    let mut value = 0_i64;
    for &digit in digits {
        let digit = char::from(digit).to_digit(radix)?;
        value = value.wrapping_mul(radix.into()).wrapping_add(digit.into());
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precedence_and_errors() {
        let value = |text: &str| evaluate(text.as_bytes(), &|name| name.len() as i64);
        for (text, result) in [
            ("", 0),
            (" 1 + 2 * 3 ", 7),
            ("(1+2)*3", 9),
            ("10 - 2 - 3", 5),
            ("7 % 4 << 2", 12),
            ("-3 + ~0 + !5", -4),
            ("1 < 2 == 1 && 3 >= 3", 1),
            ("0 ? 5 : 1 ? 6 : 7", 6),
            ("0x1f + 010", 39),
            ("abc | 4 ^ 1", 7),
            ("9223372036854775807 + 1", i64::MIN),
            ("1 || 1/0", 1),
            ("0 && 1/0", 0),
            ("1 ? 2 : 1/0", 2),
            ("0 ? 1 % 0 : 3", 3),
            ("0 && (1 ? 1/0 : 1/0) || 5", 1),
        ] {
            assert_eq!(value(text), Ok(result), "{text}");
        }
        for text in [
            "1 +",
            "1 / 0",
            "5 % 0",
            "(1",
            "1 2",
            "08",
            "1 ? 2",
            "$",
            "0 || 1/0",
            "1 || 1/0 + (",
            "0 && 1 | 0, 1/0",
        ] {
            assert_eq!(value(text), Err(Failure::Syntax), "{text}");
        }
        assert_eq!(value(&"(".repeat(10_000)), Err(Failure::Syntax));
    }
}
