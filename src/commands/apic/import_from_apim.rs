//! `azr apic import-from-apim` and its spellings: the service imports APIs of API Management into a center.

mod client;
mod preflight;

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;

use clap::{Arg, ArgMatches};
use serde_json::{Value, json};

use super::shapes::STAGES;
use super::{center, import_aws};
use crate::arm::client::Client;
use crate::arm::edit::{self, Step};
use crate::arm::execute;
use crate::arm::id::ResourceId;
use crate::arm::pager;
use crate::arm::plan::{Action, Job, Target};
use crate::arm::resource::{APIC_PREVIEW, APIM_API, APIM_SERVICE, CENTER, CENTER_API};
use crate::arm::schema::{Kind, field};
use crate::commands::tree::{Example, Leaf, Node, Outcome};
use crate::commands::{args, names, shorthand};
use crate::error::{Error, Result};
use crate::output::message;
use crate::output::progress::Progress;
use crate::session::Session;

pub use client::table;

type Running<'a> = Pin<Box<dyn Future<Output = Result<Outcome>> + 'a>>;

/// Which request of the service does the import.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// `importFromApim`, which az calls deprecated and everybody uses.
    FromApim,
    /// `importApiSource`.
    Source,
}

/// `azr apic import …`.
pub fn children() -> Vec<Node> {
    vec![
        Leaf::run(
            "apim",
            "Import APIs of an API Management service, once",
            source_options,
            |session, matches| Box::pin(run(session, matches, Way::Source)) as Running<'_>,
        )
        .details(DETAILS)
        .examples(&[Example {
            what: "Import all APIs of a service in the same resource group",
            line: "azr apic import apim -g myResourceGroup -n myAPICenter --azure-apim myAPIManagement",
        }])
        .into(),
        import_aws::command().into(),
    ]
}

const DETAILS: &str = "The service does the import, as the center's managed identity, which needs the role API \
    Management Service Reader Role on the API Management service. It may take long; --no-wait does not wait for it.";

const CLIENT_DETAILS: &str = "The service does the import, as the center's managed identity, which needs the role API \
    Management Service Reader Role on the API Management service. It may take long; --no-wait does not wait for it. \
    With --mode client azr itself reads API Management and writes the center, as whoever is signed in: with a plan to \
    look at first (--dry-run), a result for every API, and a journal, so that the same command goes on where it was \
    interrupted. It exits with 4 where some APIs failed.";

/// `azr apic import-from-apim`, and `azr apic service import-from-apim`.
pub fn command() -> Leaf {
    Leaf::run("import-from-apim", "Import APIs of an API Management service", options, |session, matches| {
        Box::pin(run(session, matches, Way::FromApim)) as Running<'_>
    })
    .details(CLIENT_DETAILS)
    .table(client::table)
    .examples(&[
        Example {
            what: "Import all APIs of a service",
            line: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement --apim-apis '*'",
        },
        Example {
            what: "Import one API by its resource id",
            line: "azr apic service import-from-apim -g myResourceGroup --service-name myAPICenter --source-resource-ids \"$apimID/apis/my-api\"",
        },
        Example {
            what: "See what azr itself would import, without writing anything",
            line: "azr apic import-from-apim -g myResourceGroup -n myAPICenter --apim-name myAPIManagement --apim-apis '*' '!internal-*' --mode client --dry-run -o table",
        },
    ])
}

fn shared() -> Vec<Arg> {
    let mut all = center::options();
    all.extend([
        args::many("apim-apis", 1).value_name("API").help("APIs by name; * for all"),
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
        args::many("source-resource-ids", 1)
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
    ]);
    all
}

async fn run(session: &Session, matches: &ArgMatches, way: Way) -> Result<Outcome> {
    let center = center::of(session, matches, &names::CENTER)?;
    if client::is_wanted(matches)? {
        return client::run(session, matches, &center).await;
    }
    let sources = sources(session, matches, &center)?;
    let client = session.client()?;
    preflight::check(client, &center, &sources).await?;
    let no_wait = args::bool_of(matches, "no-wait")? == Some(true);
    let before = if no_wait { None } else { Some(api_ids(client, &center).await) };

    let action = Action::Post { body: Some(body(matches, way, &sources)), location_of: None };
    let at = match way {
        Way::FromApim => Target::new(center.as_str(), CENTER.api_version).join("importFromApim"),
        Way::Source => Target::new(format!("{center}/workspaces/default/importApiSource"), APIC_PREVIEW),
    };
    let mut job = Job::new(at, action, None);
    job.silent = true;
    job.no_wait = no_wait;
    let mut watch = Watch(Progress::start(format!("Importing into {}", center.name())));
    let done = execute::execute(client, &job.into(), &mut watch).await;
    watch.0.finish();
    done?;
    match before {
        None => message::note("The import has been started; azr does not wait for it."),
        Some(before) => say_what_is_new(client, &center, before).await,
    }
    Ok(Outcome::nothing())
}

