//! Registers several definitions: reads and plans all of them, then registers them, with a result for each API.

use std::cell::RefCell;
use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

use serde_json::json;

use super::document::{self, FileReader, SourceDocument, is_regular_file};
use super::dry_run;
use super::export_manifest::ExportManifests;
use super::location::Location;
use super::locations::Locations;
use super::options::RegisterOptions;
use super::texts::{DocumentText, Texts};
use crate::commands::apic::portal;
use crate::commands::apic::report_option::ReportFile;
use crate::commands::apic::summary;
use crate::commands::apic::summary::conclusion;
use crate::commands::apic::summary::failure_log::FailureLog;
use crate::commands::tree::{Outcome, TerminalView};
use crate::session::Session;
use azr_catalog::journal::{self, Journal};
use azr_catalog::registration::{
    self, Collision, DesiredApi, DesiredVersion, Registration, RegistrationOptions, collision_error,
    group_into_apis,
};
use azr_catalog::report::{ApiResult, Status};
use azr_catalog::results::ImportResults;
use azr_catalog::writer::{ExecutionOptions, WriteOutcome};
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_definitions::ReadError;
use azr_output::progress::Progress;
use azr_output::{counted, message};

/// The definitions that were read.
pub(super) struct ReadDefinitions {
    /// The definitions that can be registered.
    pub(super) versions: Vec<DesiredVersion>,
    /// The texts of these definitions.
    pub(super) texts: Texts,
    /// The definitions that cannot, each with the index of its location.
    pub(super) failed: Vec<(usize, ApiResult)>,
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
    registration::check_options(&options.workspace, &options.registration)?;
    let read = read_definitions(session, options, &locations.all).await?;
    check(options, &locations, &read)?;
    let ReadDefinitions { versions, texts, failed, ignored } = read;
    let apis = match group_into_apis(versions) {
        Ok(apis) => apis,
        Err(collisions) => return Err(refuse(options, &collisions, failed)?),
    };
    let registration = Registration {
        client: session.client()?,
        workspace: options.workspace.clone(),
        apis,
        custom_properties: options.registration.custom_properties.clone(),
        texts: &texts,
    };
    let mut planned = registration.plan().await?;
    if options.dry_run {
        planned.compare_documents().await?;
        return Ok(dry_run::outcome(&planned, failed, ignored));
    }
    // A report that cannot be written is an error before anything is registered.
    let report = options.report.as_ref().map(ReportFile::start).transpose()?;
    let journal_source = options.journal_source()?;
    let file = match &options.journal {
        Some(file) => file.clone(),
        None => journal::default_path(&session.context.state_dir()?, &options.center, &journal_source),
    };
    let journal = Journal::open(&file, &options.center, &journal_source)?;
    summary::print_resumed(&journal, "a registration");
    let bar = Progress::bar("Registering", planned.plans.len())
        .with_details(&format!("in {}", options.center.name()));
    let failures = RefCell::new(FailureLog::default());
    for (_, result) in &failed {
        failures.borrow_mut().record(result);
    }
    let mut results = failed;
    let on_result = |result: &ApiResult| {
        if failures.borrow_mut().record(result) {
            bar.advance_failed();
        } else {
            bar.advance();
        }
        message::info(&format!("{} was {}", result.name, result.status.as_str()));
    };
    if options.fail_fast && !results.is_empty() {
        let reason = "not started, because another API failed";
        results.extend(planned.skipped_results(reason).inspect(|(_, result)| on_result(result)));
    } else {
        let execution = ExecutionOptions { concurrency: options.concurrency, fail_fast: options.fail_fast };
        let indexes: Vec<usize> = planned.apis().iter().map(DesiredApi::index).collect();
        let mut on_outcome = |index: usize, outcome: WriteOutcome| {
            on_result(&outcome.result);
            results.push((indexes[index], outcome.result));
        };
        planned.execute(Some(&journal), execution, &mut on_outcome).await?;
    }
    drop(bar);
    results.sort_by_key(|(index, _)| *index);
    let results = ImportResults::complete(results.into_iter().map(|(_, result)| result).collect(), report)?;
    let mut outcome = conclude(options, journal, &results, ignored, started.elapsed())?;
    portal::add_link(&mut outcome.closing, &options.center, portal::base_url(session)?);
    // As with az, a single file or URL prints no result, whatever the other options are.
    Ok(if locations.is_single { Outcome { value: None, ..outcome } } else { outcome })
}

