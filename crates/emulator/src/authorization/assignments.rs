//! Role assignments: made at a scope, inherited below it.

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::context::{Context, HandlerResult};
use super::super::state::State;
use super::super::store::Entry;
use super::filter::quoted_text;
use super::roles;
use crate::arm_errors;
use crate::response::{self, Response};
use crate::timestamps;

const MARKER: &str = "/providers/microsoft.authorization/roleassignments/";

/// Answers for `roleAssignments` at the scope of the path.
pub(super) fn handle(context: &mut Context<'_>) -> HandlerResult {
    let rest = context.route.rest.clone();
    match (context.method(), &rest[..]) {
        ("GET", [_]) => Ok(list(context)),
        ("GET", [_, name]) => match context.state.store.get(&context.request.path) {
            Some(entry) => Ok(response::json(200, &entry.body)),
            None => Err(response::error(
                404,
                "RoleAssignmentNotFound",
                &format!("The role assignment '{name}' is not found."),
            )),
        },
        ("PUT", [_, name]) => put(context, name),
        ("DELETE", [_, _]) => Ok(delete(context)),
        (_, [_] | [_, _]) => Err(arm_errors::method_not_allowed(context.method())),
        _ => Err(arm_errors::unknown_route(context.route)),
    }
}

fn all_assignments(state: &State) -> Vec<&Entry> {
    state.store.find(|id| id.contains(MARKER))
}

fn scope_of(entry: &Entry) -> &str {
    entry.body["properties"]["scope"].as_str().unwrap_or_default()
}

