//! Registers several definitions: reads and plans all of them, then registers them, with a result for each API.

use std::cell::RefCell;
use std::collections::HashSet;
use std::time::{Duration, Instant};

use serde_json::json;

use super::document::{self, FileReader, SourceDocument, is_regular_file};
use super::dry_run;
use super::execute::{self, ExecutionOptions, PreviousState};
use super::grouping::{DocumentText, VersionToRegister, group_into_apis};
use super::locations::{Location, Locations};
use super::options::RegisterOptions;
use crate::commands::apic::report_option::ReportFile;
use crate::commands::apic::summary::conclusion;
use crate::commands::apic::summary::failure_log::FailureLog;
use crate::commands::apic::{register_plan, summary};
use crate::commands::tree::{Outcome, TerminalView};
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
use azr_output::progress::Progress;
use azr_output::{counted, message};

/// The definitions that were read.
#[derive(Default)]
struct ReadDefinitions {
    /// The definitions that can be registered.
    versions: Vec<VersionToRegister>,
    /// The definitions that cannot, each with the index of its location.
    failed: Vec<(usize, ApiResult)>,
    /// How many files are not definitions.
    ignored: usize,
}

/// Registers the definitions, or shows what would be registered.
pub(super) async fn register(
    session: &Session,
    options: &RegisterOptions,
    locations: Locations,
) -> Result<Outcome> {
    let started = Instant::now();
    register_plan::check_options(&options.workspace, &options.plan)?;
    let read = read_definitions(session, options, &locations.all).await?;
    check(options, &locations, &read)?;
    let ReadDefinitions { versions, failed, ignored } = read;
    let apis = group_into_apis(versions)?;
    let client = session.client()?;
    let existing = read_api_names(client, &options.workspace).await?;
    if options.dry_run {
        return Ok(dry_run::outcome(&apis, failed, ignored, &existing));
    }
    // A report that cannot be written is an error before anything is registered.
    let report = options.report.as_ref().map(ReportFile::start).transpose()?;
    let journal_source = options.journal_source()?;
    let file = match &options.journal {
        Some(file) => file.clone(),
        None => journal::default_path(&session.context.state_dir()?, &options.center, &journal_source),
    };
    let journal = Journal::open(&file, &options.center, &journal_source)?;
    if !journal.is_empty() {
        message::status(&format!(
            "Resuming a registration that was not completed; {} were done before.",
            counted(journal.len(), "step")
        ));
    }
    let execution = ExecutionOptions {
        concurrency: options.concurrency,
        fail_fast: options.fail_fast,
        has_failures: !failed.is_empty(),
        bundling: options.bundling,
    };
    let bar = Progress::bar("Registering", apis.len()).with_details(&format!("in {}", options.center.name()));
    let previous = PreviousState { apis: &existing, journal: &journal };
    let failures = RefCell::new(FailureLog::default());
    for (_, result) in &failed {
        failures.borrow_mut().record(result);
    }
    let mut results = execute::execute(client, &apis, &previous, execution, |result| {
        if failures.borrow_mut().record(result) {
            bar.advance_failed();
        } else {
            bar.advance();
        }
        message::info(&format!("{} was {}", result.name, result.status.as_str()));
    })
    .await;
    drop(bar);
    results.extend(failed);
    results.sort_by_key(|(index, _)| *index);
    let results = ImportResults::complete(results.into_iter().map(|(_, result)| result).collect(), report)?;
    let outcome = conclude(options, journal, &results, ignored, started.elapsed())?;
    // As with az, a single file or URL prints no result, whatever the other options are.
    Ok(if locations.is_single { Outcome { value: None, ..outcome } } else { outcome })
}

/// Reads and plans each definition.
async fn read_definitions(
    session: &Session,
    options: &RegisterOptions,
    all: &[Location],
) -> Result<ReadDefinitions> {
    let progress = Progress::spinner("Reading definitions");
    let reader = FileReader::new(options.bundling);
    let mut read_definitions = ReadDefinitions::default();
    let mut without_operations = HashSet::new();
    for (index, location) in all.iter().enumerate() {
        let name = location.name();
        progress.set_message(format!("Reading {name}"));
        let read = match location {
            Location::File(file) => reader.read(file),
            Location::Url(url) => document::read_url(session, url).await.map_err(ReadError::Invalid),
        };
        let version = match read {
            Ok(document) => {
                if !document.definition.has_operations {
                    without_operations.insert(index);
                }
                plan_version(options, location, document, index)
            }
            Err(ReadError::NotADefinition(why)) if matches!(location, Location::File(file) if !file.is_explicit) =>
            {
                read_definitions.ignored += 1;
                message::info(&format!("ignored: {why}"));
                continue;
            }
            Err(refusal) => Err(refusal.into()),
        };
        match version {
            Ok(version) => read_definitions.versions.push(version),
            Err(error) => read_definitions.failed.push((index, failed_result(name, &error))),
        }
    }
    progress.finish();
    // Documents without operations are APIs, unless they only contain parts of other documents.
    let is_part = |version: &VersionToRegister| {
        without_operations.contains(&version.index)
            && matches!(&all[version.index], Location::File(file) if !file.is_explicit && reader.is_part_of_another(file))
    };
    for part in read_definitions.versions.extract_if(.., |version| is_part(version)) {
        read_definitions.ignored += 1;
        message::info(&format!(
            "ignored: {} has no operations, and other definitions refer to it",
            part.name
        ));
    }
    Ok(read_definitions)
}

