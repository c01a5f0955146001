//! Carrying out a plan: APIs at once, the steps inside an API in order.
//!
//! A version set is one API here, so the exports of its versions are made one after the other, as they must be.

use std::cell::Cell;
use std::time::Instant;

use futures_util::stream::{self, StreamExt as _};

use super::document;
use super::journal::{Done, Journal};
use super::plan::{Change, Document, Plan, PlannedApi, Put, Step};
use super::report::{ApiResult, Status};
use crate::arm::client::Client;
use crate::arm::lro;
use crate::arm::plan::Target;
use crate::error::{Error, Result};

/// How to go about it.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// How many APIs at once.
    pub concurrency: usize,
    /// Whether the first API that fails keeps the others from being begun.
    pub fail_fast: bool,
}

/// Who watches.
pub trait Observer {
    /// An API has come to its end.
    fn finished(&self, result: &ApiResult);
}

/// Carries out a plan; the results are in the order of the plan.
///
/// An API that fails is one of the results; an error is what keeps all from being done.
pub async fn execute(
    client: &Client,
    plan: &Plan,
    journal: &Journal,
    how: How,
    observer: &dyn Observer,
) -> Result<Vec<ApiResult>> {
    let run = Run { client, journal };
    if plan.apis.iter().any(|api| api.refused.is_none()) {
        run.put(&plan.environment).await?;
    }
    let stopped = Cell::new(false);
    let work = plan.apis.iter().enumerate().map(|(at, api)| {
        let (run, stopped) = (&run, &stopped);
        async move {
            let result = run.api(api, stopped.get()).await;
            if result.status == Status::Failed && how.fail_fast {
                stopped.set(true);
            }
            (at, result)
        }
    });
    let mut results: Vec<(usize, ApiResult)> = Vec::with_capacity(plan.apis.len());
    let mut done = stream::iter(work).buffer_unordered(how.concurrency.max(1));
    while let Some((at, result)) = done.next().await {
        observer.finished(&result);
        results.push((at, result));
    }
    results.sort_unstable_by_key(|(at, _)| *at);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// Compares the documents of a plan with those in the center, for a plan that is only to be shown.
///
/// An API whose document cannot be had is not an error here: it is one when it is imported, and is noted.
pub async fn examine(client: &Client, plan: &mut Plan, concurrency: usize) {
    let work = plan.apis.iter_mut().filter(|api| api.refused.is_none()).map(|api| async move {
        for step in &mut api.steps {
            let Step::Document(document) = step else { continue };
            match compared(client, document).await {
                Ok(change) => document.change = Some(change),
                Err(error) => api.notes.push(format!("{}: {error}", document.definition.what)),
            }
        }
    });
    stream::iter(work).buffer_unordered(concurrency.max(1)).collect::<Vec<()>>().await;
}

async fn compared(client: &Client, of: &Document) -> Result<Change> {
    if of.definition.change == Change::Create {
        return Ok(Change::Create);
    }
    let exported = document::export(client, of).await?;
    Ok(match document::digest_in_center(client, of).await? {
        None => Change::Create,
        Some(digest) if digest == exported.digest() => Change::Unchanged,
        Some(_) => Change::Update,
    })
}

struct Run<'a> {
    client: &'a Client,
    journal: &'a Journal,
}

impl Run<'_> {
    async fn api(&self, api: &PlannedApi, stopped: bool) -> ApiResult {
        let started = Instant::now();
        let mut result = ApiResult::of(api);
        if let Some(why) = &api.refused {
            result.end(Status::Skipped, Some(why.clone()));
            return result;
        }
        if stopped {
            result.end(Status::Skipped, Some("not begun, as another API had failed".to_owned()));
            return result;
        }
        let mut status = Status::Unchanged;
        for (at, step) in api.steps.iter().enumerate() {
            let (what, done) = match step {
                Step::Put(put) => (&put.what, self.put(put).await),
                Step::Document(document) => (&document.definition.what, self.document(document).await),
            };
            match done {
                Ok(Change::Create) if at == 0 => status = Status::Created,
                Ok(Change::Create | Change::Update) if status == Status::Unchanged => {
                    status = Status::Updated;
                }
                Ok(_) => {}
                Err(error) => {
                    result.end(Status::Failed, Some(format!("{what}: {}", described(&error))));
                    result.seconds = started.elapsed().as_secs_f64();
                    return result;
                }
            }
        }
        result.end(status, None);
        result.seconds = started.elapsed().as_secs_f64();
        result
    }

    /// Puts a resource where that is needed; says what this run, or the one it goes on with, did.
    async fn put(&self, put: &Put) -> Result<Change> {
        let digest = document::digest(put.body.to_string().as_bytes());
        // What a former run did counts only as long as the resource is there.
        let before = self.journal.done(put.id.as_str(), &digest).filter(|_| put.change != Change::Create);
        if put.change == Change::Unchanged || before.is_some() {
            return Ok(before.unwrap_or(Change::Unchanged));
        }
        let at = Target::new(put.id.as_str(), put.api_version);
        let first = self.client.send("PUT", &at, Some(&put.body)).await?;
        lro::finish(self.client, "PUT", &at, first, &mut |_| {}).await?;
        self.record(put.id.to_string(), digest, put.change).await
    }

    async fn document(&self, of: &Document) -> Result<Change> {
        // Before the definition is made, so that an API that cannot be exported leaves no empty one behind.
        let exported = document::export(self.client, of).await?;
        let made = self.put(&of.definition).await?;
        let digest = exported.digest();
        let step = format!("{}/document", of.definition.id);
        let mut change = Change::Create;
        if of.definition.change != Change::Create {
            if let Some(before) = self.journal.done(&step, &digest) {
                return Ok(if made == Change::Unchanged { before } else { made });
            }
            change = match document::digest_in_center(self.client, of).await? {
                Some(there) if there == digest => return Ok(made),
                Some(_) => Change::Update,
                None => Change::Create,
            };
        }
        document::import(self.client, of, &exported).await?;
        self.record(step, digest, change).await
    }

    async fn record(&self, step: String, digest: String, change: Change) -> Result<Change> {
        self.journal.record(&Done { step, digest, change }).await?;
        Ok(change)
    }
}

/// What failed; for an answer of the service also its code and request, to give to support.
fn described(error: &Error) -> String {
    let Error::Service(service) = error else { return error.to_string() };
    let request = service.request_id.as_ref().map_or(String::new(), |id| format!(", request id {id}"));
    format!("{} ({}{request})", service.message, service.code)
}
