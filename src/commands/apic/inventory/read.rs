//! Reads the contents of a center: the list of APIs page by page, then the contents of many APIs concurrently.

use std::pin::pin;

use futures_util::StreamExt as _;
use serde_json::Value;

use super::contents::{self, Contents, non_blank_text};
use super::model::{Api, Center, Environment, Inventory, Link};
use super::operations;
use super::owner::OwnerRule;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER, CENTER_API, CENTER_ENVIRONMENT};
use azr_output::progress::Progress;

/// What to read.
#[derive(Debug)]
pub(super) struct ReadOptions<'a> {
    /// `--filter`.
    pub filter: Option<&'a str>,
    /// Which metadata names owners.
    pub owners: OwnerRule,
    /// How many APIs are read concurrently.
    pub concurrency: usize,
    /// Whether to read the documents for their operations.
    pub with_operations: bool,
}

/// The inventory of a center.
pub(super) async fn read_inventory(
    client: &Client,
    center: &ResourceId,
    options: &ReadOptions<'_>,
) -> Result<Inventory> {
    let workspace = center.child("workspaces", "default");
    let environments_at = Target::new(format!("{workspace}/environments"), CENTER_ENVIRONMENT.api_version);
    let center_body = async {
        let target = Target::new(center.as_str(), CENTER.api_version);
        client.send(Method::GET, &target, None).await.map(|answer| answer.body)
    };
    let (center_body, environments, apis) = futures_util::try_join!(
        center_body,
        pager::list(client, &environments_at, None, None),
        list_apis(client, &workspace, options)
    )?;
    let ids: Vec<ResourceId> = apis.iter().map(|api| workspace.child("apis", &api.name)).collect();
    let mut apis: Vec<Option<Api>> = apis.into_iter().map(Some).collect();
    let progress = Progress::bar("Reading", ids.len());
    let mut read = pin!(contents::read(client, &ids, options.concurrency));
    while let Some((index, contents)) = read.next().await {
        progress.advance();
        match (contents?, &mut apis[index]) {
            (Some(contents), Some(api)) => add_contents(api, contents),
            (_, deleted) => *deleted = None,
        }
    }
    progress.finish();
    let mut apis: Vec<Api> = apis.into_iter().flatten().collect();
    if options.with_operations {
        operations::read(client, &workspace, &mut apis, options.concurrency).await?;
    }
    let environments = environments.items.iter().map(read_environment).collect();
    Ok(Inventory::new(read_center(center, &center_body), environments, apis))
}

/// The APIs without their contents; one page of responses is in memory at a time.
async fn list_apis(client: &Client, workspace: &ResourceId, options: &ReadOptions<'_>) -> Result<Vec<Api>> {
    let mut target = Target::new(format!("{workspace}/apis"), CENTER_API.api_version);
    if let Some(filter) = options.filter {
        target = target.query("$filter", filter);
    }
    let mut apis = Vec::new();
    let mut add = |item: Value, _| apis.extend(read_api(&item, &options.owners));
    pager::for_each_item(client, &target, 1, &mut add).await?;
    Ok(apis)
}

/// An API without its contents; None for an item without a name.
fn read_api(item: &Value, owners: &OwnerRule) -> Option<Api> {
    let properties = &item["properties"];
    let name = non_blank_text(&item["name"])?;
    Some(Api {
        id: non_blank_text(&item["id"]).unwrap_or_default(),
        title: non_blank_text(&properties["title"]).unwrap_or_else(|| name.clone()),
        kind: non_blank_text(&properties["kind"]).unwrap_or_default().to_lowercase(),
        lifecycle_stage: non_blank_text(&properties["lifecycleStage"]).map(|stage| stage.to_lowercase()),
        updated: non_blank_text(&item["systemData"]["lastModifiedAt"]),
        summary: non_blank_text(&properties["summary"]),
        description: non_blank_text(&properties["description"]),
        documentation: links(&properties["externalDocumentation"]),
        custom_properties: properties["customProperties"].clone(),
        owners: owners.owners(properties),
        definitions: 0,
        versions: Vec::new(),
        deployments: Vec::new(),
        missing: Vec::new(),
        name,
    })
}

/// The links to documentation that have a URL.
fn links(documentation: &Value) -> Vec<Link> {
    let link = |item: &Value| {
        let url = non_blank_text(&item["url"])?;
        Some(Link { title: non_blank_text(&item["title"]), url })
    };
    documentation.as_array().into_iter().flatten().filter_map(link).collect()
}

fn add_contents(api: &mut Api, contents: Contents) {
    api.definitions = contents.definition_count();
    api.versions = contents.versions;
    api.deployments = contents.deployments;
    api.update_derived_fields();
}

fn read_environment(item: &Value) -> Environment {
    Environment {
        name: non_blank_text(&item["name"]).unwrap_or_default(),
        title: non_blank_text(&item["properties"]["title"]),
        kind: non_blank_text(&item["properties"]["kind"]),
        deployments: 0,
    }
}

fn read_center(id: &ResourceId, body: &Value) -> Center {
    Center {
        id: non_blank_text(&body["id"]).unwrap_or_else(|| id.to_string()),
        name: non_blank_text(&body["name"]).unwrap_or_else(|| id.name().to_owned()),
        location: non_blank_text(&body["location"]),
        plan: non_blank_text(&body["sku"]["name"]),
    }
}
