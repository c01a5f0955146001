//! Writes one resource: reads it, decides again, writes it, and records that in the journal.

use std::time::Duration;

use serde_json::Value;

use crate::desired::Change;
use crate::digest::sha256_hex;
use crate::journal::{Journal, JournalEntry, PendingWrite};
use crate::plan::ResourceStep;
use crate::response_check::{check_body, described};
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::lro;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::ResourceType;

/// How many times a resource is read and written while somebody else is editing it.
pub(super) const WRITE_ATTEMPTS: usize = 4;

/// The delays between attempts to write below an API that was just created; about a minute in total.
const VISIBILITY_DELAYS: [Duration; 7] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
    Duration::from_secs(30),
];

/// Why a resource was not written.
#[derive(Debug)]
pub(crate) enum WriteError {
    /// Somebody created, deleted or replaced it since it was planned.
    Outdated,
    /// A request failed.
    Failed(Error),
}

impl WriteError {
    /// The same error with a context, if it is one of a request.
    pub(super) fn with_context(self, context: &str) -> Self {
        match self {
            Self::Failed(error) => Self::Failed(error.with_context(context)),
            Self::Outdated => Self::Outdated,
        }
    }
}

impl From<Error> for WriteError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// A resource of the center, as it is now.
pub(crate) struct CurrentResource {
    /// The name as the center spells it.
    pub(crate) name: Option<String>,
    /// The properties.
    pub(crate) properties: Value,
    /// The version of the resource for `If-Match`, if the service returns one.
    pub(crate) etag: Option<String>,
}

