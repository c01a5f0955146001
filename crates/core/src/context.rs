//! What azr reads from its surroundings: environment variables, az's configuration files, the cloud, folders, the
//! terminal.
//!
//! Everything is read when it is first needed, and each file once. The rest of azr receives a [`Context`] and does not
//! read the environment itself, so that tests can provide their own.

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

pub use cloud::{Cloud, EMULATOR_CLOUD};
pub use config_files::{ConfigEntry, ConfigScope};
pub use environment::Environment;
pub use logins::{Account, AccountKind, Logins, MachineIdentity, SecretStore};
pub use loopback::{is_host_local, is_loopback};
pub use memory::disable_core_dumps;
pub use subscription::Subscription;
pub use terminal::Terminal;

/// The largest file of az that is read; they usually have a few kilobytes.
const MAX_AZ_FILE_BYTES: u64 = 16 << 20;

/// Reads one of az's files.
fn read_az_file(path: &Path) -> std::io::Result<String> {
    let bytes = files::read_limited(File::open(path)?, MAX_AZ_FILE_BYTES)?;
    String::from_utf8(bytes)
        .map_err(|_| std::io::Error::new(std::io::ErrorKind::InvalidData, "not valid UTF-8"))
}

/// Values from the command line that replace environment variables and settings.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--arm-endpoint`.
    pub arm_endpoint: Option<String>,
    /// `--timeout`, in seconds.
    pub timeout: Option<u64>,
    /// Whether other programs (az, azd, a keyring) must not be run to get a token; cached tokens are still used.
    pub without_external_programs: bool,
}

/// The surroundings of one run of azr.
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
    /// The surroundings of the process.
    #[must_use]
    pub fn from_process() -> Self {
        Self::new(Environment::from_process(), Terminal::from_process())
    }

    /// A context with this environment and terminal, for tests and for runs inside another run.
    #[must_use]
    pub fn new(environment: Environment, terminal: Terminal) -> Self {
        Self { environment, terminal, ..Self::default() }
    }

    /// The same context with values from the command line.
    #[must_use]
    pub fn with_overrides(self, overrides: Overrides) -> Self {
        Self { overrides, cloud: OnceLock::new(), ..self }
    }

    /// The value of an environment variable; `None` if it is unset or empty.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<&str> {
        self.environment.var(name)
    }

    /// Whether a variable enables something: it is set, and not to `0`, `false`, `no` or `off`.
    #[must_use]
    pub fn is_var_enabled(&self, name: &str) -> bool {
        self.var(name).is_some_and(|v| settings::parse_setting_bool(v).unwrap_or(true))
    }

    /// The environment.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The terminal.
    #[must_use]
    pub fn terminal(&self) -> &Terminal {
        &self.terminal
    }

    /// The cloud to use: `AZURE_CLOUD_NAME`, else az's configuration, else `AzureCloud`.
    pub fn cloud(&self) -> Result<&Cloud> {
        if let Some(cloud) = self.cloud.get() {
            return Ok(cloud);
        }
        let cloud = cloud::select_cloud(self)?;
        Ok(self.cloud.get_or_init(|| cloud))
    }

    /// The timeout for an HTTP response: `--timeout`, else `AZR_TIMEOUT`.
    pub fn timeout(&self) -> Result<Option<Duration>> {
        match self.overrides.timeout {
            Some(seconds) => positive_seconds("--timeout", Some(seconds)),
            None => positive_seconds("AZR_TIMEOUT", self.parse_var("AZR_TIMEOUT", "seconds")?),
        }
    }

    /// The timeout for a long-running operation: `AZR_OPERATION_TIMEOUT`.
    pub fn operation_timeout(&self) -> Result<Option<Duration>> {
        positive_seconds("AZR_OPERATION_TIMEOUT", self.parse_var("AZR_OPERATION_TIMEOUT", "seconds")?)
    }

    /// The longest pause between two attempts or polls: `AZR_TEST_MAX_PAUSE_MS`.
    ///
    /// Tests set it so that retries and polls take milliseconds. It only ever shortens a pause.
    pub fn max_test_pause(&self) -> Result<Option<Duration>> {
        Ok(self.parse_var("AZR_TEST_MAX_PAUSE_MS", "milliseconds")?.map(Duration::from_millis))
    }

    /// Whether other programs (az, azd, a keyring) may be run to get a token, which can take a second or prompt the user.
    #[must_use]
    pub fn may_run_programs(&self) -> bool {
        !self.overrides.without_external_programs
    }

    fn parse_var(&self, variable: &str, unit: &str) -> Result<Option<u64>> {
        let Some(text) = self.var(variable) else { return Ok(None) };
        let invalid = |_| {
            Error::invalid(format!("{variable}: '{text}' is not a number of {unit}"))
                .with_hint(format!("Set it to a whole number, such as {variable}=300, or unset it."))
        };
        text.parse().map(Some).map_err(invalid)
    }
}

/// A timeout in seconds, which must not be 0; `name` is the option or variable that sets it.
fn positive_seconds(name: &str, seconds: Option<u64>) -> Result<Option<Duration>> {
    if seconds == Some(0) {
        return Err(Error::invalid(format!("{name}: the timeout must not be 0 seconds"))
            .with_hint("Set it to at least 1."));
    }
    Ok(seconds.map(Duration::from_secs))
}
