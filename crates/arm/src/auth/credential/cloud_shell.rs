//! The user of a Cloud Shell: `MSI_ENDPOINT`, which the SDK does not support.
//!
//! <https://learn.microsoft.com/azure/cloud-shell/msi-authorization>

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::ErrorKind;
use azure_core::time::OffsetDateTime;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use serde_json::Value;
use url::Url;

use crate::auth::offer::{Candidate, Offer, Setup};
use crate::transport::{Request, Transport, redact_url};
use azr_core::context::is_loopback;
use azr_core::error::{Error, Result};

/// Whether an endpoint is announced.
pub fn offer(setup: &Setup) -> Offer {
    let endpoint = match setup.need("MSI_ENDPOINT") {
        Err(why) => return Offer::Absent(why),
        Ok(endpoint) => endpoint,
    };
    if setup.context.var("IDENTITY_ENDPOINT").is_some() {
        return Offer::Absent("IDENTITY_ENDPOINT goes before MSI_ENDPOINT".to_owned());
    }
    if setup.context.var("MSI_SECRET").is_some() {
        return Offer::Incomplete(
            "MSI_SECRET is set: the older identity of App Service is not supported".to_owned(),
        );
    }
    let Some(url) = Url::parse(endpoint).ok().filter(|u| u.scheme() == "https" || is_loopback(u)) else {
        return Offer::Incomplete("MSI_ENDPOINT is not a URL on this machine".to_owned());
    };
    let transport = Arc::clone(&setup.wire.transport);
    Offer::Ready(Candidate {
        label: "user of the Cloud Shell".to_owned(),
        key: vec!["shell".to_owned(), endpoint.to_owned()],
        is_login: false,
        make: Box::new(move || Ok(Arc::new(Shell { url: url.clone(), transport: Arc::clone(&transport) }))),
    })
}

struct Shell {
    url: Url,
    transport: Arc<dyn Transport>,
}

impl fmt::Debug for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shell").field(&redact_url(&self.url)).finish()
    }
}

impl Shell {
    async fn ask(&self, scope: &str) -> Result<AccessToken> {
        let resource = scope.strip_suffix("/.default").unwrap_or(scope);
        let form =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("resource", resource).finish();
        let mut request = Request::new(Method::POST, self.url.clone());
        request.headers.insert("metadata", HeaderValue::from_static("true"));
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        request.body = form.into();
        let answer = self.transport.send(request).await?;
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let expires = body["expires_on"].as_i64().or_else(|| body["expires_on"].as_str()?.parse().ok());
        let expires = expires.and_then(|e| OffsetDateTime::from_unix_timestamp(e).ok());
        match (body["access_token"].as_str(), expires) {
            (Some(token), Some(expires)) if answer.status.is_success() => {
                Ok(AccessToken::new(token.to_owned(), expires))
            }
            _ => {
                let why = body["error"]["message"].as_str().or_else(|| body["error_description"].as_str());
                let why = why.map(|w| format!(", {w}")).unwrap_or_default();
                Err(Error::authentication(format!(
                    "the Cloud Shell gave no token: status {}{why}",
                    answer.status.as_u16()
                ))
                .with_hint("Restart the Cloud Shell, or sign in with azr login."))
            }
        }
    }
}

#[async_trait]
impl TokenCredential for Shell {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let scope = scopes.first().copied().unwrap_or_default();
        self.ask(scope).await.map_err(|e| azure_core::Error::new(ErrorKind::Credential, e))
    }
}
