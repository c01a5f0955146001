//! `azr apic integration status`: the state of integrations, and how their APIs differ from those of API Management.

mod comparison;
mod view;

use std::collections::{BTreeMap, HashMap};

use clap::{Arg, ArgMatches};
use serde_json::Value;

use self::comparison::{Problem, Status};
use super::super::center;
use crate::commands::resource::NameArg;
use crate::commands::tree::{Example, Leaf, Outcome, TerminalView};
use crate::commands::{args, names};
use crate::session::Session;
use azr_arm::client::Client;
use azr_catalog::api_source::{ApiSource, Origin, read_api_sources};
use azr_catalog::import_source::ImportSource;
use azr_catalog::link_status::{
    ApiComparison, CenterApi, LinkRule, LinkedApi, compare, match_apis, read_center_apis, read_version_titles,
};
use azr_catalog::service::ServiceSnapshot;
use azr_catalog::source_inventory::{ReadOptions, Revisions, read_source};
use azr_catalog::source_selection::SourceSelection;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_output::message;
use azr_output::progress::Progress;

/// The exit code if an integration cannot be compared.
const EXIT_NOT_COMPARED: u8 = 4;

/// The exit code of `--detailed-exitcode` if something differs.
const EXIT_DIFFERENCES: u8 = 5;

/// How many resources are read at the same time.
const CONCURRENCY: usize = 16;

/// `-i/--integration-name/--name`.
static NAME: NameArg = NameArg {
    long: &["integration-name", "name"],
    help: "Integration [default: all of the center]",
    ..names::INTEGRATION
};

/// `azr apic integration status`.
pub(super) fn command() -> Leaf {
    Leaf::run_with_matches("status", "Compare what integrations have synchronized with API Management", options, run)
        .details(
            "Shows the state that API Center reports for each integration with API Management, and how the APIs in the \
             center differ from those in API Management: missing (not in the center), late (in the center, but with another \
             title, kind, description, version or URL), and stale (in the center, but not in API Management). \
             Documents are not compared. It changes nothing.\n\n\
             An API belongs to an integration if it has a deployment in the environment of the integration; if the \
             integration names none, or shares it with another one, by the URL of the gateway. APIs that azr imported \
             do not count.\n\n\
             The exit code is 4 if an integration cannot be compared. With --detailed-exitcode it is 5 if an API differs, or \
             if the state of an integration is not syncing.",
        )
        .table(view::rows)
        .examples(&[
            Example {
                summary: "Compare all integrations of a center",
                command: "azr apic integration status -g myResourceGroup -n myAPICenter",
            },
            Example {
                summary: "List what one integration has not synchronized",
                command: "azr apic integration status -g myResourceGroup -n myAPICenter -i sync-apim --query \"[0].apis[?state!='upToDate']\" -o json",
            },
        ])
}

fn options() -> Vec<Arg> {
    let mut all = center::options();
    all.push(args::name(&NAME));
    all.push(
        args::flag("detailed-exitcode")
            .help("Exit with 5 if an API differs or an integration is not in the state syncing"),
    );
    all
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let center = center::read_center(session, matches, &names::CENTER)?;
    let name = args::name_value(matches, &NAME)?;
    let client = session.client()?;
    let progress = Progress::spinner(format!("Reading {}", center.name()));
    let sources = read_api_sources(client, &center).await?;
    let selected: Vec<&ApiSource> = sources
        .iter()
        .filter(|source| name.is_none_or(|name| source.name.eq_ignore_ascii_case(name)))
        .collect();
    if let (Some(name), true) = (name, selected.is_empty()) {
        let hint = format!(
            "azr apic integration list -g {} -n {}",
            center.group().unwrap_or_default(),
            center.name()
        );
        return Err(Error::no_match(format!("integration '{name}' does not exist in {}", center.name()))
            .with_exit_code(3)
            .with_hint(hint));
    }
    let mut comparer = Comparer::new(session, client, &center, &sources, &progress);
    let mut statuses = Vec::new();
    for source in selected {
        statuses.push(comparer.status(source).await?);
    }
    progress.finish();
    Ok(outcome(&statuses, &center, matches.get_flag("detailed-exitcode")))
}

