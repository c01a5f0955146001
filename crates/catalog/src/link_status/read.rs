//! Reads the APIs of a center that azr has not imported, with the deployments by which links are recognized.

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use crate::inventory::list;
use crate::provenance::{ApiProvenance, DeploymentProvenance};
use azr_arm::client::Client;
use azr_arm::large_responses::run_task;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_API;

/// An API of the center, as far as a comparison needs it.
#[derive(Debug, Clone, Default)]
pub struct CenterApi {
    /// The resource name.
    pub name: Box<str>,
    /// The title.
    pub title: Box<str>,
    /// The kind, as the center spells it.
    pub kind: Box<str>,
    /// The description; empty if there is none.
    pub description: Box<str>,
    /// The deployments that azr has not imported.
    pub deployments: Vec<Deployment>,
}

/// A deployment of an API of the center.
#[derive(Debug, Clone, Default)]
pub struct Deployment {
    /// The name of its environment, in lower case.
    pub environment: Option<String>,
    /// Its URLs.
    pub runtime_uris: Vec<String>,
}

impl CenterApi {
    /// Reads an API from a list; None for one without a name, and for one that azr has imported.
    fn read(item: &Value) -> Option<Self> {
        let name = item["name"].as_str()?;
        let properties = &item["properties"];
        let provenance = ApiProvenance::from_properties(properties).filter(|p| p.is_stored_on(name));
        if provenance.is_some_and(|provenance| provenance.created_api) {
            return None;
        }
        let text = |member: &str| properties[member].as_str().unwrap_or_default().into();
        Some(Self {
            name: name.into(),
            title: text("title"),
            kind: text("kind"),
            description: text("description"),
            deployments: Vec::new(),
        })
    }
}

impl Deployment {
    /// Reads a deployment of an API; None for one that azr has imported.
    fn read(api: &str, item: &Value) -> Option<Self> {
        let properties = &item["properties"];
        let name = item["name"].as_str().unwrap_or_default();
        if DeploymentProvenance::of_deployment(api, name, properties).is_some() {
            return None;
        }
        let environment = properties["environmentId"].as_str().unwrap_or_default();
        let environment = environment.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let uris = properties["server"]["runtimeUri"].as_array().into_iter().flatten();
        Some(Self {
            environment: (!environment.is_empty()).then(|| environment.to_ascii_lowercase()),
            runtime_uris: uris.filter_map(Value::as_str).map(str::to_owned).collect(),
        })
    }
}

/// Reads the APIs of a center that azr has not imported and that have deployments.
///
/// An API that is deleted meanwhile is left out. `on_progress` receives how many of how many APIs have been read.
pub async fn read_center_apis(
    client: &Client,
    center: &ResourceId,
    concurrency: usize,
    on_progress: &dyn Fn(usize, usize),
) -> Result<Vec<CenterApi>> {
    let apis_id = format!("{center}/workspaces/default/apis");
    let mut apis = Vec::new();
    let target = Target::new(&*apis_id, CENTER_API.api_version);
    pager::for_each_item(client, &target, 1, &mut |item, _| apis.extend(CenterApi::read(&item))).await?;
    let total = apis.len();
    let reads = apis.into_iter().map(|mut api| {
        let id = format!("{apis_id}/{}", api.name);
        async move {
            match list(client, &id, "deployments").await {
                Ok(items) => {
                    api.deployments = items.iter().filter_map(|i| Deployment::read(&api.name, i)).collect();
                    Ok::<_, Error>(api)
                }
                Err(error) if error.is_not_found() => Ok(api),
                Err(error) => Err(error),
            }
        }
    });
    let mut reads = stream::iter(reads.map(run_task)).buffered(concurrency.max(1));
    let mut read = 0;
    let mut with_deployments = Vec::new();
    while let Some(api) = reads.try_next().await? {
        read += 1;
        on_progress(read, total);
        if !api.deployments.is_empty() {
            with_deployments.push(api);
        }
    }
    Ok(with_deployments)
}

/// Reads the titles of the versions of APIs, in the order of their names; an API that does not exist has none.
pub async fn read_version_titles(
    client: &Client,
    center: &ResourceId,
    apis: &[&str],
    concurrency: usize,
) -> Result<Vec<Vec<String>>> {
    let reads = apis.iter().map(|api| async move {
        let id = format!("{center}/workspaces/default/apis/{api}");
        match list(client, &id, "versions").await {
            Ok(items) => {
                let titles = items.iter().filter_map(|item| item["properties"]["title"].as_str());
                Ok(titles.map(str::to_owned).collect())
            }
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    });
    stream::iter(reads.map(run_task)).buffered(concurrency.max(1)).try_collect().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_azr_imported_is_left_out() {
        let api = |mark: &str| {
            CenterApi::read(&json!({"name": "a", "properties": {"customProperties": {"azr-import": mark}}}))
        };
        assert!(api("of a; from apim; made API").is_none());
        assert!(api("of a; from apim").is_some(), "azr only added to it");
        assert!(api("of b; from apim; made API").is_some(), "a copy");
        assert!(api("nonsense").is_some());
        let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/m/apis/x";
        let deployment = |mark: &str| {
            let properties = json!({"customProperties": {"azr-import": mark}, "environmentId": "/e/Prod/"});
            Deployment::read("a", &json!({"name": "d", "properties": properties}))
        };
        assert!(deployment(&format!("{id} for a/d")).is_none());
        assert_eq!(deployment("").and_then(|d| d.environment).as_deref(), Some("prod"));
    }

    #[test]
    fn odd_items_are_read_as_far_as_possible() {
        assert!(CenterApi::read(&json!({"properties": {}})).is_none());
        assert_eq!(&*CenterApi::read(&json!({"name": "a", "properties": null})).expect("an API").title, "");
        let odd =
            json!({"properties": {"environmentId": null, "server": {"runtimeUri": [null, 1, "https://a"]}}});
        let deployment = Deployment::read("a", &odd).expect("a deployment");
        assert_eq!((deployment.environment, deployment.runtime_uris), (None, vec!["https://a".to_owned()]));
    }
}
