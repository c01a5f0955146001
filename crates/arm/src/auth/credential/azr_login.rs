//! azr's own logins, from `azr login`.

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
use crate::auth::credential_source::{
    AzrLogin, Candidate, CredentialFactory, CredentialSource, SignInContext,
};
use crate::auth::login::{LoginSecret, OAuthClient, SIGN_IN_AGAIN};
use crate::auth::transport::AuthTransport;
use azr_core::context::{Account, AccountKind, Context, Logins, MachineIdentity, SecretStore};
use azr_core::error::{Error, Result};

/// The first part of the cache keys of these logins.
const KEY_PREFIX: &str = "azr";

/// Whether a candidate is one of these logins.
pub(crate) fn is_azr_login(candidate: &Candidate) -> bool {
    candidate.key.first().is_some_and(|first| first == KEY_PREFIX)
}

/// The credential, if a suitable account is signed in with azr.
pub(crate) fn source(sign_in: &SignInContext) -> CredentialSource {
    let context = sign_in.context;
    let (logins, cloud) = match context.logins().and_then(|logins| Ok((logins, &context.cloud()?.name))) {
        Ok(loaded) => loaded,
        Err(error) => return CredentialSource::Incomplete(error.to_string()),
    };
    if logins.accounts_in_cloud(cloud).next().is_none() {
        return CredentialSource::NotConfigured("no account is signed in".to_owned());
    }
    let account = match sign_in.azr_login {
        AzrLogin::Account(name) => logins.account(name, cloud),
        AzrLogin::Any => account_for_tenant(logins, cloud, sign_in.tenant),
        AzrLogin::None => {
            return CredentialSource::NotConfigured("the subscription belongs to the login of az".to_owned());
        }
    };
    let Some(account) = account else {
        return CredentialSource::NotConfigured("no account of this tenant is signed in".to_owned());
    };
    // A secret is sent only to the authority that issued it.
    if account.authority != sign_in.transport.authority {
        return CredentialSource::Incomplete(format!(
            "{} is signed in at {}",
            account.name, account.authority
        ));
    }
    let tenant = sign_in.tenant.unwrap_or(&account.tenant);
    match candidate(context, account, tenant, None, &sign_in.transport) {
        Ok(candidate) => CredentialSource::Ready(candidate),
        Err(error) => CredentialSource::Incomplete(error.to_string()),
    }
}

/// The account for a tenant: one that is signed in to it, or else a user, who may be a guest there.
fn account_for_tenant<'a>(logins: &'a Logins, cloud: &str, tenant: Option<&str>) -> Option<&'a Account> {
    let active = logins.active(cloud);
    let Some(tenant) = tenant else { return active };
    let in_order = || active.into_iter().chain(logins.accounts_in_cloud(cloud));
    in_order()
        .find(|account| account.tenant.eq_ignore_ascii_case(tenant))
        .or_else(|| in_order().find(|account| matches!(account.kind, AccountKind::User { .. })))
}

/// The credential of an account in a tenant, with its stored secret, or with `secret` if it is not stored yet.
pub(crate) fn candidate(
    context: &Context,
    account: &Account,
    tenant: &str,
    secret: Option<Secret>,
    transport: &AuthTransport,
) -> Result<Candidate> {
    let source =
        SecretSource { stored: LoginSecret::of_account(context, account)?, store: account.store, secret };
    let (client, at, transport) = (account.name.clone(), tenant.to_owned(), transport.clone());
    let create: CredentialFactory = match &account.kind {
        // A keyring may open a window to ask for its password.
        _ if account.store == SecretStore::Keyring && !context.may_run_programs() => {
            Box::new(|| Err(credential_error(Error::authentication("the keyring is not available here"))))
        }
        AccountKind::User { client } => {
            let client = OAuthClient::new(transport, client, tenant, context.max_test_pause()?);
            let credential = RefreshTokenCredential { source: Arc::new(source), client };
            Box::new(move || Ok(Arc::new(credential.clone())))
        }
        AccountKind::Secret => Box::new(move || {
            let secret = source.load().map_err(credential_error)?;
            client_secret::credential_factory(secret, client.clone(), at.clone(), transport.clone())()
        }),
        AccountKind::Certificate { file, sends_chain } => {
            let (path, sends_chain) = (file.clone(), *sends_chain);
            client_certificate::credential_factory(
                PemFile { path, named_by: "--certificate", sends_chain },
                client,
                at,
                transport,
            )
        }
        AccountKind::Assertion => Box::new(move || {
            let options = ClientAssertionCredentialOptions { client_options: transport.client_options() };
            let assertion = StaticAssertion(source.load().map_err(credential_error)?);
            Ok(ClientAssertionCredential::new(at.clone(), client.clone(), assertion, Some(options))?)
        }),
        AccountKind::ManagedIdentity(identity) => {
            let transport =
                managed_identity::machine_transport(context, &transport).map_err(Error::invalid)?;
            managed_identity::credential_factory(user_assigned_id(identity), transport)
        }
    };
    Ok(Candidate {
        label: match tenant {
            // The tenant of a machine is known with its first token.
            "" => format!("login of azr ({})", account.name),
            tenant => format!("login of azr ({}, tenant {tenant})", account.name),
        },
        key: vec![KEY_PREFIX.to_owned(), account.session.clone(), tenant.to_ascii_lowercase()],
        is_external_login: false,
        create,
    })
}