fn outcome(statuses: &[Status<'_>], center: &ResourceId, detailed_exitcode: bool) -> Outcome {
    let mut exit_code = 0;
    if detailed_exitcode && statuses.iter().any(Status::differs) {
        exit_code = EXIT_DIFFERENCES;
    }
    for status in statuses {
        if let Err(Problem::Failed(reason)) = &status.comparison {
            message::warn(&format!("{} cannot be compared: {reason}", status.source.name));
            exit_code = EXIT_NOT_COMPARED;
        }
    }
    let view = Some(TerminalView::Table(view::table(statuses)));
    let closing = view::closing(statuses, center);
    let value: Value = statuses.iter().map(Status::to_json).collect();
    Outcome { exit_code, view, closing, ..Outcome::value(value) }
}

/// Compares integrations one after the other, and reads what they share only once.
struct Comparer<'a> {
    session: &'a Session,
    client: &'a Client,
    center: &'a ResourceId,
    sources: &'a [ApiSource],
    progress: &'a Progress,
    /// The APIs of the center that azr has not imported, once they have been read.
    center_apis: Option<Vec<CenterApi>>,
    /// The services, by id in lower case.
    services: HashMap<String, ServiceSnapshot>,
}

impl<'a> Comparer<'a> {
    fn new(
        session: &'a Session,
        client: &'a Client,
        center: &'a ResourceId,
        sources: &'a [ApiSource],
        progress: &'a Progress,
    ) -> Self {
        Self { session, client, center, sources, progress, center_apis: None, services: HashMap::new() }
    }

    /// The status of an integration; an integration whose service cannot be read is not an error.
    async fn status<'s>(&mut self, source: &'s ApiSource) -> Result<Status<'s>> {
        let Origin::ApiManagement(origin) = &source.origin else {
            return Ok(Status { source, comparison: Err(Problem::OtherOrigin) });
        };
        let comparison = match self.read_service(origin).await {
            Err(error) if error.service_error().is_some() => {
                Err(Problem::Failed(format!("{origin} cannot be read: {}", error.described())))
            }
            Err(error) => return Err(error),
            Ok(()) => Ok(self.compare(source, origin).await?),
        };
        Ok(Status { source, comparison })
    }

    async fn read_service(&mut self, origin: &ImportSource) -> Result<()> {
        let key = origin.id().as_str().to_ascii_lowercase();
        if self.services.contains_key(&key) {
            return Ok(());
        }
        let other_client = self.session.client_for_subscription(origin.service_id().subscription(), None)?;
        let client = other_client.as_ref().unwrap_or(self.client);
        let on_progress = |read: usize, count: Option<usize>| {
            let total = count.map_or(String::new(), |count| format!(" of {count}"));
            self.progress.set_message(format!("Reading {origin}: {read}{total} APIs"));
        };
        let options = ReadOptions { revisions: Revisions::Current, concurrency: CONCURRENCY };
        let inventory =
            read_source(client, origin, &SourceSelection::default(), options, &on_progress).await?;
        self.services.insert(key, inventory.service);
        Ok(())
    }

    /// Compares an integration whose service has been read.
    async fn compare(&mut self, source: &ApiSource, origin: &ImportSource) -> Result<Vec<ApiComparison>> {
        if self.center_apis.is_none() {
            let on_progress = |read: usize, total: usize| {
                self.progress.set_message(format!("Reading {}: {read} of {total} APIs", self.center.name()));
            };
            let apis = read_center_apis(self.client, self.center, CONCURRENCY, &on_progress).await?;
            self.center_apis = Some(apis);
        }
        let center_apis = self.center_apis.as_deref().unwrap_or_default();
        let Some(snapshot) = self.services.get(&origin.id().as_str().to_ascii_lowercase()) else {
            return Ok(Vec::new());
        };
        let environment = source.environment.as_deref();
        let rule = LinkRule::new(environment, self.is_shared(source), &snapshot.gateway_urls);
        let linked: Vec<LinkedApi> = center_apis.iter().filter_map(|api| rule.select(api)).collect();
        let matching = match_apis(snapshot, &linked);
        let with_versions = matching.copies_with_versions(snapshot);
        let names: Vec<&str> = with_versions.iter().map(|index| &*linked[*index].api.name).collect();
        let titles = read_version_titles(self.client, self.center, &names, CONCURRENCY).await?;
        let titles: BTreeMap<usize, Vec<String>> = with_versions.into_iter().zip(titles).collect();
        Ok(compare(snapshot, &linked, matching, &titles))
    }

    /// Whether another integration has the environment of this one.
    fn is_shared(&self, source: &ApiSource) -> bool {
        let environment = source.environment.as_deref().unwrap_or_default();
        let has_it = |other: &&ApiSource| {
            other.environment.as_deref().is_some_and(|other| other.eq_ignore_ascii_case(environment))
        };
        self.sources.iter().filter(has_it).count() > 1
    }
}
