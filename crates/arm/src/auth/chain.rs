//! The chain of credentials: the first one that the environment provides is used.
//!
//! A credential that is configured for this run is final: if Entra rejects it, no other is tried. The logins of other
//! programs are tried one after the other.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::cache::{CacheEntry, TokenCache};
use super::credential::{CREDENTIALS, azr_login};
use super::credential_source::{AzrLogin, Candidate, CredentialSource, SignInContext};
use super::explain::explain;
use super::token::{Token, unix_now};
use super::transport::AuthTransport;
use super::{Secret, TokenSource, access_token_env};
use crate::transport::Transport;
use azr_core::context::{Context, EMULATOR_CLOUD, Subscription};
use azr_core::error::{Error, Result};
use azr_core::jwt;

/// For this many seconds after a renewal there is no other, so that concurrent requests do not all ask a credential that
/// returns the rejected token again.
const RENEWAL_COOLDOWN: i64 = 10;

const SIGN_IN_HINT: &str = "Run azr login or az login; or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; or set \
                            AZR_ACCESS_TOKEN. --verbose shows which credentials were tried. To try azr without Azure, set \
                            AZURE_CLOUD_NAME=AzureEmulator.";

/// The token that the emulator accepts.
const EMULATOR_TOKEN: &str = "emulator";

/// The credentials of one run.
#[derive(Debug)]
pub struct CredentialChain {
    source: Source,
    current: tokio::sync::Mutex<Option<CurrentToken>>,
    attempts: Mutex<AttemptLog>,
}

enum Source {
    /// The emulator accepts its token again after rejecting it.
    Emulator,
    /// The token in `AZR_ACCESS_TOKEN`.
    AccessToken(Secret),
    /// Credentials to try in this order.
    Credentials {
        candidates: Vec<(Candidate, Option<CacheEntry>)>,
        scope: String,
        cache: Option<TokenCache>,
        /// Whether other programs may be run for a token that is not in the cache.
        may_run_programs: bool,
    },
}

/// Names the credentials only.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Emulator => f.write_str("Emulator"),
            Self::AccessToken(secret) => f.debug_tuple("AccessToken").field(secret).finish(),
            Self::Credentials { candidates, .. } => {
                f.debug_list().entries(candidates.iter().map(|(c, _)| &c.label)).finish()
            }
        }
    }
}

#[derive(Debug)]
struct CurrentToken {
    token: Token,
    renewal_time: i64,
    /// When it replaced a rejected token; None for the first one.
    renewed_at: Option<i64>,
}

impl CurrentToken {
    fn new(token: Token) -> Self {
        Self { renewal_time: token.renewal_time(), token, renewed_at: None }
    }
}

/// Which credentials were tried, for `--verbose`.
#[derive(Debug, Default)]
struct AttemptLog {
    used: Option<String>,
    skipped: Vec<(String, String)>,
    incomplete: Vec<String>,
}

impl AttemptLog {
    fn skip(&mut self, name: &str, reason: &str) {
        let reason = reason.strip_prefix(name).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(reason);
        self.skipped.retain(|(skipped, _)| skipped != name);
        self.skipped.push((name.to_owned(), reason.to_owned()));
    }
}

/// What tokens are requested for.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokenRequest<'a> {
    /// The tenant; None for that of the subscription.
    pub tenant: Option<&'a str>,
    /// The subscription.
    pub subscription: Option<&'a Subscription>,
    /// The scope; None for the Resource Manager.
    pub scope: Option<&'a str>,
}

impl<'a> TokenRequest<'a> {
    fn is_known_to_az(&self) -> bool {
        self.subscription.is_some_and(|s| s.user.is_some() && !s.is_from_azr_login)
    }

    /// The subscription to name to az, which by itself uses the tenant of its default one; some accounts accept no other.
    fn az_subscription(&self) -> Option<&'a str> {
        self.subscription.filter(|s| self.is_known_to_az() && !s.is_az_default).map(|s| s.id.as_str())
    }

    fn azr_login(&self) -> AzrLogin<'a> {
        match self.subscription {
            Some(Subscription { is_from_azr_login: true, user: Some(user), .. }) => AzrLogin::Account(user),
            Some(subscription) if subscription.user.is_some() => AzrLogin::None,
            _ => AzrLogin::Any,
        }
    }
}

