//! `azr apic inventory`: what a center holds, what is missing in it, and a page that shows both.

mod catalogue;
pub mod contents;
mod owner;
mod page;
mod read;

use std::io::Write as _;
use std::path::Path;

use clap::{Arg, ArgMatches};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::center;
use crate::commands::tree::{Example, Leaf, Outcome};
use crate::commands::{args, names};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_core::files::AtomicFile;
use azr_output::message;

/// `azr apic inventory`.
pub fn command() -> Leaf {
    Leaf::run("inventory", "Take stock of a center: its APIs, and what they lack", options, |session, matches| {
        Box::pin(run(session, matches))
    })
    .details(
        "The result has the center, the counts, the APIs by kind, by stage and by environment, and every API with its \
         versions, deployments and owners, and with what it is missing: a definition, where no version has one that \
         a document was imported into; a deployment, where there is none; an owner, where it has no contact with a \
         name, an e-mail address or a URL, and no custom metadata with a value under a name that has the word owner, \
         team, maintainer or contact in it (ownerEmail, owning-team), or that --owner-property names.\n\n\
         --html writes all of it as one page that can be filtered, sorted, sent and printed. It needs no network.",
    )
    .table(table)
    .examples(&[
        Example {
            what: "Take stock as a table",
            line: "azr apic inventory -g myResourceGroup -n myAPICenter -o table",
        },
        Example {
            what: "Write a page to open in a browser",
            line: "azr apic inventory -g myResourceGroup -n myAPICenter --html inventory.html -o none",
        },
        Example {
            what: "Name the APIs that nobody owns",
            line: "azr apic inventory -g myResourceGroup -n myAPICenter --query \"apis[?contains(missing, 'owner')].name\" -o tsv",
        },
    ])
}

fn options() -> Vec<Arg> {
    let mut all = center::options();
    all.extend([
        args::text("html").value_name("FILE").help("File for a page that shows the inventory; - for stdout"),
        args::text("filter").value_name("ODATA").help("Only the APIs that match this OData filter"),
        args::many("owner-property", 1)
            .value_name("NAME")
            .help("Custom metadata that says who owns an API [default: by the words in its name]"),
        args::text("concurrency")
            .value_name("N")
            .value_parser(clap::value_parser!(u16).range(1..=64))
            .help("How many APIs are read at once, 1 to 64 [default: 16]"),
    ]);
    all
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let center = center::of(session, matches, &names::CENTER)?;
    let html = matches.get_one::<String>("html").map(String::as_str);
    // A file that cannot be written is found out before a thousand requests are made.
    let draft =
        html.filter(|file| *file != "-").map(|file| AtomicFile::create(Path::new(file))).transpose()?;
    let wanted = read::Wanted {
        filter: matches.get_one::<String>("filter").map(String::as_str),
        owners: owner::Rule::of(args::occurrences(matches, "owner-property").concat()),
        at_once: matches.get_one::<u16>("concurrency").map_or(contents::AT_ONCE, |n| usize::from(*n)),
    };
    let catalogue = read::catalogue(session.client()?, &center, &wanted).await?;
    if html == Some("-") {
        let page = page::render(&catalogue, OffsetDateTime::now_utc());
        return Ok(Outcome { raw: Some(page.into_bytes()), ..Outcome::default() });
    }
    if let Some(mut draft) = draft {
        let page = page::render(&catalogue, OffsetDateTime::now_utc());
        let path = draft.path().to_owned();
        draft.write_all(page.as_bytes()).map_err(|e| Error::write(&path, e))?;
        draft.commit()?;
        message::status(&format!("Page written to {}", path.display()));
    }
    let value = serde_json::to_value(&catalogue)
        .map_err(|e| Error::unexpected(format!("the inventory is not JSON: {e}")))?;
    Ok(Outcome { as_table: true, ..Outcome::value(value) })
}

/// The APIs, one a row, with what each is missing.
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
            // A null in the first row would put the column last.
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
