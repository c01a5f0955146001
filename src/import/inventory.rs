//! Reading what there is: the API Management service, and the center.

use std::collections::{HashMap, HashSet};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use super::held::{Held, HeldApi, HeldVersion, Limits, by_name};
use super::plan::Design;
use super::source::{Source, SourceApi, VersionSet, gateways};
use crate::arm::client::Client;
use crate::arm::id::ResourceId;
use crate::arm::pager;
use crate::arm::plan::Target;
use crate::arm::resource::{APIM, APIM_SERVICE, CENTER, CENTER_API};
use crate::error::{Error, Result};

/// Reads the service, its version sets and its APIs.
pub async fn source(client: &Client, id: &ResourceId, at_once: usize) -> Result<Source> {
    let service = client.send("GET", &Target::new(id.as_str(), APIM_SERVICE.api_version), None).await?.body;
    let list = |kind: &str| {
        let at = Target::new(format!("{id}/{kind}"), APIM);
        async move { pager::list_counted(client, &at, at_once).await }
    };
    let (sets, apis) = futures_util::try_join!(list("apiVersionSets"), list("apis"))?;
    // Pages may shift while they are read, so that an API comes twice.
    let mut seen = HashSet::new();
    let apis = apis.iter().filter_map(SourceApi::read).filter(|api| seen.insert(api.name.to_lowercase()));
    Ok(Source {
        id: id.clone(),
        gateways: gateways(&service),
        sets: sets.iter().filter_map(VersionSet::read).collect(),
        apis: apis.collect(),
    })
}

/// Reads the center: its APIs and environments, but not yet what is below the APIs.
pub async fn center(client: &Client, id: &ResourceId) -> Result<Held> {
    let workspace = id.child("workspaces", "default");
    let center = async {
        client
            .send("GET", &Target::new(id.as_str(), CENTER.api_version), None)
            .await
            .map(|answer| answer.body)
    };
    let (center, apis, environments) = futures_util::try_join!(
        center,
        list(client, workspace.as_str(), "apis"),
        list(client, workspace.as_str(), "environments")
    )?;
    let bodies = by_name(apis).into_iter();
    Ok(Held {
        limits: Limits::of(&center),
        apis: bodies.map(|(name, body)| (name, HeldApi { body, ..HeldApi::default() })).collect(),
        environments: by_name(environments),
        workspace,
    })
}

/// Reads what is below those APIs of the center that the design is about.
pub async fn below(client: &Client, held: &mut Held, design: &Design<'_>, at_once: usize) -> Result<()> {
    let wanted = design.groups.iter().filter_map(|group| {
        let key = group.name.to_ascii_lowercase();
        held.apis.contains_key(&key).then_some((key, group))
    });
    let workspace = &held.workspace;
    let reads = wanted.map(|(key, group)| async move {
        let api = workspace.child("apis", &group.name);
        let (versions, deployments) = futures_util::try_join!(
            list(client, api.as_str(), "versions"),
            list(client, api.as_str(), "deployments")
        )?;
        let mut found: HashMap<String, HeldVersion> = HashMap::new();
        for (name, body) in by_name(versions) {
            let is_wanted = group.versions.iter().any(|version| version.name.eq_ignore_ascii_case(&name));
            let definitions = if is_wanted {
                by_name(list(client, api.child("versions", &name).as_str(), "definitions").await?)
            } else {
                HashMap::new()
            };
            found.insert(name, HeldVersion { body, definitions });
        }
        Ok::<_, Error>((key, found, by_name(deployments)))
    });
    let read: Vec<_> = stream::iter(reads).buffer_unordered(at_once.max(1)).try_collect().await?;
    for (key, versions, deployments) in read {
        if let Some(api) = held.apis.get_mut(&key) {
            api.versions = versions;
            api.deployments = deployments;
        }
    }
    Ok(())
}

async fn list(client: &Client, parent: &str, kind: &str) -> Result<Vec<Value>> {
    let at = Target::new(format!("{parent}/{kind}"), CENTER_API.api_version);
    Ok(pager::list(client, &at, None, None).await?.items)
}
