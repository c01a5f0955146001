//! The services of an import: the one that is read, the center that is written, and the identity in between.

use serde_json::Value;

use super::finding::Finding;
use crate::commands::apic::reader::{may_read, principal};
use azr_arm::client::Client;
use azr_arm::plan::Target;
use azr_core::error::Result;
use azr_core::glob;
use azr_core::id::ResourceId;
use azr_core::resource::{CENTER, PERMISSIONS_VERSION, api_version_of};

/// What whoever is signed in is to be allowed to do with a service.
struct Need {
    check: &'static str,
    actions: &'static [&'static str],
    role: &'static str,
}

const READ: Need = Need {
    check: "read API Management",
    actions: &[
        "Microsoft.ApiManagement/service/read",
        "Microsoft.ApiManagement/service/apis/read",
        // Exports.
        "Microsoft.ApiManagement/service/apis/operations/read",
    ],
    role: "API Management Service Reader Role",
};

const WRITE: Need = Need {
    check: "write API Center",
    actions: &[
        "Microsoft.ApiCenter/services/workspaces/apis/write",
        "Microsoft.ApiCenter/services/workspaces/apis/versions/definitions/importSpecification/action",
    ],
    role: "Azure API Center Service Contributor",
};

/// The API Management service is there and may be read.
pub async fn management(client: &Client, service: &ResourceId) -> Finding {
    allowed(client, service, &READ).await.0
}

/// The center is there and may be written; gives it as it is.
pub async fn center(client: &Client, center: &ResourceId) -> (Finding, Option<Value>) {
    allowed(client, center, &WRITE).await
}

/// The center has an identity that may read the service, which a service-side import needs.
pub async fn reader(
    client: &Client,
    center: &ResourceId,
    found: &Value,
    service: Option<&ResourceId>,
) -> Finding {
    const CHECK: &str = "center's identity";
    let Some(principal) = principal(found, None) else {
        let (group, name) = (center.group().unwrap_or_default(), center.name());
        return Finding::amiss(
            CHECK,
            format!(
                "{name} has none, so that a service-side import cannot read API Management (--mode client can)"
            ),
            format!("azr apic update -g {group} -n {name} --identity type=SystemAssigned"),
        );
    };
    let Some(service) = service else {
        return Finding::well(CHECK, format!("{principal}; --apim-name says what it should be able to read"));
    };
    if may_read(client, service, &principal).await {
        return Finding::well(CHECK, format!("{principal} may read {}", service.name()));
    }
    Finding::amiss(
        CHECK,
        format!("{principal} seems to have no role on {}", service.name()),
        format!(
            "azr role assignment create --role \"API Management Service Reader Role\" --assignee-object-id {principal} --assignee-principal-type ServicePrincipal --scope {service}"
        ),
    )
}

async fn allowed(client: &Client, id: &ResourceId, need: &Need) -> (Finding, Option<Value>) {
    let version = api_version_of(id).unwrap_or(CENTER.api_version);
    let found = match client.send("GET", &Target::new(id.as_str(), version), None).await {
        Ok(answer) => answer.body,
        Err(error) => {
            let mut finding = Finding::failed(need.check, &error);
            // The general hint of a refusal does not know the role.
            if finding.mend.is_none() || error.code() == "AuthorizationFailed" {
                finding.mend = Some(granting(id, need));
            }
            return (finding, None);
        }
    };
    let finding = match permissions(client, id).await {
        Ok(held) => match need.actions.iter().find(|action| !grants(&held, action)) {
            None => Finding::well(need.check, format!("{} is there, and it may be done", id.name())),
            Some(action) => Finding::amiss(
                need.check,
                format!("{} is there, but {action} is not allowed", id.name()),
                granting(id, need),
            ),
        },
        Err(error) => Finding::untried(
            need.check,
            format!("{} is there; permissions cannot be seen: {error}", id.name()),
        ),
    };
    (finding, Some(found))
}

fn granting(id: &ResourceId, need: &Need) -> String {
    format!("azr role assignment create --role \"{}\" --assignee-object-id OBJECT --scope {id}", need.role)
}

/// What the caller may do with a resource, as the Resource Manager says.
async fn permissions(client: &Client, id: &ResourceId) -> Result<Vec<Value>> {
    let at = Target::new(format!("{id}/providers/Microsoft.Authorization/permissions"), PERMISSIONS_VERSION);
    let answer = client.send("GET", &at, None).await?;
    Ok(answer.body["value"].as_array().cloned().unwrap_or_default())
}

/// Whether one of the permissions has the action, and does not take it out again.
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
    fn an_action_is_granted_by_a_pattern_that_does_not_take_it_out() {
        let action = "Microsoft.ApiCenter/services/workspaces/apis/write";
        let of = |actions: &[&str], not: &[&str]| vec![json!({"actions": actions, "notActions": not})];
        assert!(grants(&of(&["*"], &[]), action));
        assert!(grants(&of(&["microsoft.apicenter/*"], &["*/delete"]), action));
        assert!(!grants(&of(&["*/read"], &[]), action));
        assert!(!grants(&of(&["*"], &["Microsoft.ApiCenter/*/write"]), action));
        assert!(!grants(&[], action));
        let both = [of(&["*"], &["*/write"]), of(&["Microsoft.ApiCenter/*"], &[])].concat();
        assert!(grants(&both, action));
    }
}
