//! Whether requests wait because Azure limits their rate, so that the progress can say so.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How many requests wait.
static WAITING: AtomicUsize = AtomicUsize::new(0);

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

    /// Whether a request waits.
    #[must_use]
    pub fn is_active() -> bool {
        WAITING.load(Ordering::SeqCst) > 0
    }
}

impl Drop for RateLimitWait {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::SeqCst);
    }
}
