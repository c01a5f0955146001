//! Everything from outside: environment variables, az's configuration files, the cloud, folders, the terminal.
//!
//! Nothing is read before it is asked for, and each file once. The rest of azr takes a [`Context`] and never
//! looks outside by itself, so a test can say what the outside is.

mod cloud;
mod config_files;
mod environment;
mod folders;
mod ini;
mod logins;
mod loopback;
mod memory;
mod profile;
mod settings;
mod subscription;
mod terminal;

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::files;
use ini::Ini;

pub use cloud::{Cloud, EMULATOR};
pub use config_files::{Item, Scope};
pub use environment::Environment;
pub use logins::{Account, Identity, Logins, Store, Who};
pub use loopback::{is_loopback, is_on_host};
pub use memory::keep_out_of_dumps;
pub use subscription::Subscription;
pub use terminal::Terminal;

/// The largest of az's files that is read: they have some kilobytes.
const MAX_BYTES: u64 = 16 << 20;

/// The text of one of az's files.
fn text_of(path: &Path) -> std::io::Result<String> {
    let bytes = files::read_within(File::open(path)?, MAX_BYTES)?;
    String::from_utf8(bytes)
        .map_err(|_| std::io::Error::new(std::io::ErrorKind::InvalidData, "it is not UTF-8"))
}

/// What the command line says about the outside; each replaces a variable or a setting.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--arm-endpoint`.
    pub arm_endpoint: Option<String>,
    /// `--timeout`, in seconds.
    pub timeout: Option<u64>,
    /// Whether no other program (az, azd) is asked for a token: what they gave before is still used.
    pub without_programs: bool,
}

/// The outside of one run of azr.
#[derive(Debug, Default)]
pub struct Context {
    environment: Environment,
    terminal: Terminal,
    overrides: Overrides,
    config: OnceLock<Arc<Ini>>,
    cloud: OnceLock<Cloud>,
    profile: OnceLock<Arc<Value>>,
    logins: OnceLock<Arc<Logins>>,
}

impl Context {
    /// The outside as the process finds it.
    #[must_use]
    pub fn of_process() -> Self {
        Self::new(Environment::of_process(), Terminal::of_process())
    }

    /// An outside made up for a test, or one run inside another.
    #[must_use]
    pub fn new(environment: Environment, terminal: Terminal) -> Self {
        Self { environment, terminal, ..Self::default() }
    }

    /// The same outside with what the command line says about it.
    #[must_use]
    pub fn with_overrides(self, overrides: Overrides) -> Self {
        Self { overrides, cloud: OnceLock::new(), ..self }
    }

    /// An environment variable; one that is set to nothing counts as not set.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<&str> {
        self.environment.var(name)
    }

    /// Whether a variable switches something on: set, and not `0`, `false`, `no` or `off`.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.var(name).is_some_and(|v| settings::truth(v).unwrap_or(true))
    }

    /// The environment itself.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// What is known of the terminal.
    #[must_use]
    pub fn terminal(&self) -> &Terminal {
        &self.terminal
    }

    /// The cloud to talk to: `AZURE_CLOUD_NAME`, else az's configuration, else `AzureCloud`.
    pub fn cloud(&self) -> Result<&Cloud> {
        if let Some(cloud) = self.cloud.get() {
            return Ok(cloud);
        }
        let chosen = cloud::choose(self)?;
        Ok(self.cloud.get_or_init(|| chosen))
    }

    /// How long to wait for an answer, where `--timeout` or `AZR_TIMEOUT` says so.
    pub fn timeout(&self) -> Result<Option<Duration>> {
        match self.overrides.timeout {
            Some(seconds) => positive("--timeout", Some(seconds)),
            None => positive("AZR_TIMEOUT", self.number("AZR_TIMEOUT", "seconds")?),
        }
    }

    /// How long an operation of the service may take, where `AZR_OPERATION_TIMEOUT` says so.
    pub fn operation_timeout(&self) -> Result<Option<Duration>> {
        positive("AZR_OPERATION_TIMEOUT", self.number("AZR_OPERATION_TIMEOUT", "seconds")?)
    }

    /// The longest pause between two attempts or polls, where `AZR_TEST_MAX_PAUSE_MS` says so: for tests of what
    /// would take minutes. It shortens pauses, and lengthens none.
    pub fn test_pause(&self) -> Result<Option<Duration>> {
        Ok(self.number("AZR_TEST_MAX_PAUSE_MS", "milliseconds")?.map(Duration::from_millis))
    }

    /// Whether other programs (az, azd, a keyring) may be asked for what signs in, which may take a second or a person.
    #[must_use]
    pub fn asks_programs(&self) -> bool {
        !self.overrides.without_programs
    }

    fn number(&self, variable: &str, unit: &str) -> Result<Option<u64>> {
        let Some(text) = self.var(variable) else { return Ok(None) };
        let wrong = |_| {
            Error::invalid(format!("{variable} is '{text}', which is not a number of {unit}"))
                .with_hint(format!("Give a whole number, such as {variable}=300, or unset it."))
        };
        text.parse().map(Some).map_err(wrong)
    }
}

/// A time limit in seconds, which leaves time for something; `name` is where it was said.
fn positive(name: &str, seconds: Option<u64>) -> Result<Option<Duration>> {
    if seconds == Some(0) {
        return Err(Error::invalid(format!("{name} is 0 seconds, which leaves no time"))
            .with_hint("Give at least 1 second."));
    }
    Ok(seconds.map(Duration::from_secs))
}
