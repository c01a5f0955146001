//! Checks that the response to a request belongs to the resource that was requested.

use serde_json::Value;

use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::revision::split_revision;

/// A resource for messages: `apis 'orders'`.
pub(crate) fn described(id: &ResourceId) -> String {
    let kind = id.types_and_names().last().map_or("resource", |(kind, _)| kind);
    format!("{kind} '{}'", id.name())
}

/// Fails if a successful response contains an error, or describes another resource than this one.
pub(crate) fn check_body(body: &Value, id: &ResourceId) -> Result<()> {
    if body["error"].is_object() && body["properties"].is_null() {
        let error = &body["error"];
        let text = |member: &str| error[member].as_str().unwrap_or("an error without text").to_owned();
        return Err(Error::invalid_response(format!(
            "the service reported success for {} with an error: {}",
            described(id),
            text(if error["message"].is_string() { "message" } else { "code" })
        )));
    }
    let kind_and_name = |id: &str| {
        let mut segments = id.trim_end_matches('/').rsplit('/');
        let name = segments.next()?.to_owned();
        Some((segments.next()?.to_ascii_lowercase(), name))
    };
    let expected = kind_and_name(id.as_str());
    match (body["id"].as_str().and_then(kind_and_name), expected) {
        // The id of anything else, such as an operation, says nothing about the resource; nor does a text that is not a
        // name, such as the placeholder of a recording.
        (Some((kind, name)), Some((expected_kind, expected)))
            if kind == expected_kind && is_name(&name) && !name.eq_ignore_ascii_case(&expected) =>
        {
            let text = format!("the service responded with '{name}' instead of {}", described(id));
            Err(Error::invalid_response(text))
        }
        (Some((kind, _)), Some((expected_kind, _))) if kind == expected_kind => {
            match body["id"].as_str().and_then(|body_id| other_name(body_id, id.as_str())) {
                None => Ok(()),
                Some(name) => Err(Error::invalid_response(format!(
                    "the service responded with a resource of '{name}' instead of {}",
                    described(id)
                ))),
            }
        }
        _ => Ok(()),
    }
}

/// Fails unless an item of a list has a name and, if it has an id, that of a resource in this collection.
///
/// Items without a name would be missing, and those of another collection would be taken for its own.
pub(crate) fn check_item(item: &Value, collection: &str) -> Result<()> {
    let name = item["name"].as_str().filter(|name| !name.is_empty()).ok_or_else(|| {
        Error::invalid_response(format!("{collection}: an item of the list does not have a name"))
    })?;
    let parent = item["id"].as_str().and_then(|id| id.trim_end_matches('/').rsplit_once('/'));
    match parent.and_then(|(parent, _)| other_name(parent, collection)) {
        None => Ok(()),
        Some(other) => {
            Err(Error::invalid_response(format!("{collection}: the list has the item '{name}' of '{other}'")))
        }
    }
}

/// Whether an error says that the requested resource of API Management itself does not exist.
///
/// A 404 may also come from a proxy, or be about the subscription, the resource group or the service.
pub(crate) fn is_missing(error: &Error) -> bool {
    let Some(service) = error.service_error() else { return false };
    let is_about_parent = ["SubscriptionNotFound", "ResourceGroupNotFound", "ParentResourceNotFound"]
        .contains(&&*service.code)
        || service.message.contains("under resource group");
    error.is_not_found() && service.code.ends_with("NotFound") && !is_about_parent
}

/// The first name in an id, from its end, that is not the expected one; None if the ids lead to the same resource.
///
/// Subscription and resource group are not compared, because a service may be moved.
fn other_name<'v>(id: &'v str, expected: &str) -> Option<&'v str> {
    let is_provider = |segment: &str| segment.eq_ignore_ascii_case("providers");
    if !id.split('/').any(is_provider) {
        return None;
    }
    let pairs = id.trim_end_matches('/').rsplit('/').zip(expected.rsplit('/'));
    let mut pairs = pairs.take_while(|(_, expected)| !is_provider(expected));
    let (other, _) = pairs.find(|(segment, expected)| !segment.eq_ignore_ascii_case(expected))?;
    is_name(other).then_some(other)
}

