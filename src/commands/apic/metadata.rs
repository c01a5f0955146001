//! `azr apic metadata`: the schemas of custom metadata.

use super::metadata_export;
use super::shapes::{ID, NAME, SYSTEM_DATA, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{Resource, Segment, arg};
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, AAZ};
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};
use azr_core::resource::CENTER_METADATA;

/// The entities that custom metadata can be assigned to.
pub const ENTITIES: &[&str] = &["api", "deployment", "environment"];

const ASSIGNMENT: &[Field] = &[
    field("deprecated", Kind::Bool),
    field("entity", Kind::Choice(ENTITIES)),
    field("required", Kind::Bool),
];

static SHAPE: Schema = shape(&[
    ID,
    NAME,
    TYPE,
    flattened("properties", &[field("assignedTo", Kind::List(&Kind::Object(ASSIGNMENT))), text("schema")]),
    SYSTEM_DATA,
]);

/// A metadata schema of a center.
pub static METADATA: Resource = Resource {
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
        arg("schema", "schema", "JSON schema of its values, or @FILE").required(),
    ],
};

/// `azr apic metadata …`.
pub fn children() -> Vec<Node> {
    vec![
        verbs::create(&METADATA, AAZ)
            .examples(&[
                Example {
                    summary: "Create metadata that every API must have",
                    command: "azr apic metadata create -g myResourceGroup -n myAPICenter --metadata-name public-facing --schema '{\"type\":\"boolean\",\"title\":\"Public facing\"}' --assignments '[{entity:api,required:true}]'",
                },
                Example {
                    summary: "Create metadata with a schema from a file",
                    command: "azr apic metadata create -g myResourceGroup -n myAPICenter --metadata-name region --schema @schema.json --assignments '[{entity:environment}]'",
                },
            ])
            .into(),
        verbs::delete(&METADATA, AAZ)
            .examples(&[Example {
                summary: "Delete a metadata schema",
                command: "azr apic metadata delete -g myResourceGroup -n myAPICenter --metadata-name region --yes",
            }])
            .into(),
        metadata_export::command().into(),
        verbs::list(&METADATA, AAZ)
            .examples(&[Example {
                summary: "List the names of the metadata schemas",
                command: "azr apic metadata list -g myResourceGroup -n myAPICenter --query [].name -o tsv",
            }])
            .into(),
        verbs::show(&METADATA, AAZ)
            .examples(&[Example {
                summary: "Show a metadata schema",
                command: "azr apic metadata show -g myResourceGroup -n myAPICenter --metadata-name region",
            }])
            .into(),
        verbs::update(&METADATA, AAZ)
            .examples(&[Example {
                summary: "Change the schema",
                command: "azr apic metadata update -g myResourceGroup -n myAPICenter --metadata-name region --schema '{\"type\":\"string\",\"maxLength\":20}'",
            }])
            .into(),
    ]
}
