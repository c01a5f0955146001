//! The members that can be written.

use azr_core::resource::{
    CENTER_ANALYZER, CENTER_API, CENTER_DEFINITION, CENTER_DEPLOYMENT, CENTER_ENVIRONMENT, CENTER_METADATA,
    CENTER_SOURCE, CENTER_VERSION, ResourceType,
};

/// The member that contains custom metadata.
pub(super) const CUSTOM_PROPERTIES: &str = "customProperties";

/// Members whose values API Center may return in another case: enumerations and ids.
const CASE_INSENSITIVE: &[&str] = &["kind", "lifecycleStage", "environmentId", "definitionId", "type"];

/// Whether API Center may return the value of a member in another case.
pub(crate) fn ignores_case(member: &str) -> bool {
    CASE_INSENSITIVE.contains(&member)
}

/// The writable members of each resource type below a center.
static WRITABLE: [(&ResourceType, &[&str]); 8] = [
    (&CENTER_METADATA, &["schema", "assignedTo"]),
    (&CENTER_ENVIRONMENT, &["title", "kind", "description", "server", "onboarding", CUSTOM_PROPERTIES]),
    (
        &CENTER_API,
        &[
            "title",
            "summary",
            "description",
            "kind",
            "termsOfService",
            "license",
            "externalDocumentation",
            "contacts",
            CUSTOM_PROPERTIES,
        ],
    ),
    (&CENTER_VERSION, &["title", "lifecycleStage"]),
    (&CENTER_DEFINITION, &["title", "description"]),
    (
        &CENTER_DEPLOYMENT,
        &["title", "description", "environmentId", "definitionId", "state", "server", CUSTOM_PROPERTIES],
    ),
    (&CENTER_ANALYZER, &["title", "description", "analyzerType", "state", "filter"]),
    (
        &CENTER_SOURCE,
        &[
            "apiSourceType",
            "azureApiManagementSource",
            "importSpecification",
            "targetEnvironmentId",
            "targetLifecycleStage",
        ],
    ),
];

/// The writable members of a resource of this type.
pub(super) fn writable_members(resource_type: &ResourceType) -> &'static [&'static str] {
    let entry = WRITABLE.iter().find(|(writable_type, _)| *writable_type == resource_type);
    entry.map_or(&[], |(_, members)| members)
}

/// The writable members of a resource of this type, without the metadata, which has entries of several owners.
pub(crate) fn members_without_metadata(
    resource_type: &ResourceType,
) -> impl Iterator<Item = &'static str> + use<> {
    writable_members(resource_type).iter().copied().filter(|member| *member != CUSTOM_PROPERTIES)
}
