//! `azr apim api schema`.

use clap::{ArgMatches, Args};
use serde_json::Value;

use super::shapes::{ID, NAME, TYPE, shape};
use super::top_skip::PageOptions;
use super::workspace::{READ, WorkspaceOption};
use crate::commands::resource::{BodyArg, NameArg, Resource, Segment, WriteVerb, arg};
use crate::commands::tree::{Example, Leaf, Node, read_options};
use crate::commands::verbs::{self, SDK, VerbConfig};
use crate::commands::{args, names};
use azr_arm::edit::{Edit, PathSegment};
use azr_arm::plan::{Action, Job, Target};
use azr_arm::schema::{Kind, Schema, field, flattened, text};
use azr_core::error::{Error, Result};
use azr_core::resource::APIM_SCHEMA;

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    flattened(
        "properties",
        &[
            text("contentType"),
            flattened(
                "document",
                &[text("value"), field("definitions", Kind::Any), field("components", Kind::Any)],
            ),
        ],
    ),
]);

static SCHEMA_ID: NameArg = names::apim("schema-id", &["schema-id"], "Schema of the API");

const ARGS: &[BodyArg] = &[
    arg("schema-type", "contentType", "Media type of the schema").only_for(WriteVerb::Create).required(),
    arg("schema-content", "", "Text of the schema").only_for(WriteVerb::Create),
    arg("schema-path", "", "File with the schema").only_for(WriteVerb::Create),
    arg("schema-name", "", "Ignored; accepted for az compatibility (the id is the name)")
        .only_for(WriteVerb::Create),
    arg("resource-type", "", "Ignored; accepted for az compatibility (the service sets the type)")
        .only_for(WriteVerb::Create),
];

const fn schema(segments: &'static [Segment]) -> Resource {
    Resource {
        noun: "schema of an API",
        plural: "schemas of an API",
        resource_type: &APIM_SCHEMA,
        segments,
        schema: &SHAPE,
        args: ARGS,
    }
}

static SCHEMA: Resource =
    schema(&[Segment::Name(&names::APIM), Segment::Name(&names::APIM_API), Segment::Name(&SCHEMA_ID)]);
/// The schema as named in `wait`, where az takes the name of the service in `--name`.
static WAIT_SCHEMA: Resource =
    schema(&[Segment::Name(&names::APIM_ITSELF), Segment::Name(&names::APIM_API), Segment::Name(&SCHEMA_ID)]);

fn document_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let text = |long| args::text_value(matches, long);
    let document = match (text("schema-path"), text("schema-content")) {
        (Some(path), None) => args::read_text("--schema-path", path)?,
        (None, Some(content)) => content.to_owned(),
        (Some(_), Some(_)) => {
            return Err(Error::invalid("--schema-path and --schema-content cannot be used together"));
        }
        (None, None) => return Err(Error::invalid("--schema-path or --schema-content is required")),
    };
    Ok(vec![Edit::Set { path: vec![PathSegment::Key("value".to_owned())], value: Value::String(document) }])
}

/// The options of `list`, besides those that name the API.
#[derive(Args)]
struct ListOptions {
    #[arg(long, value_name = "ODATA", help = "OData filter")]
    filter_display_name: Option<String>,
    #[command(flatten)]
    page: PageOptions,
    #[command(flatten)]
    workspace: WorkspaceOption,
}

fn apply_filter(matches: &ArgMatches, target: Target) -> Result<Target> {
    let options: ListOptions = read_options(matches)?;
    let target = match &options.filter_display_name {
        Some(filter) => target.query("$filter", filter),
        None => target,
    };
    options.workspace.apply(options.page.apply(target))
}

const CREATE: VerbConfig = VerbConfig { has_no_wait: true, extra_edits: document_edits, ..SDK };
const DELETE: VerbConfig = VerbConfig { has_no_wait: true, default_if_match: Some("*"), ..SDK };
const LIST: VerbConfig =
    VerbConfig { extra_args: args::derived::<ListOptions>, customize_target: apply_filter, ..SDK };

fn get_etag() -> Leaf {
    Leaf::plan(
        "get-etag",
        "Check whether a schema exists",
        || verbs::name_args(&SCHEMA, false),
        |session, matches| {
            let id = verbs::resource_id(session, &SCHEMA, matches)?;
            Ok(Job::new(Target::new(id.as_str(), APIM_SCHEMA.api_version), Action::Head, None).into())
        },
    )
}

/// `azr apim api schema …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&SCHEMA, CREATE)
            .examples(&[Example { summary: "Set the schema of a GraphQL API", command: "azr apim api schema create -g myResourceGroup --service-name myAPIManagement --api-id graph --schema-id graphql --schema-type application/vnd.ms-azure-apim.graphql.schema --schema-path schema.graphql" }])
            .into(),
        verbs::delete(&SCHEMA, DELETE)
            .examples(&[Example { summary: "Delete a schema", command: "azr apim api schema delete -g myResourceGroup --service-name myAPIManagement --api-id graph --schema-id graphql --yes" }])
            .into(),
        get_etag()
            .examples(&[Example { summary: "Check whether a schema exists", command: "azr apim api schema get-etag -g myResourceGroup --service-name myAPIManagement --api-id graph --schema-id graphql" }])
            .into(),
        verbs::list(&SCHEMA, LIST)
            .examples(&[Example { summary: "List the schemas", command: "azr apim api schema list -g myResourceGroup --service-name myAPIManagement --api-id graph" }])
            .into(),
        verbs::show(&SCHEMA, READ)
            .examples(&[Example { summary: "Read a schema", command: "azr apim api schema show -g myResourceGroup --service-name myAPIManagement --api-id graph --schema-id graphql --query value -o tsv" }])
            .into(),
        verbs::wait(&WAIT_SCHEMA)
            .examples(&[Example { summary: "Wait until a schema exists", command: "azr apim api schema wait -g myResourceGroup --name myAPIManagement --api-id graph --schema-id graphql --exists" }])
            .into(),
    ]
}
