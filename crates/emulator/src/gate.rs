//! What Azure Resource Manager checks before a provider sees a request, and the headers it adds to every answer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

use super::context::Context;
use super::http::{Answer, Call};
use super::options::Options;
use super::route::Route;
use super::stamp::{self, TENANT};
use super::throttle::Left;
use super::world::World;

/// Refuses a request without a usable bearer token.
pub fn authenticate(call: &Call, options: &Options) -> Result<(), Answer> {
    let Some(header) = call.header("authorization") else {
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
        return Err(expired(call));
    }
    let admitted = || options.login.as_ref().map_or(Ok(()), |login| login.admit(call, token));
    let Some(claims) = claims(token) else { return admitted() };
    let time = |claim: &str| {
        claims[claim].as_i64().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
    };
    match (time("nbf"), time("exp")) {
        (_, Some(end)) if end <= call.now => Err(expired_at(call, end)),
        (Some(start), _) if start > call.now => {
            let text = "The access token is not yet valid; check the clocks.";
            Err(unauthorized("InvalidAuthenticationToken", text, "a token that is not yet valid"))
        }
        _ => admitted(),
    }
}

/// What a token says of itself, if it is a JWT; the emulator takes any other text as well.
fn claims(token: &str) -> Option<Value> {
    let [_, claims, _] = token.split('.').collect::<Vec<_>>()[..] else { return None };
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}

/// The refusal of a token that the emulator was told to treat as expired.
#[must_use]
pub fn expired(call: &Call) -> Answer {
    expired_at(call, call.now)
}

fn expired_at(call: &Call, end: OffsetDateTime) -> Answer {
    let text = format!(
        "The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
        stamp::utc(end),
        stamp::utc(call.now)
    );
    unauthorized("ExpiredAuthenticationToken", &text, "an expired access token")
}

/// The refusal of a request because of its token.
#[must_use]
pub fn unauthorized(code: &str, message: &str, because: &str) -> Answer {
    let challenge = format!(
        "Bearer authorization_uri=\"https://login.microsoftonline.com/{TENANT}\", error=\"invalid_token\", \
         error_description=\"The authentication failed because of {because}.\""
    );
    Answer::error(401, code, message).with("www-authenticate", challenge)
}

/// Refuses a request without `api-version`, of an unknown subscription, or in a missing resource group.
pub fn check(world: &World, call: &Call, route: &Route<'_>) -> Result<(), Answer> {
    if call.query("api-version").is_none_or(str::is_empty) {
        return Err(Answer::error(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        ));
    }
    let Some(subscription) = route.subscription else { return Ok(()) };
    if world.store.get(&format!("/subscriptions/{subscription}")).is_none() {
        let text = format!("The subscription '{subscription}' could not be found.");
        return Err(Answer::error(404, "SubscriptionNotFound", &text));
    }
    let Some(group) = route.group else { return Ok(()) };
    // The group's own path answers for itself: it may be about to be created.
    if route.namespace.is_some()
        && world.store.get(&format!("/subscriptions/{subscription}/resourceGroups/{group}")).is_none()
    {
        let text = format!("Resource group '{group}' could not be found.");
        return Err(Answer::error(404, "ResourceGroupNotFound", &text));
    }
    Ok(())
}

/// ARM's answer to a path that leads nowhere.
#[must_use]
pub fn no_route(route: &Route<'_>) -> Answer {
    match (route.namespace, route.rest.first()) {
        (Some(namespace), Some(kind)) if known(namespace) => Answer::error(
            404,
            "InvalidResourceType",
            &format!("The resource type '{kind}' could not be found in the namespace '{namespace}'."),
        ),
        (Some(namespace), _) => Answer::error(
            404,
            "InvalidResourceNamespace",
            &format!("The resource namespace '{namespace}' is invalid."),
        ),
        (None, _) if route.subscription.is_none() => Answer::error(
            404,
            "MissingSubscription",
            "The request did not have a subscription or a valid tenant level resource provider.",
        ),
        (None, _) => {
            Answer::error(404, "NotFound", "No HTTP resource was found that matches the request URI.")
        }
    }
}

fn known(namespace: &str) -> bool {
    super::providers::NAMESPACES.iter().any(|n| n.eq_ignore_ascii_case(namespace))
}

/// ARM's answer to a method that the path does not know.
#[must_use]
pub fn no_method(context: &Context<'_>) -> Answer {
    let text = format!("The requested resource does not support http method '{}'.", context.call.method);
    Answer::error(405, "MethodNotAllowed", &text)
}

/// The answer with the headers that every answer of ARM bears.
#[must_use]
pub fn stamp_headers(answer: Answer, call: &Call, left: Left) -> Answer {
    let request = Uuid::new_v4().to_string();
    let correlation =
        call.header("x-ms-correlation-request-id").map_or_else(|| request.clone(), str::to_owned);
    let mut answer = left
        .stamp(answer)
        .with("x-ms-request-id", request)
        .with("x-ms-correlation-request-id", correlation)
        .with("cache-control", "no-cache");
    let wants_echo =
        call.header("x-ms-return-client-request-id").is_some_and(|v| v.eq_ignore_ascii_case("true"));
    if let Some(id) = call.header("x-ms-client-request-id").filter(|_| wants_echo) {
        answer = answer.with("x-ms-client-request-id", id);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::call;

    fn code(answer: &Answer) -> String {
        let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
        body["error"]["code"].as_str().expect("a code").to_owned()
    }

    #[test]
    fn a_missing_or_expired_token_is_challenged() {
        let options = Options { require_token: true, ..Options::default() };
        let mut request = call("GET", "/subscriptions");
        let answer = authenticate(&request, &options).expect_err("refused");
        assert_eq!((answer.status, code(&answer).as_str()), (401, "AuthenticationFailed"));
        assert!(answer.headers.iter().any(|(n, v)| n == "www-authenticate" && v.starts_with("Bearer ")));

        request.headers.push(("authorization".to_owned(), "Bearer expired".to_owned()));
        let answer = authenticate(&request, &options).expect_err("refused");
        assert_eq!(code(&answer), "ExpiredAuthenticationToken");
        request.headers[0].1 = "Bearer anything".to_owned();
        assert!(authenticate(&request, &options).is_ok());
    }

    #[test]
    fn a_token_that_says_when_it_is_valid_is_taken_at_its_word() {
        let mut request = call("GET", "/subscriptions");
        let now = request.now.unix_timestamp();
        let mut code_for = |nbf: i64, exp: i64| {
            let claims = serde_json::json!({"nbf": nbf, "exp": exp}).to_string();
            let token = format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims));
            request.headers = vec![("authorization".to_owned(), format!("Bearer {token}"))];
            authenticate(&request, &Options::default()).err().map(|answer| code(&answer))
        };
        assert_eq!(code_for(now - 10, now + 10), None);
        assert_eq!(code_for(now - 10, now).as_deref(), Some("ExpiredAuthenticationToken"));
        assert_eq!(code_for(now + 10, now + 20).as_deref(), Some("InvalidAuthenticationToken"));
    }
}
