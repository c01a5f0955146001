//! `azr completion`: the script that makes a shell complete azr's command lines.

use clap::{Args, ValueEnum};

use super::complete;
use super::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_core::error::{Error, Result};

/// `azr completion`.
pub(crate) fn command() -> Leaf {
    Leaf::run_sync("completion", "Print the completion script of a shell", run)
        .details(
            "The shell then completes groups, commands, options, choices and files, and, from Azure, the names of \
             subscriptions, resource groups, API centers, API Management services, APIs and the resources in them. azr \
             looks the names up with its own credential and caches them for a minute. Names that do not arrive within a \
             second are left out, and no other program (az, azd) is run to sign in. The script belongs to the version of \
             azr that printed it: print it at each start of the shell instead of storing it in a file.",
        )
        .examples(&[
            Example {
                summary: "Print the script for bash, which loads it with: source <(azr completion bash)",
                command: "azr completion bash",
            },
            Example {
                summary: "Print the script for fish, which loads it with: azr completion fish | source",
                command: "azr completion fish",
            },
            Example {
                summary: "Print the script for zsh, which loads it after compinit with: source <(azr completion zsh)",
                command: "azr completion zsh",
            },
            Example {
                summary: "Print the script for PowerShell, which loads it with: azr completion powershell | Out-String | Invoke-Expression",
                command: "azr completion powershell",
            },
        ])
}

#[derive(Args)]
struct Options {
    #[arg(value_name = "SHELL", ignore_case = true, help = "Shell")]
    shell: Shell,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
}

impl Shell {
    /// clap's name of the shell.
    fn as_str(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Elvish => "elvish",
            Self::Fish => "fish",
            Self::Powershell => "powershell",
            Self::Zsh => "zsh",
        }
    }
}

fn run(_: &Session, options: &Options) -> Result<Outcome> {
    let name = options.shell.as_str();
    let shell = complete::SHELLS
        .completer(name)
        .ok_or_else(|| Error::unexpected(format!("clap has no completions for {name}")))?;
    let mut script = Vec::new();
    shell
        .write_registration(complete::VARIABLE, "azr", "azr", "azr", &mut script)
        .map_err(|e| Error::unexpected(format!("cannot write the completion script: {e}")))?;
    Ok(Outcome::raw(script))
}
