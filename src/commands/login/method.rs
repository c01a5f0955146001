//! The ways to sign in, and which one the options ask for.

use std::path::PathBuf;

use clap::ArgMatches;

use super::keep;
use crate::commands::{arg_file, args};
use crate::session::Session;
use azr_arm::auth::Secret;
use azr_arm::auth::login::{
    ANY_TENANT, AZURE_CLI, Browser, CLIENT_VARIABLE, Granted, Newcomer, Protocol, can_open,
};
use azr_core::context::{AccountKind, Context, MachineIdentity, SecretStore};
use azr_core::error::{Error, Result};
use azr_output::message;

/// How somebody signs in.
pub enum Method {
    /// A user, with a browser of this machine or with a code.
    User {
        /// Whether a browser is tried first.
        with_browser: bool,
    },
    /// An application.
    Application {
        /// Its id.
        id: String,
        /// What it shows.
        who: AccountKind,
        /// Its secret or assertion.
        secret: Option<Secret>,
    },
    /// The machine.
    Machine(MachineIdentity),
}

/// The options of applications.
const OF_APPLICATIONS: [&str; 4] = ["username", "password", "certificate", "federated-token"];
/// The options of machines.
const OF_MACHINES: [&str; 3] = ["client-id", "object-id", "resource-id"];

impl Method {
    /// The one that the options ask for; fails where they contradict each other or lack something.
    pub fn of(context: &Context, matches: &ArgMatches) -> Result<Self> {
        let (is_application, is_machine) =
            (matches.get_flag("service-principal"), matches.get_flag("identity"));
        if is_application && is_machine {
            return Err(Error::usage("--identity and --service-principal contradict each other"));
        }
        let given = |names: &[&str]| {
            names.iter().find(|name| args::given(matches, name).is_some()).map(|n| (*n).to_owned())
        };
        match (given(&OF_APPLICATIONS), given(&OF_MACHINES)) {
            (Some(name), _) if !is_application => Err(Error::usage(format!("--{name} is for applications"))
                .with_hint(
                    "Add --service-principal; a user signs in with a browser or a code, not with a password.",
                )),
            (_, Some(name)) if !is_machine => {
                Err(Error::usage(format!("--{name} is for the machine's identities"))
                    .with_hint("Add --identity."))
            }
            _ if (is_application || is_machine) && args::given(matches, "scope").is_some() => {
                Err(Error::usage("--scope is for users: nobody else is asked to consent"))
            }
            _ if is_application => application(context, matches),
            _ if is_machine => machine(matches),
            _ => Ok(Self::User { with_browser: !matches.get_flag("use-device-code") && can_open(context) }),
        }
    }

    /// Signs in, and asks first where what is kept of it may be.
    pub async fn sign_in(self, session: &Session, matches: &ArgMatches) -> Result<Newcomer> {
        let context = &session.context;
        let tenant = args::given(matches, "tenant");
        match self {
            Self::User { with_browser } => {
                let store = keep::store(context, matches, "a refresh token")?;
                let client = context.var(CLIENT_VARIABLE).unwrap_or(AZURE_CLI);
                let cloud = context.cloud()?;
                let wire = session.wire()?;
                let pause = context.max_test_pause()?;
                let protocol = Protocol::new(wire.clone(), client, tenant.unwrap_or(ANY_TENANT), pause);
                let (arm, asked) = (cloud.scope(), args::given(matches, "scope"));
                let granted = user(&protocol, asked.unwrap_or(&arm), with_browser).await?;
                Newcomer::user(context, granted, client, store, wire, asked.is_some()).await
            }
            Self::Application { id, who, secret } => {
                let tenant = tenant.ok_or_else(|| {
                    Error::usage("--tenant is missing: an application signs in to one")
                        .with_hint("Add --tenant TENANT.")
                })?;
                let store = match (&who, &secret) {
                    (AccountKind::Assertion, _) => keep::store(context, matches, "the assertion")?,
                    (_, Some(_)) => keep::store(context, matches, "the application's secret")?,
                    (_, None) => SecretStore::None,
                };
                Newcomer::other(context, &id, who, Some(tenant), secret, store, session.wire()?).await
            }
            Self::Machine(identity) => {
                // az's names for them.
                let name = match identity {
                    MachineIdentity::System => "systemAssignedIdentity",
                    _ => "userAssignedIdentity",
                };
                let who = AccountKind::ManagedIdentity(identity);
                Newcomer::other(context, name, who, None, None, SecretStore::None, session.wire()?).await
            }
        }
    }
}

