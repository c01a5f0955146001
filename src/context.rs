//! Everything from outside: environment variables, az's configuration files, the cloud, folders, the terminal.
//!
//! Nothing is read before it is asked for, and each file once. The rest of azr takes a [`Context`] and never
//! looks outside by itself, so a test can say what the outside is.

mod cloud;
mod environment;
mod folders;
mod ini;
mod loopback;
mod profile;
mod settings;
mod subscription;
mod terminal;

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::error::{Error, Result};
use crate::files;
use ini::Ini;

pub use cloud::{Cloud, EMULATOR};
pub use environment::Environment;
pub use loopback::is_loopback;
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
    pub fn timeout(&self) -> Result<Option<std::time::Duration>> {
        let seconds = match (self.overrides.timeout, self.var("AZR_TIMEOUT")) {
            (Some(seconds), _) => Some(seconds),
            (None, Some(text)) => Some(text.parse().map_err(|_| {
                Error::invalid(format!("AZR_TIMEOUT is '{text}', which is not a number of seconds"))
            })?),
            (None, None) => None,
        };
        if seconds == Some(0) {
            return Err(Error::invalid("the timeout is 0 seconds").with_hint("Give at least 1 second."));
        }
        Ok(seconds.map(std::time::Duration::from_secs))
    }
}
