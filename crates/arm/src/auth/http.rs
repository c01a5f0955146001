//! The Azure SDK's requests, carried by azr's transport: one client, one set of connections and proxy rules.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::error::ErrorKind;
use azure_core::http::headers::Headers;
use azure_core::http::request::Body;
use azure_core::http::{
    AsyncRawResponse, ClientOptions, ExponentialRetryOptions, HttpClient, Request, RetryOptions, StatusCode,
};
use azure_core::time::Duration;
use azure_core::{Error, Result};
use url::Url;

use crate::transport::{self, Transport};

/// How often a request for a token is tried again, and for how long: somebody waits in front of the screen.
const RETRIES: u32 = 3;
const RETRY_SECONDS: i64 = 20;

/// The longest answer to a request for a token, in bytes: a token is some kilobytes.
pub const MAX_ANSWER: usize = 1 << 20;

/// Where the SDK asks for the identity of a virtual machine.
const METADATA: &str = "http://169.254.169.254/";

/// What every credential of the SDK needs: a transport, and who gives out tokens.
#[derive(Clone)]
pub struct Wire {
    /// Carries the requests.
    pub transport: Arc<dyn Transport>,
    /// Who gives out tokens.
    pub authority: Url,
    /// Who answers in place of a virtual machine's metadata service.
    pub metadata: Option<Url>,
}

impl Wire {
    /// The SDK's options for one credential.
    #[must_use]
    pub fn options(&self) -> ClientOptions {
        let mut cloud = CustomConfiguration::default();
        let (authority, mut detours) = self.authority_for_sdk();
        cloud.authority_host = authority.into();
        if let (Ok(from), Some(to)) = (Url::parse(METADATA), &self.metadata) {
            detours.push(Detour { from, to: to.clone() });
        }
        let client: Arc<dyn HttpClient> =
            Arc::new(Adapter { transport: Arc::clone(&self.transport), detours });
        ClientOptions {
            transport: Some(azure_core::http::Transport::new(client)),
            cloud: Some(Arc::new(CloudConfiguration::Custom(cloud))),
            retry: RetryOptions::exponential(ExponentialRetryOptions {
                max_retries: RETRIES,
                max_total_elapsed: Duration::seconds(RETRY_SECONDS),
                ..ExponentialRetryOptions::default()
            }),
            ..ClientOptions::default()
        }
    }
}

impl Wire {
    /// The authority as the SDK takes it, which knows https only, and the way back to http on this machine.
    ///
    /// The context has seen to it that there is http to this machine only.
    fn authority_for_sdk(&self) -> (Url, Vec<Detour>) {
        let mut secure = self.authority.clone();
        if self.authority.scheme() == "https" || secure.set_scheme("https").is_err() {
            return (self.authority.clone(), Vec::new());
        }
        (secure.clone(), vec![Detour { from: secure, to: self.authority.clone() }])
    }
}

/// Requests to the host of one URL that go to that of another.
struct Detour {
    from: Url,
    to: Url,
}

impl Detour {
    fn apply(&self, url: &mut Url) -> std::result::Result<(), ()> {
        url.set_scheme(self.to.scheme())?;
        url.set_host(self.to.host_str()).map_err(drop)?;
        url.set_port(self.to.port())
    }
}

struct Adapter {
    transport: Arc<dyn Transport>,
    detours: Vec<Detour>,
}

impl Adapter {
    /// Where a request really goes.
    fn way(&self, url: &Url) -> Result<Url> {
        let mut url = url.clone();
        if let Some(detour) = self.detours.iter().find(|detour| detour.from.origin() == url.origin()) {
            let lost = || Error::with_message(ErrorKind::Other, format!("no way to {}", detour.to));
            detour.apply(&mut url).map_err(|()| lost())?;
        }
        Ok(url)
    }
}

impl fmt::Debug for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Adapter")
    }
}

#[async_trait]
impl HttpClient for Adapter {
    async fn execute_request(&self, request: &Request) -> Result<AsyncRawResponse> {
        let body = match request.body() {
            Body::Bytes(bytes) => bytes.clone(),
            Body::SeekableStream(_) => {
                return Err(Error::with_message(ErrorKind::Other, "a request for a token has no stream"));
            }
        };
        let headers =
            request.headers().iter().map(|(n, v)| (n.as_str().to_owned(), v.as_str().to_owned())).collect();
        let url = self.way(request.url())?;
        let request = transport::Request { method: request.method().as_str(), url, headers, body };
        let answer = self
            .transport
            .send_within(request, MAX_ANSWER)
            .await
            // This kind is what the SDK tries again.
            .map_err(|e| Error::new(ErrorKind::Io, e))?;
        let mut headers = Headers::new();
        for (name, value) in answer.headers {
            headers.insert(name, value);
        }
        Ok(AsyncRawResponse::from_bytes(StatusCode::from(answer.status), headers, answer.body))
    }
}
