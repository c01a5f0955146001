//! What can be done with a service besides changing it.

use serde_json::{Value, json};

use super::place::Scope;
use super::{collection, deleted, errors, service};
use crate::request::ParsedRequest;
use crate::response::{self, Response};
use crate::state::State;

/// Whether this segment after a service's name is an action.
pub fn is_action(segment: &str) -> bool {
    matches!(segment, "applynetworkconfigurationupdates" | "backup" | "restore")
}

/// Does the action and answers with the service, as one that took no time.
pub fn act(
    state: &mut State,
    request: &ParsedRequest,
    scope: &Scope,
    name: &str,
    action: &str,
) -> Result<Response, Response> {
    if request.method != "POST" {
        return Err(errors::method_not_allowed(request.method.as_str()));
    }
    let entry = state.store.get(&service::id(scope, name));
    let entry = entry.ok_or_else(|| errors::no_service(name, scope.group.unwrap_or_default()))?;
    if action != "applynetworkconfigurationupdates" {
        check_storage(&request.json()?)?;
        if entry.body["sku"]["name"] == "Consumption" {
            let message = format!("'{action}' is not supported by services of the tier Consumption.");
            return Err(errors::invalid_service(&message));
        }
    }
    Ok(collection::entity(200, entry, &entry.body))
}

fn check_storage(body: &Value) -> Result<(), Response> {
    let text = |member: &str| body[member].as_str().unwrap_or_default();
    let required = |member: &str| {
        if text(member).is_empty() {
            return Err(errors::invalid_service(&format!("'{member}' is required.")));
        }
        Ok(())
    };
    for member in ["storageAccount", "containerName", "backupName"] {
        required(member)?;
    }
    match text("accessType") {
        "" | "AccessKey" => required("accessKey"),
        "SystemAssignedManagedIdentity" => Ok(()),
        "UserAssignedManagedIdentity" => required("clientId"),
        other => Err(errors::invalid_service(&format!("'accessType' is '{other}'."))),
    }
}

/// Whether a name is free for a new service.
pub fn check_name(state: &State, request: &ParsedRequest) -> Result<Response, Response> {
    if request.method != "POST" {
        return Err(errors::method_not_allowed(request.method.as_str()));
    }
    let body = request.json()?;
    let Some(name) = body["name"].as_str() else {
        return Err(errors::invalid_service("'name' is required."));
    };
    let taken = || {
        service::all(state)
            .iter()
            .any(|e| e.body["name"].as_str().is_some_and(|n| n.eq_ignore_ascii_case(name)))
            || deleted::find(state, name).is_some()
    };
    let (reason, message) = if !service::is_name(name) {
        (
            "Invalid",
            "The name must have 1 to 50 letters, digits and hyphens, a letter first and no hyphen last."
                .to_owned(),
        )
    } else if taken() {
        ("AlreadyExists", format!("{name} is already in use. Please select a different name."))
    } else {
        ("Valid", String::new())
    };
    let body = json!({"nameAvailable": reason == "Valid", "reason": reason, "message": message});
    Ok(response::json(200, &body))
}
