//! Reads the inventory of an import: the API Management service and the center.

mod labels;

use std::collections::{HashMap, HashSet};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use super::import_source::ImportSource;
use super::plan::ImportedSources;
use super::service::{ApiLabels, ApiTerms, ApimApi, ServiceSnapshot, VersionSet, gateway_urls};
use super::snapshot::{
    ApiChildren, CenterApi, CenterSnapshot, CenterVersion, MetadataSchema, PlanLimits, index_by_name,
};
use super::writer;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{APIM, APIM_SERVICE, CENTER, CENTER_API};

pub(crate) use labels::read_labels;

/// Which revisions of an API are imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Revisions {
    /// The current one.
    #[default]
    Current,
    /// All of them, each as a version.
    All,
}

/// Reads the APIs and version sets of a service or workspace, and the gateway of the service.
///
/// `on_progress` receives the number of APIs read so far and, if known, the total.
pub async fn read_service(
    client: &Client,
    source: &ImportSource,
    revisions: Revisions,
    concurrency: usize,
    on_progress: &(dyn Fn(usize, Option<usize>) + Sync),
) -> Result<ServiceSnapshot> {
    let service = async {
        let target = Target::new(source.service_id().as_str(), APIM_SERVICE.api_version);
        client.send(Method::GET, &target, None).await.map(|response| response.body)
    };
    let sets_target = Target::new(format!("{}/apiVersionSets", source.id()), APIM);
    let version_sets = pager::list_counted(client, &sets_target, concurrency);
    let (service, version_sets) = futures_util::try_join!(service, version_sets)?;
    let version_sets: Vec<VersionSet> = version_sets.iter().filter_map(VersionSet::read).collect();

    let mut attempts = 0;
    let (mut apis, roots_with_revisions) = loop {
        attempts += 1;
        let list = read_api_list(client, source, &version_sets, revisions, concurrency, on_progress).await?;
        match list {
            ApiList { apis, roots_with_revisions, is_complete: true } => break (apis, roots_with_revisions),
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
        gateway_urls: gateway_urls(&service),
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
    /// Whether it has as many APIs as the service counts.
    is_complete: bool,
}

/// Lists the APIs of a source.
///
/// If an API is deleted while the pages are read, the following ones move, and one of them may be on no page. The list
/// then has fewer APIs than its count. An API without a name is an error.
async fn read_api_list(
    client: &Client,
    source: &ImportSource,
    version_sets: &[VersionSet],
    revisions: Revisions,
    concurrency: usize,
    on_progress: &(dyn Fn(usize, Option<usize>) + Sync),
) -> Result<ApiList> {
    let mut apis: Vec<ApimApi> = Vec::new();
    // An API that is added while the pages are read may be listed twice.
    let mut names = HashSet::new();
    let mut roots_with_revisions = HashSet::new();
    let mut items_read = 0;
    let mut expected = 0;
    let mut unnamed = 0;
    let mut add = |item: Value, count: Option<usize>| {
        items_read += 1;
        on_progress(items_read, count);
        expected = count.unwrap_or(expected);
        let Some(api) = ApimApi::read(&item, version_sets) else {
            unnamed += 1;
            return;
        };
        let is_new = names.insert(api.name.to_lowercase());
        if api.revision().is_some() {
            roots_with_revisions.insert(api.root_name().to_lowercase());
            if revisions == Revisions::Current {
                return;
            }
        }
        if is_new {
            apis.push(api);
        }
    };
    let target = Target::new(format!("{}/apis", source.id()), APIM);
    pager::for_each_item(client, &target, concurrency, &mut add).await?;
    if unnamed > 0 {
        let text = format!("{unnamed} of the APIs of {source} do not have a name");
        return Err(Error::invalid_response(text));
    }
    Ok(ApiList { apis, roots_with_revisions, is_complete: names.len() >= expected })
}

/// Reads the names, in lower case, of the APIs that have one of these tags.
///
/// A tag is given by its name or its display name.
pub async fn read_tagged_apis(
    client: &Client,
    source: &ImportSource,
    tags: &[String],
    concurrency: usize,
) -> Result<HashSet<String>> {
    let mut names = HashSet::new();
    let mut used_tags = HashSet::new();
    let mut add = |item: Value, _| {
        let tag = &item["tag"];
        let id = tag["id"].as_str().and_then(|id| id.rsplit('/').next());
        let is_requested = |requested: &&String| {
            [id, tag["name"].as_str()].into_iter().flatten().any(|name| name.eq_ignore_ascii_case(requested))
        };
        let Some(tag) = tags.iter().find(is_requested) else { return };
        used_tags.insert(tag.clone());
        names.extend(root_name(&item["api"]));
    };
    let target = Target::new(format!("{}/apisByTags", source.id()), APIM);
    pager::for_each_item(client, &target, concurrency, &mut add).await?;
    if let Some(unused) = tags.iter().find(|tag| !used_tags.contains(*tag)) {
        return Err(Error::no_match(format!("--tag: no API of {source} has the tag '{unused}'")));
    }
    Ok(names)
}

/// Reads the names, in lower case, of the APIs that belong to one of these products.
pub async fn read_product_apis(
    client: &Client,
    source: &ImportSource,
    products: &[String],
    concurrency: usize,
) -> Result<HashSet<String>> {
    let mut names = HashSet::new();
    for product in products {
        let target = Target::new(format!("{}/apis", source.id().child("products", product)), APIM);
        pager::for_each_item(client, &target, concurrency, &mut |item, _| names.extend(root_name(&item)))
            .await
            .map_err(|error| {
                if error.is_not_found() {
                    let text = format!("--product: {source} does not have a product '{product}'");
                    Error::no_match(text).with_hint("azr apim product list lists the products.")
                } else {
                    error
                }
            })?;
    }
    Ok(names)
}

/// The name of an API in lower case, without its revision.
fn root_name(api: &Value) -> Option<String> {
    // The name of a tagged API is its display name, so the id comes first.
    let id = api["id"].as_str().and_then(|id| id.rsplit('/').next());
    let name = id.or_else(|| api["name"].as_str())?;
    Some(name.split(";rev=").next().unwrap_or(name).to_lowercase())
}

/// Reads a center: its APIs, environments and metadata schemas, without what is below the APIs.
pub async fn read_center(client: &Client, id: &ResourceId) -> Result<CenterSnapshot> {
    let workspace = id.child("workspaces", "default");
    let center = async {
        let target = Target::new(id.as_str(), CENTER.api_version);
        client.send(Method::GET, &target, None).await.map(|response| response.body)
    };
    let apis = async {
        let mut apis = HashMap::new();
        let mut unnamed = 0;
        let mut add = |item: Value, _| match item["name"].as_str() {
            Some(name) => {
                apis.insert(name.to_ascii_lowercase(), CenterApi::new(name, &item["properties"]));
            }
            None => unnamed += 1,
        };
        let target = Target::new(format!("{workspace}/apis"), CENTER_API.api_version);
        pager::for_each_item(client, &target, 1, &mut add).await?;
        if unnamed > 0 {
            let text = format!("{unnamed} of the APIs of {} do not have a name", id.name());
            return Err(Error::invalid_response(text));
        }
        Ok(apis)
    };
    let (center, apis, environments, metadata_schemas) = futures_util::try_join!(
        center,
        apis,
        list(client, workspace.as_str(), "environments"),
        list(client, id.as_str(), "metadataSchemas")
    )?;
    Ok(CenterSnapshot {
        limits: PlanLimits::for_center(&center),
        apis,
        environments: index_by_name(environments),
        metadata_schemas: metadata_schemas.iter().filter_map(MetadataSchema::read).collect(),
        deployment_paths: HashMap::new(),
        imported_sources: ImportedSources::default(),
        workspace,
    })
}

/// Reads what the deployments of these APIs of the center were imported from.
pub(crate) async fn read_imported_sources(
    client: &Client,
    source: &ImportSource,
    workspace: &ResourceId,
    apis: &[&CenterApi],
    concurrency: usize,
) -> Result<ImportedSources> {
    let mut sources = ImportedSources::default();
    let reads = apis.iter().map(|api| async move {
        let id = workspace.child("apis", &api.name);
        Ok::<_, Error>((*api, list(client, id.as_str(), "deployments").await?))
    });
    let mut reads = stream::iter(reads).buffered(concurrency.max(1));
    while let Some((api, deployments)) = reads.try_next().await? {
        sources.add(source, api, &deployments);
    }
    Ok(sources)
}

/// Reads the paths of the runtime URIs of APIs of the center, by the name of the API in lower case.
pub(crate) async fn read_deployment_paths(
    client: &Client,
    workspace: &ResourceId,
    apis: &[&CenterApi],
    concurrency: usize,
) -> Result<HashMap<String, Vec<String>>> {
    let reads = apis.iter().map(|api| async move {
        let id = workspace.child("apis", &api.name);
        let deployments = list(client, id.as_str(), "deployments").await?;
        let uris = deployments.iter().flat_map(|deployment| {
            deployment["properties"]["server"]["runtimeUri"].as_array().into_iter().flatten()
        });
        let path = |uri: &Value| Some(url::Url::parse(uri.as_str()?).ok()?.path().to_owned());
        Ok::<_, Error>((api.name.to_ascii_lowercase(), uris.filter_map(path).collect()))
    });
    stream::iter(reads).buffered(concurrency.max(1)).try_collect().await
}

/// Reads an API of the center; None if it does not exist.
pub(crate) async fn read_center_api(client: &Client, id: &ResourceId) -> Result<Option<CenterApi>> {
    let current = writer::read_resource(client, &CENTER_API, id).await?;
    Ok(current.map(|api| CenterApi::new(api.name.as_deref().unwrap_or_else(|| id.name()), &api.properties)))
}

/// Reads contact, license and terms of service of an API, which lists leave out.
pub(crate) async fn read_terms(client: &Client, api: &ResourceId) -> Result<ApiTerms> {
    let response = client.send(Method::GET, &Target::new(api.as_str(), APIM), None).await?;
    Ok(ApiTerms::read(&response.body["properties"]))
}

/// Reads an API of API Management; None if it does not exist according to the API itself.
pub(crate) async fn read_source_api(client: &Client, id: &str) -> Result<Option<Value>> {
    match client.send(Method::GET, &Target::new(id, APIM), None).await {
        Ok(response) => Ok(Some(response.body)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

/// How many versions of one API are read at the same time.
const CONCURRENT_VERSIONS: usize = 4;

/// Reads the resources below an API of the center; definitions only of the versions that `with_definitions` selects.
pub async fn read_api_children(
    client: &Client,
    api: &ResourceId,
    with_definitions: impl Fn(&str) -> bool,
) -> Result<ApiChildren> {
    let (versions, deployments) = futures_util::try_join!(
        list(client, api.as_str(), "versions"),
        list(client, api.as_str(), "deployments")
    )?;
    let reads = index_by_name(versions).into_iter().map(|(name, body)| {
        let read_definitions = with_definitions(&name);
        async move {
            let definitions = if read_definitions {
                index_by_name(list(client, api.child("versions", &name).as_str(), "definitions").await?)
            } else {
                HashMap::new()
            };
            Ok::<_, Error>((name, CenterVersion { body, definitions }))
        }
    });
    let versions = stream::iter(reads).buffer_unordered(CONCURRENT_VERSIONS).try_collect().await?;
    Ok(ApiChildren { versions, deployments: index_by_name(deployments) })
}

pub(crate) async fn list(client: &Client, parent: &str, collection: &str) -> Result<Vec<Value>> {
    let target = Target::new(format!("{parent}/{collection}"), CENTER_API.api_version);
    Ok(pager::list(client, &target, None, None).await?.items)
}
