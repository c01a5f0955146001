//! `--top` and `--skip`: the page of a list.

use clap::{Arg, ArgMatches};

use crate::commands::args;
use azr_arm::plan::Target;

/// `--top`.
pub(super) fn top() -> Arg {
    args::text("top").value_name("N").value_parser(clap::value_parser!(u32)).help("Maximum number of items")
}

/// `--skip`.
pub(super) fn skip() -> Arg {
    args::text("skip").value_name("N").value_parser(clap::value_parser!(u32)).help("Number of items to skip")
}

/// Adds `--top` and `--skip` to a request.
pub(super) fn apply_paging(matches: &ArgMatches, mut target: Target) -> Target {
    if let Some(top) = matches.get_one::<u32>("top") {
        target = target.query("$top", top.to_string());
    }
    if let Some(skip) = matches.get_one::<u32>("skip") {
        target = target.query("$skip", skip.to_string());
    }
    target
}
