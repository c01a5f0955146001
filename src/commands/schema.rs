//! `azr schema`: the JSON schemas of azr's files and results.

use clap::Args;
use serde_json::{Value, json};

use super::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_core::error::{Error, Result};

/// The schemas: the name, what it describes, and its text.
const SCHEMAS: [(&str, &str, &str); 6] = [
    ("azr.yaml", "the sources of azr apic sync", include_str!("../schemas/azr.yaml.json")),
    ("plan", "a plan saved with --dry-run --out", include_str!("../schemas/plan.json")),
    ("report", "a report of --report FILE.json", include_str!("../schemas/report.json")),
    ("inventory", "the result of azr apic inventory", include_str!("../schemas/inventory.json")),
    ("manifest", "the manifest.json of azr apim api export", include_str!("../schemas/manifest.json")),
    ("backup", "the manifest.json of azr apic backup", include_str!("../schemas/backup.json")),
];

/// `azr schema`.
pub(crate) fn command() -> Leaf {
    Leaf::run_sync("schema", "Print the JSON schema of a file or result, or list the schemas", run)
        .details(
            "The schemas are azr.yaml (the file of azr apic sync), plan, report, inventory, manifest (of exported \
             definitions) and backup. They follow JSON Schema, draft 2020-12. The number at the end of $id is the version \
             of the format: it changes if a member changes its name or meaning, not if one is added.",
        )
        .examples(&[
            Example { summary: "List the schemas", command: "azr schema -o table" },
            Example { summary: "Print the schema of azr.yaml, for an editor", command: "azr schema azr.yaml" },
        ])
}

#[derive(Args)]
struct Options {
    #[arg(
        value_name = "NAME",
        help = "azr.yaml, plan, report, inventory, manifest or backup; without it, all are listed"
    )]
    name: Option<String>,
}

fn run(_: &Session, options: &Options) -> Result<Outcome> {
    let Some(name) = &options.name else {
        let list = SCHEMAS.iter().map(|(name, about, _)| json!({"name": name, "describes": about}));
        return Ok(Outcome::value(list.collect()));
    };
    let schema = SCHEMAS.iter().find(|(known, ..)| known.eq_ignore_ascii_case(name));
    let (_, _, text) = schema.ok_or_else(|| {
        let names = SCHEMAS.map(|(name, ..)| name).join(", ");
        Error::usage(format!("'{name}' is not the name of a schema"))
            .with_hint(format!("The schemas are {names}."))
    })?;
    let value: Value = serde_json::from_str(text)
        .map_err(|error| Error::unexpected(format!("the schema {name} is not valid: {error}")))?;
    Ok(Outcome::value(value))
}
