//! `azr login`: signs in without az.

mod method;
mod options;
mod store;
mod subscriptions;

use std::time::Duration;

use serde_json::Value;
use time::OffsetDateTime;

use super::account;
use super::tree::{Closing, Example, Leaf, Outcome};
use crate::session::Session;
use azr_arm::auth::{TokenRequest, TokenSource as _};
use azr_core::context::{Account, EMULATOR_CLOUD, Logins, SecretStore, Subscription};
use azr_core::error::{Error, Result};
use azr_output::{format_duration, message};
use method::Method;
use options::LoginOptions;

/// `azr login`.
pub(crate) fn command() -> Leaf {
    Leaf::run("login", "Sign in to Azure", run)
        .details(
            "A user signs in with a browser, or, where none can be opened (over SSH, in a pipeline), with a code entered \
             on another device. BROWSER selects the browser. The subscriptions of the account are listed and stored for \
             azr only; the login and the profile of az do not change. A user signs in as the application Azure CLI, as \
             with az; AZR_CLIENT_ID selects another application.\n\n\
             A refresh token keeps a user signed in, and a secret or an assertion keeps an application signed in. --store \
             or AZR_LOGIN_STORE says where it is stored: in a file that only you can read, in the keyring of the system if \
             azr was built with support for it, or not at all, so that the login expires within about an hour. The \
             default is the keyring if there is one; otherwise azr asks, and stores nothing if it cannot ask. A certificate \
             stays in its file.",
        )
        .table(account::table)
        .without_spinner()
        .examples(&[
            Example { summary: "Sign in with a browser", command: "azr login" },
            Example {
                summary: "Sign in on another device",
                command: "azr login --use-device-code --tenant contoso.com",
            },
            Example {
                summary: "Sign in as an application whose secret is in a file",
                command: "azr login --service-principal -u 33333333-3333-3333-3333-333333333333 -p @secret.txt \
                          --tenant contoso.com --store file",
            },
            Example {
                summary: "Sign in with the managed identity of the machine",
                command: "azr login --identity",
            },
        ])
}

async fn run(session: &Session, options: LoginOptions) -> Result<Outcome> {
    let cloud = session.context.cloud()?;
    if cloud.name == EMULATOR_CLOUD {
        return Err(Error::unsupported(format!("the cloud {EMULATOR_CLOUD} does not require signing in")).with_hint(
            "To try signing in, run azr emulator start --sign-in, and set AZURE_AUTHORITY_HOST and AZR_ARM_ENDPOINT to \
             its URL without AZURE_CLOUD_NAME.",
        ));
    }
    let method = Method::from_options(&session.context, &options)?;
    let mut login = method.sign_in(session, &options).await?;
    let mut subscriptions = subscriptions::list(session, &mut login, options.tenant.as_deref()).await?;
    let account = login.account.clone();
    if subscriptions.is_empty() {
        if !options.allow_no_subscriptions {
            return Err(Error::no_match(format!("No subscriptions found for {}.", account.name)).with_hint(
                "Assign the account a role on a subscription, such as Reader, or use --tenant or --allow-no-subscriptions.",
            ));
        }
        subscriptions = vec![subscriptions::tenant_placeholder(&account)];
    }
    let expires = login.token().expires;
    let has_secret = login.has_secret();
    let logins = login.save(&session.context, subscriptions)?;
    if has_secret && account.store == SecretStore::None {
        message::warn(&format!(
            "The login expires in {}, because its credential is not stored. Use --store file to stay signed in.",
            format_duration(time_until(expires))
        ));
    }
    warn_if_unused(session, &account, &logins);
    let subscriptions = logins.subscriptions_of(&account);
    let value: Value = subscriptions.iter().map(Subscription::list_output).collect();
    let closing = Closing { summary: None, next: vec![welcome(&account, &value)] };
    Ok(Outcome { view: Some(account::view(&value)), closing, ..Outcome::value(value) })
}

/// The time until a Unix time.
fn time_until(seconds: i64) -> Duration {
    let left = seconds.saturating_sub(OffsetDateTime::now_utc().unix_timestamp());
    Duration::from_secs(u64::try_from(left).unwrap_or_default())
}

/// The sentence after a login: who is signed in, and the subscription that commands use.
fn welcome(account: &Account, subscriptions: &Value) -> String {
    let subscriptions = subscriptions.as_array().map_or(&[][..], Vec::as_slice);
    let default = subscriptions.iter().find(|subscription| subscription["isDefault"] == true);
    let subscription = default.and_then(|subscription| subscription["name"].as_str());
    match subscription {
        Some(name) => format!("Signed in as {}; the subscription is {name}.", account.name),
        None => format!("Signed in as {}.", account.name),
    }
}

/// Warns if a credential from the environment takes precedence over the login.
fn warn_if_unused(session: &Session, account: &Account, logins: &Logins) {
    let subscriptions = logins.subscriptions_of(account);
    let request = TokenRequest { subscription: subscriptions.first(), ..TokenRequest::default() };
    let credential = match session.chain(&request) {
        Ok(chain) if chain.uses_azr_login() => return,
        Ok(chain) => chain.describe().lines().next().unwrap_or_default().to_owned(),
        // The login succeeded all the same.
        Err(error) => error.to_string(),
    };
    message::warn(&format!(
        "A credential from the environment takes precedence over this login ({credential})."
    ));
}
