//! The two versions of Entra's endpoints: version 1 names a resource where version 2 has a scope.
//!
//! <https://learn.microsoft.com/previous-versions/azure/active-directory/azuread-dev/v1-protocols-oauth-code>

use serde_json::{Value, json};

use super::form::Form;
use crate::request::ParsedRequest;
use crate::response::{Response, ResponseExt as _};

/// A version of Entra's endpoints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

/// A request of version 1 as one of version 2: its resource becomes a scope.
pub(super) fn upgrade_request(request: &ParsedRequest) -> ParsedRequest {
    let mut upgraded = request.clone();
    if let (Some(resource), None) = (request.query("resource"), request.query("scope")) {
        upgraded.query.push(("scope".to_owned(), user_scope(resource)));
    }
    let form = Form::parse(request);
    if let (Some(resource), None) = (form.get("resource"), form.get("scope")) {
        let scope = match form.get("grant_type") {
            Some("client_credentials") => format!("{resource}/.default"),
            _ => user_scope(resource),
        };
        let field =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("scope", &scope).finish();
        upgraded.body = [&request.body[..], b"&", field.as_bytes()].concat().into();
    }
    upgraded
}

/// Version 1 always issues a refresh token and an ID token to a user.
fn user_scope(resource: &str) -> String {
    format!("{resource}/.default openid offline_access")
}

/// A response of version 2 as one of version 1, which has numbers as text and some more members.
pub(super) fn downgrade_response(request: &ParsedRequest, response: Response) -> Response {
    let Ok(Value::Object(mut body)) = serde_json::from_slice(response.body()) else { return response };
    if let Some(seconds) = body.get("expires_in").and_then(Value::as_i64) {
        body.insert("expires_in".to_owned(), json!(seconds.to_string()));
        if body.contains_key("access_token") {
            let expiry = request.now.unix_timestamp() + seconds;
            body.insert("expires_on".to_owned(), json!(expiry.to_string()));
        }
    }
    if let Some(resource) = Form::parse(request).get("resource").filter(|_| body.contains_key("access_token"))
    {
        body.insert("resource".to_owned(), json!(resource));
    }
    if let Some(page) = body.remove("verification_uri") {
        body.insert("verification_url".to_owned(), page);
    }
    let body = Value::Object(body).to_string();
    response.without_header("content-length").map(|_| body.into())
}