/// Fails unless a successful response describes the API of API Management with this resource id.
///
/// The response may give the current revision its number.
pub(crate) fn check_source_api(body: &Value, id: &str) -> Result<()> {
    let root_name = |id: &str| {
        let name = id.rsplit('/').next().unwrap_or_default();
        split_revision(name).0.to_lowercase()
    };
    let expected = root_name(id);
    if let Some(actual) = body["id"].as_str().map(root_name).filter(|actual| *actual != expected) {
        let text = format!("API Management responded with the API '{actual}' instead of '{expected}'");
        return Err(Error::invalid_response(text));
    }
    if !body["properties"].is_object() {
        let text = format!("the response for the API '{expected}' does not have properties");
        return Err(Error::invalid_response(text));
    }
    Ok(())
}

/// Whether a resource of API Center may have this name.
fn is_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use azr_core::resource::{CENTER_API, CENTER_VERSION};

    #[test]
    fn another_api_of_api_management_is_not_the_one_that_was_requested() {
        let check = |body: &Value| check_source_api(body, "/x/apis/orders;rev=2").is_ok();
        let of = |name: &str| json!({"id": format!("/x/apis/{name}"), "properties": {}});
        assert!(check(&of("orders")) && check(&of("Orders;rev=2")) && check(&json!({"properties": {}})));
        assert!(!check(&of("weather")) && !check(&json!({"id": "/x/apis/orders"})) && !check(&Value::Null));
    }

    #[test]
    fn a_resource_below_another_one_is_not_the_one_that_was_requested() {
        let group = ResourceId::resource_group("s", "g");
        let id = CENTER_VERSION.id(&group, &["c", "default", "orders", "v1"]);
        let check = |id: &str, text: &str| {
            let body = json!({"id": text, "name": "v1", "properties": {}});
            let collection = id.rsplit_once('/').map_or(id, |(collection, _)| collection);
            let is_item = check_item(&body, collection).is_ok();
            assert_eq!(check_body(&body, &id.parse().expect("an id")).is_ok(), is_item, "{text}");
            is_item
        };
        let moved = id.as_str().replace("resourceGroups/g", "resourceGroups/other");
        assert!(check(id.as_str(), id.as_str()) && check(id.as_str(), &id.as_str().to_uppercase()));
        assert!(check(id.as_str(), &moved) && check(id.as_str(), "/x/versions/v1"));
        assert!(!check(id.as_str(), &id.as_str().replace("/orders/", "/weather/")));
        assert!(!check(id.as_str(), &id.as_str().replace("services/c/", "services/other/")));
        for item in [json!({"properties": {}}), json!({"name": ""}), Value::Null] {
            assert!(check_item(&item, "/x/versions").is_err(), "{item}");
        }
    }

    #[test]
    fn an_error_or_another_resource_is_not_a_success() {
        let id = CENTER_API.id(&ResourceId::resource_group("s", "g"), &["c", "default", "orders"]);
        let check = |body: &Value| check_body(body, &id).map_err(|error| error.to_string());
        let of = |name: &str| json!({"id": format!("/x/apis/{name}"), "name": name, "properties": {}});
        for body in [
            Value::Null,
            json!({}),
            of("orders"),
            of("Orders"),
            of("*"),
            json!({"id": "/x/operationResults/1", "status": "Succeeded"}),
            json!({"properties": {}, "error": {}}),
        ] {
            assert_eq!(check(&body), Ok(()), "{body}");
        }
        for (body, word) in [
            (of("weather"), "'weather' instead of apis 'orders'"),
            (json!({"error": {"code": "Busy", "message": "Try later"}}), "Try later"),
            (json!({"error": {"code": "Busy"}}), "Busy"),
        ] {
            assert!(check(&body).is_err_and(|error| error.contains(word)), "{body}");
        }
    }
}