fn user_assigned_id(identity: &MachineIdentity) -> Option<UserAssignedId> {
    match identity {
        MachineIdentity::System => None,
        MachineIdentity::Client(id) => Some(UserAssignedId::ClientId(id.clone())),
        MachineIdentity::Object(id) => Some(UserAssignedId::ObjectId(id.clone())),
        MachineIdentity::Resource(id) => Some(UserAssignedId::ResourceId(id.clone())),
    }
}

fn credential_error(error: Error) -> azure_core::Error {
    azure_core::Error::new(ErrorKind::Credential, error)
}

/// The secret of a login.
struct SecretSource {
    stored: LoginSecret,
    store: SecretStore,
    secret: Option<Secret>,
}

impl SecretSource {
    fn load(&self) -> Result<Secret> {
        if let Some(secret) = &self.secret {
            return Ok(secret.clone());
        }
        self.stored.load()?.ok_or_else(|| {
            let reason = match self.store {
                SecretStore::None => "its access token has expired, and no secret is stored",
                SecretStore::File | SecretStore::Keyring => "its secret is no longer stored",
            };
            Error::authentication(reason).with_hint(SIGN_IN_AGAIN)
        })
    }
}

#[derive(Debug)]
struct StaticAssertion(Secret);

#[async_trait]
impl ClientAssertion for StaticAssertion {
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        Ok(self.0.expose().to_owned())
    }
}

/// The credential of a user with a refresh token, which is replaced whenever Entra returns another.
#[derive(Clone)]
struct RefreshTokenCredential {
    source: Arc<SecretSource>,
    client: OAuthClient,
}

impl std::fmt::Debug for RefreshTokenCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("RefreshTokenCredential").field(&self.source.stored).finish()
    }
}

impl RefreshTokenCredential {
    async fn token(&self, scope: &str) -> Result<AccessToken> {
        // Without the lock, a concurrent azr would use a token that has just been replaced.
        let _lock = self.source.stored.lock().await?;
        let source = Arc::clone(&self.source);
        let old = run_blocking(move || source.load()).await?;
        let grant = self.client.refresh(&old, scope).await?;
        if let Some(new) = grant.refresh.filter(|new| *new != old) {
            let stored = self.source.stored.clone();
            run_blocking(move || stored.save(&new)).await?;
        }
        let expires = OffsetDateTime::from_unix_timestamp(grant.access.expires)
            .map_err(|_| Error::invalid_response("the authority returned an invalid expiry"))?;
        Ok(AccessToken::new(grant.access.secret.expose().to_owned(), expires))
    }
}

/// Runs work that may block, such as unlocking a keyring, outside of the event loop.
async fn run_blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::unexpected(format!("cannot read the secret of the login: {e}")))?
}

#[async_trait]
impl TokenCredential for RefreshTokenCredential {
    async fn get_token(
        &self,
        scopes: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        self.token(scopes.first().copied().unwrap_or_default()).await.map_err(credential_error)
    }
}
