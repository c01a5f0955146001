//! Reading what there is: the API Management service, and the center.

use std::collections::{HashMap, HashSet};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use super::held::{Below, Held, HeldApi, HeldVersion, Limits, Metadata, by_name};
use super::source::{Source, SourceApi, VersionSet, gateways};
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::{APIM, APIM_SERVICE, CENTER, CENTER_API};

/// Which revisions of an API are read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Revisions {
    /// The one that is in use.
    #[default]
    Current,
    /// All, each as a version of its own.
    All,
}

/// Reads the service, its version sets and its APIs; `seen` hears how many APIs of how many have come.
pub async fn source(
    client: &Client,
    id: &ResourceId,
    revisions: Revisions,
    at_once: usize,
    seen: &(dyn Fn(usize, Option<usize>) + Sync),
) -> Result<Source> {
    let service = async {
        let at = Target::new(id.as_str(), APIM_SERVICE.api_version);
        client.send(Method::GET, &at, None).await.map(|answer| answer.body)
    };
    let sets_at = Target::new(format!("{id}/apiVersionSets"), APIM);
    let sets = pager::list_counted(client, &sets_at, at_once);
    let (service, sets) = futures_util::try_join!(service, sets)?;
    let sets: Vec<VersionSet> = sets.iter().filter_map(VersionSet::read).collect();

    let mut apis: Vec<SourceApi> = Vec::new();
    // Pages may shift while they are read, so that an API comes twice.
    let mut names = HashSet::new();
    let mut with_others = HashSet::new();
    let mut come = 0;
    let mut take = |item: Value, count: Option<usize>| {
        come += 1;
        seen(come, count);
        let Some(api) = SourceApi::read(&item, &sets) else { return };
        if api.revision().is_some() {
            with_others.insert(api.root().to_lowercase());
            if revisions == Revisions::Current {
                return;
            }
        }
        if names.insert(api.name.to_lowercase()) {
            apis.push(api);
        }
    };
    pager::for_each_item(client, &Target::new(format!("{id}/apis"), APIM), at_once, &mut take).await?;
    if !with_others.is_empty() {
        for api in &mut apis {
            api.has_revisions |= with_others.contains(&api.root().to_lowercase());
        }
    }
    apis.shrink_to_fit();
    Ok(Source { id: id.clone(), gateways: gateways(&service), sets, apis })
}

/// The names, in lower case, of the APIs of a service that have one of these tags.
///
/// Tags are meant by their name or their display name.
pub async fn tagged(
    client: &Client,
    id: &ResourceId,
    tags: &[String],
    at_once: usize,
) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    let mut known = HashSet::new();
    let mut take = |item: Value, _| {
        let tag = &item["tag"];
        let id = tag["id"].as_str().and_then(|id| id.rsplit('/').next());
        let wanted = |given: &&String| {
            [id, tag["name"].as_str()].into_iter().flatten().any(|name| name.eq_ignore_ascii_case(given))
        };
        let Some(tag) = tags.iter().find(wanted) else { return };
        known.insert(tag.clone());
        found.extend(root_of(&item["api"]));
    };
    pager::for_each_item(client, &Target::new(format!("{id}/apisByTags"), APIM), at_once, &mut take).await?;
    if let Some(unknown) = tags.iter().find(|tag| !known.contains(*tag)) {
        return Err(Error::no_match(format!("--tag: no API of {} has the tag '{unknown}'", id.name())));
    }
    Ok(found)
}

/// The names, in lower case, of the APIs of a service that are in one of these products.
pub async fn in_products(
    client: &Client,
    id: &ResourceId,
    products: &[String],
    at_once: usize,
) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    for product in products {
        let at = Target::new(format!("{}/apis", id.child("products", product)), APIM);
        pager::for_each_item(client, &at, at_once, &mut |item, _| found.extend(root_of(&item)))
            .await
            .map_err(|error| {
                if error.is_not_found() {
                    Error::no_match(format!("--product: {} has no product '{product}'", id.name()))
                        .with_hint("azr apim product list shows them.")
                } else {
                    error
                }
            })?;
    }
    Ok(found)
}

/// The name of an API in lower case, without its revision.
fn root_of(api: &Value) -> Option<String> {
    let named = api["name"].as_str().or_else(|| api["id"].as_str()?.rsplit('/').next())?;
    // A tagged API has its display name for a name; its id says which it is.
    let named = api["id"].as_str().and_then(|id| id.rsplit('/').next()).unwrap_or(named);
    Some(named.split(";rev=").next().unwrap_or(named).to_lowercase())
}

/// Reads the center: its APIs, environments and metadata, but not yet what is below the APIs.
pub async fn center(client: &Client, id: &ResourceId) -> Result<Held> {
    let workspace = id.child("workspaces", "default");
    let center = async {
        let at = Target::new(id.as_str(), CENTER.api_version);
        client.send(Method::GET, &at, None).await.map(|answer| answer.body)
    };
    let apis = async {
        let mut apis = HashMap::new();
        let mut take = |item: Value, _| {
            if let Some(name) = item["name"].as_str() {
                apis.insert(name.to_ascii_lowercase(), HeldApi::new(name, &item["properties"]));
            }
        };
        let at = Target::new(format!("{workspace}/apis"), CENTER_API.api_version);
        pager::for_each_item(client, &at, 1, &mut take).await.map(|()| apis)
    };
    let (center, apis, environments, metadata) = futures_util::try_join!(
        center,
        apis,
        list(client, workspace.as_str(), "environments"),
        list(client, id.as_str(), "metadataSchemas")
    )?;
    Ok(Held {
        limits: Limits::of(&center),
        apis,
        environments: by_name(environments),
        metadata: metadata.iter().filter_map(Metadata::read).collect(),
        workspace,
    })
}

/// How many versions of one API are read at once.
const VERSIONS_AT_ONCE: usize = 4;

/// Reads what is below an API of the center: the definitions of those versions only whose name is `wanted`.
pub async fn below(client: &Client, api: &ResourceId, wanted: impl Fn(&str) -> bool) -> Result<Below> {
    let (versions, deployments) = futures_util::try_join!(
        list(client, api.as_str(), "versions"),
        list(client, api.as_str(), "deployments")
    )?;
    let reads = by_name(versions).into_iter().map(|(name, body)| {
        let is_wanted = wanted(&name);
        async move {
            let definitions = if is_wanted {
                by_name(list(client, api.child("versions", &name).as_str(), "definitions").await?)
            } else {
                HashMap::new()
            };
            Ok::<_, Error>((name, HeldVersion { body, definitions }))
        }
    });
    let versions = stream::iter(reads).buffer_unordered(VERSIONS_AT_ONCE).try_collect().await?;
    Ok(Below { versions, deployments: by_name(deployments) })
}

async fn list(client: &Client, parent: &str, kind: &str) -> Result<Vec<Value>> {
    let at = Target::new(format!("{parent}/{kind}"), CENTER_API.api_version);
    Ok(pager::list(client, &at, None, None).await?.items)
}
