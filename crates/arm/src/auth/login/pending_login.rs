//! A login that is not stored yet, and the storage of logins.

use serde_json::Value;
use uuid::Uuid;

use super::LoginSecret;
use super::oauth::{OAuthClient, TokenGrant};
use crate::auth::cache::TokenCache;
use crate::auth::credential::azr_login::candidate;
use crate::auth::token::Token;
use crate::auth::transport::AuthTransport;
use crate::auth::{Secret, chain};
use azr_core::context::{Account, AccountKind, Cloud, Context, Logins, SecretStore};
use azr_core::error::{Error, Result};

/// An account that has just signed in, and is not stored yet.
pub struct PendingLogin {
    /// The account.
    pub account: Account,
    secret: Option<Secret>,
    token: Token,
    scope: String,
    transport: AuthTransport,
}

impl PendingLogin {
    /// The login of a user, with the tokens for the application `client`.
    ///
    /// If the tokens are for another scope than the Resource Manager (`is_other_scope`), one for it is requested.
    pub async fn for_user(
        context: &Context,
        grant: TokenGrant,
        client: &str,
        store: SecretStore,
        transport: AuthTransport,
        is_other_scope: bool,
    ) -> Result<Self> {
        let cloud = context.cloud()?;
        let user = grant.user.ok_or_else(|| {
            Error::invalid_response("the authority returned no id token, so the user is unknown")
        })?;
        if grant.refresh.is_none() {
            tracing::info!(
                "the authority returned no refresh token: the login ends when its access token expires"
            );
        }
        let account =
            account(user.name, AccountKind::User { client: client.to_owned() }, user.tenant, cloud, store);
        let (secret, token, scope) = (grant.refresh, grant.access, cloud.scope());
        let mut login = Self { account, secret, token, scope, transport };
        if is_other_scope {
            let tenant = login.account.tenant.clone();
            login.token = login.token_for_tenant(context, &tenant).await?;
        }
        Ok(login)
    }

    /// The login of an application in a tenant, or of a managed identity, whose tenant is in its token.
    pub async fn for_principal(
        context: &Context,
        name: &str,
        kind: AccountKind,
        tenant: Option<&str>,
        secret: Option<Secret>,
        store: SecretStore,
        transport: AuthTransport,
    ) -> Result<Self> {
        let cloud = context.cloud()?;
        let mut account = account(name.to_owned(), kind, tenant.unwrap_or_default().to_owned(), cloud, store);
        let candidate = candidate(context, &account, &account.tenant, secret.clone(), &transport)?;
        let token = chain::request_from_candidate(&candidate, &cloud.scope()).await?;
        if tenant.is_none() {
            account.tenant = crate::auth::claims(&token.secret)
                .and_then(|claims| claims.tenant)
                .ok_or_else(|| Error::invalid_response("the token of the managed identity has no tenant"))?;
        }
        Ok(Self { account, secret, token, scope: cloud.scope(), transport })
    }

    /// The access token for the tenant signed in to.
    #[must_use]
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Whether there is a secret to store.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        self.secret.is_some()
    }

    /// An access token of the user for another tenant.
    ///
    /// Fails if the user has no access to it, or if it requires another sign-in, such as multi-factor authentication.
    pub async fn token_for_tenant(&mut self, context: &Context, tenant: &str) -> Result<Token> {
        let (AccountKind::User { client }, Some(secret)) = (&self.account.kind, &self.secret) else {
            return Err(Error::unexpected("only a user with a refresh token can sign in to other tenants"));
        };
        let client = OAuthClient::new(self.transport.clone(), client, tenant, context.max_test_pause()?);
        let grant = client.refresh(secret, &self.scope).await?;
        if grant.refresh.is_some() {
            self.secret = grant.refresh;
        }
        Ok(grant.access)
    }

    /// Stores the login with its subscriptions; it replaces an earlier login of the same account.
    pub fn save(self, context: &Context, subscriptions: Vec<Value>) -> Result<Logins> {
        let Self { account, secret, token, scope, transport } = self;
        let default_subscription = context.az_default_subscription_id(&account.cloud)?;
        let stored = LoginSecret::of_account(context, &account)?;
        if let Some(secret) = &secret {
            stored.save(secret)?;
        }
        let candidate = candidate(context, &account, &account.tenant, None, &transport)?;
        let is_cached = chain::cache_token(context, &candidate, &scope, transport.authority.as_str(), &token);
        if !is_cached && account.store == SecretStore::None && secret.is_some() {
            return Err(Error::invalid(
                "the login would be lost: neither its secret nor its access token may be stored",
            )
            .with_hint("Use --store file, or unset AZR_TOKEN_CACHE."));
        }
        let (logins, replaced) = context
            .update_logins(|logins| logins.add(account, subscriptions, default_subscription.as_deref()))?;
        delete_secrets(context, &replaced);
        Ok(logins)
    }
}

fn account(name: String, kind: AccountKind, tenant: String, cloud: &Cloud, store: SecretStore) -> Account {
    Account {
        name,
        kind,
        tenant,
        cloud: cloud.name.clone(),
        authority: cloud.authority.clone(),
        session: Uuid::new_v4().to_string(),
        store,
    }
}

/// Deletes an account of this cloud (the active one without a name) with its secret and all access tokens; None if there is
/// no such account.
pub fn logout(context: &Context, name: Option<&str>) -> Result<Option<Account>> {
    let cloud = &context.cloud()?.name;
    let logins = context.logins()?;
    let account = match name {
        Some(name) => logins.account(name, cloud),
        None => logins.active(cloud),
    };
    let Some(account) = account else { return Ok(None) };
    // The secret comes first: if that fails, the account is still there to try again.
    LoginSecret::of_account(context, account)?.delete()?;
    TokenCache::clear(context)?;
    context.update_logins(|logins| logins.remove(&account.name, cloud))?;
    Ok(Some(account.clone()))
}

/// Deletes the secrets of replaced logins. A failure is only logged, because the new login is stored already.
fn delete_secrets(context: &Context, replaced: &[Account]) {
    for account in replaced {
        if let Err(error) = LoginSecret::of_account(context, account).and_then(|secret| secret.delete()) {
            tracing::warn!("cannot delete the secret of the earlier login of {}: {error}", account.name);
        }
    }
}
