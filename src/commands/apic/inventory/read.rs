//! Reading everything in a center: its APIs one page after the other, and what is below them many at once.

use std::pin::pin;

use futures_util::StreamExt as _;
use serde_json::Value;

use super::catalogue::{Api, Catalogue, Center, Environment};
use super::contents::{self, Contents, text};
use super::owner::Rule;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER, CENTER_API, CENTER_ENVIRONMENT};
use azr_output::progress::Progress;

/// What is read, and how.
#[derive(Debug)]
pub struct Wanted<'a> {
    /// `--filter`.
    pub filter: Option<&'a str>,
    /// Who owns an API.
    pub owners: Rule,
    /// How many APIs are read at once.
    pub at_once: usize,
}

/// The inventory of a center.
pub async fn catalogue(client: &Client, center: &ResourceId, wanted: &Wanted<'_>) -> Result<Catalogue> {
    let workspace = center.child("workspaces", "default");
    let environments_at = Target::new(format!("{workspace}/environments"), CENTER_ENVIRONMENT.api_version);
    let about = async {
        let at = Target::new(center.as_str(), CENTER.api_version);
        client.send("GET", &at, None).await.map(|answer| answer.body)
    };
    let (about, environments, apis) = futures_util::try_join!(
        about,
        pager::list(client, &environments_at, None, None),
        listed(client, &workspace, wanted)
    )?;
    let ids: Vec<ResourceId> = apis.iter().map(|api| workspace.child("apis", &api.name)).collect();
    let mut apis: Vec<Option<Api>> = apis.into_iter().map(Some).collect();
    let progress = Progress::bar("Reading", ids.len());
    let mut read = pin!(contents::read(client, &ids, wanted.at_once));
    while let Some((at, contents)) = read.next().await {
        progress.advance();
        match (contents?, &mut apis[at]) {
            (Some(contents), Some(api)) => fill(api, contents),
            (_, gone) => *gone = None,
        }
    }
    progress.finish();
    let environments = environments.items.iter().map(environment).collect();
    Ok(Catalogue::of(of_center(center, &about), environments, apis.into_iter().flatten().collect()))
}

/// The APIs themselves; a page of answers is held at a time.
async fn listed(client: &Client, workspace: &ResourceId, wanted: &Wanted<'_>) -> Result<Vec<Api>> {
    let mut at = Target::new(format!("{workspace}/apis"), CENTER_API.api_version);
    if let Some(filter) = wanted.filter {
        at = at.query("$filter", filter);
    }
    let mut apis = Vec::new();
    let mut take = |item: Value, _| apis.extend(api(&item, &wanted.owners));
    pager::each_counted(client, &at, 1, &mut take).await?;
    Ok(apis)
}

/// An API without what is below it; none for something without a name.
fn api(item: &Value, owners: &Rule) -> Option<Api> {
    let properties = &item["properties"];
    let name = text(&item["name"])?;
    Some(Api {
        id: text(&item["id"]).unwrap_or_default(),
        title: text(&properties["title"]).unwrap_or_else(|| name.clone()),
        kind: text(&properties["kind"]).unwrap_or_default().to_lowercase(),
        lifecycle_stage: text(&properties["lifecycleStage"]).map(|stage| stage.to_lowercase()),
        updated: text(&item["systemData"]["lastModifiedAt"]),
        owners: owners.owners(properties),
        definitions: 0,
        versions: Vec::new(),
        deployments: Vec::new(),
        missing: Vec::new(),
        name,
    })
}

fn fill(api: &mut Api, contents: Contents) {
    api.definitions = contents.definitions();
    api.versions = contents.versions;
    api.deployments = contents.deployments;
    api.settle();
}

fn environment(item: &Value) -> Environment {
    Environment {
        name: text(&item["name"]).unwrap_or_default(),
        title: text(&item["properties"]["title"]),
        kind: text(&item["properties"]["kind"]),
        deployments: 0,
    }
}

fn of_center(id: &ResourceId, about: &Value) -> Center {
    Center {
        id: text(&about["id"]).unwrap_or_else(|| id.to_string()),
        name: text(&about["name"]).unwrap_or_else(|| id.name().to_owned()),
        location: text(&about["location"]),
        plan: text(&about["sku"]["name"]),
    }
}