/// How many definitions are read before the first of them is described; their texts are in memory.
const READ_AHEAD: usize = 16;

/// Reads and plans each definition.
pub(super) async fn read_definitions(
    session: &Session,
    options: &RegisterOptions,
    all: &[Location],
) -> Result<ReadDefinitions> {
    let progress = Progress::spinner("Reading definitions");
    let reader = FileReader::new(options.bundling);
    let mut without_operations = HashSet::new();
    let mut read_definitions = ReadDefinitions {
        versions: Vec::new(),
        texts: Texts::new(options.bundling),
        failed: Vec::new(),
        ignored: 0,
    };
    let mut manifests = ExportManifests::default();
    let mut read_files = VecDeque::new();
    for (index, location) in all.iter().enumerate() {
        let name = location.name();
        progress.set_message(format!("Reading {name}"));
        if read_files.is_empty() {
            let end = all.len().min(index + READ_AHEAD);
            read_files.extend(reader.read_all(&all[index..end]));
        }
        let read_file = read_files.pop_front().flatten();
        if matches!(location, Location::File(file) if manifests.is_manifest(file)) {
            message::info(&format!("{name} has the names of the exported APIs in its folder"));
            continue;
        }
        let read = match (location, read_file) {
            (_, Some(read)) => read,
            (Location::File(file), None) => reader.read(file),
            (Location::Url(url), None) => document::read_url(session, url).await.map_err(ReadError::Invalid),
        };
        let version = match read {
            Ok(document) => {
                document.details.iter().for_each(|detail| message::info(detail));
                if !document.definition.has_operations {
                    without_operations.insert(index);
                }
                let registration = manifests.options_for(location, &options.registration);
                describe(&options.workspace, &registration, location, document, index)
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
            Ok((mut version, text)) => {
                version.notes.iter_mut().for_each(|note| *note = format!("{name}: {note}"));
                read_definitions.texts.insert(index, text);
                read_definitions.versions.push(version);
            }
            Err(error) => read_definitions.failed.push((index, failed_result(name, &error))),
        }
    }
    progress.finish();
    // Documents without operations are APIs, unless they only contain parts of other documents.
    let is_part = |version: &DesiredVersion| {
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

/// Describes a definition; returns how to get its text, too.
pub(super) fn describe(
    workspace: &ResourceId,
    options: &RegistrationOptions,
    location: &Location,
    document: SourceDocument,
    index: usize,
) -> Result<(DesiredVersion, DocumentText)> {
    let SourceDocument { definition, source, notes, .. } = document;
    let name = location.name();
    let mut version = registration::describe(workspace, &name, &definition, &source, options)?;
    version.index = index;
    version.notes.extend(notes);
    let text = match location {
        Location::Url(_) => DocumentText::Linked,
        Location::File(file) if is_regular_file(&file.path) => {
            DocumentText::OnDisk { file: file.clone(), digest: version.digest.clone() }
        }
        Location::File(_) => DocumentText::InMemory(definition.text),
    };
    Ok((version, text))
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

/// Refuses definitions that collide; the report names all of them, and those that cannot be registered.
fn refuse(
    options: &RegisterOptions,
    collisions: &[Collision],
    failed: Vec<(usize, ApiResult)>,
) -> Result<Error> {
    let colliding = collisions.iter().flat_map(|collision| {
        collision.definitions.iter().map(|(index, name)| {
            let error = Error::conflict(collision.reason());
            (*index, failed_result(name.clone(), &error))
        })
    });
    let mut results: Vec<(usize, ApiResult)> = colliding.chain(failed).collect();
    results.sort_by_key(|(index, _)| *index);
    let report = options.report.as_ref().map(ReportFile::start).transpose()?;
    ImportResults::complete(results.into_iter().map(|(_, result)| result).collect(), report)?;
    summary::print_report_path(options.report.as_ref());
    Ok(collision_error(collisions))
}

/// Fails if there are no definitions, or options for a single one with several.
pub(super) fn check(options: &RegisterOptions, locations: &Locations, read: &ReadDefinitions) -> Result<()> {
    let count = read.versions.len() + read.failed.len();
    let single_options = [
        ("--api-id", &options.registration.api_id),
        ("--title", &options.registration.title),
        ("--summary", &options.registration.summary),
    ];
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
            0 if locations.excluded > 0 => {
                format!("all of the files are excluded ({})", counted(locations.excluded, "file"))
            }
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
