//! `azr apic api register`: an API, its version and definition from a document, in one go.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;

use clap::{Arg, ArgMatches};
use url::Url;

use super::register_plan::{self, Options, RegisterPlan, Source, Step};
use super::shapes::STAGES;
use crate::arm::client::Client;
use crate::arm::execute;
use crate::arm::plan::{Action, Job, Target};
use crate::arm::resource::CENTER;
use crate::commands::tree::{Example, Leaf, Outcome};
use crate::commands::{args, names};
use crate::error::{Error, Result};
use crate::output::message;
use crate::session::{Quiet, Session};
use crate::spec;

/// `azr apic api register`.
pub fn command() -> Leaf {
    Leaf::run(
        "register",
        "Register an API from its definition: creates the API, version, definition and deployments",
        options,
        |session, matches| Box::pin(run(session, matches)) as Pin<Box<dyn Future<Output = Result<Outcome>> + '_>>,
    )
    .details(
        "Reads OpenAPI 2.0, 3.0 and 3.1 in JSON or YAML, from a file or a URL. With --environment-id every server of the \
         document becomes a deployment. A registration that broke off is completed by running the command again.",
    )
    .examples(&[
        Example {
            what: "Register a file",
            line: "azr apic api register -g myResourceGroup -n myAPICenter --api-location openapi.json",
        },
        Example {
            what: "Register a URL, and say where the API runs",
            line: "azr apic api register -g myResourceGroup -n myAPICenter -l https://example.com/openapi.yaml --environment-id production",
        },
    ])
}

fn options() -> Vec<Arg> {
    vec![
        args::text("api-location").short('l').required(true).value_name("FILE|URL").help("The definition"),
        args::resource_group().required(true),
        args::name(&names::CENTER).required(true),
        args::text("environment-id").value_name("NAME").help("Environment that its servers are in"),
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
    ]
}

async fn run(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let text = |long: &str| matches.get_one::<String>(long).cloned();
    let location = text("api-location").unwrap_or_default();
    let options = Options {
        api_id: text("api-id"),
        version_id: text("version-id"),
        definition_id: text("definition-id"),
        lifecycle_stage: text("lifecycle-stage").map(|s| s.to_ascii_lowercase()),
        title: text("title"),
        environment_id: text("environment-id"),
    };
    let center =
        args::name_of(matches, &names::CENTER)?.ok_or_else(|| Error::usage("--service-name is required"))?;
    let workspace = CENTER.id(&session.group_scope(matches)?, &[center]).child("workspaces", "default");
    let (bytes, source) = read(session, &location).await?;
    let definition = spec::read(&bytes, &location)?;
    let plan = register_plan::plan(&workspace, &definition, &source, &options)?;
    for note in &plan.notes {
        message::warn(note);
    }
    carry_out(session.client()?, &plan).await?;
    message::note(&format!(
        "Registered {} with version {} and definition {}.",
        plan.api.name(),
        plan.version.name(),
        plan.definition.name()
    ));
    Ok(Outcome::nothing())
}

async fn read(session: &Session, location: &str) -> Result<(Vec<u8>, Source)> {
    let lower = location.to_ascii_lowercase();
    if lower.starts_with("https://") || lower.starts_with("http://") {
        let url = Url::parse(location)
            .map_err(|e| Error::invalid(format!("--api-location: '{location}' is not a URL: {e}")))?;
        let bytes = session.client()?.fetch(&url).await?.to_vec();
        return Ok((bytes, Source::Url(location.to_owned())));
    }
    let path = Path::new(location);
    if path.is_dir() {
        return Err(Error::invalid(format!("--api-location: {location} is a folder"))
            .with_hint("Give one file, such as openapi.json."));
    }
    let bytes = std::fs::read(path).map_err(|e| Error::read(path, e))?;
    Ok((bytes, Source::File { name: location.to_owned() }))
}

async fn carry_out(client: &Client, plan: &RegisterPlan) -> Result<()> {
    for (at, step) in plan.steps.iter().enumerate() {
        if let Err(error) = send(client, step).await {
            if at > 0 {
                message::warn(&half_done(plan, at));
            }
            return Err(error);
        }
        message::info(&format!("{} is registered", step.label));
    }
    Ok(())
}

async fn send(client: &Client, step: &Step) -> Result<()> {
    let target = Target::new(step.path.as_str(), step.api_version);
    let body = Some(step.body.clone());
    let action = match step.method {
        "POST" => Action::Post { body, location_of: None },
        _ => Action::Put { body, location_of: None },
    };
    execute::execute(client, &Job::new(target, action, None).into(), &mut Quiet).await.map(|_| ())
}

/// What was created and what was not, when the step at `failed` failed.
fn half_done(plan: &RegisterPlan, failed: usize) -> String {
    let labels = |steps: &[Step]| steps.iter().map(|s| s.label.as_str()).collect::<Vec<_>>().join(", ");
    format!(
        "Registered: {}. Not registered: {}. Run the same command again to complete it.",
        labels(&plan.steps[..failed]),
        labels(&plan.steps[failed..])
    )
}
