//! The ARM client: one request with its token, retries and errors.

#[cfg(test)]
mod tests;

use std::sync::{Arc, Once};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use serde_json::Value;
use url::Url;

use super::limiter::Limiter;
use super::patience::Patience;
use super::plan::Target;
use super::retry::{self, Repeats, Verdict};
use super::service_error;
use crate::auth::{self, Claims, TokenSource};
use crate::transport::{Request, Response, Transport};
use azr_core::error::{Error, NetworkFault, Result};
use azr_core::resource::SUBSCRIPTIONS_VERSION;

/// The longest body that azr reads from ARM, in bytes: 64 MiB.
pub const MAX_ANSWER: usize = 64 << 20;

/// The longest document that is fetched from a link, in bytes: 100 MiB, which is all that a definition may be.
const MAX_DOCUMENT: usize = 100 << 20;

/// How long a document may take to come, however steadily it does.
///
/// Three megabytes, the most that API Center takes, come in this time over a line of 64 kbit/s.
const DOCUMENT_TIME: Duration = Duration::from_secs(10 * 60);

/// How many redirects are followed to a document.
const MAX_REDIRECTS: usize = 5;

/// A client of one ARM endpoint.
pub struct Client {
    transport: Arc<dyn Transport>,
    tokens: Arc<dyn TokenSource>,
    endpoint: Url,
    limiter: Limiter,
    patience: Patience,
    /// Whether `--verbose` has heard which credential is used.
    introduced: Once,
}

/// An answer whose status says success.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status, 2xx.
    pub status: u16,
    /// The body as JSON; null for none.
    pub body: Value,
    /// The answer as it came, for its headers.
    pub raw: Response,
}

/// What an endpoint answers to somebody who is not signed in.
#[derive(Debug)]
pub struct Knock {
    /// The HTTP status.
    pub status: u16,
    /// What time it is there.
    pub date: Option<SystemTime>,
}

impl Client {
    /// A client of `endpoint` (scheme and host, such as `https://management.azure.com`).
    pub fn new(
        transport: Arc<dyn Transport>,
        tokens: Arc<dyn TokenSource>,
        endpoint: Url,
        patience: Patience,
    ) -> Self {
        let limiter = Limiter::new(patience.pause);
        Self { transport, tokens, endpoint, limiter, patience, introduced: Once::new() }
    }

    /// The endpoint.
    #[must_use]
    pub fn endpoint(&self) -> &Url {
        &self.endpoint
    }

    /// How long it waits.
    #[must_use]
    pub fn patience(&self) -> Patience {
        self.patience
    }

    /// Signs in, unless that was done; gives which credential was used, and whom its token speaks for where that shows.
    pub async fn sign_in(&self) -> Result<(String, Option<Claims>)> {
        let token = self.tokens.token().await?;
        Ok((self.tokens.describe(), auth::claims(&token)))
    }

    /// What the endpoint answers to somebody who is not signed in: any answer shows that it is reached.
    ///
    /// It is asked once.
    pub async fn knock(&self) -> Result<Knock> {
        let at = Target::new("/subscriptions", SUBSCRIPTIONS_VERSION);
        let request = Self::request("GET", self.url(&at)?, &[], None);
        let answer = self.transport.send_within(request, MAX_ANSWER).await?;
        Ok(Knock { status: answer.status, date: answer.header("date").and_then(retry::date) })
    }

    /// The pause that an answer asks for, or `otherwise`, within what the client waits.
    #[must_use]
    pub fn pause_after(&self, response: &Response, otherwise: Duration) -> Duration {
        retry::asked_pause(response).unwrap_or(otherwise).min(self.patience.pause)
    }

    /// Sends a request to a path under the endpoint.
    pub async fn send(&self, method: &'static str, at: &Target, body: Option<&Value>) -> Result<Answer> {
        self.send_to(method, self.url(at)?, &at.headers, body, at.repeatable).await
    }

