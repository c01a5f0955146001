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
use url::Url;

use crate::auth::Secret;
use crate::auth::http::Wire;
use crate::auth::offer::Make;
use crate::transport::{Request, Transport, place};
use azr_core::context::is_loopback;
use azr_core::error::{Error, Result};

/// How a pipeline's service is asked for an assertion.
#[derive(Clone)]
pub struct Mint {
    /// GET or POST.
    pub method: &'static str,
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
pub fn make(mint: Mint, client: String, tenant: String, wire: Wire) -> Make {
    Box::new(move || {
        let options = ClientAssertionCredentialOptions { client_options: wire.options() };
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
        f.debug_tuple("Assertion").field(&place(&self.mint.url)).finish()
    }
}

impl Assertion {
    async fn mint(&self) -> Result<String> {
        let Mint { method, url, bearer, member, mend } = &self.mint;
        let answer = self
            .transport
            .send(Request {
                method,
                url: url.clone(),
                headers: vec![
                    ("authorization".to_owned(), format!("Bearer {}", bearer.expose())),
                    ("accept".to_owned(), "application/json".to_owned()),
                    // Without it Azure DevOps answers a refusal with a page to sign in on.
                    ("x-tfs-fedauthredirect".to_owned(), "Suppress".to_owned()),
                ],
                body: bytes::Bytes::new(),
            })
            .await?;
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        match body[*member].as_str() {
            Some(assertion) if answer.status < 300 => Ok(assertion.to_owned()),
            _ => Err(Error::authentication(format!(
                "{method} {} gave no assertion: status {}{}",
                place(url),
                answer.status,
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
