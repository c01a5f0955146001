//! The ARM client: sends a request with its token, and handles retries and errors.

mod download;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Once};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::de::IgnoredAny;
use serde_json::Value;
use url::Url;

use crate::auth::{self, Claims, Secret, TokenSource};
use crate::json_body::{self, check_memory, max_memory};
use crate::large_responses::wait_for_permission;
use crate::limiter::Limiter;
use crate::new_role::{self, RoleWait};
use crate::plan::Target;
use crate::policy_token::{CORRELATION_ID, POLICY_TOKEN, PolicyTokens, read_token};
use crate::retry::{self, RetryDecision, RetryPolicy};
use crate::service_error::{parse_error_response, request_id};
use crate::timeouts::Timeouts;
use crate::transport::{MAX_RESPONSE, Request, Response, Transport};
use azr_core::error::{Error, Result};
use azr_core::resource::SUBSCRIPTIONS_VERSION;

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A client of one ARM endpoint.
pub struct Client {
    transport: Arc<dyn Transport>,
    tokens: Arc<dyn TokenSource>,
    endpoint: Url,
    limiter: Limiter,
    timeouts: Timeouts,
    credential_logged: Once,
    policy_tokens: Option<PolicyTokens>,
    role_wait: tokio::sync::Mutex<RoleWait>,
}

/// A successful response with a JSON body.
///
/// Its `Debug` form shows neither headers nor body.
pub struct JsonResponse {
    /// The status, 2xx.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; null if it is empty.
    pub body: Value,
    /// The length of the body, in bytes.
    pub(crate) length: usize,
}

impl std::fmt::Debug for JsonResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JsonResponse").field("status", &self.status.as_u16()).finish_non_exhaustive()
    }
}

/// How the endpoint responds to a request without a token.
#[derive(Debug)]
pub struct Probe {
    /// The status.
    pub status: StatusCode,
    /// The time at the endpoint.
    pub date: Option<SystemTime>,
}

impl Client {
    /// A client of `endpoint` (scheme and host, such as `https://management.azure.com`).
    pub fn new(
        transport: Arc<dyn Transport>,
        tokens: Arc<dyn TokenSource>,
        endpoint: Url,
        timeouts: Timeouts,
    ) -> Self {
        let limiter = Limiter::new(timeouts.max_delay);
        Self {
            transport,
            tokens,
            endpoint,
            limiter,
            timeouts,
            credential_logged: Once::new(),
            policy_tokens: None,
            role_wait: tokio::sync::Mutex::default(),
        }
    }

    /// Acquires a policy token for every request that may change something.
    #[must_use]
    pub fn with_policy_tokens(mut self, tokens: PolicyTokens) -> Self {
        self.policy_tokens = Some(tokens);
        self
    }

    /// The endpoint.
    #[must_use]
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// Waits before another attempt or poll, at most as long as the time limits allow.
    pub async fn pause(&self, delay: Duration) {
        tokio::time::sleep(delay.min(self.timeouts.max_delay)).await;
    }

    /// The time limits.
    #[must_use]
    pub(crate) fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// Gets a token, unless there is one; returns a description of the credential, and the claims of the token.
    pub async fn sign_in(&self) -> Result<(String, Option<Claims>)> {
        let token = self.tokens.token().await?;
        Ok((self.tokens.describe(), auth::claims(&token)))
    }

    /// Sends one request without a token, to see whether the endpoint can be reached. There are no retries.
    pub async fn probe(&self) -> Result<Probe> {
        let target = Target::new("/subscriptions", SUBSCRIPTIONS_VERSION);
        let request = build_request(Method::GET, self.url(&target)?, &[], None)?;
        let response = self.transport.send_limited(request, MAX_RESPONSE).await?;
        let date = response.header("date").and_then(retry::parse_http_date);
        Ok(Probe { status: response.status, date })
    }

    /// The delay that a response asks for, or `default`, up to the longest delay of the client.
    pub(crate) fn requested_delay_or(&self, headers: &HeaderMap, default: Duration) -> Duration {
        retry::requested_delay(headers).unwrap_or(default).min(self.timeouts.max_delay)
    }

