//! `azr apic import-from-apim` and `azr apic import apim`: import APIs of API Management into a center.
//!
//! Either the service imports them, as with az ([`service`]), or azr itself does ([`client`]).

mod center_changes;
mod client;
mod client_args;
mod client_options;
mod expected_apis;
mod failure_hint;
mod mapping_args;
mod preflight;
mod service;
mod service_progress;
mod sources;
mod swapped_names;

use clap::{Arg, ArgMatches};

use super::{api_rows, center, import_aws, report_option, shapes};
use crate::commands::aaz_value::{AazValue, mark_texts};
use crate::commands::tree::{Example, Leaf, Node, Outcome};
use crate::commands::{args, names};
use crate::interrupt::run_interruptible;
use crate::session::Session;
use azr_arm::schema::Kind;
use azr_core::error::Result;
use client_options::ClientOptions;
use service::{ImportAction, ImportSpecification};

/// `azr apic import …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        Leaf::run_with_matches(
            "apim",
            "Import APIs of an API Management service, once",
            source_options,
            async |session, matches| import_by_service(session, matches, ImportAction::ImportApiSource).await,
        )
        .details(SERVICE_DETAILS)
        .examples(&[Example {
            summary: "Import all APIs of a service in the same resource group",
            command: "azr apic import apim -g myResourceGroup -n myAPICenter --azure-apim myAPIManagement",
        }])
        .into(),
        import_aws::command().into(),
    ]
}

const SERVICE_DETAILS: &str = "The service does the import, as the center's managed identity, which needs the role API \
    Management Service Reader Role on the API Management service. It may take a long time; --no-wait does not wait for it. \
    The service does not report the result of each API: azr determines it, for stderr and --report, by comparing the \
    center before and after the import. An API that did not arrive does not make the command fail.";

const DETAILS: &str = "The service does the import, as the center's managed identity, which needs the role API \
    Management Service Reader Role on the API Management service. It may take a long time; --no-wait does not wait for it. \
    The service does not report the result of each API: azr determines it, for stderr and --report, by comparing the \
    center before and after the import. An API that did not arrive does not make the command fail.\n\n\
    With --mode client azr itself reads API Management and writes the center, as the signed-in user: with a plan to \
    look at first (--dry-run), a result for every API, and a journal, so that the same command resumes an interrupted \
    import. A version set becomes one API with its versions. MCP servers and A2A agents are imported, too, if the service \
    accepts the API version of API Management that shows them; --verbose says which was used. azr records where it imported a resource from in the custom \
    metadata azr-import. By that, a later run writes only what has changed, and --prune deletes what API Management no \
    longer has. What people created or added stays unchanged. The command exits with 4 if some APIs failed, 5 if a dry \
    run with --detailed-exitcode would change something, 130 if it was interrupted.";

/// `azr apic import-from-apim`, and `azr apic service import-from-apim`.
pub(super) fn command() -> Leaf {
    Leaf::run_with_matches("import-from-apim", "Import APIs of an API Management service", options, run)
    .details(DETAILS)
    .handles_interrupt()
    .table(api_rows::import_table)
    .examples(&[
        Example {
            summary: "Import all APIs of a service",
            command: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement --apim-apis '*'",
        },
        Example {
            summary: "Import one API by its resource id",
            command: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --source-resource-ids \"$apimID/apis/my-api\"",
        },
        Example {
            summary: "Import the second of four shares, as one job of a pipeline's matrix",
            command: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement --apim-apis '*' --mode client --shard 2/4 --report part2.json",
        },
        Example {
            summary: "Import a test service, whose APIs have a prefix, into the APIs of the production service",
            command: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement --apim-apis '*' --mode client --environment-id test --environment-kind testing --match name prefix=test-",
        },
        Example {
            summary: "Import the APIs of all workspaces of API Management",
            command: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement --apim-apis '*' --mode client --workspace '*'",
        },
        Example {
            summary: "Show what azr itself would import, without writing anything",
            command: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement --apim-apis '*' '!internal-*' --mode client --dry-run -o table",
        },
    ])
}

/// The option that replaces the names of the service and of its APIs.
const SOURCE_IDS: &str = "source-resource-ids";

fn shared_args() -> Vec<Arg> {
    // Abbreviations of --resource-group that --report would make ambiguous, but az accepts.
    let with_abbreviations = |a: Arg| if a.get_id() == "resource-group" { a.aliases(["r", "re"]) } else { a };
    let mut all: Vec<Arg> = mark_texts(center::options()).into_iter().map(with_abbreviations).collect();
    all.extend([
        args::list("apim-apis", 1)
            .add(AazValue(Kind::List(&Kind::Text)))
            .value_name("API")
            .help("APIs by name; * for all; with --mode client also patterns, and '!PATTERN' to exclude"),
        args::text("apim-subscription")
            .add(AazValue(Kind::Text))
            .value_name("ID")
            .help("Subscription of the API Management service [default: the center's]"),
        args::text("apim-resource-group")
            .add(AazValue(Kind::Text))
            .value_name("GROUP")
            .help("Resource group of the API Management service [default: the center's]"),
        args::no_wait(),
    ]);
    all
}

fn options() -> Vec<Arg> {
    let mut all = vec![args::required_unless(
        args::text("apim-name").add(AazValue(Kind::Text)).value_name("NAME").help("API Management service"),
        SOURCE_IDS,
    )];
    all.extend(shared_args());
    all.push(
        args::list(SOURCE_IDS, 1)
            .value_name("ID")
            .conflicts_with_all(["apim-name", "apim-apis"])
            .add(args::AzrOnly)
            .help("APIs by resource id: SERVICE_ID/apis/NAME; /apis/* for all"),
    );
    all.extend(client_args::args().into_iter().map(|arg| arg.add(args::AzrOnly)));
    all.into_iter()
        .map(|a| if a.get_id() == "apim-apis" { args::required_unless(a, SOURCE_IDS) } else { a })
        .collect()
}

fn source_options() -> Vec<Arg> {
    let mut all = shared_args();
    all.extend([
        args::text("azure-apim")
            .add(AazValue(Kind::Text))
            .visible_alias("apim-name")
            .value_name("NAME|ID")
            .required(true)
            .help("API Management service"),
        args::text("msi-resource-id")
            .add(AazValue(Kind::Text))
            .value_name("ID")
            .help("Resource id of the user-assigned identity that reads the service"),
        args::choice::<ImportSpecification>("import-specification")
            .help("When to import the documents of definitions [default: always]"),
        args::text("target-environment-id")
            .add(AazValue(Kind::Text))
            .value_name("ID")
            .help("Resource id of the environment of the APIs"),
        shapes::stage_arg("target-lifecycle-stage").help("Lifecycle stage of the imported versions"),
        report_option::option(),
    ]);
    all
}

/// Imports in the requested mode; azr's own import handles interrupts itself.
async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    if client_args::is_client_mode(matches)? {
        let center = center::read_center(session, matches, &names::CENTER)?;
        let options = ClientOptions::read(session, matches, &center)?;
        return Box::pin(client::run(session, options, center)).await;
    }
    Box::pin(run_interruptible(import_by_service(session, matches, ImportAction::ImportFromApim))).await
}

async fn import_by_service(session: &Session, matches: &ArgMatches, action: ImportAction) -> Result<Outcome> {
    let center = center::read_center(session, matches, &names::CENTER)?;
    service::run(session, matches, action, &center).await
}