/// Reads a resource; None if it does not exist.
pub(crate) async fn read_resource(
    client: &Client,
    resource_type: &ResourceType,
    id: &ResourceId,
) -> Result<Option<CurrentResource>> {
    let target = Target::new(id.as_str(), resource_type.api_version);
    match client.send(Method::GET, &target, None).await {
        Ok(mut response) => {
            check_body(&response.body, id)?;
            if !response.body["properties"].is_object() {
                let text = format!("the response for {} does not have properties", described(id));
                return Err(Error::invalid_response(text));
            }
            let etag = response.headers.get("etag").and_then(|etag| etag.to_str().ok());
            // A weak one never matches.
            let etag = etag.filter(|etag| !etag.starts_with("W/")).map(str::to_owned);
            Ok(Some(CurrentResource {
                name: response.body["name"].as_str().map(str::to_owned),
                properties: response.body["properties"].take(),
                etag,
            }))
        }
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the service says that the parent of a resource does not exist.
fn is_parent_missing(error: &Error) -> bool {
    error.is_not_found() && error.code() == "ParentResourceNotFound"
}

/// Writes resources of a center.
#[derive(Clone, Copy)]
pub(crate) struct ResourceWriter<'a> {
    pub(crate) center: &'a Client,
    pub(crate) journal: Option<&'a Journal>,
}

impl ResourceWriter<'_> {
    /// Writes a resource if it changes; returns what this run, or the run that it resumes, did.
    ///
    /// Nothing is read below a resource that this run has just created.
    pub(crate) async fn write(
        &self,
        step: &ResourceStep,
        is_parent_new: bool,
        pending: &mut Vec<PendingWrite>,
    ) -> Result<Change, WriteError> {
        let (id, change) = (step.id(), step.change);
        let digest = |body: &Value| sha256_hex(body.to_string().as_bytes());
        if change == Change::Unchanged {
            return Ok(self.completed(id.as_str(), &digest(&step.body)).unwrap_or(Change::Unchanged));
        }
        for _ in 0..WRITE_ATTEMPTS {
            let current = if is_parent_new && step.existing.is_none() {
                None
            } else {
                read_resource(self.center, step.desired.resource_type, id).await?
            };
            if !step.is_current(current.as_ref().map(|current| &current.properties)) {
                return Err(WriteError::Outdated);
            }
            let decision = step.desired.decide(current.as_ref().map(|current| &current.properties));
            if decision.change == Change::Unchanged {
                return Ok(self.completed(id.as_str(), &digest(&decision.body)).unwrap_or(Change::Unchanged));
            }
            let (before, etag) = current.map(|current| (current.properties, current.etag)).unzip();
            match self.send_put(step, &decision.body, etag.flatten(), is_parent_new).await {
                Ok(response) if self.has_taken_effect(step, before.as_ref(), &response).await? => {
                    return Ok(self.record(id.to_string(), digest(&decision.body), change, pending)?);
                }
                Ok(_) => return Ok(Change::Unchanged),
                // Somebody edited it after it was read.
                Err(error) if is_precondition_failed(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(WriteError::Outdated)
    }

    /// Fails if somebody created, deleted or replaced a resource since it was planned.
    pub(crate) async fn check_current(&self, step: &ResourceStep) -> Result<(), WriteError> {
        let current = read_resource(self.center, step.desired.resource_type, step.id()).await?;
        let is_current = step.is_current(current.as_ref().map(|current| &current.properties));
        if is_current { Ok(()) } else { Err(WriteError::Outdated) }
    }

    /// Replaces a resource, whatever it contains now.
    pub(crate) async fn replace(&self, step: &ResourceStep) -> Result<()> {
        self.send_put(step, &step.body, None, false).await.map(drop)
    }

    /// Sends a PUT; returns the response once its operation has ended.
    async fn send_put(
        &self,
        step: &ResourceStep,
        body: &Value,
        etag: Option<String>,
        is_parent_new: bool,
    ) -> Result<Value> {
        let mut target = Target::new(step.id().as_str(), step.desired.resource_type.api_version);
        if let Some(etag) = etag {
            target = target.header("if-match", etag);
        }
        let send = async || {
            let first = self.center.send(Method::PUT, &target, Some(body)).await?;
            let written =
                lro::wait_for_operation(self.center, &Method::PUT, &target, first, &mut |_| {}).await?;
            check_body(&written, step.id())?;
            Ok(written)
        };
        self.retry_below_new_parent(is_parent_new, step.label(), send).await
    }

    /// Sends a request, again while the parent of its resource was just created and is not visible yet.
    pub(super) async fn retry_below_new_parent<T>(
        &self,
        is_parent_new: bool,
        label: &str,
        send: impl AsyncFn() -> Result<T>,
    ) -> Result<T> {
        let mut delays = VISIBILITY_DELAYS.iter();
        loop {
            match (send().await, delays.next()) {
                (Err(error), Some(delay)) if is_parent_new && is_parent_missing(&error) => {
                    tracing::info!("{label}: {error}; trying again");
                    self.center.pause(*delay).await;
                }
                (outcome, _) => return outcome,
            }
        }
    }

    /// What an earlier run did in a step, if the same content was the last that it sent.
    pub(crate) fn completed(&self, step: &str, digest: &str) -> Option<Change> {
        self.journal.and_then(|journal| journal.completed(step, digest))
    }

    /// Queues the journal entry of a finished step; the next step does not wait until it is on the disk.
    pub(crate) fn record(
        &self,
        step: String,
        digest: String,
        change: Change,
        pending: &mut Vec<PendingWrite>,
    ) -> Result<Change> {
        if let Some(journal) = self.journal {
            pending.push(journal.append(&JournalEntry { step, digest, change })?);
        }
        Ok(change)
    }

    /// Waits until all queued journal entries are on the disk.
    pub(crate) async fn wait_all(&self, pending: Vec<PendingWrite>) -> Result<()> {
        let Some(journal) = self.journal else { return Ok(()) };
        for write in pending {
            journal.wait(write).await?;
        }
        Ok(())
    }
}

/// Whether the resource was edited after it was read.
pub(super) fn is_precondition_failed(error: &Error) -> bool {
    error.service_error().is_some_and(|error| error.status == 412)
}
