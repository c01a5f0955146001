//! `azr apic api register`: an API, its version and definition from a document, in one go; or many of them.

mod document;
mod execute;
mod folder;
mod locations;
mod many;
mod plan;
mod shown;
mod single;

use std::path::PathBuf;

use clap::{Arg, ArgMatches};

use super::register_plan::Options;
use super::report_option::{self, ReportFile};
use super::shapes::STAGES;
use crate::commands::tree::{Example, Leaf, Outcome};
use crate::commands::{args, names};
use crate::session::Session;
use azr_core::error::{Error, Result};
use azr_core::id::ResourceId;
use azr_core::resource::CENTER;

use document::Bundling;

/// How many APIs are registered at once.
const CONCURRENCY: u64 = 8;

/// `azr apic api register`.
pub fn command() -> Leaf {
    Leaf::run_with_matches(
        "register",
        "Register APIs from their definitions: creates API, version, definition and deployments",
        options,
        run,
    )
    .details(DETAILS)
    .table(shown::table)
    .examples(&[
        Example {
            summary: "Register a file",
            command: "azr apic api register -g myResourceGroup -n myAPICenter --api-location openapi.json",
        },
        Example {
            summary: "Register a URL, and say where the API runs",
            command: "azr apic api register -g myResourceGroup -n myAPICenter -l https://example.com/openapi.yaml --environment-id production",
        },
        Example {
            summary: "See what all definitions below a folder would become, without writing anything",
            command: "azr apic api register -g myResourceGroup -n myAPICenter -l specs --recursive --dry-run -o table",
        },
        Example {
            summary: "Register the definitions that fit a pattern, with a report for a pipeline",
            command: "azr apic api register -g myResourceGroup -n myAPICenter -l 'services/**/openapi.{json,yaml}' --report report.xml",
        },
    ])
}

const DETAILS: &str = "Reads OpenAPI 3.x, Swagger 2.0, AsyncAPI, GraphQL, WSDL, WADL and Protocol Buffers, by what is in \
    the file. What a document refers to in other files of its folder ($ref) is put into the one document that is sent. \
    With --environment-id every server of the document becomes a deployment. A registration that broke off is completed \
    by running the command again.\n\n\
    --api-location also takes a folder, a pattern (* ? ** [a-z] {json,yaml}, in quotes) or several of all these. Files of \
    a folder that are no definitions are passed over. Definitions with the same title are versions of one API, which is \
    described as its highest version has it; two that would be the same version are refused before anything is written. \
    --version-id and --definition-id then hold for every one. The result says what came of each API; the command exits \
    with 4 where some failed.";

fn options() -> Vec<Arg> {
    let mut all = vec![
        args::list("api-location", 1)
            .short('l')
            .required(true)
            .value_name("LOCATION")
            .help("The definition: a file or URL; or several: also folders and patterns"),
        args::resource_group().required(true),
        args::name(&names::CENTER).required(true),
        args::text("environment-id").value_name("NAME").help("Environment that its servers are in"),
    ];
    let azr_only = [
        args::text("api-id").value_name("NAME").help("API to create [default: from the title]"),
        args::text("version-id").value_name("NAME").help("Version to create [default: from the document's]"),
        args::text("definition-id")
            .value_name("NAME")
            .help("Definition to create [default: the format, such as openapi]"),
        args::text("title").help("Title, 1 to 50 characters [default: the document's]"),
        args::text("lifecycle-stage")
            .value_parser(clap::builder::PossibleValuesParser::new(STAGES))
            .ignore_case(true)
            .help("Stage of the version's life [default: design]"),
        args::flag("no-bundle")
            .help("Refuse a document that refers to other files, rather than put them into it"),
        args::flag("recursive").help("With a folder: also the folders below it"),
        args::flag("dry-run").help("Show what would be done, and write nothing"),
        args::text("concurrency")
            .value_name("N")
            .value_parser(clap::value_parser!(u64).range(1..=64))
            .help("How many APIs at once, 1 to 64 [default: 8]"),
        args::flag("fail-fast").help("Begin no more APIs once one has failed"),
        args::text("journal")
            .value_name("FILE")
            .help("With several: file that remembers what is done [default: one of azr's own]"),
        report_option::option(),
    ];
    all.extend(azr_only.map(|arg| arg.add(args::AzrOnly)));
    all
}

/// What the command line says.
struct Request {
    center: ResourceId,
    /// The center's workspace.
    workspace: ResourceId,
    /// The words of `--api-location`.
    words: Vec<String>,
    options: Options,
    bundling: Bundling,
    recursive: bool,
    dry_run: bool,
    concurrency: usize,
    fail_fast: bool,
    journal: Option<PathBuf>,
    report: Option<ReportFile>,
}

impl Request {
    fn read(session: &Session, matches: &ArgMatches) -> Result<Self> {
        let text = |long: &str| matches.get_one::<String>(long).cloned();
        let path = |long: &str| matches.get_one::<String>(long).map(PathBuf::from);
        let options = Options {
            api_id: text("api-id"),
            version_id: text("version-id"),
            definition_id: text("definition-id"),
            lifecycle_stage: text("lifecycle-stage").map(|s| s.to_ascii_lowercase()),
            title: text("title"),
            environment_id: text("environment-id"),
            among_others: false,
        };
        let center = args::name_value(matches, &names::CENTER)?
            .ok_or_else(|| Error::usage("--service-name is required"))?;
        let center = CENTER.id(&session.group_scope(args::resource_group_value(matches))?, &[center]);
        let concurrency = matches.get_one::<u64>("concurrency").copied().unwrap_or(CONCURRENCY);
        Ok(Self {
            workspace: center.child("workspaces", "default"),
            center,
            words: args::occurrences(matches, "api-location").concat(),
            options,
            bundling: if matches.get_flag("no-bundle") { Bundling::Refuse } else { Bundling::Bundle },
            recursive: matches.get_flag("recursive"),
            dry_run: matches.get_flag("dry-run"),
            concurrency: usize::try_from(concurrency).unwrap_or(1),
            fail_fast: matches.get_flag("fail-fast"),
            journal: path("journal"),
            report: ReportFile::read(matches)?,
        })
    }

    /// The text that tells this registration from another.
    fn source(&self) -> Result<String> {
        many::source(&self.words)
    }

    /// Whether nothing is asked for that az does not know.
    fn is_plain(&self) -> bool {
        !self.dry_run && self.journal.is_none() && self.report.is_none()
    }
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let mut request = Request::read(session, matches)?;
    let locations = locations::find(&request.words, request.recursive)?;
    request.options.among_others = locations.all.len() > 1;
    match &locations.all[..] {
        [location] if locations.single && request.is_plain() => {
            single::register(session, &request, location).await
        }
        _ => many::register(session, &request, locations).await,
    }
}
