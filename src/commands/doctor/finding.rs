//! What one check came to.

use serde_json::{Value, json};

use azr_core::error::Error;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is as it should be.
    Well,
    /// It is not.
    Amiss,
    /// It was not tried: something before it is amiss, or it was not asked for.
    Untried,
}

impl State {
    /// The word that is shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Well => "ok",
            Self::Amiss => "not ok",
            Self::Untried => "not tried",
        }
    }
}

/// What one check came to.
#[derive(Debug)]
pub struct Finding {
    /// What was checked, in a word or two.
    pub check: &'static str,
    /// How it ended.
    pub state: State,
    /// What was found.
    pub detail: String,
    /// The command or the step that mends it.
    pub mend: Option<String>,
}

impl Finding {
    /// It is as it should be.
    pub fn well(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, state: State::Well, detail: detail.into(), mend: None }
    }

    /// It is not, and this mends it.
    pub fn amiss(check: &'static str, detail: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, state: State::Amiss, detail: detail.into(), mend: Some(mend.into()) }
    }

    /// It ended in an error, which may know its own mend.
    pub fn failed(check: &'static str, error: &Error) -> Self {
        Self { check, state: State::Amiss, detail: error.described(), mend: error.hint().map(str::to_owned) }
    }

    /// It was not tried.
    pub fn untried(check: &'static str, why: impl Into<String>) -> Self {
        Self { check, state: State::Untried, detail: why.into(), mend: None }
    }

    /// As it is shown.
    pub fn shown(&self) -> Value {
        json!({"check": self.check, "state": self.state.as_str(), "detail": self.detail, "mend": self.mend})
    }
}
