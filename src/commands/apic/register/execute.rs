//! Registers several APIs at the same time, the steps of each API in order.

use std::cell::Cell;
use std::collections::HashSet;
use std::time::Instant;

use futures_util::stream::{self, StreamExt as _};

use super::document::{Bundling, FileReader};
use super::grouping::{ApiToRegister, DocumentText, VersionToRegister};
use super::send_step::{Existence, send_step};
use crate::commands::apic::register_plan::{Content, Step};
use azr_arm::client::Client;
use azr_catalog::desired::Change;
use azr_catalog::digest::sha256_hex;
use azr_catalog::journal::{Journal, JournalEntry};
use azr_catalog::report::{ApiResult, Status};
use azr_core::error::{Error, Result};

/// How APIs are registered.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExecutionOptions {
    /// How many APIs are registered at the same time.
    pub concurrency: usize,
    /// Whether no further API is started after one has failed.
    pub fail_fast: bool,
    /// Whether a definition could not be read.
    pub has_failures: bool,
    /// What to do with references to other files when a document is read again.
    pub bundling: Bundling,
}

/// What exists, and what an earlier run did.
pub(super) struct PreviousState<'a> {
    /// The names, in lower case, of the APIs of the center.
    pub apis: &'a HashSet<String>,
    /// The steps that an earlier run completed.
    pub journal: &'a Journal,
}

/// Registers the APIs; returns the result of each with its index.
pub(super) async fn execute(
    client: &Client,
    apis: &[ApiToRegister],
    previous: &PreviousState<'_>,
    options: ExecutionOptions,
    on_result: impl Fn(&ApiResult),
) -> Vec<(usize, ApiResult)> {
    let executor = Executor { client, previous, reader: FileReader::new(options.bundling) };
    let is_stopped = Cell::new(options.fail_fast && options.has_failures);
    let work = apis.iter().map(|api| {
        let (executor, is_stopped) = (&executor, &is_stopped);
        async move {
            let result = executor.register_api(api, is_stopped.get()).await;
            if result.status == Status::Failed && options.fail_fast {
                is_stopped.set(true);
            }
            (api.index(), result)
        }
    });
    let mut results = Vec::with_capacity(apis.len());
    let mut registrations = stream::iter(work).buffer_unordered(options.concurrency.max(1));
    while let Some((index, result)) = registrations.next().await {
        on_result(&result);
        results.push((index, result));
    }
    results
}

/// The result of an API for which nothing has been done yet.
#[must_use]
pub(super) fn initial_result(api: &ApiToRegister) -> ApiResult {
    let highest = &api.highest().plan;
    ApiResult {
        name: highest.api.name().to_owned(),
        title: highest.title.clone(),
        kind: highest.kind.as_str().to_owned(),
        sources: api.versions().map(|version| version.name.clone()).collect(),
        versions: api.versions().map(|version| version.plan.version_title.clone()).collect(),
        notes: api.versions().flat_map(|version| version.notes.iter().cloned()).collect(),
        ..ApiResult::default()
    }
}

struct Executor<'a> {
    client: &'a Client,
    previous: &'a PreviousState<'a>,
    reader: FileReader,
}

impl Executor<'_> {
    async fn register_api(&self, api: &ApiToRegister, is_stopped: bool) -> ApiResult {
        let started = Instant::now();
        let mut result = initial_result(api);
        if is_stopped {
            result.finish(Status::Skipped, Some("not started, because another API failed".to_owned()));
            return result;
        }
        match self.run_steps(api).await {
            Ok(Change::Create) => result.finish(Status::Created, None),
            Ok(_) => result.finish(Status::Updated, None),
            Err(reason) => result.finish(Status::Failed, Some(reason)),
        }
        result.seconds = started.elapsed().as_secs_f64();
        result
    }

    /// Writes the API, then each of its versions, even if one of them fails.
    async fn run_steps(&self, api: &ApiToRegister) -> Result<Change, String> {
        let exists = self.previous.apis.contains(&api.key());
        let highest = api.highest();
        let (first, _) = highest.plan.steps.split_first().ok_or_else(|| "the plan is empty".to_owned())?;
        let describe = |version: &VersionToRegister, step: &Step, error: &Error| {
            format!("{}: {}: {}", version.name, step.label, error.described())
        };
        let change = self
            .run_step(highest, first, exists, Existence::Unknown)
            .await
            .map_err(|e| describe(highest, first, &e))?;
        // Nothing exists below an API that was just created.
        let existence = if change == Change::Create && !exists { Existence::New } else { Existence::Unknown };
        let mut failures = Vec::new();
        for version in api.versions() {
            for step in version.plan.steps.iter().skip(1) {
                if let Err(error) = self.run_step(version, step, exists, existence).await {
                    failures.push(describe(version, step, &error));
                    break;
                }
            }
        }
        if failures.is_empty() { Ok(change) } else { Err(failures.join("; ")) }
    }

    /// Sends a step, unless an earlier run completed it; that counts only while the API exists.
    async fn run_step(
        &self,
        version: &VersionToRegister,
        step: &Step,
        exists: bool,
        existence: Existence,
    ) -> Result<Change> {
        let digest = sent_digest(version, step);
        if let Some(completed) = self.previous.journal.completed(&step.path, &digest).filter(|_| exists) {
            return Ok(completed);
        }
        let text = match step.content {
            Content::Document { .. } => self.document_text(version)?,
            Content::Body(_) => String::new(),
        };
        let existed = send_step(self.client, step, &text, existence).await?;
        let change = if existed || existence == Existence::New { Change::Update } else { Change::Create };
        self.previous.journal.record(&JournalEntry { step: step.path.clone(), digest, change }).await?;
        Ok(change)
    }

    /// The document of a version, read again if it is not in memory.
    fn document_text(&self, version: &VersionToRegister) -> Result<String> {
        let (file, digest_before) = match &version.text {
            DocumentText::OnDisk { file, digest } => (file, digest),
            DocumentText::InMemory(text) => return Ok(text.clone()),
            // No document is sent.
            DocumentText::Linked => return Ok(String::new()),
        };
        let text = self.reader.read(file).map_err(Error::from)?.definition.text;
        if sha256_hex(text.as_bytes()) == *digest_before {
            return Ok(text);
        }
        Err(Error::conflict(format!("{} changed during the registration", version.name))
            .with_hint("Run the same command again."))
    }
}

/// The digest of what a step sends.
fn sent_digest(version: &VersionToRegister, step: &Step) -> String {
    let document = match (&step.content, &version.text) {
        (Content::Document { .. }, DocumentText::OnDisk { digest, .. }) => digest.clone(),
        (Content::Document { .. }, DocumentText::InMemory(text)) => sha256_hex(text.as_bytes()),
        _ => String::new(),
    };
    sha256_hex(format!("{}\n{document}", step.body("")).as_bytes())
}
