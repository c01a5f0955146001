//! The identity with which a center reads API Management, and its permission to do so.

use serde_json::Value;

use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::id::ResourceId;
use azr_core::resource::ROLE_ASSIGNMENT;

/// The ids of the built-in roles that may read an API Management service, as documented by Azure: API Management
/// Service Reader, API Management Service Contributor, Reader, Contributor, Owner.
const READER_ROLES: [&str; 5] = [
    "71522526-b88f-4d52-b57f-d31fc3546d0d",
    "312a565d-c81f-4fd8-895a-4e21e48d571c",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
];

/// The principal of the identity that the center uses: the given user-assigned one, else the system-assigned one, else
/// the first user-assigned one.
///
/// None if the center has no identity; empty if the identity does not show its principal.
pub(crate) fn identity_principal(center: &Value, user_assigned: Option<&str>) -> Option<String> {
    let identity = center.get("identity")?;
    let kind = identity.get("type").and_then(Value::as_str).unwrap_or("None");
    if kind.eq_ignore_ascii_case("none") {
        return None;
    }
    let principal_of = |value: &Value| value.get("principalId").and_then(Value::as_str).map(str::to_owned);
    let user_identities = || identity.get("userAssignedIdentities")?.as_object();
    let principal = match user_assigned {
        Some(user) => user_identities()
            .and_then(|all| principal_of(all.iter().find(|(id, _)| id.eq_ignore_ascii_case(user))?.1)),
        None => principal_of(identity).or_else(|| user_identities()?.values().next().and_then(principal_of)),
    };
    Some(principal.unwrap_or_default())
}

/// Whether the principal has a role that may read the service; true if role assignments cannot be listed.
pub(crate) async fn has_reader_role(client: &Client, service: &ResourceId, principal: &str) -> bool {
    let path = format!("{service}/providers/Microsoft.Authorization/roleAssignments");
    let target = Target::new(path, ROLE_ASSIGNMENT.api_version)
        .query("$filter", format!("principalId eq '{principal}'"));
    let Ok(listed) = pager::list(client, &target, None, None).await else { return true };
    listed.items.iter().any(|assignment| {
        let properties = &assignment["properties"];
        let role = properties["roleDefinitionId"].as_str().unwrap_or_default().to_ascii_lowercase();
        properties["principalId"].as_str() == Some(principal)
            && READER_ROLES.iter().any(|id| role.ends_with(id))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_system_assigned_identity_comes_first() {
        assert_eq!(identity_principal(&json!({}), None), None);
        assert_eq!(identity_principal(&json!({"identity": {"type": "None"}}), None), None);
        let both = json!({"identity": {"type": "SystemAssigned,UserAssigned", "principalId": "p",
                          "userAssignedIdentities": {"/a": {"principalId": "q"}}}});
        assert_eq!(identity_principal(&both, None).as_deref(), Some("p"));
        let user = json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {"/a": {"principalId": "q"}}}});
        assert_eq!(identity_principal(&user, None).as_deref(), Some("q"));
        assert_eq!(identity_principal(&both, Some("/A")).as_deref(), Some("q"));
        assert_eq!(identity_principal(&both, Some("/other")).as_deref(), Some(""));
    }
}
