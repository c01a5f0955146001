//! `azr apic create|delete|list|show|update`: API centers themselves.

use serde_json::{Value, json};

use super::shapes::{ID, IDENTITY, NAME, SYSTEM_DATA, TYPE, shape};
use crate::commands::names;
use crate::commands::resource::{Resource, Segment, ValueSyntax, WriteVerb, arg};
use crate::commands::tree::{Example, Node};
use crate::commands::verbs::{self, AAZ, VerbConfig};
use azr_arm::schema::{Field, Kind, Schema, field, flattened, text};
use azr_core::resource::CENTER;

static SHAPE: Schema = shape(&[
    ID,
    field("identity", Kind::Object(IDENTITY)),
    text("location"),
    NAME,
    flattened(
        "properties",
        &[
            Field { read_only: true, ..text("dataApiHostname") },
            Field { read_only: true, ..text("provisioningState") },
        ],
    ),
    field("sku", Kind::Object(&[text("name")])),
    SYSTEM_DATA,
    field("tags", Kind::Map(&Kind::Text)),
    TYPE,
]);

/// An API center.
pub(super) static SERVICE: Resource = Resource {
    noun: "API center",
    plural: "API centers of a resource group, or of the subscription",
    resource_type: &CENTER,
    segments: &[Segment::Name(&names::CENTER_ITSELF)],
    schema: &SHAPE,
    args: &[
        arg("identity", "identity", "Managed identity: {type:SystemAssigned}, JSON or @file"),
        arg("location", "location", "Region [default: the region of the resource group]")
            .syntax(ValueSyntax::Region)
            .short('l')
            .only_for(WriteVerb::Create),
        arg("tags", "tags", "Tags: KEY=VALUE…"),
    ],
};

const CREATE: VerbConfig = VerbConfig {
    location_from_group: true,
    defaults: |_, _, shown| {
        if let Value::Object(shown) = shown {
            shown.insert("sku".to_owned(), json!({"name": "Free"}));
        }
        Ok(())
    },
    ..AAZ
};

/// The commands for centers.
pub(super) fn commands() -> Vec<Node> {
    vec![
        verbs::create(&SERVICE, CREATE)
            .examples(&[
                Example {
                    summary: "Create a center in the region of its resource group",
                    command: "azr apic create -g myResourceGroup -n newAPICenter",
                },
                Example {
                    summary: "Create a center with a system-assigned identity",
                    command: "azr apic create -g myResourceGroup -n newAPICenter -l westeurope --identity type=SystemAssigned",
                },
            ])
            .into(),
        verbs::delete(&SERVICE, AAZ)
            .examples(&[Example {
                summary: "Delete a center and everything in it",
                command: "azr apic delete -g myResourceGroup -n newAPICenter --yes",
            }])
            .into(),
        verbs::list(&SERVICE, AAZ)
            .examples(&[Example { summary: "List the centers of a resource group", command: "azr apic list -g myResourceGroup -o table" }])
            .into(),
        verbs::show(&SERVICE, AAZ)
            .examples(&[Example {
                summary: "Read the principal of a center's identity",
                command: "azr apic show -g myResourceGroup -n myAPICenter --query identity.principalId -o tsv",
            }])
            .into(),
        verbs::update(&SERVICE, AAZ)
            .examples(&[Example {
                summary: "Assign a system-assigned identity to a center",
                command: "azr apic update -g myResourceGroup -n myAPICenter --identity '{\"type\": \"SystemAssigned\"}'",
            }])
            .into(),
    ]
}
