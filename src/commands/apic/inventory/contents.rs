//! Reads the versions, definitions and deployments of many APIs concurrently.

use std::collections::HashMap;

use futures_util::stream::{self, Stream, StreamExt as _};
use serde::Serialize;
use serde_json::Value;

use azr_arm::client::Client;
use azr_arm::large_responses::run_task;
use azr_catalog::inventory;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_definitions::Operation;

/// The default number of APIs that are read concurrently.
pub(crate) const DEFAULT_CONCURRENCY: usize = 16;

/// The versions and deployments of an API.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// Its versions, by name.
    pub versions: Vec<Version>,
    /// Its deployments, by name.
    pub deployments: Vec<Deployment>,
}

/// A version of an API.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Version {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// Its stage.
    pub lifecycle_stage: Option<String>,
    /// Its definitions, by name.
    pub definitions: Vec<Definition>,
}

/// A definition of a version.
#[derive(Debug, Serialize)]
pub(crate) struct Definition {
    /// Its name.
    pub name: String,
    /// The format of its document, such as `openapi 3.0.1`; None if no document was imported.
    pub specification: Option<String>,
    /// Its operations, if they were requested.
    #[serde(flatten)]
    pub operations: Option<Operations>,
}

/// The operations of a definition.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Operations {
    /// The number of operations.
    #[serde(rename = "operationCount")]
    pub count: usize,
    /// The operations, or the first ones if there are very many.
    #[serde(rename = "operations")]
    pub listed: Vec<Operation>,
    /// Why the document could not be read.
    #[serde(rename = "operationsError", skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A deployment of an API.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Deployment {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// The name of its environment.
    pub environment: Option<String>,
    /// `active` or `inactive`.
    pub state: Option<String>,
    /// The URLs at which the API can be called.
    pub runtime_uris: Vec<String>,
}

impl Contents {
    /// The number of definitions of the versions.
    #[must_use]
    pub(crate) fn definition_count(&self) -> usize {
        self.versions.iter().map(|version| version.definitions.len()).sum()
    }
}

/// Reads the contents of these APIs, in any order; each comes with the index of its API.
///
/// The contents are None for an API that was deleted since it was listed. At most `concurrency` responses are in
/// memory at a time.
pub(crate) fn read<'a>(
    client: &'a Client,
    apis: &'a [ResourceId],
    concurrency: usize,
) -> impl Stream<Item = (usize, Result<Option<Contents>>)> + 'a {
    let reads = apis.iter().enumerate().map(move |(index, id)| async move {
        let contents = match inventory::read_api_children(client, id, |_| true).await {
            Ok(below) => Ok(Some(compact(below.versions, below.deployments))),
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        };
        (index, contents)
    });
    stream::iter(reads.map(run_task)).buffer_unordered(concurrency.max(1))
}

fn compact(
    versions: HashMap<String, azr_catalog::snapshot::CenterVersion>,
    deployments: HashMap<String, Value>,
) -> Contents {
    let versions = versions.into_values().map(|version| Version {
        name: name(&version.body),
        title: non_blank_text(&version.body["properties"]["title"]),
        lifecycle_stage: non_blank_text(&version.body["properties"]["lifecycleStage"]),
        definitions: sort_by_name(version.definitions.into_values().map(definition), |d| &d.name),
    });
    Contents {
        versions: sort_by_name(versions, |version| &version.name),
        deployments: sort_by_name(deployments.into_values().map(|d| deployment(&d)), |d| &d.name),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it maps an iterator over values")]
fn definition(body: Value) -> Definition {
    let specification = &body["properties"]["specification"];
    let parts = [non_blank_text(&specification["name"]), non_blank_text(&specification["version"])];
    let format = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let specification = Some(format).filter(|format| !format.is_empty());
    Definition { name: name(&body), specification, operations: None }
}

fn deployment(body: &Value) -> Deployment {
    let properties = &body["properties"];
    let environment = non_blank_text(&properties["environmentId"]);
    Deployment {
        name: name(body),
        title: non_blank_text(&properties["title"]),
        environment: environment.and_then(|id| id.rsplit('/').next().map(str::to_owned)),
        state: non_blank_text(&properties["state"]),
        runtime_uris: properties["server"]["runtimeUri"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(non_blank_text)
            .collect(),
    }
}

fn sort_by_name<T>(items: impl Iterator<Item = T>, name: impl Fn(&T) -> &String) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_by(|a, b| name(a).cmp(name(b)));
    items
}

fn name(body: &Value) -> String {
    non_blank_text(&body["name"]).unwrap_or_default()
}

/// The text of a value, unless it is blank.
pub(crate) fn non_blank_text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}
