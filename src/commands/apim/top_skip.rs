//! `--top` and `--skip`: the page of a list.

use clap::Args;

use crate::commands::numeral;

use azr_arm::plan::Target;

/// The options that select the page of a list.
#[derive(Debug, Args)]
pub(super) struct PageOptions {
    #[arg(long, value_name = "N", value_parser = parse_count, help = "Maximum number of items")]
    top: Option<u32>,
    #[arg(long, value_name = "N", value_parser = parse_count, help = "Number of items to skip")]
    skip: Option<u32>,
}

/// Parses a number of items as az does: with whitespace around it, a sign, and `_` between digits.
fn parse_count(text: &str) -> Result<u32, &'static str> {
    let number = numeral::parse_decimal(text).and_then(|number| number.as_u64());
    number.and_then(|number| number.try_into().ok()).ok_or("it is not a whole number from 0 to 4294967295")
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