    /// Sends a request to a whole URL, which must be on the endpoint: a `nextLink` or a `Location`.
    pub async fn send_url(
        &self,
        method: &'static str,
        url: Url,
        headers: &[(&'static str, String)],
        body: Option<&Value>,
    ) -> Result<Answer> {
        self.send_to(method, url, headers, body, false).await
    }

    async fn send_to(
        &self,
        method: &'static str,
        url: Url,
        headers: &[(&'static str, String)],
        body: Option<&Value>,
        repeatable: bool,
    ) -> Result<Answer> {
        if !auth::allowed(&url, &self.endpoint) {
            return Err(Error::invalid_response(format!(
                "the service points to {}, which is not {}; azr does not send its token there",
                host_of(&url),
                host_of(&self.endpoint)
            )));
        }
        let request = Self::request(method, url, headers, body);
        let request_url = request.url.clone();
        let what = format!("{method} {}", request_url.path());
        let repeats = if repeatable || method != "POST" { Repeats::Nothing } else { Repeats::TheAction };
        let response = self.send_with_retries(request, repeats).await?;
        if (300..400).contains(&response.status) {
            return Err(redirect(&what, &request_url, &response));
        }
        if !(200..300).contains(&response.status) {
            return Err(service_error::from_response(&response, what).into());
        }
        let body = parse_body(&response, &what)?;
        Ok(Answer { status: response.status, body, raw: response })
    }

    /// Fetches a document from a link, without the token: an export's blob, a specification's URL.
    ///
    /// Follows a few redirects, but not from https to http; takes no more than [`MAX_DOCUMENT`], and ten minutes.
    pub async fn fetch(&self, url: &Url) -> Result<Bytes> {
        self.fetch_in(DOCUMENT_TIME, url).await
    }

    async fn fetch_in(&self, time: Duration, url: &Url) -> Result<Bytes> {
        let Ok(outcome) = tokio::time::timeout(time, self.fetch_at_leisure(url)).await else {
            let host = host_of(url);
            return Err(Error::network(
                format!("{host}: the document did not come whole within {} seconds", time.as_secs()),
                NetworkFault::Permanent,
            )
            .with_hint("Download it with another program, and name the file."));
        };
        outcome
    }

    async fn fetch_at_leisure(&self, url: &Url) -> Result<Bytes> {
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            tracing::info!("fetching from {}", host_of(&url));
            let response = self.fetch_once(&url).await?;
            let place = format!("{}{}", host_of(&url), url.path());
            match response.status {
                200 => return Ok(response.body),
                301 | 302 | 303 | 307 | 308 => url = redirected(&url, &response)?,
                403 | 404 | 410 => {
                    return Err(Error::no_match(format!(
                        "the document at {place} is not there, or its link has expired (HTTP {})",
                        response.status
                    ))
                    .with_hint("Links of an export are good for five minutes; export again."));
                }
                status => return Err(Error::invalid_response(format!("{place} answered HTTP {status}"))),
            }
        }
        Err(Error::invalid_response(format!("{} redirects again and again", host_of(&url))))
    }

    async fn fetch_once(&self, url: &Url) -> Result<Response> {
        let request = Request { method: "GET", url: url.clone(), headers: Vec::new(), body: Bytes::new() };
        let first = Instant::now();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let outcome = self.transport.send_within(request.clone(), MAX_DOCUMENT).await;
            match self.verdict(Repeats::Nothing, &outcome, attempt, first) {
                Verdict::Done => return outcome,
                Verdict::Again(pause) => tokio::time::sleep(pause).await,
            }
        }
    }

    /// The URL of a path under the endpoint.
    pub fn url(&self, at: &Target) -> Result<Url> {
        let mut url = self.endpoint.clone();
        {
            let mut segments = url
                .path_segments_mut()
                .map_err(|()| Error::invalid(format!("{} cannot be an ARM endpoint", self.endpoint)))?;
            segments.pop_if_empty().extend(at.path.trim_start_matches('/').split('/'));
        }
        {
            let mut query = url.query_pairs_mut();
            for (name, value) in &at.query {
                query.append_pair(name, value);
            }
            query.append_pair("api-version", at.api_version);
        }
        // `+` for a space is read as a plus by parts of ARM.
        let query = url.query().map(|q| q.replace('+', "%20"));
        url.set_query(query.as_deref());
        Ok(url)
    }

    fn request(
        method: &'static str,
        url: Url,
        headers: &[(&'static str, String)],
        body: Option<&Value>,
    ) -> Request {
        let mut all: Vec<(String, String)> = vec![
            ("accept".to_owned(), "application/json".to_owned()),
            ("x-ms-client-request-id".to_owned(), uuid::Uuid::new_v4().to_string()),
        ];
        all.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let body = body.map(|body| {
            all.push(("content-type".to_owned(), "application/json".to_owned()));
            Bytes::from(body.to_string())
        });
        Request { method, url, headers: all, body: body.unwrap_or_default() }
    }

    /// What to do with the outcome of an attempt, the first of which was made at `first`.
    fn verdict(&self, repeats: Repeats, outcome: &Result<Response>, attempt: u32, first: Instant) -> Verdict {
        match retry::judge(repeats, outcome, attempt) {
            Verdict::Again(pause) => {
                let pause = pause.min(self.patience.pause);
                let is_late = first.elapsed() + pause > self.patience.retrying;
                if is_late { Verdict::Done } else { Verdict::Again(pause) }
            }
            Verdict::Done => Verdict::Done,
        }
    }

    async fn send_with_retries(&self, request: Request, repeats: Repeats) -> Result<Response> {
        let mut token = self.tokens.token().await?;
        self.introduced.call_once(|| tracing::info!("{}", self.tokens.describe()));
        let mut renewed = false;
        let first = Instant::now();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut pass = self.limiter.admit(request.method, request.url.path()).await;
            let mut signed = request.clone();
            signed.headers.push(("authorization".to_owned(), format!("Bearer {}", token.expose())));
            tracing::debug!("{} {}{}", request.method, request.url.path(), public_query(&request.url));
            let outcome = self.transport.send_within(signed, MAX_ANSWER).await;
            pass.ended(&outcome);
            if let Ok(response) = &outcome {
                tracing::debug!("{} for {} {}", response.status, request.method, request.url.path());
                if response.status == 401 && !renewed {
                    renewed = true;
                    // Where there is no other token, the service's own words say why this one is refused.
                    match self.tokens.renew(&token).await {
                        Ok(other) => {
                            token = other;
                            continue;
                        }
                        Err(error) => tracing::info!("no other token is to be had: {error}"),
                    }
                }
            }
            match self.verdict(repeats, &outcome, attempt, first) {
                Verdict::Done => return outcome,
                Verdict::Again(pause) => {
                    tracing::info!("trying {} again in {pause:?}", request.url.path());
                    if retry::is_throttled(&outcome) {
                        // The limiter makes it wait, and all others of its class with it.
                        pass.hold(pause);
                        continue;
                    }
                    drop(pass);
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }
}

fn parse_body(response: &Response, what: &str) -> Result<Value> {
    if response.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&response.body).map_err(|e| {
        Error::invalid_response(format!("{what}: the answer (HTTP {}) is not JSON: {e}", response.status))
    })
}

/// The refusal of a redirect of the Resource Manager: the token goes nowhere else, and ARM has no reason to redirect.
fn redirect(what: &str, from: &Url, response: &Response) -> Error {
    let to = response.header("location").and_then(|to| from.join(to).ok());
    let to = to.map_or_else(String::new, |to| format!(" to {}", host_of(&to)));
    Error::invalid_response(format!(
        "{what}: the service redirects{to} (HTTP {}); azr does not follow with its token",
        response.status
    ))
    .with_hint("Check the address (AZR_ARM_ENDPOINT), and what answers in the service's place: a proxy, a sign-in page.")
}

/// Where a redirect leads.
fn redirected(from: &Url, response: &Response) -> Result<Url> {
    let to = response.header("location").and_then(|to| from.join(to).ok()).filter(Url::has_host);
    let to = to.ok_or_else(|| {
        Error::invalid_response(format!("{}{} redirects to nowhere", host_of(from), from.path()))
    })?;
    if to.scheme() == "https" || (to.scheme() == "http" && from.scheme() == "http") {
        return Ok(to);
    }
    Err(Error::invalid_response(format!(
        "{} redirects to {}, which is less secure",
        host_of(from),
        host_of(&to)
    )))
}

/// Scheme, host and port of a URL, for messages.
#[must_use]
pub fn host_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The query as far as it may be shown: polling URLs of operations carry signatures.
fn public_query(url: &Url) -> String {
    let shown: Vec<String> = url
        .query_pairs()
        .filter(|(name, _)| name.starts_with('$') || matches!(&**name, "api-version" | "format" | "export"))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    if shown.is_empty() { String::new() } else { format!("?{}", shown.join("&")) }
}
