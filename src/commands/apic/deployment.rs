//! `azr apic api deployment`.

use super::shapes::{ID, NAME, SYSTEM_DATA, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{Resource, Segment, arg};
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, AAZ};
use azr_arm::schema::{Kind, Schema, field, flattened, text};
use azr_core::resource::CENTER_DEPLOYMENT;

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    flattened(
        "properties",
        &[
            field("customProperties", Kind::Map(&Kind::Any)),
            text("definitionId"),
            text("description"),
            text("environmentId"),
            field("server", Kind::Object(&[field("runtimeUri", Kind::List(&Kind::Text))])),
            field("state", Kind::Choice(&["active", "inactive"])),
            text("title"),
        ],
    ),
    SYSTEM_DATA,
    TYPE,
]);

/// A deployment of an API.
pub(super) static DEPLOYMENT: Resource = Resource {
    noun: "deployment of an API",
    plural: "deployments of an API",
    resource_type: &CENTER_DEPLOYMENT,
    segments: &[
        Segment::Name(&names::CENTER),
        Segment::Fixed("default"),
        Segment::Name(&names::API),
        Segment::Name(&names::DEPLOYMENT),
    ],
    schema: &SHAPE,
    args: &[
        arg("custom-properties", "customProperties", "Custom metadata: KEY=VALUE… or JSON"),
        arg(
            "definition-id",
            "definitionId",
            "Definition, as /workspaces/default/apis/API/versions/VERSION/definitions/DEFINITION",
        )
        .required(),
        arg("description", "description", "Description, up to 500 characters").length(0, 500),
        arg(
            "environment-id",
            "environmentId",
            "Environment, as /workspaces/default/environments/ENVIRONMENT",
        )
        .required(),
        arg("server", "server", "Server of the API: {runtimeUri:[https://…]}").required(),
        arg("title", "title", "Title, 1 to 50 characters").required().length(1, 50),
    ],
};

/// `azr apic api deployment …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&DEPLOYMENT, AAZ)
            .examples(&[Example {
                summary: "Record where an API is deployed",
                command: "azr apic api deployment create -g myResourceGroup -n myAPICenter --api-id my-api --deployment-id production --title Production --definition-id /workspaces/default/apis/my-api/versions/v1-0-0/definitions/openapi --environment-id /workspaces/default/environments/production --server \"{runtimeUri:[https://api.example.com]}\"",
            }])
            .into(),
        verbs::delete(&DEPLOYMENT, AAZ)
            .examples(&[Example {
                summary: "Delete a deployment",
                command: "azr apic api deployment delete -g myResourceGroup -n myAPICenter --api-id my-api --deployment-id production --yes",
            }])
            .into(),
        verbs::list(&DEPLOYMENT, AAZ)
            .examples(&[Example {
                summary: "List the deployments of an API",
                command: "azr apic api deployment list -g myResourceGroup -n myAPICenter --api-id my-api",
            }])
            .into(),
        verbs::show(&DEPLOYMENT, AAZ)
            .examples(&[Example {
                summary: "Show a deployment",
                command: "azr apic api deployment show -g myResourceGroup -n myAPICenter --api-id my-api --deployment-id production",
            }])
            .into(),
        verbs::update(&DEPLOYMENT, AAZ)
            .examples(&[Example {
                summary: "Change the title",
                command: "azr apic api deployment update -g myResourceGroup -n myAPICenter --api-id my-api --deployment-id production --title Live",
            }])
            .into(),
    ]
}
