//! The line discipline: bytes from a keyboard become input for programs
//! (POSIX, chapter 11; termios(3)).
//!
//! A pure state machine. Echo goes to a callback, signals come back as values.

use alloc::collections::VecDeque;

use linux_raw_sys::general as raw;

use crate::signal::Signal;

/// The most bytes that wait for a reader, the line being typed included.
pub const CAPACITY: usize = 4096;

/// A terminal's settings: the kernel's `struct termios`.
#[derive(Clone, Copy, Debug, zerocopy::FromBytes, zerocopy::IntoBytes, zerocopy::Immutable)]
#[repr(C)]
pub struct Termios {
    /// `c_iflag`: input modes.
    pub input: u32,
    /// `c_oflag`: output modes.
    pub output: u32,
    /// `c_cflag`: control modes.
    pub control: u32,
    /// `c_lflag`: local modes.
    pub local: u32,
    /// `c_line`: the discipline's number, 0.
    pub line: u8,
    /// `c_cc`: special characters.
    pub characters: [u8; raw::NCCS as usize],
}

impl Default for Termios {
    fn default() -> Self {
        let mut characters = [0; raw::NCCS as usize];
        for (index, value) in [
            (raw::VINTR, 0x03),
            (raw::VQUIT, 0x1c),
            (raw::VERASE, 0x7f),
            (raw::VKILL, 0x15),
            (raw::VEOF, 0x04),
            (raw::VMIN, 1),
            (raw::VSTART, 0x11),
            (raw::VSTOP, 0x13),
            (raw::VSUSP, 0x1a),
            (raw::VREPRINT, 0x12),
            (raw::VDISCARD, 0x0f),
            (raw::VWERASE, 0x17),
            (raw::VLNEXT, 0x16),
        ] {
            characters[index as usize] = value;
        }
        Self {
            input: raw::ICRNL | raw::IXON,
            output: raw::OPOST | raw::ONLCR,
            control: raw::B38400 | raw::CS8 | raw::CREAD | raw::HUPCL,
            local: raw::ISIG
                | raw::ICANON
                | raw::ECHO
                | raw::ECHOE
                | raw::ECHOK
                | raw::ECHOCTL
                | raw::ECHOKE
                | raw::IEXTEN,
            line: 0,
            characters,
        }
    }
}

impl Termios {
    /// The special character with this index, if it is not disabled.
    fn is(&self, index: u32, byte: u8) -> bool {
        let character = self.characters[index as usize];
        character != 0 && character == byte
    }

    /// Whether a local mode is on.
    pub fn has_local(&self, flag: u32) -> bool {
        self.local & flag != 0
    }

    fn has_input(&self, flag: u32) -> bool {
        self.input & flag != 0
    }

    /// `VMIN`: how many bytes make a non-canonical read complete.
    pub fn minimum(&self) -> usize {
        self.characters[raw::VMIN as usize].into()
    }

    /// `VTIME` in nanoseconds.
    pub fn timeout(&self) -> u64 {
        u64::from(self.characters[raw::VTIME as usize]) * 100_000_000
    }
}

/// A byte that waits for a reader, and what it means to a canonical one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Item {
    Byte(u8),
    /// The last byte of a line.
    LineEnd(u8),
    /// The end that `VEOF` makes: no byte, but a canonical read ends here.
    EndOfFile,
}

/// The state of a terminal's input.
pub struct LineDiscipline {
    /// The settings.
    pub termios: Termios,
    ready: VecDeque<Item>,
    line: VecDeque<u8>,
    literal_next: bool,
    /// Output is held by `VSTOP`.
    pub stopped: bool,
    /// Column of the cursor, for tabs and their erasing.
    column: usize,
    /// Column where the line being typed began.
    line_column: usize,
}

impl Default for LineDiscipline {
    fn default() -> Self {
        Self::new()
    }
}

impl LineDiscipline {
    /// A terminal with the usual settings.
    pub fn new() -> Self {
        Self {
            termios: Termios::default(),
            ready: VecDeque::new(),
            line: VecDeque::new(),
            literal_next: false,
            stopped: false,
            column: 0,
            line_column: 0,
        }
    }

