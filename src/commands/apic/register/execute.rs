//! Carrying out the registration of several APIs: APIs at once, the steps inside an API in order.

use std::cell::Cell;
use std::collections::HashSet;
use std::time::Instant;

use futures_util::stream::{self, StreamExt as _};

use super::document::{self, Bundling};
use super::plan::{Api, Text, Version};
use super::single::send;
use crate::commands::apic::register_plan::{Content, Step};
use azr_arm::client::Client;
use azr_catalog::digest::sha256_hex;
use azr_catalog::journal::{Journal, JournalEntry};
use azr_catalog::plan::Change;
use azr_catalog::report::{ApiResult, Status};
use azr_core::error::{Error, Result};

/// How to go about it.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// How many APIs at once.
    pub concurrency: usize,
    /// Whether the first API that fails keeps the others from being begun.
    pub fail_fast: bool,
    /// Whether one has failed already.
    pub failed: bool,
    /// What to do with references to other files, when a document is read again.
    pub bundling: Bundling,
}

/// The center as it was before, and what a former run did to it.
pub struct Known<'a> {
    /// The APIs of the center by name, in lower case.
    pub apis: &'a HashSet<String>,
    /// What is done.
    pub journal: &'a Journal,
}

/// Carries out the plan; gives each API's result with its place.
///
/// An API that fails is one of the results; an error is what keeps all from being done.
pub async fn execute(
    client: &Client,
    apis: &[Api],
    known: &Known<'_>,
    how: How,
    finished: impl Fn(&ApiResult),
) -> Vec<(usize, ApiResult)> {
    let run = Run { client, known, bundling: how.bundling };
    let stopped = Cell::new(how.fail_fast && how.failed);
    let work = apis.iter().map(|api| {
        let (run, stopped) = (&run, &stopped);
        async move {
            let result = run.api(api, stopped.get()).await;
            if result.status == Status::Failed && how.fail_fast {
                stopped.set(true);
            }
            (api.place(), result)
        }
    });
    let mut results = Vec::with_capacity(apis.len());
    let mut done = stream::iter(work).buffer_unordered(how.concurrency.max(1));
    while let Some((place, result)) = done.next().await {
        finished(&result);
        results.push((place, result));
    }
    results
}

/// The result of an API for which nothing has been done yet.
#[must_use]
pub fn result_of(api: &Api) -> ApiResult {
    let lead = &api.lead().plan;
    ApiResult {
        name: lead.api.name().to_owned(),
        title: lead.title.clone(),
        kind: lead.kind.as_str().to_owned(),
        sources: api.versions().map(|version| version.name.clone()).collect(),
        versions: api.versions().map(|version| version.plan.version_title.clone()).collect(),
        notes: api.versions().flat_map(|version| version.notes.iter().cloned()).collect(),
        ..ApiResult::default()
    }
}

struct Run<'a> {
    client: &'a Client,
    known: &'a Known<'a>,
    bundling: Bundling,
}

impl Run<'_> {
    async fn api(&self, api: &Api, stopped: bool) -> ApiResult {
        let started = Instant::now();
        let mut result = result_of(api);
        if stopped {
            result.finish(Status::Skipped, Some("not begun, as another one had failed".to_owned()));
            return result;
        }
        match self.steps(api).await {
            Ok(Change::Create) => result.finish(Status::Created, None),
            Ok(_) => result.finish(Status::Updated, None),
            Err(why) => result.finish(Status::Failed, Some(why)),
        }
        result.seconds = started.elapsed().as_secs_f64();
        result
    }

    /// The API, then each of its versions; a version that fails does not keep the others from being registered.
    async fn steps(&self, api: &Api) -> Result<Change, String> {
        let exists = self.known.apis.contains(&api.key());
        let lead = api.lead();
        let (first, _) = lead.plan.steps.split_first().ok_or_else(|| "it has no steps".to_owned())?;
        let change = if exists { Change::Update } else { Change::Create };
        let failed = |version: &Version, step: &Step, error: &Error| {
            format!("{}: {}: {}", version.name, step.label, error.described())
        };
        let change = self.step(lead, first, change, exists).await.map_err(|e| failed(lead, first, &e))?;
        let mut failures = Vec::new();
        for version in api.versions() {
            for step in version.plan.steps.iter().skip(1) {
                if let Err(error) = self.step(version, step, Change::Update, exists).await {
                    failures.push(failed(version, step, &error));
                    break;
                }
            }
        }
        if failures.is_empty() { Ok(change) } else { Err(failures.join("; ")) }
    }

    /// Sends a step, unless a former run did; that counts only as long as the API is there.
    async fn step(&self, version: &Version, step: &Step, change: Change, exists: bool) -> Result<Change> {
        let digest = sent(version, step);
        if let Some(before) = self.known.journal.completed(&step.path, &digest).filter(|_| exists) {
            return Ok(before);
        }
        let text = match step.content {
            Content::Document { .. } => self.text(version)?,
            Content::Body(_) => String::new(),
        };
        send(self.client, step, &text).await?;
        self.known.journal.record(&JournalEntry { step: step.path.clone(), digest, change }).await?;
        Ok(change)
    }

    /// The document of a version, read again where it is not held.
    fn text(&self, version: &Version) -> Result<String> {
        let (file, before) = match &version.text {
            Text::OnDisk { file, digest } => (file, digest),
            Text::Held(text) => return Ok(text.clone()),
            // There is none to send.
            Text::Linked => return Ok(String::new()),
        };
        let text = document::of_file(file, self.bundling).map_err(Error::from)?.definition.text;
        if sha256_hex(text.as_bytes()) == *before {
            return Ok(text);
        }
        Err(Error::conflict(format!("{} was changed while azr was at work", version.name))
            .with_hint("Run the same command again."))
    }
}

/// The digest of what a step sends.
fn sent(version: &Version, step: &Step) -> String {
    let document = match (&step.content, &version.text) {
        (Content::Document { .. }, Text::OnDisk { digest, .. }) => digest.clone(),
        (Content::Document { .. }, Text::Held(text)) => sha256_hex(text.as_bytes()),
        _ => String::new(),
    };
    sha256_hex(format!("{}\n{document}", step.body("")).as_bytes())
}
