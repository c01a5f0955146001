//! The progress where stderr is not a terminal: a line at the start, and further ones from time to time.

use std::time::Duration;

use crate::wording::{counted, format_seconds};

/// The time between two lines.
const INTERVAL: Duration = Duration::from_secs(10);

/// The longest time between two lines about a wait of unknown length; it doubles up to this.
const MAX_INTERVAL: Duration = Duration::from_secs(60);

/// A line earlier than that after the last one, for each tenth of the total.
const MIN_INTERVAL: Duration = Duration::from_secs(2);

/// What is known about the work at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Snapshot<'a> {
    /// The time since the start.
    pub elapsed: Duration,
    /// How many items are done, including those that failed.
    pub done: usize,
    /// How many items failed.
    pub failed: usize,
    /// What is being done.
    pub message: &'a str,
    /// What the items have in common, such as where they come from.
    pub details: &'a str,
    /// Whether requests wait for a rate limit.
    pub is_throttled: bool,
    /// How long they still wait, if that is known.
    pub throttled_for: Option<Duration>,
}

/// Decides when a line is due, and what it says.
#[derive(Debug)]
pub(crate) struct LineSchedule {
    total: Option<usize>,
    /// Work that ends earlier has no lines.
    start_delay: Duration,
    is_started: bool,
    last_at: Duration,
    last_tenth: usize,
    interval: Duration,
}

/// A line that is due.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// The first line.
    Start(String),
    /// A later line, with the percentage if it is known.
    Update(String, Option<usize>),
}

impl LineSchedule {
    /// A schedule for `total` items, or for a wait of unknown length.
    pub(crate) fn new(total: Option<usize>, start_delay: Duration) -> Self {
        Self {
            total,
            start_delay,
            is_started: false,
            last_at: Duration::ZERO,
            last_tenth: 0,
            interval: INTERVAL,
        }
    }

    /// The line that is due now, if any.
    pub(crate) fn next(&mut self, now: Snapshot<'_>) -> Option<Line> {
        if !self.is_started {
            return (now.elapsed >= self.start_delay).then(|| {
                self.is_started = true;
                self.last_at = now.elapsed;
                self.last_tenth = self.tenth(now);
                Line::Start(self.start_text(now))
            });
        }
        let since = now.elapsed.saturating_sub(self.last_at);
        let has_new_tenth = self.tenth(now) > self.last_tenth && since >= MIN_INTERVAL;
        if since < self.interval && !has_new_tenth {
            return None;
        }
        self.last_at = now.elapsed;
        self.last_tenth = self.tenth(now);
        if self.total.is_none() {
            self.interval = (self.interval * 2).min(MAX_INTERVAL);
        }
        Some(Line::Update(self.update_text(now), self.percent(now)))
    }

    fn percent(&self, now: Snapshot<'_>) -> Option<usize> {
        self.total.map(|total| now.done * 100 / total.max(1))
    }

    fn tenth(&self, now: Snapshot<'_>) -> usize {
        self.percent(now).map_or(0, |percent| percent / 10)
    }

    fn start_text(&self, now: Snapshot<'_>) -> String {
        let items = self.total.map_or(String::new(), |total| format!(" {}", counted(total, "API")));
        let details = if now.details.is_empty() { String::new() } else { format!(" {}", now.details) };
        format!("{}{items}{details}", now.message)
    }

    /// Such as `[00:10] Importing: 41 of 308, 1 failed, about 1 min 5 s left`.
    fn update_text(&self, now: Snapshot<'_>) -> String {
        let seconds = now.elapsed.as_secs();
        let count = self.total.map_or(String::new(), |total| format!(": {} of {total}", now.done));
        let mut parts = vec![format!("[{:02}:{:02}] {}{count}", seconds / 60, seconds % 60, now.message)];
        if now.failed > 0 {
            parts.push(format!("{} failed", now.failed));
        }
        if let Some(left) = self.total.and_then(|total| time_left(now.elapsed, now.done, total)) {
            parts.push(format!("about {} left", format_seconds(left)));
        }
        if now.is_throttled {
            parts.push(throttled_text(now.throttled_for));
        }
        parts.join(", ")
    }
}

