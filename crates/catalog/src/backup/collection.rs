//! Reads the collections of a center, completely or not at all.

use std::collections::HashSet;

use serde_json::Value;

use super::layout::ResourceKind;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;

/// A resource of a collection.
#[derive(Debug)]
pub(super) struct ListedResource {
    /// The name.
    pub(super) name: String,
    /// The properties as JSON text, which needs a fraction of the memory of a parsed value.
    properties: Box<str>,
}

impl ListedResource {
    #[cfg(test)]
    pub(super) fn for_test(name: &str) -> Self {
        Self { name: name.to_owned(), properties: "{}".into() }
    }

    /// Parses the properties.
    pub(super) fn properties(&self) -> Value {
        // The text was written from a value, so it always parses.
        serde_json::from_str(&self.properties).unwrap_or_default()
    }
}

/// The resources of a collection in the order of their names, and the names that cannot be those of a resource.
#[derive(Debug, Default)]
pub(super) struct Collection {
    /// The resources.
    pub(super) resources: Vec<ListedResource>,
    /// Names that would lead to another resource.
    pub(super) invalid_names: Vec<String>,
}

/// Reads a collection below a parent; fails if it has fewer resources than it says, or one without a name.
pub(super) async fn read(client: &Client, parent: &ResourceId, kind: ResourceKind) -> Result<Collection> {
    let mut collection = Collection::default();
    let mut add = |resource: ListedResource| {
        if is_valid_name(&resource.name) {
            collection.resources.push(resource);
        } else {
            collection.invalid_names.push(resource.name);
        }
    };
    for_each(client, parent, kind, &mut add).await?;
    collection.resources.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(collection)
}

/// Reads a collection like [`read`], and passes each resource on as soon as it is listed; its name may not be valid.
pub(super) async fn for_each(
    client: &Client,
    parent: &ResourceId,
    kind: ResourceKind,
    on_resource: &mut (dyn FnMut(ListedResource) + Send),
) -> Result<()> {
    let target = Target::new(format!("{parent}/{}", kind.collection()), kind.resource_type().api_version);
    let mut names = HashSet::new();
    let mut unnamed = 0;
    let mut add = |mut item: Value, _| {
        let Some(name) = item["name"].as_str().filter(|name| !name.is_empty()).map(str::to_owned) else {
            unnamed += 1;
            return;
        };
        // A resource that is added while the pages are read may be listed twice.
        if names.insert(name.clone()) {
            let properties = item["properties"].take().to_string().into();
            on_resource(ListedResource { name, properties });
        }
    };
    let count = pager::for_each_item(client, &target, 1, &mut add).await?;
    if unnamed > 0 {
        let text =
            format!("{}: the list is not complete: {unnamed} of its items do not have a name", target.path);
        return Err(Error::invalid_response(text)
            .with_hint("Run the command again when nobody is adding or deleting resources."));
    }
    pager::check_count(&target.path, names.len(), count)
}

/// Whether an error says that a center does not have a collection: its API version, in preview, is not available.
pub(crate) fn is_unavailable(error: &Error, kind: ResourceKind) -> bool {
    let is_preview = matches!(kind, ResourceKind::Analyzer | ResourceKind::ApiSource);
    let status = error.service_error().map(|error| error.status);
    is_preview && matches!(status, Some(400 | 404))
}

/// Whether a name is a segment of a resource id, so that it cannot lead to another resource.
pub(crate) fn is_valid_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..")
        && !name.chars().any(|c| c.is_control() || matches!(c, '/' | '\\' | '?' | '#' | '%'))
}

/// Whether a resource exists, according to the resource itself.
pub(super) async fn exists(client: &Client, id: &ResourceId, kind: ResourceKind) -> Result<bool> {
    let target = Target::new(id.as_str(), kind.resource_type().api_version);
    match client.send(Method::GET, &target, None).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_not_found() => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::is_valid_name;

    #[test]
    fn a_name_cannot_lead_to_another_resource() {
        assert!(is_valid_name("orders-v1") && is_valid_name("con") && is_valid_name("a."));
        for name in ["", ".", "..", "../x", "a/b", "a\\b", "a?b", "a#b", "a%2Fb", "a\nb"] {
            assert!(!is_valid_name(name), "{name:?}");
        }
    }
}
