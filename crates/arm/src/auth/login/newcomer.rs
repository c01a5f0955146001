//! Somebody who has just signed in: what is found for them, and what is kept of them.

use serde_json::Value;
use uuid::Uuid;

use super::Vault;
use super::protocol::{Granted, Protocol};
use crate::auth::cache::Cache;
use crate::auth::credential::own::candidate;
use crate::auth::token::Token;
use crate::auth::transport::AuthTransport;
use crate::auth::{Secret, chain};
use azr_core::context::{Account, AccountKind, Cloud, Context, Logins, SecretStore};
use azr_core::error::{Error, Result};

/// Somebody who has just signed in, and of whom nothing is kept yet.
pub struct Newcomer {
    /// Who.
    pub account: Account,
    secret: Option<Secret>,
    token: Token,
    scope: String,
    wire: AuthTransport,
}

impl Newcomer {
    /// A user, by what the authority granted to the application `client`; `is_for_other` than the Resource Manager.
    pub async fn user(
        context: &Context,
        granted: Granted,
        client: &str,
        store: SecretStore,
        wire: AuthTransport,
        is_for_other: bool,
    ) -> Result<Self> {
        let cloud = context.cloud()?;
        let person = granted.person.ok_or_else(|| {
            Error::invalid_response("the authority does not say who signed in: there is no id token")
        })?;
        if granted.refresh.is_none() {
            tracing::info!("the authority gave no refresh token: the login ends with its access token");
        }
        let account = account(
            person.name,
            AccountKind::User { client: client.to_owned() },
            person.tenant,
            cloud,
            store,
        );
        let (secret, token, scope) = (granted.refresh, granted.access, cloud.scope());
        let mut user = Self { account, secret, token, scope, wire };
        if is_for_other {
            let tenant = user.account.tenant.clone();
            user.token = user.token_of(context, &tenant).await?;
        }
        Ok(user)
    }

    /// An application in a tenant, or the machine's identity, whose tenant its token tells.
    pub async fn other(
        context: &Context,
        name: &str,
        kind: AccountKind,
        tenant: Option<&str>,
        secret: Option<Secret>,
        store: SecretStore,
        wire: AuthTransport,
    ) -> Result<Self> {
        let cloud = context.cloud()?;
        let mut account = account(name.to_owned(), kind, tenant.unwrap_or_default().to_owned(), cloud, store);
        let candidate = candidate(context, &account, &account.tenant, secret.clone(), &wire)?;
        let token = chain::ask(&candidate, &cloud.scope()).await?;
        if tenant.is_none() {
            account.tenant =
                crate::auth::claims(&token.secret).and_then(|claims| claims.tenant).ok_or_else(|| {
                    Error::invalid_response(
                        "the token of the managed identity does not say of which tenant it is",
                    )
                })?;
        }
        Ok(Self { account, secret, token, scope: cloud.scope(), wire })
    }

    /// The access token for the tenant signed in to.
    #[must_use]
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Whether there is something to keep that would keep it signed in.
    #[must_use]
    pub fn has_secret(&self) -> bool {
        self.secret.is_some()
    }

    /// A user's access token for another tenant.
    ///
    /// Fails where the user may not enter it, or has to do more for it than for the first.
    pub async fn token_of(&mut self, context: &Context, tenant: &str) -> Result<Token> {
        let (AccountKind::User { client }, Some(secret)) = (&self.account.kind, &self.secret) else {
            return Err(Error::unexpected("only a user with a refresh token is in several tenants"));
        };
        let protocol = Protocol::new(self.wire.clone(), client, tenant, context.max_test_pause()?);
        let granted = protocol.refresh(secret, &self.scope).await?;
        if granted.refresh.is_some() {
            self.secret = granted.refresh;
        }
        Ok(granted.access)
    }

    /// Keeps the login and the subscriptions that were found, in the place of an earlier one of the same account.
    pub fn keep(self, context: &Context, found: Vec<Value>) -> Result<Logins> {
        let Self { account, secret, token, scope, wire } = self;
        let wished = context.az_default_subscription_id(&account.cloud)?;
        let vault = Vault::of(context, &account)?;
        if let Some(secret) = &secret {
            vault.put(secret)?;
        }
        let candidate = candidate(context, &account, &account.tenant, None, &wire)?;
        let is_kept = chain::keep(context, &candidate, &scope, wire.authority.as_str(), &token);
        if !is_kept && account.store == SecretStore::None && secret.is_some() {
            return Err(Error::invalid("nothing of the login would be left: neither what was agreed to be kept, nor its access token")
                .with_hint("Keep it with --store file, or unset AZR_TOKEN_CACHE."));
        }
        let (logins, before) =
            context.update_logins(|logins| logins.add(account, found, wished.as_deref()))?;
        forget(context, &before);
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

/// Forgets an account of this cloud, the active one where none is named, and all that is kept of it; none where there
/// is none.
pub fn leave(context: &Context, name: Option<&str>) -> Result<Option<Account>> {
    let cloud = &context.cloud()?.name;
    let logins = context.logins()?;
    let account = match name {
        Some(name) => logins.account(name, cloud),
        None => logins.active(cloud),
    };
    let Some(account) = account else { return Ok(None) };
    // The secret first: should it stay, so does the account that tells where it is.
    Vault::of(context, account)?.forget()?;
    Cache::clear(context)?;
    context.update_logins(|logins| logins.remove(&account.name, cloud))?;
    Ok(Some(account.clone()))
}

/// Forgets what is kept of earlier logins; what cannot be is told, as the new one is there all the same.
fn forget(context: &Context, gone: &[Account]) {
    for account in gone {
        if let Err(error) = Vault::of(context, account).and_then(|vault| vault.forget()) {
            tracing::warn!("the earlier login of {} is still kept: {error}", account.name);
        }
    }
}
