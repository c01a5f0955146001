//! Errors of values: those of the syntax, and those of the type.

use azr_core::error::Error;

/// The number of characters of a value that an error repeats.
const EXCERPT_CHARS: usize = 60;

/// The hint for a value that cannot be parsed.
const SYNTAX_HINT: &str = "Write {key:value,list:[a,b]} with '...' around text that has spaces, quotes or , : { } [ ], or give JSON, or @file.json.";

/// Why a value cannot be parsed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParseError {
    /// The position in characters, from 0.
    pub position: usize,
    /// What is wrong there.
    pub reason: String,
}

impl ParseError {
    /// An error at a character.
    pub(crate) fn new(position: usize, reason: impl Into<String>) -> Self {
        Self { position, reason: reason.into() }
    }

    /// The error of an option with this value.
    pub(super) fn into_error(self, option: &str, text: &str) -> Error {
        let Self { position, reason } = self;
        Error::invalid(format!(
            "{option}: cannot read '{}' at character {}: {reason}",
            excerpt(text),
            position + 1
        ))
        .with_hint(shell_hint(text).unwrap_or(SYNTAX_HINT))
    }
}

/// Why a value does not have the type of its member, and where.
#[derive(Debug)]
pub(crate) struct TypeMismatch {
    /// The path within the value, such as `[0].name`; empty for the value itself.
    pub path: String,
    /// What is wrong.
    pub reason: String,
}

impl TypeMismatch {
    /// A mismatch of the value itself.
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { path: String::new(), reason: reason.into() }
    }

    /// The same mismatch, seen from the parent of the value.
    pub(crate) fn under(mut self, step: &str) -> Self {
        let dot = if self.path.is_empty() || self.path.starts_with('[') { "" } else { "." };
        self.path = format!("{step}{dot}{}", self.path);
        self
    }

    /// The error of an option with this value.
    pub(super) fn into_error(self, option: &str, value: &str) -> Error {
        let mut text = option.to_owned();
        if !self.path.is_empty() {
            text.push_str(if self.path.starts_with('[') { "" } else { "." });
            text.push_str(&self.path);
        }
        let shown = if value.is_empty() || self.reason.contains(value) {
            String::new()
        } else {
            format!(" in '{}'", excerpt(value))
        };
        let error = Error::invalid(format!("{text}: {}{}", self.reason, shown));
        match shell_hint(value) {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }
}

/// The hint for a value that a shell has changed.
fn shell_hint(value: &str) -> Option<&'static str> {
    let value = value.trim();
    if value.len() > 1 && value.starts_with('\'') && value.ends_with('\'') {
        return Some("cmd.exe passes single quotes on; enclose the value in double quotes.");
    }
    let (name, rest) = value.split_once(':')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    (is_name && !rest.starts_with("//")).then_some(
        "PowerShell removes the braces of a value that is not quoted; enclose it in single quotes: '{key: value}'.",
    )
}

/// The start of a value, on one line.
pub(crate) fn excerpt(value: &str) -> String {
    let mut output: String = value.chars().take(EXCERPT_CHARS).collect();
    if output.len() < value.len() {
        output.push('…');
    }
    output.replace(['\n', '\r', '\t'], " ")
}
