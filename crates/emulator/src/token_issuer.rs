//! The endpoints that issue tokens: Microsoft Entra, managed identities, and the OIDC endpoints of pipelines.
//!
//! Tokens are JWTs signed with a key of this process, so that they are recognized without being stored: `--sign-in`
//! accepts no others. Nothing is registered beforehand: the first secret that a client sends becomes its secret, and
//! any other is refused.

mod authorization_code;
mod client_assertion;
mod device_code;
mod directory;
mod discovery;
mod errors;
mod form;
mod jwt;
mod managed_identity;
mod pipeline_oidc;
mod token_endpoint;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ring::hmac;
use ring::rand::SystemRandom;
use sha2::{Digest as _, Sha256};

use azr_core::error::{Error, Result};

use crate::arm_errors::unauthorized;
use crate::request::ParsedRequest;
use crate::response::{Response, ResponseExt as _};
use authorization_code::Grants;
use device_code::PendingCode;

/// The default lifetime of a token, in seconds: Entra's tokens live 60 to 90 minutes.
pub const DEFAULT_TOKEN_SECONDS: i64 = 3600;

/// A secret, token or certificate with this text is treated as expired.
const EXPIRED: &str = "expired";

/// Issues tokens, and decides which tokens are accepted.
pub struct TokenIssuer {
    key: hmac::Key,
    token_seconds: i64,
    is_strict: bool,
    /// The digest of the first secret of each client.
    secrets: Mutex<HashMap<String, [u8; 32]>>,
    grants: Mutex<Grants>,
    /// The device codes that were not redeemed yet, oldest first.
    pending_codes: Mutex<Vec<PendingCode>>,
}

impl TokenIssuer {
    /// An issuer of tokens that live `token_seconds`; a strict one accepts only its own tokens.
    ///
    /// Fails if the system has no random bytes for its key.
    pub fn new(token_seconds: i64, is_strict: bool) -> Result<Self> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())
            .map_err(|_| Error::unexpected("the system returned no random bytes"))?;
        Ok(Self {
            key,
            token_seconds,
            is_strict,
            secrets: Mutex::default(),
            grants: Mutex::default(),
            pending_codes: Mutex::default(),
        })
    }

    /// The response to a request for one of the issuer's endpoints; none for any other request.
    #[must_use]
    pub(crate) fn respond(&self, request: &ParsedRequest) -> Option<Response> {
        let response = match endpoint(&request.path)? {
            Endpoint::Token { tenant } => token_endpoint::respond(self, request, tenant),
            Endpoint::Authorize { tenant } => authorization_code::authorize(self, request, tenant),
            Endpoint::DeviceCode { tenant } => device_code::start(self, request, tenant),
            Endpoint::DevicePage => Ok(device_code::page(self, request)),
            Endpoint::OpenIdConfiguration { tenant } => discovery::openid_configuration(request, tenant),
            Endpoint::InstanceDiscovery => discovery::instance_discovery(request),
            Endpoint::AppService => managed_identity::app_service(self, request),
            Endpoint::MetadataService => managed_identity::metadata_service(self, request),
            Endpoint::GitHub => pipeline_oidc::github(self, request),
            Endpoint::AzurePipelines => pipeline_oidc::azure_pipelines(self, request),
        };
        // Tokens must not be cached.
        Some(response.unwrap_or_else(|refusal| refusal).with_header("cache-control", "no-store"))
    }

    /// Refuses a bearer token that is not valid for Resource Manager; the caller has checked its lifetime.
    pub(crate) fn authorize(
        &self,
        request: &ParsedRequest,
        token: &str,
    ) -> std::result::Result<(), Response> {
        if !self.is_strict {
            return Ok(());
        }
        let Some(claims) = jwt::verify(&self.key, token) else {
            let text = "The access token is invalid.";
            return Err(unauthorized("InvalidAuthenticationToken", text, "an invalid access token"));
        };
        let audience = claims["aud"].as_str().unwrap_or_default();
        if discovery::is_resource_manager(audience, &request.origin) {
            return Ok(());
        }
        let text = format!(
            "The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match \
             with one of the allowed audiences."
        );
        Err(unauthorized("InvalidAuthenticationTokenAudience", &text, "a wrong audience"))
    }

    fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pending_codes(&self) -> MutexGuard<'_, Vec<PendingCode>> {
        self.pending_codes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether `secret` is that of `client`; the first secret that a client sends is.
    fn is_secret_of(&self, client: &str, secret: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(secret).into();
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        *secrets.entry(client.to_ascii_lowercase()).or_insert(digest) == digest
    }
}

/// An endpoint of the issuer.
#[derive(Debug, PartialEq, Eq)]
enum Endpoint<'a> {
    Token { tenant: &'a str },
    Authorize { tenant: &'a str },
    DeviceCode { tenant: &'a str },
    DevicePage,
    OpenIdConfiguration { tenant: &'a str },
    InstanceDiscovery,
    AppService,
    MetadataService,
    GitHub,
    AzurePipelines,
}

/// The endpoint of a path; environment variables tell clients the paths for App Service and pipelines.
fn endpoint(path: &str) -> Option<Endpoint<'_>> {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    Some(match parts[..] {
        [tenant, "oauth2", "v2.0", "token"] => Endpoint::Token { tenant },
        [tenant, "oauth2", "v2.0", "authorize"] => Endpoint::Authorize { tenant },
        [tenant, "oauth2", "v2.0", "devicecode"] => Endpoint::DeviceCode { tenant },
        ["devicelogin"] => Endpoint::DevicePage,
        [tenant, "v2.0", ".well-known", "openid-configuration"] => Endpoint::OpenIdConfiguration { tenant },
        ["common", "discovery", "instance"] => Endpoint::InstanceDiscovery,
        ["msi", "token"] => Endpoint::AppService,
        ["metadata", "identity", "oauth2", "token"] => Endpoint::MetadataService,
        ["oidc", "github"] => Endpoint::GitHub,
        ["oidc", "pipelines"] => Endpoint::AzurePipelines,
        _ => return None,
    })
}

/// Whether a path is that of an endpoint that issues tokens.
#[must_use]
pub(crate) fn is_sign_in(path: &str) -> bool {
    endpoint(path).is_some()
}

#[cfg(test)]
mod tests;
