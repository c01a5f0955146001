//! `azr apic inventory`: the contents of a center and its gaps, as data and as an HTML page.

pub(super) mod contents;
mod export;
mod model;
mod operations;
mod owner;
mod page;
mod read;

use std::io::Write as _;
use std::path::Path;

use clap::{Arg, ArgMatches, Args};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{center, portal};
use crate::commands::tree::{Closing, Example, Leaf, Outcome, TerminalView, read_options};
use crate::commands::{args, list_view, names};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_core::files::AtomicFile;
use azr_output::{counted, message};
use export::ExportFormat;

/// `azr apic inventory`.
pub(super) fn command() -> Leaf {
    Leaf::run_with_matches("inventory", "List the APIs of a center and what they are missing", args, run)
    .details(
        "The result contains the center, counts, the APIs by kind, stage and environment, and each API with its \
         versions, deployments, owners, and what it is missing: a definition, if no version has one with an imported \
         document; a deployment, if it has none; an owner, if it has no contact with a name, an e-mail address or a \
         URL, and no custom metadata with a value whose name contains the word owner, team, maintainer or contact \
         (ownerEmail, owning-team) or is given with --owner-property.\n\n\
         --html writes a single page that can be filtered, sorted, shared and printed. It needs no network. --format prints \
         Markdown, CSV, or entities of the kind API for Backstage (catalog-info.yaml), whose definition is the command that \
         exports the document.",
    )
    .table(table)
    .examples(&[
        Example {
            summary: "Show the inventory as a table",
            command: "azr apic inventory -g myResourceGroup -n myAPICenter -o table",
        },
        Example {
            summary: "Write a page to open in a browser",
            command: "azr apic inventory -g myResourceGroup -n myAPICenter --html inventory.html -o none",
        },
        Example {
            summary: "Write a page that lists and finds operations, too",
            command: "azr apic inventory -g myResourceGroup -n myAPICenter --operations --html inventory.html -o none",
        },
        Example {
            summary: "Print the entities of Backstage",
            command: "azr apic inventory -g myResourceGroup -n myAPICenter --format backstage",
        },
        Example {
            summary: "List the names of the APIs without an owner",
            command: "azr apic inventory -g myResourceGroup -n myAPICenter --query \"apis[?contains(missing, 'owner')].name\" -o tsv",
        },
    ])
}

/// The options of the command, besides those that name the center.
#[derive(Args)]
struct InventoryOptions {
    #[arg(long, value_name = "FILE", help = "File to write the inventory to as an HTML page; - for stdout")]
    html: Option<String>,
    #[arg(
        long,
        value_name = "FORMAT",
        ignore_case = true,
        conflicts_with = "html",
        help = "Print the inventory in the format of another tool, in place of -o"
    )]
    format: Option<ExportFormat>,
    #[arg(long, help = "Read the documents of the definitions as well, and list their operations")]
    operations: bool,
    #[arg(long, value_name = "ODATA", help = "OData filter for the APIs")]
    filter: Option<String>,
    #[arg(
        long,
        num_args = 1..,
        value_name = "NAME",
        help = "Custom metadata that names the owner of an API [default: detected by its name]"
    )]
    owner_property: Vec<String>,
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=64),
        help = "Maximum number of concurrent reads, 1 to 64 [default: 16]"
    )]
    concurrency: Option<u16>,
}

fn args() -> Vec<Arg> {
    let mut all = center::options();
    all.extend(args::derived::<InventoryOptions>());
    all
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let center = center::read_center(session, matches, &names::CENTER)?;
    let options: InventoryOptions = read_options(matches)?;
    let html = options.html.as_deref();
    // Report a file that cannot be written before a thousand requests are sent.
    let file =
        html.filter(|file| *file != "-").map(|file| AtomicFile::create(Path::new(file))).transpose()?;
    let read_options = read::ReadOptions {
        filter: options.filter.as_deref(),
        owners: owner::OwnerRule::new(options.owner_property),
        concurrency: options.concurrency.map_or(contents::DEFAULT_CONCURRENCY, usize::from),
        with_operations: options.operations,
    };
    let inventory = read::read_inventory(session.client()?, &center, &read_options).await?;
    if let Some(format) = options.format {
        return Ok(Outcome::raw(export::render(&inventory, format).into_bytes()));
    }
    let portal = portal::base_url(session)?;
    if html == Some("-") {
        let page = page::render(&inventory, OffsetDateTime::now_utc(), portal);
        return Ok(Outcome::raw(page.into_bytes()));
    }
    if let Some(mut file) = file {
        let page = page::render(&inventory, OffsetDateTime::now_utc(), portal);
        let path = file.path().to_owned();
        file.write_all(page.as_bytes()).map_err(|e| Error::write(&path, e))?;
        file.commit()?;
        message::status(&format!("Page written to {}", path.display()));
    }
    let value = serde_json::to_value(&inventory)
        .map_err(|e| Error::unexpected(format!("the inventory cannot be converted to JSON: {e}")))?;
    let mut next = vec![totals(&value["counts"])];
    if html.is_none() {
        next.push("To write a page for a browser: --html FILE.".to_owned());
    }
    let view = Some(TerminalView::Table(list_view::rows_table(&table(&value))));
    Ok(Outcome { view, closing: Closing { summary: None, next }, ..Outcome::value(value) })
}

/// The sentence after the table: `9 APIs, 6 complete. Missing: 2 definitions, 1 owner.`
fn totals(counts: &Value) -> String {
    let count =
        |member: &str| counts[member].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
    let gaps =
        [("withoutDefinition", "definition"), ("withoutDeployment", "deployment"), ("withoutOwner", "owner")];
    let gaps: Vec<String> = gaps
        .into_iter()
        .filter(|(member, _)| count(member) > 0)
        .map(|(member, noun)| counted(count(member), noun))
        .collect();
    let missing = if gaps.is_empty() { String::new() } else { format!(" Missing: {}.", gaps.join(", ")) };
    format!("{}, {} complete.{missing}", counted(count("apis"), "API"), count("complete"))
}

/// The APIs, one per row, with what each is missing.
fn table(inventory: &Value) -> Value {
    let texts = |list: &Value| {
        let items = list.as_array().into_iter().flatten().filter_map(Value::as_str);
        items.collect::<Vec<_>>().join(", ")
    };
    let count = |list: &Value| list.as_array().map_or(0, Vec::len);
    let row = |api: &Value| {
        json!({
            "Name": api["name"],
            "Title": api["title"],
            "Kind": api["kind"],
            // A null in the first row would move the column to the end.
            "Stage": api["lifecycleStage"].as_str().unwrap_or_default(),
            "Versions": count(&api["versions"]),
            "Definitions": api["definitions"],
            "Deployments": count(&api["deployments"]),
            "Owner": texts(&api["owners"]),
            "Missing": texts(&api["missing"]),
        })
    };
    inventory["apis"].as_array().into_iter().flatten().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_totals_have_the_counts_that_are_not_zero() {
        let counts = json!({"apis": 9, "complete": 6, "withoutDefinition": 2, "withoutOwner": 1});
        assert_eq!(totals(&counts), "9 APIs, 6 complete. Missing: 2 definitions, 1 owner.");
        assert_eq!(totals(&json!({"apis": 1, "complete": 1})), "1 API, 1 complete.");
    }
}
