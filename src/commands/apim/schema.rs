//! `azr apim api schema`.

use clap::{Arg, ArgMatches};
use serde_json::Value;

use super::api::{paged, skip, top};
use super::{ID, NAME, TYPE, shape};
use crate::commands::resource::{BodyArg, NameArg, On, Part, Resource, arg};
use crate::commands::tree::{Example, Leaf, Node};
use crate::commands::verbs::{self, SDK, Traits};
use crate::commands::{args, names};
use azr_arm::edit::{Edit, Step};
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
    arg("schema-type", "contentType", "Media type of the schema").on(On::Create).required(),
    arg("schema-content", "", "The schema itself").on(On::Create),
    arg("schema-path", "", "File that holds the schema").on(On::Create),
    arg("schema-name", "", "Accepted for az's sake; the id is the name").on(On::Create),
    arg("resource-type", "", "Accepted for az's sake; the service sets the type").on(On::Create),
];

const fn schema(parts: &'static [Part]) -> Resource {
    Resource {
        noun: "schema of an API",
        nouns: "schemas of an API",
        kind: &APIM_SCHEMA,
        parts,
        schema: &SHAPE,
        args: ARGS,
    }
}

static SCHEMA: Resource =
    schema(&[Part::Name(&names::APIM), Part::Name(&names::APIM_API), Part::Name(&SCHEMA_ID)]);
/// The same for `wait`, where az calls the service `--name`.
static SCHEMA_BY_NAME: Resource =
    schema(&[Part::Name(&names::APIM_ITSELF), Part::Name(&names::APIM_API), Part::Name(&SCHEMA_ID)]);

fn content(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let given = |long: &str| matches.get_one::<String>(long).cloned();
    let text = match (given("schema-path"), given("schema-content")) {
        (Some(path), None) => args::read_text("--schema-path", &path)?,
        (None, Some(content)) => content,
        (Some(_), Some(_)) => {
            return Err(Error::invalid("--schema-path and --schema-content exclude each other: give one"));
        }
        (None, None) => return Err(Error::invalid("--schema-path or --schema-content is required")),
    };
    Ok(vec![Edit::Set { path: vec![Step::Key("value".to_owned())], value: Value::String(text) }])
}

fn filters() -> Vec<Arg> {
    vec![args::text("filter-display-name").value_name("ODATA").help("OData filter"), top(), skip()]
}

fn filtered(matches: &ArgMatches, at: Target) -> Result<Target> {
    let at = match matches.get_one::<String>("filter-display-name") {
        Some(filter) => at.query("$filter", filter),
        None => at,
    };
    Ok(paged(matches, at))
}

const CREATE: Traits = Traits { no_wait: true, extra: content, ..SDK };
const DELETE: Traits = Traits { no_wait: true, if_match: Some("*"), ..SDK };
const LIST: Traits = Traits { more: filters, aim: filtered, ..SDK };

fn get_etag() -> Leaf {
    Leaf::plan(
        "get-etag",
        "Say whether a schema is there",
        || verbs::naming(&SCHEMA, false),
        |session, matches| {
            let id = verbs::id(session, &SCHEMA, matches)?;
            Ok(Job::new(Target::new(id.as_str(), APIM_SCHEMA.api_version), Action::Head, None).into())
        },
    )
}

/// `azr apim api schema …`.
pub fn children() -> Vec<Node> {
    vec![
        verbs::create(&SCHEMA, CREATE)
            .examples(&[Example { what: "Give a GraphQL API its schema", line: "azr apim api schema create -g myResourceGroup --service-name myAPIManagement --api-id graph --schema-id graphql --schema-type application/vnd.ms-azure-apim.graphql.schema --schema-path schema.graphql" }])
            .into(),
        verbs::delete(&SCHEMA, DELETE)
            .examples(&[Example { what: "Delete a schema", line: "azr apim api schema delete -g myResourceGroup --service-name myAPIManagement --api-id graph --schema-id graphql --yes" }])
            .into(),
        get_etag()
            .examples(&[Example { what: "Check", line: "azr apim api schema get-etag -g myResourceGroup --service-name myAPIManagement --api-id graph --schema-id graphql" }])
            .into(),
        verbs::list(&SCHEMA, LIST)
            .examples(&[Example { what: "List the schemas", line: "azr apim api schema list -g myResourceGroup --service-name myAPIManagement --api-id graph" }])
            .into(),
        verbs::show(&SCHEMA, SDK)
            .examples(&[Example { what: "Read a schema", line: "azr apim api schema show -g myResourceGroup --service-name myAPIManagement --api-id graph --schema-id graphql --query value -o tsv" }])
            .into(),
        verbs::wait(&SCHEMA_BY_NAME)
            .examples(&[Example { what: "Wait until it is there", line: "azr apim api schema wait -g myResourceGroup --name myAPIManagement --api-id graph --schema-id graphql --exists" }])
            .into(),
    ]
}
