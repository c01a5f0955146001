//! Which standard streams are connected to a terminal.

use std::io::IsTerminal;

/// Whether each standard stream is a terminal.
///
/// `azr_output` decides from it, `NO_COLOR` and `CI` whether to print colors and progress.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terminal {
    /// Whether the user can be prompted.
    pub stdin: bool,
    /// Whether results go to a terminal.
    pub stdout: bool,
    /// Whether progress goes to a terminal.
    pub stderr: bool,
}

impl Terminal {
    /// The standard streams of the process.
    #[must_use]
    pub fn from_process() -> Self {
        Self {
            stdin: std::io::stdin().is_terminal(),
            stdout: std::io::stdout().is_terminal(),
            stderr: std::io::stderr().is_terminal(),
        }
    }
}
