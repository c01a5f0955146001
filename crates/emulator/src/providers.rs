//! What Resource Manager knows about resource providers: their types with API versions and regions, their operations, and
//! whether a subscription has registered them.
//!
//! Types and operations are those that the emulator has, in the shape of the published specification.

use serde_json::{Value, json};

use crate::context::Context;
use crate::locations::{self, LOCATIONS};
use crate::resources::{ApiVersions, Provider};
use crate::response::{self, HandlerResult};
use crate::route::NAMESPACES;
use crate::{apic, apim, arm_errors, registration};

/// The types of the providers that have no table, each with its API versions, the newest first.
const OTHER_TYPES: &[(&str, &str, &[&str])] = &[
    ("Microsoft.Authorization", "roleAssignments", &["2022-04-01", "2020-10-01-preview"]),
    ("Microsoft.Authorization", "roleDefinitions", &["2022-05-01-preview", "2022-04-01"]),
    (
        "Microsoft.ManagedIdentity",
        "userAssignedIdentities",
        &["2025-05-31-preview", "2024-11-30", "2023-01-31"],
    ),
    ("Microsoft.Resources", "resourceGroups", &["2024-11-01", "2022-09-01"]),
    ("Microsoft.Resources", "subscriptions", &["2022-12-01"]),
    ("Microsoft.Resources", "tenants", &["2022-12-01"]),
];

/// Whether a request is for a provider itself rather than for one of its resources.
///
/// Its path is `/providers/NS`, `/providers/NS/operations`, or `/subscriptions/S/providers/NS` with `register` or
/// `unregister`.
#[must_use]
pub(crate) fn is_provider_request(context: &Context<'_>) -> bool {
    let route = context.route;
    let is_one_of = |names: &[&str]| match route.rest[..] {
        [] => true,
        [name] => names.iter().any(|other| other.eq_ignore_ascii_case(name)),
        _ => false,
    };
    match (route.all.len() - route.rest.len(), route.subscription) {
        (2, None) => is_one_of(&["operations"]),
        (4, Some(_)) => is_one_of(&["register", "unregister"]),
        _ => false,
    }
}

/// Lists the providers, of a subscription or of all.
pub(crate) fn list(context: &Context<'_>) -> HandlerResult {
    if context.method() != "GET" {
        return Err(arm_errors::method_not_allowed(context.method()));
    }
    let values: Vec<Value> = NAMESPACES.iter().map(|namespace| body(context, namespace)).collect();
    Ok(response::json(200, &json!({"value": values})))
}

/// Shows, registers or unregisters a provider, or lists its operations.
///
/// The response to registering says `Registering`, the next GET `Registered`.
pub(crate) fn handle(context: &mut Context<'_>) -> HandlerResult {
    let namespace = context.route.namespace.unwrap_or_default();
    let Some(namespace) = NAMESPACES.iter().find(|n| n.eq_ignore_ascii_case(namespace)) else {
        return Err(arm_errors::unknown_route(context.route));
    };
    let subscription = context.subscription_id();
    match (context.method(), context.route.rest.first().copied()) {
        ("GET", None) => Ok(response::json(200, &body(context, namespace))),
        ("GET", Some(name)) if name.eq_ignore_ascii_case("operations") => {
            Ok(response::json(200, &json!({"value": operations(namespace)})))
        }
        ("POST", Some(action)) if !subscription.is_empty() => {
            let is_register = action.eq_ignore_ascii_case("register");
            let is_new = is_register && !registration::is_registered(context.state, &subscription, namespace);
            registration::set_registered(context.state, &subscription, namespace, is_register);
            let mut body = body(context, namespace);
            if is_new {
                body["registrationState"] = json!("Registering");
            }
            Ok(response::json(200, &body))
        }
        _ => Err(arm_errors::method_not_allowed(context.method())),
    }
}

fn body(context: &Context<'_>, namespace: &str) -> Value {
    let subscription = context.subscription_id();
    let mut body = json!({
        "id": format!("{subscription}/providers/{namespace}"),
        "namespace": namespace,
        "resourceTypes": types(namespace),
    });
    if !subscription.is_empty() {
        let is_registered = registration::is_registered(context.state, &subscription, namespace);
        body["registrationState"] = json!(if is_registered { "Registered" } else { "NotRegistered" });
        body["registrationPolicy"] = json!("RegistrationRequired");
    }
    body
}

fn table(namespace: &str) -> Option<&'static Provider> {
    [&apic::PROVIDER, &apim::PROVIDER].into_iter().find(|provider| provider.namespace() == namespace)
}

/// The types of a provider with their regions and API versions.
fn types(namespace: &str) -> Vec<Value> {
    let Some(provider) = table(namespace) else {
        let types = OTHER_TYPES.iter().filter(|(other, ..)| *other == namespace);
        return types.map(|(_, name, versions)| resource_type(name, &[], versions)).collect();
    };
    let locations: Vec<&str> = match namespace {
        "Microsoft.ApiCenter" => {
            apic::LOCATIONS.iter().filter_map(|name| Some(locations::find(name)?.display_name)).collect()
        }
        _ => LOCATIONS.iter().map(|location| location.display_name).collect(),
    };
    let versions = |versions: ApiVersions| -> Vec<&str> {
        provider.api_versions.iter().rev().copied().filter(|version| versions.contains(version)).collect()
    };
    let mut types = vec![
        resource_type(provider.root_name(), &locations, &versions(ApiVersions::All)),
        resource_type("operations", &[], &versions(ApiVersions::All)),
        resource_type("deletedServices", &[], &versions(provider.deleted_since)),
    ];
    types.extend(provider.kinds.iter().map(|kind| {
        let name = format!("{}/{}", provider.root_name(), kind.path.join("/"));
        resource_type(&name, &locations, &versions(kind.api_versions))
    }));
    types
}