fn plan_version(
    options: &RegisterOptions,
    location: &Location,
    document: SourceDocument,
    index: usize,
) -> Result<VersionToRegister> {
    let SourceDocument { definition, source, notes } = document;
    let plan = register_plan::plan(&options.workspace, &definition, &source, &options.plan)?;
    let text = match location {
        Location::Url(_) => DocumentText::Linked,
        Location::File(file) if is_regular_file(&file.path) => {
            DocumentText::OnDisk { file: file.clone(), digest: sha256_hex(definition.text.as_bytes()) }
        }
        Location::File(_) => DocumentText::InMemory(definition.text),
    };
    let name = location.name();
    let notes = plan.notes.iter().chain(&notes).map(|note| format!("{name}: {note}")).collect();
    Ok(VersionToRegister { name, text, plan, notes, index })
}

/// The result of a definition that cannot be registered.
fn failed_result(name: String, error: &Error) -> ApiResult {
    let hint = error.hint().map_or(String::new(), |hint| format!(" ({})", hint.trim_end_matches('.')));
    ApiResult {
        sources: vec![name.clone()],
        status: Status::Failed,
        reason: Some(format!("{}{hint}", error.described())),
        name,
        ..ApiResult::default()
    }
}

/// Fails if there are no definitions, or options for a single one with several.
fn check(options: &RegisterOptions, locations: &Locations, read: &ReadDefinitions) -> Result<()> {
    let count = read.versions.len() + read.failed.len();
    let single_options = [("--api-id", &options.plan.api_id), ("--title", &options.plan.title)];
    if let Some((option, _)) = single_options.into_iter().find(|(_, value)| value.is_some())
        && count > 1
    {
        return Err(Error::usage(format!(
            "{option} applies to a single API, and there are {count} definitions"
        ))
        .with_hint("Remove it; names and titles come from the definitions."));
    }
    if count == 0 {
        let problem = match locations.all.len() {
            0 => format!("{} does not contain any files", options.locations.join(", ")),
            1 => format!("{} is not an API definition", locations.all[0].name()),
            files => format!("none of the {files} files is an API definition"),
        };
        return Err(Error::no_match(format!("--api-location: {problem}"))
            .with_hint("--recursive includes subfolders; --verbose explains why each file is ignored."));
    }
    if read.ignored > 0 {
        message::status(&format!(
            "Ignored files that are not API definitions: {} (--verbose lists them with the reasons).",
            read.ignored
        ));
    }
    Ok(())
}

/// Reads the names, in lower case, of the APIs in the center.
async fn read_api_names(client: &Client, workspace: &ResourceId) -> Result<HashSet<String>> {
    let target = Target::new(format!("{workspace}/apis"), CENTER_API.api_version);
    let listed = pager::list(client, &target, None, None).await?;
    Ok(listed.items.iter().filter_map(|api| api["name"].as_str()).map(str::to_ascii_lowercase).collect())
}

/// Prints the summary and deletes the journal.
fn conclude(
    options: &RegisterOptions,
    journal: Journal,
    results: &ImportResults,
    ignored: usize,
    elapsed: Duration,
) -> Result<Outcome> {
    summary::print_notes(results);
    summary::print_remaining_problems(results);
    let sentence = conclusion::describe(results, conclusion::REGISTRATION, &options.center, elapsed);
    message::status(&sentence);
    summary::print_report_path(options.report.as_ref());
    // The next run registers what failed from the start.
    journal.delete()?;
    let mut value = results.summary();
    value["ignored"] = json!(ignored);
    let mut outcome = Outcome { view: Some(TerminalView::Nothing), ..Outcome::value(value) };
    outcome.exit_code = summary::print_failures(
        results,
        "Fix the failures and run the same command again; what is registered is only updated.",
    );
    if outcome.exit_code == 0 {
        outcome.closing.next = conclusion::next_steps(results, &options.center);
    }
    Ok(outcome)
}
