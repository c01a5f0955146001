//! The result of one check.

use serde_json::{Value, json};

use azr_core::error::Error;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// The check passed.
    Ok,
    /// The check failed.
    Failed,
    /// The check was skipped: one before it failed, or it was not requested.
    Skipped,
}

impl State {
    /// The text that is printed.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Failed => "not ok",
            Self::Skipped => "not tried",
        }
    }
}

/// The result of one check.
#[derive(Debug)]
pub(crate) struct Finding {
    /// The name of the check.
    pub check: &'static str,
    /// How it ended.
    pub state: State,
    /// What was found.
    pub detail: String,
    /// The command or the step that fixes it.
    pub hint: Option<String>,
}

impl Finding {
    /// A check that passed.
    pub(crate) fn ok(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, state: State::Ok, detail: detail.into(), hint: None }
    }

    /// A check that failed, with the hint that fixes it.
    pub(crate) fn failed(check: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { check, state: State::Failed, detail: detail.into(), hint: Some(hint.into()) }
    }

    /// A check that failed with an error.
    pub(crate) fn error(check: &'static str, error: &Error) -> Self {
        Self { check, state: State::Failed, detail: error.described(), hint: error.hint().map(str::to_owned) }
    }

    /// A check that was skipped.
    pub(crate) fn skipped(check: &'static str, reason: impl Into<String>) -> Self {
        Self { check, state: State::Skipped, detail: reason.into(), hint: None }
    }

    /// The JSON that is printed; the member `mend` holds the hint.
    pub(crate) fn to_json(&self) -> Value {
        json!({"check": self.check, "state": self.state.as_str(), "detail": self.detail, "mend": self.hint})
    }
}
