//! One run of azr: its context, the subscription, and the client, which is created when it is needed.

mod in_process;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use url::Url;

use crate::commands::policy_options::PolicyOptions;
use azr_arm::auth::{self, AuthTransport, CredentialChain, TokenRequest, TokenSource};
use azr_arm::client::Client;
use azr_arm::policy_token::PolicyTokens;
use azr_arm::timeouts::Timeouts;
use azr_arm::transport::Transport;
use azr_arm::transport::network::NetworkTransport;
use azr_core::context::{Context, Subscription};
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_emulator::Emulator;
use in_process::InProcess;

/// The state of one run that every command can use.
pub(crate) struct Session {
    /// The environment, az's files and the terminal.
    pub context: Context,
    /// `--subscription`.
    subscription: Option<String>,
    /// The options about policy tokens.
    policy: PolicyOptions,
    client: OnceLock<Client>,
    connection: OnceLock<(Arc<dyn Transport>, Url)>,
    emulator: OnceLock<Arc<InProcess>>,
}

impl Session {
    /// Creates a session; `subscription` is the value of `--subscription`.
    #[must_use]
    pub(crate) fn new(context: Context, subscription: Option<String>) -> Self {
        Self {
            context,
            subscription,
            policy: PolicyOptions::default(),
            client: OnceLock::new(),
            connection: OnceLock::new(),
            emulator: OnceLock::new(),
        }
    }

    /// Acquires policy tokens as these options say.
    #[must_use]
    pub(crate) fn with_policy(mut self, policy: PolicyOptions) -> Self {
        self.policy = policy;
        self
    }

    /// The current subscription.
    pub(crate) fn subscription(&self) -> Result<Subscription> {
        self.context
            .subscription(self.subscription.as_deref())
            .inspect_err(|_| self.log_subscription_sources())
    }

    /// Writes to the log where a subscription was looked for.
    fn log_subscription_sources(&self) {
        let show =
            |path: Result<PathBuf>| path.map_or_else(|e| e.to_string(), |path| path.display().to_string());
        tracing::info!(
            "looked for a subscription in --subscription, AZURE_SUBSCRIPTION_ID, azr's own logins ({}) and az's profile ({})",
            show(self.context.login_dir()),
            show(self.context.profile_path())
        );
    }

    /// The value of `--subscription`.
    #[must_use]
    pub(crate) fn subscription_option(&self) -> Option<&str> {
        self.subscription.as_deref()
    }

    /// The scope of the current subscription.
    pub(crate) fn subscription_scope(&self) -> Result<ResourceId> {
        Ok(ResourceId::subscription_scope(&self.subscription()?.id))
    }

    /// The resource group: `--resource-group`, else az's default group.
    pub(crate) fn group(&self, option: Option<&str>) -> Result<Option<String>> {
        match option {
            Some(name) => {
                check_group(name)?;
                Ok(Some(name.to_owned()))
            }
            None => self.context.default_group(),
        }
    }

    /// The scope of the resource group that `--resource-group` or az's default selects.
    pub(crate) fn group_scope(&self, option: Option<&str>) -> Result<ResourceId> {
        let group = self.group(option)?.ok_or_else(|| Error::usage("--resource-group is required"))?;
        Ok(ResourceId::resource_group(&self.subscription()?.id, &group))
    }

    /// The scope of the resource group, or of the subscription if none is selected.
    pub(crate) fn group_or_subscription_scope(&self, option: Option<&str>) -> Result<ResourceId> {
        match self.group(option)? {
            Some(_) => self.group_scope(option),
            None => self.subscription_scope(),
        }
    }

    /// Adds az's default location to a body without a location.
    ///
    /// Returns the id of the resource group whose location must be used if there is no default.
    pub(crate) fn add_location(&self, group: Option<&str>, body: &mut Value) -> Result<Option<String>> {
        let is_missing = body.get("location").is_none_or(Value::is_null);
        let Some(members) = body.as_object_mut().filter(|_| is_missing) else { return Ok(None) };
        if let Some(location) = self.context.default_location()? {
            members.insert("location".to_owned(), Value::String(location));
            return Ok(None);
        }
        Ok(Some(self.group_scope(group)?.to_string()))
    }

