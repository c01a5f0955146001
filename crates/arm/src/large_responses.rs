//! Bounds the memory of large responses that concurrent tasks read.
//!
//! Each response is bounded, but the largest of many tasks would together fill the memory of a machine. Therefore only a few
//! tasks at a time work with large responses; the others wait before they read theirs. A task that may read one may read
//! others until it ends, so it never waits while others wait for it.

use std::sync::Arc;

use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

/// The largest response that needs no permission: the length of its text, and the memory of its values.
pub(crate) const LARGE: usize = 4 << 20;

/// How many tasks may work with large responses at the same time.
pub(crate) const MAX_TASKS: usize = 2;

static PERMITS: Semaphore = Semaphore::const_new(MAX_TASKS);

tokio::task_local! {
    static PERMIT: Arc<OnceCell<Option<SemaphorePermit<'static>>>>;
}

/// Runs one of many concurrent tasks; at most two of them work with responses of more than 4 MiB at the same time.
///
/// A task within another is part of it. Without a task, nothing waits.
pub async fn run_task<T>(task: impl Future<Output = T>) -> T {
    match PERMIT.try_with(Arc::clone) {
        Ok(_) => task.await,
        Err(_) => PERMIT.scope(Arc::default(), task).await,
    }
}

/// Waits until the current task may work with a response that takes this much memory, in bytes.
pub(crate) async fn wait_for_permission(memory: usize) {
    if memory <= LARGE {
        return;
    }
    if let Ok(permit) = PERMIT.try_with(Arc::clone) {
        // The semaphore is never closed.
        permit.get_or_init(async || PERMITS.acquire().await.ok()).await;
    }
}

/// Whether the current task may work with a response that takes this much memory, in bytes, without waiting.
pub(crate) fn has_permission(memory: usize) -> bool {
    if memory <= LARGE {
        return true;
    }
    let is_permitted = |permit: &Arc<OnceCell<_>>| {
        permit.initialized() || PERMITS.try_acquire().is_ok_and(|new| permit.set(Some(new)).is_ok())
    };
    PERMIT.try_with(is_permitted).unwrap_or(true)
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
}
