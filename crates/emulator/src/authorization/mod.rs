//! `Microsoft.Authorization`: role definitions and role assignments, at any scope.

mod assignments;
mod roles;

pub use assignments::has_any_role;
pub use roles::APIM_READER_ROLES;

use serde_json::json;

use super::context::{Context, HandlerResult};
use crate::arm_errors;
use crate::response::{self, Response};

/// Answers for everything under the last `providers/Microsoft.Authorization` of a path.
pub fn handle(context: &mut Context<'_>) -> HandlerResult {
    let rest = context.route.rest.clone();
    match (context.method(), &rest[..]) {
        ("GET", [kind]) if kind.eq_ignore_ascii_case("roleDefinitions") => Ok(definitions(context)),
        ("GET", [kind, name]) if kind.eq_ignore_ascii_case("roleDefinitions") => definition(context, name),
        ("GET", [kind]) if kind.eq_ignore_ascii_case("permissions") => Ok(permissions()),
        (_, [kind, ..]) if kind.eq_ignore_ascii_case("roleAssignments") => assignments::handle(context),
        (_, [kind, ..]) if kind.eq_ignore_ascii_case("roleDefinitions") => {
            Err(arm_errors::method_not_allowed(context.method()))
        }
        _ => Err(arm_errors::unknown_route(context.route)),
    }
}

fn definitions(context: &Context<'_>) -> Response {
    let wanted = context.request.query("$filter").and_then(|f| quoted(f, "roleName"));
    let found: Vec<_> = roles::BUILT_IN
        .iter()
        .filter(|role| wanted.as_deref().is_none_or(|name| role.name.eq_ignore_ascii_case(name)))
        .map(|role| role.body(&context.subscription_id()))
        .collect();
    response::json(200, &json!({"value": found}))
}

/// What the caller may do: everything, as an owner.
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

/// The text that a filter compares `field` with: `field eq 'text'`, with `''` for a quote.
fn quoted(filter: &str, field: &str) -> Option<String> {
    let at = filter.to_ascii_lowercase().find(&field.to_ascii_lowercase())?;
    let rest = filter[at + field.len()..].trim_start();
    let rest = rest.strip_prefix("eq").unwrap_or(rest).trim_start();
    let rest = rest.strip_prefix('(').unwrap_or(rest).trim_start().strip_prefix('\'')?;
    let mut text = String::new();
    let mut chars = rest.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\'' {
            text.push(c);
        } else if chars.next_if_eq(&'\'').is_some() {
            text.push('\'');
        } else {
            return Some(text);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn reads_the_filters_az_sends() {
        assert_eq!(quoted("roleName eq 'It''s'", "rolename").as_deref(), Some("It's"));
        assert_eq!(quoted("atScope() and assignedTo('p-1')", "assignedTo").as_deref(), Some("p-1"));
        assert_eq!(quoted("atScope()", "principalId"), None);
    }
}
