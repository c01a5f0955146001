//! `azr apic import-from-apim` and its spellings: APIs of API Management are imported into a center.
//!
//! By the service, as az has it ([`service`]), or by azr itself ([`client`]).

mod cause;
mod client;
mod difference;
mod expected;
mod preflight;
mod service;
mod sources;

use clap::{Arg, ArgMatches};

use super::shapes::STAGES;
use super::{center, import_aws, report};
use crate::commands::tree::{Example, Leaf, Node, Outcome};
use crate::commands::{args, names};
use crate::session::{Session, run_interruptible};
use azr_core::error::Result;
use service::Way;

pub use client::table;

/// `azr apic import …`.
pub fn children() -> Vec<Node> {
    vec![
        Leaf::run_with_matches(
            "apim",
            "Import APIs of an API Management service, once",
            source_options,
            async |session, matches| run(session, matches, Way::Source).await,
        )
        .details(DETAILS)
        .examples(&[Example {
            summary: "Import all APIs of a service in the same resource group",
            command: "azr apic import apim -g myResourceGroup -n myAPICenter --azure-apim myAPIManagement",
        }])
        .into(),
        import_aws::command().into(),
    ]
}

const DETAILS: &str = "The service does the import, as the center's managed identity, which needs the role API \
    Management Service Reader Role on the API Management service. It may take long; --no-wait does not wait for it. \
    The service says nothing of single APIs: what came of each, for stderr and --report, is seen by comparing the \
    center before and after, and an API that has not arrived is no failure of the command.";

const CLIENT_DETAILS: &str = "The service does the import, as the center's managed identity, which needs the role API \
    Management Service Reader Role on the API Management service. It may take long; --no-wait does not wait for it. \
    The service says nothing of single APIs: what came of each, for stderr and --report, is seen by comparing the \
    center before and after, and an API that has not arrived is no failure of the command.\n\n\
    With --mode client azr itself reads API Management and writes the center, as whoever is signed in: with a plan to \
    look at first (--dry-run), a result for every API, and a journal, so that the same command goes on where it was \
    interrupted. A version set becomes one API with its versions. What azr brings bears the custom metadata azr-import, \
    by which a later run knows it again: what is as it should be is not written, and --prune removes what is gone. What \
    people made or added stays as it is. It exits with 4 where some APIs failed, 5 where a dry run with \
    --detailed-exitcode would change something, 130 where it was interrupted.";

/// `azr apic import-from-apim`, and `azr apic service import-from-apim`.
pub fn command() -> Leaf {
    Leaf::run_with_matches("import-from-apim", "Import APIs of an API Management service", options, either_way)
    .details(CLIENT_DETAILS)
    .handles_interrupt()
    .table(table)
    .examples(&[
        Example {
            summary: "Import all APIs of a service",
            command: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement --apim-apis '*'",
        },
        Example {
            summary: "Import one API by its resource id",
            command: "azr apic service import-from-apim -g myResourceGroup --service-name myAPICenter --source-resource-ids \"$apimID/apis/my-api\"",
        },
        Example {
            summary: "Import the second of four parts, as one job of a pipeline's matrix",
            command: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement --apim-apis '*' --mode client --shard 2/4 --report part2.json",
        },
        Example {
            summary: "See what azr itself would import, without writing anything",
            command: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement --apim-apis '*' '!internal-*' --mode client --dry-run -o table",
        },
    ])
}

fn shared() -> Vec<Arg> {
    // az's users may have shortened it as long as there was no --report.
    let unshortened = |a: Arg| if a.get_id() == "resource-group" { a.aliases(["r", "re"]) } else { a };
    let mut all: Vec<Arg> = center::options().into_iter().map(unshortened).collect();
    all.extend([
        args::list("apim-apis", 1).value_name("API").help(
            "APIs by name; * for all; with --mode client also patterns, and '!PATTERN' for what is left out",
        ),
        args::text("apim-subscription")
            .value_name("ID")
            .help("Subscription of the API Management service [default: the center's]"),
        args::text("apim-resource-group")
            .value_name("GROUP")
            .help("Its resource group [default: the center's]"),
        args::no_wait(),
    ]);
    all
}

fn options() -> Vec<Arg> {
    let mut all = shared();
    all.push(
        args::text("apim-name")
            .value_name("NAME")
            .required_unless_present("source-resource-ids")
            .help("API Management service"),
    );
    all.push(
        args::list("source-resource-ids", 1)
            .value_name("ID")
            .conflicts_with_all(["apim-name", "apim-apis"])
            .help("APIs by resource id: SERVICE_ID/apis/NAME, or /apis/* for all"),
    );
    all.extend(client::options());
    all.into_iter()
        .map(|a| if a.get_id() == "apim-apis" { a.required_unless_present("source-resource-ids") } else { a })
        .collect()
}

fn source_options() -> Vec<Arg> {
    let mut all = shared();
    let choice = |long: &'static str, choices: &'static [&'static str]| {
        args::text(long).value_parser(clap::builder::PossibleValuesParser::new(choices)).ignore_case(true)
    };
    all.extend([
        args::text("azure-apim")
            .visible_alias("apim-name")
            .value_name("NAME|ID")
            .required(true)
            .help("API Management service"),
        args::text("msi-resource-id").value_name("ID").help("User-assigned identity to read it as"),
        choice("import-specification", &["always", "never", "ondemand"])
            .help("Whether definitions are imported with their documents [default: always]"),
        args::text("target-environment-id").value_name("ID").help("Environment to put the APIs in"),
        choice("target-lifecycle-stage", STAGES).help("Stage of the imported versions"),
        report::option().help("File for a report, .json, .xml (JUnit) or .md"),
    ]);
    all
}

/// Imports in the mode that is asked for; only azr's own import does more than end when it is told to.
async fn either_way(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    if client::is_wanted(matches)? {
        let center = center::read_center(session, matches, &names::CENTER)?;
        return Box::pin(client::run(session, matches, &center)).await;
    }
    run_interruptible(run(session, matches, Way::FromApim)).await
}

async fn run(session: &Session, matches: &ArgMatches, way: Way) -> Result<Outcome> {
    let center = center::read_center(session, matches, &names::CENTER)?;
    service::run(session, matches, way, &center).await
}
