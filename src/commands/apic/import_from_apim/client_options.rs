//! The parsed options of `--mode client`.

use std::path::PathBuf;

use clap::ArgMatches;

use super::client_args::{
    DEFAULT_CONCURRENCY, DEFAULT_MAX_DELETE, OnCollisionValue, OnInvalidValue, RevisionsValue,
};
use super::mapping_args;
use super::sources::{SourceApis, list_values, service_id, source_of_api};
use crate::commands::apic::custom_properties;
use crate::commands::apic::report_option::ReportFile;
use crate::commands::apic::shapes;
use crate::commands::args;
use crate::session::Session;
use azr_catalog::api_type::{API_KINDS, is_kind};
use azr_catalog::bulk_import::ImportOptions;
use azr_catalog::import_source::ImportSource;
use azr_catalog::plan::{OnCollision, OnInvalid, PlanOptions};
use azr_catalog::shard::Shard;
use azr_catalog::source_inventory::Revisions;
use azr_catalog::writer::ExecutionOptions;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;

/// The options of an import by azr itself.
pub(super) struct ClientOptions {
    /// What to import, and how; from the first of the sources.
    pub import: ImportOptions,
    /// Where the APIs are, and which of them to import; at least one.
    pub sources: Vec<SourceApis>,
    /// `--workspace`: names and patterns of workspaces of the first source, to import from instead.
    pub workspaces: Vec<String>,
    /// `--apim-tenant`.
    pub tenant: Option<String>,
    /// The options of this run.
    pub run: RunOptions,
}

/// Options that do not change what is imported.
pub(super) struct RunOptions {
    /// `--dry-run`.
    pub dry_run: bool,
    /// Whether `--mode client` is given, rather than implied by `--dry-run`.
    pub is_mode_given: bool,
    /// `--detailed-exitcode`.
    pub detailed_exitcode: bool,
    /// `--out`.
    pub plan_file: Option<PathBuf>,
    /// How many APIs, versions, definitions and deployments may be deleted.
    pub max_deletions: usize,
    /// `--yes`.
    pub yes: bool,
    /// `--beside-link`.
    pub beside_link: bool,
    /// `--journal`.
    pub journal: Option<PathBuf>,
    /// `--report`.
    pub report: Option<ReportFile>,
}

impl ClientOptions {
    /// Reads the options.
    pub(super) fn read(session: &Session, matches: &ArgMatches, center: &ResourceId) -> Result<Self> {
        let sources = source_apis(session, matches, center)?;
        let Some(SourceApis { source, patterns }) = sources.first().cloned() else {
            return Err(Error::usage("--source-resource-ids is empty"));
        };
        let prune = matches.get_flag("prune");
        let max_delete = *matches.get_one("max-delete").unwrap_or(&DEFAULT_MAX_DELETE);
        let import = ImportOptions {
            source,
            patterns,
            tags: list_values(matches, "tag")?,
            products: list_values(matches, "product")?,
            revisions: args::choice_value::<RevisionsValue>(matches, "revisions")
                .map(Revisions::from)
                .unwrap_or_default(),
            shard: matches.get_one::<Shard>("shard").copied(),
            plan: plan_options(matches)?,
            max_deletions: prune.then(|| usize::try_from(max_delete).unwrap_or(usize::MAX)),
            execution: ExecutionOptions {
                concurrency: usize::from(*matches.get_one("concurrency").unwrap_or(&DEFAULT_CONCURRENCY)),
                fail_fast: matches.get_flag("fail-fast"),
            },
        };
        let run = RunOptions {
            dry_run: matches.get_flag("dry-run"),
            is_mode_given: matches.contains_id("mode"),
            detailed_exitcode: matches.get_flag("detailed-exitcode"),
            plan_file: matches.get_one::<PathBuf>("out").cloned(),
            max_deletions: usize::try_from(max_delete).unwrap_or(usize::MAX),
            yes: matches.get_flag("yes"),
            beside_link: matches.get_flag("beside-link"),
            journal: matches.get_one::<PathBuf>("journal").cloned(),
            report: ReportFile::read(matches)?,
        };
        for (is_given, message, is_satisfied) in [
            (run.detailed_exitcode, "--detailed-exitcode needs --dry-run", run.dry_run),
            (run.plan_file.is_some(), "--out needs --dry-run", run.dry_run),
            (run.plan_file.is_some(), "--out cannot be combined with --shard", import.shard.is_none()),
            (matches.contains_id("max-delete"), "--max-delete needs --prune", prune),
            (run.yes, "--yes needs --prune", prune),
        ] {
            if is_given && !is_satisfied {
                return Err(Error::usage(message));
            }
        }
        if prune && !(import.tags.is_empty() && import.products.is_empty()) {
            return Err(Error::usage("--prune cannot be combined with --tag or --product").with_hint(
                "A deleted API has neither tags nor products; select APIs by name with --apim-apis.",
            ));
        }
        let tenant = matches.get_one::<String>("apim-tenant").cloned();
        Ok(Self { import, sources, workspaces: list_values(matches, "workspace")?, tenant, run })
    }
}

