//! The Azure SDK over azr's transport: one client with one set of connections and proxy settings.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::error::ErrorKind;
use azure_core::http::headers::Headers;
use azure_core::http::request::Body;
use azure_core::http::{
    AsyncRawResponse, ClientOptions, ExponentialRetryOptions, HttpClient, RetryOptions, StatusCode,
};
use azure_core::time::Duration;
use azure_core::{Error, Result};
use url::Url;

use super::explain::entra_hint;
use super::token_response;
use crate::not_json;
use crate::transport::{Request, Response, Transport};

/// How often a token request is retried, and for how long: the user is waiting.
const MAX_RETRIES: u32 = 3;
const MAX_RETRY_SECONDS: i64 = 20;

/// The longest response to a token request, in bytes; a token has some kilobytes.
pub(super) const MAX_TOKEN_RESPONSE: usize = 1 << 20;

/// The metadata service of virtual machines, as the SDK calls it.
const INSTANCE_METADATA: &str = "http://169.254.169.254/";

/// The transport for token requests, and the endpoints that they go to.
#[derive(Clone)]
pub struct AuthTransport {
    /// Sends the requests.
    pub http: Arc<dyn Transport>,
    /// The identity provider, such as `https://login.microsoftonline.com`.
    pub authority: Url,
    /// The endpoint that replaces the metadata service of a virtual machine.
    pub metadata: Option<Url>,
}

impl AuthTransport {
    /// The SDK's options for one credential.
    pub(crate) fn client_options(&self) -> ClientOptions {
        let mut cloud = CustomConfiguration::default();
        let (authority, mut rewrites) = self.authority_for_sdk();
        cloud.authority_host = authority.into();
        if let (Ok(from), Some(to)) = (Url::parse(INSTANCE_METADATA), &self.metadata) {
            rewrites.push(HostRewrite { from, to: to.clone() });
        }
        let client: Arc<dyn HttpClient> = Arc::new(SdkClient { transport: Arc::clone(&self.http), rewrites });
        ClientOptions {
            transport: Some(azure_core::http::Transport::new(client)),
            cloud: Some(Arc::new(CloudConfiguration::Custom(cloud))),
            retry: RetryOptions::exponential(ExponentialRetryOptions {
                max_retries: MAX_RETRIES,
                max_total_elapsed: Duration::seconds(MAX_RETRY_SECONDS),
                ..ExponentialRetryOptions::default()
            }),
            ..ClientOptions::default()
        }
    }

    /// The authority as the SDK accepts it, which is https only, and the rewrite back to http on this machine.
    ///
    /// The context has checked that http is used for this machine only.
    fn authority_for_sdk(&self) -> (Url, Vec<HostRewrite>) {
        let mut https = self.authority.clone();
        if self.authority.scheme() == "https" || https.set_scheme("https").is_err() {
            return (self.authority.clone(), Vec::new());
        }
        (https.clone(), vec![HostRewrite { from: https, to: self.authority.clone() }])
    }
}

/// Sends requests for the host of one URL to the host of another.
struct HostRewrite {
    from: Url,
    to: Url,
}

impl HostRewrite {
    fn apply(&self, url: &mut Url) -> std::result::Result<(), ()> {
        url.set_scheme(self.to.scheme())?;
        url.set_host(self.to.host_str()).map_err(drop)?;
        url.set_port(self.to.port())
    }
}

/// The SDK's HTTP client.
struct SdkClient {
    transport: Arc<dyn Transport>,
    rewrites: Vec<HostRewrite>,
}

impl SdkClient {
    fn rewrite(&self, url: &Url) -> Result<Url> {
        let mut url = url.clone();
        if let Some(rewrite) = self.rewrites.iter().find(|rewrite| rewrite.from.origin() == url.origin()) {
            rewrite.apply(&mut url).map_err(|()| {
                Error::with_message(ErrorKind::Other, format!("cannot send requests to {}", rewrite.to))
            })?;
        }
        Ok(url)
    }
}

impl fmt::Debug for SdkClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SdkClient")
    }
}

