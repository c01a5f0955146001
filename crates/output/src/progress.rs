//! A spinner or a bar on stderr for what takes long.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::message::{Verbosity, verbosity};

const FRAME: Duration = Duration::from_millis(100);

/// The spinner that is on the screen, so that messages can step around it.
static SHOWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Something that takes long, shown while it lasts.
///
/// Nothing is shown unless stderr is a terminal and more than errors is wanted. Dropping it clears it.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Shows a spinner with the message.
    #[must_use]
    pub fn start(message: impl Into<String>) -> Self {
        Self::show(message, spinner)
    }

    /// Shows a bar for so many things, with the message, the rate and the time that is left.
    #[must_use]
    pub fn bar(message: impl Into<String>, total: usize) -> Self {
        Self::show(message, || bar(total))
    }

    fn show(message: impl Into<String>, make: impl FnOnce() -> ProgressBar) -> Self {
        let visible = io::stderr().is_terminal() && verbosity() > Verbosity::OnlyErrors;
        let bar = if visible { make() } else { ProgressBar::hidden() };
        bar.set_message(message.into());
        if visible {
            *shown() = Some(bar.clone());
        }
        Self { bar }
    }

    /// Whether somebody sees it.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// Replaces the message.
    pub fn set(&self, message: impl Into<String>) {
        self.bar.set_message(message.into());
    }

    /// Moves the bar on by one.
    pub fn advance(&self) {
        self.bar.inc(1);
    }

    /// Takes the spinner off the screen.
    pub fn finish(self) {
        drop(self);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        *shown() = None;
    }
}

/// Writes something to stderr without tearing the spinner, if there is one.
pub(super) fn aside(write: impl FnOnce()) {
    let bar = shown().clone();
    match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

fn shown() -> std::sync::MutexGuard<'static, Option<ProgressBar>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(FRAME);
    bar
}

fn bar(total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64);
    let template = "{msg} {wide_bar} {pos}/{len} {rate} {eta}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.with_key("rate", rate));
    }
    bar.enable_steady_tick(FRAME);
    bar
}

/// How many a second, with no more digits than mean something.
fn rate(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    let rate = state.per_sec();
    let digits = usize::from(rate < 10.0);
    // Writing to a string cannot fail.
    let _ = write!(out, "{rate:.digits$}/s");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_aside_is_written_with_and_without_a_spinner() {
        let mut written = 0;
        aside(|| written += 1);
        let progress = Progress::start("Exporting");
        progress.set("Exporting 2 of 3");
        aside(|| written += 1);
        progress.finish();
        let bar = Progress::bar("Importing", 3);
        bar.advance();
        aside(|| written += 1);
        assert_eq!(written, 3);
    }
}
