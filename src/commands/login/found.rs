//! The subscriptions of somebody who has just signed in, in az's shape.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::session::Session;
use azr_arm::auth::login::Newcomer;
use azr_arm::auth::{Secret, Token, TokenSource};
use azr_arm::pager;
use azr_arm::plan::Target;
use azr_core::context::{Account, AccountKind};
use azr_core::error::{Error, ErrorKind, Result};
use azr_output::message;

/// The version of the API that lists tenants and subscriptions, as az asks for it.
const VERSION: &str = "2022-12-01";

/// az's name for what stands in place of a subscription where there is none.
const NO_SUBSCRIPTION: &str = "N/A(tenant level account)";

/// The subscriptions in the tenant signed in to, and where a user named none, in all the tenants that the user is in.
pub async fn subscriptions(
    session: &Session,
    newcomer: &mut Newcomer,
    tenant: Option<&str>,
) -> Result<Vec<Value>> {
    let home = newcomer.account.tenant.clone();
    let token = newcomer.token().clone();
    let mut found = of_tenant(session, &newcomer.account, &home, &token).await?;
    if tenant.is_some() || !matches!(newcomer.account.kind, AccountKind::User { .. }) {
        return Ok(found);
    }
    for other in list(session, &token, "/tenants").await? {
        let Some(id) = other["tenantId"].as_str().filter(|id| !id.eq_ignore_ascii_case(&home)) else {
            continue;
        };
        let more = match newcomer.token_of(&session.context, id).await {
            Ok(token) => of_tenant(session, &newcomer.account, id, &token).await,
            Err(error) => Err(error),
        };
        match more {
            // A subscription that two tenants show is worked in from the one signed in to.
            Ok(more) => found.extend(
                more.into_iter().filter(|m| !found.iter().any(|f| f["id"] == m["id"])).collect::<Vec<_>>(),
            ),
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => {
                let name = other["displayName"].as_str().unwrap_or(id);
                message::warn(&format!(
                    "The tenant {name} is left out: {error} For its subscriptions: azr login --tenant {id}"
                ));
            }
        }
    }
    Ok(found)
}

/// What stands in place of a subscription of an account that has none.
pub fn without(account: &Account) -> Value {
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

async fn of_tenant(session: &Session, account: &Account, tenant: &str, token: &Token) -> Result<Vec<Value>> {
    let all = list(session, token, "/subscriptions").await?;
    Ok(all.iter().filter_map(|one| entry(account, tenant, one)).collect())
}

/// An entry of az's profile; none of what has no id.
fn entry(account: &Account, tenant: &str, one: &Value) -> Option<Value> {
    let id = one["subscriptionId"].as_str()?;
    let managed = |m: &Value| json!({ "tenantId": m["tenantId"] });
    let managed: Vec<Value> = one["managedByTenants"].as_array().into_iter().flatten().map(managed).collect();
    Some(json!({
        "environmentName": account.cloud,
        "homeTenantId": one["tenantId"].as_str().unwrap_or(tenant),
        "id": id,
        "isDefault": false,
        "managedByTenants": managed,
        "name": one["displayName"].as_str().unwrap_or(id),
        "state": one["state"],
        "tenantId": tenant,
        "user": account.profile_user(),
    }))
}

async fn list(session: &Session, token: &Token, path: &str) -> Result<Vec<Value>> {
    let client = session.client_with(Arc::new(Fresh(token.secret.clone())))?;
    Ok(pager::list(&client, &Target::new(path, VERSION), None, None).await?.items)
}

/// The token that was just given.
struct Fresh(Secret);

#[async_trait]
impl TokenSource for Fresh {
    async fn token(&self) -> Result<Secret> {
        Ok(self.0.clone())
    }

    async fn renew(&self, _: &Secret) -> Result<Secret> {
        Err(Error::authentication("the token that was just given is refused")
            .with_hint("Check that AZURE_AUTHORITY_HOST and AZR_ARM_ENDPOINT are of one cloud."))
    }

    fn describe(&self) -> String {
        "signing in: azr login".to_owned()
    }
}
