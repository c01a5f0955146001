//! The resource types that azr uses, each with its path and API version.
//!
//! The API versions are those that az 2.91 with the apic extension 1.2.0b3 sends.

use super::id::ResourceId;

/// API Center, stable.
pub const APIC: &str = "2024-03-01";
/// API Center, for features that are in preview (analysis, API sources).
pub const APIC_PREVIEW: &str = "2024-06-01-preview";
/// API Management.
pub const APIM: &str = "2022-08-01";
/// API Management, for workspaces.
pub const APIM_WORKSPACES: &str = "2024-05-01";

/// API Management, for MCP servers and A2A agents, which earlier versions do not show.
pub const APIM_MCP: &str = "2025-09-01-preview";

/// A type of Azure resource, such as `Microsoft.ApiCenter/services/workspaces/apis`.
#[derive(Debug, PartialEq, Eq)]
pub struct ResourceType {
    /// `Microsoft.ApiCenter`.
    pub namespace: &'static str,
    /// `["services", "workspaces", "apis"]`.
    pub types: &'static [&'static str],
    /// The value of `api-version`.
    pub api_version: &'static str,
}

impl ResourceType {
    /// The id of the resource with these names, one for each of `types`.
    #[must_use]
    pub fn id(&self, scope: &ResourceId, names: &[&str]) -> ResourceId {
        ResourceId::build(scope.as_str(), self.namespace, self.types, names)
    }

    /// The full name, such as `Microsoft.ApiCenter/services/workspaces/apis`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.namespace, self.types.join("/"))
    }

    /// Whether `id` is of this type.
    #[must_use]
    pub fn matches(&self, id: &ResourceId) -> bool {
        let pairs = id.types_and_names();
        id.namespace().is_some_and(|n| n.eq_ignore_ascii_case(self.namespace))
            && pairs.len() == self.types.len()
            && pairs
                .iter()
                .zip(self.types)
                .all(|((type_name, _), expected)| type_name.eq_ignore_ascii_case(expected))
    }
}