#[async_trait]
impl HttpClient for SdkClient {
    async fn execute_request(&self, request: &azure_core::http::Request) -> Result<AsyncRawResponse> {
        let response = self
            .transport
            .send_limited(self.convert(request)?, MAX_TOKEN_RESPONSE)
            .await
            // The SDK retries errors of this kind.
            .map_err(|e| Error::new(ErrorKind::Io, e))?;
        let (url, status) = (request.url(), response.status);
        if let Some(error) =
            not_json::error(url.host_str().unwrap_or_default(), status.as_u16(), &response.body)
        {
            return Err(Error::new(error_kind(status), error));
        }
        let is_authority = token_response::is_token_endpoint(url);
        let response = if is_authority {
            token_response::normalize(url, response).map_err(|error| Error::new(error_kind(status), error))?
        } else {
            response
        };
        if let Some(refusal) = token_refusal(&response, is_authority) {
            return Err(Error::new(ErrorKind::Credential, refusal));
        }
        let mut headers = Headers::new();
        for (name, value) in &response.headers {
            headers.insert(name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned());
        }
        let status = StatusCode::from(response.status.as_u16());
        Ok(AsyncRawResponse::from_bytes(status, headers, response.body))
    }
}

/// The kind of an error for an unusable response, which makes the SDK retry those that a gateway may send in passing.
fn error_kind(status: http::StatusCode) -> ErrorKind {
    if status.is_server_error() { ErrorKind::Io } else { ErrorKind::Credential }
}

/// The error for a refusal of Entra, unless the SDK sends the request again.
///
/// The SDK cannot read a description with escapes, such as `\r\n` or `\u0027`, which Entra's usually have.
fn token_refusal(response: &Response, is_authority: bool) -> Option<azr_core::error::Error> {
    if !response.status.is_client_error() || matches!(response.status.as_u16(), 408 | 429) {
        return None;
    }
    let body: serde_json::Value = serde_json::from_slice(&response.body).ok()?;
    let description = body.get("error_description")?.as_str()?;
    let line = description.split_whitespace().collect::<Vec<_>>().join(" ");
    // Other services, such as the metadata service of a virtual machine, have errors that the SDK interprets.
    if !is_authority && !line.contains("AADSTS") {
        return None;
    }
    let hint = entra_hint(&line);
    Some(azr_core::error::Error::authentication(line).with_optional_hint(hint))
}

impl SdkClient {
    fn convert(&self, request: &azure_core::http::Request) -> Result<Request> {
        let invalid = |e: http::Error| Error::new(ErrorKind::DataConversion, e);
        let method =
            request.method().as_str().parse().map_err(|e: http::method::InvalidMethod| invalid(e.into()))?;
        let mut converted = Request::new(method, self.rewrite(request.url())?);
        for (name, value) in request.headers().iter() {
            let name: http::HeaderName =
                name.as_str().parse().map_err(|e: http::header::InvalidHeaderName| invalid(e.into()))?;
            let value: http::HeaderValue =
                value.as_str().parse().map_err(|e: http::header::InvalidHeaderValue| invalid(e.into()))?;
            converted.headers.append(name, value);
        }
        converted.body = match request.body() {
            Body::Bytes(bytes) => bytes.clone(),
            Body::SeekableStream(_) => {
                return Err(Error::with_message(ErrorKind::Other, "a token request does not have a stream"));
            }
        };
        Ok(converted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::response;

    #[test]
    fn a_refusal_of_entra_is_read_with_its_escapes() {
        let body = r#"{"error":"invalid_client","error_description":"AADSTS7000215: Don\u0027t send \"x\".\r\nTrace ID: 1"}"#;
        let refusal = token_refusal(&response(401, &[], body), true).expect("a refusal");
        assert_eq!(refusal.to_string(), "AADSTS7000215: Don't send \"x\". Trace ID: 1");
        assert!(refusal.hint().is_some_and(|hint| hint.contains("not its id")));
    }

    #[test]
    fn other_responses_are_left_to_the_sdk() {
        for (status, body) in [
            (200, r#"{"error_description":"AADSTS1"}"#),
            (400, r#"{"error":"invalid_request","error_description":"Identity not found"}"#),
            (400, "AADSTS50076"),
        ] {
            assert!(token_refusal(&response(status, &[], body), false).is_none(), "{body}");
        }
    }
}
