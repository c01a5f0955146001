//! The chain of credentials: the first one that the environment offers is used.
//!
//! What somebody set up for this run is final: when Entra refuses it, nothing else is tried in its place. Logins
//! that other programs hold are tried one after the other.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::cache::{Cache, Slot};
use super::credential::{ORDER, own};
use super::explain::explain;
use super::offer::{Candidate, Offer, Own, Setup};
use super::token::{Token, now};
use super::transport::AuthTransport;
use super::{Secret, TokenSource, given};
use crate::transport::Transport;
use azr_core::context::{Context, EMULATOR_CLOUD, Subscription};
use azr_core::error::{Error, Result};

/// Seconds after a renewal within which there is no other: a source that gives the refused token again is not asked by
/// each of the requests that were under way.
const JUST_RENEWED: i64 = 10;

const SIGN_IN: &str = "Run azr login, or az login; or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; or set \
                       AZR_ACCESS_TOKEN; --verbose shows what was looked for. To try azr without Azure: \
                       AZURE_CLOUD_NAME=AzureEmulator.";

/// The credentials of one run.
#[derive(Debug)]
pub struct Chain {
    source: Source,
    held: tokio::sync::Mutex<Option<Held>>,
    story: Mutex<Story>,
}

enum Source {
    /// The emulator's token, which is as good again when it is refused.
    Emulator,
    /// A token the user brought.
    Given(Secret),
    /// Credentials to try in this order.
    Credentials {
        candidates: Vec<(Candidate, Option<Slot>)>,
        scope: String,
        cache: Option<Cache>,
        /// Whether a login of another program is asked for what is not in the cache.
        asks_programs: bool,
    },
}

/// It names the credentials only.
impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Emulator => f.write_str("Emulator"),
            Self::Given(secret) => f.debug_tuple("Given").field(secret).finish(),
            Self::Credentials { candidates, .. } => {
                f.debug_list().entries(candidates.iter().map(|(c, _)| &c.label)).finish()
            }
        }
    }
}

#[derive(Debug)]
struct Held {
    token: Token,
    renewal: i64,
    /// When it took the place of one that was refused; none where it is the first.
    renewed: Option<i64>,
}

/// What is told with `--verbose`.
#[derive(Debug, Default)]
struct Story {
    used: Option<String>,
    skipped: Vec<(String, String)>,
    incomplete: Vec<String>,
}

/// What tokens are wanted for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted<'a> {
    /// The tenant, where it is not that of the subscription.
    pub tenant: Option<&'a str>,
    /// The subscription.
    pub subscription: Option<&'a Subscription>,
    /// What is called with them; the Resource Manager, where nothing is said.
    pub scope: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    /// Whether az knows the subscription.
    fn is_login(&self) -> bool {
        self.subscription.is_some_and(|s| s.user.is_some() && !s.is_from_azr_login)
    }

    /// The subscription that az is asked for: az is signed in to the tenant of its default one, and of some accounts
    /// it wants to hear no other.
    fn other(&self) -> Option<&'a str> {
        self.subscription.filter(|s| self.is_login() && !s.is_az_default).map(|s| s.id.as_str())
    }

    fn own(&self) -> Own<'a> {
        match self.subscription {
            Some(Subscription { is_from_azr_login: true, user: Some(user), .. }) => Own::Account(user),
            Some(subscription) if subscription.user.is_some() => Own::Nobody,
            _ => Own::Any,
        }
    }
}

