//! The declaration of a metadata schema of a center.

use super::shapes::{ID, NAME, SYSTEM_DATA, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{Resource, Segment, arg};
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};
use azr_core::resource::CENTER_METADATA;

/// The entities that custom metadata can be assigned to.
pub(super) const ENTITIES: &[&str] = &["api", "deployment", "environment"];

const ASSIGNMENT: &[Field] = &[
    field("deprecated", Kind::Bool),
    field("entity", Kind::Choice(ENTITIES)),
    field("required", Kind::Bool),
];

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    flattened("properties", &[field("assignedTo", Kind::List(&Kind::Object(ASSIGNMENT))), text("schema")]),
    SYSTEM_DATA,
    TYPE,
]);

/// A metadata schema of a center.
pub(super) static METADATA: Resource = Resource {
    noun: "metadata schema of a center",
    plural: "metadata schemas of a center",
    resource_type: &CENTER_METADATA,
    segments: &[Segment::Name(&names::CENTER), Segment::Name(&names::METADATA)],
    schema: &SHAPE,
    args: &[
        arg(
            "assignments",
            "assignedTo",
            "Entities that have the metadata: [{entity:api,required:true,deprecated:false}]; entities are api, deployment, environment",
        )
        .required(),
        arg("schema", "schema", "JSON schema of its values, or @FILE").required().not_null(),
    ],
};
