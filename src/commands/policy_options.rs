//! The options about tokens of Azure Policy, which every command but `list` and `show` has.

use clap::{Arg, ArgMatches, Args};

use super::args;

/// `--change-reference` and `--acquire-policy-token`.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct PolicyOptions {
    #[arg(
        long,
        value_name = "ID",
        help = "Change reference of the request, for which a token of Azure Policy is acquired (not in list and show)"
    )]
    change_reference: Option<String>,

    #[arg(long, help = "Acquire a token of Azure Policy for every change (not in list and show)")]
    acquire_policy_token: bool,
}

impl PolicyOptions {
    /// The options, as clap sees them.
    pub(crate) fn args() -> impl Iterator<Item = Arg> {
        args::derived::<Self>().into_iter().map(|arg| arg.global(true))
    }

    /// Whether the command with this name has the options, as in az.
    pub(crate) fn are_options_of(command: &str) -> bool {
        !matches!(command, "list" | "show")
    }

    /// Reads the options; those that the command does not have are not set.
    pub(crate) fn read(matches: &ArgMatches) -> Self {
        let is_set = |id| matches.try_get_one::<bool>(id).ok().flatten() == Some(&true);
        Self {
            change_reference: args::text_value(matches, "change_reference").map(str::to_owned),
            acquire_policy_token: is_set("acquire_policy_token"),
        }
    }

    /// Whether a token must be acquired for every change.
    pub(crate) fn needs_token(&self) -> bool {
        self.acquire_policy_token || self.change_reference().is_some()
    }

    /// The change reference; None if it is empty.
    pub(crate) fn change_reference(&self) -> Option<String> {
        self.change_reference.clone().filter(|reference| !reference.is_empty())
    }
}