    /// Takes a byte from the keyboard. Echo goes to `echo`; a signal for the
    /// foreground group is returned.
    pub fn input(&mut self, byte: u8, mut echo: impl FnMut(&[u8])) -> Option<Signal> {
        let termios = self.termios;
        let mut byte = if termios.has_input(raw::ISTRIP) {
            byte & 0x7f
        } else {
            byte
        };
        if core::mem::take(&mut self.literal_next) {
            self.store(byte, &mut echo);
            return None;
        }
        match byte {
            b'\r' if termios.has_input(raw::IGNCR) => return None,
            b'\r' if termios.has_input(raw::ICRNL) => byte = b'\n',
            b'\n' if termios.has_input(raw::INLCR) => byte = b'\r',
            _ => {}
        }
        if termios.has_input(raw::IUCLC) && termios.has_local(raw::IEXTEN) {
            byte = byte.to_ascii_lowercase();
        }
        if termios.has_input(raw::IXON) {
            if termios.is(raw::VSTOP, byte) {
                self.stopped = true;
                return None;
            }
            if termios.is(raw::VSTART, byte) || (self.stopped && termios.has_input(raw::IXANY)) {
                self.stopped = false;
                if termios.is(raw::VSTART, byte) {
                    return None;
                }
            }
        }
        if termios.has_local(raw::ISIG) {
            let signal = [
                (raw::VINTR, Signal::INT),
                (raw::VQUIT, Signal::QUIT),
                (raw::VSUSP, Signal::TSTP),
            ]
            .into_iter()
            .find(|(index, _)| termios.is(*index, byte));
            if let Some((_, signal)) = signal {
                if !termios.has_local(raw::NOFLSH) {
                    self.flush_input();
                }
                self.stopped = false;
                self.echo_byte(byte, &mut echo);
                return Some(signal);
            }
        }
        if termios.has_local(raw::ICANON) && self.edit(byte, &mut echo) {
            return None;
        }
        self.store(byte, &mut echo);
        None
    }

    /// Handles the characters that edit a line; says whether it was one.
    fn edit(&mut self, byte: u8, echo: &mut impl FnMut(&[u8])) -> bool {
        let termios = self.termios;
        let extended = termios.has_local(raw::IEXTEN);
        if termios.is(raw::VERASE, byte) {
            self.erase_one(echo);
        } else if termios.is(raw::VKILL, byte) {
            if termios.has_local(raw::ECHOKE) && termios.has_local(raw::ECHOE) {
                while !self.line.is_empty() {
                    self.erase_one(echo);
                }
            } else {
                self.line.clear();
                self.echo_byte(byte, echo);
                if termios.has_local(raw::ECHOK) && termios.has_local(raw::ECHO) {
                    self.emit(b"\n", echo);
                }
            }
        } else if extended && termios.is(raw::VWERASE, byte) {
            while self
                .line
                .back()
                .is_some_and(|last| last.is_ascii_whitespace())
            {
                self.erase_one(echo);
            }
            while self
                .line
                .back()
                .is_some_and(|last| !last.is_ascii_whitespace())
            {
                self.erase_one(echo);
            }
        } else if extended && termios.is(raw::VREPRINT, byte) {
            self.echo_byte(byte, echo);
            if termios.has_local(raw::ECHO) {
                self.emit(b"\n", echo);
                self.line_column = self.column;
                for index in 0..self.line.len() {
                    let byte = self.line[index];
                    self.echo_byte(byte, echo);
                }
            }
        } else if extended && termios.is(raw::VLNEXT, byte) {
            self.literal_next = true;
            if termios.has_local(raw::ECHO) && termios.has_local(raw::ECHOCTL) {
                self.emit(b"^\x08", echo);
            }
        } else if termios.is(raw::VEOF, byte) {
            self.finish_line(Item::EndOfFile, echo);
        } else if byte == b'\n'
            || termios.is(raw::VEOL, byte)
            || (extended && termios.is(raw::VEOL2, byte))
        {
            if byte == b'\n' {
                if termios.has_local(raw::ECHO) || termios.has_local(raw::ECHONL) {
                    self.emit(b"\n", echo);
                }
            } else {
                self.echo_byte(byte, echo);
            }
            self.finish_line(Item::LineEnd(byte), echo);
        } else {
            return false;
        }
        true
    }

