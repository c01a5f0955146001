//! Several definitions at once: read and planned, then registered, with a result for each API.

use std::collections::HashSet;
use std::path::PathBuf;

use serde_json::json;

use super::document::{self, Document, is_lasting};
use super::execute::{self, How, Known};
use super::locations::{Location, Locations, public_url};
use super::plan::{self, Text, Version};
use super::{Request, shown};
use crate::commands::apic::report_option::ReportFile;
use crate::commands::apic::{register_plan, summary};
use crate::commands::tree::Outcome;
use crate::session::Session;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_catalog::digest::sha256_hex;
use azr_catalog::journal::{self, Journal};
use azr_catalog::report::{ApiResult, Status};
use azr_catalog::results::ImportResults;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_API;
use azr_definitions::ReadError;
use azr_output::message;
use azr_output::progress::Progress;

/// What reading came to.
#[derive(Default)]
pub struct Gathered {
    /// The definitions that can be registered.
    versions: Vec<Version>,
    /// Those that cannot, each with its place.
    failed: Vec<(usize, ApiResult)>,
    /// How many files are no definitions.
    others: usize,
}

/// Registers what was found, or shows what would be registered.
pub async fn register(session: &Session, request: &Request, locations: Locations) -> Result<Outcome> {
    register_plan::check(&request.workspace, &request.options)?;
    let gathered = gather(session, request, &locations.all).await?;
    check(request, &locations, &gathered)?;
    let Gathered { versions, failed, others } = gathered;
    let apis = plan::grouped(versions)?;
    let client = session.client()?;
    let held = api_names(client, &request.workspace).await?;
    if request.dry_run {
        return Ok(shown::planned(&apis, failed, others, &held));
    }
    // Before anything is registered, so that a file that cannot be written is noticed.
    let report = request.report.as_ref().map(ReportFile::start).transpose()?;
    let file = match &request.journal {
        Some(file) => file.clone(),
        None => journal::default_path(&session.context.state_dir()?, &request.center, &request.source()?),
    };
    let journal = Journal::open(&file, &request.center, &request.source()?)?;
    if !journal.is_empty() {
        message::status(&format!(
            "Going on with a registration that was not completed: {} steps are done.",
            journal.len()
        ));
    }
    let how = How {
        concurrency: request.concurrency,
        fail_fast: request.fail_fast,
        failed: !failed.is_empty(),
        bundling: request.bundling,
    };
    let bar = Progress::bar("Registering", apis.len());
    let known = Known { apis: &held, journal: &journal };
    let mut results = execute::execute(client, &apis, &known, how, |result| {
        bar.advance();
        message::info(&format!("{} is {}", result.name, result.status.as_str()));
    })
    .await;
    drop(bar);
    results.extend(failed);
    results.sort_by_key(|(place, _)| *place);
    let results = ImportResults::complete(results.into_iter().map(|(_, result)| result).collect(), report)?;
    let outcome = conclude(request, journal, &results, others)?;
    // One file or URL prints nothing, as with az, whatever else is asked for.
    Ok(if locations.single { Outcome { value: None, ..outcome } } else { outcome })
}

/// Reads and plans each definition.
async fn gather(session: &Session, request: &Request, all: &[Location]) -> Result<Gathered> {
    let progress = Progress::spinner("Reading definitions");
    let mut gathered = Gathered::default();
    for (place, location) in all.iter().enumerate() {
        let name = location.name();
        progress.set_message(format!("Reading {name}"));
        let read = match location {
            Location::File(file) => document::of_file(file, request.bundling),
            Location::Url(url) => document::of_url(session, url).await.map_err(ReadError::Invalid),
        };
        let version = match read {
            Ok(document) => version(request, location, document, place),
            Err(ReadError::NotADefinition(why)) if matches!(location, Location::File(file) if !file.named) => {
                gathered.others += 1;
                message::info(&format!("passed over: {why}"));
                continue;
            }
            Err(refusal) => Err(refusal.into()),
        };
        match version {
            Ok(version) => gathered.versions.push(version),
            Err(error) => gathered.failed.push((place, failure(name, &error))),
        }
    }
    progress.finish();
    Ok(gathered)
}

