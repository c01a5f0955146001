//! `--mode service`: the service imports, as with az.
//!
//! Requests and stdout are the same as az's. In addition, azr checks the prerequisites, shows the progress, and reports
//! the result of each API on stderr and in `--report`.

use std::time::Instant;

use clap::{ArgMatches, ValueEnum};
use serde_json::{Value, json};

use super::super::report_option::ReportFile;
use super::super::summary;
use super::center_changes::{self, CenterApi};
use super::expected_apis::{self, ExpectedApi};
use super::service_progress::ImportProgress;
use super::{failure_hint, preflight, sources, swapped_names};
use crate::cli::mistakes;
use crate::commands::args;
use crate::commands::tree::Outcome;
use crate::session::Session;
use azr_arm::client::Client;
use azr_arm::new_role::{RoleWait, is_missing_role};
use azr_arm::plan::{Action, Job, Target};
use azr_catalog::report::ReportWriter;
use azr_catalog::results::ImportResults;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{APIC_PREVIEW, CENTER};
use azr_output::message;
use azr_output::progress::Progress;

/// The action of API Center that imports.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ImportAction {
    /// `importFromApim`, which az calls deprecated but which is widely used.
    ImportFromApim,
    /// `importApiSource`.
    ImportApiSource,
}

/// The value of `--import-specification`: when the service imports the documents of definitions.
#[derive(Clone, Copy, Default, ValueEnum)]
pub(super) enum ImportSpecification {
    #[default]
    Always,
    Never,
    #[value(name = "ondemand")]
    OnDemand,
}

impl ImportSpecification {
    fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Never => "never",
            Self::OnDemand => "ondemand",
        }
    }
}

/// Lets the service import, and reports the result.
pub(super) async fn run(
    session: &Session,
    matches: &ArgMatches,
    action: ImportAction,
    center: &ResourceId,
) -> Result<Outcome> {
    let sources = sources::source_ids(session, matches, center)?;
    let report = ReportFile::read(matches)?;
    let no_wait = args::no_wait_value(matches);
    if no_wait && report.is_some() {
        return Err(Error::usage(
            "--report cannot be combined with --no-wait: the result is known only at the end of the import",
        ));
    }
    // A report that cannot be written is an error before anything is imported.
    let report = match report {
        Some(file) => {
            let subject = format!("Import into {}", center.name());
            Some((file.start_about(session, subject)?, file))
        }
        None => None,
    };
    let client = session.client()?;
    let progress = Progress::spinner(format!("Reading {} and its source", center.name()));
    let user = matches.try_get_one::<String>("msi-resource-id").ok().flatten();
    let principal = preflight::check(session, center, user.map(String::as_str), &sources).await;
    let principal = match sources::distinct_services(&sources).first() {
        Some(service) => swapped_names::explain(principal, client, center, service).await?,
        None => principal?,
    };
    let inventory = expected_apis::read(client, &sources).await;
    // The import would fail with a message that does not tell why.
    if let Some(name) = inventory.missing.iter().find(|name| mistakes::is_file_name(name)) {
        return Err(Error::no_match(format!("'{name}' is the name of a file here, not of an API"))
            .with_hint(mistakes::expanded_pattern_hint("--apim-apis")));
    }
    if let Some(principal) = &principal {
        preflight::warn_without_role(client, principal, &inventory.services).await;
    }
    progress.finish();
    let mut job = Job::new(target(action, center), post(body(matches, action, &sources)), None);
    job.silent = true;
    job.no_wait = no_wait;
    let import = Import {
        client,
        center,
        expected: inventory.apis.as_deref(),
        services: &inventory.services,
        principal: principal.as_deref(),
        started: Instant::now(),
    };
    let result = if no_wait { import.start(job).await } else { import.run(job, report).await };
    result.map(|()| Outcome::empty()).map_err(|error| failure_hint::with_hint(error, center, &sources))
}

fn target(action: ImportAction, center: &ResourceId) -> Target {
    match action {
        ImportAction::ImportFromApim => {
            Target::new(center.as_str(), CENTER.api_version).join("importFromApim")
        }
        ImportAction::ImportApiSource => {
            Target::new(format!("{center}/workspaces/default/importApiSource"), APIC_PREVIEW)
        }
    }
}

fn post(body: Value) -> Action {
    Action::Post { body: Some(body), location_from_group: None }
}