/// What the progress says while requests wait for a rate limit, such as `waiting for Azure's rate limit (12 s)`.
pub(crate) fn throttled_text(remaining: Option<Duration>) -> String {
    const TEXT: &str = "waiting for Azure's rate limit";
    match remaining.filter(|remaining| *remaining >= Duration::from_secs(1)) {
        Some(remaining) => format!("{TEXT} ({})", format_seconds(remaining)),
        None => TEXT.to_owned(),
    }
}

/// The time that the remaining items take at the rate so far; None if there is no rate yet, or nothing remains.
pub(crate) fn time_left(elapsed: Duration, done: usize, total: usize) -> Option<Duration> {
    let remaining = total.checked_sub(done).filter(|remaining| *remaining > 0 && done > 0)?;
    let per_item = elapsed / u32::try_from(done).ok()?;
    Some(Duration::from_secs(per_item.saturating_mul(u32::try_from(remaining).ok()?).as_secs().max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64, done: usize) -> Snapshot<'static> {
        Snapshot {
            elapsed: Duration::from_secs(seconds),
            done,
            message: "Importing",
            details: "into center",
            ..Snapshot::default()
        }
    }

    fn update(text: &str, percent: usize) -> Option<Line> {
        Some(Line::Update(text.to_owned(), Some(percent)))
    }

    #[test]
    fn work_that_ends_soon_has_no_lines() {
        let mut schedule = LineSchedule::new(Some(8), Duration::from_secs(5));
        assert_eq!(schedule.next(at(4, 7)), None);
    }

    #[test]
    fn a_line_is_due_at_the_start_and_every_ten_seconds_or_tenths() {
        let mut schedule = LineSchedule::new(Some(308), Duration::ZERO);
        assert_eq!(schedule.next(at(0, 0)), Some(Line::Start("Importing 308 APIs into center".into())));
        assert_eq!(schedule.next(at(9, 20)), None);
        assert_eq!(
            schedule.next(at(10, 20)),
            update("[00:10] Importing: 20 of 308, about 2 min 24 s left", 6)
        );
        assert_eq!(schedule.next(at(11, 40)), None, "a tenth, but too early");
        let failed = Snapshot { failed: 2, is_throttled: true, ..at(12, 40) };
        let text =
            "[00:12] Importing: 40 of 308, 2 failed, about 1 min 20 s left, waiting for Azure's rate limit";
        assert_eq!(schedule.next(failed), update(text, 12));
        let waiting = Snapshot { throttled_for: Some(Duration::from_secs(17)), ..failed };
        let waiting = Snapshot { elapsed: Duration::from_secs(23), ..waiting };
        let Some(Line::Update(text, _)) = schedule.next(waiting) else { panic!("a line is due") };
        assert!(text.ends_with(", waiting for Azure's rate limit (17 s)"), "{text}");
        assert_eq!(schedule.next(at(72, 308)), update("[01:12] Importing: 308 of 308", 100));
    }

    #[test]
    fn the_lines_about_a_wait_become_rarer() {
        let mut schedule = LineSchedule::new(None, Duration::ZERO);
        let due: Vec<u64> = (0..300).filter(|second| schedule.next(at(*second, 0)).is_some()).collect();
        assert_eq!(due, [0, 10, 30, 70, 130, 190, 250]);
    }

    #[test]
    fn the_time_left_follows_from_the_rate() {
        let seconds = Duration::from_secs;
        assert_eq!(time_left(seconds(10), 5, 10), Some(seconds(10)));
        assert_eq!(time_left(seconds(10), 0, 10), None);
        assert_eq!(time_left(seconds(10), 10, 10), None);
    }
}
