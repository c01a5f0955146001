//! What is deleted of a center.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::desired::existing_properties;
use crate::provenance;
use crate::snapshot::{ApiChildren, CenterVersion};
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER_API, CENTER_DEPLOYMENT, CENTER_VERSION, ResourceType};

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
    /// What was below it; None if that does not matter.
    descendants: Option<BTreeSet<String>>,
    /// The definitions below it whose documents azr imported, each with the digest of its document.
    pub documents: Vec<(ResourceId, String)>,
}

impl DeletedResource {
    /// An API with its properties and what is below it.
    #[must_use]
    pub(super) fn api(id: ResourceId, properties: &Value, children: &ApiChildren) -> Self {
        Self { descendants: Some(children.paths()), ..Self::new(id, &CENTER_API, properties) }
    }

    /// A version with its definitions.
    #[must_use]
    pub(super) fn version(id: ResourceId, version: &CenterVersion) -> Self {
        let resource = Self::new(id, &CENTER_VERSION, &version.body["properties"]);
        Self { descendants: Some(version.paths()), ..resource }
    }

    /// A deployment.
    #[must_use]
    pub(super) fn deployment(id: ResourceId, deployment: &Value) -> Self {
        Self::new(id, &CENTER_DEPLOYMENT, &deployment["properties"])
    }

    /// A resource with its properties, whatever is below it.
    #[must_use]
    pub(crate) fn new(id: ResourceId, resource_type: &'static ResourceType, properties: &Value) -> Self {
        Self { id, resource_type, properties: properties.clone(), descendants: None, documents: Vec::new() }
    }

    /// The same resource with the documents below it that people must not have replaced.
    #[must_use]
    pub(super) fn with_documents(self, documents: Vec<(ResourceId, String)>) -> Self {
        Self { documents, ..self }
    }

    /// The paths of the collections below the resource that people must not have added to: `versions/v1/definitions`.
    #[must_use]
    pub(crate) fn collections(&self) -> Vec<String> {
        let Some(descendants) = &self.descendants else { return Vec::new() };
        if self.resource_type != &CENTER_API {
            return vec!["definitions".to_owned()];
        }
        let versions = descendants.iter().filter(|path| path.matches('/').count() == 1);
        let versions = versions.filter(|path| path.starts_with("versions/"));
        let definitions = versions.map(|version| format!("{version}/definitions"));
        ["versions".to_owned(), "deployments".to_owned()].into_iter().chain(definitions).collect()
    }

    /// Whether nobody has added anything below the resource since its deletion was planned; `current` has the paths, in
    /// lower case, of what is below it now: `versions/v1`.
    #[must_use]
    pub(crate) fn has_all(&self, current: &BTreeSet<String>) -> bool {
        self.descendants.as_ref().is_none_or(|planned| current.is_subset(planned))
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

    #[test]
    fn an_edited_resource_is_not_current() {
        let id = CENTER_API.id(&ResourceId::resource_group("s", "g"), &["c", "default", "a"]);
        let properties = json!({"title": "A", "kind": "rest", "customProperties": {"azr-import": "x"}});
        let api = DeletedResource::api(id.clone(), &properties, &ApiChildren::default());
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
        let versions = [("v1".to_owned(), CenterVersion::default())].into();
        let children = ApiChildren { versions, ..ApiChildren::default() };
        let api = DeletedResource::api(id.clone(), &properties, &children);
        assert_eq!(api.collections(), ["versions", "deployments", "versions/v1/definitions"]);
        let version = CenterVersion {
            body: json!({"properties": {"title": "v1"}}),
            definitions: [("openapi".to_owned(), json!({}))].into(),
        };
        let version = DeletedResource::version(id, &version);
        assert!(version.is_current(&json!({"title": "v1", "lifecycleStage": "design"})));
        assert!(!version.is_current(&json!({"title": "v2"})));
        let paths = |names: &[&str]| names.iter().map(|name| format!("definitions/{name}")).collect();
        assert!(version.has_all(&paths(&[])) && version.has_all(&paths(&["openapi"])));
        assert!(!version.has_all(&paths(&["openapi", "people"])));
    }
}
