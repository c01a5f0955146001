//! `Microsoft.Authorization`: role definitions and role assignments at any scope.

mod assignments;
mod filter;
mod policy_token;
mod roles;

pub(crate) use assignments::has_any_role;
pub(crate) use policy_token::check as check_policy_token;
pub(crate) use roles::APIM_READER_ROLES;

use serde_json::json;

use super::context::{Context, HandlerResult};
use crate::arm_errors;
use crate::response::{self, Response};
use filter::quoted_text;

/// Answers for everything under the last `providers/Microsoft.Authorization` of a path.
pub(crate) fn handle(context: &mut Context<'_>) -> HandlerResult {
    let rest = context.route.rest.clone();
    match (context.method(), &rest[..]) {
        ("GET", [kind]) if kind.eq_ignore_ascii_case("roleDefinitions") => Ok(definitions(context)),
        ("GET", [kind, name]) if kind.eq_ignore_ascii_case("roleDefinitions") => definition(context, name),
        ("GET", [kind]) if kind.eq_ignore_ascii_case("permissions") => Ok(permissions()),
        ("POST", [action]) if action.eq_ignore_ascii_case("acquirePolicyToken") => {
            policy_token::acquire(context)
        }
        (_, [kind, ..]) if kind.eq_ignore_ascii_case("roleAssignments") => assignments::handle(context),
        (_, [kind, ..]) if kind.eq_ignore_ascii_case("roleDefinitions") => {
            Err(arm_errors::method_not_allowed(context.method()))
        }
        _ => Err(arm_errors::unknown_route(context.route)),
    }
}

fn definitions(context: &Context<'_>) -> Response {
    let role_name = context.request.query("$filter").and_then(|f| quoted_text(f, "roleName"));
    let found: Vec<_> = roles::BUILT_IN
        .iter()
        .filter(|role| role_name.as_deref().is_none_or(|name| role.name.eq_ignore_ascii_case(name)))
        .map(|role| role.body(&context.subscription_id()))
        .collect();
    response::json(200, &json!({"value": found}))
}

/// The permissions of the caller: those of an owner.
fn permissions() -> Response {
    let all = json!({"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []});
    response::json(200, &json!({"value": [all]}))
}

fn definition(context: &Context<'_>, id: &str) -> HandlerResult {
    match roles::BUILT_IN.iter().find(|role| role.id.eq_ignore_ascii_case(id)) {
        Some(role) => Ok(response::json(200, &role.body(&context.subscription_id()))),
        None => Err(roles::missing(id)),
    }
}
