//! Reads the APIs of an API Management service or of one of its workspaces.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;

use super::api_version::{api_versions, is_unsupported_type_or_version};
use super::deleted_workspace::is_deleted;
use super::import_source::ImportSource;
use super::response_check::{check_body, check_item, is_missing};
use super::service::{ApiLabels, ApimApi, ServiceSnapshot, VersionSet, version_set_name};
use super::source_reader::SourceReader;
use super::source_selection::{SourceSelection, read_labels, read_members};
use super::workspace_gateway::read_gateway_urls;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};

/// Which revisions of an API are imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Revisions {
    /// The current one.
    #[default]
    Current,
    /// All of them, each as a version.
    All,
}

/// How the APIs of a source are read.
#[derive(Debug, Clone, Copy)]
pub struct ReadOptions {
    /// The revisions to read.
    pub revisions: Revisions,
    /// How many pages are read at the same time.
    pub concurrency: usize,
}

/// Receives the number of APIs read so far and, if known, the total.
pub type OnProgress<'a> = &'a (dyn Fn(usize, Option<usize>) + Sync);

/// What was read of a source.
pub struct SourceInventory {
    /// The APIs and version sets, and the gateway.
    pub service: ServiceSnapshot,
    /// The names, in lower case, of the APIs with the requested tags and products; None if none were requested.
    pub members: Option<HashSet<String>>,
    /// Whether it is a workspace that does not exist any more.
    pub is_deleted: bool,
}

/// Reads a source with the newest API version that API Management accepts.
///
/// Older versions do not show MCP servers and A2A agents. A workspace that was deleted is read as one without APIs.
pub async fn read_source(
    client: &Client,
    source: &ImportSource,
    selection: &SourceSelection<'_>,
    options: ReadOptions,
    on_progress: OnProgress<'_>,
) -> Result<SourceInventory> {
    let [newest, older] = api_versions(source);
    let read =
        |api_version| Box::pin(read_with(client, source, selection, options, api_version, on_progress));
    let mut api_version = newest;
    let mut outcome = read(newest).await;
    if let Err(error) = &outcome
        && is_unsupported_type_or_version(error)
    {
        tracing::info!("{error}");
        tracing::info!(
            "{source} does not support API version {newest} of API Management; reading it with {older}, which does \
             not show MCP servers and A2A agents"
        );
        api_version = older;
        outcome = read(older).await;
    } else if outcome.is_ok() {
        tracing::info!("read {source} with API version {newest} of API Management");
    }
    match outcome {
        Err(error) if error.is_not_found() && is_deleted(client, source).await? => Ok(SourceInventory {
            service: without_apis(source, api_version),
            members: None,
            is_deleted: true,
        }),
        outcome => outcome,
    }
}

/// A source that has nothing.
fn without_apis(source: &ImportSource, api_version: &'static str) -> ServiceSnapshot {
    ServiceSnapshot {
        source: source.clone(),
        api_version,
        gateway_urls: Vec::new(),
        gateway_warning: None,
        version_sets: Vec::new(),
        developer_portal: None,
        labels: ApiLabels::default(),
        apis: Vec::new(),
    }
}

async fn read_with(
    client: &Client,
    source: &ImportSource,
    selection: &SourceSelection<'_>,
    options: ReadOptions,
    api_version: &'static str,
    on_progress: OnProgress<'_>,
) -> Result<SourceInventory> {
    let reader = SourceReader { client, source, concurrency: options.concurrency, api_version };
    let (mut service, members, labels) = futures_util::try_join!(
        read_service(client, source, options, api_version, on_progress),
        read_members(reader, selection),
        read_labels(reader, selection)
    )?;
    service.labels = labels;
    Ok(SourceInventory { service, members, is_deleted: false })
}

