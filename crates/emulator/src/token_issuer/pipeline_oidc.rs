//! The OIDC endpoints of GitHub Actions and Azure Pipelines, where a job exchanges its token for an assertion.
//!
//! <https://docs.github.com/actions/reference/security/oidc>,
//! <https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create>

use serde_json::{Value, json};
use uuid::Uuid;

use super::errors::pipeline_error;
use super::issuer::{EXPIRED, TokenIssuer};
use super::jwt;
use crate::request::ParsedRequest;
use crate::response::{self, Response};

/// The lifetime of an assertion, in seconds.
const ASSERTION_SECONDS: i64 = 10 * 60;

/// `ACTIONS_ID_TOKEN_REQUEST_URL`: `{"value": ASSERTION}` for the requested audience.
pub(super) fn github(issuer: &TokenIssuer, request: &ParsedRequest) -> Result<Response, Response> {
    check_job(issuer, request, "GET")?;
    let audience = request.query("audience").filter(|audience| !audience.is_empty());
    let audience = audience.unwrap_or("https://github.com/example");
    let (issuer_url, subject) =
        ("https://token.actions.githubusercontent.com", "repo:example/apis:ref:refs/heads/main");
    let assertion = jwt::sign(&assertion_claims(request, issuer_url, subject, audience));
    Ok(response::json(200, &json!({"count": 1, "value": assertion})))
}

/// `SYSTEM_OIDCREQUESTURI`: `{"oidcToken": ASSERTION}` for the requested service connection.
pub(super) fn azure_pipelines(issuer: &TokenIssuer, request: &ParsedRequest) -> Result<Response, Response> {
    check_job(issuer, request, "POST")?;
    if request.query("api-version").is_none() {
        return Err(pipeline_error(400, "No api-version was supplied for the request."));
    }
    let Some(connection) = request.query("serviceConnectionId").filter(|id| !id.is_empty()) else {
        return Err(pipeline_error(400, "The parameter serviceConnectionId is missing."));
    };
    let subject = format!("sc://example/apis/{connection}");
    let claims = assertion_claims(
        request,
        "https://vstoken.dev.azure.com/example",
        &subject,
        "api://AzureADTokenExchange",
    );
    Ok(response::json(200, &json!({"oidcToken": jwt::sign(&claims)})))
}

/// Checks the token of the job: the first one that an endpoint receives is valid, others are not.
fn check_job(issuer: &TokenIssuer, request: &ParsedRequest, method: &str) -> Result<(), Response> {
    if request.method != method {
        return Err(pipeline_error(405, &format!("The method is not {method}.")));
    }
    let token = request.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
    match token.filter(|token| !token.is_empty() && *token != EXPIRED) {
        Some(token) if issuer.is_secret_of(&request.path, token) => Ok(()),
        _ => Err(pipeline_error(401, "The job's token is missing, unknown or has expired.")),
    }
}

fn assertion_claims(request: &ParsedRequest, issuer: &str, subject: &str, audience: &str) -> Value {
    let now = request.now.unix_timestamp();
    json!({
        "iss": issuer, "sub": subject, "aud": audience, "jti": Uuid::new_v4().to_string(),
        "iat": now, "nbf": now, "exp": now + ASSERTION_SECONDS,
    })
}
