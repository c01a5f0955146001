//! The options of `azr apic api register`.

use std::path::PathBuf;

use clap::{Arg, ArgMatches};

use super::document::Bundling;
use super::location::public_url;
use crate::commands::apic::report_option::{self, ReportFile};
use crate::commands::apic::{custom_properties, shapes};
use crate::commands::{args, names};
use crate::session::Session;
use azr_catalog::digest::sha256_hex;
use azr_catalog::registration::RegistrationOptions;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER;

/// The default of `--concurrency`.
const DEFAULT_CONCURRENCY: u16 = 8;

/// The arguments of the command.
pub(super) fn args() -> Vec<Arg> {
    let mut all = vec![
        args::list("api-location", 1)
            .short('l')
            .required(true)
            .value_name("LOCATION")
            .help("File or URL of the definition, or several files, URLs, folders and patterns; '!PATTERN' excludes"),
        args::resource_group().required(true),
        args::name(&names::CENTER).required(true),
        args::text("environment-id").value_name("NAME").help("Environment of the servers in the definition"),
    ];
    let azr_only = [
        args::text("api-id").value_name("NAME").help("Name of the API [default: from the title]"),
        args::text("version-id")
            .value_name("NAME")
            .help("Name of the version [default: the document's version]"),
        args::text("definition-id")
            .value_name("NAME")
            .help("Name of the definition [default: the format, such as openapi]"),
        args::text("title").help("Title of the API, 1 to 50 characters [default: the document's title]"),
        args::text("summary").help("Summary of the API, at most 200 characters [default: the document's summary]"),
        shapes::kind_arg().help("Kind of the API [default: from the document]"),
        custom_properties::option().help("Custom metadata of the API and its deployments: KEY=VALUE… or JSON"),
        shapes::stage_arg("lifecycle-stage").help("Lifecycle stage of the version [default: design]"),
        args::flag("no-bundle")
            .help("Refuse a document that refers to other files, instead of bundling them into it"),
        args::flag("recursive").help("With a folder: include its subfolders"),
        args::flag("dry-run").help("Show what would happen without writing anything"),
        args::text("concurrency")
            .value_name("N")
            .value_parser(clap::value_parser!(u16).range(1..=64))
            .help("Number of APIs to register at the same time, 1 to 64 [default: 8]"),
        args::flag("fail-fast").help("Stop after the first failure"),
        args::text("journal").value_name("FILE").value_parser(args::output_path()).help(
            "With several definitions: file that records finished steps, to resume an interrupted registration \
             [default: a file in azr's state folder]",
        ),
        report_option::option(),
    ];
    all.extend(azr_only.map(|arg| arg.add(args::AzrOnly)));
    all
}

/// The parsed options.
pub(crate) struct RegisterOptions {
    /// The center.
    pub center: ResourceId,
    /// The workspace of the center.
    pub workspace: ResourceId,
    /// The values of `--api-location`.
    pub locations: Vec<String>,
    /// Names and values that replace those of the document.
    pub registration: RegistrationOptions,
    /// `--no-bundle`.
    pub(super) bundling: Bundling,
    /// `--recursive`.
    pub recursive: bool,
    /// `--dry-run`.
    pub dry_run: bool,
    /// `--concurrency`.
    pub concurrency: usize,
    /// `--fail-fast`.
    pub fail_fast: bool,
    /// `--journal`.
    pub journal: Option<PathBuf>,
    /// `--report`.
    pub report: Option<ReportFile>,
}

impl RegisterOptions {
    /// Reads the options.
    pub(super) fn read(session: &Session, matches: &ArgMatches) -> Result<Self> {
        let text = |long: &str| matches.get_one::<String>(long).cloned();
        let registration = RegistrationOptions {
            api_id: text("api-id"),
            version_id: text("version-id"),
            definition_id: text("definition-id"),
            lifecycle_stage: text("lifecycle-stage"),
            title: text("title"),
            version_title: None,
            summary: text("summary"),
            kind: shapes::kind_value(matches),
            custom_properties: custom_properties::read(matches)?,
            environment_id: text("environment-id"),
            is_one_of_several: false,
        };
        let center = args::name_value(matches, &names::CENTER)?
            .ok_or_else(|| Error::usage("--service-name is required"))?;
        let center = CENTER.id(&session.group_scope(args::resource_group_value(matches))?, &[center]);
        Ok(Self {
            workspace: center.child("workspaces", "default"),
            center,
            locations: args::occurrences(matches, "api-location").concat(),
            registration,
            bundling: if matches.get_flag("no-bundle") { Bundling::Refuse } else { Bundling::Bundle },
            recursive: matches.get_flag("recursive"),
            dry_run: matches.get_flag("dry-run"),
            concurrency: usize::from(*matches.get_one("concurrency").unwrap_or(&DEFAULT_CONCURRENCY)),
            fail_fast: matches.get_flag("fail-fast"),
            journal: matches.get_one::<PathBuf>("journal").cloned(),
            report: ReportFile::read(matches)?,
        })
    }

    /// The options of a folder whose definitions are registered with those of other sources.
    pub(crate) fn for_folder(
        center: &ResourceId,
        locations: Vec<String>,
        recursive: bool,
        registration: RegistrationOptions,
    ) -> Self {
        Self {
            workspace: center.child("workspaces", "default"),
            center: center.clone(),
            locations,
            registration,
            bundling: Bundling::Bundle,
            recursive,
            dry_run: false,
            concurrency: usize::from(DEFAULT_CONCURRENCY),
            fail_fast: false,
            journal: None,
            report: None,
        }
    }

    /// The text that identifies the registration in its journal: the locations as absolute paths.
    pub(crate) fn journal_source(&self) -> Result<String> {
        let absolute = |location: &String| -> Result<String> {
            if location.contains("://") {
                let public = public_url(location);
                // The digest distinguishes URLs with different queries, which may contain a signature.
                let digest =
                    if public == *location { String::new() } else { sha256_hex(location.as_bytes()) };
                return Ok(public + &digest);
            }
            let path = std::path::absolute(location).map_err(|e| Error::read(PathBuf::from(location), e))?;
            Ok(path.display().to_string())
        };
        Ok(self.locations.iter().map(absolute).collect::<Result<Vec<_>>>()?.join(", "))
    }

    /// Whether only options that az has, too, are given.
    pub(super) fn is_az_compatible(&self) -> bool {
        !self.dry_run && self.journal.is_none() && self.report.is_none()
    }
}
