//! What the fuzz targets in `fuzz/` call of the private modules.

use crate::escape;

/// A message as it is printed behind its label.
#[must_use]
pub fn escape_message(text: &str) -> String {
    escape::message(text)
}

/// A question or a state of the progress as it is printed.
#[must_use]
pub fn escape_line(text: &str) -> String {
    escape::line(text).into_owned()
}