/// The resource ids of what to import.
fn sources(session: &Session, matches: &ArgMatches, center: &ResourceId) -> Result<Vec<String>> {
    let given = list_of(matches, "source-resource-ids")?;
    if !given.is_empty() {
        return given.iter().map(|id| api_id(id)).collect();
    }
    let service = service(session, matches, center)?;
    let mut apis = list_of(matches, "apim-apis")?;
    if apis.is_empty() {
        apis.push("*".to_owned());
    }
    apis.iter()
        .map(|api| {
            if api != "*" {
                names::APIM_API.check(api)?;
            }
            Ok(service.child("apis", api).to_string())
        })
        .collect()
}

/// The API Management service that the options name.
fn service(session: &Session, matches: &ArgMatches, center: &ResourceId) -> Result<ResourceId> {
    let text = |long: &str| matches.try_get_one::<String>(long).ok().flatten().cloned();
    match text("azure-apim") {
        Some(id) if id.contains('/') => {
            let id: ResourceId = id.parse()?;
            if !APIM_SERVICE.matches(&id) {
                return Err(Error::invalid(format!(
                    "--azure-apim: '{id}' is not the id of an API Management service"
                )));
            }
            Ok(id)
        }
        named => {
            let name =
                named.or_else(|| text("apim-name")).ok_or_else(|| Error::usage("--apim-name is required"))?;
            names::APIM_ITSELF.check(&name)?;
            let subscription = match text("apim-subscription") {
                Some(given) => session.context.subscription(Some(&given))?.id,
                None => center.subscription().unwrap_or_default().to_owned(),
            };
            let group =
                text("apim-resource-group").or_else(|| center.group().map(str::to_owned)).unwrap_or_default();
            Ok(APIM_SERVICE.id(&ResourceId::resource_group(&subscription, &group), &[&name]))
        }
    }
}

/// Checks that an id is that of an API of API Management, or of all of them.
fn api_id(given: &str) -> Result<String> {
    let id: ResourceId = given.parse()?;
    if APIM_API.matches(&id) {
        return Ok(id.to_string());
    }
    Err(Error::invalid(format!("--source-resource-ids: '{given}' is not the id of an API of API Management"))
        .with_hint("Such an id ends in /providers/Microsoft.ApiManagement/service/SERVICE/apis/API, or in /apis/* for all."))
}

/// The words of a list option: several words, or az's shorthand `[a,b]`.
fn list_of(matches: &ArgMatches, long: &'static str) -> Result<Vec<String>> {
    let occurrences = args::occurrences(matches, long);
    if occurrences.is_empty() {
        return Ok(Vec::new());
    }
    let path = [Step::Key("list".to_owned())];
    let edits = shorthand::parse(&format!("--{long}"), &Kind::List(&Kind::Text), &path, &occurrences)?;
    let mut doc = json!({});
    edit::apply(&edits, &mut doc, const { &[field("list", Kind::List(&Kind::Text))] })?;
    Ok(doc["list"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
}

fn body(matches: &ArgMatches, way: Way, sources: &[String]) -> Value {
    if way == Way::FromApim {
        return json!({"sourceResourceIds": sources});
    }
    let text = |long: &str| matches.get_one::<String>(long);
    let mut body = json!({
        "apiSourceType": "AzureApiManagement",
        "azureApiManagementSource": {"sourceResourceIds": sources},
        "importSpecification": text("import-specification").map_or("always".to_owned(), |t| t.to_ascii_lowercase()),
    });
    if let Some(identity) = text("msi-resource-id") {
        body["azureApiManagementSource"]["msiResourceId"] = Value::String(identity.clone());
    }
    if let Some(environment) = text("target-environment-id") {
        body["targetEnvironmentId"] = Value::String(environment.clone());
    }
    if let Some(stage) = text("target-lifecycle-stage") {
        body["targetLifecycleStage"] = Value::String(stage.to_ascii_lowercase());
    }
    body
}

/// The ids of the APIs in a center, in lower case.
async fn api_ids(client: &Client, center: &ResourceId) -> Result<HashSet<String>> {
    let at = Target::new(format!("{center}/workspaces/default/apis"), CENTER_API.api_version);
    let listed = pager::list(client, &at, None, None).await?;
    Ok(listed.items.iter().filter_map(|api| api["id"].as_str()).map(str::to_ascii_lowercase).collect())
}

async fn say_what_is_new(client: &Client, center: &ResourceId, before: Result<HashSet<String>>) {
    let text = match (before, api_ids(client, center).await) {
        (Ok(before), Ok(after)) => {
            let new = after.difference(&before).count();
            format!("Imported: {new} of the {} APIs in {} are new.", after.len(), center.name())
        }
        (Err(e), _) | (_, Err(e)) => format!("Imported; how many APIs are new cannot be told: {e}"),
    };
    message::note(&text);
}

struct Watch(Progress);

impl execute::Observer for Watch {
    fn note(&mut self, text: &str) {
        message::warn(text);
    }

    fn progress(&mut self, state: &str) {
        self.0.set(format!("Importing: {state}"));
    }

    fn holds(&self, _: &str, _: &Value) -> Result<bool> {
        Ok(false)
    }
}
