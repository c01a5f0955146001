//! Colors: az's palette, and whether to use it.

use std::io::{self, IsTerminal};

/// What a color is used for; the colors are those of az.
#[derive(Clone, Copy)]
pub(crate) enum Color {
    /// The key of an object.
    Key,
    /// A string.
    Text,
    /// A number, true, false or null.
    Literal,
    /// The label of an error.
    Error,
    /// The label of a warning.
    Warning,
    /// The label of a hint or another less important message.
    Hint,
    /// A state that is as it should be.
    Success,
    /// What is less important than the rest of a line.
    Quiet,
}

impl Color {
    fn code(self) -> &'static str {
        match self {
            Self::Key => "94",
            Self::Text | Self::Warning => "33",
            Self::Literal => "34",
            Self::Error => "31",
            Self::Hint => "36",
            Self::Success => "32",
            // Bright black, which is gray.
            Self::Quiet => "90",
        }
    }
}

/// Appends a text, in color if colors are enabled.
pub(crate) fn push_colored(output: &mut String, enabled: bool, color: Color, text: &str) {
    if enabled {
        output.push_str("\x1b[");
        output.push_str(color.code());
        output.push('m');
        output.push_str(text);
        output.push_str("\x1b[39m");
    } else {
        output.push_str(text);
    }
}

/// Whether results may be colored: stdout is a terminal that supports colors, and `NO_COLOR` is unset.
#[must_use]
pub fn stdout_is_colored() -> bool {
    io::stdout().is_terminal() && terminal_supports_colors()
}

/// Whether messages may be colored.
pub(crate) fn stderr_is_colored() -> bool {
    io::stderr().is_terminal() && terminal_supports_colors()
}

fn terminal_supports_colors() -> bool {
    // On Windows the first call also enables escape sequences in the console.
    !anstyle_query::no_color() && anstyle_query::term_supports_ansi_color()
}
