//! The issuer of tokens: what it remembers of its clients, and which tokens it accepts.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::audience::is_resource_manager;
use super::grants::{Grants, PendingCode};
use super::jwt;
use crate::arm_errors::unauthorized;
use crate::request::ParsedRequest;
use crate::response::Response;

/// The default lifetime of a token, in seconds: Entra's tokens live 60 to 90 minutes.
pub const DEFAULT_TOKEN_SECONDS: i64 = 3600;

/// A secret, token or certificate with this text is treated as expired.
pub(super) const EXPIRED: &str = "expired";

/// The claim with the id of the issuer, whose key is the same in every emulator.
pub(super) const INSTANCE_CLAIM: &str = "emulator_instance";

/// Issues tokens, and decides which tokens are accepted.
pub struct TokenIssuer {
    /// A random id.
    instance: String,
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
    #[must_use]
    pub fn new(token_seconds: i64, is_strict: bool) -> Self {
        Self {
            instance: Uuid::new_v4().to_string(),
            token_seconds,
            is_strict,
            secrets: Mutex::default(),
            grants: Mutex::default(),
            pending_codes: Mutex::default(),
        }
    }

    /// Refuses a bearer token that is not valid for Resource Manager; the caller has checked its lifetime.
    pub(crate) fn authorize(&self, request: &ParsedRequest, token: &str) -> Result<(), Response> {
        if !self.is_strict {
            return Ok(());
        }
        let claims = jwt::verify(token).filter(|claims| claims[INSTANCE_CLAIM] == self.instance);
        let Some(claims) = claims else {
            let text = "The access token is invalid.";
            return Err(unauthorized("InvalidAuthenticationToken", text, "an invalid access token"));
        };
        let audience = claims["aud"].as_str().unwrap_or_default();
        if is_resource_manager(audience, &request.origin) {
            return Ok(());
        }
        let text = format!(
            "The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match \
             with one of the allowed audiences."
        );
        Err(unauthorized("InvalidAuthenticationTokenAudience", &text, "a wrong audience"))
    }

    pub(super) fn instance(&self) -> &str {
        &self.instance
    }

    pub(super) fn token_seconds(&self) -> i64 {
        self.token_seconds
    }

    pub(super) fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn pending_codes(&self) -> MutexGuard<'_, Vec<PendingCode>> {
        self.pending_codes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether `secret` is that of `client`; the first secret that a client sends is.
    pub(super) fn is_secret_of(&self, client: &str, secret: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(secret).into();
        let mut secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        *secrets.entry(client.to_ascii_lowercase()).or_insert(digest) == digest
    }
}
