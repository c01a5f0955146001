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

use crate::transport::{Request, Transport};

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
        let mut headers = Headers::new();
        for (name, value) in &response.headers {
            headers.insert(name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned());
        }
        let status = StatusCode::from(response.status.as_u16());
        Ok(AsyncRawResponse::from_bytes(status, headers, response.body))
    }
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