/// The credentials that `context` provides for a request.
pub fn credential_chain(
    context: &Context,
    request: &TokenRequest,
    http: Arc<dyn Transport>,
) -> Result<CredentialChain> {
    let cloud = context.cloud()?;
    let mut attempts = AttemptLog::default();
    let access_token = context.var(access_token_env::VARIABLE);
    if cloud.is_emulator() || (cloud.name == EMULATOR_CLOUD && access_token.is_none()) {
        return Ok(CredentialChain::new(Source::Emulator, attempts));
    }
    if let Some(text) = access_token {
        let token = access_token_env::parse_access_token(text)?;
        return Ok(CredentialChain::new(Source::AccessToken(token), attempts));
    }
    attempts.skip(access_token_env::VARIABLE, "not set");
    let scope = request.scope.map_or_else(|| cloud.scope(), str::to_owned);
    let authority = cloud.authority.as_str();
    let cache = TokenCache::from_context(context);
    let sign_in = SignInContext {
        context,
        tenant: request.tenant.or_else(|| request.subscription?.tenant_id.as_deref()),
        azr_login: request.azr_login(),
        az_subscription: request.az_subscription(),
        is_known_to_az: request.is_known_to_az(),
        transport: AuthTransport { http, authority: cloud.authority.clone(), metadata: None },
    };
    let mut candidates: Vec<(Candidate, Option<CacheEntry>)> = Vec::new();
    for (name, source) in CREDENTIALS {
        match source(&sign_in) {
            CredentialSource::Ready(candidate) => {
                let is_final = !candidate.is_external_login;
                let entry = cache.as_ref().map(|cache| cache_entry(cache, &candidate, &scope, authority));
                candidates.push((candidate, entry));
                if is_final {
                    break;
                }
            }
            CredentialSource::NotConfigured(reason) => attempts.skip(name, &reason),
            CredentialSource::Incomplete(reason) => {
                attempts.incomplete.push(format!("{name}: {reason}"));
                attempts.skip(name, &reason);
            }
        }
    }
    let may_run_programs = context.may_run_programs();
    Ok(CredentialChain::new(Source::Credentials { candidates, scope, cache, may_run_programs }, attempts))
}

/// The cache entry for the token of a candidate and a scope.
fn cache_entry(cache: &TokenCache, candidate: &Candidate, scope: &str, authority: &str) -> CacheEntry {
    let mut key: Vec<&str> = candidate.key.iter().map(String::as_str).collect();
    key.extend([scope, authority]);
    cache.entry(&key, candidate.is_external_login)
}

/// Stores the first access token of one of azr's own logins in the cache; returns whether it is there.
pub(super) fn cache_token(
    context: &Context,
    candidate: &Candidate,
    scope: &str,
    authority: &str,
    token: &Token,
) -> bool {
    let Some(cache) = TokenCache::from_context(context) else { return false };
    let entry = cache_entry(&cache, candidate, scope, authority);
    cache.store(&entry, token);
    cache.load(&entry).is_some()
}

impl CredentialChain {
    fn new(source: Source, attempts: AttemptLog) -> Self {
        Self { source, current: tokio::sync::Mutex::new(None), attempts: Mutex::new(attempts) }
    }

    /// A token and when it expires in seconds of Unix time, if that is known.
    pub async fn token_with_expiry(&self) -> Result<(Secret, Option<i64>)> {
        let secret = self.token().await?;
        if let Source::AccessToken(_) = self.source {
            let expires = jwt::expiry(secret.expose());
            return Ok((secret, expires));
        }
        let current = self.current.lock().await;
        let expires = current.as_ref().map(|current| current.token.expires);
        Ok((secret, expires))
    }

    /// Whether one of azr's own logins signs in.
    #[must_use]
    pub fn uses_azr_login(&self) -> bool {
        matches!(&self.source, Source::Credentials { candidates, .. }
            if candidates.first().is_some_and(|(candidate, _)| azr_login::is_azr_login(candidate)))
    }

