//! Checks the services of an import: the API Management service, the API center, and the identity of the center.

use serde_json::Value;

use super::finding::Finding;
use crate::commands::apic::service_reader::{has_reader_role, identity_principal};
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::plan::Target;
use azr_core::error::Result;
use azr_core::glob;
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER, PERMISSIONS_VERSION, api_version_of};

/// The permissions that the signed-in user needs on a service.
struct RequiredAccess {
    check: &'static str,
    actions: &'static [&'static str],
    role: &'static str,
}

const READ: RequiredAccess = RequiredAccess {
    check: "read API Management",
    actions: &[
        "Microsoft.ApiManagement/service/read",
        "Microsoft.ApiManagement/service/apis/read",
        // To export definitions.
        "Microsoft.ApiManagement/service/apis/operations/read",
    ],
    role: "API Management Service Reader Role",
};

const WRITE: RequiredAccess = RequiredAccess {
    check: "write API Center",
    actions: &[
        "Microsoft.ApiCenter/services/workspaces/apis/write",
        "Microsoft.ApiCenter/services/workspaces/apis/versions/definitions/importSpecification/action",
    ],
    role: "Azure API Center Service Contributor",
};

/// Checks that the API Management service exists and can be read.
///
/// `user` is the object id of the signed-in user, for the command that grants a role.
pub(crate) async fn management(client: &Client, service: &ResourceId, user: Option<&str>) -> Finding {
    check_access(client, service, &READ, user).await.0
}

/// Checks that the API center exists and can be written; returns it.
pub(crate) async fn center(
    client: &Client,
    center: &ResourceId,
    user: Option<&str>,
) -> (Finding, Option<Value>) {
    check_access(client, center, &WRITE, user).await
}

/// Checks that the API center has an identity that can read the service, which a service-side import requires.
pub(crate) async fn center_identity(
    client: &Client,
    center: &ResourceId,
    body: &Value,
    service: Option<&ResourceId>,
) -> Finding {
    const CHECK: &str = "center's identity";
    let Some(principal) = identity_principal(body, None) else {
        let (group, name) = (center.group().unwrap_or_default(), center.name());
        return Finding::failed(
            CHECK,
            format!(
                "{name} has no identity, which a service-side import requires (an import with --mode client does not)"
            ),
            format!("azr apic update -g {group} -n {name} --identity type=SystemAssigned"),
        );
    };
    let Some(service) = service else {
        return Finding::ok(CHECK, format!("{principal}; use --apim-name to check what it can read"));
    };
    if has_reader_role(client, service, &principal).await {
        return Finding::ok(CHECK, format!("{principal} can read {}", service.name()));
    }
    Finding::failed(
        CHECK,
        format!("{principal} appears to have no role on {}", service.name()),
        format!(
            "azr role assignment create --role \"API Management Service Reader Role\" --assignee-object-id {principal} --assignee-principal-type ServicePrincipal --scope {service}"
        ),
    )
}

async fn check_access(
    client: &Client,
    id: &ResourceId,
    access: &RequiredAccess,
    user: Option<&str>,
) -> (Finding, Option<Value>) {
    let version = api_version_of(id).unwrap_or(CENTER.api_version);
    let body = match client.send(Method::GET, &Target::new(id.as_str(), version), None).await {
        Ok(answer) => answer.body,
        Err(error) => {
            let mut finding = Finding::error(access.check, &error);
            // The general hint of a refusal does not name the role.
            if finding.hint.is_none() || error.code() == "AuthorizationFailed" {
                finding.hint = Some(grant_command(id, access, user));
            }
            return (finding, None);
        }
    };
    let finding = match permissions(client, id).await {
        Ok(permissions) => match access.actions.iter().find(|action| !grants(&permissions, action)) {
            None => {
                Finding::ok(access.check, format!("{} exists, and the permissions are sufficient", id.name()))
            }
            Some(action) => Finding::failed(
                access.check,
                format!("{} exists, but {action} is not permitted", id.name()),
                grant_command(id, access, user),
            ),
        },
        Err(error) => Finding::skipped(
            access.check,
            format!("{} exists, but its permissions cannot be read: {error}", id.name()),
        ),
    };
    (finding, Some(body))
}

fn grant_command(id: &ResourceId, access: &RequiredAccess, user: Option<&str>) -> String {
    let user = user.unwrap_or("OBJECT_ID");
    format!("azr role assignment create --role \"{}\" --assignee-object-id {user} --scope {id}", access.role)
}

/// The permissions of the signed-in user on a resource.
async fn permissions(client: &Client, id: &ResourceId) -> Result<Vec<Value>> {
    let target =
        Target::new(format!("{id}/providers/Microsoft.Authorization/permissions"), PERMISSIONS_VERSION);
    let answer = client.send(Method::GET, &target, None).await?;
    Ok(answer.body["value"].as_array().cloned().unwrap_or_default())
}

/// Whether one of the permissions includes the action and does not exclude it.
fn grants(permissions: &[Value], action: &str) -> bool {
    let has = |permission: &Value, list: &str| {
        let patterns = permission[list].as_array().into_iter().flatten().filter_map(Value::as_str);
        patterns.into_iter().any(|pattern| glob::matches_glob(pattern, action))
    };
    permissions.iter().any(|permission| has(permission, "actions") && !has(permission, "notActions"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_action_is_granted_by_a_pattern_that_does_not_exclude_it() {
        let action = "Microsoft.ApiCenter/services/workspaces/apis/write";
        let permission =
            |actions: &[&str], not: &[&str]| vec![json!({"actions": actions, "notActions": not})];
        assert!(grants(&permission(&["*"], &[]), action));
        assert!(grants(&permission(&["microsoft.apicenter/*"], &["*/delete"]), action));
        assert!(!grants(&permission(&["*/read"], &[]), action));
        assert!(!grants(&permission(&["*"], &["Microsoft.ApiCenter/*/write"]), action));
        assert!(!grants(&[], action));
        let both = [permission(&["*"], &["*/write"]), permission(&["Microsoft.ApiCenter/*"], &[])].concat();
        assert!(grants(&both, action));
    }
}
