//! `azr apim api export`: the definition of an API, as the service made it.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use clap::{Arg, ArgMatches};
use serde_json::Value;
use url::Url;

use super::api::API;
use super::shape;
use crate::arm::plan::Target;
use crate::arm::schema::{Kind, Schema, field, text};
use crate::commands::tree::{Leaf, Outcome};
use crate::commands::{args, verbs};
use crate::error::{Error, Result};
use crate::files;
use crate::output::message;
use crate::session::Session;

static SHAPE: Schema = shape(&[
    text("id"),
    text("format").shown("exportResultFormat"),
    field("value", Kind::Object(&[text("link")])),
]);

/// A format of `--export-format`: what the service calls it, and the ending of az's file.
struct Format {
    option: &'static str,
    service: &'static str,
    ending: &'static str,
    to_file: bool,
}

const fn format(option: &'static str, service: &'static str, ending: &'static str, to_file: bool) -> Format {
    Format { option, service, ending, to_file }
}

const FORMATS: &[Format] = &[
    format("OpenApiJsonFile", "openapi+json-link", "openapi+json.json", true),
    format("OpenApiJsonUrl", "openapi+json-link", "openapi+json.json", false),
    format("OpenApiYamlFile", "openapi-link", "openapi.yaml", true),
    format("OpenApiYamlUrl", "openapi-link", "openapi.yaml", false),
    format("SwaggerFile", "swagger-link", "swagger.json", true),
    format("SwaggerUrl", "swagger-link", "swagger.json", false),
    format("WadlFile", "wadl-link", "wadl.xml", true),
    format("WadlUrl", "wadl-link", "wadl.xml", false),
    format("WsdlFile", "wsdl-link", "wsdl.xml", true),
    format("WsdlUrl", "wsdl-link", "wsdl.xml", false),
];

/// `azr apim api export`.
pub fn command() -> Leaf {
    Leaf::run("export", "Export the definition of an API to a file or a link", options, run).details(
        "A …File format writes the document as the service made it, byte for byte, to {api}_{format} in the \
         folder of --file-path, or to --file-path itself where it ends in a file name; - writes it to stdout. \
         A …Url format prints a link that is good for about five minutes.",
    )
}

fn options() -> Vec<Arg> {
    let mut all = verbs::naming(&API, false);
    all.push(
        args::text("export-format")
            .visible_alias("ef")
            .required(true)
            .value_parser(clap::builder::PossibleValuesParser::new(FORMATS.iter().map(|f| f.option)))
            .ignore_case(true)
            .help("Format of the definition"),
    );
    all.push(
        args::text("file-path")
            .short('f')
            .value_name("PATH")
            .help("Folder or file to write to; - for stdout"),
    );
    all
}

fn run<'a>(
    session: &'a Session,
    matches: &'a ArgMatches,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + 'a>> {
    Box::pin(export(session, matches))
}

async fn export(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let asked = matches.get_one::<String>("export-format").map_or("", String::as_str);
    let format = FORMATS
        .iter()
        .find(|f| f.option.eq_ignore_ascii_case(asked))
        .ok_or_else(|| Error::usage(format!("--export-format: there is no '{asked}'")))?;
    let path = matches.get_one::<String>("file-path");
    let path = match (format.to_file, path) {
        (true, None) => {
            return Err(Error::invalid(format!(
                "--file-path is required with --export-format {}",
                format.option
            ))
            .with_hint("Give a folder, a file, or - for stdout; or ask for a link with a …Url format."));
        }
        (true, Some(path)) => Some(path),
        (false, _) => None,
    };
    let id = verbs::id(session, &API, matches)?;
    let at = Target::new(id.as_str(), API.kind.api_version)
        .query("format", format.service)
        .query("export", "true");
    let client = session.client()?;
    let answer = client.send("GET", &at, None).await?.body;
    check_is(&answer, id.name())?;
    let Some(path) = path else { return Ok(Outcome::value(SHAPE.show(&answer))) };
    let document = client.fetch(&link(&answer)?).await?;
    if path == "-" {
        return Ok(Outcome { raw: Some(document.to_vec()), ..Outcome::default() });
    }
    let file = files::in_folder_or_as(Path::new(path), &format!("{}_{}", id.name(), format.ending))?;
    files::write(&file, &document)?;
    message::note(&format!("Definition written to {}", file.display()));
    Ok(Outcome::nothing())
}

/// The link of an export's answer: `properties.value.link` up to API version 2022-08-01, `value.link` since.
fn link(answer: &Value) -> Result<Url> {
    let link = ["/properties/value/link", "/value/link", "/link"]
        .iter()
        .find_map(|at| answer.pointer(at).and_then(Value::as_str))
        .ok_or_else(|| Error::Unexpected("the service's answer to the export has no link".to_owned()))?;
    Url::parse(link).map_err(|e| Error::Unexpected(format!("the link of the export is not a URL: {e}")))
}

/// Refuses the export of another API: two at once of one version set are known to be mixed up by the service.
fn check_is(answer: &Value, api: &str) -> Result<()> {
    let Some(id) = answer.get("id").and_then(Value::as_str) else { return Ok(()) };
    let name = id.rsplit('/').next().unwrap_or_default();
    if name.eq_ignore_ascii_case(api) {
        return Ok(());
    }
    Err(Error::Unexpected(format!("the service exported the API '{name}' instead of '{api}'; try again")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_link_is_found_in_both_shapes() {
        for answer in [
            json!({"properties": {"value": {"link": "https://x/y"}}}),
            json!({"value": {"link": "https://x/y"}}),
        ] {
            assert_eq!(link(&answer).expect("a link").as_str(), "https://x/y");
        }
        assert!(link(&json!({"value": "text"})).is_err());
    }

    #[test]
    fn the_document_of_another_api_is_refused() {
        assert!(check_is(&json!({"id": "/a/b/apis/ORDERS"}), "orders").is_ok());
        assert!(check_is(&json!({"id": "/a/b/apis/orders-v2"}), "orders").is_err());
    }
}
