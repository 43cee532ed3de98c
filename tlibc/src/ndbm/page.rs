//! A page of a database: a number of texts, their offsets from the front, the texts themselves from the back.
//!
//! Words of two bytes, little endian: how many texts there are, then where each begins. Keys and contents alternate; a text
//! ends where the one before it begins, the first at the end of the page.

/// Bytes of a page.
pub const PAGE: usize = 4096;
const WORD: usize = 2;

/// One page in memory.
pub struct Page {
    bytes: [u8; PAGE],
}

impl Page {
    /// An empty page.
    pub const fn new() -> Self {
        Self { bytes: [0; PAGE] }
    }

    /// Its bytes, for writing it to a file.
    pub fn bytes(&self) -> &[u8; PAGE] {
        &self.bytes
    }

    /// Its bytes, for reading it from a file; [`is_sound`](Self::is_sound) must follow.
    pub fn bytes_mut(&mut self) -> &mut [u8; PAGE] {
        &mut self.bytes
    }

    fn word(&self, index: usize) -> usize {
        let at = index * WORD;
        usize::from(u16::from_le_bytes([self.bytes[at], self.bytes[at + 1]]))
    }

    fn set_word(&mut self, index: usize, value: usize) {
        let at = index * WORD;
        self.bytes[at..at + WORD].copy_from_slice(&(value as u16).to_le_bytes());
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.word(0) / 2
    }

    /// Whether the offsets are in order and inside of the page.
    pub fn is_sound(&self) -> bool {
        let texts = self.word(0);
        if !texts.is_multiple_of(2) || (texts + 1) * WORD > PAGE {
            return false;
        }
        let mut end = PAGE;
        for text in 1..=texts {
            if self.word(text) > end {
                return false;
            }
            end = self.word(text);
        }
        end >= (texts + 1) * WORD
    }

    /// Where text `number` is, counted from 1.
    fn range(&self, number: usize) -> core::ops::Range<usize> {
        let end = if number == 1 {
            PAGE
        } else {
            self.word(number - 1)
        };
        self.word(number)..end
    }

    /// Key and content of a pair.
    pub fn pair(&self, pair: usize) -> (&[u8], &[u8]) {
        (
            &self.bytes[self.range(2 * pair + 1)],
            &self.bytes[self.range(2 * pair + 2)],
        )
    }

    /// The pair with a key.
    pub fn find(&self, key: &[u8]) -> Option<usize> {
        (0..self.len()).find(|pair| self.pair(*pair).0 == key)
    }

    /// Whether an empty page has room for the pair.
    pub fn could_hold(key: &[u8], content: &[u8]) -> bool {
        key.len().saturating_add(content.len()) <= PAGE - 3 * WORD
    }

    /// Adds a pair, if there is room for it.
    pub fn insert(&mut self, key: &[u8], content: &[u8]) -> bool {
        let texts = self.word(0);
        let end = if texts == 0 { PAGE } else { self.word(texts) };
        let needed = key.len() + content.len() + 2 * WORD;
        if end - (texts + 1) * WORD < needed {
            return false;
        }
        let (at, content_at) = (end - key.len(), end - key.len() - content.len());
        self.bytes[at..end].copy_from_slice(key);
        self.bytes[content_at..at].copy_from_slice(content);
        self.set_word(texts + 1, at);
        self.set_word(texts + 2, content_at);
        self.set_word(0, texts + 2);
        true
    }

    /// Takes a pair out and closes the gap.
    pub fn remove(&mut self, pair: usize) {
        let texts = self.word(0);
        let gone = self.range(2 * pair + 2).start..self.range(2 * pair + 1).end;
        let lowest = self.word(texts);
        let size = gone.len();
        self.bytes.copy_within(lowest..gone.start, lowest + size);
        for text in 2 * pair + 3..=texts {
            let moved = self.word(text) + size;
            self.set_word(text - 2, moved);
        }
        self.set_word(0, texts - 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_come_and_go() {
        let mut page = Page::new();
        let mut count = 0_u32;
        while page.insert(
            &count.to_le_bytes(),
            &vec![count as u8; count as usize % 90],
        ) {
            count += 1;
        }
        assert!(count > 60 && page.is_sound());
        for gone in (0..count).step_by(3) {
            let pair = page.find(&gone.to_le_bytes()).unwrap();
            page.remove(pair);
            assert!(page.is_sound());
        }
        for number in 0..count {
            match page.find(&number.to_le_bytes()) {
                None => assert_eq!(number % 3, 0),
                Some(pair) => {
                    assert_eq!(page.pair(pair).1, vec![number as u8; number as usize % 90]);
                }
            }
        }
        assert!(page.insert(b"", b"empty key") && page.find(b"").is_some());
    }

    #[test]
    fn damage_is_noticed() {
        let mut page = Page::new();
        assert!(page.is_sound());
        page.insert(b"key", b"content");
        page.bytes_mut()[2] = 0xff;
        page.bytes_mut()[3] = 0xff;
        assert!(!page.is_sound());
        assert!(Page::could_hold(&[0; 100], &[0; PAGE - 106]));
        assert!(!Page::could_hold(&[0; 100], &[0; PAGE - 105]));
    }
}
