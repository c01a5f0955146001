//! Spinners and bars at a terminal.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::lines::{throttled_text, time_left};
use crate::wording::format_seconds;
use azr_core::throttling::RateLimitWait;

const TICK_INTERVAL: Duration = Duration::from_millis(100);

/// The time after which a spinner shows how long it has been waiting, and a bar its rate.
const SETTLING_TIME: Duration = Duration::from_secs(2);

/// Spaces at the end of the line, before which the cursor stays: the terminal shows `^C` there, which would otherwise
/// start a new line and leave the bar behind.
const MARGIN: &str = "   \x1b[3D";

/// A bar for `total` items, or a spinner; it is hidden until [`show`].
pub(super) fn new(total: Option<usize>, failed: Arc<AtomicUsize>) -> ProgressBar {
    let target = ProgressDrawTarget::hidden();
    let (bar, template) = match total {
        Some(total) => {
            let bar = ProgressBar::with_draw_target(Some(total as u64), target);
            (bar, "{msg} {wide_bar} {pos}/{len}{details}{margin}")
        }
        None => (ProgressBar::with_draw_target(None, target), "{spinner} {msg}{details}"),
    };
    let details = move |state: &ProgressState, output: &mut dyn std::fmt::Write| {
        let text = Details {
            elapsed: state.elapsed(),
            done: usize::try_from(state.pos()).unwrap_or(usize::MAX),
            total,
            failed: failed.load(Ordering::Relaxed),
            is_throttled: RateLimitWait::is_active(),
            throttled_for: RateLimitWait::remaining(),
        };
        // Writing to a string cannot fail.
        let _ = output.write_str(&text.describe());
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        let margin = |_: &ProgressState, output: &mut dyn std::fmt::Write| {
            let _ = output.write_str(MARGIN);
        };
        bar.set_style(style.with_key("details", details).with_key("margin", margin));
    }
    bar
}

/// Shows a bar from now on.
pub(super) fn show(bar: &ProgressBar) {
    bar.set_draw_target(ProgressDrawTarget::stderr());
    bar.enable_steady_tick(TICK_INTERVAL);
}

/// What stands behind a bar or spinner.
struct Details {
    elapsed: Duration,
    done: usize,
    total: Option<usize>,
    failed: usize,
    is_throttled: bool,
    throttled_for: Option<Duration>,
}

impl Details {
    fn describe(&self) -> String {
        let mut text = String::new();
        let mut push = |part: &str| {
            let _ = write!(text, "  {part}");
        };
        if self.failed > 0 {
            push(&format!("{} failed", self.failed));
        }
        let is_settled = self.elapsed >= SETTLING_TIME;
        match self.total {
            _ if self.is_throttled => push(&throttled_text(self.throttled_for)),
            None if is_settled => push(&format_seconds(self.elapsed)),
            Some(_) if is_settled && self.done > 0 => push(&rate(self.elapsed, self.done)),
            _ => {}
        }
        if let Some(left) = self.total.and_then(|total| time_left(self.elapsed, self.done, total))
            && is_settled
        {
            push(&format!("{} left", format_seconds(left)));
        }
        text
    }
}

/// The rate per second, with one decimal if it is below 10.
#[expect(clippy::cast_precision_loss, reason = "a rate of two digits")]
fn rate(elapsed: Duration, done: usize) -> String {
    let rate = done as f64 / elapsed.as_secs_f64();
    let digits = usize::from(rate < 10.0);
    format!("{rate:.digits$}/s")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(seconds: u64, done: usize, total: Option<usize>) -> Details {
        Details {
            elapsed: Duration::from_secs(seconds),
            done,
            total,
            failed: 0,
            is_throttled: false,
            throttled_for: None,
        }
    }

    #[test]
    fn a_bar_has_rate_time_left_and_failures() {
        assert_eq!(details(0, 0, Some(10)).describe(), "", "nothing is known at first");
        assert_eq!(details(10, 5, Some(20)).describe(), "  0.5/s  30 s left");
        assert_eq!(details(10, 500, Some(1000)).describe(), "  50/s  10 s left");
        let failing = Details { failed: 2, is_throttled: true, ..details(10, 5, Some(20)) };
        assert_eq!(failing.describe(), "  2 failed  waiting for Azure's rate limit  30 s left");
        let waiting = Details { throttled_for: Some(Duration::from_secs(12)), ..failing };
        assert_eq!(waiting.describe(), "  2 failed  waiting for Azure's rate limit (12 s)  30 s left");
    }

    #[test]
    fn a_spinner_has_the_time_of_a_long_wait() {
        assert_eq!(details(1, 0, None).describe(), "");
        assert_eq!(details(75, 0, None).describe(), "  1 min 15 s");
    }
}
