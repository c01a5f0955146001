//! `azr apic api definition import-specification|export-specification`: the document of a definition.

use clap::{Arg, ArgMatches};
use serde_json::{Value, json};
use url::Url;

use super::definition_resource::DEFINITION;
use super::exported_document;
use super::register_plan::INLINE_LIMIT;
use crate::commands::shorthand::{self, Nulls};
use crate::commands::tree::{Leaf, Outcome};
use crate::commands::{arg_file, args, verbs};
use crate::session::Session;
use azr_arm::plan::{Action, Job, Plan};
use azr_arm::schema::{Field, Kind, field, text};
use azr_core::error::{Error, Result};

const NAME_AND_VERSION: Kind = Kind::Object(&[text("name"), text("version")]);
const SPECIFICATION: &[Field; 1] = &[field("specification", NAME_AND_VERSION)];

/// `import-specification`.
pub(super) fn import() -> Leaf {
    Leaf::plan("import-specification", "Import a document into a definition", import_options, import_plan)
        .details(
            "With --format inline, --value is the document itself or @FILE, up to 3 MB; with --format link, it is a \
             URL that the service can read.",
        )
        .examples(&[
            crate::commands::tree::Example {
                summary: "Import a file",
                command: "azr apic api definition import-specification -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --definition-id openapi --format inline --value @openapi.json --specification name=openapi version=3.0.1",
            },
            crate::commands::tree::Example {
                summary: "Import from a link",
                command: "azr apic api definition import-specification -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --definition-id openapi --format link --value \"$link\" --specification '{\"name\":\"openapi\",\"version\":\"3.0.1\"}'",
            },
        ])
}

/// `export-specification`.
pub(super) fn export() -> Leaf {
    Leaf::run_with_matches(
        "export-specification",
        "Export the document of a definition to a file",
        export_options,
        run_export)
    .examples(&[crate::commands::tree::Example {
        summary: "Export to a file",
        command: "azr apic api definition export-specification -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --definition-id openapi --file-name openapi.json",
    }])
}

fn import_options() -> Vec<Arg> {
    let mut all = verbs::name_args(&DEFINITION, true);
    all.extend([
        args::text("format")
            .value_parser(clap::builder::PossibleValuesParser::new(["inline", "link"]))
            .ignore_case(true)
            .required(true)
            .help("Whether --value is the document or a link to it"),
        args::text("value").add(args::ReadsFile).required(true).help("The document, @FILE, or a link"),
        args::list("specification", 1)
            .add(args::ReadsFile)
            .required(true)
            .help("Format of the document: name=openapi version=3.0.1"),
        args::no_wait(),
    ]);
    all
}

fn import_plan(session: &Session, matches: &ArgMatches) -> Result<Plan> {
    let format = matches.get_one::<String>("format").map(|f| f.to_ascii_lowercase()).unwrap_or_default();
    let given = matches.get_one::<String>("value").map_or("", String::as_str);
    let value = document_text(given)?;
    check_value(&format, &value)?;
    let occurrences = args::occurrences(matches, "specification");
    let specification = shorthand::parse_value("--specification", SPECIFICATION, &occurrences)?;
    let mut body = json!({});
    if !specification.is_null() {
        body["specification"] = specification;
    }
    body["format"] = Value::String(format);
    body["value"] = Value::String(value);
    let no_wait = args::bool_value(matches, "no-wait")? == Some(true);
    let jobs = verbs::targets(session, &DEFINITION, matches)?
        .into_iter()
        .map(|at| {
            let action = Action::Post { body: Some(body.clone()), location_from_group: None };
            // The document replaces what is there.
            let mut job = Job::new(at.join("importSpecification").idempotent(), action, None);
            job.no_wait = no_wait;
            job.silent = true;
            job
        })
        .collect();
    Ok(Plan { jobs, confirm: None })
}

/// The document or link that `--value` names; the text itself is unquoted, as in az.
fn document_text(given: &str) -> Result<String> {
    let expanded = arg_file::expand_document("--value", given)?;
    if expanded.file.is_some() {
        return Ok(expanded.text);
    }
    match shorthand::parse_scalar("--value", &Kind::Text, Nulls::FreeForm, given)? {
        Value::String(text) => Ok(text),
        other => Ok(other.to_string()),
    }
}

/// Refuses values that the service would refuse with an unclear error, or accept by mistake.
fn check_value(format: &str, value: &str) -> Result<()> {
    if value.trim().is_empty() {
        return Err(Error::invalid("--value: the document is empty"));
    }
    if format == "inline" {
        if value.len() > INLINE_LIMIT {
            return Err(Error::limit_exceeded(format!(
                "--value: the document has {} bytes; API Center accepts at most {INLINE_LIMIT} bytes inline",
                value.len()
            ))
            .with_hint(
                "Upload it to a place that the service can read, and use --format link --value URL.",
            ));
        }
        return Ok(());
    }
    if value.starts_with('$') {
        return Err(Error::invalid(format!("--value: '{value}' is the name of a variable, not its value"))
            .with_hint(
                "The shell does not expand variables in single quotes; use double quotes: \"$link\".",
            ));
    }
    match Url::parse(value) {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.has_host() => Ok(()),
        _ => Err(Error::invalid(format!("--value: '{}' is not a valid URL", abbreviate(value)))
            .with_hint("Give an https URL, or use --format inline for the document itself.")),
    }
}

/// The first line of a value, truncated for an error message.
fn abbreviate(value: &str) -> String {
    let line: String = value.chars().take_while(|c| *c != '\n').take(80).collect();
    if line.len() < value.len() { format!("{line}…") } else { line }
}

fn export_options() -> Vec<Arg> {
    let mut all = verbs::name_args(&DEFINITION, true);
    all.extend([
        args::text("file-name").required(true).value_name("FILE").help("File to write to; - for stdout"),
        args::no_wait().hide(true),
    ]);
    all
}

async fn run_export(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let targets = verbs::targets(session, &DEFINITION, matches)?;
    let [target] = &targets[..] else {
        return Err(Error::usage("--ids: a single definition is exported to a file; give one id"));
    };
    let client = session.client()?;
    let answer = exported_document::export(client, target.clone().join("exportSpecification"), None).await?;
    let Some(document) = exported_document::read_document(client, &answer).await? else {
        return Err(Error::missing_prerequisite("the definition has no document")
            .with_hint("Import one: azr apic api definition import-specification"));
    };
    let file = matches.get_one::<String>("file-name").map_or("-", String::as_str);
    exported_document::write_document(document, file, "Specification")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_not_a_link_is_refused_with_the_reason() {
        assert!(check_value("link", "https://example.com/a.json?x=1").is_ok());
        let error = check_value("link", "$link").expect_err("a variable");
        let hint = error.hint().unwrap_or_default();
        assert!(hint.contains("double quotes"), "{hint}");
        for bad in ["", " ", "spec.json", "ftp://x/y", "{\"openapi\":\"3.0.1\"}"] {
            assert!(check_value("link", bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_inline_document_has_a_limit() {
        assert!(check_value("inline", &"x".repeat(INLINE_LIMIT)).is_ok());
        let error = check_value("inline", &"x".repeat(INLINE_LIMIT + 1)).expect_err("too large");
        assert!(error.hint().is_some_and(|h| h.contains("link")));
    }
}