async fn user(protocol: &Protocol, scope: &str, with_browser: bool) -> Result<Granted> {
    if with_browser {
        if let Some(browser) = Browser::open(protocol, scope).await? {
            message::warn(
                "A web browser has been opened: sign in there. If none came up, press Ctrl-C and use azr login --use-device-code.",
            );
            return browser.granted().await;
        }
        message::warn("No web browser can be opened.");
    }
    let show = |page: &str, code: &str| {
        message::prompt(&format!("To sign in, open {page} in a web browser and enter the code {code}."));
    };
    protocol.with_device_code(scope, show).await
}

fn application(context: &Context, matches: &ArgMatches) -> Result<Method> {
    let id = args::given(matches, "username")
        .ok_or_else(|| {
            Error::usage("--username is missing: the application's id").with_hint("Add --username APP_ID.")
        })?
        .to_owned();
    let (password, certificate, token) = (
        args::given(matches, "password"),
        args::given(matches, "certificate"),
        args::given(matches, "federated-token"),
    );
    let (who, secret) = match (password, certificate, token) {
        (Some(given), None, None) => (AccountKind::Secret, Some(secret("--password", given)?)),
        (None, Some(file), None) => {
            let file = std::path::absolute(arg_file::home(file)).unwrap_or_else(|_| PathBuf::from(file));
            (AccountKind::Certificate { file, sends_chain: matches.get_flag("use-cert-sn-issuer") }, None)
        }
        (None, None, Some(given)) => (AccountKind::Assertion, Some(secret("--federated-token", given)?)),
        (None, None, None) if context.terminal().stdin => (AccountKind::Secret, Some(typed()?)),
        (None, None, None) => {
            return Err(Error::usage("there is nothing that the application shows")
                .with_hint("Add --password @FILE, --certificate PEM or --federated-token @FILE."));
        }
        _ => {
            return Err(Error::usage(
                "--password, --certificate and --federated-token contradict each other: one is enough",
            ));
        }
    };
    Ok(Method::Application { id, who, secret })
}

/// A secret on the command line, or in the file that it names.
fn secret(option: &str, given: &str) -> Result<Secret> {
    let text =
        if given.starts_with('@') { arg_file::expand(option, given)?.whole() } else { given.to_owned() };
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(format!("{option} is empty")));
    }
    Ok(Secret::new(text))
}

/// A secret that is typed in without being seen.
fn typed() -> Result<Secret> {
    let read = rpassword::prompt_password("Password: ")
        .map_err(|e| Error::io("the password cannot be read", e).with_hint("Give --password @FILE."))?;
    secret("--password", &read)
}

fn machine(matches: &ArgMatches) -> Result<Method> {
    let given = OF_MACHINES.map(|name| args::given(matches, name).map(str::to_owned));
    Ok(Method::Machine(match given {
        [None, None, None] => MachineIdentity::System,
        [Some(id), None, None] => MachineIdentity::Client(id),
        [None, Some(id), None] => MachineIdentity::Object(id),
        [None, None, Some(id)] => MachineIdentity::Resource(id),
        _ => {
            return Err(Error::usage(
                "--client-id, --object-id and --resource-id contradict each other: one is enough",
            ));
        }
    }))
}
