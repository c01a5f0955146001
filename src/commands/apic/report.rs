//! `azr apic report`: what to do with the reports that `--report` writes.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;

use clap::{Arg, ArgMatches};
use serde_json::{Value, json};

use crate::commands::args;
use crate::commands::tree::{Example, Leaf, Node, Outcome};
use crate::error::{Error, Result};
use crate::import::report::{self, ApiResult, Form, Status, Writer};
use crate::output::message;

/// `azr apic report …`.
pub fn children() -> Vec<Node> {
    vec![
        Leaf::run("merge", "Make one report of those of several runs", options, |_, matches| {
            Box::pin(async { merge(matches) }) as Pin<Box<dyn Future<Output = Result<Outcome>> + '_>>
        })
        .details(
            "It reads the .json form that --report writes. Every API comes once: a run that did or tried something \
             with it counts over one that skipped it, and else the file named later. It prints the counts and every \
             API, and exits with 4 where any failed. A .md is made for the summary of a GitHub step: \
             cat FILE.md >> \"$GITHUB_STEP_SUMMARY\" shows it.",
        )
        .table(table)
        .examples(&[
            Example {
                what: "Merge what the jobs of a pipeline left, for the summary of its step",
                line: "azr apic report merge shard-1.json shard-2.json --report import.md -o none",
            },
            Example {
                what: "Show what failed in any of them",
                line: "azr apic report merge shard-1.json shard-2.json --query \"apis[?status=='failed'].[name, reason]\" -o table",
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
    let results = report::merge(reports);
    if let Some((path, form)) = wanted {
        let mut writer = Writer::create(path, form)?;
        results.iter().try_for_each(|result| writer.add(result))?;
        writer.finish()?;
        message::note(&format!("Report written to {}", path.display()));
    }
    let mut outcome = Outcome::value(report::summary(&results));
    let failed = report::count(&results, Status::Failed);
    if failed > 0 {
        let error = Error::Partial { failed, total: results.len() };
        message::error(&error);
        outcome.code = error.exit_code();
    }
    Ok(outcome)
}

/// The APIs of a report, for people.
fn table(value: &Value) -> Value {
    let row = |api: &Value| {
        json!({
            "Status": api["status"],
            "API": api["name"],
            "Title": api["title"],
            "Kind": api["kind"],
            "Reason": api["reason"],
        })
    };
    value["apis"].as_array().into_iter().flatten().map(row).collect()
}
