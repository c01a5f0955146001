//! The one line of the terminal that shows progress.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::bar;

/// The time after which a spinner or bar appears at a terminal.
pub(super) const APPEARANCE_DELAY: Duration = Duration::from_millis(300);

/// What uses the line.
pub(super) struct Screen {
    /// The spinner or bar that is visible.
    visible: Option<ProgressBar>,
    /// The idle spinner, if it is the visible one.
    is_idle: bool,
    /// How many operations have progress of their own.
    claims: usize,
    /// How many questions wait for their answer.
    pauses: usize,
    /// Since when nothing uses the line.
    free_since: Option<Instant>,
}

static SCREEN: Mutex<Screen> =
    Mutex::new(Screen { visible: None, is_idle: false, claims: 0, pauses: 0, free_since: None });

fn screen() -> MutexGuard<'static, Screen> {
    SCREEN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Screen {
    fn clear(&mut self) {
        if let Some(bar) = self.visible.take() {
            bar.finish_and_clear();
        }
        self.is_idle = false;
        self.free_since = Some(Instant::now());
    }
}

/// Reserves the line for an operation with progress of its own.
pub(super) fn claim() {
    let mut screen = screen();
    screen.claims += 1;
    if screen.is_idle {
        screen.clear();
    }
}

/// Shows the bar of an operation that has claimed the line.
pub(super) fn show(bar: &ProgressBar) {
    let mut screen = screen();
    if screen.pauses == 0 {
        bar::show(bar);
        screen.visible = Some(bar.clone());
    }
}

/// Removes the bar of an operation, and gives up its claim.
pub(super) fn remove(bar: &ProgressBar) {
    let mut screen = screen();
    screen.claims = screen.claims.saturating_sub(1);
    screen.clear();
    bar.finish_and_clear();
}

/// Shows the idle spinner if the line has been free for long enough.
pub(super) fn show_if_free(spinner: &ProgressBar) -> bool {
    let mut screen = screen();
    if screen.claims > 0 || screen.pauses > 0 || screen.visible.is_some() {
        return false;
    }
    let free_since = *screen.free_since.get_or_insert_with(Instant::now);
    if free_since.elapsed() < APPEARANCE_DELAY {
        return false;
    }
    bar::show(spinner);
    screen.visible = Some(spinner.clone());
    screen.is_idle = true;
    true
}

/// Removes the idle spinner.
pub(super) fn remove_idle() {
    let mut screen = screen();
    if screen.is_idle {
        screen.clear();
    }
}

/// Removes whatever is visible, for the last message of the process.
pub(crate) fn hide() {
    screen().clear();
}

/// A question to the user, during which the idle spinner does not appear.
#[derive(Debug)]
pub(crate) struct Pause(());

/// Removes the spinner until the returned value is dropped.
pub(crate) fn pause() -> Pause {
    let mut screen = screen();
    screen.pauses += 1;
    screen.clear();
    Pause(())
}

impl Drop for Pause {
    fn drop(&mut self) {
        let mut screen = screen();
        screen.pauses -= 1;
        screen.free_since = Some(Instant::now());
    }
}

/// Runs a function that writes to stderr, hiding the spinner or bar meanwhile.
pub(crate) fn suspend(write: impl FnOnce()) {
    let bar = screen().visible.clone();
    match bar {
        Some(bar) => bar.suspend(write),
        None => write(),
    }
}
