//! Pipelines that vouch for themselves: an assertion from their own service, exchanged at Entra for a token.
//!
//! An assertion lives for minutes and an import may take longer, so one is minted for every token.

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
use crate::auth::offer::Make;
use crate::auth::transport::AuthTransport;
use crate::transport::{Request, Transport, redact_url};
use azr_core::context::is_loopback;
use azr_core::error::{Error, Result};

/// How a pipeline's service is asked for an assertion.
#[derive(Clone)]
pub struct Mint {
    /// GET or POST.
    pub method: Method,
    /// Where.
    pub url: Url,
    /// What to show there.
    pub bearer: Secret,
    /// The member of the answer that is the assertion.
    pub member: &'static str,
    /// What to look at when it is refused.
    pub mend: &'static str,
}

/// The URL in a variable; the pipeline's token goes there, so it must be https.
pub fn url(variable: &str, text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) => Ok(url),
        _ => Err(format!("{variable} is not an https URL")),
    }
}

/// The credential for `client` in `tenant`.
pub fn make(mint: Mint, client: String, tenant: String, wire: AuthTransport) -> Make {
    Box::new(move || {
        let options = ClientAssertionCredentialOptions { client_options: wire.client_options() };
        let assertion = Assertion { mint: mint.clone(), transport: Arc::clone(&wire.transport) };
        let credential =
            ClientAssertionCredential::new(tenant.clone(), client.clone(), assertion, Some(options))?;
        Ok(credential as Arc<dyn TokenCredential>)
    })
}

struct Assertion {
    mint: Mint,
    transport: Arc<dyn Transport>,
}

impl fmt::Debug for Assertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Assertion").field(&redact_url(&self.mint.url)).finish()
    }
}

impl Assertion {
    async fn mint(&self) -> Result<String> {
        let Mint { method, url, bearer, member, mend } = &self.mint;
        let mut request = Request::new(method.clone(), url.clone());
        let token = HeaderValue::from_str(&format!("Bearer {}", bearer.expose())).map_err(|_| {
            Error::authentication("the pipeline's token has characters that HTTP does not allow")
        })?;
        request.headers.insert(AUTHORIZATION, token);
        request.headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        // Without it Azure DevOps responds to a refusal with a sign-in page.
        request.headers.insert("x-tfs-fedauthredirect", HeaderValue::from_static("Suppress"));
        let answer = self.transport.send(request).await?;
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        match body[*member].as_str() {
            Some(assertion) if answer.status.is_success() => Ok(assertion.to_owned()),
            _ => Err(Error::authentication(format!(
                "{method} {} gave no assertion: status {}{}",
                redact_url(url),
                answer.status.as_u16(),
                body["message"].as_str().map(|m| format!(", {m}")).unwrap_or_default()
            ))
            .with_hint(*mend)),
        }
    }
}

#[async_trait]
impl ClientAssertion for Assertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        self.mint().await.map_err(|e| azure_core::Error::new(ErrorKind::Credential, e))
    }
}
