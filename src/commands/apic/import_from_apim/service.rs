//! `--mode service`: the service imports, as az has it; azr checks before, watches, and says what came of it.
//!
//! Requests and stdout are az's. What the service does not say is told on stderr and in `--report`.

mod watched;

use std::path::Path;

use clap::ArgMatches;
use serde_json::{Value, json};

use super::super::{report, said};
use super::difference::{self, CenterApi};
use super::expected::{self, Expected};
use super::{cause, preflight, sources};
use crate::commands::args;
use crate::commands::tree::Outcome;
use crate::session::Session;
use azr_arm::client::Client;
use azr_arm::plan::{Action, Job, Target};
use azr_catalog::report::Writer;
use azr_catalog::results::Results;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{APIC_PREVIEW, CENTER};
use azr_output::message;
use azr_output::progress::Progress;
use watched::Watched;

/// Which request of the service does the import.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// `importFromApim`, which az calls deprecated and everybody uses.
    FromApim,
    /// `importApiSource`.
    Source,
}

/// Lets the service import, and says what came of it.
pub async fn run(session: &Session, matches: &ArgMatches, way: Way, center: &ResourceId) -> Result<Outcome> {
    let sources = sources::sources(session, matches, center)?;
    let wanted = report::wanted(matches)?;
    let no_wait = args::bool_value(matches, "no-wait")? == Some(true);
    if no_wait && wanted.is_some() {
        return Err(Error::usage(
            "--report cannot be given with --no-wait: what came of the import is known at its end",
        ));
    }
    // Before anything is imported, so that a file that cannot be written is noticed.
    let report = match wanted {
        Some((path, form)) => Some((Writer::create(path, form)?, path)),
        None => None,
    };
    let client = session.client()?;
    let progress = Progress::spinner(format!("Reading {} and its source", center.name()));
    let user = matches.try_get_one::<String>("msi-resource-id").ok().flatten();
    let principal = preflight::check(session, center, user.map(String::as_str), &sources).await?;
    let read = expected::of(client, &sources).await;
    if let Some(principal) = principal {
        preflight::warn_without_role(client, &principal, &read.services).await;
    }
    progress.finish();
    let mut job = Job::new(target(way, center), post(body(matches, way, &sources)), None);
    job.silent = true;
    job.no_wait = no_wait;
    let import = Import { client, center, expected: read.expected.as_deref() };
    let done = if no_wait { import.start(job).await } else { import.carry_out(job, report).await };
    done.map(|()| Outcome::empty()).map_err(|error| cause::explained(error, center, &sources))
}

fn target(way: Way, center: &ResourceId) -> Target {
    match way {
        Way::FromApim => Target::new(center.as_str(), CENTER.api_version).join("importFromApim"),
        Way::Source => Target::new(format!("{center}/workspaces/default/importApiSource"), APIC_PREVIEW),
    }
}

fn post(body: Value) -> Action {
    Action::Post { body: Some(body), location_from_group: None }
}

fn body(matches: &ArgMatches, way: Way, sources: &[String]) -> Value {
    if way == Way::FromApim {
        return json!({"sourceResourceIds": sources});
    }
    let text = |long: &str| matches.get_one::<String>(long);
    let mut body = json!({
        "apiSourceType": "AzureApiManagement",
        "azureApiManagementSource": {"sourceResourceIds": sources},
        "importSpecification": text("import-specification").map_or("always".to_owned(), |t| t.to_ascii_lowercase()),
    });
    if let Some(identity) = text("msi-resource-id") {
        body["azureApiManagementSource"]["msiResourceId"] = Value::String(identity.clone());
    }
    if let Some(environment) = text("target-environment-id") {
        body["targetEnvironmentId"] = Value::String(environment.clone());
    }
    if let Some(stage) = text("target-lifecycle-stage") {
        body["targetLifecycleStage"] = Value::String(stage.to_ascii_lowercase());
    }
    body
}

/// An import, and what is known before it starts.
struct Import<'a> {
    client: &'a Client,
    center: &'a ResourceId,
    /// What is to arrive; None where the source cannot be read.
    expected: Option<&'a [Expected]>,
}

impl Import<'_> {
    async fn start(&self, job: Job) -> Result<()> {
        Watched::new(self, &[]).execute(job).await?;
        message::status("The import has been started; azr does not wait for it.");
        Ok(())
    }

    async fn carry_out(&self, job: Job, report: Option<(Writer, &Path)>) -> Result<()> {
        if report.is_some() && self.expected.is_none() {
            message::warn("The source cannot be read: the report has only what has changed in the center.");
        }
        let before = match difference::list(self.client, self.center).await {
            Err(error) if report.is_some() => return Err(error),
            before => before,
        };
        let known = before.as_deref().unwrap_or_default();
        let done = Watched::new(self, known).execute(job).await;
        match &done {
            // Where no answer came the import may still go on: what has not arrived has not failed.
            Err(error) if error.service_error().is_none() => {}
            _ => self.conclude(before, done.as_ref().err(), report).await?,
        }
        done
    }

    /// Says what came of each API, and writes the report.
    async fn conclude(
        &self,
        before: Result<Vec<CenterApi>>,
        failure: Option<&Error>,
        report: Option<(Writer, &Path)>,
    ) -> Result<()> {
        let after = difference::list(self.client, self.center).await;
        let (before, after) = match (before, after) {
            (Ok(before), Ok(after)) => (before, after),
            // The failure is what there is to say.
            (Err(_), _) | (_, Err(_)) if failure.is_some() => return Ok(()),
            (Err(error), _) | (_, Err(error)) if report.is_none() => {
                message::warn(&format!("What came of each API cannot be told: {error}"));
                return Ok(());
            }
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        let why = failure.map_or_else(|| NOTHING_SAID.to_owned(), Error::described);
        let (writer, path) = report.unzip();
        let results = Results::of(difference::results(self.expected, &before, &after, &why), writer)?;
        if failure.is_none() {
            said::problems(&results);
        }
        said::counts(&results);
        said::report(path);
        Ok(())
    }
}

/// What is known of an API that should have arrived.
const NOTHING_SAID: &str = "it is not in the center, and the service says nothing of it";
