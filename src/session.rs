//! One run of azr: its surroundings, its global options, and the client it makes when it needs one.

mod in_process;

use std::sync::{Arc, OnceLock};

use clap::ArgMatches;
use serde_json::Value;
use url::Url;

use azr_arm::auth::{self, Chain, TokenSource, Wanted, Wire};
use azr_arm::client::Client;
use azr_arm::patience::Patience;
use azr_arm::transport::Transport;
use azr_arm::transport::http::HttpTransport;
use azr_core::context::{Context, Subscription};
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_emulator::Emulator;
use in_process::InProcess;

/// What every command may ask for.
pub struct Session {
    /// The outside.
    pub context: Context,
    /// `--subscription`.
    subscription: Option<String>,
    client: OnceLock<Client>,
    way: OnceLock<(Arc<dyn Transport>, Url)>,
    emulator: OnceLock<Arc<InProcess>>,
}

impl Session {
    /// A session in these surroundings, for the subscription named on the command line if one is.
    #[must_use]
    pub fn new(context: Context, subscription: Option<String>) -> Self {
        Self {
            context,
            subscription,
            client: OnceLock::new(),
            way: OnceLock::new(),
            emulator: OnceLock::new(),
        }
    }

    /// The subscription to work in.
    pub fn subscription(&self) -> Result<Subscription> {
        self.context.subscription(self.subscription.as_deref())
    }

    /// What `--subscription` says.
    #[must_use]
    pub fn given_subscription(&self) -> Option<&str> {
        self.subscription.as_deref()
    }

    /// The scope of the subscription.
    pub fn subscription_scope(&self) -> Result<ResourceId> {
        Ok(ResourceId::subscription_scope(&self.subscription()?.id))
    }

    /// The resource group that `-g` names, or az's default group.
    pub fn group(&self, matches: &ArgMatches) -> Result<Option<String>> {
        match matches.try_get_one::<String>("resource-group").ok().flatten() {
            Some(given) => {
                check_group(given)?;
                Ok(Some(given.clone()))
            }
            None => self.context.default_group(),
        }
    }

    /// The scope of the resource group that `-g` names.
    pub fn group_scope(&self, matches: &ArgMatches) -> Result<ResourceId> {
        let group = self.group(matches)?.ok_or_else(|| Error::usage("--resource-group is required"))?;
        Ok(ResourceId::resource_group(&self.subscription()?.id, &group))
    }

    /// The scope of the resource group, or where none is named of the subscription.
    pub fn group_or_subscription_scope(&self, matches: &ArgMatches) -> Result<ResourceId> {
        match self.group(matches)? {
            Some(_) => self.group_scope(matches),
            None => self.subscription_scope(),
        }
    }

    /// Puts az's default location into a body that needs one and has none.
    ///
    /// Returns the resource group to take the location from where there is no default either.
    pub fn location_for(
        &self,
        matches: &ArgMatches,
        located: bool,
        shown: &mut Value,
    ) -> Result<Option<String>> {
        let missing = located && shown.get("location").is_none_or(Value::is_null);
        let Some(body) = shown.as_object_mut().filter(|_| missing) else { return Ok(None) };
        if let Some(location) = self.context.default_location()? {
            body.insert("location".to_owned(), Value::String(location));
            return Ok(None);
        }
        Ok(Some(self.group_scope(matches)?.to_string()))
    }

