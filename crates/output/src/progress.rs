//! Progress of long operations: a spinner or a bar on stderr.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::escape;
use super::verbosity::{Verbosity, verbosity};

const TICK_INTERVAL: Duration = Duration::from_millis(100);

/// The visible spinner or bar, which is hidden while a message is printed.
static VISIBLE: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// A spinner or bar, which is removed when it is dropped.
///
/// Nothing is printed unless stderr is a terminal, and with `--only-show-errors`.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Shows a spinner with a message.
    #[must_use]
    pub fn spinner(message: impl Into<String>) -> Self {
        Self::show(message, new_spinner)
    }

    /// Shows a bar for `total` items, with a message, the rate and the remaining time.
    #[must_use]
    pub fn bar(message: impl Into<String>, total: usize) -> Self {
        Self::show(message, || new_bar(total))
    }

    fn show(message: impl Into<String>, create: impl FnOnce() -> ProgressBar) -> Self {
        let is_visible = io::stderr().is_terminal() && verbosity() > Verbosity::OnlyErrors;
        let bar = if is_visible { create() } else { ProgressBar::hidden() };
        bar.set_message(escape::line(&message.into()).into_owned());
        if is_visible {
            *visible_bar() = Some(bar.clone());
        }
        Self { bar }
    }

    /// Whether it is visible.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        !self.bar.is_hidden()
    }

    /// Replaces the message.
    pub fn set_message(&self, message: impl Into<String>) {
        self.bar.set_message(escape::line(&message.into()).into_owned());
    }

    /// Advances the bar by one item.
    pub fn advance(&self) {
        self.bar.inc(1);
    }

    /// Removes the spinner or bar.
    pub fn finish(self) {
        drop(self);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
        *visible_bar() = None;
    }
}

/// Runs a function that writes to stderr, hiding the spinner or bar meanwhile.
pub(super) fn suspend(write: impl FnOnce()) {
    let bar = visible_bar().clone();
    match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}

fn visible_bar() -> std::sync::MutexGuard<'static, Option<ProgressBar>> {
    VISIBLE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn new_spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK_INTERVAL);
    bar
}

fn new_bar(total: usize) -> ProgressBar {
    let bar = ProgressBar::new(total as u64);
    let template = "{msg} {wide_bar} {pos}/{len} {rate} {eta}";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.with_key("rate", write_rate));
    }
    bar.enable_steady_tick(TICK_INTERVAL);
    bar
}

/// Writes the rate per second, with one decimal if it is below 10.
fn write_rate(state: &ProgressState, output: &mut dyn std::fmt::Write) {
    let rate = state.per_sec();
    let digits = usize::from(rate < 10.0);
    // Writing to a string cannot fail.
    let _ = write!(output, "{rate:.digits$}/s");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_written_with_and_without_a_spinner() {
        let mut written = 0;
        suspend(|| written += 1);
        let progress = Progress::spinner("Exporting");
        progress.set_message("Exporting 2 of 3");
        suspend(|| written += 1);
        progress.finish();
        let bar = Progress::bar("Importing", 3);
        bar.advance();
        suspend(|| written += 1);
        assert_eq!(written, 3);
    }
}
