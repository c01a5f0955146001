//! `azr apim api operation`.

use clap::ArgMatches;
use serde_json::{Map, Value};

use super::shapes::{ID, NAME, TYPE, shape};
use super::workspace::READ;
use crate::commands::args;
use crate::commands::names;
use crate::commands::resource::{BodyArg, NameArg, Resource, Segment, ValueSyntax, WriteVerb, arg};
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, SDK, VerbConfig};
use azr_arm::edit::{Dialect, Edit, PathSegment};
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};
use azr_core::error::{Error, Result};
use azr_core::resource::APIM_OPERATION;

const EXAMPLE: &[Field] =
    &[text("summary"), text("description"), field("value", Kind::Any), text("externalValue")];

const PARAMETER: &[Field] = &[
    text("name"),
    text("description"),
    text("type"),
    text("defaultValue"),
    field("required", Kind::Bool),
    field("values", Kind::List(&Kind::Text)),
    text("schemaId"),
    text("typeName"),
    field("examples", Kind::Map(&Kind::Object(EXAMPLE))),
];

const REPRESENTATION: &[Field] = &[
    text("contentType"),
    text("schemaId"),
    text("typeName"),
    field("formParameters", Kind::List(&Kind::Object(PARAMETER))),
    field("examples", Kind::Map(&Kind::Object(EXAMPLE))),
];

const REQUEST: &[Field] = &[
    text("description"),
    field("queryParameters", Kind::List(&Kind::Object(PARAMETER))),
    field("headers", Kind::List(&Kind::Object(PARAMETER))),
    field("representations", Kind::List(&Kind::Object(REPRESENTATION))),
];

const RESPONSE: &[Field] = &[
    field("statusCode", Kind::Int),
    text("description"),
    field("representations", Kind::List(&Kind::Object(REPRESENTATION))),
    field("headers", Kind::List(&Kind::Object(PARAMETER))),
];

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    flattened(
        "properties",
        &[
            field("templateParameters", Kind::List(&Kind::Object(PARAMETER))),
            text("description"),
            field("request", Kind::Object(REQUEST)),
            field("responses", Kind::List(&Kind::Object(RESPONSE))),
            text("policies"),
            text("displayName"),
            text("method"),
            text("urlTemplate"),
        ],
    ),
]);

static OPERATION_ID: NameArg = names::apim("operation-id", &["operation-id"], "Operation of the API");
static NEW_OPERATION_ID: NameArg = NameArg {
    generated: true,
    ..names::apim("operation-id", &["operation-id"], "Operation [default: a new id]")
};

const ARGS: &[BodyArg] = &[
    arg("description", "description", "Description; may contain HTML"),
    arg("display-name", "displayName", "Display name").required(),
    arg("method", "method", "HTTP method").required(),
    arg("url-template", "urlTemplate", "URL template, such as /pets/{id}").required(),
    arg("template-parameters", "", "Parameter of the template: name=id type=string …")
        .aliases(&["params"])
        .short('p')
        .syntax(ValueSyntax::Words)
        .only_for(WriteVerb::Create),
];

const fn operation(segments: &'static [Segment]) -> Resource {
    Resource {
        noun: "operation of an API",
        plural: "operations of an API",
        resource_type: &APIM_OPERATION,
        segments,
        schema: &SHAPE,
        args: ARGS,
    }
}

static OPERATION: Resource =
    operation(&[Segment::Name(&names::APIM), Segment::Name(&names::APIM_API), Segment::Name(&OPERATION_ID)]);
static NEW_OPERATION: Resource = operation(&[
    Segment::Name(&names::APIM),
    Segment::Name(&names::APIM_API),
    Segment::Name(&NEW_OPERATION_ID),
]);

/// The edits that add template parameters: one for each occurrence of the option, made of `KEY=VALUE` words.
fn template_parameter_edits(matches: &ArgMatches) -> Result<Vec<Edit>> {
    let occurrences = args::occurrences(matches, "template-parameters");
    let mut edits = Vec::new();
    for words in occurrences {
        let mut parameter = Map::new();
        for word in words {
            let (key, value) = word.split_once('=').ok_or_else(|| {
                Error::invalid(format!("--template-parameters: '{word}' is not of the form KEY=VALUE"))
            })?;
            let member =
                PARAMETER.iter().find(|f| f.shown.eq_ignore_ascii_case(&key.replace(['_', '-'], "")));
            let Some(member) = member else {
                let members: Vec<&str> = PARAMETER.iter().map(|f| f.shown).collect();
                return Err(Error::invalid(format!("--template-parameters: unknown key '{key}'"))
                    .with_hint(format!("The keys are {}.", members.join(", "))));
            };
            let value = match member.kind {
                Kind::Bool => Value::Bool(value.eq_ignore_ascii_case("true")),
                Kind::List(_) => value.split(',').map(str::to_owned).collect(),
                _ => Value::String(value.to_owned()),
            };
            parameter.insert(member.shown.to_owned(), value);
        }
        let path = vec![PathSegment::Key("templateParameters".to_owned())];
        edits.push(Edit::Add { dialect: Dialect::Sdk, path, value: Value::Object(parameter) });
    }
    Ok(edits)
}

const UPDATE: VerbConfig = VerbConfig { default_if_match: Some(""), ..SDK };
const CREATE: VerbConfig =
    VerbConfig { extra_edits: template_parameter_edits, default_if_match: Some("*"), ..SDK };
const DELETE: VerbConfig = VerbConfig { default_if_match: Some("*"), confirm: false, ..SDK };

/// `azr apim api operation …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&NEW_OPERATION, CREATE)
            .examples(&[Example { summary: "Add an operation with a parameter", command: "azr apim api operation create -g myResourceGroup --service-name myAPIManagement --api-id my-api --operation-id get-note --display-name \"Get a note\" --method GET --url-template /notes/{id} --params name=id type=string required=true" }])
            .into(),
        verbs::delete(&OPERATION, DELETE)
            .examples(&[Example { summary: "Delete an operation", command: "azr apim api operation delete -g myResourceGroup --service-name myAPIManagement --api-id my-api --operation-id get-note" }])
            .into(),
        verbs::list(&OPERATION, READ)
            .examples(&[Example { summary: "List the operations as a table", command: "azr apim api operation list -g myResourceGroup --service-name myAPIManagement --api-id my-api -o table" }])
            .into(),
        verbs::show(&OPERATION, READ)
            .examples(&[Example { summary: "Show an operation", command: "azr apim api operation show -g myResourceGroup --service-name myAPIManagement --api-id my-api --operation-id get-note" }])
            .into(),
        verbs::update(&OPERATION, UPDATE)
            .examples(&[Example { summary: "Rename an operation", command: "azr apim api operation update -g myResourceGroup --service-name myAPIManagement --api-id my-api --operation-id get-note --display-name \"Read a note\"" }])
            .into(),
    ]
}
