//! `azr apic report`: what to do with the reports that `--report` writes.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches};

use super::{import_from_apim, said};
use crate::commands::args;
use crate::commands::tree::{Example, Leaf, Node, Outcome};
use azr_catalog::report::{self, ApiResult, Form, Writer};
use azr_catalog::results::Results;
use azr_core::error::Result;

/// `azr apic report …`.
pub fn children() -> Vec<Node> {
    vec![
        Leaf::run_with_matches("merge", "Make one report of those of several runs", options, async |_, matches| merge(matches))
        .details(
            "It reads the .json form that --report writes. Every API comes once: a run that did or tried something \
             with it counts over one that skipped it, and else the file named later. It prints the counts and every \
             API, and exits with 4 where any failed. A .md is made for the summary of a GitHub step: \
             cat FILE.md >> \"$GITHUB_STEP_SUMMARY\" shows it.",
        )
        .table(import_from_apim::table)
        .examples(&[
            Example {
                summary: "Merge what the jobs of a pipeline left, for the summary of its step",
                command: "azr apic report merge shard-1.json shard-2.json --report import.md -o none",
            },
            Example {
                summary: "Show what failed in any of them",
                command: "azr apic report merge shard-1.json shard-2.json --query \"problems[?status=='failed'].[name, reason]\" -o table",
            },
        ])
        .into(),
    ]
}

fn options() -> Vec<Arg> {
    vec![
        Arg::new("files")
            .num_args(1..)
            .required(true)
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("Reports to merge, .json"),
        option().help("File for the merged report, .json, .xml (JUnit) or .md"),
    ]
}

/// `--report`.
pub fn option() -> Arg {
    args::text("report").value_name("FILE")
}

/// The file that `--report` names, and its form.
pub fn wanted(matches: &ArgMatches) -> Result<Option<(&Path, Form)>> {
    let path = matches.try_get_one::<String>("report").ok().flatten().map(Path::new);
    path.map(|path| Form::of(path).map(|form| (path, form))).transpose()
}

fn merge(matches: &ArgMatches) -> Result<Outcome> {
    let wanted = wanted(matches)?;
    let files = matches.get_many::<PathBuf>("files").unwrap_or_default();
    let reports: Vec<Vec<ApiResult>> = files.map(|path| report::read(path)).collect::<Result<_>>()?;
    let writer = wanted.map(|(path, form)| Writer::create(path, form)).transpose()?;
    let results = Results::of(report::merge(reports), writer)?;
    said::report(wanted.map(|(path, _)| path));
    let mut outcome = Outcome::value(results.summary());
    outcome.exit_code = said::failure(&results);
    Ok(outcome)
}
