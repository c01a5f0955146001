//! azr's own login: what `azr login` left.

use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::ErrorKind;
use azure_core::http::ClientMethodOptions;
use azure_identity::{
    ClientAssertion, ClientAssertionCredential, ClientAssertionCredentialOptions, UserAssignedId,
};
use time::OffsetDateTime;

use super::client_certificate::{self, PemFile};
use super::{client_secret, managed_identity};
use crate::auth::Secret;
use crate::auth::login::{Protocol, SIGN_IN_AGAIN, Vault};
use crate::auth::offer::{Candidate, Make, Offer, Own, Setup};
use crate::auth::transport::AuthTransport;
use azr_core::context::{Account, AccountKind, Context, Logins, MachineIdentity, SecretStore};
use azr_core::error::{Error, Result};

/// What the keys of these logins begin with.
const KEY: &str = "azr";

/// Whether a candidate is one of these logins.
pub fn is_of(candidate: &Candidate) -> bool {
    candidate.key.first().is_some_and(|first| first == KEY)
}

/// Whether somebody signed in with azr.
pub fn offer(setup: &Setup) -> Offer {
    let context = setup.context;
    let (logins, cloud) = match context.logins().and_then(|logins| Ok((logins, &context.cloud()?.name))) {
        Ok(found) => found,
        Err(error) => return Offer::Incomplete(error.to_string()),
    };
    if logins.accounts_in_cloud(cloud).next().is_none() {
        return Offer::Absent("nobody signed in".to_owned());
    }
    let account = match setup.own {
        Own::Account(name) => logins.account(name, cloud),
        Own::Any => of_tenant(logins, cloud, setup.tenant),
        Own::Nobody => return Offer::Absent("the subscription is of the login of az".to_owned()),
    };
    let Some(account) = account else {
        return Offer::Absent("who signed in is not of the tenant".to_owned());
    };
    // What is kept is for whoever gave it.
    if account.authority != setup.wire.authority {
        return Offer::Incomplete(format!("{} signed in at {}", account.name, account.authority));
    }
    let tenant = setup.tenant.unwrap_or(&account.tenant);
    match candidate(context, account, tenant, None, &setup.wire) {
        Ok(candidate) => Offer::Ready(candidate),
        Err(error) => Offer::Incomplete(error.to_string()),
    }
}

/// The account for a tenant: one that signed in to it, else a user, who may be a guest there.
fn of_tenant<'a>(logins: &'a Logins, cloud: &str, tenant: Option<&str>) -> Option<&'a Account> {
    let active = logins.active(cloud);
    let Some(tenant) = tenant else { return active };
    let in_order = || active.into_iter().chain(logins.accounts_in_cloud(cloud));
    in_order()
        .find(|account| account.tenant.eq_ignore_ascii_case(tenant))
        .or_else(|| in_order().find(|account| matches!(account.kind, AccountKind::User { .. })))
}

