//! Pipelines that vouch for their jobs: GitHub Actions and Azure Pipelines mint an assertion for a job's own token.
//!
//! <https://docs.github.com/actions/reference/security/oidc>,
//! <https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create>

use serde_json::{Value, json};
use uuid::Uuid;

use super::super::http::{Answer, Call};
use super::refusal::of_pipeline;
use super::{EXPIRED, Login, token};

/// How long an assertion is good for, in seconds.
const ASSERTION_SECONDS: i64 = 10 * 60;

/// `ACTIONS_ID_TOKEN_REQUEST_URL`: `{"value": ASSERTION}` for the audience asked for.
pub fn github(login: &Login, call: &Call) -> Result<Answer, Answer> {
    check_job(login, call, "GET")?;
    let audience = call.query("audience").filter(|audience| !audience.is_empty());
    let audience = audience.unwrap_or("https://github.com/example");
    let (issuer, subject) =
        ("https://token.actions.githubusercontent.com", "repo:example/apis:ref:refs/heads/main");
    let assertion = token::signed(&login.key, &claims(call, issuer, subject, audience));
    Ok(Answer::json(200, &json!({"count": 1, "value": assertion})))
}

/// `SYSTEM_OIDCREQUESTURI`: `{"oidcToken": ASSERTION}` for the service connection asked for.
pub fn azure_pipelines(login: &Login, call: &Call) -> Result<Answer, Answer> {
    check_job(login, call, "POST")?;
    if call.query("api-version").is_none() {
        return Err(of_pipeline(400, "No api-version was supplied for the request."));
    }
    let Some(connection) = call.query("serviceConnectionId").filter(|id| !id.is_empty()) else {
        return Err(of_pipeline(400, "The parameter serviceConnectionId is missing."));
    };
    let subject = format!("sc://example/apis/{connection}");
    let claims =
        claims(call, "https://vstoken.dev.azure.com/example", &subject, "api://AzureADTokenExchange");
    Ok(Answer::json(200, &json!({"oidcToken": token::signed(&login.key, &claims)})))
}

/// Whoever brings a job's token is the job.
fn check_job(login: &Login, call: &Call, method: &str) -> Result<(), Answer> {
    if call.method != method {
        return Err(of_pipeline(405, &format!("The method is not {method}.")));
    }
    let token = call.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
    match token.filter(|token| !token.is_empty() && *token != EXPIRED) {
        Some(token) if login.knows(&call.path, token) => Ok(()),
        _ => Err(of_pipeline(401, "The job's token is missing, unknown or has expired.")),
    }
}

fn claims(call: &Call, issuer: &str, subject: &str, audience: &str) -> Value {
    let now = call.now.unix_timestamp();
    json!({
        "iss": issuer, "sub": subject, "aud": audience, "jti": Uuid::new_v4().to_string(),
        "iat": now, "nbf": now, "exp": now + ASSERTION_SECONDS,
    })
}
