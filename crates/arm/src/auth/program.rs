//! Other programs that hold a login: finding and running them.

use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use azure_identity::Executor;

use azr_core::context::{Context, Environment};

/// How long az or azd may take: az needs seconds to start on a slow disk, and asks Entra.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Tells an azr that was started under the name of az by azr itself not to do so again.
pub const WITHIN: &str = "AZR_WITHIN";

/// Whether a program of this name is in a folder of `PATH`.
pub fn is_installed(context: &Context, name: &str) -> bool {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    let path = context.var("PATH").unwrap_or_default();
    std::env::split_paths(path)
        .flat_map(|dir| {
            endings.iter().map(move |end| dir.join(format!("{name}{end}"))).collect::<Vec<PathBuf>>()
        })
        .any(|file| file.is_file())
}

/// Runs a program that must not ask anything, within a time limit.
#[derive(Debug)]
pub struct Runner {
    environment: Environment,
}

impl Runner {
    /// A runner with the variables of `environment`.
    pub fn new(environment: &Environment) -> Self {
        Self { environment: environment.clone() }
    }
}

#[async_trait]
impl Executor for Runner {
    async fn run(&self, program: &OsStr, args: &[&OsStr]) -> io::Result<Output> {
        let mut command = tokio::process::Command::new(program);
        command.args(args).stdin(Stdio::null()).kill_on_drop(true);
        if !self.environment.is_from_process() {
            command.env_clear().envs(self.environment.iter());
        }
        command.env(WITHIN, "1");
        match tokio::time::timeout(TIME_LIMIT, command.output()).await {
            Ok(output) => output,
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("it did not answer within {} seconds", TIME_LIMIT.as_secs()),
            )),
        }
    }
}
