//! The spinner of a command that waits and has no progress of its own.

use std::io::{self, IsTerminal as _};
use std::time::Duration;

use indicatif::ProgressBar;

use super::watcher::Watcher;
use super::{bar, screen};
use crate::verbosity::{Verbosity, verbosity};
use azr_core::interrupt::BlockedSection;

/// How often it is checked whether the spinner should appear.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// A spinner that appears at a terminal when nothing else has been shown for a while; it is removed when it is dropped.
#[derive(Debug)]
pub struct IdleSpinner(Option<Watcher>);

impl IdleSpinner {
    /// Starts to watch the terminal.
    #[must_use]
    pub fn start() -> Self {
        if !io::stderr().is_terminal() || verbosity() <= Verbosity::OnlyErrors {
            return Self(None);
        }
        let mut spinner: Option<ProgressBar> = None;
        Self(Some(Watcher::start(CHECK_INTERVAL, move || {
            // A finished spinner has been removed from the terminal.
            if spinner.as_ref().is_some_and(|spinner| !spinner.is_finished()) || BlockedSection::is_active() {
                return true;
            }
            let next = bar::new(None, std::sync::Arc::default());
            next.set_message("Waiting for Azure");
            spinner = screen::show_if_free(&next).then_some(next);
            true
        })))
    }
}

impl Drop for IdleSpinner {
    fn drop(&mut self) {
        if let Some(watcher) = self.0.take() {
            drop(watcher);
            screen::remove_idle();
        }
    }
}
