//! `azr apic api version`.

use super::shapes::{ID, NAME, STAGES, SYSTEM_DATA, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{Resource, Segment, arg};
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, AAZ};
use azr_arm::schema::{Kind, Schema, field, flattened, text};
use azr_core::resource::CENTER_VERSION;

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    flattened("properties", &[field("lifecycleStage", Kind::Choice(STAGES)), text("title")]),
    SYSTEM_DATA,
    TYPE,
]);

/// A version of an API in a center.
pub(super) static VERSION: Resource = Resource {
    noun: "version of an API",
    plural: "versions of an API",
    resource_type: &CENTER_VERSION,
    segments: &[
        Segment::Name(&names::CENTER),
        Segment::Fixed("default"),
        Segment::Name(&names::API),
        Segment::Name(&names::VERSION),
    ],
    schema: &SHAPE,
    args: &[
        arg("lifecycle-stage", "lifecycleStage", "Stage of the version's life").required().not_null(),
        arg("title", "title", "Title, 1 to 50 characters").required().not_null().length(1, 50),
    ],
};

/// `azr apic api version …`.
pub(super) fn children() -> Vec<Node> {
    vec![
        verbs::create(&VERSION, AAZ)
            .examples(&[Example {
                summary: "Create version v1-0-0",
                command: "azr apic api version create -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --title v1.0.0 --lifecycle-stage design",
            }])
            .into(),
        verbs::delete(&VERSION, AAZ)
            .examples(&[Example {
                summary: "Delete a version without being asked",
                command: "azr apic api version delete -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --yes",
            }])
            .into(),
        verbs::list(&VERSION, AAZ)
            .examples(&[Example {
                summary: "List the versions as a table",
                command: "azr apic api version list -g myResourceGroup -n myAPICenter --api-id my-api -o table",
            }])
            .into(),
        verbs::show(&VERSION, AAZ)
            .examples(&[Example {
                summary: "Show a version",
                command: "azr apic api version show -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0",
            }])
            .into(),
        verbs::update(&VERSION, AAZ)
            .examples(&[Example {
                summary: "Move a version to another stage",
                command: "azr apic api version update -g myResourceGroup -n myAPICenter --api-id my-api --version-id v1-0-0 --lifecycle-stage production",
            }])
            .into(),
    ]
}
