//! Federated identity of pipelines: an assertion from the pipeline's service is exchanged for a token at Entra.
//!
//! An assertion lives for minutes and an import may take longer, so one is requested for every token.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use azure_core::error::ErrorKind;
use azure_core::http::ClientMethodOptions;
use azure_identity::{ClientAssertion, ClientAssertionCredential, ClientAssertionCredentialOptions};
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderValue, Method};
use url::Url;

use crate::auth::Secret;
use crate::auth::credential_source::CredentialFactory;
use crate::auth::transport::AuthTransport;
use crate::transport::{Request, Transport, redact_url};
use azr_core::context::is_loopback;
use azr_core::error::{Error, Result};

/// The request for an assertion.
#[derive(Clone)]
pub(super) struct AssertionRequest {
    /// GET or POST.
    pub method: Method,
    /// The endpoint.
    pub url: Url,
    /// The token to authenticate with.
    pub bearer_token: Secret,
    /// The member of the response with the assertion.
    pub response_member: &'static str,
    /// The hint if the request fails.
    pub hint: &'static str,
}

/// The URL in a variable, which must be https because the pipeline's token is sent to it.
pub(super) fn parse_https_url(variable: &str, text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) => Ok(url),
        _ => Err(format!("{variable} is not an https URL")),
    }
}

/// The credential for `client` in `tenant`.
pub(super) fn credential_factory(
    request: AssertionRequest,
    client: String,
    tenant: String,
    transport: AuthTransport,
) -> CredentialFactory {
    Box::new(move || {
        let options = ClientAssertionCredentialOptions { client_options: transport.client_options() };
        let assertion =
            FederatedAssertion { request: request.clone(), transport: Arc::clone(&transport.http) };
        let credential =
            ClientAssertionCredential::new(tenant.clone(), client.clone(), assertion, Some(options))?;
        Ok(credential as Arc<dyn TokenCredential>)
    })
}

struct FederatedAssertion {
    request: AssertionRequest,
    transport: Arc<dyn Transport>,
}

impl fmt::Debug for FederatedAssertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FederatedAssertion").field(&redact_url(&self.request.url)).finish()
    }
}

impl FederatedAssertion {
    async fn request(&self) -> Result<String> {
        let AssertionRequest { method, url, bearer_token, response_member, hint } = &self.request;
        let mut request = Request::new(method.clone(), url.clone());
        let token = HeaderValue::from_str(&format!("Bearer {}", bearer_token.expose())).map_err(|_| {
            Error::authentication("the pipeline's token has characters that HTTP does not allow")
        })?;
        request.headers.insert(AUTHORIZATION, token);
        request.headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        // Without it Azure DevOps responds to a refusal with a sign-in page.
        request.headers.insert("x-tfs-fedauthredirect", HeaderValue::from_static("Suppress"));
        let response = self.transport.send(request).await?;
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap_or_default();
        match body[*response_member].as_str() {
            Some(assertion) if response.status.is_success() => Ok(assertion.to_owned()),
            _ => Err(Error::authentication(format!(
                "{method} {}: no assertion in the response: HTTP {}{}",
                redact_url(url),
                response.status.as_u16(),
                body["message"].as_str().map(|m| format!(", {m}")).unwrap_or_default()
            ))
            .with_hint(*hint)),
        }
    }
}

#[async_trait]
impl ClientAssertion for FederatedAssertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        self.request().await.map_err(|e| azure_core::Error::new(ErrorKind::Credential, e))
    }
}
