//! Whether requests wait because Azure limits their rate, and until when, so that the progress can say so.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many requests wait.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// When the last of the announced waits ends.
static ENDS_AT: Mutex<Option<Instant>> = Mutex::new(None);

/// The wait of a request for a rate limit; it ends when this is dropped.
#[derive(Debug)]
pub struct RateLimitWait(());

impl RateLimitWait {
    /// Starts to wait.
    #[must_use]
    pub fn start() -> Self {
        WAITING.fetch_add(1, Ordering::SeqCst);
        Self(())
    }

    /// Announces that the wait takes this long.
    pub fn announce(&self, wait: Duration) {
        let end = Instant::now().checked_add(wait);
        let mut ends_at = ends_at();
        *ends_at = end.max(*ends_at);
    }

    /// Whether a request waits.
    #[must_use]
    pub fn is_active() -> bool {
        WAITING.load(Ordering::SeqCst) > 0
    }

    /// How long requests still wait, as far as that was announced; None if it is not known.
    #[must_use]
    pub fn remaining() -> Option<Duration> {
        let end = (*ends_at()).filter(|_| Self::is_active())?;
        Some(end.saturating_duration_since(Instant::now())).filter(|remaining| !remaining.is_zero())
    }
}

impl Drop for RateLimitWait {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Locks the time; it is valid even after a panic, because each change is one assignment.
fn ends_at() -> MutexGuard<'static, Option<Instant>> {
    ENDS_AT.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_announced_wait_remains_until_nobody_waits() {
        let wait = RateLimitWait::start();
        wait.announce(Duration::from_secs(60));
        wait.announce(Duration::from_secs(1));
        let remaining = RateLimitWait::remaining().expect("announced");
        assert!(remaining > Duration::from_secs(50) && remaining <= Duration::from_secs(60), "{remaining:?}");
        drop(wait);
        assert_eq!(RateLimitWait::remaining(), None);
    }
}
