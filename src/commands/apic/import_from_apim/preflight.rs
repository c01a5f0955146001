//! What can be seen before a service-side import that would make it fail.
//!
//! A center without an identity stops the command: the service would fail with an opaque answer. What cannot be
//! seen for sure, such as a role that is inherited, is at most a warning; the service decides.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::arm::client::Client;
use crate::arm::id::ResourceId;
use crate::arm::pager;
use crate::arm::plan::Target;
use crate::arm::resource::{CENTER, ROLE_ASSIGNMENT};
use crate::error::{Error, Result};
use crate::output::message;

/// Built-in roles that may read an API Management service: API Management Service Reader and Contributor, Reader,
/// Contributor, Owner (ids as Azure documents them).
const READING_ROLES: [&str; 5] = [
    "71522526-b88f-4d52-b57f-d31fc3546d0d",
    "312a565d-c81f-4fd8-895a-4e21e48d571c",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
];

/// Checks the center's identity, and as far as it can be seen its role on the sources.
pub async fn check(client: &Client, center: &ResourceId, sources: &[String]) -> Result<()> {
    let found = match client.send("GET", &Target::new(center.as_str(), CENTER.api_version), None).await {
        Ok(answer) => answer.body,
        Err(e) if e.is_not_found() => return Err(e),
        Err(e) => {
            message::warn(&format!("The center's identity cannot be checked: {e}"));
            return Ok(());
        }
    };
    let Some(principal) = principal(&found) else {
        return Err(Error::invalid(format!(
            "the API center {} has no managed identity to read API Management with",
            center.name()
        ))
        .with_hint(format!(
            "Give it one: azr apic update -g {} -n {} --identity type=SystemAssigned",
            center.group().unwrap_or_default(),
            center.name()
        )));
    };
    if principal.is_empty() {
        return Ok(());
    }
    for service in services(sources) {
        if !may_read(client, &service, &principal).await {
            message::warn(&format!(
                "The center's identity seems to have no role on {}; if the import fails, assign it: azr role assignment create --role \"API Management Service Reader Role\" --assignee-object-id {principal} --assignee-principal-type ServicePrincipal --scope {service}",
                service.name()
            ));
        }
    }
    Ok(())
}

/// The principal of the identity that the service uses: the system-assigned one, else the first user-assigned one.
///
/// None without an identity; empty where there is one whose principal does not show.
fn principal(center: &Value) -> Option<String> {
    let identity = center.get("identity")?;
    let kind = identity.get("type").and_then(Value::as_str).unwrap_or("None");
    if kind.eq_ignore_ascii_case("none") {
        return None;
    }
    let of = |value: &Value| value.get("principalId").and_then(Value::as_str).map(str::to_owned);
    let user = || identity.get("userAssignedIdentities")?.as_object()?.values().next().and_then(of);
    Some(of(identity).or_else(user).unwrap_or_default())
}

/// The API Management services that the sources are in.
fn services(sources: &[String]) -> Vec<ResourceId> {
    let texts: BTreeSet<&str> = sources.iter().filter_map(|s| s.rsplitn(3, '/').nth(2)).collect();
    texts.into_iter().filter_map(|text| text.parse().ok()).collect()
}

/// Whether a role assignment that lets the principal read the service can be seen; true where none can be asked for.
async fn may_read(client: &Client, service: &ResourceId, principal: &str) -> bool {
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
        assert_eq!(principal(&json!({})), None);
        assert_eq!(principal(&json!({"identity": {"type": "None"}})), None);
        let both = json!({"identity": {"type": "SystemAssigned,UserAssigned", "principalId": "p",
                          "userAssignedIdentities": {"/a": {"principalId": "q"}}}});
        assert_eq!(principal(&both).as_deref(), Some("p"));
        let user = json!({"identity": {"type": "UserAssigned", "userAssignedIdentities": {"/a": {"principalId": "q"}}}});
        assert_eq!(principal(&user).as_deref(), Some("q"));
    }

    #[test]
    fn sources_of_one_service_are_asked_about_once() {
        let id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/a";
        let found = services(&[format!("{id}/apis/x"), format!("{id}/apis/*")]);
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [id]);
    }
}
