//! Looking up roles by name, and assignments by what they say.

use std::collections::HashMap;

use serde_json::Value;

use crate::session::Session;
use azr_arm::client::Client;
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::resource::{ROLE_ASSIGNMENT, ROLE_DEFINITION};

/// Which assignments are wanted.
#[derive(Default)]
pub struct Wanted {
    /// At this scope; None for all of the subscription.
    pub scope: Option<String>,
    /// At the scopes above, too.
    pub inherited: bool,
    /// Of this principal.
    pub principal: Option<String>,
    /// Of groups it is in, too.
    pub groups: bool,
    /// Of this role, by its resource id.
    pub role: Option<String>,
}

impl Wanted {
    /// All at one scope.
    pub fn at(scope: &str) -> Self {
        Self { scope: Some(scope.to_owned()), ..Self::default() }
    }
}

/// Whether a text is a GUID.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::try_parse(text).is_ok()
}

/// The resource id of a role, from its id, its GUID or its name.
pub async fn role_id(session: &Session, client: &Client, role: &str, scope: &str) -> Result<String> {
    if role.to_ascii_lowercase().contains("/providers/microsoft.authorization/roledefinitions/") {
        return Ok(role.to_owned());
    }
    if is_guid(role) {
        let subscription = session.subscription_scope()?;
        return Ok(format!("{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"));
    }
    let at = definitions(scope).query("$filter", format!("roleName eq '{}'", role.replace('\'', "''")));
    let found = pager::list(client, &at, None, None).await?.items;
    match &found[..] {
        [one] => one["id"]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| Error::invalid_response(format!("the role '{role}' came without an id"))),
        [] => Err(Error::no_match(format!("--role: there is no role '{role}'"))
            .with_hint("See: az role definition list --query '[].roleName' -o tsv")),
        many => {
            let ids: Vec<&str> = many.iter().filter_map(|d| d["id"].as_str()).collect();
            Err(Error::ambiguous(format!("--role: several roles are called '{role}'"))
                .with_hint(format!("Give the id of one: {}", ids.join(", "))))
        }
    }
}

/// The assignments that are wanted, as the service sends them.
pub async fn assignments(session: &Session, client: &Client, wanted: &Wanted) -> Result<Vec<Value>> {
    // The service does not take `atScope()` and `principalId eq` together.
    let (base, filter) = match (&wanted.scope, &wanted.principal, wanted.groups) {
        (Some(scope), Some(principal), true) => {
            (scope.clone(), Some(format!("atScope() and assignedTo('{principal}')")))
        }
        (Some(scope), ..) => (scope.clone(), Some("atScope()".to_owned())),
        (None, Some(principal), true) => (all(session)?, Some(format!("assignedTo('{principal}')"))),
        (None, Some(principal), false) => (all(session)?, Some(format!("principalId eq '{principal}'"))),
        (None, None, _) => (all(session)?, None),
    };
    let mut at = Target::new(
        format!("{base}/providers/Microsoft.Authorization/roleAssignments"),
        ROLE_ASSIGNMENT.api_version,
    );
    if let Some(filter) = filter {
        at = at.query("$filter", filter);
    }
    let mut found = pager::list(client, &at, None, None).await?.items;
    found.retain(|assignment| matches(assignment, wanted));
    Ok(found)
}

fn all(session: &Session) -> Result<String> {
    Ok(session.subscription_scope()?.to_string())
}

fn matches(assignment: &Value, wanted: &Wanted) -> bool {
    let text = |member: &str| assignment["properties"][member].as_str().unwrap_or_default();
    let same = |member: &str, value: &str| text(member).eq_ignore_ascii_case(value);
    let here = wanted.inherited
        || wanted.scope.as_deref().is_none_or(|scope| {
            // The root scope is `/` in an assignment.
            text("scope").trim_end_matches('/').eq_ignore_ascii_case(scope)
        });
    here && wanted.role.as_deref().is_none_or(|role| same_role(text("roleDefinitionId"), role))
        && (wanted.groups
            || wanted.principal.as_deref().is_none_or(|principal| same("principalId", principal)))
}

/// Whether two ids mean the same role; built-in roles come with and without a subscription in front.
fn same_role(one: &str, other: &str) -> bool {
    let name = |id: &str| id.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
    name(one) == name(other)
}

/// Puts the names of roles, and empty names of principals, into shown assignments.
pub async fn fill_role_names(
    session: &Session,
    client: &Client,
    scope: Option<&str>,
    shown: &mut [Value],
) -> Result<()> {
    let scope = match scope {
        Some(scope) => scope.to_owned(),
        None => all(session)?,
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

fn definitions(scope: &str) -> Target {
    Target::new(
        format!("{scope}/providers/Microsoft.Authorization/roleDefinitions"),
        ROLE_DEFINITION.api_version,
    )
}
