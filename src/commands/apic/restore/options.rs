//! The options of `azr apic restore`.

use std::path::PathBuf;

use clap::{Arg, ArgMatches};

use super::super::report_option::{self, ReportFile};
use super::super::{backup, center};
use crate::commands::args;
use azr_catalog::backup::EditPolicy;
use azr_catalog::restore::{IdMappings, RestoreOptions};
use azr_catalog::writer::ExecutionOptions;
use azr_core::error::{Error, Result};

/// The default of `--max-delete`.
const DEFAULT_MAX_DELETE: u32 = 10;

/// The parsed options, besides those that name the center.
pub(super) struct RestoreArgs {
    /// `--path`.
    pub path: PathBuf,
    /// `--allow-edits`.
    pub edits: EditPolicy,
    /// What to restore, and how.
    pub restore: RestoreOptions,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--detailed-exitcode`.
    pub detailed_exitcode: bool,
    /// `--yes`.
    pub yes: bool,
    /// `--journal`.
    pub journal: Option<PathBuf>,
    /// `--report`.
    pub report: Option<ReportFile>,
}

/// The arguments of the command.
pub(super) fn args() -> Vec<Arg> {
    let mut all = center::options();
    all.extend([
        args::text("path")
            .visible_alias("input")
            .value_name("DIR|FILE.zip")
            .required(true)
            .value_parser(clap::value_parser!(PathBuf))
            .help("Folder or zip file that azr apic backup has written"),
        args::flag("dry-run").help("Show what would happen without writing anything"),
        args::flag("detailed-exitcode").help("With --dry-run: exit with 5 if anything would change"),
        args::flag("allow-edits").help("Accept a backup that people have edited: its files differ from the manifest"),
        args::list("map-environment", 1)
            .value_name("OLD=NEW")
            .help("Environments to replace by others: they are not restored, and what refers to them refers to the others"),
        args::list("map-id", 1).value_name("OLD=NEW").help(
            "Starts of resource ids outside the center to replace, such as /subscriptions/A=/subscriptions/B: \
             of API Management services in API sources, portal links and azr-import",
        ),
        args::flag("with-api-sources")
            .help("Create missing API sources; each synchronizes the APIs of its service into the center again"),
        args::text("documents-url")
            .value_name("URL")
            .help("Address below which the files of the backup can be downloaded, for documents larger than 3 MB"),
        args::flag("prune").help("Delete what the center has and the backup does not have"),
        args::text("max-delete")
            .value_name("N")
            .value_parser(clap::value_parser!(u32))
            .help("With --prune: abort if more than N resources would be deleted [default: 10]"),
        args::yes().help("With --prune: delete without asking at a terminal"),
        args::text("concurrency")
            .value_name("N")
            .value_parser(clap::value_parser!(u16).range(1..=64))
            .help("Number of APIs to restore at the same time, 1 to 64 [default: 32]"),
        args::flag("fail-fast").help("Stop after the first failure"),
        args::text("journal").value_name("FILE").value_parser(args::output_path()).help(
            "File that records finished steps, to resume an interrupted restore [default: a file in azr's state folder]",
        ),
        report_option::option(),
    ]);
    all
}

impl RestoreArgs {
    /// Reads the options.
    pub(super) fn read(matches: &ArgMatches) -> Result<Self> {
        let path = matches.get_one::<PathBuf>("path").cloned();
        let prune = matches.get_flag("prune");
        let max_delete = *matches.get_one("max-delete").unwrap_or(&DEFAULT_MAX_DELETE);
        let mut mappings = IdMappings::default();
        for text in args::occurrences(matches, "map-environment").concat() {
            mappings.add_environment(&text)?;
        }
        for text in args::occurrences(matches, "map-id").concat() {
            mappings.add_id(&text)?;
        }
        let concurrency = *matches.get_one("concurrency").unwrap_or(&backup::DEFAULT_CONCURRENCY);
        let options = Self {
            path: path.ok_or_else(|| Error::usage("--path is required"))?,
            edits: if matches.get_flag("allow-edits") { EditPolicy::Allow } else { EditPolicy::Refuse },
            restore: RestoreOptions {
                mappings,
                max_deletions: prune.then(|| usize::try_from(max_delete).unwrap_or(usize::MAX)),
                with_sources: matches.get_flag("with-api-sources"),
                documents_url: matches.get_one::<String>("documents-url").cloned(),
                execution: ExecutionOptions {
                    concurrency: usize::from(concurrency),
                    fail_fast: matches.get_flag("fail-fast"),
                },
            },
            dry_run: matches.get_flag("dry-run"),
            detailed_exitcode: matches.get_flag("detailed-exitcode"),
            yes: matches.get_flag("yes"),
            journal: matches.get_one::<PathBuf>("journal").cloned(),
            report: ReportFile::read(matches)?,
        };
        for (is_given, message, is_satisfied) in [
            (options.detailed_exitcode, "--detailed-exitcode needs --dry-run", options.dry_run),
            (matches.contains_id("max-delete"), "--max-delete needs --prune", prune),
            (options.yes, "--yes needs --prune", prune),
        ] {
            if is_given && !is_satisfied {
                return Err(Error::usage(message));
            }
        }
        Ok(options)
    }
}
