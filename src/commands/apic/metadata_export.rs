//! `azr apic metadata export`: the JSON schema of an entity with its custom metadata.

use std::path::Path;

use clap::{Arg, ArgMatches, Args, ValueEnum};
use serde::Serialize as _;
use serde_json::{Value, json};

use super::{center, exported_document};
use crate::commands::aaz_value::mark_texts;
use crate::commands::tree::{Example, Leaf, Outcome, read_options};
use crate::commands::{args, names};
use crate::session::Session;
use azr_arm::plan::Target;
use azr_core::error::{Error, Result};
use azr_core::resource::CENTER;

/// The indentation of an exported schema.
const INDENT: &[u8] = b"    ";

/// `export`.
pub(super) fn command() -> Leaf {
    Leaf::run_with_matches("export", "Export the metadata schema of an entity to a file", args, run)
    .details(
        "The schema describes the properties of an API, a deployment or an environment, with its custom metadata under \
         customProperties. A file that ends in .json is indented; any other file gets the text as the service sent it.",
    )
    .examples(&[
        Example {
            summary: "Export the metadata of APIs",
            command: "azr apic metadata export -g myResourceGroup -n myAPICenter --assignments api --file-name metadata.json",
        },
        Example {
            summary: "Show the custom metadata of environments",
            command: "azr apic metadata export -g myResourceGroup -n myAPICenter --assignments environment --custom-metadata-only --file-name -",
        },
    ])
}

/// The options of the command, besides those that name the center.
#[derive(Args)]
struct ExportOptions {
    #[arg(long, ignore_case = true, help = "Entity whose metadata is exported")]
    assignments: Entity,
    #[arg(long, value_name = "FILE", help = "File to write to; - for stdout")]
    file_name: String,
    #[arg(
        long,
        num_args = 0..=1,
        default_missing_value = "true",
        value_name = "true|false",
        value_parser = args::parse_bool,
        help = "Whether to export only the custom metadata"
    )]
    custom_metadata_only: Option<bool>,
}

/// An entity that has custom metadata.
#[derive(Clone, Copy, ValueEnum)]
enum Entity {
    Api,
    Deployment,
    Environment,
}

impl Entity {
    /// The value of the request's `assignedTo`.
    fn wire_value(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Deployment => "deployment",
            Self::Environment => "environment",
        }
    }
}

fn args() -> Vec<Arg> {
    let mut all = mark_texts(center::options());
    all.extend(args::derived::<ExportOptions>());
    all.push(args::no_wait().hide(true));
    all
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let center = center::read_center(session, matches, &names::CENTER)?;
    let options: ExportOptions = read_options(matches)?;
    let custom_only = options.custom_metadata_only == Some(true);
    let entity = options.assignments.wire_value();
    let file = options.file_name.as_str();

    let target = Target::new(center.as_str(), CENTER.api_version).join("exportMetadataSchema");
    let client = session.client()?;
    let answer = exported_document::export(client, target, Some(json!({"assignedTo": entity}))).await?;
    let document = exported_document::read_document(client, &answer)
        .await?
        .ok_or_else(|| Error::invalid_response("the response of the service has no metadata schema"))?;
    let is_indented =
        file == "-" || Path::new(file).extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    exported_document::write_document(
        format_schema(document, custom_only, is_indented)?,
        file,
        "Metadata schema",
    )
}

/// The exported schema in the form to write: complete or only its custom part, indented or as received.
fn format_schema(document: Vec<u8>, custom_only: bool, is_indented: bool) -> Result<Vec<u8>> {
    if !custom_only && !is_indented {
        return Ok(document);
    }
    let mut schema: Value = serde_json::from_slice(&document)
        .map_err(|e| Error::invalid_response(format!("the service's metadata schema is not JSON: {e}")))?;
    if custom_only {
        schema = custom_properties_schema(schema)?;
    }
    let mut out = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(INDENT);
    schema
        .serialize(&mut serde_json::Serializer::with_formatter(&mut out, formatter))
        .map_err(|e| Error::unexpected(format!("the metadata schema cannot be written: {e}")))?;
    out.push(b'\n');
    Ok(out)
}

/// The schema of an entity's custom properties.
fn custom_properties_schema(mut schema: Value) -> Result<Value> {
    schema
        .pointer_mut("/properties/customProperties")
        .map(Value::take)
        .ok_or_else(|| Error::invalid_response("the service's metadata schema has no customProperties"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = r#"{"type":"object","properties":{"Title":{"type":"string"},"customProperties":{"type":"object","properties":{"team":{"type":"string"}},"required":["team"]}}}"#;

    fn formatted(custom_only: bool, is_indented: bool) -> String {
        let out = format_schema(SCHEMA.into(), custom_only, is_indented).expect("a schema");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn the_custom_part_is_the_schema_of_the_custom_properties() {
        let part: Value = serde_json::from_str(&formatted(true, true)).expect("JSON");
        let want =
            json!({"type": "object", "properties": {"team": {"type": "string"}}, "required": ["team"]});
        assert_eq!(part, want);
        assert!(custom_properties_schema(json!({"type": "object", "properties": {}})).is_err());
    }

    #[test]
    fn a_json_file_is_indented_in_its_order_and_any_other_is_unchanged() {
        assert_eq!(formatted(false, false), SCHEMA);
        let text = formatted(false, true);
        assert!(text.starts_with("{\n    \"type\": \"object\",\n    \"properties\": {\n"), "{text}");
    }

    #[test]
    fn a_schema_that_is_not_json_is_refused_if_it_must_be_read() {
        assert!(format_schema(b"no".to_vec(), false, true).is_err());
        assert!(format_schema(b"no".to_vec(), false, false).is_ok());
    }
}
