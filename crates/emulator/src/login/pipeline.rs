//! Pipelines that vouch for their jobs: GitHub Actions and Azure Pipelines mint an assertion for a job's own token.
//!
//! <https://docs.github.com/actions/reference/security/oidc>,
//! <https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create>

use serde_json::{Value, json};
use uuid::Uuid;

use super::refusal::of_pipeline;
use super::{EXPIRED, Login, token};
use crate::request::ParsedRequest;
use crate::response::{self, Response};

/// How long an assertion is good for, in seconds.
const ASSERTION_SECONDS: i64 = 10 * 60;

/// `ACTIONS_ID_TOKEN_REQUEST_URL`: `{"value": ASSERTION}` for the audience asked for.
pub fn github(login: &Login, request: &ParsedRequest) -> Result<Response, Response> {
    check_job(login, request, "GET")?;
    let audience = request.query("audience").filter(|audience| !audience.is_empty());
    let audience = audience.unwrap_or("https://github.com/example");
    let (issuer, subject) =
        ("https://token.actions.githubusercontent.com", "repo:example/apis:ref:refs/heads/main");
    let assertion = token::signed(&login.key, &claims(request, issuer, subject, audience));
    Ok(response::json(200, &json!({"count": 1, "value": assertion})))
}

/// `SYSTEM_OIDCREQUESTURI`: `{"oidcToken": ASSERTION}` for the service connection asked for.
pub fn azure_pipelines(login: &Login, request: &ParsedRequest) -> Result<Response, Response> {
    check_job(login, request, "POST")?;
    if request.query("api-version").is_none() {
        return Err(of_pipeline(400, "No api-version was supplied for the request."));
    }
    let Some(connection) = request.query("serviceConnectionId").filter(|id| !id.is_empty()) else {
        return Err(of_pipeline(400, "The parameter serviceConnectionId is missing."));
    };
    let subject = format!("sc://example/apis/{connection}");
    let claims =
        claims(request, "https://vstoken.dev.azure.com/example", &subject, "api://AzureADTokenExchange");
    Ok(response::json(200, &json!({"oidcToken": token::signed(&login.key, &claims)})))
}

/// Whoever brings a job's token is the job.
fn check_job(login: &Login, request: &ParsedRequest, method: &str) -> Result<(), Response> {
    if request.method != method {
        return Err(of_pipeline(405, &format!("The method is not {method}.")));
    }
    let token = request.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
    match token.filter(|token| !token.is_empty() && *token != EXPIRED) {
        Some(token) if login.knows(&request.path, token) => Ok(()),
        _ => Err(of_pipeline(401, "The job's token is missing, unknown or has expired.")),
    }
}

fn claims(request: &ParsedRequest, issuer: &str, subject: &str, audience: &str) -> Value {
    let now = request.now.unix_timestamp();
    json!({
        "iss": issuer, "sub": subject, "aud": audience, "jti": Uuid::new_v4().to_string(),
        "iat": now, "nbf": now, "exp": now + ASSERTION_SECONDS,
    })
}
