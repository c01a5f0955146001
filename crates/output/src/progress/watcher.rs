//! A thread that does something from time to time, until it is dropped.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A thread that calls a function at an interval.
#[derive(Debug)]
pub(super) struct Watcher {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Watcher {
    /// Calls `action` after each interval, until it returns false or this is dropped.
    pub(super) fn start(interval: Duration, mut action: impl FnMut() -> bool + Send + 'static) -> Self {
        let stop = Arc::<(Mutex<bool>, Condvar)>::default();
        let stop_of_thread = stop.clone();
        let run = move || {
            let (is_stopped, changed) = &*stop_of_thread;
            let mut guard = is_stopped.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                let (next, wait) = changed
                    .wait_timeout_while(guard, interval, |is_stopped| !*is_stopped)
                    .unwrap_or_else(PoisonError::into_inner);
                guard = next;
                if !wait.timed_out() {
                    return;
                }
                drop(guard);
                if !action() {
                    return;
                }
                guard = is_stopped.lock().unwrap_or_else(PoisonError::into_inner);
            }
        };
        // Without a thread there is no progress.
        let thread = thread::Builder::new().name("progress".to_owned()).spawn(run).ok();
        Self { stop, thread }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let (is_stopped, changed) = &*self.stop;
        *is_stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        changed.notify_all();
        if let Some(thread) = self.thread.take() {
            // A panic of the thread does not matter to the work.
            drop(thread.join());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn the_function_is_called_until_it_returns_false() {
        let (sender, receiver) = mpsc::channel();
        let mut calls = 0;
        let watcher = Watcher::start(Duration::from_millis(1), move || {
            calls += 1;
            sender.send(calls).is_ok() && calls < 3
        });
        assert_eq!(receiver.iter().collect::<Vec<_>>(), [1, 2, 3]);
        drop(watcher);
    }

    #[test]
    fn the_thread_ends_with_the_watcher() {
        let watcher = Watcher::start(Duration::from_secs(3600), || true);
        drop(watcher);
    }
}
