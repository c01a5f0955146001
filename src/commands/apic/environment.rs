//! `azr apic environment`.

use super::shapes::{ID, NAME, SYSTEM_DATA, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{Resource, Segment, arg};
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, AAZ};
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};
use azr_core::resource::CENTER_ENVIRONMENT;

const KINDS: &[&str] = &["development", "production", "staging", "testing"];
const SERVERS: &[&str] = &[
    "AWS API Gateway",
    "Apigee API Management",
    "Azure API Management",
    "Azure compute service",
    "Kong API Gateway",
    "Kubernetes",
    "MuleSoft API Management",
];
const ONBOARDING: &[Field] = &[field("developerPortalUri", Kind::List(&Kind::Text)), text("instructions")];
const SERVER: &[Field] =
    &[field("managementPortalUri", Kind::List(&Kind::Text)), field("type", Kind::Choice(SERVERS))];

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    flattened(
        "properties",
        &[
            field("customProperties", Kind::Map(&Kind::Any)),
            text("description"),
            field("kind", Kind::Choice(KINDS)),
            field("onboarding", Kind::Object(ONBOARDING)),
            field("server", Kind::Object(SERVER)),
            text("title"),
        ],
    ),
    SYSTEM_DATA,
    TYPE,
]);

/// An environment of a center.
pub(super) static ENVIRONMENT: Resource = Resource {
    noun: "environment of a center",
    plural: "environments of a center",
    resource_type: &CENTER_ENVIRONMENT,
    segments: &[Segment::Name(&names::CENTER), Segment::Fixed("default"), Segment::Name(&names::ENVIRONMENT)],
    schema: &SHAPE,
    args: &[
        arg("custom-properties", "customProperties", "Custom metadata: KEY=VALUE… or JSON"),
        arg("description", "description", "Description"),
        arg("type", "kind", "Kind of environment").required().not_null(),
        arg("onboarding", "onboarding", "Onboarding: {developerPortalUri:[https://…],instructions:TEXT}"),
        arg("server", "server", "Server: {type:'Azure API Management',managementPortalUri:[https://…]}"),
        arg("title", "title", "Title, 1 to 50 characters").required().not_null().length(1, 50),
    ],
};

/// `azr apic environment …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&ENVIRONMENT, AAZ)
            .examples(&[Example {
                summary: "Create an environment",
                command: "azr apic environment create -g myResourceGroup -n myAPICenter --environment-id production --title Production --type production",
            }])
            .into(),
        verbs::delete(&ENVIRONMENT, AAZ)
            .examples(&[Example {
                summary: "Delete an environment",
                command: "azr apic environment delete -g myResourceGroup -n myAPICenter --environment-id production --yes",
            }])
            .into(),
        verbs::list(&ENVIRONMENT, AAZ)
            .examples(&[Example {
                summary: "List the environments as a table",
                command: "azr apic environment list -g myResourceGroup -n myAPICenter -o table",
            }])
            .into(),
        verbs::show(&ENVIRONMENT, AAZ)
            .examples(&[Example {
                summary: "Show an environment",
                command: "azr apic environment show -g myResourceGroup -n myAPICenter --environment-id production",
            }])
            .into(),
        verbs::update(&ENVIRONMENT, AAZ)
            .examples(&[Example {
                summary: "Change the title",
                command: "azr apic environment update -g myResourceGroup -n myAPICenter --environment-id production --title Live",
            }])
            .into(),
    ]
}
