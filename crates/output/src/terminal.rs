//! The size of the terminal.

use std::io::{self, IsTerminal};

/// The number of columns of the terminal that stdout is connected to; None if it is not a terminal.
#[must_use]
pub fn stdout_width() -> Option<usize> {
    io::stdout().is_terminal().then(width).flatten()
}

fn width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size()?;
    // A terminal without a size reports 0.
    Some(usize::from(width.0)).filter(|width| *width > 0)
}
