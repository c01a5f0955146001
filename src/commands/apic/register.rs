//! `azr apic api register`: registers an API with its version and definition from a document, or many of them.

mod bulk;
mod document;
mod dry_run;
mod exclusions;
mod export_manifest;
pub(super) mod folder;
mod location;
mod locations;
pub(super) mod options;
mod path_pattern;
mod single;
mod texts;

use clap::ArgMatches;

use crate::commands::tree::{Example, Leaf, Outcome};
use crate::session::Session;
use azr_core::error::Result;
use options::RegisterOptions;

/// `azr apic api register`.
pub(super) fn command() -> Leaf {
    Leaf::run_with_matches(
        "register",
        "Register APIs from their definitions: creates API, version, definition and deployments",
        options::args,
        run,
    )
    .details(DETAILS)
    .table(dry_run::table)
    .examples(&[
        Example {
            summary: "Register a file",
            command: "azr apic api register -g myResourceGroup -n myAPICenter --api-location openapi.json",
        },
        Example {
            summary: "Register a URL, with the environment of the API",
            command: "azr apic api register -g myResourceGroup -n myAPICenter -l https://example.com/openapi.yaml --environment-id production",
        },
        Example {
            summary: "Show what all definitions in a folder would become, without writing anything",
            command: "azr apic api register -g myResourceGroup -n myAPICenter -l specs --recursive --dry-run -o table",
        },
        Example {
            summary: "Register the definitions that match a pattern, with a report for a pipeline",
            command: "azr apic api register -g myResourceGroup -n myAPICenter -l 'services/**/openapi.{json,yaml}' --report report.xml",
        },
    ])
}

const DETAILS: &str = "Reads OpenAPI 3.x, Swagger 2.0, AsyncAPI, GraphQL, WSDL, WADL and Protocol Buffers; the content of \
    a file determines its format. Other files below the working directory that a document refers to ($ref) are \
    bundled into the document that is sent. With --environment-id, every server in the document becomes a deployment. Run the command \
    again to complete an interrupted registration.\n\n\
    --api-location also accepts a folder, a pattern (* ? ** [a-z] {json,yaml}, in quotes), or several of these; \
    '!PATTERN' excludes files. Files in a folder that are not definitions are ignored. Definitions in a \
    folder with a manifest.json of azr apim api export get the names in it. Definitions with the same title \
    become versions of one API, which is described by its highest version; two definitions of the same version are an \
    error before anything is written. \
    --version-id and --definition-id then apply to every definition. The result lists every API; the command exits with \
    4 if some failed.";

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let mut options = RegisterOptions::read(session, matches)?;
    let locations = locations::find_locations(&options.locations, options.recursive)?;
    options.registration.is_one_of_several = locations.all.len() > 1;
    match &locations.all[..] {
        [location] if locations.is_single && options.is_az_compatible() => {
            single::register(session, &options, location).await
        }
        _ => bulk::register(session, &options, locations).await,
    }
}
