//! The identity that a center reads API Management with, and whether it has a role that allows it.

use serde_json::Value;

use super::{Import, failure};
use crate::authorization::{APIM_READER_ROLES, has_any_role};
use crate::state::State;

/// The principal a center acts as: the given user-assigned identity, else its own, else its first user-assigned.
#[must_use]
pub(super) fn principal(state: &State, center: &str, user: Option<&str>) -> Option<String> {
    let identity = &state.store.get(center)?.body["identity"];
    let users = identity["userAssignedIdentities"].as_object();
    let principal_id = |value: &Value| value["principalId"].as_str().map(str::to_owned);
    if let Some(user) = user {
        return users?
            .iter()
            .find(|(id, _)| id.eq_ignore_ascii_case(user))
            .and_then(|(_, value)| principal_id(value));
    }
    principal_id(identity).or_else(|| users?.values().next().and_then(principal_id))
}

/// Refuses an import that the center's identity has no role for, in the words of ARM.
pub(super) fn check_access(state: &State, import: &Import<'_>, service: &str) -> Result<(), Value> {
    let Some(principal) = principal(state, import.center, import.identity.as_deref()) else {
        return Err(failure(
            "IdentityNotFound",
            "The API center does not have the managed identity to read with.",
        ));
    };
    if has_any_role(state, &principal, service, APIM_READER_ROLES) {
        return Ok(());
    }
    let text = format!(
        "The client '{principal}' with object id '{principal}' does not have authorization to perform action \
         'Microsoft.ApiManagement/service/apis/read' over scope '{service}' or the scope is invalid. If access was \
         recently granted, please refresh your credentials."
    );
    Err(failure("AuthorizationFailed", &text))
}
