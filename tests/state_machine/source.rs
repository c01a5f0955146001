//! The APIs of the API Management service, which change between imports.

use serde_json::json;

use crate::world::{World, name_of, service_id};

/// How many APIs there are at most.
pub(crate) const APIS: usize = 4;

/// An API of API Management; everything has few values, so that earlier ones come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SourceApi {
    pub(crate) title: u8,
    pub(crate) document: u8,
    pub(crate) path: u8,
    /// Whether it is in a version set of its own.
    pub(crate) in_set: bool,
}

/// The APIs by their number.
pub(crate) type Source = [Option<SourceApi>; APIS];

/// The name of the API with this number.
pub(crate) fn source_name(api: usize) -> String {
    format!("api-{api}")
}

/// Brings the API with this number to a state.
pub(crate) async fn change(world: &World, number: usize, from: Option<SourceApi>, to: Option<SourceApi>) {
    let (name, service) = (source_name(number), service_id());
    let api = format!("{service}/apis/{name}");
    let Some(to) = to else {
        world.delete(&format!("{api}?deleteRevisions=true")).await;
        return;
    };
    if from.is_some_and(|from| from.in_set && !to.in_set) {
        world.delete(&format!("{api}?deleteRevisions=true")).await;
    }
    let mut properties = json!({
        "displayName": format!("Title {}", to.title),
        "path": format!("path-{number}-{}", to.path),
        "protocols": ["https"],
    });
    if to.in_set {
        let set = format!("{service}/apiVersionSets/set-{number}");
        let body = json!({"properties": {"displayName": format!("Title {}", to.title), "versioningScheme": "Segment"}});
        world.put(&set, &body).await;
        properties["apiVersionSetId"] = json!(set);
    }
    world.put(&api, &json!({"properties": properties})).await;
    for operation in world.list(&format!("{api}/operations")).await {
        world.delete(&format!("{api}/operations/{}", name_of(&operation))).await;
    }
    let name = format!("operation-{}", to.document);
    let body =
        json!({"properties": {"displayName": name, "method": "GET", "urlTemplate": format!("/{name}")}});
    world.put(&format!("{api}/operations/{name}"), &body).await;
}
