//! Colours: az's palette, and when to use it.

use std::io::{self, IsTerminal};

/// What is painted; the colours are those that az shows on a terminal.
#[derive(Clone, Copy)]
pub enum Paint {
    /// The key of an object.
    Key,
    /// A string.
    Text,
    /// A number, true, false or null.
    Literal,
    /// The word before an error.
    Error,
    /// The word before a warning.
    Warning,
    /// The word before a hint, and all that is said less loudly.
    Quiet,
}

impl Paint {
    fn code(self) -> &'static str {
        match self {
            Self::Key => "94",
            Self::Text | Self::Warning => "33",
            Self::Literal => "34",
            Self::Error => "31",
            Self::Quiet => "36",
        }
    }
}

/// Appends the text, painted if colours are wanted.
pub fn push(out: &mut String, wanted: bool, paint: Paint, text: &str) {
    if wanted {
        out.push_str("\x1b[");
        out.push_str(paint.code());
        out.push('m');
        out.push_str(text);
        out.push_str("\x1b[39m");
    } else {
        out.push_str(text);
    }
}

/// Whether a result may be coloured: stdout is a terminal that shows colours, and `NO_COLOR` is unset.
#[must_use]
pub fn stdout_is_colored() -> bool {
    io::stdout().is_terminal() && terminal_takes_colors()
}

/// The same for what is said to a person.
pub fn stderr_is_colored() -> bool {
    io::stderr().is_terminal() && terminal_takes_colors()
}

fn terminal_takes_colors() -> bool {
    // On Windows the first call also switches the console to escape sequences.
    !anstyle_query::no_color() && anstyle_query::term_supports_ansi_color()
}
