//! The progress of an import by the service on a terminal: the state of its operation, and how many APIs arrived.

use std::time::{Duration, Instant};

use futures_util::future::{self, Either};
use serde_json::Value;
use tokio::sync::watch;

use super::center_changes::{self, CenterApi};
use super::expected_apis::ExpectedApi;
use azr_arm::client::Client;
use azr_arm::execute;
use azr_arm::plan::{Job, Observer};
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_output::message;
use azr_output::progress::Progress;

/// The shortest time between two requests for the APIs of the center.
const MIN_INTERVAL: Duration = Duration::from_secs(5);

/// The interval as a multiple of the duration of the last request; a large center has many pages.
const INTERVAL_FACTOR: u32 = 10;

/// A running import.
pub(super) struct ImportProgress<'a> {
    client: &'a Client,
    center: &'a ResourceId,
    expected: Option<&'a [ExpectedApi]>,
    before: &'a [CenterApi],
    progress: Progress,
}

impl<'a> ImportProgress<'a> {
    /// Starts to show the progress of an import; `before` are the APIs of the center before it.
    pub(super) fn new(
        client: &'a Client,
        center: &'a ResourceId,
        expected: Option<&'a [ExpectedApi]>,
        before: &'a [CenterApi],
    ) -> Self {
        let progress = Progress::spinner(format!("Importing into {}", center.name()));
        Self { client, center, expected, before, progress }
    }

    /// Runs the import, until its operation ends if the job waits for that.
    pub(super) async fn execute(self, job: Job) -> Result<()> {
        let (sender, receiver) = watch::channel(String::new());
        let mut observer = ProgressSender(sender);
        let plan = job.into();
        let work = std::pin::pin!(execute::execute(self.client, &plan, &mut observer));
        let outcome = match future::select(work, std::pin::pin!(self.show(receiver))).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(((), work)) => work.await,
        };
        outcome.map(drop)
    }

    /// Shows each state, and from time to time how many APIs have arrived.
    async fn show(&self, mut states: watch::Receiver<String>) {
        let mut next_request = Instant::now();
        let mut arrived = String::new();
        while states.changed().await.is_ok() {
            let state = states.borrow_and_update().clone();
            self.progress.set_message(format!("Importing: {state}{arrived}"));
            if !self.progress.is_visible() || Instant::now() < next_request {
                continue;
            }
            let started = Instant::now();
            // A failed request is repeated later; only the operation decides whether the import failed.
            if let Ok(apis) = center_changes::list_apis(self.client, self.center).await {
                arrived = format!(", {}", self.arrived_text(&apis));
                self.progress.set_message(format!("Importing: {state}{arrived}"));
            }
            next_request = Instant::now() + MIN_INTERVAL.max(started.elapsed() * INTERVAL_FACTOR);
        }
    }

    fn arrived_text(&self, apis: &[CenterApi]) -> String {
        match self.expected {
            Some(expected) => {
                let arrived = center_changes::count_arrived(expected, self.before, apis);
                format!("{arrived} of {} APIs are in the center", expected.len())
            }
            None => format!("{} APIs are in the center", apis.len()),
        }
    }
}

/// Sends the states of an operation to the progress.
struct ProgressSender(watch::Sender<String>);

impl Observer for ProgressSender {
    fn show_message(&mut self, text: &str) {
        message::warn(text);
    }

    fn show_state(&mut self, state: &str) {
        self.0.send_replace(state.to_owned());
    }

    fn is_true(&self, _: &str, _: &Value) -> Result<bool> {
        Ok(false)
    }
}
