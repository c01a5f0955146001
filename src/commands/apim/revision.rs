//! `azr apim api revision`.

use clap::{Arg, ArgMatches, Args};
use serde_json::{Map, Value};

use super::api_resource::API;
use super::api_shape;
use super::shapes::shape;
use super::workspace::WorkspaceOption;
use crate::commands::tree::{Example, Leaf, Node, Outcome, read_options};
use crate::commands::{args, names, verbs};
use crate::session::{LogObserver, Session};
use azr_arm::Method;
use azr_arm::execute;
use azr_arm::plan::{Action, Job, Target};
use azr_arm::schema::{Kind, Schema, field, text};
use azr_core::error::Result;

static SHAPE: Schema = shape(&[
    text("apiId").read_only(),
    text("apiRevision").read_only(),
    field("createdDateTime", Kind::Time).read_only(),
    field("updatedDateTime", Kind::Time).read_only(),
    text("description").read_only(),
    text("privateUrl").read_only(),
    field("isOnline", Kind::Bool).read_only(),
    field("isCurrent", Kind::Bool).read_only(),
]);

/// The properties that a new revision copies from the API.
const COPIED_PROPERTIES: &[&str] = &[
    "authenticationSettings",
    "displayName",
    "path",
    "protocols",
    "serviceUrl",
    "subscriptionKeyParameterNames",
];

/// The options of `create`, besides those that name the API.
#[derive(Args)]
struct CreateOptions {
    #[arg(long, value_name = "N", help = "Number of the new revision")]
    api_revision: String,
    #[arg(long, visible_alias = "rev-description", help = "Description of the changes in the revision")]
    api_revision_description: Option<String>,
}

fn create_args() -> Vec<Arg> {
    let mut all = verbs::name_args(&API, false);
    all.extend(args::derived::<CreateOptions>());
    all
}

async fn create(session: &Session, matches: &ArgMatches) -> Result<Outcome> {
    let options: CreateOptions = read_options(matches)?;
    let target =
        Target::new(verbs::resource_id(session, &API, matches)?.as_str(), API.resource_type.api_version);
    let client = session.client()?;
    let current = client.send(Method::GET, &target, None).await?.body;
    let mut properties = Map::new();
    if let Some(description) = options.api_revision_description {
        properties.insert("apiRevisionDescription".to_owned(), Value::String(description));
    }
    let api = args::text_value(matches, names::APIM_API.key).unwrap_or_default();
    properties.insert("sourceApiId".to_owned(), Value::String(format!("/apis/{api}")));
    for name in COPIED_PROPERTIES {
        if let Some(value) = current["properties"].get(*name).filter(|v| !v.is_null()) {
            properties.insert((*name).to_owned(), value.clone());
        }
    }
    let path = format!("{};rev={}", target.path, options.api_revision);
    let body = Some(serde_json::json!({"properties": properties}));
    let action = Action::Put { body, location_from_group: None };
    let job = Job::new(Target::new(path, API.resource_type.api_version), action, Some(&api_shape::API));
    let value = execute::execute(client, &job.into(), &mut LogObserver).await?;
    Ok(Outcome { value, ..Outcome::default() })
}

/// `azr apim api revision …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        Leaf::run_with_matches("create", "Create a revision of an API", create_args, create)
            .examples(&[Example { summary: "Create revision 2", command: "azr apim api revision create -g myResourceGroup --service-name myAPIManagement --api-id my-api --api-revision 2 --api-revision-description \"Try it\"" }])
            .into(),
        Leaf::plan(
            "list",
            "List the revisions of an API",
            || {
                let mut all = verbs::name_args(&API, false);
                all.extend(args::derived::<WorkspaceOption>());
                all
            },
            |session, matches| {
                let target = Target::new(verbs::resource_id(session, &API, matches)?.as_str(), API.resource_type.api_version).join("revisions");
                let target = read_options::<WorkspaceOption>(matches)?.apply(target)?;
                Ok(Job::new(target, Action::List { max_items: None, next_token: None }, Some(&SHAPE)).into())
            },
        )
        .examples(&[Example { summary: "List the revisions", command: "azr apim api revision list -g myResourceGroup --service-name myAPIManagement --api-id my-api -o table" }])
        .into(),
    ]
}
