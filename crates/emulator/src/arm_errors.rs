//! The errors of Azure Resource Manager itself, as opposed to those of a resource provider.

use time::OffsetDateTime;

use crate::ids::TENANT_ID;
use crate::response::{self, Response, ResponseExt as _};
use crate::route::Route;
use crate::timestamps;

/// 404 for a path that no resource provider serves.
#[must_use]
pub(crate) fn unknown_route(route: &Route<'_>) -> Response {
    match (route.namespace, route.rest.first()) {
        (Some(namespace), Some(kind)) if route.has_known_namespace() => response::error(
            404,
            "InvalidResourceType",
            &format!("The resource type '{kind}' could not be found in the namespace '{namespace}'."),
        ),
        (Some(namespace), _) => response::error(
            404,
            "InvalidResourceNamespace",
            &format!("The resource namespace '{namespace}' is invalid."),
        ),
        (None, _) if route.subscription.is_none() => response::error(
            404,
            "MissingSubscription",
            "The request did not have a subscription or a valid tenant level resource provider.",
        ),
        (None, _) => {
            response::error(404, "NotFound", "No HTTP resource was found that matches the request URI.")
        }
    }
}

/// 405 for a method that the path does not support.
#[must_use]
pub(crate) fn method_not_allowed(method: &str) -> Response {
    let text = format!("The requested resource does not support http method '{method}'.");
    response::error(405, "MethodNotAllowed", &text)
}

/// 404 for a top-level resource that does not exist.
#[must_use]
pub(crate) fn resource_not_found(resource_type: &str, name: &str, group: &str) -> Response {
    let text = format!(
        "The Resource '{resource_type}/{name}' under resource group '{group}' was not found. For more details please \
         go to https://aka.ms/ARMResourceNotFoundFix"
    );
    response::error(404, "ResourceNotFound", &text)
}

/// 401 for a request whose token is missing or unusable.
#[must_use]
pub(crate) fn unauthorized(code: &str, message: &str, because: &str) -> Response {
    let challenge = format!(
        "Bearer authorization_uri=\"https://login.microsoftonline.com/{TENANT_ID}\", error=\"invalid_token\", \
         error_description=\"The authentication failed because of {because}.\""
    );
    response::error(401, code, message).with_header("www-authenticate", challenge)
}

/// 401 for a token that expired at `expiry`.
#[must_use]
pub(crate) fn token_expired(expiry: OffsetDateTime, now: OffsetDateTime) -> Response {
    let text = format!(
        "The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
        timestamps::utc(expiry),
        timestamps::utc(now)
    );
    unauthorized("ExpiredAuthenticationToken", &text, "an expired access token")
}
