//! Reads the inventory of an import: the API Management service and the center.

use std::collections::{HashMap, HashSet};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use super::service::{ApimApi, ServiceSnapshot, VersionSet, gateway_urls};
use super::snapshot::{
    ApiChildren, CenterApi, CenterSnapshot, CenterVersion, MetadataSchema, PlanLimits, index_by_name,
};
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{APIM, APIM_SERVICE, CENTER, CENTER_API};

/// Which revisions of an API are imported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Revisions {
    /// The current one.
    #[default]
    Current,
    /// All of them, each as a version.
    All,
}

/// Reads a service with its version sets and APIs.
///
/// `on_progress` receives the number of APIs read so far and, if known, the total.
pub async fn read_service(
    client: &Client,
    id: &ResourceId,
    revisions: Revisions,
    concurrency: usize,
    on_progress: &(dyn Fn(usize, Option<usize>) + Sync),
) -> Result<ServiceSnapshot> {
    let service = async {
        let target = Target::new(id.as_str(), APIM_SERVICE.api_version);
        client.send(Method::GET, &target, None).await.map(|response| response.body)
    };
    let sets_target = Target::new(format!("{id}/apiVersionSets"), APIM);
    let version_sets = pager::list_counted(client, &sets_target, concurrency);
    let (service, version_sets) = futures_util::try_join!(service, version_sets)?;
    let version_sets: Vec<VersionSet> = version_sets.iter().filter_map(VersionSet::read).collect();

    let mut apis: Vec<ApimApi> = Vec::new();
    // Pages may shift while they are read, so an API may be listed twice.
    let mut names = HashSet::new();
    let mut roots_with_revisions = HashSet::new();
    let mut items_read = 0;
    let mut add = |item: Value, count: Option<usize>| {
        items_read += 1;
        on_progress(items_read, count);
        let Some(api) = ApimApi::read(&item, &version_sets) else { return };
        if api.revision().is_some() {
            roots_with_revisions.insert(api.root_name().to_lowercase());
            if revisions == Revisions::Current {
                return;
            }
        }
        if names.insert(api.name.to_lowercase()) {
            apis.push(api);
        }
    };
    let apis_target = Target::new(format!("{id}/apis"), APIM);
    pager::for_each_item(client, &apis_target, concurrency, &mut add).await?;
    if !roots_with_revisions.is_empty() {
        for api in &mut apis {
            api.has_revisions |= roots_with_revisions.contains(&api.root_name().to_lowercase());
        }
    }
    apis.shrink_to_fit();
    Ok(ServiceSnapshot { id: id.clone(), gateway_urls: gateway_urls(&service), version_sets, apis })
}

/// Reads the names, in lower case, of the APIs that have one of these tags.
///
/// A tag is given by its name or its display name.
pub async fn read_tagged_apis(
    client: &Client,
    service: &ResourceId,
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
    let target = Target::new(format!("{service}/apisByTags"), APIM);
    pager::for_each_item(client, &target, concurrency, &mut add).await?;
    if let Some(unused) = tags.iter().find(|tag| !used_tags.contains(*tag)) {
        return Err(Error::no_match(format!("--tag: no API of {} has the tag '{unused}'", service.name())));
    }
    Ok(names)
}

/// Reads the names, in lower case, of the APIs that belong to one of these products.
pub async fn read_product_apis(
    client: &Client,
    service: &ResourceId,
    products: &[String],
    concurrency: usize,
) -> Result<HashSet<String>> {
    let mut names = HashSet::new();
    for product in products {
        let target = Target::new(format!("{}/apis", service.child("products", product)), APIM);
        pager::for_each_item(client, &target, concurrency, &mut |item, _| names.extend(root_name(&item)))
            .await
            .map_err(|error| {
                if error.is_not_found() {
                    let text = format!("--product: {} does not have a product '{product}'", service.name());
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
        let mut add = |item: Value, _| {
            if let Some(name) = item["name"].as_str() {
                apis.insert(name.to_ascii_lowercase(), CenterApi::new(name, &item["properties"]));
            }
        };
        let target = Target::new(format!("{workspace}/apis"), CENTER_API.api_version);
        pager::for_each_item(client, &target, 1, &mut add).await.map(|()| apis)
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
        workspace,
    })
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

async fn list(client: &Client, parent: &str, collection: &str) -> Result<Vec<Value>> {
    let target = Target::new(format!("{parent}/{collection}"), CENTER_API.api_version);
    Ok(pager::list(client, &target, None, None).await?.items)
}
