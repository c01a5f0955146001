//! Writes to stderr, where no secret may appear.

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::sync::{Mutex, PoisonError};

use crate::progress::screen;
use crate::secrets;

/// The secrets that no message may repeat.
static SECRETS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Hides these secrets in all further messages.
pub fn hide_secrets(secrets: Vec<String>) {
    *SECRETS.lock().unwrap_or_else(PoisonError::into_inner) = secrets;
}

/// Replaces the secrets in a text.
pub(super) fn without_secrets(text: &str) -> Cow<'_, str> {
    secrets::hide(text, &SECRETS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Writes a text to stderr without secrets, while no progress is visible.
pub(super) fn write_stderr(text: &str) {
    let text = without_secrets(text);
    // If stderr cannot be written, the error cannot be reported either.
    screen::suspend(|| drop(io::stderr().lock().write_all(text.as_bytes())));
}
