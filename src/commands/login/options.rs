//! The options of `azr login`.

use clap::{Args, ValueEnum};

use crate::commands::args::ReadsFile;

/// The heading of the options that select the account.
const ACCOUNT: &str = "Account";

/// The options of `azr login`.
#[derive(Args)]
pub(crate) struct LoginOptions {
    #[arg(long, short = 't', value_name = "TENANT", help = "Tenant: its id or one of its domains")]
    pub tenant: Option<String>,
    #[arg(long, help = "Sign in with a code on another device, even if a browser can be opened")]
    pub use_device_code: bool,
    #[command(flatten)]
    pub application: ApplicationOptions,
    #[command(flatten)]
    pub machine: MachineOptions,
    #[arg(long, value_name = "SCOPE", help = "Scope that a user consents to")]
    pub scope: Option<String>,
    #[arg(long, help = "Sign in even if the account has no subscriptions")]
    pub allow_no_subscriptions: bool,
    #[arg(long, ignore_case = true, help = "Where to store the credential that keeps you signed in")]
    pub store: Option<StoreOption>,
}

/// The options of an application (service principal).
#[derive(Args)]
pub(crate) struct ApplicationOptions {
    #[arg(long, help = "Sign in as an application", help_heading = ACCOUNT)]
    pub service_principal: bool,
    #[arg(long, short = 'u', value_name = "APP_ID", help = "Client id of the application", help_heading = ACCOUNT)]
    pub username: Option<String>,
    #[arg(long, short = 'p', value_name = "SECRET|@FILE", help = "Secret of the application", help_heading = ACCOUNT, add = ReadsFile)]
    pub password: Option<String>,
    #[arg(
        long,
        value_name = "PEM",
        help = "File with the certificate and the private key of the application",
        help_heading = ACCOUNT
    )]
    pub certificate: Option<String>,
    #[arg(long, help = "Send the whole certificate chain", help_heading = ACCOUNT)]
    pub use_cert_sn_issuer: bool,
    #[arg(
        long,
        value_name = "TOKEN|@FILE",
        help = "Assertion of an issuer that the application trusts",
        help_heading = ACCOUNT,
        add = ReadsFile
    )]
    pub federated_token: Option<String>,
}

/// The options of a managed identity.
#[derive(Args)]
pub(crate) struct MachineOptions {
    #[arg(long, short = 'i', help = "Sign in with a managed identity of the machine", help_heading = ACCOUNT)]
    pub identity: bool,
    #[arg(long, value_name = "ID", help = "Client id of a user-assigned identity", help_heading = ACCOUNT)]
    pub client_id: Option<String>,
    #[arg(long, value_name = "ID", help = "Object id of a user-assigned identity", help_heading = ACCOUNT)]
    pub object_id: Option<String>,
    #[arg(long, value_name = "ID", help = "Resource id of a user-assigned identity", help_heading = ACCOUNT)]
    pub resource_id: Option<String>,
}

/// Where a credential is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoreOption {
    File,
    Keyring,
    None,
}

impl ApplicationOptions {
    /// The first option that only an application has.
    pub(crate) fn first_used(&self) -> Option<&'static str> {
        [
            ("--username", &self.username),
            ("--password", &self.password),
            ("--certificate", &self.certificate),
            ("--federated-token", &self.federated_token),
        ]
        .into_iter()
        .find_map(|(name, value)| value.is_some().then_some(name))
    }
}

impl MachineOptions {
    /// The first option that only a managed identity has.
    pub(crate) fn first_used(&self) -> Option<&'static str> {
        [
            ("--client-id", &self.client_id),
            ("--object-id", &self.object_id),
            ("--resource-id", &self.resource_id),
        ]
        .into_iter()
        .find_map(|(name, value)| value.is_some().then_some(name))
    }
}
