//! The ARM client: sends a request with its token, and handles retries and errors.

#[cfg(test)]
mod tests;

use std::sync::{Arc, Once};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::Value;
use url::Url;

use crate::auth::{self, Claims, Secret, TokenSource};
use crate::json_body::{JsonBody, parse_json_body};
use crate::limiter::Limiter;
use crate::plan::Target;
use crate::policy_token::{CORRELATION_ID, POLICY_TOKEN, PolicyTokens, read_token};
use crate::retry::{self, Idempotency, RetryDecision};
use crate::service_error::{parse_error_response, request_id};
use crate::timeouts::Timeouts;
use crate::transport::{Request, Response, Transport};
use azr_core::error::{Error, NetworkFault, Result};
use azr_core::resource::SUBSCRIPTIONS_VERSION;

/// The longest response body that is read from ARM, in bytes: 64 MiB.
const MAX_RESPONSE: usize = 64 << 20;

/// The longest document that is downloaded, in bytes: 100 MiB, the limit of a definition.
const MAX_DOCUMENT: usize = 100 << 20;

/// The timeout for the download of a document.
///
/// Enough for 3 MB, the limit of API Center, at 64 kbit/s.
const DOCUMENT_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// How many redirects to a document are followed.
const MAX_REDIRECTS: usize = 5;

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
    /// An estimate of the memory that the body takes, in bytes.
    pub(crate) memory: usize,
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
        let idempotency =
            if target.idempotent { Idempotency::Idempotent } else { Idempotency::of_method(&method) };
        let request = build_request(method, self.url(target)?, &target.headers, body)?;
        self.send_request(request, idempotency).await
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
        let idempotency = Idempotency::of_method(&method);
        self.send_request(build_request(method, url, headers, body)?, idempotency).await
    }

    /// Like [`Client::send_url`], with headers that replace the default ones.
    pub async fn send_url_with_headers(
        &self,
        method: Method,
        url: Url,
        headers: &[(String, String)],
        body: Option<&Value>,
    ) -> Result<JsonResponse> {
        let idempotency = Idempotency::of_method(&method);
        let mut request = build_request(method, url, &[], body)?;
        for (name, value) in headers {
            let header: HeaderName = name
                .parse()
                .map_err(|_| Error::invalid(format!("'{name}' is not a valid name of an HTTP header")))?;
            request.headers.insert(header, header_value(name, value)?);
        }
        self.send_request(request, idempotency).await
    }

    async fn send_request(&self, mut request: Request, idempotency: Idempotency) -> Result<JsonResponse> {
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
        self.send_prepared(request, idempotency).await
    }

    /// Acquires a policy token for a request, and adds it.
    async fn add_policy_token(&self, tokens: &PolicyTokens, request: &mut Request) -> Result<()> {
        let correlation_id = uuid::Uuid::new_v4().to_string();
        let target = tokens.target(&correlation_id);
        let body = tokens.body(request);
        let acquisition = build_request(Method::POST, self.url(&target)?, &target.headers, Some(&body))?;
        let response = self.send_prepared(acquisition, Idempotency::of_method(&Method::POST)).await?;
        request.headers.insert(CORRELATION_ID, header_value(CORRELATION_ID.as_str(), &correlation_id)?);
        request.headers.insert(POLICY_TOKEN, read_token(&response.body)?);
        Ok(())
    }

    async fn send_prepared(&self, request: Request, idempotency: Idempotency) -> Result<JsonResponse> {
        let url = request.url.clone();
        let subject = format!("{} {}", request.method, url.path());
        let response = self.send_with_retries(request, idempotency).await?;
        if response.status.is_redirection() {
            return Err(unexpected_redirect(&subject, &url, &response));
        }
        if !response.status.is_success() {
            return Err(parse_error_response(&response, subject).into());
        }
        let JsonBody { value, memory } = parse_json_body(&response, &subject)?;
        Ok(JsonResponse { status: response.status, headers: response.headers, body: value, memory })
    }

    /// Downloads a document without a token: the blob of an export, the URL of a specification.
    ///
    /// Follows a few redirects, but not from https to http. Reads at most 100 MiB, for at most ten minutes.
    pub async fn fetch(&self, url: &Url) -> Result<Bytes> {
        self.fetch_within(DOCUMENT_TIMEOUT, url).await
    }

    async fn fetch_within(&self, timeout: Duration, url: &Url) -> Result<Bytes> {
        let Ok(outcome) = tokio::time::timeout(timeout, self.fetch_without_timeout(url)).await else {
            return Err(Error::network(
                format!(
                    "{}: the document was not complete within {} seconds",
                    origin_of(url),
                    timeout.as_secs()
                ),
                NetworkFault::Permanent,
            )
            .with_hint("Download it with another program, and give the name of the file."));
        };
        outcome
    }

    async fn fetch_without_timeout(&self, url: &Url) -> Result<Bytes> {
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            tracing::info!("downloading from {}", origin_of(&url));
            let response = self.fetch_with_retries(&url).await?;
            let location = format!("{}{}", origin_of(&url), url.path());
            match response.status.as_u16() {
                200 => return Ok(response.body),
                301 | 302 | 303 | 307 | 308 => url = redirect_target(&url, &response)?,
                status @ (403 | 404 | 410) => {
                    return Err(Error::no_match(format!(
                        "{location}: the document does not exist, or the link has expired (HTTP {status})"
                    ))
                    .with_hint("The link of an export expires after five minutes; export the API again."));
                }
                status => {
                    return Err(Error::invalid_response(format!(
                        "{location}: the server responded HTTP {status}"
                    )));
                }
            }
        }
        Err(Error::invalid_response(format!("{}: too many redirects", origin_of(&url))))
    }

    async fn fetch_with_retries(&self, url: &Url) -> Result<Response> {
        let request = Request::new(Method::GET, url.clone());
        let first_attempt = Instant::now();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let outcome = self.transport.send_limited(request.clone(), MAX_DOCUMENT).await;
            match self.decide(Idempotency::Idempotent, &outcome, attempt, first_attempt) {
                RetryDecision::Stop => return outcome,
                RetryDecision::RetryAfter(delay) => tokio::time::sleep(delay).await,
            }
        }
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
        // Parts of ARM do not read `+` as a space.
        let query = url.query().map(|query| query.replace('+', "%20"));
        url.set_query(query.as_deref());
        Ok(url)
    }

    /// What to do after an attempt, within the time limits of the client.
    fn decide(
        &self,
        idempotency: Idempotency,
        outcome: &Result<Response>,
        attempt: u32,
        first_attempt: Instant,
    ) -> RetryDecision {
        match retry::decide(idempotency, outcome, attempt) {
            RetryDecision::RetryAfter(delay) => {
                let delay = delay.min(self.timeouts.max_delay);
                let is_late = first_attempt.elapsed() + delay > self.timeouts.retry_window;
                if is_late { RetryDecision::Stop } else { RetryDecision::RetryAfter(delay) }
            }
            RetryDecision::Stop => RetryDecision::Stop,
        }
    }

    async fn send_with_retries(&self, request: Request, idempotency: Idempotency) -> Result<Response> {
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
            let outcome = self.transport.send_limited(signed, MAX_RESPONSE).await;
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
            match self.decide(idempotency, &outcome, attempt, first_attempt) {
                RetryDecision::Stop => return outcome,
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

/// The target of a redirect to a document.
fn redirect_target(from: &Url, response: &Response) -> Result<Url> {
    let to = response.header("location").and_then(|to| from.join(to).ok()).filter(Url::has_host);
    let to = to.ok_or_else(|| {
        Error::invalid_response(format!(
            "{}{}: redirect without a Location header",
            origin_of(from),
            from.path()
        ))
    })?;
    if to.scheme() == "https" || (to.scheme() == "http" && from.scheme() == "http") {
        return Ok(to);
    }
    Err(Error::invalid_response(format!(
        "{} redirects to {}, which is less secure",
        origin_of(from),
        origin_of(&to)
    )))
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
