//! API sources ("integrations", "links"): what API Center itself synchronizes a center with.
//!
//! They are read with the preview version that publishes them. Of a source of another kind than API Management (Amazon
//! API Gateway, and kinds that are not published, such as Git) only the name and the state are read.

use serde_json::Value;

use crate::import_source::ImportSource;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::Result;
use azr_core::id::ResourceId;
use azr_core::resource::CENTER_SOURCE;

/// An API source of a center.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiSource {
    /// The resource name.
    pub name: String,
    /// What it synchronizes.
    pub origin: Origin,
    /// The name of the environment that its deployments are in, if it names one.
    pub environment: Option<String>,
    /// The state of the synchronization.
    pub link_state: LinkState,
}

/// What an API source synchronizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An API Management service, or one of its workspaces.
    ApiManagement(ImportSource),
    /// Something else, with its type if the source has one.
    Other(Option<String>),
}

/// The state of a synchronization, as the service reports it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkState {
    /// `initializing`, `syncing`, `error`, `deleting`, or a state that azr does not know.
    pub state: Option<String>,
    /// The message about the state.
    pub message: Option<String>,
    /// When the state was last updated.
    pub last_updated_on: Option<String>,
}

impl ApiSource {
    /// Reads a source from a list; None if it has no name.
    #[must_use]
    pub fn read(entry: &Value) -> Option<Self> {
        let properties = &entry["properties"];
        let text = |pointer: &str| {
            properties.pointer(pointer).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned)
        };
        let environment = text("/targetEnvironmentId");
        let environment = environment.as_deref().and_then(|id| id.trim_end_matches('/').rsplit('/').next());
        Some(Self {
            name: entry["name"].as_str()?.to_owned(),
            origin: Origin::read(properties),
            environment: environment.filter(|name| !name.is_empty()).map(str::to_owned),
            link_state: LinkState {
                state: text("/linkState/state"),
                message: text("/linkState/message"),
                last_updated_on: text("/linkState/lastUpdatedOn"),
            },
        })
    }

    /// Whether it synchronizes APIs of this service, all of them or those of a workspace.
    #[must_use]
    pub fn is_from(&self, service_id: &ResourceId) -> bool {
        matches!(&self.origin, Origin::ApiManagement(source) if source.service_id() == service_id)
    }

    /// Whether the source is in this state; the service spells states in different cases.
    #[must_use]
    pub fn is_in_state(&self, state: &str) -> bool {
        self.link_state.state.as_deref().is_some_and(|current| current.eq_ignore_ascii_case(state))
    }
}

impl Origin {
    fn read(properties: &Value) -> Self {
        let id = properties.pointer("/azureApiManagementSource/resourceId").and_then(Value::as_str);
        // How a source names a workspace is not published; the id of a workspace is accepted here.
        let source = id.and_then(|id| ImportSource::from_id(&id.parse().ok()?));
        match source {
            Some(source) => Self::ApiManagement(source),
            None => Self::Other(properties["apiSourceType"].as_str().map(str::to_owned)),
        }
    }
}

/// Reads the API sources of a center.
pub async fn read_api_sources(client: &Client, center: &ResourceId) -> Result<Vec<ApiSource>> {
    let target = Target::new(format!("{center}/workspaces/default/apiSources"), CENTER_SOURCE.api_version);
    let listed = pager::list(client, &target, None, None).await?;
    Ok(listed.items.iter().filter_map(ApiSource::read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SERVICE: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/Apim";

    fn source(properties: &Value) -> ApiSource {
        ApiSource::read(&json!({"name": "link", "properties": properties})).expect("a source")
    }

    fn from_apim(id: &str) -> ApiSource {
        source(&json!({"azureApiManagementSource": {"resourceId": id}}))
    }

    #[test]
    fn a_source_of_the_service_is_recognized_whatever_the_case_of_its_id() {
        let service: ResourceId = SERVICE.parse().expect("an id");
        assert!(from_apim(&SERVICE.to_uppercase()).is_from(&service));
        assert!(from_apim(&format!("{SERVICE}/")).is_from(&service));
        assert!(from_apim(&format!("{SERVICE}/Workspaces/team")).is_from(&service));
        assert!(!from_apim(&format!("{SERVICE}-2")).is_from(&service));
        assert!(!from_apim(&SERVICE.replace("/g/", "/other/")).is_from(&service));
    }

    #[test]
    fn a_source_of_something_else_is_of_no_service() {
        let service: ResourceId = SERVICE.parse().expect("an id");
        for properties in [
            json!(null),
            json!({"azureApiManagementSource": null, "apiSourceType": "Git"}),
            json!({"azureApiManagementSource": {"resourceId": "nonsense"}}),
            json!({"azureApiManagementSource": {"resourceId": 7}}),
            json!({"azureApiManagementSource": {"resourceId": format!("{SERVICE}/apis/a")}}),
        ] {
            let source = source(&properties);
            assert!(!source.is_from(&service), "{properties}");
            assert!(matches!(source.origin, Origin::Other(_)), "{properties}");
        }
        assert_eq!(ApiSource::read(&json!({"properties": {}})), None);
    }

    #[test]
    fn the_environment_is_named_by_an_id_of_either_form() {
        for id in ["/workspaces/default/environments/prod", &format!("{SERVICE}/environments/prod/")] {
            let source = source(&json!({"targetEnvironmentId": id, "linkState": {"state": "Syncing"}}));
            assert_eq!(source.environment.as_deref(), Some("prod"));
            assert!(source.is_in_state("syncing"));
        }
        assert_eq!(source(&json!({"targetEnvironmentId": null})).environment, None);
    }
}