    fn finish_line(&mut self, end: Item, echo: &mut impl FnMut(&[u8])) {
        // `store` keeps a place for the end of a line that has bytes.
        if self.ready.len() + self.line.len() >= CAPACITY || !self.reserve() {
            self.refuse(echo);
            return;
        }
        self.ready.extend(self.line.drain(..).map(Item::Byte));
        self.ready.push_back(end);
        self.line_column = self.column;
    }

    /// Puts a byte where readers find it, or into the line being typed.
    fn store(&mut self, byte: u8, echo: &mut impl FnMut(&[u8])) {
        let canonical = self.termios.has_local(raw::ICANON);
        // One place stays free for the end of the line.
        let full = self.ready.len() + self.line.len() + 1 >= CAPACITY;
        if full || !self.reserve() {
            self.refuse(echo);
            return;
        }
        if canonical {
            if self.line.is_empty() {
                self.line_column = self.column;
            }
            self.line.push_back(byte);
        } else {
            self.ready.push_back(Item::Byte(byte));
        }
        self.echo_byte(byte, echo);
    }

    /// There is no room for what was typed.
    fn refuse(&self, echo: &mut impl FnMut(&[u8])) {
        if self.termios.has_input(raw::IMAXBEL) {
            echo(b"\x07");
        }
    }

    fn reserve(&mut self) -> bool {
        let grow = |have: usize, length: usize| CAPACITY.saturating_sub(have.max(length));
        let ready = grow(self.ready.capacity(), self.ready.len());
        let line = grow(self.line.capacity(), self.line.len());
        (ready == 0 || self.ready.try_reserve(CAPACITY - self.ready.len()).is_ok())
            && (line == 0 || self.line.try_reserve(CAPACITY - self.line.len()).is_ok())
    }

    fn echo_byte(&mut self, byte: u8, echo: &mut impl FnMut(&[u8])) {
        if !self.termios.has_local(raw::ECHO) {
            return;
        }
        if self.is_shown_as_caret(byte) {
            self.emit(&[b'^', byte ^ 0x40], echo);
        } else {
            self.emit(&[byte], echo);
        }
    }

    fn is_shown_as_caret(&self, byte: u8) -> bool {
        self.termios.has_local(raw::ECHOCTL)
            && byte.is_ascii_control()
            && !matches!(byte, b'\t' | b'\n')
    }

    fn emit(&mut self, bytes: &[u8], echo: &mut impl FnMut(&[u8])) {
        for byte in bytes {
            self.output(*byte, &mut *echo);
        }
    }

    /// Takes the last character back, a whole UTF-8 sequence with `IUTF8`.
    fn erase_one(&mut self, echo: &mut impl FnMut(&[u8])) {
        let Some(mut byte) = self.line.pop_back() else {
            return;
        };
        if self.termios.has_input(raw::IUTF8) {
            while byte & 0xc0 == 0x80 {
                match self.line.pop_back() {
                    Some(previous) => byte = previous,
                    None => break,
                }
            }
        }
        if !self.termios.has_local(raw::ECHO) {
            return;
        }
        if !self.termios.has_local(raw::ECHOE) {
            let erase = self.termios.characters[raw::VERASE as usize];
            self.echo_byte(erase, echo);
            return;
        }
        let columns = match byte {
            b'\t' => self.column.saturating_sub(self.typed_column()),
            byte if self.is_shown_as_caret(byte) => 2,
            byte if byte.is_ascii_control() => 0,
            _ => 1,
        };
        for _ in 0..columns {
            echo(if byte == b'\t' { b"\x08" } else { b"\x08 \x08" });
        }
        self.column = self.column.saturating_sub(columns);
    }

    /// The column behind the line being typed.
    fn typed_column(&self) -> usize {
        let mut column = self.line_column;
        for &byte in &self.line {
            column += match byte {
                b'\t' => 8 - column % 8,
                byte if self.is_shown_as_caret(byte) => 2,
                byte if byte.is_ascii_control() => 0,
                byte if self.termios.has_input(raw::IUTF8) && byte & 0xc0 == 0x80 => 0,
                _ => 1,
            };
        }
        column
    }