/// The credentials that `context` offers for what is wanted.
pub fn chain(context: &Context, wanted: &Wanted, http: Arc<dyn Transport>) -> Result<Chain> {
    let cloud = context.cloud()?;
    let mut story = Story::default();
    let given = context.var(given::VARIABLE);
    if cloud.is_emulator() || (cloud.name == EMULATOR_CLOUD && given.is_none()) {
        return Ok(Chain::new(Source::Emulator, story));
    }
    if let Some(text) = given {
        return Ok(Chain::new(Source::Given(given::parse(text)?), story));
    }
    story.skip(given::VARIABLE, "not set");
    let scope = wanted.scope.map_or_else(|| cloud.scope(), str::to_owned);
    let authority = cloud.authority.as_str();
    let cache = Cache::of(context);
    let setup = Setup {
        context,
        tenant: wanted.tenant.or_else(|| wanted.subscription?.tenant_id.as_deref()),
        own: wanted.own(),
        subscription: wanted.other(),
        is_login: wanted.is_login(),
        wire: AuthTransport { transport: http, authority: cloud.authority.clone(), metadata: None },
    };
    let mut candidates: Vec<(Candidate, Option<Slot>)> = Vec::new();
    for (name, offer) in ORDER {
        match offer(&setup) {
            Offer::Ready(candidate) => {
                let is_final = !candidate.is_login;
                let slot = cache.as_ref().map(|c| slot(c, &candidate, &scope, authority));
                candidates.push((candidate, slot));
                if is_final {
                    break;
                }
            }
            Offer::Absent(why) => story.skip(name, &why),
            Offer::Incomplete(why) => {
                story.incomplete.push(format!("{name}: {why}"));
                story.skip(name, &why);
            }
        }
    }
    let asks_programs = context.may_run_programs();
    Ok(Chain::new(Source::Credentials { candidates, scope, cache, asks_programs }, story))
}

/// The place on disk of the token that a candidate gets for a scope.
fn slot(cache: &Cache, candidate: &Candidate, scope: &str, authority: &str) -> Slot {
    let mut key: Vec<&str> = candidate.key.iter().map(String::as_str).collect();
    key.extend([scope, authority]);
    cache.slot(&key, candidate.is_login)
}

/// Keeps the access token that a login of azr's own began with; whether it is kept.
pub fn keep(context: &Context, candidate: &Candidate, scope: &str, authority: &str, token: &Token) -> bool {
    let Some(cache) = Cache::of(context) else { return false };
    let slot = slot(&cache, candidate, scope, authority);
    cache.put(&slot, token);
    cache.get(&slot).is_some()
}

impl Chain {
    fn new(source: Source, story: Story) -> Self {
        Self { source, held: tokio::sync::Mutex::new(None), story: Mutex::new(story) }
    }

    /// A token and the end of its life in seconds of Unix time, as far as that is known.
    pub async fn issued(&self) -> Result<(Secret, Option<i64>)> {
        let secret = self.token().await?;
        if let Source::Given(_) = self.source {
            let expires = given::expiry(secret.expose());
            return Ok((secret, expires));
        }
        let held = self.held.lock().await;
        let expires = held.as_ref().map(|held| held.token.expires);
        Ok((secret, expires))
    }

    /// Whether a login of azr's own is what signs in.
    #[must_use]
    pub fn is_by_own_login(&self) -> bool {
        matches!(&self.source, Source::Credentials { candidates, .. }
            if candidates.first().is_some_and(|(candidate, _)| own::is_of(candidate)))
    }

    /// What is told; a panic elsewhere does not make it untrue.
    fn story(&self) -> std::sync::MutexGuard<'_, Story> {
        self.story.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token from the first candidate that has one; from the disk too, unless it `must_be_new`.
    async fn fetch(&self, must_be_new: bool) -> Result<Held> {
        let Source::Credentials { candidates, scope, cache, asks_programs } = &self.source else {
            return Err(Error::unexpected("a token that is given is not fetched"));
        };
        let mut failed = Vec::new();
        for (candidate, slot) in candidates {
            let place = cache.as_ref().zip(slot.as_ref());
            if let Some((cache, slot)) = place {
                if must_be_new {
                    slot.forget();
                } else if let Some(token) = cache.get(slot) {
                    self.story().used = Some(format!("{}, token kept from an earlier run", candidate.label));
                    return Ok(Held { renewal: token.renewal(), token, renewed: None });
                }
            }
            if candidate.is_login && !asks_programs {
                self.story().skip(&candidate.label, "it is not asked here");
                continue;
            }
            match ask(candidate, scope).await {
                Ok(token) => {
                    if let Some((cache, slot)) = place {
                        cache.put(slot, &token);
                    }
                    self.story().used = Some(candidate.label.clone());
                    return Ok(Held { renewal: token.renewal(), token, renewed: None });
                }
                Err(error) if candidate.is_login => {
                    self.story().skip(&candidate.label, &error.to_string());
                    failed.push(error);
                }
                Err(error) => return Err(error),
            }
        }
        Err(self.nobody(&failed))
    }