fn body(matches: &ArgMatches, action: ImportAction, sources: &[String]) -> Value {
    if action == ImportAction::ImportFromApim {
        return json!({"sourceResourceIds": sources});
    }
    let text = |long: &str| matches.get_one::<String>(long);
    let import_specification: ImportSpecification =
        args::choice_value(matches, "import-specification").unwrap_or_default();
    let mut body = json!({
        "apiSourceType": "AzureApiManagement",
        "azureApiManagementSource": {"sourceResourceIds": sources},
        "importSpecification": import_specification.as_str(),
    });
    if let Some(identity) = text("msi-resource-id") {
        body["azureApiManagementSource"]["msiResourceId"] = Value::String(identity.clone());
    }
    if let Some(environment) = text("target-environment-id") {
        body["targetEnvironmentId"] = Value::String(environment.clone());
    }
    if let Some(stage) = text("target-lifecycle-stage") {
        body["targetLifecycleStage"] = Value::String(stage.clone());
    }
    body
}

/// An import, and what is known before it starts.
struct Import<'a> {
    client: &'a Client,
    center: &'a ResourceId,
    /// The APIs that should arrive; None if the source cannot be read.
    expected: Option<&'a [ExpectedApi]>,
    /// The services that it reads.
    services: &'a [ResourceId],
    /// The identity of the center; None if it is not known.
    principal: Option<&'a str>,
    started: Instant,
}

impl Import<'_> {
    async fn start(&self, job: Job) -> Result<()> {
        self.execute(job, &[]).await?;
        message::status("The import has been started.");
        message::suggest(&format!(
            "To see what has arrived:\n  azr apic api list -g {} -n {}",
            self.center.group().unwrap_or_default(),
            self.center.name()
        ));
        Ok(())
    }

    fn progress<'p>(&'p self, before: &'p [CenterApi]) -> ImportProgress<'p> {
        ImportProgress::new(self.client, self.center, self.expected, before)
    }

    /// Lets the service import, again while a new role of the center's identity has not taken effect.
    async fn execute(&self, job: Job, before: &[CenterApi]) -> Result<()> {
        let mut role_wait = RoleWait::default();
        loop {
            match self.progress(before).execute(job.clone()).await {
                Err(error) if is_missing_role(&error) && self.wait_for_new_role(&mut role_wait).await => {}
                outcome => return outcome.map(drop),
            }
        }
    }

    async fn wait_for_new_role(&self, role_wait: &mut RoleWait) -> bool {
        let Some(principal) = self.principal else { return false };
        for service in self.services {
            if role_wait.wait(self.client, service.as_str(), principal).await {
                return true;
            }
        }
        false
    }

    async fn run(&self, job: Job, report: Option<(ReportWriter, ReportFile)>) -> Result<()> {
        if report.is_some() && self.expected.is_none() {
            message::warn("The source cannot be read; the report lists only what changed in the center.");
        }
        let before = match center_changes::list_apis(self.client, self.center).await {
            Err(error) if report.is_some() => return Err(error),
            before => before,
        };
        let known = before.as_deref().unwrap_or_default();
        let outcome = self.execute(job, known).await;
        match &outcome {
            // Without a response the import may still be running, so what has not arrived has not failed.
            Err(error) if error.service_error().is_none() => {}
            _ => self.conclude(before, outcome.as_ref().err(), report).await?,
        }
        outcome
    }

    /// Prints the result of each API, and writes the report.
    async fn conclude(
        &self,
        before: Result<Vec<CenterApi>>,
        failure: Option<&Error>,
        report: Option<(ReportWriter, ReportFile)>,
    ) -> Result<()> {
        let after = center_changes::list_apis(self.client, self.center).await;
        let (before, after) = match (before, after) {
            (Ok(before), Ok(after)) => (before, after),
            // The failure of the import matters more.
            (Err(_), _) | (_, Err(_)) if failure.is_some() => return Ok(()),
            (Err(error), _) | (_, Err(error)) if report.is_none() => {
                message::warn(&format!("The result of each API cannot be determined: {error}"));
                return Ok(());
            }
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        let reason = failure.map_or_else(|| MISSING_WITHOUT_REASON.to_owned(), Error::described);
        let (writer, file) = report.unzip();
        let results = center_changes::results(self.expected, &before, &after, &reason);
        let results = ImportResults::complete(results, writer)?;
        if failure.is_none() {
            summary::print_problems(&results);
        }
        let words = summary::conclusion::IMPORT;
        message::status(&summary::conclusion::describe(&results, words, self.center, self.started.elapsed()));
        summary::print_report_path(file.as_ref());
        Ok(())
    }
}

/// The reason for an API that is missing after the service reported success.
const MISSING_WITHOUT_REASON: &str = "the API is not in the center, and the service does not say why";
