//! The subscriptions of an account that has just signed in, in az's shape.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::session::Session;
use azr_arm::auth::login::PendingLogin;
use azr_arm::auth::{Secret, Token, TokenSource};
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::context::{Account, AccountKind};
use azr_core::error::{Error, ErrorKind, Result};
use azr_output::message;

/// The API version for tenants and subscriptions, the one that az uses.
const API_VERSION: &str = "2022-12-01";

/// az's name of the entry for an account without subscriptions.
const NO_SUBSCRIPTION: &str = "N/A(tenant level account)";

/// The subscriptions in the tenant of the login, and for a user without `tenant` those in all tenants of the user.
pub(crate) async fn list(
    session: &Session,
    login: &mut PendingLogin,
    tenant: Option<&str>,
) -> Result<Vec<Value>> {
    let home = login.account.tenant.clone();
    let token = login.token().clone();
    let mut subscriptions = list_in_tenant(session, &login.account, &home, &token).await?;
    if tenant.is_some() || !matches!(login.account.kind, AccountKind::User { .. }) {
        return Ok(subscriptions);
    }
    for other in get_list(session, &token, "/tenants").await? {
        let Some(id) = other["tenantId"].as_str().filter(|id| !id.eq_ignore_ascii_case(&home)) else {
            continue;
        };
        let more = match login.token_for_tenant(&session.context, id).await {
            Ok(token) => list_in_tenant(session, &login.account, id, &token).await,
            Err(error) => Err(error),
        };
        match more {
            // A subscription that is visible in two tenants is used from the tenant of the login.
            Ok(more) => {
                for subscription in more {
                    if !subscriptions.iter().any(|known| known["id"] == subscription["id"]) {
                        subscriptions.push(subscription);
                    }
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                let name = other["displayName"].as_str().unwrap_or(id);
                message::warn(&format!(
                    "Skipped the tenant {name}: {error} To sign in to it, run azr login --tenant {id}"
                ));
            }
        }
    }
    Ok(subscriptions)
}

/// The entry for an account without subscriptions.
pub(crate) fn tenant_placeholder(account: &Account) -> Value {
    json!({
        "environmentName": account.cloud,
        "id": account.tenant,
        "isDefault": false,
        "name": NO_SUBSCRIPTION,
        "state": "Enabled",
        "tenantId": account.tenant,
        "user": account.profile_user(),
    })
}

async fn list_in_tenant(
    session: &Session,
    account: &Account,
    tenant: &str,
    token: &Token,
) -> Result<Vec<Value>> {
    let all = get_list(session, token, "/subscriptions").await?;
    Ok(all.iter().filter_map(|subscription| profile_entry(account, tenant, subscription)).collect())
}

/// The entry in az's profile; None for a subscription without an id.
fn profile_entry(account: &Account, tenant: &str, subscription: &Value) -> Option<Value> {
    let id = subscription["subscriptionId"].as_str()?;
    let managed = |m: &Value| json!({ "tenantId": m["tenantId"] });
    let managed: Vec<Value> =
        subscription["managedByTenants"].as_array().into_iter().flatten().map(managed).collect();
    Some(json!({
        "environmentName": account.cloud,
        "homeTenantId": subscription["tenantId"].as_str().unwrap_or(tenant),
        "id": id,
        "isDefault": false,
        "managedByTenants": managed,
        "name": subscription["displayName"].as_str().unwrap_or(id),
        "state": subscription["state"],
        "tenantId": tenant,
        "user": account.profile_user(),
    }))
}

async fn get_list(session: &Session, token: &Token, path: &str) -> Result<Vec<Value>> {
    let client = session.client_with(Arc::new(FixedToken(token.secret.clone())))?;
    Ok(pager::list(&client, &Target::new(path, API_VERSION), None, None).await?.items)
}

/// The token that was just given.
struct FixedToken(Secret);

#[async_trait]
impl TokenSource for FixedToken {
    async fn token(&self) -> Result<Secret> {
        Ok(self.0.clone())
    }

    async fn renew(&self, _: &Secret) -> Result<Secret> {
        Err(Error::authentication("the service rejected the token of the login")
            .with_hint("Check that AZURE_AUTHORITY_HOST and AZR_ARM_ENDPOINT belong to the same cloud."))
    }

    fn describe(&self) -> String {
        "signing in: azr login".to_owned()
    }
}
