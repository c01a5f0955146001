//! `azr apim api export`: the definition of an API, as the service made it, or those of many.

mod choice;
mod manifest;
mod many;
mod pattern;

use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use clap::{Arg, ArgMatches};
use serde_json::Value;

use super::api::API;
use super::shape;
use crate::commands::tree::{Leaf, Outcome};
use crate::commands::{args, names, verbs};
use crate::session::{Session, unless_interrupted};
use azr_arm::client::Client;
use azr_arm::export::link;
use azr_arm::plan::Target;
use azr_arm::schema::{Kind, Schema, field, text};
use azr_catalog::identity::{self, Asked, Syntax};
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_core::glob;
use azr_core::resource::APIM_SERVICE;
use azr_output::message;
use many::Many;
use pattern::Pattern;

static SHAPE: Schema = shape(&[
    text("id"),
    text("format").shown("exportResultFormat"),
    field("value", Kind::Object(&[text("link")])),
]);

/// How many exports are under way at once, where nothing is said.
const CONCURRENCY: u16 = 8;
/// The most that may be.
const MOST_AT_ONCE: i64 = 64;

/// A format of `--export-format`: what the service calls it, and the ending of az's file.
#[derive(Debug)]
pub struct Format {
    option: &'static str,
    service: &'static str,
    ending: &'static str,
    to_file: bool,
}

impl Format {
    /// What its documents are written in, where they say which operations the API has.
    fn syntax(&self) -> Option<Syntax> {
        match self.service {
            "openapi+json-link" | "swagger-link" => Some(Syntax::Json),
            "openapi-link" => Some(Syntax::Yaml),
            _ => None,
        }
    }

    /// The name of the language that its documents are written in.
    fn family(&self) -> &'static str {
        match self.service.as_bytes()[0] {
            b'o' => "OpenAPI",
            b's' => "Swagger",
            _ if self.service.starts_with("wadl") => "WADL",
            _ => "WSDL",
        }
    }
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
         A …Url format prints a link that is good for about five minutes. Several APIs, or a pattern such as \
         'petstore-*' ('!…' leaves out; current revisions only, unless it says ';rev='), are exported to the folder \
         of --file-path, versions of one set and revisions of one API one after the other. APIs whose kind has no \
         definition of the format are skipped. manifest.json in the folder and the result say what came of each; \
         exit code 4 says that some failed. Ctrl-C leaves whole files, and a manifest of them.",
    )
    .table(manifest::table)
    .ends_itself()
}

fn options() -> Vec<Arg> {
    let mut all: Vec<Arg> = verbs::naming(&API, false).into_iter().map(several).collect();
    all.push(
        args::choice("export-format", FORMATS.iter().map(|f| f.option))
            .visible_alias("ef")
            .required(true)
            .help("Format of the definition"),
    );
    all.push(
        args::text("file-path")
            .short('f')
            .value_name("PATH")
            // az's users may have shortened it as long as there was no --file-name.
            .aliases(["f", "fi", "fil", "file", "file-"])
            .help("Folder or file to write to; - for stdout"),
    );
    all.push(
        args::text("file-name")
            .value_name("PATTERN")
            .help("Names of the files in the folder, of {api}, {version}, {revision}, {format} and {ext}"),
    );
    all.push(
        args::text("concurrency")
            .value_name("N")
            .value_parser(clap::value_parser!(u16).range(1..=MOST_AT_ONCE))
            .help("How many of several to export at once [default: 8]"),
    );
    all
}

/// `--api-id` as it takes several words.
fn several(arg: Arg) -> Arg {
    if arg.get_id() == names::APIM_API.key {
        return arg
            .num_args(1..)
            .help("API, with ;rev=N for a revision that is not current; several, or patterns");
    }
    arg
}

fn find(option: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.option.eq_ignore_ascii_case(option))
}

/// What is meant by the words of `--api-id`, where they mean more than one API or files are to be named.
fn many<'a>(matches: &'a ArgMatches, format: &'static Format) -> Result<Option<Many<'a>>> {
    let given = matches.get_many::<String>(names::APIM_API.key).unwrap_or_default();
    let words: Vec<String> = given.cloned().collect();
    let pattern = matches.get_one::<String>("file-name");
    if words.len() < 2 && pattern.is_none() && !words.iter().any(|word| glob::is_glob(word)) {
        return Ok(None);
    }
    if !format.to_file {
        return Err(Error::usage(format!(
            "--export-format: {} gives the link of one API only",
            format.option
        ))
        .with_hint("Give one --api-id, or a …File format."));
    }
    let folder = matches.get_one::<String>("file-path").ok_or_else(|| {
        Error::invalid("--file-path is required to export several APIs").with_hint("Give a folder.")
    })?;
    let concurrency = usize::from(matches.get_one::<u16>("concurrency").copied().unwrap_or(CONCURRENCY));
    let pattern = Pattern::parse(pattern.map_or(pattern::DEFAULT, String::as_str))?;
    Ok(Some(Many { words, format, folder, pattern, concurrency }))
}

fn run<'a>(
    session: &'a Session,
    matches: &'a ArgMatches,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + 'a>> {
    Box::pin(export(session, matches))
}

async fn export(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let format = chosen(matches)?;
    if let Some(many) = many(matches, format)? {
        let service = args::name_of(matches, &names::APIM)?.unwrap_or_default();
        let service = APIM_SERVICE.id(&session.group_scope(matches)?, &[service]);
        let collection = Target::new(service.as_str(), API.kind.api_version).join("apis");
        return many::export(session.client()?, &collection, many).await;
    }
    unless_interrupted(export_one(session, matches, format)).await
}

/// The format that `--export-format` names.
fn chosen(matches: &ArgMatches) -> Result<&'static Format> {
    let asked = matches.get_one::<String>("export-format").map_or("", String::as_str);
    find(asked).ok_or_else(|| Error::usage(format!("--export-format: there is no '{asked}'")))
}

/// Exports the definition of one API.
async fn export_one(session: &Session, matches: &ArgMatches, format: &'static Format) -> Result<Outcome> {
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
    let at = Target::new(id.as_str(), API.kind.api_version);
    let client = session.client()?;
    let answer = exported(client, at, format, id.name()).await?;
    let Some(path) = path else { return Ok(Outcome::value(SHAPE.show(&answer))) };
    let document = client.fetch(&link(&answer)?).await?;
    if path == "-" {
        return Ok(Outcome { raw: Some(document.to_vec()), ..Outcome::default() });
    }
    let file = files::resolve_output_path(Path::new(path), &format!("{}_{}", id.name(), format.ending))?;
    files::write_file(&file, &document)?;
    message::note(&format!("Definition written to {}", file.display()));
    Ok(Outcome::nothing())
}

/// The service's answer to the export of an API, checked to be of that API.
async fn exported(client: &Client, at: Target, format: &Format, api: &str) -> Result<Value> {
    let at = at.query("format", format.service).query("export", "true");
    let answer = client.send("GET", &at, None).await?.body;
    // Another process may export another version of it just now.
    identity::check_answer(&Asked { api, title: "", version: None }, &answer)?;
    Ok(answer)
}
