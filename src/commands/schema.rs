//! `azr schema`: the JSON schemas of azr's files and results.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use serde_json::{Value, json};

use super::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_core::error::{Error, Result};

/// A JSON schema.
struct Schema {
    name: &'static str,
    /// What follows it.
    describes: &'static str,
    text: &'static str,
}

const fn schema(name: &'static str, describes: &'static str, text: &'static str) -> Schema {
    Schema { name, describes, text }
}

const SCHEMAS: [Schema; 11] = [
    schema("azr.yaml", "the sources of azr apic sync", include_str!("../schemas/azr.yaml.json")),
    schema("plan", "a plan saved with --dry-run --out", include_str!("../schemas/plan.json")),
    schema("report", "a report of --report FILE.json", include_str!("../schemas/report.json")),
    schema("inventory", "the result of azr apic inventory", include_str!("../schemas/inventory.json")),
    schema("manifest", "the manifest.json of azr apim api export", include_str!("../schemas/manifest.json")),
    schema("backup", "the manifest.json of azr apic backup", include_str!("../schemas/backup.json")),
    schema("diff", "the result of azr apic diff", include_str!("../schemas/diff.json")),
    schema(
        "dry-run",
        "the result of a dry run of an import, a synchronization or a restore",
        include_str!("../schemas/dry-run.json"),
    ),
    schema(
        "result",
        "the result of an import, a synchronization or a restore",
        include_str!("../schemas/result.json"),
    ),
    schema("backup-result", "the result of azr apic backup", include_str!("../schemas/backup-result.json")),
    schema(
        "integration-status",
        "the result of azr apic integration status",
        include_str!("../schemas/integration-status.json"),
    ),
];

impl Schema {
    fn read(&self) -> Result<Value> {
        serde_json::from_str(self.text)
            .map_err(|error| Error::unexpected(format!("the schema {} is not valid: {error}", self.name)))
    }

    /// The version of the format: the last part of `$id`.
    fn version(schema: &Value) -> Option<u64> {
        schema["$id"].as_str()?.rsplit(':').next()?.parse().ok()
    }
}

/// `azr schema`.
pub(crate) fn command() -> Leaf {
    Leaf::run_sync("schema", "Print the JSON schema of a file or result, or list the schemas", run)
        .details(
            "The schemas follow JSON Schema, draft 2020-12. The number at the end of $id is the version of the format, which \
             azr.yaml, plan, inventory, backup and diff have as a member, too. It changes if a member changes its name or \
             meaning, not if one is added.",
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
        value_parser = PossibleValuesParser::new(SCHEMAS.map(|schema| PossibleValue::new(schema.name).help(schema.describes))),
        ignore_case = true,
        help = "Name of the schema; without it, all are listed"
    )]
    name: Option<String>,
}

fn run(_: &Session, options: &Options) -> Result<Outcome> {
    if let Some(name) = &options.name {
        let schema = SCHEMAS.iter().find(|schema| schema.name.eq_ignore_ascii_case(name));
        let schema = schema.ok_or_else(|| Error::usage(format!("'{name}' is not the name of a schema")))?;
        return Ok(Outcome::value(schema.read()?));
    }
    let entry = |schema: &Schema| -> Result<Value> {
        let version = Schema::version(&schema.read()?);
        Ok(json!({"name": schema.name, "version": version, "describes": schema.describes}))
    };
    Ok(Outcome::value(SCHEMAS.iter().map(entry).collect::<Result<_>>()?))
}
