//! The result of running azr.

use std::fmt;

use serde_json::Value;

/// A finished run. Displayed, it is all that is known of it: for the messages of assertions.
#[derive(Debug)]
pub(crate) struct Run {
    /// The command line, for messages.
    pub command_line: String,
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// The bytes on stdout.
    pub stdout_bytes: Vec<u8>,
    /// stderr.
    pub stderr: String,
}

impl Run {
    /// stdout as text.
    pub(crate) fn stdout(&self) -> &str {
        std::str::from_utf8(&self.stdout_bytes)
            .unwrap_or_else(|e| panic!("{}: stdout is not UTF-8: {e}", self.command_line))
    }

    /// stdout without trailing white space, like `$(…)` in a shell.
    pub(crate) fn text(&self) -> &str {
        self.stdout().trim_end()
    }

    /// stdout as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout_bytes)
            .unwrap_or_else(|e| panic!("stdout is not JSON ({e})\n{self}"))
    }

    /// The same run, which must have succeeded.
    pub(crate) fn expect_success(self) -> Self {
        assert_eq!(self.code, Some(0), "{self}");
        assert!(!self.stderr.contains("ERROR"), "{self}");
        self
    }

    /// The error line of a run that must have failed with this exit code, with nothing on stdout, and on stderr only
    /// the error and perhaps a hint.
    pub(crate) fn error(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{self}");
        assert!(self.stdout_bytes.is_empty(), "stdout is not empty\n{self}");
        let mut lines = self.stderr.lines();
        let error = lines.next().and_then(|line| line.strip_prefix("ERROR: "));
        let error = error.unwrap_or_else(|| panic!("the first line is not an error\n{self}"));
        if let Some(hint) = lines.next() {
            assert!(hint.starts_with("Hint: "), "the second line is not a hint\n{self}");
        }
        assert_eq!(lines.next(), None, "more than an error and a hint\n{self}");
        error
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\nexit code {:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.command_line,
            self.code,
            String::from_utf8_lossy(&self.stdout_bytes),
            self.stderr
        )
    }
}
