//! `azr apic api definition import-specification|export-specification`: the document of a definition.

use clap::{Arg, ArgMatches, Args, ValueEnum};
use serde_json::{Value, json};
use url::Url;

use super::definition_resource::DEFINITION;
use super::exported_document;
use crate::commands::aaz_value::AazValue;
use crate::commands::shorthand::{self, Nulls};
use crate::commands::tree::{Example, Leaf, Outcome, read_options};
use crate::commands::{arg_file, args, verbs};
use crate::session::Session;
use azr_arm::Method;
use azr_arm::plan::{Action, Job, Plan};
use azr_arm::schema::{Field, Kind, field, text};
use azr_catalog::registration::INLINE_LIMIT;
use azr_core::error::{Error, Result};
use azr_definitions::bundle;
use azr_output::message;

const NAME_AND_VERSION: Kind = Kind::Object(&[text("name"), text("version")]);
const SPECIFICATION: &[Field; 1] = &[field("specification", NAME_AND_VERSION)];

/// `import-specification`.
pub(super) fn import() -> Leaf {
    Leaf::plan("import-specification", "Import a document into a definition", import_args, import_plan)
        .details(
            "With --format inline, --value is the document itself or @FILE, up to 3 MB; with --format link, it is a \
             URL that the service can read.",
        )
        .examples(&[
            Example {
                summary: "Import a file",
                command: "azr apic api definition import-specification -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --definition-id openapi --format inline --value @openapi.json --specification name=openapi version=3.0.1",
            },
            Example {
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
        export_args,
        run_export,
    )
    .examples(&[Example {
        summary: "Export to a file",
        command: "azr apic api definition export-specification -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --definition-id openapi --file-name openapi.json",
    }])
}

/// A value of `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ValueFormat {
    Inline,
    Link,
}

impl ValueFormat {
    /// The value of the request's `format`.
    fn wire_value(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Link => "link",
        }
    }
}

/// The options of `import-specification`, besides those that name the definition.
struct ImportOptions {
    format: ValueFormat,
    /// The document, or the link to it.
    value: String,
    /// The shorthand of `--specification`, parsed.
    specification: Value,
    no_wait: bool,
}

impl ImportOptions {
    fn read(matches: &ArgMatches) -> Result<Self> {
        let format = args::choice_value(matches, "format");
        let value = args::text_value(matches, "value").unwrap_or_default();
        let occurrences = args::occurrences(matches, "specification");
        Ok(Self {
            format: format.ok_or_else(|| Error::usage("--format is required"))?,
            value: read_value(value)?,
            specification: shorthand::parse_value("--specification", SPECIFICATION, &occurrences)?,
            no_wait: args::no_wait_value(matches),
        })
    }
}

fn import_args() -> Vec<Arg> {
    let mut all = verbs::name_args(&DEFINITION, true);
    all.extend([
        args::choice::<ValueFormat>("format")
            .required(true)
            .help("Whether --value is the document or a link to it"),
        args::text("value")
            .add(args::ReadsFile)
            .add(AazValue(Kind::Text))
            .required(true)
            .help("The document, @FILE, or a link"),
        args::list("specification", 1)
            .add(args::ReadsFile)
            .add(AazValue(NAME_AND_VERSION))
            .required(true)
            .help("Format of the document: name=openapi version=3.0.1"),
        args::no_wait(),
    ]);
    all
}

fn import_plan(session: &Session, matches: &ArgMatches) -> Result<Plan> {
    let ImportOptions { format, value, specification, no_wait } = ImportOptions::read(matches)?;
    check_value(format, &value)?;
    if format == ValueFormat::Inline {
        warn_about_other_files(&value);
    }
    let mut body = json!({});
    if !specification.is_null() {
        body["specification"] = specification;
    }
    body["format"] = Value::from(format.wire_value());
    body["value"] = Value::String(value);
    let jobs = verbs::targets(session, &DEFINITION, matches)?
        .into_iter()
        .map(|definition| {
            let action = Action::Post { body: Some(body.clone()), location_from_group: None };
            // The document replaces what is there.
            let mut job = Job::new(definition.join("importSpecification").idempotent(), action, None);
            job.no_wait = no_wait;
            job.silent = true;
            job
        })
        .collect();
    Ok(Plan { jobs, confirm: None })
}

