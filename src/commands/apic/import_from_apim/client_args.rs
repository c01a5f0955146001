//! The arguments of `--mode client`.

use clap::builder::ValueParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, ValueEnum};

use super::mapping_args;
use crate::commands::apic::shapes;
use crate::commands::apic::sync::options::plan_file_arg;
use crate::commands::apic::{custom_properties, report_option};
use crate::commands::args;
use azr_catalog::plan::{OnCollision, OnInvalid};
use azr_catalog::shard::Shard;
use azr_catalog::source_inventory::Revisions;
use azr_core::error::{Error, Result};

/// The default of `--concurrency`.
pub(super) const DEFAULT_CONCURRENCY: u16 = 16;

/// The default of `--max-delete`.
pub(super) const DEFAULT_MAX_DELETE: u32 = 10;

/// The value of `--mode`.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    Service,
    Client,
}

/// The value of `--revisions`.
#[derive(Clone, Copy, ValueEnum)]
pub enum RevisionsValue {
    Current,
    All,
}

impl From<RevisionsValue> for Revisions {
    fn from(value: RevisionsValue) -> Self {
        match value {
            RevisionsValue::Current => Self::Current,
            RevisionsValue::All => Self::All,
        }
    }
}

/// The value of `--on-collision`.
#[derive(Clone, Copy, ValueEnum)]
pub enum OnCollisionValue {
    Suffix,
    Merge,
    Fail,
}

impl From<OnCollisionValue> for OnCollision {
    fn from(value: OnCollisionValue) -> Self {
        match value {
            OnCollisionValue::Suffix => Self::Suffix,
            OnCollisionValue::Merge => Self::Merge,
            OnCollisionValue::Fail => Self::Fail,
        }
    }
}

/// The value of `--on-invalid`.
#[derive(Clone, Copy, ValueEnum)]
pub enum OnInvalidValue {
    Truncate,
    Skip,
    Fail,
}

impl From<OnInvalidValue> for OnInvalid {
    fn from(value: OnInvalidValue) -> Self {
        match value {
            OnInvalidValue::Truncate => Self::Truncate,
            OnInvalidValue::Skip => Self::Skip,
            OnInvalidValue::Fail => Self::Fail,
        }
    }
}

/// `--mode`, and the arguments of this mode.
pub(super) fn args() -> Vec<Arg> {
    let mut all = vec![
        args::choice::<Mode>("mode").help("Whether the service or azr itself imports [default: service]"),
    ];
    all.extend(client_only_args().into_iter().map(|arg| arg.help_heading("With --mode client")));
    all.push(report_option::option());
    all
}

/// The arguments that only this mode has.
fn client_only_args() -> Vec<Arg> {
    selection_args().into_iter().chain(mapping_args::args()).chain(run_args()).collect()
}

/// Arguments that select what is imported and how it is named.
fn selection_args() -> Vec<Arg> {
    vec![
        args::text("apim-tenant")
            .value_name("ID")
            .help("Tenant of the API Management service [default: the tenant of its subscription]"),
        args::list("workspace", 1)
            .value_name("NAME")
            .conflicts_with("source-resource-ids")
            .help("Import the APIs of these workspaces of API Management, by name or pattern, instead of the service's"),
        args::list("tag", 1).value_name("TAG").help("Import only APIs with one of these tags"),
        args::list("product", 1).value_name("PRODUCT").help("Import only APIs in one of these products"),
        args::choice::<RevisionsValue>("revisions")
            .help("Revisions to import; all makes each a version [default: current]"),
        args::text("shard")
            .value_name("K/N")
            .value_parser(ValueParser::from(str::parse::<Shard>))
            .help("Import only the K-th of N equal shares, such as 1/4, to divide the work among machines"),
        args::list("kind", 1)
            .value_name("PATTERN=KIND")
            .help("Kind of the APIs whose names match, such as 'hooks-*=webhook'"),
        custom_properties::option()
            .help("Custom metadata of new resources: KEY=VALUE… or JSON"),
        args::choice::<OnCollisionValue>("on-collision").help(
            "What to do if an API's name is taken, by another API or by an API of the center from \
             elsewhere; merge adds to the latter [default: suffix]",
        ),
        args::choice::<OnInvalidValue>("on-invalid")
            .help("What to do with values that exceed a limit of API Center [default: truncate]"),
        shapes::stage_arg("lifecycle-stage")
            .help("Lifecycle stage of the versions [default: design for new ones]"),
        args::flag("require-documents").help("Fail for a SOAP API whose document API Management cannot export"),
        args::flag("beside-link").help(
            "Import although the center synchronizes the service by an integration, which creates its APIs a second time",
        ),
        args::flag("prune").help("Delete what azr imported before and API Management no longer has"),
        args::text("max-delete")
            .value_name("N")
            .value_parser(clap::value_parser!(u32))
            .help("With --prune: abort if more than N APIs, versions, definitions and deployments would be deleted [default: 10]"),
    ]
}

/// Arguments about how the import runs.
fn run_args() -> Vec<Arg> {
    vec![
        args::yes().help("With --prune: delete without asking at a terminal"),
        args::flag("dry-run").help("Show what would happen without writing anything; implies --mode client"),
        plan_file_arg(),
        args::flag("detailed-exitcode").help("With --dry-run: exit with 5 if anything would change"),
        args::text("concurrency")
            .value_name("N")
            .value_parser(clap::value_parser!(u16).range(1..=64))
            .help("Number of APIs to import at the same time, 1 to 64 [default: 16]"),
        args::flag("fail-fast").help("Stop after the first failure"),
        args::text("journal")
            .value_name("FILE")
            .value_parser(args::output_path())
            .help("File that records finished steps, to resume an interrupted import [default: a file in azr's state folder]"),
    ]
}

/// Whether azr itself imports: with `--mode client`, and with `--dry-run` unless another mode is given.
///
/// Fails if arguments of the other mode are given.
pub(super) fn is_client_mode(matches: &ArgMatches) -> Result<bool> {
    let mode = args::choice_value(matches, "mode");
    if mode == Some(Mode::Client) || (mode.is_none() && matches.get_flag("dry-run")) {
        if args::no_wait_value(matches) {
            return Err(Error::usage(
                "--no-wait cannot be combined with --mode client, because azr itself does the work",
            ));
        }
        return Ok(true);
    }
    // A flag always has a value, so the source of the value counts.
    let is_given = |arg: &Arg| matches.value_source(arg.get_id().as_str()) == Some(ValueSource::CommandLine);
    match client_only_args().iter().find(|arg| is_given(arg)) {
        Some(arg) => Err(Error::usage(format!("--{} needs --mode client", arg.get_id())).with_hint(
            "With --mode client, azr imports the APIs itself; an import by Azure does not have this option.",
        )),
        None => Ok(false),
    }
}
