//! `azr login`: signing in without az.

mod found;
mod keep;
mod method;

use clap::{Arg, ArgMatches};
use serde_json::Value;

use super::tree::{Example, Leaf, Outcome};
use super::{account, args};
use crate::session::Session;
use azr_arm::auth::{TokenSource as _, Wanted};
use azr_core::context::{Account, EMULATOR_CLOUD, Logins, SecretStore, Subscription};
use azr_core::error::{Error, Result};
use azr_output::message;
use method::Method;

/// The heading of what says who signs in.
const WHO: &str = "Who";

/// `azr login`.
pub fn command() -> Leaf {
    Leaf::run("login", "Sign in to Azure", options, |session, matches| {
        Box::pin(run(session, matches))
    })
    .details(
        "A user signs in with a browser where one can be opened (BROWSER names one; over SSH and in pipelines there is \
         none), else with a code to type in on another device. The subscriptions that are found are listed, and kept \
         for azr alone: az's own login and its profile stay as they are. A user signs in as the application Azure CLI, \
         as with az; AZR_CLIENT_ID names another.\n\n\
         What keeps a user signed in is a refresh token, and what keeps an application signed in is its secret or \
         assertion. --store or AZR_LOGIN_STORE says where it is kept: in a file that only you can read, in the keyring \
         of the system where this azr was built with it, or nowhere, so that the login ends within about an hour. \
         Where nothing is said, a keyring is used if there is one; else you are asked; and where nobody can be asked, \
         nothing is kept. A certificate stays in its file.",
    )
    .table(account::table)
    .examples(&[
        Example { what: "Sign in with a browser", line: "azr login" },
        Example { what: "Sign in on another device", line: "azr login --use-device-code --tenant contoso.com" },
        Example {
            what: "Sign in as an application, whose secret is in a file",
            line: "azr login --service-principal -u 33333333-3333-3333-3333-333333333333 -p @secret.txt \
                   --tenant contoso.com --store file",
        },
        Example { what: "Sign in as the machine", line: "azr login --identity" },
    ])
}

fn options() -> Vec<Arg> {
    let who = |arg: Arg| arg.help_heading(WHO);
    vec![
        args::text("tenant").short('t').value_name("TENANT").help("Tenant: its id or a domain of it"),
        args::flag("use-device-code").help("Sign in with a code, even where a browser can be opened"),
        who(args::flag("service-principal").help("Sign in as an application")),
        who(args::text("username").short('u').value_name("APP_ID").help("The application's id")),
        who(args::text("password").short('p').value_name("SECRET|@FILE").help("The application's secret")),
        who(args::text("certificate")
            .value_name("PEM")
            .help("File with the application's certificate and key")),
        who(args::flag("use-cert-sn-issuer").help("Send the whole chain of the certificate")),
        who(args::text("federated-token")
            .value_name("TOKEN|@FILE")
            .help("Assertion of somebody whom the application trusts")),
        who(args::flag("identity").short('i').help("Sign in as the machine")),
        who(args::text("client-id")
            .value_name("ID")
            .help("Client id of an identity assigned to the machine")),
        who(args::text("object-id").value_name("ID").help("Its object id instead")),
        who(args::text("resource-id").value_name("ID").help("Its resource id instead")),
        args::text("scope").value_name("SCOPE").help("What a user is asked to consent to first"),
        args::flag("allow-no-subscriptions").help("Sign in even where no subscription is found"),
        args::choice("store", keep::NAMES).help("Where to keep what keeps you signed in"),
    ]
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let cloud = session.context.cloud()?;
    if cloud.name == EMULATOR_CLOUD {
        return Err(Error::unsupported(format!("the cloud {EMULATOR_CLOUD} takes anybody: there is nobody to sign in to"))
            .with_hint(
                "To try signing in, run azr emulator start --sign-in, and set AZURE_AUTHORITY_HOST and AZR_ARM_ENDPOINT \
                 to its URL without AZURE_CLOUD_NAME.",
            ));
    }
    let method = Method::of(&session.context, matches)?;
    let mut newcomer = method.sign_in(session, matches).await?;
    let tenant = matches.get_one::<String>("tenant").map(String::as_str);
    let found = found::subscriptions(session, &mut newcomer, tenant).await?;
    let account = newcomer.account.clone();
    let found = match found.is_empty() {
        false => found,
        true if matches.get_flag("allow-no-subscriptions") => vec![found::without(&account)],
        true => {
            return Err(Error::no_match(format!("No subscriptions found for {}.", account.name)).with_hint(
                "It needs a role on one, such as Reader; or give --tenant; or --allow-no-subscriptions.",
            ));
        }
    };
    let ends = newcomer.token().expires;
    let has_secret = newcomer.has_secret();
    let logins = newcomer.keep(&session.context, found)?;
    if has_secret && account.store == SecretStore::None {
        message::warn(&format!(
            "The login ends at {}, with its access token: nothing else is kept of it. --store file keeps it.",
            account::local_time(ends)
        ));
    }
    warn_of_others(session, &account, &logins);
    Ok(Outcome::value(
        logins.subscriptions_of(&account).iter().map(Subscription::list_output).collect::<Value>(),
    ))
}

/// Says so where something in the environment signs in before the login.
fn warn_of_others(session: &Session, account: &Account, logins: &Logins) {
    let known = logins.subscriptions_of(account);
    let wanted = Wanted { subscription: known.first(), ..Wanted::default() };
    let instead = match session.chain(&wanted) {
        Ok(chain) if chain.is_by_own_login() => return,
        Ok(chain) => chain.describe().lines().next().unwrap_or_default().to_owned(),
        // The login is there all the same.
        Err(error) => error.to_string(),
    };
    message::warn(&format!("This login is not used while the environment says otherwise ({instead})."));
}
