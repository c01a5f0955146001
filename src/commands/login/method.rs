//! How to sign in.

use std::path::PathBuf;

use super::options::{ApplicationOptions, LoginOptions, MachineOptions};
use super::store;
use crate::commands::arg_file;
use crate::interrupt;
use crate::session::Session;
use azr_arm::auth::Secret;
use azr_arm::auth::login::{
    ANY_TENANT, AZURE_CLI, BrowserSignIn, CLIENT_VARIABLE, OAuthClient, PendingLogin, TokenGrant,
    can_open_browser,
};
use azr_core::context::{AccountKind, Context, MachineIdentity, SecretStore};
use azr_core::error::{Error, Result};
use azr_output::message;

/// How to sign in.
pub(crate) enum Method {
    /// As a user, with a browser of this machine or with a code.
    User { with_browser: bool },
    /// As an application.
    Application {
        /// The client id.
        id: String,
        /// The kind of credential.
        who: AccountKind,
        /// The secret or assertion.
        secret: Option<Secret>,
    },
    /// With a managed identity.
    Machine(MachineIdentity),
}

impl Method {
    /// The method that the options select; an error if they contradict each other or one is missing.
    pub(crate) fn from_options(context: &Context, options: &LoginOptions) -> Result<Self> {
        let (is_application, is_machine) = (options.application.service_principal, options.machine.identity);
        if is_application && is_machine {
            return Err(Error::usage("--identity and --service-principal are mutually exclusive"));
        }
        match (options.application.first_used(), options.machine.first_used()) {
            (Some(name), _) if !is_application => {
                Err(Error::usage(format!("{name} requires --service-principal")).with_hint(
                    "Add --service-principal; a user signs in with a browser or a code, not with a password.",
                ))
            }
            (_, Some(name)) if !is_machine => {
                Err(Error::usage(format!("{name} requires --identity")).with_hint("Add --identity."))
            }
            _ if (is_application || is_machine) && options.scope.is_some() => {
                Err(Error::usage("--scope applies only to users: only a user is asked for consent"))
            }
            _ if is_application => application(context, &options.application),
            _ if is_machine => machine(&options.machine),
            _ => Ok(Self::User { with_browser: !options.use_device_code && can_open_browser(context) }),
        }
    }

    /// Signs in, after it is clear where the credential is stored.
    pub(crate) async fn sign_in(self, session: &Session, options: &LoginOptions) -> Result<PendingLogin> {
        let context = &session.context;
        let tenant = options.tenant.as_deref();
        match self {
            Self::User { with_browser } => {
                let store = store::choose(context, options.store, "a refresh token")?;
                let client = context.var(CLIENT_VARIABLE).unwrap_or(AZURE_CLI);
                let cloud = context.cloud()?;
                let transport = session.auth_transport()?;
                let pause = context.max_test_pause()?;
                let oauth = OAuthClient::new(transport.clone(), client, tenant.unwrap_or(ANY_TENANT), pause);
                let (arm_scope, scope) = (cloud.scope(), options.scope.as_deref());
                let grant = sign_in_user(&oauth, scope.unwrap_or(&arm_scope), with_browser).await?;
                PendingLogin::for_user(context, grant, client, store, transport, scope.is_some()).await
            }
            Self::Application { id, who, secret } => {
                let tenant = tenant.ok_or_else(|| {
                    Error::usage("--tenant is required with --service-principal")
                        .with_hint("Add --tenant TENANT.")
                })?;
                let store = match (&who, &secret) {
                    (AccountKind::Assertion, _) => store::choose(context, options.store, "the assertion")?,
                    (_, Some(_)) => store::choose(context, options.store, "the application's secret")?,
                    (_, None) => SecretStore::None,
                };
                PendingLogin::for_principal(
                    context,
                    &id,
                    who,
                    Some(tenant),
                    secret,
                    store,
                    session.auth_transport()?,
                )
                .await
            }
            Self::Machine(identity) => {
                // az's names of the accounts.
                let name = match identity {
                    MachineIdentity::System => "systemAssignedIdentity",
                    _ => "userAssignedIdentity",
                };
                let who = AccountKind::ManagedIdentity(identity);
                PendingLogin::for_principal(
                    context,
                    name,
                    who,
                    None,
                    None,
                    SecretStore::None,
                    session.auth_transport()?,
                )
                .await
            }
        }
    }
}

async fn sign_in_user(client: &OAuthClient, scope: &str, with_browser: bool) -> Result<TokenGrant> {
    if with_browser {
        if let Some(browser) = BrowserSignIn::open(client, scope).await? {
            message::warn(
                "Sign in in the web browser that has been opened. If none appeared, press Ctrl-C and run azr login --use-device-code.",
            );
            return browser.wait().await;
        }
        message::warn("Cannot open a web browser.");
    }
    let show = |page: &str, code: &str| {
        message::prompt(&format!("To sign in, open {page} in a web browser and enter the code {code}."));
    };
    client.sign_in_with_device_code(scope, show).await
}

fn application(context: &Context, options: &ApplicationOptions) -> Result<Method> {
    let id = options.username.clone().ok_or_else(|| {
        Error::usage("--username is required with --service-principal").with_hint("Add --username APP_ID.")
    })?;
    let (who, secret) = match (&options.password, &options.certificate, &options.federated_token) {
        (Some(text), None, None) => (AccountKind::Secret, Some(read_secret("--password", text)?)),
        (None, Some(file), None) => {
            let file =
                std::path::absolute(arg_file::expand_home(file)).unwrap_or_else(|_| PathBuf::from(file));
            (AccountKind::Certificate { file, sends_chain: options.use_cert_sn_issuer }, None)
        }
        (None, None, Some(text)) => (AccountKind::Assertion, Some(read_secret("--federated-token", text)?)),
        (None, None, None) if context.terminal().stdin => (AccountKind::Secret, Some(prompt_for_secret()?)),
        (None, None, None) => {
            return Err(Error::usage("the credential of the application is missing")
                .with_hint("Add --password @FILE, --certificate PEM or --federated-token @FILE."));
        }
        _ => {
            return Err(Error::usage(
                "--password, --certificate and --federated-token are mutually exclusive",
            ));
        }
    };
    Ok(Method::Application { id, who, secret })
}

/// Reads a secret from the option, or from the file that `@FILE` names.
fn read_secret(option: &str, value: &str) -> Result<Secret> {
    let text = if value.starts_with('@') {
        arg_file::expand_document(option, value)?.full_text()
    } else {
        value.to_owned()
    };
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(format!("{option} is empty")));
    }
    Ok(Secret::new(text))
}

/// Prompts for the secret, without showing it.
fn prompt_for_secret() -> Result<Secret> {
    let _section = interrupt::RestoredTerminal::start();
    let password = rpassword::prompt_password("Password: ").map_err(|e| match e.kind() {
        std::io::ErrorKind::Interrupted => Error::interrupted(),
        _ => Error::io("cannot read the password", e).with_hint("Use --password @FILE."),
    })?;
    read_secret("--password", &password)
}

fn machine(options: &MachineOptions) -> Result<Method> {
    let MachineOptions { identity: _, client_id, object_id, resource_id } = options;
    Ok(Method::Machine(match (client_id, object_id, resource_id) {
        (None, None, None) => MachineIdentity::System,
        (Some(id), None, None) => MachineIdentity::Client(id.clone()),
        (None, Some(id), None) => MachineIdentity::Object(id.clone()),
        (None, None, Some(id)) => MachineIdentity::Resource(id.clone()),
        _ => {
            return Err(Error::usage("--client-id, --object-id and --resource-id are mutually exclusive"));
        }
    }))
}