    /// The log, which a panic elsewhere cannot leave inconsistent.
    fn attempts(&self) -> MutexGuard<'_, AttemptLog> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token from the first candidate that has one; from the cache, unless `is_renewal`.
    async fn request_token(&self, is_renewal: bool) -> Result<CurrentToken> {
        let Source::Credentials { candidates, scope, cache, may_run_programs } = &self.source else {
            return Err(Error::unexpected("there is no credential to request a token with"));
        };
        let mut errors = Vec::new();
        for (candidate, entry) in candidates {
            let cached = cache.as_ref().zip(entry.as_ref());
            if let Some((cache, entry)) = cached {
                if is_renewal {
                    entry.remove();
                } else if let Some(token) = cache.load(entry) {
                    self.attempts().used = Some(format!("{}, with a cached token", candidate.label));
                    return Ok(CurrentToken::new(token));
                }
            }
            if candidate.is_external_login && !may_run_programs {
                self.attempts().skip(&candidate.label, "programs are not run here");
                continue;
            }
            match request_from_candidate(candidate, scope).await {
                Ok(token) => {
                    if let Some((cache, entry)) = cached {
                        cache.store(entry, &token);
                    }
                    self.attempts().used = Some(candidate.label.clone());
                    return Ok(CurrentToken::new(token));
                }
                Err(error) if candidate.is_external_login => {
                    self.attempts().skip(&candidate.label, &error.to_string());
                    errors.push(error);
                }
                Err(error) => return Err(error),
            }
        }
        Err(self.not_signed_in(&errors))
    }

    /// The error if no candidate has a token; `errors` are those of the logins of other programs.
    fn not_signed_in(&self, errors: &[Error]) -> Error {
        let mut parts = vec!["not signed in to Azure".to_owned()];
        parts.extend(errors.iter().map(ToString::to_string));
        parts.extend(self.attempts().incomplete.iter().cloned());
        let hint = errors.iter().find_map(Error::hint).unwrap_or(SIGN_IN_HINT);
        Error::authentication(parts.join("; ")).with_hint(hint)
    }
}

/// Requests a token from one candidate.
pub(super) async fn request_from_candidate(candidate: &Candidate, scope: &str) -> Result<Token> {
    let failed = |e: azure_core::Error| explain(&candidate.label, &e);
    let credential = (candidate.create)().map_err(failed)?;
    let token = Token::from(credential.get_token(&[scope], None).await.map_err(failed)?);
    if token.secret.expose().is_empty() || !token.is_valid_for(0) {
        return Err(Error::authentication(format!("{}: the token has expired already", candidate.label))
            .with_hint("Check the clock of this machine."));
    }
    Ok(token)
}

#[async_trait]
impl TokenSource for CredentialChain {
    async fn token(&self) -> Result<Secret> {
        match &self.source {
            Source::Emulator => return Ok(Secret::new(EMULATOR_TOKEN)),
            Source::AccessToken(secret) => return Ok(secret.clone()),
            Source::Credentials { .. } => {}
        }
        let mut current = self.current.lock().await;
        if let Some(current) = current.as_ref().filter(|current| unix_now() < current.renewal_time) {
            return Ok(current.token.secret.clone());
        }
        let new = self.request_token(false).await?;
        Ok(current.insert(new).token.secret.clone())
    }

    async fn renew(&self, rejected: &Secret) -> Result<Secret> {
        match &self.source {
            Source::Emulator => return Ok(Secret::new(EMULATOR_TOKEN)),
            Source::AccessToken(_) => {
                return Err(access_token_env::invalid_access_token("was rejected by the service"));
            }
            Source::Credentials { .. } => {}
        }
        let mut current = self.current.lock().await;
        let is_new = |current: &&CurrentToken| {
            current.token.secret != *rejected
                || current.renewed_at.is_some_and(|time| unix_now() - time < RENEWAL_COOLDOWN)
        };
        if let Some(current) = current.as_ref().filter(is_new) {
            return Ok(current.token.secret.clone());
        }
        let new = CurrentToken { renewed_at: Some(unix_now()), ..self.request_token(true).await? };
        Ok(current.insert(new).token.secret.clone())
    }

    fn describe(&self) -> String {
        let attempts = self.attempts();
        let mut text = match (&self.source, &attempts.used) {
            (Source::Emulator, _) => "signed in: the emulator needs no credential".to_owned(),
            (Source::AccessToken(_), _) => format!("signed in: {}", access_token_env::VARIABLE),
            (Source::Credentials { .. }, Some(used)) => format!("signed in: {used}"),
            (Source::Credentials { candidates, .. }, None) => match candidates.first() {
                Some((candidate, _)) => format!("signing in: {}", candidate.label),
                None => "not signed in".to_owned(),
            },
        };
        for (name, reason) in &attempts.skipped {
            // Writing to a string does not fail.
            let _ = write!(text, "\n  not by {name}: {reason}");
        }
        text
    }
}