    /// Sends a byte to the screen, changed as the output modes say.
    pub fn output(&mut self, byte: u8, mut out: impl FnMut(&[u8])) {
        let flags = self.termios.output;
        if flags & raw::OPOST == 0 {
            out(&[byte]);
            return;
        }
        let byte = if flags & raw::OLCUC != 0 {
            byte.to_ascii_uppercase()
        } else {
            byte
        };
        match byte {
            b'\n' => {
                if flags & (raw::ONLCR | raw::ONLRET) != 0 {
                    self.column = 0;
                }
                out(if flags & raw::ONLCR != 0 {
                    b"\r\n"
                } else {
                    b"\n"
                });
            }
            b'\r' if flags & raw::ONOCR != 0 && self.column == 0 => {}
            b'\r' if flags & raw::OCRNL != 0 => {
                if flags & raw::ONLRET != 0 {
                    self.column = 0;
                }
                out(b"\n");
            }
            b'\r' => {
                self.column = 0;
                out(b"\r");
            }
            b'\t' => {
                let width = 8 - self.column % 8;
                self.column += width;
                if flags & raw::TABDLY == raw::XTABS {
                    out(&b"        "[..width]);
                } else {
                    out(b"\t");
                }
            }
            0x08 => {
                self.column = self.column.saturating_sub(1);
                out(b"\x08");
            }
            byte => {
                if !byte.is_ascii_control() && byte & 0xc0 != 0x80 {
                    self.column += 1;
                }
                out(&[byte]);
            }
        }
    }

    /// Whether a read would give something now. Non-canonical reads want
    /// `VMIN` bytes, or are never kept waiting when it is 0 without `VTIME`.
    pub fn is_readable(&self) -> bool {
        if self.termios.has_local(raw::ICANON) {
            self.has_line()
        } else {
            let minimum = match self.termios.minimum() {
                0 if self.termios.timeout() != 0 => 1,
                minimum => minimum,
            };
            self.ready.len() >= minimum
        }
    }

    fn has_line(&self) -> bool {
        self.ready.iter().any(|item| !matches!(item, Item::Byte(_)))
    }

    /// How many bytes of input surely find room. While a canonical reader has no complete line there is always some:
    /// the line's end is dropped when it is too long.
    pub fn room(&self) -> usize {
        let free = CAPACITY.saturating_sub(self.ready.len() + self.line.len() + 2);
        if free == 0 && self.termios.has_local(raw::ICANON) && !self.has_line() {
            1
        } else {
            free
        }
    }

    /// Whether any byte waits, complete or not.
    pub fn has_bytes(&self) -> bool {
        !self.ready.is_empty()
    }

    /// How many bytes a read would give at most (`FIONREAD`).
    pub fn readable_bytes(&self) -> usize {
        if self.termios.has_local(raw::ICANON) && !self.has_line() {
            return 0;
        }
        self.ready
            .iter()
            .filter(|item| **item != Item::EndOfFile)
            .count()
    }

    /// Gives waiting bytes to `take` one by one, at most `limit`: a canonical
    /// read ends with its line. Call it when something is readable.
    pub fn read(&mut self, limit: usize, mut take: impl FnMut(u8)) -> usize {
        let canonical = self.termios.has_local(raw::ICANON);
        let mut count = 0;
        while count < limit {
            match self.ready.pop_front() {
                None => break,
                Some(Item::EndOfFile) if canonical => break,
                Some(Item::EndOfFile) => {}
                Some(Item::LineEnd(byte)) => {
                    take(byte);
                    count += 1;
                    if canonical {
                        break;
                    }
                }
                Some(Item::Byte(byte)) => {
                    take(byte);
                    count += 1;
                    // An end of file right behind the last byte belongs to this read.
                    if canonical && count == limit && self.ready.front() == Some(&Item::EndOfFile) {
                        self.ready.pop_front();
                    }
                }
            }
        }
        count
    }

    /// Throws away what was typed and not read (`TCIFLUSH`).
    pub fn flush_input(&mut self) {
        self.ready.clear();
        self.line.clear();
        self.literal_next = false;
    }