/// Warns about the files that a document refers to, which are not imported with it.
fn warn_about_other_files(document: &str) {
    let references = azr_definitions::read(document.as_bytes(), "--value")
        .and_then(|definition| bundle::references_in_document(&definition));
    if let Ok(references) = references
        && let Some(first) = references.local.first()
    {
        let more = if references.local.len() > 1 { " and other files" } else { "" };
        message::warn(&format!(
            "The document refers to {first}{more}, which API Center does not read; azr apic api register bundles them"
        ));
    }
}

/// Reads the document or link that `--value` names; the text itself is unquoted, as in az.
fn read_value(value: &str) -> Result<String> {
    let expanded = arg_file::expand_document("--value", value)?;
    if expanded.file.is_some() {
        return Ok(expanded.text);
    }
    match shorthand::parse_scalar("--value", &Kind::Text, Nulls::FreeForm, value)? {
        Value::String(text) => Ok(text),
        other => Ok(other.to_string()),
    }
}

/// Refuses values that the service would refuse with an unclear error, or accept by mistake.
fn check_value(format: ValueFormat, value: &str) -> Result<()> {
    if value.trim().is_empty() {
        return Err(Error::invalid("--value: the document is empty"));
    }
    if format == ValueFormat::Inline {
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
        // The hint is the one for all values that are names of variables.
        return Err(Error::invalid(format!("--value: '{value}' is the name of a variable, not its value")));
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

/// The options of `export-specification`, besides those that name the definition.
#[derive(Args)]
struct ExportOptions {
    #[arg(long, value_name = "FILE", help = "File to write to; - for stdout")]
    file_name: String,
}

fn export_args() -> Vec<Arg> {
    let mut all = verbs::name_args(&DEFINITION, true);
    all.extend(args::derived::<ExportOptions>());
    all.push(args::no_wait().hide(true));
    all
}

async fn run_export(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let options: ExportOptions = read_options(matches)?;
    let targets = verbs::targets(session, &DEFINITION, matches)?;
    let [target] = &targets[..] else {
        return Err(Error::usage("--ids: a single definition is exported to a file; give one id"));
    };
    let client = session.client()?;
    let export = target.clone().join("exportSpecification");
    let answer = match exported_document::export(client, export, None).await {
        // The service answers in the same way whether the definition or its document does not exist.
        Err(error) if error.is_not_found() => {
            client.send(Method::GET, target, None).await?;
            return Err(error.map_message(|_| NO_DOCUMENT.to_owned()).with_hint(IMPORT_HINT));
        }
        other => other?,
    };
    let document = exported_document::read_document(client, &answer).await?.ok_or_else(no_document)?;
    exported_document::write_document(document, &options.file_name, "Specification")
}

const NO_DOCUMENT: &str = "the definition has no document";
const IMPORT_HINT: &str = "Import one: azr apic api definition import-specification … --format inline --value @openapi.json \
                           --specification name=openapi";

fn no_document() -> Error {
    Error::missing_prerequisite(NO_DOCUMENT).with_hint(IMPORT_HINT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_not_a_link_is_refused_with_the_reason() {
        assert!(check_value(ValueFormat::Link, "https://example.com/a.json?x=1").is_ok());
        let error = check_value(ValueFormat::Link, "$link").expect_err("a variable");
        assert!(error.to_string().contains("the name of a variable"), "{error}");
        for bad in ["", " ", "spec.json", "ftp://x/y", "{\"openapi\":\"3.0.1\"}"] {
            assert!(check_value(ValueFormat::Link, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_inline_document_has_a_limit() {
        assert!(check_value(ValueFormat::Inline, &"x".repeat(INLINE_LIMIT)).is_ok());
        let error = check_value(ValueFormat::Inline, &"x".repeat(INLINE_LIMIT + 1)).expect_err("too large");
        assert!(error.hint().is_some_and(|h| h.contains("link")));
    }
}
