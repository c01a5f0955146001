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

use crate::auth::credential_source::{Candidate, CredentialSource, SignInContext};
use crate::transport::{Request, Transport, redact_url};
use azr_core::context::is_loopback;
use azr_core::error::{Error, Result};

/// The credential, if its endpoint is set.
pub(super) fn source(sign_in: &SignInContext) -> CredentialSource {
    let endpoint = match sign_in.require("MSI_ENDPOINT") {
        Err(reason) => return CredentialSource::NotConfigured(reason),
        Ok(endpoint) => endpoint,
    };
    if sign_in.context.var("IDENTITY_ENDPOINT").is_some() {
        return CredentialSource::NotConfigured(
            "IDENTITY_ENDPOINT takes precedence over MSI_ENDPOINT".to_owned(),
        );
    }
    if sign_in.context.var("MSI_SECRET").is_some() {
        return CredentialSource::Incomplete(
            "MSI_SECRET is set, but the older identity endpoint of App Service is not supported".to_owned(),
        );
    }
    let Some(url) = Url::parse(endpoint).ok().filter(|u| u.scheme() == "https" || is_loopback(u)) else {
        return CredentialSource::Incomplete("MSI_ENDPOINT is not a URL on this machine".to_owned());
    };
    let transport = Arc::clone(&sign_in.transport.http);
    CredentialSource::Ready(Candidate {
        label: "user of the Cloud Shell".to_owned(),
        key: vec!["shell".to_owned(), endpoint.to_owned()],
        is_external_login: false,
        create: Box::new(move || {
            Ok(Arc::new(CloudShellCredential { url: url.clone(), transport: Arc::clone(&transport) }))
        }),
    })
}

struct CloudShellCredential {
    url: Url,
    transport: Arc<dyn Transport>,
}

impl fmt::Debug for CloudShellCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CloudShellCredential").field(&redact_url(&self.url)).finish()
    }
}

impl CloudShellCredential {
    async fn request_token(&self, scope: &str) -> Result<AccessToken> {
        let resource = scope.strip_suffix("/.default").unwrap_or(scope);
        let form =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("resource", resource).finish();
        let mut request = Request::new(Method::POST, self.url.clone());
        request.headers.insert("metadata", HeaderValue::from_static("true"));
        request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        request.body = form.into();
        let response = self.transport.send(request).await?;
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let expires = body["expires_on"].as_i64().or_else(|| body["expires_on"].as_str()?.parse().ok());
        let expires = expires.and_then(|e| OffsetDateTime::from_unix_timestamp(e).ok());
        match (body["access_token"].as_str(), expires) {
            (Some(token), Some(expires)) if response.status.is_success() => {
                Ok(AccessToken::new(token.to_owned(), expires))
            }
            _ => {
                let reason = body["error"]["message"].as_str().or_else(|| body["error_description"].as_str());
                let reason = reason.map(|w| format!(", {w}")).unwrap_or_default();
                Err(Error::authentication(format!(
                    "the Cloud Shell returned no token: HTTP {}{reason}",
                    response.status.as_u16()
                ))
                .with_hint("Restart the Cloud Shell, or sign in with azr login."))
            }
        }
    }
}

#[async_trait]
impl TokenCredential for CloudShellCredential {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let scope = scopes.first().copied().unwrap_or_default();
        self.request_token(scope).await.map_err(|e| azure_core::Error::new(ErrorKind::Credential, e))
    }
}