fn version(request: &Request, location: &Location, document: Document, place: usize) -> Result<Version> {
    let Document { definition, source, notes } = document;
    let plan = register_plan::plan(&request.workspace, &definition, &source, &request.options)?;
    let text = match location {
        Location::Url(_) => Text::Linked,
        Location::File(file) if is_lasting(&file.path) => {
            Text::OnDisk { file: file.clone(), digest: sha256_hex(definition.text.as_bytes()) }
        }
        Location::File(_) => Text::Held(definition.text),
    };
    let name = location.name();
    let notes = plan.notes.iter().chain(&notes).map(|note| format!("{name}: {note}")).collect();
    Ok(Version { name, text, plan, notes, place })
}

/// The result of a definition that cannot be registered.
fn failure(name: String, error: &Error) -> ApiResult {
    let hint = error.hint().map_or(String::new(), |hint| format!(" ({})", hint.trim_end_matches('.')));
    ApiResult {
        sources: vec![name.clone()],
        status: Status::Failed,
        reason: Some(format!("{}{hint}", error.described())),
        name,
        ..ApiResult::default()
    }
}

/// Refuses what is not about several definitions, or about none at all.
fn check(request: &Request, locations: &Locations, gathered: &Gathered) -> Result<()> {
    let found = gathered.versions.len() + gathered.failed.len();
    let options = [("--api-id", &request.options.api_id), ("--title", &request.options.title)];
    if let Some((option, _)) = options.into_iter().find(|(_, given)| given.is_some())
        && found > 1
    {
        return Err(Error::usage(format!("{option} names one API, and there are {found} definitions"))
            .with_hint("Leave it out: names and titles are told by the definitions."));
    }
    if found == 0 {
        let what = match locations.all.len() {
            0 => format!("there is no file in {}", request.words.join(", ")),
            1 => format!("{} is no API definition", locations.all[0].name()),
            files => format!("none of the {files} files is an API definition"),
        };
        return Err(Error::no_match(format!("--api-location: {what}")).with_hint(
            "--recursive looks into the folders below as well; --verbose says what each file is.",
        ));
    }
    if gathered.others > 0 {
        message::status(&format!(
            "Files that are no API definitions: {} (--verbose says which and why).",
            gathered.others
        ));
    }
    Ok(())
}

/// The names of the APIs in the center, in lower case.
async fn api_names(client: &Client, workspace: &ResourceId) -> Result<HashSet<String>> {
    let at = Target::new(format!("{workspace}/apis"), CENTER_API.api_version);
    let listed = pager::list(client, &at, None, None).await?;
    Ok(listed.items.iter().filter_map(|api| api["name"].as_str()).map(str::to_ascii_lowercase).collect())
}

/// Says what came of it, and ends the journal.
fn conclude(request: &Request, journal: Journal, results: &ImportResults, others: usize) -> Result<Outcome> {
    summary::print_notes(results);
    summary::print_problems(results);
    summary::print_counts(results);
    summary::print_report_path(request.report.as_ref());
    // The run came to its end: there is nothing to go on with but what failed, and that begins anew.
    journal.delete()?;
    let mut value = results.summary();
    value["ignored"] = json!(others);
    let mut outcome = Outcome::value(value);
    outcome.exit_code = summary::print_failures(results);
    if outcome.exit_code != 0 {
        message::status(
            "Mend what failed and run the same command again: what is registered is only updated.",
        );
    }
    Ok(outcome)
}

/// The text that tells one registration from another: the locations as they were given, as absolute paths.
pub fn source(words: &[String]) -> Result<String> {
    let absolute = |word: &String| -> Result<String> {
        if word.contains("://") {
            let public = public_url(word);
            // A digest tells it from one with another query, which may be a signature.
            let hidden = if public == *word { String::new() } else { sha256_hex(word.as_bytes()) };
            return Ok(public + &hidden);
        }
        let path = std::path::absolute(word).map_err(|e| Error::read(PathBuf::from(word), e))?;
        Ok(path.display().to_string())
    };
    Ok(words.iter().map(absolute).collect::<Result<Vec<_>>>()?.join(", "))
}
