//! What Azure Resource Manager does before and after the resource provider: authentication, checks, headers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use time::OffsetDateTime;

use crate::arm_errors::{token_expired, unauthorized};
use crate::ids;
use crate::options::Options;
use crate::request::ParsedRequest;
use crate::response::{self, Response, ResponseExt as _};
use crate::route::Route;
use crate::state::State;
use crate::token_buckets::RemainingRequests;

/// Refuses a request without a usable bearer token.
pub(crate) fn authenticate(request: &ParsedRequest, options: &Options) -> Result<(), Response> {
    let Some(header) = request.header("authorization") else {
        if !options.require_token {
            return Ok(());
        }
        let text = "Authentication failed. The 'Authorization' header is missing.";
        return Err(unauthorized("AuthenticationFailed", text, "missing 'Authorization' header"));
    };
    let token = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let token = token.map_or("", |(_, token)| token.trim());
    if token.is_empty() {
        let text = "Authentication failed. The 'Authorization' header is provided in an invalid format.";
        return Err(unauthorized("AuthenticationFailedInvalidHeader", text, "an invalid header"));
    }
    if token == "expired" || options.expired_token.as_deref() == Some(token) {
        return Err(token_expired(request.now, request.now));
    }
    let authorize =
        || options.token_issuer.as_ref().map_or(Ok(()), |issuer| issuer.authorize(request, token));
    let Some(claims) = unverified_claims(token) else { return authorize() };
    let time = |claim: &str| {
        claims[claim].as_i64().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
    };
    match (time("nbf"), time("exp")) {
        (_, Some(expiry)) if expiry <= request.now => Err(token_expired(expiry, request.now)),
        (Some(start), _) if start > request.now => {
            let text = "The access token is not yet valid; check the clocks.";
            Err(unauthorized("InvalidAuthenticationToken", text, "a token that is not yet valid"))
        }
        _ => authorize(),
    }
}

/// The claims of a token that is a JWT; any other text is accepted as a token as well.
pub(crate) fn unverified_claims(token: &str) -> Option<Value> {
    let [_, claims, _] = token.split('.').collect::<Vec<_>>()[..] else { return None };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

/// Refuses a request without `api-version`, for an unknown subscription, or in a resource group that does not exist.
pub(crate) fn validate(state: &State, request: &ParsedRequest, route: &Route<'_>) -> Result<(), Response> {
    if request.query("api-version").is_none_or(str::is_empty) {
        return Err(response::error(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        ));
    }
    check_media_type(request)?;
    let Some(subscription) = route.subscription else { return Ok(()) };
    if state.store.get(&format!("/subscriptions/{subscription}")).is_none() {
        let text = format!("The subscription '{subscription}' could not be found.");
        return Err(response::error(404, "SubscriptionNotFound", &text));
    }
    let Some(group) = route.group else { return Ok(()) };
    // A request for the group itself may be about to create it.
    if route.namespace.is_some()
        && state.store.get(&format!("/subscriptions/{subscription}/resourceGroups/{group}")).is_none()
    {
        let text = format!("Resource group '{group}' could not be found.");
        return Err(response::error(404, "ResourceGroupNotFound", &text));
    }
    Ok(())
}

/// Refuses a body that is not declared as JSON, in the words that users quote
/// (<https://github.com/Azure/azure-cli/issues/13056>).
fn check_media_type(request: &ParsedRequest) -> Result<(), Response> {
    let media_type = request.header("content-type").and_then(|value| value.split(';').next()).map(str::trim);
    let is_json = media_type.is_some_and(|media_type| {
        ["application/json", "text/json"].iter().any(|json| media_type.eq_ignore_ascii_case(json))
    });
    if request.body.is_empty() || is_json {
        return Ok(());
    }
    let media_type = media_type.filter(|text| !text.is_empty()).unwrap_or("<null>");
    let text = format!(
        "The content media type '{media_type}' is not supported. Only 'application/json' is supported."
    );
    Err(response::error(415, "UnsupportedMediaType", &text))
}

/// Adds the headers that every response of ARM has.
#[must_use]
pub(crate) fn add_arm_headers(
    response: Response,
    request: &ParsedRequest,
    remaining: RemainingRequests,
) -> Response {
    let request_id = ids::request_id().to_string();
    let correlation_id =
        request.header("x-ms-correlation-request-id").map_or_else(|| request_id.clone(), str::to_owned);
    let mut response = remaining
        .add_header(response)
        .with_header("x-ms-request-id", request_id)
        .with_header("x-ms-correlation-request-id", correlation_id)
        .with_header("cache-control", "no-cache");
    let wants_echo =
        request.header("x-ms-return-client-request-id").is_some_and(|v| v.eq_ignore_ascii_case("true"));
    if let Some(id) = request.header("x-ms-client-request-id").filter(|_| wants_echo) {
        response = response.with_header("x-ms-client-request-id", id);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    use crate::testing::{body, build_request, set_token};

    fn code(response: &Response) -> String {
        body(response)["error"]["code"].as_str().expect("a code").to_owned()
    }

    #[test]
    fn a_missing_or_expired_token_is_challenged() {
        let options = Options { require_token: true, ..Options::default() };
        let mut request = build_request("GET", "/subscriptions");
        let response = authenticate(&request, &options).expect_err("refused");
        assert_eq!((response.status().as_u16(), code(&response).as_str()), (401, "AuthenticationFailed"));
        assert!(response.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer ")));

        set_token(&mut request, "expired");
        let response = authenticate(&request, &options).expect_err("refused");
        assert_eq!(code(&response), "ExpiredAuthenticationToken");
        set_token(&mut request, "anything");
        assert!(authenticate(&request, &options).is_ok());
    }

    #[test]
    fn a_body_must_be_declared_as_json() {
        let mut request = build_request("PUT", "/subscriptions/s1/resourceGroups/rg");
        assert!(check_media_type(&request).is_ok());
        request.body = "{}".into();
        let mut message = |media_type: Option<&'static str>| {
            if let Some(media_type) = media_type {
                request.headers.insert("content-type", HeaderValue::from_static(media_type));
            }
            let refused = check_media_type(&request).err()?;
            assert_eq!((refused.status().as_u16(), code(&refused).as_str()), (415, "UnsupportedMediaType"));
            body(&refused)["error"]["message"].as_str().map(str::to_owned)
        };
        let text = |media_type: &str| {
            format!(
                "The content media type '{media_type}' is not supported. Only 'application/json' is supported."
            )
        };
        assert_eq!(message(None), Some(text("<null>")));
        assert_eq!(message(Some("text/plain; charset=utf-8")), Some(text("text/plain")));
        assert_eq!(message(Some("Application/JSON;charset=utf-8")), None);
    }

    #[test]
    fn the_validity_times_in_a_token_are_checked() {
        let mut request = build_request("GET", "/subscriptions");
        let now = request.now.unix_timestamp();
        let mut code_for = |nbf: i64, exp: i64| {
            let claims = serde_json::json!({"nbf": nbf, "exp": exp}).to_string();
            set_token(&mut request, &format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims)));
            authenticate(&request, &Options::default()).err().map(|response| code(&response))
        };
        assert_eq!(code_for(now - 10, now + 10), None);
        assert_eq!(code_for(now - 10, now).as_deref(), Some("ExpiredAuthenticationToken"));
        assert_eq!(code_for(now + 10, now + 20).as_deref(), Some("InvalidAuthenticationToken"));
    }
}
