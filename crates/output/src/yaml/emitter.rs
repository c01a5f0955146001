//! Writing tokens: keeps track of the column, and inserts spaces, line breaks and indentation.

use crate::sink::Sink;

/// The output so far, and the state that decides whether a space or a line break comes next.
pub(crate) struct Emitter<'a> {
    pub sink: Sink<'a>,
    /// The number of characters on the last line.
    pub column: usize,
    /// Whether a token can follow without a space.
    after_space: bool,
    /// Whether the last line contains only indentation and `-`, `?` or `:`.
    only_indentation: bool,
    /// The indentation of the current collection; `None` at the root.
    pub level: Option<usize>,
}

impl<'a> Emitter<'a> {
    /// An emitter at the start of a document.
    pub(crate) fn new(sink: Sink<'a>) -> Self {
        Self { sink, column: 0, after_space: true, only_indentation: true, level: None }
    }

    /// Whether the last line contains only indentation and `-`, `?` or `:`.
    pub(crate) fn is_indenting(&self) -> bool {
        self.only_indentation
    }

    /// Writes a space unless the last token ends with one, and starts a scalar.
    pub(crate) fn start_scalar(&mut self) {
        if !self.after_space {
            self.text(" ");
        }
        self.continue_scalar();
    }

    /// Goes to the given column for the next part of a scalar.
    pub(crate) fn fold(&mut self, level: usize) {
        self.indent(level);
        self.continue_scalar();
    }

    fn continue_scalar(&mut self) {
        (self.after_space, self.only_indentation) = (false, false);
    }

    /// Writes punctuation, after a space if it needs one.
    pub(crate) fn indicator(&mut self, punctuation: &str, needs_space: bool, keeps_indenting: bool) {
        if needs_space && !self.after_space {
            self.text(" ");
        }
        self.text(punctuation);
        self.after_space = false;
        self.only_indentation &= keeps_indenting;
    }

    /// Goes to the given column, on a new line unless only indentation has been written on this one.
    pub(crate) fn indent(&mut self, level: usize) {
        if !self.only_indentation || self.column > level || (self.column == level && !self.after_space) {
            self.line_break('\n');
        }
        if self.column < level {
            self.after_space = true;
            self.sink.text.extend(std::iter::repeat_n(' ', level - self.column));
            self.column = level;
        }
    }

    /// Writes a line break, which may be one of YAML's others.
    pub(crate) fn line_break(&mut self, c: char) {
        self.sink.text.push(c);
        self.after_space = true;
        self.only_indentation = true;
        self.column = 0;
    }

    /// Writes text without line breaks.
    pub(crate) fn text(&mut self, text: &str) {
        self.sink.text.push_str(text);
        self.column += text.chars().count();
    }
}
