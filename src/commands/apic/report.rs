//! `azr apic report`: commands for the reports that `--report` writes.

use std::path::PathBuf;

use clap::{Arg, ArgMatches, Args};

use super::report_option::{self, ReportFile};
use super::{api_rows, summary};
use crate::commands::args;
use crate::commands::tree::{Example, Leaf, Node, Outcome, TerminalView, read_options};
use azr_catalog::report::{self, ApiResult};
use azr_catalog::results::ImportResults;
use azr_core::error::Result;
use azr_output::message;

/// `azr apic report …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        Leaf::run_with_matches(
            "merge",
            "Merge the reports of several runs",
            args,
            async |_, matches| merge(matches),
        )
        .details(
            "Reads reports in the .json format of --report. Every API appears once: a later result replaces an earlier \
             one, unless the later run skipped the API. Prints the counts and every API, and exits with 4 if any \
             failed. A .md report fits into the summary of a GitHub Actions step: \
             cat FILE.md >> \"$GITHUB_STEP_SUMMARY\".",
        )
        .table(api_rows::import_table)
        .examples(&[
            Example {
                summary: "Merge the reports of a pipeline's jobs into a summary of the step",
                command: "azr apic report merge shard-1.json shard-2.json --report import.md -o none",
            },
            Example {
                summary: "List the failures in any of the reports",
                command: "azr apic report merge shard-1.json shard-2.json --query \"problems[?status=='failed'].[name, reason]\" -o table",
            },
        ])
        .into(),
    ]
}

/// The options of the command, besides `--report`.
#[derive(Args)]
struct MergeOptions {
    #[arg(required = true, num_args = 1.., value_name = "FILE", help = "Reports to merge, in .json format")]
    files: Vec<PathBuf>,
}

fn args() -> Vec<Arg> {
    let mut all = args::derived::<MergeOptions>();
    all.push(
        report_option::option().help("File for the merged report: .json, .xml (JUnit) or .md (Markdown)"),
    );
    all
}

fn merge(matches: &ArgMatches) -> Result<Outcome> {
    let report_file = ReportFile::read(matches)?;
    let options: MergeOptions = read_options(matches)?;
    let reports: Vec<Vec<ApiResult>> =
        options.files.iter().map(|path| report::read(path)).collect::<Result<_>>()?;
    let writer = report_file.as_ref().map(ReportFile::start).transpose()?;
    let results = ImportResults::complete(report::merge(reports), writer)?;
    summary::print_problems(&results);
    message::status(&summary::conclusion::describe_counts(&results));
    summary::print_report_path(report_file.as_ref());
    let mut outcome = Outcome { view: Some(TerminalView::Nothing), ..Outcome::value(results.summary()) };
    outcome.exit_code = summary::print_failures(&results, "");
    Ok(outcome)
}
