//! Carrying out an import: APIs at once, the steps inside an API in order.
//!
//! A version set is one API here, so the exports of its versions are made one after the other, as they must be.

use std::cell::Cell;
use std::time::Instant;

use futures_util::stream::{self, StreamExt as _};

use super::document;
use super::journal::{Done, Journal, Noted};
use super::plan::{Change, Document, Ground, Known, PlannedApi, PlannedVersion, Put, Removal};
use super::report::{ApiResult, Status};
use super::survey::{Survey, Task};
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::lro;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};

/// How to go about it.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// How many APIs at once.
    pub concurrency: usize,
    /// Whether the first API that fails keeps the others from being begun.
    pub fail_fast: bool,
}

/// Carries out an import; `done` is given each result as it comes, with the place of its API in the survey.
///
/// None comes for an API of which nothing was to go.
///
/// An API that fails is one of the results; an error is what keeps all from being done.
pub async fn execute(
    survey: &Survey<'_>,
    ground: &Ground,
    journal: &Journal,
    how: How,
    done: &mut dyn FnMut(usize, Option<ApiResult>) -> Result<()>,
) -> Result<()> {
    let run = Run { survey, center: survey.clients.center, journal };
    if survey.tasks.iter().any(|task| matches!(task, Task::Group(_, None))) {
        let mut noted = Vec::new();
        run.put(&ground.metadata, &mut noted).await?;
        run.put(&ground.environment, &mut noted).await?;
        run.settle(noted).await?;
    }
    let stopped = Cell::new(false);
    let work = survey.tasks.iter().enumerate().map(|(at, task)| {
        let (run, stopped) = (&run, &stopped);
        async move {
            let result = if stopped.get() { Some(not_begun(task)) } else { run.task(*task).await };
            if result.as_ref().is_some_and(|r| r.status == Status::Failed) && how.fail_fast {
                stopped.set(true);
            }
            (at, result)
        }
    });
    let mut results = stream::iter(work).buffer_unordered(how.concurrency.max(1));
    while let Some((at, result)) = results.next().await {
        done(at, result)?;
    }
    Ok(())
}

fn not_begun(task: &Task<'_>) -> ApiResult {
    let mut result = task.unplanned();
    result.end(Status::Skipped, Some("not begun, as another API had failed".to_owned()));
    result
}

struct Run<'a> {
    survey: &'a Survey<'a>,
    center: &'a Client,
    journal: &'a Journal,
}

impl<'a> Run<'a> {
    async fn task(&self, task: Task<'a>) -> Option<ApiResult> {
        let started = Instant::now();
        let mut result = match self.survey.plan(task).await {
            Ok(planned) => self.api(planned?).await,
            Err(error) => {
                let mut result = task.unplanned();
                result.end(Status::Failed, Some(format!("what the center has of it: {}", error.described())));
                result
            }
        };
        result.seconds = started.elapsed().as_secs_f64();
        Some(result)
    }

    async fn api(&self, mut api: PlannedApi) -> ApiResult {
        let mut result = ApiResult::of(&api);
        if let Some(why) = api.refused {
            result.end(Status::Skipped, Some(why));
            return result;
        }
        let mut status = Status::Unchanged;
        let mut noted = Vec::new();
        let mut done = self.steps(&mut api, &mut status, &mut result.notes, &mut noted).await;
        if let Err(error) = self.settle(noted).await {
            done = done.and(Err(("the journal".to_owned(), error)));
        }
        match done {
            Ok(()) => result.end(status, None),
            Err((what, error)) => result.end(Status::Failed, Some(format!("{what}: {}", error.described()))),
        }
        result
    }

    /// The steps of an API in their order; an error names the step.
    async fn steps(
        &self,
        api: &mut PlannedApi,
        status: &mut Status,
        remarks: &mut Vec<String>,
        noted: &mut Vec<Noted>,
    ) -> Result<(), (String, Error)> {
        let change = self.put(&api.api, noted).await.map_err(|e| (api.api.what.clone(), e))?;
        *status = match change {
            Change::Create => Status::Created,
            Change::Update => Status::Updated,
            Change::Unchanged => Status::Unchanged,
        };
        for part in std::mem::take(&mut api.parts) {
            if self.part(part, noted).await? != Change::Unchanged && *status == Status::Unchanged {
                *status = Status::Updated;
            }
        }
        for removal in &api.removals {
            self.remove(removal).await.map_err(|e| (removal.what.clone(), e))?;
            remarks.push(format!("{} is removed", removal.what));
            let is_whole = removal.deletes.first().is_some_and(|(id, _)| *id == api.api.id);
            *status = if is_whole { Status::Deleted } else { Status::Updated };
        }
        if let Some(settled) = &api.settled {
            self.put(settled, noted).await.map_err(|e| (settled.what.clone(), e))?;
        }
        Ok(())
    }

