//! Reads the inventory of an import: the API Management service and the center.

use std::collections::HashMap;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use super::import_source::ImportSource;
use super::plan::ImportedSources;
use super::response_check::{check_body, check_item, check_source_api, is_missing};
use super::service::ApiTerms;
use super::snapshot::{
    ApiChildren, CenterApi, CenterSnapshot, CenterVersion, MetadataSchema, PlanLimits, index_by_name,
};
use super::writer;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::large_responses::run_task;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER, CENTER_API};

/// Reads a center: its APIs, environments and metadata schemas, without what is below the APIs.
pub async fn read_center(client: &Client, id: &ResourceId) -> Result<CenterSnapshot> {
    let workspace = id.child("workspaces", "default");
    let center = async {
        let target = Target::new(id.as_str(), CENTER.api_version);
        let center = client.send(Method::GET, &target, None).await?.body;
        check_body(&center, id)?;
        Ok(center)
    };
    let apis = async {
        let collection = format!("{workspace}/apis");
        let mut apis = HashMap::new();
        let mut is_valid = Ok(());
        let mut add = |item: Value, _| {
            if is_valid.is_ok() {
                is_valid = check_item(&item, &collection);
            }
            if let Some(name) = item["name"].as_str() {
                apis.insert(name.to_ascii_lowercase(), CenterApi::new(name, &item["properties"]));
            }
        };
        let target = Target::new(&*collection, CENTER_API.api_version);
        let count = pager::for_each_item(client, &target, 1, &mut add).await?;
        is_valid?;
        pager::check_count(&target.path, apis.len(), count)?;
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
    let mut reads = stream::iter(reads.map(run_task)).buffered(concurrency.max(1));
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
    stream::iter(reads.map(run_task)).buffered(concurrency.max(1)).try_collect().await
}

/// Reads an API of the center; None if it does not exist.
pub(crate) async fn read_center_api(client: &Client, id: &ResourceId) -> Result<Option<CenterApi>> {
    let current = writer::read_resource(client, &CENTER_API, id).await?;
    Ok(current.map(|api| CenterApi::new(api.name.as_deref().unwrap_or_else(|| id.name()), &api.properties)))
}

/// Reads contact, license and terms of service of an API, which lists leave out.
pub(crate) async fn read_terms(
    client: &Client,
    api: &ResourceId,
    api_version: &'static str,
) -> Result<ApiTerms> {
    let api = request_source_api(client, api.as_str(), api_version).await?;
    Ok(ApiTerms::read(&api["properties"]))
}

/// Reads an API of API Management; None if it does not exist according to API Management itself.
pub(crate) async fn read_source_api(
    client: &Client,
    id: &str,
    api_version: &'static str,
) -> Result<Option<Value>> {
    match request_source_api(client, id, api_version).await {
        Ok(api) => Ok(Some(api)),
        Err(error) if is_missing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads an API of API Management; fails if the response describes another one.
pub(crate) async fn request_source_api(
    client: &Client,
    id: &str,
    api_version: &'static str,
) -> Result<Value> {
    let api = client.send(Method::GET, &Target::new(id, api_version), None).await?.body;
    check_source_api(&api, id)?;
    Ok(api)
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

/// Reads the resources below an API like [`read_api_children`]; `listed` is the API if the center had it when it was listed.
///
/// Returns what is still there: neither the API nor resources if it was deleted since. Fails with the reason if a version
/// was deleted while it was read.
pub(crate) async fn read_listed_api<T>(
    client: &Client,
    api: &ResourceId,
    listed: Option<T>,
    with_definitions: impl Fn(&str) -> bool,
) -> Result<(Option<T>, ApiChildren)> {
    let Some(listed) = listed else { return Ok((None, ApiChildren::default())) };
    match read_api_children(client, api, with_definitions).await {
        Err(error) if error.is_not_found() => {}
        read => return Ok((Some(listed), read?)),
    }
    if read_center_api(client, api).await?.is_none() {
        return Ok((None, ApiChildren::default()));
    }
    let name = api.name();
    let text = format!("a version of the API '{name}' was deleted in the center while it was read");
    Err(Error::conflict(text).with_hint("Run the same command again."))
}

/// Lists a collection of the center; fails if it is not complete, or has items without a name or of another resource.
pub(crate) async fn list(client: &Client, parent: &str, collection: &str) -> Result<Vec<Value>> {
    let target = Target::new(format!("{parent}/{collection}"), CENTER_API.api_version);
    let items = pager::list_counted(client, &target, 1).await?;
    items.iter().try_for_each(|item| check_item(item, &target.path))?;
    Ok(items)
}
