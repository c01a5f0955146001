//! A cursor over the characters of a text, for hand-written parsers.

/// The characters of a text, and the position of the next one.
pub(crate) struct CharReader {
    chars: Vec<char>,
    position: usize,
}

impl CharReader {
    /// A reader at the start of a text.
    pub(crate) fn new(text: &str) -> Self {
        Self { chars: text.chars().collect(), position: 0 }
    }

    /// The number of characters read so far.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Whether all characters have been read.
    pub(crate) fn is_at_end(&self) -> bool {
        self.position >= self.chars.len()
    }

    /// The next character.
    pub(crate) fn peek(&self) -> Option<char> {
        self.peek_nth(0)
    }

    /// The character that comes `n` after the next one.
    pub(crate) fn peek_nth(&self, n: usize) -> Option<char> {
        self.chars.get(self.position + n).copied()
    }

    /// The character before the next one.
    pub(crate) fn previous(&self) -> Option<char> {
        self.chars.get(self.position.checked_sub(1)?).copied()
    }

    /// The characters that have not been read.
    pub(crate) fn rest(&self) -> &[char] {
        self.chars.get(self.position..).unwrap_or_default()
    }

    /// The text from an earlier position up to the current one.
    pub(crate) fn text_since(&self, start: usize) -> String {
        self.chars[start..self.position.min(self.chars.len())].iter().collect()
    }

    /// Skips a number of characters, possibly beyond the end.
    pub(crate) fn skip(&mut self, count: usize) {
        self.position += count;
    }

    /// Skips characters while they match.
    pub(crate) fn skip_while(&mut self, matches: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&matches) {
            self.position += 1;
        }
    }

    /// Reads characters while they match.
    pub(crate) fn take_while(&mut self, matches: impl Fn(char) -> bool) -> String {
        let start = self.position;
        self.skip_while(matches);
        self.text_since(start)
    }

    /// Reads the next character if it is `c`; returns whether it is.
    pub(crate) fn accept(&mut self, c: char) -> bool {
        let is_next = self.peek() == Some(c);
        self.position += usize::from(is_next);
        is_next
    }
}
