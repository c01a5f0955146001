//! The POST actions on a service, and `checkNameAvailability`.

use serde_json::{Value, json};

use super::{deleted_services, errors, service};
use crate::arm_errors;
use crate::context::Context;
use crate::resources::Action;
use crate::response::{self, HandlerResult, Response};

/// The actions on a service.
pub(super) const ACTIONS: &[Action] = &[
    Action { name: "applyNetworkConfigurationUpdates", run: apply_network_configuration_updates },
    Action { name: "backup", run: |context, id| use_backup(context, id, "backup") },
    Action { name: "restore", run: |context, id| use_backup(context, id, "restore") },
];

fn apply_network_configuration_updates(context: &mut Context<'_>, id: &str) -> HandlerResult {
    respond(context, id)
}

/// `backup` and `restore`: checks the request, and does nothing.
fn use_backup(context: &mut Context<'_>, id: &str, action: &str) -> HandlerResult {
    check_storage(&context.request.json()?)?;
    let service = context.state.store.get(id);
    if service.is_some_and(|entry| entry.body["sku"]["name"] == "Consumption") {
        let message = format!("'{action}' is not supported by services of the tier Consumption.");
        return Err(errors::invalid_service(&message));
    }
    respond(context, id)
}

/// The service, as the result of an action that is done.
fn respond(context: &Context<'_>, id: &str) -> HandlerResult {
    let (name, group) = (context.route.rest.get(1), context.route.group);
    let entry = context.state.store.get(id).ok_or_else(|| {
        errors::service_not_found(name.copied().unwrap_or_default(), group.unwrap_or_default())
    })?;
    Ok(service::respond(200, entry))
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

/// `checkNameAvailability`: whether a name is available for a new service.
pub(super) fn check_name_availability(context: &Context<'_>) -> HandlerResult {
    if context.method() != "POST" {
        return Err(arm_errors::method_not_allowed(context.method()));
    }
    let body = context.request.json()?;
    let Some(name) = body["name"].as_str() else {
        return Err(errors::invalid_service("'name' is required."));
    };
    let is_taken =
        || service::exists(context.state, name) || deleted_services::find(context.state, name).is_some();
    let (reason, message) = if !service::is_valid_name(name) {
        let message = "The name must have 1 to 50 letters, digits and hyphens, start with a letter and not end with a hyphen.";
        ("Invalid", message.to_owned())
    } else if is_taken() {
        ("AlreadyExists", format!("{name} is already in use. Please select a different name."))
    } else {
        ("Valid", String::new())
    };
    let body = json!({"nameAvailable": reason == "Valid", "reason": reason, "message": message});
    Ok(response::json(200, &body))
}