    /// The client, made when it is first asked for.
    pub fn client(&self) -> Result<&Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = self.make_client()?;
        Ok(self.client.get_or_init(|| client))
    }

    /// A client that shows the tokens of this source.
    pub fn client_with(&self, source: Arc<dyn TokenSource>) -> Result<Client> {
        let (transport, endpoint) = self.way()?;
        Ok(Client::new(transport, source, endpoint, Patience::of(&self.context)?))
    }

    /// The credentials for what is wanted.
    pub fn chain(&self, wanted: &Wanted) -> Result<Chain> {
        auth::chain(&self.context, wanted, self.way()?.0)
    }

    /// Who gives out tokens, and the way there.
    pub fn wire(&self) -> Result<Wire> {
        let authority = self.context.cloud()?.authority.clone();
        Ok(Wire { transport: self.way()?.0, authority, metadata: None })
    }

    fn make_client(&self) -> Result<Client> {
        // A call that needs no subscription can be made without one.
        let subscription = self.subscription().ok();
        let wanted = Wanted { subscription: subscription.as_ref(), ..Wanted::default() };
        self.client_with(Arc::new(self.chain(&wanted)?))
    }

    /// A client for a subscription that may be in another tenant; None where [`Session::client`] does for it.
    ///
    /// `tenant` says which, where az's profile does not know the subscription.
    pub fn client_elsewhere(
        &self,
        subscription: Option<&str>,
        tenant: Option<&str>,
    ) -> Result<Option<Client>> {
        let other = subscription.map(|id| self.context.subscription(Some(id))).transpose()?;
        let own = self.subscription().ok().and_then(|own| own.tenant_id);
        let wanted = tenant.map(str::to_owned).or_else(|| other.as_ref()?.tenant_id.clone());
        let Some(wanted) = wanted.filter(|wanted| !own.is_some_and(|own| own.eq_ignore_ascii_case(wanted)))
        else {
            return Ok(None);
        };
        let wanted = match other.as_ref().filter(|_| tenant.is_none()) {
            Some(subscription) => Wanted { subscription: Some(subscription), ..Wanted::default() },
            None => Wanted { tenant: Some(&wanted), ..Wanted::default() },
        };
        Ok(Some(self.client_with(Arc::new(self.chain(&wanted)?))?))
    }

    /// How the cloud's endpoint is reached, made when it is first asked for.
    fn way(&self) -> Result<(Arc<dyn Transport>, Url)> {
        if let Some(way) = self.way.get() {
            return Ok(way.clone());
        }
        let cloud = self.context.cloud()?;
        let way: (Arc<dyn Transport>, Url) = if cloud.is_emulator() {
            let emulator = Emulator::open(&self.context.emulator_state()?, azr_emulator::Options::default())?;
            let emulator = self.emulator.get_or_init(|| Arc::new(InProcess::new(emulator))).clone();
            let base = in_process::BASE
                .parse()
                .map_err(|e| Error::unexpected(format!("{}: {e}", in_process::BASE)))?;
            (emulator, base)
        } else {
            (Arc::new(HttpTransport::new(&self.context)?), cloud.arm_endpoint.clone())
        };
        Ok(self.way.get_or_init(|| way).clone())
    }

    /// Ends the session: the state of an emulator in this process is saved.
    pub fn close(&self) -> Result<()> {
        match self.emulator.get() {
            Some(emulator) => emulator.close(),
            None => Ok(()),
        }
    }
}

/// Checks a resource group's name: 1 to 90 letters, digits, `-`, `_`, `.` and parentheses (ARM's rule).
fn check_group(name: &str) -> Result<()> {
    let good = !name.is_empty()
        && name.chars().count() <= 90
        && name.chars().all(|c| c.is_alphanumeric() || "-_.()".contains(c))
        && !name.ends_with('.');
    if good {
        return Ok(());
    }
    Err(Error::invalid(format!("--resource-group: '{name}' is not a name of a resource group")).with_hint(
        "A resource group's name has 1 to 90 letters, digits, hyphens, underscores, full stops and parentheses, and no full stop at its end.",
    ))
}

/// An observer of an execution that has nobody to tell.
pub struct Quiet;

impl azr_arm::execute::Observer for Quiet {
    fn note(&mut self, text: &str) {
        tracing::info!("{text}");
    }

    fn progress(&mut self, _: &str) {}

    fn holds(&self, _: &str, _: &Value) -> Result<bool> {
        Ok(false)
    }
}

/// Carries something out to its end, or until Ctrl-C; signals are heard from the call on.
pub async fn unless_interrupted<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        // First, so that signals are caught before the first request goes out.
        biased;
        () = asked_to_end() => Err(Error::interrupted()),
        outcome = work => outcome,
    }
}

/// Waits for Ctrl-C, or for SIGTERM where there is such a thing; whoever calls it hears them from the call on.
pub fn asked_to_end() -> impl Future<Output = ()> + Send + 'static {
    #[cfg(unix)]
    let signals = {
        use tokio::signal::unix::{SignalKind, signal};
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    };
    #[cfg(windows)]
    let signals = tokio::signal::windows::ctrl_c();
    async move {
        #[cfg(unix)]
        if let (Ok(mut interrupt), Ok(mut terminate)) = signals {
            tokio::select! {
                _ = interrupt.recv() => return,
                _ = terminate.recv() => return,
            }
        }
        #[cfg(windows)]
        if let Ok(mut interrupt) = signals {
            interrupt.recv().await;
            return;
        }
        // It cannot be heard: the system's own handling ends the process.
        std::future::pending::<()>().await;
    }
}