    /// Sends a request to a path of the endpoint.
    pub async fn send(&self, method: Method, target: &Target, body: Option<&Value>) -> Result<JsonResponse> {
        let policy = RetryPolicy::of_target(target, &method);
        let mut request = build_request(method, self.url(target)?, &target.headers, body)?;
        request.is_repeatable |= target.idempotent;
        self.send_request(request, policy).await
    }

    /// Reads a target whose response may not be JSON, and returns its body.
    pub async fn read_bytes(&self, target: &Target) -> Result<Bytes> {
        let policy = RetryPolicy::of_target(target, &Method::GET);
        let request = build_request(Method::GET, self.url(target)?, &target.headers, None)?;
        Ok(self.send_checked(request, policy).await?.body)
    }

    /// Sends a request to a URL of the endpoint, such as a `nextLink` or a `Location`.
    ///
    /// Fails if the URL is not on the endpoint.
    pub async fn send_url(
        &self,
        method: Method,
        url: Url,
        headers: &[(&'static str, String)],
        body: Option<&Value>,
    ) -> Result<JsonResponse> {
        let policy = RetryPolicy::of_method(&method);
        self.send_request(build_request(method, url, headers, body)?, policy).await
    }

    /// Reads a URL of the endpoint whose response has at most `max_body` bytes.
    pub(crate) async fn read_limited(
        &self,
        url: Url,
        headers: &[(&'static str, String)],
        max_body: usize,
    ) -> Result<JsonResponse> {
        let request = Request { max_body, ..build_request(Method::GET, url, headers, None)? };
        self.send_request(request, RetryPolicy::of_method(&Method::GET)).await
    }

    /// Sends a request with a body in any format, and returns the response as the service sent it.
    ///
    /// The headers replace the default ones.
    pub async fn send_raw(
        &self,
        method: Method,
        url: Url,
        headers: &[(String, String)],
        body: Option<Bytes>,
    ) -> Result<Response> {
        let policy = RetryPolicy::of_method(&method);
        self.send_checked(build_raw_request(method, url, headers, body)?, policy).await
    }

    async fn send_request(&self, request: Request, policy: RetryPolicy) -> Result<JsonResponse> {
        let subject = format!("{} {}", request.method, request.url.path());
        let max_body = request.max_body;
        read_json(self.send_checked(request, policy).await?, &subject, max_body).await
    }

    /// Sends a request to the endpoint, with a policy token if it changes something.
    async fn send_checked(&self, mut request: Request, policy: RetryPolicy) -> Result<Response> {
        if !auth::may_carry_token(&request.url, &self.endpoint) {
            return Err(Error::invalid_response(format!(
                "the service refers to {}, which is not {}; azr does not send its token there",
                origin_of(&request.url),
                origin_of(&self.endpoint)
            )));
        }
        if let Some(tokens) = self.policy_tokens.as_ref().filter(|_| request.method != Method::GET) {
            self.add_policy_token(tokens, &mut request)
                .await
                .map_err(|error| error.with_context("the policy token cannot be acquired"))?;
        }
        self.send_prepared(request, policy).await
    }

    /// Acquires a policy token for a request, and adds it.
    async fn add_policy_token(&self, tokens: &PolicyTokens, request: &mut Request) -> Result<()> {
        let correlation_id = uuid::Uuid::new_v4().to_string();
        let target = tokens.target(&correlation_id);
        let body = tokens.body(request);
        let acquisition = build_request(Method::POST, self.url(&target)?, &target.headers, Some(&body))?;
        let response = self.send_prepared(acquisition, RetryPolicy::of_method(&Method::POST)).await?;
        request.headers.insert(CORRELATION_ID, header_value(CORRELATION_ID.as_str(), &correlation_id)?);
        let subject = format!("POST {}", target.path);
        request.headers.insert(POLICY_TOKEN, read_token(&response.json(&subject)?)?);
        Ok(())
    }

    /// Sends a request; a response other than 2xx is an error.
    async fn send_prepared(&self, request: Request, policy: RetryPolicy) -> Result<Response> {
        let url = request.url.clone();
        let subject = format!("{} {}", request.method, url.path());
        check_status(self.send_with_retries(request, policy).await?, &url, subject)
    }

    /// Like [`Client::send_raw`], without a token, once, to any URL.
    pub async fn send_raw_without_token(
        &self,
        method: Method,
        url: Url,
        headers: &[(String, String)],
        body: Option<Bytes>,
    ) -> Result<Response> {
        let request = build_raw_request(method, url.clone(), headers, body)?;
        let subject = format!("{} {}", request.method, url.path());
        let response = self.transport.send_limited(request, MAX_RESPONSE).await?;
        check_status(response, &url, subject)
    }

    /// The URL of a target.
    pub fn url(&self, target: &Target) -> Result<Url> {
        let mut url = self.endpoint.clone();
        {
            let mut segments = url
                .path_segments_mut()
                .map_err(|()| Error::invalid(format!("{} is not a valid ARM endpoint", self.endpoint)))?;
            segments.pop_if_empty().extend(target.path.trim_start_matches('/').split('/'));
        }
        {
            let mut query = url.query_pairs_mut();
            for (name, value) in &target.query {
                query.append_pair(name, value);
            }
            query.append_pair("api-version", target.api_version);
        }
        encode_spaces(&mut url);
        Ok(url)
    }

    /// What to do after an attempt, within the time limits of the client.
    fn decide(
        &self,
        policy: RetryPolicy,
        outcome: &Result<Response>,
        attempt: u32,
        first_attempt: Instant,
    ) -> RetryDecision {
        match policy.decide(outcome, attempt) {
            RetryDecision::RetryAfter(delay) => {
                let delay = delay.min(self.timeouts.max_delay);
                let is_late = first_attempt.elapsed() + delay > self.timeouts.retry_window;
                if is_late { RetryDecision::Stop } else { RetryDecision::RetryAfter(delay) }
            }
            RetryDecision::Stop => RetryDecision::Stop,
        }
    }

    async fn send_with_retries(&self, request: Request, policy: RetryPolicy) -> Result<Response> {
        let mut token = self.tokens.token().await?;
        self.credential_logged.call_once(|| tracing::info!("{}", self.tokens.describe()));
        let mut is_renewed = false;
        let first_attempt = Instant::now();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut permit = self.limiter.acquire(&request.method, request.url.path()).await;
            let mut signed = request.clone();
            signed.headers.insert(AUTHORIZATION, bearer(&token)?);
            tracing::debug!("{} {}{}", request.method, request.url.path(), public_query(&request.url));
            let sent = Instant::now();
            let outcome = self.transport.send_limited(signed, request.max_body).await;
            permit.record(&outcome);
            if let Ok(response) = &outcome {
                let status = response.status.as_u16();
                let request_id = request_id(response).unwrap_or("none");
                tracing::debug!(
                    "{status} for {} {} after {:.3} s, request id {request_id}",
                    request.method,
                    request.url.path(),
                    sent.elapsed().as_secs_f64()
                );
                if response.status == StatusCode::UNAUTHORIZED && !is_renewed {
                    is_renewed = true;
                    // Without another token, the service's own error says why it rejects this one.
                    match self.tokens.renew(&token).await {
                        Ok(renewed) => {
                            token = renewed;
                            continue;
                        }
                        Err(error) => tracing::info!("cannot renew the token: {error}"),
                    }
                }
            }
            match self.decide(policy, &outcome, attempt, first_attempt) {
                RetryDecision::Stop => {
                    drop(permit);
                    // Boxed, because it sends a request itself.
                    if Box::pin(self.wait_for_new_role(&request, &outcome, &token)).await {
                        continue;
                    }
                    return outcome;
                }
                RetryDecision::RetryAfter(delay) => {
                    tracing::info!("retrying {} in {delay:?}", request.url.path());
                    if retry::is_throttled(&outcome) {
                        // The limiter delays this request and all others of its class.
                        permit.pause_class(delay);
                        continue;
                    }
                    drop(permit);
                    tokio::time::sleep(delay).await;
                }
            }
        }
    }
}

impl Client {
    /// Waits after a request was refused because a new role of the caller has not taken effect; returns whether it did.
    async fn wait_for_new_role(&self, request: &Request, outcome: &Result<Response>, token: &Secret) -> bool {
        let Some(scope) = new_role::scope_of_missing_role(request.url.path(), outcome) else { return false };
        let Some(principal) = auth::claims(token).and_then(|claims| claims.object) else { return false };
        let deadline = self.role_wait.lock().await.deadline(self, scope, &principal).await;
        new_role::wait_until(self, deadline).await
    }
}

fn build_request(
    method: Method,
    url: Url,
    headers: &[(&'static str, String)],
    body: Option<&Value>,
) -> Result<Request> {
    let mut request = Request::new(method, url);
    request.headers.insert(ACCEPT, JSON);
    let id = uuid::Uuid::new_v4().to_string();
    request.headers.insert(CLIENT_REQUEST_ID, header_value("x-ms-client-request-id", &id)?);
    for (name, value) in headers {
        request.headers.append(HeaderName::from_static(name), header_value(name, value)?);
    }
    if let Some(body) = body {
        request.headers.append(CONTENT_TYPE, JSON);
        request.body = Bytes::from(body.to_string());
    }
    Ok(request)
}

fn build_raw_request(
    method: Method,
    url: Url,
    headers: &[(String, String)],
    body: Option<Bytes>,
) -> Result<Request> {
    let mut request = build_request(method, url, &[], None)?;
    if let Some(body) = body {
        if serde_json::from_slice::<IgnoredAny>(&body).is_ok() {
            request.headers.append(CONTENT_TYPE, JSON);
        }
        request.body = body;
    }
    replace_headers(&mut request, headers)?;
    Ok(request)
}

/// Returns a successful response to a request to `url`; any other is an error about `subject`.
fn check_status(response: Response, url: &Url, subject: String) -> Result<Response> {
    if response.status.is_redirection() {
        return Err(unexpected_redirect(&subject, url, &response));
    }
    if !response.status.is_success() {
        return Err(parse_error_response(&response, subject).into());
    }
    Ok(response)
}

/// Reads the body of a response as JSON; `subject` is the request for messages.
async fn read_json(response: Response, subject: &str, max_body: usize) -> Result<JsonResponse> {
    wait_for_permission(check_memory(&response, subject, max_memory(max_body))?).await;
    let body = json_body::parse(&response, subject)?;
    let length = response.body.len();
    Ok(JsonResponse { status: response.status, headers: response.headers, body, length })
}

/// Writes the spaces of a query as `%20`, because parts of ARM do not read `+` as a space.
pub(crate) fn encode_spaces(url: &mut Url) {
    if let Some(query) = url.query().filter(|query| query.contains('+')) {
        let query = query.replace('+', "%20");
        url.set_query(Some(&query));
    }
}

fn replace_headers(request: &mut Request, headers: &[(String, String)]) -> Result<()> {
    for (name, value) in headers {
        let header: HeaderName = name
            .parse()
            .map_err(|_| Error::invalid(format!("'{name}' is not a valid name of an HTTP header")))?;
        request.headers.insert(header, header_value(name, value)?);
    }
    Ok(())
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(value).map_err(|_| {
        Error::invalid(format!("the value of the header {name} has characters that HTTP does not allow"))
    })
}

fn bearer(token: &Secret) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
        .map_err(|_| Error::authentication("the access token has characters that HTTP does not allow"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The error for a redirect by the Resource Manager, which has no reason to redirect: the token is sent nowhere else.
fn unexpected_redirect(subject: &str, from: &Url, response: &Response) -> Error {
    let to = response.header("location").and_then(|to| from.join(to).ok());
    let to = to.map_or_else(String::new, |to| format!(" to {}", origin_of(&to)));
    Error::invalid_response(format!(
        "{subject}: the service redirects{to} (HTTP {}); azr does not follow with its token",
        response.status.as_u16()
    ))
    .with_hint(
        "Check the endpoint (AZR_ARM_ENDPOINT), and whether a proxy or a sign-in page responds in its place.",
    )
}

/// Scheme, host and port of a URL, for messages.
#[must_use]
pub(crate) fn origin_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The query as far as it may be logged: the URLs of operations have signatures in it.
fn public_query(url: &Url) -> String {
    let parameters: Vec<String> = url
        .query_pairs()
        .filter(|(name, _)| name.starts_with('$') || matches!(&**name, "api-version" | "format" | "export"))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if parameters.is_empty() { String::new() } else { format!("?{}", parameters.join("&")) }
}
