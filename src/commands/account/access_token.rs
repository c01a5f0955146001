//! `azr account get-access-token`: a token for other programs.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::local_time::format_local_time;
use super::subscription_option::with_az_names;
use crate::commands::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_arm::auth::TokenRequest;
use azr_core::error::{Error, Result};

/// `azr account get-access-token`.
pub(crate) fn command() -> Leaf {
    Leaf::run("get-access-token", "Print an access token for other programs", run)
        .details(
            "Without --resource, --resource-type and --scope the token is for Azure Resource Manager. Anyone holding it \
             can act as you until it expires.",
        )
        .examples(&[Example {
            summary: "Store a token in a variable",
            command: "azr account get-access-token --query accessToken -o tsv",
        }])
}

#[derive(Args)]
#[command(mut_arg("subscription", with_az_names))]
struct Options {
    #[arg(long, value_name = "URI", help = "Resource that the token is for")]
    resource: Option<String>,
    #[arg(
        long,
        value_name = "TYPE",
        ignore_case = true,
        help = "Type of the resource that the token is for"
    )]
    resource_type: Option<ResourceType>,
    #[arg(long, value_name = "SCOPE", help = "Scope that the token is for")]
    scope: Option<String>,
    #[arg(long, short = 't', value_name = "TENANT", help = "Tenant that issues the token")]
    tenant: Option<String>,
    #[arg(long, help = "Subscription whose tenant issues the token")]
    subscription: Option<String>,
}

/// az's names of resources, of which azr knows one endpoint.
#[derive(Clone, Copy, ValueEnum)]
enum ResourceType {
    Arm,
}

async fn run(session: &Session, options: Options) -> Result<Outcome> {
    let Options { resource, resource_type, scope, subscription, tenant } = options;
    if subscription.is_some() && tenant.is_some() {
        return Err(Error::usage("--subscription and --tenant are mutually exclusive"));
    }
    if [resource.is_some(), resource_type.is_some(), scope.is_some()].into_iter().filter(|b| *b).count() > 1 {
        return Err(Error::usage("--resource, --resource-type and --scope are mutually exclusive"));
    }
    let subscription = match (&tenant, subscription) {
        (Some(_), _) => None,
        (None, Some(name)) => Some(session.context.subscription(Some(&name))?),
        // A token does not need a subscription.
        (None, None) => session.subscription().ok(),
    };
    let scope = resource.map(|resource| format!("{resource}/.default")).or(scope);
    let request = TokenRequest {
        tenant: tenant.as_deref(),
        subscription: subscription.as_ref(),
        scope: scope.as_deref(),
    };
    let chain = session.chain(&request)?;
    let (secret, expires) = chain.token_with_expiry().await?;
    let tenant = tenant.or_else(|| subscription.as_ref()?.tenant_id.clone());
    let mut result = json!({
        "accessToken": secret.expose(),
        "expiresOn": expires.map(format_local_time),
        "expires_on": expires,
        "subscription": subscription.as_ref().map(|s| s.id.as_str()),
        "tenant": tenant,
        "tokenType": "Bearer",
    });
    if let Some(members) = result.as_object_mut() {
        members.retain(|name, value| name != "subscription" || !value.is_null());
    }
    Ok(Outcome::value(result))
}
