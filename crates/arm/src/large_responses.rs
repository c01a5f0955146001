//! Bounds the memory of large responses that concurrent tasks read.
//!
//! Each response is bounded, but the largest of many tasks would together fill the memory of a machine. Therefore only a few
//! tasks at a time work with large responses; the others wait before they read theirs, and then send the request again. A
//! task that may read one may read others until it ends, so it never waits while others wait for it. A request that must
//! not be sent again has no large response: it writes a resource.

use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// The largest response that needs no permission: the length of its text, and the memory of its values.
pub(crate) const LARGE: usize = 4 << 20;

/// How many tasks may work with large responses at the same time.
pub(crate) const MAX_TASKS: usize = 2;

static PERMITS: Semaphore = Semaphore::const_new(MAX_TASKS);

/// One of many concurrent tasks.
#[derive(Default)]
struct Task {
    /// The permission to work with large responses, until the task ends.
    permit: OnceCell<Option<SemaphorePermit<'static>>>,
    /// When the task began to wait for it.
    wait_started: OnceLock<Instant>,
    /// When the task got it after it had waited.
    wait_ended: OnceLock<Instant>,
}

impl Task {
    async fn wait_for_permit(&self) {
        self.permit
            .get_or_init(async || {
                self.wait_started.get_or_init(Instant::now);
                // The semaphore is never closed.
                let permit = PERMITS.acquire().await.ok();
                self.wait_ended.get_or_init(Instant::now);
                permit
            })
            .await;
    }

    fn has_permit(&self) -> bool {
        self.permit.initialized() || PERMITS.try_acquire().is_ok_and(|new| self.permit.set(Some(new)).is_ok())
    }

    /// How long the task has waited so far.
    fn waiting_time(&self) -> Duration {
        let Some(started) = self.wait_started.get() else { return Duration::ZERO };
        self.wait_ended.get().map_or_else(Instant::now, |ended| *ended).duration_since(*started)
    }
}

tokio::task_local! {
    static TASK: Arc<Task>;
}

/// Runs one of many concurrent tasks; at most two of them work with responses of more than 4 MiB at the same time.
///
/// A task within another is part of it. Without a task, nothing waits.
pub async fn run_task<T>(task: impl Future<Output = T>) -> T {
    match TASK.try_with(Arc::clone) {
        Ok(_) => task.await,
        Err(_) => TASK.scope(Arc::default(), task).await,
    }
}

/// Waits until the current task may work with a response that takes this much memory, in bytes.
pub(crate) async fn wait_for_permission(memory: usize) {
    if memory <= LARGE {
        return;
    }
    if let Ok(task) = TASK.try_with(Arc::clone) {
        task.wait_for_permit().await;
    }
}

/// Whether the current task may work with a response that takes this much memory, in bytes, without waiting.
pub(crate) fn has_permission(memory: usize) -> bool {
    memory <= LARGE || TASK.try_with(|task| task.has_permit()).unwrap_or(true)
}

/// The longest response to a request that must not be sent again, if it has at most `max_body` bytes otherwise.
pub(crate) fn max_unrepeatable(max_body: usize) -> usize {
    if TASK.try_with(|_| ()).is_ok() { max_body.min(LARGE) } else { max_body }
}

/// Limits the time of an operation; None if it took longer. The time in which the current task waits for others does not
/// count.
pub(crate) async fn timeout<T>(limit: Duration, operation: impl Future<Output = T>) -> Option<T> {
    let waiting_time = || TASK.try_with(|task| task.waiting_time()).unwrap_or_default();
    let mut operation = pin!(operation);
    let mut remaining = limit;
    while !remaining.is_zero() {
        let waited = waiting_time();
        if let Ok(output) = tokio::time::timeout(remaining, &mut operation).await {
            return Some(output);
        }
        remaining = waiting_time().saturating_sub(waited);
    }
    None
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::time::Duration;

    use futures_util::future::join_all;

    use super::*;

    /// The greatest number of tasks that worked with a response of this size at the same time.
    async fn count_concurrent(memory: usize) -> usize {
        let (current, greatest) = (Cell::new(0), Cell::new(0));
        let task = async || {
            if !has_permission(memory) {
                wait_for_permission(memory).await;
            }
            current.set(current.get() + 1);
            greatest.set(greatest.get().max(current.get()));
            // A second one does not wait for the other tasks, which wait for this one.
            run_task(wait_for_permission(memory)).await;
            tokio::time::sleep(Duration::from_millis(5)).await;
            current.set(current.get() - 1);
        };
        join_all((0..10).map(|_| run_task(task()))).await;
        greatest.get()
    }

    #[tokio::test]
    async fn a_few_tasks_work_with_large_responses_and_all_with_small_ones() {
        // Other tests may work with large responses, too.
        assert!((1..=MAX_TASKS).contains(&count_concurrent(LARGE + 1).await));
        assert_eq!(count_concurrent(LARGE).await, 10);
        // Outside of tasks nothing waits.
        for _ in 0..=MAX_TASKS {
            wait_for_permission(LARGE + 1).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_in_which_a_task_waits_for_others_does_not_count() {
        let work = async || {
            wait_for_permission(LARGE + 1).await;
            tokio::time::sleep(Duration::from_millis(80)).await;
        };
        let limited = async || timeout(Duration::from_millis(200), work()).await.is_some();
        let completed = join_all((0..5 * MAX_TASKS).map(|_| run_task(limited()))).await;
        assert!(completed.into_iter().all(|is_complete| is_complete));
        assert!(timeout(Duration::from_millis(1), work()).await.is_none());
    }
}