fn plan_options(matches: &ArgMatches) -> Result<PlanOptions> {
    let mut options = PlanOptions {
        on_collision: args::choice_value::<OnCollisionValue>(matches, "on-collision")
            .map(OnCollision::from)
            .unwrap_or_default(),
        on_invalid: args::choice_value::<OnInvalidValue>(matches, "on-invalid")
            .map(OnInvalid::from)
            .unwrap_or_default(),
        lifecycle_stage: matches.get_one::<String>("lifecycle-stage").cloned(),
        kinds: kind_patterns(matches)?,
        custom_properties: custom_properties::read(matches)?,
        require_documents: matches.get_flag("require-documents"),
        ..PlanOptions::default()
    };
    mapping_args::read(matches, &mut options)?;
    Ok(options)
}

/// Reads `--kind`: name patterns, each with a kind.
fn kind_patterns(matches: &ArgMatches) -> Result<Vec<(String, String)>> {
    let words = args::last_occurrence(matches, "kind").unwrap_or_default();
    let parse = |word: &String| {
        let kind = word.rsplit_once('=').and_then(|(pattern, kind)| {
            (!pattern.is_empty() && is_kind(kind)).then(|| (pattern.to_owned(), kind.to_ascii_lowercase()))
        });
        kind.ok_or_else(|| {
            Error::invalid(format!("--kind: '{word}' is not PATTERN=KIND"))
                .with_hint(format!("For example 'hooks-*=webhook'; the kinds are {}.", API_KINDS.join(", ")))
        })
    };
    let patterns = words.iter().map(parse).collect::<Result<Vec<_>>>()?;
    for (_, kind) in &patterns {
        shapes::warn_about_unknown_kind(kind);
    }
    Ok(patterns)
}

/// Where the APIs to import are: a service, or the services and workspaces of their ids.
fn source_apis(session: &Session, matches: &ArgMatches, center: &ResourceId) -> Result<Vec<SourceApis>> {
    let ids = list_values(matches, "source-resource-ids")?;
    if ids.is_empty() {
        let source = ImportSource::service(service_id(session, matches, center)?);
        return Ok(vec![SourceApis { source, patterns: list_values(matches, "apim-apis")? }]);
    }
    let mut sources: Vec<SourceApis> = Vec::new();
    for id in &ids {
        let (source, name) = source_of_api(id)?;
        if sources.first().is_some_and(|first| first.source.service_id() != source.service_id()) {
            return Err(Error::invalid(
                "--source-resource-ids: the APIs belong to several API Management services",
            )
            .with_hint(
                "With --mode client, import from one service at a time; azr apic sync imports from several.",
            ));
        }
        match sources.iter_mut().find(|known| known.source == source) {
            Some(known) => known.patterns.push(name),
            None => sources.push(SourceApis { source, patterns: vec![name] }),
        }
    }
    Ok(sources)
}
