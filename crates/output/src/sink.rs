//! Rendered text, written in pieces, so that a large result is not in memory as text, too.

use azr_core::error::Result;

/// The length from which text is written, in bytes.
const CHUNK: usize = 256 << 10;

/// A buffer of text that is written when it is long.
pub(crate) struct Sink<'a> {
    /// The text that has not been written yet.
    pub text: String,
    write: &'a mut dyn FnMut(&str) -> Result<()>,
    result: Result<()>,
}

impl<'a> Sink<'a> {
    /// An empty buffer, with the function that writes a text.
    pub(crate) fn new(write: &'a mut dyn FnMut(&str) -> Result<()>) -> Self {
        Self { text: String::new(), write, result: Ok(()) }
    }

    /// Writes the text if it is long; called wherever it may be split.
    pub(crate) fn write_if_long(&mut self) {
        if self.text.len() >= CHUNK {
            self.write_text();
        }
    }

    /// Writes the rest; fails if any text could not be written.
    pub(crate) fn finish(mut self) -> Result<()> {
        if !self.text.is_empty() {
            self.write_text();
        }
        self.result
    }

    fn write_text(&mut self) {
        if self.result.is_ok() {
            self.result = (self.write)(&self.text);
        }
        self.text.clear();
    }
}

/// The text that a function renders.
#[cfg(test)]
pub(crate) fn collect(render: impl FnOnce(Sink<'_>) -> Result<()>) -> String {
    let mut collected = String::new();
    let mut write = |text: &str| {
        collected.push_str(text);
        Ok(())
    };
    render(Sink::new(&mut write)).expect("a string accepts any text");
    collected
}

#[cfg(test)]
mod tests {
    use super::*;
    use azr_core::error::Error;

    #[test]
    fn a_long_text_is_written_in_pieces() {
        let mut lengths = Vec::new();
        let mut write = |text: &str| {
            lengths.push(text.len());
            Ok(())
        };
        let mut sink = Sink::new(&mut write);
        for _ in 0..5 {
            sink.text.push_str(&"x".repeat(CHUNK / 2));
            sink.write_if_long();
        }
        sink.finish().unwrap();
        assert_eq!(lengths, [CHUNK, CHUNK, CHUNK / 2]);
    }

    #[test]
    fn nothing_is_written_after_an_error() {
        let mut calls = 0;
        let mut write = |_: &str| {
            calls += 1;
            Err(Error::unexpected("full"))
        };
        let mut sink = Sink::new(&mut write);
        for _ in 0..3 {
            sink.text.push_str(&"x".repeat(CHUNK));
            sink.write_if_long();
        }
        assert!(sink.finish().is_err());
        assert_eq!(calls, 1);
    }
}
