//! What is below the APIs of a center, for many of them at once.

use std::collections::HashMap;

use futures_util::stream::{self, Stream, StreamExt as _};
use serde::Serialize;
use serde_json::Value;

use azr_arm::client::Client;
use azr_catalog::inventory;
use azr_core::error::Result;
use azr_core::id::ResourceId;

/// How many APIs are read at once, where nothing is said.
pub const AT_ONCE: usize = 16;

/// What is below one API.
#[derive(Debug, Default)]
pub struct Contents {
    /// Its versions, by name.
    pub versions: Vec<Version>,
    /// Its deployments, by name.
    pub deployments: Vec<Deployment>,
}

/// A version of an API.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
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
pub struct Definition {
    /// Its name.
    pub name: String,
    /// What its document is written in, such as `openapi 3.0.1`; none before a document was imported.
    pub specification: Option<String>,
}

/// A deployment of an API.
#[derive(Debug, Serialize)]
pub struct Deployment {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// The name of its environment.
    pub environment: Option<String>,
    /// `active` or `inactive`.
    pub state: Option<String>,
}

impl Contents {
    /// How many definitions its versions have.
    #[must_use]
    pub fn definitions(&self) -> usize {
        self.versions.iter().map(|version| version.definitions.len()).sum()
    }
}

/// Reads what is below these APIs, so many at once, in no order; each comes with its place in the list.
///
/// None for an API that is gone since it was listed. No more than `at_once` answers are held as they came.
pub fn read<'a>(
    client: &'a Client,
    apis: &'a [ResourceId],
    at_once: usize,
) -> impl Stream<Item = (usize, Result<Option<Contents>>)> + 'a {
    let reads = apis.iter().enumerate().map(move |(at, id)| async move {
        let contents = match inventory::below(client, id, |_| true).await {
            Ok(below) => Ok(Some(compact(below.versions, below.deployments))),
            Err(e) if e.is_not_found() => Ok(None),
            Err(e) => Err(e),
        };
        (at, contents)
    });
    stream::iter(reads).buffer_unordered(at_once.max(1))
}

fn compact(
    versions: HashMap<String, azr_catalog::held::HeldVersion>,
    deployments: HashMap<String, Value>,
) -> Contents {
    let versions = versions.into_values().map(|version| Version {
        name: name(&version.body),
        title: text(&version.body["properties"]["title"]),
        lifecycle_stage: text(&version.body["properties"]["lifecycleStage"]),
        definitions: sorted(version.definitions.into_values().map(definition), |d| &d.name),
    });
    Contents {
        versions: sorted(versions, |version| &version.name),
        deployments: sorted(deployments.into_values().map(|d| deployment(&d)), |d| &d.name),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is mapped over values that nobody needs any more")]
fn definition(body: Value) -> Definition {
    let specification = &body["properties"]["specification"];
    let parts = [text(&specification["name"]), text(&specification["version"])];
    let said = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Definition { name: name(&body), specification: Some(said).filter(|said| !said.is_empty()) }
}

fn deployment(body: &Value) -> Deployment {
    let properties = &body["properties"];
    let environment = text(&properties["environmentId"]);
    Deployment {
        name: name(body),
        title: text(&properties["title"]),
        environment: environment.and_then(|id| id.rsplit('/').next().map(str::to_owned)),
        state: text(&properties["state"]),
    }
}

fn sorted<T>(items: impl Iterator<Item = T>, by: impl Fn(&T) -> &String) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_by(|a, b| by(a).cmp(by(b)));
    items
}

fn name(body: &Value) -> String {
    text(&body["name"]).unwrap_or_default()
}

/// A text that says something.
pub fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
}
