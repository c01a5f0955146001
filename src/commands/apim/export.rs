//! `azr apim api export`: the definition of an API, or of many, exactly as the service wrote it.

mod bulk;
mod file_name;
mod format;
mod manifest;
mod selection;

use std::path::Path;

use bytes::Bytes;
use clap::{Arg, ArgMatches, Args};
use serde_json::Value;

use super::api_resource::API;
use super::shapes::shape;
use super::workspace::WorkspaceOption;
use crate::commands::tree::{Leaf, Outcome, read_options};
use crate::commands::{args, names, verbs};
use crate::interrupt::run_interruptible;
use crate::session::Session;
use azr_arm::Method;
use azr_arm::client::Client;
use azr_arm::plan::Target;
use azr_arm::schema::{Kind, Schema, field, text};
use azr_catalog::export::{ExportRequest, export_document};
use azr_catalog::export_check::{self, ExpectedApi, ExportedFormat};
use azr_core::error::{Error, Result};
use azr_core::files;
use azr_core::glob;
use azr_core::resource::APIM_SERVICE;
use azr_output::message;
use bulk::BulkExport;
use file_name::FileNamePattern;
use format::ExportFormat;
use selection::ListedApi;

static SHAPE: Schema = shape(&[
    text("id"),
    text("format").shown("exportResultFormat"),
    field("value", Kind::Object(&[text("link")])),
]);

/// The default of `--concurrency`.
const DEFAULT_CONCURRENCY: u16 = 8;
/// The largest value of `--concurrency`.
const MAX_CONCURRENCY: i64 = 64;

/// The options of the command, besides those that name the service.
#[derive(Args)]
struct ExportOptions {
    /// The names and patterns of `--api-id`, which is declared with the options that name the API.
    #[arg(skip)]
    apis: Vec<String>,
    #[arg(
        long = "export-format",
        visible_alias = "ef",
        value_name = "EXPORT_FORMAT",
        ignore_case = true,
        help = "Format of the definition"
    )]
    format: ExportFormat,
    // The aliases are abbreviations that were unambiguous in az before azr added --file-name.
    #[arg(
        long = "file-path",
        short = 'f',
        aliases = ["f", "fi", "fil", "file", "file-"],
        value_name = "PATH",
        help = "Folder or file to write to; - for stdout"
    )]
    path: Option<String>,
    #[arg(
        long,
        value_name = "PATTERN",
        help = "Names of the files in the folder, of {api}, {version}, {revision}, {format} and {ext}"
    )]
    file_name: Option<String>,
    #[arg(
        long,
        value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=MAX_CONCURRENCY),
        help = "Maximum number of concurrent exports, 1 to 64 [default: 8]"
    )]
    concurrency: Option<u16>,
    #[command(flatten)]
    workspace: WorkspaceOption,
}

impl ExportOptions {
    fn read(matches: &ArgMatches) -> Result<Self> {
        let mut options: Self = read_options(matches)?;
        options.apis = args::last_occurrence(matches, names::APIM_API.key).unwrap_or_default();
        Ok(options)
    }

    /// Whether several APIs are to be exported, or one whose file is named by a pattern.
    fn is_bulk(&self) -> bool {
        self.apis.len() > 1 || self.file_name.is_some() || self.apis.iter().any(|word| glob::is_glob(word))
    }

    /// The bulk export that the options ask for.
    fn bulk(&self) -> Result<BulkExport<'_>> {
        if !self.format.is_file {
            return Err(Error::usage(format!(
                "--export-format: {} returns the link of a single API",
                self.format.name()
            ))
            .with_hint("Give one --api-id, or a …File format."));
        }
        let folder = self.path.as_deref().ok_or_else(|| {
            Error::invalid("--file-path is required to export several APIs").with_hint("Give a folder.")
        })?;
        Ok(BulkExport {
            words: self.apis.clone(),
            format: self.format,
            folder,
            file_name: FileNamePattern::parse(self.file_name.as_deref().unwrap_or(file_name::DEFAULT))?,
            concurrency: usize::from(self.concurrency.unwrap_or(DEFAULT_CONCURRENCY)),
        })
    }
}

/// `azr apim api export`.
pub(super) fn command() -> Leaf {
    Leaf::run_with_matches("export", "Export the definition of an API to a file or a link", args, run).details(
        "A …File format writes the document byte for byte as the service returns it, to {api}_{format} in the \
         folder of --file-path, or to --file-path itself if it ends in a file name; - writes to stdout. \
         A …Url format prints a link that expires after about five minutes. Several APIs, or a pattern such as \
         'petstore-*' ('!…' excludes; current revisions only, unless it contains ';rev='), are exported to the folder \
         of --file-path; versions of one version set and revisions of one API are exported one at a time. APIs that \
         have no definition in the format are skipped. manifest.json in the folder and the printed result list the \
         status of each API; exit code 4 means that some failed. Ctrl-C leaves only complete files and a manifest \
         that lists them.",
    )
    .table(manifest::table)
    .handles_interrupt()
}

