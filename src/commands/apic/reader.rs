//! The identity that a center reads API Management with, and whether it may.

use serde_json::Value;

use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::id::ResourceId;
use azr_core::resource::ROLE_ASSIGNMENT;

/// Built-in roles that may read an API Management service: API Management Service Reader and Contributor, Reader,
/// Contributor, Owner (ids as Azure documents them).
const READING_ROLES: [&str; 5] = [
    "71522526-b88f-4d52-b57f-d31fc3546d0d",
    "312a565d-c81f-4fd8-895a-4e21e48d571c",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
];

/// The principal of the identity that the service uses: the user-assigned one that is named, else the
/// system-assigned one, else the first user-assigned one.
///
/// None without an identity; empty where there is one whose principal does not show.
pub fn principal(center: &Value, user: Option<&str>) -> Option<String> {
    let identity = center.get("identity")?;
    let kind = identity.get("type").and_then(Value::as_str).unwrap_or("None");
    if kind.eq_ignore_ascii_case("none") {
        return None;
    }
    let of = |value: &Value| value.get("principalId").and_then(Value::as_str).map(str::to_owned);
    let users = || identity.get("userAssignedIdentities")?.as_object();
    let found = match user {
        Some(user) => users().and_then(|all| of(all.iter().find(|(id, _)| id.eq_ignore_ascii_case(user))?.1)),
        None => of(identity).or_else(|| users()?.values().next().and_then(of)),
    };
    Some(found.unwrap_or_default())
}

/// Whether a role assignment that lets the principal read the service can be seen; true where none can be asked for.
pub async fn may_read(client: &Client, service: &ResourceId, principal: &str) -> bool {
    let path = format!("{service}/providers/Microsoft.Authorization/roleAssignments");
    let at = Target::new(path, ROLE_ASSIGNMENT.api_version)
        .query("$filter", format!("principalId eq '{principal}'"));
    let Ok(listed) = pager::list(client, &at, None, None).await else { return true };
    listed.items.iter().any(|assignment| {
        let properties = &assignment["properties"];
        let role = properties["roleDefinitionId"].as_str().unwrap_or_default().to_ascii_lowercase();
        properties["principalId"].as_str() == Some(principal)
            && READING_ROLES.iter().any(|id| role.ends_with(id))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_system_assigned_identity_comes_first() {
        assert_eq!(principal(&json!({}), None), None);
        assert_eq!(principal(&json!({"identity": {"type": "None"}}), None), None);
        let both = json!({"identity": {"type": "SystemAssigned,UserAssigned", "principalId": "p",
                          "userAssignedIdentities": {"/a": {"principalId": "q"}}}});
        assert_eq!(principal(&both, None).as_deref(), Some("p"));
        let user = json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {"/a": {"principalId": "q"}}}});
        assert_eq!(principal(&user, None).as_deref(), Some("q"));
        assert_eq!(principal(&both, Some("/A")).as_deref(), Some("q"));
        assert_eq!(principal(&both, Some("/other")).as_deref(), Some(""));
    }
}