/// Whether an assignment at `assigned_scope` applies to `scope`.
fn covers(assigned_scope: &str, scope: &str) -> bool {
    let (assigned_scope, scope) =
        (assigned_scope.trim_end_matches('/').to_ascii_lowercase(), scope.to_ascii_lowercase());
    scope == assigned_scope || scope.strip_prefix(&assigned_scope).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether the principal has one of these roles at the scope or above it.
#[must_use]
pub(crate) fn has_any_role(state: &State, principal: &str, scope: &str, role_ids: &[&str]) -> bool {
    all_assignments(state).iter().any(|entry| {
        let properties = &entry.body["properties"];
        let role = properties["roleDefinitionId"].as_str().unwrap_or_default().rsplit('/').next();
        properties["principalId"].as_str().is_some_and(|p| p.eq_ignore_ascii_case(principal))
            && role.is_some_and(|role| role_ids.iter().any(|id| id.eq_ignore_ascii_case(role)))
            && covers(scope_of(entry), scope)
    })
}

/// Assignments at, above and below the scope; `atScope()` leaves out those below.
fn list(context: &Context<'_>) -> Response {
    let filter = context.request.query("$filter").unwrap_or_default();
    let principal = quoted_text(filter, "principalId").or_else(|| quoted_text(filter, "assignedTo"));
    let below = !filter.to_ascii_lowercase().contains("atscope()");
    let scope = context.route.scope;
    let found: Vec<&Value> = all_assignments(context.state)
        .into_iter()
        .filter(|e| covers(scope_of(e), scope) || (below && covers(scope, scope_of(e))))
        .map(|e| &e.body)
        .filter(|b| {
            let assigned_principal = b["properties"]["principalId"].as_str().unwrap_or_default();
            principal.as_deref().is_none_or(|p| p.eq_ignore_ascii_case(assigned_principal))
        })
        .collect();
    response::json(200, &json!({"value": found}))
}

fn bad_request(code: &str, text: &str) -> Response {
    response::error(400, code, text)
}

fn put(context: &mut Context<'_>, name: &str) -> HandlerResult {
    if Uuid::try_parse(name).is_err() {
        let text =
            format!("The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID.");
        return Err(bad_request("InvalidRoleAssignmentId", &text));
    }
    let given = context.request.json()?;
    let properties = &given["properties"];
    let principal = properties["principalId"].as_str().unwrap_or_default();
    if Uuid::try_parse(principal).is_err() {
        let text = format!("The principal ID '{principal}' is not valid. Principal ID must be a GUID.");
        return Err(bad_request("InvalidPrincipalId", &text));
    }
    let role = properties["roleDefinitionId"].as_str().unwrap_or_default();
    let role_id = role.rsplit('/').next().unwrap_or_default();
    if !roles::BUILT_IN.iter().any(|r| r.id.eq_ignore_ascii_case(role_id)) {
        return Err(roles::missing(role_id));
    }
    let kind = properties["principalType"].as_str().unwrap_or("ServicePrincipal");
    let id = format!("{}/providers/Microsoft.Authorization/roleAssignments/{name}", context.route.scope);
    let same = |e: &&Entry| {
        let p = &e.body["properties"];
        p["principalId"].as_str().is_some_and(|p| p.eq_ignore_ascii_case(principal))
            && p["roleDefinitionId"]
                .as_str()
                .is_some_and(|r| r.to_ascii_lowercase().ends_with(&role_id.to_ascii_lowercase()))
            && scope_of(e).eq_ignore_ascii_case(context.route.scope)
    };
    let duplicate = all_assignments(context.state)
        .into_iter()
        .find(same)
        .map(|e| e.body["name"].as_str().unwrap_or_default());
    if let Some(duplicate) =
        duplicate.filter(|name_of_duplicate| !name_of_duplicate.eq_ignore_ascii_case(name))
    {
        let text = format!(
            "The role assignment already exists. The ID of the existing role assignment is {}.",
            duplicate.replace('-', "")
        );
        return Err(response::error(409, "RoleAssignmentExists", &text));
    }
    if duplicate.is_none() && context.state.store.get(&id).is_some() {
        let text = "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.";
        return Err(bad_request("RoleAssignmentUpdateNotPermitted", text));
    }
    let now = timestamps::utc(context.request.now);
    let role_definition =
        format!("{}/providers/Microsoft.Authorization/roleDefinitions/{role_id}", context.subscription_id());
    let body = json!({
        "properties": {
            "roleDefinitionId": role_definition,
            "principalId": principal,
            "principalType": kind,
            "scope": context.route.scope,
            "condition": null,
            "conditionVersion": null,
            "createdOn": now,
            "updatedOn": now,
            "createdBy": null,
            "updatedBy": null,
            "delegatedManagedIdentityResourceId": null,
            "description": properties["description"],
        },
        "id": id,
        "type": "Microsoft.Authorization/roleAssignments",
        "name": name,
    });
    context.state.store.put(&id, body.clone());
    Ok(response::json(201, &body))
}

fn delete(context: &mut Context<'_>) -> Response {
    match context.state.store.get(&context.request.path).map(|e| e.body.clone()) {
        Some(body) => {
            context.state.store.delete(&context.request.path);
            response::json(200, &body)
        }
        None => response::empty(204),
    }
}

#[cfg(test)]
mod tests {
    use super::super::roles::APIM_READER_ROLES;
    use super::*;
    use crate::Options;
    use crate::testing::{GROUP, ask, body, emulator};

    const PRINCIPAL: &str = "33333333-3333-3333-3333-333333333333";

    fn assign(name: &str, principal: &str) -> (String, Value) {
        let url = format!("{GROUP}/providers/Microsoft.Authorization/roleAssignments/{name}");
        let role = "/subscriptions/s1/providers/Microsoft.Authorization/roleDefinitions/71522526-b88f-4d52-b57f-d31fc3546d0d";
        (url, json!({"properties": {"roleDefinitionId": role, "principalId": principal}}))
    }

    #[test]
    fn an_assignment_reaches_what_is_below_its_scope() {
        let azure = emulator(Options::default());
        let (url, given) = assign("55555555-5555-5555-5555-555555555555", PRINCIPAL);
        assert_eq!(ask(&azure, "PUT", &url, Some(given)).status(), 201);
        let apim = format!("{GROUP}/providers/Microsoft.ApiManagement/service/a");
        azure.with_state(|state| {
            assert!(has_any_role(state, PRINCIPAL, &apim, APIM_READER_ROLES));
            assert!(!has_any_role(
                state,
                PRINCIPAL,
                "/subscriptions/s1/resourceGroups/rg2",
                APIM_READER_ROLES
            ));
        });
        let all = format!(
            "{GROUP}/providers/Microsoft.Authorization/roleAssignments?$filter=principalId%20eq%20'{PRINCIPAL}'"
        );
        assert_eq!(body(&ask(&azure, "GET", &all, None))["value"].as_array().map(Vec::len), Some(1));
        assert_eq!(ask(&azure, "DELETE", &url, None).status(), 200);
        assert_eq!(ask(&azure, "DELETE", &url, None).status(), 204);
    }

    #[test]
    fn the_same_assignment_twice_and_a_bad_principal_are_refused() {
        let azure = emulator(Options::default());
        let (url, given) = assign("55555555-5555-5555-5555-555555555555", PRINCIPAL);
        ask(&azure, "PUT", &url, Some(given));
        let (url, given) = assign("66666666-6666-6666-6666-666666666666", PRINCIPAL);
        let twice = ask(&azure, "PUT", &url, Some(given));
        assert_eq!(twice.status(), 409);
        assert_eq!(body(&twice)["error"]["code"], "RoleAssignmentExists");
        let (url, given) = assign("66666666-6666-6666-6666-666666666666", "me");
        assert_eq!(ask(&azure, "PUT", &url, Some(given)).status(), 400);
    }
}
