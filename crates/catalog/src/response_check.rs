//! Checks that the response to a request belongs to the resource that was requested.

use serde_json::Value;

use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;

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
        _ => Ok(()),
    }
}

/// Fails unless a successful response describes the API of API Management with this resource id.
///
/// The response may give the current revision its number.
pub(crate) fn check_source_api(body: &Value, id: &str) -> Result<()> {
    let root_name = |id: &str| {
        let name = id.rsplit('/').next().unwrap_or_default();
        name.split(";rev=").next().unwrap_or_default().to_lowercase()
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
    use azr_core::resource::CENTER_API;

    #[test]
    fn another_api_of_api_management_is_not_the_one_that_was_requested() {
        let check = |body: &Value| check_source_api(body, "/x/apis/orders;rev=2").is_ok();
        let of = |name: &str| json!({"id": format!("/x/apis/{name}"), "properties": {}});
        assert!(check(&of("orders")) && check(&of("Orders;rev=2")) && check(&json!({"properties": {}})));
        assert!(!check(&of("weather")) && !check(&json!({"id": "/x/apis/orders"})) && !check(&Value::Null));
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
