//! What came of a run of azr.

use serde_json::Value;

/// A finished run.
#[derive(Debug)]
pub struct Run {
    /// The command line, for messages.
    pub line: String,
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// The bytes on stdout.
    pub bytes: Vec<u8>,
    /// stderr.
    pub stderr: String,
}

impl Run {
    /// stdout as text.
    pub fn stdout(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_else(|e| panic!("{}: stdout is not UTF-8: {e}", self.line))
    }

    /// stdout without its last line feed, as `$(…)` gives it.
    pub fn text(&self) -> &str {
        self.stdout().trim_end()
    }

    /// stdout as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|e| panic!("stdout is not JSON ({e})\n{}", self.story()))
    }

    /// The same run, if it did what it should.
    pub fn good(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.story());
        assert!(!self.stderr.contains("ERROR"), "{}", self.story());
        self
    }

    /// The one error line of a run that failed with this code and printed nothing else: no result, and beside the
    /// error at most the hint that mends it.
    pub fn error(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{}", self.story());
        assert!(self.bytes.is_empty(), "something is on stdout\n{}", self.story());
        let mut lines = self.stderr.lines();
        let error = lines.next().and_then(|line| line.strip_prefix("ERROR: "));
        let error = error.unwrap_or_else(|| panic!("no error comes first\n{}", self.story()));
        if let Some(hint) = lines.next() {
            assert!(hint.starts_with("Hint: "), "more than a hint\n{}", self.story());
        }
        assert_eq!(lines.next(), None, "more than an error and a hint\n{}", self.story());
        error
    }

    /// Everything there is to know about the run.
    pub fn story(&self) -> String {
        format!(
            "{}\nexit code {:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.line,
            self.code,
            String::from_utf8_lossy(&self.bytes),
            self.stderr
        )
    }
}