/// What signs an account in to a tenant, with what is kept of it or, of an application that is not kept yet, with
/// `secret`.
pub fn candidate(
    context: &Context,
    account: &Account,
    tenant: &str,
    secret: Option<Secret>,
    wire: &AuthTransport,
) -> Result<Candidate> {
    let place = Place { vault: Vault::of(context, account)?, store: account.store, secret };
    let (client, at, wire) = (account.name.clone(), tenant.to_owned(), wire.clone());
    let make: Make = match &account.kind {
        // A keyring may ask for its password, in a window of its own.
        _ if account.store == SecretStore::Keyring && !context.may_run_programs() => {
            Box::new(|| Err(failed(Error::authentication("the keyring is not asked here"))))
        }
        AccountKind::User { client } => {
            let protocol = Protocol::new(wire, client, tenant, context.max_test_pause()?);
            let refreshing = Refreshing { place: Arc::new(place), protocol };
            Box::new(move || Ok(Arc::new(refreshing.clone())))
        }
        AccountKind::Secret => Box::new(move || {
            let secret = place.kept().map_err(failed)?;
            client_secret::make(secret, client.clone(), at.clone(), wire.clone())()
        }),
        AccountKind::Certificate { file, sends_chain } => {
            let (path, sends_chain) = (file.clone(), *sends_chain);
            client_certificate::make(
                PemFile { path, named_by: "--certificate", sends_chain },
                client,
                at,
                wire,
            )
        }
        AccountKind::Assertion => Box::new(move || {
            let options = ClientAssertionCredentialOptions { client_options: wire.client_options() };
            let assertion = Kept(place.kept().map_err(failed)?);
            Ok(ClientAssertionCredential::new(at.clone(), client.clone(), assertion, Some(options))?)
        }),
        AccountKind::ManagedIdentity(identity) => {
            let wire = managed_identity::wire(context, &wire).map_err(Error::invalid)?;
            managed_identity::make(assigned(identity), wire)
        }
    };
    Ok(Candidate {
        label: match tenant {
            // That of a machine is known with its first token.
            "" => format!("login of azr ({})", account.name),
            tenant => format!("login of azr ({}, tenant {tenant})", account.name),
        },
        key: vec![KEY.to_owned(), account.session.clone(), tenant.to_ascii_lowercase()],
        is_login: false,
        make,
    })
}

fn assigned(identity: &MachineIdentity) -> Option<UserAssignedId> {
    match identity {
        MachineIdentity::System => None,
        MachineIdentity::Client(id) => Some(UserAssignedId::ClientId(id.clone())),
        MachineIdentity::Object(id) => Some(UserAssignedId::ObjectId(id.clone())),
        MachineIdentity::Resource(id) => Some(UserAssignedId::ResourceId(id.clone())),
    }
}

fn failed(error: Error) -> azure_core::Error {
    azure_core::Error::new(ErrorKind::Credential, error)
}

/// Where the secret of a login is.
struct Place {
    vault: Vault,
    store: SecretStore,
    secret: Option<Secret>,
}

impl Place {
    fn kept(&self) -> Result<Secret> {
        if let Some(secret) = &self.secret {
            return Ok(secret.clone());
        }
        self.vault.get()?.ok_or_else(|| {
            let why = match self.store {
                SecretStore::None => "its access token has ended, and nothing else is kept of it",
                SecretStore::File | SecretStore::Keyring => "what was kept of it is gone",
            };
            Error::authentication(why).with_hint(SIGN_IN_AGAIN)
        })
    }
}

#[derive(Debug)]
struct Kept(Secret);

#[async_trait]
impl ClientAssertion for Kept {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        Ok(self.0.expose().to_owned())
    }
}

/// A user, by a refresh token that is replaced whenever Entra gives another.
#[derive(Clone)]
struct Refreshing {
    place: Arc<Place>,
    protocol: Protocol,
}

impl std::fmt::Debug for Refreshing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Refreshing").field(&self.place.vault).finish()
    }
}

impl Refreshing {
    async fn token(&self, scope: &str) -> Result<AccessToken> {
        // Another azr may be at it: it would show a token that has just been replaced.
        let _held = self.place.vault.lock().await?;
        let place = Arc::clone(&self.place);
        let old = apart(move || place.kept()).await?;
        let granted = self.protocol.refresh(&old, scope).await?;
        if let Some(new) = granted.refresh.filter(|new| *new != old) {
            let vault = self.place.vault.clone();
            apart(move || vault.put(&new)).await?;
        }
        let expires = OffsetDateTime::from_unix_timestamp(granted.access.expires)
            .map_err(|_| Error::invalid_response("the authority gave a token without end"))?;
        Ok(AccessToken::new(granted.access.secret.expose().to_owned(), expires))
    }
}

/// Does what may block, as a keyring that is to be unlocked does, beside the event loop.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::unexpected(format!("what is kept of the login was not read: {e}")))?
}

#[async_trait]
impl TokenCredential for Refreshing {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        self.token(scopes.first().copied().unwrap_or_default()).await.map_err(failed)
    }
}
