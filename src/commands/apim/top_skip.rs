//! `--top` and `--skip`: the page of a list.

use clap::Args;

use azr_arm::plan::Target;

/// The options that select the page of a list.
#[derive(Debug, Args)]
pub(super) struct PageOptions {
    #[arg(long, value_name = "N", help = "Maximum number of items")]
    top: Option<u32>,
    #[arg(long, value_name = "N", help = "Number of items to skip")]
    skip: Option<u32>,
}

impl PageOptions {
    /// Adds the options to a request.
    pub(super) fn apply(&self, mut target: Target) -> Target {
        if let Some(top) = self.top {
            target = target.query("$top", top.to_string());
        }
        if let Some(skip) = self.skip {
            target = target.query("$skip", skip.to_string());
        }
        target
    }
}
