//! Where APIs are imported from: an API Management service, or a workspace of one.

use std::fmt;

use azr_core::id::ResourceId;
use azr_core::resource::{APIM_SERVICE, APIM_WORKSPACE};

/// An API Management service without its workspaces, or one workspace of a service.
///
/// It is the identity of a source: provenance and journals name it, and `--prune` deletes only what came from it, so that
/// an import from a service leaves alone what came from its workspaces, and the other way round. A run that has several
/// sources makes one [`BulkImport`](crate::bulk_import::BulkImport) for each of them.
///
/// ```
/// use azr_catalog::import_source::ImportSource;
///
/// let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/apim-eu";
/// let service = ImportSource::service(id.parse()?);
/// let workspace = service.in_workspace("billing");
/// assert_eq!(workspace.id().as_str(), format!("{id}/workspaces/billing"));
/// assert_eq!(workspace.api("invoices").as_str(), format!("{id}/workspaces/billing/apis/invoices"));
/// assert_eq!(workspace.to_string(), "workspace billing of apim-eu");
/// assert_eq!(ImportSource::from_id(workspace.id()), Some(workspace));
/// # Ok::<(), azr_core::error::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportSource {
    service: ResourceId,
    /// The id of the workspace; None for the service itself.
    workspace: Option<ResourceId>,
}

impl ImportSource {
    /// The APIs of a service that are not in a workspace.
    #[must_use]
    pub fn service(id: ResourceId) -> Self {
        Self { service: id, workspace: None }
    }

    /// A workspace of the same service.
    #[must_use]
    pub fn in_workspace(&self, name: &str) -> Self {
        Self { service: self.service.clone(), workspace: Some(self.service.child("workspaces", name)) }
    }

    /// The source with this id; None if it is the id neither of a service nor of a workspace.
    #[must_use]
    pub fn from_id(id: &ResourceId) -> Option<Self> {
        if APIM_SERVICE.matches(id) {
            return Some(Self::service(id.clone()));
        }
        let service = id.parent().filter(|_| APIM_WORKSPACE.matches(id))?;
        Some(Self { service, workspace: Some(id.clone()) })
    }

    /// The id of the service or workspace.
    #[must_use]
    pub fn id(&self) -> &ResourceId {
        self.workspace.as_ref().unwrap_or(&self.service)
    }

    /// The id of the service.
    #[must_use]
    pub fn service_id(&self) -> &ResourceId {
        &self.service
    }

    /// The name of the workspace; None for the service itself.
    #[must_use]
    pub fn workspace_name(&self) -> Option<&str> {
        self.workspace.as_ref().map(ResourceId::name)
    }

    /// The id of an API of the source.
    #[must_use]
    pub fn api(&self, name: &str) -> ResourceId {
        self.id().child("apis", name)
    }

    /// A short name in lower case that is unique in a cloud: `SERVICE`, or `SERVICE@WORKSPACE`.
    ///
    /// Names of services contain neither `@` nor `/`.
    pub(crate) fn key(&self) -> String {
        let service = self.service.name().to_ascii_lowercase();
        match self.workspace_name() {
            Some(workspace) => format!("{service}@{}", workspace.to_lowercase()),
            None => service,
        }
    }

    /// A name for what azr creates in the center on behalf of the source: `SERVICE`, or `SERVICE-WORKSPACE`.
    pub(crate) fn name_in_center(&self) -> String {
        match self.workspace_name() {
            Some(workspace) => format!("{}-{workspace}", self.service.name()),
            None => self.service.name().to_owned(),
        }
    }
}

impl fmt::Display for ImportSource {
    /// For messages: `apim-eu`, or `workspace billing of apim-eu`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.workspace_name() {
            Some(workspace) => write!(f, "workspace {workspace} of {}", self.service.name()),
            None => f.write_str(self.service.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_a_service_and_its_workspaces_differ() {
        let id = "/subscriptions/s/resourceGroups/g/providers/microsoft.apimanagement/SERVICE/Apim-EU";
        let service = ImportSource::from_id(&id.parse().expect("an id")).expect("a service");
        assert_eq!(service.key(), "apim-eu");
        assert_eq!(service.in_workspace("Team A").key(), "apim-eu@team a");
        assert_eq!(service.in_workspace("x").service_id(), service.id());
        let api: ResourceId = format!("{id}/apis/x").parse().expect("an id");
        assert_eq!(ImportSource::from_id(&api), None);
    }
}
