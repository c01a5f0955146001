//! Downloads of documents, which need no token.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Method;
use url::Url;

use super::{Client, origin_of};
use crate::internal_address::is_internal_host;
use crate::large_responses;
use crate::retry::{RetryDecision, RetryPolicy};
use crate::transport::{Request, Response};
use azr_core::error::{Error, ErrorKind, NetworkFault, Result};

/// The longest document that is downloaded, in bytes: 100 MiB, the limit of a definition.
const MAX_DOCUMENT: usize = 100 << 20;

/// The timeout for the download of a document.
///
/// Enough for 3 MB, the limit of API Center, at 64 kbit/s.
const DOCUMENT_TIMEOUT: Duration = Duration::from_secs(10 * 60);

/// How many redirects to a document are followed.
const MAX_REDIRECTS: usize = 5;

/// The timeout for the download of a document that the caller can do without.
const OPTIONAL_DOCUMENT_TIMEOUT: Duration = Duration::from_secs(10);

/// How a document is downloaded.
#[derive(Clone, Copy)]
pub(super) struct Rules<'a> {
    /// The URL that the document's URL must be as safe as.
    trusted: &'a Url,
    /// Whether a failed request is sent again.
    retries: bool,
}

impl<'a> Rules<'a> {
    pub(super) fn new(trusted: &'a Url) -> Self {
        Self { trusted, retries: true }
    }
}

impl Client {
    /// Downloads the document that a response of the service links to, without a token.
    ///
    /// The link, and the few redirects that are followed, must use https and must not lead into this machine or its
    /// network, unless the endpoint itself does. Reads at most 100 MiB, for at most ten minutes.
    pub async fn fetch(&self, url: &Url) -> Result<Bytes> {
        self.fetch_within(DOCUMENT_TIMEOUT, Rules::new(&self.endpoint), url).await
    }

    /// Downloads the document at a URL that the user gave, like [`Client::fetch`]; redirects are as safe as the URL.
    pub async fn fetch_given(&self, url: &Url) -> Result<Bytes> {
        self.fetch_within(DOCUMENT_TIMEOUT, Rules::new(url), url).await
    }

    /// Downloads a document that the caller can do without, like [`Client::fetch`], but does not try again.
    ///
    /// An endpoint on this machine is an emulator, whose other hosts do not exist; they are not asked.
    pub async fn fetch_once(&self, url: &Url) -> Result<Bytes> {
        if is_internal_host(&self.endpoint) && !is_internal_host(url) {
            let text = format!("{}: the emulator does not serve this host", origin_of(url));
            return Err(Error::network(text, NetworkFault::Permanent));
        }
        let rules = Rules { retries: false, ..Rules::new(&self.endpoint) };
        self.fetch_within(OPTIONAL_DOCUMENT_TIMEOUT, rules, url).await
    }

    pub(super) async fn fetch_within(&self, timeout: Duration, rules: Rules<'_>, url: &Url) -> Result<Bytes> {
        let Some(outcome) = large_responses::timeout(timeout, self.fetch_without_timeout(rules, url)).await
        else {
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

    async fn fetch_without_timeout(&self, rules: Rules<'_>, url: &Url) -> Result<Bytes> {
        let mut url = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            check_scheme(rules.trusted, &url)?;
            tracing::info!("downloading from {}", origin_of(&url));
            let response = self.fetch_as_safe(rules, &url).await?;
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

    /// Sends a request to a host that may be internal only if the trusted one is.
    async fn fetch_as_safe(&self, rules: Rules<'_>, url: &Url) -> Result<Response> {
        let Rules { trusted, retries } = rules;
        if url.host() == trusted.host() || is_internal_host(trusted) {
            return self.fetch_response(url, false, retries).await;
        }
        let refusal = if is_internal_host(url) {
            Error::invalid_response(format!("{}: the link leads to an internal address", origin_of(url)))
        } else {
            match self.fetch_response(url, true, retries).await {
                Err(error) if error.kind() == ErrorKind::Network(NetworkFault::Permanent) => error,
                outcome => return outcome,
            }
        };
        // Resource Manager may have a private endpoint in the same network.
        if self.transport.resolves_to_internal_address(trusted).await {
            return self.fetch_response(url, false, retries).await;
        }
        Err(refusal)
    }

    async fn fetch_response(&self, url: &Url, is_public_only: bool, retries: bool) -> Result<Response> {
        let mut request = Request::new(Method::GET, url.clone());
        request.is_public_only = is_public_only;
        let first_attempt = Instant::now();
        let mut attempt = 0;
        loop {
            attempt += 1;
            let outcome = self.transport.send_limited(request.clone(), MAX_DOCUMENT).await;
            if !retries {
                return outcome;
            }
            match self.decide(RetryPolicy::IDEMPOTENT, &outcome, attempt, first_attempt) {
                RetryDecision::Stop => return outcome,
                RetryDecision::RetryAfter(delay) => tokio::time::sleep(delay).await,
            }
        }
    }
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
    Ok(to)
}

/// Fails if a URL is less secure than the trusted one: https is required if that one uses it.
fn check_scheme(trusted: &Url, url: &Url) -> Result<()> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if trusted.scheme() == "http" => Ok(()),
        "http" => Err(Error::invalid_response(format!("{}: the link does not use https", origin_of(url)))),
        scheme => Err(Error::invalid_response(format!("the link uses {scheme}, which is not https"))),
    }
}
