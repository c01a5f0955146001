//! `acquirePolicyToken`: tokens of Azure Policy, each for one request.
//!
//! The emulator has no policies, so every request gets a token. A request that is sent with another request's token is
//! refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::context::{Context, HandlerResult};
use crate::request::decode_path;
use crate::response::{self, Response};

/// The header that the token is sent in.
const HEADER: &str = "x-ms-policy-external-evaluations";

/// Issues a token for the request in the body.
pub(super) fn acquire(context: &Context<'_>) -> HandlerResult {
    let body: Value = serde_json::from_slice(&context.request.body).unwrap_or_default();
    let operation = &body["operation"];
    let (Some(uri), Some(method)) = (operation["uri"].as_str(), operation["httpMethod"].as_str()) else {
        let text = "The request must have an operation with uri and httpMethod.";
        return Err(response::error(400, "InvalidRequestContent", text));
    };
    let claims = json!({"method": method, "path": path_of(uri)});
    Ok(response::json(
        200,
        &json!({
            "result": "Succeeded",
            "changeReference": body["changeReference"],
            "token": URL_SAFE_NO_PAD.encode(claims.to_string()),
        }),
    ))
}

/// Refuses a request with a token for another request.
pub(crate) fn check(context: &Context<'_>) -> Result<(), Response> {
    let Some(token) = context.request.header(HEADER) else { return Ok(()) };
    let claims = URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
    let claims: Value = serde_json::from_slice(&claims).unwrap_or_default();
    let is_for_request = claims["method"] == context.method()
        && claims["path"].as_str().is_some_and(|path| path.eq_ignore_ascii_case(&context.request.path));
    if is_for_request {
        return Ok(());
    }
    let text = "The policy token is not valid for this request.";
    Err(response::error(403, "RequestDisallowedByPolicy", text))
}

/// The decoded path of a URL.
fn path_of(uri: &str) -> String {
    let path = url::Url::parse(uri).map(|url| url.path().to_owned()).unwrap_or_default();
    decode_path(&path).trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;
    use crate::testing::{CENTER, ask, body, build_request, emulator, set_token};

    #[test]
    fn a_token_is_for_one_request() {
        let azure = emulator(Options::default());
        let url = format!("https://management.azure.com{CENTER}?api-version=2024-03-01");
        let operation = json!({"operation": {"uri": url, "httpMethod": "DELETE", "content": null}});
        let path = "/subscriptions/s1/providers/Microsoft.Authorization/acquirePolicyToken";
        let token = body(&ask(&azure, "POST", path, Some(operation)));
        let send = |method: &str| {
            let mut request = build_request(method, CENTER);
            set_token(&mut request, "test");
            let value = token["token"].as_str().and_then(|token| token.parse().ok()).expect("a token");
            request.headers.insert(HEADER, value);
            azure.respond(&request)
        };
        let refused = send("HEAD");
        assert_eq!(refused.status(), 403);
        assert_eq!(send("DELETE").status(), 200);
        assert_eq!(ask(&azure, "POST", path, Some(json!({}))).status(), 400);
    }
}