/// Reads the APIs and version sets of a service or workspace, and its gateway, with one API version.
pub async fn read_service(
    client: &Client,
    source: &ImportSource,
    options: ReadOptions,
    api_version: &'static str,
    on_progress: OnProgress<'_>,
) -> Result<ServiceSnapshot> {
    let service = async {
        let target = Target::new(source.service_id().as_str(), api_version);
        let service = client.send(Method::GET, &target, None).await?.body;
        check_body(&service, source.service_id())?;
        Ok(service)
    };
    let sets_target = Target::new(format!("{}/apiVersionSets", source.id()), api_version);
    let version_sets = pager::list_counted(client, &sets_target, options.concurrency);
    let (service, version_sets) = futures_util::try_join!(service, version_sets)?;
    let gateway = read_gateway_urls(client, source, &service, api_version).await?;
    version_sets.iter().try_for_each(|set| check_item(set, &sets_target.path))?;
    let mut version_sets: Vec<VersionSet> = version_sets.iter().filter_map(VersionSet::read).collect();

    let mut attempts = 0;
    let (mut apis, roots_with_revisions) = loop {
        attempts += 1;
        let list = read_api_list(client, source, &version_sets, options, api_version, on_progress).await?;
        let unlisted = read_unlisted_sets(client, &sets_target, &list.unlisted_sets).await?;
        match list {
            _ if attempts < LIST_ATTEMPTS && !unlisted.is_empty() => {
                tracing::info!(
                    "the list of version sets of {source} was not complete; reading the APIs again"
                );
                version_sets.extend(unlisted);
            }
            ApiList { apis, roots_with_revisions, is_complete: true, .. } => {
                break (apis, roots_with_revisions);
            }
            _ if attempts < LIST_ATTEMPTS => {
                tracing::info!("the list of APIs of {source} changed while it was read; reading it again");
            }
            _ => {
                let text = format!("the list of APIs of {source} is not complete");
                return Err(Error::invalid_response(text)
                    .with_hint("Run the command again when nobody is adding or deleting APIs."));
            }
        }
    };
    if !roots_with_revisions.is_empty() {
        for api in &mut apis {
            api.has_revisions |= roots_with_revisions.contains(&api.root_name().to_lowercase());
        }
    }
    apis.shrink_to_fit();
    let developer_portal = service["properties"]["developerPortalUrl"].as_str().map(str::to_owned);
    Ok(ServiceSnapshot {
        source: source.clone(),
        api_version,
        gateway_urls: gateway.urls,
        gateway_warning: gateway.warning,
        version_sets,
        developer_portal,
        labels: ApiLabels::default(),
        apis,
    })
}

/// How many times the list of APIs is read while it changes.
const LIST_ATTEMPTS: u32 = 4;

/// The APIs of a service, as listed.
struct ApiList {
    apis: Vec<ApimApi>,
    /// The names, in lower case, of APIs with revisions that are not current.
    roots_with_revisions: HashSet<String>,
    /// The names of version sets that APIs have, and that were not listed.
    unlisted_sets: BTreeSet<String>,
    /// Whether it has as many APIs as the service counts.
    is_complete: bool,
}

/// Reads version sets that were not listed; those that do not exist are left out.
///
/// Without its version set, an API would be taken for one of its own.
async fn read_unlisted_sets(
    client: &Client,
    collection: &Target,
    names: &BTreeSet<String>,
) -> Result<Vec<VersionSet>> {
    let mut sets = Vec::new();
    for name in names {
        match client.send(Method::GET, &collection.clone().join(name), None).await {
            Ok(response) => sets.extend(VersionSet::read(&response.body)),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(sets)
}

/// Lists the APIs of a source.
///
/// If an API is deleted while the pages are read, the following ones move, and one of them may be on no page. The list
/// then has fewer APIs than its count. An API without a name is an error.
async fn read_api_list(
    client: &Client,
    source: &ImportSource,
    version_sets: &[VersionSet],
    options: ReadOptions,
    api_version: &'static str,
    on_progress: OnProgress<'_>,
) -> Result<ApiList> {
    let mut apis: Vec<ApimApi> = Vec::new();
    // An API that is added while the pages are read may be listed twice.
    let mut names = HashSet::new();
    let mut roots_with_revisions = HashSet::new();
    let mut unlisted_sets = BTreeSet::new();
    let mut items_read = 0;
    let collection = format!("{}/apis", source.id());
    let mut is_valid = Ok(());
    let mut add = |item: Value, count: Option<usize>| {
        items_read += 1;
        on_progress(items_read, count);
        if is_valid.is_ok() {
            is_valid = check_item(&item, &collection);
        }
        let Some(api) = ApimApi::read(&item, version_sets) else { return };
        if let Some(set) = version_set_name(&item["properties"]).filter(|_| api.version_set.is_none()) {
            unlisted_sets.insert(set.to_owned());
        }
        let is_new = names.insert(api.name.to_lowercase());
        if api.revision().is_some() {
            roots_with_revisions.insert(api.root_name().to_lowercase());
            if options.revisions == Revisions::Current {
                return;
            }
        }
        if is_new {
            apis.push(api);
        }
    };
    let target = Target::new(&*collection, api_version);
    let count = pager::for_each_item(client, &target, options.concurrency, &mut add).await?;
    is_valid?;
    let is_complete = count.is_none_or(|count| names.len() >= count);
    Ok(ApiList { apis, roots_with_revisions, unlisted_sets, is_complete })
}
