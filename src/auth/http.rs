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

/// What every credential of the SDK needs: a transport, and who gives out tokens.
#[derive(Clone)]
pub struct Wire {
    /// Carries the requests.
    pub transport: Arc<dyn Transport>,
    /// Who gives out tokens.
    pub authority: Url,
}

impl Wire {
    /// The SDK's options for one credential.
    pub fn options(&self) -> ClientOptions {
        let mut cloud = CustomConfiguration::default();
        self.authority.as_str().clone_into(&mut cloud.authority_host);
        let client: Arc<dyn HttpClient> = Arc::new(Adapter(Arc::clone(&self.transport)));
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

struct Adapter(Arc<dyn Transport>);

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
        let answer = self
            .0
            .send(transport::Request {
                method: request.method().as_str(),
                url: request.url().clone(),
                headers,
                body,
            })
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
