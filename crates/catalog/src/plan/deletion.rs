//! What is deleted of a center.

use serde_json::Value;

use crate::desired::existing_properties;
use crate::provenance;
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_API, ResourceType};

/// Resources to delete together.
#[derive(Debug, Clone)]
pub struct Deletion {
    /// The main resource for messages: `version v1`.
    pub label: String,
    /// The resources in the order in which they are deleted.
    pub resources: Vec<DeletedResource>,
    /// How many resources are deleted, including those below the resources that are named.
    pub resource_count: usize,
}

/// A resource to delete.
#[derive(Debug, Clone)]
pub struct DeletedResource {
    /// The id.
    pub id: ResourceId,
    /// The type.
    pub resource_type: &'static ResourceType,
    /// The properties that it had when its deletion was planned.
    properties: Value,
}

impl DeletedResource {
    /// A resource with its properties.
    #[must_use]
    pub(crate) fn new(id: ResourceId, resource_type: &'static ResourceType, properties: &Value) -> Self {
        Self { id, resource_type, properties: properties.clone() }
    }

    /// Whether the resource may be deleted: nobody has edited it since its deletion was planned.
    ///
    /// Versions and deployments were read from lists, which may leave out some of their properties.
    #[must_use]
    pub(crate) fn is_current(&self, current: &Value) -> bool {
        let is_edited = if self.resource_type == &CENTER_API {
            existing_properties(self.resource_type, &self.properties)
                != existing_properties(self.resource_type, current)
        } else {
            self.properties["title"] != current["title"]
        };
        !is_edited && provenance::text(&self.properties) == provenance::text(current)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use azr_core::resource::CENTER_VERSION;

    #[test]
    fn an_edited_resource_is_not_current() {
        let id = CENTER_API.id(&ResourceId::resource_group("s", "g"), &["c", "default", "a"]);
        let properties = json!({"title": "A", "kind": "rest", "customProperties": {"azr-import": "x"}});
        let api = DeletedResource::new(id.clone(), &CENTER_API, &properties);
        let mut read = properties.clone();
        read["lifecycleStage"] = json!("design");
        assert!(api.is_current(&read), "a property that cannot be written");
        for (member, value) in [
            ("summary", json!("Ours")),
            ("title", json!("B")),
            ("customProperties", json!({"azr-import": "y"})),
        ] {
            let mut edited = properties.clone();
            edited[member] = value;
            assert!(!api.is_current(&edited), "{member}");
        }
        let version = DeletedResource::new(id, &CENTER_VERSION, &json!({"title": "v1"}));
        assert!(version.is_current(&json!({"title": "v1", "lifecycleStage": "design"})));
        assert!(!version.is_current(&json!({"title": "v2"})));
    }
}
