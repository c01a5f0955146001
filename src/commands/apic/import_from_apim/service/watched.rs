//! An operation of the service, and on a terminal how far it has come: its state, and how many APIs have arrived.

use std::time::{Duration, Instant};

use futures_util::future::{self, Either};
use serde_json::Value;
use tokio::sync::watch;

use super::super::difference::{self, CenterApi};
use super::Import;
use azr_arm::execute;
use azr_arm::plan::{Job, Observer};
use azr_core::error::Result;
use azr_output::message;
use azr_output::progress::Progress;

/// The shortest time between two looks at what has arrived.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// How many times as long as a look takes there is no other: a large center has many pages.
const LOOK_REST: u32 = 10;

/// An import under way.
pub struct Watched<'a> {
    import: &'a Import<'a>,
    before: &'a [CenterApi],
    progress: Progress,
}

impl<'a> Watched<'a> {
    /// An import into a center that held these APIs before.
    pub fn new(import: &'a Import<'a>, before: &'a [CenterApi]) -> Self {
        let progress = Progress::spinner(format!("Importing into {}", import.center.name()));
        Self { import, before, progress }
    }

    /// Carries out the import, to the end of the operation where the job waits for that.
    pub async fn execute(self, job: Job) -> Result<()> {
        let (told, heard) = watch::channel(String::new());
        let mut observer = Teller(told);
        let plan = job.into();
        let work = std::pin::pin!(execute::execute(self.import.client, &plan, &mut observer));
        let done = match future::select(work, std::pin::pin!(self.show(heard))).await {
            Either::Left((done, _)) => done,
            Either::Right(((), work)) => work.await,
        };
        done.map(drop)
    }

    /// Shows each state that is told, and from time to time what has arrived.
    async fn show(&self, mut heard: watch::Receiver<String>) {
        let mut next = Instant::now();
        let mut arrived = String::new();
        while heard.changed().await.is_ok() {
            let state = heard.borrow_and_update().clone();
            self.progress.set_message(format!("Importing: {state}{arrived}"));
            if !self.progress.is_visible() || Instant::now() < next {
                continue;
            }
            let begun = Instant::now();
            // A look that fails is made again; it is the operation that says whether something is wrong.
            if let Ok(now) = difference::list(self.import.client, self.import.center).await {
                arrived = format!(", {}", self.arrived(&now));
                self.progress.set_message(format!("Importing: {state}{arrived}"));
            }
            next = Instant::now() + LOOK_EVERY.max(begun.elapsed() * LOOK_REST);
        }
    }

    fn arrived(&self, now: &[CenterApi]) -> String {
        match self.import.expected {
            Some(expected) => {
                let there = difference::arrived(expected, self.before, now);
                format!("{there} of {} APIs are in the center", expected.len())
            }
            None => format!("{} APIs are in the center", now.len()),
        }
    }
}

/// Tells the states of an operation.
struct Teller(watch::Sender<String>);

impl Observer for Teller {
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