    /// Changes the settings. What was typed stays: leaving canonical mode makes
    /// the unfinished line readable, as on Linux.
    pub fn set_termios(&mut self, termios: Termios) {
        let was_canonical = self.termios.has_local(raw::ICANON);
        self.termios = termios;
        if was_canonical && !termios.has_local(raw::ICANON) && self.reserve() {
            self.ready.extend(self.line.drain(..).map(Item::Byte));
        }
        if termios.input & raw::IXON == 0 {
            self.stopped = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Keyboard {
        tty: LineDiscipline,
        screen: Vec<u8>,
        signals: Vec<Signal>,
    }

    impl Keyboard {
        fn new() -> Self {
            Self {
                tty: LineDiscipline::new(),
                screen: Vec::new(),
                signals: Vec::new(),
            }
        }

        fn type_in(&mut self, bytes: &[u8]) -> &mut Self {
            for byte in bytes {
                let screen = &mut self.screen;
                let signal = self.tty.input(*byte, |echo| screen.extend_from_slice(echo));
                self.signals.extend(signal);
            }
            self
        }

        fn read(&mut self, limit: usize) -> Option<Vec<u8>> {
            if !self.tty.is_readable() {
                return None;
            }
            let mut bytes = Vec::new();
            self.tty.read(limit, |byte| bytes.push(byte));
            Some(bytes)
        }

        fn raw(&mut self, minimum: u8, time: u8) -> &mut Self {
            let mut termios = self.tty.termios;
            termios.local &= !(raw::ICANON | raw::ECHO | raw::ISIG);
            termios.characters[raw::VMIN as usize] = minimum;
            termios.characters[raw::VTIME as usize] = time;
            self.tty.set_termios(termios);
            self
        }
    }

    #[test]
    fn a_line_is_readable_when_it_ends() {
        let mut keyboard = Keyboard::new();
        assert_eq!(keyboard.type_in(b"ab").read(10), None);
        assert_eq!(keyboard.type_in(b"c\rde").read(10), Some(b"abc\n".to_vec()));
        assert_eq!(keyboard.read(10), None);
        assert_eq!(keyboard.screen, b"abc\r\nde");
        keyboard.type_in(b"f\nxyz\n");
        assert_eq!(keyboard.read(2), Some(b"de".to_vec()));
        assert_eq!(keyboard.read(10), Some(b"f\n".to_vec()));
        assert_eq!(keyboard.read(10), Some(b"xyz\n".to_vec()));
    }

    #[test]
    fn erasing() {
        let mut keyboard = Keyboard::new();
        keyboard.type_in(b"ax\x7fb\n");
        assert_eq!(keyboard.read(10), Some(b"ab\n".to_vec()));
        assert_eq!(keyboard.screen, b"ax\x08 \x08b\r\n");
        keyboard.type_in(b"wrong\x15right\n");
        assert_eq!(keyboard.read(10), Some(b"right\n".to_vec()));
        keyboard.type_in(b"one two  \x17three\n");
        assert_eq!(keyboard.read(20), Some(b"one three\n".to_vec()));
        keyboard.type_in(b"\x7f\x7fx\n");
        assert_eq!(keyboard.read(20), Some(b"x\n".to_vec()));
    }

    #[test]
    fn a_tab_is_erased_to_where_it_began() {
        let mut keyboard = Keyboard::new();
        keyboard.type_in(b"ab\t");
        keyboard.screen.clear();
        keyboard.type_in(b"\x7f");
        assert_eq!(keyboard.screen, b"\x08\x08\x08\x08\x08\x08");
    }

    #[test]
    fn end_of_file() {
        let mut keyboard = Keyboard::new();
        assert_eq!(keyboard.type_in(b"\x04").read(10), Some(b"".to_vec()));
        assert_eq!(keyboard.type_in(b"ab\x04").read(10), Some(b"ab".to_vec()));
        assert_eq!(keyboard.read(10), None);
        keyboard.type_in(b"ab\x04");
        assert_eq!(keyboard.read(2), Some(b"ab".to_vec()));
        assert_eq!(
            keyboard.read(2),
            None,
            "the end belonged to the read before"
        );
    }

    #[test]
    fn signals_flush_and_echo() {
        let mut keyboard = Keyboard::new();
        keyboard.type_in(b"half\x03");
        assert_eq!(keyboard.signals, [Signal::INT]);
        assert_eq!(keyboard.screen, b"half^C");
        assert_eq!(keyboard.type_in(b"x\n").read(10), Some(b"x\n".to_vec()));
        keyboard.type_in(b"\x1c\x1a");
        assert_eq!(keyboard.signals, [Signal::INT, Signal::QUIT, Signal::TSTP]);
    }

    #[test]
    fn a_literal_character_is_not_special() {
        let mut keyboard = Keyboard::new();
        keyboard.type_in(b"\x16\x03\x16\x04\n");
        assert_eq!(keyboard.read(10), Some(b"\x03\x04\n".to_vec()));
        assert!(keyboard.signals.is_empty());
    }

    #[test]
    fn raw_reads_want_the_minimum() {
        let mut keyboard = Keyboard::new();
        keyboard.raw(3, 0).type_in(b"ab");
        assert_eq!(keyboard.read(10), None);
        assert_eq!(keyboard.type_in(b"\x03").read(10), Some(b"ab\x03".to_vec()));
        assert!(keyboard.screen.is_empty() && keyboard.signals.is_empty());
        keyboard.raw(0, 0);
        assert_eq!(keyboard.read(10), Some(b"".to_vec()));
        keyboard.raw(0, 5);
        assert_eq!(keyboard.read(10), None);
    }

    #[test]
    fn leaving_canonical_mode_keeps_what_was_typed() {
        let mut keyboard = Keyboard::new();
        keyboard.type_in(b"abc");
        keyboard.raw(1, 0);
        assert_eq!(keyboard.read(10), Some(b"abc".to_vec()));
    }

    #[test]
    fn ends_of_lines_are_bounded() {
        for end in [b'\n', 4] {
            let mut keyboard = Keyboard::new();
            keyboard.type_in(&[end; 3 * CAPACITY]).type_in(b"ab\n");
            assert_eq!(keyboard.tty.ready.len(), CAPACITY);
            // Where one was read there is room again.
            assert!(keyboard.read(1).is_some());
            keyboard.type_in(&[end; 2]);
            assert_eq!(keyboard.tty.ready.len(), CAPACITY);
        }
        // A line that is too long ends all the same.
        let mut keyboard = Keyboard::new();
        keyboard.type_in(&[b'x'; 2 * CAPACITY]).type_in(b"\n");
        assert_eq!(keyboard.read(2 * CAPACITY).unwrap().len(), CAPACITY);
    }

    #[test]
    fn output_modes() {
        let mut tty = LineDiscipline::new();
        let mut screen = Vec::new();
        for byte in b"a\tb\nc" {
            tty.output(*byte, |bytes| screen.extend_from_slice(bytes));
        }
        assert_eq!(screen, b"a\tb\r\nc");
        tty.termios.output |= raw::XTABS;
        screen.clear();
        for byte in b"\r12\t3" {
            tty.output(*byte, |bytes| screen.extend_from_slice(bytes));
        }
        assert_eq!(screen, b"\r12      3");
        tty.termios.output = 0;
        screen.clear();
        tty.output(b'\n', |bytes| screen.extend_from_slice(bytes));
        assert_eq!(screen, b"\n");
    }

    proptest! {
        /// Whatever is typed, nothing grows beyond its bound, and what a reader
        /// gets in raw mode is what was typed, up to the bound.
        #[test]
        fn any_input_is_bounded(bytes in proptest::collection::vec(any::<u8>(), 0..if cfg!(miri) { 60 } else { 6000 })) {
            let mut keyboard = Keyboard::new();
            keyboard.type_in(&bytes);
            prop_assert!(keyboard.tty.ready.len() + keyboard.tty.line.len() <= CAPACITY);
            while keyboard.read(100).is_some() {}
            let mut keyboard = Keyboard::new();
            let mut termios = keyboard.tty.termios;
            termios.input = 0;
            keyboard.tty.set_termios(termios);
            keyboard.raw(1, 0).type_in(&bytes);
            let mut got = Vec::new();
            while let Some(part) = keyboard.read(64) {
                got.extend(part);
            }
            let expected = bytes.len().min(CAPACITY - 1);
            prop_assert_eq!(&got[..], &bytes[..expected]);
        }
    }
}