fn args() -> Vec<Arg> {
    let mut all: Vec<Arg> = verbs::name_args(&API, false).into_iter().map(accept_several_apis).collect();
    all.extend(args::derived::<ExportOptions>());
    all
}

/// Lets `--api-id` take several words; other options stay as they are.
fn accept_several_apis(arg: Arg) -> Arg {
    if arg.get_id() == names::APIM_API.key {
        return arg
            .num_args(1..)
            .help("API, with ;rev=N for a revision that is not current; several, or patterns");
    }
    arg
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let options = ExportOptions::read(matches)?;
    if options.is_bulk() {
        let bulk = options.bulk()?;
        let service = args::name_value(matches, &names::APIM)?.unwrap_or_default();
        let service = APIM_SERVICE.id(&session.group_scope(args::resource_group_value(matches))?, &[service]);
        let collection = Target::new(service.as_str(), API.resource_type.api_version).join("apis");
        let collection = options.workspace.apply(collection)?;
        return bulk::export(session.client()?, &collection, bulk).await;
    }
    run_interruptible(export_one(session, matches, &options)).await
}

/// Exports the definition of one API.
async fn export_one(session: &Session, matches: &ArgMatches, options: &ExportOptions) -> Result<Outcome> {
    let format = options.format;
    let path = match (format.is_file, options.path.as_deref()) {
        (true, None) => {
            return Err(Error::invalid(format!(
                "--file-path is required with --export-format {}",
                format.name()
            ))
            .with_hint("Give a folder, a file, or - for stdout; or ask for a link with a …Url format."));
        }
        (true, Some(path)) => Some(path),
        (false, _) => None,
    };
    let id = verbs::resource_id(session, &API, matches)?;
    let target = options.workspace.apply(Target::new(id.as_str(), API.resource_type.api_version))?;
    let client = session.client()?;
    let Some(path) = path else {
        let answer = request_link(client, target, format, id.name()).await?;
        return Ok(Outcome::value(SHAPE.show(&answer)));
    };
    let document = match fetch_document(client, &target, format, id.name()).await {
        Ok(document) => document,
        Err(error) => return Err(explain_refusal(client, &target, format, error).await),
    };
    if path == "-" {
        return Ok(Outcome::raw(document.to_vec()));
    }
    let (format, extension) = format.file_name_parts();
    let file = files::resolve_output_path(Path::new(path), &format!("{}_{format}.{extension}", id.name()))?;
    files::write_file(&file, &document)?;
    message::status(&format!("Definition written to {}", file.display()));
    Ok(Outcome::empty())
}

/// The reason why an API has no definition in the format, if that is why the service refused to export it.
async fn explain_refusal(client: &Client, api: &Target, format: ExportFormat, error: Error) -> Error {
    if error.service_error().is_none_or(|refusal| refusal.status != 400) {
        return error;
    }
    let Ok(response) = client.send(Method::GET, api, None).await else { return error };
    let reason = selection::reason_to_skip(&ListedApi::read(&response.body), format);
    reason.map_or(error, Error::unsupported)
}

/// Asks the service for the link of an export, and checks that its answer is about the requested API.
async fn request_link(client: &Client, api: Target, format: ExportFormat, name: &str) -> Result<Value> {
    let target = api.query("format", format.query_value()).query("export", "true");
    let answer = client.send(Method::GET, &target, None).await?.body;
    // The service may answer with another version that another process exports at the same time.
    export_check::check_response(&expected_api(name, None), &answer)?;
    Ok(answer)
}

/// Exports the definition of an API, and checks that it is a definition in the format.
///
/// WSDL is compared with the API, which takes two more requests. OpenAPI is not, so that the requests are those of az.
async fn fetch_document(client: &Client, api: &Target, format: ExportFormat, name: &str) -> Result<Bytes> {
    let title = match format.exported_format() {
        ExportedFormat::Wsdl => {
            let body = client.send(Method::GET, api, None).await?.body;
            body["properties"]["displayName"].as_str().map(str::to_owned)
        }
        _ => None,
    };
    let request = ExportRequest {
        api,
        expected: expected_api(name, title.as_deref()),
        format: format.exported_format(),
        query_value: format.query_value(),
        checked_digest: None,
    };
    Ok(export_document(client, &request).await?.bytes)
}

fn expected_api<'a>(name: &'a str, title: Option<&'a str>) -> ExpectedApi<'a> {
    ExpectedApi { name, title, version: None, has_siblings: false }
}
