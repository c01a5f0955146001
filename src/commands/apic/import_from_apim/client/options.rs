//! The options of `--mode client`.

use clap::{Arg, ArgMatches};

use crate::commands::apic::shapes::STAGES;
use crate::commands::args;
use azr_core::error::{Error, Result};

/// How many APIs are written at once, where nothing is said.
pub const CONCURRENCY: u16 = 16;

/// How many APIs and versions `--prune` may remove, where nothing is said.
pub const MAX_DELETE: u32 = 10;

/// The options that only this mode has.
const OWN: &[&str] = &[
    "apim-tenant",
    "tag",
    "product",
    "revisions",
    "shard",
    "kind",
    "custom-properties",
    "dry-run",
    "detailed-exitcode",
    "on-collision",
    "on-invalid",
    "lifecycle-stage",
    "prune",
    "max-delete",
    "concurrency",
    "fail-fast",
    "journal",
];

/// The options of this mode, and the one that chooses it.
pub fn options() -> Vec<Arg> {
    let mut all = vec![
        args::choice_from("mode", ["service", "client"])
            .help("Who imports: the service, or azr itself [default: service]"),
    ];
    all.extend(what().into_iter().chain(how()).map(|arg| arg.help_heading("With --mode client")));
    all.push(args::text("report").value_name("FILE").help("File for a report, .json, .xml (JUnit) or .md"));
    all
}

/// What is imported, and what becomes of it.
fn what() -> Vec<Arg> {
    vec![
        args::text("apim-tenant")
            .value_name("ID")
            .help("Tenant of the API Management service [default: that of its subscription]"),
        args::list("tag", 1).value_name("TAG").help("Only APIs that have one of these tags"),
        args::list("product", 1).value_name("PRODUCT").help("Only APIs that are in one of these products"),
        args::choice_from("revisions", ["current", "all"])
            .help("All makes every revision a version of its own [default: current]"),
        args::text("shard")
            .value_name("K/N")
            .help("Only the K-th of N parts, such as 1/4, for several machines at once"),
        args::list("kind", 1)
            .value_name("PATTERN=KIND")
            .help("Kind of the APIs whose names fit, such as 'hooks-*=webhook'"),
        args::list("custom-properties", 1)
            .value_name("KEY=VALUE")
            .help("Custom metadata for what is new: KEY=VALUE… or JSON"),
        args::choice_from("on-collision", ["suffix", "merge", "fail"]).help(
            "What to do where two APIs would have one name, or the center's is not from this \
             service; merge adds to that one [default: suffix]",
        ),
        args::choice_from("on-invalid", ["truncate", "skip", "fail"])
            .help("What to do with what does not fit into a center [default: truncate]"),
        args::choice_from("lifecycle-stage", STAGES.iter().copied())
            .help("Stage of the versions [default: design for new ones]"),
        args::flag("prune").help("Remove what azr imported before and API Management no longer has"),
        args::text("max-delete")
            .value_name("N")
            .value_parser(clap::value_parser!(u32))
            .help("With --prune: how many APIs and versions may go; more are none at all [default: 10]"),
    ]
}

/// How it is gone about.
fn how() -> Vec<Arg> {
    vec![
        args::flag("dry-run").help("Show what would be done, and write nothing"),
        args::flag("detailed-exitcode").help("With --dry-run: exit with 5 if something would change"),
        args::text("concurrency")
            .value_name("N")
            .value_parser(clap::value_parser!(u16).range(1..=64))
            .help("How many APIs at once, 1 to 64 [default: 16]"),
        args::flag("fail-fast").help("Begin no more APIs once one has failed"),
        args::text("journal")
            .value_name("FILE")
            .help("File that remembers what is done [default: one of azr's own]"),
    ]
}

/// Whether azr itself is to import; refuses options of the other mode.
pub fn is_wanted(matches: &ArgMatches) -> Result<bool> {
    let mode = matches.try_get_one::<String>("mode").ok().flatten();
    if mode.is_some_and(|mode| mode.eq_ignore_ascii_case("client")) {
        if args::bool_value(matches, "no-wait")? == Some(true) {
            return Err(Error::usage(
                "--no-wait cannot be given with --mode client: azr itself does the work",
            ));
        }
        return Ok(true);
    }
    let is_given = |long: &&&str| {
        matches.try_contains_id(long).unwrap_or(false)
            // A flag always has a value.
            && matches.value_source(long) == Some(clap::parser::ValueSource::CommandLine)
    };
    match OWN.iter().find(is_given) {
        Some(long) => {
            Err(Error::usage(format!("--{long} needs --mode client")).with_hint("Add --mode client."))
        }
        None => Ok(false),
    }
}
