//! Who gives out tokens: Microsoft Entra, a machine's managed identity, and the pipelines that vouch for their jobs.
//!
//! Its tokens are JWTs that end when they say so. They are signed with a key of this process, so that they can be
//! told from others without keeping them: `--sign-in` takes no others. Whom it lets in is decided by what it sees: a
//! client's first secret is its secret, and another one is refused.

mod assertion;
mod device;
mod discovery;
mod entra;
mod form;
mod machine;
mod pipeline;
mod refusal;
mod token;
mod user;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ring::hmac;
use ring::rand::SystemRandom;
use sha2::{Digest as _, Sha256};

use crate::arm_errors;
use crate::request::ParsedRequest;
use crate::response::{Response, ResponseExt as _};
use azr_core::error::{Error, Result};

/// How long a token is good for where nothing is said, in seconds: Entra's are good for 60 to 90 minutes.
pub const TOKEN_SECONDS: i64 = 3600;

/// How a secret, a token or a certificate is written that the emulator takes for one that has expired.
const EXPIRED: &str = "expired";

/// Where tokens come from, and which are taken.
pub struct Login {
    key: hmac::Key,
    token_seconds: i64,
    is_strict: bool,
    /// The digest of the secret that each client showed first.
    secrets: Mutex<HashMap<String, [u8; 32]>>,
    /// What users were given.
    given: Mutex<user::Given>,
    /// The device codes that somebody waits for, the oldest first.
    waiting: Mutex<Vec<device::Waiting>>,
}

impl Login {
    /// A giver of tokens that are good for so many seconds; a strict one takes no tokens but its own.
    ///
    /// Fails when the system has no randomness for its key.
    pub fn new(token_seconds: i64, is_strict: bool) -> Result<Self> {
        let key = hmac::Key::generate(hmac::HMAC_SHA256, &SystemRandom::new())
            .map_err(|_| Error::unexpected("the system gives no random bytes"))?;
        Ok(Self {
            key,
            token_seconds,
            is_strict,
            secrets: Mutex::default(),
            given: Mutex::default(),
            waiting: Mutex::default(),
        })
    }

    /// The answer to a request that is about signing in; none to any other.
    #[must_use]
    pub fn respond(&self, request: &ParsedRequest) -> Option<Response> {
        let answer = match endpoint(&request.path)? {
            Endpoint::Token { tenant } => entra::token(self, request, tenant),
            Endpoint::Authorize { tenant } => user::authorize(self, request, tenant),
            Endpoint::DeviceCode { tenant } => device::begin(self, request, tenant),
            Endpoint::DevicePage => Ok(device::page(self, request)),
            Endpoint::Configuration { tenant } => discovery::configuration(request, tenant),
            Endpoint::Instance => discovery::instance(request),
            Endpoint::AppService => machine::app_service(self, request),
            Endpoint::Metadata => machine::metadata(self, request),
            Endpoint::GitHub => pipeline::github(self, request),
            Endpoint::AzurePipelines => pipeline::azure_pipelines(self, request),
        };
        // A token is nothing to keep on the way.
        Some(answer.unwrap_or_else(|refused| refused).with_header("cache-control", "no-store"))
    }

    /// Whether a bearer token may be used for Resource Manager; that it has not ended was seen before.
    pub fn admit(&self, request: &ParsedRequest, token: &str) -> Result<(), Response> {
        if !self.is_strict {
            return Ok(());
        }
        let Some(claims) = token::verified(&self.key, token) else {
            let text = "The access token is invalid.";
            return Err(arm_errors::unauthorized(
                "InvalidAuthenticationToken",
                text,
                "an invalid access token",
            ));
        };
        let audience = claims["aud"].as_str().unwrap_or_default();
        if discovery::is_resource_manager(audience, &request.origin) {
            return Ok(());
        }
        let text = format!(
            "The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match \
             with one of the allowed audiences."
        );
        Err(arm_errors::unauthorized("InvalidAuthenticationTokenAudience", &text, "a wrong audience"))
    }

    fn given(&self) -> MutexGuard<'_, user::Given> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<device::Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether `secret` is that of `client`: the first one it shows is.
    fn knows(&self, client: &str, secret: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(secret).into();
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        *secrets.entry(client.to_ascii_lowercase()).or_insert(digest) == digest
    }
}

/// Something that a request about signing in is sent to.
#[derive(Debug, PartialEq, Eq)]
enum Endpoint<'a> {
    Token { tenant: &'a str },
    Authorize { tenant: &'a str },
    DeviceCode { tenant: &'a str },
    DevicePage,
    Configuration { tenant: &'a str },
    Instance,
    AppService,
    Metadata,
    GitHub,
    AzurePipelines,
}

/// What a path is about; the pipelines' and the App Service's are the emulator's own, as those tell a job theirs.
fn endpoint(path: &str) -> Option<Endpoint<'_>> {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    Some(match parts[..] {
        [tenant, "oauth2", "v2.0", "token"] => Endpoint::Token { tenant },
        [tenant, "oauth2", "v2.0", "authorize"] => Endpoint::Authorize { tenant },
        [tenant, "oauth2", "v2.0", "devicecode"] => Endpoint::DeviceCode { tenant },
        ["devicelogin"] => Endpoint::DevicePage,
        [tenant, "v2.0", ".well-known", "openid-configuration"] => Endpoint::Configuration { tenant },
        ["common", "discovery", "instance"] => Endpoint::Instance,
        ["msi", "token"] => Endpoint::AppService,
        ["metadata", "identity", "oauth2", "token"] => Endpoint::Metadata,
        ["oidc", "github"] => Endpoint::GitHub,
        ["oidc", "pipelines"] => Endpoint::AzurePipelines,
        _ => return None,
    })
}

/// Whether a request to this path is about signing in.
#[must_use]
pub fn is_login(path: &str) -> bool {
    endpoint(path).is_some()
}

#[cfg(test)]
mod tests;