fn resource_type(name: &str, locations: &[&str], versions: &[&str]) -> Value {
    json!({"resourceType": name, "locations": locations, "apiVersions": versions, "capabilities": "None"})
}

/// What can be done with the resources of a provider.
fn operations(namespace: &str) -> Vec<Value> {
    let operation = |resource: &str, action: &str, description: String| {
        json!({
            "name": format!("{namespace}/{resource}/{action}"),
            "isDataAction": false,
            "display": {
                "provider": namespace,
                "resource": resource,
                "operation": description,
                "description": description,
            },
        })
    };
    let of_type = |resource: &str, actions: Vec<&str>| -> Vec<Value> {
        let verbs = [("read", "Read"), ("write", "Create or update"), ("delete", "Delete")];
        let verbs = verbs.map(|(action, verb)| operation(resource, action, format!("{verb} {resource}")));
        let actions = actions.into_iter().map(|action| {
            operation(resource, &format!("{action}/action"), format!("{action} of {resource}"))
        });
        verbs.into_iter().chain(actions).collect()
    };
    let Some(provider) = table(namespace) else {
        let types = OTHER_TYPES.iter().filter(|(other, ..)| *other == namespace);
        return types.flat_map(|(_, name, _)| of_type(name, Vec::new())).collect();
    };
    let root_actions = provider.root_actions.iter().map(|action| action.name).collect();
    let mut all = of_type(provider.root_name(), root_actions);
    for kind in provider.kinds {
        let name = format!("{}/{}", provider.root_name(), kind.path.join("/"));
        all.extend(of_type(&name, kind.actions.iter().map(|action| action.name).collect()));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;
    use crate::testing::{CENTER, ask, body, emulator};

    #[test]
    fn a_service_needs_its_provider_registered() {
        let azure = emulator(Options::default());
        let provider = "/subscriptions/s1/providers/Microsoft.ApiCenter";
        let center = || ask(&azure, "PUT", &format!("{CENTER}2"), Some(json!({"location": "eastus"})));
        assert_eq!(body(&ask(&azure, "GET", provider, None))["registrationState"], "Registered");
        ask(&azure, "POST", &format!("{provider}/unregister"), None);
        assert_eq!(center().status(), 409);
        let registered = ask(&azure, "POST", &format!("{provider}/register"), None);
        assert_eq!(body(&registered)["registrationState"], "Registering");
        assert_eq!(body(&ask(&azure, "GET", provider, None))["registrationState"], "Registered");
        assert_eq!(center().status(), 201);
    }

    #[test]
    fn providers_have_types_with_versions_and_regions() {
        let azure = emulator(Options::default());
        let shown = |path: &str| body(&ask(&azure, "GET", path, None));
        for list in ["/providers", "/subscriptions/s1/providers"] {
            let all = shown(list);
            assert_eq!(all["value"].as_array().map(Vec::len), Some(NAMESPACES.len()), "{list}");
        }
        let find = |provider: &Value, name: &str| {
            let types = provider["resourceTypes"].as_array().expect("types");
            types.iter().find(|t| t["resourceType"] == name).cloned().unwrap_or_default()
        };
        let center = shown("/subscriptions/s1/providers/microsoft.apicenter");
        assert_eq!(center["id"], "/subscriptions/s1/providers/Microsoft.ApiCenter");
        let services = find(&center, "services");
        assert_eq!(services["apiVersions"][0], "2024-06-01-preview");
        assert_eq!(services["locations"][0], "East US");
        let deleted = find(&center, "deletedServices");
        assert_eq!(deleted["apiVersions"], json!(["2024-06-01-preview", "2024-03-15-preview"]));
        let management = shown("/providers/Microsoft.ApiManagement");
        assert!(management.get("registrationState").is_none());
        assert_eq!(find(&management, "service/apis/tools")["apiVersions"], json!(["2025-09-01-preview"]));
        assert_eq!(
            find(&shown("/providers/Microsoft.Authorization"), "roleAssignments")["apiVersions"][0],
            "2022-04-01"
        );
        for namespace in ["Microsoft.ApiCenter", "Microsoft.ApiManagement"] {
            let operations = shown(&format!("/providers/{namespace}/operations"));
            let first = &operations["value"][0];
            assert!(first["name"].as_str().is_some_and(|name| name.ends_with("/read")), "{first}");
            assert_eq!(first["display"]["provider"], namespace);
        }
        let locations = shown("/subscriptions/s1/locations");
        assert_eq!(locations["value"][0]["displayName"], "East US");
        assert_eq!(ask(&azure, "POST", "/providers", None).status(), 405);
    }
}