    /// That there is nobody to be; `failed` is what the logins said.
    fn nobody(&self, failed: &[Error]) -> Error {
        let mut parts = vec!["nobody is signed in to Azure".to_owned()];
        parts.extend(failed.iter().map(ToString::to_string));
        parts.extend(self.story().incomplete.iter().cloned());
        let hint = failed.iter().find_map(Error::hint).unwrap_or(SIGN_IN);
        Error::authentication(parts.join("; ")).with_hint(hint)
    }
}

/// A token of one candidate.
pub async fn ask(candidate: &Candidate, scope: &str) -> Result<Token> {
    let failed = |e: azure_core::Error| explain(&candidate.label, &e);
    let credential = (candidate.make)().map_err(failed)?;
    let token = credential.get_token(&[scope], None).await.map_err(failed)?;
    let token = Token::from(token);
    if token.secret.expose().is_empty() || !token.is_good_for(0) {
        return Err(Error::authentication(format!("{}: it gave a token that has expired", candidate.label))
            .with_hint("Check the clock of this machine."));
    }
    Ok(token)
}

impl Story {
    fn skip(&mut self, name: &str, why: &str) {
        let why = why.strip_prefix(name).and_then(|w| w.strip_prefix(": ")).unwrap_or(why);
        self.skipped.retain(|(n, _)| n != name);
        self.skipped.push((name.to_owned(), why.to_owned()));
    }
}

#[async_trait]
impl TokenSource for Chain {
    async fn token(&self) -> Result<Secret> {
        match &self.source {
            Source::Emulator => return Ok(Secret::new("emulator")),
            Source::Given(secret) => return Ok(secret.clone()),
            Source::Credentials { .. } => {}
        }
        let mut held = self.held.lock().await;
        if let Some(held) = held.as_ref().filter(|h| now() < h.renewal) {
            return Ok(held.token.secret.clone());
        }
        let new = self.fetch(false).await?;
        Ok(held.insert(new).token.secret.clone())
    }

    async fn renew(&self, refused: &Secret) -> Result<Secret> {
        match &self.source {
            Source::Emulator => return Ok(Secret::new("emulator")),
            Source::Given(_) => return Err(given::refused("was refused by the service")),
            Source::Credentials { .. } => {}
        }
        let mut held = self.held.lock().await;
        let is_other =
            |h: &&Held| h.token.secret != *refused || h.renewed.is_some_and(|at| now() - at < JUST_RENEWED);
        if let Some(held) = held.as_ref().filter(is_other) {
            return Ok(held.token.secret.clone());
        }
        let new = Held { renewed: Some(now()), ..self.fetch(true).await? };
        Ok(held.insert(new).token.secret.clone())
    }

    fn describe(&self) -> String {
        let story = self.story();
        let mut text = match (&self.source, &story.used) {
            (Source::Emulator, _) => "signed in: the emulator takes anybody".to_owned(),
            (Source::Given(_), _) => format!("signed in: {}", given::VARIABLE),
            (Source::Credentials { .. }, Some(used)) => format!("signed in: {used}"),
            (Source::Credentials { candidates, .. }, None) => match candidates.first() {
                Some((candidate, _)) => format!("signing in: {}", candidate.label),
                None => "signed in: nobody".to_owned(),
            },
        };
        for (name, why) in &story.skipped {
            // Writing to a string does not fail.
            let _ = write!(text, "\n  not by {name}: {why}");
        }
        text
    }
}
