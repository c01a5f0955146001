//! Looks up roles by name, and role assignments by filter.

use std::collections::HashMap;

use serde_json::Value;

use crate::session::Session;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::resource::{ROLE_ASSIGNMENT, ROLE_DEFINITION};

/// Selects role assignments.
#[derive(Default)]
pub(crate) struct Filter {
    /// The scope; None for the whole subscription.
    pub scope: Option<String>,
    /// Whether assignments at the scopes above are included.
    pub inherited: bool,
    /// The object id of the principal.
    pub principal: Option<String>,
    /// Whether assignments of groups that the principal is a member of are included.
    pub groups: bool,
    /// The resource id of the role.
    pub role: Option<String>,
}

impl Filter {
    /// All assignments at one scope.
    pub(crate) fn at_scope(scope: &str) -> Self {
        Self { scope: Some(scope.to_owned()), ..Self::default() }
    }
}

/// Whether a text is a GUID.
pub(crate) fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// The resource id of a role, from its id, its GUID or its name.
pub(crate) async fn role_id(session: &Session, client: &Client, role: &str, scope: &str) -> Result<String> {
    if role.to_ascii_lowercase().contains("/providers/microsoft.authorization/roledefinitions/") {
        return Ok(role.to_owned());
    }
    if is_guid(role) {
        let subscription = session.subscription_scope()?;
        return Ok(format!("{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"));
    }
    let target = definitions(scope).query("$filter", format!("roleName eq '{}'", role.replace('\'', "''")));
    let definitions = pager::list(client, &target, None, None).await?.items;
    match &definitions[..] {
        [one] => one["id"].as_str().map(str::to_owned).ok_or_else(|| {
            Error::invalid_response(format!("the service sent the role '{role}' without an id"))
        }),
        [] => Err(Error::no_match(format!("--role: the role '{role}' does not exist"))
            .with_hint("See: azr role definition list --query '[].roleName' -o tsv")),
        many => {
            let ids: Vec<&str> = many.iter().filter_map(|d| d["id"].as_str()).collect();
            Err(Error::ambiguous(format!("--role: several roles have the name '{role}'"))
                .with_hint(format!("Use the id of one of them: {}", ids.join(", "))))
        }
    }
}

/// The assignments that match a filter, as the service sends them.
pub(crate) async fn assignments(session: &Session, client: &Client, filter: &Filter) -> Result<Vec<Value>> {
    // The service does not take `atScope()` and `principalId eq` together.
    let (base, expression) = match (&filter.scope, &filter.principal, filter.groups) {
        (Some(scope), Some(principal), true) => {
            (scope.clone(), Some(format!("atScope() and assignedTo('{principal}')")))
        }
        (Some(scope), ..) => (scope.clone(), Some("atScope()".to_owned())),
        (None, Some(principal), true) => (subscription(session)?, Some(format!("assignedTo('{principal}')"))),
        (None, Some(principal), false) => {
            (subscription(session)?, Some(format!("principalId eq '{principal}'")))
        }
        (None, None, _) => (subscription(session)?, None),
    };
    let mut target = Target::new(
        format!("{base}/providers/Microsoft.Authorization/roleAssignments"),
        ROLE_ASSIGNMENT.api_version,
    );
    if let Some(expression) = expression {
        target = target.query("$filter", expression);
    }
    let mut assignments = pager::list(client, &target, None, None).await?.items;
    assignments.retain(|assignment| matches(assignment, filter));
    Ok(assignments)
}

fn subscription(session: &Session) -> Result<String> {
    Ok(session.subscription_scope()?.to_string())
}

fn matches(assignment: &Value, filter: &Filter) -> bool {
    let text = |member: &str| assignment["properties"][member].as_str().unwrap_or_default();
    let same = |member: &str, value: &str| text(member).eq_ignore_ascii_case(value);
    let is_in_scope = filter.inherited
        || filter.scope.as_deref().is_none_or(|scope| {
            // The root scope is `/` in an assignment.
            text("scope").trim_end_matches('/').eq_ignore_ascii_case(scope)
        });
    is_in_scope
        && filter.role.as_deref().is_none_or(|role| same_role(text("roleDefinitionId"), role))
        && (filter.groups
            || filter.principal.as_deref().is_none_or(|principal| same("principalId", principal)))
}

/// Whether two ids are those of the same role; the id of a built-in role may start with a subscription.
fn same_role(one: &str, other: &str) -> bool {
    let name = |id: &str| id.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    name(one) == name(other)
}

/// Adds the names of the roles to assignments as they are printed.
pub(crate) async fn add_role_names(
    session: &Session,
    client: &Client,
    scope: Option<&str>,
    shown: &mut [Value],
) -> Result<()> {
    let scope = match scope {
        Some(scope) => scope.to_owned(),
        None => subscription(session)?,
    };
    let definitions = pager::list(client, &definitions(&scope), None, None).await?.items;
    let name_of = |id: &str| id.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    let names: HashMap<String, Value> = definitions
        .iter()
        .filter_map(|d| Some((name_of(d["id"].as_str()?), d["properties"]["roleName"].clone())))
        .collect();
    for assignment in shown {
        let name = assignment["roleDefinitionId"].as_str().and_then(|id| names.get(&name_of(id)));
        assignment["roleDefinitionName"] = name.cloned().unwrap_or(Value::Null);
    }
    Ok(())
}

pub(crate) fn definitions(scope: &str) -> Target {
    Target::new(
        format!("{scope}/providers/Microsoft.Authorization/roleDefinitions"),
        ROLE_DEFINITION.api_version,
    )
}
