//! Finds and runs other programs with a login: az and azd.

use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use async_trait::async_trait;
use azure_identity::Executor;

use azr_core::context::{Context, Environment};

/// The timeout for az or azd: az takes seconds to start from a slow disk, and sends requests to Entra.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Set for programs that azr runs, so that an azr that is installed as `az` does not run itself again.
pub(super) const NESTED_VARIABLE: &str = "AZR_WITHIN";

/// Whether a program with this name is on `PATH`.
pub(super) fn is_installed(context: &Context, name: &str) -> bool {
    let extensions: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    let path = context.var("PATH").unwrap_or_default();
    std::env::split_paths(path)
        .flat_map(|dir| {
            extensions
                .iter()
                .map(move |extension| dir.join(format!("{name}{extension}")))
                .collect::<Vec<PathBuf>>()
        })
        .any(|file| file.is_file())
}

/// Runs a program without input, within a timeout.
#[derive(Debug)]
pub(super) struct ProgramRunner {
    environment: Environment,
}

impl ProgramRunner {
    /// A runner with the variables of `environment`.
    pub(super) fn new(environment: &Environment) -> Self {
        Self { environment: environment.clone() }
    }
}

#[async_trait]
impl Executor for ProgramRunner {
    async fn run(&self, program: &OsStr, args: &[&OsStr]) -> io::Result<Output> {
        let mut command = tokio::process::Command::new(program);
        add_shell_args(&mut command, args);
        command.stdin(Stdio::null()).kill_on_drop(true);
        if cfg!(windows)
            && let Some(folder) = self.environment.var("SYSTEMROOT")
        {
            // cmd.exe looks for az in the current folder first, and the command line's `cd` does not leave its drive.
            command.current_dir(folder);
        }
        if !self.environment.is_from_process() {
            command.env_clear().envs(self.environment.iter());
        }
        command.env(NESTED_VARIABLE, "1");
        match tokio::time::timeout(TIMEOUT, command.output()).await {
            Ok(output) => output,
            Err(_) => Err(io::Error::new(
                io::ErrorKind::TimedOut,
                format!("no response within {} seconds", TIMEOUT.as_secs()),
            )),
        }
    }
}

/// Adds the arguments of a shell, of which the last is the command line that it runs: `-c` `cd /bin && az …`.
#[cfg(not(windows))]
fn add_shell_args(command: &mut tokio::process::Command, args: &[&OsStr]) {
    command.args(args);
}

/// Adds the arguments of cmd.exe, of which the last is the command line that it runs: `/C` `cd C:\Windows && az …`.
///
/// cmd.exe does not know `\"`, by which the standard library quotes the quotes in an argument: az would receive it, and
/// look for a subscription whose name has quotes. With `/S`, cmd.exe removes the outer quotes and takes the rest as it is.
/// With `/D`, it does not run the commands that the registry names for every start (`AutoRun`), whose output would mix
/// with the token. The parts of the command line that vary are checked by `azure_identity`: none has a special character.
#[cfg(windows)]
fn add_shell_args(command: &mut tokio::process::Command, args: &[&OsStr]) {
    let Some((line, switches)) = args.split_last() else { return };
    let mut quoted = std::ffi::OsString::from("\"");
    quoted.push(line);
    quoted.push("\"");
    command.args(["/D", "/S"]).args(switches).raw_arg(quoted);
}