    /// The client, created at the first call.
    pub(crate) fn client(&self) -> Result<&Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = self.create_client()?;
        Ok(self.client.get_or_init(|| client))
    }

    /// Creates a client that uses the tokens of this source.
    pub(crate) fn client_with(&self, source: Arc<dyn TokenSource>) -> Result<Client> {
        let (transport, endpoint) = self.connection()?;
        let client = Client::new(transport, source, endpoint, Timeouts::from_context(&self.context)?);
        if !self.policy.needs_token() {
            return Ok(client);
        }
        let subscription = self.subscription()?.id;
        Ok(client.with_policy_tokens(PolicyTokens {
            subscription,
            change_reference: self.policy.change_reference(),
        }))
    }

    /// The chain of credentials for a subscription, a tenant or a scope.
    pub(crate) fn chain(&self, request: &TokenRequest) -> Result<CredentialChain> {
        auth::credential_chain(&self.context, request, self.connection()?.0)
    }

    /// The connection to the authority that issues tokens.
    pub(crate) fn auth_transport(&self) -> Result<AuthTransport> {
        let authority = self.context.cloud()?.authority.clone();
        Ok(AuthTransport { http: self.connection()?.0, authority, metadata: None })
    }

    fn create_client(&self) -> Result<Client> {
        // Not every request needs a subscription.
        let subscription = self.subscription().ok();
        let request = TokenRequest { subscription: subscription.as_ref(), ..TokenRequest::default() };
        self.client_with(Arc::new(self.chain(&request)?))
    }

    /// Creates a client for a subscription in another tenant; None if [`Session::client`] can be used for it.
    ///
    /// `tenant` is the tenant of a subscription that az's profile does not contain.
    pub(crate) fn client_for_subscription(
        &self,
        subscription: Option<&str>,
        tenant: Option<&str>,
    ) -> Result<Option<Client>> {
        let other = subscription.map(|id| self.context.subscription(Some(id))).transpose()?;
        let own_tenant = self.subscription().ok().and_then(|own| own.tenant_id);
        let other_tenant = tenant.map(str::to_owned).or_else(|| other.as_ref()?.tenant_id.clone());
        let Some(other_tenant) = other_tenant
            .filter(|other| !own_tenant.as_ref().is_some_and(|own| own.eq_ignore_ascii_case(other)))
        else {
            return Ok(None);
        };
        let request = match other.as_ref().filter(|_| tenant.is_none()) {
            Some(subscription) => {
                TokenRequest { subscription: Some(subscription), ..TokenRequest::default() }
            }
            None => TokenRequest { tenant: Some(&other_tenant), ..TokenRequest::default() },
        };
        Ok(Some(self.client_with(Arc::new(self.chain(&request)?))?))
    }

    /// The transport and the endpoint of the cloud, created at the first call.
    fn connection(&self) -> Result<(Arc<dyn Transport>, Url)> {
        if let Some(connection) = self.connection.get() {
            return Ok(connection.clone());
        }
        let cloud = self.context.cloud()?;
        let connection: (Arc<dyn Transport>, Url) = if cloud.is_emulator() {
            let emulator = Emulator::open(&self.context.emulator_state()?, azr_emulator::Options::default())?;
            let emulator = self.emulator.get_or_init(|| Arc::new(InProcess::new(emulator))).clone();
            let base = in_process::ENDPOINT
                .parse()
                .map_err(|e| Error::unexpected(format!("{}: {e}", in_process::ENDPOINT)))?;
            (emulator, base)
        } else {
            (Arc::new(NetworkTransport::new(&self.context)?), cloud.arm_endpoint.clone())
        };
        Ok(self.connection.get_or_init(|| connection).clone())
    }

    /// Ends the session and saves the state of the in-process emulator.
    pub(crate) fn close(&self) -> Result<()> {
        match self.emulator.get() {
            Some(emulator) => emulator.close(),
            None => Ok(()),
        }
    }
}

/// Checks the name of a resource group by ARM's rule: 1 to 90 letters, digits, `-`, `_`, `.` and parentheses.
fn check_group(name: &str) -> Result<()> {
    let is_valid = !name.is_empty()
        && name.chars().count() <= 90
        && name.chars().all(|c| c.is_alphanumeric() || "-_.()".contains(c))
        && !name.ends_with('.');
    if is_valid {
        return Ok(());
    }
    Err(Error::invalid(format!("--resource-group: '{name}' is not a valid resource group name")).with_hint(
        "The name of a resource group has 1 to 90 letters, digits, hyphens, underscores, periods and parentheses, and does not end with a period.",
    ))
}

/// An observer that writes notes to the log, for executions that show no progress.
pub(crate) struct LogObserver;

impl azr_arm::plan::Observer for LogObserver {
    fn show_message(&mut self, text: &str) {
        tracing::info!("{text}");
    }

    fn show_state(&mut self, _: &str) {}

    fn is_true(&self, _: &str, _: &Value) -> Result<bool> {
        Ok(false)
    }
}
