//! What the streams of the process are connected to.

use std::io::IsTerminal;

/// Whether each stream is a terminal.
///
/// Whether to colour or to ask is decided by `output`, from these, `NO_COLOR` and `CI`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Somebody can be asked.
    pub stdin: bool,
    /// Results are read by a person.
    pub stdout: bool,
    /// Progress is seen by a person.
    pub stderr: bool,
}

impl Terminal {
    /// What the process finds.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            stdin: std::io::stdin().is_terminal(),
            stdout: std::io::stdout().is_terminal(),
            stderr: std::io::stderr().is_terminal(),
        }
    }
}