macro_rules! types {
    ($($(#[$doc:meta])* $name:ident = $namespace:literal / $($kind:literal)/+ @ $version:expr;)*) => {
        $($(#[$doc])* pub static $name: ResourceType =
            ResourceType { namespace: $namespace, types: &[$($kind),+], api_version: $version };)*
        /// Every type in this file.
        pub static ALL: &[&ResourceType] = &[$(&$name),*];
    };
}

types! {
    /// An API center.
    CENTER = "Microsoft.ApiCenter" / "services" @ APIC;
    /// A metadata schema of an API center.
    CENTER_METADATA = "Microsoft.ApiCenter" / "services" / "metadataSchemas" @ APIC;
    /// An API in a center.
    CENTER_API = "Microsoft.ApiCenter" / "services" / "workspaces" / "apis" @ APIC;
    /// A version of an API in a center.
    CENTER_VERSION = "Microsoft.ApiCenter" / "services" / "workspaces" / "apis" / "versions" @ APIC;
    /// A definition of a version in a center.
    CENTER_DEFINITION = "Microsoft.ApiCenter" / "services" / "workspaces" / "apis" / "versions" / "definitions" @ APIC;
    /// A deployment of an API in a center.
    CENTER_DEPLOYMENT = "Microsoft.ApiCenter" / "services" / "workspaces" / "apis" / "deployments" @ APIC;
    /// An environment of a center.
    CENTER_ENVIRONMENT = "Microsoft.ApiCenter" / "services" / "workspaces" / "environments" @ APIC;
    /// An API source of a center ("integration").
    CENTER_SOURCE = "Microsoft.ApiCenter" / "services" / "workspaces" / "apiSources" @ APIC_PREVIEW;
    /// An API analysis configuration of a center.
    CENTER_ANALYZER = "Microsoft.ApiCenter" / "services" / "workspaces" / "analyzerConfigs" @ APIC_PREVIEW;

    /// An API Management service.
    APIM_SERVICE = "Microsoft.ApiManagement" / "service" @ APIM;
    /// A workspace of API Management.
    APIM_WORKSPACE = "Microsoft.ApiManagement" / "service" / "workspaces" @ APIM_WORKSPACES;
    /// An API of API Management.
    APIM_API = "Microsoft.ApiManagement" / "service" / "apis" @ APIM;
    /// An MCP server: an API of API Management of the type `mcp`.
    APIM_MCP_SERVER = "Microsoft.ApiManagement" / "service" / "apis" @ APIM_MCP;
    /// A tool of an MCP server.
    APIM_TOOL = "Microsoft.ApiManagement" / "service" / "apis" / "tools" @ APIM_MCP;
    /// An operation of an API.
    APIM_OPERATION = "Microsoft.ApiManagement" / "service" / "apis" / "operations" @ APIM;
    /// A release of an API's revision.
    APIM_RELEASE = "Microsoft.ApiManagement" / "service" / "apis" / "releases" @ APIM;
    /// A schema of an API.
    APIM_SCHEMA = "Microsoft.ApiManagement" / "service" / "apis" / "schemas" @ APIM;
    /// A GraphQL resolver.
    APIM_RESOLVER = "Microsoft.ApiManagement" / "service" / "apis" / "resolvers" @ APIM;
    /// The policy of a GraphQL resolver.
    APIM_RESOLVER_POLICY = "Microsoft.ApiManagement" / "service" / "apis" / "resolvers" / "policies" @ APIM;
    /// A version set.
    APIM_VERSION_SET = "Microsoft.ApiManagement" / "service" / "apiVersionSets" @ APIM;
    /// A product.
    APIM_PRODUCT = "Microsoft.ApiManagement" / "service" / "products" @ APIM;
    /// An API of a product.
    APIM_PRODUCT_API = "Microsoft.ApiManagement" / "service" / "products" / "apis" @ APIM;
    /// A named value.
    APIM_NAMED_VALUE = "Microsoft.ApiManagement" / "service" / "namedValues" @ APIM;
    /// A backend.
    APIM_BACKEND = "Microsoft.ApiManagement" / "service" / "backends" @ APIM;
    /// A soft-deleted service, which can be recovered; its scope is a location, not a resource group.
    APIM_DELETED = "Microsoft.ApiManagement" / "locations" / "deletedservices" @ APIM;

    /// A user-assigned managed identity.
    IDENTITY = "Microsoft.ManagedIdentity" / "userAssignedIdentities" @ "2025-05-31-preview";
    /// A role definition.
    ROLE_DEFINITION = "Microsoft.Authorization" / "roleDefinitions" @ "2022-05-01-preview";
    /// A role assignment.
    ROLE_ASSIGNMENT = "Microsoft.Authorization" / "roleAssignments" @ "2022-04-01";
}

/// The API version for subscriptions.
pub const SUBSCRIPTIONS_VERSION: &str = "2022-12-01";
/// The API version for resource groups.
pub const GROUPS_VERSION: &str = "2024-11-01";
/// The API version to ask for one's own permissions with.
pub const PERMISSIONS_VERSION: &str = "2022-04-01";
/// The API version to register a resource provider with (what az sends).
pub const PROVIDERS_VERSION: &str = "2016-02-01";

/// The API version to use for `id` where the caller names none: that of its type, or of resource groups.
#[must_use]
pub fn api_version_of(id: &ResourceId) -> Option<&'static str> {
    if id.namespace().is_none() {
        return Some(if id.group().is_some() { GROUPS_VERSION } else { SUBSCRIPTIONS_VERSION });
    }
    let exact = ALL.iter().find(|t| t.matches(id));
    let sibling = || ALL.iter().find(|t| id.namespace().is_some_and(|n| n.eq_ignore_ascii_case(t.namespace)));
    exact.or_else(sibling).map(|t| t.api_version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_builds_and_matches_its_ids() {
        let scope = ResourceId::resource_group("s", "g");
        let id = CENTER_API.id(&scope, &["c", "default", "echo"]);
        assert_eq!(
            id.as_str(),
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiCenter/services/c/workspaces/default/apis/echo"
        );
        assert!(CENTER_API.matches(&id));
        assert!(!CENTER_VERSION.matches(&id));
        assert_eq!(api_version_of(&id), Some(APIC));
        assert_eq!(api_version_of(&scope), Some(GROUPS_VERSION));
    }
}
