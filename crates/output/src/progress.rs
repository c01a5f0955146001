//! Progress of long operations on stderr: a spinner or a bar at a terminal, lines elsewhere.

mod bar;
mod idle;
mod lines;
pub(crate) mod screen;
mod watcher;

use std::io::{self, IsTerminal as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::escape;
use super::message;
use super::pipeline::Pipeline;
use super::verbosity::{Verbosity, verbosity};
use azr_core::throttling::RateLimitWait;
use lines::{Line, LineSchedule, Snapshot};
use watcher::Watcher;

pub use idle::IdleSpinner;

/// How often it is checked whether a line is due.
const LINE_CHECK_INTERVAL: Duration = Duration::from_millis(500);

/// The time after which there are lines in a pipeline, whose log people watch.
const LINE_DELAY_IN_PIPELINE: Duration = Duration::from_secs(1);

/// The time after which there are lines elsewhere.
const LINE_DELAY: Duration = Duration::from_secs(5);

/// The progress of an operation, which is removed from the terminal when it is dropped.
///
/// A terminal shows a spinner or a bar, once the operation has taken some time. Elsewhere there is a line at the start,
/// and one every ten seconds or ten percent. Nothing is printed with `--only-show-errors`.
#[derive(Debug)]
pub struct Progress {
    work: Arc<Work>,
    display: Display,
}

/// How the progress is shown.
#[derive(Debug)]
enum Display {
    /// As a spinner or bar, which the watcher shows when it is time.
    Bar(ProgressBar, Watcher),
    /// As lines, which the watcher prints.
    Lines(Watcher),
    /// Not at all.
    Hidden,
}

/// What is known about the operation.
#[derive(Debug)]
struct Work {
    started: Instant,
    total: Option<usize>,
    done: AtomicUsize,
    failed: Arc<AtomicUsize>,
    texts: Mutex<Texts>,
}

#[derive(Debug)]
struct Texts {
    message: String,
    details: String,
    /// Whether the lines are a group of the pipeline's log that is open.
    is_group_open: bool,
}

impl Progress {
    /// Shows a spinner with a message.
    #[must_use]
    pub fn spinner(message: impl Into<String>) -> Self {
        Self::new(&message.into(), None)
    }

    /// Shows a bar for `total` APIs, with a message, the rate, the remaining time and the failures.
    #[must_use]
    pub fn bar(message: impl Into<String>, total: usize) -> Self {
        Self::new(&message.into(), Some(total))
    }

    fn new(message: &str, total: Option<usize>) -> Self {
        let texts = Texts {
            message: escape::line(message).into_owned(),
            details: String::new(),
            is_group_open: false,
        };
        let work = Arc::new(Work {
            started: Instant::now(),
            total,
            done: AtomicUsize::new(0),
            failed: Arc::default(),
            texts: Mutex::new(texts),
        });
        let display = if verbosity() <= Verbosity::OnlyErrors {
            Display::Hidden
        } else if io::stderr().is_terminal() {
            show_bar(&work)
        } else {
            Display::Lines(print_lines(work.clone()))
        };
        Self { work, display }
    }

    /// Whether a terminal shows it.
    #[must_use]
    pub fn is_visible(&self) -> bool {
        matches!(self.display, Display::Bar(..))
    }

    /// Replaces the message.
    pub fn set_message(&self, message: impl Into<String>) {
        let message = escape::line(&message.into()).into_owned();
        if let Display::Bar(bar, _) = &self.display {
            bar.set_message(message.clone());
        }
        self.work.texts().message = message;
    }

    /// Sets what the first line says after the number of items, such as where they come from.
    #[must_use]
    pub fn with_details(self, details: &str) -> Self {
        self.work.texts().details = escape::line(details).into_owned();
        self
    }

    /// Advances the bar by one item.
    pub fn advance(&self) {
        self.work.done.fetch_add(1, Ordering::Relaxed);
        if let Display::Bar(bar, _) = &self.display {
            bar.inc(1);
        }
    }

    /// Advances the bar by one item that failed.
    pub fn advance_failed(&self) {
        self.work.failed.fetch_add(1, Ordering::Relaxed);
        self.advance();
    }

    /// Removes the spinner or bar.
    pub fn finish(self) {
        drop(self);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        match std::mem::replace(&mut self.display, Display::Hidden) {
            Display::Bar(bar, watcher) => {
                drop(watcher);
                screen::remove(&bar);
            }
            Display::Lines(watcher) => {
                drop(watcher);
                if std::mem::take(&mut self.work.texts().is_group_open) {
                    message::write_command(Pipeline::current().group_end());
                }
            }
            Display::Hidden => {}
        }
    }
}

impl Work {
    fn texts(&self) -> MutexGuard<'_, Texts> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn show_bar(work: &Arc<Work>) -> Display {
    let bar = bar::new(work.total, work.failed.clone());
    bar.set_message(work.texts().message.clone());
    screen::claim();
    let shown = bar.clone();
    let watcher = Watcher::start(screen::APPEARANCE_DELAY, move || {
        screen::show(&shown);
        false
    });
    Display::Bar(bar, watcher)
}

fn print_lines(work: Arc<Work>) -> Watcher {
    let pipeline = Pipeline::current();
    let delay = if pipeline == Pipeline::None { LINE_DELAY } else { LINE_DELAY_IN_PIPELINE };
    let mut schedule = LineSchedule::new(work.total, delay);
    Watcher::start(LINE_CHECK_INTERVAL, move || {
        let mut texts = work.texts();
        let now = Snapshot {
            elapsed: work.started.elapsed(),
            done: work.done.load(Ordering::Relaxed),
            failed: work.failed.load(Ordering::Relaxed),
            message: &texts.message,
            details: &texts.details,
            is_throttled: RateLimitWait::is_active(),
            throttled_for: RateLimitWait::remaining(),
        };
        match schedule.next(now) {
            None => {}
            Some(Line::Start(text)) => match pipeline.group_start(&text) {
                Some(command) if work.total.is_some() => {
                    texts.is_group_open = true;
                    message::write_command(Some(command));
                }
                _ => message::status(&text),
            },
            Some(Line::Update(text, percent)) => {
                if let Some(percent) = percent {
                    message::write_command(pipeline.progress(percent, &texts.message));
                }
                message::status(&text);
            }
        }
        true
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_written_with_and_without_a_spinner() {
        let mut written = 0;
        screen::suspend(|| written += 1);
        let progress = Progress::spinner("Exporting");
        progress.set_message("Exporting 2 of 3");
        screen::suspend(|| written += 1);
        progress.finish();
        let bar = Progress::bar("Importing", 3).with_details("into center");
        bar.advance();
        bar.advance_failed();
        screen::suspend(|| written += 1);
        assert_eq!(written, 3);
    }
}