    /// A version with its document and its deployment; says whether anything of it was changed.
    async fn part(&self, part: PlannedVersion, noted: &mut Vec<Noted>) -> Result<Change, (String, Error)> {
        let mut changed = self.put(&part.version, noted).await.map_err(|e| (part.version.what.clone(), e))?;
        let mut digest = None;
        if let Some(of) = &part.document {
            let (change, of_document) =
                self.document(of, noted).await.map_err(|e| (of.definition.what.clone(), e))?;
            digest = Some(of_document);
            changed = either(changed, change);
        }
        if let Some(deployment) = part.deployment {
            let put = deployment.with(digest);
            let change = self.put(&put, noted).await.map_err(|e| (put.what.clone(), e))?;
            changed = either(changed, change);
        }
        Ok(changed)
    }

    /// Puts a resource where that is needed; says what this run, or the one it goes on with, did.
    async fn put(&self, put: &Put, noted: &mut Vec<Noted>) -> Result<Change> {
        let digest = document::digest(put.body.to_string().as_bytes());
        // What a former run did counts only as long as the resource is there.
        let before = self.journal.done(put.id.as_str(), &digest).filter(|_| put.change != Change::Create);
        if put.change == Change::Unchanged || before.is_some() {
            return Ok(before.unwrap_or(Change::Unchanged));
        }
        let at = Target::new(put.id.as_str(), put.api_version);
        let first = self.center.send(Method::PUT, &at, Some(&put.body)).await?;
        lro::wait_for_operation(self.center, &Method::PUT, &at, first, &mut |_| {}).await?;
        self.note(put.id.to_string(), digest, put.change, noted)
    }

    /// Gives a definition its document where it has another; the digest is that of the document.
    async fn document(&self, of: &Document, noted: &mut Vec<Noted>) -> Result<(Change, String)> {
        // Before the definition is made, so that an API that cannot be exported leaves no empty one behind.
        let exported = document::export(self.survey.clients.source, of).await?;
        let digest = exported.digest();
        let made = self.put(&of.definition, noted).await?;
        if of.known == Known::Digest(digest.clone()) {
            return Ok((made, digest));
        }
        let step = format!("{}/document", of.definition.id);
        let mut change = Change::Create;
        if of.definition.change != Change::Create {
            if let Some(before) = self.journal.done(&step, &digest) {
                return Ok((either(made, before), digest));
            }
            if let Known::Digest(_) = of.known {
                change = Change::Update;
            } else if let Some(there) = document::digest_in_center(self.center, of).await? {
                if there == digest {
                    return Ok((made, digest));
                }
                change = Change::Update;
            }
        }
        document::import(self.center, of, &exported).await?;
        Ok((self.note(step, digest.clone(), change, noted)?, digest))
    }

    async fn remove(&self, removal: &Removal) -> Result<()> {
        for (id, api_version) in &removal.deletes {
            let at = Target::new(id.as_str(), api_version);
            match self.center.send(Method::DELETE, &at, None).await {
                Ok(first) => drop(
                    lro::wait_for_operation(self.center, &Method::DELETE, &at, first, &mut |_| {}).await?,
                ),
                Err(error) if error.is_not_found() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Notes that a step is done; the next one need not wait until that is on the disk.
    fn note(&self, step: String, digest: String, change: Change, noted: &mut Vec<Noted>) -> Result<Change> {
        noted.push(self.journal.note(&Done { step, digest, change })?);
        Ok(change)
    }

    /// Returns when all that was noted is on the disk.
    async fn settle(&self, noted: Vec<Noted>) -> Result<()> {
        for note in noted {
            self.journal.settle(note).await?;
        }
        Ok(())
    }
}

/// The change that is one, of two.
fn either(first: Change, second: Change) -> Change {
    if first == Change::Unchanged { second } else { first }
}
